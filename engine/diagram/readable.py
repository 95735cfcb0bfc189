"""What can be read at one place of a diagram that is still being drawn: results of earlier steps, items of lists, data
of messages. The builder of conditions offers it; a hand-written expression is judged against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from engine import forms as form_rules
from engine.diagram.model import Diagram, Node
from engine.diagram.names import COUNTERS, Forms, Names, groups, step_fields
from engine.diagram.procedure import Anything
from engine.diagram.profile import check_profile
from engine.diagram.reader import read_model
from engine.diagram.report import Report
from engine.diagram.source import parse
from engine.diagram.structure import check_structure
from engine.expressions import Expression, ExpressionError, normal_name

Sort = Literal["text", "number", "boolean", "list", "record", "date", "people", "any"]


@dataclass(frozen=True)
class Readable:
    """`path` is how an expression writes it; `step` and `label` are what people call the step and its field.

    `choices` are the only texts it can be. `item` tells that it is one of each item of a list: settings that look
    through lists may name it, conditions may not. `kind` is that of the step, `key` the name of its whole result.
    """

    path: str
    step: str
    label: str
    sort: Sort
    choices: tuple[str, ...] = ()
    item: bool = False
    kind: str = ""
    key: str = ""


@dataclass(frozen=True)
class Place:
    """A node or a flow of a diagram, with the names of the processes that share its data."""

    names: Names
    node: Node
    forms: Forms
    values: Mapping[str, Any]
    loops: frozenset[str]  # the multi-instances whose items are there
    behind: bool  # whether the node is done by then: at a flow out of it


def open_drawing(data: bytes) -> Diagram:
    """The model of a drawing that need not be right yet. Raises DiagramError where the file cannot be read at all."""
    root = parse(data)
    report = Report(root)
    check_profile(root, report)
    diagram = read_model(root, data, report)
    if not report.has_errors:
        check_structure(diagram, report, Anything())  # it resolves links; what it finds is said by the check
    return diagram


def place(diagram: Diagram, element: str, forms: Forms, values: Mapping[str, Any]) -> Place | None:
    """Where a node or a flow stands; None where there is no such element. At a flow that is behind its source."""
    for processes in groups(diagram):
        for process in processes:
            for node in process.walk():
                is_flow = any(flow.id == element for flow in node.outgoing)
                if node.id == element or is_flow:
                    names = Names(processes, values, forms, values)
                    loops = names.around(node) if is_flow else names.inside(node)
                    return Place(names, node, forms, values, loops, is_flow)
    return None


def readable(at: Place) -> list[Readable]:
    """What an earlier step, a list or a message has provided when a token comes to this place, the nearest first."""
    found: list[Readable] = []
    for node in _before(at):
        if at.names.inside(node) <= at.loops and node.kind is not None:
            found += _results(node, at)
        if node.event is not None and node.event.kind == "message" and at.names.around(node) <= at.loops:
            found += [Readable(name, f"消息“{node.event.label}”", name, "any") for name in _payload(node)]
        if node.loop is not None and node.loop.output and at.names.around(node) <= at.loops:
            found.append(Readable(node.loop.output, node.label, "每一项的结果", "list"))
    return [*_items(at), *found]


def problem(at: Place, text: str) -> str | None:
    """What is wrong with an expression at this place, in Chinese; None where it can be used."""
    try:
        expression = Expression(text)
    except ExpressionError as error:
        return str(error)
    return at.names.problem(expression, at.loops, COUNTERS if at.node.loop is not None else frozenset())


# ---------------------------------------------------------------- parts


def _before(at: Place) -> list[Node]:
    """The nodes a token may have been through before it comes here, the nearest first."""
    seen: dict[str, Node] = {at.node.id: at.node} if at.behind or at.node.loop is not None else {}
    passed: dict[str, Node] = {}  # not only entered: all that is inside may be done
    queue = [at.node]
    while queue:
        node = queue.pop(0)
        for earlier in _leading_to(node, at.names):
            if earlier is not node.scope.owner and earlier.called != node.scope.id:
                passed[earlier.id] = earlier
            if earlier.id not in seen:
                seen[earlier.id] = earlier
                queue.append(earlier)
    if at.behind:
        passed[at.node.id] = at.node
    parts = {process.id: process for process in at.names.processes}
    inside = [
        step
        for node in passed.values()
        for scope in (node.inner, parts.get(node.called or ""))
        if scope is not None
        for step in scope.walk()
    ]
    return list({node.id: node for node in [*seen.values(), *inside]}.values())


def _leading_to(node: Node, names: Names) -> Iterator[Node]:
    scope = node.scope
    for flow in node.incoming:
        yield scope.nodes[flow.source]
    if node.attached_to in scope.nodes:
        yield scope.nodes[node.attached_to]
    if node.event is not None and node.event.kind == "link" and node.tag == "intermediateCatchEvent":
        yield from (
            one
            for one in scope.nodes.values()
            if one.tag == "intermediateThrowEvent"
            and one.event is not None
            and one.event.key == node.event.key
        )
    if not node.incoming and node.attached_to is None:
        if scope.owner is not None and scope.owner.is_event_subprocess:
            yield from (one for one in scope.owner.scope.nodes.values() if one is not scope.owner)
        elif scope.owner is not None:
            yield scope.owner
        else:
            yield from (one for one in names.nodes() if one.called == scope.id)


def _results(node: Node, at: Place) -> Iterator[Readable]:
    from engine.steps import SettingError, kind  # steps read the diagram's model: imported late on purpose

    fields, _ = step_fields(node, at.forms, at.values)
    if fields is None:
        return
    step = kind(node.kind or "")
    try:
        settings = step.freeze(node, at.values)
    except SettingError:
        return
    components, parts, outcomes = _components(node, at), step.parts(settings), step.outcomes(settings)
    base = Readable("", node.label, "", "any", kind=step.key, key=node.key)
    for name, sort in fields.items():
        if name in step.hidden and name not in step.people:
            continue
        path, component = f"{node.key}.{name}", components.get(name)
        if component is None:
            found: Sort = "people" if name in step.people else _known(sort)
            told = tuple(outcomes) if name == "结论" else ()
            yield replace(base, path=path, label=name, sort=found, choices=told)
        else:
            yield from _fields(replace(base, path=path), component)
        for part in parts.get(name, ()):
            yield replace(base, path=f"{path}.{part}", label=f"{name}：{part}", sort="number")


def _fields(base: Readable, component: Mapping[str, Any]) -> Iterator[Readable]:
    """A field of a form at the path of `base`, and the fields of a row or a group under it."""
    label = str(component.get("label") or form_rules.key_of(component)).strip()
    base = replace(base, label=f"{base.label}：{label}" if base.label else label)
    sort = _sort(component)
    yield replace(base, sort=sort, choices=_options(component))
    for part in component.get("components") or ():
        key = form_rules.key_of(part)
        if key and part.get("type") not in form_rules.DISPLAY:
            yield from _fields(
                replace(base, path=f"{base.path}.{key}", item=base.item or sort == "list"), part
            )


def _components(node: Node, at: Place) -> dict[str, Mapping[str, Any]]:
    schema = at.forms.get(node.properties.get("form", "")) or {}
    return {form_rules.key_of(one): one for one in form_rules.fields(schema)}


def _sort(component: Mapping[str, Any]) -> Sort:
    if form_rules.designations_of(component):
        return "people"
    if component.get("type") == "datetime":
        return "date"
    return _known(form_rules.TYPES.get(component.get("type", ""), "text"))


def _known(sort: str) -> Sort:
    return next((one for one in get_args(Sort) if one == sort), "any")


def _options(component: Mapping[str, Any]) -> tuple[str, ...]:
    values = component.get("values")
    if component.get("type") not in ("radio", "select") or not isinstance(values, list):
        return ()
    return tuple(str(one.get("value")) for one in values if isinstance(one, Mapping))


def _payload(node: Node) -> tuple[str, ...]:
    sends = node.tag in ("endEvent", "sendTask", "intermediateThrowEvent")
    return node.event.payload if node.event is not None and not sends else ()


def _items(at: Place) -> Iterator[Readable]:
    """The item of each list this place is repeated for, and its fields where a form says what they are."""
    for node in at.names.nodes():
        loop = node.loop
        if loop is None or loop.input_item is None or node.id not in at.loops:
            continue
        base = Readable(loop.input_item, f"名单“{loop.collection}”的每一项", "", "any", key=loop.input_item)
        rows = list(_rows(loop.collection or "", at))
        if not rows:
            yield replace(base, label="这一项")
        for part in rows:
            yield from _fields(replace(base, path=f"{loop.input_item}.{form_rules.key_of(part)}"), part)


def _rows(collection: str, at: Place) -> Iterator[Mapping[str, Any]]:
    """The fields of a row of the list that stands at this path."""
    key, _, field = collection.partition(".")
    for node in at.names.nodes():
        if node.kind is None or normal_name(node.key) != normal_name(key):
            continue
        component = _components(node, at).get(field) or {}
        for part in component.get("components") or ():
            if part.get("type") not in form_rules.DISPLAY and form_rules.key_of(part):
                yield part
