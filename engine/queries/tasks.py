"""待办: what is mine, what my post may claim, what is due, what I did, what the clerk may enter for others."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, func, literal, or_, select, type_coerce

from engine.authorisation import Actor
from engine.queries import reach
from engine.queries.outline import action_of, following, outline
from engine.queries.page import LIMIT, Page, bounded, cut, moment_of, read_cursor
from engine.queries.step import TaskView, task
from engine.refusal import Invalid
from engine.runtime import Runtime
from engine.store.tables import (
    assignments,
    instances,
    people,
    procedure_versions,
    submissions,
    tasks,
    units,
)

__all__ = [
    "SCOPES",
    "Card",
    "Counts",
    "TaskView",
    "action_of",
    "counts",
    "following",
    "outline",
    "task",
    "todo",
]

SCOPES = ("mine", "claimable", "overdue", "done", "behalf")
SOON = timedelta(days=2)
FAR = "9999-12-31T23:59:59.999999Z"  # where tasks without a due date sort


@dataclass(frozen=True)
class Card:
    """One line of a list. `status`: mine, claimable, claimed (by `claimed_by`) or done; `at` is when it was done."""

    id: str
    instance_id: str
    element_id: str
    step: str
    kind: str
    lane: str | None
    matter: str
    number: str
    procedure: str
    unit: str
    status: str
    opened_at: datetime | None = None
    due_at: datetime | None = None
    overdue: bool = False
    claimed_by: str | None = None
    at: datetime | None = None
    behalf_of: str | None = None
    entered_by: str | None = None
    matter_status: str = "running"
    outcome: str | None = None


@dataclass(frozen=True)
class Counts:
    """How many tasks stand on each tab; `overdue` are those due within two days or past it, `late` those past it."""

    mine: int
    claimable: int
    overdue: int
    late: int


def counts(rt: Runtime, actor: Actor) -> Counts:
    """One statement."""
    now = rt.now()
    urgent = reach.is_urgent(actor, now + SOON)
    query = select(
        *(
            func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
            for condition in (
                reach.is_mine(actor),
                reach.is_claimable(actor),
                urgent,
                and_(urgent, tasks.c.due_at <= now),
            )
        )
    ).where(reach.within_reach(actor))
    return Counts(*rt.database.look(lambda c: c.execute(query).one()))


def todo(
    rt: Runtime, actor: Actor, scope: str = "mine", cursor: str | None = None, limit: int = LIMIT
) -> Page[Card]:
    """A page of a tab; what is due first stands first. One statement. Raises Invalid for an unknown scope or cursor."""
    limit = bounded(limit)
    if scope == "done":
        return _done(rt, actor, cursor, limit)
    if scope not in SCOPES:
        raise Invalid("scope", f"没有“{scope}”这一类，可以是 {'、'.join(SCOPES)}", {"scope": "不认识"})
    now = rt.now()
    due = func.coalesce(type_coerce(tasks.c.due_at, String), literal(FAR))  # compared as text
    query = _open_tasks().where(_condition(actor, scope, now)).order_by(due, tasks.c.id).limit(limit + 1)
    after = read_cursor(cursor, str, str)
    if after:
        query = query.where(or_(due > after[0], and_(due == after[0], tasks.c.id > after[1])))
    rows = rt.database.look(lambda c: c.execute(query.add_columns(due.label("sort"))).all())
    return cut(rows, limit, lambda row: _card(row, actor, now), lambda row: (str(row.sort), row.id))


def _condition(actor: Actor, scope: str, now: datetime) -> ColumnElement[bool]:
    if scope == "behalf":
        return _for_others(actor)
    if scope == "overdue":
        return and_(reach.within_reach(actor), reach.is_urgent(actor, now + SOON))
    tab = reach.is_mine(actor) if scope == "mine" else reach.is_claimable(actor)
    return and_(reach.within_reach(actor), tab)


def _for_others(actor: Actor) -> ColumnElement[bool]:
    """Tasks of the clerk's own unit, all of whose seats belong to that unit (`authorisation.may_enter_for_others`)."""
    own = sorted(actor.clerk_units)
    elsewhere = select(assignments.c.task_id).where(
        assignments.c.task_id == tasks.c.id,
        assignments.c.unit_id.is_not(None),
        assignments.c.unit_id != tasks.c.unit_id,
    )
    return and_(tasks.c.unit_id.in_(own), ~elsewhere.exists())


