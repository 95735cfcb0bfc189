"""Steps and gateways the engine does not run, turned into what it does run."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from engine.diagram.repair.bench import (
    AUTOMATIC_TASKS,
    Bench,
    Choice,
    Flows,
    Offer,
    Repair,
    ends,
    ids,
    is_node,
    label,
    listed,
    take_out,
    unset,
)
from engine.diagram.source import Element, bpmn, children, is_bpmn, local, reference, truth

_UNSUPPORTED = frozenset({"unsupported-element"})
_GLOBAL = frozenset({"globalTask", "globalScriptTask", "globalBusinessRuleTask"})
_PROGRAM = ("script", "ioBinding")
_PROGRAM_ATTRIBUTES = ("scriptFormat", "implementation", "operationRef")

_JOINS = (
    Choice("exclusiveGateway", "选一条：哪条先到就往下走，不等别的"),
    Choice("inclusiveGateway", "走几条：走到的几条都到齐了再往下走"),
    Choice("parallelGateway", "同时走：每一条都到齐了再往下走"),
)
_SPLITS = (
    Choice("exclusiveGateway", "选一条：按条件只走一条"),
    Choice("inclusiveGateway", "走几条：符合条件的几条都走"),
    Choice("parallelGateway", "同时走：每一条都走"),
)


def automatic_tasks(bench: Bench) -> Iterator[Offer]:
    """Service, script and rule tasks: a person does them here."""
    tasks = bench.all(*AUTOMATIC_TASKS, *_GLOBAL)

    def mend(_: str | None) -> None:
        for task in tasks:
            task.tag = bpmn("globalUserTask" if local(task) in _GLOBAL else "userTask")
            for name in _PROGRAM:
                for part in children(task, name):
                    take_out(part)
            for name in _PROGRAM_ATTRIBUTES:
                unset(task, name)

    if tasks:
        message = f"{listed(tasks)}原来由程序自动办，这里没有那个程序：改成由人办的步骤，先后不变。"
        yield Offer(Repair("by-hand", "自动的任务改由人办", message, _UNSUPPORTED, ids(tasks)), mend)


def transactions(bench: Bench) -> Iterator[Offer]:
    """A transaction without compensation: cancelling it is leaving it by an error of its own."""
    for element in bench.all("transaction"):
        if any(local(e) == "compensateEventDefinition" for e in element.iter(bpmn("*"))):
            continue
        cancels = [e for e in _of_scope(bench, element) if local(e) == "cancelEventDefinition"]
        holders = [holder for e in cancels if (holder := e.getparent()) is not None]
        if any(local(holder) not in ("endEvent", "boundaryEvent") for holder in holders):
            continue

        def mend(_: str | None, element: Element = element, cancels: list[Element] = cancels) -> None:
            element.tag = bpmn("subProcess")
            unset(element, "method")
            if not cancels:
                return
            error = bench.define(
                "error", {"id": bench.new_id("Error"), "name": "取消", "errorCode": _code(element)}
            )
            for cancel in cancels:
                cancel.tag = bpmn("errorEventDefinition")
                cancel.set("errorRef", error.get("id") or "")

        left = "；“取消”改成只有它边上的事件接得住的错误" if cancels else ""
        message = f"事务{label(element)}里没有要撤销的步骤，改成普通的子流程{left}。里面的先后不变。"
        touched = ids([element, *holders, *cancels])
        yield Offer(
            Repair(f"transaction:{element.get('id')}", "改成子流程", message, _UNSUPPORTED, touched), mend
        )


def ad_hoc(bench: Bench) -> Iterator[Offer]:
    """An ad-hoc sub-process whose steps stand in one row anyway."""
    flows = bench.flows()
    for element in bench.all("adHocSubProcess"):
        if not _in_one_row(element, flows) or children(element, "completionCondition"):
            continue

        def mend(_: str | None, element: Element = element) -> None:
            element.tag = bpmn("subProcess")
            for name in ("ordering", "cancelRemainingInstances"):
                unset(element, name)

        message = f"{label(element)}里的步骤本来就有先后，改成普通的子流程，先后不变。"
        yield Offer(
            Repair(f"ad-hoc:{element.get('id')}", "改成子流程", message, _UNSUPPORTED, ids([element])), mend
        )


def ad_hoc_in_any_order(bench: Bench) -> Iterator[Offer]:
    """An ad-hoc sub-process that leaves the order open: the designer says one."""
    flows = bench.flows()
    for element in bench.all("adHocSubProcess"):
        rows = _rows(bench, element, flows)
        limited = bool(children(element, "completionCondition"))
        if not rows or (_in_one_row(element, flows) and not limited):
            continue

        def mend(choice: str | None, element: Element = element, rows: list[list[Element]] = rows) -> None:
            element.tag = bpmn("subProcess")
            for name in ("ordering", "cancelRemainingInstances"):
                unset(element, name)
            for part in children(element, "completionCondition"):
                take_out(part)
            for before, after in pairwise(rows) if choice == "row" else ():
                _join(bench, element, before[-1], after[0])

        alone = [row for row in rows if all(len(flows.out_of(node)) <= 1 for node in row)]
        in_row = (Choice("row", "一个接一个，按图上的位置从左到右、从上到下"),) if alone == rows else ()
        choices = (Choice("together", "同时开始，都办完了再往下走"), *in_row)
        named = listed([row[0] for row in rows])
        gone = "；原来写的“办到什么程度算完”这里不执行，去掉" if limited else ""
        message = (
            f"{label(element)}里的{named}没有先后，原来可以随意办几项，这里每一项都要办{gone}。请选怎么排。"
        )
        name = f"order:{element.get('id')}"
        yield Offer(Repair(name, "排出先后", message, _UNSUPPORTED, ids([element]), choices), mend)


def complex_gateways(bench: Bench) -> Iterator[Offer]:
    """A complex gateway: one way in and out needs no rule; otherwise the designer says which rule is meant."""
    flows = bench.flows()
    for gateway in bench.all("complexGateway"):
        many_in, many_out = len(flows.into(gateway)) > 1, len(flows.out_of(gateway)) > 1
        if many_in and many_out:
            continue  # two rules at once: it takes two gateways, and somebody who draws them

        def mend(choice: str | None, gateway: Element = gateway) -> None:
            gateway.tag = bpmn(choice or "exclusiveGateway")
            unset(gateway, "activationCondition")
            for part in children(gateway, "activationCondition"):
                take_out(part)

        choices = _JOINS if many_in else _SPLITS if many_out else ()
        said = "请说明是哪一种规则。" if choices else "只有一条进、一条出，改成“选一条”，走法不变。"
        message = f"{label(gateway)}是复杂网关，不能执行。{said}"
        repair = Repair(
            f"complex:{gateway.get('id')}", "改成普通网关", message, _UNSUPPORTED, ids([gateway]), choices
        )
        yield Offer(repair, mend)


def implicit_throws(bench: Bench) -> Iterator[Offer]:
    events = bench.all("implicitThrowEvent")

    def mend(_: str | None) -> None:
        for event in events:
            event.tag = bpmn("intermediateThrowEvent")

    if events:
        message = f"{listed(events)}改成意思相同的中间抛出事件。"
        yield Offer(Repair("implicit", "改成中间事件", message, _UNSUPPORTED, ids(events)), mend)


def compensation(bench: Bench) -> Iterator[Offer]:
    """Compensation is taken out on demand only: what was to be undone stays done."""
    definitions = bench.all("compensateEventDefinition")
    undoing = [e for e in bench.nodes() if truth(e, "isForCompensation", False)]
    if not definitions and not undoing:
        return
    holders = [e for e in (d.getparent() for d in definitions) if e is not None]
    started = [e for e in bench.all("subProcess") if _starts_by_compensation(e)]

    def mend(_: str | None) -> None:
        gone = [e for e in holders if local(e) == "boundaryEvent"]
        bench.remove([*gone, *undoing, *started])
        bench.remove(d for d in definitions if d.getparent() is not None)

    what = listed([*undoing, *started] or holders)
    message = f"撤销（补偿）这里不执行。去掉{what}和触发它的事件：已经办了的不会自动撤回，要撤请另画步骤。"
    mends = frozenset({"unsupported-element", "unsupported-attribute"})
    touched = ids([*definitions, *holders, *undoing])
    yield Offer(Repair("compensation", "去掉撤销（补偿）", message, mends, touched, automatic=False), mend)


def empty_sub_processes(bench: Bench) -> Iterator[Offer]:
    """A sub-process nobody drew the inside of is one step."""
    empty = [
        e
        for e in bench.all("subProcess")
        if not truth(e, "triggeredByEvent", False) and not any(is_node(child) for child in e)
    ]

    def mend(_: str | None) -> None:
        for element in empty:
            element.tag = bpmn("userTask")
            unset(element, "triggeredByEvent")
            bench.remove(part for part in element if is_bpmn(part) and local(part) in _INNER)

    if empty:
        message = f"{listed(empty)}里面是空的，改成一个由人办的步骤；以后要细分，再换成子流程。"
        yield Offer(Repair("hollow", "空的子流程改成一步", message, frozenset({"empty"}), ids(empty)), mend)


_INNER = frozenset(
    {"laneSet", "sequenceFlow", "dataObject", "dataObjectReference", "textAnnotation", "association"}
)


def calls_elsewhere(bench: Bench) -> Iterator[Offer]:
    """A call whose process stands in another tool's setting."""
    found = [
        (call, name)
        for call in bench.all("callActivity")
        if reference(call.get("calledElement")) is None
        for each in call.iterfind(f"{bpmn('extensionElements')}/{{*}}calledElement")
        if (name := (each.get("processId") or "").strip()) and not name.startswith("=")
    ]

    def mend(_: str | None) -> None:
        for call, name in found:
            call.set("calledElement", name)

    if found:
        calls = [call for call, _ in found]
        message = f"{listed(calls)}要调用的流程按原来那个工具里写的接过来。那个流程也要在这里发布。"
        yield Offer(Repair("calls", "接过调用的流程", message, frozenset({"no-called"}), ids(calls)), mend)


