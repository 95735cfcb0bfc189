"""What a person does with a whole matter: start it, take one's last step back, confirm, cancel."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import orjson
from sqlalchemy import Connection, func, select, update

from engine import journal
from engine.authorisation import Actor, open_seats, require_administrator, require_matter
from engine.diagram import Procedure
from engine.execution import ExecutionError
from engine.operations import agenda, saving
from engine.operations.parameters import parameters_in_force
from engine.operations.procedures import find_in_force, in_force, unit_named
from engine.operations.work import Done, Work, attempt
from engine.people.units import Unit, ancestors
from engine.redlines import redlines
from engine.refusal import Forbidden, Invalid, NotVisible, Overtaken
from engine.runtime import SHANGHAI, Runtime
from engine.store.tables import instances, submissions

MAX_TITLE = 100  # characters
LATE = timedelta(days=1)  # how long the last step of a finished matter can be taken back


def start_matter(
    runtime: Runtime,
    actor_id: int,
    procedure_key: str,
    unit: str | int,
    title: str,
    data: Mapping[str, Any] | None = None,
) -> Done:
    """Start a procedure in a unit. The nearest published version upwards counts; parameters are fixed now.

    Raises Forbidden when the person holds none of the posts that may start it there, Invalid, NotVisible.
    """
    title = " ".join(title.split())
    if not title or len(title) > MAX_TITLE:
        raise Invalid("title", "请给这件事起个名字", {"title": f"请写一个 1 到 {MAX_TITLE} 字的事项名称"})
    if data:
        unknown = dict.fromkeys(data, "这个流程开始时不填表，请在第一步里填")
        raise Invalid("start-data", "这个流程开始时不填表，请先开始，再在第一步里填写", unknown)

    def once() -> Done:
        with runtime.database.snapshot() as c:
            actor = runtime.actor(c, actor_id)
            place = unit_named(c, unit)
            version = in_force(c, procedure_key, place)
            procedure = runtime.procedure(c, version.id)
            require_starter(actor, procedure, place)
            work = _begin(runtime, c, place, version, procedure, title, actor)
            _require_electable(
                [procedure, *(runtime.procedure(c, v) for v in work.row.closure.values())], title
            )
            work.record("start", procedure=procedure.key, version=version.version)
            work.derive(c)
            _sign_for_starter(work, actor)
        with runtime.database.write() as c:
            saving.save_new(work, c)
        return work.done()

    try:
        return attempt(runtime, once)
    except ExecutionError as error:
        raise Invalid("procedure-fault", f"流程开不了头: {error}。请告诉流程设计员") from error


def require_starter(actor: Actor, procedure: Procedure, place: Unit) -> None:
    """Raises Invalid for a unit of the wrong level, Forbidden for a person without the post."""
    if place.level != procedure.level:
        raise Invalid("level", f"“{procedure.title}”在{procedure.level}一级办理，{place.name}是{place.level}")
    if not any((starter, place.id) in actor.capacities for starter in procedure.starters):
        raise Forbidden("not-starter", f"“{procedure.title}”由{'、'.join(procedure.starters)}发起")


def _require_electable(procedures: Sequence[Procedure], title: str) -> None:
    """FD-13: what no procedure may be drawn for, no election is called either. Raises Invalid."""
    if not any(node.properties.get("seats", "").strip() for p in procedures for node in p.diagram.walk()):
        return
    for rule in redlines().elections:
        word = rule.word_in(title)
        if word is not None:
            message = (
                f"这个流程里有选举，不能用来选举“{word}”（{rule.clause}）：{rule.reason}。"
                f"选的不是“{word}”的，请在事项名称里不要写它"
            )
            raise Invalid("election-of-committee", message, {"title": message})


def begin_by_event(
    runtime: Runtime,
    c: Connection,
    sender_unit: int,
    version_id: int,
    element_id: str,
    payload: Mapping[str, Any],
) -> Work | None:
    """A matter that a message or signal starts, in the unit of the sender or the nearest above of the
    procedure's level.

    None where there is no such unit, or where another version, or none at all, is in force there by now.
    """
    procedure = runtime.procedure(c, version_id)
    place = next((unit for unit in ancestors(c, sender_unit) if unit.level == procedure.level), None)
    if place is None:
        return None
    version = find_in_force(c, procedure.key, place)
    if version is None or version.id != version_id:
        return None
    title = _title(procedure, element_id, payload)
    work = _begin(runtime, c, place, version, procedure, title, by_event=element_id, payload=payload)
    work.derive(c)
    return work


def _title(procedure: Procedure, element_id: str, payload: Mapping[str, Any]) -> str:
    """What a matter is called that nobody named: the start event's `title` (`{登记.问题}`) read from what the message
    brought, else the procedure.
    """
    node = next((node for node in procedure.diagram.walk() if node.id == element_id), None)
    path = node.properties.get("title", "").strip() if node is not None else ""
    found: Any = payload
    for name in path.removeprefix("{").removesuffix("}").split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    text = " ".join(found.split()) if isinstance(found, str) else ""
    return text[:MAX_TITLE] or procedure.title


def _begin(
    runtime: Runtime,
    c: Connection,
    place: Unit,
    version: Any,
    procedure: Procedure,
    title: str,
    actor: Actor | None = None,
    *,
    by_event: str | None = None,
    payload: Mapping[str, Any] | None = None,
) -> Work:
    closure = _closure(c, runtime, place, procedure)
    called = [runtime.procedure(c, version_id) for version_id in closure.values()]
    values, origins = parameters_in_force(c, [procedure, *called], ancestors(c, place.id))
    process = _process_of(procedure, by_event)
    instance = runtime.definition(c, version.id, closure).start(
        process,
        clock=runtime.clock,
        parameters=values,
        calendar=runtime.calendar(c),
        by_event=by_event,
        payload=payload or {},
    )
    now = runtime.now()
    row = SimpleNamespace(
        id=uuid.uuid4().hex,
        number=_number(c, place, now),
        version_id=version.id,
        closure=closure,
        process_id=process,
        parameters=values,
        origins=origins,
        unit_id=place.id,
        unit_path=place.path,
        unit_name=place.name,
        title=title,
        status="running",
        started_by=actor.person_id if actor else None,
        started_at=now,
        ended_at=None,
        revision=0,
        journal_seq=journal.GENESIS.sequence,
        journal_hash=journal.GENESIS.hash,
        trail=[],
        version=version.version,
        procedure_key=procedure.key,
    )
    return Work(runtime, row, instance, now, actor, created=True)


def _process_of(procedure: Procedure, by_event: str | None) -> str:
    if by_event is None:
        return procedure.start_process
    return next(p.id for p in procedure.diagram.processes.values() if by_event in p.nodes)


def _sign_for_starter(work: Work, actor: Actor) -> None:
    """Who starts a matter goes straight on with the first step, if it is theirs: no tap for signing."""
    for opened in work.opened:
        seats = [SimpleNamespace(**seat) for seat in opened.seats]
        if opened.task["kind"] == "handle" and open_seats(actor, seats, opened.task["excluded"]):
            opened.task |= {"claimed_by": actor.person_id, "claimed_at": work.now}
            return


def _closure(c: Connection, runtime: Runtime, place: Unit, procedure: Procedure) -> dict[str, int]:
    """The versions of everything it calls, frozen now: {procedure key: version id}."""
    closure: dict[str, int] = {}
    waiting = [procedure]
    while waiting:
        diagram = waiting.pop().diagram
        own = set(diagram.processes)
        for node in diagram.walk():
            if node.called and node.called not in own and node.called not in closure:
                version = in_force(c, node.called, place)
                closure[node.called] = version.id
                waiting.append(runtime.procedure(c, version.id))
    return closure


def _number(c: Connection, place: Unit, now: datetime) -> str:
    """办件编号, counted by unit and year: 清溪镇柳湾村〔2026〕12号. Two at once get the constraint, and
    try again.
    """
    year = now.astimezone(SHANGHAI).year
    line = [unit.name for unit in reversed(ancestors(c, place.id)) if unit.level not in ("市", "县")]
    prefix = f"{''.join(line) or place.name}〔{year}〕"
    used = c.execute(
        select(func.count())
        .select_from(instances)
        .where(instances.c.number.startswith(prefix, autoescape=True))
    ).scalar_one()
    return f"{prefix}{used + 1}号"


# ---------------------------------------------------------------- taking back


def withdraw_step(runtime: Runtime, actor_id: int, instance_id: str) -> Done:
    """Take back one's own last step, while nobody has acted on it. Raises Overtaken, Forbidden,
    NotVisible.
    """

    def once() -> Done:
        with runtime.database.snapshot() as c:
            actor = runtime.actor(c, actor_id)
            work = Work.read(runtime, c, instance_id, actor)
            require_matter(c, actor, work.id, work.row.unit_path)
            undo = _undo_of(c, work, actor)
            row = c.execute(select(submissions).where(submissions.c.id == undo["submission"])).one()
            others = [open_row.jsonable() for open_row in work.open_rows(c)]
            if "state" in undo:
                work = _restored(runtime, c, work, undo)
        work.withdrawn = undo["submission"]
        task = SimpleNamespace(id=row.task_id, element_id=row.element_id, name=row.step)
        work.record("withdraw", task=task, submission=row.id)
        with runtime.database.write() as c:
            work.save(c)
            # Asked when the steps are gone, so that nobody is just speaking: what was said must not be lost.
            if work.dropped and agenda.spoken_on(c, work.dropped):
                raise Overtaken("cannot-withdraw", "撤不回来了：后面的步骤已经有人提了意见或作了评价")
        return work.done([*others, *undo.get("tasks", [])])

    return attempt(runtime, once)


def _undo_of(c: Connection, work: Work, actor: Actor) -> dict[str, Any]:
    row = c.execute(select(instances.c.undo, instances.c.undo_by).where(instances.c.id == work.id)).one()
    if row.undo is None or row.undo_by != actor.person_id:
        raise Overtaken("cannot-withdraw", "撤不回来了：后面已经有人办理，或者上一步不是您办的")
    if work.row.ended_at is not None and work.now - work.row.ended_at > LATE:
        raise Overtaken("cannot-withdraw", "办件已经办结超过一天，不能撤回了")
    undo: dict[str, Any] = orjson.loads(row.undo)
    return undo


def _restored(runtime: Runtime, c: Connection, work: Work, undo: dict[str, Any]) -> Work:
    """The matter with the state before the step; its tasks come back as they were, the ones after it go."""
    row = SimpleNamespace(**work.row._mapping)
    row.trail = undo["trail"]
    definition = runtime.definition(c, row.version_id, row.closure)
    before = definition.restore(
        undo["state"].encode(), clock=runtime.clock, parameters=row.parameters, calendar=runtime.calendar(c)
    )
    after = Work(runtime, row, work.instance, work.now, work.actor, status="running")
    after.instance = before
    after.reopened = {"tasks": [_moments(task) for task in undo["tasks"]], "seats": undo["seats"]}
    return after


def _moments(task: dict[str, Any]) -> dict[str, Any]:
    return {
        key: datetime.fromisoformat(value) if key.endswith("_at") and value else value
        for key, value in task.items()
    }


def confirm_submission(runtime: Runtime, actor_id: int, submission_id: str) -> None:
    """The person confirms what a clerk entered for them (procedures.md 11.1). Raises NotVisible,
    Overtaken.
    """

    def once() -> None:
        with runtime.database.snapshot() as c:
            actor = runtime.actor(c, actor_id)
            row = c.execute(select(submissions).where(submissions.c.id == submission_id)).first()
            if row is None or row.person_id != actor_id or row.entered_by is None:
                raise NotVisible("submission-unknown", "没有替您代录的这份材料")
            if row.withdrawn_at is not None:
                raise Overtaken("withdrawn", "代录人已经把它撤回了，不用确认")
            work = Work.read(runtime, c, row.instance_id, actor)
        if row.confirmed_at is not None:
            return
        work.keeps_undo = True
        task = SimpleNamespace(id=row.task_id, element_id=row.element_id, name=row.step)
        work.record("confirm", task=task, submission=row.id)
        with runtime.database.write() as c:
            work.save(c)
            mine = submissions.c.id == submission_id
            c.execute(update(submissions).where(mine).values(confirmed_at=work.now))

    attempt(runtime, once)


def cancel_matter(runtime: Runtime, actor_id: int, instance_id: str, reason: str) -> Done:
    """End a matter before its time, with the reason on record. Who started it may, and the administrator."""
    reason = reason.strip()
    if len(reason) < 2:
        raise Invalid("reason", "请写明撤销的理由", {"reason": "请写明为什么撤销，留痕备查"})

    def once() -> Done:
        with runtime.database.snapshot() as c:
            actor = runtime.actor(c, actor_id)
            work = Work.read(runtime, c, instance_id, actor)
            require_matter(c, actor, work.id, work.row.unit_path)
            if work.row.started_by != actor_id:
                require_administrator(actor, work.row.unit_path)
            if work.status != "running":
                raise Overtaken("ended", "办件已经结束，不用撤销")
        work.status = "cancelled"
        note = SimpleNamespace(id="", element_id="", name="撤销办件")
        submission = work.submit(note, "cancel", {"理由": reason}, actor_id, None, frozenset())
        assert work.submitted is not None
        values = work.submitted.values
        work.record("cancel", submission=submission, digest=journal.digest(values["salt"], values["data"]))
        with runtime.database.write() as c:
            work.save(c)
        return work.done()

    return attempt(runtime, once)
