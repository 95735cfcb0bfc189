"""A whole picture: pools under each other, lanes around their steps, and the lines from one pool to another."""

from __future__ import annotations

from dataclasses import dataclass

from engine.diagram.layout import lettering
from engine.diagram.layout.crossing import connected
from engine.diagram.layout.picture import Box, Drawing, Shape
from engine.diagram.layout.routing import Effort
from engine.diagram.layout.scene import Container, Group, Plane, Pool
from engine.diagram.layout.sheet import Sheet, laid_out

LEFT, TOP = 160, 80
HEAD = 30  # the strip with a pool's or lane's name
BLACK = 60  # height of a pool nobody looks into
SPACE = 50  # between pools
SMALLEST = (400, 120)


@dataclass(frozen=True)
class _Filled:
    """A pool with what is in it."""

    pool: Pool
    sheet: Sheet | None

    @property
    def width(self) -> float:
        if self.sheet is None or self.pool.container is None:
            return SMALLEST[0]
        return max(SMALLEST[0], HEAD * (1 + _heads(self.pool.container)) + self.sheet.width)

    @property
    def height(self) -> float:
        if self.sheet is None:
            return BLACK
        return max(self.sheet.height, SMALLEST[1], lettering.advance(self.pool.name, 12) + 24)


def pictured(plane: Plane) -> Drawing:
    drawing, effort = Drawing(), Effort()
    y: float = TOP
    space = SPACE + min(200, 12 * len(plane.across))
    sheets = [
        _Filled(pool, laid_out(pool.container, effort) if pool.container else None) for pool in plane.pools
    ]
    for shelf in _shelves(sheets, space, bool(plane.across)):
        x: float = LEFT
        for filled, width in shelf:
            _put_pool(drawing, filled, x, y, width)
            x += width + SPACE
        y += max(filled.height for filled, _ in shelf) + space
    if plane.container is not None:
        sheet = laid_out(plane.container, effort)
        x = LEFT + _heads(plane.container) * HEAD
        drawing.add(sheet.drawing, x, y)
        _put_lanes(drawing, plane.container, sheet, LEFT, y, x + sheet.width - LEFT)
    _put_groups(drawing, plane.groups)
    connected(drawing, plane)
    return drawing


def _heads(container: Container) -> int:
    return max((lane.depth + 1 for lane in container.lanes), default=0)


def _shelves(sheets: list[_Filled], space: float, tied: bool) -> list[list[tuple[_Filled, float]]]:
    """Pools in rows, each with its width: small ones beside each other, unless lines run between them."""
    widest = max((filled.width for filled in sheets), default=0)
    shelves: list[list[tuple[_Filled, float]]] = []
    room = 0.0
    for filled in sheets:
        if tied or not shelves or filled.width + SPACE > room:
            shelves.append([])
            room = widest + SPACE
        shelves[-1].append((filled, filled.width))
        room -= filled.width + SPACE
    for shelf in shelves:
        if len(shelf) == 1:
            shelf[0] = (shelf[0][0], widest)
    return shelves


def _put_pool(drawing: Drawing, filled: _Filled, x: float, y: float, width: float) -> None:
    pool, sheet = filled.pool, filled.sheet
    drawing.shapes[pool.id] = Shape(Box(x, y, width, filled.height))
    if sheet is None or pool.container is None:
        return
    missing = filled.height - sheet.height
    _put_lanes(drawing, pool.container, sheet, x + HEAD, y, width - HEAD, missing)
    shift = missing / 2 if pool.container.bands == 1 else 0
    drawing.add(sheet.drawing, x + HEAD * (1 + _heads(pool.container)), y + shift)


def _put_lanes(
    drawing: Drawing, container: Container, sheet: Sheet, x: float, y: float, width: float, more: float = 0
) -> None:
    for lane in container.lanes:
        top, bottom = sheet.bands[lane.first][0], sheet.bands[lane.last][1]
        last = lane.last == container.bands - 1
        left = x + HEAD * lane.depth
        box = Box(left, y + top, width - HEAD * lane.depth, bottom - top + (more if last else 0))
        drawing.shapes[lane.id] = Shape(box)


def _put_groups(drawing: Drawing, groups: list[Group]) -> None:
    """A frame goes with what it held; an empty one stands below everything."""
    for group in groups:
        held = [drawing.shapes[key].box for key in group.members if key in drawing.shapes]
        if held:
            drawing.shapes[group.id] = Shape(Box.around(held).grown(14))
            continue
        size = (group.box.width, group.box.height) if group.box else (300, 200)
        below = max((shape.box.bottom for shape in drawing.shapes.values()), default=TOP) + 40
        drawing.shapes[group.id] = Shape(Box(LEFT, below, *size))
