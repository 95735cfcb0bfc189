"""The drawing (BPMN DI): a published diagram is looked at; everything in it must be drawn, and lie where it belongs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.diagram.layout.picture import Box
from engine.diagram.layout.reading import Drawn
from engine.diagram.model import Diagram, Node
from engine.diagram.report import Report
from engine.diagram.source import BPMN, BPMNDI, Element, bpmn, children, reference

NEAR = 200  # shapes beside each other that are compared: reminders need not find everything, but quickly
TOUCH = 2  # px that shapes may reach into each other: tools round differently
_INSIDE = ("subProcess", "transaction", "adHocSubProcess")
_LEGIBLE = re.compile(r"([a-zA-Z][\w.-]*:)?[a-zA-Z_][\w.-]*", re.ASCII)


def is_legible(identity: str) -> bool:
    """Whether the editor and the viewers show an element with this id; what they cannot read they leave out."""
    return _LEGIBLE.fullmatch(identity) is not None


def hidden_pages(root: Element) -> list[Element]:
    """The planes nobody sees: all after the first that are not the inside of a sub-process."""
    planes = list(root.iter(f"{{{BPMNDI}}}BPMNPlane"))
    inner = {e.get("id") for name in _INSIDE for e in root.iter(bpmn(name))}
    return [plane for plane in planes[1:] if reference(plane.get("bpmnElement")) not in inner]


def check_drawing(root: Element, diagram: Diagram, report: Report) -> None:
    """Every node needs its shape and every flow its line. Reminders: ids that are not drawn, steps on each other, steps
    outside their lane.
    """
    for element in root.iter(f"{{{BPMN}}}*"):
        if (element.get("id") or "").strip() and not is_legible(str(element.get("id"))):
            message = (
                f"编号“{str(element.get('id'))[:40]}”里有画图工具读不懂的字，图上显示不出来，请换成字母和数字"
            )
            report.add("odd-id", message, element, "warning")
    hidden = hidden_pages(root)
    drawn = {
        reference(element.get("bpmnElement"))
        for name in ("BPMNShape", "BPMNEdge")
        for element in root.iter(f"{{{BPMNDI}}}{name}")
        if element.getparent() not in hidden
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
    _places(root, diagram, report)


def _places(root: Element, diagram: Diagram, report: Report) -> None:
    boxes = Drawn(root).boxes
    for node, other in _overlapping(diagram, boxes):
        message = f"和「{other.label}」叠在一起，看不清楚，请挪开，或者点“整理版面”"
        report.add("overlap", message, node, "warning")
    nodes = {node.id: node for node in diagram.walk()}
    for lane in root.iter(bpmn("lane")):
        frame, name = boxes.get(lane.get("id") or ""), " ".join((lane.get("name") or "").split())
        for claim in children(lane, "flowNodeRef"):
            key = reference(claim.text) or ""
            if frame is not None and key in nodes and key in boxes and not _holds(frame, boxes[key]):
                message = f"画在泳道「{name}」外面，可是由谁办按「{name}」算，请挪到该在的泳道里"
                report.add("outside-lane", message, nodes[key], "warning")


def _overlapping(diagram: Diagram, boxes: dict[str, Box]) -> Iterator[tuple[Node, Node]]:
    """Steps of the same process or sub-process, each at most once, with one it lies on."""
    scopes: dict[int, list[Node]] = {}
    for node in diagram.walk():
        if node.attached_to is None and node.id in boxes:
            scopes.setdefault(id(node.scope), []).append(node)
    for nodes in scopes.values():
        near: list[Node] = []
        for node in sorted(nodes, key=lambda node: boxes[node.id].x):
            box = boxes[node.id].grown(-TOUCH)
            near = [other for other in near[-NEAR:] if boxes[other.id].right > box.x]
            other = next((other for other in near if boxes[other.id].overlaps(box)), None)
            if other is not None:
                yield node, other
            else:
                near.append(node)


def _holds(frame: Box, box: Box) -> bool:
    x, y = box.centre
    return frame.x <= x <= frame.right and frame.y <= y <= frame.bottom
