"""A year's holidays are published: deadlines and timers in working days are reckoned again, matter by matter."""

from __future__ import annotations

from sqlalchemy import select

from engine import calendar, journal
from engine.authorisation import require_administrator
from engine.operations.work import Work, attempt
from engine.people.units import Unit, subtree
from engine.refusal import Invalid
from engine.runtime import Runtime
from engine.store.tables import instances, tasks
from engine.working_days import deadline


def publish_calendar(runtime: Runtime, actor_id: int | None, year: calendar.Year) -> int:
    """Make a year's holidays and 调休 the ones in force; returns how many running matters moved.

    The county's administrator may; `actor_id` None is the command line. Raises Invalid, Forbidden.
    """
    now = runtime.now()

    with runtime.database.read() as c:
        top: Unit = subtree(c, "/")[0]
        if actor_id is not None:
            require_administrator(runtime.actor(c, actor_id), top.path)

    try:
        changed = runtime.database.run(lambda c: calendar.publish(c, year, now))
    except ValueError as error:
        raise Invalid("calendar", str(error), {"days": str(error)}) from error
    if not changed:
        return 0
    entry = journal.Entry(at=now, actor_id=actor_id, action="calendar", detail={"year": year.year})
    runtime.database.run(lambda c: journal.append_to_unit(c, top.id, [entry]))
    with runtime.database.read() as c:
        running = list(c.scalars(select(instances.c.id).where(instances.c.status == "running")))
    return sum(_reckon_again(runtime, instance_id) for instance_id in running)


def _reckon_again(runtime: Runtime, instance_id: str) -> bool:
    def once() -> bool:
        with runtime.database.snapshot() as c:
            work = Work.read(runtime, c, instance_id)
            if work.status != "running":
                return False
            days = runtime.calendar(c)
            for task in c.execute(select(tasks).where(tasks.c.instance_id == instance_id)):
                due = task.settings.get("due")
                due_at = deadline(task.opened_at, due, days) if due else None
                if due_at != task.due_at and task.closes_at is None:
                    work.task_changes[task.id] = {"due_at": due_at}
            moved = work.instance.reschedule()
        if not moved and not work.task_changes:
            return False
        work.keeps_undo = True
        work.record("reschedule")
        with runtime.database.write() as c:
            work.save(c)
        return True

    return attempt(runtime, once)
