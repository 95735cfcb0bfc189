"""Rows: what follows each other in a lane stands in one line; branches stand below or above it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from engine.diagram.layout.ranks import Order, host
from engine.diagram.layout.scene import Container, Link


@dataclass
class Grid:
    """Cells: (column, row) of every node, and the rows of each band (the rows of all bands count through)."""

    column: dict[str, int]
    row: dict[str, int]
    rows: list[int]  # how many rows each band has

    @property
    def columns(self) -> int:
        return 1 + max(self.column.values(), default=0)

    def neighbours(self) -> list[tuple[int, int]]:
        """Pairs of rows in one lane, the nearest to each other first."""
        pairs = []
        start = 0
        for count in self.rows:
            rows = range(start, start + min(count, 4))
            pairs += [(one, two) for one in rows for two in rows if one < two]
            start += count
        return sorted(pairs, key=lambda pair: (pair[1] - pair[0], pair))

    def swapped(self, one: int, two: int) -> Grid:
        places = {one: two, two: one}
        return Grid(self.column, {key: places.get(row, row) for key, row in self.row.items()}, self.rows)


@dataclass
class _Chain:
    keys: list[str]
    band: int
    first: int
    last: int
    weight: int
    below: bool = False  # begins at a boundary event: stands under its host


@dataclass
class _Placing:
    """Rows inside each band as they fill: (band, row) -> taken spans of columns."""

    container: Container
    order: Order
    spans: dict[tuple[int, int], list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    row: dict[str, int] = field(default_factory=dict)
    rows: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def free(self, band: int, row: int, first: int, last: int) -> bool:
        return all(last < a or b < first for a, b in self.spans[band, row])

    def put(self, chain: _Chain, row: int) -> None:
        self.spans[chain.band, row].append((chain.first, chain.last))
        self.rows[chain.band] = max(self.rows[chain.band], row + 1)
        self.row.update(dict.fromkeys(chain.keys, row))


def gridded(container: Container, order: Order) -> Grid:
    """Cells of everything but notes and data objects, which come when the lines have found their way."""
    placing = _Placing(container, order)
    for chain in _chains(container, order):
        placing.put(chain, _best_row(placing, chain))
    rows = [max(1, placing.rows[band]) for band in range(container.bands)]
    above = [sum(rows[:band]) for band in range(container.bands)]
    row = {key: above[container.nodes[key].band] + each for key, each in placing.row.items()}
    return Grid(dict(order.column), row, rows)


def _chains(container: Container, order: Order) -> list[_Chain]:
    """Runs of nodes in one lane, each the likeliest continuation of the one before; the longest ways first."""
    head, tail = _lengths(container, order)
    following: dict[str, str] = {}
    led: set[str] = set()

    def length(link: Link) -> tuple[int, int]:
        source, target = host(container, link.source), host(container, link.target)
        return -(head[source] + tail[target]), order.column[target] - order.column[source]

    for link in sorted(order.forward, key=length):
        source, target = link.source, host(container, link.target)
        same = source in order.nodes and order.nodes[source].band == order.nodes[target].band
        if (
            same
            and source not in following
            and target not in led
            and order.column[source] < order.column[target]
        ):
            following[source] = target
            led.add(target)
    chains = []
    for key, node in order.nodes.items():
        if key in led:
            continue
        keys = [key]
        while keys[-1] in following:
            keys.append(following[keys[-1]])
        hung = [at for link in order.before[key] if (at := container.nodes[link.source].host)]
        # what hangs on a step keeps the cell below that step free for its line
        first = min(
            [order.column[key], *(order.column[at] for at in hung if container.nodes[at].band == node.band)]
        )
        weight = max(head[each] + tail[each] for each in keys)
        chains.append(_Chain(keys, node.band, first, order.column[keys[-1]], weight, bool(hung)))
    return sorted(chains, key=lambda chain: (-chain.weight, chain.below, chain.first))


def _lengths(container: Container, order: Order) -> tuple[dict[str, int], dict[str, int]]:
    """How many flows lead to a node at most, and from it to an end."""
    head: dict[str, int] = dict.fromkeys(order.nodes, 0)
    tail: dict[str, int] = dict.fromkeys(order.nodes, 0)
    sequence = sorted(order.nodes, key=lambda key: (order.column[key], key in order.dropped))
    for key in sequence:
        for link in order.after[key]:
            target = host(container, link.target)
            head[target] = max(head[target], head[key] + 1)
    for key in reversed(sequence):
        tail[key] = max((tail[host(container, link.target)] + 1 for link in order.after[key]), default=0)
    return head, tail


def _best_row(placing: _Placing, chain: _Chain) -> int:
    """The row that keeps it near what it is tied to; a new row costs something."""
    container, order = placing.container, placing.order
    near: list[float] = []
    for key in chain.keys:
        for link in [*order.before[key], *order.after[key]]:
            source, target = host(container, link.source), host(container, link.target)
            other = source if target == key else target
            if other not in placing.row:
                continue
            if container.nodes[other].band == chain.band:
                lower = 1 if container.nodes[link.source].host and target == key else 0
                near.append(placing.row[other] + lower)
    floor = min((int(each) for each in near), default=0) if chain.below else 0

    def cost(row: int) -> float:
        fresh = 1.5 if row >= placing.rows[chain.band] and row > 0 else 0
        return sum(abs(each - row) for each in near) + fresh

    rows = range(floor, placing.rows[chain.band] + floor + 1)
    return min((row for row in rows if placing.free(chain.band, row, chain.first, chain.last)), key=cost)
