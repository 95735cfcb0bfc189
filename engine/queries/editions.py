"""Which version a matter goes by, and which one counts for new ones by now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select

from engine.operations.procedures import offered
from engine.store.tables import procedure_versions, units


@dataclass(frozen=True)
class Edition:
    """`current`: the number that counts for new matters now, None where the procedure is withdrawn. `unit`: whose
    version that is, where another unit's has taken its place.
    """

    number: int
    current: int | None
    unit: str = ""

    @property
    def is_current(self) -> bool:
        return self.number == self.current and not self.unit


_near, _publisher = procedure_versions.alias("near"), units.alias("publisher")
_now, _owner = procedure_versions.alias("now"), units.alias("owner")
# As engine.operations.procedures.in_force, for the unit of each matter: a unit's path begins with those above it.
_IN_FORCE = (
    select(_near.c.id)
    .join(_publisher, _publisher.c.id == _near.c.unit_id)
    .where(
        _near.c.key == procedure_versions.c.key,
        func.substr(units.c.path, 1, func.length(_publisher.c.path)) == _publisher.c.path,
        offered(_near),
    )
    .order_by(func.length(_publisher.c.path).desc(), _near.c.version.desc())
    .limit(1)
    .correlate(procedure_versions, units)
    .scalar_subquery()
)


def with_edition(matters: Select[Any]) -> Select[Any]:
    """A query that joins matters with their version and unit, and tells what `edition` reads."""
    said = (
        procedure_versions.c.unit_id.label("version_of"),
        _now.c.version.label("now_version"),
        _now.c.unit_id.label("now_of"),
        _owner.c.name.label("now_unit"),
    )
    return (
        matters.add_columns(*said)
        .outerjoin(_now, _now.c.id == _IN_FORCE)
        .outerjoin(_owner, _owner.c.id == _now.c.unit_id)
    )


def edition(matter: Row[Any]) -> Edition:
    """Of a row of such a query, with the number of its own `version`."""
    other = matter.now_of is not None and matter.now_of != matter.version_of
    return Edition(matter.version, matter.now_version, matter.now_unit if other else "")
