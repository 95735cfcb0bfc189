"""One container laid out: cells, lines between them, labels. Coordinates begin at 0, 0."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

from engine.diagram.layout import labels, lettering
from engine.diagram.layout.notes import noted, placeable
from engine.diagram.layout.picture import Box, Drawing, Line, Point, Shape
from engine.diagram.layout.ranks import Order, host, ranked
from engine.diagram.layout.routing import Lattice, Place, Way
from engine.diagram.layout.rows import Grid, gridded
from engine.diagram.layout.scene import Container, Link, Node
from engine.diagram.layout.tracks import Piece, Tracks, tracked

TRACK = 12
BETWEEN = 50  # px between columns where no line bends
ASIDE = 30  # left of the first column and right of the last
APART = 30  # between rows of one lane
EDGE = 20  # between a row and the border of its lane
EVENT = 36
INNER = 20  # around the content of a sub-process
MARK = 30  # below it, where the signs for repetition are drawn
TITLE = 26  # its name above the content
LOOSE_WIDTH = 1400  # what no flow touches stands side by side at least this far
SEARCHED = 150  # lines up to which other orders of the rows are tried
ROUNDS = 4  # so often room is made for labels
NEVER = 99.0


@dataclass
class Sheet:
    """`bands` are top and bottom of each lane at the innermost level; `columns` and `streets` where lines may run."""

    drawing: Drawing
    width: float
    height: float
    bands: list[tuple[float, float]]
    gaps: list[float] = field(default_factory=list)
    streets: list[float] = field(default_factory=list)


def laid_out(container: Container) -> Sheet:
    inside = {node.id: laid_out(node.inside) for node in container.nodes.values() if node.inside}
    for key, sheet in inside.items():
        node = container.nodes[key]
        node.width = max(_even(sheet.width + 2 * INNER), 160, _even(lettering.advance(node.name, 12) + 40))
        node.height = max(_even(sheet.height + TITLE + MARK), 120)
    for node in container.nodes.values():
        _make_room(container, node)
    sheet = _best(container).finished()
    for key, inner in inside.items():
        box = sheet.drawing.shapes[key].box
        sheet.drawing.add(inner.drawing, box.x + (box.width - inner.width) / 2, box.y + TITLE)
    return sheet


def _best(container: Container) -> _Work:
    """The rows of a lane may change places where lines get shorter or cross less by that."""
    order = ranked(container)
    work = _Work(container, order, gridded(container, order))
    for first, second in work.grid.neighbours() if 1 < len(container.links) <= SEARCHED else ():
        other = _Work(container, order, work.grid.swapped(first, second))
        if other.cost < work.cost:
            work = other
    if placeable(container):
        work = _Work(container, order, noted(container, work.grid, work.crossed))
    return work


def _even(length: float) -> float:
    return 2 * round((length + 1) // 2)


def _spacing(container: Container, key: str) -> float:
    named = [lettering.label(node.name, 66)[0] for node in container.boundary(key) if node.name]
    return max(46, max(named, default=0) + EVENT + 6)


def _make_room(container: Container, node: Node) -> None:
    """A step is wide enough for the events at its edge."""
    count = len(container.boundary(node.id))
    if count > 1:
        node.width = max(node.width, _even((count - 1) * _spacing(container, node.id) + 60))


class _Work:
    """The steps from a container to its sheet."""

    def __init__(self, container: Container, order: Order, grid: Grid) -> None:
        self.container = container
        self.grid = grid
        self.back = {link.id for link in order.back}
        self.row_line: list[int] = []
        self.streets: set[int] = set()
        self.band_lines: list[tuple[int, int]] = []
        for count in self.grid.rows:
            first = len(self.row_line) * 2 + len(self.band_lines)
            self.streets.update(range(first, first + 2 * count + 1, 2))
            self.row_line += range(first + 1, first + 2 * count, 2)
            self.band_lines.append((first, first + 2 * count))
        self.wider: dict[int, float] = defaultdict(float)  # column line -> more room, for labels
        self.higher: dict[int, float] = defaultdict(float)  # row line -> more room
        self.shift = self._boundary_offsets()  # how far right of its column's middle a node lies
        self.shift |= {key: self.shift[event] for key, event in order.under.items()}
        self.loose = [
            node for node in container.nodes.values() if node.host is None and node.id not in self.grid.column
        ]
        self._route()

    def finished(self) -> Sheet:
        tracks = tracked(self.ways, self.streets)
        self._measure(tracks)
        self._fit_names()
        for left in reversed(range(ROUNDS)):
            self._measure(tracks)
            drawing = self._drawn(tracks)
            if not self._label(drawing) or not left:
                break
        drawing.simple = self.simple
        bands = [(self.top[first], self.top[last + 1]) for first, last in self.band_lines]
        gaps = [self.x[line] for line in range(0, 2 * self.grid.columns + 1, 2)]
        return Sheet(
            drawing, self.wide, self.top[-1], bands, gaps, [self.y[line] for line in sorted(self.streets)]
        )

    # ------------------------------------------------------------------------------------------- ways

    def _place(self, key: str) -> Place:
        cell = host(self.container, key)
        return 2 * self.grid.column[cell] + 1, self.row_line[self.grid.row[cell]]

    def _route(self) -> None:
        """Finds the lines' ways; `crossed` are the cells some line passes."""
        taken = {self._place(key): key for key in self.grid.column}
        height = self.band_lines[-1][1] + 1
        lattice = Lattice(2 * self.grid.columns + 1, height, taken, self.streets)
        placed = [link for link in self.container.links if self._is_placed(link)]
        ways = [(self._way(link), link) for link in placed]

        def turn(pair: tuple[Way, Link]) -> tuple[bool, bool, int]:
            way, link = pair
            span = abs(way.start[0] - way.end[0]) + abs(way.start[1] - way.end[1])
            return link.quiet, link.id in self.back, span

        self.ways = [(way, lattice.find(way)) for way, _ in sorted(ways, key=turn)]
        self.cost, self.simple = lattice.spent, lattice.simple
        self.crossed = self._cells(lattice.visited())

    def _cells(self, places: list[Place]) -> set[tuple[int, int, int]]:
        """Column, band and row inside the band; lines along a lane's border would pass a new row there."""
        cells = set()
        for band, (first, last) in enumerate(self.band_lines):
            rows = {line: (line - first - 1) // 2 for line in range(first + 1, last, 2)} | {first: -1}
            rows[last] = (last - first) // 2
            cells |= {(x // 2, band, rows[y]) for x, y in places if x % 2 and y in rows}
        return cells

    def _is_placed(self, link: Link) -> bool:
        ends = (host(self.container, link.source), host(self.container, link.target))
        return all(end in self.grid.column for end in ends)

    def _way(self, link: Link) -> Way:
        nodes = self.container.nodes
        source, target = nodes[link.source], nodes[link.target]
        leaving: tuple[float, float, float, float] = (0, 3, 14, 3)
        entering: tuple[float, float, float, float] = (0, 2.5, 8, 2.5)
        if source.is_gateway:
            leaving = (0, 0.8, 14, 0.8)
        if source.host is not None:
            leaving = (NEVER, 0, NEVER, NEVER)
        if target.is_gateway:
            entering = (0, 0.8, 8, 0.8)
        if self.container.boundary(link.target):
            entering = (0, 2.5, 8, 20)
        if self.container.boundary(link.source):
            leaving = (0, 20, 14, 3)
        if link.quiet:
            leaving = entering = (1, 0, 1, 0)
        start, end = self._place(link.source), self._place(link.target)
        return Way(
            link.id,
            link.source,
            link.target,
            start,
            end,
            leaving,
            entering,
            bool(link.name),
            self.container.nodes[link.source].host is not None,
        )

    # ------------------------------------------------------------------------------------------- measures

    def _boundary_offsets(self) -> dict[str, float]:
        """How far right of its host's middle each boundary event sits."""
        offsets: dict[str, float] = {}
        for key in {node.host: None for node in self.container.nodes.values() if node.host}:
            assert key is not None
            events = self.container.boundary(key)
            if len(events) == 1:
                offsets[events[0].id] = min(20.0, self.container.nodes[key].width / 2 - 20)
                continue
            spacing = _spacing(self.container, key)
            for place, event in enumerate(events):
                offsets[event.id] = round((place - (len(events) - 1) / 2) * spacing - 10)
        return offsets

    def _extent(self, node: Node) -> tuple[float, float, float]:
        """Room it needs above and below its middle, and to each side."""
        up = down = node.height / 2
        side = node.width / 2
        if node.is_small and node.name:
            width, height = lettering.label(node.name, lettering.NODE_LABEL)
            side = max(side, width / 2)
            up, down = (up + height + 6, down) if node.is_gateway else (up, down + height + 6)
        events = self.container.boundary(node.id)
        if events:
            sizes = [lettering.label(event.name, 66) if event.name else (0, 0) for event in events]
            down += max(EVENT / 2, *(height + 8 for _, height in sizes)) + 2
            last = max(self.shift[event.id] for event in events)
            side = max(side, *(22 + width - 20 for width, _ in sizes) if len(events) == 1 else (last + 100,))
        if node.id in self.shift:
            side += self.shift[node.id]
        return up, down, side

    def _measure(self, tracks: Tracks) -> None:
        """Where every line of the lattice lies: `x`, `y` its middle, `left`, `top` its beginning."""
        sides: dict[int, float] = defaultdict(lambda: 50.0)
        ups: dict[int, float] = defaultdict(lambda: 24.0)
        downs: dict[int, float] = defaultdict(lambda: 24.0)
        for key in self.grid.column:
            up, down, side = self._extent(self.container.nodes[key])
            column, row = self._place(key)
            sides[column] = max(sides[column], side)
            ups[row], downs[row] = max(ups[row], up), max(downs[row], down)
        self.left, self.x = [0.0], []
        last = 2 * self.grid.columns
        for line in range(last + 1):
            if line % 2:
                half = _even(sides[line]) + 0.0
                before = after = half
            else:
                count = tracks.count.get((1, line), 0)
                base = ASIDE if line in (0, last) else BETWEEN
                room = max(base, 36 + TRACK * (count - 1)) + self.wider[line]
                before, after = room // 2, room - room // 2
            self.x.append(self.left[-1] + before)
            self.left.append(self.left[-1] + before + after)
        self.tracks = tracks
        self._measure_rows(ups, downs)

    def _measure_rows(self, ups: dict[int, float], downs: dict[int, float]) -> None:
        self.wide = max(self.left[-1], *(2 * self._extent(node)[2] + 2 * ASIDE for node in self.loose), 0)
        self.put: dict[str, Point] = {}
        self.top, self.y = [0.0], []
        borders = {line for pair in self.band_lines for line in pair}
        for line in range(self.band_lines[-1][1] + 1):
            if line in self.streets:
                count = self.tracks.count.get((0, line), 0)
                base = EDGE if line in borders else APART
                room = max(base, 24 + TRACK * (count - 1)) + self.higher[line]
                before, after = room // 2, room - room // 2
            else:
                before, after = _even(ups[line]), _even(downs[line])
            self.y.append(self.top[-1] + before)
            self.top.append(self.top[-1] + before + after)
            for band, (_, last) in enumerate(self.band_lines):
                if line == last:
                    self.top[-1] += self._pack(band, self.top[-1])

    def _pack(self, band: int, top: float) -> float:
        """Puts what no flow touches side by side at the bottom of its lane; the height that takes."""
        x, y, high = float(ASIDE), top, 0.0
        for node in self.loose:
            if node.band != band:
                continue
            up, down, side = self._extent(node)
            if x > ASIDE and x + 2 * side + ASIDE > max(self.wide, LOOSE_WIDTH):
                x, y, high = float(ASIDE), y + high + APART, 0.0
            self.put[node.id] = round(x + side), round(y + up)
            x, high = x + 2 * side + ASIDE, max(high, up + down)
            self.wide = max(self.wide, x)
        return y + high + EDGE - top if high else 0.0

    def _fit_names(self) -> None:
        """A lane is as high as its name is long."""
        for lane in sorted(self.container.lanes, key=lambda lane: -lane.depth):
            first, last = self.band_lines[lane.first][0], self.band_lines[lane.last][1]
            missing = lettering.advance(lane.name, 12) + 24 - (self.top[last + 1] - self.top[first])
            if missing > 0:
                self.higher[first] += missing / 2
                self.higher[last] += missing / 2

    # ------------------------------------------------------------------------------------------- drawing

    def _drawn(self, tracks: Tracks) -> Drawing:
        drawing = Drawing()
        for key in self.grid.column:
            node = self.container.nodes[key]
            column, row = self._place(key)
            x, y = self.x[column] + self.shift.get(key, 0), self.y[row]
            drawing.shapes[key] = Shape(Box(x - node.width / 2, y - node.height / 2, node.width, node.height))
        for node in self.loose:
            x, y = self.put[node.id]
            box = Box(x - node.width / 2, y - node.height / 2, node.width, node.height)
            drawing.shapes[node.id] = Shape(box)
        for node in self.container.nodes.values():
            if node.host is not None:
                on = drawing.shapes[node.host].box
                x, y = on.centre[0] + self.shift[node.id], on.bottom
                drawing.shapes[node.id] = Shape(Box(x - EVENT / 2, y - EVENT / 2, EVENT, EVENT))
        for way, _ in self.ways:
            drawing.edges[way.id] = Line(self._points(way, tracks.pieces[way.id], drawing))
        return drawing

    def _at(self, way: Way, piece: Piece, first: bool, last: bool) -> float:
        """The coordinate a piece keeps: y where it runs across, x where it runs down."""
        middle = (self.x if piece.axis else self.y)[piece.line]
        if piece.axis and first and way.source in self.shift:
            return middle + self.shift[way.source]
        if piece.axis and last and way.target in self.shift:
            return middle + self.shift[way.target]
        channel = piece.line % 2 == 0 if piece.axis else piece.line in self.streets
        if not channel:
            return middle + piece.track * TRACK
        count = self.tracks.count[piece.axis, piece.line]
        return middle + (piece.track - (count - 1) / 2) * TRACK

    def _points(self, way: Way, pieces: list[Piece], drawing: Drawing) -> tuple[Point, ...]:
        source, target = drawing.shapes[way.source].box, drawing.shapes[way.target].box
        end = len(pieces) - 1
        at = [self._at(way, piece, index == 0, index == end) for index, piece in enumerate(pieces)]
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

    def _label(self, drawing: Drawing) -> bool:
        """Puts the names beside; True where room was made that another round needs."""
        obstacles = labels.Obstacles(Box(0, 0, self.wide, self.top[-1]))
        for first, _ in self.band_lines[1:]:
            obstacles.add(Box(0, self.top[first] - 1, self.wide, 2))
        for shape in drawing.shapes.values():
            obstacles.add(shape.box.grown(1))
        labels.lines_in_the_way(obstacles, drawing.edges)
        again = False
        for node in self.container.nodes.values():
            if node.is_small and node.name:
                shape = drawing.shapes[node.id]
                widest = 66 if node.host else lettering.NODE_LABEL
                box, covers = labels.best(labels.beside_node(node, shape.box, widest), obstacles)
                obstacles.add(box)
                drawing.shapes[node.id] = Shape(shape.box, box)
                if covers:
                    again = self._heighten(node, box) or again
        leaving: dict[str, list[Link]] = defaultdict(list)
        for link in self.container.links:
            leaving[link.source].append(link)
        for link in self.container.links:
            if link.name:
                line = drawing.edges[link.id]
                others = [
                    drawing.edges[other.id].points
                    for other in leaving[link.source]
                    if other.id != link.id and other.target != link.target
                ]
                own = labels.parted(line.points, others)
                box, covers = labels.best(labels.beside_line(link.name, own), obstacles)
                obstacles.add(box)
                drawing.edges[link.id] = Line(line.points, box)
                again = self._widen(link, box, covers) or again
        return again

    def _heighten(self, node: Node, box: Box) -> bool:
        if host(self.container, node.id) not in self.grid.column:
            return False
        self.higher[self._place(node.id)[1] + (-1 if node.is_gateway else 1)] += box.height
        return True

    def _widen(self, link: Link, box: Box, covers: bool) -> bool:
        if not covers:
            return False
        piece = self.tracks.pieces[link.id][0]
        column, row = self._place(link.source)
        if piece.axis == 0:
            self.wider[column + 1 if piece.high > column else column - 1] += box.width + 8
        else:
            self.higher[row + 1 if piece.high > row else row - 1] += box.height + 4
        return True


def _docking(box: Box, axis: int, at: float, other: Point) -> Point:
    """Where a line that keeps `at` and goes on to `other` touches the box."""
    if axis == 0:
        return (box.right if other[0] > box.centre[0] else box.x), at
    return at, (box.bottom if other[1] > box.centre[1] else box.y)
