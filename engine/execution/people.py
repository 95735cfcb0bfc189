"""People in what a rehearsal hands in: a designer writes names, the rules work with numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine import forms as form_rules
from engine.execution.error import ExecutionError
from engine.execution.roster import Roster


def numbered(schema: Mapping[str, Any], data: Mapping[str, Any], roster: Roster) -> dict[str, Any]:
    """The data with people's numbers in the fields that pick people. Raises ExecutionError for an unknown name.

    In a field for several, `20` stands for the first twenty of those it offers, and `{村民代表 = 19}` for the first
    nineteen of these.
    """
    result = dict(data)
    for component in form_rules.fields(schema):
        key = form_rules.key_of(component)
        if key not in result:
            continue
        offered = form_rules.designations_of(component)
        if component.get("type") == "dynamiclist" and isinstance(result[key], list):
            result[key] = [
                numbered(component, row, roster) if isinstance(row, Mapping) else row for row in result[key]
            ]
        elif offered:
            several = component.get("type") in ("checklist", "taglist")
            result[key] = _several(result[key], offered, roster) if several else _one(result[key], roster)
        elif component.get("type") == "number" and result[key] in roster.names:
            result[key] = _one(result[key], roster)  # somebody who need not hold anything (受托人)
    return result


def _one(value: Any, roster: Roster) -> Any:
    return roster.number(value) if isinstance(value, str) and value else value


def _several(value: Any, offered: Sequence[str], roster: Roster) -> Any:
    if isinstance(value, bool) or value in (None, ""):
        return value
    if isinstance(value, int):
        everybody = list(dict.fromkeys(person for name in offered for person in roster.holders(name)))
        return _first(everybody, value, "、".join(offered))
    if isinstance(value, Mapping):
        found = [
            person for name, count in value.items() for person in _first(roster.holders(name), count, name)
        ]
        return list(dict.fromkeys(found))
    names = value if isinstance(value, list) else [value]
    return [_one(name, roster) for name in names]


def _first(people: list[int], count: Any, of: str) -> list[int]:
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise ExecutionError(f"{of}有几人要写人数，例如 19")
    if len(people) < count:
        raise ExecutionError(f"名单里{of}只有 {len(people)} 人，写的是 {count} 人")
    return people[:count]
