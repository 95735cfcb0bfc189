"""Choices with nobody before them to be asked: a step is put in front, where somebody decides which way it goes on."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagram.repair.asking import Question, ask, question_at, state, words_for
from engine.diagram.repair.bench import AUTOMATIC_TASKS, Bench, Flows, Offer, Repair, ends, ids, label, tidy
from engine.diagram.repair.drawn import Box
from engine.diagram.repair.steps import room_for_forms
from engine.diagram.source import Element, children, local, reference

_WIDTH, _HEIGHT, _GAP = 100.0, 80.0, 50.0


def decide_before(bench: Bench) -> Iterator[Offer]:
    """Gateways without conditions after a start, another gateway, or several ways in."""
    flows, room = bench.flows(), room_for_forms(bench)
    for gateway in bench.all("exclusiveGateway", "inclusiveGateway"):
        ways = _open_ways(gateway, flows)
        if (
            not ways
            or not room
            or question_at(bench, gateway, flows) is not None
            or _asked_later(gateway, flows)
        ):
            continue
        if local(gateway) == "inclusiveGateway" and len(flows.into(gateway)) != 1:
            continue  # it waits for all that comes in, which a step in front of it would not
        room -= 1
        certain = "bad" not in {state(flow) for flow, _ in ways}

        def mend(
            _: str | None,
            gateway: Element = gateway,
            ways: tuple[tuple[Element, str], ...] = ways,
            certain: bool = certain,
        ) -> None:
            step = _put_before(bench, gateway, bench.flows())
            several = local(gateway) == "inclusiveGateway"
            ask(bench, Question(gateway, step, ways, several, certain))

        words = "、".join(f"“{word}”" for _, word in ways)
        lost = "" if certain else "原来写的条件这里读不懂，不再用。"
        message = (
            f"{label(gateway)}的出路没有条件，前面也没有哪一步可以问。在它前面加一步“{_name(gateway)}”，"
            f"由办的人选{words}，选了哪个就走哪条。{lost}"
        )
        mends = frozenset({"no-condition", "bad-condition"})
        touched = ids([gateway, *(flow for flow, _ in ways)])
        title = "在前面加一步来选"
        yield Offer(
            Repair(f"decide:{gateway.get('id')}", title, message, mends, touched, automatic=certain), mend
        )


def _open_ways(gateway: Element, flows: Flows) -> tuple[tuple[Element, str], ...]:
    """The ways out with words for each, where no condition can be read; empty where there is nothing to ask."""
    out = flows.out_of(gateway)
    default = reference(gateway.get("default"))
    states = [state(flow) for flow in out if flow.get("id") != default]
    only_default = states.count("none") == 1 and not default and len(set(states)) > 1
    if len(out) < 2 or "right" in states or not states or only_default or not flows.into(gateway):
        return ()
    found: dict[str, Element] = {}
    for index, flow in enumerate(out, start=1):
        word = words_for(flow, flows, index)
        found[word if word not in found else f"{word}（{index}）"] = flow
    return tuple((flow, word) for word, flow in found.items())


def _asked_later(gateway: Element, flows: Flows) -> bool:
    """Whether what comes before is done by a program as yet: once a person does it, that person can be asked."""
    before = [flows.node.get(ends(flow)[0]) for flow in flows.into(gateway)]
    return len(before) == 1 and before[0] is not None and local(before[0]) in AUTOMATIC_TASKS


def _name(gateway: Element) -> str:
    return f"决定：{tidy(gateway.get('name'))}" if tidy(gateway.get("name")) else "决定下一步怎么走"


def _put_before(bench: Bench, gateway: Element, flows: Flows) -> Element:
    """A step that everything leads to that led to the gateway; drawn in its place, with all behind it moved on."""
    scope = gateway.getparent()
    assert scope is not None
    into, name = flows.into(gateway), gateway.get("id") or ""
    step = bench.add(scope, "userTask", {"id": bench.new_id("Decision"), "name": _name(gateway)})
    step_id = step.get("id") or ""
    between = {"id": bench.new_id("Flow"), "sourceRef": step_id, "targetRef": name}
    for part in children(gateway, "incoming"):
        gateway.remove(part)
    for flow in into:
        flow.set("targetRef", step_id)
        bench.add(step, "incoming").text = flow.get("id")
    bench.add(step, "outgoing").text = between["id"]
    bench.add(scope, "sequenceFlow", between)
    heads = [e for e in gateway if local(e) in ("documentation", "extensionElements")]
    bench.add(gateway, "incoming", at=len(heads)).text = between["id"]
    for claim in bench.all("flowNodeRef"):
        lane = claim.getparent()
        if reference(claim.text) == name and lane is not None:
            bench.add(lane, "flowNodeRef").text = step_id
    _draw(bench, gateway, step_id, between["id"], [flow.get("id") or "" for flow in into])
    return step


def _draw(bench: Bench, gateway: Element, step: str, between: str, into: list[str]) -> None:
    name = gateway.get("id") or ""
    old = bench.drawing.boxes().get(name)
    if old is None:
        return
    bench.drawing.make_room(old.x, _WIDTH + _GAP, beside=name)
    middle = old.middle[1]
    box = Box(old.x, middle - _HEIGHT / 2, _WIDTH, _HEIGHT)
    bench.drawing.put(step, box, beside=name)
    bench.drawing.connect(between, (box.x + _WIDTH, middle), (old.x + _WIDTH + _GAP, middle), beside=name)
    for flow in into:
        bench.drawing.lead_into(flow, box)


RULES = (decide_before,)
