"""From all that was seen to what a designer should look at."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.clauses import rules
from engine.diagram.model import GATEWAYS, Flow, Node
from engine.execution.script import Script
from engine.exploration.report import Ending, Finding, told
from engine.exploration.walk import Edge, Element, Walked
from engine.exploration.world import Passage

MOST = 40  # findings of one kind
NO_END = "（不经过结束事件）"


@dataclass
class _Skipped:
    """A way to an end, with the steps it leaves out and the clauses they carry."""

    ending: str
    path: tuple[Passage, ...]
    steps: dict[Element, list[str]] = field(default_factory=dict)

    def leave_out_insides(self, nodes: Mapping[Element, Node]) -> None:
        """The steps of a procedure whose call is left out, too, say nothing new."""
        called = {nodes[element].called for element in self.steps}
        self.steps = {one: carried for one, carried in self.steps.items() if one[0] not in called - {None}}


class Findings:
    """`stopped`: not everything within the bounds was looked at, so nothing is said about what never happens."""

    def __init__(self, script: Script, walked: Walked, stopped: bool) -> None:
        self.script, self.walked, self.stopped = script, walked, stopped
        self.nodes: dict[Element, Node] = {}
        self.flows: dict[Element, Flow] = {}
        for spec in script.definition.specs.values():
            self.nodes |= {(spec.procedure, node.id): node for node in spec.scope.nodes.values()}
            self.flows |= {(spec.procedure, flow.id): flow for flow in spec.scope.flows}
        self.passed: dict[Element, Edge] = {}  # with the first way that led over it
        self.leading: dict[int | None, list[Edge]] = {}
        for edge in walked.edges:
            self.leading.setdefault(edge.source, []).append(edge)
            for element in edge.passed:
                self.passed.setdefault(element, edge)

    def all(self) -> list[Finding]:
        """In the order of their weight."""
        found = [*self._failures(), *self._stuck(), *self._endless()]
        if not self.stopped:
            found += self._never()
        return found + list(self._skipping())

    def endings(self) -> list[Ending]:
        """Every end that was reached, with its first way."""
        first: dict[tuple[str, str | None], int] = {}
        for number, place in enumerate(self.walked.places):
            if place.finished:
                first.setdefault((place.ending, place.error), number)
        return [
            Ending(element, self._ending_name(element, error), tuple(self.walked.path_to(number)))
            for (element, error), number in first.items()
        ]

    # ------------------------------------------------------------ what goes wrong

    def _failures(self) -> Iterator[Finding]:
        for failure in list(self.walked.failures.values())[:MOST]:
            path = (*self.walked.path_to(failure.source), failure.passage)
            elements = (failure.element,) if failure.element else ()
            yield Finding("fails", failure.message, elements, path=path, data=failure.data)

    def _stuck(self) -> Iterator[Finding]:
        """Nothing is open, due or awaited, or all that could be done fails."""
        seen: set[tuple[str, ...]] = set()
        for number, place in enumerate(self.walked.places):
            if place.finished or place.beyond or not place.looked_at or self.leading.get(number):
                continue
            if place.positions not in seen and len(seen) < MOST:
                seen.add(place.positions)
                why = "没有人要办，也不等时间和消息" if place.stuck else "怎么办都会出错"
                message = f"停在{self._names(place.positions)}：{why}，这件事却没有结束"
                yield Finding("stuck", message, place.positions, path=tuple(self.walked.path_to(number)))

    def _endless(self) -> Iterator[Finding]:
        """Something can still be done, but no end can be reached: the first situation of each such region. Where a
        way leads on to what was not looked at, or to where it is stuck, nothing is said.
        """
        hopeful = self._can_end()
        seen: set[tuple[str, ...]] = set()
        for number, place in enumerate(self.walked.places):
            source = self.walked.edges[place.edge].source
            if (
                number in hopeful
                or not self.leading.get(number)
                or (source is not None and source not in hopeful)
            ):
                continue
            if place.positions not in seen and len(seen) < MOST:
                seen.add(place.positions)
                message = f"走到{self._names(place.positions)}以后，怎么办都到不了结束"
                yield Finding("endless", message, place.positions, path=tuple(self.walked.path_to(number)))

    def _can_end(self) -> set[int]:
        back: dict[int, list[int]] = {}
        for edge in self.walked.edges:
            if edge.source is not None:
                back.setdefault(edge.target, []).append(edge.source)
        # Where it is stuck it is told as that.
        found = {
            n for n, place in enumerate(self.walked.places) if not place.looked_at or n not in self.leading
        }
        pending = list(found)
        while pending:
            for source in back.get(pending.pop(), ()):
                if source not in found:
                    found.add(source)
                    pending.append(source)
        return found

    # ------------------------------------------------------------ what never happens

    def _never(self) -> Iterator[Finding]:
        """Nodes nobody passes; flows nobody takes, where what they come from is passed."""
        nodes = [element for element in self.nodes if element not in self.passed]
        flows = [
            (procedure, flow.id)
            for (procedure, _), flow in self.flows.items()
            if (procedure, flow.id) not in self.passed and (procedure, flow.source) in self.passed
        ]
        for procedure, id in nodes[:MOST]:
            node = self.nodes[procedure, id]
            waits = any((procedure, flow.id) in self.passed for flow in node.incoming)
            message = f"“{node.label}”永远过不去" if waits else f"“{node.label}”永远轮不到"
            message += self._unless_beyond
            path = self._path_over((procedure, f.id if waits else f.source) for f in node.incoming)
            before = [(procedure, flow.source) in self.passed for flow in node.incoming]
            follows = bool(before) and not any(before)
            yield Finding("never", message + _within(procedure), (id,), procedure, path=path, follows=follows)
        for procedure, id in flows[:MOST]:
            flow = self.flows[procedure, id]
            source, target = self.nodes[procedure, flow.source], self.nodes[procedure, flow.target]
            name = f"“{flow.name}”" if flow.name else ""
            message = f"从“{source.label}”到“{target.label}”的连线{name}永远不走{self._unless_beyond}"
            path = self._path_over([(procedure, flow.source)])
            yield Finding("never", message + _within(procedure), (id,), procedure, path=path)

    @property
    def _unless_beyond(self) -> str:
        return "（除非在略去的情形里）" if any(place.beyond for place in self.walked.places) else ""

    def _path_over(self, elements: Iterable[Element]) -> tuple[Passage, ...]:
        """The first way over one of these."""
        edges = [self.passed[element] for element in elements if element in self.passed]
        if not edges:
            return ()
        paths = [(*self.walked.path_to(edge.source), edge.told) for edge in edges]
        return min(paths, key=len)

    # ------------------------------------------------------------ what is passed by

    def _skipping(self) -> Iterator[Finding]:
        """For every end, the steps with a clause the program must enforce that a way to it does not pass."""
        known = {rule.clause for rule in rules()}
        ways: dict[tuple[str, str], _Skipped] = {}
        for element, node in self.nodes.items():
            carried = [one for one in node.properties.get("clauses", "").split() if one in known]
            if carried and element in self.passed and _is_step(node):
                for ending, path in self._ends_without(element).items():
                    way = ways.setdefault((ending, " ".join(map(told, path))), _Skipped(ending, path))
                    way.steps[element] = carried
        for way in list(ways.values())[:MOST]:
            way.leave_out_insides(self.nodes)
            names = "、".join(f"“{self.nodes[one].label}”（{' '.join(c)}）" for one, c in way.steps.items())
            clauses = tuple(dict.fromkeys(clause for carried in way.steps.values() for clause in carried))
            message = f"到“{self._ending_name(way.ending, None)}”可以不经过{names}"
            elements = (*([way.ending] if way.ending else []), *(id for _, id in way.steps))
            yield Finding("skips", message, elements, clauses=clauses, path=way.path)

    def _ends_without(self, element: Element) -> dict[str, tuple[Passage, ...]]:
        """The ends that can be reached without passing this element, each with a shortest way. What has an inside is
        passed when it is entered: it may be left over its edge.
        """
        node = self.nodes[element]
        entered = node.incoming if node.called or node.inner is not None else []
        marks = {element, *((element[0], flow.id) for flow in entered)}
        reached: dict[int, Edge] = {}
        pending: deque[int | None] = deque([None])
        ends: dict[str, tuple[Passage, ...]] = {}
        while pending:
            for edge in self.leading.get(pending.popleft(), ()):
                if edge.target in reached or marks & edge.passed:
                    continue
                reached[edge.target] = edge
                pending.append(edge.target)
                place = self.walked.places[edge.target]
                if place.finished and place.error is None and place.ending not in ends:
                    ends[place.ending] = self._along(reached, edge.target)
        return ends

    def _along(self, reached: dict[int, Edge], place: int) -> tuple[Passage, ...]:
        path: list[Passage] = []
        here: int | None = place
        while here is not None:
            path.append(reached[here].told)
            here = reached[here].source
        return tuple(path[::-1])

    # ------------------------------------------------------------ names

    def _names(self, ids: Iterable[str]) -> str:
        labels = {id: node.label for (_, id), node in self.nodes.items()}
        return "、".join(f"“{labels.get(id, id)}”" for id in ids) or "开始之前"

    def _ending_name(self, element: str, error: str | None) -> str:
        if error is not None:
            return f"没有人接住的错误“{error}”"
        node = next((node for (_, id), node in self.nodes.items() if id == element), None)
        return node.label if node is not None else NO_END


def _is_step(node: Node) -> bool:
    return node.tag not in GATEWAYS and node.tag not in ("startEvent", "endEvent")


def _within(procedure: str | None) -> str:
    return f"（在被调用的“{procedure}”里）" if procedure is not None else ""
