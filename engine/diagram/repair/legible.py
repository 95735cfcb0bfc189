"""Ids the editor can read: it takes letters and digits only, each id once in the whole file, drawing included. What it
cannot read it leaves out, and would be lost when somebody saves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.diagram.drawing import is_legible
from engine.diagram.repair.bench import Bench, Offer, Repair, ids, is_node, listed
from engine.diagram.source import BPMN, BPMNDI, Element, is_bpmn, local, reference

_REFERRING = frozenset({"default", "calledElement", "bpmnElement", "sourceElement", "targetElement"})
_REFERRING_TEXTS = frozenset({"incoming", "outgoing", "source", "target", "supports"})


def odd(bench: Bench) -> Iterator[Offer]:
    """Ids of elements with other characters."""
    found = _odd(bench)

    def mend(_: str | None) -> None:
        make_legible(bench)

    if found:
        message = (
            f"{listed(found)}的编号里有画图工具读不懂的字，图上显示不出来：换成字母和数字，用到它的地方一起改。"
            "编号只在内部用，流程不变。"
        )
        yield Offer(Repair("odd-ids", "换成读得懂的编号", message, frozenset({"odd-id"}), ids(found)), mend)


def make_legible(bench: Bench) -> None:
    """Another id for each element the editor could not read, and for each shape whose id something else has."""
    taken = {str(e.get("id")) for e in bench.tree.iter("{*}*") if e.get("id")}
    fresh: dict[str, str] = {}
    for element in _odd(bench):
        before = str(element.get("id"))
        name = fresh.get(before) or _fresh(before, local(element), taken)
        fresh[before] = name
        if (
            is_node(element)
            and bench.settings(element).get("kind")
            and not bench.settings(element).get("key")
        ):
            bench.set(element, key=before)  # its result keeps its name
        element.set("id", name)
    if fresh:
        _follow(bench, fresh)
    _shapes(bench, taken)


def _odd(bench: Bench) -> list[Element]:
    elements = bench.tree.iter(f"{{{BPMN}}}*")
    return [e for e in elements if (e.get("id") or "").strip() and not is_legible(str(e.get("id")))]


def _fresh(before: str, kind: str, taken: set[str]) -> str:
    stem = re.sub(r"[^A-Za-z0-9_.-]+", "_", before).strip("_.-")
    if not re.match("[A-Za-z]", stem):
        stem = f"{kind}_{stem}".rstrip("_")
    names = (stem if n == 0 else f"{stem}_{n}" for n in range(len(taken) + 2))
    name = next(each for each in names if each not in taken)
    taken.add(name)
    return name


def _follow(bench: Bench, fresh: dict[str, str]) -> None:
    """Everything that refers to one of the ids."""
    for element in bench.tree.iter(f"{{{BPMN}}}*", f"{{{BPMNDI}}}*"):
        for attribute in map(str, element.attrib):
            if attribute in _REFERRING or attribute.endswith("Ref"):
                after = _after(element.get(attribute), fresh)
                if after is not None:
                    element.set(attribute, after)
        if is_bpmn(element) and (local(element).endswith("Ref") or local(element) in _REFERRING_TEXTS):
            element.text = _after(element.text, fresh) or element.text


def _after(written: str | None, fresh: dict[str, str]) -> str | None:
    text = (written or "").strip()
    return fresh.get(text) or fresh.get(reference(text) or "")


def _shapes(bench: Bench, taken: set[str]) -> None:
    """Shapes and lines whose own id cannot be read or belongs to something else: nobody asks what they are called."""
    seen = {str(e.get("id")) for e in bench.tree.iter(f"{{{BPMN}}}*") if e.get("id")}
    for shape in bench.tree.iter(f"{{{BPMNDI}}}*"):
        name = shape.get("id")
        if name is None:
            continue
        if name in seen or not is_legible(str(name)):
            about = reference(shape.get("bpmnElement")) or local(shape)
            shape.set("id", _fresh(f"{about}_di", local(shape), taken))
        seen.add(str(shape.get("id")))


RULES = (odd,)
