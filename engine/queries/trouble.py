"""要过问的: what an administrator has to step in for: late steps, posts nobody holds, failures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from engine.authorisation import Actor
from engine.queries.administration import tops_of, under
from engine.queries.names import look_up
from engine.queries.page import LIMIT, Page, bounded, cut, read_cursor
from engine.queries.reach import seat_is_free
from engine.runtime import Runtime
from engine.store.tables import assignments, incidents, instances, people, tasks, units

SHOWN = 200  # in a list without pages


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
        return Overview(late, broken, failed, len(_unfilled(rt, c, tops)))

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
    """无人在岗: open steps with a seat nobody can fill, the oldest first. Raises Forbidden."""
    tops = tops_of(actor)

    def read(c: Connection) -> list[Trouble]:
        unfilled = _unfilled(rt, c, tops)
        shown = (
            _steps(tops).where(tasks.c.id.in_(list(unfilled)[:SHOWN])).order_by(tasks.c.opened_at, tasks.c.id)
        )
        return [_trouble(row, unfilled[row.id]) for row in c.execute(shown)] if unfilled else []

    return rt.database.look(read)


def _unfilled(rt: Runtime, c: Connection, tops: Sequence[str]) -> dict[str, list[Any]]:
    """Task id -> the places of a free seat that nobody holds. At most three statements."""
    empty = _empty_places(rt, c, tops)
    if not empty:
        return {}
    hollow = assignments.alias()
    suspects = select(hollow.c.task_id).where(
        hollow.c.unit_id.in_({unit for _, unit in empty}),
        hollow.c.designation.in_({name for name, _ in empty}),
    )
    query = (
        select(assignments)
        .join(tasks, tasks.c.id == assignments.c.task_id)
        .where(assignments.c.task_id.in_(suspects), tasks.c.claimed_by.is_(None), seat_is_free())
        .order_by(tasks.c.opened_at, assignments.c.id)
    )
    seats: dict[tuple[str, str], list[Any]] = {}
    for row in c.execute(query):
        seats.setdefault((row.task_id, row.seat), []).append(row)
    unfilled: dict[str, list[Any]] = {}
    for (task_id, _), places in seats.items():
        if all((place.designation, place.unit_id) in empty for place in places):
            unfilled.setdefault(task_id, []).extend(places)
    return unfilled


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
        .limit(SHOWN)
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
        .limit(SHOWN)
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


def _trouble(row: Any, vacant: Sequence[Any] = ()) -> Trouble:
    return Trouble(
        task_id=row.id,
        instance_id=row.instance_id,
        matter=row.title,
        unit=row.unit,
        step=row.name,
        post=row.lane or "",
        due_at=row.due_at,
        claimed_by=row.claimer,
        vacant=list(dict.fromkeys(place.designation for place in vacant)),
        unit_id=vacant[0].unit_id if vacant else 0,
    )
