"""What comes after a step, read off the diagram: the next steps people do, and the ends it may come to."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.diagram.model import Node, Scope

LIMIT = 6  # more than this is no help to anybody


@dataclass(frozen=True)
class Prospect:
    """A step (with the `lane` that does it) or an end; `when` is what the diagram writes on the way there."""

    label: str
    lane: str | None
    when: str | None
    is_end: bool = False


def after(node: Node) -> list[Prospect]:
    """In the order of the diagram, each step once; events that interrupt are not foretold."""
    found: dict[str, Prospect] = {}
    for prospect in _beyond(node, None, {node.id}):
        found.setdefault(prospect.label, prospect)
        if len(found) == LIMIT:
            break
    return list(found.values())


def _beyond(node: Node, when: str | None, seen: set[str]) -> Iterator[Prospect]:
    if node.tag == "endEvent" or not node.outgoing:
        yield from _leaving(node, when, seen)
        return
    for flow in node.outgoing:
        yield from _at(node.scope.nodes[flow.target], flow.name or when, seen)


def _at(node: Node, when: str | None, seen: set[str]) -> Iterator[Prospect]:
    if node.id in seen:
        return
    seen.add(node.id)
    if node.is_person_task or node.tag == "callActivity":
        yield Prospect(node.label, node.lane, when)
    elif node.tag == "subProcess" and node.inner is not None:
        for entry in node.inner.entries[:1]:
            yield from _at(node.inner.nodes[entry], when, seen)
    else:
        yield from _beyond(node, when, seen)


def _leaving(node: Node, when: str | None, seen: set[str]) -> Iterator[Prospect]:
    """A path that ends: the scope's owner goes on, or the matter is over."""
    owner = node.scope.owner
    if owner is None:
        if node.tag == "endEvent":
            yield Prospect(node.name or "办结", None, when, is_end=True)
        return
    if node.event is not None and node.event.kind in ("error", "escalation"):
        for boundary in owner.boundaries:
            if boundary.event is not None and boundary.event.kind == node.event.kind:
                yield from _at(boundary, when, seen)
        return
    if owner.id not in seen:
        seen.add(owner.id)
        yield from _beyond(owner, when, seen)


def steps_of(scope: Scope) -> Iterator[Node]:
    """The steps people do in a scope and inside it, in the order of the file."""
    return (node for node in scope.walk() if node.is_person_task)
