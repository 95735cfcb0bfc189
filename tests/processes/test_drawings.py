"""Every procedure's drawing can be read: bands hold what belongs to them, and nothing lies on a label."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

PROCESSES = Path(__file__).parents[2] / "processes"
DRAWN = sorted(PROCESSES.glob("*/*.bpmn"))
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DD = "{http://www.omg.org/spec/DD/20100524/DI}"
BANDS = {"participant", "lane", "subProcess"}


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


class Drawing:
    def __init__(self, path: Path) -> None:
        root = etree.fromstring(path.read_bytes())
        self.tags = {e.get("id"): etree.QName(e).localname for e in root.iter(f"{BPMN}*") if e.get("id")}
        self.names = {e.get("id"): e.get("name") for e in root.iter(f"{BPMN}*") if e.get("name")}
        self.lanes = {
            ref.text.strip(): lane.get("id")
            for lane in root.iter(f"{BPMN}lane")
            for ref in lane.iter(f"{BPMN}flowNodeRef")
        }
        self.shapes = {s.get("bpmnElement"): self._box(s) for s in root.iter(f"{DI}BPMNShape")}
        self.labels = [
            self._box(owner, label.find(f"{DC}Bounds"))
            for owner in [*root.iter(f"{DI}BPMNShape"), *root.iter(f"{DI}BPMNEdge")]
            for label in owner.findall(f"{DI}BPMNLabel")
        ]
        self.edges = {
            edge.get("bpmnElement"): [
                (float(p.get("x")), float(p.get("y"))) for p in edge.iter(f"{DD}waypoint")
            ]
            for edge in root.iter(f"{DI}BPMNEdge")
        }

    def _box(self, owner, bounds=None) -> Box:
        bounds = owner.find(f"{DC}Bounds") if bounds is None else bounds
        x, y, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
        return Box(self.names.get(owner.get("bpmnElement"), owner.get("bpmnElement")), x, y, width, height)

    @property
    def nodes(self) -> dict[str, Box]:
        return {i: box for i, box in self.shapes.items() if self.tags[i] not in BANDS}

    def segments(self) -> Iterator[tuple[str, Box]]:
        for edge, points in self.edges.items():
            for (x1, y1), (x2, y2) in pairwise(points):
                assert x1 == x2 or y1 == y2, f"{edge} runs aslant"
                yield (
                    edge,
                    Box(edge, min(x1, x2), min(y1, y2), max(abs(x2 - x1), 0.1), max(abs(y2 - y1), 0.1)),
                )


@pytest.fixture(params=DRAWN, ids=lambda path: path.stem)
def drawing(request) -> Drawing:
    return Drawing(request.param)


def test_everything_is_drawn(drawing: Drawing) -> None:
    invisible = {"lane", "participant", "sequenceFlow"}
    placed = {
        i
        for i, tag in drawing.tags.items()
        if tag.endswith(("Task", "Event", "Gateway", "Activity")) or tag in invisible
    }
    assert placed - drawing.shapes.keys() - drawing.edges.keys() == set()


def test_every_node_lies_in_its_lane(drawing: Drawing) -> None:
    for node, lane in drawing.lanes.items():
        assert drawing.shapes[lane].contains(drawing.shapes[node]), f"{node} is outside of {lane}"


def test_nodes_do_not_overlap(drawing: Drawing) -> None:
    boxes = [box for i, box in drawing.nodes.items() if drawing.tags[i] != "boundaryEvent"]
    clashes = [(a.name, b.name) for n, a in enumerate(boxes) for b in boxes[n + 1 :] if a.overlaps(b)]
    assert clashes == []


def test_nothing_lies_on_a_label(drawing: Drawing) -> None:
    labels = drawing.labels
    assert [(a.name, b.name) for n, a in enumerate(labels) for b in labels[n + 1 :] if a.overlaps(b)] == []
    assert [(a.name, b.name) for a in labels for b in drawing.nodes.values() if a.overlaps(b)] == []
    assert [(a.name, edge) for a in labels for edge, line in drawing.segments() if a.overlaps(line)] == []


def test_flows_run_around_the_nodes(drawing: Drawing) -> None:
    crossed = [
        (edge, box.name)
        for edge, line in drawing.segments()
        for box in drawing.nodes.values()
        if line.overlaps(Box(box.name, box.x + 1, box.y + 1, box.width - 2, box.height - 2))
    ]
    assert crossed == []


def test_everything_lies_inside_the_pools(drawing: Drawing) -> None:
    """Nothing lies outside of the pools."""
    pools = [box for i, box in drawing.shapes.items() if drawing.tags[i] == "participant"]
    for box in [*drawing.nodes.values(), *drawing.labels]:
        assert any(pool.contains(box) for pool in pools), box.name
