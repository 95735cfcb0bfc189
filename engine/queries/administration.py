"""What the administrator of a unit looks after: its people and posts, and the matters that are in trouble."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from engine.authorisation import Actor, require_administrator
from engine.people.designations import Sort
from engine.people.units import subtree, within
from engine.queries.names import look_up
from engine.queries.page import LIMIT, Page, bounded, cut, read_cursor
from engine.refusal import Forbidden, NotVisible
from engine.runtime import Runtime
from engine.store.tables import (
    accounts,
    assignments,
    incidents,
    instances,
    people,
    registrations,
    tasks,
    tenures,
    units,
)


@dataclass(frozen=True)
class UnitNode:
    id: int
    code: str
    name: str
    level: str
    depth: int
    people: int


@dataclass(frozen=True)
class Held:
    """Somebody on a post or a register; `tenure_id` is what a dismissal names."""

    tenure_id: int
    person_id: int
    name: str
    since: date
    until: date | None = None


@dataclass(frozen=True)
class PostView:
    name: str
    single: bool
    holders: list[Held]
    past: list[Held]


@dataclass(frozen=True)
class PersonRow:
    id: int
    name: str
    phone: str
    login: str | None
    posts: list[str]


@dataclass(frozen=True)
class UnitView:
    """`posts` and `registers` are all that exist at this level, held or not."""

    id: int
    code: str
    name: str
    level: str
    path: str
    above: list[tuple[int, str]]
    posts: list[PostView]
    registers: list[PostView]
    people: list[PersonRow]


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


# ---------------------------------------------------------------- units and people


def tree(rt: Runtime, actor: Actor) -> list[UnitNode]:
    """The units this person looks after, in the order of the tree. Raises Forbidden for anybody else."""
    tops = _tops(actor)

    def read(c: Connection) -> list[UnitNode]:
        found = [unit for top in tops for unit in subtree(c, top)]
        counted: dict[int, int] = dict(
            c.execute(  # type: ignore[arg-type]
                select(people.c.unit_id, func.count())
                .join(units, units.c.id == people.c.unit_id)
                .where(_under(tops), people.c.erased_at.is_(None))
                .group_by(people.c.unit_id)
            ).all()
        )
        least = min((unit.path.count("/") for unit in found), default=0)
        return [
            UnitNode(u.id, u.code, u.name, u.level, u.path.count("/") - least, counted.get(u.id, 0))
            for u in found
        ]

    return rt.database.look(read)


def unit(rt: Runtime, actor: Actor, unit_id: int) -> UnitView:
    """A unit's posts, registers and people. Raises NotVisible, Forbidden."""
    return rt.database.look(lambda c: _unit(rt, c, actor, unit_id))


def _unit(rt: Runtime, c: Connection, actor: Actor, unit_id: int) -> UnitView:
    row = c.execute(select(units).where(units.c.id == unit_id)).first()
    if row is None:
        raise NotVisible("unit-unknown", "没有这个单位")
    require_administrator(actor, row.path)
    line = [int(part) for part in row.path.split("/") if part]
    above = dict(c.execute(select(units.c.id, units.c.name).where(units.c.id.in_(line))).all())
    held = _held(c, unit_id)
    known = [d for d in rt.designations.values() if d.can_be_held and row.level in d.levels]
    today = rt.today()
    views = {
        sort: [_post(d.name, d.single, held.get(d.name, []), today) for d in known if d.kind is sort]
        for sort in (Sort.POST, Sort.REGISTER)
    }
    return UnitView(
        id=row.id,
        code=row.code,
        name=row.name,
        level=row.level,
        path=row.path,
        above=[
            (one, above[one])
            for one in line
            if one != unit_id and actor.administers(_path_to(row.path, one))
        ],
        posts=views[Sort.POST],
        registers=views[Sort.REGISTER],
        people=_people(c, unit_id, held, today),
    )


def _path_to(path: str, unit_id: int) -> str:
    head, _, _ = path.partition(f"/{unit_id}/")
    return f"{head}/{unit_id}/"


