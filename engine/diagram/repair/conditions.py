"""Conditions as other tools write them (`${x == 'y'}`, `=x = "y"`, `return x;`), as ours."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.diagram.repair.bench import Bench, Offer, Repair, ends, ids, label, take_out, unset
from engine.diagram.source import Element, bpmn, local, text_of
from engine.expressions import Expression, ExpressionError

HOLDERS = ("conditionExpression", "condition", "completionCondition", "loopCondition", "loopCardinality")

_WRAPPED = re.compile(r"^[$#]\{(.*)\}$", re.DOTALL)
_RETURN = re.compile(r"^return\b(.*?);?$", re.DOTALL)
_QUOTED = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
_VARIABLE = re.compile(  # of Camunda and Activiti, and of the standard's own XPath
    r"""(?:\b(?:execution|delegateExecution|task)\s*\.\s*getVariable|(?:\b\w+:)?\bgetDataObject)"""
    r"""\s*\(\s*["'](\w+)["']\s*\)"""
)
_EQUALS = re.compile(r"""\.\s*equals\s*\(\s*("[^"]*"|'[^']*'|[\w.]+)\s*\)""")
_WORDS = (
    (re.compile(r"&&"), " and "),
    (re.compile(r"\|\|"), " or "),
    (re.compile(r"!(?!=)"), " not "),
    (re.compile(r"\beq\b"), "=="),
    (re.compile(r"\bne\b"), "!="),
    (re.compile(r"\bgt\b"), ">"),
    (re.compile(r"\bge\b"), ">="),
    (re.compile(r"\blt\b"), "<"),
    (re.compile(r"\ble\b"), "<="),
    (re.compile(r"===|(?<![=<>!])=(?!=)"), "=="),
)


def translated(text: str) -> str | None:
    """The same condition in our words; None where it is one already, or is not certain to mean the same."""
    if _reads(text):
        return None
    body = text.strip()
    if (wrapped := _WRAPPED.match(body)) is not None:
        body = wrapped.group(1)
        if "${" in body or "#{" in body:
            return None
    elif (returned := _RETURN.match(body)) is not None:
        body = returned.group(1)
    elif body.startswith("="):
        body = body[1:]
    body = _EQUALS.sub(r" == \1", _VARIABLE.sub(r"\1", body))
    parts = _QUOTED.split(body)
    for index in range(0, len(parts), 2):  # never inside quotes
        for pattern, word in _WORDS:
            parts[index] = pattern.sub(word, parts[index])
    outcome = re.sub(r"[ \t\r\n]+", " ", "".join(parts)).strip()
    return outcome if _reads(outcome) else None


def foreign_conditions(bench: Bench) -> Iterator[Offer]:
    for holder in bench.all(*HOLDERS):
        parent = holder.getparent()
        ours = translated(text_of(holder)) if text_of(holder) else None
        if parent is None or ours is None:
            continue

        def mend(_: str | None, holder: Element = holder, ours: str = ours) -> None:
            for part in list(holder):
                holder.remove(part)
            holder.text = ours
            unset(holder, "language")

        place = _place(parent)
        message = (
            f"{_called(bench, place)}的条件“{text_of(holder)[:60]}”换成这里的写法“{ours[:60]}”，意思不变。"
        )
        mends = frozenset({"bad-condition", "bad-expression"})
        yield Offer(
            Repair(f"condition:{_key(bench, parent)}", "条件换成这里的写法", message, mends, ids([place])),
            mend,
        )


def empty_conditions(bench: Bench) -> Iterator[Offer]:
    """A condition somebody began to write: as good as none."""
    found = [
        e for e in bench.all("conditionExpression", "completionCondition", "loopCondition") if not text_of(e)
    ]

    def mend(_: str | None) -> None:
        for element in found:
            take_out(element)

    if found:
        places = [_place(parent) for e in found if (parent := e.getparent()) is not None]
        names = "、".join(_called(bench, place) for place in places[:5])
        message = f"{names}的条件是空的，去掉空的条件，等于没有写。"
        mends = frozenset({"bad-condition", "bad-expression"})
        yield Offer(Repair("empty-conditions", "去掉空的条件", message, mends, ids(places)), mend)


def _reads(text: str) -> bool:
    try:
        Expression(text)
    except ExpressionError:
        return False
    return True


def _place(parent: Element) -> Element:
    """The flow or step a condition belongs to."""
    outer = parent.getparent()
    inside = local(parent).endswith(("Characteristics", "EventDefinition"))
    return outer if inside and outer is not None else parent


def _key(bench: Bench, parent: Element) -> str:
    return parent.get("id") or _place(parent).get("id") or str(bench.all(local(parent)).index(parent))


def _called(bench: Bench, place: Element) -> str:
    if local(place) != "sequenceFlow" or place.get("name"):
        return label(place)
    target = next((n for n in bench.tree.iter(bpmn("*")) if n.get("id") == ends(place)[1]), None)
    return f"到{label(target)}的连线" if target is not None else label(place)


RULES = (foreign_conditions, empty_conditions)
