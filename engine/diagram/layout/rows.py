"""Rows: what follows each other in a lane stands in one line; branches stand below or above it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from engine.diagram.layout.ranks import Order, host
from engine.diagram.layout.scene import Container, Link, Node


@dataclass
class Grid:
    """Cells: (column, row) of every node, and the rows of each band (the rows of all bands count through)."""

    column: dict[str, int]
    row: dict[str, int]
    rows: list[int]  # how many rows each band has

    @property
    def columns(self) -> int:
        return 1 + max(self.column.values(), default=0)


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
    placing = _Placing(container, order)
    for chain in _chains(container, order):
        placing.put(chain, _best_row(placing, chain))
    column = dict(order.column)
    _put_artifacts(placing, column)
    rows = [max(1, placing.rows[band]) for band in range(container.bands)]
    above = [sum(rows[:band]) for band in range(container.bands)]
    row = {key: above[container.nodes[key].band] + each for key, each in placing.row.items()}
    return Grid(column, row, rows)


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
        hung = any(container.nodes[link.source].host for link in order.before[key])
        weight = max(head[each] + tail[each] for each in keys)
        chains.append(_Chain(keys, node.band, order.column[key], order.column[keys[-1]], weight, hung))
    return sorted(chains, key=lambda chain: (chain.below, -chain.weight, chain.first))


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


def _put_artifacts(placing: _Placing, column: dict[str, int]) -> None:
    """Notes and data objects: above or below what they belong to, in the nearest free cell."""
    for node in placing.container.nodes.values():
        if not node.is_artifact:
            continue
        owner = _owner(placing.container, node)
        node.band = owner.band if owner else node.band
        home = placing.row.get(owner.id, 0) if owner else 0
        at = column.get(owner.id, 0) if owner else 0
        limit = placing.rows[node.band] + 1
        places = [
            (abs(row - home) * 2 + abs(c - at) * 3 + (1.2 if row >= placing.rows[node.band] else 0), c, row)
            for c in {max(0, at - 1), at, at + 1}
            for row in range(limit)
            if placing.free(node.band, row, c, c)
        ]
        _, c, row = min(places, default=(0, at, limit))
        column[node.id] = c
        placing.put(_Chain([node.id], node.band, c, c, 0), row)


def _owner(container: Container, node: Node) -> Node | None:
    owner = container.nodes.get(node.owner or "")
    return container.nodes.get(owner.host, owner) if owner is not None and owner.host else owner
