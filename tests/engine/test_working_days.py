"""Working days and deadlines, in Shanghai time."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.timers import TimerError
from engine.working_days import WEEKDAYS_ONLY, WorkingDays, deadline

SHANGHAI = timezone(timedelta(hours=8))
# National Day 2026 with a made-up adjustment: 1–7 October off, Saturday 10 October worked.
HOLIDAYS = {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True}


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


def test_holidays_and_adjusted_days_override_the_weekday():
    calendar = WorkingDays(HOLIDAYS)
    assert not calendar.is_working(date(2026, 10, 1))
    assert calendar.is_working(date(2026, 10, 10))
    assert not calendar.is_working(date(2026, 10, 11))
    assert calendar.add(local(2026, 9, 30, 17), 3) == local(2026, 10, 10, 17)


def test_the_day_itself_never_counts():
    assert WEEKDAYS_ONLY.add(local(2026, 1, 31, 8), 5) == local(2026, 2, 6, 8)  # from a Saturday
    assert WEEKDAYS_ONLY.add(local(2026, 1, 31, 8), 0) == local(2026, 1, 31, 8)


def test_the_day_is_shanghais_day():
    # 17:00 UTC on Thursday is already Friday in Shanghai.
    assert WEEKDAYS_ONLY.add(datetime(2026, 1, 29, 17, tzinfo=UTC), 1) == local(2026, 2, 2, 1)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("3wd", local(2026, 2, 5)),
        ("7d", local(2026, 2, 7)),
        ("P7D", local(2026, 2, 7)),
        ("P1M", local(2026, 3, 1)),
        ("0d", local(2026, 1, 31)),
        ("PT4H", local(2026, 1, 30, 13)),
        (" ３ｗｄ ", local(2026, 2, 5)),
    ],
)
def test_a_deadline_is_the_end_of_its_day(text, due):
    assert deadline(local(2026, 1, 30, 9), text) == due


def test_a_deadline_knows_the_holidays():
    assert deadline(local(2026, 9, 30, 9), "3wd", WorkingDays(HOLIDAYS)) == local(2026, 10, 11)


@pytest.mark.parametrize("text", ["", "soon", "5", "{时限}", "5WD"])
def test_what_is_no_deadline_is_refused(text):
    with pytest.raises(TimerError):
        deadline(local(2026, 1, 30, 9), text)


def test_a_calendar_without_working_days_is_an_error_not_a_hang():
    never = WorkingDays({date(2026, 1, 1) + timedelta(days=n): False for n in range(1000)})
    with pytest.raises(TimerError, match="日历"):
        never.add(local(2026, 1, 5, 9), 1)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.integers(1, 40))
def test_exactly_so_many_working_days_lie_between(moment, days):
    start = moment.replace(tzinfo=SHANGHAI)
    end = WEEKDAYS_ONLY.add(start, days).astimezone(SHANGHAI)
    passed = [start.date() + timedelta(days=n) for n in range(1, (end.date() - start.date()).days + 1)]
    assert sum(map(WEEKDAYS_ONLY.is_working, passed)) == days
    assert WEEKDAYS_ONLY.is_working(end.date())
    assert end.time() == start.time()


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("2026-05-01", datetime(2026, 5, 1, 16, tzinfo=UTC)),  # 24:00 of that day in Shanghai
        ("2026-05-01T10:00:00+08:00", datetime(2026, 5, 1, 2, tzinfo=UTC)),
        ("2026-05-01T10:00", datetime(2026, 5, 1, 2, tzinfo=UTC)),
    ],
)
def test_a_deadline_can_be_a_date(text, until):
    assert deadline(datetime(2026, 3, 2, tzinfo=UTC), text) == until


@pytest.mark.parametrize("text", ["2026-02-30", "2026-05-01 早上", "9999-12-31"])
def test_a_date_that_is_none_is_told(text):
    with pytest.raises(TimerError, match="日期"):
        deadline(datetime(2026, 3, 2, tzinfo=UTC), text)
