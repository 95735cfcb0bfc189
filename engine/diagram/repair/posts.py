"""Who does it: lanes bound to the posts the county knows, and steps in the lane they are drawn in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from engine.diagram.repair.bench import Bench, Choice, Offer, Repair, ids, is_node, label, listed, tidy
from engine.diagram.repair.drawn import Box
from engine.diagram.repair.steps import is_step
from engine.diagram.source import Element, bpmn, children, local, reference

_FORMAL = (  # how people call a post, and a part of its formal name
    ("支书", "村党组织书记"),
    ("支部书记", "村党组织书记"),
    ("村书记", "村党组织书记"),
    ("村主任", "村委会主任"),
    ("监委", "村务监督委员会"),
    ("纪检", "村务监督委员会"),
    ("乡政府", "乡镇"),
    ("镇政府", "乡镇"),
    ("群众", "村民"),
    ("农户", "村民"),
    ("申请人", "村民"),
)
_HEADER = 30  # width of the band a lane's name stands in


def bind(bench: Bench) -> Iterator[Offer]:
    """Lanes whose name is not a post: the designer says which one it is, unless only the spelling differs."""
    if bench.designations is None:
        return
    for lane in _worked_in(bench):
        name = tidy(lane.get("name"))
        if name in bench.designations:
            continue
        same = [each for each in bench.designations if _plain(each) == _plain(name)]

        def mend(choice: str | None, lane: Element = lane, same: list[str] = same) -> None:
            lane.set("name", choice or same[0])

        choices: tuple[Choice, ...] = ()
        if len(same) == 1:
            message = f"泳道{label(lane)}就是登记过的“{same[0]}”，名称改成一样的写法。"
        else:
            message = f"泳道{label(lane)}不是登记过的岗位或身份。请选它是谁，泳道改用这个名称。"
            choices = offered(bench.designations, name)
        repair = Repair(
            f"lane:{lane.get('id') or name}",
            "由谁办",
            message,
            frozenset({"unknown-lane"}),
            _steps_of(bench, lane),
            choices,
        )
        yield Offer(repair, mend)


def only_lane(bench: Bench) -> Iterator[Offer]:
    """A process without lanes: everything in one, that of whoever does it."""
    if not bench.designations:
        return
    for process in bench.processes():
        steps = [n for n in process.iter(bpmn("*")) if is_node(n) and is_step(n)]
        if not steps or _lanes(process):
            continue
        pool = pool_of(bench, process)
        name = tidy(pool.get("name") if pool is not None else "") or tidy(process.get("name"))

        def mend(choice: str | None, process: Element = process) -> None:
            _put_in_one(bench, process, choice or "")

        message = (
            f"{label(process)}没有泳道，看不出由谁办。请选，全部步骤放进这一个泳道；"
            "由几个人分着办的，再在流程图上分。"
        )
        repair = Repair(
            f"lanes:{process.get('id')}",
            "全部由谁办",
            message,
            frozenset({"no-lane"}),
            ids(steps),
            offered(bench.designations, name),
        )
        yield Offer(repair, mend)


def place(bench: Bench) -> Iterator[Offer]:
    """Steps that no lane claims: by where they are drawn, or else as the designer says."""
    boxes = bench.drawing.boxes()
    claimed = {reference(each.text) for each in bench.all("flowNodeRef")}
    found: list[tuple[Element, Element]] = []
    for process in bench.processes():
        lanes = _lanes(process)
        for node in process if lanes else ():
            if not is_node(node) or node.get("id") in claimed or not _has_steps(node):
                continue
            around = _drawn_around(boxes, lanes, node)
            if around is not None:
                found.append((node, around))
            else:
                yield _asked(bench, node, lanes)

    def mend(_: str | None) -> None:
        for node, lane in found:
            bench.add(lane, "flowNodeRef").text = node.get("id")

    if found:
        nodes = [node for node, _ in found]
        message = f"{listed(nodes)}画在哪个泳道里，就归哪个泳道。"
        touched = ids(n for node in nodes for n in node.iter(bpmn("*")) if is_node(n))
        yield Offer(Repair("lanes", "归入画着它的泳道", message, frozenset({"no-lane"}), touched), mend)


def overlapping(bench: Bench) -> Iterator[Offer]:
    """Steps that two lanes claim: the one it is drawn in, or the one the designer says."""
    boxes = bench.drawing.boxes()
    claims: dict[str, list[Element]] = {}
    for each in bench.all("flowNodeRef"):
        claims.setdefault(reference(each.text) or "", []).append(each)
    nodes = {str(n.get("id")): n for n in bench.nodes() if n.get("id")}
    for name, all_of_it in claims.items():
        lanes = [lane for each in all_of_it if (lane := each.getparent()) is not None]
        inner = [lane for lane in lanes if not any(lane in other.iterancestors() for other in lanes)]
        if len(inner) < 2 or name not in nodes:
            continue
        around = _drawn_around(boxes, inner, nodes[name])

        def mend(
            choice: str | None,
            claims: list[Element] = all_of_it,
            inner: list[Element] = inner,
            kept: Element | None = around,
        ) -> None:
            lane = kept if kept is not None else inner[int(choice or 0)]
            for each in claims:
                parent = each.getparent()
                if parent is not None and parent is not lane and parent in inner:
                    parent.remove(each)

        said = f"按图上的位置只归{label(around)}" if around is not None else "请选归哪一个"
        message = f"{label(nodes[name])}同时归{listed(inner)}，{said}。"
        choices = (
            ()
            if around is not None
            else tuple(Choice(str(i), tidy(e.get("name"))) for i, e in enumerate(inner))
        )
        touched = ids([nodes[name], *inner])
        yield Offer(
            Repair(f"twice:{name}", "归哪个泳道", message, frozenset({"two-lanes"}), touched, choices), mend
        )


def offered(designations: Iterable[str], name: str) -> tuple[Choice, ...]:
    """All that a lane may name, the likeliest for this name first."""
    formal = name
    for word, meant in _FORMAL:
        if word in name and meant not in name:
            formal = meant if word in ("群众", "农户", "申请人") else name.replace(word, meant)
            break

    def unlike(designation: str) -> float:
        best = max(SequenceMatcher(None, text, designation).ratio() for text in (name, formal))
        return -best - (0.5 if name and (designation in formal or formal in designation) else 0.0)

    return tuple(Choice(each, each) for each in sorted(designations, key=unlike))


# ---------------------------------------------------------------- parts


def _plain(name: str) -> str:
    return re.sub(r"[\s·•（）()【】\[\]“”\"'：:，,。.、\-_/]", "", name)


def _lanes(process: Element) -> list[Element]:
    return list(process.iter(bpmn("lane")))


def _worked_in(bench: Bench) -> list[Element]:
    """Lanes that say of some step who does it."""
    return [lane for lane in bench.all("lane") if _steps_of(bench, lane)]


def _steps_of(bench: Bench, lane: Element) -> tuple[str, ...]:
    """The ids of the steps a lane is the innermost claim of."""
    claimed = {reference(each.text) for each in children(lane, "flowNodeRef")}
    for inner in lane.iter(bpmn("lane")):
        if inner is not lane:
            claimed -= {reference(each.text) for each in children(inner, "flowNodeRef")}
    process = next((a for a in lane.iterancestors() if local(a) in ("process", "subProcess")), None)
    if process is None:
        return ()
    own = [n for n in process if is_node(n) and n.get("id") in claimed]
    return ids(n for node in own for n in node.iter(bpmn("*")) if is_node(n) and is_step(n))


def _has_steps(node: Element) -> bool:
    return any(is_node(n) and is_step(n) for n in node.iter(bpmn("*")))


def _drawn_around(boxes: dict[str, Box], lanes: list[Element], node: Element) -> Element | None:
    """The innermost lane a node is drawn in; None where that is not certain."""
    box = boxes.get(node.get("id") or "")
    if box is None:
        return None
    around = [
        e
        for e in lanes
        if e.get("id") in boxes and boxes[e.get("id") or ""].holds(box.middle) and not _lanes_in(e)
    ]
    return around[0] if len(around) == 1 else None


def _lanes_in(lane: Element) -> bool:
    return any(inner is not lane for inner in lane.iter(bpmn("lane")))


def _asked(bench: Bench, node: Element, lanes: list[Element]) -> Offer:
    leaves = [lane for lane in lanes if not _lanes_in(lane)]

    def mend(choice: str | None) -> None:
        bench.add(leaves[int(choice or 0)], "flowNodeRef").text = node.get("id")

    choices = tuple(
        Choice(str(i), tidy(lane.get("name")) or f"第 {i + 1} 个泳道") for i, lane in enumerate(leaves)
    )
    message = f"{label(node)}不在任何泳道里，看不出由谁办。请选放进哪个泳道。"
    touched = ids(n for n in node.iter(bpmn("*")) if is_node(n))
    return Offer(
        Repair(f"place:{node.get('id')}", "放进哪个泳道", message, frozenset({"no-lane"}), touched, choices),
        mend,
    )


def pool_of(bench: Bench, process: Element) -> Element | None:
    """The pool a process is drawn in."""
    pools = (p for p in bench.all("participant") if reference(p.get("processRef")) == process.get("id"))
    return next(pools, None)


def _put_in_one(bench: Bench, process: Element, name: str) -> None:
    """One lane for everything in a process, drawn in its pool; a pool is made where there is none."""
    for empty in children(process, "laneSet"):
        process.remove(empty)
    at = len([e for e in process if local(e) in ("documentation", "extensionElements")])
    lanes = bench.add(process, "laneSet", {"id": bench.new_id("LaneSet")}, at=at)
    lane = bench.add(lanes, "lane", {"id": bench.new_id("Lane"), "name": name})
    for node in process:
        if is_node(node):
            bench.add(lane, "flowNodeRef").text = node.get("id")
    pool = pool_of(bench, process)
    boxes = bench.drawing.boxes()
    if pool is None:
        pool = new_pool(bench, process, boxes)
    elif pool.get("id") not in boxes:
        _draw_pool(bench, pool, process, boxes)
    box = bench.drawing.boxes().get(pool.get("id") or "")
    if box is not None:
        inside = Box(box.x + _HEADER, box.y, box.width - _HEADER, box.height)
        bench.drawing.put(lane.get("id") or "", inside, beside=pool.get("id"), lying=True)


def new_pool(bench: Bench, process: Element, boxes: dict[str, Box]) -> Element:
    """A pool for a process, drawn around what of it is drawn."""
    together = bench.tree.find(bpmn("collaboration"))
    if together is None:
        first = bench.tree.find(bpmn("process"))
        at = bench.tree.index(first) if first is not None else 0
        together = bench.add(bench.tree, "collaboration", {"id": bench.new_id("Collaboration")}, at=at)
    title = tidy(process.get("name")) or "流程"
    about = {"id": bench.new_id("Participant"), "name": title, "processRef": process.get("id") or ""}
    others = children(together, "participant")
    pool = bench.add(together, "participant", about, at=together.index(others[-1]) + 1 if others else None)
    _draw_pool(bench, pool, process, boxes)
    return pool


def _draw_pool(bench: Bench, pool: Element, process: Element, boxes: dict[str, Box]) -> None:
    """A pool's frame, around what of its process is drawn."""
    inside = [boxes[name] for name in ids(process.iter(bpmn("*"))) if name in boxes]
    plane = bench.drawing.plane()
    if plane is not None and inside:
        together = pool.getparent()
        plane.set("bpmnElement", (together.get("id") if together is not None else None) or "")
        left, top = min(b.x for b in inside) - 50 - _HEADER, min(b.y for b in inside) - 50
        right = max(b.x + b.width for b in inside) + 50
        bottom = max(b.y + b.height for b in inside) + 50
        around = Box(left, top, right - left, bottom - top)
        bench.drawing.put(pool.get("id") or "", around, lying=True)


RULES = (overlapping, place, only_lane, bind)
