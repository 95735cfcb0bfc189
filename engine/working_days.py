"""The working calendar: weekdays, corrected by the published holidays and 调休 days, and deadlines counted
with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from engine.durations import SHANGHAI, Calendar, Duration, TimerError, parse_duration

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LONGEST_HOLIDAY = 400  # days without one working day: the calendar must be wrong


class WorkingDays:
    """Which days are worked. `holidays` overrides the weekday rule: True is a working day (调休), False a day
    off.
    """

    def __init__(self, holidays: Mapping[date, bool] | None = None) -> None:
        self._holidays = dict(holidays or {})

    def is_working(self, day: date) -> bool:
        return self._holidays.get(day, day.weekday() < 5)

    def add(self, moment: datetime, days: int) -> datetime:
        """The `days`-th working day after that day, at the same Shanghai time of day, in UTC.

        The day itself never counts, so that 5 working days from a Saturday is the next Friday.
        """
        local = moment.astimezone(SHANGHAI)
        day, left, idle = local.date(), days, 0
        while left > 0:
            day += timedelta(days=1)
            if self.is_working(day):
                left, idle = left - 1, 0
            else:
                idle += 1
            if idle > _LONGEST_HOLIDAY:
                raise TimerError("工作日历里一年多没有工作日，请管理员核对节假日设置")
        return datetime.combine(day, local.time(), SHANGHAI).astimezone(UTC)


WEEKDAYS_ONLY = WorkingDays()


def deadline(moment: datetime, text: str, calendar: Calendar = WEEKDAYS_ONLY) -> datetime:
    """When a task opened at `moment` with this `due` is overdue, in UTC: `5wd`, `7d`, an ISO duration, or a date.

    Days are whole days: the deadline is 24:00 Shanghai time of the last one, the first day not counted. A
    duration with hours or minutes is exact, and so is a date with a time. TimerError where the text is none of these.
    """
    if _DATE.match(text.strip()):
        return _date(text.strip())
    length: Duration = parse_duration(text.strip())
    end = length.after(moment, calendar)
    if length.has_time:
        return end
    return _end_of(end.astimezone(SHANGHAI).date())


def _date(text: str) -> datetime:
    try:
        if len(text) == len("2026-05-01"):
            return _end_of(date.fromisoformat(text))
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise TimerError(f"日期「{text[:40]}」不存在或写法不对，请写成 2026-05-01 这样") from None


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)
