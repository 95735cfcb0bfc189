"""Withdrawing a procedure (停用): it is offered no longer, matters that run go on, and nothing is lost."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from engine import journal
from engine.authorisation import require_designer
from engine.diagram import Procedure, check_closure
from engine.operations.procedures import OFFERED, OPEN, find_in_force
from engine.operations.publishing import PROCEDURES, newest, require_note
from engine.people.units import Unit, get
from engine.refusal import Invalid, NotVisible, Overtaken
from engine.runtime import Runtime
from engine.store.database import one_at_a_time
from engine.store.drafts import withdrawals
from engine.store.tables import procedure_versions


def withdraw_procedure(runtime: Runtime, actor_id: int, unit_id: int, key: str, note: str) -> None:
    """No new matter of this unit's procedure is begun; where a unit above has it, too, that one counts from now on.

    Raises Invalid where a procedure that is offered calls it and would find nothing it can use (named), or without a
    reason; Overtaken where it is withdrawn already; Forbidden, NotVisible.
    """
    note = require_note(note, "为什么停用", "请写明为什么停用，以后的人看得到")
    now = runtime.now()

    def write(c: Connection) -> None:
        one_at_a_time(c, PROCEDURES)
        place = _place(runtime, c, actor_id, unit_id, key)
        if _held(c, unit_id, key):
            raise Overtaken("withdrawn-already", "这个流程刚刚已经停用了")
        callers = callers_lost(runtime, c, place, key)
        if callers:
            named = "、".join(f"“{caller.title}”" for caller in callers)
            raise Invalid(
                "called", f"{named}里用到这个流程，停用了它们就办不下去。请先改这些流程，或者先停用它们"
            )
        values = {"unit_id": unit_id, "key": key, "note": note, "at": now, "by": actor_id}
        c.execute(insert(withdrawals).values(**values))
        entry = journal.Entry(now, "procedure-withdraw", actor_id, detail={"procedure": key})
        journal.append_to_unit(c, unit_id, [entry])

    runtime.database.run(write)


def lift_withdrawal(runtime: Runtime, actor_id: int, unit_id: int, key: str) -> None:
    """Offer it again, in the version it had. Raises Overtaken where it is not withdrawn, Forbidden, NotVisible."""
    now = runtime.now()

    def write(c: Connection) -> None:
        one_at_a_time(c, PROCEDURES)
        _place(runtime, c, actor_id, unit_id, key)
        held = (withdrawals.c.unit_id == unit_id, withdrawals.c.key == key, OPEN)
        if not c.execute(update(withdrawals).where(*held).values(lifted_at=now, lifted_by=actor_id)).rowcount:
            raise Overtaken("not-withdrawn", "这个流程刚刚已经恢复使用了")
        entry = journal.Entry(now, "withdrawal-lift", actor_id, detail={"procedure": key})
        journal.append_to_unit(c, unit_id, [entry])

    runtime.database.run(write)


def callers_lost(runtime: Runtime, c: Connection, place: Unit, key: str) -> list[Procedure]:
    """The procedures on offer that call this one and could not go on without this unit's."""
    rows = select(procedure_versions.c.key, procedure_versions.c.unit_id).where(
        procedure_versions.c.key != key, OFFERED
    )
    lost: dict[str, Procedure] = {}
    for caller_key, unit_id in c.execute(rows.distinct()).all():
        unit = get(c, unit_id)
        near = place if unit.contains(place.path) else unit  # where both meet
        row = find_in_force(c, caller_key, unit)
        if row is None or not (place.contains(unit.path) or unit.contains(place.path)):
            continue
        caller = runtime.procedure(c, row.id)
        if key in caller.calls and _fails_without(runtime, c, caller, near, key, place.id):
            lost[caller.key] = caller
    return sorted(lost.values(), key=lambda one: one.title)


def _fails_without(
    runtime: Runtime, c: Connection, caller: Procedure, near: Unit, key: str, without: int
) -> bool:
    def resolve(wanted: str) -> Procedure | None:
        row = find_in_force(c, wanted, near, without if wanted == key else None)
        return runtime.procedure(c, row.id) if row is not None else None

    return any(finding.severity == "error" for finding in check_closure(caller, resolve))


def _place(runtime: Runtime, c: Connection, actor_id: int, unit_id: int, key: str) -> Unit:
    require_designer(runtime.actor(c, actor_id), unit_id)
    if newest(c, unit_id, key) is None:
        raise NotVisible("procedure-unknown", "本单位没有发布过这个流程")
    return get(c, unit_id)


def _held(c: Connection, unit_id: int, key: str) -> bool:
    held = select(withdrawals.c.id).where(withdrawals.c.unit_id == unit_id, withdrawals.c.key == key, OPEN)
    return c.execute(held).first() is not None
