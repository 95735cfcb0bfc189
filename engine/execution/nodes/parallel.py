"""Parallel gateway: takes one token from every incoming flow, sends one along every outgoing one."""

from engine.execution.nodes.step import Step, Way
from engine.execution.scope import tokens_in
from engine.execution.token import WAITING, Token


class ParallelGateway(Step):
    """Stock counts the ancestors of a task that have finished: inside a loop it fires early from the second
    round. Here each waiting token remembers the flow it came by; a set with one of each goes on, what is in
    excess stays.
    """

    @property
    def joins(self) -> bool:  # type: ignore[override]
        return len(self.node.incoming) > 1

    def enter(self, token: Token) -> bool:
        if not self.joins:
            return True
        token.waits()
        self.try_join(token)
        return False

    def try_join(self, token: Token) -> bool:
        """Let the tokens waiting here go on as one, if they may. Returns whether they did."""
        firsts: dict[str, Token] = {}
        for other in tokens_in(token.workflow):
            if other.task_spec is self and other._state == WAITING:
                firsts.setdefault(other.memory["via"], other)
        if not self.may_join(token, firsts):
            return False
        *merged, kept = firsts.values()
        for other in merged:
            other.cancel()
        kept.ready()
        return True

    def may_join(self, token: Token, firsts: dict[str, Token]) -> bool:
        return len(firsts) == len(self.node.incoming)

    def choose(self, token: Token) -> list[Way]:
        return list(self.ways)
