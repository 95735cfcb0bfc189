"""Lanes: who does it. The innermost named lane that claims a node counts."""

from __future__ import annotations

from engine.diagram.model import Lane
from engine.diagram.report import Report
from engine.diagram.source import Element, bpmn, children, reference


class Lanes:
    """The lanes of a file, by the nodes they claim."""

    def __init__(self, root: Element, report: Report) -> None:
        self._lanes: dict[str, Lane] = {}
        self._claims: dict[str, Element] = {}
        for element in root.iter(bpmn("lane")):  # an outer lane comes before the lanes inside it
            self._read(element, report)

    def of(self, node_id: str) -> str | None:
        element = self._claims.get(node_id)
        return None if element is None else _name(element)

    def used(self) -> list[Lane]:
        """Every lane somebody works in, in the order of the file."""
        return list(self._lanes.values())

    def _read(self, element: Element, report: Report) -> None:
        if element.find(bpmn("childLaneSet")) is None or children(element, "flowNodeRef"):
            name = _name(element)
            self._lanes.setdefault(element.get("id") or name, Lane(element.get("id") or name, name))
        for claim in children(element, "flowNodeRef"):
            node_id = reference(claim.text)
            if node_id is None:
                continue
            before = self._claims.get(node_id)
            if before is not None and before is not element and before not in element.iterancestors():
                message = f"步骤 {node_id} 同时在泳道「{_name(before)}」和「{_name(element)}」里，请只留一个"
                report.add("two-lanes", message, element)
            self._claims[node_id] = element


def _name(element: Element) -> str:
    return " ".join((element.get("name") or "").split()) or element.get("id") or "泳道"
