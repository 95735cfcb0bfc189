"""Names beside events, gateways and lines: each at the first place where it covers nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from engine.diagram.layout import lettering
from engine.diagram.layout.picture import Box, Line, Point
from engine.diagram.layout.scene import Node

BUCKET = 120
GAP = 4


class Obstacles:
    """Boxes that may be in the way, found by where they lie."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[int, int], list[Box]] = defaultdict(list)

    def add(self, box: Box) -> None:
        for place in _buckets(box):
            self._buckets[place].append(box)

    def hit(self, box: Box) -> int:
        """How many of them lie under this one."""
        return len(
            {id(other) for place in _buckets(box) for other in self._buckets[place] if other.overlaps(box)}
        )


def _buckets(box: Box) -> Iterator[tuple[int, int]]:
    for x in range(int(box.x // BUCKET), int(box.right // BUCKET) + 1):
        for y in range(int(box.y // BUCKET), int(box.bottom // BUCKET) + 1):
            yield x, y


def best(candidates: list[Box], obstacles: Obstacles) -> tuple[Box, bool]:
    """The first free place, or the one that covers least; and whether it covers something."""
    found: tuple[int, Box] | None = None
    for box in candidates:
        hits = obstacles.hit(box)
        if hits == 0:
            return box, False
        if found is None or hits < found[0]:
            found = hits, box
    assert found is not None
    return found[1], True


def beside_node(node: Node, box: Box, widest: float = lettering.NODE_LABEL) -> list[Box]:
    """Where the name of an event, a gateway or a data object may stand, the best place first."""
    width, height = lettering.label(node.name, widest)
    middle = box.centre[0] - width / 2
    above, below = box.y - height - GAP, box.bottom + GAP
    if node.host is not None:
        return [
            Box(box.x - width - 2, box.centre[1] + GAP, width, height),
            Box(box.right + 2, box.centre[1] + GAP, width, height),
            Box(box.x - width - 2, below, width, height),
            Box(box.right + 2, below, width, height),
        ]
    straight = [
        Box(middle, y, width, height) for y in ((above, below) if node.is_gateway else (below, above))
    ]
    edge = 2 if node.is_event else -8
    corners = [
        Box(x, y, width, height)
        for y in ((above + 10, below - 10) if node.is_gateway else (below - 8, above + 8))
        for x in (box.right + edge, box.x - width - edge)
    ]
    tight = [
        Box(x, y, width, height)
        for y in (above, below)
        for x in (box.centre[0] + GAP, box.centre[0] - width - GAP)
    ]
    return [*straight, *tight, *corners]


def beside_line(name: str, points: tuple[Point, ...]) -> list[Box]:
    """Where the name of a line may stand: near its beginning first."""
    width, height = lettering.label(name, lettering.FLOW_LABEL)
    places: list[Box] = []
    for (x1, y1), (x2, y2) in pairwise(points):
        if y1 == y2:
            places += _along(x1, x2, y1, width, height)
        else:
            places += _down(y1, y2, x1, width, height)
    return places


def _along(x1: float, x2: float, y: float, width: float, height: float) -> list[Box]:
    near = x1 + GAP if x2 > x1 else x1 - width - GAP
    far = x2 - width - 12 if x2 > x1 else x2 + 12
    middle = (x1 + x2 - width) / 2
    wheres = [near, middle, far] if abs(x2 - x1) >= width else [near]
    return [Box(x, top, width, height) for x in wheres for top in (y - height - 3, y + 3)]


def _down(y1: float, y2: float, x: float, width: float, height: float) -> list[Box]:
    near = y1 + GAP if y2 > y1 else y1 - height - GAP
    middle = (y1 + y2 - height) / 2
    wheres = [near, middle] if abs(y2 - y1) >= height + 2 * GAP else [near]
    return [Box(left, y, width, height) for y in wheres for left in (x + GAP, x - width - GAP)]


def lines_in_the_way(obstacles: Obstacles, lines: dict[str, Line]) -> None:
    for line in lines.values():
        for piece in line.segments():
            obstacles.add(piece.grown(1))
