"""A BPMN token: SpiffWorkflow's Task, without its history.

Stock tasks form a tree of all that ever happened and of what is predicted, and every save, search and join
walks it. Here a finished token leaves the tree at once and what follows hangs from the root, so that the tree
holds just what is alive and a matter's thousandth round costs what its first did. Only boundary events (below
their host) and the instances of a loop (below the loop) hang deeper.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from engine.execution.instance import Instance
    from engine.execution.nodes.step import Step

FUTURE: int = TaskState.FUTURE
WAITING: int = TaskState.WAITING
READY: int = TaskState.READY
STARTED: int = TaskState.STARTED
COMPLETED: int = TaskState.COMPLETED
CANCELLED: int = TaskState.CANCELLED
ALIVE: int = TaskState.NOT_FINISHED_MASK


class Token(Task):
    """`memory` (stock's internal_data) is all a token knows besides where it stands; it is saved, so it is
    pure JSON.
    """

    task_spec: Step
    parent: Any

    def __init__(
        self, workflow: Any, step: Any, parent: Token | None, state: int, id: str | None = None
    ) -> None:
        super().__init__(workflow, step, parent, state, id or secrets.token_hex(8))
        workflow.top_workflow.tokens[self.id] = self

    def _set_state(self, value: int) -> None:
        """Stock collects what it would log, level or not; a state is set some ten times a token."""
        self._state = value

    @property
    def memory(self) -> dict[str, Any]:
        return self.internal_data  # type: ignore[no-any-return]

    @property
    def instance(self) -> Instance:
        return self.workflow.top_workflow  # type: ignore[no-any-return]

    @property
    def alive(self) -> bool:
        return bool(self._state & ALIVE)

    @property
    def root(self) -> Any:
        """What tokens of this scope hang from."""
        return self.workflow.task_tree

    def waits(self) -> None:
        self._set_state(WAITING)

    def ready(self) -> None:
        """It is the token's turn: an automatic step is run before the instance comes to rest."""
        self._set_state(READY)
        if not self.task_spec.manual:
            self.instance.turn.append(self)

    def run(self) -> None:
        self.task_spec._run(self)

    def finish(self) -> None:
        """The token is done here; what stood on its edge (boundary events) goes with it."""
        self._set_state(COMPLETED)
        self.workflow._remove_task(self.id)

    def cancel(self) -> None:
        """Take the token away with everything below it, sub-processes included."""
        if self.alive:
            self._set_state(CANCELLED)
            self.workflow._remove_task(self.id)

    def move_below(self, parent: Any) -> None:
        self.parent._children.remove(self.id)
        self.parent = parent
        parent._children.append(self.id)


def put(parent: Any, step: Step, **memory: Any) -> Token:
    """A new token arrives at a step."""
    token = Token(parent.workflow, step, parent, FUTURE)
    token.internal_data = memory
    token.instance.count_tokens()
    step._update(token)
    return token


def put_ready(parent: Any, step: Step) -> None:
    """A new token at an event that has happened already."""
    token = Token(parent.workflow, step, parent, FUTURE)
    token.instance.count_tokens()
    token.ready()
