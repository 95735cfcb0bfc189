"""Ids: every part has one, and no two have the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.diagram.repair.bench import NODES, Bench, Offer, Repair, listed
from engine.diagram.source import Element, bpmn, is_bpmn, local, reference

# What an attribute, or the text of an element, refers to.
_KINDS = {
    "node": NODES,
    "flow": frozenset({"sequenceFlow"}),
    "process": frozenset({"process"}),
    "participant": frozenset({"participant"}),
    "message": frozenset({"message"}),
    "signal": frozenset({"signal"}),
    "error": frozenset({"error"}),
    "escalation": frozenset({"escalation"}),
}
_ATTRIBUTES = {
    "attachedToRef": "node",
    "default": "flow",
    "processRef": "process",
    "calledElement": "process",
    "messageRef": "message",
    "signalRef": "signal",
    "errorRef": "error",
    "escalationRef": "escalation",
}
_DRAWN = {"node": "BPMNShape", "participant": "BPMNShape", "flow": "BPMNEdge"}
_TEXTS = {"flowNodeRef": "node", "incoming": "flow", "outgoing": "flow"}
_NEEDED = (
    frozenset({"process", "subProcess", "transaction", "adHocSubProcess", "participant", "lane"}) | NODES
)


def missing(bench: Bench) -> Iterator[Offer]:
    """Elements without an id, or with an empty one."""
    without = [e for e in bench.all(*_NEEDED, "sequenceFlow") if not (e.get("id") or "").strip()]
    without += [
        e for e in bench.tree.iter("{*}*") if e.get("id") is not None and not str(e.get("id")).strip()
    ]
    without = list(dict.fromkeys(e for e in without if is_bpmn(e)))

    def mend(_: str | None) -> None:
        for element in without:
            element.set("id", bench.new_id(local(element)))

    if without:
        message = f"{listed(without)}没有编号，各编一个。编号只在内部用，流程不变。"
        yield Offer(Repair("ids", "补上编号", message, frozenset({"no-id", "empty-id"})), mend)


def repeated(bench: Bench) -> Iterator[Offer]:
    """The second element with an id of another, where it is certain which of the two each reference means."""
    first: dict[str, Element] = {}
    for element in bench.tree.iter("{http://www.omg.org/spec/BPMN/20100524/MODEL}*"):
        name = element.get("id")
        if not name or local(element) == "definitions":
            continue
        other = first.setdefault(str(name), element)
        if other is element:
            continue
        holders = _references(bench, str(name), element, other)
        if holders is not None:
            yield _renaming(bench, element, str(name), _kind(other), holders)


def rename_process(bench: Bench, process: Element, name: str) -> None:
    """Give a process another id, and everything that refers to it."""
    before = process.get("id") or ""
    process.set("id", name)
    for element in bench.tree.iter("{*}*"):
        for attribute in ("processRef", "calledElement"):
            if reference(element.get(attribute)) == before:
                element.set(attribute, name)
    bench.drawing.rename(before, name, "BPMNPlane")


def _renaming(
    bench: Bench, element: Element, name: str, other: str, holders: list[tuple[Element, str]]
) -> Offer:
    """`other` is the kind of the element that keeps the id; the drawing of another kind goes with what is renamed."""

    def mend(_: str | None) -> None:
        fresh = bench.new_id(re.sub(r"_\d+$", "", name) or "id")
        element.set("id", fresh)
        drawn = _DRAWN.get(_kind(element))
        if drawn is not None and drawn != _DRAWN.get(other):
            bench.drawing.rename(name, fresh, drawn)
        for holder, attribute in holders:
            if attribute:
                holder.set(attribute, fresh)
            else:
                holder.text = fresh

    message = f"{listed([element])}和别处用了同一个编号 {name}，给它换一个，指着它的连线一起改。流程不变。"
    title = "换一个不重复的编号"
    return Offer(Repair(f"repeated:{name}", title, message, frozenset({"duplicate-id"}), (name,)), mend)


def _references(bench: Bench, name: str, later: Element, first: Element) -> list[tuple[Element, str]] | None:
    """Everything that refers to the later of two elements; None where nobody can tell which one is meant."""
    kind, other = _kind(later), _kind(first)
    everywhere = _pointing_at(bench, name, kind)
    if kind != other or not everywhere:
        return everywhere
    if kind not in ("node", "flow") or later.getparent() is first.getparent():
        return None
    mine = [pair for pair in everywhere if _around(pair[0]) is later.getparent()]
    theirs = [pair for pair in everywhere if _around(pair[0]) is first.getparent()]
    return mine if len(mine) + len(theirs) == len(everywhere) else None


def _around(holder: Element) -> Element | None:
    """The process or sub-process a reference is written in."""
    parent = holder.getparent()
    if local(holder) in ("incoming", "outgoing") and parent is not None:
        parent = parent.getparent()
    return parent


def _pointing_at(bench: Bench, name: str, kind: str) -> list[tuple[Element, str]]:
    found: list[tuple[Element, str]] = []
    for element in bench.tree.iter(bpmn("*")):
        if _TEXTS.get(local(element)) == kind and reference(element.text) == name:
            found.append((element, ""))
        for attribute in map(str, element.attrib):
            wanted = _ATTRIBUTES.get(attribute)
            if attribute in ("sourceRef", "targetRef") and local(element) == "sequenceFlow":
                wanted = "node"
            if wanted == kind and reference(element.get(attribute)) == name:
                found.append((element, attribute))
    return found


def _kind(element: Element) -> str:
    return next((kind for kind, tags in _KINDS.items() if local(element) in tags), local(element))


RULES = (missing, repeated)
