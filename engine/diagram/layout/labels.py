"""Names beside events, gateways and lines: each at the first place where it covers nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from engine.diagram.layout import lettering
from engine.diagram.layout.picture import Box, Line, Point
from engine.diagram.layout.scene import Node

BUCKET = 120
VAST = 400 * BUCKET**2  # px²: what is larger is looked at by itself, not in each of its buckets
GAP = 4


class Obstacles:
    """Boxes that may be in the way, found by where they lie."""

    def __init__(self, within: Box | None = None) -> None:
        self.within = within
        self._buckets: dict[tuple[int, int], list[Box]] = defaultdict(list)
        self._vast: list[Box] = []

    def add(self, box: Box) -> None:
        if box.width * box.height > VAST:
            self._vast.append(box)
            return
        for place in _buckets(box):
            self._buckets[place].append(box)

    def hit(self, box: Box) -> int:
        """How many of them lie under this one; being outside of where it belongs counts like one."""
        outside = self.within is not None and not self.within.contains(box)
        found = {id(other) for at in _buckets(box) for other in self._buckets[at] if other.overlaps(box)}
        return len(found) + sum(other.overlaps(box) for other in self._vast) + outside


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
        wheres = [box.x - width - 2, box.right + 2]
        return [Box(x, y, width, height) for y in (box.centre[1] + GAP, below) for x in wheres]
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


def parted(points: tuple[Point, ...], others: list[tuple[Point, ...]]) -> tuple[Point, ...]:
    """The rest of a line from where it leaves the last of the others that begin like it."""
    rests = [_rest(points, other) for other in others]
    return min(rests, key=len_of, default=points)


def len_of(points: tuple[Point, ...]) -> float:
    return sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(points))


def _rest(points: tuple[Point, ...], other: tuple[Point, ...]) -> tuple[Point, ...]:
    for index, ((a, b), (c, d)) in enumerate(zip(pairwise(points), pairwise(other), strict=False)):
        if a != c or _heading(a, b) != _heading(c, d):
            return points[index:]
        if b != d:
            shorter = min(b, d, key=lambda end: abs(end[0] - a[0]) + abs(end[1] - a[1]))
            return points[index + 1 :] if shorter == b else (shorter, *points[index + 1 :])
    return points


def _heading(a: Point, b: Point) -> tuple[bool, bool, bool, bool]:
    return a[0] < b[0], a[0] > b[0], a[1] < b[1], a[1] > b[1]


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
