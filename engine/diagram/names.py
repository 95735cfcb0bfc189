"""Which names an expression may read, and where: results of steps, items of lists, data of messages,
parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine import forms as form_rules
from engine.diagram.model import Diagram, Node, Scope
from engine.diagram.profile import words
from engine.expressions import Expression, normal_name

Forms = Mapping[str, Mapping[str, Any]]
Fields = Mapping[str, str]

COUNTERS = words(
    """
    loopCounter numberOfInstances numberOfCompletedInstances numberOfActiveInstances
    numberOfTerminatedInstances nrOfInstances nrOfCompletedInstances nrOfActiveInstances
    """
)
_PLAIN = frozenset({"text", "number", "boolean"})


@dataclass(frozen=True)
class Source:
    """Something that gives a name a value: visible inside the multi-instances `loops`, its fields known or
    None.
    """

    name: str
    loops: frozenset[str]
    fields: Fields | None = None
    choices: Mapping[str, frozenset[str]] = field(default_factory=dict)  # field -> the only texts it can be


class Names:
    """The names of the processes of one diagram that work on the same data."""

    def __init__(
        self, processes: Iterable[Scope], parameters: Iterable[str], forms: Forms, values: Any
    ) -> None:
        self.processes = list(processes)
        self.parameters = frozenset(normal_name(name) for name in parameters)
        self.sources: dict[str, list[Source]] = {}
        self._callers: dict[str, list[Node]] = {}
        for node in self.nodes():
            if node.called is not None:
                self._callers.setdefault(node.called, []).append(node)
        for node in self.nodes():
            for source in self._given_by(node, forms, values):
                self.add(source)

    def nodes(self) -> Iterator[Node]:
        for process in self.processes:
            yield from process.walk()

    def add(self, source: Source) -> None:
        self.sources.setdefault(normal_name(source.name), []).append(source)

    def around(self, node: Node) -> frozenset[str]:
        """The multi-instance activities a node stands in, itself not counted."""
        loops: set[str] = set()
        seen: set[str] = set()
        stack = [node.scope]
        while stack:
            scope = stack.pop()
            if scope.id in seen:
                continue
            seen.add(scope.id)
            for owner in [scope.owner] if scope.owner is not None else self._callers.get(scope.id, []):
                loops |= _own(owner)
                stack.append(owner.scope)
        return frozenset(loops)

    def inside(self, node: Node) -> frozenset[str]:
        """The same, for what happens in each instance of the node."""
        return self.around(node) | _own(node)

    def problem(self, expression: Expression, loops: frozenset[str], extra: frozenset[str]) -> str | None:
        """The first thing the expression reads that is not there, in Chinese; None where all is known."""
        for path in sorted(expression.paths):
            if path[0] in self.parameters or path[0] in extra:
                continue
            found = self.sources.get(path[0])
            if found is None:
                return f"用到了「{path[0]}」，可是没有哪一步会填它，也不是流程参数。{self._known(loops)}"
            visible = [source for source in found if source.loops <= loops]
            if not visible:
                return f"用到了「{path[0]}」，可是它只在多实例里面有，出了多实例请用汇总的输出名单"
            wrong = None if len(path) == 1 else _field_problem(path, visible)
            if wrong is not None:
                return wrong
        return self._strange_value(expression, loops)

    def _strange_value(self, expression: Expression, loops: frozenset[str]) -> str | None:
        """A comparison with a text the field never has: a typing error that would silently never hold."""
        for path, text in sorted(expression.compared):
            sources = [s for s in self.sources.get(path[0], []) if s.loops <= loops]
            if len(path) != 2 or not sources or not all(path[1] in source.choices for source in sources):
                continue
            offered = frozenset[str]().union(*(source.choices[path[1]] for source in sources))
            if text not in offered and text:
                name = ".".join(path)
                return f"拿「{name}」和「{text}」比较，可是它只会是 {'、'.join(sorted(offered))}"
        return None

    def _known(self, loops: frozenset[str]) -> str:
        names = [s[0].name for s in self.sources.values() if any(source.loops <= loops for source in s)]
        names += sorted(self.parameters)
        return f"可用的有：{'、'.join(names[:12])}" if names else "现在还没有可用的名字"

    def _given_by(self, node: Node, forms: Forms, values: Any) -> Iterator[Source]:
        if node.kind is not None:
            yield Source(node.key, self.inside(node), *step_fields(node, forms, values))
        if (
            node.event is not None
            and node.event.kind == "message"
            and node.tag not in ("endEvent", "sendTask")
        ):
            for name in node.event.payload:
                yield Source(name, self.around(node))
        if node.loop is not None and node.loop.input_item is not None:
            yield Source(node.loop.input_item, self.inside(node))
        if node.loop is not None and node.loop.output is not None:
            yield Source(node.loop.output, self.around(node))


def step_fields(
    node: Node, forms: Forms, values: Mapping[str, Any]
) -> tuple[Fields | None, Mapping[str, frozenset[str]]]:
    """The fields of a step's result, and the texts those with choices can be.

    None where its kind or settings are not right and anything may be meant.
    """
    from engine.steps import SettingError, kind  # steps read the diagram's model: imported late on purpose

    try:
        step = kind(node.kind or "")
        settings = step.freeze(node, values)
    except (KeyError, SettingError):
        return None, {}
    choices: dict[str, frozenset[str]] = {}
    for action in step.actions(settings, forms):
        for component in form_rules.fields(action.schema):
            if component.get("type") in ("radio", "select") and isinstance(component.get("values"), list):
                offered = (
                    choice.get("value") for choice in component["values"] if isinstance(choice, Mapping)
                )
                choices[normal_name(form_rules.key_of(component))] = frozenset(map(str, offered))
    if outcomes := step.outcomes(settings):
        choices["结论"] = frozenset(outcomes)  # also those nobody chooses: 未达法定人数, 有异议
    return step.fields(settings, forms), choices


def groups(diagram: Diagram) -> list[list[Scope]]:
    """The processes that share data, because one calls the other."""
    group: dict[str, list[Scope]] = {process.id: [process] for process in diagram.processes.values()}
    for process in diagram.processes.values():
        for node in process.walk():
            other = group.get(node.called or "")
            mine = group[process.id]
            if other is not None and other is not mine:
                mine += other
                for scope in other:
                    group[scope.id] = mine
    return list({id(members): members for members in group.values()}.values())


def _own(node: Node) -> frozenset[str]:
    return frozenset({node.id}) if node.loop is not None and node.loop.kind == "multi" else frozenset()


def _field_problem(path: tuple[str, ...], visible: list[Source]) -> str | None:
    fields: dict[str, str] = {}
    for source in visible:
        if source.fields is None:
            return None
        fields |= {normal_name(name): kind for name, kind in source.fields.items()}
    name = ".".join(path[:2])
    if path[1] not in fields:
        return f"用到了「{name}」，可是「{path[0]}」的结果里没有「{path[1]}」。可用的有：{'、'.join(fields)}"
    if len(path) > 2 and fields[path[1]] in _PLAIN:
        return f"用到了「{'.'.join(path)}」，可是「{name}」是一个单独的值，下面没有「{path[2]}」"
    return None
