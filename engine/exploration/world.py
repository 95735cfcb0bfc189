"""Where a matter stands: the running instances of a file and what they have said to each other; and what can happen
next, done with the real engine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from engine.clock import VirtualClock
from engine.execution.exchange import Exchange, taken_up
from engine.execution.instance import Instance
from engine.execution.nodes.catching import Catching
from engine.execution.nodes.listener import Listener
from engine.execution.nodes.loop import Loop
from engine.execution.nodes.step import Step
from engine.execution.outgoing import Outgoing
from engine.execution.script import Script
from engine.execution.token import STARTED, WAITING, Token
from engine.exploration.answers import Answer, Answers
from engine.exploration.reading import Paths, Reading
from engine.timers import Timer, TimerError
from engine.working_days import WEEKDAYS_ONLY

BEGINS = datetime(
    2026, 3, 2, 1, tzinfo=UTC
)  # a Monday morning; no way depends on it but dates written in full
AT_ONCE = 2  # tokens at one element at the same time; items of a list not counted; 1 of an event sub-process
INSTANCES = 4  # of the processes of a file at the same time
ANY_ERROR = "出错"  # thrown where a boundary event catches every error

Kind = Literal["start", "complete", "error", "time", "message", "signal"]


@dataclass(frozen=True)
class Passage:
    """One thing that happens on a way. `shown` are the answers that make a difference; `brought` all that is handed in,
    or comes with a message, or how long it takes until the time comes (`wait`): what it takes to do it again.
    """

    kind: Kind
    element: str | None
    name: str
    shown: Mapping[str, Any] = field(default_factory=dict)
    brought: Mapping[str, Any] = field(default_factory=dict, compare=False)
    procedure: str | None = None  # the called one it happens in
    passed: tuple[str, ...] = field(
        default=(), compare=False
    )  # elements of the diagram itself, on the way from here


@dataclass(frozen=True)
class Move:
    """A passage with what it takes to do it: in which instance, on which token, with what."""

    passage: Passage
    place: int = 0
    token: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Saved:
    """A world at rest. `ending` is the end event its first instance has reached last, "" while it has reached none;
    `over` tells that this instance has ended.
    """

    states: tuple[bytes, ...]
    mailbox: tuple[Outgoing, ...] = ()
    ending: str = ""
    error: str | None = None
    over: bool = False

    @property
    def finished(self) -> bool:
        return not self.states


class World:
    """Makes, moves and reads worlds. The clock stands still: a time that comes is a move like any other, so that
    people may be as quick or slow as they like.
    """

    def __init__(self, script: Script, reading: Reading, answers: Answers) -> None:
        self.script, self.reading, self.answers = script, reading, answers
        self.definition = script.definition
        self.clock = VirtualClock(BEGINS)
        self._taken_up = taken_up(script.definition)
        self._still_read: dict[Any, Paths] = {}  # by the steps at which tokens stand

    # ------------------------------------------------------------ beginnings

    def beginnings(self) -> Iterator[Move]:
        """Every way a matter of this file can begin: each process nobody in the file calls, at each of its starts."""
        processes = self.definition.diagram.processes
        called = {node.called for node in self.definition.diagram.walk() if node.called}
        for process in processes.values():
            if process.id in called and process.id != next(iter(processes)):
                continue
            starts = [node for node in process.nodes.values() if node.tag == "startEvent"]
            plain = [node for node in starts if node.event is None]
            first = plain[0] if plain else None
            spec = self.definition.specs[process.id]
            heads = {path[0] for path in self.reading.at_start(spec, self._inputs())}
            for answer in self.answers.brought(heads, "开始时的数据"):
                label = first.label if first else process.id
                shown = Passage(
                    "start", first.id if first else None, label, answer.shown, {"data": answer.result}
                )
                yield Move(shown, token=process.id, result=answer.result)
            for node in starts if plain else []:
                if node.event is not None and node.event.kind in ("message", "signal"):
                    for answer in self._payload(str(node.event.kind), str(node.event.key)):
                        brought = {"event": node.event.kind, "name": node.event.key, "data": answer.result}
                        shown = Passage("start", node.id, node.label, answer.shown, brought)
                        yield Move(shown, place=-1, token=process.id, result=answer.result)

    def begin(self, move: Move) -> tuple[Saved, list[Instance], set[tuple[str | None, str]]]:
        """As `apply`, for a way to begin: what comes of it, and what is passed, of those that end at once too."""
        if move.place == -1:
            instance = self._new(move.token, by_event=move.passage.element, payload=move.result)
        else:
            instance = self._new(move.token, data=move.result)
        running = [instance]
        after, left = self._rest(running, Exchange(self.definition, self._new), Saved(()))
        return after, left, {one for each in running for one in each.passed}

    # ------------------------------------------------------------ moves

    def moves(self, running: list[Instance]) -> Iterator[Move]:
        """Everything that can happen next."""
        for place, instance in enumerate(running):
            for task in instance.open_tasks():
                yield from self._of_task(running, place, instance.tokens[task.id])
            for token in self.timers_that_may_come(instance):
                yield Move(self._time(token), place, token.id)
        heard = dict.fromkeys((kind, name) for one in running for _, kind, name in one.subscriptions())
        for kind, name in heard:
            for answer in self._payload(kind, name):
                sort: Kind = "message" if kind == "message" else "signal"
                passage = Passage(sort, None, name, answer.shown, answer.result)
                yield Move(passage, result=answer.result)

    def _of_task(self, running: list[Instance], place: int, token: Token) -> Iterator[Move]:
        step: Step = token.task_spec
        read = self.reading.after(step) | self.still_read(running, token)
        for answer in self.answers.of(step, read, token.instance.view(token)):
            node, called = step.node, step.procedure
            passage = Passage("complete", node.id, node.label, answer.shown, answer.result, called)
            yield Move(passage, place, token.id, answer.result)
        host = token.parent if isinstance(getattr(token.parent, "task_spec", None), Loop) else token
        for boundary in (*host.children, *token.children):
            caught = boundary.task_spec
            if isinstance(caught, Catching) and caught.event.kind == "error" and boundary._state == WAITING:
                code = (caught.event.key or ANY_ERROR).removeprefix("#")
                shown, node = {"错误": caught.event.label or code}, step.node
                passage = Passage("error", node.id, node.label, shown, {"code": code}, step.procedure)
                yield Move(passage, place, token.id, {"code": code})

    def _time(self, token: Token) -> Passage:
        step: Step = token.task_spec
        brought = {"wait": _length(self.timer(token))}
        return Passage("time", step.node.id, step.node.label, {}, brought, step.procedure)

    def apply(self, saved: Saved, move: Move) -> tuple[Saved, list[Instance], set[tuple[str | None, str]]]:
        """What comes of it, and the elements and flows passed. Raises ExecutionError; then nothing has happened."""
        running = self.restore(saved)
        exchange = Exchange(self.definition, self._new, saved.mailbox)
        here, passage = running[move.place], move.passage
        if passage.kind == "complete":
            here.complete(move.token, move.result)
        elif passage.kind == "error":
            here.throw_error(move.token, str(move.result["code"]))
        elif passage.kind == "time":
            here.fire(move.token)
        elif passage.kind == "message":
            exchange.mailbox.append(Outgoing("message", passage.name, dict(move.result)))
        else:
            exchange.broadcast(running, passage.name)
        after, left = self._rest(running, exchange, saved)
        return after, left, {one for instance in running for one in instance.passed}

    def restore(self, saved: Saved) -> list[Instance]:
        return [
            self.definition.restore(
                state, clock=self.clock, parameters=self.script.parameters, calendar=WEEKDAYS_ONLY
            )
            for state in saved.states
        ]

    # ------------------------------------------------------------ what is there

    def still_read(self, running: list[Instance], without: Token | None = None) -> Paths:
        """What conditions can still read, wherever tokens stand."""
        steps = {
            (token.task_spec, token._state == STARTED)
            for one in running
            for token in one.tokens.values()
            if token is not without
        }
        known = self._still_read.get(frozenset(steps))
        if known is None:
            found = [self.reading.during(s) if started else self.reading.before(s) for s, started in steps]
            known = self._still_read[frozenset(steps)] = frozenset[Any]().union(*found)
        return known

    def timers_that_may_come(self, instance: Instance) -> list[Token]:
        """All that wait for a time. Of those at one step or one event gateway, which began together, only the one
        that comes first: the others would always be too late.
        """
        waiting = [t for t in instance.tokens.values() if t._state == WAITING and "due" in t.memory]
        return [
            token
            for place, token in enumerate(waiting)
            if not any(
                _together(token, before) and _always_first(self.timer(before), self.timer(token))
                for before in waiting[:place]
            )
            and not any(
                _together(token, after) and _strictly_first(self.timer(after), self.timer(token))
                for after in waiting[place + 1 :]
            )
        ]

    def too_many(self, saved: Saved, running: list[Instance]) -> str | None:
        """What there is more of at the same time than is followed; None while all is within bounds."""
        if len(running) > INSTANCES:
            return f"同时在办的流程多于 {INSTANCES} 个"
        for message, many in Counter(message.name for message in saved.mailbox).items():
            if many > AT_ONCE:
                return f"没有人收的消息“{message}”多于 {AT_ONCE} 条"
        count: dict[tuple[Any, Step, str | None], int] = {}
        for token in (token for instance in running for token in instance.tokens.values()):
            if "index" in token.memory or (token._state == WAITING and isinstance(token.parent, Token)):
                continue
            place = (token.workflow, token.task_spec, token.memory.get("via"))  # at a join those of each flow
            count[place] = count.get(place, 0) + 1
            node = token.task_spec.node
            most = 1 if node.is_event_subprocess else AT_ONCE
            if count[place] > most and not isinstance(token.task_spec, Listener):
                return f"“{node.label}”同时多于 {most} 份"
        return None

    def timer(self, token: Token) -> Timer | None:
        event = token.task_spec.node.event
        try:
            return event.timer.resolve(self.script.parameters) if event is not None and event.timer else None
        except TimerError:
            return None

    # ------------------------------------------------------------ making

    def _payload(self, kind: str, name: str) -> list[Answer]:
        return self.answers.of_message(name) if kind == "message" else [Answer({}, {})]

    def _inputs(self) -> tuple[str, ...]:
        procedure = self.script.procedures.get(None)
        return procedure.inputs if procedure is not None else ()

    def _new(self, process_id: str | None, **how: Any) -> Instance:
        return self.definition.start(
            process_id, clock=self.clock, parameters=self.script.parameters, calendar=WEEKDAYS_ONLY, **how
        )

    def _rest(
        self, running: list[Instance], exchange: Exchange, before: Saved
    ) -> tuple[Saved, list[Instance]]:
        exchange.route(running)
        kept = tuple(message for message in exchange.mailbox if message.name in self._taken_up)
        left = [instance for instance in running if not instance.completed]
        states = tuple(one.dump() for one in left)
        if before.over:
            return Saved(states, kept, before.ending, before.error, True), left
        first = running[0]
        return Saved(states, kept, _ending(first) or before.ending, first.error, first.completed), left


def _ending(instance: Instance) -> str:
    """The end event of its process that an instance has passed last; "" where it ended at none."""
    scope, name = instance.spec.scope, instance.outcome
    ends = {
        n.id for n in scope.walk() if n.tag == "endEvent" and (n.scope is scope or (name and n.name == name))
    }
    passed = [id for procedure, id in instance.passed if id in ends and procedure == instance.spec.procedure]
    return passed[-1] if passed else ""


def _length(timer: Timer | None) -> str:
    """How long somebody has to wait for it at most, as a scenario writes it; "" where nobody can tell."""
    if timer is None:
        return ""
    if timer.moment is not None:
        return f"PT{max(0, int((timer.moment - BEGINS).total_seconds()))}S"
    return timer.text.strip("\"'“”‘’ ").rpartition("/")[2]


def _together(one: Token, other: Token) -> bool:
    """Whether two began to wait in the same moment: on the edge of one step, or behind one event gateway."""
    if "gate" in one.memory or "gate" in other.memory:
        return one.memory.get("gate") == other.memory.get("gate")
    return isinstance(one.parent, Token) and one.parent is other.parent


def _always_first(one: Timer | None, other: Timer | None) -> bool:
    """Whether a timer comes no later than another that began with it."""
    if one is None or other is None or one.kind != other.kind or one.kind == "cycle":
        return False
    if one.moment is not None and other.moment is not None:
        return one.moment <= other.moment
    a, b = one.duration, other.duration
    return a.months <= b.months and a.delta <= b.delta and a.working_days <= b.working_days


def _strictly_first(one: Timer | None, other: Timer | None) -> bool:
    return _always_first(one, other) and not _always_first(other, one)
