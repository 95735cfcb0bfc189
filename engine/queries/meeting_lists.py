"""Lists of meetings: those of one's units, and those in which one matter was dealt with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from engine.authorisation import Actor, meeting_filter
from engine.queries.page import LIMIT, Page, bounded, cut, moment_of, read_cursor
from engine.runtime import Runtime
from engine.steps.meeting import INQUORATE
from engine.store.proceedings import agenda_items, meetings
from engine.store.tables import units
from engine.store.voting import ballots


@dataclass(frozen=True)
class Listed:
    """A line of the list of meetings."""

    id: str
    name: str
    unit: str
    place: str
    starts_at: datetime
    status: str
    items: list[str]


def listing(rt: Runtime, actor: Actor, cursor: str | None = None, limit: int = LIMIT) -> Page[Listed]:
    """Meetings this person may see, the latest first."""
    return rt.database.look(lambda c: _listing(c, actor, cursor, bounded(limit)))


def of_matter(rt: Runtime, actor: Actor, instance_id: str) -> list[Listed]:
    """The meetings in which steps of a matter were dealt with, the first one first."""

    def read(c: Connection) -> list[Listed]:
        items = select(agenda_items.c.meeting_id).where(
            agenda_items.c.instance_id == instance_id, agenda_items.c.withdrawn_at.is_(None)
        )
        rows = c.execute(
            select(meetings, units.c.name.label("unit"))
            .join(units, units.c.id == meetings.c.unit_id)
            .where(meetings.c.id.in_(items), meeting_filter(actor))
            .order_by(meetings.c.starts_at, meetings.c.id)
        )
        return [_listed(row, []) for row in rows]

    return rt.database.look(read)


@dataclass(frozen=True)
class Concluded:
    """What a step came to in its meeting, for who has just ended it. `ballot`: whether there are figures of a vote."""

    task_id: str
    meeting_id: str
    name: str
    title: str
    outcome: str
    ballot: bool


def concluded(rt: Runtime, actor: Actor, task_id: str) -> Concluded | None:
    """None where the step had no meeting, or it has not ended."""
    query = (
        select(
            agenda_items.c.outcome,
            agenda_items.c.title,
            meetings.c.id,
            meetings.c.name,
            ballots.c.task_id.label("ballot"),
        )
        .join(meetings, meetings.c.id == agenda_items.c.meeting_id)
        .join(units, units.c.id == meetings.c.unit_id)
        .outerjoin(ballots, (ballots.c.task_id == agenda_items.c.task_id) & (ballots.c.status == "closed"))
        .where(agenda_items.c.task_id == task_id, agenda_items.c.withdrawn_at.is_(None))
        .where(agenda_items.c.outcome.is_not(None), meeting_filter(actor))
    )
    row = rt.database.look(lambda c: c.execute(query).first())
    if row is None:
        return None
    voted = row.ballot is not None and row.outcome != INQUORATE
    return Concluded(task_id, row.id, row.name, row.title, row.outcome, voted)


def _listed(row: Row[Any], items: list[str]) -> Listed:
    return Listed(row.id, row.name, row.unit, row.place, row.starts_at, row.status, items)


def _listing(c: Connection, actor: Actor, cursor: str | None, limit: int) -> Page[Listed]:
    query = (
        select(meetings, units.c.name.label("unit"))
        .join(units, units.c.id == meetings.c.unit_id)
        .where(meeting_filter(actor))
        .order_by(meetings.c.starts_at.desc(), meetings.c.id.desc())
        .limit(limit + 1)
    )
    after = read_cursor(cursor, str, str)
    if after:
        at = moment_of(after[0])
        earlier = and_(meetings.c.starts_at == at, meetings.c.id < after[1])
        query = query.where(or_(meetings.c.starts_at < at, earlier))
    rows = c.execute(query).all()
    titles = _titles(c, [row.id for row in rows])
    return cut(
        rows,
        limit,
        lambda row: _listed(row, titles.get(row.id, [])),
        lambda row: (row.starts_at.isoformat(), row.id),
    )


def _titles(c: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    query = (
        select(agenda_items.c.meeting_id, agenda_items.c.title)
        .where(agenda_items.c.meeting_id.in_(ids), agenda_items.c.withdrawn_at.is_(None))
        .order_by(agenda_items.c.position)
    )
    found: dict[str, list[str]] = {}
    for meeting_id, title in c.execute(query):
        found.setdefault(meeting_id, []).append(title)
    return found
