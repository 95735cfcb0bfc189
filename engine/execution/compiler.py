"""From checked diagrams to SpiffWorkflow process specs. Compiled specs are never changed again: any number of
threads share them.

Stock's parser drops links, reserves names, needs a start and an end, and recurses once for every task in a
row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.diagram.finding import DiagramError, Finding
from engine.diagram.model import PERSON_TASKS, Diagram, Node, Scope
from engine.execution.nodes.boundary import Boundary
from engine.execution.nodes.catching import Catching
from engine.execution.nodes.event_gateway import EventGateway
from engine.execution.nodes.exclusive import ExclusiveGateway
from engine.execution.nodes.inclusive import InclusiveGateway
from engine.execution.nodes.listener import Listener
from engine.execution.nodes.loop import Loop
from engine.execution.nodes.multi_instance import MultiInstance
from engine.execution.nodes.parallel import ParallelGateway
from engine.execution.nodes.passing import Passing
from engine.execution.nodes.person import PersonTask
from engine.execution.nodes.standard_loop import StandardLoop
from engine.execution.nodes.start import Root
from engine.execution.nodes.step import Step, Way
from engine.execution.nodes.subprocess import SubProcess
from engine.execution.nodes.throwing import Throwing
from engine.execution.reach import Reach
from engine.execution.scope import ProcessSpec

GATEWAYS: dict[str, type[Step]] = {
    "exclusiveGateway": ExclusiveGateway,
    "parallelGateway": ParallelGateway,
    "inclusiveGateway": InclusiveGateway,
    "eventBasedGateway": EventGateway,
}


class Compiler:
    """Compiles a diagram with the diagrams it calls. `specs` has every scope by name; those of a called
    procedure have its key in front, since two files may use the same ids.
    """

    def __init__(self, diagram: Diagram, called: Mapping[str, Diagram]) -> None:
        self.diagrams: dict[str | None, Diagram] = {None: diagram}
        self.diagrams.update(called)
        self.specs: dict[str, ProcessSpec] = {}
        self._pending: list[tuple[str | None, Scope]] = []

    def compile(self) -> dict[str, ProcessSpec]:
        """Raises DiagramError where a call leads nowhere or back to itself."""
        findings = list(self._call_findings())
        if findings:
            raise DiagramError(findings)
        for key, diagram in self.diagrams.items():
            self._pending += [(key, process) for process in diagram.processes.values()]
            while self._pending:
                self._scope(*self._pending.pop())
        return self.specs

    # ------------------------------------------------------------ calls

    def resolve(self, key: str | None, called: str | None) -> tuple[str | None, Scope] | None:
        """The process a call means: one of the same file, else the first of the procedure with that key."""
        processes = self.diagrams[key].processes
        if called is None:
            return None
        if called in processes:
            return key, processes[called]
        other = self.diagrams.get(called)
        return (called, next(iter(other.processes.values()))) if other is not None else None

    def _call_findings(self) -> Iterator[Finding]:
        """Follow every call depth first; a process met again while it is being followed calls itself."""
        followed: dict[str, bool] = {}  # name of the process -> followed to its end
        for key, diagram in self.diagrams.items():
            for process in diagram.processes.values():
                if _name(key, process) in followed:
                    continue
                followed[_name(key, process)] = False
                path = [(key, process, _calls(process))]
                while path:
                    key_here, here, calls = path[-1]
                    node = next(calls, None)
                    if node is None:
                        followed[_name(key_here, here)] = True
                        path.pop()
                        continue
                    target = self.resolve(key_here, node.called)
                    if target is None:
                        yield _finding(
                            "call-unknown", node, f"调用的流程“{node.called or ''}”不存在，请改成已有的流程"
                        )
                    elif followed.get(_name(*target)) is False:
                        yield _finding(
                            "call-recursive", node, "调用的流程最后又调用到自己，永远办不完。请去掉这个调用"
                        )
                    elif _name(*target) not in followed:
                        followed[_name(*target)] = False
                        path.append((*target, _calls(target[1])))

    # ------------------------------------------------------------ scopes

    def _scope(self, key: str | None, scope: Scope) -> None:
        spec = ProcessSpec(_name(key, scope), scope, key)
        self.specs[spec.name] = spec
        spec.start = Root(spec)
        steps = {node.id: self._step(spec, node) for node in scope.nodes.values()}
        for node in scope.nodes.values():
            step = steps[node.id]
            step.ways = tuple(_ways(scope, node, steps))
            step.boundaries = tuple(steps[boundary.id] for boundary in node.boundaries)
        spec.entries = tuple(steps[node_id] for node_id in _entries(scope))
        spec.listeners = tuple(
            Listener(spec, _trigger(step.node), step)
            for step in steps.values()
            if isinstance(step, SubProcess) and step.node.is_event_subprocess
        )
        joins = [step for step in steps.values() if isinstance(step, InclusiveGateway) and step.joins]
        if joins:
            reach = Reach(scope)
            for join in joins:
                join.sources, join.bits = reach.sources(join.node), reach.bits

    def _step(self, spec: ProcessSpec, node: Node) -> Step:
        if node.loop is None:
            return self._plain_step(spec, node)
        loop: Loop
        if node.loop.kind == "multi":
            loop = MultiInstance(spec, node)
            loop.local_names = frozenset(self._local_names(spec.procedure, node))
        else:
            loop = StandardLoop(spec, node)
        loop.body = self._plain_step(spec, node, f"{node.id} [instance]")
        return loop

    def _plain_step(self, spec: ProcessSpec, node: Node, name: str | None = None) -> Step:
        if node.inner is not None:
            self._pending.append((spec.procedure, node.inner))
            return SubProcess(spec, node, _name(spec.procedure, node.inner), name)
        if node.tag == "callActivity":
            target = self.resolve(spec.procedure, node.called)
            assert target is not None  # refused above
            return SubProcess(spec, node, _name(*target), name)
        if node.tag in GATEWAYS:
            return GATEWAYS[node.tag](spec, node, name)
        if node.is_person_task or node.tag in PERSON_TASKS:
            return PersonTask(spec, node, name)
        if node.tag == "boundaryEvent":
            return Boundary(spec, node, name)
        if node.tag in ("sendTask", "endEvent", "intermediateThrowEvent"):
            return Throwing(spec, node, name)
        if node.event is None or node.event.kind == "link":
            return Passing(spec, node, name)
        owner = node.scope.owner
        if node.tag == "startEvent" and owner is not None and owner.is_event_subprocess:
            step = Passing(spec, node, name)  # it has happened, and is in the trace, when the listener fires
            step.traced = False
            return step
        return Catching(spec, node, name)

    def _local_names(self, key: str | None, node: Node) -> Iterator[str]:
        """What each instance of a multi-instance keeps for itself: its items, and the results of the steps
        inside.
        """
        assert node.loop is not None
        yield from filter(None, (node.loop.input_item, node.loop.output_item))
        pending = [(key, node)]
        seen = set()
        while pending:
            key, inside = pending.pop()
            if inside.kind:
                yield inside.key
            if inside.inner is not None:
                pending += [(key, child) for child in inside.inner.nodes.values()]
            target = self.resolve(key, inside.called) if inside.tag == "callActivity" else None
            if target is not None and _name(*target) not in seen:
                seen.add(_name(*target))
                pending += [(target[0], child) for child in target[1].nodes.values()]


def _name(key: str | None, scope: Scope) -> str:
    return scope.id if key is None else f"{key}/{scope.id}"


def _calls(process: Scope) -> Iterator[Node]:
    return (node for node in process.walk() if node.tag == "callActivity")


def _finding(code: str, node: Node, message: str) -> Finding:
    return Finding(code, message, node.id, node.label, line=node.line)


def _entries(scope: Scope) -> list[str]:
    """A plain start event is the start where there is one; otherwise all that the diagram begins with."""
    plain = [
        node_id
        for node_id in scope.entries
        if scope.nodes[node_id].tag == "startEvent" and scope.nodes[node_id].event is None
    ]
    return plain or scope.entries


def _trigger(event_subprocess: Node) -> Node:
    assert event_subprocess.inner is not None
    return next(node for node in event_subprocess.inner.nodes.values() if node.tag == "startEvent")


def _ways(scope: Scope, node: Node, steps: Mapping[str, Step]) -> Iterator[Way]:
    for flow in node.outgoing:
        yield Way(flow.id, steps[flow.target], flow.condition, flow.is_default)
    if node.tag == "intermediateThrowEvent" and node.event is not None and node.event.kind == "link":
        target = scope.links[str(node.event.key)]
        yield Way(f"{node.id}>{target}", steps[target], None, False)
