"""Who a designation means, and what a person is: the questions every task asks. Each is one statement."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    Date,
    Integer,
    String,
    Table,
    and_,
    bindparam,
    literal,
    or_,
    select,
    union_all,
)

from engine.people.designations import Designations, Sort, designations
from engine.people.units import Unit, ancestors, get, within
from engine.store.tables import people, registrations, tenures, units

CLERK = "文书"
ADULT = 18  # years: a 村民 has a say from then on (FD-2, HW-3.2)


@dataclass(frozen=True)
class Standing:
    """What a person is on a day.

    `capacities`: (designation, unit id), derived groups included. `posts`: (post, unit id, path of that
    unit), without registers. `revision` rises whenever what the person holds changes.
    """

    person_id: int
    name: str
    revision: int
    capacities: frozenset[tuple[str, int]]
    posts: tuple[tuple[str, int, str], ...]
    administered: tuple[str, ...]  # paths of the units whose administrator the person is

    def units_of(self, designation: str) -> frozenset[int]:
        """The units in which this person is `designation`."""
        return frozenset(unit for name, unit in self.capacities if name == designation)

    @property
    def clerk_units(self) -> frozenset[int]:
        """The units whose paper this person enters (代录, procedures.md 11.1)."""
        return self.units_of(CLERK)

    def holds_post_above(self, path: str) -> bool:
        """Whether this person holds a post in the unit at `path` or in one above it."""
        return any(path.startswith(above) for _, _, above in self.posts)

    def administers(self, path: str) -> bool:
        """Whether the unit at `path` is one this person administers, or lies below one."""
        return any(path.startswith(above) for above in self.administered)


def place(designation: str, line: list[Unit], known: Designations | None = None) -> Unit | None:
    """The first unit of `line` (from the matter's unit upwards) where `designation` exists; None when there is none.

    Raises KeyError for a name that posts.toml does not know.
    """
    levels = (known or designations())[designation].levels
    return next((unit for unit in line if unit.level in levels), None)


def resolve_unit(
    connection: Connection, designation: str, unit_id: int, known: Designations | None = None
) -> int | None:
    """The unit that `designation` means for a matter of `unit_id`: that one, else the nearest above of its level."""
    unit = place(designation, ancestors(connection, unit_id), known)
    return unit.id if unit else None


def holders(
    connection: Connection, designation: str, unit_id: int, on: date, known: Designations | None = None
) -> list[int]:
    """The people who are `designation` in exactly this unit on a day, in order of their ids; groups expanded.

    A duty (会次职务) has no holders but in its own meeting or matter: empty. Raises KeyError for an unknown name.
    """
    place = (designation, unit_id)
    return holders_of(connection, [place], on, known)[place]


def holders_of(
    connection: Connection, places: Collection[tuple[str, int]], on: date, known: Designations | None = None
) -> dict[tuple[str, int], list[int]]:
    """`holders` for several (designation, unit id) at once; one statement, and one more where everyone is meant."""
    known = known or designations()
    meant = {place: known[place[0]] for place in places}
    leaves = sorted({leaf for one in meant.values() if one.kind is not Sort.DUTY for leaf in one.leaves})
    held: dict[tuple[str, int], set[int]] = defaultdict(set)
    if leaves:  # no register has the name of a post
        asked = {"units": sorted({unit for _, unit in places}), "day": on, "names": leaves}
        for name, unit, person in connection.execute(_HOLDERS, asked):
            held[name, unit].add(person)
    return {
        (name, unit): residents(connection, unit, on)
        if one.everyone
        else sorted(set().union(*(held[leaf, unit] for leaf in one.leaves if one.kind is not Sort.DUTY)))
        for (name, unit), one in meant.items()
    }


def offered(
    connection: Connection,
    wanted: Collection[str],
    line: list[Unit],
    on: date,
    known: Designations | None = None,
) -> dict[str, list[tuple[int, str]]]:
    """Who can be picked as each designation for a matter of the first unit of `line`: (id, name), found upwards from
    there. Two statements, and one more where everyone is meant. A name that is not known has nobody.
    """
    known = known or designations()
    places = {name: unit for name in wanted if name in known and (unit := place(name, line, known))}
    held = holders_of(connection, {(name, unit.id) for name, unit in places.items()}, on, known)
    names = names_of(connection, {person for found in held.values() for person in found})
    return {
        name: [(person, names[person]) for person in held[name, places[name].id]] if name in places else []
        for name in wanted
    }


def standing(connection: Connection, person_id: int, on: date, known: Designations | None = None) -> Standing:
    """Everything a person is on a day, in one statement. Raises KeyError when there is no such person."""
    known = known or designations()
    who: tuple[str, int] | None = None
    held: set[tuple[str, int]] = set()
    posts = []
    for row in connection.execute(_STANDING, {"person": person_id, "day": on}):
        if row.held is None:  # where the person lives, not what they hold
            who = (row.name, row.standing)
            grown = row.born is None or row.born <= born_by(on)
            names = known.of_everyone(row.level) if grown else frozenset()
        else:
            names = known.groups(row.held) | {row.held}
            if row.held in known and known[row.held].kind is Sort.POST:
                posts.append((row.held, row.id, row.path))
        held.update((name, row.id) for name in names)
    if who is None:
        raise KeyError(person_id)
    administered = tuple(path for post, _, path in posts if known[post].administrator)
    return Standing(person_id, *who, frozenset(held), tuple(posts), administered)


def capacities(
    connection: Connection, person_id: int, on: date, known: Designations | None = None
) -> frozenset[tuple[str, int]]:
    """The (designation, unit id) pairs a person may act as on a day."""
    return standing(connection, person_id, on, known).capacities


def names_of(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Names by id; people whose content was erased are there with what is left of it."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = connection.execute(select(people.c.id, people.c.name).where(people.c.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def residents(connection: Connection, unit_id: int, on: date) -> list[int]:
    """The adults who live in the unit or below it, in order of their ids; somebody without a birthday is one."""
    path = get(connection, unit_id).path
    homes = select(people.c.id).join(units, units.c.id == people.c.unit_id)
    grown = or_(people.c.born.is_(None), people.c.born <= born_by(on))
    return sorted(connection.scalars(homes.where(within(path), people.c.erased_at.is_(None), grown)))


def born_by(on: date) -> date:
    """The last birthday of those who are of age on a day."""
    leap_day = (on.month, on.day) == (2, 29)
    return date(on.year - ADULT, on.month, 28 if leap_day else on.day)


def _current(table: Table, on: date | ColumnElement[date]) -> ColumnElement[bool]:
    return and_(table.c.starts_on <= on, or_(table.c.ends_on.is_(None), table.c.ends_on >= on))


def _holders() -> CompoundSelect[Any]:
    here: BindParameter[Any] = bindparam("units", expanding=True)
    names: BindParameter[Any] = bindparam("names", expanding=True)
    day = bindparam("day", type_=Date)
    return union_all(
        *(
            select(name.label("held"), table.c.unit_id, table.c.person_id).where(
                table.c.unit_id.in_(here), name.in_(names), _current(table, day)
            )
            for table, name in ((tenures, tenures.c.post), (registrations, registrations.c.register))
        )
    )


def _standing() -> CompoundSelect[Any]:
    """What the person holds; and the person, with the home unit and the two above it (屋场, 村 and 乡镇)."""
    person, day = bindparam("person", type_=Integer), bindparam("day", type_=Date)
    unit = (units.c.id, units.c.path, units.c.level)
    nobody = (
        literal(None, String).label("name"),
        literal(None, Integer).label("standing"),
        literal(None, Date).label("born"),
    )
    held = [
        select(name.label("held"), *unit, *nobody)
        .join(units, units.c.id == table.c.unit_id)
        .where(table.c.person_id == person, _current(table, day))
        for table, name in ((tenures, tenures.c.post), (registrations, registrations.c.register))
    ]
    home, above, nothing = units.alias("home"), units.alias("above"), literal(None, String).label("held")
    lived_in = people.join(home, home.c.id == people.c.unit_id).outerjoin(
        above, above.c.id == home.c.parent_id
    )
    living = [
        select(nothing, *unit, people.c.name, people.c.standing, people.c.born)
        .select_from(lived_in.join(units, units.c.id == where))
        .where(people.c.id == person, people.c.erased_at.is_(None))
        for where in (home.c.id, home.c.parent_id, above.c.parent_id)
    ]
    return union_all(*held, *living)


_HOLDERS = _holders()  # built once: these are asked with every request and every task that opens
_STANDING = _standing()
