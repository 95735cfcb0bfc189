"""Procedures a person may start, each with the units it may be started in."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select, tuple_

from engine.authorisation import Actor
from engine.clauses import Clause, clause
from engine.operations.procedures import OFFERED
from engine.runtime import Runtime
from engine.store.tables import procedure_versions, units


@dataclass(frozen=True)
class Place:
    id: int
    code: str
    name: str


@dataclass(frozen=True)
class Startable:
    """The version in force in `units`; where units are on different versions, there is one of these for each."""

    key: str
    title: str
    version: int
    level: str
    summary: str
    clauses: list[Clause]
    units: list[Place]


@dataclass(frozen=True)
class InForce:
    """A procedure as it is in force in one of the person's units."""

    key: str
    title: str
    version: int
    level: str
    summary: str
    unit: Place
    may_start: bool


def in_force(rt: Runtime, actor: Actor) -> list[InForce]:
    """Every procedure in force where this person is somebody, startable or not, unit by unit. Two statements."""
    with rt.database.read() as c:
        newest = c.execute(NEWEST).all()
        return [
            _in_force_here(rt.procedure(c, version.id), version, place, actor)
            for place in c.execute(_places(actor)).all()
            for version in nearest(newest, place.path).values()
        ]


def _in_force_here(procedure: Any, row: Row[Any], place: Row[Any], actor: Actor) -> InForce:
    may_start = place.level == row.level and any(
        (post, place.id) in actor.capacities for post in procedure.starters
    )
    where = Place(place.id, place.code, place.name)
    return InForce(row.key, row.title, row.version, row.level, procedure.summary, where, may_start)


def _places(actor: Actor) -> Select[Any]:
    held = {unit for _, unit in actor.capacities}
    columns = (units.c.id, units.c.code, units.c.name, units.c.level, units.c.path)
    return select(*columns).where(units.c.id.in_(held)).order_by(units.c.path)


def startable(rt: Runtime, actor: Actor) -> list[Startable]:
    """By title. Two statements, besides versions this process has not seen yet."""
    with rt.database.read() as c:
        places = c.execute(_places(actor)).all()
        newest = c.execute(NEWEST).all()
        found: dict[int, list[Place]] = defaultdict(list)
        for place in places:
            for version in nearest(newest, place.path).values():
                if version.level == place.level:
                    procedure = rt.procedure(c, version.id)
                    if any((starter, place.id) in actor.capacities for starter in procedure.starters):
                        found[version.id].append(Place(place.id, place.code, place.name))
        rows = {row.id: row for row in newest}
        result = [
            _startable(rows[version], rt.procedure(c, version), where) for version, where in found.items()
        ]
    return sorted(result, key=lambda one: (one.title, one.version))


_LATEST = (
    select(procedure_versions.c.unit_id, procedure_versions.c.key, func.max(procedure_versions.c.version))
    .group_by(procedure_versions.c.unit_id, procedure_versions.c.key)
    .subquery()
)
NEWEST = select(
    procedure_versions.c.id,
    procedure_versions.c.unit_id,
    procedure_versions.c.key,
    procedure_versions.c.title,
    procedure_versions.c.level,
    procedure_versions.c.version,
).where(
    tuple_(procedure_versions.c.unit_id, procedure_versions.c.key, procedure_versions.c.version).in_(
        select(_LATEST)
    ),
    OFFERED,
)


def nearest(newest: Iterable[Any], path: str) -> dict[str, Any]:
    """For each procedure the version of the nearest unit upwards along `path`, as `operations.procedures.in_force`."""
    depth = {int(part): index for index, part in enumerate(path.strip("/").split("/"))}
    found: dict[str, Any] = {}
    for row in newest:
        if row.unit_id in depth and (
            row.key not in found or depth[row.unit_id] > depth[found[row.key].unit_id]
        ):
            found[row.key] = row
    return found


def _startable(row: Any, procedure: Any, places: list[Place]) -> Startable:
    return Startable(
        key=row.key,
        title=row.title,
        version=row.version,
        level=row.level,
        summary=procedure.summary,
        clauses=[clause(number) for number in procedure.clauses],
        units=sorted(places, key=lambda place: place.id),
    )
