"""Lengths of time as designers write them: ISO 8601 (`P3D`, `PT2H`), `7d` days, `5wd` working days."""

from __future__ import annotations

import calendar as months_calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

# China has one time zone and no summer time: a fixed offset says it, and needs no zone database.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

_ISO = re.compile(
    r"P(?!$)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
_SHORT = re.compile(r"(\d+) ?(wd|d)")
MAX_DAYS = 73_050  # 200 years: longer is a slip of the pen, and keeps every date inside the calendar
MAX_WORKING_DAYS = 3_660


class TimerError(ValueError):
    """A time that cannot be read. The message is Chinese and shows how to write it."""


class Calendar(Protocol):
    def add(self, moment: datetime, days: int) -> datetime: ...


@dataclass(frozen=True)
class Duration:
    """Calendar months, an exact length, and working days; ordinarily only one of them is not nothing."""

    months: int = 0
    delta: timedelta = timedelta()
    working_days: int = 0
    has_time: bool = False  # hours, minutes or seconds were written: the deadline is a moment, not a day

    @property
    def is_nothing(self) -> bool:
        return not (self.months or self.delta or self.working_days)

    def after(self, moment: datetime, calendar: Calendar, times: int = 1) -> datetime:
        """The moment this long (`times` over) after `moment`, in UTC.

        Months and working days are counted in Shanghai; the 31st plus a month is that month's last day.
        TimerError beyond the year 9999, or where the calendar knows no working days.
        """
        try:
            if self.months:
                moment = _add_months(moment.astimezone(SHANGHAI), self.months * times)
            if self.working_days:
                moment = calendar.add(moment, self.working_days * times)
            return (moment + self.delta * times).astimezone(UTC)
        except TimerError:
            raise
        except (OverflowError, ValueError):
            raise TimerError("定时超出了日历的最后一天，请写短一些") from None


def _add_months(moment: datetime, months: int) -> datetime:
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    day = min(moment.day, months_calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def parse_duration(text: str) -> Duration:
    """Read `P1M`, `P3DT4H`, `7d` or `5wd`; TimerError where it is none of them or longer than 200 years."""
    text = unicodedata.normalize("NFKC", text).strip()
    short = _SHORT.fullmatch(text)
    if short:
        return _short(text, short)
    match = _ISO.fullmatch(text)
    if match is None or any(len(part or "") > 9 for part in match.groups()):
        raise TimerError(
            f"时长「{text[:40]}」写法不对：请写成 7d（7 天）、5wd（5 个工作日）或 P3D、PT2H 这样的 ISO 8601 时长"
        )
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in match.groups()[:6])
    length = timedelta(
        weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=float(match.group(7) or 0)
    )
    total_months = years * 12 + months
    if total_months > 2_400 or length > timedelta(days=MAX_DAYS):
        raise TimerError(f"时长「{text[:40]}」超过 200 年，请写短一些")
    return Duration(total_months, length, has_time="T" in text)


def _short(text: str, match: re.Match[str]) -> Duration:
    number, unit = match.group(1), match.group(2)
    limit = MAX_WORKING_DAYS if unit == "wd" else MAX_DAYS
    if len(number) > 6 or int(number) > limit:
        raise TimerError(f"时长「{text[:40]}」太长：最多 {limit} 天，请写短一些")
    return Duration(working_days=int(number)) if unit == "wd" else Duration(delta=timedelta(days=int(number)))


def in_words(text: str) -> str:
    """A duration as people say it: `5wd` 5 个工作日, `P3M` 3 个月, `7d` 7 天. TimerError where it is none."""
    length = parse_duration(text)
    years, months = divmod(length.months, 12)
    minutes, seconds = divmod(length.delta.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = (
        (years, "年"),
        (months, "个月"),
        (length.working_days, "个工作日"),
        (length.delta.days, "天"),
        (hours, "小时"),
        (minutes, "分钟"),
        (seconds, "秒"),
    )
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 天"
