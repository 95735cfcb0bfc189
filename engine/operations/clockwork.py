"""What the clock does, as ordinary operations: timers fire, deadlines remind, messages travel between
matters.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Row, exists, insert, or_, select, update

from engine.execution import ExecutionError
from engine.operations import acting, saving
from engine.operations.incidents import report, resolve, waiting
from engine.operations.matters import begin_by_event
from engine.operations.work import Work, attempt
from engine.people.units import get, within
from engine.refusal import NotVisible, Refusal
from engine.runtime import Runtime
from engine.store.tables import (
    deliveries,
    instances,
    outbox,
    start_subscriptions,
    subscriptions,
    tasks,
    timers,
    units,
)

BATCH = 200


# ---------------------------------------------------------------- timers


def due_instances(runtime: Runtime) -> list[str]:
    """Matters with a timer whose time has come, the longest overdue first."""
    with runtime.database.read() as c:
        query = select(timers.c.instance_id).where(timers.c.due_at <= runtime.now())
        found = c.scalars(query.order_by(timers.c.due_at).limit(BATCH))
        return list(dict.fromkeys(found))


def fire_timers(runtime: Runtime, instance_id: str) -> bool:
    """Let all that is due in this matter happen; whether anything did. A failure becomes an incident."""

    def once() -> bool:
        with runtime.database.snapshot() as c:
            if waiting(c, instance_id, "timer", runtime.now()):
                return False
            work = Work.read(runtime, c, instance_id)
            if work.status != "running":
                return False
            fired = work.instance.fire_due()
            if not fired:
                return False
            work.derive(c)
        for event in fired:
            place = SimpleNamespace(id=None, element_id=event.element_id, name=work.label(event.element_id))
            work.record("timer", task=place, rounds=event.rounds)
        with runtime.database.write() as c:
            work.save(c)
        return True

    return _guarded(runtime, instance_id, "timer", once)


# ---------------------------------------------------------------- steps the clock ends


def due_steps(runtime: Runtime) -> list[str]:
    """Open steps whose time has come (the end of a notice), the longest due first."""
    with runtime.database.read() as c:
        query = select(tasks.c.id).where(tasks.c.closes_at <= runtime.now())
        return list(c.scalars(query.order_by(tasks.c.closes_at).limit(BATCH)))


def end_step(runtime: Runtime, task_id: str) -> bool:
    """Let the clock act on a step; whether anything was done. A failure becomes an incident of its matter."""
    with runtime.database.read() as c:
        instance_id = c.scalar(select(tasks.c.instance_id).where(tasks.c.id == task_id))
        if instance_id is None or waiting(c, instance_id, "step", runtime.now()):
            return False
    return _guarded(runtime, instance_id, "step", lambda: acting.act_by_clock(runtime, task_id))


# ---------------------------------------------------------------- reminders


def due_reminders(runtime: Runtime) -> list[str]:
    """Open tasks past their deadline that nobody was reminded of yet."""
    with runtime.database.read() as c:
        query = select(tasks.c.id).where(tasks.c.due_at <= runtime.now(), tasks.c.reminded_at.is_(None))
        return list(c.scalars(query.order_by(tasks.c.due_at).limit(BATCH)))


def remind(runtime: Runtime, task_id: str) -> bool:
    """催办: a task is past its deadline. It shows with its people, and in the matter's record. Once a
    task.
    """

    def once() -> bool:
        with runtime.database.snapshot() as c:
            row = c.execute(select(tasks).where(tasks.c.id == task_id)).first()
            if row is None or row.reminded_at is not None or row.due_at is None or row.due_at > runtime.now():
                return False
            work = Work.read(runtime, c, row.instance_id)
        work.keeps_undo = True
        work.task_changes[task_id] = {"reminded_at": work.now}
        work.record("remind", task=row)
        with runtime.database.write() as c:
            work.save(c)
        return True

    return attempt(runtime, once)


# ---------------------------------------------------------------- messages and signals


def undelivered(runtime: Runtime) -> list[int]:
    """Messages somebody waits for, and all signals, oldest first. A message nobody waits for is kept."""
    awaited = or_(
        outbox.c.kind == "signal",
        exists().where(subscriptions.c.kind == outbox.c.kind, subscriptions.c.name == outbox.c.name),
        exists().where(
            start_subscriptions.c.kind == outbox.c.kind, start_subscriptions.c.name == outbox.c.name
        ),
    )
    with runtime.database.read() as c:
        query = select(outbox.c.id).where(outbox.c.delivered_at.is_(None), awaited)
        return list(c.scalars(query.order_by(outbox.c.id).limit(BATCH)))


def deliver(runtime: Runtime, outbox_id: int) -> bool:
    """Bring one message to one matter, or one signal to all that wait; each arrives exactly once.

    It travels along the tree of units: to matters of the sender's unit, of those above it and of those
    below it.
    A message takes the one that has waited longest, else starts one, else stays where it is.
    """
    with runtime.database.read() as c:
        row = c.execute(
            select(outbox).where(outbox.c.id == outbox_id, outbox.c.delivered_at.is_(None))
        ).first()
        if row is None:
            return False
        receivers = _receivers(c, row)
        starters = _starters(c, row)
    if row.kind == "signal":
        for instance_id in receivers:
            _hand_over(runtime, row, instance_id, last=False)
        for version_id, element_id in starters:
            _start(runtime, row, version_id, element_id, last=False)
        _close(runtime, outbox_id)
        return True
    for instance_id in receivers:
        if _hand_over(runtime, row, instance_id, last=True):
            return True
    return bool(starters) and _start(runtime, row, *starters[0], last=True)


def _receivers(c: Connection, row: Row[Any]) -> list[str]:
    path = get(c, row.unit_id).path
    above = [int(part) for part in path.split("/") if part]
    along = or_(units.c.id.in_(above), within(path))
    query = (
        select(instances.c.id)
        .join(subscriptions, subscriptions.c.instance_id == instances.c.id)
        .join(units, units.c.id == instances.c.unit_id)
        .where(
            subscriptions.c.kind == row.kind,
            subscriptions.c.name == row.name,
            instances.c.status == "running",
            along,
        )
        .order_by(instances.c.started_at, instances.c.id)
    )
    return list(dict.fromkeys(c.scalars(query)))


def _starters(c: Connection, row: Row[Any]) -> list[tuple[int, str]]:
    """Start events of the versions in force that this message or signal starts."""
    query = select(start_subscriptions.c.version_id, start_subscriptions.c.element_id).where(
        start_subscriptions.c.kind == row.kind,
        start_subscriptions.c.name == row.name,
    )
    return [
        (r.version_id, r.element_id)
        for r in c.execute(query.order_by(start_subscriptions.c.version_id.desc()))
    ]


def _hand_over(runtime: Runtime, row: Row[Any], instance_id: str, *, last: bool) -> bool:
    def once() -> bool:
        with runtime.database.snapshot() as c:
            work = Work.read(runtime, c, instance_id)
            if work.status != "running" or _arrived(c, row.id, instance_id):
                return False
            if not work.instance.deliver(row.kind, row.name, row.payload):
                return False
            work.derive(c)
        work.record(row.kind, name=row.name)
        with runtime.database.write() as c:
            work.save(c)
            mark_delivered(c, runtime, row.id, instance_id, last=last)
        return True

    return _guarded(runtime, instance_id, "outbox", once)


def _start(runtime: Runtime, row: Row[Any], version_id: int, element_id: str, *, last: bool) -> bool:
    """The message or signal starts a matter: in the sender's unit, or the nearest above where the procedure
    lives.
    """

    def once() -> bool:
        with runtime.database.snapshot() as c:
            work = begin_by_event(runtime, c, row.unit_id, version_id, element_id, row.payload)
        if work is None:
            return False
        work.record(row.kind, name=row.name)
        with runtime.database.write() as c:
            saving.save_new(work, c)
            mark_delivered(c, runtime, row.id, work.id, last=last)
        return True

    return attempt(runtime, once)


def _arrived(c: Connection, outbox_id: int, instance_id: str) -> bool:
    query = select(deliveries.c.at).where(
        deliveries.c.outbox_id == outbox_id, deliveries.c.instance_id == instance_id
    )
    return c.execute(query).first() is not None


def mark_delivered(c: Connection, runtime: Runtime, outbox_id: int, instance_id: str, *, last: bool) -> None:
    """Note the arrival in the receiver's own transaction. Raises IntegrityError when it had arrived
    already.
    """
    now = runtime.now()
    c.execute(insert(deliveries).values(outbox_id=outbox_id, instance_id=instance_id, at=now))
    if last:
        mine = (outbox.c.id == outbox_id, outbox.c.delivered_at.is_(None))
        if c.execute(update(outbox).where(*mine).values(delivered_at=now)).rowcount != 1:
            raise NotVisible("delivered", "这条消息已经送到别处了")


def _close(runtime: Runtime, outbox_id: int) -> None:
    now = runtime.now()
    mine = outbox.c.id == outbox_id
    runtime.database.run(lambda c: c.execute(update(outbox).where(mine).values(delivered_at=now)))


def _guarded(runtime: Runtime, instance_id: str, work: str, once: Callable[[], bool]) -> bool:
    """Run work of the clock: what fails becomes an incident and does not stop the rest."""
    try:
        done = attempt(runtime, once)
    except (ExecutionError, Refusal) as error:
        report(runtime, instance_id, work, str(error))
        return False
    if done:
        resolve(runtime, instance_id, work)
    return bool(done)
