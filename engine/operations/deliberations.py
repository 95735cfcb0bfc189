"""deliberate 审议 on the server: a meeting that comes to a conclusion."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import insert, select

from engine.operations.acting import Act
from engine.operations.invitations import reply
from engine.operations.meetings import (
    announce,
    attend,
    convene,
    end,
    hold,
    of_task,
    open_meeting,
    present,
    record_of,
    standing,
)
from engine.steps import deliberate, meeting
from engine.steps.kind import CHAIR, DOERS, RECORDER
from engine.store.proceedings import taken_part


def open_(act: Act) -> None:
    """开会: a committee's members may sign in; who is ticked need not."""
    meeting.require_not_opened(standing(of_task(act)))
    open_meeting(act)
    _relieve(act, act.data.get(meeting.PRESENT) or ())


def sign_in(act: Act) -> None:
    _relieve(act, attend(act))


def close(act: Act) -> dict[str, Any]:
    """End the meeting with its conclusion, or write down one that was held."""
    if meeting.is_convened(act.settings):
        row = of_task(act)
        deliberate.require_closable(act.settings, record_of(act.c, row), act.data)
    else:
        deliberate.require_held(act.data, act.now)
        row = hold(act)
    assert row is not None
    record = record_of(act.c, row)
    result = deliberate.conclude(act.settings, record, act.data, row.guests)
    papers = [file["id"] for file in act.data.get(deliberate.PAPERS) or ()]
    end(act, row, result[deliberate.CHOICE], result[deliberate.MINUTES], papers)
    named = present(act.c, row.id, deliberate.MOST_PEOPLE) if deliberate.names_people(record) else []
    return result | {deliberate.MEETING: row.id, deliberate.PEOPLE: named, DOERS: [act.person_id]}


def _relieve(act: Act, people: Iterable[int]) -> None:
    """Who is there has nothing more to do, but for those who conduct the meeting: it leaves their 待办."""
    known = act.c.scalars(select(taken_part.c.person_id).where(taken_part.c.task_id == act.task.id))
    idle = set(people) - set(known) - {*act.people_of(CHAIR), *act.people_of(RECORDER)}
    if idle:
        act.c.execute(insert(taken_part), [{"task_id": act.task.id, "person_id": p} for p in sorted(idle)])


ACTS = {
    "close": close,
    "convene": convene,
    "announce": announce,
    "reply": reply,
    "open": open_,
    "attend": sign_in,
}
