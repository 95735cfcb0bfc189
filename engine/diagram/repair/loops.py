"""Activities that repeat: taken over from other tools' settings where these say how, asked about otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.diagram.repair.bench import Bench, Choice, Offer, Repair, ids, label, take_out
from engine.diagram.source import Element, bpmn, children, local, text_of
from engine.expressions import Expression, ExpressionError

_ONCE = "once"
_TIMES = (Choice(_ONCE, "只办一次，去掉标记"), *(Choice(str(n), f"办 {n} 次") for n in (2, 3, 4, 5, 10)))
_AGAIN = (Choice(_ONCE, "只办一次，去掉标记"), *(Choice(str(n), f"最多办 {n} 次") for n in (2, 3, 5, 10)))
_LISTS = ("collection", "inputCollection")
_ITEMS = ("elementVariable", "inputElement")
_BAD = frozenset({"bad-loop"})


def several(bench: Bench) -> Iterator[Offer]:
    """Multi-instance without a number and without a list."""
    for loop in bench.all("multiInstanceLoopCharacteristics"):
        step = loop.getparent()
        if step is None or children(loop, "loopCardinality") or children(loop, "loopDataInputRef"):
            continue
        names, item = _foreign(loop, _LISTS), _foreign(loop, _ITEMS)
        if names and _is_name(names):
            yield _over_list(bench, loop, step, names, item if item.isidentifier() else "")
            continue

        def mend(choice: str | None, loop: Element = loop) -> None:
            if choice == _ONCE:
                take_out(loop)
            else:
                bench.add(loop, "loopCardinality", at=0).text = choice

        message = (
            f"{label(step)}要办好几次，可是没有写几次、对谁办。请选；要对一份名单办的，请在流程图上写名单。"
        )
        touched = ids([step])
        yield Offer(Repair(f"several:{step.get('id')}", "办几次", message, _BAD, touched, _TIMES), mend)


def again(bench: Bench) -> Iterator[Offer]:
    """A standard loop that does not say for how long."""
    for loop in bench.all("standardLoopCharacteristics"):
        step = loop.getparent()
        if step is None or loop.get("loopMaximum") is not None or children(loop, "loopCondition"):
            continue

        def mend(choice: str | None, loop: Element = loop) -> None:
            if choice == _ONCE:
                take_out(loop)
            else:
                loop.set("loopMaximum", choice or "2")

        message = f"{label(step)}要重复办，可是没有写办到什么时候为止。请选。"
        yield Offer(Repair(f"again:{step.get('id')}", "最多几次", message, _BAD, ids([step]), _AGAIN), mend)


def _over_list(bench: Bench, loop: Element, step: Element, names: str, item: str) -> Offer:
    def mend(_: str | None) -> None:
        bench.add(loop, "loopDataInputRef", at=0).text = names
        if item and loop.find(bpmn("inputDataItem")) is None:
            attributes = {"id": bench.new_id("Item"), "name": item}
            bench.add(loop, "inputDataItem", attributes, at=1)

    message = f"{label(step)}对名单“{names}”里的每一项办一次：名单按原来那个工具里写的接过来。"
    return Offer(Repair(f"list:{step.get('id')}", "接过名单", message, _BAD, ids([step])), mend)


def _foreign(loop: Element, names: tuple[str, ...]) -> str:
    """What another tool's attribute or extension says, without its dressing."""
    holders = [loop, *(e for e in loop.iter("{*}loopCharacteristics") if e.tag != loop.tag)]
    for holder in holders:
        for attribute, value in holder.attrib.items():
            if str(attribute).rpartition("}")[2] in names:
                text = str(value).strip()
                return _bare(text)
    parts = [e for e in loop.iter("{*}*") if local(e) in names and not len(e)]
    return _bare(text_of(parts[0])) if parts else ""


def _bare(text: str) -> str:
    """A name out of its dressing: `${people}`, `=people`."""
    return re.sub(r"^(?:[$#]\{(.*)\}|=(.*))$", r"\1\2", text.strip()).strip()


def _is_name(text: str) -> bool:
    try:
        return len(Expression(text).paths) == 1 and all(part.isidentifier() for part in text.split("."))
    except ExpressionError:
        return False


RULES = (several, again)
