"""What a person does with a task: sign for it, give it back, complete it, enter it for somebody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from engine import forms, journal, steps
from engine.authorisation import Actor, may_enter_for_others, may_see_matter, open_seats, require_matter
from engine.execution import ExecutionError
from engine.operations import acting
from engine.operations.acting import Receipt
from engine.operations.failing import gone, stuck
from engine.operations.work import MATTER, Done, Look, Lost, OpenRow, Work, attempt, certain
from engine.refusal import Forbidden, Invalid, NotVisible, Overtaken, Refusal
from engine.runtime import Runtime
from engine.steps import Kind, Seat, Submission
from engine.store.tables import (
    instances,
    people,
    submissions,
    tasks,
)


def claim_task(runtime: Runtime, actor_id: int, task_id: str) -> Done:
    """签收: from now on it is mine, and my colleagues see that. Raises Forbidden, Overtaken, NotVisible."""

    def once() -> Done:
        with runtime.database.snapshot() as c:
            step = Step.read(runtime, c, actor_id, task_id)
            if step.kind.several or step.kind.collective:
                raise Invalid("claim-several", "这一步由几个人一起办，不用签收，直接办理即可")
            step.require_seat(c)
            if step.task.claimed_by == actor_id:
                return step.work.done(step.as_json)
        step.work.task_changes[task_id] = {"claimed_by": actor_id, "claimed_at": step.work.now}
        step.work.record("claim", task=step.task)
        return step.save()

    return attempt(runtime, once)


def release_task(runtime: Runtime, actor_id: int, task_id: str) -> Done:
    """Give a task back to the post. Only its claimant may. Raises Forbidden, NotVisible."""

    def once() -> Done:
        with runtime.database.snapshot() as c:
            step = Step.read(runtime, c, actor_id, task_id)
            require_matter(c, step.actor, step.work.id, step.work.row.unit_path)
        if step.task.claimed_by != actor_id:
            raise Forbidden("not-claimed", "这项任务不是您签收的，不用退回")
        step.work.task_changes[task_id] = {"claimed_by": None, "claimed_at": None}
        step.work.record("release", task=step.task)
        return step.save()

    return attempt(runtime, once)


def complete_task(
    runtime: Runtime,
    actor_id: int,
    task_id: str,
    data: Mapping[str, Any],
    *,
    action: str = "complete",
    on_behalf_of: int | None = None,
    papers: Sequence[str] = (),
) -> Done:
    """Hand in an action of an open task; the task ends when its kind says so.

    `on_behalf_of` is the person a clerk enters it for (代录, procedures.md 11.1); then `papers` are ids of
    uploaded
    photos of the original, at least one. Raises Invalid with the fields at fault, Forbidden, Overtaken,
    NotVisible.
    """

    def once(look: Look) -> Done:
        with look() as c:
            step = Step.read(runtime, c, actor_id, task_id)
            if step.kind.collective:
                raise _Collective
            seat = step.require_seat(c) if on_behalf_of is None else step.require_behalf(c, on_behalf_of)
            doer = on_behalf_of or actor_id
            clean, files = step.read_form(c, action, data, papers, behalf=on_behalf_of is not None)
            submission = step.submit(action, clean, doer, seat.seat, files)
            step.finish_if_done(c)
            if step.work.instance.outbox:
                step.work.undo = None
        step.journal(action, doer, submission)
        return step.save()

    try:
        return attempt(runtime, lambda: certain(runtime, once))
    except _Collective:
        return _conclude(runtime, actor_id, task_id, data, action, on_behalf_of, papers)
    except ExecutionError as error:
        raise stuck(runtime, task_id, error) from error


def act_on_task(
    runtime: Runtime,
    actor_id: int,
    task_id: str,
    action: str,
    data: Mapping[str, Any],
    *,
    on_behalf_of: int | None = None,
    papers: Sequence[str] = (),
) -> Done | Receipt | None:
    """Do one of the things a step offers. Where the matter is left as it is (a vote, an opinion): its receipt, or None.

    Raises what `complete_task` raises.
    """
    with runtime.database.read() as c:
        kind = c.scalar(select(tasks.c.kind).where(tasks.c.id == task_id))
    how: dict[str, Any] = {"on_behalf_of": on_behalf_of, "papers": papers}
    if kind is not None and steps.kind(kind).collective:
        return acting.act(runtime, actor_id, task_id, action, data, **how)
    return complete_task(runtime, actor_id, task_id, data, action=action, **how)


class _Collective(Exception):
    """The step is done by acts of many people."""


def _conclude(
    runtime: Runtime,
    actor_id: int,
    task_id: str,
    data: Mapping[str, Any],
    action: str,
    on_behalf_of: int | None,
    papers: Sequence[str],
) -> Done:
    done = acting.act(runtime, actor_id, task_id, action, data, on_behalf_of=on_behalf_of, papers=papers)
    if not isinstance(done, Done):
        raise Invalid("action-mass", f"“{action}”不结束这一步，请用 actions 里的办法")
    return done


class Step:
    """An open task in the hands of somebody: what was read, and what becomes of it."""

    def __init__(
        self,
        actor: Actor,
        work: Work,
        task: OpenRow,
        open_rows: list[OpenRow],
        earlier: list[Row[Any]],
    ) -> None:
        self.actor, self.work, self.task, self.open_rows = actor, work, task, open_rows
        self.seats, self.earlier = task.seats, earlier
        self.kind: Kind = steps.kind(task.kind)

    @classmethod
    def read(cls, runtime: Runtime, c: Connection, actor_id: int, task_id: str) -> Step:
        """Three statements, or four. Raises Overtaken when it is done already, NotVisible when it never was."""
        actor = runtime.actor(c, actor_id)
        row = c.execute(_TASK, {"task": task_id}).first()
        if row is None:
            raise gone(runtime, c, actor, task_id)
        work = Work.of_row(runtime, c, row, actor)
        open_rows = work.open_rows(c)  # the branches beside it too: the answer tells them all
        task = next((row for row in open_rows if row.id == task_id), None)
        if task is None:
            raise Lost
        earlier = list(c.execute(_EARLIER, {"task": task_id})) if steps.kind(task.kind).several else []
        return cls(actor, work, task, open_rows, earlier)

    @property
    def as_json(self) -> list[dict[str, Any]]:
        return [row.jsonable() for row in self.open_rows]

    # ------------------------------------------------------------ who

    def require_seat(self, c: Connection) -> Row[Any]:
        """The seat this person fills. Raises Forbidden, Overtaken, NotVisible."""
        found = open_seats(self.actor, self.seats, self.task.excluded, self.earlier)
        if not found:
            raise self._not_yours(c)
        self._require_unclaimed(c, self.actor.person_id)
        return self._fewest_others(found)

    def require_behalf(self, c: Connection, person_id: int) -> Row[Any]:
        """The seat the clerk fills for `person_id`. Raises Forbidden, Invalid, NotVisible."""
        require_matter(c, self.actor, self.work.id, self.work.row.unit_path)
        if not may_enter_for_others(self.actor, self.task.unit_id, self.seats):
            raise Forbidden("not-clerk", "代录由本村文书来做：只有文书可以替人录入纸上的办理结果")
        if person_id == self.actor.person_id:
            raise Invalid("behalf-self", "替自己不用代录，请直接办理", {"on_behalf_of": "请选别人"})
        person = acting.entered_for(self.work.runtime, c, person_id)
        found = open_seats(person, self.seats, self.task.excluded, self.earlier)
        if not found:
            message = f"{person.name}不能办这一步，请选应当办理的人"
            raise Invalid("behalf-person", message, {"on_behalf_of": message})
        self._require_unclaimed(c, person_id)
        return self._fewest_others(found)

    def _fewest_others(self, found: list[Row[Any]]) -> Row[Any]:
        """Who may sit in two places takes the one fewer others can fill, so that nobody is left without a
        seat.
        """
        width = {seat.seat: sum(1 for other in self.seats if other.seat == seat.seat) for seat in found}
        return min(found, key=lambda seat: (width[seat.seat], seat.id))

    def _require_unclaimed(self, c: Connection, person_id: int) -> None:
        if self.task.claimed_by not in (None, person_id):
            name = c.execute(select(people.c.name).where(people.c.id == self.task.claimed_by)).scalar()
            raise Overtaken("claimed", f"这项任务刚刚已由{name}签收。需要换人时，请他退回，或请管理员改派")

    def _not_yours(self, c: Connection) -> Refusal:
        if not may_see_matter(c, self.actor, self.work.id, self.work.row.unit_path):
            return NotVisible("task-unknown", "没有这项任务，或者它不归您办")
        if any(s.person_id == self.actor.person_id for s in self.earlier):
            return Overtaken("answered", "您已经提交过意见了，每人只能提交一次")
        if self.actor.person_id in self.task.excluded:
            return Forbidden(
                "excluded", "前面的步骤是您办的，或者您是这件事的责任人，按规定这一步要由别人来办"
            )
        return Forbidden("not-yours", f"这一步由{self.task.lane or '别的岗位'}办理，不归您办")

    # ------------------------------------------------------------ what

    def read_form(
        self, c: Connection, action: str, data: Mapping[str, Any], papers: Sequence[str], *, behalf: bool
    ) -> tuple[dict[str, Any], frozenset[str]]:
        """The data the form accepts, and the files that come with it. Raises Invalid."""
        procedure = self.work.runtime.procedure(c, self.task.settings["version_id"])
        offered = {a.name: a for a in self.kind.actions(self.task.settings, procedure.forms)}
        if action not in offered:
            raise Invalid("action-unknown", f"这一步没有“{action}”这种办法，可以用: {'、'.join(offered)}")
        schema = self.work.runtime.offering(
            c, offered[action].schema, self.work.row.unit_id, self.work.row.unit_path
        )
        clean, errors = forms.validate(schema, data)
        if not errors:
            errors = self.kind.faults(self.task.settings, clean)
        if behalf and not papers:
            errors["papers"] = "代录要附上原件照片，请拍一张纸质原件"
        if errors:
            raise Invalid("form", "有几处需要改一改，请看标红的地方", errors)
        files = frozenset(forms.file_ids(schema, clean)) | frozenset(papers)
        return clean, files

    def submit(self, action: str, clean: dict[str, Any], doer: int, seat: str, files: frozenset[str]) -> str:
        return self.work.submit(self.task, action, clean, doer, seat if self.kind.several else None, files)

    def finish_if_done(self, c: Connection) -> None:
        """Ask the kind whether the step is done; if so, let the instance go on."""
        assert self.work.submitted is not None
        mine = self.work.submitted.values
        given = [Submission(s.data, s.person_id, s.seat, s.action) for s in self.earlier]
        given.append(Submission(mine["data"], mine["person_id"], mine["seat"], mine["action"]))
        result = self.kind.result(self.task.settings, self._seats(), given)
        self.work.undo = {"submission": mine["id"], "revision": self.work.row.revision + 1}
        if result is None:
            return
        before = self.work.instance.dump()
        self.work.instance.complete(self.task.id, result)
        self.work.derive(c)
        self.work.undo |= {
            "state": before.decode(),
            "trail": self.work.row.trail,
            "tasks": self._closed_rows(),
            "seats": self._closed_seats(),
        }

    def _seats(self) -> list[Seat]:
        """The seats as the kind knows them: a seat filled by another designation than its own is a
        substitute's.
        """
        grouped: dict[str, list[str]] = {}
        for row in self.seats:
            grouped.setdefault(row.seat, []).append(row.designation)
        named = set(self.task.settings.get("seats", []))
        return [
            Seat(name, tuple(d for d in found if d), substituted=name in named and name not in found)
            for name, found in grouped.items()
        ]

    def _closed_rows(self) -> list[dict[str, Any]]:
        closed = {self.task.id, *self.work.closed}
        return [row.jsonable() for row in self.open_rows if row.id in closed]

    def _closed_seats(self) -> list[dict[str, Any]]:
        closed = {self.task.id, *self.work.closed}
        seats = [seat for row in self.open_rows if row.id in closed for seat in row.seats]
        return [{name: value for name, value in vars(seat).items() if name != "id"} for seat in seats]

    # ------------------------------------------------------------ keeping

    def journal(self, action: str, doer: int, submission: str) -> None:
        assert self.work.submitted is not None
        values = self.work.submitted.values
        self.work.record(
            action,
            task=self.task,
            behalf_of=doer if doer != self.actor.person_id else None,
            submission=submission,
            digest=journal.digest(values["salt"], values["data"]),
        )

    def save(self) -> Done:
        with self.work.runtime.database.write() as c:
            self.work.save(c)
        return self.work.done(self.as_json)


_OF_TASK = select(tasks.c.instance_id).where(tasks.c.id == bindparam("task")).scalar_subquery()
_TASK = MATTER.where(instances.c.id == _OF_TASK)
_EARLIER = (
    select(submissions)
    .where(submissions.c.task_id == bindparam("task"), submissions.c.withdrawn_at.is_(None))
    .order_by(submissions.c.sequence)
)

__all__ = ["act_on_task", "claim_task", "complete_task", "release_task"]
