"""要过问的: what an administrator has to step in for: late steps, posts nobody holds, failures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from engine.authorisation import Actor
from engine.queries.administration import tops_of, under
from engine.queries.names import look_up
from engine.queries.page import LIMIT, Page, bounded, cut, read_cursor
from engine.runtime import Runtime
from engine.store.tables import assignments, incidents, instances, people, tasks, units


@dataclass(frozen=True)
class Trouble:
    """An open step that needs the administrator: overdue, or with nobody to do it."""

    task_id: str
    instance_id: str
    matter: str
    unit: str
    step: str
    post: str
    due_at: datetime | None
    claimed_by: str | None
    vacant: list[str] = field(default_factory=list)
    unit_id: int = 0


@dataclass(frozen=True)
class IncidentRow:
    id: int
    instance_id: str
    matter: str
    unit: str
    work: str
    message: str
    reference: str
    attempts: int
    first_at: datetime
    last_at: datetime
    next_try_at: datetime | None


@dataclass(frozen=True)
class Failed:
    id: str
    title: str
    unit: str
    ended_at: datetime | None


@dataclass(frozen=True)
class Overview:
    overdue: int
    incidents: int
    failed: int
    vacant: int


def overview(rt: Runtime, actor: Actor) -> Overview:
    """Numbers for the first page of 管理. Raises Forbidden."""
    tops = tops_of(actor)
    now = rt.now()

    def count(c: Connection, table: Any, *conditions: Any) -> int:
        query = select(func.count()).select_from(table).where(under(tops), *conditions)
        return int(c.execute(query).scalar_one())

    def read(c: Connection) -> Overview:
        open_tasks = tasks.join(units, units.c.id == tasks.c.unit_id)
        matters = instances.join(units, units.c.id == instances.c.unit_id)
        late = count(c, open_tasks, tasks.c.due_at <= now)
        broken = count(
            c,
            matters.join(incidents, incidents.c.instance_id == instances.c.id),
            incidents.c.resolved_at.is_(None),
        )
        failed = count(c, matters, instances.c.status == "failed")
        return Overview(late, broken, failed, len(_vacant(rt, c, tops)))

    return rt.database.look(read)


def overdue(rt: Runtime, actor: Actor, cursor: str | None = None, limit: int = LIMIT) -> Page[Trouble]:
    """Open steps past their date, longest first. Raises Forbidden."""
    limit, tops = bounded(limit), tops_of(actor)
    query = (
        _steps(tops).where(tasks.c.due_at <= rt.now()).order_by(tasks.c.due_at, tasks.c.id).limit(limit + 1)
    )
    after = read_cursor(cursor, str, str)
    if after:
        at = datetime.fromisoformat(after[0])
        query = query.where(or_(tasks.c.due_at > at, and_(tasks.c.due_at == at, tasks.c.id > after[1])))
    rows = rt.database.look(lambda c: c.execute(query).all())
    return cut(rows, limit, _trouble, lambda row: (row.due_at.isoformat(), row.id))


def vacancies(rt: Runtime, actor: Actor) -> list[Trouble]:
    """无人在岗: open steps with a seat nobody can fill. Raises Forbidden."""
    tops = tops_of(actor)
    return rt.database.look(lambda c: _vacant(rt, c, tops))


def _vacant(rt: Runtime, c: Connection, tops: Sequence[str]) -> list[Trouble]:
    empty = _empty_places(rt, c, tops)
    if not empty:
        return []
    seats = c.execute(
        select(assignments)
        .join(tasks, tasks.c.id == assignments.c.task_id)
        .where(
            assignments.c.unit_id.in_({unit for _, unit in empty}),
            assignments.c.designation.in_({name for name, _ in empty}),
            tasks.c.claimed_by.is_(None),
        )
    ).all()
    ids = {seat.task_id for seat in seats if (seat.designation, seat.unit_id) in empty}
    everything = c.execute(select(assignments).where(assignments.c.task_id.in_(ids))).all() if ids else []
    unfilled: dict[str, list[Row[Any]]] = {}
    for task_id, seat_name in {(seat.task_id, seat.seat) for seat in everything}:
        rows = [s for s in everything if (s.task_id, s.seat) == (task_id, seat_name)]
        if all(s.designation is not None and (s.designation, s.unit_id) in empty for s in rows):
            unfilled.setdefault(task_id, []).extend(rows)
    if not unfilled:
        return []
    found = c.execute(_steps(tops).where(tasks.c.id.in_(unfilled)).order_by(tasks.c.opened_at)).all()
    return [
        _trouble(row, [s.designation for s in unfilled[row.id]], unfilled[row.id][0].unit_id) for row in found
    ]


def _empty_places(rt: Runtime, c: Connection, tops: Sequence[str]) -> set[tuple[str, int]]:
    """(designation, unit) pairs that open steps wait for and nobody holds today."""
    wanted = c.execute(
        select(assignments.c.designation, assignments.c.unit_id)
        .distinct()
        .join(tasks, tasks.c.id == assignments.c.task_id)
        .join(units, units.c.id == tasks.c.unit_id)
        .where(under(tops), assignments.c.designation.is_not(None))
    ).all()
    pairs = {(name, place) for name, place in wanted}
    everyone = {name for name, d in rt.designations.items() if d.everyone}
    names = look_up(c, (), pairs, rt.today(), rt.designations)
    return {pair for pair in pairs if pair[0] not in everyone and not names.holders.get(pair)}


def open_incidents(rt: Runtime, actor: Actor) -> list[IncidentRow]:
    """Unresolved failures of the clock's or the outbox's work, newest first. Raises Forbidden."""
    query = (
        select(incidents, instances.c.title, units.c.name.label("unit"))
        .join(instances, instances.c.id == incidents.c.instance_id)
        .join(units, units.c.id == instances.c.unit_id)
        .where(under(tops_of(actor)), incidents.c.resolved_at.is_(None))
        .order_by(incidents.c.last_at.desc())
        .limit(200)
    )
    rows = rt.database.look(lambda c: c.execute(query).all())
    return [
        IncidentRow(
            id=row.id,
            instance_id=row.instance_id,
            matter=row.title,
            unit=row.unit,
            work=row.work,
            message=row.message,
            reference=row.reference,
            attempts=row.attempts,
            first_at=row.first_at,
            last_at=row.last_at,
            next_try_at=row.next_try_at,
        )
        for row in rows
    ]


def failed(rt: Runtime, actor: Actor) -> list[Failed]:
    """Matters that ended with an error nobody caught. Raises Forbidden."""
    query = (
        select(instances.c.id, instances.c.title, units.c.name, instances.c.ended_at)
        .join(units, units.c.id == instances.c.unit_id)
        .where(under(tops_of(actor)), instances.c.status == "failed")
        .order_by(instances.c.ended_at.desc())
        .limit(200)
    )
    return [Failed(*row) for row in rt.database.look(lambda c: c.execute(query).all())]


def _steps(tops: Sequence[str]) -> Any:
    claimer = people.alias("claimer")
    return (
        select(
            tasks.c.id,
            tasks.c.instance_id,
            tasks.c.name,
            tasks.c.lane,
            tasks.c.due_at,
            instances.c.title,
            units.c.name.label("unit"),
            claimer.c.name.label("claimer"),
        )
        .join(instances, instances.c.id == tasks.c.instance_id)
        .join(units, units.c.id == tasks.c.unit_id)
        .outerjoin(claimer, claimer.c.id == tasks.c.claimed_by)
        .where(under(tops))
    )


def _trouble(row: Row[Any], vacant: Sequence[str] = (), unit_id: int = 0) -> Trouble:
    return Trouble(
        task_id=row.id,
        instance_id=row.instance_id,
        matter=row.title,
        unit=row.unit,
        step=row.name,
        post=row.lane or "",
        due_at=row.due_at,
        claimed_by=row.claimer,
        vacant=list(dict.fromkeys(vacant)),
        unit_id=unit_id,
    )
