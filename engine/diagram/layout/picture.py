"""What a layout gives: where every shape lies, where every line runs, where their labels stand. In pixels."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def centre(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def moved(self, dx: float, dy: float) -> Box:
        return replace(self, x=self.x + dx, y=self.y + dy)

    def grown(self, by: float) -> Box:
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def overlaps(self, other: Box) -> bool:
        across = self.x < other.right and other.x < self.right
        return across and self.y < other.bottom and other.y < self.bottom

    def contains(self, other: Box) -> bool:
        across = self.x <= other.x and other.right <= self.right
        return across and self.y <= other.y and other.bottom <= self.bottom

    @classmethod
    def around(cls, boxes: list[Box]) -> Box:
        """The smallest box that holds them all; there must be one."""
        x, y = min(box.x for box in boxes), min(box.y for box in boxes)
        return cls(x, y, max(box.right for box in boxes) - x, max(box.bottom for box in boxes) - y)


@dataclass(frozen=True)
class Shape:
    box: Box
    label: Box | None = None

    def moved(self, dx: float, dy: float) -> Shape:
        return Shape(self.box.moved(dx, dy), self.label and self.label.moved(dx, dy))


@dataclass(frozen=True)
class Line:
    points: tuple[Point, ...]
    label: Box | None = None

    def moved(self, dx: float, dy: float) -> Line:
        points = tuple((x + dx, y + dy) for x, y in self.points)
        return Line(points, self.label and self.label.moved(dx, dy))

    def segments(self) -> list[Box]:
        """Each straight piece, as a thin box."""
        return [
            Box(min(a[0], b[0]), min(a[1], b[1]), max(abs(a[0] - b[0]), 0.1), max(abs(a[1] - b[1]), 0.1))
            for a, b in pairwise(self.points)
        ]


@dataclass
class Drawing:
    """Shapes and lines by the id of their element. `simple` says that so much was to be drawn that lines took the
    nearest way instead of the best one.
    """

    shapes: dict[str, Shape] = field(default_factory=dict)
    edges: dict[str, Line] = field(default_factory=dict)
    simple: bool = False

    def add(self, other: Drawing, dx: float = 0, dy: float = 0) -> None:
        """Takes another drawing in, moved."""
        self.shapes.update({key: shape.moved(dx, dy) for key, shape in other.shapes.items()})
        self.edges.update({key: line.moved(dx, dy) for key, line in other.edges.items()})
        self.simple = self.simple or other.simple

    def as_dict(self) -> dict[str, Any]:
        """As JSON: `{shapes: {id: {x, y, width, height, label?}}, edges: {id: {waypoints, label?}}, simple}`."""
        return {
            "shapes": {key: _bounds(one.box) | _label(one.label) for key, one in self.shapes.items()},
            "edges": {
                key: {"waypoints": [{"x": round(x), "y": round(y)} for x, y in one.points]}
                | _label(one.label)
                for key, one in self.edges.items()
            },
            "simple": self.simple,
        }


def _bounds(box: Box) -> dict[str, Any]:
    return {name: round(getattr(box, name)) for name in ("x", "y", "width", "height")}


def _label(box: Box | None) -> dict[str, Any]:
    return {} if box is None else {"label": _bounds(box)}
