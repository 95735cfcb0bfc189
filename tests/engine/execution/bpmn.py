"""Diagrams written inline: `document(start("s"), user("A"), end("e"), path("s A e"))`."""

import re
from collections.abc import Iterable
from itertools import count, pairwise
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from engine.execution import Rehearsal, Task

NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" targetNamespace="test"'
)

NUMBERS = count(1)


def document(*parts: str, payload: dict[str, str] | None = None) -> bytes:
    """A file: of processes, or of the nodes and flows of one process. What events refer to is declared by
    itself.
    """
    body = "".join(parts)
    if "<process" not in body:
        body = process("p", body)
    declared = "".join(
        _declaration(ref, payload or {}) for ref in dict.fromkeys(re.findall(r'Ref="(\w+:[^"]+)"', body))
    )
    body = re.sub(r'Ref="(\w+):', r'Ref="\1_', body)
    text = f'<?xml version="1.0" encoding="UTF-8"?><definitions {NAMESPACES}>{declared}{body}</definitions>'
    return text.encode()


def _declaration(ref: str, payload: dict[str, str]) -> str:
    kind, name = ref.split(":", 1)
    code = {"error": "errorCode", "escalation": "escalationCode"}.get(kind, "name")
    inner = properties(payload=payload[name]) if name in payload else ""
    return f'<{kind} id="{kind}_{name}" {code}="{name}">{inner}</{kind}>'


def process(id: str, *parts: str) -> str:
    return f'<process id="{id}" isExecutable="true">{"".join(parts)}</process>'


def node(tag: str, id: str, *inner: str, **attributes: Any) -> str:
    if "default" in attributes and attributes["default"] is None:
        del attributes["default"]
    text = "".join(f" {name}={quoteattr(str(value))}" for name, value in attributes.items())
    extension = "".join(part for part in inner if part.startswith("<extensionElements"))
    rest = "".join(part for part in inner if not part.startswith("<extensionElements"))
    return f'<{tag} id="{id}"{text}>{extension}{rest}</{tag}>'


def properties(**values: str) -> str:
    inner = "".join(
        f"<spiffworkflow:property name={quoteattr(name)} value={quoteattr(value)}/>"
        for name, value in values.items()
    )
    return (
        f"<extensionElements><spiffworkflow:properties>{inner}</spiffworkflow:properties></extensionElements>"
    )


def start(id: str = "s", *inner: str, **attributes: Any) -> str:
    return node("startEvent", id, *inner, **attributes)


def end(id: str = "e", *inner: str, **attributes: Any) -> str:
    return node("endEvent", id, *inner, **attributes)


def user(id: str, *inner: str, **attributes: Any) -> str:
    return node("userTask", id, *inner, **attributes)


def xor(id: str, default: str | None = None) -> str:
    return node("exclusiveGateway", id, default=default)


def par(id: str) -> str:
    return node("parallelGateway", id)


def inc(id: str, default: str | None = None) -> str:
    return node("inclusiveGateway", id, default=default)


def events(id: str) -> str:
    return node("eventBasedGateway", id)


def sub(id: str, *inner: str, **attributes: Any) -> str:
    return node("subProcess", id, *inner, **attributes)


def event_sub(id: str, *inner: str) -> str:
    return node("subProcess", id, *inner, triggeredByEvent="true")


def call(id: str, called: str, *inner: str) -> str:
    return node("callActivity", id, *inner, calledElement=called)


def catch(id: str, event: str) -> str:
    return node("intermediateCatchEvent", id, event)


def throw(id: str, event: str = "") -> str:
    return node("intermediateThrowEvent", id, event)


def boundary(id: str, host: str, event: str, interrupting: bool = True) -> str:
    return node("boundaryEvent", id, event, attachedToRef=host, cancelActivity=str(interrupting).lower())


def message(name: str) -> str:
    return f'<messageEventDefinition messageRef="message:{name}"/>'


def signal(name: str) -> str:
    return f'<signalEventDefinition signalRef="signal:{name}"/>'


