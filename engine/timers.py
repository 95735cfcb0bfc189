"""Timers of a diagram: a date, a duration or a cycle, plain or quoted, perhaps with a `{parameter}` of the
procedure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from engine.durations import SHANGHAI, Calendar, Duration, TimerError, parse_duration
from engine.working_days import WEEKDAYS_ONLY

__all__ = ["Timer", "TimerError", "parse_timer"]

TimerKind = Literal["date", "duration", "cycle", "parameter"]
_KINDS: dict[str, TimerKind] = {
    "timeDate": "date",
    "timeDuration": "duration",
    "timeCycle": "cycle",
    "date": "date",
    "duration": "duration",
    "cycle": "cycle",
}
_PARAMETER = re.compile(r"\{([^{}]+)\}")
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’"}
MAX_REPETITIONS = 9_999


_NOTHING = Duration()


@dataclass(frozen=True)
class Timer:
    """When something is due.

    `repetitions` is how often it fires: 1, the number of a cycle, or None for a cycle without end. A timer
    of kind `parameter` knows its text only; `resolve` it before asking when it is due.
    """

    kind: TimerKind
    text: str
    written_as: TimerKind = "duration"
    moment: datetime | None = None
    duration: Duration = _NOTHING
    repetitions: int | None = 1

    @property
    def parameters(self) -> frozenset[str]:
        """Names of the parameters still to be filled in."""
        if self.kind != "parameter":
            return frozenset()
        return frozenset(name.strip() for name in _PARAMETER.findall(self.text))

    def resolve(self, parameters: Mapping[str, Any]) -> Timer:
        """The same timer with its parameters filled in; TimerError where one is missing or does not make a
        time.
        """
        if self.kind != "parameter":
            return self
        for name in sorted(self.parameters):
            if name not in parameters:
                raise TimerError(f"定时用到的参数「{name}」没有设置，请在流程参数里加上")
        text = _PARAMETER.sub(lambda match: str(parameters[match.group(1).strip()]), self.text)
        return parse_timer(self.written_as, text)

    def first_due(self, now: datetime, calendar: Calendar = WEEKDAYS_ONLY) -> datetime:
        """When it is first due if it starts to run at `now`: UTC, possibly past for a date."""
        if self.kind == "parameter":
            raise TimerError(f"定时「{self.text}」里的参数还没有填")
        if self.moment is not None:
            return self.moment
        return self.duration.after(now, calendar)

    def next_due(self, previous: datetime, calendar: Calendar = WEEKDAYS_ONLY) -> datetime:
        """When a cycle that was due at `previous` is due again, in UTC."""
        return self.nth_due(previous, 1, calendar)

    def nth_due(self, first: datetime, rounds: int, calendar: Calendar = WEEKDAYS_ONLY) -> datetime:
        """When a cycle first due at `first` is due `rounds` later; monthly cycles from the 31st do not drift
        this way.
        """
        if self.kind != "cycle":
            raise TimerError(f"定时「{self.text}」不是循环定时，没有下一次")
        return self.duration.after(first, calendar, rounds)


def parse_timer(tag_or_kind: str, text: str | None) -> Timer:
    """Read a timer from BPMN's element name (`timeDate`, `timeDuration`, `timeCycle`) or our kind, and its
    text.

    Raises TimerError with a Chinese message that shows how to write it.
    """
    kind = _KINDS.get(tag_or_kind)
    if kind is None:
        raise TimerError(f"不认识的定时种类 {tag_or_kind}")
    plain = _unquote(text or "")
    if not plain:
        raise TimerError("定时没有写时间：请写日期、时长或循环")
    if len(plain) > 200:
        raise TimerError("定时写得太长")
    if _PARAMETER.search(plain):
        return Timer("parameter", plain, written_as=kind, repetitions=_cycle_count(plain, kind))
    if kind == "date":
        return Timer("date", plain, "date", moment=_moment(plain))
    if kind == "duration":
        return Timer("duration", plain, "duration", duration=parse_duration(plain))
    return _cycle(plain)


def _unquote(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).strip()
    while len(text) >= 2 and _QUOTES.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    return text


def _moment(text: str) -> datetime:
    """An ISO 8601 date with or without a time; without a zone it is Shanghai time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise TimerError(f"日期「{text[:40]}」写法不对：请写成 2026-07-01 或 2026-07-01T09:00") from None
    if not 1900 <= moment.year <= 2999:
        raise TimerError(f"日期「{text[:40]}」的年份不对：请写 1900 到 2999 之间的年份")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=SHANGHAI)
    return moment.astimezone(UTC)


def _cycle_count(text: str, kind: TimerKind) -> int | None:
    """How often a timer with parameters fires, as far as its text tells: an unbounded cycle must be seen at
    check.
    """
    if kind != "cycle":
        return 1
    head = text.split("/")[0].strip()
    return None if head == "R" else int(head[1:]) if re.fullmatch(r"R\d{1,4}", head) else 1


def _cycle(text: str) -> Timer:
    parts = [part.strip() for part in text.split("/")]
    head = re.fullmatch(r"R(\d*)", parts[0])
    if head is None or len(parts) not in (2, 3):
        raise TimerError(
            f"循环定时「{text[:40]}」写法不对：请写成 R3/P1D（每天一次，共 3 次）或 R/P1M（每月一次），"
            "也可以写明起点 R3/2026-07-01T09:00/P1D"
        )
    repetitions = int(head.group(1)) if head.group(1) and len(head.group(1)) < 10 else None
    if head.group(1) and not 0 < (repetitions or 0) <= MAX_REPETITIONS:
        raise TimerError(f"循环定时「{text[:40]}」的次数要在 1 到 {MAX_REPETITIONS} 之间")
    duration = parse_duration(parts[-1])
    if duration.is_nothing:
        raise TimerError(f"循环定时「{text[:40]}」的间隔是零，请写明间隔")
    start = _moment(parts[1]) if len(parts) == 3 else None
    return Timer("cycle", text, "cycle", moment=start, duration=duration, repetitions=repetitions)
