"""A scenario on the stage: a rehearsal with its cast, step by step, compared with what is written."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from engine import forms as form_rules
from engine.clock import VirtualClock
from engine.diagram.model import Node
from engine.diagram.parameter import Parameter
from engine.durations import SHANGHAI
from engine.execution import ExecutionError, Rehearsal, Roster, Task
from engine.execution.people import numbered
from engine.execution.script import Script
from engine.people.designations import designations
from engine.scenarios.files import files
from engine.scenarios.households import at_home
from engine.scenarios.report import Line, day_and_time
from engine.scenarios.settling import Wish, counted, settled
from engine.scenarios.telling import listed, shown, told
from engine.scenarios.written import UNTIL_DUE, Expectation, Scenario, Step
from engine.steps.due import due
from engine.steps.kind import DOERS, SettingError
from engine.timers import TimerError, parse_timer
from engine.working_days import deadline

Source = Path | Mapping[str, bytes]
CLERK = "文书"
HOURS = re.compile(r"^(\d+)h$")


class Unmet(Exception):
    """Something went otherwise than the scenario says. The message is Chinese."""


class Stage:
    """A rehearsal with its cast, and the deadline of every task that is open."""

    def __init__(self, source: Source | Script, scenario: Scenario, until: float | None = None) -> None:
        """`until`: when patience ends, on the monotonic clock."""
        self.scenario, self.until = scenario, until
        self.clock = VirtualClock(scenario.begins)
        self.roster = cast(scenario.roster, scenario.households)
        script = source if isinstance(source, Script) else Script.load(source, {})
        self.rehearsal = Rehearsal(
            script.given(scenario.parameters), self.clock, scenario.calendar, self.roster
        )
        procedures = self.rehearsal.script.procedures.values()
        _check_parameters(scenario.parameters, self.rehearsal.script.known_parameters)
        self.nodes: dict[str, Node] = {n.id: n for one in procedures for n in one.diagram.walk()}
        self._due: dict[str, datetime | None] = {}
        self.rehearsal.start(data=scenario.data)
        self._note_opened()

    # ------------------------------------------------------------ one step

    def play(self, step: Step) -> Line:
        """Do it, and compare what stands open then with what the scenario says."""
        line = Line(day_and_time(self.clock()), told(step))
        before = {task.id for task in self.rehearsal.open_tasks()}
        try:
            self._check_patience()
            self._attempt(step, line)
        except (ExecutionError, TimerError, Unmet) as error:
            line.faults.append(str(error))
            line.stops = True
            return line
        if step.wait:
            line.notes.append(f"到了 {day_and_time(self.clock())}")
        for task in self.rehearsal.open_tasks():
            if task.id not in before:
                line.notes.append(self._told_opened(task))
        line.faults += self._compare("打开着的待办", step.then, self._open_names())
        late = self._overdue_names()
        line.faults += self._compare("逾期、要提醒的", step.overdue, late)
        if late and step.wait:
            line.notes.append(f"已逾期、已提醒：{'、'.join(late)}")
        return line

    def _attempt(self, step: Step, line: Line) -> None:
        """Raises what goes wrong, or Unmet when something went through that must be refused."""
        if step.wait == UNTIL_DUE:
            self._wait_until_due()
        elif step.wait:
            self._wait(step.wait)
        elif step.message:
            self.rehearsal.send(step.message, step.data)
        elif step.signal:
            self.rehearsal.signal(step.signal)
        elif step.refused is None:
            self._do(step)
        else:
            try:
                self._do(step)
            except ExecutionError as error:
                if step.refused not in str(error):
                    raise Unmet(f"应当因为“{step.refused}”不让办，实际的提示是：{error}") from error
                line.notes.append(f"不让办：{error}")
            else:
                raise Unmet(f"应当不让{step.by or ''}办“{step.does}”，实际办成了")
        self._note_opened()

    def _do(self, step: Step) -> None:
        clerks = [self.roster.name(number) for number in self.roster.holders(CLERK)]
        if step.entered_by is not None and step.entered_by not in clerks:
            raise ExecutionError(f"{step.entered_by}不是{CLERK}，不能替别人录入")
        tasks = [task for task in self.rehearsal.open_tasks() if step.does in self.names_of(task)]
        if not tasks:
            raise ExecutionError(f"现在没有“{step.does}”可办。打开着的是：{listed(self._open_names())}")
        if step.error is not None:
            self.rehearsal.throw_error(tasks[0].id, step.error)
        elif step.result is not None:
            self.rehearsal.settle(tasks[0].id, self.settled(tasks[0], step.result, step.by))
        else:
            for person in (step.by, *step.others):
                self._complete(tasks, person, step)

    def settled(self, task: Task, said: Mapping[str, Any], by: str | None = None) -> Mapping[str, Any]:
        """The whole result of which `said` is a part; of a task without a kind just what is said.

        Raises ExecutionError where it cannot come to that.
        """
        if not task.kind:
            return said
        step = self.rehearsal.answering(task.id)
        doer = self.roster.number(by) if by is not None else None
        schema = step.form()
        known = numbered(schema, counted(schema, said), self.roster)
        wish = Wish(known, self.clock(), doer, self.scenario.calendar)
        found = settled(step, wish)
        if found is None:
            step.require_possible(said)
            label = self.nodes[task.element_id].label
            raise ExecutionError(
                f"按现在的人员和设置，“{label}”得不出“{wish.outcome}”", task.element_id, label
            )
        return found

    def _complete(self, tasks: Sequence[Task], person: str | None, step: Step) -> None:
        if step.entered_by is not None and not self.rehearsal.may_be_entered(tasks[0].id, step.action):
            raise ExecutionError(f"“{step.action or step.does}”不能由文书代录，请本人来办")
        for place, task in enumerate(tasks):
            try:
                self.rehearsal.complete(task.id, self._filled(task, step), by=person, action=step.action)
                return
            except ExecutionError:  # of several instances of one step, the next may be this person's
                if place == len(tasks) - 1:
                    raise

    def _wait(self, text: str) -> None:
        """Let time pass, stopping where something falls due: a task opened on the way counts from there."""
        end = parse_timer("duration", HOURS.sub(r"PT\1H", text)).first_due(
            self.clock(), self.scenario.calendar
        )
        while (due := self.rehearsal.due) and due[0][0] <= end:
            self._check_patience()
            self._advance_to(max(due[0][0], self.clock()))
            self._note_opened()
        self._advance_to(end)

    def _wait_until_due(self) -> None:
        """To the next thing that falls due: a timer, the end of a notice, or somebody's deadline."""
        moment = next((moment for moment, _ in self.falling_due()), None)
        if moment is None:
            raise ExecutionError("现在没有在等的时间，也没有要到期的待办")
        self._advance_to(max(moment, self.clock()))
        self._note_opened()

    def falling_due(self) -> list[tuple[datetime, str]]:
        """What falls due from now on, soonest first, with the element's name: what the clock does before deadlines."""
        clock = [(moment, self.nodes[element].label) for moment, element in self.rehearsal.due]
        ends = self.rehearsal.ends
        late = [
            (due, f"{self._label(task)}（办理时限）")
            for task in self.rehearsal.open_tasks()
            if task.id not in ends and (due := self._due.get(task.id)) is not None and due > self.clock()
        ]
        return sorted([*clock, *late], key=lambda pair: pair[0])

    def due_of(self, task: Task) -> datetime | None:
        """By when the task is to be done, or is ended by the clock."""
        return self._due.get(task.id)

    def _check_patience(self) -> None:
        """A draft may ask for any number of repetitions; a page does not wait for ever."""
        if self.until is not None and time.monotonic() > self.until:
            raise ExecutionError(
                "推演用的时间太长，已经停下。请看看流程是不是在转圈，定时是不是重复得太密，或者少走几步"
            )

    def _advance_to(self, moment: datetime) -> None:
        self.rehearsal.advance((moment - self.clock()) / timedelta(seconds=1))

    # ------------------------------------------------------------ tasks

    def _note_opened(self) -> None:
        """Fix the deadline of every task that has just opened; one the clock will act on is not overdue before."""
        known = self._due | self.rehearsal.ends
        self._due = {
            task.id: known[task.id] if task.id in known else self._deadline(task)
            for task in self.rehearsal.open_tasks()
        }

    def _deadline(self, task: Task) -> datetime | None:
        node = self.nodes[task.element_id]
        try:
            text = due(node, self.rehearsal.script.parameters, task.data)
            return deadline(self.clock(), text, self.scenario.calendar) if text else None
        except (SettingError, TimerError) as error:
            raise ExecutionError(f"“{node.label}”的办理时限写错了：{error}", node.id, node.label) from error

    def names_of(self, task: Task) -> set[str]:
        return {task.element_id, self._label(task), self.nodes[task.element_id].key}

    def _label(self, task: Task) -> str:
        return task.name or task.element_id

    def _open_names(self) -> list[str]:
        return [self._label(task) for task in self.rehearsal.open_tasks()]

    def _overdue_names(self) -> list[str]:
        now = self.clock()
        late = {task for task, due in self._due.items() if due is not None and due <= now}
        return [self._label(task) for task in self.rehearsal.open_tasks() if task.id in late]

    def _filled(self, task: Task, step: Step) -> dict[str, Any]:
        """The data as a form hands it in: a designer writes plain file names, and options as the form shows them."""
        return self.as_handed_in(self.rehearsal.form(task.id, step.action), step.data)

    def as_handed_in(self, schema: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
        """The same, of any form."""
        return dict(_handed_in(schema, data))

    # ------------------------------------------------------------ telling

    def _told_opened(self, task: Task) -> str:
        due = self._due.get(task.id)
        last_day = due.astimezone(SHANGHAI) - timedelta(microseconds=1) if due else None
        until = f"，{last_day.month} 月 {last_day.day} 日以前办" if last_day else ""
        return f"待办：{self._label(task)}（{task.lane or '没有写由谁办'}{until}）"

    # ------------------------------------------------------------ comparing

    def _compare(self, what: str, expected: Sequence[str] | None, actual: Sequence[str]) -> list[str]:
        if expected is None or sorted(expected) == sorted(actual):
            return []
        return [f"{what}应当是：{listed(expected)}；实际是：{listed(actual)}"]

    def differences(self) -> Iterator[str]:
        """What came of it otherwise than the scenario says."""
        expect, rehearsal = self.scenario.expect, self.rehearsal
        if expect.outcome is not None and not rehearsal.finished:
            yield f"应当以“{expect.outcome}”结束，实际还没有结束，打开着的是：{listed(self._open_names())}"
        elif expect.outcome is not None and rehearsal.outcome != expect.outcome:
            yield f"应当以“{expect.outcome}”结束，实际是“{rehearsal.outcome}”"
        way = [self.nodes[element] for element in rehearsal.trace if element in self.nodes]
        passed = [{node.id, node.label} for node in way]
        missing = _first_missing(expect.path, passed)
        if missing is not None:
            went = " → ".join(node.label for node in way)
            yield f"应当依次经过：{' → '.join(expect.path)}；走到“{missing}”就对不上了。实际走的是：{went}"
        for name in expect.not_passed:
            if any(name in names for names in passed):
                yield f"不应当经过“{name}”，实际经过了"
        yield from self._data_differences(expect)

    def _data_differences(self, expect: Expectation) -> Iterator[str]:
        for path, wanted in expect.data.items():
            found = _look_up(self.rehearsal.data, path)
            if found != wanted:
                yield f"“{path}”应当是 {shown(wanted)}，实际是 {shown(found)}"
        for key, names in expect.done_by.items():
            people = _look_up(self.rehearsal.data, f"{key}.{DOERS}") or []
            doers = [self.roster.name(number) for number in people]
            if doers != list(names):
                yield f"“{key}”应当由{listed(names)}办，实际是{listed(doers)}"


def _check_parameters(values: Mapping[str, Any], parameters: Mapping[str, Parameter]) -> None:
    """A scenario chooses within the bounds that bind a township. Raises ExecutionError."""
    for name, value in values.items():
        wrong = parameters[name].problem(value)
        if wrong is not None:
            raise ExecutionError(f"参数“{name}”不能设为 {shown(value)}：{wrong}")


def cast(roster: Mapping[str, Sequence[str]], households: Mapping[str, int | str] | None = None) -> Roster:
    """The roster turned round: each person with the posts held, the groups derived from them, and the households."""
    known, held = designations(), dict[str, list[str]]()
    for post, people in roster.items():
        for person in people:
            held.setdefault(person, []).extend([post, *sorted(known.groups(post))])
    homes, total = at_home(roster, households or {})
    return Roster(held, homes, total)


def _handed_in(schema: Mapping[str, Any], data: Mapping[str, Any]) -> Mapping[str, Any]:
    """File names in the fields for files stand for uploaded files, labels of options for their values; also in
    lists.
    """
    found = dict(data)
    for part in form_rules.fields(schema):
        key, kind = form_rules.key_of(part), part.get("type")
        if key not in found:
            continue
        if kind == "filepicker":
            found[key] = files(found[key])
        elif kind in ("radio", "select"):
            found[key] = chosen(part, found[key])
        elif kind in ("checklist", "taglist") and isinstance(found[key], list):
            found[key] = [chosen(part, one) for one in found[key]]
        elif kind == "dynamiclist" and isinstance(found[key], list):
            found[key] = [_handed_in(part, row) if isinstance(row, Mapping) else row for row in found[key]]
    return found


def chosen(component: Mapping[str, Any], value: Any) -> Any:
    """The value of the option with this label, what stands in brackets left out (`纸质票`); else as it is."""
    options = [(str(option.get("label")), option.get("value")) for option in component.get("values") or []]
    exact = [chosen for label, chosen in options if value == label]
    return next(iter(exact or [chosen for label, chosen in options if value == label.split("（")[0]]), value)


def _first_missing(path: Sequence[str], passed: Sequence[set[str]]) -> str | None:
    """The first name of `path` that does not follow in order; None when all do."""
    rest = iter(passed)
    return next((name for name in path if not any(name in names for names in rest)), None)


def _look_up(data: Any, path: str) -> Any:
    for name in path.split("."):
        data = data.get(name) if isinstance(data, Mapping) else None
    return data
