"""One container laid out: its shapes, lines and names. Coordinates begin at 0, 0."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from engine.diagram.layout import labels, lettering
from engine.diagram.layout.measures import EVENT, HUNG_LABEL, Measures, even, make_room
from engine.diagram.layout.picture import Box, Drawing, Line, Point, Shape
from engine.diagram.layout.ranks import host
from engine.diagram.layout.routes import routed
from engine.diagram.layout.routing import Effort, Way
from engine.diagram.layout.scene import Container, Link, Node
from engine.diagram.layout.tracks import Piece

INNER = 20  # around the content of a sub-process
MARK = 30  # below it, where the signs for repetition are drawn
TITLE = 26  # its name above the content
SIBLINGS = 30  # lines from the same step that a name is kept apart from
ROUNDS = 4  # so often room is made for names


@dataclass
class Sheet:
    """`bands` are top and bottom of each lane at the innermost level."""

    drawing: Drawing
    width: float
    height: float
    bands: list[tuple[float, float]]


def laid_out(container: Container, effort: Effort) -> Sheet:
    inside = {node.id: laid_out(node.inside, effort) for node in container.nodes.values() if node.inside}
    for key, sheet in inside.items():
        node = container.nodes[key]
        node.width = max(even(sheet.width + 2 * INNER), 160, even(lettering.advance(node.name, 12) + 40))
        node.height = max(even(sheet.height + TITLE + MARK), 120)
    for node in container.nodes.values():
        make_room(container, node)
    sheet = _Pencil(Measures(routed(container, effort))).finished()
    for key, inner in inside.items():
        box = sheet.drawing.shapes[key].box
        sheet.drawing.add(inner.drawing, box.x + (box.width - inner.width) / 2, box.y + TITLE)
    return sheet


class _Pencil:
    """Draws what was measured, and makes room until every name has its place."""

    def __init__(self, measures: Measures) -> None:
        self.measures = measures
        self.routes = measures.routes
        self.container = measures.container

    def finished(self) -> Sheet:
        measures = self.measures
        for left in reversed(range(ROUNDS)):
            measures.measure()
            drawing = self._drawn()
            if not self._name(drawing) or not left:
                break
        drawing.simple = self.routes.simple
        bands = [(measures.top[first], measures.top[last + 1]) for first, last in self.routes.band_lines]
        return _holding_names(Sheet(drawing, measures.wide, measures.top[-1], bands))

    def _drawn(self) -> Drawing:
        drawing = Drawing()
        for key in self.routes.grid.column:
            node = self.container.nodes[key]
            column, row = self.routes.place(key)
            x, y = self.measures.x[column] + self.measures.shift.get(key, 0), self.measures.y[row]
            drawing.shapes[key] = Shape(Box(x - node.width / 2, y - node.height / 2, node.width, node.height))
        for node in self.measures.loose:
            x, y = self.measures.put[node.id]
            box = Box(x - node.width / 2, y - node.height / 2, node.width, node.height)
            drawing.shapes[node.id] = Shape(box)
        for node in self.container.nodes.values():
            if node.host is not None:
                on = drawing.shapes[node.host].box
                x, y = on.centre[0] + self.measures.shift[node.id], on.bottom
                drawing.shapes[node.id] = Shape(Box(x - EVENT / 2, y - EVENT / 2, EVENT, EVENT))
        for way, _ in self.routes.ways:
            drawing.edges[way.id] = Line(self._points(way, self.measures.tracks.pieces[way.id], drawing))
        return drawing

    def _points(self, way: Way, pieces: list[Piece], drawing: Drawing) -> tuple[Point, ...]:
        source, target = drawing.shapes[way.source].box, drawing.shapes[way.target].box
        end = len(pieces) - 1
        at = [self.measures.at(way, piece, index == 0, index == end) for index, piece in enumerate(pieces)]
        points: list[Point] = []
        for before, after in pairwise(range(len(pieces))):
            across = pieces[before].axis == 0
            points.append((at[after], at[before]) if across else (at[before], at[after]))
        first, last = pieces[0], pieces[-1]
        goal = points[0] if points else target.centre
        begin = _docking(source, first.axis, at[0], goal)
        comes = points[-1] if points else source.centre
        finish = _docking(target, last.axis, at[-1], comes)
        if len(pieces) == 1 and last.axis and abs(at[0] - target.centre[0]) > target.width / 2 - 8:
            level = finish[1] - 12
            return begin, (at[0], level), (target.centre[0], level), (target.centre[0], target.y)
        return begin, *points, finish

    # ------------------------------------------------------------------------------------------- names

    def _name(self, drawing: Drawing) -> bool:
        """Puts the names beside; True where room was made that another round needs."""
        width, height = self.measures.wide, self.measures.top[-1]
        obstacles = labels.Obstacles(Box(0, 0, width, height))
        for first, _ in self.routes.band_lines[1:]:
            obstacles.add(Box(0, self.measures.top[first] - 1, width, 2))
        for shape in drawing.shapes.values():
            obstacles.add(shape.box.grown(1))
        labels.lines_in_the_way(obstacles, drawing.edges)
        nodes = [node for node in self.container.nodes.values() if node.is_small and node.name]
        again = [self._name_node(node, drawing, obstacles) for node in nodes]
        leaving: dict[str, list[Link]] = defaultdict(list)
        for link in self.container.links:
            leaving[link.source].append(link)
        named = [link for link in self.container.links if link.name]
        again += [self._name_line(link, leaving[link.source], drawing, obstacles) for link in named]
        return any(again)

    def _name_node(self, node: Node, drawing: Drawing, obstacles: labels.Obstacles) -> bool:
        shape = drawing.shapes[node.id]
        widest = HUNG_LABEL if node.host else lettering.NODE_LABEL
        box, covers = labels.best(labels.beside_node(node, shape.box, widest), obstacles)
        obstacles.add(box)
        drawing.shapes[node.id] = Shape(shape.box, box)
        if not covers or host(self.container, node.id) not in self.routes.grid.column:
            return False
        row = self.routes.place(node.id)[1]
        self.measures.higher[row - 1 if node.is_gateway else row + 1] += box.height
        return True

    def _name_line(
        self, link: Link, leaving: list[Link], drawing: Drawing, obstacles: labels.Obstacles
    ) -> bool:
        line = drawing.edges[link.id]
        others = [other.id for other in leaving if other.target != link.target][:SIBLINGS]
        own = labels.parted(line.points, [drawing.edges[key].points for key in others])
        box, covers = labels.best(labels.beside_line(link.name, own), obstacles)
        obstacles.add(box)
        drawing.edges[link.id] = Line(line.points, box)
        if not covers:
            return False
        piece = self.measures.tracks.pieces[link.id][0]
        column, row = self.routes.place(link.source)
        if piece.axis == 0:
            self.measures.wider[column + 1 if piece.high > column else column - 1] += box.width + 8
        else:
            self.measures.higher[row + 1 if piece.high > row else row - 1] += box.height + 4
        return True


def _holding_names(sheet: Sheet) -> Sheet:
    """The sheet as large as its names need where there was no room for them inside."""
    shapes, lines = sheet.drawing.shapes.values(), sheet.drawing.edges.values()
    labelled = [*(shape.label for shape in shapes), *(line.label for line in lines)]
    names = [label for label in labelled if label is not None]
    around = Box.around([Box(0, 0, sheet.width, sheet.height), *names])
    if not sheet.bands or (around.width, around.height) == (sheet.width, sheet.height):
        return sheet
    drawing = Drawing(simple=sheet.drawing.simple)
    drawing.add(sheet.drawing, -around.x, -around.y)
    bands = [(top - around.y, bottom - around.y) for top, bottom in sheet.bands]
    bands[0] = (0, bands[0][1])
    bands[-1] = (bands[-1][0], around.height)
    return Sheet(drawing, around.width, around.height, bands)


def _docking(box: Box, axis: int, at: float, other: Point) -> Point:
    """Where a line that keeps `at` and goes on to `other` touches the box."""
    if axis == 0:
        return (box.right if other[0] > box.centre[0] else box.x), at
    return at, (box.bottom if other[1] > box.centre[1] else box.y)
