"""Publishing procedures. A published version never changes; running matters stay on theirs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from engine import journal
from engine.authorisation import require_designer
from engine.diagram import Finding, Procedure, check_closure, check_folder, load_folder
from engine.operations.draft_folders import note_published, require_seen
from engine.operations.drafts import files_of, require_draft
from engine.operations.procedures import OPEN, called_by, find_in_force, unit_named
from engine.operations.proving import require_proven
from engine.people.units import Unit, get
from engine.queries.names import somebody
from engine.refusal import Invalid, Overtaken
from engine.runtime import Runtime
from engine.store.database import new_id, one_at_a_time
from engine.store.drafts import withdrawals
from engine.store.packing import pack
from engine.store.tables import procedure_versions, start_subscriptions

MAX_NOTE = 500
PROCEDURES = (
    "procedures"  # what is published or withdrawn, one after the other: each changes what others may call
)
LOOK = "请再看一遍，没有问题再发布"


@dataclass(frozen=True)
class Edition:
    """A folder that is right in itself, ready to become a version."""

    procedure: Procedure
    files: Mapping[str, bytes]
    content: bytes
    digest: str


def publish_procedure(
    runtime: Runtime, actor_id: int | None, files: Mapping[str, bytes], unit: str | int, note: str = ""
) -> int:
    """Publish a folder in a unit as its next version; returns the version's id.

    `actor_id` None is the command line. Publishing the very content that is in force already changes nothing (it
    lifts a withdrawal). It is checked with all it calls, whatever calls it is checked anew, and all its scenarios are
    played before anything is written. Raises Invalid with what was found, Forbidden, NotVisible.
    """
    edition = edition_of(runtime, files)

    def examine(c: Connection) -> Mapping[str, Procedure] | None:
        place = unit_named(c, unit)
        if actor_id is not None:
            require_designer(runtime.actor(c, actor_id), place.id)
        last = newest(c, place.id, edition.procedure.key)
        if last is not None and last.digest == edition.digest:
            return None
        require_closures(runtime, c, edition.procedure, place)
        return called_by(runtime, c, edition.procedure, place)

    called = runtime.database.look(examine)
    if called is not None:
        require_proven(files, called)

    def write(c: Connection) -> int:
        one_at_a_time(c, PROCEDURES)
        place = unit_named(c, unit)
        if actor_id is not None:
            require_designer(runtime.actor(c, actor_id), place.id)
        return _publish(runtime, c, actor_id, edition, place, note)

    return runtime.database.run(write)


def publish_draft(
    runtime: Runtime, actor_id: int, draft_id: str, note: str, *, seen: int, instead_of: int | None = None
) -> int:
    """Publish a draft as the next version of its unit; the version's id. The draft goes on from there.

    `seen` is the draft's revision that was looked at. A version that somebody else has published since the draft was
    begun is not replaced unawares: `instead_of` names it. Raises Overtaken, and what `publish_procedure` raises.
    """
    note = require_note(note, "改了什么", "请写一句这一版改了什么，别人在版本列表里看得到")

    def examine(c: Connection) -> tuple[dict[str, bytes], Unit]:
        row = require_draft(runtime, c, actor_id, draft_id)
        require_seen(c, row, seen, LOOK)
        return files_of(c, draft_id), get(c, row.unit_id)

    files, place = runtime.database.look(examine)
    edition = edition_of(runtime, files)

    def closures(c: Connection) -> Mapping[str, Procedure]:
        draft = require_draft(runtime, c, actor_id, draft_id)
        _require_not_overtaken(c, draft, edition, instead_of)
        require_closures(runtime, c, edition.procedure, place)
        return called_by(runtime, c, edition.procedure, place)

    require_proven(files, runtime.database.look(closures))

    def write(c: Connection) -> int:
        one_at_a_time(c, PROCEDURES)
        draft = require_draft(runtime, c, actor_id, draft_id, locked=True)
        require_seen(c, draft, seen, LOOK)
        _require_not_overtaken(c, draft, edition, instead_of)
        version_id = _publish(runtime, c, actor_id, edition, place, note, draft_id)
        note_published(c, draft_id, seen, version_id, version_number(c, version_id))
        return version_id

    return runtime.database.run(write)


def edition_of(runtime: Runtime, files: Mapping[str, bytes]) -> Edition:
    """Raises Invalid with what the check of the folder by itself finds."""
    _require_clean(check_folder(files, designations=runtime.designations))
    procedure, content = load_folder(files), pack(files)
    _refuse_timer_starts(procedure)
    return Edition(procedure, files, content, hashlib.sha256(content).hexdigest())


def newest(c: Connection, unit_id: int, key: str) -> Row[Any, Any, Any] | None:
    """The last version a unit has published itself, withdrawn or not."""
    columns = ("id", "version", "digest", "note", "published_by")
    query = select(*(procedure_versions.c[name] for name in columns)).where(
        procedure_versions.c.unit_id == unit_id, procedure_versions.c.key == key
    )
    return c.execute(query.order_by(procedure_versions.c.version.desc()).limit(1)).first()


def version_number(c: Connection, version_id: int) -> int:
    query = select(procedure_versions.c.version).where(procedure_versions.c.id == version_id)
    return int(c.execute(query).scalar_one())


def version_in_words(c: Connection, version_id: int) -> str:
    """`“八步工作法”第 3 版`."""
    query = select(procedure_versions.c.title, procedure_versions.c.version)
    row = c.execute(query.where(procedure_versions.c.id == version_id)).one()
    return f"“{row.title}”第 {row.version} 版"


def require_note(note: str, what: str, hint: str) -> str:
    """Words that stay with what was done. Raises Invalid."""
    note = " ".join(note.split())
    if not note or len(note) > MAX_NOTE:
        raise Invalid("note", hint, {"note": f"请写一句{what}，最多 {MAX_NOTE} 字"})
    return note


def require_closures(runtime: Runtime, c: Connection, procedure: Procedure, place: Unit) -> None:
    """The procedure with all it calls, and every caller below that would get it now. Raises Invalid."""

    def resolve_in(unit: Unit) -> Callable[[str], Procedure | None]:
        def resolve(key: str) -> Procedure | None:
            if key == procedure.key:
                return procedure
            row = find_in_force(c, key, unit)
            return runtime.procedure(c, row.id) if row is not None else None

        return resolve

    _require_clean(check_closure(procedure, resolve_in(place)))
    below = select(procedure_versions.c.key, procedure_versions.c.unit_id).distinct()
    for key, unit_id in c.execute(below.where(procedure_versions.c.key != procedure.key)).all():
        unit = get(c, unit_id)
        row = find_in_force(c, key, unit)
        if row is None:
            continue
        caller = runtime.procedure(c, row.id)
        if procedure.key in caller.calls and (place.contains(unit.path) or unit.contains(place.path)):
            _require_clean(check_closure(caller, resolve_in(unit)))


# ---------------------------------------------------------------- parts


def _publish(
    runtime: Runtime,
    c: Connection,
    actor_id: int | None,
    edition: Edition,
    place: Unit,
    note: str,
    draft_id: str | None = None,
) -> int:
    procedure, now = edition.procedure, runtime.now()
    last = newest(c, place.id, procedure.key)
    entries = _lift(c, place.id, procedure.key, actor_id, now)
    if last is not None and last.digest == edition.digest:
        if entries:
            journal.append_to_unit(c, place.id, entries)
        return int(last.id)
    require_closures(runtime, c, procedure, place)
    number = last.version + 1 if last is not None else 1
    values = {
        "key": procedure.key,
        "title": procedure.title,
        "level": procedure.level,
        "content": edition.content,
        "digest": edition.digest,
        "note": note,
        "published_by": actor_id,
        "published_at": now,
    }
    version_id = new_id(
        c.execute(insert(procedure_versions).values(**values, unit_id=place.id, version=number))
    )
    _subscribe_starts(c, procedure, version_id)
    detail = {"procedure": procedure.key, "version": number, "digest": edition.digest}
    detail |= {"draft": draft_id} if draft_id else {}
    entries.append(journal.Entry(at=now, actor_id=actor_id, action="publish", detail=detail))
    journal.append_to_unit(c, place.id, entries)
    return version_id


def _lift(c: Connection, unit_id: int, key: str, actor_id: int | None, now: Any) -> list[journal.Entry]:
    """What is published is offered again."""
    held = (withdrawals.c.unit_id == unit_id, withdrawals.c.key == key, OPEN)
    lifted = c.execute(update(withdrawals).where(*held).values(lifted_at=now, lifted_by=actor_id))
    return (
        [journal.Entry(now, "withdrawal-lift", actor_id, detail={"procedure": key})]
        if lifted.rowcount
        else []
    )


def _require_not_overtaken(
    c: Connection, draft: Row[Any, Any, Any], edition: Edition, instead_of: int | None
) -> None:
    last = newest(c, draft.unit_id, edition.procedure.key)
    if last is None:
        return
    if last.id not in (draft.based_on, instead_of):
        who = somebody(c, last.published_by)
        raise Overtaken(
            "version-overtaken",
            f"第 {last.version} 版是{who}另外发布的，您的草稿不是由它改来的，发布会盖掉它改的内容。"
            "请先比较，再选择：把它的改动补进草稿，还是用这份草稿代替它",
        )
    held = select(withdrawals.c.id).where(
        withdrawals.c.unit_id == draft.unit_id, withdrawals.c.key == edition.procedure.key, OPEN
    )
    if last.digest == edition.digest and c.execute(held).first() is None:
        raise Invalid("nothing-new", f"和第 {last.version} 版一模一样，不用再发布")


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
