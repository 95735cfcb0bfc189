"""统计: the figures of a unit and a period, as a page with a chart, and as an Excel file."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request, url_for

from engine.queries import periods
from engine.queries import statistics as queries
from engine.queries.periods import Period
from engine.queries.statistics import Figures, Statistics
from engine.refusal import Invalid
from webui import figures
from webui.sessions import actor, runtime, signed_in
from webui.workbook import MEDIA_TYPE, workbook

blueprint = Blueprint("statistics", __name__, url_prefix="/statistics")

CHARTS = (
    ("opinions", "意见建议", "条"),
    ("meetings", "村代会", "次"),
    ("resolved", "议成", "项"),
)
KINDS = (("年", "全年"), ("半年", "半年"), ("季度", "季度"), ("月", "月"))
STEPS = {
    "年": ("上一年", "下一年"),
    "半年": ("前半年", "后半年"),
    "季度": ("上季度", "下季度"),
    "月": ("上个月", "下个月"),
}
WIDTH, ROW = 360, 46  # of the drawing, in its own units
LONGEST = 270  # a bar; its number stands behind


@dataclass(frozen=True)
class Bar:
    """A unit in the chart: its two bars, from its own line of the drawing downwards."""

    name: str
    top: int
    now: int
    before: int
    width_now: int
    width_before: int


@blueprint.app_context_processor
def _whose() -> dict[str, Any]:
    return {"sees_statistics": lambda me: queries.may_see_any(runtime(), me.actor)}


@blueprint.app_template_filter("figure")
def _figure(value: figures.Value, kind: str = figures.NUMBER) -> str:
    return figures.said(kind, value)


@blueprint.get("")
@signed_in
def index() -> Any:
    try:
        period, errors = _period(), {}
    except Invalid as refusal:
        period, errors = periods.read("", "", "", runtime().today()), dict(refusal.fields)
    found = queries.statistics(runtime(), actor(), _unit(), period)
    chart = _chart(request.args.get("chart", ""))
    page = render_template(
        "statistics.html",
        found=found,
        days=_days(found),
        href=lambda unit: _href(found, period, unit=unit),
        headings=figures.headings(),
        columns=figures.COLUMNS,
        notes=figures.NOTES,
        gathering_columns=figures.GATHERING_COLUMNS,
        kinds=_kinds(found),
        neighbours=_neighbours(found),
        chart=chart,
        charts=_charts(found, chart[0]),
        bars=bars(found, chart[0]),
        drawing=(WIDTH, ROW),
        errors=errors,
        typed={name: request.args.get(name, "") for name in ("from", "to")},
        table_href=None if errors else _href(found, period, "statistics.table"),
    )
    return (page, 422) if errors else page


@blueprint.get("/table.xlsx")
@signed_in
def table() -> Response:
    found = queries.statistics(runtime(), actor(), _unit(), _period())
    title = f"{found.unit.name}村级民主议事情况统计表"
    data = workbook(found, title, _days(found), runtime().now())
    name = f"{found.unit.name}统计{found.period.label}.xlsx"
    response = Response(data, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


# ---------------------------------------------------------------- what was asked for


def _period() -> Period:
    asked = request.args
    return periods.read(
        asked.get("period", ""), asked.get("from", ""), asked.get("to", ""), runtime().today()
    )


def _unit() -> int | None:
    """The unit asked for; one that is none is not known, never silently another."""
    text = request.args.get("unit", "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _chart(key: str) -> tuple[str, str, str]:
    return next((one for one in CHARTS if one[0] == key), CHARTS[-1])


# ---------------------------------------------------------------- what the page leads on to


def _href(found: Statistics, period: Period, endpoint: str = "statistics.index", **more: Any) -> str:
    asked: dict[str, Any] = {"unit": found.unit.id, "period": period.written or None}
    if not period.written:
        asked |= {"from": period.first.isoformat(), "to": period.last.isoformat()}
    return url_for(endpoint, **(asked | more))


def _kinds(found: Statistics) -> list[dict[str, Any]]:
    """The same end of time as a year, a half, a quarter, a month."""
    return [
        {
            "title": title,
            "href": _href(found, Period.containing(found.counted.last, kind)),
            "current": found.period.kind == kind,
        }
        for kind, title in KINDS
    ]


def _neighbours(found: Statistics) -> list[dict[str, str] | None]:
    """The period before and the one after, where there is one."""
    period, today = found.period, runtime().today()
    near = [period.neighbour(step) for step in (-1, 1)] if period.kind else []
    return [
        {"title": title, "label": one.label, "href": _href(found, one)}
        if one.first.year >= periods.EARLIEST and one.first <= today
        else None
        for title, one in zip(STEPS.get(period.kind, ()), near, strict=True)
    ]


def _charts(found: Statistics, shown: str) -> list[dict[str, Any]]:
    return [
        {
            "title": title,
            "href": _href(found, found.period, chart=key, _anchor="chart"),
            "current": key == shown,
        }
        for key, title, _ in CHARTS
    ]


def bars(found: Statistics, key: str) -> list[Bar]:
    """One pair a unit, in the units' own order; as long as the longest is the drawing wide."""
    pairs = [(line, _pair(line.figures, key)) for line in found.lines]
    most = max((number for _, pair in pairs for number in pair), default=0) or 1
    return [
        Bar(
            f"{line.name}（本级）" if line.is_own and len(found.lines) > 1 else line.name,
            place * ROW,
            now,
            before,
            now * LONGEST // most,
            before * LONGEST // most,
        )
        for place, (line, (now, before)) in enumerate(pairs)
    ]


def _pair(one: Figures, key: str) -> tuple[int, int]:
    return getattr(one, key), getattr(one, f"{key}_before")


def _days(found: Statistics) -> str:
    """2025年，与2024年比; of a period that is still running, both to the day."""
    if found.counted == found.period and found.period.kind:
        return f"{found.period.label}，与{found.compared.label}比"
    days = [Period(one.first, one.last).label for one in (found.counted, found.compared)]
    return f"{days[0]}，与{days[1]}比"
