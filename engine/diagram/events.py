"""Event definitions: what an event waits for or sends, and which kinds of event may carry which."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from engine.diagram.model import EVENTS, Event, Node
from engine.diagram.profile import EVENT_DEFINITIONS, spiff_extensions
from engine.diagram.report import Report
from engine.diagram.source import Element, child_text, children, is_bpmn, local, reference, text_of
from engine.expressions import Expression, ExpressionError
from engine.timers import TimerError, parse_timer

NAMES = {
    None: "无触发",
    "message": "消息",
    "signal": "信号",
    "error": "错误",
    "escalation": "上报",
    "timer": "定时",
    "conditional": "条件",
    "link": "链接",
    "terminate": "终止",
}

# What each event may carry; None is an event without a definition.
ALLOWED: dict[str, frozenset[str | None]] = {
    "startEvent": frozenset({None, "message", "signal", "timer"}),
    "startEvent of an event sub-process": frozenset(
        {"message", "signal", "timer", "conditional", "error", "escalation"}
    ),
    "startEvent of a sub-process": frozenset({None}),
    "endEvent": frozenset({None, "message", "signal", "error", "escalation", "terminate"}),
    "intermediateThrowEvent": frozenset({None, "message", "signal", "escalation", "link"}),
    "intermediateCatchEvent": frozenset({"message", "signal", "timer", "conditional", "link"}),
    "boundaryEvent": frozenset({"message", "signal", "timer", "conditional", "error", "escalation"}),
}

Elements = Mapping[str, Element]


def reads_events(tag: str) -> bool:
    return tag in EVENTS or tag in ("sendTask", "receiveTask")


def read_event(node: Node, element: Element, elements: Elements, report: Report) -> Event | None:
    """The node's event, or None where it has none or a faulty one (which is reported)."""
    if node.tag in ("sendTask", "receiveTask"):
        return _message_of_task(node, element, elements, report)
    definitions = _definitions(node, element, elements, report)
    if definitions is None:
        return None
    if len(definitions) > 1:
        report.add("several-triggers", "一个事件只能有一种触发，请拆成几个事件", node)
        return None
    definition = definitions[0] if definitions else None
    kind = EVENT_DEFINITIONS[local(definition)] if definition is not None else None
    place = _place(node)
    if kind not in ALLOWED[place]:
        report.add(
            "unsupported-event", f"{_PLACE_NAMES[place]}不支持「{NAMES[kind]}」这种触发，请换一种", node
        )
        return None
    if definition is None or kind is None:
        return None
    return _READERS[kind](node, definition, elements, report)


_PLACE_NAMES = {
    "startEvent": "开始事件",
    "startEvent of an event sub-process": "事件子流程的开始事件",
    "startEvent of a sub-process": "子流程的开始事件",
    "endEvent": "结束事件",
    "intermediateThrowEvent": "中间抛出事件",
    "intermediateCatchEvent": "中间捕获事件",
    "boundaryEvent": "边界事件",
}


def _place(node: Node) -> str:
    if node.tag != "startEvent" or node.scope.owner is None:
        return node.tag
    return "startEvent of " + (
        "an event sub-process" if node.scope.owner.is_event_subprocess else "a sub-process"
    )


def _definitions(node: Node, element: Element, elements: Elements, report: Report) -> list[Element] | None:
    found = [child for child in element if is_bpmn(child) and local(child) in EVENT_DEFINITIONS]
    for pointer in children(element, "eventDefinitionRef"):
        target = elements.get(reference(pointer.text) or "")
        if target is None or local(target) not in EVENT_DEFINITIONS:
            text = (pointer.text or "").strip()[:40]
            report.add("loose-reference", f"引用的事件定义 {text} 不存在，请重新指定", node)
            return None
        found.append(target)
    return found


def _referred(node: Node, element: Element, tag: str, elements: Elements, report: Report) -> Element | None:
    """The message, signal, error or escalation an attribute refers to. A reference to nowhere is reported."""
    written = element.get(f"{tag}Ref")
    if not (written or "").strip():
        return None
    target = elements.get(reference(written) or "")
    if target is None or local(target) != tag:
        report.add("loose-reference", f"引用的{NAMES[tag]}「{written}」不存在，请重新指定", node)
        return None
    return target


def _message_of_task(node: Node, element: Element, elements: Elements, report: Report) -> Event | None:
    target = _referred(node, element, "message", elements, report)
    return None if target is None else _named("message", node, element, target, report)


def _named(kind: str, node: Node, element: Element, target: Element, report: Report) -> Event:
    name = " ".join((target.get("name") or "").split()) or target.get("id") or ""
    payload: tuple[str, ...] = ()
    if kind == "message":
        payload = _payload(node, (target, element), report)
    return Event("message" if kind == "message" else "signal", name, name, payload=payload)


