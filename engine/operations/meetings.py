"""Meetings: what `deliberate` and `ballot` do on one. Each function is a part of an act, in its transaction.

A meeting belongs to a unit and is changed under the lock on its row; attendance takes that lock shared, so that many
sign in at once and nobody does after the end. Several steps of several matters may stand on its agenda: it ends when
the last of them has.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    case,
    delete,
    func,
    insert,
    select,
    update,
)

from engine.operations import agenda, attendance, links, rolls
from engine.operations.acting import Act
from engine.refusal import Invalid, Overtaken
from engine.steps import announcing, meeting
from engine.steps.kind import CHAIR, MEMBER, RECORDER
from engine.steps.meeting import BODY, GUESTS, PRESENT, MeetingRecord
from engine.store.proceedings import (
    agenda_items,
    meeting_households,
    meeting_members,
    meeting_replies,
    meetings,
    taken_part,
)

# ---------------------------------------------------------------- reading


def of_task(act: Act, *, shared: bool = False) -> Row[Any] | None:
    """The meeting this step is dealt with in, locked; None before it is convened."""
    item = select(agenda_items.c.meeting_id).where(
        agenda_items.c.task_id == act.task.id, agenda_items.c.withdrawn_at.is_(None)
    )
    query = select(meetings).where(meetings.c.id == item.scalar_subquery())
    return act.c.execute(query.with_for_update(read=shared)).one_or_none()


def standing(row: Row[Any] | None) -> MeetingRecord:
    """A meeting but for its figures: enough to tell what may be done, and no member is counted for it."""
    return MeetingRecord(row.status, row.starts_at, row.announced_at) if row is not None else MeetingRecord()


def record_of(c: Connection, row: Row[Any] | None) -> MeetingRecord:
    """What the rules want to know of a meeting. One statement once it has opened, three where households count."""
    record = standing(row)
    if row is None or row.opened_at is None:
        return record
    seen = c.execute(_COUNTS.where(meeting_members.c.meeting_id == row.id)).one()
    record = replace(
        record,
        roll=int(seen.roll or 0),
        present=int(seen.present or 0),
        left=int(seen.left or 0),
        body=int(seen.body or 0),
        body_present=int(seen.body_present or 0),
        body_left=int(seen.body_left or 0),
    )
    if row.households is None:
        return record
    there = c.scalar(_HOUSEHOLDS.where(meeting_households.c.meeting_id == row.id, HERE)) or 0
    came = c.scalar(_HOUSEHOLDS.where(meeting_households.c.meeting_id == row.id, CAME)) or 0
    return replace(record, households=row.households, households_present=there, households_left=came - there)


def present(c: Connection, meeting_id: str, limit: int) -> list[int]:
    """The ids of those who came."""
    query = select(meeting_members.c.person_id).where(meeting_members.c.meeting_id == meeting_id, CAME)
    query = query.order_by(meeting_members.c.person_id)
    return list(c.scalars(query.limit(limit)))


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


HERE = meeting_members.c.attendance == "present"
LEFT_EARLY = meeting_members.c.attendance == "left"
CAME = meeting_members.c.attendance.in_(("present", "left"))
_COUNTS = select(
    func.count().label("body"),
    _sum(meeting_members.c.is_voter).label("roll"),
    _sum(HERE).label("body_present"),
    _sum(HERE & meeting_members.c.is_voter).label("present"),
    _sum(LEFT_EARLY).label("body_left"),
    _sum(LEFT_EARLY & meeting_members.c.is_voter).label("left"),
)
_HOUSEHOLDS = select(func.count(func.distinct(meeting_households.c.household_id))).select_from(
    meeting_households.join(
        meeting_members,
        (meeting_members.c.meeting_id == meeting_households.c.meeting_id)
        & (meeting_members.c.person_id == meeting_households.c.person_id),
    )
)

# ---------------------------------------------------------------- convening


def convene(act: Act) -> None:
    """Fix time and place, again while it has not opened; or put the step on a meeting that is convened already."""
    row = of_task(act)
    if act.data.get(meeting.MEETING):
        _join(act, row, act.data[meeting.MEETING])
        return
    starts_at = meeting.moment(act.data[meeting.TIME])
    meeting.require_convenable(act.settings, standing(row), starts_at, act.now)
    values = {
        "place": act.data[meeting.PLACE],
        "starts_at": starts_at,
        "convened_by": act.person_id,
        "convened_at": act.now,
    }
    if row is None:
        meeting_id = _new(act, values)
        agenda.put_on(act.c, meeting_id, act.instance_id, act.task.id, str(act.work.row.title))
    else:
        # Who read the announcement knows another time or place: it has to be made public again.
        meeting_id = row.id
        change(act, row.id, **values, announced_at=None, announced_by=None, channels=[], evidence=[])
        _ask_again(act, row.id)
    act.activate(MEMBER, BODY)
    act.note(meeting=meeting_id)


def _ask_again(act: Act, meeting_id: str) -> None:
    """At another time or place somebody else may come: what was answered counts no more."""
    act.c.execute(delete(meeting_replies).where(meeting_replies.c.meeting_id == meeting_id))
    act.c.execute(delete(taken_part).where(taken_part.c.task_id.in_(agenda.task_ids(meeting_id))))


def relieve(act: Act, meeting_id: str, persons: Iterable[int]) -> None:
    """They have answered: until it opens the meeting leaves their 待办, but for those who conduct it."""
    idle = set(persons) - {*act.people_of(CHAIR), *act.people_of(RECORDER)}
    known = select(taken_part.c.task_id, taken_part.c.person_id).where(
        taken_part.c.task_id.in_(agenda.task_ids(meeting_id)), taken_part.c.person_id.in_(idle)
    )
    before = {tuple(row) for row in act.c.execute(known)}
    tasks = act.c.scalars(agenda.task_ids(meeting_id)).all()
    wanted = [(task, person) for task in tasks for person in sorted(idle) if (task, person) not in before]
    if wanted:
        act.c.execute(insert(taken_part), [{"task_id": t, "person_id": p} for t, p in wanted])


def _new(act: Act, values: Mapping[str, Any], **more: Any) -> str:
    meeting_id = uuid.uuid4().hex
    row = {
        "id": meeting_id,
        "unit_id": act.unit_id,
        "name": act.settings["meeting"],
        "status": "convened",
        "chair_id": _chair(act),
        "recorder_id": act.person_id if RECORDER in act.roles else None,
        "terms": meeting.terms(act.settings),
        "needs_announcement": bool(act.settings["announce"]),
        "channels": [],
        "evidence": [],
        "guests": [],
        "minutes": "",
        "papers": [],
    }
    act.c.execute(insert(meetings).values(row | dict(values) | more))
    return meeting_id


def _chair(act: Act) -> int:
    if CHAIR in act.roles and act.person_id is not None:
        return act.person_id
    chairs = act.people_of(CHAIR)
    if not chairs:
        raise Invalid(
            "no-chair", f"主持会议的{act.task.lane or '岗位'}现在没有人，请先请管理员把人登记上，再召集会议"
        )
    return chairs[0]


def _join(act: Act, before: Row[Any] | None, meeting_id: str) -> None:
    """Several motions of several matters in one meeting: the same name, unit and roll, and not opened yet."""
    meeting.require_not_opened(standing(before))
    if before is not None and before.id == meeting_id:
        return
    query = select(meetings).where(meetings.c.id == meeting_id, meetings.c.unit_id == act.unit_id)
    row = act.c.execute(query.with_for_update()).one_or_none()
    if row is None or row.name != act.settings["meeting"] or row.terms != meeting.terms(act.settings):
        message = "这件事不能放到那次会议上：会议名称、参加的人和公开要求都要一样。请另选，或者新召集一次"
        raise Invalid("meeting-unknown", message, {meeting.MEETING: message})
    if row.status != "convened":
        message = "那次会议已经开始、结束或取消，不能再加议题。请另选，或者新召集一次"
        raise Overtaken("meeting-opened", message, {meeting.MEETING: message})
    if before is not None:
        _leave(act, before)
    agenda.put_on(act.c, row.id, act.instance_id, act.task.id, str(act.work.row.title))
    # LB-2.1: the main items are made public before; with one more, the announcement has to be made again.
    change(act, row.id, announced_at=None, announced_by=None, channels=[], evidence=[])
    act.called_again()
    act.activate(MEMBER, BODY)
    answered = select(meeting_replies.c.person_id).where(meeting_replies.c.meeting_id == row.id)
    relieve(act, row.id, act.c.scalars(answered).all())  # the new item asks nobody once more
    act.note(meeting=row.id)


def _leave(act: Act, row: Row[Any]) -> None:
    """Take the step off a meeting that has not opened; without any item that meeting is cancelled."""
    agenda.take_off(act.c, row.id, act.task.id, act.now)
    if not agenda.waits(act.c, row.id, but=act.task.id):
        change(act, row.id, status="cancelled", ended_at=act.now)


def change(act: Act, meeting_id: str, **values: Any) -> None:
    """Set columns of a meeting that `of_task` has locked."""
    act.c.execute(update(meetings).where(meetings.c.id == meeting_id).values(**values))


def hold(act: Act) -> Row[Any]:
    """Write down a meeting that was held: who came was there from the beginning. It is still to be ended."""
    values = {
        "place": act.data[meeting.PLACE],
        "starts_at": meeting.moment(act.data[meeting.TIME]),
        "convened_by": act.person_id,
        "convened_at": act.now,
    }
    opened = {"status": "open", "opened_at": values["starts_at"]}
    meeting_id = _new(act, values, **opened, guests=meeting.guests_named(act.data.get(GUESTS) or ()))
    agenda.put_on(act.c, meeting_id, act.instance_id, act.task.id, str(act.work.row.title))
    rolls.freeze(act, meeting_id, act.data[PRESENT], values["starts_at"])
    return act.c.execute(select(meetings).where(meetings.c.id == meeting_id)).one()


# ---------------------------------------------------------------- announcing, opening


def announce(act: Act) -> None:
    """Time, place and main items were made public; the proof is in the matter (LB-2.1)."""
    row = of_task(act)
    announcing.require_announceable(act.settings, standing(row), act.now, act.runtime.calendar(act.c))
    assert row is not None
    change(
        act,
        row.id,
        announced_at=act.now,
        announced_by=act.person_id,
        channels=list(act.data[meeting.TICKED]),
        evidence=[file["id"] for file in act.data[meeting.PROOF]],
    )
    for matter in agenda.matters(act.c, row.id):  # from now on everybody may follow what is dealt with
        links.ensure_page(act.c, matter, act.person_id, act.now)
    act.note(meeting=row.id, channels=list(act.data[meeting.TICKED]))


def open_meeting(act: Act) -> Row[Any]:
    """Freeze the roll from who holds what now, and tick who came. For another item of a meeting that is open
    already nothing is frozen again; who is ticked is present. Answers the meeting as it was before.
    """
    row = of_task(act)
    record = standing(row)
    ticked = list(act.data.get(PRESENT) or ())
    if not record.is_open:
        announcing.require_openable(act.settings, record, act.now, act.runtime.calendar(act.c))
    assert row is not None
    act.called_again()  # who has answered is asked again: now there is something to do
    if not record.is_open:
        rolls.freeze(act, row.id, ticked, act.now)
        change(
            act,
            row.id,
            status="open",
            opened_at=act.now,
            guests=meeting.guests_named(act.data.get(GUESTS) or ()),
            **_presiding(act),
        )
    elif ticked:
        attendance.mark(act, row.id, {"present": ticked}, households=row.households is not None)
    if row.households is None:
        rolls.freeze_households(act, row.id)
    rolls.seat(act, row.id)
    act.activate(MEMBER, BODY)
    act.note(meeting=row.id)
    return row


def _presiding(act: Act) -> dict[str, int]:
    """Who opens it presides, or keeps the record."""
    if act.person_id is None:
        return {}
    if CHAIR in act.roles:
        return {"chair_id": act.person_id}
    return {"recorder_id": act.person_id} if RECORDER in act.roles else {}


# ---------------------------------------------------------------- attendance


def attend(act: Act) -> list[int]:
    """Sign oneself in, or tick others (chair and recorder), late comers too. Answers who is there by this act.

    Who takes somebody off waits for a count that is being entered: it says who was there.
    """
    row = of_task(act, shared=not any(act.data.get(key) for key in attendance.TAKES_OFF))
    meeting.require_open(standing(row))
    assert row is not None
    meeting.require_own(act.roles, act.data)
    marks = {mark: list(act.data.get(key) or ()) for mark, key in attendance.MARKS.items()}
    if not any(marks.values()) and act.person_id is not None:
        marks["present"] = [act.person_id]
    by_code, households = bool(act.data.get(attendance.BY_CODE)), row.households is not None
    return attendance.mark(act, row.id, marks, by_code=by_code, households=households)


# ---------------------------------------------------------------- ending


def end(act: Act, row: Row[Any], outcome: str, minutes: str = "", papers: Sequence[str] = ()) -> None:
    """This item is done with; with the last one the meeting ends. Without a quorum for any of them it is inquorate."""
    agenda.dealt_with(act.c, row.id, act.task.id, outcome, act.now)
    told = "\n\n".join(part for part in (row.minutes, minutes) if part)
    values: dict[str, Any] = {"minutes": told, "papers": [*row.papers, *papers]}
    if not agenda.waits(act.c, row.id, but=act.task.id):
        values |= {"status": agenda.came_to(act.c, row.id), "ended_at": act.now} | _recording(act, row)
    change(act, row.id, **values)
    act.note(meeting=row.id)


def _recording(act: Act, row: Row[Any]) -> dict[str, int]:
    """A vote on phones asks nothing of the recorder: whoever has that post and was there signs as such (BB-6). Who is
    on no roll may not have been in the hall, and is not said to have kept the record.
    """
    posted = set(act.people_of(RECORDER)) - {row.chair_id}
    if row.recorder_id is not None or not posted:
        return {}
    there = select(meeting_members.c.person_id).where(
        meeting_members.c.meeting_id == row.id,
        meeting_members.c.person_id.in_(posted),
        meeting_members.c.attendance == "present",
    )
    found = list(act.c.scalars(there))
    return {"recorder_id": found[0]} if len(found) == 1 else {}
