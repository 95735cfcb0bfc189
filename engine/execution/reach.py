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
    """

    def __init__(self, scope: Scope) -> None:
        closing = _closing_edges(scope)
        self._before: dict[str, list[str]] = {}
        for node in scope.nodes.values():
            for after in _next(scope, node):
                if (node.id, after) not in closing:
                    self._before.setdefault(after, []).append(node.id)

    def sources(self, join: Node) -> dict[str, frozenset[str]]:
        """For each incoming flow the nodes a token can come from without passing the join itself."""
        return {flow.id: self._upstream(flow.source, join.id) for flow in join.incoming}

    def _upstream(self, node_id: str, join_id: str) -> frozenset[str]:
        seen: set[str] = set()
        pending = [node_id]
        while pending:
            here = pending.pop()
            if here not in seen and here != join_id:
                seen.add(here)
                pending += self._before.get(here, ())
        return frozenset(seen)


def _closing_edges(scope: Scope) -> set[Edge]:
    """Edges back to a node that is being visited, depth first from where tokens begin, in the order of the
    file.
    """
    visiting, done = 1, 2
    state: dict[str, int] = {}
    closing: set[Edge] = set()
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
                path.pop()
            elif state.get(after) == visiting:
                closing.add((here, after))
            elif after not in state:
                state[after] = visiting
                path.append((after, _next(scope, scope.nodes[after])))
    return closing


def _next(scope: Scope, node: Node) -> Iterator[str]:
    """Where a token at this node can go: along its flows, its boundary events, its link."""
    for flow in node.outgoing:
        yield flow.target
    for boundary in node.boundaries:
        yield boundary.id
    if node.tag == "intermediateThrowEvent" and node.event is not None and node.event.kind == "link":
        yield scope.links[str(node.event.key)]
