"""A layout as BPMN DI in the file."""

from __future__ import annotations

from lxml import etree

from engine.diagram.layout.picture import Box, Drawing
from engine.diagram.layout.reading import SUBPROCESSES, Drawn
from engine.diagram.layout.scene import Plane
from engine.diagram.source import BPMNDI, Element, local

DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"


def write(root: Element, planes: list[tuple[Plane, Drawing]], drawn: Drawn) -> bytes:
    """The file's old drawing is replaced; everything else stays as it is."""
    for old in root.findall(f"{{{BPMNDI}}}BPMNDiagram"):
        root.remove(old)
    tags = {key: element for element in root.iter("{*}*") if (key := element.get("id"))}
    opened = {
        node.id
        for plane, _ in planes
        for each in plane.containers()
        for node in each.nodes.values()
        if node.inside
    }
    for number, (plane, drawing) in enumerate(planes, start=1):
        names = {"bpmndi": BPMNDI, "dc": DC, "di": DI}
        diagram = etree.SubElement(root, f"{{{BPMNDI}}}BPMNDiagram", nsmap=names)
        diagram.set("id", _free(f"BPMNDiagram_{number}", tags))
        holder = etree.SubElement(diagram, f"{{{BPMNDI}}}BPMNPlane")
        holder.set("id", _free(f"BPMNPlane_{number}", tags))
        holder.set("bpmnElement", plane.root)
        for key, shape in drawing.shapes.items():
            element = etree.SubElement(
                holder, f"{{{BPMNDI}}}BPMNShape", id=_free(f"{key}_di", tags), bpmnElement=key
            )
            _describe(element, local(tags[key]), key in opened)
            _bounds(element, shape.box)
            _label(element, shape.label)
        for key, line in drawing.edges.items():
            element = etree.SubElement(
                holder, f"{{{BPMNDI}}}BPMNEdge", id=_free(f"{key}_di", tags), bpmnElement=key
            )
            for x, y in line.points:
                etree.SubElement(element, f"{{{DI}}}waypoint", x=str(round(x)), y=str(round(y)))
            _label(element, line.label)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _free(wanted: str, taken: dict[str, Element]) -> str:
    while wanted in taken:
        wanted += "_"
    return wanted


def _describe(element: Element, tag: str, opened: bool) -> None:
    if tag in ("participant", "lane"):
        element.set("isHorizontal", "true")
    elif tag == "exclusiveGateway":
        element.set("isMarkerVisible", "true")
    elif tag in SUBPROCESSES:
        element.set("isExpanded", "true" if opened else "false")


def _bounds(element: Element, box: Box) -> None:
    values = {name: str(round(getattr(box, name))) for name in ("x", "y", "width", "height")}
    etree.SubElement(element, f"{{{DC}}}Bounds", values)


def _label(element: Element, box: Box | None) -> None:
    if box is not None:
        _bounds(etree.SubElement(element, f"{{{BPMNDI}}}BPMNLabel"), box)
