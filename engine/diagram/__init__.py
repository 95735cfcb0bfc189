"""XML in, checked diagram out.

`read_diagram` and `load_folder` pass the execution gate: what they return runs right. `check_diagram` and
`check_folder` say everything there is to say, the publishing gate included, and never raise for bad input.
"""

from __future__ import annotations

from collections.abc import Container

from engine.diagram.checking import check_closure, check_diagram, check_folder
from engine.diagram.examination import examine
from engine.diagram.finding import DiagramError, Finding
from engine.diagram.model import Diagram
from engine.diagram.parameter import Parameter
from engine.diagram.procedure import Procedure, load_folder

__all__ = [
    "Diagram",
    "DiagramError",
    "Finding",
    "Parameter",
    "Procedure",
    "check_closure",
    "check_diagram",
    "check_folder",
    "load_folder",
    "read_diagram",
]


def read_diagram(data: bytes, *, callable_elsewhere: Container[str] = ()) -> Diagram:
    """The model of a BPMN file that can be executed right.

    `callable_elsewhere` are processes outside the file that a call activity may name. DiagramError with
    every finding of the execution gate otherwise.
    """
    examination = examine(data, callable_elsewhere)
    if examination.diagram is None:
        raise DiagramError(examination.report.in_order())
    return examination.diagram
