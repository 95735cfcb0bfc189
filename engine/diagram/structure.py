"""Structural rules: what a diagram must be like for its execution to be well defined."""

from __future__ import annotations

from collections.abc import Container, Iterator

from engine.diagram.cycles import check_cycles
from engine.diagram.model import ACTIVITIES, Diagram, Node, Scope
from engine.diagram.report import Report

MAX_CALLS = 40  # as deep as execution goes


def check_structure(diagram: Diagram, report: Report, callable_elsewhere: Container[str] = ()) -> None:
    """Every rule of the execution gate that is about the graph. Fills in the links of each scope."""
    for scope in scopes(diagram):
        _check_links(scope, report)
        _check_starts(scope, report)
        _check_reachable(scope, report)
        for node in scope.nodes.values():
            _check_ends(node, report)
            _check_choices(node, report)
    _check_calls(diagram, report, callable_elsewhere)
    if not report.has_errors:
        check_cycles(diagram, report)


def scopes(diagram: Diagram) -> Iterator[Scope]:
    """Every process and sub-process, outer before inner."""
    stack = list(reversed(diagram.processes.values()))
    while stack:
        scope = stack.pop()
        yield scope
        stack.extend(node.inner for node in reversed(scope.nodes.values()) if node.inner is not None)


def is_link(node: Node, tag: str) -> bool:
    return node.tag == tag and node.event is not None and node.event.kind == "link"


def _check_links(scope: Scope, report: Report) -> None:
    for node in scope.nodes.values():
        if is_link(node, "intermediateCatchEvent"):
            assert node.event is not None and node.event.key is not None
            if node.event.key in scope.links:
                report.add("two-links", f"有两个同名的链接入口「{node.event.key}」，请改名", node)
            scope.links[node.event.key] = node.id
            if node.incoming:
                report.add("link-incoming", "链接入口不能有进来的连线，请删去", node)
    for node in scope.nodes.values():
        if is_link(node, "intermediateThrowEvent"):
            assert node.event is not None
            if node.event.key not in scope.links:
                message = f"链接「{node.event.key}」没有入口，请在同一层画一个同名的入口"
                report.add("loose-link", message, node)
            if node.outgoing:
                report.add("link-outgoing", "链接出口不能有出去的连线，请删去", node)


def _check_starts(scope: Scope, report: Report) -> None:
    owner = scope.owner
    starts = [node for node in scope.nodes.values() if node.tag == "startEvent"]
    place = owner if owner is not None else scope
    if not scope.nodes:
        report.add("empty", "里面是空的，请画出步骤", place)
    elif not scope.entries:
        report.add("no-start", "没有起点：每一步都有连线进来，请画一个开始事件", place)
    if owner is not None and owner.is_event_subprocess:
        if len(starts) != 1:
            report.add("event-subprocess-start", "事件子流程要有一个、也只能有一个带触发的开始事件", owner)
    elif owner is not None and len(starts) > 1:
        report.add("two-starts", "子流程只能有一个开始事件，请合并", owner)
    else:
        for extra in [node for node in starts if node.event is None][1:]:
            report.add("two-starts", "只能有一个没有触发的开始事件，请合并或写明触发", extra)


def _check_reachable(scope: Scope, report: Report) -> None:
    reached = set(scope.entries) | {node.id for node in scope.nodes.values() if node.is_event_subprocess}
    stack = [scope.nodes[node_id] for node_id in reached]
    while stack:
        for node_id in successors(stack.pop()):
            if node_id not in reached:
                reached.add(node_id)
                stack.append(scope.nodes[node_id])
    if not scope.entries:
        return  # reported already, and everything would be out of reach
    for node in scope.nodes.values():
        if node.id not in reached:
            report.add("unreachable", "走不到这里：请用连线接上，或者删去", node)


def successors(node: Node) -> Iterator[str]:
    """Where a token may go from here: along flows, links and the boundary."""
    for flow in node.outgoing:
        yield flow.target
    for boundary in node.boundaries:
        yield boundary.id
    if is_link(node, "intermediateThrowEvent"):
        assert node.event is not None and node.event.key is not None
        if node.event.key in node.scope.links:
            yield node.scope.links[node.event.key]


def _check_ends(node: Node, report: Report) -> None:
    """Which nodes may have flows in and out at all."""
    if node.tag == "startEvent" and node.incoming:
        report.add("into-start", "不能有连线进入开始事件，请改连到它后面的步骤", node)
    if node.tag == "endEvent" and node.outgoing:
        report.add("out-of-end", "不能有连线离开结束事件，请删去或改成中间事件", node)
    if node.tag == "boundaryEvent" and node.incoming:
        report.add("into-boundary", "不能有连线进入附在边上的事件，请改连到那一步上", node)
    if node.tag == "boundaryEvent" and not node.outgoing:
        report.add("dead-boundary", "附在边上的事件没有出路，请连到它发生以后走的那一步", node)
    if node.is_event_subprocess and (node.incoming or node.outgoing or node.boundaries):
        report.add("flow-at-event-subprocess", "事件子流程不能有连线或边界事件：它由事件触发", node)
    if node.tag.endswith("Gateway") and not node.outgoing:
        report.add("dead-gateway", "分岔没有出路，请连到下一步或结束", node)
    if node.tag == "callActivity" and node.called is None:
        report.add("no-called", "没有说明调用哪个流程，请选一个", node)