def calls_to_nobody(bench: Bench) -> Iterator[Offer]:
    """A call that does not say what it calls."""
    calls = [c for c in bench.all("callActivity") if reference(c.get("calledElement")) is None]

    def mend(_: str | None) -> None:
        for call in calls:
            unset(call, "calledElement")
            call.tag = bpmn("userTask")

    if calls:
        message = f"{listed(calls)}没有说明调用哪个流程，改成由人办的步骤。要调用流程的，请在流程图上另选。"
        mends = frozenset({"no-called"})
        yield Offer(Repair("call", "改成由人办的步骤", message, mends, ids(calls), automatic=False), mend)


# ---------------------------------------------------------------- parts


def _of_scope(bench: Bench, transaction: Element) -> list[Element]:
    """A transaction's own inside, and the events on its border."""
    edge = [
        e for e in bench.all("boundaryEvent") if reference(e.get("attachedToRef")) == transaction.get("id")
    ]
    return [e for part in (transaction, *edge) for e in part.iter(bpmn("*"))]


def _code(transaction: Element) -> str:
    return f"取消 {transaction.get('name') or transaction.get('id') or ''}".strip()


def _in_one_row(element: Element, flows: Flows) -> bool:
    nodes = [child for child in element if is_node(child)]
    first = [node for node in nodes if not flows.into(node) and local(node) != "boundaryEvent"]
    return len(first) == 1 and all(len(flows.out_of(node)) <= 1 for node in nodes) and bool(nodes)


