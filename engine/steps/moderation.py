"""核对: what strangers hand in through an open link counts and is shown only once somebody has read it.

What is not adopted stays on the record with the reason, and the public page says how many there were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.refusal import Invalid
from engine.steps import schema
from engine.steps.kind import ORGANISER, RECORDER, Action

ROWS, NUMBER, VERDICT, REASON = "核对", "编号", "采用", "理由"
ADMIT, REFUSE = "采用", "不采用"
HIMSELF = "本人另外提了意见"
REASONS = ("与本事项无关", "内容重复", "辱骂他人或泄露隐私", "广告")


@dataclass(frozen=True)
class Ruling:
    """What was decided on one of them; `opinion` is its id."""

    opinion: str
    admitted: bool
    reason: str


def action() -> Action:
    """采用 or 不采用, several in one go."""
    row = (
        schema.text(NUMBER, "编号", 40, required=True),
        schema.choice(VERDICT, "是否采用", ((ADMIT, ADMIT), (REFUSE, REFUSE)), required=True),
        schema.text(REASON, "不采用的理由", 200),
    )
    form = schema.form(schema.rows(ROWS, "核对", *row, required=True))
    return Action("moderate", "核对", form, (ORGANISER, RECORDER), behalf=False)


def read(rows: Sequence[Mapping[str, Any]]) -> list[Ruling]:
    """The rulings. Raises Invalid where a refusal has no reason, or one is ruled on twice."""
    errors: dict[str, str] = {}
    found: dict[str, Ruling] = {}
    for place, row in enumerate(rows):
        ruling = Ruling(str(row[NUMBER]), row[VERDICT] == ADMIT, str(row.get(REASON) or "").strip())
        if not ruling.admitted and not ruling.reason:
            errors[f"{ROWS}[{place}].{REASON}"] = "选“不采用”时请写明理由，它会留在档案里"
        if ruling.opinion in found:
            errors[f"{ROWS}[{place}].{NUMBER}"] = "同一条写了两次，请去掉一行"
        found[ruling.opinion] = ruling
    if errors:
        raise Invalid("form", "有几处需要改一改，请看标红的地方", errors)
    return list(found.values())


def require_none_waiting(waiting: int, what: str) -> None:
    """Raises Invalid while something from the open link waits to be read."""
    if waiting:
        raise Invalid(
            "unmoderated", f"还有 {waiting} 条扫码提的意见没有核对。请逐条选“采用”或“不采用”，再{what}"
        )
