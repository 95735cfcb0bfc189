"""时段: what they are called, where they begin and end in the county, and what they are compared with."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.queries.periods import MONTHS, Period, read
from engine.refusal import Invalid

TODAY = date(2026, 6, 5)
DAYS = st.dates(date(1991, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("written", "label", "first", "last"),
    [
        ("", "2026年", date(2026, 1, 1), date(2026, 12, 31)),
        ("2025", "2025年", date(2025, 1, 1), date(2025, 12, 31)),
        ("2025-H2", "2025年下半年", date(2025, 7, 1), date(2025, 12, 31)),
        ("2026-Q2", "2026年第二季度", date(2026, 4, 1), date(2026, 6, 30)),
        ("2024-02", "2024年2月", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_periods_as_an_address_has_them(written: str, label: str, first: date, last: date) -> None:
    period = read(written, "", "", TODAY)
    assert (period.label, period.first, period.last) == (label, first, last)
    assert period.written == (written or "2026")


def test_days_from_to() -> None:
    period = read("", "2026-01-15", "2026-02-28", TODAY)
    assert period.label == "2026年1月15日至2026年2月28日" and period.written == ""
    assert period.span == (datetime(2026, 1, 14, 16, tzinfo=UTC), datetime(2026, 2, 28, 16, tzinfo=UTC))


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        (("2026-13", "", ""), {"period"}),
        (("1989", "", ""), {"period"}),
        (("0000", "", ""), {"period"}),
        (("2027", "", ""), {"period"}),
        (("2026-Q3", "", ""), {"period"}),
        (("", "2026-05-02", "2026-05-01"), {"to"}),
        (("", "2026-02-30", ""), {"from", "to"}),
        (("", "1989-12-31", "2026-01-01"), {"from"}),
        (("", "2026-06-06", "2026-06-30"), {"from"}),
    ],
)
def test_what_is_no_period_is_refused_at_its_field(asked: tuple[str, str, str], fields: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        read(*asked, TODAY)
    assert set(refused.value.fields) == fields


def test_a_running_period_is_compared_with_as_many_days() -> None:
    counted = read("2026", "", "", TODAY).so_far(TODAY)
    assert (counted.first, counted.last) == (date(2026, 1, 1), TODAY)
    before = counted.year_before()
    assert (before.first, before.last) == (date(2025, 1, 1), date(2025, 6, 5))


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        (date(2025, 2, 1), date(2025, 2, 28), (date(2024, 2, 1), date(2024, 2, 29))),
        (date(2024, 2, 1), date(2024, 2, 29), (date(2023, 2, 1), date(2023, 2, 28))),
        (date(2024, 2, 29), date(2024, 3, 15), (date(2023, 2, 28), date(2023, 3, 15))),
        (date(2024, 2, 1), date(2024, 2, 28), (date(2023, 2, 1), date(2023, 2, 28))),
    ],
)
def test_leap_years(first: date, last: date, before: tuple[date, date]) -> None:
    compared = Period(first, last).year_before()
    assert (compared.first, compared.last) == before


@given(DAYS, st.sampled_from(sorted(MONTHS)))
def test_periods_of_a_kind_follow_each_other_without_gap(day: date, kind: str) -> None:
    period = Period.containing(day, kind)
    assert period.first <= day <= period.last
    assert period.neighbour(1).span.start == period.span.end
    assert period.neighbour(1).neighbour(-1) == period
    assert read(period.written, "", "", date(2101, 1, 1)) == period
    assert period.year_before() == Period.containing(period.first.replace(year=period.first.year - 1), kind)
