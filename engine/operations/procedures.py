"""Which version of a procedure counts where: the newest of the nearest unit upwards that has not withdrawn it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, exists, select

from engine.diagram import Procedure
from engine.people.units import Unit, ancestors, by_code, get
from engine.refusal import NotVisible
from engine.runtime import Runtime
from engine.store.drafts import withdrawals
from engine.store.tables import procedure_versions

OPEN = withdrawals.c.lifted_at.is_(None)  # a withdrawal that holds


def offered(versions: FromClause) -> ColumnElement[bool]:
    """SQL over `procedure_versions` or an alias of it: its unit has not withdrawn it."""
    here = (withdrawals.c.unit_id == versions.c.unit_id, withdrawals.c.key == versions.c.key)
    return ~exists().where(*here, OPEN)


OFFERED = offered(procedure_versions)


def in_force(c: Connection, key: str, place: Unit) -> Row[Any, Any, Any]:
    """The version that counts for a unit: the newest of the nearest unit upwards. Raises NotVisible."""
    found = find_in_force(c, key, place)
    if found is not None:
        return found
    line = [unit.id for unit in ancestors(c, place.id)]
    withdrawn = select(withdrawals.c.id).where(
        withdrawals.c.key == key, withdrawals.c.unit_id.in_(line), OPEN
    )
    if c.execute(withdrawn.limit(1)).first() is not None:
        raise NotVisible("procedure-withdrawn", f"“{key}”这个流程已经停用，不能再新办，在办的不受影响")
    raise NotVisible("procedure-unknown", f"{place.name}没有“{key}”这个流程，请先由流程设计员发布")


def find_in_force(
    c: Connection, key: str, place: Unit, without: int | None = None
) -> Row[Any, Any, Any] | None:
    """As `in_force`, None where there is none. `without`: as if the unit with this id had none."""
    line = {unit.id: depth for depth, unit in enumerate(ancestors(c, place.id)) if unit.id != without}
    columns = (procedure_versions.c.id, procedure_versions.c.unit_id, procedure_versions.c.version)
    rows = c.execute(
        select(*columns).where(
            procedure_versions.c.key == key, procedure_versions.c.unit_id.in_(line), OFFERED
        )
    ).all()
    return min(rows, key=lambda row: (line[row.unit_id], -row.version), default=None)


def called_by(runtime: Runtime, c: Connection, procedure: Procedure, place: Unit) -> dict[str, Procedure]:
    """All it calls, directly or not, as it is in force in the unit; what is not there is left out."""
    found: dict[str, Procedure] = {}
    waiting = [procedure]
    while waiting:
        for key in waiting.pop().calls:
            row = find_in_force(c, key, place) if key not in found and key != procedure.key else None
            if row is not None:
                found[key] = runtime.procedure(c, row.id)
                waiting.append(found[key])
    return found


def unit_named(c: Connection, unit: str | int) -> Unit:
    """A unit by code or id. Raises NotVisible."""
    try:
        found = get(c, unit) if isinstance(unit, int) else by_code(c, unit)
    except KeyError:
        found = None
    if found is None:
        raise NotVisible("unit-unknown", f"没有“{unit}”这个单位")
    return found
