"""Collects findings while a diagram is read and checked, and puts them in the order of the file."""

from __future__ import annotations

from engine.diagram.finding import Finding, Gate, Severity
from engine.diagram.model import Node, Scope
from engine.diagram.source import Element, line_of, local


class Report:
    def __init__(self, root: Element) -> None:
        self.findings: list[Finding] = []
        self.gate: Gate = "execution"  # which one the findings from now on close
        self._order: dict[str, int] = {}
        for position, element in enumerate(root.iter("{*}*")):
            identity = element.get("id")
            if identity is not None:
                self._order.setdefault(identity, position)

    def add(
        self, code: str, message: str, at: Element | Node | Scope | None = None, severity: Severity = "error"
    ) -> None:
        """Report a fault at an element, a node or a whole scope."""
        element_id, label, line = _place(at)
        self.findings.append(Finding(code, message, element_id, label, severity, self.gate, line=line))

    @property
    def has_errors(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)

    def sort(self, findings: list[Finding]) -> list[Finding]:
        """In the order of the file; what belongs to no element comes first."""
        return sorted(
            findings, key=lambda finding: self._order.get(finding.element_id or "", finding.line or 0)
        )

    def in_order(self) -> list[Finding]:
        return self.sort(self.findings)


def _place(at: Element | Node | Scope | None) -> tuple[str | None, str | None, int | None]:
    if at is None:
        return None, None, None
    if isinstance(at, Node):
        return at.id, at.label, at.line
    if isinstance(at, Scope):
        return at.id, at.name or at.id, None
    return _place_of_element(at)


def _place_of_element(element: Element) -> tuple[str | None, str | None, int | None]:
    """An element without an id is called after the nearest one around it that has one."""
    line = line_of(element)
    around: Element | None = element
    while around is not None and around.get("id") is None and around.get("name") is None:
        around = around.getparent()
    if around is None or local(around) == "definitions":
        return None, element.get("name") or local(element), line
    return around.get("id"), around.get("name") or around.get("id"), line
