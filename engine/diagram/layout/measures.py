"""From cells and channels to pixels: as wide and as high as what is in them."""

from __future__ import annotations

from collections import defaultdict

from engine.diagram.layout import lettering
from engine.diagram.layout.picture import Point
from engine.diagram.layout.routes import Routes
from engine.diagram.layout.routing import Way
from engine.diagram.layout.scene import Container, Node
from engine.diagram.layout.tracks import Piece, tracked

TRACK = 12
BETWEEN = 50  # px between columns where no line bends
ASIDE = 30  # left of the first column and right of the last
APART = 30  # between rows of one lane
EDGE = 20  # between a row and the border of its lane
EVENT = 36
HUNG_LABEL = 66  # px: the widest name of an event at a step's edge
LOOSE_WIDTH = 1400  # what no flow touches stands side by side at least this far


def even(length: float) -> float:
    """The next even length, so that middles are whole pixels."""
    return 2 * round((length + 1) // 2)


def make_room(container: Container, node: Node) -> None:
    """A step is wide enough for the events at its edge."""
    count = len(container.boundary(node.id))
    if count > 1:
        node.width = max(node.width, even((count - 1) * _spacing(container, node.id) + 60))


def _spacing(container: Container, key: str) -> float:
    named = [lettering.label(node.name, HUNG_LABEL)[0] for node in container.boundary(key) if node.name]
    return max(46, max(named, default=0) + EVENT + 6)


def _clear(x: float, width: float, passing: list[float]) -> float:
    """The first place from `x` on where none of the lines runs through."""
    for line in passing:
        if x - TRACK < line < x + width + TRACK:
            x = line + ASIDE
    return x


class Measures:
    """Where the lines of a lattice lie: `x`, `y` the middle of each, `left`, `top` its beginning. `put` are the places
    of what no flow touches; `wider` and `higher` the room made for names.
    """

    def __init__(self, routes: Routes) -> None:
        self.routes = routes
        self.container = routes.container
        self.tracks = tracked(routes.ways, routes.streets)
        self.wider: dict[int, float] = defaultdict(float)  # column line -> more room
        self.higher: dict[int, float] = defaultdict(float)  # row line -> more room
        self.shift = self._boundary_offsets()  # how far right of its column's middle a node lies
        self.shift |= {key: self.shift[event] for key, event in routes.order.under.items()}
        nodes = self.container.nodes.values()
        self.loose = [node for node in nodes if node.host is None and node.id not in routes.grid.column]
        self.measure()
        self._fit_names()

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

    def measure(self) -> None:
        """Again, with the room that was made meanwhile."""
        sides: dict[int, float] = defaultdict(lambda: 50.0)
        ups: dict[int, float] = defaultdict(lambda: 24.0)
        downs: dict[int, float] = defaultdict(lambda: 24.0)
        for key in self.routes.grid.column:
            up, down, side = self._extent(self.container.nodes[key])
            column, row = self.routes.place(key)
            sides[column] = max(sides[column], side)
            ups[row], downs[row] = max(ups[row], up), max(downs[row], down)
        self.left, self.x = [0.0], []
        last = 2 * self.routes.grid.columns
        for line in range(last + 1):
            if line % 2:
                half = even(sides[line]) + 0.0
                before = after = half
            else:
                count = self.tracks.count.get((1, line), 0)
                base = ASIDE if line in (0, last) else BETWEEN
                room = max(base, 36 + TRACK * (count - 1)) + self.wider[line]
                before, after = room // 2, room - room // 2
            self.x.append(self.left[-1] + before)
            self.left.append(self.left[-1] + before + after)
        self._measure_rows(ups, downs)

    def _measure_rows(self, ups: dict[int, float], downs: dict[int, float]) -> None:
        self.wide = max(self.left[-1], *(2 * self._extent(node)[2] + 2 * ASIDE for node in self.loose), 0)
        self.put: dict[str, Point] = {}
        self.top, self.y = [0.0], []
        borders = {line for pair in self.routes.band_lines for line in pair}
        for line in range(self.routes.band_lines[-1][1] + 1):
            if line in self.routes.streets:
                count = self.tracks.count.get((0, line), 0)
                base = EDGE if line in borders else APART
                room = max(base, 24 + TRACK * (count - 1)) + self.higher[line]
                before, after = room // 2, room - room // 2
            else:
                before, after = even(ups[line]), even(downs[line])
            self.y.append(self.top[-1] + before)
            self.top.append(self.top[-1] + before + after)
            for band, (_, last) in enumerate(self.routes.band_lines):
                if line == last:
                    self.top[-1] += self._pack(band, self.top[-1])

    def _pack(self, band: int, top: float) -> float:
        """Puts what no flow touches side by side at the bottom of its lane; the height that takes."""
        x, y, high = float(ASIDE), top, 0.0
        passing = self._passing(self.routes.band_lines[band][1])
        for node in [node for node in self.loose if node.band == band]:
            up, down, side = self._extent(node)
            x = _clear(x, 2 * side, passing)
            if x > ASIDE and x + 2 * side + ASIDE > max(self.wide, LOOSE_WIDTH):
                y, high = y + high + APART, 0.0
                x = _clear(float(ASIDE), 2 * side, passing)
            self.put[node.id] = round(x + side), round(y + up)
            x, high = x + 2 * side + ASIDE, max(high, up + down)
            self.wide = max(self.wide, x)
        return y + high + EDGE - top if high else 0.0

    def _passing(self, line: int) -> list[float]:
        """Where lines go down over the border below this row line, from left to right."""
        return sorted(
            self.at(way, piece, index == 0, index == len(pieces) - 1)
            for way, _ in self.routes.ways
            for pieces in [self.tracks.pieces[way.id]]
            for index, piece in enumerate(pieces)
            if piece.axis and piece.low <= line < piece.high
        )

    def _fit_names(self) -> None:
        """A lane is as high as its name is long."""
        for lane in sorted(self.container.lanes, key=lambda lane: -lane.depth):
            first, last = self.routes.band_lines[lane.first][0], self.routes.band_lines[lane.last][1]
            missing = lettering.advance(lane.name, 12) + 24 - (self.top[last + 1] - self.top[first])
            if missing > 0:
                self.higher[first] += missing / 2
                self.higher[last] += missing / 2

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
            sizes = [lettering.label(event.name, HUNG_LABEL) if event.name else (0, 0) for event in events]
            down += max(EVENT / 2, *(height + 8 for _, height in sizes)) + 2
            last = max(self.shift[event.id] for event in events)
            side = max(side, *(22 + width - 20 for width, _ in sizes) if len(events) == 1 else (last + 100,))
        if node.id in self.shift:
            side += self.shift[node.id]
        return up, down, side

    def at(self, way: Way, piece: Piece, first: bool, last: bool) -> float:
        """The coordinate a piece keeps: y where it runs across, x where it runs down."""
        middle = (self.x if piece.axis else self.y)[piece.line]
        if piece.axis and first and way.source in self.shift:
            return middle + self.shift[way.source]
        if piece.axis and last and way.target in self.shift:
            return middle + self.shift[way.target]
        channel = piece.line % 2 == 0 if piece.axis else piece.line in self.routes.streets
        if not channel:
            return middle + piece.track * TRACK
        count = self.tracks.count[piece.axis, piece.line]
        return middle + (piece.track - (count - 1) / 2) * TRACK
