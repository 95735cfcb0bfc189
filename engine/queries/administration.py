"""What the administrator of a unit looks after: its people and posts, and the matters that are in trouble."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from engine.authorisation import Actor, require_administrator
from engine.people.designations import Sort
from engine.people.units import subtree, within
from engine.refusal import Forbidden, NotVisible
from engine.runtime import Runtime
from engine.store.tables import (
    accounts,
    people,
    registrations,
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


# ---------------------------------------------------------------- units and people


def tree(rt: Runtime, actor: Actor) -> list[UnitNode]:
    """The units this person looks after, in the order of the tree. Raises Forbidden for anybody else."""
    tops = tops_of(actor)

    def read(c: Connection) -> list[UnitNode]:
        found = [unit for top in tops for unit in subtree(c, top)]
        counted: dict[int, int] = dict(
            c.execute(
                select(people.c.unit_id, func.count())
                .join(units, units.c.id == people.c.unit_id)
                .where(under(tops), people.c.erased_at.is_(None))
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
            (one, above[one]) for one in line if one != unit_id and actor.administers(_path_to(row.path, one))
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


def tops_of(actor: Actor) -> tuple[str, ...]:
    """The highest units a person administers, none inside another."""
    paths = sorted(set(actor.administered))
    tops = tuple(p for p in paths if not any(p != other and p.startswith(other) for other in paths))
    if not tops:
        raise Forbidden("not-administrator", "这里由乡镇管理员、县管理员使用。您的待办在“待办”里")
    return tops


def under(tops: Sequence[str]) -> Any:
    return or_(*(within(top) for top in tops))
