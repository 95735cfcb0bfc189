"""Boundary events."""

from engine.execution.nodes.catching import Catching
from engine.execution.token import Token, put_ready


class Boundary(Catching):
    """An armed boundary event hangs below its host; an interrupting one takes the host's place at once.

    Stock runs host and boundaries under a splitting task, and lets what an interrupted host has thrown go on.
    """

    repeats = True

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
