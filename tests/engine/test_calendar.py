"""Holidays and 调休: shipped as data, published by the year, read when somebody asks."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine import calendar
from engine.calendar import ADJUSTED, StoredCalendar, Year
from engine.store import Database, count_statements

NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)


def test_the_shipped_years(database: Database) -> None:
    assert database.run(lambda c: calendar.publish_shipped(c, NOW)) == [2025, 2026]
    with database.read() as c:
        days = calendar.working_days(c)
        assert not days.is_working(date(2026, 2, 16))  # 除夕前后，星期一
        assert days.is_working(date(2026, 2, 28))  # 调休的星期六
        assert not days.is_working(date(2026, 10, 1))
        assert not days.is_working(date(2026, 3, 7))
        assert days.is_working(date(2026, 3, 9))
        friday = datetime(2026, 2, 13, 2, tzinfo=UTC)
        assert days.add(friday, 2) == datetime(2026, 2, 24, 2, tzinfo=UTC)  # 十四日上班，然后是春节
        assert calendar.published_years(c) == [2025, 2026]


def test_what_was_edited_is_not_overwritten_by_what_is_shipped(database: Database) -> None:
    own = Year(2026, {date(2026, 3, 3): (False, "停电")})
    assert database.run(lambda c: calendar.publish(c, own, NOW))
    assert database.run(lambda c: calendar.publish_shipped(c, NOW)) == [2025]
    with database.read() as c:
        assert not calendar.working_days(c).is_working(date(2026, 3, 3))


def test_publishing_says_whether_anything_changed(database: Database) -> None:
    year = Year(2026, {date(2026, 3, 3): (False, "停电"), date(2026, 3, 7): (True, ADJUSTED)})
    with database.write() as c:
        assert calendar.publish(c, Year(2027, {}), NOW) is False
        assert calendar.publish(c, year, NOW) is True
        assert calendar.publish(c, year, NOW) is False
        assert calendar.publish(c, Year(2026, {}), NOW) is True
        assert calendar.working_days(c).is_working(date(2026, 3, 3))
        with pytest.raises(ValueError, match="别的年份"):
            calendar.publish(c, Year(2026, {date(2025, 1, 1): (False, "元旦")}), NOW)


def test_the_calendar_is_read_once_and_only_when_asked(database: Database) -> None:
    with database.read() as c, count_statements(database) as statements:
        days = StoredCalendar(c)
        assert statements == []
        days.is_working(date(2026, 3, 3))
        days.add(NOW, 5)
        assert len(statements) == 1


def test_shipped_holidays_and_working_days_are_plausible() -> None:
    """A 调休 day is a weekend day, and every holiday has at least one day off that would have been worked."""
    for year in calendar.read_years():
        for day, (works, name) in year.days.items():
            assert not works or day.weekday() >= 5, day
            assert name
        assert 20 <= sum(not works for works, _ in year.days.values()) <= 40


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('off = [{ name = "元旦", from = 2026-01-03, to = 2026-01-01 }]\nwork = []', "起止日期"),
        (
            'off = [{ name = "元旦", from = 2026-01-01, to = 2026-01-01 }]\nwork = [2026-01-01]',
            "又放假又上班",
        ),
    ],
)
def test_mistakes_in_the_file(tmp_path: Path, entry: str, message: str) -> None:
    path = tmp_path / "calendar.toml"
    path.write_text(f"[[years]]\nyear = 2026\n{entry}", "utf-8")
    with pytest.raises(ValueError, match=message):
        calendar.read_years(path)
