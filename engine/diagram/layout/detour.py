"""A way between two places of a finished picture, at right angles and around every shape."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from itertools import pairwise

from engine.diagram.layout.picture import Box, Point
from engine.diagram.layout.routing import STEP, corners

CLEAR = 14  # px from what it passes
BEND = 60.0  # a bend costs as much as so many px
SHARED = 4.0  # a px along another line costs as much as so many
MOST = 120  # shapes and lines up to which ways are searched for
FAR = 12_000  # places looked at for one way

Place = tuple[int, int]


class Ground:
    """The shapes of a picture, and the lines that were put on it."""

    def __init__(self, boxes: list[Box], pools: list[Box]) -> None:
        self.boxes = boxes
        self.pools = pools
        self.used: list[Box] = []

    def use(self, points: tuple[Point, ...]) -> None:
        """Later ways keep off this one."""
        for (x1, y1), (x2, y2) in pairwise(points):
            self.used.append(Box(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2)))

    def way(self, source: Box, target: Box, begin: Point, end: Point) -> tuple[Point, ...] | None:
        """From edge to edge, out of `begin` inside the source straight on and so into `end` inside the target; None
        where there is none that is not too far to find.
        """
        path = _Search(self, source, target, begin, end).path()
        if path is None:
            return None
        return _edge(source, path[0], path[1]), *path[1:-1], _edge(target, path[-1], path[-2])


class _Search:
    def __init__(self, ground: Ground, source: Box, target: Box, begin: Point, end: Point) -> None:
        self.ends = (source, target)
        self.points = (begin, end)
        self.boxes = [box for box in ground.boxes if box not in self.ends]
        self.used = ground.used
        around = [*ground.boxes, *ground.pools]
        self.xs = _lines(
            [edge for box in around for edge in (box.x - CLEAR, box.right + CLEAR)], self.points, 0
        )
        self.ys = _lines(
            [edge for box in around for edge in (box.y - CLEAR, box.bottom + CLEAR)], self.points, 1
        )

    def path(self) -> list[Point] | None:
        start, goal = (self._place(point) for point in self.points)
        if start == goal:
            return None
        queue: list[tuple[float, float, Place, int, tuple[Place, int] | None]] = []
        for direction in range(4):
            heapq.heappush(queue, (0.0, 0.0, start, direction, None))
        came: dict[tuple[Place, int], tuple[Place, int] | None] = {}
        while queue and len(came) < FAR:
            _, cost, place, direction, before = heapq.heappop(queue)
            if (place, direction) in came:
                continue
            came[place, direction] = before
            if place == goal and before is not None:
                return self._corners(came, (place, direction))
            for turn in range(4):
                step = self._step(place, direction, turn)
                if step is None or (step[0], turn) in came:
                    continue
                spent = cost + step[1]
                rest = abs(self.xs[step[0][0]] - self.xs[goal[0]]) + abs(
                    self.ys[step[0][1]] - self.ys[goal[1]]
                )
                heapq.heappush(queue, (spent + rest, spent, step[0], turn, (place, direction)))
        return None

    def _place(self, point: Point) -> Place:
        return bisect_left(self.xs, point[0]), bisect_left(self.ys, point[1])

    def _step(self, place: Place, direction: int, turn: int) -> tuple[Place, float] | None:
        """The next place that way and what it costs; None where it may not go."""
        if (turn - direction) % 4 == 2:
            return None
        there = (place[0] + STEP[turn][0], place[1] + STEP[turn][1])
        if not (0 <= there[0] < len(self.xs) and 0 <= there[1] < len(self.ys)):
            return None
        x1, y1, x2, y2 = self.xs[place[0]], self.ys[place[1]], self.xs[there[0]], self.ys[there[1]]
        if turn != direction and any(box.contains(Box(x1, y1, 0, 0)) for box in self.ends):
            return None
        piece = Box(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2))
        if any(box.grown(4).overlaps(piece) for box in self.boxes):
            return None
        length = piece.width + piece.height
        shared = sum(SHARED * length for line in self.used if _along(line, piece))
        return there, length + shared + (BEND if turn != direction else 0)

    def _corners(
        self, came: dict[tuple[Place, int], tuple[Place, int] | None], last: tuple[Place, int]
    ) -> list[Point]:
        places: list[Place] = []
        here: tuple[Place, int] | None = last
        while here is not None:
            places.append(here[0])
            here = came[here]
        return [(self.xs[x], self.ys[y]) for x, y in corners(places[::-1])]


def _lines(edges: list[float], points: tuple[Point, Point], axis: int) -> list[float]:
    """Where ways may run, in order: beside the shapes, and through both ends."""
    middles = {point[axis] for point in points}
    kept = set(middles)
    for edge in sorted(set(edges)):
        if all(abs(edge - other) >= 3 for other in middles):
            kept.add(edge)
    return sorted(kept)


def _along(line: Box, piece: Box) -> bool:
    """Do they lie on each other, or too close beside?"""
    if (line.width > line.height) != (piece.width > piece.height):
        return False
    return line.grown(5).overlaps(piece)


def _edge(box: Box, inside: Point, outside: Point) -> Point:
    """Where the straight piece from the middle of the box leaves it."""
    if inside[1] == outside[1]:
        return (box.right if outside[0] > inside[0] else box.x), inside[1]
    return inside[0], (box.bottom if outside[1] > inside[1] else box.y)
