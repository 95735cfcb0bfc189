"""What many people do on one open step: a meeting is convened, votes are cast, opinions come in, a notice goes up.

An act is one write transaction: read the step and who asks, authorise, validate, let the kind's own module do it
(`ACTS`). When that answers with a result, the step is done and the matter goes on in the same transaction. An act that
is not `mass` is a submission in the matter's journal like any other; a mass act touches the step's own rows only, so
that two thousand can vote at once and the matter's state does not grow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from engine import forms, journal, pickers, steps
from engine.authorisation import Actor, fills, may_enter_for_others, may_see_matter
from engine.execution import ExecutionError
from engine.operations import opening, saving
from engine.operations.failing import gone, stuck
from engine.operations.work import Done, OpenRow, Work, attempt
from engine.people.roster import names_of
from engine.refusal import Forbidden, Invalid, NotVisible
from engine.runtime import Runtime
from engine.steps import DOERS, Action, Kind
from engine.store.database import insert_once
from engine.store.proceedings import taken_part
from engine.store.tables import assignments, tasks, units

Handler = Callable[["Act"], dict[str, Any] | None]
CLOCK = "clock"


@dataclass(frozen=True)
class Receipt:
    """What a secret vote answers whoever cast it: told once, and kept nowhere with the person."""

    code: str


def act(
    runtime: Runtime,
    actor_id: int,
    task_id: str,
    name: str,
    data: Mapping[str, Any],
    *,
    on_behalf_of: int | None = None,
    papers: Sequence[str] = (),
) -> Done | Receipt | None:
    """Do one thing on a collective step. A mass act leaves the matter as it is: it answers its receipt, or None.

    Raises Invalid with the fields at fault, Forbidden, Overtaken, NotVisible.
    """

    def once() -> Done | Receipt | None:
        with runtime.database.write() as c:
            found = Act.read(runtime, c, actor_id, task_id, name)
            found.authorise(on_behalf_of, papers)
            found.validate(data, papers)
            done = found.carry_out()
        for then in found.afterwards:
            then()
        return done if done is not None else found.receipt

    try:
        return attempt(runtime, once)
    except ExecutionError as error:
        raise stuck(runtime, task_id, error) from error


def act_by_clock(runtime: Runtime, task_id: str) -> bool:
    """Let the clock act on a step whose time has come; whether anything was done."""

    with runtime.database.write() as c:
        row = open_row(c, task_id)
        if row is None or row.closes_at is None or row.closes_at > runtime.now():
            return False
        once = update(tasks).where(tasks.c.id == task_id, tasks.c.closes_at == row.closes_at)
        if c.execute(once.values(closes_at=None)).rowcount != 1:
            return False  # somebody ended it, or another clock was faster
        Act.of_row(runtime, c, None, row, Action(CLOCK, "到时间", {"components": []})).carry_out()
        return True


@dataclass
class Act:
    """One act on one open step, in the hands of the kind's module. `actor` is None for the clock.

    `person_id` is whose act it is; `entered_by` the clerk who enters it for that person. `data` is what the form
    accepted, `files` the ids of all that came with it.
    """

    c: Connection
    runtime: Runtime
    now: datetime
    actor: Actor | None
    task: OpenRow
    action: Action
    kind: Kind
    unit_path: str
    data: dict[str, Any] = field(default_factory=dict)
    person_id: int | None = None
    entered_by: int | None = None
    files: frozenset[str] = frozenset()
    noted: dict[str, Any] = field(default_factory=dict)
    on_record: bool = False
    receipt: Receipt | None = None
    afterwards: list[Callable[[], None]] = field(default_factory=list)  # once it is committed; must not fail

    # ------------------------------------------------------------ reading

    @classmethod
    def read(cls, runtime: Runtime, c: Connection, actor_id: int, task_id: str, name: str) -> Act:
        """Three statements. Raises Overtaken when the step is done already, Invalid for an unknown act."""
        actor = runtime.actor(c, actor_id)
        row = open_row(c, task_id)
        if row is None:
            raise gone(runtime, c, actor, task_id)
        kind = steps.kind(row.kind)
        procedure = runtime.procedure(c, row.settings["version_id"])
        offered = {a.name: a for a in kind.actions(row.settings, procedure.forms)}
        if name == "complete" and offered:
            name = next(iter(offered))
        if name not in offered or not kind.collective:
            raise Invalid("action-unknown", f"这一步没有“{name}”这种办法，可以用：{'、'.join(offered)}")
        return cls.of_row(runtime, c, actor, row, offered[name])

    @classmethod
    def of_row(cls, runtime: Runtime, c: Connection, actor: Actor | None, row: Any, action: Action) -> Act:
        task = OpenRow({column.name: row._mapping[column] for column in tasks.c})
        task.seats = list(c.execute(_SEATS, {"task": task.id}))
        return cls(c, runtime, runtime.now(), actor, task, action, steps.kind(row.kind), row.unit_path)

    @property
    def settings(self) -> dict[str, Any]:
        return self.task.settings  # type: ignore[no-any-return]

    @property
    def instance_id(self) -> str:
        return str(self.task.instance_id)

    @property
    def unit_id(self) -> int:
        return int(self.task.unit_id)

    @property
    def roles(self) -> frozenset[str]:
        """The roles whose act this is; empty for the clock."""
        if self.person_id is None or self.actor is None:
            return frozenset()
        own = self.person_id == self.actor.person_id
        return roles(self.actor if own else self.runtime.actor(self.c, self.person_id), self.task)

    @cached_property
    def work(self) -> Work:
        """The matter, for acts that touch it."""
        return Work.read(self.runtime, self.c, self.instance_id, self.actor)

    @cached_property
    def seating(self) -> opening.Seating:
        line = self.runtime.line(self.c, self.unit_id, self.unit_path)
        return opening.Seating(self, self.c, line, self.task.excluded)

    def context(self) -> Mapping[str, Any]:
        """The data the step sees."""
        return self.work.instance.context(self.task.id)

    def holders(self, designation: str) -> list[int]:
        """Who holds a designation now, looked for from the matter's unit upwards."""
        return self.seating(designation)

    def people_of(self, role: str) -> list[int]:
        """Who fills a role of the step now, each person once."""
        found: dict[int, None] = {}
        for seat in self.task.seats:
            if seat.seat == role:
                people = self.holders(seat.designation) if seat.person_id is None else [seat.person_id]
                found |= dict.fromkeys(people)
        return list(found)

    def names(self, ids: Sequence[int]) -> dict[int, str]:
        return names_of(self.c, ids)

    # ------------------------------------------------------------ who and what

    def authorise(self, on_behalf_of: int | None, papers: Sequence[str]) -> None:
        """Settle whose act it is. Raises Forbidden, Invalid, NotVisible."""
        assert self.actor is not None
        if on_behalf_of is None:
            self._require_role(self.actor)
            self.person_id = self.actor.person_id
            return
        if not self.action.behalf:
            raise Forbidden("no-behalf", "票决不能代投：请本人来投，或者录入纸质计票结果")
        if not may_enter_for_others(self.actor, self.unit_id, self.task.seats):
            raise Forbidden("not-clerk", "代录由本村文书来做：只有文书可以替人录入纸上的办理结果")
        if on_behalf_of == self.actor.person_id:
            raise Invalid("behalf-self", "替自己不用代录，请直接办理", {"on_behalf_of": "请选别人"})
        if self.action.papers and not papers:
            raise Invalid("form", "代录要附上原件照片，请拍一张纸质原件", {"papers": "请拍一张纸质原件"})
        self._require_role(entered_for(self.runtime, self.c, on_behalf_of), behalf=True)
        self.person_id, self.entered_by = on_behalf_of, self.actor.person_id

    def _require_role(self, person: Actor, *, behalf: bool = False) -> None:
        held = roles(person, self.task)
        allowed = held & set(self.action.seats) if self.action.seats else held
        if allowed and person.person_id not in self.task.excluded:
            return
        if behalf:
            message = f"{person.name}不能在这一步{self.action.title}，请选应当办理的人"
            raise Invalid("behalf-person", message, {"on_behalf_of": message})
        self._explain(person)
        if not held and not may_see_matter(self.c, person, self.instance_id, self.unit_path):
            raise NotVisible("task-unknown", "没有这项任务，或者它不归您办")
        if person.person_id in self.task.excluded:
            raise Forbidden(
                "excluded", "前面的步骤是您办的，或者您是这件事的责任人，按规定这一步要由别人来办"
            )
        raise Forbidden("not-yours", f"“{self.action.title}”由{self._who_may()}来做，不归您办")

    def _explain(self, person: Actor) -> None:
        """The kind may know better why not: `cast:refused` beside `cast` raises it."""
        explain = HANDLERS[self.kind.key].get(f"{self.action.name}:refused")
        if explain is not None:
            self.person_id = person.person_id
            explain(self)

    def _who_may(self) -> str:
        seats = [s for s in self.task.seats if not self.action.seats or s.seat in self.action.seats]
        return "、".join(dict.fromkeys(s.designation or "指定的人" for s in seats)) or "别的岗位"

    def validate(self, data: Mapping[str, Any], papers: Sequence[str]) -> None:
        """Take what the form accepts. Raises Invalid."""
        schema = self.action.schema
        if pickers.picks(schema, data):  # thousands sign in and vote who pick nobody
            schema = self.runtime.offering(self.c, schema, self.unit_id, self.unit_path)
        clean, errors = forms.validate(schema, data)
        errors = errors or self.kind.faults(self.settings, clean)
        if errors:
            raise Invalid("form", "有几处需要改一改，请看标红的地方", errors)
        self.data = clean
        self.files = frozenset(forms.file_ids(schema, clean)) | frozenset(papers)

    # ------------------------------------------------------------ what comes of it

    def carry_out(self) -> Done | None:
        """Let the kind do it, and the matter go on when the step is done."""
        result = HANDLERS[self.kind.key][self.action.name](self)
        if result is None and self.action.mass and not self.on_record:
            if self.files:
                self.bind()
            return None
        work = self.work
        if not work.is_open(self.task.id):  # ended, or cancelled, while this was waiting for its turn
            assert self.actor is not None
            raise gone(self.runtime, self.c, self.actor, self.task.id)
        others = [row.jsonable() for row in work.open_rows(self.c)]
        if result is not None:
            if DOERS not in result and self.person_id is not None:
                result = result | {DOERS: [self.person_id]}
            work.instance.complete(self.task.id, result)
            work.concluded = self.task.id
            work.derive(self.c)
            self._seal()
            self.c.execute(delete(taken_part).where(taken_part.c.task_id == self.task.id))
        self._journal(work)
        work.save(self.c)
        return work.done(others)

    def _seal(self) -> None:
        """The step ends: the journal takes a hash of what many did on it."""
        sealed = journal.seal(self.c, self.task.id)
        if sealed:
            self.note(sealed=sealed)

    def _journal(self, work: Work) -> None:
        if self.person_id is None:
            work.record(self.action.name, task=self.task, **self.noted)
            return
        submission = work.submit(self.task, self.action.name, self.data, self.person_id, None, self.files)
        assert work.submitted is not None
        values = work.submitted.values
        work.record(
            self.action.name,
            task=self.task,
            behalf_of=self.person_id if self.entered_by is not None else None,
            submission=submission,
            digest=journal.digest(values["salt"], values["data"]),
            **self.noted,
        )

    def note(self, **detail: Any) -> None:
        """What the journal says of this act besides: ids and numbers, never personal content."""
        self.noted |= detail

    def keep_on_record(self) -> None:
        """This mass act stands in the matter's journal all the same."""
        self.on_record = True

    def bind(self) -> None:
        """The files that came with a mass act are the matter's from now on. Raises Invalid."""
        assert self.actor is not None
        saving.bind_files(self.c, self.files, self.actor.person_id, self.instance_id, None)

    def activate(self, *seats: str) -> None:
        """From now on the step stands in the 待办 of these roles."""
        self._set_active(seats, True)

    def deactivate(self, *seats: str) -> None:
        self._set_active(seats, False)

    def _set_active(self, seats: Sequence[str], active: bool) -> None:
        mine = (assignments.c.task_id == self.task.id, assignments.c.seat.in_(seats))
        self.c.execute(update(assignments).where(*mine).values(active=active))

    def close_at(self, moment: datetime | None) -> None:
        """When the clock acts on this step. Until then nobody has anything to do: it is not overdue before."""
        due = {} if moment is None else {"due_at": moment, "reminded_at": None}
        self.c.execute(update(tasks).where(tasks.c.id == self.task.id).values(closes_at=moment, **due))

    def taken_part(self, person_id: int) -> None:
        """This person has nothing more to do here: the step leaves the person's 待办."""
        insert_once(self.c, taken_part, {"task_id": self.task.id, "person_id": person_id})

    def called_again(self) -> None:
        """Everybody has something to do once more (a vote was void)."""
        self.c.execute(delete(taken_part).where(taken_part.c.task_id == self.task.id))


def entered_for(runtime: Runtime, c: Connection, person_id: int) -> Actor:
    """The person a clerk enters something for. Raises Invalid at that field when there is no such person."""
    try:
        return runtime.actor(c, person_id)
    except NotVisible as unknown:
        raise Invalid("behalf-person", unknown.message, {"on_behalf_of": unknown.message}) from None


def roles(actor: Actor, task: Any) -> frozenset[str]:
    """The roles this person has on an open collective step."""
    return frozenset(seat.seat for seat in task.seats if fills(actor, seat))


def open_row(c: Connection, task_id: str) -> Row[Any] | None:
    """An open step with the path of its unit, for `Act.of_row`; None where it is over. One statement."""
    return c.execute(_TASK, {"task": task_id}).first()


_TASK = (
    select(tasks, units.c.path.label("unit_path"))
    .join(units, units.c.id == tasks.c.unit_id)
    .where(tasks.c.id == bindparam("task"))
)
_SEATS = select(assignments).where(assignments.c.task_id == bindparam("task")).order_by(assignments.c.id)

HANDLERS: dict[str, Mapping[str, Handler]] = {}
