"""Flows: loose ends, defaults, and ways that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagram.repair.bench import (
    Bench,
    Choice,
    Flows,
    Offer,
    Repair,
    ends,
    ids,
    label,
    listed,
    take_out,
    tidy,
    unset,
)
from engine.diagram.source import Element, bpmn, children, local, reference, text_of

_CHOOSING = ("exclusiveGateway", "inclusiveGateway")


def loose(bench: Bench) -> Iterator[Offer]:
    """Flows with an end that does not exist. One between two levels is left to whoever drew it."""
    nodes = {n.get("id") for n in bench.nodes()}
    found = [f for f in bench.all("sequenceFlow") if not set(ends(f)) <= nodes]

    def mend(_: str | None) -> None:
        bench.remove(found)

    if found:
        message = f"{len(found)} 条连线有一头没有接在任何步骤上，走不通，删去。"
        yield Offer(
            Repair("loose", "删去没有接上的连线", message, frozenset({"loose-flow"}), ids(found)), mend
        )


def wrong_defaults(bench: Bench) -> Iterator[Offer]:
    """A default that is no flow of its node, or stands where there can be none."""
    flows = bench.flows()
    found = []
    for node in bench.nodes():
        default = reference(node.get("default"))
        own = {flow.get("id") for flow in flows.out_of(node)}
        if node.get("default") is not None and (default not in own or local(node) == "parallelGateway"):
            found.append(node)

    def mend(_: str | None) -> None:
        for node in found:
            unset(node, "default")

    if found:
        message = f"{listed(found)}的默认连线不是从它出去的，或者它不用默认连线：去掉默认的标记。"
        mends = frozenset({"bad-default", "parallel-default"})
        yield Offer(Repair("defaults", "去掉错的默认标记", message, mends, ids(found)), mend)


def parallel_conditions(bench: Bench) -> Iterator[Offer]:
    """Conditions on a parallel gateway's flows: by the standard, nobody looks at them."""
    flows = bench.flows()
    gateways = bench.all("parallelGateway")
    found = [
        (gateway, part)
        for gateway in gateways
        for flow in flows.out_of(gateway)
        for part in children(flow, "conditionExpression")
    ]

    def mend(_: str | None) -> None:
        for _gateway, part in found:
            take_out(part)

    if found:
        named = list(dict.fromkeys(gateway for gateway, _ in found))
        message = (
            f"{listed(named)}是“同时走”，出路都要走，条件本来就不看：去掉条件。要按条件走的，请改用“走几条”。"
        )
        yield Offer(
            Repair("parallel", "去掉并行出路的条件", message, frozenset({"parallel-condition"}), ids(named)),
            mend,
        )


def missing_default(bench: Bench) -> Iterator[Offer]:
    """A choice whose only flow without a condition is what happens otherwise."""
    flows = bench.flows()
    for gateway in bench.all(*_CHOOSING):
        out = flows.out_of(gateway)
        plain = [flow for flow in out if not _condition(flow)]
        if gateway.get("default") or len(out) < 2 or len(plain) != 1:
            continue

        def mend(_: str | None, gateway: Element = gateway, flow: Element = plain[0]) -> None:
            if not flow.get("id"):
                flow.set("id", bench.new_id("Flow"))
            for part in children(flow, "conditionExpression"):
                take_out(part)
            gateway.set("default", flow.get("id") or "")

        to = flows.node.get(ends(plain[0])[1])
        way = tidy(plain[0].get("name")) or (f"到{label(to)}" if to is not None else "没有条件的一条")
        message = f"{label(gateway)}只有“{way.strip('“”')}”没有条件，设为默认：别的条件都不符合时走它。"
        yield Offer(
            Repair(
                f"default:{gateway.get('id')}",
                "设为默认",
                message,
                frozenset({"no-condition"}),
                ids([gateway]),
            ),
            mend,
        )


