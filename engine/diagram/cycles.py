"""No token may go round for ever by itself: every cycle needs a person's task or a waiting event.

A cycle is judged by whether it could be gone round without anything waiting, over all choices of conditions:

- A parallel join passes only when every one of its flows brings a token, so a waiting branch stops the
whole round.
- A sub-process or called process is a step that passes by itself when its inside can be finished without
waiting, and that
  leaves by an error boundary when its inside can throw without waiting.
- Loop markers do not count as cycles, and a repeated person's task counts as one: how often it repeats is
data, and the
  bound on steps per operation is the second net.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from engine.diagram.model import Diagram, Node, Scope
from engine.diagram.report import Report


def check_cycles(diagram: Diagram, report: Report) -> None:
    """Report, once for each scope, a cycle nobody and nothing stops. Calls must be known not to reach
    themselves.
    """
    passable = _Passable(diagram)
    for scope in passable.scopes:
        endless = _endless(scope, passable)
        if endless is not None:
            message = "这里可能成为死循环：绕一圈没有人办理，也不用等待，请在圈里加一个办理步骤或定时"
            report.add("endless-cycle", message, endless)


class _Passable:
    """What a token can do in one go: finish a scope, or throw inside it, without waiting. Least fixed
    points.
    """

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.nodes = list(diagram.walk())
        self.scopes = list(_scopes(diagram))
        self._callers: dict[str, list[Node]] = {}
        for node in self.nodes:
            if node.called is not None:
                self._callers.setdefault(node.called, []).append(node)
        self._linking: dict[str, list[Node]] = {}
        for node in self.nodes:
            for target in _links(node):
                self._linking.setdefault(target, []).append(node)
        self._finishing: set[Node] = set()
        self._throwing: set[Node] = set()
        self._fill(self._finishing, self._finishes)
        self._fill(self._throwing, self._throws)

    def passes(self, node: Node) -> bool:
        """Can a token pass this node without waiting?"""
        inner = self.inside(node)
        if inner is not None:
            return self._scope_finishes(inner)
        return node.called is None and not waits(node)

    def throws(self, node: Node) -> bool:
        """Can something inside this activity throw an error or escalation without waiting?"""
        inner = self.inside(node)
        return inner is not None and any(inner.nodes[entry] in self._throwing for entry in inner.entries)

    def inside(self, node: Node) -> Scope | None:
        if node.inner is not None:
            return node.inner
        return self.diagram.processes.get(node.called or "")

    def _fill(self, found: set[Node], holds: Callable[[Node], bool]) -> None:
        """Add nodes until no rule gives another one; whoever depends on a new one is looked at again."""
        queue = list(self.nodes)
        while queue:
            node = queue.pop()
            if node not in found and holds(node):
                found.add(node)
                queue.extend(self._dependents(node))

    def _dependents(self, node: Node) -> Iterator[Node]:
        for flow in node.incoming:
            yield node.scope.nodes[flow.source]
        if node.event is not None and node.event.kind == "link":
            yield from self._linking.get(node.id, ())
        if node.id in node.scope.entries:
            if node.scope.owner is not None:
                yield node.scope.owner
            else:
                yield from self._callers.get(node.scope.id, ())

    def _scope_finishes(self, scope: Scope) -> bool:
        """Start events exclude each other; without any, a token starts at every entry."""
        entries = [scope.nodes[entry] for entry in scope.entries]
        if entries and entries[0].tag == "startEvent":
            return any(node in self._finishing for node in entries if node.event is None)
        return all(node in self._finishing for node in entries)

    def _finishes(self, node: Node) -> bool:
        """Can a token here come to its end without waiting, with all the tokens it splits into?"""
        if not self.passes(node) or (node.tag == "endEvent" and node.event and node.event.kind == "error"):
            return False
        optional = [f for f in node.outgoing if f.condition is not None or f.is_default]
        following = [node.scope.nodes[target] for target in _next(node)]
        if not following:
            return True
        if node.tag in ("exclusiveGateway", "inclusiveGateway", "eventBasedGateway"):
            return any(other in self._finishing for other in following)
        sure = [node.scope.nodes[f.target] for f in node.outgoing if f not in optional]
        if not sure:
            return any(other in self._finishing for other in following)
        return all(other in self._finishing for other in sure)

    def _throws(self, node: Node) -> bool:
        kind = node.event.kind if node.event is not None else None
        if node.tag in ("endEvent", "intermediateThrowEvent") and kind in ("error", "escalation"):
            return True
        if self.throws(node):
            return True
        return self.passes(node) and any(node.scope.nodes[other] in self._throwing for other in _next(node))


def waits(node: Node) -> bool:
    """Does a token surely stop here: for a person, the clock or another party?"""
    if node.is_person_task or node.tag == "receiveTask":
        return True
    if node.tag not in ("intermediateCatchEvent", "boundaryEvent") or node.event is None:
        return False
    if node.event.kind == "timer":
        timer = node.event.timer
        assert timer is not None
        # A date may be past, and no time at all is no wait.
        return timer.kind != "date" and (timer.kind == "parameter" or not timer.duration.is_nothing)
    # A condition may hold already; nothing on a cycle without people would ever change it.
    return node.event.kind in ("message", "signal")


def _scopes(diagram: Diagram) -> Iterable[Scope]:
    for process in diagram.processes.values():
        yield process
        yield from (node.inner for node in process.walk() if node.inner is not None)


def _links(node: Node) -> list[str]:
    if node.tag != "intermediateThrowEvent" or node.event is None or node.event.kind != "link":
        return []
    target = node.scope.links.get(node.event.key or "")
    return [target] if target is not None else []


def _next(node: Node) -> list[str]:
    return [flow.target for flow in node.outgoing] + _links(node)


def _endless(scope: Scope, passable: _Passable) -> Node | None:
    """The first node of the file on a cycle that can be gone round without waiting, or None.

    Nodes are taken away as long as one cannot be reached again and again from what is left: one with
    nothing left before it, or a parallel join that lacks one of its flows. Whatever stays is fed by a cycle.
    """
    before = _feeders(scope, passable)
    left = {node for node in before if _fed(node, before[node])}
    gone = [node for node in before if node not in left]
    after: dict[Node, list[Node]] = {}
    for node, feeders in before.items():
        for feeder in feeders:
            after.setdefault(feeder, []).append(node)
    while gone:
        lost = gone.pop()
        for node in after.get(lost, ()):
            before[node].remove(lost)
            if node in left and not _fed(node, before[node]):
                left.discard(node)
                gone.append(node)
    return _first_on_circle(scope, after, left)


def _feeders(scope: Scope, passable: _Passable) -> dict[Node, list[Node]]:
    """For every node a token can pass without waiting, the nodes that can send it one without waiting."""
    moving = [n for n in scope.nodes.values() if passable.passes(n) or passable.throws(n)]
    feeders: dict[Node, list[Node]] = {node: [] for node in moving}
    for node in moving:
        if passable.passes(node):
            for target in _next(node):
                if scope.nodes[target] in feeders:
                    feeders[scope.nodes[target]].append(node)
        for boundary in node.boundaries:
            kind = boundary.event.kind if boundary.event is not None else None
            if kind in ("error", "escalation") and passable.throws(node) and boundary in feeders:
                feeders[boundary].append(node)
    return feeders


def _fed(node: Node, feeders: list[Node]) -> bool:
    if node.tag == "parallelGateway":
        return len(feeders) == len(node.incoming)
    return bool(feeders)


def _first_on_circle(scope: Scope, after: dict[Node, list[Node]], left: set[Node]) -> Node | None:
    """Walk on from the first node until one comes round; what leads nowhere is taken away before."""
    onwards = {node: [other for other in after.get(node, ()) if other in left] for node in left}
    before: dict[Node, list[Node]] = {}
    for node, others in onwards.items():
        for other in others:
            before.setdefault(other, []).append(node)
    ways = {node: len(others) for node, others in onwards.items()}
    ending = [node for node, count in ways.items() if count == 0]
    while ending:
        for node in before.get(ending.pop(), ()):
            ways[node] -= 1
            if ways[node] == 0:
                ending.append(node)
    here = next((node for node in scope.nodes.values() if ways.get(node)), None)
    passed: dict[Node, None] = {}
    while here is not None and here not in passed:
        passed[here] = None
        here = next(other for other in onwards[here] if ways[other])
    walk = list(passed)
    circle = set(walk[walk.index(here) :]) if here is not None else set()
    return next((node for node in scope.nodes.values() if node in circle), None)
