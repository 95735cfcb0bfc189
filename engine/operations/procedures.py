"""Publishing procedures. A published version never changes; running matters stay on theirs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from engine import journal
from engine.authorisation import require_designer
from engine.diagram import Finding, Procedure, check_closure, check_folder, load_folder
from engine.people.units import Unit, ancestors, by_code, get
from engine.refusal import Invalid, NotVisible
from engine.runtime import Runtime
from engine.store.database import new_id
from engine.store.packing import pack
from engine.store.tables import procedure_versions, start_subscriptions


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
        if actor_id is not None:
            require_designer(runtime.actor(c, actor_id), place.id)
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
