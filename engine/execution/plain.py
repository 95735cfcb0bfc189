"""The data of an instance are pure JSON: whatever else is refused when it comes in, not when the state is
saved.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

MAX_NESTING = 60
MAX_INTEGER = 2**63  # what the state, the database and other languages can hold


class NotPlain(ValueError):
    """Something that is not JSON. The message is Chinese and names the place."""


def plain(data: Any) -> dict[str, Any]:
    """A deep copy of a JSON object, so that the caller's later changes do not reach the instance. Raises
    NotPlain.
    """
    if not isinstance(data, Mapping):
        raise NotPlain("数据要是一组“名称: 值”，现在不是")
    return {_key(key, ""): _copy(value, str(key), 0) for key, value in data.items()}


def _copy(value: Any, place: str, depth: int) -> Any:
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is str:
        return _text(value, place)
    if kind is int and -MAX_INTEGER <= value < MAX_INTEGER:
        return value
    if kind is float and math.isfinite(value):
        return value
    if depth >= MAX_NESTING:
        raise NotPlain(f"数据“{place}”套得太深（最多 {MAX_NESTING} 层）")
    if kind is list:
        return [_copy(item, place, depth + 1) for item in value]
    if kind is dict:
        return {
            _key(key, place): _copy(item, f"{place}.{key}"[:80], depth + 1) for key, item in value.items()
        }
    if kind in (int, float):
        raise NotPlain(f"数据“{place}”里的数太大或不是数")
    raise NotPlain(f"数据“{place}”只能是文字、数、是否、列表或一组“名称: 值”，不能是 {kind.__name__}")


def _key(key: Any, place: str) -> str:
    if type(key) is not str or not key:
        raise NotPlain(f"数据{f'“{place}”' if place else ''}里的名称要是文字，现在是 {key!r:.40}")
    return _text(key, key[:40])


def _text(text: str, place: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NotPlain(f"数据“{place[:40].encode(errors='replace').decode()}”里有不完整的字符") from None
    if "\0" in text:
        raise NotPlain(f"数据“{place[:40]}”里有不能保存的空字符".replace("\0", "?"))
    return text
