"""No token may go round for ever by itself: every cycle needs a person's task or a waiting event."""

from __future__ import annotations

from engine.diagram.model import Diagram
from engine.diagram.report import Report


def check_cycles(diagram: Diagram, report: Report) -> None:
    """Report each cycle nobody and nothing stops."""