def _check_choices(node: Node, report: Report) -> None:
    """Which flows may carry conditions, and which must."""
    conditional = [flow for flow in node.outgoing if flow.condition is not None]
    plain = [flow for flow in node.outgoing if flow.condition is None and not flow.is_default]
    if node.tag in ("exclusiveGateway", "inclusiveGateway"):
        if len(node.outgoing) > 1 and plain:
            where = "、".join(f"「{flow.name or '到 ' + _label(node, flow.target)}」" for flow in plain[:3])
            report.add(
                "no-condition", f"有几条出路时每条都要写条件，或者设成“其余情况都走这条”：{where}没有", node
            )
    elif node.tag == "eventBasedGateway":
        _check_event_gateway(node, report)
    elif node.tag == "parallelGateway":
        if conditional:
            report.add("parallel-condition", "“同时走”的出路不能有条件，请删去条件，或者换成“走几条”", node)
        if any(flow.is_default for flow in node.outgoing):
            report.add("parallel-default", "“同时走”的每条出路都走，请去掉“其余情况都走这条”", node)
    elif node.tag not in ACTIVITIES and conditional:
        report.add("event-condition", "从这里出去的连线不能有条件，请在后面加一个分岔", node)


def _label(node: Node, node_id: str) -> str:
    return node.scope.nodes[node_id].label


def _check_event_gateway(node: Node, report: Report) -> None:
    if len(node.outgoing) < 2:
        report.add("event-gateway", "“先到先走”至少要有两条出路", node)
    for flow in node.outgoing:
        target = node.scope.nodes[flow.target]
        waits = target.tag in ("intermediateCatchEvent", "receiveTask") and target.event is not None
        if flow.condition is not None or flow.is_default:
            report.add("event-gateway", "“先到先走”的出路不能有条件：哪件先发生走哪条", node)
        if not waits or len(target.incoming) != 1 or target.boundaries or target.loop:
            message = f"“先到先走”后面只能直接接定时或等消息，「{target.label}」不是，或者还有别的连线进来"
            report.add("event-gateway", message, node)


def _check_calls(diagram: Diagram, report: Report, elsewhere: Container[str]) -> None:
    calls: dict[str, list[str]] = {}
    for process in diagram.processes.values():
        calls[process.id] = []
        for node in process.walk():
            if node.called is None:
                continue
            if node.called in diagram.processes:
                calls[process.id].append(node.called)
            elif node.called not in elsewhere:
                report.add("no-such-process", f"调用的流程 {node.called} 不存在，请改选或先画好", node)
    for process_id in calling_themselves(calls):
        message = "流程直接或间接地调用了自己，永远办不完，请断开这个圈"
        report.add("calls-itself", message, diagram.processes[process_id])
    for process_id in _calling_too_deep(calls):
        message = f"流程一个调用一个，超过了 {MAX_CALLS} 层，请合并一些"
        report.add("calls-too-deep", message, diagram.processes[process_id])


def _calling_too_deep(calls: dict[str, list[str]]) -> list[str]:
    """The processes from which a row of calls is just one too long: whoever calls those is no news."""
    waiting = {name: {other for other in others if other in calls} for name, others in calls.items()}
    callers: dict[str, list[str]] = {}
    for name, others in waiting.items():
        for other in others:
            callers.setdefault(other, []).append(name)
    depth = dict.fromkeys(calls, 0)
    ready = [name for name, others in waiting.items() if not others]
    while ready:
        done = ready.pop()
        for caller in callers.get(done, ()):
            depth[caller] = max(depth[caller], depth[done] + 1)
            waiting[caller].discard(done)
            if not waiting[caller]:
                ready.append(caller)
    return [name for name in calls if depth[name] == MAX_CALLS]


def calling_themselves(calls: dict[str, list[str]]) -> list[str]:
    """The processes on a circle of calls, in the given order."""
    waiting = {name: {other for other in others if other in calls} for name, others in calls.items()}
    callers: dict[str, list[str]] = {}
    for name, others in waiting.items():
        for other in others:
            callers.setdefault(other, []).append(name)
    ready = [name for name, others in waiting.items() if not others]
    while ready:  # peel off whoever calls only the peeled: what stays leads into a circle
        done = ready.pop()
        for caller in callers.get(done, ()):
            waiting[caller].discard(done)
            if not waiting[caller]:
                ready.append(caller)
        del waiting[done]
    return [name for name in calls if name in waiting and _reaches(name, waiting)]


def _reaches(name: str, calls: dict[str, set[str]]) -> bool:
    seen: set[str] = set()
    stack = list(calls[name])
    while stack:
        other = stack.pop()
        if other == name:
            return True
        if other not in seen:
            seen.add(other)
            stack.extend(calls.get(other, ()))
    return False
