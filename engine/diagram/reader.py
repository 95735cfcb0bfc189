"""From XML to the model: processes, sub-processes, nodes, flows, lanes. What does not fit is reported, not
guessed.
"""

from __future__ import annotations

import re

from engine.diagram.events import read_event, reads_events
from engine.diagram.lanes import Lanes
from engine.diagram.loops import read_loop
from engine.diagram.model import ACTIVITIES, FLOW_NODES, Diagram, Flow, Node, Scope
from engine.diagram.profile import spiff_extensions
from engine.diagram.report import Report
from engine.diagram.source import Element, bpmn, children, is_bpmn, line_of, local, reference, text_of, truth
from engine.expressions import Expression, ExpressionError


def read_model(root: Element, source: bytes, report: Report) -> Diagram:
    """The model of a file whose elements the profile has already been through."""
    return _Reader(root, report).read(source)


def read_documentation(element: Element) -> str | None:
    """The guidance written on an element, paragraphs kept."""
    parts = [text_of(part) for part in children(element, "documentation")]
    parts += [text_of(e) for e in spiff_extensions(element) if local(e) == "instructionsForEndUser"]
    return "\n\n".join(part for part in parts if part) or None


def read_properties(element: Element) -> dict[str, str]:
    """Our own settings: `spiffworkflow:properties`."""
    found: dict[str, str] = {}
    for holder in spiff_extensions(element):
        if local(holder) != "properties":
            continue
        for each in holder.iterchildren("{*}property"):
            name = (each.get("name") or "").strip()
            if name:
                found[name] = (each.get("value") or "").strip()
    return found


def clean_name(text: str | None) -> str | None:
    """A label in one line; None where there is none."""
    return re.sub(r"\s+", " ", text or "").strip() or None


class _Reader:
    def __init__(self, root: Element, report: Report) -> None:
        self.root = root
        self.report = report
        self.elements: dict[str, Element] = {str(e.get("id")): e for e in root.iter(bpmn("*")) if e.get("id")}
        self.lanes = Lanes(root, report)

    def read(self, source: bytes) -> Diagram:
        processes: dict[str, Scope] = {}
        for element in children(self.root, "process"):
            if any(is_bpmn(child) and local(child) in FLOW_NODES for child in element):
                scope = self.scope(element, None)
                processes[scope.id] = scope
        for tag in ("globalUserTask", "globalManualTask"):
            for element in children(self.root, tag):
                scope = self.global_task(element, tag)
                processes[scope.id] = scope
        if not processes:
            self.report.add("no-process", "文件里没有可以执行的流程：请画出至少一个步骤")
        return Diagram(processes, self.lanes.used(), source)

    def global_task(self, element: Element, tag: str) -> Scope:
        """A task that can be called from anywhere: a process of that one node."""
        scope = Scope(self.identity(element), clean_name(element.get("name")))
        node = self.node(element, tag, scope)
        scope.nodes[node.id] = node
        scope.entries = [node.id]
        return scope

    def scope(self, element: Element, owner: Node | None) -> Scope:
        scope = Scope(self.identity(element), clean_name(element.get("name")), owner)
        scope.documentation = read_documentation(element)
        defaults: dict[str, Element] = {}
        for child in element:
            if is_bpmn(child) and local(child) in FLOW_NODES:
                node = self.node(child, local(child), scope)
                scope.nodes[node.id] = node
                if reference(child.get("default")) is not None:
                    defaults[node.id] = child
        for child in children(element, "sequenceFlow"):
            self.flow(child, scope, defaults)
        for node_id, child in defaults.items():
            if not any(flow.is_default for flow in scope.nodes[node_id].outgoing):
                self.report.add("bad-default", "默认连线不是从这里出去的，请重新指定", child)
        self.attach(scope)
        scope.entries = entries(scope)
        return scope

    def identity(self, element: Element) -> str:
        identity = (element.get("id") or "").strip()
        if not identity:
            self.report.add("no-id", f"第 {line_of(element)} 行的 {local(element)} 没有编号，请补上", element)
        return identity or f"line-{line_of(element)}"

    def node(self, element: Element, tag: str, scope: Scope) -> Node:
        node = Node(
            self.identity(element), tag, clean_name(element.get("name")), scope, line=line_of(element)
        )
        node.lane = self.lanes.of(node.id) or (scope.owner.lane if scope.owner else None)
        node.documentation = read_documentation(element)
        node.properties = read_properties(element)
        node.is_event_subprocess = tag == "subProcess" and truth(element, "triggeredByEvent", False)
        if tag == "boundaryEvent":
            node.attached_to = reference(element.get("attachedToRef"))
            node.interrupting = truth(element, "cancelActivity", True)
        if tag == "startEvent":
            node.interrupting = truth(element, "isInterrupting", True)
        if reads_events(tag):
            node.event = read_event(node, element, self.elements, self.report)
        if tag in ACTIVITIES:
            node.loop = read_loop(node, element, self.elements, self.report)
        if tag == "subProcess":
            node.inner = self.scope(element, node)
        if tag == "callActivity":
            node.called = reference(element.get("calledElement"))
        return node

    def flow(self, element: Element, scope: Scope, defaults: dict[str, Element]) -> None:
        source = scope.nodes.get(reference(element.get("sourceRef")) or "")
        target = scope.nodes.get(reference(element.get("targetRef")) or "")
        if source is None or target is None:
            self.report.add("loose-flow", "连线的一端不存在，或者不在同一层，请重新连接", element)
            return
        identity = (element.get("id") or "").strip()
        flow = Flow(
            identity or f"{source.id}>{target.id}>{len(scope.flows)}",
            source.id,
            target.id,
            clean_name(element.get("name")),
        )
        default = defaults.get(source.id)
        flow.is_default = (
            bool(identity) and default is not None and reference(default.get("default")) == identity
        )
        if not flow.is_default:  # BPMN: a default flow's condition is not looked at
            flow.condition = self.condition(element)
        scope.flows.append(flow)
        source.outgoing.append(flow)
        target.incoming.append(flow)

    def condition(self, flow: Element) -> Expression | None:
        element = flow.find(bpmn("conditionExpression"))
        if element is None:
            return None
        try:
            return Expression(text_of(element))
        except ExpressionError as error:
            self.report.add("bad-condition", f"条件写错了：{error}", flow)
            return None

    def attach(self, scope: Scope) -> None:
        for node in scope.nodes.values():
            if node.tag != "boundaryEvent":
                continue
            host = scope.nodes.get(node.attached_to or "")
            if host is None or host.tag not in ACTIVITIES or host.is_event_subprocess:
                self.report.add("loose-boundary", "没有挂在步骤或子流程上，请拖到它的边上", node)
            else:
                host.boundaries.append(node)


def entries(scope: Scope) -> list[str]:
    """Where a token starts: the start events, or without any every node nothing leads to."""
    starts = [node.id for node in scope.nodes.values() if node.tag == "startEvent"]
    if starts:
        return starts
    return [
        node.id
        for node in scope.nodes.values()
        if not node.incoming
        and node.tag != "boundaryEvent"
        and not node.is_event_subprocess
        and not (node.tag == "intermediateCatchEvent" and node.event and node.event.kind == "link")
    ]
