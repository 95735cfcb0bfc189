"""办事标准: the thresholds, deadlines, days and sums a unit chooses for its procedures."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine import operations
from engine.authorisation import parameter_units
from engine.queries import settings as queries
from engine.queries.settings import Line, Sheet
from engine.refusal import Forbidden, Invalid, Overtaken
from webui import entries
from webui.sessions import actor, runtime, signed_in

blueprint = Blueprint("parameters", __name__, url_prefix="/parameters")


@blueprint.app_context_processor
def _whose() -> dict[str, Any]:
    return {"chooses_parameters": lambda me: bool(parameter_units(me.actor))}


@blueprint.get("")
@signed_in
def index() -> str:
    return render_template("parameters/index.html", offers=queries.offers(runtime(), actor()))


@blueprint.route("/<int:unit_id>/<key>", methods=["GET", "POST"])
@signed_in
def sheet(unit_id: int, key: str) -> Any:
    """One form for all parameters of a procedure. What was typed stays, whatever is wrong with it."""
    view = queries.sheet(runtime(), actor(), unit_id, key)
    if request.method == "GET":
        return _page(view, {}, "", 200)
    values, errors = _typed(view)
    if errors:
        return _page(view, errors, "有几处要改一改，改好再保存。", 422)
    try:
        _save(view, values)
    except Invalid as refusal:
        return _page(view, refusal.fields, refusal.message, 422)
    except (Forbidden, Overtaken) as refusal:
        fresh = queries.sheet(runtime(), actor(), unit_id, key)
        return _page(fresh, refusal.fields, refusal.message, refusal.status)
    return redirect(url_for("parameters.sheet", unit_id=unit_id, key=key))


def _typed(view: Sheet) -> tuple[dict[str, Any], dict[str, str]]:
    """What was entered, and what is wrong where it cannot be read, or was taken from the unit meanwhile."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for line in view.lines:
        if line.kept_by:
            if entries.name_of(line.parameter) in request.form:
                errors[line.parameter.name] = f"刚刚改由{line.kept_by}统一定，您填的没有保存"
            continue
        try:
            values[line.parameter.name] = entries.read(line.parameter, request.form, (line.above, line.value))
        except entries.Unreadable as problem:
            errors[line.parameter.name] = str(problem)
    return values, errors


def _save(view: Sheet, values: dict[str, Any]) -> None:
    ticked = request.form.getlist("open")
    opened = {line.parameter.name: line.parameter.name in ticked for line in _open_lines(view)}
    seen = request.form.get("seen", "")
    changed = operations.set_parameters(
        runtime(),
        actor().person_id,
        view.unit.id,
        view.key,
        values,
        opened if view.below else None,
        int(seen) if seen.isdigit() else None,
    )
    if not changed:
        flash("没有改动，和原来一样。", "info")
    elif view.running:
        flash(f"已保存。以后新办的事用新的数；正在办的 {view.running} 件仍按开始时的办。", "success")
    else:
        flash("已保存。以后新办的事用新的数。", "success")


def _open_lines(view: Sheet) -> list[Line]:
    return [line for line in view.lines if not line.kept_by]


def _page(view: Sheet, errors: dict[str, str], problem: str, status: int) -> Any:
    typed = request.form if request.method == "POST" else None
    shown = {
        line.parameter.name: entries.shown(line.parameter, line.value, typed) for line in _open_lines(view)
    }
    ticked = typed.getlist("open") if typed else [one.parameter.name for one in view.lines if one.opened]
    page = render_template(
        "parameters/sheet.html",
        sheet=view,
        shown=shown,
        errors=errors,
        problem=problem,
        ticked=ticked,
        percent=entries.percent,
    )
    return page, status
