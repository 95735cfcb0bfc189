"""From where an incoming flow of an inclusive join can still be reached: computed once, when a diagram is
compiled.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagram.model import Node, Scope

Edge = tuple[str, str]


class Reach:
    """The flows of a scope turned round, those left out that close a loop: what comes round again is a later
    round.

    A set of nodes is an integer with a bit for each: sets of names would take a gigabyte for a few thousand
    joins in a row.
    """

    def __init__(self, scope: Scope) -> None:
        self._closing, order = _closing_edges(scope)
        self.bits = {node_id: 1 << place for place, node_id in enumerate(scope.nodes)}
        self._before: dict[str, list[str]] = {node_id: [] for node_id in scope.nodes}
        for node in scope.nodes.values():
            for after in _next(scope, node):
                if (node.id, after) not in self._closing:
                    self._before[after].append(node.id)
        self._upstream: dict[str, int] = {}  # a node and all before it
        for node_id in order:
            here = self.bits[node_id]
            for before in self._before[node_id]:
                here |= self._upstream[before]
            self._upstream[node_id] = here

    def sources(self, join: Node) -> dict[str, int]:
        """For each incoming flow the nodes a token can come from without passing the join itself."""
        return {flow.id: self._source(flow.source, join.id) for flow in join.incoming}

    def _source(self, node_id: str, join_id: str) -> int:
        if (node_id, join_id) not in self._closing:
            return self._upstream[node_id]  # without closing flows nothing comes after itself
        seen: set[str] = set()
        pending = [node_id]
        while pending:
            here = pending.pop()
            if here not in seen and here != join_id:
                seen.add(here)
                pending += self._before[here]
        return sum(self.bits[here] for here in seen)


def _closing_edges(scope: Scope) -> tuple[set[Edge], list[str]]:
    """Edges back to a node that is being visited, depth first from where tokens begin, in the order of the
    file; and all nodes in an order in which every other edge leads onwards.
    """
    visiting, done = 1, 2
    state: dict[str, int] = {}
    closing: set[Edge] = set()
    left: list[str] = []
    for root in (*scope.entries, *scope.nodes):
        if root in state:
            continue
        state[root] = visiting
        path = [(root, _next(scope, scope.nodes[root]))]
        while path:
            here, ways = path[-1]
            after = next(ways, None)
            if after is None:
                state[here] = done
                left.append(here)
                path.pop()
            elif state.get(after) == visiting:
                closing.add((here, after))
            elif after not in state:
                state[after] = visiting
                path.append((after, _next(scope, scope.nodes[after])))
    return closing, left[::-1]


def _next(scope: Scope, node: Node) -> Iterator[str]:
    """Where a token at this node can go: along its flows, its boundary events, its link."""
    for flow in node.outgoing:
        yield flow.target
    for boundary in node.boundaries:
        yield boundary.id
    if node.tag == "intermediateThrowEvent" and node.event is not None and node.event.kind == "link":
        yield scope.links[str(node.event.key)]
