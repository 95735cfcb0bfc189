"""Columns: what comes later stands further to the right. Loops are cut where they lead back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from engine.diagram.layout.scene import Container, Link, Node


@dataclass
class Order:
    """The nodes that stand in cells, how they follow each other, and their columns."""

    nodes: dict[str, Node]
    forward: list[Link] = field(default_factory=list)
    back: list[Link] = field(default_factory=list)
    column: dict[str, int] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    under: dict[str, str] = field(default_factory=dict)  # an end right below a boundary event -> that event
    before: dict[str, list[Link]] = field(default_factory=lambda: defaultdict(list))
    after: dict[str, list[Link]] = field(default_factory=lambda: defaultdict(list))

    @property
    def columns(self) -> int:
        return 1 + max(self.column.values(), default=0)


def host(container: Container, identity: str) -> str:
    """The node whose cell this one stands in."""
    return container.nodes[identity].host or identity


def ranked(container: Container) -> Order:
    """Columns of every node that some flow touches."""
    tied = {host(container, end) for link in container.links for end in (link.source, link.target)}
    tied |= {
        host(container, node.owner) for node in container.nodes.values() if node.owner in container.nodes
    }
    nodes = {key: node for key, node in container.nodes.items() if key in tied and not node.is_artifact}
    order = Order(nodes)
    flows = [link for link in container.links if not link.quiet]
    sequence = _cut_loops(container, order, flows)
    for link in order.forward:
        order.after[host(container, link.source)].append(link)
        order.before[host(container, link.target)].append(link)
    _place(container, order, sequence)
    _pull_starts(container, order)
    return order


def _cut_loops(container: Container, order: Order, flows: list[Link]) -> list[str]:
    """Fills forward and back; the nodes in an order in which every forward flow leads on."""
    leaving: dict[str, list[Link]] = defaultdict(list)
    entered: set[str] = set()
    for link in flows:
        leaving[host(container, link.source)].append(link)
        entered.add(host(container, link.target))
    roots = [key for key in order.nodes if key not in entered]
    roots.sort(key=lambda key: order.nodes[key].tag != "startEvent")
    open_now: set[str] = set()
    finished: list[str] = []
    known: set[str] = set()
    back: set[str] = set()
    for root in [*roots, *order.nodes]:
        if root in known:
            continue
        known.add(root)
        open_now.add(root)
        stack = [(root, iter(leaving[root]))]
        while stack:
            key, links = stack[-1]
            found = next(links, None)
            if found is None:
                stack.pop()
                open_now.discard(key)
                finished.append(key)
                continue
            target = host(container, found.target)
            if target in open_now:
                back.add(found.id)
            elif target not in known:
                known.add(target)
                open_now.add(target)
                stack.append((target, iter(leaving[target])))
    order.forward = [link for link in flows if link.id not in back]
    order.back = [link for link in flows if link.id in back]
    return finished[::-1]


def _place(container: Container, order: Order, sequence: list[str]) -> None:
    taken: dict[tuple[int, int], int] = defaultdict(int)  # (column, band) -> how many stand there
    for key in sequence:
        before = order.before[key]
        column = max((order.column[host(container, link.source)] + 1 for link in before), default=0)
        if len(before) == 1 and _may_drop(container, order, taken, before[0], key):
            column -= 1
            order.dropped.add(key)
        elif len(before) == 1 and _may_hang(container, order, before[0], key):
            column -= 1
            order.under[key] = before[0].source
        order.column[key] = column
        taken[column, order.nodes[key].band] += 1


def _may_drop(
    container: Container, order: Order, taken: dict[tuple[int, int], int], link: Link, key: str
) -> bool:
    """Straight down (or up) into another lane saves a column, where the way there is free."""
    source, node = container.nodes[link.source], order.nodes[key]
    if source.host is not None or source.band == node.band or source.id in order.dropped or node.inside:
        return False
    if any(host(container, each.target) in order.dropped for each in order.after[source.id]):
        return False
    if node.band > source.band and container.boundary(source.id):
        return False
    low, high = sorted((source.band, node.band))
    column = order.column[source.id]
    between = [band for band in range(low, high + 1) if band != source.band]
    alone = taken[column, source.band] == 1
    last = len(order.after[source.id]) == 1 or not order.after[key]
    return alone and last and not any(taken[column, band] for band in between)


def _may_hang(container: Container, order: Order, link: Link, key: str) -> bool:
    """An end that only an event at a step's edge leads to stands right below that event: one for each step."""
    source, node = container.nodes[link.source], order.nodes[key]
    taken = {container.nodes[other].host for other in order.under.values()}
    ends = not order.after[key] and node.inside is None and node.width <= 100
    return source.host is not None and source.band == node.band and ends and source.host not in taken


def _pull_starts(container: Container, order: Order) -> None:
    """What nothing leads to stands right before what it leads to."""
    for key in order.nodes:
        following = [order.column[host(container, link.target)] for link in order.after[key]]
        if not order.before[key] and following and key not in order.dropped:
            order.column[key] = max(order.column[key], min(following) - 1)