def _open_tasks() -> Select[Any]:
    claimer = people.alias("claimer")
    return (
        select(
            tasks,
            instances.c.title,
            instances.c.number,
            procedure_versions.c.title.label("procedure"),
            units.c.name.label("unit"),
            claimer.c.name.label("claimer"),
        )
        .join(instances, instances.c.id == tasks.c.instance_id)
        .join(procedure_versions, procedure_versions.c.id == instances.c.version_id)
        .join(units, units.c.id == tasks.c.unit_id)
        .outerjoin(claimer, claimer.c.id == tasks.c.claimed_by)
    )


def _card(row: Any, actor: Actor, now: datetime) -> Card:
    if row.claimed_by is None:
        status = "mine" if row.kind in reach.SEVERAL else "claimable"
    else:
        status = "mine" if row.claimed_by == actor.person_id else "claimed"
    return Card(
        id=row.id,
        instance_id=row.instance_id,
        element_id=row.element_id,
        step=row.name,
        kind=row.kind,
        lane=row.lane,
        matter=row.title,
        number=row.number,
        procedure=row.procedure,
        unit=row.unit,
        status=status,
        opened_at=row.opened_at,
        due_at=row.due_at,
        overdue=row.due_at is not None and row.due_at <= now,
        claimed_by=row.claimer,
    )


def _done(rt: Runtime, actor: Actor, cursor: str | None, limit: int) -> Page[Card]:
    """What this person handed in, newest first, in their own name or for others."""
    person, clerk = people.alias("person"), people.alias("clerk")
    mine = or_(submissions.c.person_id == actor.person_id, submissions.c.entered_by == actor.person_id)
    query = (
        select(
            submissions,
            instances.c.title,
            instances.c.number,
            instances.c.status,
            instances.c.outcome,
            procedure_versions.c.title.label("procedure"),
            units.c.name.label("unit"),
            person.c.name.label("person"),
            clerk.c.name.label("clerk"),
        )
        .join(instances, instances.c.id == submissions.c.instance_id)
        .join(procedure_versions, procedure_versions.c.id == instances.c.version_id)
        .join(units, units.c.id == instances.c.unit_id)
        .join(person, person.c.id == submissions.c.person_id)
        .outerjoin(clerk, clerk.c.id == submissions.c.entered_by)
        .where(mine, submissions.c.withdrawn_at.is_(None))
        .order_by(submissions.c.at.desc(), submissions.c.id.desc())
        .limit(limit + 1)
    )
    after = read_cursor(cursor, str, str)
    if after:
        at = moment_of(after[0])
        earlier = and_(submissions.c.at == at, submissions.c.id < after[1])
        query = query.where(or_(submissions.c.at < at, earlier))
    rows = rt.database.look(lambda c: c.execute(query).all())
    return cut(rows, limit, lambda row: _done_card(row, actor), lambda row: (row.at.isoformat(), row.id))


def _done_card(row: Any, actor: Actor) -> Card:
    return Card(
        id=row.task_id,
        instance_id=row.instance_id,
        element_id=row.element_id,
        step=row.step,
        kind="",
        lane=row.seat,
        matter=row.title,
        number=row.number,
        procedure=row.procedure,
        unit=row.unit,
        status="done",
        at=row.at,
        behalf_of=row.person if row.person_id != actor.person_id else None,
        entered_by=row.clerk if row.entered_by not in (None, actor.person_id) else None,
        matter_status=row.status,
        outcome=row.outcome,
    )
