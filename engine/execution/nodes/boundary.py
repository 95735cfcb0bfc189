"""Boundary events."""

from engine.execution.nodes.catching import Catching
from engine.execution.token import Token, put_ready


class Boundary(Catching):
    """An armed boundary event hangs below its host; an interrupting one takes the host's place at once.

    Stock runs host and boundaries under a splitting task, and lets what an interrupted host has thrown go on.
    """

    def fire(self, token: Token) -> int:
        host = token.parent
        rounds, again = self.again(token)
        if self.node.interrupting:
            token.move_below(token.root)
            token.ready()
            host.cancel()
            return rounds
        put_ready(token.root, self)
        if not again:
            token.cancel()
        return rounds

    def again(self, token: Token) -> tuple[int, bool]:
        """A message, signal, escalation or condition may come again as long as the host runs."""
        if self.event.kind == "timer":
            return super().again(token)
        return 1, True
