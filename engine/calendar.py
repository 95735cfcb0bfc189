"""Holidays and 调休 in the database: editable data, published a year at a time."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from engine.redlines import PROCESSES
from engine.store.tables import calendar_days, calendar_years
from engine.working_days import WorkingDays

ADJUSTED = "调休上班"


class StoredCalendar(WorkingDays):
    """The county's working days. Reads the database when, and only when, somebody asks; then once."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection: Connection | None = connection

    def is_working(self, day: date) -> bool:
        if self._connection is not None:
            self._holidays = stored_days(self._connection)
            self._connection = None
        return super().is_working(day)


@dataclass(frozen=True)
class Year:
    """A published year: what every day that differs from its weekday is, and is called."""

    year: int
    days: Mapping[date, tuple[bool, str]]  # (worked or not, name)


def working_days(connection: Connection) -> WorkingDays:
    """The calendar as it stands now, independent of the connection."""
    return WorkingDays(stored_days(connection))


def published_years(connection: Connection) -> list[int]:
    """The years whose holidays are known; a deadline that reaches beyond them counts weekdays only."""
    return sorted(connection.scalars(select(calendar_years.c.year)))


def publish(connection: Connection, year: Year, now: datetime) -> bool:
    """Replace what is stored of a year. Answers whether anything changed: then working-day deadlines are recomputed.

    Raises ValueError (Chinese) for a day outside the year.
    """
    outside = [day for day in year.days if day.year != year.year]
    if outside:
        raise ValueError(f"{year.year} 年的安排里有别的年份的日子：{min(outside)}")
    stored = {
        row.day: (row.is_working, row.name)
        for row in connection.execute(select(calendar_days).where(_in_year(year.year)))
    }
    known = connection.scalar(select(calendar_years.c.year).where(calendar_years.c.year == year.year))
    if known is None:
        connection.execute(calendar_years.insert().values(year=year.year, published_at=now))
    if stored == dict(year.days):
        return False
    connection.execute(calendar_days.delete().where(_in_year(year.year)))
    if year.days:
        rows = [
            {"day": day, "is_working": works, "name": name}
            for day, (works, name) in sorted(year.days.items())
        ]
        connection.execute(calendar_days.insert(), rows)
    connection.execute(
        calendar_years.update().where(calendar_years.c.year == year.year).values(published_at=now)
    )
    return True


def publish_shipped(
    connection: Connection, now: datetime, path: Path = PROCESSES / "calendar.toml"
) -> list[int]:
    """Publish the years of the file that the database does not know yet; what was edited there stays. Answers which."""
    known = published_years(connection)
    fresh = [year for year in read_years(path) if year.year not in known]
    for year in fresh:
        publish(connection, year, now)
    return [year.year for year in fresh]


def read_years(path: Path = PROCESSES / "calendar.toml") -> list[Year]:
    """The years of a calendar file. Raises ValueError (Chinese) naming the year that is wrong."""
    return [_read_year(entry) for entry in tomllib.loads(path.read_text("utf-8"))["years"]]


def _read_year(entry: Mapping[str, Any]) -> Year:
    days: dict[date, tuple[bool, str]] = {}
    for holiday in entry["off"]:
        length = (holiday["to"] - holiday["from"]).days + 1
        if not 1 <= length <= 31:
            raise ValueError(f"{entry['year']} 年{holiday['name']}的起止日期不对")
        for offset in range(length):
            days[holiday["from"] + timedelta(days=offset)] = (False, holiday["name"])
    for day in entry["work"]:
        if day in days:
            raise ValueError(f"{day} 又放假又上班")
        days[day] = (True, ADJUSTED)
    return Year(entry["year"], days)


def stored_days(connection: Connection) -> dict[date, bool]:
    """Every day that differs from its weekday, and whether it is worked."""
    return {
        row.day: row.is_working
        for row in connection.execute(select(calendar_days.c.day, calendar_days.c.is_working))
    }


def _in_year(year: int) -> Any:
    return (calendar_days.c.day >= date(year, 1, 1)) & (calendar_days.c.day <= date(year, 12, 31))
