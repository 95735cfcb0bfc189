"""The parameters a matter started with, and which unit had set them by then."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.clauses import Clause, clause
from engine.diagram import Procedure
from engine.queries import results
from engine.store.tables import parameter_choices, units


@dataclass(frozen=True)
class Setting:
    """A parameter in force; `origin` says who set it."""

    title: str
    value: str
    origin: str
    clause: Clause | None


def in_force(c: Connection, row: Row[Any], procedure: Procedure) -> list[Setting]:
    """In the order of the procedure. `row` is the matter with its unit's path. One statement."""
    if not procedure.parameters:
        return []
    line = [int(part) for part in row.path.split("/") if part]
    chosen = c.execute(
        select(units.c.name, parameter_choices.c["values"])
        .join(units, units.c.id == parameter_choices.c.unit_id)
        .where(
            parameter_choices.c.unit_id.in_(line),
            parameter_choices.c.procedure_key == row.procedure_key,
            parameter_choices.c.at <= row.started_at,
        )
        .order_by(units.c.path.desc(), parameter_choices.c.id.desc())
    ).all()
    settings = []
    for name, parameter in procedure.parameters.items():
        value = row.parameters.get(name, parameter.default)
        setter = next((unit for unit, values in chosen if values.get(name) == value), None)
        origin = "流程的默认值" if value == parameter.default or setter is None else f"{setter}设定"
        number = getattr(parameter, "clause", None)
        settings.append(
            Setting(parameter.title, _shown(parameter, value), origin, clause(number) if number else None)
        )
    return settings


def _shown(parameter: Any, value: Any) -> str:
    unit = getattr(parameter, "unit", "") or ("元" if parameter.type == "money" else "")
    if isinstance(value, list):
        return "、".join(map(str, value))
    if parameter.type == "duration":
        return duration(str(value))
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{results.number(value)} {unit}".strip()


def duration(text: str) -> str:
    """`3wd` as 3 个工作日, `7d` as 7 天; anything else as it stands."""
    if text.endswith("wd") and text[:-2].isdigit():
        return f"{text[:-2]} 个工作日"
    if text.endswith("d") and text[:-1].isdigit():
        return f"{text[:-1]} 天"
    return text
