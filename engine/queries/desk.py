"""A designer's desk: the procedures of the units one draws for, their versions, and the drafts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from engine.authorisation import Actor, design_units, require_designer
from engine.operations.procedures import OPEN
from engine.people.units import Unit, ancestors
from engine.queries.procedures import NEWEST, nearest
from engine.refusal import NotVisible
from engine.runtime import Runtime
from engine.store.drafts import drafts, withdrawals
from engine.store.tables import instances, people, procedure_versions, units


@dataclass(frozen=True)
class Version:
    """A published version. `running`: matters under way on it."""

    id: int
    number: int
    title: str
    level: str
    note: str
    at: datetime
    by: str
    running: int


@dataclass(frozen=True)
class Sketch:
    """A draft on the desk. `base`: the number of the version it goes on from; `same`: nothing new since it was
    published.
    """

    id: str
    title: str
    key: str | None
    base: int | None
    same: bool
    changed_at: datetime
    changed_by: str
    removed_at: datetime | None
    removed_by: str


@dataclass(frozen=True)
class Withdrawn:
    note: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Published:
    """A procedure of the unit with all its versions, the newest first."""

    unit_id: int
    unit: str
    key: str
    versions: tuple[Version, ...]
    drafts: tuple[Sketch, ...] = ()
    withdrawn: Withdrawn | None = None

    @property
    def newest(self) -> Version:
        return self.versions[0]

    @property
    def running(self) -> int:
        return sum(version.running for version in self.versions)

    @property
    def old(self) -> list[Version]:
        """Earlier versions on which matters are still under way."""
        return [version for version in self.versions[1:] if version.running]


@dataclass(frozen=True)
class Inherited:
    """A procedure of a unit above, as it counts here while this unit has none of its own."""

    version_id: int
    key: str
    title: str
    level: str
    number: int
    unit: str


@dataclass
class Desk:
    """What lies before the designers of one unit. `loose`: drafts of procedures not published here yet."""

    unit_id: int
    unit: str
    published: list[Published] = field(default_factory=list)
    withdrawn: list[Published] = field(default_factory=list)
    loose: list[Sketch] = field(default_factory=list)
    removed: list[Sketch] = field(default_factory=list)
    inherited: list[Inherited] = field(default_factory=list)


def desks(rt: Runtime, actor: Actor) -> list[Desk]:
    """One for each unit this person designs for, in at most seven statements however much lies there.

    Raises Forbidden for who designs for none.
    """
    mine = sorted(design_units(actor))
    if not mine:
        require_designer(actor, 0)
    with rt.database.snapshot() as c:
        names = {row.id: row for row in c.execute(select(units).where(units.c.id.in_(mine)))}
        found = _published(c, mine)
        sketches = _sketches(c, mine)
        above = _above(c, [Unit(*_unit(names[unit])) for unit in mine])
    return [_desk(names[unit], found, sketches, above.get(unit, [])) for unit in mine]


def published(rt: Runtime, actor: Actor, unit_id: int, key: str) -> Published:
    """One procedure of a unit, withdrawn or not. Raises NotVisible, Forbidden."""
    require_designer(actor, unit_id)
    with rt.database.snapshot() as c:
        found = find_published(c, unit_id, key)
        if found is None:
            raise NotVisible("procedure-unknown", "本单位没有发布过这个流程")
        lying = [one for one in _sketches(c, [unit_id])[unit_id] if one.key == key and not one.removed_at]
    return _with(found, lying)


def find_published(c: Connection, unit_id: int, key: str) -> Published | None:
    """One procedure of a unit without its drafts; three statements."""
    return next(iter(_published(c, [unit_id], key)), None)


# ---------------------------------------------------------------- parts


def _desk(
    row: Row[Any], found: Iterable[Published], sketches: Mapping[int, list[Sketch]], above: list[Inherited]
) -> Desk:
    desk = Desk(row.id, row.name)
    lying = [one for one in sketches[row.id] if one.removed_at is None]
    desk.removed = [one for one in sketches[row.id] if one.removed_at is not None]
    own = [one for one in found if one.unit_id == row.id]
    for one in own:
        pile = desk.withdrawn if one.withdrawn else desk.published
        pile.append(_with(one, [sketch for sketch in lying if sketch.key == one.key]))
    keys = {one.key for one in own}
    desk.loose = [sketch for sketch in lying if sketch.key not in keys]
    desk.inherited = [one for one in above if one.key not in {each.key for each in desk.published}]
    return desk


def _with(one: Published, sketches: Iterable[Sketch]) -> Published:
    return Published(one.unit_id, one.unit, one.key, one.versions, tuple(sketches), one.withdrawn)


def _published(c: Connection, unit_ids: list[int], key: str | None = None) -> list[Published]:
    """Procedures by title; three statements."""
    v = procedure_versions.c
    here = v.unit_id.in_(unit_ids) if key is None else v.unit_id.in_(unit_ids) & (v.key == key)
    query = (
        select(
            *(v[name] for name in ("id", "unit_id", "key", "version", "title", "level", "note")),
            v.published_at,
            people.c.name.label("who"),
            units.c.name.label("unit"),
        )
        .join(units, units.c.id == v.unit_id)
        .outerjoin(people, people.c.id == v.published_by)
        .where(here)
        .order_by(v.version.desc())
    )
    running = _running(c, here)
    held = _withdrawn(c, unit_ids)
    names: dict[tuple[int, str], str] = {}
    versions: dict[tuple[int, str], list[Version]] = defaultdict(list)
    for r in c.execute(query):
        names[r.unit_id, r.key] = r.unit
        versions[r.unit_id, r.key].append(
            Version(
                r.id, r.version, r.title, r.level, r.note, r.published_at, r.who or "", running.get(r.id, 0)
            )
        )
    found = [
        Published(at[0], names[at], at[1], tuple(each), withdrawn=held.get(at))
        for at, each in versions.items()
    ]
    return sorted(found, key=lambda one: (one.newest.title, one.key))


def _running(c: Connection, here: Any) -> dict[int, int]:
    """Matters under way, by version."""
    query = (
        select(instances.c.version_id, func.count())
        .join(procedure_versions, procedure_versions.c.id == instances.c.version_id)
        .where(here, instances.c.status == "running")
        .group_by(instances.c.version_id)
    )
    return {row[0]: row[1] for row in c.execute(query)}


def _withdrawn(c: Connection, unit_ids: list[int]) -> dict[tuple[int, str], Withdrawn]:
    query = (
        select(withdrawals, people.c.name.label("who"))
        .outerjoin(people, people.c.id == withdrawals.c.by)
        .where(withdrawals.c.unit_id.in_(unit_ids), OPEN)
    )
    return {(row.unit_id, row.key): Withdrawn(row.note, row.at, row.who or "") for row in c.execute(query)}


def _sketches(c: Connection, unit_ids: list[int]) -> dict[int, list[Sketch]]:
    """By unit, last changed first; one statement."""
    changer, remover = people.alias("changer"), people.alias("remover")
    query = (
        select(
            drafts,
            changer.c.name.label("who"),
            remover.c.name.label("thrower"),
            procedure_versions.c.version.label("base"),
        )
        .outerjoin(changer, changer.c.id == drafts.c.changed_by)
        .outerjoin(remover, remover.c.id == drafts.c.removed_by)
        .outerjoin(procedure_versions, procedure_versions.c.id == drafts.c.based_on)
        .where(drafts.c.unit_id.in_(unit_ids))
        .order_by(drafts.c.changed_at.desc(), drafts.c.id)
    )
    found: dict[int, list[Sketch]] = defaultdict(list)
    for r in c.execute(query):
        same = r.published_revision == r.revision
        sketch = Sketch(
            r.id, r.title, r.key, r.base, same, r.changed_at, r.who or "", r.removed_at, r.thrower or ""
        )
        found[r.unit_id].append(sketch)
    return found


def _above(c: Connection, places: Iterable[Unit]) -> dict[int, list[Inherited]]:
    """For each unit that is not the topmost: what counts there from above."""
    found: dict[int, list[Inherited]] = {}
    lower = [place for place in places if place.parent_id is not None]
    rows = c.execute(NEWEST).all() if lower else []
    for place in lower:
        names = {unit.id: unit.name for unit in ancestors(c, place.id)}
        counting = nearest([row for row in rows if row.unit_id != place.id], place.path).values()
        found[place.id] = sorted(
            (Inherited(r.id, r.key, r.title, r.level, r.version, names[r.unit_id]) for r in counting),
            key=lambda one: one.title,
        )
    return found


def _unit(row: Row[Any]) -> tuple[Any, ...]:
    return row.id, row.parent_id, row.level, row.code, row.name, row.path
