"""Writing what one operation did to a matter: the second half of `work`, one short transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from engine import journal
from engine.execution import ExecutionError
from engine.operations import agenda, asked, links
from engine.refusal import Invalid
from engine.store.database import new_id
from engine.store.tables import (
    assignments,
    file_uses,
    instances,
    outbox,
    parameter_sets,
    people,
    submissions,
    subscriptions,
    tasks,
    timers,
)
from engine.store.tables import journal as journal_table

if TYPE_CHECKING:
    from engine.operations.work import Work

MAX_STATE = 2_000_000  # bytes


class Lost(Exception):
    """What was read is no longer true: somebody else changed it first. Read again."""


def save(work: Work, c: Connection) -> None:
    """Write everything. Raises Lost when the matter or the actor's standing changed since they were
    read.
    """
    if work.entries:
        work.entries[0] = replace(work.entries[0], detail={**work.entries[0].detail, **_movement(work)})
    head = journal.Head(work.row.journal_seq, work.row.journal_hash)
    rows, head = journal.link(journal.instance_chain(work.id), head, work.entries)
    _save_instance(work, c, head)
    _save_tasks(work, c)
    _save_timers(work, c)
    _save_subscriptions(work, c)
    _save_submission(work, c)
    if rows:
        c.execute(insert(journal_table), rows)
    if work.instance.outbox:
        c.execute(insert(outbox), [_outgoing(work, message) for message in work.instance.outbox])


def save_new(work: Work, c: Connection) -> None:
    """Write a matter that has just started, with the immutable set of parameters it will keep."""
    work.row.parameter_set_id = _keep_parameters(c, work.row.parameters, work.row.origins)
    save(work, c)
    procedure = work.runtime.loaded(work.row.version_id)
    if procedure.public:
        links.ensure_page(c, work.id, work.actor.person_id if work.actor else None, work.now)


def _movement(work: Work) -> dict[str, Any]:
    """Where the matter went; the journal is its history."""
    moved: dict[str, Any] = {}
    if work.instance.trace:
        moved["passed"] = list(work.instance.trace)
    if work.opened:
        moved["opened"] = [opened.task["name"] for opened in work.opened]
    if work.status != work.row.status:
        moved["status"] = work.status
        moved["outcome"] = work.instance.outcome
    return moved


def _save_instance(work: Work, c: Connection, head: journal.Head) -> None:
    state = work.instance.dump()
    if len(state) > MAX_STATE:
        raise ExecutionError("这个办件里的内容太多了，存不下。请把大段材料改成附件")
    values = {
        "status": work.status,
        "outcome": work.instance.outcome if work.status in ("completed", "failed") else None,
        "ended_at": None if work.status == "running" else (work.row.ended_at or work.now),
        "revision": work.row.revision + 1,
        "journal_seq": head.sequence,
        "journal_hash": head.hash,
        "trail": work.trail,
        "state": state,
    }
    if not work.keeps_undo:
        values["undo"] = orjson.dumps(work.undo) if work.undo else None
        values["undo_by"] = work.actor.person_id if work.undo and work.actor else None
    if work.created:
        fixed = {column.name: getattr(work.row, column.name, None) for column in instances.c}
        c.execute(insert(instances).values(**(fixed | values)))
        return
    changed = c.execute(
        _GUARDED_UPDATE if work.actor else _UPDATE,
        values | {"b_id": work.id, "b_revision": work.row.revision, **_guard(work)},
    )
    if changed.rowcount != 1:
        raise Lost


def _guard(work: Work) -> dict[str, Any]:
    return {"b_person": work.actor.person_id, "b_lock": work.actor.revision} if work.actor else {}


def _save_tasks(work: Work, c: Connection) -> None:
    closed, dropped = work.closed, work.dropped
    ended = [*dropped, *([work.concluded] if work.concluded else ())]
    if ended:
        asked.remember(c, ended)
    if closed:
        c.execute(_CLOSE, [{"b_task": task_id} for task_id in closed])
    if dropped:
        agenda.drop(c, dropped, work.now)
    rows = [opened.task for opened in work.opened] + work.reopened.get("tasks", [])
    seats = [seat for opened in work.opened for seat in opened.seats] + work.reopened.get("seats", [])
    if rows:
        c.execute(insert(tasks), rows)
        links.of_opened(c, rows, work.actor.person_id if work.actor else None, work.now)
    if seats:
        c.execute(insert(assignments), seats)
    for task_id, values in work.task_changes.items():
        if task_id not in closed:
            c.execute(update(tasks).where(tasks.c.id == task_id).values(**values))


def _save_timers(work: Work, c: Connection) -> None:
    now = work.instance.timers() if work.status == "running" else []
    gone = [t for t in work.timers_before if t not in now]
    new = [t for t in now if t not in work.timers_before]
    if gone:
        c.execute(
            delete(timers).where(
                timers.c.instance_id == work.id, timers.c.task_id.in_([task_id for task_id, _, _ in gone])
            )
        )
    if new:
        rows = [{"instance_id": work.id, "task_id": t, "due_at": due} for t, _, due in new]
        c.execute(insert(timers), rows)


def _save_subscriptions(work: Work, c: Connection) -> None:
    now = work.instance.subscriptions() if work.status == "running" else []
    gone = [s for s in work.subscriptions_before if s not in now]
    new = [s for s in now if s not in work.subscriptions_before]
    if gone:
        mine = subscriptions.c.instance_id == work.id
        ids = [task_id for task_id, _, _ in gone]
        c.execute(delete(subscriptions).where(and_(mine, subscriptions.c.task_id.in_(ids))))
    if new:
        rows = [{"instance_id": work.id, "task_id": t, "kind": k, "name": n} for t, k, n in new]
        c.execute(insert(subscriptions), rows)


def _save_submission(work: Work, c: Connection) -> None:
    if work.withdrawn:
        taken_back = submissions.c.id == work.withdrawn
        c.execute(update(submissions).where(taken_back).values(withdrawn_at=work.now))
    if work.submitted is None:
        return
    c.execute(insert(submissions), work.submitted.values)
    if work.submitted.file_ids:
        assert work.actor is not None
        bind_files(c, work.submitted.file_ids, work.actor.person_id, work.id, work.submitted.values["id"])


def bind_files(
    c: Connection, wanted: frozenset[str], uploader: int, instance_id: str, submission_id: str | None
) -> None:
    """What the person uploaded belongs to the matter now. Raises Invalid for what neither of them brought."""
    mine = (file_uses.c.uploaded_by == uploader, file_uses.c.instance_id.is_(None))
    bound = c.execute(
        update(file_uses)
        .where(file_uses.c.file_id.in_(wanted), *mine)
        .values(instance_id=instance_id, submission_id=submission_id)
        .returning(file_uses.c.file_id)
    )
    missing = wanted - set(bound.scalars())
    if missing:  # handed in once more: the matter has them already
        known = select(file_uses.c.file_id).where(file_uses.c.instance_id == instance_id)
        missing -= set(c.scalars(known.where(file_uses.c.file_id.in_(missing))))
    if missing:
        raise Invalid("file-unknown", "有附件没有上传成功，请重新选择文件", {"papers": "请重新上传"})


def _outgoing(work: Work, message: Any) -> dict[str, Any]:
    return {
        "instance_id": work.id,
        "unit_id": work.row.unit_id,
        "kind": message.kind,
        "name": message.name,
        "payload": message.payload,
        "created_at": work.now,
    }


def _keep_parameters(c: Connection, values: Mapping[str, Any], origins: Mapping[str, Any]) -> int:
    """The immutable set with these values from these origins; the same ones are the same row."""
    content = [values, origins] if origins else values
    digest = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
    found = c.execute(select(parameter_sets.c.id).where(parameter_sets.c.digest == digest)).scalar()
    if found is not None:
        return int(found)
    row = {"digest": digest, "values": dict(values), "origins": dict(origins)}
    return new_id(c.execute(insert(parameter_sets).values(row)))


_CLOSE = delete(tasks).where(tasks.c.id == bindparam("b_task"))
_UPDATE = update(instances).where(
    instances.c.id == bindparam("b_id"), instances.c.revision == bindparam("b_revision")
)
_GUARDED_UPDATE = _UPDATE.where(
    select(people.c.standing).where(people.c.id == bindparam("b_person")).scalar_subquery()
    == bindparam("b_lock")
)
