"""The execution gate, step by step: parse, allow-list, model, structure."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from engine.diagram.foreign import check_foreign
from engine.diagram.model import Diagram
from engine.diagram.profile import check_profile
from engine.diagram.reader import read_model
from engine.diagram.report import Report
from engine.diagram.source import Element, parse
from engine.diagram.structure import check_structure


@dataclass
class Examination:
    """A file that could be read. `diagram` is None where an error of the execution gate keeps it from
    running.
    """

    root: Element
    report: Report
    diagram: Diagram | None


def examine(data: bytes, callable_elsewhere: Container[str] = ()) -> Examination:
    """Everything the execution gate has to say. DiagramError where there is no BPMN to speak of at all."""
    root = parse(data)
    report = Report(root)
    check_profile(root, report)
    check_foreign(root, report)
    if report.has_errors:
        return Examination(root, report, None)
    diagram = read_model(root, data, report)
    if not report.has_errors:
        check_structure(diagram, report, callable_elsewhere)
    return Examination(root, report, None if report.has_errors else diagram)
