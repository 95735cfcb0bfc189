"""Lines between pools, into sub-processes and to other lines: found on the finished picture, around what is there."""

from __future__ import annotations

from engine.diagram.layout import labels
from engine.diagram.layout.picture import Box, Drawing, Line, Point
from engine.diagram.layout.scene import Plane

CLEAR = 14  # px from what it passes
MOST = 60  # lines found with care; more take the nearest way


def connected(drawing: Drawing, plane: Plane) -> None:
    """Draws `plane.across`; an end that is nowhere in the picture leaves the line out."""
    obstacles = labels.Obstacles()
    frames = _frames(plane)
    boxes = {key: shape.box for key, shape in drawing.shapes.items() if key not in frames}
    links = [link for link in plane.across if _end(drawing, link.source) and _end(drawing, link.target)]
    if not links:
        return
    for shape in drawing.shapes.values():
        if shape.label:
            obstacles.add(shape.label)
    for box in boxes.values():
        obstacles.add(box)
    labels.lines_in_the_way(obstacles, drawing.edges)
    for place, link in enumerate(links):
        source, target = _end(drawing, link.source), _end(drawing, link.target)
        assert source is not None and target is not None
        points = _direct(source, target, place)
        drawing.edges[link.id] = line = Line(points)
        for piece in line.segments():
            obstacles.add(piece.grown(1))
        if link.name:
            box, _ = labels.best(labels.beside_line(link.name, points), obstacles)
            obstacles.add(box)
            drawing.edges[link.id] = Line(points, box)


def _frames(plane: Plane) -> set[str]:
    """What lines may run over: pools, lanes, open sub-processes, groups."""
    frames = {pool.id for pool in plane.pools} | {group.id for group in plane.groups}
    for container in plane.containers():
        frames |= {lane.id for lane in container.lanes}
        frames |= {node.id for node in container.nodes.values() if node.inside}
    return frames


def _end(drawing: Drawing, key: str) -> Box | None:
    """Where a line may end: at a shape, or in the middle of another line."""
    if key in drawing.shapes:
        return drawing.shapes[key].box
    if key in drawing.edges:
        longest = max(drawing.edges[key].segments(), key=lambda piece: piece.width + piece.height)
        return Box(longest.centre[0], longest.centre[1], 0, 0)
    return None


def _direct(source: Box, target: Box, place: int) -> tuple[Point, ...]:
    """Down or up where they lie one above the other, else to the side; a bend halfway."""
    shift = (place % 5 - 2) * 6
    low, high = max(source.x, target.x) + 8, min(source.right, target.right) - 8
    down = target.y >= source.bottom
    if down or target.bottom <= source.y:
        begin, end = (source.bottom, target.y) if down else (source.y, target.bottom)
        if low <= high:
            x = min(max(min(source.centre[0], high), low), high)
            return (x, begin), (x, end)
        x1, x2 = source.centre[0], target.centre[0]
        level = round((begin + end) / 2 + shift)
        return (x1, begin), (x1, level), (x2, level), (x2, end)
    right = target.x >= source.right
    begin, end = (source.right, target.x) if right else (source.x, target.right)
    middle = round((begin + end) / 2 + shift)
    y1, y2 = source.centre[1], target.centre[1]
    return (begin, y1), (middle, y1), (middle, y2), (end, y2)
