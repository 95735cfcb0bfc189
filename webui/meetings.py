"""Meetings: those of one's units, and one with its agenda, roll and announcement."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from engine import forms
from engine.durations import SHANGHAI
from engine.operations import arrivals
from engine.queries import arrivals as arrival_queries
from engine.queries import meeting_lists
from engine.queries import meetings as queries
from engine.refusal import Invalid
from engine.steps import Action, threshold
from engine.steps.deliberate import CHOICE, MINUTES, PAPERS
from engine.steps.meeting import GUESTS, INQUORATE, PLACE, PRESENT, TIME
from webui.sessions import actor, runtime, signed_in

blueprint = Blueprint("meetings", __name__)

PLAIN = (TIME, PLACE, PRESENT, GUESTS)  # what a meeting's page asks in fields of its own
STATUS = {
    "convened": "已召集",
    "open": "正在开会",
    "held": "已开完",
    "inquorate": "未达法定人数",
    "cancelled": "已取消",
}
ATTENDANCE = {"present": "到会", "leave": "请假", "absent": "未到", "unknown": "未到", "left": "早退"}
REPLIES = {"coming": "参加", "leave": "请假", "delegate": "委托"}


@blueprint.app_template_filter("meeting_status")
def meeting_status(status: str) -> str:
    return STATUS[status]


@blueprint.app_template_filter("attendance")
def attendance(value: str) -> str:
    return ATTENDANCE[value]


@blueprint.app_template_filter("reply_word")
def reply_word(value: str) -> str:
    return REPLIES[value]


@blueprint.app_template_filter("local_input")
def local_input(moment: datetime) -> str:
    """A moment as a field for date and time wants it, in Shanghai."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


@blueprint.app_template_filter("id_and_name")
def id_and_name(members: Iterable[queries.Member]) -> list[tuple[int, str]]:
    """For ticking: a seat that was given away is ticked by the id on the register, under both names."""
    return [(member.seat, member_name(member)) for member in members]


@blueprint.app_context_processor
def _ended() -> dict[str, Any]:
    return {"concluded": lambda task_id: meeting_lists.concluded(runtime(), actor(), task_id)}


@blueprint.app_template_filter("member_name")
def member_name(member: queries.Member) -> str:
    return f"{member.name}（代 {member.in_place_of}）" if member.in_place_of else member.name


@blueprint.app_template_filter("schemas")
def schemas(actions: Iterable[Action]) -> dict[str, Mapping[str, Any]]:
    """The forms of a step's acts, by the act's name."""
    return {action.name: action.schema for action in actions}


@blueprint.app_template_filter("options")
def options(values: Iterable[Mapping[str, Any]]) -> list[tuple[Any, str]]:
    """The options of a form's field as (value, label)."""
    return [(option["value"], str(option["label"])) for option in values]


@blueprint.app_template_filter("least_of")
def least_of(texts: Iterable[str], size: int) -> int:
    """How many of a body of `size` satisfy all thresholds of a quorum."""
    found = [one for text in texts for one in threshold.parse(text, {})]
    return max((one.least(size) for one in found), default=0)


@blueprint.app_template_filter("concluding")
def concluding(schema: Mapping[str, Any], outcomes: Collection[str]) -> dict[str, Any]:
    """What form-js asks at the end: all but what stands above it in plain fields, and only the outcomes that attendance
    allows. Too few came: nothing but the minutes.
    """
    few = tuple(outcomes) == (INQUORATE,)
    rest = [
        _narrowed(part, outcomes)
        for part in schema["components"]
        if (forms.key_of(part) in (MINUTES, PAPERS) if few else forms.key_of(part) not in PLAIN)
    ]
    return {**schema, "components": rest}


@blueprint.app_template_filter("at_form")
def at_form(errors: Mapping[str, str]) -> dict[str, str]:
    """The messages that stand at fields of form-js."""
    return {key: message for key, message in errors.items() if key.split("[")[0] not in PLAIN}


def _narrowed(part: Mapping[str, Any], outcomes: Collection[str]) -> Mapping[str, Any]:
    if part.get("key") != CHOICE:
        return part
    values = [option for option in part["values"] if option["value"] in outcomes]
    return {**part, "values": values}


@blueprint.get("/meetings")
@signed_in
def index() -> str:
    cursor = request.args.get("cursor")
    page = meeting_lists.listing(runtime(), actor(), cursor)
    return render_template("meetings.html", page=page, later=bool(cursor))


@blueprint.get("/meetings/<meeting_id>")
@signed_in
def show(meeting_id: str) -> str:
    return render_template("meeting.html", meeting=queries.one(runtime(), actor(), meeting_id))


@blueprint.get("/meetings/<meeting_id>/screen")
@signed_in
def screen(meeting_id: str) -> str:
    """The code of the hall, for those who conduct the meeting."""
    shown = arrival_queries.screen(runtime(), actor(), meeting_id)
    address = (
        url_for("meetings.enter", meeting_id=meeting_id, code=shown.code, _external=True)
        if shown.code
        else ""
    )
    return render_template("meeting_screen.html", screen=shown, address=address)


@blueprint.get("/meetings/<meeting_id>/in/<code>")
@signed_in
def enter(meeting_id: str, code: str) -> Any:
    """Who scanned the code; nothing is changed by looking."""
    found = arrival_queries.arrival(runtime(), actor(), meeting_id, code)
    page = render_template("meeting_arrive.html", arrival=found, expired=arrivals.EXPIRED)
    return (page, 410) if found.state == "expired" else page


@blueprint.post("/meetings/<meeting_id>/in")
@signed_in
def arrive(meeting_id: str) -> Any:
    """签到, and on to the vote where there is one."""
    try:
        task_id = arrivals.arrive(runtime(), actor().person_id, meeting_id, request.form.get("ticket", ""))
    except Invalid as refusal:
        flash(refusal.message, "danger")
        return redirect(url_for("meetings.show", meeting_id=meeting_id))
    flash("签到成功。", "success")
    return redirect(url_for("tasks.show", task_id=task_id))


@blueprint.get("/meetings/<meeting_id>/pulse")
@signed_in
def pulse(meeting_id: str) -> Response:
    """Whether somebody came, or the meeting went on, since the page was written. Then the page shows itself anew; with
    `quiet` only its figures, while the meeting is still open.
    """
    before, now = request.args.get("as", ""), queries.pulse(runtime(), actor(), meeting_id)
    if now == before:
        return Response("", 204)
    same_meeting = now.split("-")[0] == before.split("-")[0]
    quiet = same_meeting and request.args.get("quiet")
    return Response("", 204, {"HX-Trigger": "came"} if quiet else {"HX-Refresh": "true"})
