"""Meetings: those of one's units, and one with its agenda, roll and announcement."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, render_template, request

from engine import forms
from engine.durations import SHANGHAI
from engine.queries import meeting_lists
from engine.queries import meetings as queries
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
ATTENDANCE = {"present": "到会", "leave": "请假", "absent": "未到", "unknown": "未到"}


@blueprint.app_template_filter("meeting_status")
def meeting_status(status: str) -> str:
    return STATUS[status]


@blueprint.app_template_filter("attendance")
def attendance(value: str) -> str:
    return ATTENDANCE[value]


@blueprint.app_template_filter("local_input")
def local_input(moment: datetime) -> str:
    """A moment as a field for date and time wants it, in Shanghai."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


@blueprint.app_template_filter("id_and_name")
def id_and_name(members: Iterable[queries.Member]) -> list[tuple[int, str]]:
    return [(member.id, member.name) for member in members]


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
