"""Moments and deadlines in the words of the county."""

from datetime import UTC, datetime, timedelta

import pytest

from webui.words import deadline, due_text, due_tone, moment, threshold

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


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("至少 2/3 到会", "不少于到会人数的 2/3"),
        ("超过 1/2 到会组成人员：要 10 票", "超过到会组成人员的 1/2：要 10 票"),
        ("至少 2/3 应到，至少 2/3 组成人员", "不少于应到人数的 2/3，不少于组成人员的 2/3"),
        ("至少 1/2 应征", "不少于应征人数的 1/2"),
        ("人人都来", "人人都来"),
    ],
)
def test_a_threshold_is_said_as_people_say_it(written: str, said: str) -> None:
    assert threshold(written) == said
