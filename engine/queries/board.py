"""A unit's notice board: what is up, what is under way, what is finished, of all that has a public page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from engine.people import units as unit_tree
from engine.people.units import Unit, within
from engine.queries import participation, way
from engine.queries.disclosed import MatterLine, UnitPage
from engine.refusal import NotVisible
from engine.runtime import Runtime
from engine.steps import period, strangers
from engine.store.publicity import public_links
from engine.store.tables import instances, procedure_versions, tasks, units

MOST = 100  # matters on one board, the latest ones
PROBLEMS = "屋场"  # where the board is the list of problems (HW-4.5)


def page(rt: Runtime, unit_code: str) -> UnitPage:
    """Six statements. Raises NotVisible."""
    return rt.database.look(lambda c: _page(rt, c, unit_code))


def _page(rt: Runtime, c: Connection, unit_code: str) -> UnitPage:
    unit = unit_tree.by_code(c, unit_code)
    if unit is None:
        raise NotVisible("unit-unknown", "没有这个村，地址可能抄错了")
    rows = c.execute(_MATTERS.where(instances.c.unit_id == unit.id).limit(MOST + 1)).all()
    shown = rows[:MOST]
    running = [row.id for row in shown if row.status == "running"]
    open_tasks, ends = _open(c, running), participation.running(c, running, rt.now())
    lines = [(row, _line(rt, row, open_tasks.get(row.id, []), ends)) for row in shown]
    return UnitPage(
        code=unit.code,
        name=unit.name,
        level=unit.level,
        above=[one.name for one in reversed(rt.line(c, unit.id, unit.path)[1:])],
        is_problem_list=unit.level == PROBLEMS,
        notices=[line for _, line in lines if line.until is not None],
        under_way=[line for row, line in lines if row.status == "running" and line.until is None],
        finished=[line for row, line in lines if row.status != "running"],
        more=_more(c, unit.id) - len(shown) if len(rows) > MOST else 0,
        below=_below(c, unit),
    )


_LINKED = (
    public_links.c.task_id.is_(None),
    public_links.c.revoked_at.is_(None),
    public_links.c.taken_down_at.is_(None),
)
_MATTERS = (
    select(
        public_links.c.code,
        instances.c.id,
        instances.c.title,
        instances.c.status,
        instances.c.outcome,
        instances.c.started_at,
        instances.c.ended_at,
        procedure_versions.c.title.label("procedure"),
    )
    .join(instances, instances.c.id == public_links.c.instance_id)
    .join(procedure_versions, procedure_versions.c.id == instances.c.version_id)
    .where(*_LINKED)
    .order_by(instances.c.started_at.desc(), instances.c.id.desc())
)


def _open(c: Connection, ids: Sequence[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    if ids:
        query = select(tasks).where(tasks.c.instance_id.in_(ids)).order_by(tasks.c.opened_at)
        for row in c.execute(query):
            found.setdefault(row.instance_id, []).append(row)
    return found


def _line(rt: Runtime, row: Any, open_tasks: Sequence[Any], ends: Mapping[str, datetime]) -> MatterLine:
    """`until` is when what the public may say something to comes to its end."""
    untils = [ends[task.id] for task in open_tasks if task.id in ends]
    for task in open_tasks:
        until = period.ends(task.settings)
        open_to_all = task.kind != "notice" and strangers.takes(task.kind, task.settings)
        untils += [until] if open_to_all and until is not None and until > rt.now() else []
    return MatterLine(
        code=row.code,
        title=row.title,
        procedure=row.procedure,
        state=way.state(row.status, row.outcome, open_tasks, ends, rt.now()),
        at=row.ended_at or row.started_at,
        until=min(untils, default=None),
    )


def _more(c: Connection, unit_id: int) -> int:
    here = select(func.count()).select_from(
        public_links.join(instances, instances.c.id == public_links.c.instance_id)
    )
    return int(c.scalar(here.where(*_LINKED, instances.c.unit_id == unit_id)) or 0)


def _below(c: Connection, unit: Unit) -> list[tuple[str, str]]:
    """The units under it that show something."""
    here = units.join(instances, instances.c.unit_id == units.c.id).join(
        public_links, public_links.c.instance_id == instances.c.id
    )
    query = select(units.c.code, units.c.name, units.c.path).select_from(here).distinct()
    rows = c.execute(query.where(*_LINKED, within(unit.path), units.c.id != unit.id).order_by(units.c.path))
    return [(row.code, row.name) for row in rows]
