"""Timers: what may be written, and when it is due."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from engine.timers import Timer, TimerError, parse_timer
from engine.working_days import WorkingDays

SHANGHAI = timezone(timedelta(hours=8))
NOW = datetime(2026, 1, 30, 9, 30, tzinfo=SHANGHAI)  # a Friday


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("tag", "text", "due"),
    [
        ("timeDuration", "PT2S", NOW + timedelta(seconds=2)),
        ("timeDuration", '"PT2S"', NOW + timedelta(seconds=2)),
        ("timeDuration", "'P1DT2H'", NOW + timedelta(hours=26)),
        ("timeDuration", "“P2W”", NOW + timedelta(days=14)),
        ("timeDuration", "  P1D\n", NOW + timedelta(days=1)),
        ("timeDuration", "PT1.5S", NOW + timedelta(seconds=1.5)),
        ("timeDuration", "PT0S", NOW),
        ("timeDuration", "P1M", local(2026, 2, 28, 9, 30)),
        ("timeDuration", "P1Y", local(2027, 1, 30, 9, 30)),
        ("timeDuration", "7d", local(2026, 2, 6, 9, 30)),
        ("timeDuration", "５ｗｄ", local(2026, 2, 6, 9, 30)),
        ("timeDuration", "1wd", local(2026, 2, 2, 9, 30)),
        ("timeDate", "2026-07-01", local(2026, 7, 1)),
        ("timeDate", "2026-07-01T09:00", local(2026, 7, 1, 9)),
        ("timeDate", '"2026-07-01T09:00:00Z"', local(2026, 7, 1, 17)),
        ("timeDate", "2026-07-01T09:00:00+05:00", local(2026, 7, 1, 12)),
        ("timeCycle", "R3/P1D", NOW + timedelta(days=1)),
        ("timeCycle", "R/2026-03-01T08:00/P1M", local(2026, 3, 1, 8)),
    ],
)
def test_when_it_is_first_due(tag, text, due):
    timer = parse_timer(tag, text)
    assert timer.first_due(NOW) == due
    assert timer.first_due(NOW).tzinfo is UTC


def test_a_date_without_a_zone_is_shanghai_time():
    assert parse_timer("timeDate", "2026-07-01").first_due(NOW) == datetime(2026, 6, 30, 16, tzinfo=UTC)


def test_a_cycle_goes_on_and_does_not_drift():
    timer = parse_timer("timeCycle", "R/P1M")
    first = local(2026, 1, 31, 8)
    assert timer.next_due(first) == local(2026, 2, 28, 8)
    assert [timer.nth_due(first, n).astimezone(SHANGHAI).day for n in range(4)] == [31, 28, 31, 30]
    assert timer.repetitions is None
    assert parse_timer("timeCycle", "R3/P1D").repetitions == 3
    assert parse_timer("timeCycle", "R3/5wd").next_due(NOW) == local(2026, 2, 6, 9, 30)


def test_working_days_follow_the_calendar():
    spring = WorkingDays({date(2026, 2, 2): False, date(2026, 1, 31): True})
    assert parse_timer("timeDuration", "2wd").first_due(NOW, spring) == local(2026, 2, 3, 9, 30)


def test_a_parameter_is_kept_by_name_and_filled_in_later():
    timer = parse_timer("timeDuration", '"{答复时限}"')
    assert (timer.kind, timer.parameters) == ("parameter", {"答复时限"})
    assert timer.resolve({"答复时限": "3wd"}).first_due(NOW) == local(2026, 2, 4, 9, 30)
    assert parse_timer("timeDuration", "P{天数}D").resolve({"天数": 2}).first_due(NOW) == NOW + timedelta(
        days=2
    )
    assert parse_timer("timeCycle", "R3/{周期}").repetitions == 3
    assert parse_timer("timeCycle", "R/{周期}").repetitions is None
    for parameters in ({}, {"答复时限": "很快"}, {"答复时限": None}):
        with pytest.raises(TimerError):
            timer.resolve(parameters)
    with pytest.raises(TimerError):
        timer.first_due(NOW)


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("timeDuration", ""),
        ("timeDuration", None),
        ("timeDuration", '""'),
        ("timeDuration", "P"),
        ("timeDuration", "PT"),
        ("timeDuration", "1D"),
        ("timeDuration", "P1H"),
        ("timeDuration", "-P1D"),
        ("timeDuration", "5 working days"),
        ("timeDuration", "wd"),
        ("timeDuration", "9999wd"),
        ("timeDuration", "9" * 500 + "d"),
        ("timeDuration", "P" + "9" * 400 + "D"),
        ("timeDuration", "P300Y"),
        ("timeDuration", "P1D" * 100),
        ("timeDuration", "timedelta(days=1)"),
        ("timeDuration", "__import__('os')"),
        ("timeDate", "P1D"),
        ("timeDate", "2026-02-30"),
        ("timeDate", "0001-01-01"),
        ("timeDate", "9999-12-31"),
        ("timeDate", "明天"),
        ("timeCycle", "P1D"),
        ("timeCycle", "R0/P1D"),
        ("timeCycle", "R-1/P1D"),
        ("timeCycle", "R3/PT0S"),
        ("timeCycle", "R99999/P1D"),
        ("timeCycle", "R" + "9" * 5000 + "/P1D"),
        ("timeCycle", "R3/P1D/P1D/P1D"),
        ("timeCycle", "R3/x/P1D"),
        ("timeCycle", "0 0 9 * * ?"),
        ("timeSomething", "P1D"),
    ],
)
def test_what_is_no_time_is_refused(tag, text):
    with pytest.raises(TimerError) as error:
        parse_timer(tag, text)
    assert any("\u4e00" <= character <= "\u9fff" for character in str(error.value))


def test_timers_are_values():
    assert parse_timer("timeDuration", "P1D") == parse_timer("timeDuration", "P1D")
    assert isinstance(hash(parse_timer("timeDuration", "P1D")), int)
    with pytest.raises(TimerError):
        Timer("duration", "P1D").next_due(NOW)
