"""How long a step takes answers: the setting `until`, a duration from its opening (`7d`, `{征求期限}`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from engine.durations import SHANGHAI, Calendar, TimerError, parse_duration
from engine.steps.kind import SettingError, Words
from engine.working_days import deadline

UNTIL, ENDS = "until", "until_at"


def freeze(words: Words, title: str) -> str:
    """The duration as written, or empty. Raises SettingError; `title` is what the Chinese message calls it."""
    text = words.text(UNTIL)
    if not text:
        return ""
    try:
        if parse_duration(text).is_nothing:
            raise SettingError(f"“{title}”（until）不能是 0，请写 7d、5wd 这样的时长，或者去掉")
    except TimerError as error:
        raise SettingError(f"“{title}”（until）写错了：{error}") from error
    return text


def opened(settings: Mapping[str, Any], at: datetime, calendar: Calendar) -> dict[str, Any]:
    """The settings of a step that opens at this moment: when its period ends is fixed with them."""
    if not settings.get(UNTIL):
        return dict(settings)
    return {**settings, ENDS: deadline(at, str(settings[UNTIL]), calendar).isoformat()}


def ends(settings: Mapping[str, Any]) -> datetime | None:
    """When the period ends; None where there is none."""
    return datetime.fromisoformat(settings[ENDS]) if settings.get(ENDS) else None


def is_over(settings: Mapping[str, Any], now: datetime | None) -> bool:
    """Whether the period has ended; a step without one has no period that could end."""
    end = ends(settings)
    return end is not None and now is not None and now >= end


def day(moment: datetime, *, end: bool = False) -> date:
    """The day in Shanghai; the end of a period at 24:00 belongs to the day before."""
    local = moment.astimezone(SHANGHAI)
    return local.date() - timedelta(days=1) if end and local.time() == time() else local.date()


def last_day(end: datetime) -> str:
    """`3 月 5 日 24:00`, or a moment of a day where it does not end with one."""
    last, local = day(end, end=True), end.astimezone(SHANGHAI)
    return f"{last.month} 月 {last.day} 日 " + (f"{local:%H:%M}" if last == local.date() else "24:00")
