"""Sub-processes, event sub-processes and called processes: a scope of their own, on the same data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.diagram.model import Node
from engine.execution.nodes.step import Step
from engine.execution.token import STARTED, Token

if TYPE_CHECKING:
    from engine.execution.scope import ProcessSpec

MAX_DEPTH = 40


class SubProcess(Step):
    """`inner` is the name of the compiled scope. Stock copies the data in and out and starts a predicted
    tree.
    """

    def __init__(self, process: ProcessSpec, node: Node, inner: str, name: str | None = None) -> None:
        super().__init__(process, node, name)
        self.inner = inner

    def enter(self, token: Token) -> bool:
        if token.workflow.depth >= MAX_DEPTH:
            raise self.failure(f"子流程一层套一层，超过了 {MAX_DEPTH} 层。请检查是不是互相调用")
        token._set_state(STARTED)
        token.instance.create_subprocess(token, self.inner)
        return False
