"""The time figures are of (时段): a year, half of one, a quarter, a month, or days from–to; and the same a year before.

A period is compared with as many days of the year before as have passed of it: half a year against a whole one says
nothing.
"""

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from engine.durations import SHANGHAI
from engine.refusal import Invalid

MONTHS = {"年": 12, "半年": 6, "季度": 3, "月": 1}  # how long each kind is
EARLIEST = 1990  # nothing is recorded before; the year before must still be a year
_WRITTEN = re.compile(r"(\d{4})(?:-(?:H([12])|Q([1-4])|(0[1-9]|1[0-2])))?")
_ORDINALS = "一二三四"


class Span(NamedTuple):
    """Moments, the last one excluded."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Period:
    """Days in the county, both ends included. `kind`: one of MONTHS, or empty for days from–to."""

    first: date
    last: date
    kind: str = ""

    @classmethod
    def containing(cls, day: date, kind: str) -> "Period":
        """The year, half, quarter or month this day lies in."""
        length = MONTHS[kind]
        first = day.replace(month=(day.month - 1) // length * length + 1, day=1)
        return cls(first, _month_end(_months_later(first, length - 1)), kind)

    @property
    def label(self) -> str:
        """2025年, 2025年上半年, 2025年第三季度, 2025年5月, 2025年3月1日至2025年6月5日."""
        year, place = self.first.year, (self.first.month - 1) // MONTHS.get(self.kind, 1)
        if self.kind == "年":
            return f"{year}年"
        if self.kind == "半年":
            return f"{year}年{'下' if place else '上'}半年"
        if self.kind == "季度":
            return f"{year}年第{_ORDINALS[place]}季度"
        return f"{year}年{self.first.month}月" if self.kind else f"{_said(self.first)}至{_said(self.last)}"

    @property
    def written(self) -> str:
        """As an address has it: 2025, 2025-H1, 2025-Q3, 2025-05; empty for days from–to."""
        year, place = self.first.year, (self.first.month - 1) // MONTHS.get(self.kind, 1) + 1
        forms = {
            "年": f"{year}",
            "半年": f"{year}-H{place}",
            "季度": f"{year}-Q{place}",
            "月": f"{year}-{place:02}",
        }
        return forms.get(self.kind, "")

    @property
    def span(self) -> Span:
        return Span(_midnight(self.first), _midnight(self.last + timedelta(days=1)))

    def neighbour(self, step: int) -> "Period":
        """The next period of this kind (1) or the one before (-1); days from–to have none but themselves."""
        if not self.kind:
            return self
        return Period.containing(_months_later(self.first, step * MONTHS[self.kind]), self.kind)

    def so_far(self, today: date) -> "Period":
        """The days of it that have begun."""
        return self if self.last <= today else Period(self.first, today)

    def year_before(self) -> "Period":
        """The same days of the year before; the last day of a month stays the last day of it."""
        last = (
            _month_end(_year_before(self.last))
            if self.last == _month_end(self.last)
            else _year_before(self.last)
        )
        return replace(self, first=_year_before(self.first), last=last)


def read(written: str, first: str, last: str, today: date) -> Period:
    """The period an address or a form names; without any, this year. Raises Invalid with the field at fault."""
    if first or last:
        return _between(first, last, today)
    if not written:
        return Period.containing(today, "年")
    found = _WRITTEN.fullmatch(written)
    if found is None or int(found[1]) < EARLIEST:
        raise Invalid("period", "看不懂要看哪一段时间，请重新选", {"period": "请重新选"})
    year, half, quarter, month = found.groups()
    kind = "半年" if half else "季度" if quarter else "月" if month else "年"
    place = int(half or quarter or month or 1) - 1
    return _begun(Period.containing(date(int(year), place * MONTHS[kind] + 1, 1), kind), today, "period")


def _between(first: str, last: str, today: date) -> Period:
    days, errors = [], {}
    for name, text in (("from", first), ("to", last)):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            errors[name] = "请选一个日期"
            continue
        if day.year < EARLIEST:
            errors[name] = f"请选 {EARLIEST} 年以后的日期"
        days.append(day)
    if not errors and days[0] > days[1]:
        errors["to"] = "结束的日子不能早于开始的日子"
    if errors:
        raise Invalid("period", "起止日期要改一改", errors)
    return _begun(Period(days[0], days[1]), today, "from")


def _begun(period: Period, today: date, field: str) -> Period:
    if period.first > today:
        raise Invalid("period-ahead", f"{period.label}还没有开始，没有数可看", {field: "还没有开始"})
    return period


def _year_before(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def _said(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
