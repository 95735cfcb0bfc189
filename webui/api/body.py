"""Reading a request's JSON strictly: what is ambiguous or cannot be stored is refused, never guessed."""

import json
import math
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from engine.refusal import Refusal

MAX_BYTES = 1 << 20
MAX_DEPTH = 24
MAX_INTEGER = 2**53 - 1  # beyond it, JSON readers in other languages lose digits
UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # PostgreSQL stores neither


class Unreadable(Refusal):
    """The body is not JSON we can take (400)."""

    status = 400


def parse(raw: bytes) -> Any:
    """The value `raw` stands for. Raises Unreadable: a code, and what to mend in Chinese."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("bad-encoding", "请求的内容不是 UTF-8 编码，请改用 UTF-8 再提交") from None
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_constant, parse_float=_finite)
    except RecursionError:
        raise _too_deep() from None
    except ValueError:  # not JSON, or an integer of thousands of digits
        raise Unreadable("bad-json", "请求的内容不是正确的 JSON，请检查括号、引号和逗号") from None
    _check(value)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        # Which of the two counts differs between readers; a proxy in front may have checked the other one.
        raise Unreadable("duplicate-key", "请求的内容里同一个键写了两次，请只留一个")
    return value


def _constant(name: str) -> NoReturn:
    raise Unreadable("bad-number", f"“{name}”不是 JSON 里的数字，请填写普通数字")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Unreadable("bad-number", "有一个数字太大了，请检查")
    return number


def _check(value: Any) -> None:
    """Depth, integers and characters, without recursion: the value comes from outside."""
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for item in level:
            below.extend(_parts(item))
        if not below:
            return
        level = below
    raise _too_deep()


def _parts(item: Any) -> Iterable[Any]:
    if isinstance(item, dict):
        for key in item:
            _check_text(key)
        return item.values()
    if isinstance(item, list):
        return item
    if isinstance(item, str):
        _check_text(item)
    elif isinstance(item, int) and abs(item) > MAX_INTEGER:
        raise Unreadable("bad-number", "有一个整数太大了，请改成文字或检查位数")
    return ()


def _check_text(text: str) -> None:
    if UNSTORABLE.search(text):
        raise Unreadable("bad-text", "文字里有不能保存的字符（空字符或半个字符），请删掉后再提交")


def _too_deep() -> Unreadable:
    return Unreadable("too-deep", f"请求的内容嵌套太深，最多 {MAX_DEPTH} 层")
