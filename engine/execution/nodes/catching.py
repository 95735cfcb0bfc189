"""Nodes that wait for something to happen: a message, a signal, a time, a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.diagram.model import Event, Node
from engine.execution import timing
from engine.execution.nodes.step import Step
from engine.execution.scope import tokens_in
from engine.execution.token import Token, put_ready
from engine.expressions import ExpressionError, UnknownName
from engine.timers import TimerError

if TYPE_CHECKING:
    from engine.execution.scope import ProcessSpec


class Catching(Step):
    """Intermediate catching events, receive tasks that name a message, and start events with a trigger.

    Stock keeps catching events in a manager that is fed from predicted tasks, and reads the clock in six
    places; here the token itself holds what it waits for, and its due time, which comes from the instance's
    clock.
    """

    event: Event
    repeats = False  # a message, signal, escalation or condition may come again, as long as the host runs

    def __init__(self, process: ProcessSpec, node: Node, name: str | None = None) -> None:
        super().__init__(process, node, name)
        assert node.event is not None
        self.event = node.event

    def enter(self, token: Token) -> bool:
        token.waits()
        if self.event.kind == "timer":
            try:
                timing.arm(token)
            except TimerError as error:
                raise self.failure(str(error)) from error
        elif self.event.kind == "conditional":
            token.instance.watched[token.id] = token
        return False

    def fire(self, token: Token) -> int:
        """It has happened. While it may happen again, it keeps waiting and a new token goes on. Returns how
        many repetitions of a cycle this stands for (1 but after a downtime).
        """
        rounds, again = self.again(token)
        if again and "gate" not in token.memory:
            put_ready(token.root, self)
            return rounds
        gate = token.memory.get("gate")
        if gate is not None:
            for other in tokens_in(token.workflow):
                if other is not token and other.memory.get("gate") == gate:
                    other.cancel()
        token.ready()
        return rounds

    def again(self, token: Token) -> tuple[int, bool]:
        """How many repetitions have come due, and whether the same event may happen again; if so, it is armed
        for it.
        """
        if self.event.kind != "timer":
            return 1, self.repeats
        try:
            return timing.pass_round(token)
        except TimerError as error:
            raise self.failure(str(error)) from error

    def check_condition(self, token: Token) -> bool:
        """A conditional event happens when its condition becomes true. A name nobody has set yet means: not
        yet.
        """
        assert self.event.condition is not None
        try:
            value = bool(self.event.condition.evaluate(token.instance.view(token)))
        except UnknownName:
            value = False
        except ExpressionError as error:
            raise self.failure(str(error)) from error
        before = token.memory.pop("was", False)
        if value:
            token.memory["was"] = True
        if value and not before:
            self.fire(token)
            return True
        return False

    def accepts(self, payload: dict[str, Any]) -> dict[str, Any]:
        """What of a payload gets in: the names declared here, or all its sender declared where none are."""
        if not self.event.payload:
            return payload
        return {name: payload[name] for name in self.event.payload if name in payload}
