"""Two states of a procedure's folder compared: what was added, removed, changed and moved, in words.

A folder may be wrong in every way that can be stored. What cannot be read is compared line by line, and a file that
differs in nothing but its writing says so: nothing that differs is passed over in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from engine.diagram.comparison import diagram, forms, plain, scenarios, settings
from engine.diagram.comparison.change import ACTIONS, PARTS, Action, Change, Comparison, Detail, Part
from engine.diagram.comparison.texts import Piece
from engine.diagram.finding import DiagramError
from engine.diagram.folder import diagram_of
from engine.diagram.procedure import TOML
from engine.diagram.source import Element, parse
from engine.diagram.titles import form_titles
from engine.handed_in import json_value, toml

__all__ = [
    "ACTIONS",
    "PARTS",
    "Action",
    "Change",
    "Comparison",
    "Detail",
    "Part",
    "Piece",
    "compare",
]

Files = Mapping[str, bytes]
ROSTER = "scenarios/roster.toml"
_WRITING = Detail("只是写法（空格、换行、先后）不同，没有比出内容上的不同")


def compare(before: Files, after: Files) -> Comparison:
    """What has become of a folder; by names of files with their contents. Never raises for bad content."""
    old, new = _diagrams(before, after)
    changes = [*_diagram(before, after, old, new)]
    using = _using(before.get(old or "")) | _using(after.get(new or ""))
    for name in sorted((set(before) | set(after)) - {old, new}):
        changes += _file(name, before.get(name), after.get(name), using)
    order = list(PARTS)
    return Comparison(tuple(sorted(changes, key=lambda change: order.index(change.part))))


# ---------------------------------------------------------------- the diagram


def _diagrams(before: Files, after: Files) -> tuple[str | None, str | None]:
    """The diagram's file on either side: the same on both where it can be, else the first."""
    old, new = diagram_of(before), diagram_of(after)
    if old in after:
        return old, old
    return (new, new) if new in before else (old, new)


def _diagram(before: Files, after: Files, old: str | None, new: str | None) -> Iterator[Change]:
    was, now = before.get(old or ""), after.get(new or "")
    if old and new and old != new:
        yield Change("diagram", "changed", "流程图的文件名", "", (Detail("文件名", old, new),))
    if was == now:
        return
    try:
        roots = _root(was), _root(now)
    except DiagramError as error:
        yield from _unreadable("diagram", "流程图", new or old or "", was, now, str(error))
        return
    found = list(diagram.compared(*roots))
    yield from found
    if not found:
        yield _only_writing("diagram", "流程图", new or old or "", was, now)


def _root(data: bytes | None) -> Element | None:
    return None if data is None else parse(data)


def _using(data: bytes | None) -> dict[str, str]:
    """Forms by name, as people call them: `填报支出（tianbao）`."""
    titles = form_titles([data] if data is not None else [])
    return {form: form if title == form else f"{title}（{form}）" for form, title in titles.items()}


# ---------------------------------------------------------------- other files


def _file(name: str, before: bytes | None, after: bytes | None, using: Mapping[str, str]) -> Iterator[Change]:
    if before == after:
        return
    part, what = _kind(name)
    label = using.get(PurePosixPath(name).stem, PurePosixPath(name).stem) if what == "表单" else name
    if what not in _READERS:
        yield from _unreadable(part, what, name, before, after)
        return
    try:
        found = list(_READERS[what](label, _parsed(name, before), _parsed(name, after)))
    except ValueError:
        yield from _unreadable(part, what, label, before, after)
        return
    yield from found or [_only_writing(part, what, label, before, after)]


def _kind(name: str) -> tuple[Part, str]:
    path = PurePosixPath(name)
    if name == TOML:
        return "parameters", "流程的设置"
    if path.parts[:1] == ("forms",) and path.suffix == ".json":
        return "forms", "表单"
    if path.parts[:1] == ("scenarios",) and path.suffix == ".toml":
        return "others", "情形"
    return "others", "文书模板" if path.suffix in (".docx", ".xlsx") else "文件"


def _parsed(name: str, data: bytes | None) -> Mapping[str, Any] | None:
    """Raises ValueError where it cannot be read."""
    if data is None:
        return None
    found = json_value(data) if name.endswith(".json") else toml(data)
    if not isinstance(found, dict):
        raise ValueError(name)
    return found


Table = Mapping[str, Any] | None


def _settings(name: str, before: Table, after: Table) -> Iterator[Change]:
    yield from settings.compared(before or {}, after or {})


def _form(label: str, before: Table, after: Table) -> Iterator[Change]:
    if before is None or after is None:
        yield forms.whole("added" if before is None else "removed", label, after or before or {})
    else:
        yield from forms.compared(label, before, after)


def _scenario(name: str, before: Table, after: Table) -> Iterator[Change]:
    title = (after or before or {}).get("title")
    label = title if isinstance(title, str) and title else PurePosixPath(name).stem
    label = "各情形共用的人物" if name == ROSTER else label
    if before is None or after is None:
        yield Change("others", "added" if before is None else "removed", "情形", label)
    else:
        yield from scenarios.compared(label, before, after)


_READERS = {"流程的设置": _settings, "表单": _form, "情形": _scenario}


def _unreadable(
    part: Part, what: str, name: str, before: bytes | None, after: bytes | None, why: str = ""
) -> Iterator[Change]:
    """A file compared as the text it is."""
    if before is None or after is None:
        yield Change(part, "added" if before is None else "removed", what, name)
        return
    told = (Detail(f"有一边读不懂，只能一行一行地比（{why}）"),) if why else ()
    yield Change(part, "changed", what, name, (*told, *(plain.lines(before, after) or (_WRITING,))))


def _only_writing(part: Part, what: str, name: str, before: bytes | None, after: bytes | None) -> Change:
    if before is None or after is None:
        return Change(part, "added" if before is None else "removed", what, name)
    return Change(part, "changed", what, name, (_WRITING,))
