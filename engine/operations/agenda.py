"""The agenda of a meeting: which steps are dealt with in it, what they came to, and when it is over.

A step may end without its own conclusion: its matter is cancelled, or an event in the diagram leaves it. Then its item
is dropped, its vote closes, and the meeting does not wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, delete, func, insert, literal, select, update

from engine.steps.meeting import INQUORATE
from engine.store.proceedings import agenda_items, meetings, opinions, ratings, taken_part
from engine.store.tables import tasks
from engine.store.voting import ballots, sealed_ballots

DROPPED = "议题已撤销"
_WAITS = (agenda_items.c.withdrawn_at.is_(None), agenda_items.c.ended_at.is_(None))


def put_on(c: Connection, meeting_id: str, instance_id: str, task_id: str, title: str) -> None:
    """One more item, the last one."""
    last = select(func.coalesce(func.max(agenda_items.c.position), 0)).where(
        agenda_items.c.meeting_id == meeting_id
    )
    item = {
        "meeting_id": meeting_id,
        "position": (c.scalar(last) or 0) + 1,
        "instance_id": instance_id,
        "task_id": task_id,
        "title": title[:255],
    }
    c.execute(insert(agenda_items).values(item))


def take_off(c: Connection, meeting_id: str, task_id: str, now: datetime) -> None:
    """The step is dealt with elsewhere."""
    mine = (agenda_items.c.meeting_id == meeting_id, agenda_items.c.task_id == task_id)
    c.execute(update(agenda_items).where(*mine).values(withdrawn_at=now))


def dealt_with(c: Connection, meeting_id: str, task_id: str, outcome: str, now: datetime) -> None:
    """What the item of this step came to."""
    mine = (agenda_items.c.meeting_id == meeting_id, agenda_items.c.task_id == task_id)
    c.execute(update(agenda_items).where(*mine).values(outcome=outcome[:64], ended_at=now))


def task_ids(meeting_id: str) -> Select[tuple[str]]:
    """SQL: the steps that are still to be dealt with in the meeting."""
    return select(agenda_items.c.task_id).where(agenda_items.c.meeting_id == meeting_id, *_WAITS)


def matters(c: Connection, meeting_id: str) -> list[str]:
    """The matters on the agenda, each once, in an order two transactions agree on."""
    here = (agenda_items.c.meeting_id == meeting_id, agenda_items.c.withdrawn_at.is_(None))
    return sorted(set(c.scalars(select(agenda_items.c.instance_id).where(*here))))


def waits(c: Connection, meeting_id: str, *, but: str = "") -> bool:
    """Whether an item of the meeting is still to be dealt with, besides that of the step `but`."""
    query = (
        select(literal(1))
        .select_from(agenda_items)
        .join(tasks, tasks.c.id == agenda_items.c.task_id)
        .where(agenda_items.c.meeting_id == meeting_id, agenda_items.c.task_id != but, *_WAITS)
    )
    return c.scalar(query.limit(1)) is not None


def came_to(c: Connection, meeting_id: str) -> str:
    """The status of a meeting that is over: held, inquorate for all its items, or cancelled with all of them."""
    own = (agenda_items.c.meeting_id == meeting_id, agenda_items.c.withdrawn_at.is_(None))
    found = set(c.scalars(select(agenda_items.c.outcome).where(*own).distinct())) - {DROPPED, None}
    if not found:
        return "cancelled"
    return "inquorate" if found == {INQUORATE} else "held"


def drop(c: Connection, task_ids: Sequence[str], now: datetime) -> None:
    """These steps are gone and came to nothing."""
    c.execute(delete(taken_part).where(taken_part.c.task_id.in_(task_ids)))
    # A box nobody will open goes with its vote; the worker destroys the key. Without `closed_at`: nothing was decided.
    c.execute(delete(sealed_ballots).where(sealed_ballots.c.task_id.in_(task_ids)))
    still = (ballots.c.task_id.in_(task_ids), ballots.c.status == "open")
    c.execute(update(ballots).where(*still).values(status="closed", sealing_key=None))
    items = select(agenda_items.c.meeting_id).where(agenda_items.c.task_id.in_(task_ids), *_WAITS)
    query = select(meetings).where(meetings.c.id.in_(items)).order_by(meetings.c.id)
    for row in c.execute(query.with_for_update()).all():
        mine = (agenda_items.c.meeting_id == row.id, agenda_items.c.task_id.in_(task_ids), *_WAITS)
        c.execute(update(agenda_items).where(*mine).values(outcome=DROPPED, ended_at=now))
        if row.status in ("convened", "open") and not waits(c, row.id):
            over = {"status": came_to(c, row.id), "ended_at": now}
            c.execute(update(meetings).where(meetings.c.id == row.id).values(over))


def spoken_on(c: Connection, task_ids: Sequence[str]) -> bool:
    """Whether somebody has given an opinion or a rating on one of these steps."""
    said = [
        select(literal(1)).where(table.c.task_id.in_(task_ids), table.c.withdrawn_at.is_(None)).limit(1)
        for table in (opinions, ratings)
    ]
    return any(c.scalar(query) is not None for query in said)
