"""What every node does: a token arrives, runs, and goes on along the flows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.task import Task

from engine.diagram.model import Node
from engine.execution.error import ExecutionError
from engine.execution.token import STARTED, Token, put
from engine.expressions import Expression, ExpressionError

if TYPE_CHECKING:
    from engine.execution.nodes.boundary import Boundary
    from engine.execution.scope import ProcessSpec


class Way(NamedTuple):
    """A flow out of a step. Links are ways, too."""

    flow_id: str
    target: Step
    condition: Expression | None
    is_default: bool


class Step(BpmnTaskSpec):
    """Stock predicts a tree of children ahead of the tokens, and lets them inherit and merge private copies
    of the data. Here a token is put on the next step when it goes there, and the data belong to the instance.
    """

    joins = False  # its tokens remember the flow they came by
    traced = True

    def __init__(
        self, process: ProcessSpec, node: Node, name: str | None = None, manual: bool = False
    ) -> None:
        super().__init__(process, name or node.id, lane=node.lane, manual=manual)
        self.node = node
        self.bpmn_id = node.id
        self.bpmn_name = node.name
        self.ways: tuple[Way, ...] = ()
        self.boundaries: tuple[Boundary, ...] = ()

    @property
    def procedure(self) -> str | None:
        """The key of the called procedure this step belongs to; None in the instance's own diagram."""
        return self._wf_spec.procedure  # type: ignore[no-any-return]

    # ------------------------------------------------------------ SpiffWorkflow's extension points

    def _predict(self, my_task: Task, *args: Any, **kwargs: Any) -> None:
        """Nothing is predicted."""

    def _update(self, my_task: Token) -> None:
        """A token arrives. What stands on its edge is there before anything inside it."""
        for boundary in self.boundaries:
            put(my_task, boundary)
        if self.enter(my_task):
            my_task.ready()

    def _run(self, my_task: Token) -> None:
        """The token passes. It stays alive while it acts: what it throws may cancel its own scope."""
        my_task._set_state(STARTED)
        if self.traced:
            my_task.instance.trace.append(self.node.id)
            my_task.instance.passed.append((self.procedure, self.node.id))
        for child in my_task.children:
            child.cancel()
        goes_on = self.act(my_task)
        if not my_task.alive:
            return
        loop = my_task.parent if "index" in my_task.memory else None
        if not goes_on:
            my_task.finish()
        elif loop is not None:
            my_task.finish()
            loop.task_spec.instance_done(loop, my_task)
        else:
            self.leave(my_task)

    # ------------------------------------------------------------ what kinds of step decide

    def enter(self, token: Token) -> bool:
        """Whether it is the token's turn at once; otherwise it waits or has started something."""
        return True

    def act(self, token: Token) -> bool:
        """What the step does; False where nothing follows."""
        return True

    def leave(self, token: Token) -> None:
        """The token is replaced by one on each chosen way."""
        chosen = self.choose(token)
        root = token.root
        token.finish()
        for way in chosen:
            token.instance.passed.append((self.procedure, way.flow_id))
            if way.target.joins:
                put(root, way.target, via=way.flow_id)
            else:
                put(root, way.target)

    def choose(self, token: Token) -> list[Way]:
        """Every way without a condition or whose condition holds; the default where no condition does."""
        if len(self.ways) == 1 and self.ways[0].condition is None:
            return list(self.ways)
        context = token.instance.view(token)
        chosen = [
            way
            for way in self.ways
            if not way.is_default and (way.condition is None or self.holds(way.condition, context))
        ]
        if not any(way.condition is not None for way in chosen):
            chosen += [way for way in self.ways if way.is_default]
        if self.ways and not chosen:
            raise self.no_way()
        return chosen

    # ------------------------------------------------------------ what they use

    def holds(self, condition: Expression, context: Mapping[str, Any]) -> bool:
        return bool(self.evaluate(condition, context))

    def evaluate(self, expression: Expression, context: Mapping[str, Any]) -> Any:
        try:
            return expression.evaluate(context)
        except ExpressionError as error:
            raise self.failure(str(error)) from error

    def failure(self, message: str) -> ExecutionError:
        return ExecutionError(message, self.node.id, self.node.label)

    def no_way(self) -> ExecutionError:
        return self.failure(
            "后面几条路的条件都不成立，也没有默认的一条，不知道往哪里走。请补上一条默认连线，或改一改条件"
        )
