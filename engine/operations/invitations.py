"""Invitations: who is on the roll finds the meeting in the 待办, answers, and is not asked again until it opens."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, insert, select

from engine.durations import SHANGHAI
from engine.operations import meetings
from engine.operations.acting import Act
from engine.refusal import Invalid
from engine.steps import invitation, meeting
from engine.steps.kind import MEMBER
from engine.steps.meeting import BODY
from engine.store.proceedings import meeting_replies
from engine.store.tables import household_members, people

STORED = {meeting.COMING: "coming", meeting.ON_LEAVE: "leave", meeting.DELEGATED: "delegate"}


def reply(act: Act) -> None:
    """答复: for oneself, or what others said to chair or recorder. The last word counts."""
    row = meetings.of_task(act, shared=True)
    invitation.require_invited(meetings.standing(row))
    assert row is not None
    invitation.require_own(act.roles, act.data)
    others = invitation.others(act.data)
    delegate = invitation.answered(act.settings, act.data)
    if others:
        _write(act, row, list(act.data.get(meeting.WILL_COME) or ()), "coming")
        _write(act, row, list(act.data.get(meeting.WILL_NOT) or ()), "leave")
    if act.data.get(meeting.REPLY):
        others = [*others, _own(act, row, delegate)]
    meetings.relieve(act, row.id, others)


def _own(act: Act, row: Row[Any], delegate: int | None) -> int:
    """What the person of this act answers for himself."""
    assert act.person_id is not None
    if not act.roles & {MEMBER, BODY}:
        message = "您不在这次会议的名册上，不用答复"
        raise Invalid("not-on-roll", message, {meeting.REPLY: message})
    if delegate is not None:
        _require_delegate(act, row, delegate)
    said, reason = STORED[act.data[meeting.REPLY]], str(act.data.get(meeting.REASON) or "").strip()
    _write(act, row, [act.person_id], said, reason=reason, delegate_id=delegate)
    return act.person_id


def _write(act: Act, row: Row[Any], persons: list[int], said: str, **more: Any) -> None:
    if not persons:
        return
    mine = (meeting_replies.c.meeting_id == row.id, meeting_replies.c.person_id.in_(persons))
    act.c.execute(delete(meeting_replies).where(*mine))
    entered = act.entered_by if act.entered_by is not None else act.person_id
    rows = [
        {
            "meeting_id": row.id,
            "person_id": person,
            "reply": said,
            "at": act.now,
            "reason": "",
            "delegate_id": None,
            "entered_by": entered if entered != person else None,
            **more,
        }
        for person in persons
    ]
    act.c.execute(insert(meeting_replies), rows)


def _require_delegate(act: Act, row: Row[Any], delegate: int) -> None:
    """An adult of the same household who has no seat himself. Raises Invalid."""
    mine = household_members.alias("mine")
    together = household_members.join(mine, mine.c.household_id == household_members.c.household_id)
    query = select(people.c.born).select_from(
        together.join(people, people.c.id == household_members.c.person_id)
    )
    found = act.c.execute(
        query.where(
            mine.c.person_id == act.person_id,
            household_members.c.person_id == delegate,
            people.c.erased_at.is_(None),
        )
    ).first()
    others = (meeting_replies.c.meeting_id == row.id, meeting_replies.c.person_id != act.person_id)
    taken = select(meeting_replies.c.person_id).where(*others, meeting_replies.c.delegate_id == delegate)
    day = row.starts_at.astimezone(SHANGHAI).date()
    invitation.require_may_stand_in(
        same_household=found is not None and delegate != act.person_id,
        adult=found is None or invitation.is_adult(found.born, day),
        on_roll=delegate in {*act.people_of(MEMBER), *act.people_of(BODY)},
        taken=act.c.execute(taken.limit(1)).first() is not None,
    )
