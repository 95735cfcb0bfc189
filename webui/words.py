"""Moments, deadlines and thresholds as people say them; times are Shanghai's."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
SOON = timedelta(days=2)
BASES = {
    "应到": "应到人数",
    "到会": "到会人数",
    "收回票": "收回的票",
    "应参评": "应参评人数",
    "应征": "应征人数",
}  # a base that is not here is said as it is called
_THRESHOLD = re.compile(r"(至少|超过) (\d+/\d+) ([^\s，；：]+)")
WEEKDAYS = "一二三四五六日"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def due_text(due: datetime | None, now: datetime) -> str:
    """还剩2天, 今天到期, 已超期3天; empty without a date."""
    if due is None:
        return ""
    left = due - now
    if left <= timedelta(0):
        return f"已超期{_span(-left)}"
    last = (due - timedelta(microseconds=1)).astimezone(SHANGHAI).date()  # a deadline is the end of its day
    days = (last - now.astimezone(SHANGHAI).date()).days
    if days == 0:
        return "今天到期"
    return "明天到期" if days == 1 else f"还剩{days}天"


def due_tone(due: datetime | None, now: datetime) -> str:
    if due is None:
        return ""
    if due <= now:
        return "overdue"
    return "soon" if due - now <= SOON else ""


def _span(length: timedelta) -> str:
    if length < HOUR:
        return "不到1小时"
    return f"{length // HOUR}小时" if length < DAY else f"{length // DAY}天"


def moment(value: datetime | None, now: datetime) -> str:
    """今天 14:05, 3月5日 14:05, 2024年3月5日."""
    if value is None:
        return ""
    here, today = value.astimezone(SHANGHAI), now.astimezone(SHANGHAI).date()
    if here.date() == today:
        return f"今天 {here:%H:%M}"
    if here.date() == today - DAY:
        return f"昨天 {here:%H:%M}"
    if here.year == today.year:
        return f"{here.month}月{here.day}日 {here:%H:%M}"
    return f"{here.year}年{here.month}月{here.day}日"


def deadline(value: datetime | None) -> str:
    """The last day on which a step is in time: 3月5日前办完."""
    if value is None:
        return ""
    last = (value - timedelta(microseconds=1)).astimezone(SHANGHAI)
    return f"{last.month}月{last.day}日"


def day(value: datetime) -> str:
    """2026年3月5日: what stays true on paper, and on a page that is kept."""
    here = value.astimezone(SHANGHAI)
    return f"{here.year}年{here.month}月{here.day}日"


def last_day(value: datetime) -> str:
    """The last whole day before a moment that ends something, with the year."""
    return day(value - timedelta(microseconds=1))


def hour(value: datetime) -> str:
    """2026年3月5日（星期四）14:30."""
    here = value.astimezone(SHANGHAI)
    return f"{day(value)}（星期{WEEKDAYS[here.weekday()]}）{here:%H:%M}"


def iso(value: datetime) -> str:
    """For <time datetime>."""
    return value.astimezone(UTC).isoformat(timespec="seconds")


def threshold(text: str) -> str:
    """至少 2/3 到会 -> 不少于到会人数的 2/3, which contains the number itself, as 超过 does not (FD-6)."""
    return _THRESHOLD.sub(_threshold, text)


def _threshold(found: re.Match[str]) -> str:
    word, fraction, base = found.groups()
    return f"{'不少于' if word == '至少' else word}{BASES.get(base, base)}的 {fraction}"
