"""From what operations and queries give to what the API answers."""

from collections.abc import Mapping
from typing import Any

import orjson

from engine.operations import Done
from engine.queries.matters import Item
from engine.queries.tasks import Card, TaskView
from webui.api import answers


def instance(done: Done, person_id: int) -> answers.Instance:
    """The matter after an operation. It costs no reading, so its cost does not grow with the matter's age."""
    return answers.Instance(
        id=done.instance_id,
        status=done.status,
        outcome=done.outcome,
        title=done.title,
        procedure=done.procedure,
        version=done.version,
        trace=done.trail,
        open_tasks=_tasks(done, person_id),
        results=done.results,
    )


def started(done: Done, person_id: int) -> answers.Started:
    return answers.Started(done.instance_id, done.status, _tasks(done, person_id))


def _tasks(done: Done, person_id: int) -> list[answers.Task]:
    return [_task(done.instance_id, row, person_id) for row in done.open_tasks]


def _task(instance_id: str, row: Mapping[str, Any], person_id: int) -> answers.Task:
    claimed = row.get("claimed_by")
    return answers.Task(
        id=row["id"],
        instance=instance_id,
        element_id=row["element_id"],
        name=row["name"],
        kind=row["kind"],
        post=row["lane"],
        due_at=row["due_at"],
        status="open" if claimed is None else "mine" if claimed == person_id else "claimed",
    )


def listed_task(card: Card) -> answers.ListedTask:
    return answers.ListedTask(
        id=card.id,
        instance=card.instance_id,
        element_id=card.element_id,
        name=card.step,
        kind=card.kind,
        post=card.lane,
        due_at=card.due_at,
        status=card.status,
        title=card.matter,
        number=card.number,
        procedure=card.procedure,
        unit=card.unit,
        overdue=card.overdue,
        claimed_by=card.claimed_by,
        done_at=card.at,
    )


def open_task(view: TaskView) -> answers.OpenTask:
    """Actions stand only where this person may take one."""
    may_act = not view.may.isdisjoint({"complete", "act", "behalf"})
    return answers.OpenTask(
        id=view.id,
        instance=view.instance_id,
        element_id=view.element_id,
        name=view.step,
        kind=view.kind,
        post=view.lane,
        due_at=view.due_at,
        status=view.status,
        guidance=view.guidance,
        actions=[answers.Action(a.name, a.title, dict(a.schema)) for a in view.actions] if may_act else [],
        data=dict(view.prefill),
        clauses=[answers.Clause(clause.id, clause.text) for clause in view.clauses],
        may=sorted(view.may),
        on_behalf_of=[answers.Person(person, name, seat) for person, name, seat in view.behalf],
        roles=sorted(view.roles),
        proceeding=_plain(view.proceeding) if view.proceeding is not None else None,
    )


def outlined(row: Any, status: str) -> answers.OpenTask:
    """A task (its bare row) without what it takes many statements to know."""
    return answers.OpenTask(
        id=row.id,
        instance=row.instance_id,
        element_id=row.element_id,
        name=row.name,
        kind=row.kind,
        post=row.lane,
        due_at=row.due_at,
        status=status,
    )


def _plain(value: Any) -> Any:
    """A dataclass of the queries as JSON; moments as text."""
    return orjson.loads(orjson.dumps(value, default=list, option=orjson.OPT_NON_STR_KEYS))


def listed(item: Item) -> answers.Listed:
    return answers.Listed(
        id=item.id,
        number=item.number,
        title=item.title,
        status=item.status,
        outcome=item.outcome,
        procedure=item.procedure,
        unit=item.unit,
        started_at=item.started_at,
        ended_at=item.ended_at,
        steps=item.steps,
    )
