"""What the conditions of a diagram read, and from where on: so that two matters that differ only in what nobody
reads any more are one and the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.diagram.model import Node
from engine.diagram.names import COUNTERS
from engine.execution.definition import Definition
from engine.execution.nodes.catching import Catching
from engine.execution.nodes.listener import Listener
from engine.execution.nodes.loop import Loop
from engine.execution.nodes.person import PersonTask
from engine.execution.nodes.step import Step
from engine.execution.nodes.subprocess import SubProcess
from engine.execution.scope import ProcessSpec
from engine.exploration.atoms import Atom, Path, atoms, data_paths
from engine.expressions import Expression

Paths = frozenset[Path]
NONE: Paths = frozenset()


class Reading:
    """`atoms` of all conditions; `collections` the lists that are gone through, with the names of their items;
    `outputs` what instances of a loop have to give.

    `before(step)` is what may still be read when a token comes to a step, `after(step)` once the step is done.
    """

    def __init__(self, definition: Definition, parameters: Mapping[str, Any]) -> None:
        self.parameters = parameters
        self.specs = definition.specs
        self.atoms: dict[str, Atom] = {}
        self.collections: dict[Path, set[str]] = {}
        self.counted: set[Path] = set()  # how many instances a loop has
        self.outputs: set[Path] = set()
        self.counts_rounds = False  # a condition reads the counter of a loop
        self._loops: dict[Step, Loop] = {}
        for step in self.steps():
            if isinstance(step, Loop):
                self._loops[step.body] = step
            self._note(step)
        self.needed = self._needed()
        self.given = frozenset(self._given())
        self.free = frozenset(path for path in self.needed if path[0] not in self.given)
        self._before: dict[Step, Paths] = {}
        self._near: dict[Step, Paths] = {}
        self._hosts: dict[str, list[Step]] = {}
        for step in self.steps():
            if isinstance(step, SubProcess):
                self._hosts.setdefault(step.inner, []).append(self._loops.get(step, step))
        self._settle(self._near, self._near_to)
        self._settle(self._before, self._read_from)

    def steps(self) -> Iterator[Step]:
        for spec in self.specs.values():
            yield from (step for step in spec.task_specs.values() if isinstance(step, Step))

    def before(self, step: Step) -> Paths:
        return self._before[step]

    def after(self, step: Step) -> Paths:
        loop = self._loops.get(step)
        return self.during(loop) if loop is not None else self._onwards(step, self._before)

    def during(self, step: Step) -> Paths:
        """What may still be read, besides by what goes on inside, while an activity is under way."""
        if not isinstance(step, Loop):
            return self.after(step)
        if step.loop.kind != "multi" or step.loop.sequential:
            return self._before[step]  # there may be another round
        return (self._entering(step) - frozenset(self.collections)) | self._onwards(step, self._before)

    def told(self, step: Step) -> Paths:
        """What a task without a kind is taken to fill in: names that no step declares and that are read next."""
        loop = self._loops.get(step)
        return self._onwards(loop if loop is not None else step, self._near) | (
            self._entering(loop) & self.free if loop is not None else NONE
        )

    def at_start(self, spec: ProcessSpec, inputs: Iterable[str]) -> Paths:
        """What a matter has to bring: what the caller provides, and names nobody else can have filled in."""
        told = set[Path]().union(*(self.told(step) for step in self.steps() if _bare(step)))
        nearest = self._of_entries(spec, self._near)
        wanted = self._of_entries(spec, self._before)
        given = set(inputs)
        return frozenset(
            p for p in wanted if p[0] in given or p in nearest or (p in self.free and p not in told)
        )

    # ------------------------------------------------------------ what is read

    def _note(self, step: Step) -> None:
        for expression in self._expressions(step):
            self.counts_rounds |= bool(expression.names & COUNTERS)
            for atom in atoms(expression, self.parameters):
                self.atoms.setdefault(atom.text, atom)
        if not isinstance(step, Loop):
            return
        loop, node = step.loop, step.node
        if loop.collection:
            for path in Expression(loop.collection).paths:
                self.collections.setdefault(path, set()).update([loop.input_item] if loop.input_item else [])
        if loop.cardinality is not None:
            self.counted |= data_paths(loop.cardinality, self.parameters)
        if loop.output and loop.output_item and loop.output_item != node.key:
            self.outputs.add((node.key, loop.output_item))

    def _expressions(self, step: Step) -> Iterator[Expression]:
        yield from (way.condition for way in step.ways if way.condition is not None)
        if isinstance(step, Loop):
            yield from (e for e in (step.loop.completion, step.loop.condition) if e is not None)
        if isinstance(step, Catching) and step.event.condition is not None:
            yield step.event.condition

    def _needed(self) -> Paths:
        read = {path for atom in self.atoms.values() for path in atom.paths}
        return frozenset(read | self.collections.keys() | self.counted | self.outputs)

    def _given(self) -> Iterator[str]:
        """The names that steps, loops and messages declare."""
        for step in self.steps():
            node: Node = step.node
            if node.kind is not None:
                yield node.key
            if isinstance(step, Loop):
                yield from filter(None, (step.loop.input_item, step.loop.output))
            if node.event is not None and node.event.kind == "message":
                yield from node.event.payload

    # ------------------------------------------------------------ from where on

    def _settle(self, found: dict[Step, Paths], rule: Any) -> None:
        steps = list(self.steps())[::-1]
        found.update(dict.fromkeys(steps, NONE))
        changed = True
        while changed:
            changed = False
            for step in steps:
                new = rule(step)
                if new != found[step]:
                    found[step], changed = new, True

    def _onwards(self, step: Step, found: Mapping[Step, Paths]) -> Paths:
        paths = set[Path]()
        for way in step.ways:
            paths |= found.get(way.target, NONE)
            if way.condition is not None:
                paths |= data_paths(way.condition, self.parameters)
        if found is self._near:
            if not step.ways:
                spec: ProcessSpec = step._wf_spec
                for host in self._hosts.get(spec.name, []):
                    paths |= self._onwards(host, found)
            return frozenset(paths) & self.free
        return frozenset(paths)

    def _entering(self, step: Step) -> Paths:
        """What is read when a token comes, and while it stays."""
        paths = set[Path]()
        if isinstance(step, Catching) and step.event.condition is not None:
            paths |= data_paths(step.event.condition, self.parameters)
        if isinstance(step, Loop):
            loop = step.loop
            for expression in (loop.cardinality, loop.completion, loop.condition):
                if expression is not None:
                    paths |= data_paths(expression, self.parameters)
            if loop.collection:
                paths |= data_paths(Expression(loop.collection), self.parameters)
            if loop.output and loop.output_item and loop.output_item != step.node.key:
                paths.add((step.node.key, loop.output_item))
        return frozenset(paths)

    def _read_from(self, step: Step) -> Paths:
        paths = self._entering(step)
        for boundary in step.boundaries:
            paths |= self._before.get(boundary, NONE)
        if isinstance(step, Listener):
            return paths | self._before.get(step.target, NONE)
        if isinstance(step, Loop):
            paths |= self._before.get(step.body, NONE)
        if isinstance(step, SubProcess):
            paths |= self._of_entries(self.specs[step.inner], self._before)
        onwards = self._onwards(step, self._before)
        if isinstance(step, PersonTask) and step not in self._loops:
            killed = {step.node.key} if step.node.kind else {path[0] for path in self.told(step)}
            onwards = frozenset(path for path in onwards if path[0] not in killed)
        return paths | onwards

    def _near_to(self, step: Step) -> Paths:
        """What is read from here on before the next person comes."""
        if isinstance(step, PersonTask):
            return NONE
        paths = self._entering(step) & self.free
        if isinstance(step, Loop):
            return paths | self._near.get(step.body, NONE)
        if isinstance(step, Listener):
            return paths | self._near.get(step.target, NONE)
        if isinstance(step, SubProcess):
            return paths | self._of_entries(self.specs[step.inner], self._near)
        return paths | self._onwards(step, self._near)

    def _of_entries(self, spec: ProcessSpec, found: Mapping[Step, Paths]) -> Paths:
        entries = (*spec.entries, *spec.listeners)
        return NONE.union(*(found.get(step, NONE) for step in entries))


def _bare(step: Step) -> bool:
    return isinstance(step, PersonTask) and step.node.kind is None
