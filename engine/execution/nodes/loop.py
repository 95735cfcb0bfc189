"""What standard loops and multi-instance have in common: an activity that runs several times."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from engine.diagram.model import Loop as LoopModel
from engine.diagram.model import Node
from engine.execution.nodes.step import Step
from engine.execution.token import STARTED, Token, put

if TYPE_CHECKING:
    from engine.execution.scope import ProcessSpec


class Loop(Step):
    """Stands for the activity in the scope; boundary events hang here. `body` is the step each instance runs.

    An instance's token remembers its `index` and what is `local` to it. The loop's own token counts: `next`
    is the index of the next instance, `done` how many have ended.
    """

    traced = False
    body: Step

    def __init__(self, process: ProcessSpec, node: Node) -> None:
        super().__init__(process, node)
        assert node.loop is not None
        self.loop: LoopModel = node.loop
        self.local_names: frozenset[str] = frozenset()  # what is written inside and stays with each instance

    @abstractmethod
    def enter(self, token: Token) -> bool: ...

    @abstractmethod
    def instance_done(self, token: Token, instance: Token) -> None:
        """One instance has ended."""

    def start_counting(self, token: Token) -> None:
        token._set_state(STARTED)
        token.memory.update(next=0, done=0)

    def add_instance(self, token: Token, **local: Any) -> None:
        index = token.memory["next"]
        token.memory["next"] = index + 1
        put(token, self.body, index=index, local={"loopCounter": index, **local})