def _held(c: Connection, unit_id: int) -> dict[str, list[Held]]:
    """Everybody who holds or held a post or register of this unit, newest first."""
    found: dict[str, list[Held]] = {}
    for table, column in ((tenures, tenures.c.post), (registrations, registrations.c.register)):
        query = (
            select(column, table.c.id, people.c.id, people.c.name, table.c.starts_on, table.c.ends_on)
            .join(people, people.c.id == table.c.person_id)
            .where(table.c.unit_id == unit_id)
            .order_by(table.c.starts_on.desc(), table.c.id)
        )
        for name, *values in c.execute(query):
            found.setdefault(name, []).append(Held(*values))
    return found


def _post(name: str, single: bool, held: Sequence[Held], today: date) -> PostView:
    current = [one for one in held if one.until is None or one.until >= today]
    return PostView(name, single, current, [one for one in held if one not in current])


def _people(c: Connection, unit_id: int, held: dict[str, list[Held]], today: date) -> list[PersonRow]:
    query = (
        select(people.c.id, people.c.name, people.c.phone, accounts.c.login)
        .outerjoin(accounts, and_(accounts.c.person_id == people.c.id, accounts.c.disabled_at.is_(None)))
        .where(people.c.unit_id == unit_id, people.c.erased_at.is_(None))
        .order_by(people.c.id)
    )
    posts: dict[int, list[str]] = {}
    for name, those in held.items():
        for one in those:
            if one.until is None or one.until >= today:
                posts.setdefault(one.person_id, []).append(name)
    return [
        PersonRow(row.id, row.name, _masked(row.phone), row.login, posts.get(row.id, []))
        for row in c.execute(query)
    ]


def _masked(phone: str | None) -> str:
    """138****5678: enough to tell people apart."""
    return f"{phone[:3]}****{phone[-4:]}" if phone and len(phone) >= 8 else ("" if not phone else "****")


def candidates(rt: Runtime, actor: Actor, unit_id: int) -> list[tuple[int, str, str]]:
    """People who may be given a post in this unit: those of the unit, below it and above it. (id, name, unit)"""

    def read(c: Connection) -> list[tuple[int, str, str]]:
        path = c.execute(select(units.c.path).where(units.c.id == unit_id)).scalar()
        if path is None:
            raise NotVisible("unit-unknown", "没有这个单位")
        require_administrator(actor, path)
        line = [int(part) for part in path.split("/") if part]
        query = (
            select(people.c.id, people.c.name, units.c.name)
            .join(units, units.c.id == people.c.unit_id)
            .where(or_(within(path), units.c.id.in_(line)), people.c.erased_at.is_(None))
            .order_by(units.c.path, people.c.id)
            .limit(2000)
        )
        return [(person, name, unit_name) for person, name, unit_name in c.execute(query)]

    return rt.database.look(read)


# ---------------------------------------------------------------- trouble


def overview(rt: Runtime, actor: Actor) -> Overview:
    """Numbers for the first page of 管理. Raises Forbidden."""
    tops = _tops(actor)
    now = rt.now()

    def count(c: Connection, table: Any, *conditions: Any) -> int:
        query = select(func.count()).select_from(table).where(_under(tops), *conditions)
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
    limit, tops = bounded(limit), _tops(actor)
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
    tops = _tops(actor)
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
        .where(_under(tops), assignments.c.designation.is_not(None))
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
        .where(_under(_tops(actor)), incidents.c.resolved_at.is_(None))
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
        .where(_under(_tops(actor)), instances.c.status == "failed")
        .order_by(instances.c.ended_at.desc())
        .limit(200)
    )
    return [Failed(*row) for row in rt.database.look(lambda c: c.execute(query).all())]


def _tops(actor: Actor) -> tuple[str, ...]:
    """The highest units a person administers, none inside another."""
    paths = sorted(set(actor.administered))
    tops = tuple(p for p in paths if not any(p != other and p.startswith(other) for other in paths))
    if not tops:
        raise Forbidden("not-administrator", "这里由乡镇管理员、县管理员使用。您的待办在“待办”里")
    return tops


def _under(tops: Sequence[str]) -> Any:
    return or_(*(within(top) for top in tops))


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
        .where(_under(tops))
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
