"""Rehearsing a diagram by hand, without a database: what scenarios, studio and explorer are built on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from engine.clock import Clock, MovingClock, VirtualClock
from engine.diagram.model import Node
from engine.durations import Calendar
from engine.execution.answering import Answering
from engine.execution.error import ExecutionError
from engine.execution.exchange import Exchange
from engine.execution.instance import Instance, OpenTask
from engine.execution.outgoing import Outgoing
from engine.execution.plain import NotPlain, plain
from engine.execution.roster import Roster
from engine.execution.script import Script
from engine.steps import Submission
from engine.working_days import WEEKDAYS_ONLY

MAX_DUE_TIMES = 50_000  # in one `advance`


@dataclass(frozen=True)
class Task:
    """An open task. `data` is all that it can see."""

    id: str
    element_id: str
    name: str | None
    lane: str | None
    kind: str | None
    data: dict[str, Any]


class Rehearsal:
    """All instances of a file, under a clock of their own. The state is saved and loaded again with every
    call, as on the server; a call that fails (ExecutionError, in Chinese) changes nothing.
    """

    def __init__(
        self,
        script: Script,
        clock: Clock | None = None,
        calendar: Calendar = WEEKDAYS_ONLY,
        roster: Roster | None = None,
    ) -> None:
        self.script, self.calendar, self.roster = script, calendar, roster
        self.clock = (
            clock if isinstance(clock, VirtualClock) else MovingClock(clock) if clock else VirtualClock()
        )
        self.trace: list[str] = []
        self.passed: list[str] = []  # elements and flows, in order; of called procedures too
        self.error: str | None = None
        self._saved: list[bytes] = []
        self._standing: list[Instance] | None = None  # loaded to be looked at
        self._done: list[bool] = []
        self._exchange = Exchange(script.definition, self._new)
        self._opened: dict[str, int] = {}
        self._since: dict[str, datetime] = {}
        self._due: list[tuple[datetime, str]] = []
        self._submissions: dict[str, list[Submission]] = {}
        self._ends: dict[str, tuple[datetime, str]] = {}  # task -> when the clock acts on it, and its element

    @classmethod
    def load(
        cls,
        source: bytes | str | Path | Mapping[str, bytes],
        clock: Clock | None = None,
        *,
        parameters: Mapping[str, Any] | None = None,
        calendar: Calendar = WEEKDAYS_ONLY,
        roster: Roster | None = None,
    ) -> Rehearsal:
        """A diagram (XML, or the path of a `.bpmn` file) or a procedure's folder, whose parameters have their
        defaults but for those given here. Raises engine.diagram.DiagramError for what cannot be executed
        right.
        """
        return cls(Script.load(source, parameters or {}), clock, calendar, roster)

    # ------------------------------------------------------------ what can be seen

    def open_tasks(self) -> list[Task]:
        """In the order they were opened."""
        opened = [
            (self._opened[task.id], self._task(instance, task))
            for instance in self._running()
            for task in instance.open_tasks()
        ]
        return [task for _, task in sorted(opened, key=lambda pair: pair[0])]

    @property
    def finished(self) -> bool:
        """Every instance has ended."""
        return all(self._done)

    @property
    def data(self) -> dict[str, Any]:
        """The data of the instance last started."""
        return self._last("data") or {}

    @property
    def outcome(self) -> str | None:
        """The name of the end event that the instance last started has reached."""
        return self._last("outcome")  # type: ignore[no-any-return]

    @property
    def stuck(self) -> bool:
        """Nothing is open, due or awaited, and yet not all is finished."""
        return not self.finished and all(instance.stuck for instance in self._running())

    @property
    def now(self) -> datetime:
        return self.clock()

    @property
    def due(self) -> list[tuple[datetime, str]]:
        """What waits for a time, soonest first: (when, element id)."""
        return list(self._due)

    @property
    def ends(self) -> dict[str, datetime]:
        """The open tasks that the clock acts on, and when."""
        return {task: moment for task, (moment, _) in self._ends.items()}

    @property
    def waiting(self) -> list[tuple[str, str]]:
        """What is waited for to be told: ("message" or "signal", its name)."""
        return [(kind, name) for instance in self._running() for _, kind, name in instance.subscriptions()]

    def positions(self) -> list[str]:
        """The elements at which tokens stand."""
        return list(dict.fromkeys(place for instance in self._running() for place in instance.positions()))

    # ------------------------------------------------------------ what can be done

    def start(self, process_id: str | None = None, data: Mapping[str, Any] | None = None) -> None:
        """Start the process (the first of the file by default): at its plain start, else waiting at its other
        ones.
        """
        self._change(lambda running: running.append(self._new(process_id, data=data or {})))

    def complete(
        self,
        task_id: str,
        data: Mapping[str, Any] | None = None,
        *,
        by: str | None = None,
        action: str | None = None,
    ) -> None:
        """A person is done. With a kind this is one submission, and the task stays open until the kind has a
        result.

        `by` names the person on the roster. A submission may say whose voice it is: `{"席位": …}`. `action` is what
        is done on a step that has several, by name or title (`cast`, `投票`); by default the first.
        """

        values = data if data is not None else {}
        if not isinstance(values, Mapping):
            raise ExecutionError("提交的内容要是一组“名称: 值”")

        def act(running: list[Instance]) -> None:
            instance, task = self._find(running, task_id)
            result: Mapping[str, Any] | None = values
            if task.node.kind:
                result = self._submit(instance, task, values, by, action)
            if result is not None:
                instance.complete(task_id, result)

        self._change(act)

    def form(self, task_id: str, action: str | None = None) -> Mapping[str, Any]:
        """The form-js schema of what is handed in on an open task; nothing to fill in where it has no kind."""
        instance, task = self._find(self._running(), task_id)
        return self._answering(instance, task).form(action) if task.node.kind else {"components": []}

    def may_be_entered(self, task_id: str, action: str | None = None) -> bool:
        """Whether a clerk may enter this for somebody else."""
        instance, task = self._find(self._running(), task_id)
        return not task.node.kind or self._answering(instance, task).may_be_entered(action)

    def answering(self, task_id: str) -> Answering:
        """An open task with a kind: its settings, seats and acts, as they are now. Raises ExecutionError."""
        instance, task = self._find(self._running(), task_id)
        return self._answering(instance, task)

    def handed_in(self, task_id: str) -> Sequence[Submission]:
        """What has been handed in so far on an open task."""
        return tuple(self._submissions.get(task_id, ()))

    def settle(self, task_id: str, result: Mapping[str, Any]) -> None:
        """The task comes to this result, however it came about. Raises ExecutionError for one its kind cannot give."""

        def act(running: list[Instance]) -> None:
            instance, task = self._find(running, task_id)
            if task.node.kind:
                self._answering(instance, task).require_possible(result)
            instance.complete(task_id, result)

        self._change(act)

    def throw_error(self, task_id: str, code: str) -> None:
        """The task ends with a BPMN error."""
        self._change(lambda running: self._find(running, task_id)[0].throw_error(task_id, code))

    def send(self, message: str, data: Mapping[str, Any] | None = None) -> None:
        """A message from outside: to the oldest instance that waits for it, else it starts one, else it is
        kept. Only what the diagram declares as its payload gets in.
        """
        names = self.script.definition.payload(message)
        try:
            payload = {name: value for name, value in plain(data or {}).items() if name in names}
        except NotPlain as error:
            raise ExecutionError(str(error)) from error
        self._change(lambda running: self._exchange.mailbox.append(Outgoing("message", message, payload)))

    def signal(self, name: str) -> None:
        """A signal from outside: to all that wait for it, and to every process it starts."""
        self._change(lambda running: self._exchange.broadcast(running, name))

    def advance(self, seconds: float = 0.0) -> None:
        """Let time pass. Each due time is a step of its own: if one fails, the earlier ones stay done and the
        clock stands where it last went right.
        """
        if seconds < 0:
            raise ExecutionError("时间不能倒退")
        try:
            end = self.clock() + timedelta(seconds=seconds)
        except (OverflowError, ValueError):
            raise ExecutionError("要推进的时间太长，日历里没有那一天") from None
        for _ in range(MAX_DUE_TIMES):
            if not self._due or self._due[0][0] > end:
                self.clock.move_to(end)
                return
            moment = max(self._due[0][0], self.clock())
            self._change(self._fire, moment)
        raise ExecutionError(f"这段时间里到期的事超过 {MAX_DUE_TIMES} 件，请分几次推进")

    # ------------------------------------------------------------ one change

    def _change(self, act: Callable[[list[Instance]], object], moment: datetime | None = None) -> None:
        """Load, do, let messages and signals run their course, save. Only if all that went right is anything
        kept.
        """
        before, mailbox = self.clock(), list(self._exchange.mailbox)
        submissions, ends = dict(self._submissions), dict(self._ends)
        try:
            if moment is not None:
                self.clock.move_to(moment)
            running = self._restored()  # not those that are looked at: what fails half-way changes nothing
            known = len(running)
            act(running)
            trace = self._exchange.route(running)
            passed = [element for instance in running for _, element in instance.passed]
            saved = [instance.dump() for instance in running]
        except BaseException:
            self._exchange.mailbox, self._submissions, self._ends = mailbox, submissions, ends
            if moment is not None:
                self.clock.move_to(before)
            raise
        places = [place for place, done in enumerate(self._done) if not done]
        for place, state in zip(places, saved, strict=False):
            self._saved[place] = state
        self._saved += saved[known:]
        self._done += [False] * (len(running) - known)
        for place, instance in zip(
            [p for p, done in enumerate(self._done) if not done], running, strict=True
        ):
            self._done[place] = instance.completed
            self.error = self.error or instance.error
        self._standing = None
        self.trace += trace
        self.passed += passed
        self._remember_open(running)
        timers = [(due, element) for instance in running for _, element, due in instance.timers()]
        self._due = sorted([*timers, *self._ends.values()])

    def _new(self, process_id: str | None, **how: Any) -> Instance:
        return self.script.definition.start(
            process_id, clock=self.clock, parameters=self.script.parameters, calendar=self.calendar, **how
        )

    def _running(self) -> list[Instance]:
        """To look at, until the next change."""
        if self._standing is None:
            self._standing = self._restored()
        return self._standing

    def _restored(self) -> list[Instance]:
        return [
            self.script.definition.restore(
                state, clock=self.clock, parameters=self.script.parameters, calendar=self.calendar
            )
            for state, done in zip(self._saved, self._done, strict=True)
            if not done
        ]

    # ------------------------------------------------------------ tasks

    def _find(self, running: list[Instance], task_id: str) -> tuple[Instance, OpenTask]:
        for instance in running:
            for task in instance.open_tasks():
                if task.id == task_id:
                    return instance, task
        raise ExecutionError("这一步已经办完或者不再需要办理，请看看现在有哪些待办")

    def _submit(
        self,
        instance: Instance,
        task: OpenTask,
        data: Mapping[str, Any],
        by: str | None,
        action: str | None,
    ) -> dict[str, Any] | None:
        before = self._submissions.get(task.id, [])
        step = self._answering(instance, task)
        submission, result = step.submit(data, by, before, self.clock(), action)
        self._keep(step, task.id, [*before, submission])
        return result

    def _answering(self, instance: Instance, task: OpenTask) -> Answering:
        forms = self.script.forms(task.procedure)
        return Answering(
            task.node,
            instance.context(task.id),
            self.script.parameters,
            forms,
            self.roster,
            self._since.get(task.id, self.clock()),
            self.calendar,
        )

    def _keep(self, step: Answering, task_id: str, said: list[Submission]) -> None:
        self._submissions[task_id] = said
        end = step.ends_at(said, self.calendar)
        if end is None:
            self._ends.pop(task_id, None)
        else:
            self._ends[task_id] = (end, step.node.id)

    def _fire(self, running: list[Instance]) -> None:
        """Everything that is due now: timers of the diagram, and steps that the clock ends."""
        for instance in running:
            instance.fire_due()
        now = self.clock()
        for instance in running:
            for task in [] if instance.completed else instance.open_tasks():
                if task.id in self._ends and self._ends[task.id][0] <= now:
                    self._end(instance, task)

    def _end(self, instance: Instance, task: OpenTask) -> None:
        before = self._submissions.get(task.id, [])
        step = self._answering(instance, task)
        submission, result = step.by_clock(before, self.clock())
        self._keep(step, task.id, [*before, submission])
        self._ends.pop(task.id, None)  # the clock has had its turn, whatever came of it
        if result is not None:
            instance.complete(task.id, result)

    def _task(self, instance: Instance, task: OpenTask) -> Task:
        node: Node = task.node
        return Task(task.id, node.id, node.name, node.lane, node.kind, instance.context(task.id))

    def _remember_open(self, running: list[Instance]) -> None:
        opened = [task.id for instance in running for task in instance.open_tasks()]
        first = max(self._opened.values(), default=-1) + 1
        new = {task: first + place for place, task in enumerate(opened) if task not in self._opened}
        self._opened = {task: self._opened[task] for task in opened if task in self._opened} | new
        self._since = {task: self._since.get(task, self.clock()) for task in self._opened}
        self._submissions = {task: said for task, said in self._submissions.items() if task in self._opened}
        self._ends = {task: end for task, end in self._ends.items() if task in self._opened}

    def _last(self, name: str) -> Any:
        return orjson.loads(self._saved[-1])[name] if self._saved else None
