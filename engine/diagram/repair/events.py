"""Events: what they wait for or send, when, and what they are attached to."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagram.events import NAMES
from engine.diagram.model import EVENTS
from engine.diagram.profile import EVENT_DEFINITIONS
from engine.diagram.repair.bench import (
    Bench,
    Choice,
    Offer,
    Repair,
    ends,
    ids,
    is_node,
    label,
    listed,
    take_out,
    tidy,
)
from engine.diagram.source import (
    Element,
    bpmn,
    child_text,
    children,
    is_bpmn,
    local,
    reference,
    text_of,
    truth,
)
from engine.timers import TimerError, parse_timer

_REFERRING = {
    "message": "messageRef",
    "signal": "signalRef",
    "error": "errorRef",
    "escalation": "escalationRef",
}
_TIMES = ("timeDuration", "timeDate", "timeCycle")
WAITS = (
    Choice("3wd", "3 个工作日"),
    Choice("5wd", "5 个工作日"),
    Choice("1wd", "1 个工作日"),
    Choice("10wd", "10 个工作日"),
    Choice("7d", "7 天"),
    Choice("15d", "15 天"),
    Choice("30d", "30 天"),
    Choice("1d", "1 天"),
)


def references(bench: Bench) -> Iterator[Offer]:
    """Events that do not say which message, signal, error they mean: each gets one of its own name."""
    known = bench.by_id()
    found = [
        (element, kind)
        for element in _referring(bench)
        for kind in [_lacking(element, known)]
        if kind is not None
    ]

    def mend(_: str | None) -> None:
        partners = _partners(bench)
        for element, kind in found:
            _give(bench, element, kind, partners)

    if found:
        events = list(dict.fromkeys(_node_of(element) for element, _ in found))
        message = (
            f"{listed(events)}没有说明是哪个消息、信号或错误：按它自己的名称各建一个，名称相同的就是同一个。"
        )
        mends = frozenset({"no-reference", "loose-reference"})
        yield Offer(Repair("references", "补上消息和信号", message, mends, ids(events)), mend)


def links(bench: Bench) -> Iterator[Offer]:
    """Links called after their event."""
    found = [
        (definition, event)
        for definition in bench.all("linkEventDefinition")
        for event in [definition.getparent()]
        if event is not None and not tidy(definition.get("name")) and tidy(event.get("name"))
    ]

    def mend(_: str | None) -> None:
        for definition, event in found:
            definition.set("name", tidy(event.get("name")))

    if found:
        events = [event for _, event in found]
        message = f"链接{listed(events)}用它在图上的名称作链接名，两头同名的就连起来。"
        yield Offer(Repair("links", "补上链接名", message, frozenset({"no-reference"}), ids(events)), mend)


def times(bench: Bench) -> Iterator[Offer]:
    """Timers without a time, or with one that cannot be read: how long it is only the designer knows."""
    for definition in bench.all("timerEventDefinition"):
        event = definition.getparent()
        if event is None or local(event) not in EVENTS or _readable(definition):
            continue

        def mend(choice: str | None, definition: Element = definition) -> None:
            for name in _TIMES:
                for part in children(definition, name):
                    take_out(part)
            bench.add(definition, "timeDuration").text = choice

        written = "；".join(text_of(part) for name in _TIMES for part in children(definition, name))
        said = f"写的是“{written[:60]}”，这里读不懂" if written else "没有写等多久"
        message = f"定时{label(event)}{said}。请选一个，以后可以在流程图上改。"
        touched = ids([event])
        yield Offer(
            Repair(f"time:{event.get('id')}", "等多久", message, frozenset({"bad-timer"}), touched, WAITS),
            mend,
        )


def interrupting_errors(bench: Bench) -> Iterator[Offer]:
    """By the standard, an error always interrupts."""
    found = [
        event
        for event in bench.all("boundaryEvent", "startEvent")
        if event.find(bpmn("errorEventDefinition")) is not None
        and not truth(event, "cancelActivity" if local(event) == "boundaryEvent" else "isInterrupting", True)
    ]

    def mend(_: str | None) -> None:
        for event in found:
            event.set("cancelActivity" if local(event) == "boundaryEvent" else "isInterrupting", "true")

    if found:
        message = f"{listed(found)}改成实线圈：按 BPMN 的规定，错误事件总是中断的。"
        mends = frozenset({"error-must-interrupt"})
        yield Offer(Repair("errors-interrupt", "错误事件改成中断的", message, mends, ids(found)), mend)


def attachments(bench: Bench) -> Iterator[Offer]:
    """Boundary events that hang on nothing, but are drawn on the edge of exactly one step."""
    boxes = bench.drawing.boxes()
    nodes = {str(n.get("id")): n for n in bench.nodes() if n.get("id")}
    for event in bench.all("boundaryEvent"):
        host = nodes.get(reference(event.get("attachedToRef")) or "")
        box = boxes.get(event.get("id") or "")
        if (host is not None and host.getparent() is event.getparent()) or box is None:
            continue
        near = [
            node
            for name, node in nodes.items()
            if name in boxes and node.getparent() is event.getparent() and boxes[name].touches(box.middle)
            if not local(node).endswith(("Event", "Gateway"))
        ]
        if len(near) != 1:
            continue

        def mend(_: str | None, event: Element = event, host: Element = near[0]) -> None:
            event.set("attachedToRef", host.get("id") or "")

        message = f"{label(event)}在图上画在{label(near[0])}的边上，就挂在它上面。"
        touched = ids([event])
        mends = frozenset({"loose-boundary"})
        yield Offer(Repair(f"attach:{event.get('id')}", "挂到步骤上", message, mends, touched), mend)


def pauses(bench: Bench) -> Iterator[Offer]:
    """An intermediate event that waits for nothing: a mark on the way."""
    for event in bench.all("intermediateCatchEvent"):
        if _definitions(event):
            continue

        def mend(_: str | None, event: Element = event) -> None:
            event.tag = bpmn("intermediateThrowEvent")

        message = f"{label(event)}没有写等什么，不能等。改成只作标记的中间事件：走到这里不停，接着往下走。"
        yield Offer(
            Repair(
                f"pause:{event.get('id')}",
                "改成只作标记",
                message,
                frozenset({"unsupported-event"}),
                ids([event]),
                automatic=False,
            ),
            mend,
        )


def conditions_never_written(bench: Bench) -> Iterator[Offer]:
    """Events that wait for a condition nobody wrote, or where none can be waited for: somebody has to say when."""
    for definition in bench.all("conditionalEventDefinition"):
        event = definition.getparent()
        scope = event.getparent() if event is not None else None
        if event is None or scope is None or not is_node(event):
            continue
        at_start = local(event) == "startEvent" and local(scope) == "process"
        if (child_text(definition, "condition") or "").strip() and not at_start:
            continue

        def mend(_: str | None, definition: Element = definition) -> None:
            definition.tag = bpmn("messageEventDefinition")
            for part in children(definition, "condition"):
                take_out(part)

        why = "流程不能由条件来发起" if at_start else "没有写等什么条件"
        message = (
            f"{label(event)}{why}。改成等一条消息：条件成立的时候由人发这条消息。要写条件的，请在流程图上写。"
        )
        mends = frozenset({"bad-condition", "unsupported-event"})
        name = f"condition:{event.get('id')}"
        yield Offer(Repair(name, "改成等消息", message, mends, ids([event]), automatic=False), mend)


_BORDERS = (
    Choice("messageEventDefinition", "收到消息的时候"),
    Choice("timerEventDefinition", "过了一段时间"),
    Choice("", "不会发生，删去它和它后面的连线"),
)


def borders(bench: Bench) -> Iterator[Offer]:
    """Events on a border that nothing triggers."""
    for event in bench.all("boundaryEvent"):
        if _definitions(event):
            continue

        def mend(choice: str | None, event: Element = event) -> None:
            if choice:
                bench.add(event, choice)
            else:
                bench.remove([event])

        message = f"{label(event)}没有写什么时候发生。请选。"
        mends = frozenset({"unsupported-event"})
        name = f"border:{event.get('id')}"
        yield Offer(Repair(name, "什么时候发生", message, mends, ids([event]), _BORDERS), mend)


def links_to_nowhere(bench: Bench) -> Iterator[Offer]:
    """Links out of which nothing comes in again: the way ends there."""
    entries = {
        (tidy(d.get("name")), event.getparent())
        for d in bench.all("linkEventDefinition")
        if (event := d.getparent()) is not None and local(event) == "intermediateCatchEvent"
    }
    found = [
        (event, d)
        for d in bench.all("linkEventDefinition")
        if (event := d.getparent()) is not None and local(event) == "intermediateThrowEvent"
        if tidy(d.get("name")) and (tidy(d.get("name")), event.getparent()) not in entries
    ]

    def mend(_: str | None) -> None:
        for event, definition in found:
            take_out(definition)
            event.tag = bpmn("endEvent")

    if found:
        events = [event for event, _ in found]
        message = f"链接{listed(events)}在同一层没有同名的入口，这一路就到此为止：改成结束事件。"
        repair = Repair(
            "loose-links", "改成结束事件", message, frozenset({"loose-link"}), ids(events), automatic=False
        )
        yield Offer(repair, mend)


def inner_starts(bench: Bench) -> Iterator[Offer]:
    """The start of a sub-process is never triggered: the flow into the sub-process starts it."""
    found = []
    for event in bench.all("startEvent"):
        scope = event.getparent()
        if scope is not None and local(scope) == "subProcess" and not truth(scope, "triggeredByEvent", False):
            found += [event] if _definitions(event) else []

    def mend(_: str | None) -> None:
        for event in found:
            for definition in _definitions(event):
                take_out(definition)

    if found:
        message = f"子流程里的{listed(found)}去掉触发：连线走到子流程，它就开始，不另等触发。"
        repair = Repair(
            "inner-starts",
            "去掉子流程的触发",
            message,
            frozenset({"unsupported-event"}),
            ids(found),
            automatic=False,
        )
        yield Offer(repair, mend)


# ---------------------------------------------------------------- parts


def _definitions(event: Element) -> list[Element]:
    return [
        e
        for e in event
        if is_bpmn(e) and (local(e).endswith("EventDefinition") or local(e) == "eventDefinitionRef")
    ]


def _referring(bench: Bench) -> Iterator[Element]:
    for element in bench.all("messageEventDefinition", "signalEventDefinition", "errorEventDefinition"):
        parent = element.getparent()
        if parent is not None and is_node(parent):
            yield element
    yield from bench.all("escalationEventDefinition", "sendTask", "receiveTask")


def _lacking(element: Element, known: dict[str, Element]) -> str | None:
    """The kind of thing that is missing; None where nothing is."""
    name = local(element)
    kind = "message" if name.endswith("Task") else EVENT_DEFINITIONS.get(name, "")
    written = (element.get(_REFERRING[kind]) or "").strip()
    target = known.get(reference(written) or "")
    if written:
        return None if target is not None and local(target) == kind else kind
    parent = element.getparent()
    if kind == "error":
        return kind if parent is not None and local(parent) == "endEvent" else None
    return kind if kind in ("message", "signal") and not name.endswith("Task") else None


def _give(bench: Bench, element: Element, kind: str, partners: dict[str, str]) -> None:
    node = _node_of(element)
    if kind == "message" and (node.get("id") or "") in partners:
        name = partners[node.get("id") or ""]
    else:
        name = tidy(node.get("name")) or f"{NAMES[kind]} {node.get('id') or ''}".strip()
    same = [e for e in children(bench.tree, kind) if tidy(e.get("name")) == name and e.get("id")]
    if same:
        element.set(_REFERRING[kind], same[0].get("id") or "")
        return
    attributes = {"id": bench.new_id(kind.capitalize()), "name": name}
    if kind in ("error", "escalation"):
        attributes[f"{kind}Code"] = name
    element.set(_REFERRING[kind], bench.define(kind, attributes).get("id") or "")


def _partners(bench: Bench) -> dict[str, str]:
    """The name of the message that goes along a message flow, by the id of each end."""
    found: dict[str, str] = {}
    known = bench.by_id()
    for flow in bench.all("messageFlow"):
        message = known.get(reference(flow.get("messageRef")) or "")
        source, target = ends(flow)
        named = [message, flow, known.get(source), known.get(target)]
        name = next((tidy(e.get("name")) for e in named if e is not None and tidy(e.get("name"))), "")
        for end in (source, target):
            if name:
                found.setdefault(end, name)
    return found


def _node_of(element: Element) -> Element:
    parent = element.getparent()
    return element if is_node(element) or parent is None else parent


def _readable(definition: Element) -> bool:
    parts = [part for name in _TIMES for part in children(definition, name)]
    if len(parts) != 1:
        return False
    try:
        parse_timer(local(parts[0]), text_of(parts[0]))
    except TimerError:
        return False
    return True


RULES = (
    conditions_never_written,
    borders,
    references,
    links,
    links_to_nowhere,
    times,
    interrupting_errors,
    attachments,
    pauses,
    inner_starts,
)
