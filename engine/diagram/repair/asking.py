"""Choices nobody answers: whoever does the step before a gateway is asked which way it goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.diagram.folder import form_data, form_file
from engine.diagram.profile import words
from engine.diagram.repair.bench import Bench, Flows, Offer, Repair, ends, ids, label, take_out, tidy
from engine.diagram.repair.conditions import translated
from engine.diagram.repair.steps import handled, is_step, new_form, room_for_forms
from engine.diagram.source import Element, children, local, reference, text_of
from engine.expressions import FUNCTIONS, Expression, ExpressionError
from engine.handed_in import NotReadable, json_value
from engine.values import normal_name


@dataclass(frozen=True)
class Question:
    """A gateway, the step before it, and the ways to choose from, each with the words for it."""

    gateway: Element
    step: Element
    ways: tuple[tuple[Element, str], ...]
    several: bool  # an inclusive gateway: more than one may be chosen
    certain: bool  # no condition is given up for it


def ask_before(bench: Bench) -> Iterator[Offer]:
    flows = bench.flows()
    room, keys = room_for_forms(bench), _keys(bench)
    for gateway in bench.all("exclusiveGateway", "inclusiveGateway"):
        question = question_at(bench, gateway, flows)
        if question is None or not room:
            continue
        room -= 1

        def mend(_: str | None, question: Question = question) -> None:
            ask(bench, question, keys)

        words = "、".join(f"“{word}”" for _, word in question.ways)
        lost = "" if question.certain else "原来写的条件这里读不懂，不再用。"
        message = (
            f"{label(gateway)}的出路没有条件。在前一步{label(question.step)}的表单里加一道选择题，"
            f"由办的人选{words}，选了哪个就走哪条。{lost}"
        )
        mends = frozenset({"no-condition", "bad-condition"})
        touched = ids([gateway, *(flow for flow, _ in question.ways)])
        repair = Repair(
            f"ask:{gateway.get('id')}",
            "由前一步选走哪条",
            message,
            mends,
            touched,
            automatic=question.certain,
        )
        yield Offer(repair, mend)


def question_at(bench: Bench, gateway: Element, flows: Flows) -> Question | None:
    """What the step before a gateway could be asked; None where none is open, or it is no step to ask."""
    out, into = flows.out_of(gateway), flows.into(gateway)
    default = reference(gateway.get("default"))
    open_ways = [flow for flow in out if flow.get("id") != default]
    states = [state(flow) for flow in open_ways]
    if len(out) < 2 or len(into) != 1 or "right" in states:
        return None
    if len([s for s in states if s == "none"]) == 1 and not default and len(set(states)) > 1:
        return None  # the one without a condition is the default
    step = flows.node.get(ends(into[0])[0])
    settings = bench.settings(step) if step is not None else {}
    if step is None or not is_step(step) or settings.get("kind", "handle") != "handle":
        return None
    ways = tuple((flow, words_for(flow, flows, index)) for index, flow in enumerate(out, start=1))
    if len({word for _, word in ways}) < len(ways) or step.getparent() is not gateway.getparent():
        return None
    several = local(gateway) == "inclusiveGateway"
    return Question(gateway, step, ways, several, "bad" not in states)


def state(flow: Element) -> str:
    """Of a flow's condition: none, right, or bad (which our own words cannot say either)."""
    text = "".join(text_of(part) for part in children(flow, "conditionExpression"))
    if not text:
        return "none"
    try:
        Expression(text)
    except ExpressionError:
        return "bad" if translated(text) is None else "right"
    return "right"


def words_for(flow: Element, flows: Flows, index: int) -> str:
    """What a way out is called: by its own name, by what it leads to, or by its number."""
    target = flows.node.get(ends(flow)[1])
    words = tidy(flow.get("name")) or (tidy(target.get("name")) if target is not None else "")
    return re.sub(r"""["'“”‘’＂＇\\]""", "", words)[:60].strip() or f"第 {index} 条路"


def ask(bench: Bench, question: Question, keys: dict[str, Element] | None = None) -> None:
    """Put the question into the step's form, and its answers onto the ways. `keys` are the names of all results."""
    keys = _keys(bench) if keys is None else keys
    step, gateway = question.step, question.gateway
    settings = bench.settings(step)
    form = settings.get("form", "").strip()
    if form_file(form) not in bench.files or _schema(bench, form) is None:
        form = new_form(bench, step)
    field = _add_field(bench, form, question)
    key = settings.get("key") or _key(step, keys)
    handled(bench, step, form=form, key=key)
    for flow, word in question.ways:
        for part in children(flow, "conditionExpression"):
            take_out(part)
        if flow.get("id") == reference(gateway.get("default")):
            continue
        condition = bench.add(flow, "conditionExpression", at=_first_place(flow))
        condition.text = f'"{word}" in {key}.{field}' if question.several else f'{key}.{field} == "{word}"'


def _first_place(flow: Element) -> int:
    return len([e for e in flow if local(e) in ("documentation", "extensionElements")])


def _schema(bench: Bench, form: str) -> dict[str, Any] | None:
    try:
        schema = json_value(bench.files[form_file(form)])
    except NotReadable:
        return None
    usable = isinstance(schema, dict) and isinstance(schema.get("components"), list)
    return schema if usable else None


def _add_field(bench: Bench, form: str, question: Question) -> str:
    schema = _schema(bench, form)
    assert schema is not None
    components = schema["components"]
    taken = {str(each.get("key")) for each in components if isinstance(each, dict)}
    title = tidy(question.gateway.get("name")) or "下一步怎么走"
    stem = _identifier(title) or "下一步"
    key = next(
        name for n in range(1, len(taken) + 3) if (name := stem if n == 1 else f"{stem}{n}") not in taken
    )
    values = [{"label": word, "value": word} for _, word in question.ways]
    kind = "checklist" if question.several else "radio"
    components.append(
        {"type": kind, "key": key, "label": title, "values": values, "validate": {"required": True}}
    )
    bench.files[form_file(form)] = form_data(schema)
    return key


def _keys(bench: Bench) -> dict[str, Element]:
    """The names the results of steps stand under, each with its step."""
    return {normal_name(bench.settings(n).get("key") or n.get("id") or ""): n for n in bench.nodes()}


def _key(step: Element, keys: dict[str, Element]) -> str:
    """A name for the step's result that an expression can read and nothing else has."""
    stem = _identifier(tidy(step.get("name"))) or "这一步"
    names = (stem if n == 1 else f"{stem}{n}" for n in range(1, len(keys) + 3))
    name = next(each for each in names if keys.get(normal_name(each), step) is step)
    keys[normal_name(name)] = step
    return name


def _identifier(text: str) -> str:
    """Letters and digits of a text, as a name in an expression; empty where there are none."""
    name = re.sub(r"\W+", "", text)[:30].lstrip("0123456789_")
    usable = name.isidentifier() and normal_name(name) not in FUNCTIONS and name.lower() not in _RESERVED
    return name if usable else ""


_RESERVED = words("true false null none and or not in is if else lambda for while return import from")


RULES = (ask_before,)
