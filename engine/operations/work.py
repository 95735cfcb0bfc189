"""One operation on one matter: read and compute first, then one short write transaction.

    work = Work.read(runtime, c, instance_id)      # no lock is held from here …
    work.instance.complete(task_id, result)        # … pure computation …
    work.record("complete", …)
    work.derive(c)                                 # rows for the tasks that opened
    with database.write() as c: work.save(c)       # … to here: whole or not at all

`save` compares the revision that was read, and the standing of the person who acts: if either moved,
`Lost` is raised
and the operation starts again from reading (`attempt`). So nothing is ever decided on what is no longer true.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, bindparam, func, select
from sqlalchemy.exc import IntegrityError

from engine import journal, steps
from engine.authorisation import Actor
from engine.execution import ExecutionError, Instance
from engine.operations import opening, saving
from engine.operations.saving import Lost
from engine.refusal import NotVisible, Overtaken, Refusal, Unavailable
from engine.runtime import Runtime, jsonable
from engine.store.database import DatabaseUnavailable, retried
from engine.store.tables import (
    assignments,
    calendar_years,
    instances,
    parameter_sets,
    procedure_versions,
    tasks,
    units,
)

T = TypeVar("T")
ATTEMPTS = 12  # while others are faster
Look = Callable[[], AbstractContextManager[Connection]]  # a way to read
BUSY = 3  # while the database is busy
TRAIL = 100  # flow nodes kept on the row; the whole way is in the journal


def attempt(runtime: Runtime, once: Callable[[], T]) -> T:
    """Run an operation; again from the start while others are faster. Raises Overtaken, Unavailable."""
    clash: IntegrityError | None = None
    for _ in range(ATTEMPTS):
        try:
            return retried(once, BUSY)
        except Lost:
            clash = None
        except IntegrityError as error:
            clash = error  # a constraint held what the revision could not see; reading again tells which
        except DatabaseUnavailable as error:
            raise Unavailable("database", str(error)) from error
    if clash is not None:
        raise clash
    raise Overtaken("overtaken", "同时办理这件事的人太多，这一步没有保存。请刷新页面，看清现状后再办一次")


def certain(runtime: Runtime, once: Callable[[Look], T]) -> T:
    """Run the busiest operation on cheap reading, and whatever that refuses again on a snapshot.

    On PostgreSQL two statements may see two moments. What is accepted is safe, for `save` compares revisions; a
    refusal has no such guard, and somebody whose step was done meanwhile would be told that it is not theirs. A
    snapshot for everybody cost a fifth of the completions.
    """
    try:
        return once(runtime.database.read)
    except (Refusal, ExecutionError):
        return once(runtime.database.snapshot)


@dataclass
class Done:
    """What a page or the API answers after an operation, without another read."""

    instance_id: str
    status: str
    outcome: str | None
    procedure: str
    version: int
    title: str
    trail: list[str]
    open_tasks: list[dict[str, Any]]
    results: dict[str, Any]
    submission_id: str | None = None
    step: str = ""  # the name of the step that was handed in


@dataclass
class Submitted:
    """A submission on its way into the table."""

    values: dict[str, Any]
    file_ids: frozenset[str] = frozenset()


class OpenRow(SimpleNamespace):
    """A row of `tasks` with its rows of `assignments` as `seats`."""

    def __init__(self, columns: dict[str, Any]) -> None:
        super().__init__(**columns)
        self.seats: list[Any] = []

    def jsonable(self) -> dict[str, Any]:
        """The columns as plain JSON values."""
        return jsonable({name: value for name, value in vars(self).items() if name != "seats"})


@dataclass
class Work:
    """One matter in one operation."""

    runtime: Runtime
    row: Any  # a row of MATTER; of a matter that is just starting, a namespace with the same names
    instance: Instance
    now: datetime
    actor: Actor | None = None
    entries: list[journal.Entry] = field(default_factory=list)
    submitted: Submitted | None = None
    withdrawn: str | None = None
    status: str = "running"
    undo: dict[str, Any] | None = None
    opened: list[opening.Opened] = field(default_factory=list)
    task_changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    reopened: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # `tasks` and `seats` coming back
    created: bool = False
    concluded: str = ""  # the collective step that came to its own result in this operation
    keeps_undo: bool = False  # a reminder or a confirmation is no reason why a step could not be taken back

    # ------------------------------------------------------------ reading

    @classmethod
    def read(cls, runtime: Runtime, c: Connection, instance_id: str, actor: Actor | None = None) -> Work:
        """Raises NotVisible when there is no such matter. One statement, besides what is cached."""
        row = c.execute(_MATTER, {"instance": instance_id}).first()
        if row is None:
            raise NotVisible("matter-unknown", "没有这个办件，或者它不在您能查看的范围里")
        return cls.of_row(runtime, c, row, actor)

    @classmethod
    def of_row(cls, runtime: Runtime, c: Connection, row: Row[Any], actor: Actor | None = None) -> Work:
        definition = runtime.definition(c, row.version_id, row.closure)
        instance = definition.restore(
            row.state,
            clock=runtime.clock,
            parameters=row.parameters,
            calendar=runtime.calendar(c, row.calendar),
        )
        return cls(runtime, row, instance, runtime.now(), actor, status=row.status)

    def __post_init__(self) -> None:
        # Rows are derived from the state only while the matter runs.
        stored = self.row.status == "running" and not self.created
        before = self.instance.open_tasks() if stored else []
        self._tasks_before = {task.id: task.node.kind or "handle" for task in before}
        self.timers_before = self.instance.timers() if stored else []
        self.subscriptions_before = self.instance.subscriptions() if stored else []

    @property
    def id(self) -> str:
        return str(self.row.id)

    def label(self, element_id: str) -> str:
        """What the diagram calls an element."""
        for version in (self.row.version_id, *self.row.closure.values()):
            for node in self.runtime.loaded(version).diagram.walk():
                if node.id == element_id:
                    return node.label
        return element_id

    def open_rows(self, c: Connection) -> list[OpenRow]:
        """The rows of the tasks that are open, in the order they opened, each with its seats. One statement."""
        found: dict[str, OpenRow] = {}
        for row in c.execute(_OPEN_ROWS, {"instance": self.id}):
            task = found.get(row.id)
            if task is None:
                task = found[row.id] = OpenRow({str(column.name): row._mapping[column] for column in tasks.c})
            if row.seat_id is not None:
                task.seats.append(
                    SimpleNamespace(**{str(c.name): row._mapping[label] for c, label in _SEAT_COLUMNS})
                )
        return list(found.values())

    # ------------------------------------------------------------ computing

    def record(
        self,
        action: str,
        *,
        task: Any = None,
        behalf_of: int | None = None,
        submission: str | None = None,
        digest: str | None = None,
        **detail: Any,
    ) -> None:
        """Add an entry to the matter's journal: ids, names of steps and numbers; never personal content."""
        self.entries.append(
            journal.Entry(
                at=self.now,
                actor_id=self.actor.person_id if self.actor else None,
                behalf_of_id=behalf_of,
                action=action,
                element_id=task.element_id if task is not None else None,
                task_id=task.id if task is not None else None,
                submission_id=submission,
                digest=digest,
                detail=({"step": task.name} if task is not None else {}) | detail,
            )
        )

    def submit(
        self,
        task: Any,
        action: str,
        data: Mapping[str, Any],
        person_id: int,
        seat: str | None,
        files: frozenset[str],
    ) -> str:
        """Hand in what a person gave on a task; returns the submission's id."""
        assert self.actor is not None
        identifier = uuid.uuid4().hex
        entered_by = self.actor.person_id if self.actor.person_id != person_id else None
        self.submitted = Submitted(
            {
                "id": identifier,
                "instance_id": self.id,
                "sequence": self.row.journal_seq + len(self.entries) + 1,
                "task_id": task.id,
                "element_id": task.element_id,
                "step": task.name,
                "action": action,
                "seat": seat,
                "person_id": person_id,
                "entered_by": entered_by,
                "data": dict(data),
                "salt": journal.new_salt(),
                "at": self.now,
            },
            files,
        )
        return identifier

    def derive(self, c: Connection) -> None:
        """Work out the rows of what the computation opened. Reads people; changes nothing."""
        if self.instance.completed and self.status == "running":
            self.status = "failed" if self.instance.error else "completed"
        fresh = [task for task in self.instance.open_tasks() if task.id not in self._tasks_before]
        if self.status == "running" and fresh:
            self.opened = opening.open_tasks(self, c, fresh)

    def is_open(self, task_id: str) -> bool:
        """Whether this task was open when the matter was read."""
        return task_id in self._tasks_before

    @property
    def closed(self) -> list[str]:
        """Tasks that were open and are not any more."""
        still = {task.id for task in self.instance.open_tasks()} if self.status == "running" else set()
        return [task_id for task_id in self._tasks_before if task_id not in still]

    @property
    def dropped(self) -> list[str]:
        """Collective steps among them that end without a result of their own."""
        gone = (task_id for task_id in self.closed if task_id != self.concluded)
        return [task_id for task_id in gone if steps.kind(self._tasks_before[task_id]).collective]

    # ------------------------------------------------------------ writing

    @property
    def trail(self) -> list[str]:
        """The last flow nodes passed, newest last."""
        return [*self.row.trail, *self.instance.trace][-TRAIL:]

    def save(self, c: Connection) -> None:
        """Write everything. Raises Lost when the matter or the actor's standing changed since they were read."""
        saving.save(self, c)

    # ------------------------------------------------------------ answering

    def done(self, others: Iterable[Mapping[str, Any]] = ()) -> Done:
        """The matter as it stands after this operation."""
        opened = {row.task["id"]: row.task for row in self.opened}
        known = {task["id"]: {**task, **self.task_changes.get(task["id"], {})} for task in others} | opened
        return Done(
            instance_id=self.id,
            status=self.status,
            outcome=self.instance.outcome if self.status != "running" else None,
            procedure=self.row.procedure_key,
            version=self.row.version,
            title=self.row.title,
            trail=self.trail,
            open_tasks=[
                dict(known.get(t.id, {})) or {"id": t.id, "element_id": t.node.id, "name": t.node.label}
                for t in (self.instance.open_tasks() if self.status == "running" else [])
            ],
            results=self.instance.data,
            submission_id=self.submitted.values["id"] if self.submitted else None,
            step=self.submitted.values["step"] if self.submitted else "",
        )


