"""Answering opinions one by one: 采纳, 部分采纳, 不采纳, each with a word in reply (WH-1.2).

An opinion is named by its number (from 1, in the order they came), by a range of numbers that get the same reply
(`3-7`), or on the server by its id; without a name it is the next one that has no answer yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.refusal import Invalid
from engine.steps import schema
from engine.steps.kind import Action

ROWS, NUMBER, VERDICT, REPLY = "答复", "编号", "采纳", "答复"
ADOPTED, PARTLY, REJECTED = "采纳", "部分采纳", "不采纳"
VERDICTS = (ADOPTED, PARTLY, REJECTED)
_RANGE = re.compile(r"(\d{1,6})(?:\s*[-—~～至到]\s*(\d{1,6}))?")


@dataclass(frozen=True)
class Answer:
    """What is answered to one opinion."""

    number: int
    verdict: str
    reply: str


@dataclass(frozen=True)
class Answered:
    """How far the answering is: `items` opinions in all, and how many got which answer."""

    items: int = 0
    adopted: int = 0
    partly: int = 0
    rejected: int = 0

    @property
    def left(self) -> int:
        return self.items - self.adopted - self.partly - self.rejected

    def as_record(self) -> dict[str, int]:
        return {ADOPTED: self.adopted, PARTLY: self.partly, REJECTED: self.rejected}


def tally(items: int, verdicts: Iterable[str]) -> Answered:
    """The figures of these answers, one verdict an opinion."""
    given = list(verdicts)
    return Answered(items, *(given.count(verdict) for verdict in VERDICTS))


def action(roles: Sequence[str]) -> Action:
    """答复: several opinions may be answered in one go."""
    options = [(verdict, verdict) for verdict in VERDICTS]
    row = (
        schema.text(NUMBER, "意见编号", 40),
        schema.choice(VERDICT, "是否采纳", options, required=True),
        schema.area(REPLY, "答复", 1000),
    )
    form = schema.form(schema.rows(ROWS, "答复", *row, required=True))
    return Action("answer", "答复", form, tuple(roles))


def check_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    """What is not adopted, or not wholly, wants a reason. Raises Invalid with the fields."""
    errors = {
        f"{ROWS}[{place}].{REPLY}": f"选“{row[VERDICT]}”时请写明理由，好告诉提意见的人"
        for place, row in enumerate(rows)
        if row[VERDICT] != ADOPTED and not row.get(REPLY)
    }
    if errors:
        raise Invalid("reply-missing", "没有采纳的意见要写明理由，请看标红的地方", errors)


def read(rows: Sequence[Mapping[str, Any]], items: int, unanswered: Iterable[int]) -> list[Answer]:
    """The answers these rows give, one an opinion. Raises Invalid for a number that is none of theirs."""
    check_rows(rows)
    if not items:
        raise Invalid("no-opinions", "没有收到意见，不用答复")
    named = [numbers(str(row.get(NUMBER) or ""), items, place) for place, row in enumerate(rows)]
    taken = {number for each in named for number in each}
    waiting = (number for number in unanswered if number not in taken)
    found: dict[int, Answer] = {}
    for row, each in zip(rows, named, strict=True):
        for number in each or [next(waiting, 0)]:
            if number == 0:
                raise Invalid("all-answered", "意见都已经答复了，要改哪一条，请写上它的编号")
            found[number] = Answer(number, row[VERDICT], str(row.get(REPLY) or ""))
    return list(found.values())


def numbers(text: str, items: int, place: int = 0) -> list[int]:
    """The numbers a row names; none where it names no opinion. Raises Invalid."""
    text = text.strip()
    if not text:
        return []
    match = _RANGE.fullmatch(text)
    first = int(match[1]) if match else 0
    last = int(match[2] or match[1]) if match else 0
    if not 1 <= first <= last <= items:
        message = f"没有编号为“{text[:20]}”的意见：一共 {items} 条，请写 1 到 {items}，或 3-7 这样的一段"
        raise Invalid("opinion-unknown", message, {f"{ROWS}[{place}].{NUMBER}": message})
    return list(range(first, last + 1))


def require_all(answered: Answered, what: str) -> None:
    """Raises Invalid while an opinion has no answer."""
    if answered.left > 0:
        raise Invalid(
            "unanswered",
            f"还有 {answered.left} 条意见没有答复（一共 {answered.items} 条），逐条答复以后才能{what}",
        )
