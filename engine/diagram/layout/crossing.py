"""Lines between pools, into sub-processes and to other lines: found on the finished picture, around what is there."""

from __future__ import annotations

from engine.diagram.layout import labels
from engine.diagram.layout.detour import MOST, Ground
from engine.diagram.layout.picture import Box, Drawing, Line, Point
from engine.diagram.layout.scene import Plane


def connected(drawing: Drawing, plane: Plane) -> None:
    """Draws `plane.across`. A link to what is on another plane (inside a collapsed sub-process) has no line here."""
    links = [link for link in plane.across if _end(drawing, link.source) and _end(drawing, link.target)]
    if not links:
        return
    frames = _frames(plane)
    boxes = {key: shape.box for key, shape in drawing.shapes.items() if key not in frames}
    pools = [drawing.shapes[pool.id].box for pool in plane.pools]
    ground = Ground(list(boxes.values()), pools)
    obstacles = _obstacles(drawing, list(boxes.values()))
    careful = len(boxes) <= MOST and len(links) <= MOST
    drawing.simple = drawing.simple or not careful
    for place, link in enumerate(links):
        source, target = _end(drawing, link.source), _end(drawing, link.target)
        assert source is not None and target is not None
        begin = _point(source, target) if link.source in frames else source.centre
        end = _point(target, source) if link.target in frames else target.centre
        points = ground.way(source, target, begin, end) if careful else None
        points = points or direct(source, target, place)
        ground.use(points)
        line = Line(points)
        for piece in line.segments():
            obstacles.add(piece.grown(1))
        if link.name:
            box, _ = labels.best(labels.beside_line(link.name, points), obstacles)
            obstacles.add(box)
            line = Line(points, box)
        drawing.edges[link.id] = line


def _obstacles(drawing: Drawing, boxes: list[Box]) -> labels.Obstacles:
    obstacles = labels.Obstacles()
    for box in [*boxes, *(shape.label for shape in drawing.shapes.values() if shape.label)]:
        obstacles.add(box)
    for line in drawing.edges.values():
        if line.label:
            obstacles.add(line.label)
    labels.lines_in_the_way(obstacles, drawing.edges)
    return obstacles


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
        return Box(round(longest.centre[0]), round(longest.centre[1]), 0, 0)
    return None


def _point(frame: Box, other: Box) -> Point:
    """Where a line may leave a frame, so that it goes straight on to the other end."""
    return min(max(other.centre[0], frame.x + 60), frame.right - 20), frame.centre[1]


def direct(source: Box, target: Box, place: int) -> tuple[Point, ...]:
    """Down or up where they lie one above the other, else to the side; a bend halfway, each at another height."""
    shift = (place % 5 - 2) * 6
    down = target.y >= source.bottom
    if down or target.bottom <= source.y:
        begin, end = (source.bottom, target.y) if down else (source.y, target.bottom)
        x1, x2 = source.centre[0], target.centre[0]
        if x1 == x2:
            return (x1, begin), (x2, end)
        level = round((begin + end) / 2 + shift)
        return (x1, begin), (x1, level), (x2, level), (x2, end)
    right = target.x >= source.right
    begin, end = (source.right, target.x) if right else (source.x, target.right)
    y1, y2 = source.centre[1], target.centre[1]
    if y1 == y2:
        return (begin, y1), (end, y2)
    middle = round((begin + end) / 2 + shift)
    return (begin, y1), (middle, y1), (middle, y2), (end, y2)
