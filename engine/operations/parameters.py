"""Parameters (参数): what a unit chooses for the procedures of its villages, and what applies to a new matter.

The nearest unit upwards counts, parameter by parameter, as far as the units above leave it open: a township's villages
may choose what the township has opened, a county's townships what the county has not closed. What a unit keeps to
itself counts over whatever was chosen below it before. A value that is the one from above anyway is no choice: it goes
on following the one above.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from engine import journal
from engine.authorisation import require_parameter_setter
from engine.diagram import Procedure
from engine.diagram.parameter import Parameter
from engine.operations.procedures import in_force, unit_named
from engine.people.units import Unit, ancestors
from engine.refusal import Forbidden, Invalid, Overtaken
from engine.runtime import Runtime
from engine.store.tables import parameter_choices, units

OPEN_BY_NATURE = (
    "市",
    "县",
)  # a township decides for its villages unless told otherwise; a village only when told


@dataclass(frozen=True)
class Chosen:
    """What a unit itself has chosen for a procedure; `row` 0: nothing yet. `since` is by name, too."""

    row: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)
    since: Mapping[str, str] = field(default_factory=dict)
    opened: Mapping[str, bool] = field(default_factory=dict)

    def opens(self, unit: Unit, name: str) -> bool:
        """Whether the units below may choose this parameter as far as this unit is concerned."""
        return bool(self.opened.get(name, unit.level in OPEN_BY_NATURE))


@dataclass(frozen=True)
class Applies:
    """A value in force. `unit` chose it at `since` (ISO 8601); None: the procedure's default. `kept_by` is the unit
    that does not leave it to those below.
    """

    value: Any
    unit: Unit | None = None
    since: str = ""
    kept_by: Unit | None = None


Choices = Mapping[tuple[int, str], Chosen]  # (unit id, procedure key) -> what it chose


def choices(c: Connection, line: Sequence[Unit], keys: Iterable[str]) -> Choices:
    """What each unit of a line has chosen for each procedure. One statement."""
    t = parameter_choices.c
    rows = c.execute(
        select(parameter_choices)
        .where(t.unit_id.in_([unit.id for unit in line]), t.procedure_key.in_(list(keys)))
        .order_by(t.id)
    )
    return {
        (row.unit_id, row.procedure_key): Chosen(row.id, row.values, _since(row), row.opened) for row in rows
    }


def resolve(procedure: Procedure, line: Sequence[Unit], chosen: Choices) -> dict[str, Applies]:
    """What applies in the first unit of `line` (from that unit upwards), in the procedure's order."""
    return {
        name: _applies(name, parameter, procedure.key, line, chosen)
        for name, parameter in procedure.parameters.items()
    }


def _applies(name: str, parameter: Parameter, key: str, line: Sequence[Unit], chosen: Choices) -> Applies:
    found = Applies(parameter.default)
    for unit in reversed(line):
        mine = chosen.get((unit.id, key), Chosen())
        value = mine.values.get(name)
        # A new version may have narrower bounds than the choice was made in: then it does not count any more.
        if name in mine.values and parameter.problem(value) is None:
            found = Applies(value, unit, mine.since.get(name, ""))
        if not mine.opens(unit, name):
            return Applies(found.value, found.unit, found.since, unit)
    return found


