"""TOML and JSON that people hand in: what cannot be read is one kind of error, and what is read can be worked with.

Parsers take more than a program can go on with: numbers of thousands of digits, tables a thousand deep, halves of
characters that no database stores.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Iterable
from typing import Any

MAX_DEPTH = 40
MAX_INTEGER = 10**18
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class NotReadable(ValueError):
    """The message is Chinese and says what to mend."""


def toml(text: bytes | str) -> dict[str, Any]:
    """Raises NotReadable."""
    decoded = _decoded(text)
    try:
        found = tomllib.loads(decoded)
    except tomllib.TOMLDecodeError as error:
        raise NotReadable(str(error)) from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise _too_big() from None
    _check(found)
    return found


def json_value(text: bytes | str) -> Any:
    """Raises NotReadable."""
    decoded = _decoded(text)
    try:
        found = json.loads(decoded)
    except json.JSONDecodeError as error:
        raise NotReadable(f"第 {error.lineno} 行的格式不对") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise _too_big() from None
    _check(found)
    return found


def _decoded(text: bytes | str) -> str:
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotReadable("文件不是 UTF-8 编码，请另存为 UTF-8") from None


def _check(value: Any) -> None:
    """Without recursion."""
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        level = [part for each in level for part in _parts(each)]
        if not level:
            return
    raise _too_deep()


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, list):
        return value
    if isinstance(value, str) and _UNSTORABLE.search(value):
        raise NotReadable("文字里有不能保存的字符（空字符或半个字符），请删掉")
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise _too_big()
    if isinstance(value, float) and not math.isfinite(value):
        raise _no_number(str(value))
    return ()


def _no_number(word: str) -> NotReadable:
    return NotReadable(f"{word} 不是数字，请填写普通数字")


def _too_big() -> NotReadable:
    return NotReadable("有一个数太大了，请检查位数")


def _too_deep() -> NotReadable:
    return NotReadable(f"内容一层套一层，套得太深：最多 {MAX_DEPTH} 层")
