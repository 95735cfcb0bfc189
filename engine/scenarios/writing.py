"""A scenario written down: TOML as a designer would have written it, and as engine.scenarios.written reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.items import InlineTable, Item, Table

ORDER = ("title", "story", "begins", "roster", "households", "parameters", "calendar", "data")
STEP = (
    "by",
    "does",
    "action",
    "entered_by",
    "wait",
    "message",
    "signal",
    "error",
    "refused",
    "result",
    "data",
)
SHORT = 100  # characters of a table that stands in one line
_TITLE = re.compile(r"^title[ \t]*=.*$", re.MULTILINE)
_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)


def write(raw: Mapping[str, Any]) -> str:
    """The text of a scenario, from what engine.scenarios.written.read takes; empty parts are left out."""
    document = tomlkit.document()
    for name in ORDER:
        value = raw.get(name)
        if value in (None, "", {}, []):
            continue
        if name == "story":
            document.add(name, tomlkit.string(str(value).strip().replace("\r", "") + "\n", multiline=True))
        else:
            document.add(name, _table(value) if isinstance(value, Mapping) else _item(value))
    steps = tomlkit.aot()
    for step in raw.get("step", ()):
        steps.append(_step(step))
    document.add("step", steps)
    expect = raw.get("expect") or {}
    if expect:
        document.add("expect", _expect(expect))
    return tomlkit.dumps(document)


def retitled(text: str, title: str) -> str:
    """The same scenario called otherwise; comments and everything else stay as they were written."""
    line = f"title = {_item(title).as_string()}"
    table = _TABLE.search(text)
    end = table.start() if table else len(text)  # the title stands above all tables
    if _TITLE.search(text, 0, end):
        return _TITLE.sub(lambda found: line, text[:end], count=1) + text[end:]
    return f"{line}\n{text}"


def short_roster(roster: Mapping[str, Sequence[str]], shared: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What differs from the folder's roster; people who are called by their number as that number."""
    changed = {
        post: list(people) for post, people in roster.items() if list(people) != list(shared.get(post, ()))
    }
    gone: dict[str, Sequence[str]] = {post: [] for post in shared if post not in roster}
    return {post: _people(post, people) for post, people in (changed | gone).items()}


def _people(post: str, people: Sequence[str]) -> Any:
    numbered = [f"{post}{number}" for number in range(1, len(people) + 1)]
    if len(people) > 1 and list(people) == numbered:
        return len(people)
    return people[0] if len(people) == 1 else list(people)


# ---------------------------------------------------------------- parts


def _step(step: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    names = [name for name in STEP if name in step] + [name for name in step if name not in STEP]
    last = [name for name in names if isinstance(step[name], Mapping) and not _fits(name, step[name])]
    for name in [*(name for name in names if name not in last), *last]:
        value = step[name]
        table.add(name, _table(value) if name in last else _item(value))
    return table


def _expect(expect: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    for name in ("outcome", "path", "not_passed"):
        if expect.get(name):
            table.add(name, _item(expect[name]))
    for name in ("data", "done_by"):
        if expect.get(name):
            table.add(name, _table(expect[name]))
    return table


def _fits(name: str, value: Any) -> bool:
    return len(name) + len(_item(value).as_string()) <= SHORT


def _table(values: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    for name, value in values.items():
        table.add(_key(name), _item(value))
    return table


def _item(value: Any) -> Item:
    if isinstance(value, Mapping):
        inline: InlineTable = tomlkit.inline_table()
        for name, one in value.items():
            if one is not None:  # TOML has no word for nothing
                inline.append(_key(name), _item(one))
        return inline
    if isinstance(value, list | tuple):
        array = tomlkit.array()
        array.extend(_item(one) for one in value if one is not None)
        return array
    item: Item = tomlkit.item(value)
    return item


def _key(name: str) -> tomlkit.items.Key:
    """Always quoted: Chinese must be, and a path keeps its dots."""
    return tomlkit.items.SingleKey(name, tomlkit.items.KeyType.Basic)
