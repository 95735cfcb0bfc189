"""Names that changed in the drawing, changed in the scenarios too: of steps, endings, results and parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from tomlkit import TOMLDocument, dumps, parse
from tomlkit.exceptions import TOMLKitError

from engine.diagram import DiagramError
from engine.diagram import source as xml
from engine.diagram.folder import diagram_of
from engine.diagram.reader import clean_name, read_properties

Files = Mapping[str, bytes]
FOLDER = "scenarios/"


@dataclass(frozen=True)
class Renames:
    """What scenarios must be told, old → new: `called`, names in the drawing; `keys`, names of results."""

    called: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.called or self.keys)

    @property
    def told(self) -> dict[str, str]:
        """As people read them: a step and its result often have one name."""
        return {**self.keys, **self.called}


def renames(before: Files, after: Files) -> Renames:
    """What the scenarios of `after` still call by its name in `before`. Elements are the same by their id.

    A name that several elements had, or that something has still, is left to a person.
    """
    (labels, keys), (new_labels, new_keys) = _names(before), _names(after)
    called, results = _changed(labels, new_labels), _changed(keys, new_keys)
    heard = [_heard(after[file]) for file in _scenarios(after)]
    words: set[str] = set().union(*(names for names, _ in heard))
    paths: set[str] = set().union(*(keys for _, keys in heard))
    seen = {*labels.values(), *new_labels.values()}
    # A step may be called by its key, too, unless something has that for a name.
    as_step = {key: becomes for key, becomes in results.items() if key not in seen}
    return Renames(
        {name: becomes for name, becomes in (as_step | called).items() if name in words},
        {key: becomes for key, becomes in results.items() if key in paths},
    )


def renamed(files: Files, names: Renames) -> dict[str, bytes]:
    """The folder with these names changed in its scenarios; their comments and order stay."""
    return {**files, **{file: _renamed(files[file], names) for file in _scenarios(files)}}


def with_parameter_renamed(files: Files, before: str, name: str) -> dict[str, bytes]:
    """The scenarios among these files, choosing the parameter under its new name."""
    return {file: _with_parameter(files[file], before, name) for file in _scenarios(files)}


# ---------------------------------------------------------------- what changed


def _names(files: Files) -> tuple[dict[str, str], dict[str, str]]:
    """Of the diagram's elements, by id: the names of those that have one, and what their results are called."""
    file = diagram_of(files)
    try:
        root = xml.parse(files[file]) if file is not None else None
    except DiagramError:
        root = None
    labels: dict[str, str] = {}
    keys: dict[str, str] = {}
    for process in root.iter(xml.bpmn("process")) if root is not None else ():
        for element in process.iter("*"):
            id, name = str(element.get("id") or ""), clean_name(element.get("name"))
            if not id or element.tag in (xml.bpmn("lane"), xml.bpmn("sequenceFlow"), process.tag):
                continue
            keys[id] = read_properties(element).get("key") or id
            if name is not None:
                labels[id] = name
    return labels, keys


def _changed(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    shared = Counter(old.values())
    return {
        name: new[id]
        for id, name in old.items()
        if id in new and new[id] != name and shared[name] == 1 and name not in new.values()
    }


# ---------------------------------------------------------------- through a scenario

Change = Callable[[str], str]


def _scenarios(files: Files) -> list[str]:
    return [file for file in sorted(files) if file.startswith(FOLDER) and file.endswith(".toml")]


def _heard(data: bytes) -> tuple[set[str], set[str]]:
    """The names a scenario calls steps and endings by, and those of the results it looks at."""
    words: set[str] = set()
    paths: set[str] = set()

    _through(data, _noting(words), _noting(paths))
    return words, paths


def _noting(heard: set[str]) -> Change:
    def note(name: str) -> str:
        heard.add(name)
        return name

    return note


def _renamed(data: bytes, names: Renames) -> bytes:
    words, paths = _heard(data)
    if not (names.called.keys() & words or names.keys.keys() & paths):
        return data  # to the byte
    called, keyed = names.called, names.keys
    document = _through(data, lambda name: called.get(name, name), lambda key: keyed.get(key, key))
    return dumps(document).encode() if document is not None else data


def _with_parameter(data: bytes, before: str, name: str) -> bytes:
    document = _read(data)
    chosen = document.get("parameters") if document is not None else None
    if document is None or not _table(chosen) or before not in chosen:
        return data
    chosen[name] = chosen.pop(before)
    return dumps(document).encode()


def _read(data: bytes) -> TOMLDocument | None:
    try:
        return parse(data.decode("utf-8-sig"))
    except (TOMLKitError, UnicodeDecodeError, RecursionError):
        return None  # its own check says that it cannot be read


def _through(data: bytes, called: Change, keyed: Change) -> TOMLDocument | None:
    """The scenario with every name of a step or an ending passed through `called`, and every name of a result through
    `keyed`; None where it cannot be read.
    """
    document = _read(data)
    if document is None:
        return None
    for table, keys in _tables(document):
        for key in keys:
            value = table.get(key)
            if isinstance(value, str):
                _put(table, key, called(str(value)))
            elif isinstance(value, list):
                for index, each in enumerate(value):
                    if isinstance(each, str):
                        _put(value, index, called(str(each)))
    expect = document.get("expect")
    if _table(expect):
        for part in ("data", "done_by"):
            _through_paths(expect.get(part), keyed)
    return document


def _through_paths(paths: Any, keyed: Change) -> None:
    """What came of a step stands under a path that begins with the name of its result: `支出.金额`."""
    for path in list(paths) if _table(paths) else ():
        key, dot, rest = str(path).partition(".")
        if (becomes := keyed(key)) != key:
            paths[f"{becomes}{dot}{rest}"] = paths.pop(path)


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


def _table(value: Any) -> TypeGuard[MutableMapping[str, Any]]:
    return isinstance(value, MutableMapping)