def into_starts(bench: Bench) -> Iterator[Offer]:
    """Flows back to the start go on to what comes after it, as the token would."""
    flows = bench.flows()
    for start in bench.all("startEvent"):
        back, out = flows.into(start), flows.out_of(start)
        after = flows.node.get(ends(out[0])[1]) if len(out) == 1 else None
        if not back or after is None or after is start:
            continue

        def mend(
            _: str | None, start: Element = start, back: list[Element] = back, to: Element = after
        ) -> None:
            target = to.get("id") or ""
            boxes = bench.drawing.boxes()
            for flow in back:
                flow.set("targetRef", target)
                bench.add(to, "incoming", at=_place_of_incoming(to)).text = flow.get("id")
                if target in boxes:
                    bench.drawing.lead_to(flow.get("id") or "", boxes[target])
            for part in children(start, "incoming"):
                take_out(part)

        message = f"连回{label(start)}的连线改连到它后面的{label(after)}，走法不变。"
        touched = ids([start])
        yield Offer(
            Repair(f"start:{start.get('id')}", "改连到下一步", message, frozenset({"into-start"}), touched),
            mend,
        )


def several_starts(bench: Bench) -> Iterator[Offer]:
    """Several plain starts: a matter begins at one of them, at the others when somebody says so."""
    flows = bench.flows()
    for process in bench.processes():
        starts = [s for s in children(process, "startEvent") if not any(_is_trigger(part) for part in s)]
        if len(starts) < 2:
            continue
        targets = {str(s.get("id")): sorted(ends(flow)[1] for flow in flows.out_of(s)) for s in starts}
        alike = len({tuple(each) for each in targets.values()}) == 1

        def mend(choice: str | None, starts: list[Element] = starts) -> None:
            for start in starts[1:] if choice is None else ():
                bench.remove([start])
            for start in starts if choice is not None else ():
                if start.get("id") != choice:
                    bench.add(start, "messageEventDefinition")

        if alike:
            message = f"{listed(starts)}通到同一处，从哪一个开始都一样：只留第一个。"
            choices: tuple[Choice, ...] = ()
        else:
            message = (
                f"{label(process)}有 {len(starts)} 个开始：{listed(starts)}。请选一发起就从哪个开始；"
                "别的改成收到消息时才开始，后面的走法不变。"
            )
            choices = tuple(
                Choice(str(s.get("id")), f"{label(s)}（后面是{_after(s, flows)}）") for s in starts
            )
        name, mends = f"starts:{process.get('id')}", frozenset({"two-starts"})
        yield Offer(Repair(name, "从哪里开始", message, mends, ids(starts), choices), mend)


def past_ends(bench: Bench) -> Iterator[Offer]:
    """An end with flows out of it."""
    flows = bench.flows()
    for end in bench.all("endEvent"):
        carried = [local(e) for e in end.iter(bpmn("*")) if local(e).endswith("EventDefinition")]
        if not flows.out_of(end) or set(carried) - {"messageEventDefinition", "signalEventDefinition"}:
            continue

        def mend(_: str | None, end: Element = end) -> None:
            end.tag = bpmn("intermediateThrowEvent")

        message = f"{label(end)}后面还有连线，不是真的结束。改成中间事件，接着往下走。"
        mends = frozenset({"out-of-end"})
        yield Offer(
            Repair(f"end:{end.get('id')}", "改成中间事件", message, mends, ids([end]), automatic=False), mend
        )


def dead_ends(bench: Bench) -> Iterator[Offer]:
    """Gateways and boundary events nothing comes after: the way ends there, so an end is drawn."""
    flows = bench.flows()
    found = [
        node
        for node in bench.nodes()
        if (local(node).endswith("Gateway") or local(node) == "boundaryEvent") and not flows.out_of(node)
        if local(node) != "eventBasedGateway" and node.find(bpmn("compensateEventDefinition")) is None
    ]

    def mend(_: str | None) -> None:
        for node in found:
            _end_after(bench, node)

    if found:
        message = f"{listed(found)}后面什么也没有，这一路就到此为止：各画上一个结束事件。"
        mends = frozenset({"dead-boundary", "dead-gateway"})
        yield Offer(Repair("dead-ends", "画上结束事件", message, mends, ids(found)), mend)