def error(code: str | None = None) -> str:
    return f'<errorEventDefinition errorRef="error:{code}"/>' if code else "<errorEventDefinition/>"


def escalation(code: str | None = None) -> str:
    return (
        f'<escalationEventDefinition escalationRef="escalation:{code}"/>'
        if code
        else "<escalationEventDefinition/>"
    )


def timer(text: str, tag: str = "timeDuration") -> str:
    return f'<timerEventDefinition><{tag} xsi:type="tFormalExpression">{text}</{tag}></timerEventDefinition>'


def cycle(text: str) -> str:
    return timer(text, "timeCycle")


def conditional(text: str) -> str:
    return f"<conditionalEventDefinition><condition>{escape(text)}</condition></conditionalEventDefinition>"


def link(name: str) -> str:
    return f'<linkEventDefinition name="{name}"/>'


def terminate() -> str:
    return "<terminateEventDefinition/>"


def multi(
    times: str | None = None,
    collection: str | None = None,
    item: str | None = None,
    out: str | None = None,
    out_item: str | None = None,
    until: str | None = None,
    sequential: bool = False,
) -> str:
    parts = [f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">']
    if times is not None:
        parts.append(f"<loopCardinality>{times}</loopCardinality>")
    if collection:
        parts.append(f"<loopDataInputRef>{collection}</loopDataInputRef>")
    if out:
        parts.append(f"<loopDataOutputRef>{out}</loopDataOutputRef>")
    if item:
        parts.append(f'<inputDataItem id="in_{item}_{next(NUMBERS)}" name="{item}"/>')
    if out_item:
        parts.append(f'<outputDataItem id="out_{out_item}_{next(NUMBERS)}" name="{out_item}"/>')
    if until:
        parts.append(f"<completionCondition>{escape(until)}</completionCondition>")
    return "".join(parts) + "</multiInstanceLoopCharacteristics>"


def loop(condition: str | None = None, maximum: int | None = None, before: bool = False) -> str:
    limit = f' loopMaximum="{maximum}"' if maximum is not None else ""
    inner = f"<loopCondition>{escape(condition)}</loopCondition>" if condition else ""
    first = f'testBefore="{str(before).lower()}"'
    return f"<standardLoopCharacteristics {first}{limit}>{inner}</standardLoopCharacteristics>"


def flow(source: str, target: str, condition: str | None = None, id: str | None = None) -> str:
    inner = (
        f'<conditionExpression xsi:type="tFormalExpression">{escape(condition or "")}</conditionExpression>'
    )
    return (
        f'<sequenceFlow id="{id or f"{source}__{target}"}" sourceRef="{source}" targetRef="{target}">'
        f"{inner if condition else ''}</sequenceFlow>"
    )


def path(*rows: str) -> str:
    """Flows along each row of ids."""
    pairs: list[tuple[str, str]] = []
    for row in rows:
        ids = row.split()
        pairs += pairwise(ids)
    return "".join(flow(source, target) for source, target in pairs)


# ---------------------------------------------------------------- running


def started(source: bytes, data: dict[str, Any] | None = None, **options: Any) -> Rehearsal:
    rehearsal = Rehearsal.load(source, **options)
    rehearsal.start(data=data or {})
    return rehearsal


def open_ids(rehearsal: Rehearsal) -> list[str]:
    return [task.element_id for task in rehearsal.open_tasks()]


def task_at(rehearsal: Rehearsal, element_id: str) -> Task:
    return next(task for task in rehearsal.open_tasks() if task.element_id == element_id)


def do(rehearsal: Rehearsal, *element_ids: str, **data: Any) -> None:
    """Complete the first open task of each element in turn."""
    for element_id in element_ids:
        rehearsal.complete(task_at(rehearsal, element_id).id, data)


def counts(ids: Iterable[str]) -> dict[str, int]:
    result: dict[str, int] = {}
    for element_id in ids:
        result[element_id] = result.get(element_id, 0) + 1
    return result
