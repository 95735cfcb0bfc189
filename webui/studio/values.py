"""Values of parameters as a designer types them in one field: `7天`, `5个工作日`, `2/3`, `5000`."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.durations import TimerError, in_words

TYPES = {
    "duration": "时长（天、工作日）",
    "integer": "整数（人数、条数、次数）",
    "number": "数（可带小数）",
    "money": "金额（元）",
    "fraction": "比例（几分之几）",
    "choice": "单选（几样里选一样）",
    "list": "名单（几个词）",
}
HINTS = {
    "duration": "如 7天、5个工作日、2个月、12小时",
    "integer": "如 3",
    "number": "如 1.5",
    "money": "如 5000",
    "fraction": "如 2/3",
    "choice": "写可选项里的一项",
    "list": "几个词，用顿号隔开",
}
_UNITS = {
    "个工作日": "{}wd", "工作日": "{}wd", "天": "{}d", "日": "{}d", "周": "P{}W", "个月": "P{}M", "月": "P{}M",
    "小时": "PT{}H", "个小时": "PT{}H", "年": "P{}Y",
}  # fmt: skip
_LENGTH = re.compile(rf"(\d{{1,4}})({'|'.join(sorted(_UNITS, key=len, reverse=True))})")
_SPLIT = re.compile(r"[\s,，、;；]+")


def typed(kind: str, text: str) -> Any:
    """What was typed as a value of this type; None for nothing. What cannot be read stays text, for the check."""
    text = unicodedata.normalize("NFKC", text).strip()
    if not text:
        return None
    if kind == "list":
        return words(text)
    if kind == "duration":
        plain = text.replace(" ", "")
        length = _LENGTH.fullmatch(plain)
        return _UNITS[length[2]].format(int(length[1])) if length else plain
    if kind in ("integer", "number", "money"):
        return _number(text)
    return text.replace(" ", "") if kind == "fraction" else text


def written(kind: str, value: Any) -> str:
    """A value as it stands in its field."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "、".join(map(str, value))
    if kind == "duration" and isinstance(value, str):
        try:
            said = in_words(value).replace(" ", "")
        except TimerError:
            return value
        return said if typed(kind, said) == value else value
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def words(text: str) -> list[str]:
    """Words separated by blanks or commas, each once."""
    return list(dict.fromkeys(word for word in _SPLIT.split(text) if word))


def _number(text: str) -> Any:
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return text
    if not number.is_finite() or abs(number) > 10**15:
        return text
    return int(number) if number == int(number) else float(number)
