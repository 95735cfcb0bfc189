"""XML in, checked diagram out."""

from __future__ import annotations

from collections.abc import Container

from engine.diagram.finding import DiagramError, Finding
from engine.diagram.model import Diagram
from engine.diagram.profile import check_profile
from engine.diagram.reader import read_model
from engine.diagram.report import Report
from engine.diagram.source import parse
from engine.diagram.structure import check_structure

__all__ = ["Diagram", "DiagramError", "Finding", "read_diagram"]


def read_diagram(data: bytes, *, callable_elsewhere: Container[str] = ()) -> Diagram:
    """The model of a BPMN file that can be executed right.

    `callable_elsewhere` are processes outside the file that a call activity may name. DiagramError with every finding of the
    execution gate otherwise.
    """
    root = parse(data)
    report = Report(root)
    check_profile(root, report)
    if report.has_errors:
        raise DiagramError(report.in_order())
    diagram = read_model(root, data, report)
    if not report.has_errors:
        check_structure(diagram, report, callable_elsewhere)
    if report.has_errors:
        raise DiagramError(report.in_order())
    return diagram
