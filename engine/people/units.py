"""Units (组织): one tree, 市 → 县 → 乡镇 → 村 → 屋场. A unit's path names its ancestors, so a subtree is a prefix."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Integer, Select, bindparam, select

from engine.people.designations import LEVELS
from engine.store.database import new_id
from engine.store.tables import units


class Unit(NamedTuple):
    id: int
    parent_id: int | None
    level: str
    code: str
    name: str
    path: str

    def contains(self, path: str) -> bool:
        """Whether the unit at `path` is this one or below it."""
        return path.startswith(self.path)


def _climb() -> Select[Any]:
    climb = select(units.c.id, units.c.parent_id).where(units.c.id == bindparam("unit", type_=Integer))
    above = climb.cte("climb", recursive=True)
    above = above.union_all(
        select(units.c.id, units.c.parent_id).join(above, units.c.id == above.c.parent_id)
    )
    return select(*_COLUMNS).join(above, units.c.id == above.c.id)


_COLUMNS = (units.c.id, units.c.parent_id, units.c.level, units.c.code, units.c.name, units.c.path)
_CLIMB = _climb()  # built once: every task that opens asks


def get(connection: Connection, unit_id: int) -> Unit:
    """Raises KeyError when there is none."""
    row = connection.execute(select(*_COLUMNS).where(units.c.id == unit_id)).one_or_none()
    if row is None:
        raise KeyError(unit_id)
    return Unit(*row)


def by_code(connection: Connection, code: str) -> Unit | None:
    row = connection.execute(select(*_COLUMNS).where(units.c.code == code)).one_or_none()
    return Unit(*row) if row else None


def ancestors(connection: Connection, unit_id: int) -> list[Unit]:
    """The unit itself, then upwards to the root; one statement. Empty when there is no such unit."""
    found = [Unit(*row) for row in connection.execute(_CLIMB, {"unit": unit_id})]
    return sorted(found, key=lambda unit: unit.path.count("/"), reverse=True)


def subtree(connection: Connection, path: str) -> list[Unit]:
    """The unit at `path` and all below it, in the order of the tree."""
    rows = connection.execute(select(*_COLUMNS).where(within(path)))
    return sorted(
        (Unit(*row) for row in rows), key=lambda unit: [int(part) for part in unit.path.split("/") if part]
    )


def within(path: str, column: ColumnElement[str] = units.c.path) -> ColumnElement[bool]:
    """The condition that `column` is the path of this unit or of one below. A range, so that the index serves it."""
    return (column >= path) & (column < path[:-1] + "0")  # '0' is the character after '/'


def add(connection: Connection, level: str, code: str, name: str, parent_id: int | None = None) -> Unit:
    """A new unit under `parent_id`. Raises ValueError (Chinese) when the level does not fit under the parent's."""
    parent = get(connection, parent_id) if parent_id is not None else None
    if level not in LEVELS or (parent and LEVELS.index(level) <= LEVELS.index(parent.level)):
        raise ValueError(f"{parent.level if parent else ''}下面不能设{level}：{name}")
    inserted = connection.execute(
        units.insert().values(parent_id=parent_id, level=level, code=code, name=name, path=f"new {code}")
    )
    unit_id = new_id(inserted)
    path = f"{parent.path if parent else '/'}{unit_id}/"
    connection.execute(units.update().where(units.c.id == unit_id).values(path=path))
    return Unit(unit_id, parent_id, level, code, name, path)


def rename(connection: Connection, unit_id: int, name: str) -> None:
    connection.execute(units.update().where(units.c.id == unit_id).values(name=name))
