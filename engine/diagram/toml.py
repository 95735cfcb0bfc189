"""procedure.toml as a program writes it: what a person wrote there, comments and order, stays where it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AbstractTable, Array, Item

from engine.diagram.procedure import TOML
from engine.handed_in import NotReadable, toml
from engine.refusal import Invalid

ORDER = ("title", "level", "starters", "summary", "public", "clauses", "inputs")
PARAMETER_ORDER = (
    ("title", "type", "unit", "default", "minimum", "maximum"),
    ("choices", "clause", "law", "note"),
)
_LINE = 96  # characters of a list before it gets a line for each few words


def with_settings(data: bytes | None, values: Mapping[str, Any]) -> bytes:
    """procedure.toml with these settings; None takes one away. Raises Invalid for a file that cannot be read."""
    document = _read(data)
    for key in sorted(values, key=lambda key: ORDER.index(key) if key in ORDER else len(ORDER)):
        _put(document, key, values[key])
    return _written(document)


def with_parameter(data: bytes | None, name: str, table: Mapping[str, Any], before: str | None) -> bytes:
    """procedure.toml with this parameter in it: in the place of the one called `before`, or as the last.

    Of an existing one only what has changed is written. Raises Invalid.
    """
    if before is not None and before != name:
        data = _renamed(data or b"", before, name)
    document = _read(data)
    parameters = _parameters(document)
    target = parameters.get(name)
    if not isinstance(target, AbstractTable):
        target = tomlkit.table()
        parameters[name] = target
        target = parameters[name]
    for key in [key for key in target if key not in table]:
        del target[key]
    for group in PARAMETER_ORDER:
        for key in group:
            if key in table:
                _put(target, key, table[key])
    return _written(document)


def without_parameter(data: bytes, name: str) -> bytes:
    """procedure.toml without this parameter. The heading of the section behind it stays. Raises Invalid."""
    document = _read(data)
    parameters = _parameters(document)
    if name not in parameters:
        return data
    lost = _heading_behind(parameters[name])
    following = list(parameters)[list(parameters).index(name) + 1 :]
    del parameters[name]
    text = tomlkit.dumps(document)
    if lost and following:
        text = _header(following[0]).sub(lambda match: lost + match.group(0), text, count=1)
    return text.encode()


def read_settings(data: bytes | None) -> dict[str, Any]:
    """What the file says, as plain values. Raises Invalid for a file that cannot be read."""
    return dict(_read(data).unwrap())


# ---------------------------------------------------------------- parts


def _read(data: bytes | None) -> tomlkit.TOMLDocument:
    try:
        toml(data or b"")  # which refuses what tomlkit takes and nobody can go on with
        return tomlkit.parse((data or b"").decode("utf-8-sig"))
    except (TOMLKitError, NotReadable):
        raise Invalid(
            "bad-toml",
            f"{TOML} 现在读不懂，改不了设置。请在“历史”里回到能读的那一次，或者下载下来改好再上传",
        ) from None


def _written(document: tomlkit.TOMLDocument) -> bytes:
    return tomlkit.dumps(document).encode()


def _parameters(document: tomlkit.TOMLDocument) -> Any:
    if "parameters" not in document:
        document["parameters"] = tomlkit.table(is_super_table=True)
    parameters = document["parameters"]
    if not isinstance(parameters, Mapping):
        raise Invalid("bad-parameters", f"{TOML} 里的 parameters 写错了，请下载下来改好再上传")
    return parameters


def _put(table: Any, key: str, value: Any) -> None:
    """Write one value, unless the very same stands there already: then its comment and its spelling stay."""
    if value is None:
        table.pop(key, None)
        return
    now = table.get(key)
    now = now.unwrap() if isinstance(now, Item) else now
    if now == value and type(now) is type(value):
        return
    table[key] = _item(value)


def _item(value: Any) -> Any:
    if isinstance(value, str) and "\n" in value:
        return tomlkit.string(value.replace("\r", ""), multiline=True)
    if isinstance(value, list | tuple):
        array: Array = tomlkit.array()
        array.extend(list(value))
        return array.multiline(sum(len(str(word)) + 4 for word in value) > _LINE)
    return tomlkit.item(value)


def _header(name: str) -> re.Pattern[str]:
    """The line `[parameters."名字"]` in any of its spellings."""
    spellings = "|".join(
        [re.escape(f'"{name}"'), re.escape(f"'{name}'"), *([name] if re.fullmatch(r"[\w-]+", name) else [])]
    )
    return re.compile(rf"^([ \t]*\[[ \t]*parameters[ \t]*\.[ \t]*)(?:{spellings})([ \t]*\])", re.MULTILINE)


def _renamed(data: bytes, before: str, name: str) -> bytes:
    """The parameter's header with another name, in its place; where it is written otherwise, moved to the end."""
    document = _read(data)
    parameters = _parameters(document)
    if before not in parameters:
        return data
    wanted = document.unwrap()["parameters"]
    wanted = {name if key == before else key: value for key, value in wanted.items()}
    text = tomlkit.dumps(document)
    renamed = _header(before).sub(lambda match: f'{match[1]}"{name}"{match[2]}', text, count=1)
    if _read(renamed.encode()).unwrap().get("parameters") == wanted:
        return renamed.encode()
    moved = parameters.pop(before)
    parameters[name] = moved
    return _written(document)


def _heading_behind(table: Any) -> str:
    """The comments at the end of a table: the heading of what comes after it."""
    text = tomlkit.dumps(table) if isinstance(table, Mapping) else ""
    lines: list[str] = []
    for line in reversed(text.splitlines()):
        if line.strip() and not line.lstrip().startswith("#"):
            break
        lines.insert(0, line)
    kept = "\n".join(lines).strip("\n")
    return f"{kept}\n\n" if kept else ""
