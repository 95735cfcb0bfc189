"""Paper for the notice board and for the households: printed by who works on the step, scanned by everybody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for

from engine.queries import meetings as meeting_queries
from engine.queries import public
from engine.queries import tasks as queries
from engine.refusal import NotVisible
from webui.sessions import actor, runtime, signed_in

blueprint = Blueprint("sheets", __name__)


@dataclass(frozen=True)
class PrintedSlip:
    """One household's slip; `address` is what its QR code says."""

    group: str
    household: str
    name: str
    code: str
    address: str


@dataclass(frozen=True)
class Slips:
    title: str
    ask: str
    until: datetime | None
    households: list[PrintedSlip]


@blueprint.get("/tasks/<task_id>/sheet")
@signed_in
def notice(task_id: str) -> str:
    """张贴页 of a notice that is up: what hangs on the board, with the way to everything else."""
    view = queries.task(runtime(), actor(), task_id)
    shown: Any = view.proceeding
    if view.kind != "notice" or shown.starts_at is None:
        raise NotVisible("no-notice", "还没有公示出去。先公示，再印张贴页")
    back = url_for("tasks.show", task_id=task_id)
    return _sheet(
        "notice.html", back, _address(view.instance_id), sheet=shown, title=view.matter, unit=view.unit
    )


@blueprint.get("/meetings/<meeting_id>/sheet")
@signed_in
def meeting(meeting_id: str) -> str:
    """会议公告: time, place and items, for the board (LB-2.1). Its code leads to the first matter that has a page."""
    found = meeting_queries.one(runtime(), actor(), meeting_id)
    matters = [item.instance_id for item in found.agenda if item.instance_id]
    codes = [code for code in map(_address, matters) if code]
    back = url_for("meetings.show", meeting_id=meeting_id)
    return _sheet("meeting.html", back, codes[0] if codes else "", meeting=found, now=runtime().now())


@blueprint.get("/tasks/<task_id>/slips")
@signed_in
def slips(task_id: str) -> str:
    """户码: eight slips a page, one for every household that has not answered yet."""
    view = queries.task(runtime(), actor(), task_id)
    found = [slip for slip in public.slips(runtime(), actor(), task_id) if not slip.answered]
    if not found:
        raise NotVisible("no-slips", "没有要印的户码：还没有发，或者每一户都答了")
    shown: Any = view.proceeding
    printed = [
        PrintedSlip(
            one.group,
            one.household,
            one.name,
            one.code,
            url_for("public.household", code=one.code, _external=True),
        )
        for one in found
    ]
    made = Slips(view.matter, getattr(shown, "ask", "") or view.step, getattr(shown, "until", None), printed)
    return _sheet("slips.html", url_for("tasks.show", task_id=task_id), "", slips=made)


def _address(instance_id: str) -> str:
    """The code of a matter's page; empty where nothing of it is public."""
    return public.code_of(runtime(), instance_id) or ""


def _sheet(template: str, back: str, code: str, **named: Any) -> str:
    address = url_for("public.matter", code=code, _external=True) if code else ""
    site = f"{request.host}{url_for('public.entry')}"
    return render_template(f"sheets/{template}", back=back, code=code, address=address, site=site, **named)
