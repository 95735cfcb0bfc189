"""The root a scope's tokens hang from. It is no node of the diagram."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec

if TYPE_CHECKING:
    from engine.execution.scope import ProcessSpec


class Root(BpmnTaskSpec):
    """Stock's start spec connects every start event and joins their ends; scopes here are opened by
    `open_scope`.
    """

    def __init__(self, process: ProcessSpec) -> None:
        super().__init__(process, "")
