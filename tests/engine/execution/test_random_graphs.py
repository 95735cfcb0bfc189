"""Random graphs without any structure: no token gets lost or made up, and the state survives saving and loading."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from engine.diagram import DiagramError
from engine.execution import ExecutionError, Rehearsal
from tests.engine.execution import bpmn

Draw = Any
OPTIONS: dict[str, Any] = {"deadline": None, "print_blob": True, "suppress_health_check": list(HealthCheck)}
TAGS = {"user": "userTask", "xor": "exclusiveGateway", "par": "parallelGateway", "inc": "inclusiveGateway"}


@dataclass
class Graph:
    kinds: dict[str, str]  # node -> user, xor, par, inc
    flows: list[tuple[str, str, str]]  # id, source, target; the last one out of a gateway is its default

    def out(self, node: str) -> list[tuple[str, str, str]]:
        return [flow for flow in self.flows if flow[1] == node]

    def into(self, node: str) -> list[str]:
        return [flow[0] for flow in self.flows if flow[2] == node]

    def document(self) -> bytes:
        parts = [bpmn.start(), bpmn.end()]
        for node, kind in self.kinds.items():
            out = self.out(node)
            default = out[-1][0] if kind in ("xor", "inc") and len(out) > 1 else None
            parts.append(bpmn.node(TAGS[kind], node, default=default))
            for place, (flow, source, target) in enumerate(out):
                conditional = default is not None and flow != default
                parts.append(bpmn.flow(source, target, f"x == {place}" if conditional else None, flow))
        parts.append(bpmn.flow("s", next(iter(self.kinds)), id="first"))
        return bpmn.document(*parts)


@st.composite
def graphs(draw: Draw, kinds: tuple[str, ...]) -> Graph:
    names = [f"N{number}" for number in range(draw(st.integers(3, 9)))]
    drawn = {name: draw(st.sampled_from(kinds)) for name in names}
    flows: list[tuple[str, str, str]] = []
    for place, name in enumerate(names):
        for _ in range(1 if drawn[name] == "user" else draw(st.integers(1, 3))):
            ahead = draw(st.integers(0, 3)) > 0
            target = draw(st.sampled_from([*names[place + 1 :], "e"] if ahead else names))
            flows.append((f"f{len(flows)}", name, target))
    reached, pending = set(), [names[0]]
    while pending:
        node = pending.pop()
        if node not in reached:
            reached.add(node)
            pending += [target for _, source, target in flows if source == node]
    return Graph({n: k for n, k in drawn.items() if n in reached}, [f for f in flows if f[1] in reached])


def loaded(graph: Graph) -> Rehearsal:
    try:
        return Rehearsal.load(graph.document())
    except DiagramError:
        assume(False)
        raise


class TokenGame:
    """Tokens on flows, as a textbook has it: tasks, exclusive and parallel gateways only."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.open: Counter[str] = Counter()
        self.kept: dict[str, Counter[str]] = {name: Counter() for name in graph.kinds}
        self.arrive("first", next(iter(graph.kinds)), 0)

    def arrive(self, flow: str, node: str, x: int) -> None:
        kind = self.graph.kinds.get(node)
        if kind == "user":
            self.open[node] += 1
        elif kind == "xor":
            out = self.graph.out(node)
            chosen = out[x] if x < len(out) - 1 else out[-1]
            self.arrive(chosen[0], chosen[2], x)
        elif kind == "par":
            self.join(flow, node, x)

    def join(self, flow: str, node: str, x: int) -> None:
        wanted = [*self.graph.into(node), *(["first"] if node == next(iter(self.graph.kinds)) else [])]
        kept = self.kept[node]
        kept[flow] += 1
        if all(kept[one] for one in wanted):
            kept.subtract(wanted)
            for id, _, target in self.graph.out(node):
                self.arrive(id, target, x)

    def complete(self, node: str, x: int) -> None:
        self.open[node] -= 1
        ((id, _, target),) = self.graph.out(node)
        self.arrive(id, target, x)

    @property
    def finished(self) -> bool:
        return not +self.open and not any(+kept for kept in self.kept.values())


@settings(max_examples=250, **OPTIONS)
@given(graphs(("user", "user", "xor", "par")), st.data())
def test_tokens_go_as_in_the_textbook(graph: Graph, choices: st.DataObject) -> None:
    r = loaded(graph)
    note(graph.document().decode())
    r.start(data={"x": 0})
    game = TokenGame(graph)
    for _ in range(25):
        tasks = r.open_tasks()
        assert Counter(task.element_id for task in tasks) == +game.open
        assert r.finished == game.finished and r.stuck == (not tasks and not game.finished)
        if not tasks or len(tasks) > 60:
            return
        task = tasks[choices.draw(st.integers(0, len(tasks) - 1))]
        x = choices.draw(st.integers(0, 2))
        r.complete(task.id, {"x": x})
        game.complete(task.element_id, x)


@settings(max_examples=150, **OPTIONS)
@given(graphs(("user", "user", "xor", "par", "inc")), st.data())
def test_nothing_gets_lost_and_the_state_survives(graph: Graph, choices: st.DataObject) -> None:
    r = loaded(graph)
    note(graph.document().decode())
    definition = r.script.definition
    try:
        r.start(data={"x": 0})
    except ExecutionError:
        return
    for _ in range(25):
        saved = list(r._saved)
        assert [definition.restore(state, clock=r.clock).dump() for state in saved] == saved
        tasks = r.open_tasks()
        assert r.finished or r.stuck or tasks
        assert not (r.finished and tasks)
        if not tasks or len(tasks) > 60:
            return
        task, trace = tasks[choices.draw(st.integers(0, len(tasks) - 1))], list(r.trace)
        try:
            r.complete(task.id, {"x": choices.draw(st.integers(0, 2))})
        except ExecutionError:
            assert r._saved == saved and r.trace == trace
            return
        assert r.trace[len(trace)] == task.element_id
        assert task.id not in [one.id for one in r.open_tasks()]
