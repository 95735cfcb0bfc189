"""意见: how opinions are handed in, one by one or as a batch of paper, and what is wrong with one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.refusal import Invalid, Overtaken, Refusal
from engine.steps import schema
from engine.steps.kind import Forms
from engine.steps.schema import Schema

OUTCOME, REASON, DIGEST = "结论", "说明", "归纳"
STANCE, CONTENT, CHANNEL, AUTHOR, PEOPLE, ROWS, PHOTOS = (
    "立场",
    "内容",
    "渠道",
    "姓名",
    "应征人",
    "意见",
    "照片",
)
MOST_AT_ONCE = 500
_BETWEEN_NAMES = re.compile(r"[、，,；;\n]+")


@dataclass(frozen=True)
class Opinion:
    """One opinion as it was handed in. `person` is None where the paper gives a name outside the register, or none."""

    content: str
    stance: str = ""
    channel: str = ""
    person: int | None = None
    author: str = ""


# ---------------------------------------------------------------- forms


def opinion_schema(settings: Mapping[str, Any]) -> Schema:
    """提意见: one question, one box. Who organises without a register writes whose opinion it is, too."""
    fields = _stance(settings, schema.choice)
    fields.append(schema.area(CONTENT, "意见和建议", 2000, required=not settings["stances"]))
    if not settings["from"]:
        fields = [schema.text(AUTHOR, "谁提的", 64), *_channel(settings), *fields]
    return schema.form(*fields, schema.files(PHOTOS, "照片"))


def batch_schema(settings: Mapping[str, Any]) -> Schema:
    """录入一批: the paper of several people in one go, with photos of it."""
    people = [schema.people(PEOPLE, "应征人", settings["from"])] if settings["from"] else []
    rows = schema.rows(
        ROWS,
        "意见",
        *people,
        schema.text(AUTHOR, "姓名（几个人意见一样的，用顿号隔开）", 1000),
        *_channel(settings),
        *_stance(settings, schema.select),
        schema.area(CONTENT, "意见和建议", 2000),
        required=True,
    )
    return schema.form(*_channel(settings), rows, schema.files(PHOTOS, "纸质原件照片"))


def withdraw_schema() -> Schema:
    return schema.form(schema.text("编号", "意见编号（不写就是自己最后提的）", 40))


def closing_schema(settings: Mapping[str, Any], forms: Forms) -> Schema:
    """汇总: the conclusion where one is to be chosen, the digest, a reason, and the form's own fields."""
    options = _options(settings["outcomes"])
    return schema.form(
        *([schema.choice(OUTCOME, "结论", options, required=True)] if options else []),
        schema.area(DIGEST, "意见归纳", 5000),
        *(forms.get(settings["form"], {}).get("components") or []),
        schema.area(REASON, "说明", 1000),
    )


def _stance(settings: Mapping[str, Any], field: Callable[..., Schema]) -> list[Schema]:
    options = _options(settings["stances"])
    return [field(STANCE, "立场", options, required=True)] if options else []


def _channel(settings: Mapping[str, Any]) -> list[Schema]:
    options = _options(settings["channels"])
    return [schema.select(CHANNEL, "渠道", options)] if options else []


def _options(words: Sequence[str]) -> list[tuple[str, str]]:
    return [(word, word) for word in words]


# ---------------------------------------------------------------- rules


def read_opinion(data: Mapping[str, Any], person: int | None) -> Opinion:
    """What one person says of himself, or an organiser writes down."""
    author = str(data.get(AUTHOR) or "")
    return Opinion(
        str(data.get(CONTENT) or ""),
        str(data.get(STANCE) or ""),
        str(data.get(CHANNEL) or ""),
        None if author else person,
        author,
    )


def read_batch(data: Mapping[str, Any]) -> list[tuple[int, Opinion]]:
    """The opinions of a batch with the place of their row: one for each person a row names. Raises Invalid."""
    found: list[tuple[int, Opinion]] = []
    errors: dict[str, str] = {}
    for place, row in enumerate(data[ROWS]):
        content, stance = str(row.get(CONTENT) or ""), str(row.get(STANCE) or "")
        if not content and not stance:
            errors[f"{ROWS}[{place}].{CONTENT}"] = "请写下意见"
        channel = str(row.get(CHANNEL) or data.get(CHANNEL) or "")
        names = [name.strip() for name in _BETWEEN_NAMES.split(str(row.get(AUTHOR) or "")) if name.strip()]
        people = list(row.get(PEOPLE) or ())
        found += [(place, Opinion(content, stance, channel, person)) for person in people]
        for name in names if names or people else [""]:
            found.append((place, Opinion(content, stance, channel, None, name)))
            if len(name) > 64:
                errors[f"{ROWS}[{place}].{AUTHOR}"] = "名字太长了，几个人请用顿号隔开"
    if errors:
        raise Invalid("form", "有几处需要改一改，请看标红的地方", errors)
    if len(found) > MOST_AT_ONCE:
        raise Invalid("too-many", f"一次最多录入 {MOST_AT_ONCE} 条，这里有 {len(found)} 条，请分几次录")
    return found


def require_first(settings: Mapping[str, Any], already: bool) -> None:
    """Where a stance is asked for, a person has one. Raises Overtaken."""
    if settings["stances"] and already:
        raise Overtaken("answered", "您已经提过意见了。要改主意，请先撤回原来的，再提一次")


def require_paper(persons: Sequence[int], photos: Sequence[Any]) -> None:
    """What is entered for people of the register is proved by a photo (procedures.md 11.1). Raises Invalid."""
    if persons and not photos:
        message = "替应征的人录入，要附上纸质原件的照片"
        raise Invalid("form", "有几处需要改一改，请看标红的地方", {PHOTOS: message})


def require_once_each(
    settings: Mapping[str, Any], opinions: Sequence[tuple[int, Opinion]], known: Mapping[int, str]
) -> None:
    """The same for a batch. `known`: those who spoke before, with their names. Raises Invalid with the rows."""
    if not settings["stances"]:
        return
    errors: dict[str, str] = {}
    seen: set[int] = set()
    for place, opinion in opinions:
        if opinion.person is None:
            continue
        if opinion.person in known:
            name = known[opinion.person] or "这个人"
            errors[f"{ROWS}[{place}].{AUTHOR}"] = f"{name}已经提过意见了。要改，请先撤回原来的一条"
        elif opinion.person in seen:
            errors[f"{ROWS}[{place}].{AUTHOR}"] = "同一个人录了两次，请去掉一行"
        seen.add(opinion.person)
    if errors:
        raise Invalid("answered", "有人的意见已经有了，请看标红的地方", errors)


def nothing_to_withdraw() -> Refusal:
    return Invalid("opinion-unknown", "没有可以撤回的意见：只能撤回自己提的，或者自己录入、本人还没有确认的")
