"""Tasks of a person: the token stays until somebody completes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.diagram.model import Node
from engine.execution.nodes.step import Step

if TYPE_CHECKING:
    from engine.execution.scope import ProcessSpec


class PersonTask(Step):
    """User, manual and abstract tasks alike, and send and receive tasks that name no message. Stock runs
    abstract tasks by itself and send tasks as errors.
    """

    def __init__(self, process: ProcessSpec, node: Node, name: str | None = None) -> None:
        super().__init__(process, node, name, manual=True)
