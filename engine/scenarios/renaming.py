"""Names that changed in the drawing, changed in the scenarios too, which call steps and endings by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from tomlkit import dumps, parse
from tomlkit.exceptions import TOMLKitError

from engine.diagram import DiagramError
from engine.diagram import source as xml

Files = Mapping[str, bytes]
FOLDER = "scenarios/"


def renames(before: Files, after: Files) -> dict[str, str]:
    """What the scenarios of `after` still call by its name in `before`: {old: new}. Elements are the same by their id.

    A name that several elements had, or that something has still, is left to a person.
    """
    old, new = _names(before), _names(after)
    shared = Counter(old.values())
    changed = {
        name: new[id]
        for id, name in old.items()
        if id in new and new[id] and new[id] != name and shared[name] == 1 and name not in new.values()
    }
    mentioned = {name for file in _scenarios(after) for name in _mentioned(after[file])}
    return {name: becomes for name, becomes in changed.items() if name in mentioned}


def renamed(files: Files, names: Mapping[str, str]) -> dict[str, bytes]:
    """The folder with these names changed in its scenarios; their comments and order stay."""
    return {**files, **{file: _renamed(files[file], names) for file in _scenarios(files)}}


def _scenarios(files: Files) -> list[str]:
    return [file for file in sorted(files) if file.startswith(FOLDER) and file.endswith(".toml")]


def _names(files: Files) -> dict[str, str]:
    """Names of the diagram's elements that have one, by id."""
    file = next((name for name in sorted(files) if name.endswith(".bpmn") and "/" not in name), None)
    try:
        root = xml.parse(files[file]) if file is not None else None
    except DiagramError:
        return {}
    if root is None:
        return {}
    found = {}
    for process in root.iter(xml.bpmn("process")):
        for element in process.iter("*"):
            id, name = element.get("id"), " ".join((element.get("name") or "").split())
            if id and name and element.tag not in (xml.bpmn("lane"), xml.bpmn("sequenceFlow"), process.tag):
                found[str(id)] = name
    return found


def _mentioned(data: bytes) -> set[str]:
    found: set[str] = set()

    def note(name: str) -> str:
        found.add(name)
        return name

    _through(data, note)
    return found


def _renamed(data: bytes, names: Mapping[str, str]) -> bytes:
    if not names.keys() & _mentioned(data):
        return data
    return dumps(_through(data, lambda name: names.get(name, name))).encode()


def _through(data: bytes, change: Any) -> Any:
    """The scenario with every name of a step or an ending passed through `change`; None where it cannot be read."""
    try:
        document = parse(data.decode("utf-8-sig"))
    except (TOMLKitError, UnicodeDecodeError):
        return None  # its own check says that it cannot be read
    for table, keys in _tables(document):
        for key in keys:
            value = table.get(key)
            if isinstance(value, str):
                _put(table, key, change(str(value)))
            elif isinstance(value, list):
                for index, each in enumerate(value):
                    if isinstance(each, str):
                        _put(value, index, change(str(each)))
    _through_doers(document.get("expect"), change)
    return document


def _through_doers(expect: Any, change: Any) -> None:
    """Who did which step: the steps are the keys."""
    done_by = expect.get("done_by") if _table(expect) else None
    if not _table(done_by) or done_by is None:
        return
    for name in list(done_by):
        if change(str(name)) != name:
            done_by[change(str(name))] = done_by.pop(name)


def _put(holder: Any, key: Any, text: str) -> None:
    """Only what differs is written: what stays keeps its spelling."""
    if holder[key] != text:
        holder[key] = text


def _tables(document: Mapping[str, Any]) -> Iterator[tuple[Any, tuple[str, ...]]]:
    steps = document.get("step")
    for step in steps if isinstance(steps, list) else []:
        if _table(step):
            yield step, ("does", "then", "overdue")
    if _table(document.get("expect")):
        yield document["expect"], ("outcome", "path", "not_passed")


def _table(value: Any) -> bool:
    return isinstance(value, MutableMapping)
