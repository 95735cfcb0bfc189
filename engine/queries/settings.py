"""Parameters as people read them: what a matter started with, and the sheet on which a unit chooses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Text, func, or_, select, type_coerce

from engine.authorisation import Actor, parameter_units, require_parameter_setter
from engine.clauses import Clause, clauses
from engine.diagram import Procedure
from engine.diagram.parameter import Parameter
from engine.operations.parameters import Applies, Chosen, choices, resolve
from engine.operations.procedures import OFFERED, unit_named
from engine.operations.procedures import in_force as version_in_force
from engine.people.designations import LEVELS
from engine.people.units import Unit, ancestors, within
from engine.runtime import SHANGHAI, Runtime
from engine.store.tables import instances, procedure_versions, units

DEFAULT = "默认值"


@dataclass(frozen=True)
class Setting:
    """A parameter a matter started with; `origin` says who set it."""

    title: str
    value: str
    origin: str
    clauses: list[Clause]


@dataclass(frozen=True)
class Line:
    """One parameter on a unit's sheet.

    `above` is what applies while the unit chooses nothing, and `above_origin` whose that is. `kept_by` names the unit
    above that decides alone; `dormant` is what the unit chose before that.
    """

    parameter: Parameter
    value: Any
    origin: str
    above: Any
    above_origin: str
    kept_by: str
    dormant: str
    opened: bool
    clauses: list[Clause]


@dataclass(frozen=True)
class Sheet:
    """All parameters of a procedure as a unit may choose them. `seen`: the choice they were read from; `below`: the
    level the unit may leave some to, or nothing; `running`: matters that keep what they started with.
    """

    unit: Unit
    key: str
    title: str
    summary: str
    lines: list[Line]
    seen: int
    below: str
    running: int

    @property
    def may_change(self) -> bool:
        """Whether there is anything this unit may choose."""
        return any(not line.kept_by for line in self.lines)


@dataclass(frozen=True)
class Offer:
    """A procedure whose parameters a unit may look at and, some of them, choose."""

    key: str
    title: str
    total: int
    mine: int
    chosen: int


# ---------------------------------------------------------------- a matter's


def in_force(row: Row[Any], procedures: Iterable[Procedure]) -> list[Setting]:
    """What a matter started with, in the order of its procedures. `row` is the matter with its set of parameters."""
    settings: dict[str, Setting] = {}
    for procedure in procedures:
        for name, parameter in procedure.parameters.items():
            if name in settings:
                continue
            value = row.parameters.get(name, parameter.default)
            origin = _origin_of_matter(row, name, value == parameter.default)
            settings[name] = Setting(
                parameter.title, parameter.shown(value), origin, clauses(parameter.clause)
            )
    return list(settings.values())


def changed_at(actor: Actor, path: str) -> int | None:
    """The nearest unit from `path` upwards whose parameters this person chooses."""
    mine = parameter_units(actor)
    line = [int(part) for part in path.split("/") if part]
    return next((unit for unit in reversed(line) if unit in mine), None)


def _origin_of_matter(row: Row[Any], name: str, is_default: bool) -> str:
    origin = row.origins.get(name)
    if origin is None:
        return DEFAULT if is_default else "开始前设定"  # matters older than the record of origins
    return _said(
        "本村" if _own_village(row.level, origin["unit"], row.unit_id) else origin["name"], origin["at"]
    )


def _own_village(level: str, chooser: int, place: int) -> bool:
    return level == "村" and chooser == place


def _said(who: str, at: str) -> str:
    day = f"{datetime.fromisoformat(at).astimezone(SHANGHAI):%Y-%m-%d} " if at else ""
    return f"{who} {day}设定"


# ---------------------------------------------------------------- a unit's


def sheet(rt: Runtime, actor: Actor, unit_id: int, key: str) -> Sheet:
    """What a unit may choose for a procedure. Raises NotVisible, Forbidden."""
    return rt.database.look(lambda c: _sheet(rt, c, actor, unit_id, key))


def _sheet(rt: Runtime, c: Connection, actor: Actor, unit_id: int, key: str) -> Sheet:
    place = unit_named(c, unit_id)
    require_parameter_setter(actor, place.id)
    procedure = rt.procedure(c, version_in_force(c, key, place).id)
    line = ancestors(c, place.id)
    chosen = choices(c, line, [key])
    mine = chosen.get((place.id, key), Chosen())
    now, above = resolve(procedure, line, chosen), resolve(procedure, line[1:], chosen)
    return Sheet(
        unit=place,
        key=key,
        title=procedure.title,
        summary=procedure.summary,
        lines=[
            _line(place, parameter, mine, now[name], above[name])
            for name, parameter in procedure.parameters.items()
        ],
        seen=mine.row,
        below=_below(place.level, procedure.level),
        running=_running(c, place, key),
    )


def _line(place: Unit, parameter: Parameter, mine: Chosen, now: Applies, above: Applies) -> Line:
    own = mine.values.get(parameter.name)
    kept = above.kept_by is not None
    return Line(
        parameter=parameter,
        value=now.value,
        origin=_origin(now, place),
        above=above.value,
        above_origin=_origin(above, place),
        kept_by=above.kept_by.name if above.kept_by else "",
        dormant=parameter.shown(own) if kept and own is not None and own != now.value else "",
        opened=mine.opens(place, parameter.name),
        clauses=clauses(parameter.clause),
    )


def _origin(applies: Applies, place: Unit) -> str:
    if applies.unit is None:
        return DEFAULT
    own = _own_village(place.level, applies.unit.id, place.id)
    return _said("本村" if own else applies.unit.name, applies.since)


def _below(level: str, procedure_level: str) -> str:
    """The next level that has people who choose: a county's townships, a township's villages."""
    for upper, lower in (("市", "县"), ("县", "乡镇"), ("乡镇", "村")):
        if level == upper and LEVELS.index(procedure_level) >= LEVELS.index(lower):
            return lower
    return ""


def _running(c: Connection, place: Unit, key: str) -> int:
    """Matters that keep what they started with: of the procedure, and of those that call it."""
    calls = type_coerce(instances.c.closure, Text).contains(f'"{key}":', autoescape=True)
    query = (
        select(func.count())
        .select_from(instances)
        .join(units, units.c.id == instances.c.unit_id)
        .join(procedure_versions, procedure_versions.c.id == instances.c.version_id)
        .where(
            within(place.path), instances.c.status == "running", or_(procedure_versions.c.key == key, calls)
        )
    )
    return int(c.execute(query).scalar_one())


def offers(rt: Runtime, actor: Actor) -> list[tuple[Unit, list[Offer]]]:
    """For each unit whose parameters this person chooses, the procedures in force there that have any."""

    def read(c: Connection) -> list[tuple[Unit, list[Offer]]]:
        found = []
        for unit_id in sorted(parameter_units(actor)):
            line = ancestors(c, unit_id)
            found.append((line[0], _offers(rt, c, line)))
        return found

    return rt.database.look(read)


def _offers(rt: Runtime, c: Connection, line: Sequence[Unit]) -> list[Offer]:
    place, keys = line[0], procedure_versions.c.key
    here = procedure_versions.c.unit_id.in_([unit.id for unit in line])
    known = select(keys).where(here, OFFERED).distinct()
    procedures = [
        rt.procedure(c, version_in_force(c, key, place).id) for key in c.scalars(known.order_by(keys))
    ]
    chosen = choices(c, line, [procedure.key for procedure in procedures])
    offered = []
    for procedure in procedures:
        reaches = procedure.level in LEVELS and LEVELS.index(procedure.level) >= LEVELS.index(place.level)
        if procedure.parameters and reaches:
            above = resolve(procedure, line[1:], chosen)
            now = resolve(procedure, line, chosen)
            mine = sum(applies.kept_by is None for applies in above.values())
            own = sum(applies.unit is not None and applies.unit.id == place.id for applies in now.values())
            offered.append(Offer(procedure.key, procedure.title, len(above), mine, own))
    return sorted(offered, key=lambda offer: offer.title)