def parameters_in_force(
    c: Connection, procedures: Sequence[Procedure], line: Sequence[Unit]
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The values for a new matter in a unit, and where each comes from: {name: {unit, name, at}}, defaults left out.

    `procedures` are the one it starts and those it calls; where two share a name, the earlier one's counts.
    """
    chosen = choices(c, line, [procedure.key for procedure in procedures])
    values: dict[str, Any] = {}
    origins: dict[str, dict[str, Any]] = {}
    for procedure in procedures:
        for name, applies in resolve(procedure, line, chosen).items():
            if name in values:
                continue
            values[name] = applies.value
            if applies.unit is not None:
                unit = applies.unit
                origins[name] = {"unit": unit.id, "name": unit.name, "at": applies.since}
    return values, origins


def set_parameters(
    runtime: Runtime,
    actor_id: int,
    unit: str | int,
    key: str,
    values: Mapping[str, Any],
    opened: Mapping[str, bool] | None = None,
    seen: int | None = None,
) -> bool:
    """A unit chooses its values, and what it leaves open to the level below; matters that run keep theirs.

    `seen` is the choice (`Chosen.row`) the person had before their eyes. Returns whether anything changed. Raises
    Invalid for a value outside its bounds, Forbidden for what is not theirs to choose, Overtaken where somebody chose
    since, NotVisible.
    """
    now = runtime.now()

    def write(c: Connection) -> bool:
        place = unit_named(c, unit)
        require_parameter_setter(runtime.actor(c, actor_id), place.id)
        procedure = runtime.procedure(c, in_force(c, key, place).id)
        line = ancestors(c, place.id)
        # Of two at once, the second waits here and then reads what the first has chosen.
        c.execute(select(units.c.id).where(units.c.id == place.id).with_for_update(key_share=True))
        chosen = choices(c, line, [key])
        mine = chosen.get((place.id, key), Chosen())
        if seen is not None and seen != mine.row:
            raise Overtaken("parameters-changed", "刚刚有人改过这些数。请核对下面现在的数，再保存")
        above = resolve(procedure, line[1:], chosen)
        fresh = _settled(procedure, place, mine, above, values, opened or {}, now)
        if (fresh.values, fresh.opened) == (mine.values, mine.opened):
            return False
        row = {"unit_id": place.id, "procedure_key": key, "at": now, "by": actor_id}
        c.execute(
            insert(parameter_choices).values(
                **row, values=fresh.values, since=fresh.since, opened=fresh.opened
            )
        )
        detail = {"procedure": key, "values": dict(fresh.values), "opened": dict(fresh.opened)}
        entry = journal.Entry(at=now, actor_id=actor_id, action="parameters", detail=detail)
        journal.append_to_unit(c, place.id, [entry])
        return True

    return runtime.database.run(write)


def _settled(
    procedure: Procedure,
    place: Unit,
    mine: Chosen,
    above: Mapping[str, Applies],
    values: Mapping[str, Any],
    opened: Mapping[str, bool],
    now: datetime,
) -> Chosen:
    """What the unit has chosen once these values count. Raises Invalid, Forbidden."""
    _refuse_bad(procedure, values)
    kept, since, ticks = dict(mine.values), dict(mine.since), dict(mine.opened)
    for name, value in values.items():
        if above[name].kept_by is not None:
            if value != above[name].value:
                raise _not_open(procedure.parameters[name], above[name])
        elif value == above[name].value:
            kept.pop(name, None)
            since.pop(name, None)
        elif name not in kept or kept[name] != value:
            kept[name], since[name] = value, now.isoformat()
    for name, may in opened.items():
        if name not in procedure.parameters:
            raise Invalid("parameters", "有的参数不认识", {name: "这个流程没有这个参数"})
        if above[name].kept_by is not None and may:
            raise _not_open(procedure.parameters[name], above[name])
        if may == (place.level in OPEN_BY_NATURE):
            ticks.pop(name, None)
        else:
            ticks[name] = may
    return Chosen(mine.row, kept, since, ticks)


def _refuse_bad(procedure: Procedure, values: Mapping[str, Any]) -> None:
    errors = {}
    for name, value in values.items():
        if name not in procedure.parameters:
            errors[name] = "这个流程没有这个参数"
        elif problem := procedure.parameters[name].problem(value):
            errors[name] = problem
    if errors:
        raise Invalid("parameters", "有的数不在允许的范围里，请改正后再保存", errors)


def _not_open(parameter: Parameter, above: Applies) -> Forbidden:
    keeper = above.kept_by.name if above.kept_by else ""
    message = f"“{parameter.title}”由{keeper}统一定，没有开放给下面改。要改请联系{keeper}"
    return Forbidden("parameter-kept", message, {parameter.name: message})


def _since(row: Any) -> dict[str, str]:
    """Choices made before each had its own moment have the row's."""
    return {name: row.since.get(name) or row.at.isoformat() for name in row.values}
