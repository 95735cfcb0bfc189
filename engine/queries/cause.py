"""Why a step that was done before is open again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from engine.queries import results
from engine.queries.closure import Closure
from engine.queries.results import Line


@dataclass(frozen=True)
class Cause:
    """What brought the matter back to this step: somebody's answer to it."""

    step: str
    by: str
    at: datetime
    lines: list[Line]


def cause(said: Sequence[Row[Any]], row: Row[Any], closure: Closure) -> Cause | None:
    """Where the step was done before: what was said after that and before it opened, which is why it is here again."""
    before = [s for s in said if s.task_id != row.id and s.at <= row.opened_at]
    earlier = [s for s in before if s.element_id == row.element_id]
    since = [s for s in before if earlier and s.sequence > earlier[-1].sequence]
    if not since or _by_the_clock(closure, row):
        return None
    sender = _sent_back(before, since, row.element_id)
    return Cause(sender.step, sender.person, sender.at, results.handed_in(closure, sender, row.parameters))


def _by_the_clock(closure: Closure, row: Row[Any]) -> bool:
    """Whether the step stands in a frame of its own that an event opens, month by month: nobody sent it back."""
    found = closure.find(row.element_id)
    owner = found[1].scope.owner if found else None
    return owner is not None and owner.is_event_subprocess


def _sent_back(before: Sequence[Row[Any]], since: Sequence[Row[Any]], element_id: str) -> Row[Any]:
    """Which of these sent the matter back: what came next had been done earlier than it the first time round."""
    first: dict[str, int] = {}
    for place, one in enumerate(before):
        first.setdefault(one.element_id, place)
    then = [*(s.element_id for s in since[1:]), element_id]
    back = (s for s, to in zip(since, then, strict=True) if first[to] < first[s.element_id])
    return next(back, since[-1])
