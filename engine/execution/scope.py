"""What a process, and the inside of a sub-process or of a called process, is while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task

from engine.diagram.model import Scope
from engine.execution.token import COMPLETED, Token, put

if TYPE_CHECKING:
    from engine.execution.instance import Instance
    from engine.execution.nodes.listener import Listener
    from engine.execution.nodes.start import Root
    from engine.execution.nodes.step import Step


class ProcessSpec(BpmnProcessSpec):
    """A compiled scope: the steps by name, where tokens begin, and the event sub-processes that listen.

    Stock reserves the names Start, End, Root and <process>.EndJoin for specs of its own; a diagram may use
    them, so they go.
    """

    task_specs: dict[str, Step]
    start: Root

    def __init__(self, name: str, scope: Scope, procedure: str | None) -> None:
        super().__init__(name)
        self.task_specs.clear()
        self.scope = scope
        self.procedure = procedure
        self.entries: tuple[Step, ...] = ()
        self.listeners: tuple[Listener, ...] = ()
        starts = (node for node in scope.nodes.values() if node.tag == "startEvent")
        self.interrupts = all(
            start.interrupting for start in starts
        )  # of an event sub-process: it replaces its scope


class InnerScope(BpmnSubWorkflow):
    """The inside of a sub-process or called process; `parent_task_id` is the token that waits for it."""

    def __init__(self, spec: ProcessSpec, host: str, instance: Instance) -> None:
        super().__init__(spec, host, instance, deserializing=True)
        self.task_tree = plant(self)

    def _task_removed_notify(self, task: Task) -> None:
        self.top_workflow.forget(task)


def plant(workflow: Any) -> Task:
    """The root of a scope's tasks. It carries nothing, so it is not saved."""
    return Task(workflow, workflow.spec.start, None, COMPLETED, "root")


def open_scope(workflow: Any) -> None:
    """Listeners first, so that they hear what the first step throws; then the beginnings.

    Of several start events with triggers the first one that happens is the start.
    """
    spec: ProcessSpec = workflow.spec
    for step in spec.listeners:
        put(workflow.task_tree, step)
    alternatives = len(spec.entries) > 1 and all(step.node.tag == "startEvent" for step in spec.entries)
    for step in spec.entries:
        put(workflow.task_tree, step, **({"gate": "start"} if alternatives else {}))


def tokens_in(workflow: Any) -> Iterator[Token]:
    """The live tokens of this scope in the order they came. The scope may change meanwhile."""
    for task in list(workflow.tasks.values()):
        if isinstance(task, Token) and task.alive:
            yield task
