"""A running process instance."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment
from SpiffWorkflow.task import Task

from engine.clock import Clock
from engine.diagram.model import Node
from engine.durations import Calendar
from engine.execution import climbing, state, timing
from engine.execution.error import ExecutionError
from engine.execution.nodes.boundary import Boundary
from engine.execution.nodes.catching import Catching
from engine.execution.nodes.inclusive import InclusiveGateway
from engine.execution.nodes.listener import Listener
from engine.execution.outgoing import Outgoing
from engine.execution.plain import NotPlain, plain
from engine.execution.scope import InnerScope, ProcessSpec, open_scope, plant, tokens_in
from engine.execution.token import CANCELLED, READY, WAITING, Token, put, put_ready

MAX_STEPS = 10_000  # automatic steps in one operation
MAX_TOKENS = 5_000  # alive at a time


class NoScripts(BasePythonScriptEngineEnvironment):
    """Stock evaluates conditions and scripts with eval and exec. Nothing here asks it to; should anything, it
    is refused.
    """

    def evaluate(self, expression: Any, context: Any, external_context: Any = None) -> Any:
        raise ExecutionError("流程里不能执行脚本")

    def execute(self, script: Any, context: Any, external_context: Any = None) -> Any:
        raise ExecutionError("流程里不能执行脚本")


NO_SCRIPTS = PythonScriptEngine(NoScripts())


@dataclass(frozen=True)
class OpenTask:
    """A task that waits for a person. `procedure` is the key of the called procedure it stands in, if any."""

    id: str
    node: Node
    procedure: str | None = None


class Fired(NamedTuple):
    """An event whose time has come. `rounds` is how many repetitions of a cycle were made one: 1 unless some
    were missed.
    """

    element_id: str
    rounds: int


class Instance(BpmnWorkflow):
    """A process instance, its sub-processes and called processes included, on one set of data.

    Every method that changes something runs all that follows automatically before it returns. Any failure
    raises ExecutionError; the instance is then half-way and must be discarded.

    `outbox`, `trace` (ids of the elements passed, in order), `passed` (elements and flows, with the key of the
    called procedure they belong to) and `outcome` (name of the end event last reached) tell what happened since
    the instance was started or restored.
    """

    def __init__(
        self,
        spec: ProcessSpec,
        specs: Mapping[str, ProcessSpec],
        clock: Clock,
        parameters: Mapping[str, Any],
        calendar: Calendar,
    ) -> None:
        self.clock, self.parameters, self.calendar = clock, parameters, calendar
        self.tokens: dict[str, Token] = {}  # alive in any scope, in the order they came
        self.turn: deque[Token] = deque()
        self.watched: dict[str, Token] = {}  # conditional events and inclusive joins
        self.touched: dict[Any, None] = {}  # scopes a token has left
        self.trace: list[str] = []
        self.passed: list[tuple[str | None, str]] = []
        self.outbox: list[Outgoing] = []
        self.error: str | None = None
        self.outcome: str | None = None
        super().__init__(spec, specs, NO_SCRIPTS, deserializing=True)
        self.task_tree = plant(self)

    # ------------------------------------------------------------ what it shows

    def open_tasks(self) -> list[OpenTask]:
        """In the order they were opened."""
        return [
            OpenTask(token.id, token.task_spec.node, token.task_spec.procedure)
            for token in self.tokens.values()
            if token._state == READY and token.task_spec.manual
        ]

    def context(self, task_id: str) -> dict[str, Any]:
        """All the data that task can see: the instance's, the parameters, and what is local to it."""
        return self.view(self._open(task_id))

    def timers(self) -> list[tuple[str, str, datetime]]:
        """(token id, element id, due) of all that waits for a time."""
        return [
            (token.id, token.task_spec.node.id, due)
            for token in self.tokens.values()
            if (due := timing.due_of(token)) is not None
        ]

    def subscriptions(self) -> list[tuple[str, Literal["message", "signal"], str]]:
        """(token id, "message" or "signal", its name) of all that waits to be told."""
        return [
            (token.id, step.event.kind, step.event.key)  # type: ignore[misc]
            for token in self.tokens.values()
            if token._state == WAITING
            and isinstance(step := token.task_spec, Catching)
            and step.event.kind in ("message", "signal")
        ]

    def positions(self) -> list[str]:
        """The elements a token stands at, armed boundary events and listeners left out."""
        here = (
            token.task_spec.node.id
            for token in self.tokens.values()
            if not (token._state == WAITING and isinstance(token.task_spec, Boundary | Listener))
        )
        return list(dict.fromkeys(here))

    @property
    def stuck(self) -> bool:
        """Not finished, and nobody and nothing can move it any more."""
        return not (self.completed or self.open_tasks() or self.timers() or self.subscriptions())

    def dump(self) -> bytes:
        """The state, to be restored with `Definition.restore`."""
        return state.dump(self)

    # ------------------------------------------------------------ what happens to it

    def begin(self, data: Mapping[str, Any], by_event: str | None, payload: Mapping[str, Any]) -> None:
        """Start: at the given start event, which has happened; else at the plain one; else wait at the
        others.
        """
        self.data = self._accepted(data)
        spec: ProcessSpec = self.spec
        if by_event is not None:
            for listener in spec.listeners:
                put(self.task_tree, listener)
            start = spec.task_specs.get(by_event)
            if not isinstance(start, Catching) or start.node.tag != "startEvent":
                raise ExecutionError(f"流程里没有编号为“{by_event}”的带触发的开始事件")
            self.data.update(self._accepted(start.accepts(dict(payload))))
            put_ready(self.task_tree, start)
        else:
            open_scope(self)
        self.settle()

    def complete(self, task_id: str, result: Mapping[str, Any]) -> None:
        """The person is done. The result of a step with a kind stands under the step's key, others are
        merged.
        """
        token = self._open(task_id)
        node = token.task_spec.node
        try:
            self.write(token, self._accepted({node.key: result} if node.kind else result))
        except ExecutionError as error:
            raise ExecutionError(str(error), node.id, node.label) from error
        token.run()
        self.settle()

    def throw_error(self, task_id: str, code: str) -> None:
        """The task ends with a BPMN error. One that nobody catches ends the instance, too, with `error`."""
        climbing.error(self._open(task_id), code, at_task=True)
        self.settle()

    def deliver(
        self, kind: Literal["message", "signal"], name: str, payload: Mapping[str, Any] | None = None
    ) -> int:
        """A message reaches the first that waits for it, a signal all. Returns how many it has reached."""
        count = self._deliver(kind, name, payload or {})
        self.settle()
        return count

    def fire_due(self) -> list[Fired]:
        """All whose time has come by the clock happens, earliest first."""
        now = self.clock()
        due = [(moment, token) for token in self.tokens.values() if (moment := timing.due_of(token))]
        due = sorted((pair for pair in due if pair[0] <= now), key=lambda pair: pair[0])
        fired = []
        for _, token in due:
            if token._state == WAITING:
                fired.append(Fired(token.task_spec.node.id, token.task_spec.fire(token)))
        self.settle()
        return fired

    def fire(self, token_id: str) -> None:
        """What waits for a time happens now, whatever the clock says, and nothing else that waits for one."""
        token = self.tokens.get(token_id)
        if token is None or token._state != WAITING or timing.due_of(token) is None:
            raise ExecutionError("这里没有在等的时间")
        token.task_spec.fire(token)
        self.settle()

    def reschedule(self) -> bool:
        """Reckon due times in working days again by a changed calendar. Returns whether any has moved."""
        moved = [token for token in self.tokens.values() if timing.reschedule(token)]
        return bool(moved)

    # ------------------------------------------------------------ data

    def view(self, token: Token | None, extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What a token sees: outermost first the data, the parameters, and what is local to the instances
        around it.
        """
        local = [around.memory["local"] for around in self._around(token) if "local" in around.memory]
        context = {**self.data, **self.parameters}
        for names in reversed(local):
            context.update(names)
        context.update(extra or {})
        return context

    def write(self, token: Token, values: Mapping[str, Any]) -> None:
        """Each value goes to the innermost multi-instance around the token that keeps its name, else to the
        data.
        """
        for name, value in values.items():
            for around in self._around(token):
                if "local" in around.memory and name in around.parent.task_spec.local_names:
                    around.memory["local"][name] = value
                    break
            else:
                self.data[name] = value

    def _around(self, token: Token | None) -> Iterator[Token]:
        while token is not None:
            yield token
            token = self.host(token.workflow)

    def _accepted(self, values: Mapping[str, Any]) -> dict[str, Any]:
        try:
            accepted = plain(values)
        except NotPlain as error:
            raise ExecutionError(str(error)) from error
        for name in accepted:
            if name in self.parameters:
                raise ExecutionError(f"“{name}”是这个程序的参数，办理时不能改。请给这一项换个名称")
        return accepted

    # ------------------------------------------------------------ running

    def settle(self) -> None:
        """Run all that runs by itself. Raises ExecutionError where that does not end."""
        steps = 0
        while True:
            while self.turn:
                token = self.turn.popleft()
                if token._state != READY:
                    continue
                steps += 1
                if steps > MAX_STEPS:
                    node = token.task_spec.node
                    raise ExecutionError(
                        f"自动步骤一口气走了 {MAX_STEPS} 步还没有停，像是在转圈。请检查循环条件",
                        node.id,
                        node.label,
                    )
                token.run()
            if not (self._conditions() or self._joins() or self._close_scopes()):
                return

    def _conditions(self) -> bool:
        happened = False
        for token in list(self.watched.values()):
            if not token.alive:
                del self.watched[token.id]
            elif token._state == WAITING and isinstance(token.task_spec, Catching):
                happened |= token.task_spec.check_condition(token)
        return happened

    def _joins(self) -> bool:
        """Inclusive joins: each is asked once for all the tokens that wait at it in the same scope."""
        joined, asked = False, set()
        for token in list(self.watched.values()):
            step = token.task_spec
            if token._state == WAITING and isinstance(step, InclusiveGateway):
                place = (id(token.workflow), step.name)
                if place not in asked:
                    asked.add(place)
                    joined |= step.try_join(token)
        return joined

    def _close_scopes(self) -> bool:
        """A scope in which only listeners are left is complete, and the activity around it goes on."""
        for workflow in sorted(self.touched, key=lambda scope: -int(scope.depth)):
            del self.touched[workflow]
            if workflow.completed or any(not isinstance(t.task_spec, Listener) for t in tokens_in(workflow)):
                continue
            workflow.completed = True
            self.empty(workflow)
            host = self.host(workflow)
            if host is not None:
                del self.subprocesses[host.id]
                host.ready()
                return True
        return False

    def host(self, workflow: Any) -> Token | None:
        """The token that waits for a scope; None around the instance itself."""
        return self.tokens.get(workflow.parent_task_id) if workflow is not self else None

    def empty(self, workflow: Any) -> None:
        """Take every token out of a scope."""
        self.touched[workflow] = None
        for token in tokens_in(workflow):
            token.cancel()

    def count_tokens(self) -> None:
        if len(self.tokens) > MAX_TOKENS:
            raise ExecutionError(f"同时进行的步骤超过 {MAX_TOKENS} 个。请检查循环，或者分批办理")

    # ------------------------------------------------------------ events

    def throw_signal(self, name: str) -> None:
        """At once to all in this instance, then to the outside."""
        self.outbox.append(Outgoing("signal", name))
        self._deliver("signal", name, {})

    def _deliver(self, kind: str, name: str, payload: Mapping[str, Any]) -> int:
        """To those that wait now: one that is cancelled by another is not reached."""
        count = 0
        for token in list(self.tokens.values()):
            step = token.task_spec
            if token._state != WAITING or not isinstance(step, Catching):
                continue
            if step.event.kind != kind or step.event.key != name:
                continue
            self.write(token, self._accepted(step.accepts(dict(payload))))
            step.fire(token)
            count += 1
            if kind == "message":
                break
        return count

    # ------------------------------------------------------------ SpiffWorkflow's extension points

    def create_subprocess(self, my_task: Token, spec_name: str) -> InnerScope:
        scope = InnerScope(self.subprocess_specs[spec_name], my_task.id, self)
        self.subprocesses[my_task.id] = scope
        self.touched[scope] = None
        open_scope(scope)
        return scope

    def get_task_from_id(self, task_id: str) -> Token | None:
        return self.tokens.get(task_id)

    def _task_removed_notify(self, task: Task) -> None:
        self.forget(task)

    def forget(self, token: Token) -> None:
        """A token has left the tree, and with it the scope it waited for."""
        self.tokens.pop(token.id, None)
        if token.alive:
            token._set_state(CANCELLED)
        self.touched[token.workflow] = None
        scope = self.subprocesses.pop(token.id, None)
        if scope is not None:
            scope.completed = True
            self.empty(scope)

    def _open(self, task_id: str) -> Token:
        token = self.tokens.get(task_id)
        if token is None or token._state != READY or not token.task_spec.manual:
            raise ExecutionError("这一步已经办完或者不再需要办理，请刷新后再看")
        return token