def unreachable(bench: Bench) -> Iterator[Offer]:
    """What no way leads to. Asked of the check itself, which knows links, borders and event sub-processes."""
    nodes = {str(n.get("id")): n for n in bench.nodes() if n.get("id")}
    found = [
        nodes[f.element_id] for f in bench.findings() if f.code == "unreachable" and f.element_id in nodes
    ]

    def mend(_: str | None) -> None:
        bench.remove(found)

    if found:
        message = f"{listed(found)}没有任何连线走得到，从来不会执行。删去；要用的，请改用连线接上。"
        repair = Repair(
            "unreachable", "删去走不到的", message, frozenset({"unreachable"}), ids(found), automatic=False
        )
        yield Offer(repair, mend)


def races(bench: Bench) -> Iterator[Offer]:
    """An event gateway that cannot wait for all it leads to: somebody chooses instead. Asked of the check itself."""
    broken = {f.element_id for f in bench.findings() if f.code == "event-gateway"}
    found = [gateway for gateway in bench.all("eventBasedGateway") if gateway.get("id") in broken]

    def mend(_: str | None) -> None:
        for gateway in found:
            gateway.tag = bpmn("exclusiveGateway")
            for name in ("eventGatewayType", "instantiate"):
                unset(gateway, name)

    if found:
        message = (
            f"{listed(found)}等的几件事里，有的不是等待的事件，或者另有连线通到那里，不能“谁先发生走谁”。"
            "改成由人选走哪条的网关。"
        )
        repair = Repair(
            "races", "改成由人选", message, frozenset({"event-gateway"}), ids(found), automatic=False
        )
        yield Offer(repair, mend)


# ---------------------------------------------------------------- parts


def _condition(flow: Element) -> bool:
    return any(text_of(part) for part in children(flow, "conditionExpression"))


def _is_trigger(part: Element) -> bool:
    return local(part).endswith("EventDefinition") or local(part) == "eventDefinitionRef"


def _after(node: Element, flows: Flows) -> str:
    """What comes next."""
    names = [label(n) for flow in flows.out_of(node) if (n := flows.node.get(ends(flow)[1])) is not None]
    return "、".join(names) or "什么也没有"


def _place_of_incoming(node: Element) -> int:
    heads = [i for i, e in enumerate(node) if local(e) in ("documentation", "extensionElements", "incoming")]
    return heads[-1] + 1 if heads else 0


def _end_after(bench: Bench, node: Element) -> None:
    scope = node.getparent()
    assert scope is not None
    end = bench.add(scope, "endEvent", {"id": bench.new_id("End")})
    flow_id = bench.new_id("Flow")
    both = {"sourceRef": node.get("id") or "", "targetRef": end.get("id") or ""}
    bench.add(scope, "sequenceFlow", {"id": flow_id} | both)
    bench.add(node, "outgoing", at=_place_of_incoming(node)).text = flow_id
    bench.add(end, "incoming").text = flow_id
    lanes = [c.getparent() for c in bench.all("flowNodeRef") if reference(c.text) == _lane_of(node)]
    for lane in lanes:
        if lane is not None:
            bench.add(lane, "flowNodeRef").text = end.get("id")
    boxes = bench.drawing.boxes()
    box = boxes.get(node.get("id") or "")
    if box is not None:
        below = bench.drawing.room_below(box, boxes)
        bench.drawing.put(end.get("id") or "", below, beside=node.get("id"))
        points = ((box.middle[0], box.y + box.height), (below.middle[0], below.y))
        bench.drawing.connect(flow_id, *points, beside=node.get("id"))


def _lane_of(node: Element) -> str | None:
    """Whose claim tells the lane of a node: its own, or that of what it hangs on."""
    return reference(node.get("attachedToRef")) or node.get("id")


RULES = (
    loose,
    wrong_defaults,
    parallel_conditions,
    into_starts,
    several_starts,
    past_ends,
    dead_ends,
    missing_default,
)
LAST = (unreachable, races)
