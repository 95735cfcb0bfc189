"""What comes after a step, read off the diagram: the next steps people do, and the ends it may come to."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.diagram.model import Diagram, Event, Flow, Node

LIMIT = 6  # more than this is no help to anybody
DECISIONS = frozenset({"exclusiveGateway", "inclusiveGateway"})
ANSWERS = frozenset({"是", "否", "有", "没有", "能", "不能"})  # say nothing without their question


@dataclass(frozen=True)
class Prospect:
    """A step (with the `lane` that does it) or an end; `when` is what the diagram writes on the way there."""

    label: str
    lane: str | None
    when: str | None
    is_end: bool = False


def after(diagram: Diagram, node: Node) -> list[Prospect]:
    """In the order of the diagram, each step once.

    What only the clock brings (a reminder, say) is foretold only where nothing else is.
    """
    return _Walk(diagram, waiting=False).from_(node) or _Walk(diagram, waiting=True).from_(node)


@dataclass
class _Walk:
    diagram: Diagram
    waiting: bool  # also past events that wait for a time
    seen: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)  # sub-processes and calls whose end was followed already

    def from_(self, node: Node) -> list[Prospect]:
        found: dict[str, Prospect] = {}
        self.seen.add(node.id)
        for prospect in self._beyond(node, None):
            found.setdefault(prospect.label, prospect)
            if len(found) == LIMIT:
                break
        return list(found.values())

    def _beyond(self, node: Node, when: str | None) -> Iterator[Prospect]:
        if node.tag == "endEvent" or not node.outgoing:
            yield from self._leaving(node, when)
            return
        for flow in node.outgoing:
            yield from self._at(node.scope.nodes[flow.target], _condition(node, flow, when))

    def _at(self, node: Node, when: str | None) -> Iterator[Prospect]:
        waits = node.event is not None and node.event.kind == "timer"
        if node.id in self.seen or (waits and not self.waiting):
            return
        self.seen.add(node.id)
        inner = node.inner or self.diagram.processes.get(node.called or "")
        if node.is_person_task or (node.called and inner is None):
            yield Prospect(node.label, node.lane, when)
        elif inner is not None and not node.is_event_subprocess:
            for entry in inner.entries[:1]:
                yield from self._at(inner.nodes[entry], when)
        else:
            yield from self._beyond(node, when)

    def _leaving(self, node: Node, when: str | None) -> Iterator[Prospect]:
        """A path that ends: what holds the scope goes on, or the matter is over."""
        holder = node.scope.owner or self._caller(node.scope.id)
        if holder is None:
            if node.tag == "endEvent":
                yield Prospect(node.name or "办结", None, when, is_end=True)
        elif node.event is not None and node.event.kind in ("error", "escalation"):
            for boundary in holder.boundaries:
                if _catches(boundary.event, node.event):
                    yield from self._at(boundary, when)
        elif holder.id not in self.left:
            self.left.add(holder.id)
            yield from self._beyond(holder, when)

    def _caller(self, process_id: str) -> Node | None:
        return next((node for node in self.diagram.walk() if node.called == process_id), None)


def _catches(caught: Event | None, thrown: Event) -> bool:
    return caught is not None and caught.kind == thrown.kind and caught.key in (None, thrown.key)


def _condition(node: Node, flow: Flow, before: str | None) -> str | None:
    """What has to be decided to come this way: what was decided `before`, then what this flow says."""
    if not flow.name or (node.tag not in DECISIONS and flow.condition is None):
        return before
    said = f"{node.name.rstrip('？?')}：{flow.name}" if node.name and flow.name in ANSWERS else flow.name
    return f"{before}，{said}" if before else said
