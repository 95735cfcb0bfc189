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

from sqlalchemy import ColumnElement, Connection, Row, bindparam, case, func, insert, literal, select, update

from engine.operations import agenda
from engine.operations.acting import Act
from engine.refusal import Invalid, Overtaken
from engine.steps import announcing, balloting, meeting
from engine.steps.kind import CHAIR, MEMBER, RECORDER
from engine.steps.meeting import ABSENT, BODY, GUESTS, LEAVE, PRESENT, MeetingRecord
from engine.store.proceedings import agenda_items, meeting_members, meetings
from engine.store.voting import ballots, counts, motions, votes

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
    """What the rules want to know of a meeting. One statement, once it has opened."""
    record = standing(row)
    if row is None or row.opened_at is None:
        return record
    seen = c.execute(_COUNTS.where(meeting_members.c.meeting_id == row.id)).one()
    return replace(
        record,
        roll=int(seen.roll or 0),
        present=int(seen.present or 0),
        body=int(seen.body or 0),
        body_present=int(seen.body_present or 0),
    )


def present(c: Connection, meeting_id: str, limit: int) -> list[int]:
    """The ids of those who are there."""
    came = (meeting_members.c.meeting_id == meeting_id, meeting_members.c.attendance == "present")
    query = select(meeting_members.c.person_id).where(*came).order_by(meeting_members.c.person_id)
    return list(c.scalars(query.limit(limit)))


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