MATTER_COLUMNS = (
    *(column for column in instances.c if column.name not in ("undo",)),
    parameter_sets.c["values"].label("parameters"),
    units.c.path.label("unit_path"),
    units.c.name.label("unit_name"),
    procedure_versions.c.version,
    procedure_versions.c.key.label("procedure_key"),
    select(func.max(calendar_years.c.published_at)).scalar_subquery().label("calendar"),  # its version
)


MATTER = (
    select(*MATTER_COLUMNS)
    .join(parameter_sets, parameter_sets.c.id == instances.c.parameter_set_id)
    .join(units, units.c.id == instances.c.unit_id)
    .join(procedure_versions, procedure_versions.c.id == instances.c.version_id)
)
_MATTER = MATTER.where(instances.c.id == bindparam("instance"))
_SEAT_COLUMNS = [(column, column.label(f"seat_{column.name}")) for column in assignments.c]
_OPEN_ROWS = (
    select(tasks, *(label for _, label in _SEAT_COLUMNS))
    .outerjoin(assignments, assignments.c.task_id == tasks.c.id)
    .where(tasks.c.instance_id == bindparam("instance"))
    .order_by(tasks.c.opened_at, tasks.c.id, assignments.c.id)
)
__all__ = ["Done", "Look", "Lost", "Work", "attempt", "certain", "jsonable"]
