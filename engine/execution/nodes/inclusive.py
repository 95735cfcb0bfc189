"""Inclusive gateway: takes what can still come, sends a token along every flow whose condition holds."""

from __future__ import annotations

from collections.abc import Mapping

from engine.execution.nodes.boundary import Boundary
from engine.execution.nodes.listener import Listener
from engine.execution.nodes.parallel import ParallelGateway
from engine.execution.nodes.step import Step, Way
from engine.execution.scope import tokens_in
from engine.execution.token import WAITING, Token


class InclusiveGateway(ParallelGateway):
    """The join waits while any token can still reach an empty incoming flow without passing the gateway
    itself or a flow that closes a loop. Stock follows one incoming path only, so nested joins fire early.

    Whether a token can still come depends on all others, so the join is decided when nothing else moves.
    """

    sources: Mapping[str, int] = {}  # incoming flow -> nodes it can be reached from, a bit for each
    bits: Mapping[str, int] = {}

    def enter(self, token: Token) -> bool:
        if not self.joins:
            return True
        token.waits()
        token.instance.watched[token.id] = token
        return False

    def may_join(self, token: Token, firsts: dict[str, Token]) -> bool:
        empty = [flow.id for flow in self.node.incoming if flow.id not in firsts]
        if not empty:
            return True
        upstream = 0
        for flow in empty:
            upstream |= self.sources[flow]
        return not any(
            self.bits[other.task_spec.node.id] & upstream
            for other in tokens_in(token.workflow)
            if self._may_come(other)
        )

    def _may_come(self, token: Token) -> bool:
        """Armed boundary events count with their host; listeners lead nowhere in this scope."""
        step = token.task_spec
        if step is self or isinstance(step, Listener):
            return False
        return not (isinstance(step, Boundary) and token._state == WAITING)

    def choose(self, token: Token) -> list[Way]:
        return Step.choose(self, token)
