"""办件: the list of those a person may see, and one of them with everything that belongs to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, or_, select

from engine import authorisation
from engine.authorisation import Actor
from engine.clauses import Clause, clause
from engine.execution import Instance
from engine.operations.matters import LATE
from engine.queries import results, timeline
from engine.queries.closure import Closure
from engine.queries.editions import Edition, edition, with_edition
from engine.queries.gatherings import any_in
from engine.queries.names import Names
from engine.queries.open_steps import OpenStep, names_of, open_seats, open_steps
from engine.queries.page import LIMIT, Page, bounded, cut, moment_of, read_cursor
from engine.queries.results import StepResult
from engine.queries.settings import Setting, changed_at, in_force
from engine.queries.timeline import Entry
from engine.refusal import Invalid, NotVisible
from engine.runtime import Runtime
from engine.store.tables import (
    instances,
    parameter_sets,
    people,
    procedure_versions,
    tasks,
    units,
)

STATUSES = {
    "running": ("running",),
    "finished": ("completed", "cancelled", "failed"),
    "all": ("running", "completed", "cancelled", "failed"),
}


@dataclass(frozen=True)
class Item:
    """A line of the list; `steps` are those open now."""

    id: str
    number: str
    title: str
    procedure: str
    unit: str
    status: str
    outcome: str | None
    started_at: datetime
    ended_at: datetime | None
    steps: list[str]


@dataclass(frozen=True)
class MatterView:
    """`may`: withdraw, cancel, reassign. `positions` and `passed` are element ids, for the diagram. `changed_at`: the
    unit in which this person chooses what new matters like it start with.
    """

    id: str
    number: str
    title: str
    procedure_key: str
    procedure: str
    version: int
    version_id: int
    summary: str
    unit: str
    status: str
    outcome: str | None
    started_by: str | None
    started_at: datetime
    ended_at: datetime | None
    positions: list[str]
    passed: list[str]
    open_steps: list[OpenStep]
    timeline: list[Entry]
    results: list[StepResult]
    clauses: list[Clause]
    settings: list[Setting]
    changed_at: int | None
    may: frozenset[str]
    names: Names
    revision: int
    has_opinions: bool
    edition: Edition


# ---------------------------------------------------------------- the list


def listing(
    rt: Runtime,
    actor: Actor,
    scope: str = "running",
    unit_path: str | None = None,
    q: str | None = None,
    cursor: str | None = None,
    limit: int = LIMIT,
) -> Page[Item]:
    """Newest first. Two statements. Raises Invalid for an unknown scope or cursor."""
    if scope not in STATUSES:
        raise Invalid("scope", f"没有“{scope}”这一类，可以是 {'、'.join(STATUSES)}", {"scope": "不认识"})
    limit = bounded(limit)
    query = (
        select(
            instances.c.id,
            instances.c.number,
            instances.c.title,
            instances.c.status,
            instances.c.outcome,
            instances.c.started_at,
            instances.c.ended_at,
            procedure_versions.c.title.label("procedure"),
            units.c.name.label("unit"),
        )
        .join(units, units.c.id == instances.c.unit_id)
        .join(procedure_versions, procedure_versions.c.id == instances.c.version_id)
        .where(authorisation.matter_filter(actor), instances.c.status.in_(STATUSES[scope]))
        .order_by(instances.c.started_at.desc(), instances.c.id.desc())
        .limit(limit + 1)
    )
    if unit_path:
        query = query.where(units.c.path.startswith(unit_path, autoescape=True))
    for word in (q or "").split()[:5]:
        found = (
            instances.c.title.contains(word, autoescape=True),
            instances.c.number.contains(word, autoescape=True),
        )
        query = query.where(or_(*found))
    after = read_cursor(cursor, str, str)
    if after:
        query = query.where(_before(after))

    def read(c: Connection) -> Page[Item]:
        rows = c.execute(query).all()
        steps = _open_names(c, [row.id for row in rows[:limit]])
        return cut(
            rows, limit, lambda row: _item(row, steps), lambda row: (row.started_at.isoformat(), row.id)
        )

    return rt.database.look(read)


def _before(after: Sequence[str]) -> Any:
    at = moment_of(after[0])
    return or_(instances.c.started_at < at, and_(instances.c.started_at == at, instances.c.id < after[1]))


def _open_names(c: Connection, ids: Sequence[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    if ids:
        query = (
            select(tasks.c.instance_id, tasks.c.name)
            .where(tasks.c.instance_id.in_(ids))
            .order_by(tasks.c.opened_at)
        )
        for instance_id, name in c.execute(query):
            found.setdefault(instance_id, []).append(name)
    return found


def _item(row: Row[Any], steps: Mapping[str, list[str]]) -> Item:
    return Item(**row._mapping, steps=steps.get(row.id, []))


# ---------------------------------------------------------------- one matter


def matter(rt: Runtime, actor: Actor, instance_id: str) -> MatterView:
    """Raises NotVisible."""
    return rt.database.look(lambda c: _matter(rt, c, actor, instance_id))


def diagram(rt: Runtime, actor: Actor, instance_id: str) -> bytes:
    """The diagram a matter runs on, as XML. Raises NotVisible."""

    def read(c: Connection) -> bytes:
        return rt.procedure(c, _head(c, actor, instance_id).version_id).diagram.source

    return rt.database.look(read)


@dataclass(frozen=True)
class Heading:
    """What a page about a part of a matter says on top."""

    id: str
    number: str
    title: str
    unit: str
    status: str


def heading(rt: Runtime, actor: Actor, instance_id: str) -> Heading:
    """Raises NotVisible."""

    def read(c: Connection) -> Heading:
        row = _head(c, actor, instance_id)
        return Heading(row.id, row.number, row.title, row.unit, row.status)

    return rt.database.look(read)


def revision(rt: Runtime, actor: Actor, instance_id: str) -> int:
    """Raised by every change of the matter, so that an open page knows when it is old. Raises NotVisible."""

    def read(c: Connection) -> int:
        columns = (instances.c.id, instances.c.revision, units.c.path)
        joined = select(*columns).join(units, units.c.id == instances.c.unit_id)
        return int(_visible(c, actor, joined.where(instances.c.id == instance_id)).revision)

    return rt.database.look(read)


_STARTER = people.alias("starter")
_HEAD = (
    select(
        instances,
        parameter_sets.c["values"].label("parameters"),
        parameter_sets.c.origins,
        procedure_versions.c.key.label("procedure_key"),
        procedure_versions.c.title.label("procedure"),
        procedure_versions.c.version,
        units.c.name.label("unit"),
        units.c.level,
        units.c.path,
        _STARTER.c.name.label("starter"),
    )
    .join(parameter_sets, parameter_sets.c.id == instances.c.parameter_set_id)
    .join(procedure_versions, procedure_versions.c.id == instances.c.version_id)
    .join(units, units.c.id == instances.c.unit_id)
    .outerjoin(_STARTER, _STARTER.c.id == instances.c.started_by)
)


def _head(c: Connection, actor: Actor, instance_id: str) -> Row[Any]:
    return _visible(c, actor, with_edition(_HEAD).where(instances.c.id == instance_id))


def _visible(c: Connection, actor: Actor, query: Select[Any]) -> Row[Any]:
    """The row of a matter (with `id` and the unit's `path`), if this person may see it."""
    row = c.execute(query).first()
    if row is None:
        raise NotVisible("matter-unknown", "没有这个办件，或者它不在您能查看的范围里")
    authorisation.require_matter(c, actor, row.id, row.path)
    return row


def _matter(rt: Runtime, c: Connection, actor: Actor, instance_id: str) -> MatterView:
    row = _head(c, actor, instance_id)
    closure = Closure.of(rt, c, row.version_id, row.closure)
    instance = rt.definition(c, row.version_id, row.closure).restore(
        row.state, clock=rt.clock, parameters=row.parameters, calendar=rt.calendar(c)
    )
    running = row.status == "running"
    so_far = results.all_results(closure, instance.data, row.parameters)
    seats = open_seats(c, actor, instance_id) if running else []
    names = names_of(rt, c, seats, so_far)
    return MatterView(
        id=row.id,
        number=row.number,
        title=row.title,
        procedure_key=row.procedure_key,
        procedure=row.procedure,
        version=row.version,
        version_id=row.version_id,
        summary=closure.main.summary,
        unit=row.unit,
        status=row.status,
        outcome=row.outcome,
        started_by=row.starter,
        started_at=row.started_at,
        ended_at=row.ended_at,
        positions=_positions(instance) if running else [],
        passed=list(dict.fromkeys(row.trail)),
        open_steps=open_steps(rt, actor, row, seats, names),
        timeline=timeline.read(c, actor, instance_id, closure, row.parameters),
        results=so_far,
        clauses=_clauses(closure),
        settings=in_force(row, closure.procedures),
        changed_at=changed_at(actor, row.path),
        may=_may(actor, row, rt.now()),
        names=names,
        revision=row.revision,
        has_opinions=any_in(c, instance_id),
        edition=edition(row),
    )


def _positions(instance: Instance) -> list[str]:
    return list(dict.fromkeys(instance.positions()))


def _clauses(closure: Closure) -> list[Clause]:
    """What the procedure rests on, then what its steps add, each once."""
    numbers = list(closure.main.clauses)
    for _, node in closure.steps():
        numbers += node.properties.get("clauses", "").split()
    return [clause(number) for number in dict.fromkeys(numbers)]


def _may(actor: Actor, row: Row[Any], now: datetime) -> frozenset[str]:
    may = set()
    lately = row.ended_at is None or now - row.ended_at <= LATE
    if row.undo is not None and row.undo_by == actor.person_id and lately:
        may.add("withdraw")
    if row.status == "running" and (actor.administers(row.path) or row.started_by == actor.person_id):
        may.add("cancel")
    if row.status == "running" and actor.administers(row.path):
        may.add("reassign")
    return frozenset(may)
