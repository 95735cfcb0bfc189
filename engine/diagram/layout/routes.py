"""Which cells and channels every line of a container takes."""

from __future__ import annotations

from engine.diagram.layout.notes import noted, placeable
from engine.diagram.layout.ranks import Order, host, ranked
from engine.diagram.layout.routing import Effort, Lattice, Place, Way
from engine.diagram.layout.rows import Grid, gridded
from engine.diagram.layout.scene import Container, Link

NEVER = 99.0


def routed(container: Container, effort: Effort) -> Routes:
    """The rows of a lane may change places where lines get shorter or cross less by that."""
    order = ranked(container)
    routes = Routes(container, order, gridded(container, order), effort)
    for first, second in routes.grid.neighbours() if len(container.links) > 1 else ():
        if not effort.spare:
            break
        other = Routes(container, order, routes.grid.swapped(first, second), effort)
        if other.cost < routes.cost:
            routes = other
    if placeable(container):
        routes = Routes(container, order, noted(container, routes.grid, routes.crossed), effort)
    return routes


class Routes:
    """The lattice of a grid and the ways through it. `row_line` is the line of each row, `streets` the lines between
    rows, `band_lines` the first and last line of each lane; `cost` is the less, the easier it is to read.
    """

    def __init__(self, container: Container, order: Order, grid: Grid, effort: Effort) -> None:
        self.container = container
        self.order = order
        self.grid = grid
        self.row_line: list[int] = []
        self.streets: set[int] = set()
        self.band_lines: list[tuple[int, int]] = []
        for count in self.grid.rows:
            first = len(self.row_line) * 2 + len(self.band_lines)
            self.streets.update(range(first, first + 2 * count + 1, 2))
            self.row_line += range(first + 1, first + 2 * count, 2)
            self.band_lines.append((first, first + 2 * count))
        self._route(effort)

    def place(self, key: str) -> Place:
        cell = host(self.container, key)
        return 2 * self.grid.column[cell] + 1, self.row_line[self.grid.row[cell]]

    def _route(self, effort: Effort) -> None:
        """Finds the lines' ways; `crossed` are the cells some line passes."""
        taken = {self.place(key): key for key in self.grid.column}
        height = self.band_lines[-1][1] + 1
        lattice = Lattice(2 * self.grid.columns + 1, height, taken, self.streets, effort)
        placed = [link for link in self.container.links if self._is_placed(link)]
        ways = [(self._way(link), link) for link in placed]
        back = {link.id for link in self.order.back}

        def turn(pair: tuple[Way, Link]) -> tuple[bool, bool, int]:
            way, link = pair
            span = abs(way.start[0] - way.end[0]) + abs(way.start[1] - way.end[1])
            return link.quiet, link.id in back, span

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
        start, end = self.place(link.source), self.place(link.target)
        hung = source.host is not None
        return Way(link.id, link.source, link.target, start, end, leaving, entering, bool(link.name), hung)
