"""Publishing procedures and choosing parameters. A published version never changes; running matters stay on
theirs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from engine import journal
from engine.authorisation import require_administrator
from engine.diagram import Procedure, check_folder, load_folder
from engine.people.units import Unit, ancestors, by_code, get
from engine.refusal import Forbidden, Invalid, NotVisible
from engine.runtime import Runtime
from engine.store.database import new_id
from engine.store.packing import pack
from engine.store.tables import parameter_choices, procedure_versions, start_subscriptions

DESIGNER = "流程设计员"


def in_force(c: Connection, key: str, place: Unit) -> Row[Any, Any, Any]:
    """The version that counts for a unit: the newest of the nearest unit upwards. Raises NotVisible."""
    line = {unit.id: depth for depth, unit in enumerate(ancestors(c, place.id))}
    columns = (procedure_versions.c.id, procedure_versions.c.unit_id, procedure_versions.c.version)
    rows = c.execute(
        select(*columns).where(procedure_versions.c.key == key, procedure_versions.c.unit_id.in_(line))
    ).all()
    if not rows:
        raise NotVisible("procedure-unknown", f"{place.name}没有“{key}”这个流程，请先由流程设计员发布")
    return min(rows, key=lambda row: (line[row.unit_id], -row.version))


def parameters_in_force(c: Connection, procedure: Procedure, line: list[Unit]) -> dict[str, Any]:
    """The values for a unit: the procedure's defaults, then what each unit from the top down chose
    differently.
    """
    values = {name: parameter.default for name, parameter in procedure.parameters.items()}
    for unit in reversed(line):
        values |= {k: v for k, v in chosen(c, unit.id, procedure.key).items() if k in values}
    return values


def chosen(c: Connection, unit_id: int, key: str) -> dict[str, Any]:
    """What this unit itself chose differently."""
    row = c.execute(
        select(parameter_choices.c["values"])
        .where(parameter_choices.c.unit_id == unit_id, parameter_choices.c.procedure_key == key)
        .order_by(parameter_choices.c.id.desc())
        .limit(1)
    ).first()
    return dict(row[0]) if row else {}


def set_parameters(
    runtime: Runtime, actor_id: int, unit: str | int, key: str, values: Mapping[str, Any]
) -> None:
    """A unit chooses its values; matters that run keep theirs. Raises Invalid for one outside its bounds,
    Forbidden.
    """
    with runtime.database.read() as c:
        actor = runtime.actor(c, actor_id)
        place = unit_named(c, unit)
        require_administrator(actor, place.path)
        procedure = runtime.procedure(c, in_force(c, key, place).id)
    errors = {}
    for name, value in values.items():
        if name not in procedure.parameters:
            errors[name] = "这个流程没有这个参数"
        elif problem := procedure.parameters[name].problem(value):
            errors[name] = problem
    if errors:
        raise Invalid("parameters", "有的参数不在允许的范围里", errors)
    now = runtime.now()

    def write(c: Connection) -> None:
        values_now = chosen(c, place.id, key) | dict(values)
        row = {"unit_id": place.id, "procedure_key": key, "values": values_now, "at": now, "by": actor_id}
        c.execute(insert(parameter_choices).values(**row))
        detail = {"procedure": key, "parameters": sorted(values)}
        entry = journal.Entry(at=now, actor_id=actor_id, action="parameters", detail=detail)
        journal.append_to_unit(c, place.id, [entry])

    runtime.database.run(write)


def publish_procedure(
    runtime: Runtime, actor_id: int | None, files: Mapping[str, bytes], unit: str | int, note: str = ""
) -> int:
    """Publish a folder in a unit as its next version; returns the version's id.

    `actor_id` None is the command line. Publishing the very content that is in force already changes nothing.
    Raises Invalid with what the check found, Forbidden, NotVisible.
    """
    errors = [f for f in check_folder(files, designations=runtime.designations) if f.severity == "error"]
    if errors:
        lines = "\n".join(str(finding) for finding in errors[:20])
        raise Invalid("findings", f"流程检查没有通过，还不能发布:\n{lines}")
    procedure, content = load_folder(files), pack(files)
    digest = hashlib.sha256(content).hexdigest()
    now = runtime.now()

    def write(c: Connection) -> int:
        place = unit_named(c, unit)
        if actor_id is not None and (DESIGNER, place.id) not in runtime.actor(c, actor_id).capacities:
            raise Forbidden("not-designer", f"只有{place.name}的流程设计员可以发布流程")
        mine = (procedure_versions.c.unit_id == place.id, procedure_versions.c.key == procedure.key)
        last = c.execute(
            select(procedure_versions.c.id, procedure_versions.c.digest)
            .where(*mine)
            .order_by(procedure_versions.c.version.desc())
            .limit(1)
        ).first()
        if last is not None and last.digest == digest:
            return int(last.id)
        number = c.execute(select(func.count()).select_from(procedure_versions).where(*mine)).scalar_one() + 1
        row = c.execute(
            insert(procedure_versions).values(
                unit_id=place.id,
                key=procedure.key,
                version=number,
                title=procedure.title,
                level=procedure.level,
                digest=digest,
                content=content,
                note=note,
                published_at=now,
                published_by=actor_id,
            )
        )
        version_id = new_id(row)
        _subscribe_starts(c, procedure, version_id)
        detail = {"procedure": procedure.key, "version": number, "digest": digest}
        entry = journal.Entry(at=now, actor_id=actor_id, action="publish", detail=detail)
        journal.append_to_unit(c, place.id, [entry])
        return version_id

    return runtime.database.run(write)


def _subscribe_starts(c: Connection, procedure: Procedure, version_id: int) -> None:
    """The messages and signals the version starts on."""
    rows = [
        {
            "version_id": version_id,
            "element_id": node.id,
            "process_id": process.id,
            "kind": node.event.kind,
            "name": node.event.key or "",
        }
        for process in procedure.diagram.processes.values()
        for node in process.nodes.values()
        if node.tag == "startEvent" and node.event and node.event.kind in ("message", "signal")
    ]
    if rows:
        c.execute(insert(start_subscriptions), rows)


def unit_named(c: Connection, unit: str | int) -> Unit:
    """A unit by code or id. Raises NotVisible."""
    try:
        found = get(c, unit) if isinstance(unit, int) else by_code(c, unit)
    except KeyError:
        found = None
    if found is None:
        raise NotVisible("unit-unknown", f"没有“{unit}”这个单位")
    return found
