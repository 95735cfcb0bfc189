"""Publishing procedures and choosing parameters. A published version never changes; running matters stay on
theirs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from engine import journal
from engine.authorisation import require_administrator
from engine.diagram import Finding, Procedure, check_closure, check_folder, load_folder
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

    `actor_id` None is the command line. Publishing the very content that is in force already changes nothing. It is
    checked with all it calls, and whatever calls it is checked anew. Raises Invalid with what the check found,
    Forbidden, NotVisible.
    """
    _require_clean(check_folder(files, designations=runtime.designations))
    procedure, content = load_folder(files), pack(files)
    _refuse_timer_starts(procedure)
    values: dict[str, Any] = {
        "key": procedure.key,
        "title": procedure.title,
        "level": procedure.level,
        "content": content,
    }
    values |= {"digest": hashlib.sha256(content).hexdigest(), "note": note, "published_by": actor_id}
    values["published_at"] = runtime.now()

    def write(c: Connection) -> int:
        place = unit_named(c, unit)
        if actor_id is not None and (DESIGNER, place.id) not in runtime.actor(c, actor_id).capacities:
            raise Forbidden("not-designer", f"只有{place.name}的流程设计员可以发布流程")
        mine = (procedure_versions.c.unit_id == place.id, procedure_versions.c.key == procedure.key)
        newest = select(procedure_versions.c.id, procedure_versions.c.version, procedure_versions.c.digest)
        last = c.execute(newest.where(*mine).order_by(procedure_versions.c.version.desc()).limit(1)).first()
        if last is not None and last.digest == values["digest"]:
            return int(last.id)
        _check_closures(runtime, c, procedure, place)
        number = last.version + 1 if last is not None else 1
        version_id = new_id(
            c.execute(insert(procedure_versions).values(**values, unit_id=place.id, version=number))
        )
        _subscribe_starts(c, procedure, version_id)
        detail = {"procedure": procedure.key, "version": number, "digest": values["digest"]}
        entry = journal.Entry(at=runtime.now(), actor_id=actor_id, action="publish", detail=detail)
        journal.append_to_unit(c, place.id, [entry])
        return version_id

    return runtime.database.run(write)


def _require_clean(findings: Iterable[Finding]) -> None:
    errors = [str(finding) for finding in findings if finding.severity == "error"]
    if errors:
        raise Invalid("findings", "流程检查没有通过，还不能发布：\n" + "\n".join(errors[:20]))


def _refuse_timer_starts(procedure: Procedure) -> None:
    """Nothing on the server starts a matter by the clock yet, and one that never starts would be a silent failure."""
    for process in procedure.diagram.processes.values():
        for node in process.nodes.values():
            if node.tag == "startEvent" and node.event and node.event.kind == "timer":
                message = (
                    f"「{node.label}」到时间自动发起，现在还不支持。请改成由人发起，或者由别的流程发消息发起"
                )
                raise Invalid("timer-start", message)


def _check_closures(runtime: Runtime, c: Connection, procedure: Procedure, place: Unit) -> None:
    """The procedure with all it calls, and every caller below that would get it now. Raises Invalid."""

    def resolve_in(unit: Unit) -> Callable[[str], Procedure | None]:
        def resolve(key: str) -> Procedure | None:
            if key == procedure.key:
                return procedure
            try:
                return runtime.procedure(c, in_force(c, key, unit).id)
            except NotVisible:
                return None

        return resolve

    _require_clean(check_closure(procedure, resolve_in(place)))
    below = select(procedure_versions.c.key, procedure_versions.c.unit_id).distinct()
    for key, unit_id in c.execute(below.where(procedure_versions.c.key != procedure.key)).all():
        unit = get(c, unit_id)
        caller = runtime.procedure(c, in_force(c, key, unit).id)
        if procedure.key in caller.calls and (place.contains(unit.path) or unit.contains(place.path)):
            _require_clean(check_closure(caller, resolve_in(unit)))


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