def _message_or_signal(node: Node, definition: Element, elements: Elements, report: Report) -> Event | None:
    kind = EVENT_DEFINITIONS[local(definition)]
    target = _referred(node, definition, kind, elements, report)
    if target is None:
        if not (definition.get(f"{kind}Ref") or "").strip():
            report.add("no-reference", f"没有说明是哪个{NAMES[kind]}，请选一个或新建一个", node)
        return None
    return _named(kind, node, definition, target, report)


def _payload(node: Node, holders: tuple[Element, ...], report: Report) -> tuple[str, ...]:
    """The data a message carries: the property `payload`, or SpiffWorkflow's `messagePayload`, here or on
    the message.
    """
    names: dict[str, None] = dict.fromkeys(_split(node.properties.get("payload", "")))
    for holder in holders:
        for extension in spiff_extensions(holder):
            if local(extension) == "properties":
                for each in extension.iterchildren("{*}property"):
                    if (each.get("name") or "").strip() == "payload":
                        names.update(dict.fromkeys(_split(each.get("value") or "")))
            elif local(extension) == "messagePayload":
                names.update(dict.fromkeys(_spiff_payload(node, text_of(extension), report)))
    return tuple(names)


def _split(text: str) -> list[str]:
    return [name for name in re.split(r"[\s,,、;;]+", text) if name]


def _spiff_payload(node: Node, text: str, report: Report) -> list[str]:
    """Names in a plain list, or a dictionary whose every value is the name itself."""
    text = text.strip()
    if not text.startswith("{"):
        return _split(text)
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        tree = None
    names: list[str] = []
    if isinstance(tree, ast.Dict):
        for key, value in zip(tree.keys, tree.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(value, ast.Name) and key.value == value.id:
                names.append(value.id)
    if not isinstance(tree, ast.Dict) or len(names) != len(tree.keys):
        report.add("bad-payload", "消息带的数据只能写名字，如「金额 单号」，不能改名或计算", node)
    return names


def _error_or_escalation(node: Node, definition: Element, elements: Elements, report: Report) -> Event | None:
    kind = EVENT_DEFINITIONS[local(definition)]
    assert kind in ("error", "escalation")
    if kind == "error" and not node.interrupting:
        report.add("error-must-interrupt", "错误事件只能是中断的，请改成实线圈", node)
    target = _referred(node, definition, kind, elements, report)
    if target is None:
        written = (definition.get(f"{kind}Ref") or "").strip()
        if not written and kind == "error" and node.tag == "endEvent":
            report.add("no-reference", f"没有说明是哪个{NAMES[kind]}，请选一个或新建一个", node)
        return None if written else Event("error" if kind == "error" else "escalation")
    code = (target.get(f"{kind}Code") or "").strip()
    label = " ".join((target.get("name") or "").split()) or code or target.get("id")
    return Event("error" if kind == "error" else "escalation", code or f"#{target.get('id')}", code or label)


def _timer(node: Node, definition: Element, elements: Elements, report: Report) -> Event | None:
    times = [child for child in definition if is_bpmn(child) and local(child).startswith("time")]
    if len(times) != 1:
        report.add("bad-timer", "定时要写日期、时长、循环三者之一", node)
        return None
    try:
        timer = parse_timer(local(times[0]), text_of(times[0]))
    except TimerError as error:
        report.add("bad-timer", str(error), node)
        return None
    if timer.repetitions is None and node.tag == "intermediateCatchEvent":
        report.add("endless-timer", "中间定时不能无限循环，请写明次数，如 R3/P1D，或改成时长", node)
    return Event("timer", timer=timer)


def _conditional(node: Node, definition: Element, elements: Elements, report: Report) -> Event | None:
    try:
        return Event("conditional", condition=Expression(child_text(definition, "condition")))
    except ExpressionError as error:
        report.add("bad-condition", f"条件写错了：{error}", node)
        return None


def _link(node: Node, definition: Element, elements: Elements, report: Report) -> Event | None:
    name = " ".join((definition.get("name") or "").split())
    if not name:
        report.add("no-reference", "链接没有名字，请写上同一个名字把两头连起来", node)
        return None
    return Event("link", name, name)


def _terminate(node: Node, definition: Element, elements: Elements, report: Report) -> Event | None:
    return Event("terminate")


_READERS = {
    "message": _message_or_signal,
    "signal": _message_or_signal,
    "error": _error_or_escalation,
    "escalation": _error_or_escalation,
    "timer": _timer,
    "conditional": _conditional,
    "link": _link,
    "terminate": _terminate,
}

assert _READERS.keys() == set(EVENT_DEFINITIONS.values())
