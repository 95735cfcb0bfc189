"""The hall of a meeting: what its screen shows, and what who scans the code is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.authorisation import Actor
from engine.operations import arrivals
from engine.operations.meetings import record_of
from engine.queries import invited
from engine.queries.meetings import read_meeting
from engine.refusal import NotVisible
from engine.runtime import Runtime
from engine.steps import meeting
from engine.steps.meeting import MeetingRecord, Quorum
from engine.store.proceedings import agenda_items, meeting_members, meetings
from engine.store.tables import people, tasks, units


@dataclass(frozen=True)
class Screen:
    """What hangs in the hall: how many are there, how many are missing, and the code to sign in with while it is open.

    `wanted` are the thresholds of all steps on the agenda; each must hold.
    """

    id: str
    name: str
    unit: str
    place: str
    starts_at: datetime
    status: str
    titles: tuple[str, ...]
    record: MeetingRecord
    quorums: tuple[Quorum, ...]
    code: str = ""


@dataclass(frozen=True)
class Arrival:
    """Who scanned the code: `state` is ready, present, expired, early, over or stranger."""

    id: str
    name: str
    unit: str
    place: str
    state: str
    ticket: str = ""
    seat_of: str = ""  # whose seat it is, where it was given away


def screen(rt: Runtime, actor: Actor, meeting_id: str) -> Screen:
    """For those who conduct it. Raises NotVisible."""
    return rt.database.look(lambda c: _screen(rt, c, actor, meeting_id))


def _screen(rt: Runtime, c: Connection, actor: Actor, meeting_id: str) -> Screen:
    row = read_meeting(c, actor, meeting_id)
    if not invited.conducts(c, actor, row):
        raise NotVisible("meeting-unknown", "签到码由主持人或记录人打开，您可以在会场扫码签到")
    items = agenda_items.outerjoin(tasks, tasks.c.id == agenda_items.c.task_id)
    query = select(agenda_items.c.title, tasks.c.settings).select_from(items)
    agenda = c.execute(
        query.where(agenda_items.c.meeting_id == meeting_id, agenda_items.c.withdrawn_at.is_(None)).order_by(
            agenda_items.c.position
        )
    ).all()
    record = record_of(c, row)
    found = {tuple(item.settings["quorum"]): item.settings for item in agenda if item.settings}
    return Screen(
        id=row.id,
        name=row.name,
        unit=row.unit,
        place=row.place,
        starts_at=row.starts_at,
        status=row.status,
        titles=tuple(item.title for item in agenda),
        record=record,
        quorums=tuple(meeting.quorum(settings, record) for key, settings in found.items() if key),
        code=arrivals.code(rt, row.id) if row.status == "open" else "",
    )


def arrival(rt: Runtime, actor: Actor, meeting_id: str, said: str) -> Arrival:
    """What somebody is told who scanned a code. Raises NotVisible for a meeting that never was."""
    return rt.database.look(lambda c: _arrival(rt, c, actor, meeting_id, said))


def _arrival(rt: Runtime, c: Connection, actor: Actor, meeting_id: str, said: str) -> Arrival:
    query = select(meetings, units.c.name.label("unit")).join(units, units.c.id == meetings.c.unit_id)
    row: Row[Any] | None = c.execute(query.where(meetings.c.id == meeting_id)).one_or_none()
    if row is None or not (arrivals.is_current(rt, meeting_id, said) or _may_know(c, actor, row)):
        raise NotVisible("meeting-unknown", arrivals.EXPIRED)
    giver = people.alias("giver")
    own = (meeting_members.c.meeting_id == meeting_id, meeting_members.c.person_id == actor.person_id)
    member = c.execute(
        select(meeting_members.c.attendance, giver.c.name.label("giver"))
        .outerjoin(giver, giver.c.id == meeting_members.c.in_place_of)
        .where(*own)
    ).first()
    state = _state(rt, row, member, said)
    return Arrival(
        id=row.id,
        name=row.name,
        unit=row.unit,
        place=row.place,
        state=state,
        ticket=arrivals.ticket(rt, row.id, actor.person_id) if state == "ready" else "",
        seat_of=(member.giver or "") if member is not None else "",
    )


def _state(rt: Runtime, row: Row[Any], member: Any, said: str) -> str:
    if row.status == "convened":
        return "early"
    if row.status != "open":
        return "over"
    if member is None:
        return "stranger"
    if member.attendance == "present":
        return "present"
    return "ready" if arrivals.is_current(rt, row.id, said) else "expired"


def _may_know(c: Connection, actor: Actor, row: Row[Any]) -> bool:
    try:
        read_meeting(c, actor, row.id)
    except NotVisible:
        return False
    return True
