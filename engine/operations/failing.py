"""What is answered where a step cannot be done: it is gone, or the procedure cannot go on from it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from engine.authorisation import Actor, may_see_matter
from engine.execution import ExecutionError
from engine.operations.incidents import report
from engine.refusal import NotVisible, Overtaken, Refusal
from engine.runtime import Runtime
from engine.store.tables import instances, people, submissions, tasks, units


def gone(runtime: Runtime, c: Connection, actor: Actor, task_id: str) -> Refusal:
    """The task is not open: done by somebody, cancelled, or never there."""
    row = last_act(c, actor, task_id)
    if row is not None:
        return Overtaken("task-done", _done(row, "您" if row.name == actor.name else row.name))
    return NotVisible("task-unknown", "没有这项任务：它可能已经办完、撤销，或者不归您办")


def last_act(c: Connection, actor: Actor, task_id: str) -> Row[Any] | None:
    """What was handed in last on a step that is gone, and by whom; None where this person has no business knowing."""
    row: Any = c.execute(
        select(
            submissions.c.instance_id, submissions.c.step, submissions.c.action, people.c.name, units.c.path
        )
        .join(people, people.c.id == submissions.c.person_id)
        .join(instances, instances.c.id == submissions.c.instance_id)
        .join(units, units.c.id == instances.c.unit_id)
        .where(submissions.c.task_id == task_id, submissions.c.withdrawn_at.is_(None))
        .order_by(submissions.c.sequence.desc())
        .limit(1)
    ).first()
    return row if row is not None and may_see_matter(c, actor, row.instance_id, row.path) else None


def _done(row: Any, who: str) -> str:
    """Whoever wants to vote when it is over is told so, not that there is nothing to be done any more."""
    if row.action == "complete":
        return f"这项任务刚刚已由{who}办理，不用再办了"
    ended = f"刚刚已由{who}结束" if row.action == "close" else "已经结束"
    return f"“{row.step}”{ended}，不能再投票、提意见或更改"


def stuck(runtime: Runtime, task_id: str, error: ExecutionError) -> Refusal:
    """The step is right but the procedure cannot go on: nothing was saved, the administrator is told."""
    with runtime.database.read() as c:
        instance_id = c.scalar(select(tasks.c.instance_id).where(tasks.c.id == task_id))
    reference = report(runtime, instance_id, "complete", str(error)) if instance_id is not None else ""
    return Refusal(
        "procedure-fault",
        f"您填的没有问题，但流程走不下去，所以没有保存：{error}。"
        f"已经通知管理员（编号 {reference}），请过后再交一次",
    )
