"""The drawing (BPMN DI) while a diagram is repaired: what is added gets a place, what goes leaves none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lxml import etree

from engine.diagram.source import BPMNDI, Element, local, reference

DC = "http://www.omg.org/spec/DD/20100524/DC"
_END = 36  # width of an end event
DI = "http://www.omg.org/spec/DD/20100524/DI"


class Box(NamedTuple):
    """A place on the drawing, in its own units."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def holds(self, point: tuple[float, float]) -> bool:
        x, y = point
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height

    def within(self, other: Box) -> bool:
        return other.holds((self.x, self.y)) and other.holds((self.x + self.width, self.y + self.height))

    def meets(self, other: Box) -> bool:
        across = self.x < other.x + other.width and other.x < self.x + self.width
        return across and self.y < other.y + other.height and other.y < self.y + self.height

    def touches(self, point: tuple[float, float]) -> bool:
        """Whether a point is on its edge, give or take what a hand does."""
        wide = Box(self.x - 12, self.y - 12, self.width + 24, self.height + 24)
        inside = Box(self.x + 12, self.y + 12, max(0.0, self.width - 24), max(0.0, self.height - 24))
        return wide.holds(point) and not (inside.width > 0 and inside.height > 0 and inside.holds(point))


class Drawing:
    """The shapes and edges of a file."""

    def __init__(self, root: Element) -> None:
        self._root = root

    def drawn(self) -> dict[str, Element]:
        """What is drawn, by the id of its element."""
        found: dict[str, Element] = {}
        for name in ("BPMNShape", "BPMNEdge"):
            for each in self._root.iter(f"{{{BPMNDI}}}{name}"):
                found.setdefault(reference(each.get("bpmnElement")) or "", each)
        return found

    def plane(self) -> Element | None:
        return next(self._root.iter(f"{{{BPMNDI}}}BPMNPlane"), None)

    def boxes(self) -> dict[str, Box]:
        """Where everything stands that has a place, by the id of its element."""
        places = ((name, _box(shape)) for name, shape in self.drawn().items())
        return {name: box for name, box in places if box is not None}

    @staticmethod
    def room_below(box: Box, boxes: Mapping[str, Box]) -> Box:
        """A place for an end below something: inside whatever holds it, and on nothing else where there is room."""
        around = [each for each in boxes.values() if each != box and box.within(each)]
        others = [each for each in boxes.values() if each not in around]
        places = [
            Box(box.middle[0] - _END / 2 + aside, box.y + box.height + gap, _END, _END)
            for aside in (0, 70, -70)
            for gap in (44, 30, 18)
        ]
        free = (
            place
            for place in places
            if all(place.within(each) for each in around) and not any(place.meets(each) for each in others)
        )
        return next(free, places[0])

    def forget(self, dead: Iterable[str]) -> None:
        gone, shapes = frozenset(dead), set()
        for name in ("BPMNShape", "BPMNEdge"):
            for each in list(self._root.iter(f"{{{BPMNDI}}}{name}")):
                parent = each.getparent()
                if reference(each.get("bpmnElement")) in gone and parent is not None:
                    shapes.add(each.get("id"))
                    parent.remove(each)
        for line in self._root.iter(f"{{{BPMNDI}}}BPMNEdge"):
            for end in ("sourceElement", "targetElement"):
                if line.get(end) is not None and reference(line.get(end)) in shapes:
                    del line.attrib[end]

    def rename(self, before: str, after: str, drawn: str = "*") -> None:
        """Let what is drawn for one id stand for another; only shapes, or only lines, where it says so."""
        for each in self._root.iter(f"{{{BPMNDI}}}{drawn}"):
            if reference(each.get("bpmnElement")) == before:
                each.set("bpmnElement", after)

    def put(self, element_id: str, box: Box, *, beside: str | None = None, lying: bool = False) -> None:
        """Draw a shape; on the plane where `beside` is drawn. Nothing happens on a file without a drawing."""
        plane = self._plane_of(beside)
        if plane is None:
            return
        shape = etree.SubElement(
            plane, f"{{{BPMNDI}}}BPMNShape", id=f"{element_id}_di", bpmnElement=element_id
        )
        if lying:
            shape.set("isHorizontal", "true")
        places = {name: f"{value:g}" for name, value in box._asdict().items()}
        etree.SubElement(shape, f"{{{DC}}}Bounds", places, nsmap={"dc": DC})

    def connect(self, flow_id: str, *points: tuple[float, float], beside: str | None = None) -> None:
        plane = self._plane_of(beside)
        if plane is None:
            return
        edge = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", id=f"{flow_id}_di", bpmnElement=flow_id)
        for x, y in points:
            etree.SubElement(edge, f"{{{DI}}}waypoint", x=f"{x:g}", y=f"{y:g}", nsmap={"di": DI})

    def lead_to(self, flow_id: str, box: Box) -> None:
        """Let a flow's line end at another shape."""
        self.end_at(flow_id, (box.x + box.width / 2, box.y + box.height))

    def end_at(self, flow_id: str, point: tuple[float, float]) -> None:
        """Let a flow's line end at a point."""
        points = self._points(flow_id)
        if points:
            _place(points[-1], point)

    def lead_into(self, flow_id: str, box: Box) -> None:
        """Let a flow's line end at a shape from the left, or from above or below where it comes from further right."""
        points = self._points(flow_id)
        if len(points) < 2:
            return
        x, y = (number(points[-2].get(name)) for name in ("x", "y"))
        if x <= box.x:
            _place(points[-1], (box.x, box.middle[1]))
            return
        edge = box.y if y < box.middle[1] else box.y + box.height
        turn = etree.Element(f"{{{DI}}}waypoint")
        _place(turn, (box.middle[0], y))
        points[-1].addprevious(turn)
        _place(points[-1], (box.middle[0], edge))

    def _points(self, flow_id: str) -> list[Element]:
        edge = self.drawn().get(flow_id)
        return edge.findall(f"{{{DI}}}waypoint") if edge is not None else []

    def make_room(self, x: float, width: float, *, beside: str) -> None:
        """Move everything from `x` on to the right, and widen whatever reaches across it, on one plane."""
        plane = self._plane_of(beside)
        if plane is None:
            return
        for bounds in plane.iter(f"{{{DC}}}Bounds"):
            box = _bounds(bounds)
            if box is not None and box.x >= x:
                bounds.set("x", f"{box.x + width:g}")
            elif box is not None and box.x + box.width > x and _is_shape(bounds):
                bounds.set("width", f"{box.width + width:g}")
        for point in plane.iter(f"{{{DI}}}waypoint"):
            if (at := number(point.get("x"))) >= x:
                point.set("x", f"{at + width:g}")

    def _plane_of(self, beside: str | None) -> Element | None:
        near = self.drawn().get(beside or "")
        return near.getparent() if near is not None else self.plane()


def _box(shape: Element) -> Box | None:
    bounds = shape.find(f"{{{DC}}}Bounds")
    return None if bounds is None else _bounds(bounds)


def _bounds(bounds: Element) -> Box | None:
    try:
        return Box(*(float(bounds.get(name) or "") for name in Box._fields))
    except ValueError:
        return None


def _is_shape(bounds: Element) -> bool:
    """Whether these are the bounds of a shape: a label is not widened."""
    parent = bounds.getparent()
    return parent is not None and local(parent) == "BPMNShape"


def _place(point: Element, at: tuple[float, float]) -> None:
    point.set("x", f"{at[0]:g}")
    point.set("y", f"{at[1]:g}")


def number(text: str | None) -> float:
    """A coordinate; where none is written, or none that can be read, the origin's."""
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
