"""When a meeting may be held: its time, place and main items are public before, and long enough (LB-2.1, FD-2)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from engine.durations import SHANGHAI, Calendar, in_words, parse_duration
from engine.refusal import Invalid
from engine.steps.meeting import MeetingRecord, Settings, require_convened, require_not_opened
from engine.working_days import WEEKDAYS_ONLY


def require_announceable(
    settings: Settings, record: MeetingRecord, now: datetime, calendar: Calendar = WEEKDAYS_ONLY
) -> None:
    """Raises Invalid before it is convened, and where the announcement would come too late for its time."""
    require_convened(record)
    require_not_opened(record)
    earliest = opens_from(settings, now, calendar)
    if record.starts_at is not None and earliest is not None and record.starts_at < earliest:
        raise Invalid(
            "announced-late",
            f"按规定要提前 {in_words(settings['announce'])}公开：现在公开，最早 {day(earliest)}才能开会。"
            f"会议定在 {day(record.starts_at)}，请先重新召集，把时间改到那天以后，再公开",
        )


def require_openable(
    settings: Settings, record: MeetingRecord, now: datetime, calendar: Calendar = WEEKDAYS_ONLY
) -> None:
    """LB-2.1: not announced, or not long enough before, or not on the announced day: not opened."""
    require_convened(record)
    require_not_opened(record)
    if not settings["announce"]:
        return
    if record.announced_at is None:
        raise Invalid(
            "not-announced",
            "还没有公开会议的时间、地点和主要议题，按规定不能开会（LB-2.1）。请先公开，再开会",
        )
    earliest = opens_from(settings, record.announced_at, calendar)
    if earliest is not None and now < earliest:
        lead = in_words(settings["announce"])
        raise Invalid(
            "announced-late",
            f"会议是 {day(record.announced_at)}公开的，按规定要提前 {lead}，{day(earliest)}起才能开会（LB-2.1）",
        )
    if record.starts_at is not None and midnight(now) < midnight(record.starts_at):
        raise Invalid(
            "too-early",
            f"公开的开会时间是 {day(record.starts_at)}，还没有到那天。要提前开，请重新召集改时间，并重新公开",
        )


def suggested(settings: Settings, now: datetime, calendar: Calendar = WEEKDAYS_ONLY) -> datetime:
    """A time to begin with when it is convened: now where nothing is to be announced, else nine in the morning of the
    first day it may be held on, tomorrow at the earliest.
    """
    if not settings["announce"]:
        return now
    earliest = opens_from(settings, now, calendar) or now
    return midnight(max(earliest, now + timedelta(days=1))) + timedelta(hours=9)


def opens_from(settings: Settings, announced_at: datetime, calendar: Calendar) -> datetime | None:
    """From when it may be opened: days are whole days, the day of the announcement not counted."""
    if settings["announce"] in ("", "yes"):
        return None
    lead = parse_duration(settings["announce"])
    end = lead.after(announced_at, calendar)
    return end if lead.has_time else midnight(end)


def day(when: datetime) -> str:
    """3 月 5 日, in Shanghai."""
    local = when.astimezone(SHANGHAI)
    return f"{local.month} 月 {local.day} 日"


def midnight(when: datetime) -> datetime:
    """The beginning of that day in Shanghai."""
    return datetime.combine(when.astimezone(SHANGHAI).date(), time(), SHANGHAI).astimezone(UTC)
