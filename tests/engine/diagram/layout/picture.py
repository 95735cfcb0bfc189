"""How well a drawing can be read: each measure gives what is wrong, nothing where all is well."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DD = "{http://www.omg.org/spec/DD/20100524/DI}"
BANDS = {"participant", "lane", "group"}
NODES = ("Task", "Event", "Gateway", "Activity", "subProcess", "task", "Annotation", "transaction")
LINES = {"sequenceFlow", "association", "messageFlow"}


@dataclass(frozen=True)
class Box:
    name: str
    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: "Box") -> bool:
        across = self.x < other.x + other.width and other.x < self.x + self.width
        return across and self.y < other.y + other.height and other.y < self.y + self.height

    def contains(self, other: "Box") -> bool:
        across = self.x <= other.x and other.x + other.width <= self.x + self.width
        return across and self.y <= other.y and other.y + other.height <= self.y + self.height

    def shrunk(self) -> "Box":
        return Box(self.name, self.x + 1, self.y + 1, self.width - 2, self.height - 2)


@dataclass(frozen=True)
class Piece:
    """A straight piece of the line `line`."""

    line: str
    a: tuple[float, float]
    b: tuple[float, float]

    @property
    def box(self) -> Box:
        (x1, y1), (x2, y2) = self.a, self.b
        return Box(self.line, min(x1, x2), min(y1, y2), max(abs(x2 - x1), 0.1), max(abs(y2 - y1), 0.1))

    @property
    def across(self) -> bool:
        return self.a[1] == self.b[1]


class Picture:
    def __init__(self, data: bytes) -> None:
        root = etree.fromstring(data)
        elements = [e for e in root.iter(f"{BPMN}*") if e.get("id")]
        self.tags = {e.get("id"): etree.QName(e).localname for e in elements}
        self.names = {e.get("id"): e.get("name") for e in elements if e.get("name")}
        self.parents = {e.get("id"): e.getparent().get("id") for e in elements if e.getparent() is not None}
        self.ends = {e.get("id"): (e.get("sourceRef"), e.get("targetRef")) for e in elements}
        self.hosts = {e.get("id"): e.get("attachedToRef") for e in elements if e.get("attachedToRef")}
        self.lanes = {
            ref.text.strip(): lane.get("id")
            for lane in root.iter(f"{BPMN}lane")
            for ref in lane.iter(f"{BPMN}flowNodeRef")
        }
        drawn = list(root.iter(f"{DI}BPMNShape"))
        self.shapes = {s.get("bpmnElement"): self._box(s) for s in drawn}
        self.open = {s.get("bpmnElement") for s in drawn if s.get("isExpanded") == "true"}
        self.labels = [
            self._box(owner, label.find(f"{DC}Bounds"))
            for owner in [*drawn, *root.iter(f"{DI}BPMNEdge")]
            for label in owner.findall(f"{DI}BPMNLabel")
        ]
        self.edges = {
            edge.get("bpmnElement"): [
                (float(p.get("x")), float(p.get("y"))) for p in edge.iter(f"{DD}waypoint")
            ]
            for edge in root.iter(f"{DI}BPMNEdge")
        }

    def _box(self, owner: etree._Element, bounds: etree._Element | None = None) -> Box:
        bounds = owner.find(f"{DC}Bounds") if bounds is None else bounds
        x, y, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
        return Box(self.names.get(owner.get("bpmnElement"), owner.get("bpmnElement")), x, y, width, height)

    @property
    def nodes(self) -> dict[str, Box]:
        """What is no frame around others."""
        return {i: box for i, box in self.shapes.items() if self.tags[i] not in BANDS and i not in self.open}

    def pieces(self) -> Iterator[Piece]:
        for edge, points in self.edges.items():
            for a, b in pairwise(points):
                yield Piece(edge, a, b)

    # ------------------------------------------------------------------------------------------- measures

    def not_drawn(self) -> set[str]:
        """Everything in the file that is drawn as a shape or a line has one."""
        wanted = {
            i
            for i, tag in self.tags.items()
            if tag.endswith(NODES) or tag in BANDS | LINES or tag.endswith("Reference") or tag == "dataInput"
        }
        return wanted - self.shapes.keys() - self.edges.keys()

    def outside_lanes(self) -> list[str]:
        return [
            node for node, lane in self.lanes.items() if not self.shapes[lane].contains(self.shapes[node])
        ]

    def outside_parents(self) -> list[str]:
        """What is in an open sub-process lies in its frame."""
        inside = [(i, self.parents[i]) for i in self.shapes if self.parents.get(i) in self.open]
        return [i for i, parent in inside if not self.shapes[parent].contains(self.shapes[i])]

    def overlapping(self) -> list[tuple[str, str]]:
        """Pairs of steps on each other: frames only with those that are not inside them."""
        boxes = [
            (i, box)
            for i, box in self.shapes.items()
            if self.tags[i] not in BANDS and self.tags[i] != "boundaryEvent"
        ]
        return [
            (a.name, b.name)
            for (i, a), (j, b) in combinations(boxes, 2)
            if a.overlaps(b) and not self._within(i, j) and not self._within(j, i)
        ]

    def _within(self, inner: str, outer: str) -> bool:
        here: str | None = inner
        while here is not None and here != outer:
            here = self.parents.get(here)
        return here is not None

    def covered_labels(self) -> list[tuple[str, str]]:
        labels = self.labels
        return [
            *((a.name, b.name) for a, b in combinations(labels, 2) if a.overlaps(b)),
            *((a.name, b.name) for a in labels for b in self.nodes.values() if a.overlaps(b)),
            *((a.name, piece.line) for a in labels for piece in self.pieces() if a.overlaps(piece.box)),
        ]

    def aslant(self) -> list[str]:
        return [piece.line for piece in self.pieces() if not piece.across and piece.a[0] != piece.b[0]]

    def through_nodes(self) -> list[tuple[str, str]]:
        boxes = [box.shrunk() for box in self.nodes.values()]
        return [(piece.line, box.name) for piece in self.pieces() for box in boxes if piece.box.overlaps(box)]

    def outside_pools(self) -> list[str]:
        pools = [box for i, box in self.shapes.items() if self.tags[i] == "participant"]
        return [
            box.name
            for box in [*self.nodes.values(), *self.labels]
            if pools and not any(pool.contains(box) for pool in pools)
        ]

    def loose_ends(self) -> list[str]:
        """Lines that do not begin and end at the edge of their steps."""
        found = []
        for edge, points in self.edges.items():
            for end, point in zip(self.ends[edge], (points[0], points[-1]), strict=True):
                box = self.shapes.get(end or "")
                if box is not None and not self._on_edge(box, point):
                    found.append(edge)
        return found

    @staticmethod
    def _on_edge(box: Box, point: tuple[float, float]) -> bool:
        x, y = point
        near = box.x - 1 <= x <= box.x + box.width + 1 and box.y - 1 <= y <= box.y + box.height + 1
        return near and not (box.x + 1 < x < box.x + box.width - 1 and box.y + 1 < y < box.y + box.height - 1)

    def overlaid(self) -> list[tuple[str, str]]:
        """Lines on top of each other that neither begin nor end at the same step."""
        return [(a.line, b.line) for a, b in combinations(self.pieces(), 2) if self._lie_on(a, b)]

    def _lie_on(self, a: Piece, b: Piece) -> bool:
        if a.across != b.across or self._kin(a.line, b.line):
            return False
        axis = 0 if a.across else 1
        if a.a[1 - axis] != b.a[1 - axis]:
            return False
        low = max(min(a.a[axis], a.b[axis]), min(b.a[axis], b.b[axis]))
        high = min(max(a.a[axis], a.b[axis]), max(b.a[axis], b.b[axis]))
        return high - low > 1

    def _kin(self, one: str, two: str) -> bool:
        return self.ends[one][0] == self.ends[two][0] or self.ends[one][1] == self.ends[two][1]

    def crossings(self) -> int:
        pieces = list(self.pieces())
        flat, steep = [p for p in pieces if p.across], [p for p in pieces if not p.across]
        return sum(
            p.box.x < s.box.x < p.box.x + p.box.width and s.box.y < p.box.y < s.box.y + s.box.height
            for p in flat
            for s in steep
            if not self._kin(p.line, s.line)
        )

    def backwards(self) -> list[str]:
        """Flows that lead to a step further left."""
        found = []
        for edge, tag in self.tags.items():
            source, target = (self.shapes.get(end or "") for end in self.ends[edge])
            forward = tag != "sequenceFlow" or source is None or target is None
            if not forward and target.x + target.width < source.x:
                found.append(edge)
        return found
