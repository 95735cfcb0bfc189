"""Running diagrams on SpiffWorkflow: definitions, instances, and rehearsals by hand."""

from engine.diagram.finding import DiagramError
from engine.execution.definition import Definition
from engine.execution.error import ExecutionError
from engine.execution.instance import Fired, Instance, OpenTask
from engine.execution.outgoing import Outgoing
from engine.execution.rehearsal import Rehearsal, Task
from engine.execution.roster import Roster
from engine.execution.script import Placed

__all__ = [
    "Definition",
    "DiagramError",
    "ExecutionError",
    "Fired",
    "Instance",
    "OpenTask",
    "Outgoing",
    "Placed",
    "Rehearsal",
    "Roster",
    "Task",
]