HERE = meeting_members.c.attendance == "present"
_COUNTS = select(
    func.count().label("body"),
    _sum(meeting_members.c.is_voter).label("roll"),
    _sum(HERE).label("body_present"),
    _sum(HERE & meeting_members.c.is_voter).label("present"),
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
    act.note(meeting=meeting_id)


def _new(act: Act, values: Mapping[str, Any], **more: Any) -> str:
    meeting_id = uuid.uuid4().hex
    row = {
        "id": meeting_id,
        "unit_id": act.unit_id,
        "name": act.settings["meeting"],
        "status": "convened",
        "chair_id": _chair(act),
        "recorder_id": act.person_id if RECORDER in act.roles else None,
        "terms": _terms(act.settings),
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


def _terms(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: settings[name] for name in ("roll", "also", "announce")}


def _join(act: Act, before: Row[Any] | None, meeting_id: str) -> None:
    """Several motions of several matters in one meeting: the same name, unit and roll, and not opened yet."""
    meeting.require_not_opened(standing(before))
    if before is not None and before.id == meeting_id:
        return
    query = select(meetings).where(meetings.c.id == meeting_id, meetings.c.unit_id == act.unit_id)
    row = act.c.execute(query.with_for_update()).one_or_none()
    if row is None or row.name != act.settings["meeting"] or row.terms != _terms(act.settings):
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
    _freeze(act, meeting_id, act.data[PRESENT])
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
    if not record.is_open:
        _freeze(act, row.id, ticked)
        change(
            act,
            row.id,
            status="open",
            opened_at=act.now,
            guests=meeting.guests_named(act.data.get(GUESTS) or ()),
            **_presiding(act),
        )
    elif ticked:
        mark(act, row.id, {"present": ticked})
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


def _freeze(act: Act, meeting_id: str, ticked: Iterable[int]) -> None:
    voters = dict.fromkeys(act.people_of(MEMBER), True)
    if not voters:
        names = "、".join(act.settings["roll"])
        raise Invalid("roll-empty", f"名册上没有{names}，会开不起来。请管理员先把人登记上")
    body = dict.fromkeys(act.people_of(BODY), False) | voters  # nobody twice (FD-1)
    came = set(ticked)
    meeting.require_on_roll(len(came - set(body)))
    rows = [
        {
            "meeting_id": meeting_id,
            "person_id": person,
            "is_voter": votes_too,
            "attendance": "present" if person in came else "unknown",
            "marked_by": act.person_id if person in came else None,
        }
        for person, votes_too in body.items()
    ]
    act.c.execute(insert(meeting_members), rows)


# ---------------------------------------------------------------- attendance


def attend(act: Act) -> list[int]:
    """Sign oneself in, or tick others (chair and recorder), late comers too. Answers who is there by this act.

    Who takes somebody off waits for a count that is being entered: it says who was there.
    """
    row = of_task(act, shared=not (act.data.get(LEAVE) or act.data.get(ABSENT)))
    meeting.require_open(standing(row))
    assert row is not None
    meeting.require_own(act.roles, act.data)
    given = {"present": PRESENT, "leave": LEAVE, "absent": ABSENT}
    marks = {attendance: list(act.data.get(key) or ()) for attendance, key in given.items()}
    if not any(marks.values()) and act.person_id is not None:
        marks["present"] = [act.person_id]
    mark(act, row.id, marks)
    return marks["present"]


def mark(act: Act, meeting_id: str, marks: Mapping[str, Sequence[int]]) -> None:
    """Set the attendance of people on the frozen roll. Raises Invalid for others, and for who has voted already."""
    everybody = [person for people in marks.values() for person in people]
    if len(set(everybody)) != len(everybody):
        raise Invalid("marked-twice", "同一个人既记到会又记请假或未到，请改成一种")
    own = meeting_members.c.meeting_id == meeting_id
    known = select(meeting_members.c.person_id, HERE.label("here")).where(
        own, meeting_members.c.person_id.in_(everybody)
    )
    # Locked, in one order: a vote cast at this moment is either seen below, or sees that its member is not there.
    locked = act.c.execute(known.order_by(meeting_members.c.person_id).with_for_update()).all()
    meeting.require_on_roll(len(everybody) - len(locked))
    here = {row.person_id for row in locked if row.here}
    _require_may_go(act, meeting_id, sorted(here & {*marks.get("leave", ()), *marks.get("absent", ())}))
    for attendance, people in marks.items():
        if people:
            changed = update(meeting_members).where(own, meeting_members.c.person_id.in_(people))
            act.c.execute(changed.values(attendance=attendance, marked_by=act.person_id))


def _require_may_go(act: Act, meeting_id: str, gone: Sequence[int]) -> None:
    """Those who were there and are not said to be any more: neither voters, nor counted on a sheet. It is written into
    the journal, for whoever marks fewer people as present makes a majority smaller.
    """
    if not gone:
        return
    cast = select(votes.c.person_id).where(votes.c.meeting_id == meeting_id, votes.c.person_id.in_(gone))
    voted = act.c.scalar(cast.limit(1))
    if voted is not None:
        message = f"{act.names([voted])[voted]}已经投过票，到会不能再改"
        raise Invalid("has-voted", message, {ABSENT: message})
    balloting.require_not_counted(act.c.scalar(_STANDING_COUNT, {"meeting": meeting_id}) is not None)
    act.keep_on_record()
    act.note(corrected=len(gone))


_STANDING_COUNT = (
    select(literal(1))
    .select_from(ballots)
    .join(motions, motions.c.task_id == ballots.c.task_id)
    .join(
        counts,
        (counts.c.task_id == motions.c.task_id)
        & (counts.c.motion == motions.c.position)
        & (counts.c.round == motions.c.round),
    )
    .where(
        ballots.c.meeting_id == bindparam("meeting"),
        ballots.c.status == "open",
        counts.c.dispute.is_(None),
    )
    .limit(1)
)


# ---------------------------------------------------------------- ending


def end(act: Act, row: Row[Any], outcome: str, minutes: str = "", papers: Sequence[str] = ()) -> None:
    """This item is done with; with the last one the meeting ends. Without a quorum for any of them it is inquorate."""
    agenda.dealt_with(act.c, row.id, act.task.id, outcome, act.now)
    told = "\n\n".join(part for part in (row.minutes, minutes) if part)
    values: dict[str, Any] = {"minutes": told, "papers": [*row.papers, *papers]}
    if not agenda.waits(act.c, row.id, but=act.task.id):
        values |= {"status": agenda.came_to(act.c, row.id), "ended_at": act.now}
    change(act, row.id, **values)
    act.note(meeting=row.id)
