"""What a draft says of itself in procedure.toml: title, level, who starts it, clauses, its key, and its parameters.

A name that also stands in the diagram or in the scenarios is changed there in the same transaction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine.diagram.folder import diagrams
from engine.diagram.parameter import read_parameter
from engine.diagram.procedure import LEVELS, TOML
from engine.diagram.rewriting import (
    parameter_users,
    process_id,
    startable,
    taken_ids,
    with_first_process,
    with_parameter_renamed,
    with_process_id,
)
from engine.diagram.toml import read_settings, with_parameter, with_settings, without_parameter
from engine.operations.draft_forms import readable_diagram
from engine.operations.drafts import change_files
from engine.refusal import Invalid, NotVisible
from engine.runtime import Runtime
from engine.scenarios import renaming

Files = Mapping[str, bytes]
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")  # it is an id in the diagram, which the editor has to read


def set_draft_settings(
    runtime: Runtime, actor_id: int, draft_id: str, values: Mapping[str, Any], seen: str | None
) -> int:
    """Write settings of procedure.toml, and into the diagram `first` (the id of the process a matter starts with) and
    `key` (the id of that process); the draft's revision.

    `values` holds only what shall change; None takes a setting away. `seen` is the digest of procedure.toml they were
    made from, None where there was none. Raises Invalid with the fields at fault, Overtaken, Forbidden, NotVisible.
    """
    settings = {name: value for name, value in values.items() if name not in ("key", "first")}
    key, first = values.get("key"), values.get("first")
    _require_settings(settings, key)

    def change(files: Files) -> Files:
        after = {**files, TOML: with_settings(files.get(TOML), settings)}
        after = after if first is None else {**after, **_with_first(files, first)}
        return after if key is None else {**after, **_with_key(after, key)}

    return change_files(runtime, actor_id, draft_id, change, {TOML: seen}, "改了设置")


def put_parameter(
    runtime: Runtime,
    actor_id: int,
    draft_id: str,
    name: str,
    table: Mapping[str, Any],
    *,
    before: str | None = None,
    seen: str | None = None,
) -> int:
    """A parameter with this table: a new one, or instead of the one called `before`; the draft's revision.

    Renaming changes the diagram's settings, times and conditions and the scenarios with it. With `seen` the settings
    must still be those somebody looked at. Raises Invalid with the fields at fault, Overtaken, Forbidden, NotVisible.
    """
    _require_parameter(name, table)

    def change(files: Files) -> Files:
        known = _parameters(files)
        if before is not None and before not in known:
            raise NotVisible("parameter-unknown", f"没有“{before}”这个参数，可能刚刚被别人改名或删除")
        if name != before and name in known:
            message = f"已经有一个叫“{name}”的参数，请换一个名字"
            raise Invalid("parameter-exists", message, {"name": message})
        after = {**files, TOML: with_parameter(files.get(TOML), name, table, before)}
        return after if before in (None, name) else {**after, **_renamed_elsewhere(files, str(before), name)}

    note = f"新建参数 {name}" if before is None else f"改了参数 {before}"
    return change_files(runtime, actor_id, draft_id, change, {TOML: seen} if seen else {}, note)


def remove_parameter(runtime: Runtime, actor_id: int, draft_id: str, name: str, seen: str) -> int:
    """Take a parameter away that nothing reads. Raises Invalid naming the steps that read it, Overtaken, NotVisible."""

    def change(files: Files) -> Files:
        if name not in _parameters(files):
            raise NotVisible("parameter-unknown", f"没有“{name}”这个参数，可能刚刚被别人改名或删除")
        with readable_diagram():
            places = [
                label for file in diagrams(files) for _, label in parameter_users(files[file]).get(name, [])
            ]
        if places:
            where = "”“".join(dict.fromkeys(places))
            raise Invalid("parameter-in-use", f"“{where}”正用着这个参数，请先在流程图里换掉，再来删除")
        return {**files, TOML: without_parameter(files[TOML], name)}

    return change_files(runtime, actor_id, draft_id, change, {TOML: seen}, f"删了参数 {name}")


# ---------------------------------------------------------------- parts


def _require_settings(settings: Mapping[str, Any], key: str | None) -> None:
    wrong: dict[str, str] = {}
    title = settings.get("title")
    if "title" in settings and (not isinstance(title, str) or not title.strip() or len(title) > 100):
        wrong["title"] = "请写名称，最多 100 个字"
    if "level" in settings and settings["level"] not in LEVELS:
        wrong["level"] = f"请在{'、'.join(LEVELS)}里选一级"
    if len(settings.get("summary") or "") > 2_000:
        wrong["summary"] = "简介最多 2000 个字"
    for name in ("starters", "clauses", "inputs"):
        words = settings.get(name) or []
        if any(not isinstance(word, str) or not word.strip() or len(word) > 64 for word in words):
            wrong[name] = "每一项最多 64 个字，不能是空的"
    if key is not None and not _KEY.fullmatch(key):
        wrong["key"] = "标识只能用字母、数字和横线，以字母开头，最多 64 个字"
    if wrong:
        raise Invalid("bad-settings", "有几处要改一改，改好再保存。", wrong)


def _with_first(files: Files, first: str) -> Files:
    changed = {}
    for file in diagrams(files):
        with readable_diagram():
            if first not in dict(startable(files[file])):
                message = "流程图里没有这个流程了，可能刚刚被人删去，请重新选"
                raise Invalid("no-such-process", message, {"first": message})
            changed[file] = with_first_process(files[file], first)
    return changed


def _with_key(files: Files, key: str) -> Files:
    changed = {}
    for file in diagrams(files):
        with readable_diagram():
            if process_id(files[file]) == key:
                continue
            if key in taken_ids(files[file]):
                message = "流程图里已经有一处用了这个标识，请换一个"
                raise Invalid("key-taken", message, {"key": message})
            changed[file] = with_process_id(files[file], key)
    return changed


def _require_parameter(name: str, table: Mapping[str, Any]) -> None:
    _, problems = read_parameter(name, table)
    wrong: dict[str, str] = {}
    for problem in problems:
        wrong.setdefault(problem.part, problem.beside)
    if len(name) > 40:
        wrong["name"] = "参数名最多 40 个字"
    if not str(table.get("title", "")).strip():
        wrong["title"] = "请写清楚这个数管什么，如“公示几天”"
    if wrong:
        raise Invalid("bad-parameter", "有几处要改一改，改好再保存。", wrong)


def _parameters(files: Files) -> Mapping[str, Any]:
    known = read_settings(files.get(TOML)).get("parameters", {})
    return known if isinstance(known, Mapping) else {}


def _renamed_elsewhere(files: Files, before: str, name: str) -> Files:
    """The diagram and the scenarios with the parameter's new name."""
    with readable_diagram():
        changed = {file: with_parameter_renamed(files[file], before, name) for file in diagrams(files)}
    return changed | renaming.with_parameter_renamed(files, before, name)
