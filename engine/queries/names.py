"""Names: of people by id, and of those who hold a designation in a unit."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, null, or_, select, union_all

from engine.people.designations import Designations
from engine.store.tables import people, registrations, tenures


@dataclass
class Names:
    """`of` is by person id, `holders` by (designation, unit id)."""

    of: dict[int, str] = field(default_factory=dict)
    holders: dict[tuple[str, int], list[int]] = field(default_factory=dict)

    def spell(self, ids: Iterable[int]) -> list[str]:
        return [self.of.get(person, "已离任人员") for person in ids]

    def who(self, designation: str, unit_id: int) -> list[tuple[int, str]]:
        """Id and name of the holders, each once."""
        return [(person, self.of[person]) for person in self.holders.get((designation, unit_id), [])]


def somebody(c: Connection, person_id: int | None) -> str:
    """Who it was, for a sentence that says somebody was faster."""
    return c.scalar(select(people.c.name).where(people.c.id == person_id)) or "别人"


def look_up(
    c: Connection, ids: Iterable[int], places: Iterable[tuple[str, int]], on: date, known: Designations
) -> Names:
    """Names of `ids`, and the holders on that day of each (designation, unit id) in `places`. At most one statement."""
    wanted = sorted(set(ids))
    leaves = {
        place: known[place[0]].leaves if place[0] in known else frozenset() for place in sorted(set(places))
    }
    parts = [_held(table, column, leaves, on) for table, column in _REGISTERS if leaves]
    if wanted:
        nobody = (null().label("designation"), null().label("unit_id"))
        parts.append(select(*nobody, people.c.id, people.c.name).where(people.c.id.in_(wanted)))
    names = Names()
    found: dict[tuple[str, int], list[int]] = defaultdict(list)
    for designation, unit_id, person, name in c.execute(union_all(*parts)) if parts else ():
        names.of[person] = name
        if designation is not None:
            found[designation, unit_id].append(person)
    for (designation, unit_id), its in leaves.items():
        held = [person for leaf in sorted(its) for person in sorted(found.get((leaf, unit_id), []))]
        names.holders[designation, unit_id] = list(dict.fromkeys(held))
    return names


_REGISTERS = ((tenures, tenures.c.post), (registrations, registrations.c.register))


def _held(
    table: Table, column: ColumnElement[str], leaves: Mapping[tuple[str, int], frozenset[str]], on: date
) -> Select[Any]:
    """Who holds one of the designations in one of the units; pairs nobody asked for are left aside by the caller."""
    return (
        select(column.label("designation"), table.c.unit_id, people.c.id, people.c.name)
        .join(people, people.c.id == table.c.person_id)
        .where(
            table.c.unit_id.in_({unit for _, unit in leaves}),
            column.in_({leaf for its in leaves.values() for leaf in its}),
            table.c.starts_on <= on,
            or_(table.c.ends_on.is_(None), table.c.ends_on >= on),
        )
    )
