"""A whole picture: pools under each other, lanes around their steps, and the lines from one pool to another."""

from __future__ import annotations

from engine.diagram.layout.crossing import connected
from engine.diagram.layout.picture import Box, Drawing, Shape
from engine.diagram.layout.scene import Container, Group, Plane, Pool
from engine.diagram.layout.sheet import Sheet, laid_out

LEFT, TOP = 160, 80
HEAD = 30  # the strip with a pool's or lane's name
BLACK = 60  # height of a pool nobody looks into
SPACE = 50  # between pools
SMALLEST = (600, 120)


def pictured(plane: Plane) -> Drawing:
    drawing = Drawing()
    y: float = TOP
    sheets = [(pool, laid_out(pool.container) if pool.container else None) for pool in plane.pools]
    width = max((_width(pool, sheet) for pool, sheet in sheets), default=0)
    busy = sum(1 for link in plane.across)
    space = SPACE + min(200, 12 * busy)
    for pool, sheet in sheets:
        y += _put_pool(drawing, pool, sheet, y, width) + space
    if plane.container is not None:
        sheet = laid_out(plane.container)
        x = LEFT + _heads(plane.container) * HEAD
        drawing.add(sheet.drawing, x, y)
        _put_lanes(drawing, plane.container, sheet, LEFT, y, x + sheet.width - LEFT)
    _put_groups(drawing, plane.groups)
    connected(drawing, plane)
    return drawing


def _heads(container: Container) -> int:
    return max((lane.depth + 1 for lane in container.lanes), default=0)


def _width(pool: Pool, sheet: Sheet | None) -> float:
    if sheet is None or pool.container is None:
        return SMALLEST[0]
    return max(SMALLEST[0], HEAD * (1 + _heads(pool.container)) + sheet.width)


def _put_pool(drawing: Drawing, pool: Pool, sheet: Sheet | None, y: float, width: float) -> float:
    """Its height."""
    if sheet is None or pool.container is None:
        drawing.shapes[pool.id] = Shape(Box(LEFT, y, width, BLACK))
        return BLACK
    missing = max(0.0, SMALLEST[1] - sheet.height)
    height = sheet.height + missing
    drawing.shapes[pool.id] = Shape(Box(LEFT, y, width, height))
    _put_lanes(drawing, pool.container, sheet, LEFT + HEAD, y, width - HEAD, missing)
    shift = missing / 2 if pool.container.bands == 1 else 0
    drawing.add(sheet.drawing, LEFT + HEAD * (1 + _heads(pool.container)), y + shift)
    return height


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
