"""The drawing (BPMN DI): a published diagram is looked at, so everything in it must be drawn."""

from __future__ import annotations

from engine.diagram.model import Diagram
from engine.diagram.report import Report
from engine.diagram.source import BPMNDI, Element, reference


def check_drawing(root: Element, diagram: Diagram, report: Report) -> None:
    """Every node needs its shape and every flow its line."""
    drawn = {
        reference(element.get("bpmnElement"))
        for name in ("BPMNShape", "BPMNEdge")
        for element in root.iter(f"{{{BPMNDI}}}{name}")
    }
    if not drawn:
        report.add("no-drawing", "流程图只有内容，没有图形，请在编辑器里画出来（或自动排版）后保存")
        return
    for node in diagram.walk():
        if node.id not in drawn and not node.tag.startswith("global"):
            report.add("not-drawn", "没有画在图上，请在编辑器里补画", node)
        for flow in node.outgoing:
            # A flow without an id in the file cannot be drawn; its made-up id contains what no id may.
            if flow.id not in drawn:
                target = node.scope.nodes[flow.target].label
                report.add("not-drawn", f"到「{target}」的连线没有画在图上，请在编辑器里补画", node)