def _rows(bench: Bench, element: Element, flows: Flows) -> list[list[Element]]:
    """What has no order among each other, each with what follows it, as it lies on the drawing."""
    nodes = [e for e in element if is_node(e) and not truth(e, "triggeredByEvent", False)]
    boxes = bench.drawing.boxes()
    heads = [node for node in nodes if not flows.into(node) and local(node) != "boundaryEvent"]
    places = {id(head): boxes.get(head.get("id") or "") for head in heads}
    heads.sort(key=lambda head: (box.x, box.y) if (box := places[id(head)]) is not None else (0.0, 0.0))
    rows = []
    for head in heads:
        row = [head]
        while len(out := flows.out_of(row[-1])) == 1 and len(row) <= len(nodes):
            following = flows.node.get(ends(out[0])[1])
            if following is None or following in row:
                break
            row.append(following)
        rows.append(row)
    return rows


def _join(bench: Bench, scope: Element, before: Element, after: Element) -> None:
    both = {"sourceRef": before.get("id") or "", "targetRef": after.get("id") or ""}
    flow = bench.add(scope, "sequenceFlow", {"id": bench.new_id("Flow")} | both)
    boxes = bench.drawing.boxes()
    first, second = boxes.get(both["sourceRef"]), boxes.get(both["targetRef"])
    if first is not None and second is not None:
        points = ((first.x + first.width, first.middle[1]), (second.x, second.middle[1]))
        bench.drawing.connect(flow.get("id") or "", *points, beside=both["sourceRef"])


def _starts_by_compensation(element: Element) -> bool:
    starts = children(element, "startEvent")
    return truth(element, "triggeredByEvent", False) and any(
        start.find(bpmn("compensateEventDefinition")) is not None for start in starts
    )


RULES = (
    automatic_tasks,
    transactions,
    ad_hoc,
    ad_hoc_in_any_order,
    complex_gateways,
    implicit_throws,
    compensation,
    calls_elsewhere,
    calls_to_nobody,
    empty_sub_processes,
)
