"""Values of JSON and TOML files as people read them, and files that are compared line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from engine.diagram.comparison.change import Detail

MOST_LINES = 40  # of a file, that are shown
MOST = 4_000_000  # comparisons of lines; longer files are told by their size


def shown(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None or value == "" or value == [] or value == {}:
        return "（空）"
    if isinstance(value, list):
        return "、".join(map(shown, value))
    if isinstance(value, Mapping):
        return "，".join(f"{name} = {shown(one)}" for name, one in value.items())
    return str(value).strip()


def flattened(table: Mapping[str, Any]) -> dict[str, Any]:
    """Tables inside tables by their path; lists stay whole."""
    found: dict[str, Any] = {}
    pending: list[tuple[str, Any]] = [(str(key), value) for key, value in reversed(list(table.items()))]
    while pending:
        path, value = pending.pop()
        if isinstance(value, Mapping) and value:
            pending += [(f"{path}.{key}", one) for key, one in reversed(list(value.items()))]
        else:
            found[path] = value
    return found


def differing(
    before: Mapping[str, Any], after: Mapping[str, Any], titles: Mapping[str, str]
) -> Iterator[Detail]:
    """What differs between two tables, by path; what has no title of its own is called by its path."""
    old, new = flattened(before), flattened(after)
    for path in dict.fromkeys((*old, *new)):
        if old.get(path) != new.get(path) or type(old.get(path)) is not type(new.get(path)):
            was, now = ("" if path not in one else shown(one[path]) for one in (old, new))
            if was == now:
                was, now = repr(old.get(path)), repr(new.get(path))
            yield Detail(titles.get(path, path), was, now)


def lines(before: bytes, after: bytes) -> tuple[Detail, ...]:
    """What differs between two files nobody can read more closely."""
    try:
        old, new = before.decode("utf-8-sig").splitlines(), after.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return (Detail("内容", _size(before), f"{_size(after)}，内容不同"),)
    if len(old) * len(new) > MOST:
        return (Detail("内容", f"{len(old)} 行", f"{len(new)} 行，内容不同"),)
    found = []
    for how, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if how != "equal":
            was, now = ("\n".join(line.strip() for line in part).strip() for part in (old[a:b], new[c:d]))
            found.append(
                Detail(f"第 {(a if how == 'delete' else c) + 1} 行", was, now) if was != now else None
            )
    told = [one for one in found if one is not None]
    left = len(told) - MOST_LINES
    return (*told[:MOST_LINES], *((Detail(f"另有 {left} 处不同"),) if left > 0 else ()))


def _size(data: bytes) -> str:
    return f"{len(data):,} 字节"
