"""Moments and deadlines in the words of the county."""

from datetime import UTC, datetime, timedelta

import pytest

from webui.words import deadline, due_text, due_tone, moment

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # Monday, ten in the morning in Shanghai
MIDNIGHT = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # the end of that Monday


@pytest.mark.parametrize(
    ("due", "text", "tone"),
    [
        (None, "", ""),
        (MIDNIGHT, "今天到期", "soon"),
        (MIDNIGHT + timedelta(days=1), "明天到期", "soon"),
        (MIDNIGHT + timedelta(days=3), "还剩3天", ""),
        (NOW, "已超期不到1小时", "overdue"),
        (NOW - timedelta(hours=5), "已超期5小时", "overdue"),
        (NOW - timedelta(days=3, hours=2), "已超期3天", "overdue"),
    ],
)
def test_due(due: datetime | None, text: str, tone: str) -> None:
    assert (due_text(due, NOW), due_tone(due, NOW)) == (text, tone)


def test_a_deadline_is_the_day_that_ends_with_it() -> None:
    assert deadline(MIDNIGHT) == "3月2日"
    assert deadline(None) == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (NOW, "今天 10:00"),
        (NOW - timedelta(hours=12), "昨天 22:00"),
        (datetime(2026, 1, 31, 16, 30, tzinfo=UTC), "2月1日 00:30"),
        (datetime(2024, 12, 31, 20, 0, tzinfo=UTC), "2025年1月1日"),
        (None, ""),
    ],
)
def test_moment(value: datetime | None, text: str) -> None:
    assert moment(value, NOW) == text
