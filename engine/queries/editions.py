"""Which version a matter goes by, and which one counts for new ones by now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.operations.procedures import OFFERED
from engine.runtime import Runtime
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


def edition(rt: Runtime, c: Connection, matter: Row[Any]) -> Edition:
    """Of a matter's row with `unit_id`, `path`, `version_id`, `version` and `procedure_key`; one statement."""
    v = procedure_versions.c
    line = {unit.id: depth for depth, unit in enumerate(rt.line(c, matter.unit_id, matter.path))}
    query = select(v.id, v.unit_id, v.version, units.c.name).join(units, units.c.id == v.unit_id)
    rows = c.execute(query.where(v.key == matter.procedure_key, v.unit_id.in_(line), OFFERED)).all()
    now = min(rows, key=lambda row: (line[row.unit_id], -row.version), default=None)
    if now is None:
        return Edition(matter.version, None)
    own = any(row.id == matter.version_id and row.unit_id == now.unit_id for row in rows)
    return Edition(matter.version, now.version, "" if own else now.name)
