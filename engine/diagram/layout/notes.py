"""Notes and data objects find a place after the lines have theirs: near what they belong to, in no line's way."""

from __future__ import annotations

from dataclasses import replace

from engine.diagram.layout.rows import Grid
from engine.diagram.layout.scene import Container, Node

Cell = tuple[
    int, int, int
]  # column, band, row inside the band: -1 is a new one above, the count a new one below


def noted(container: Container, grid: Grid, crossed: set[Cell]) -> Grid:
    """The grid with them in it, new rows where there was no room. `crossed` are cells that lines pass, or would."""
    starts = [sum(grid.rows[:band]) for band in range(len(grid.rows))]
    taken = set(crossed)
    for key, row in grid.row.items():
        band = container.nodes[key].band
        taken.add((grid.column[key], band, row - starts[band]))
    chosen: dict[str, Cell] = {}
    for node in placeable(container):
        owner = _owner(container, node)
        home = (0, node.band, 0)
        if owner is not None and owner.id in grid.row:
            node.band = owner.band
            home = (grid.column[owner.id], owner.band, grid.row[owner.id] - starts[owner.band])
        cell = _nearest(home, grid.rows[node.band], taken)
        taken.add(cell)
        chosen[node.id] = cell
    return _extended(container, grid, chosen)


def placeable(container: Container) -> list[Node]:
    """Those that are tied to something; the others are not missed anywhere."""
    tied = {end for link in container.links for end in (link.source, link.target)}
    nodes = container.nodes.values()
    return [node for node in nodes if node.is_artifact and (node.id in tied or _owner(container, node))]


def _owner(container: Container, node: Node) -> Node | None:
    owner = container.nodes.get(node.owner or "")
    return container.nodes.get(owner.host, owner) if owner is not None and owner.host else owner


def _nearest(home: Cell, rows: int, taken: set[Cell]) -> Cell:
    column, band, row = home
    reach = 1
    while True:
        places = [
            (abs(r - row) * 2 + abs(c - column) * 3 + (0 if 0 <= r < rows else 1.2), c, r)
            for c in range(max(0, column - reach), column + reach + 1)
            for r in range(-1, rows + 1)
            if (c, band, r) not in taken
        ]
        if places:
            _, c, r = min(places)
            return c, band, r
        reach *= 2


def _extended(container: Container, grid: Grid, chosen: dict[str, Cell]) -> Grid:
    rows = list(grid.rows)
    above = [0] * len(rows)
    for band in range(len(rows)):
        used = {row for _, at, row in chosen.values() if at == band}
        above[band] = int(-1 in used)
        rows[band] += above[band] + int(grid.rows[band] in used)
    starts = [sum(rows[:band]) for band in range(len(rows))]
    before = [sum(grid.rows[:band]) for band in range(len(rows))]
    column, row = dict(grid.column), {}
    for key, old in grid.row.items():
        band = container.nodes[key].band
        row[key] = old - before[band] + above[band] + starts[band]
    for key, (c, band, r) in chosen.items():
        column[key], row[key] = c, r + above[band] + starts[band]
    return replace(grid, column=column, row=row, rows=rows)
