"""What stands in a scope for an event sub-process and starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.diagram.model import Node
from engine.execution.nodes.catching import Catching
from engine.execution.scope import tokens_in
from engine.execution.token import Token, put

if TYPE_CHECKING:
    from engine.execution.nodes.subprocess import SubProcess
    from engine.execution.scope import ProcessSpec


class Listener(Catching):
    """`node` is the start event of the event sub-process, `target` the step of the sub-process itself. A
    listener does not keep its scope from completing.

    Stock runs event sub-processes for errors and escalations at once and unconditionally, and takes all for
    interrupting.
    """

    repeats = True

    def __init__(self, process: ProcessSpec, start: Node, target: SubProcess) -> None:
        super().__init__(process, start, f"{target.name} [listener]")
        self.target = target

    def fire(self, token: Token) -> int:
        rounds, again = self.again(token)
        if self.node.interrupting:
            for other in tokens_in(token.workflow):
                if other is not token:
                    other.cancel()
        root = token.root
        if self.node.interrupting or not again:
            token.finish()
        token.instance.trace.append(self.node.id)
        token.instance.passed.append((self.procedure, self.node.id))
        put(root, self.target)
        return rounds
