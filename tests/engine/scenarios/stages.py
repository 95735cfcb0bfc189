"""Stages with a single step on them, for tests of what such a step can come to."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.execution import Task
from engine.scenarios.stage import Stage
from engine.scenarios.written import read
from tests.procedures import Flow, Node, folder, form

ROSTER = {"书记": ["甲"], "文书": ["乙"], "村务监督委员会主任": ["丙"], "委员": ["丁", "戊"]}
VOTERS = "村民代表"


def one_step(kind: str, forms: Mapping[str, bytes] | None = None, **settings: str) -> dict[str, bytes]:
    """开始 → 办 → 完; `办` is done by 书记."""
    properties = {"kind": kind, "key": "办"} | settings
    nodes = [
        Node("start", "startEvent", "开始", "书记"),
        Node("do", "userTask", "办", "书记", properties),
        Node("done", "endEvent", "完", "书记"),
    ]
    return folder("one", "一步", nodes, [Flow("start", "do"), Flow("do", "done")], forms or {}, "书记")


def stage(files: Mapping[str, bytes], voters: int = 9, **raw: Any) -> tuple[Stage, Task]:
    """The step of `one_step`, open."""
    roster = ROSTER | {VOTERS: [f"{VOTERS}{number}" for number in range(1, voters + 1)]}
    found = Stage(files, read({"roster": roster, **raw}, "试"))
    [task] = found.rehearsal.open_tasks()
    return found, task


def named_form(*fields: Mapping[str, Any]) -> dict[str, bytes]:
    return {"f": form(*fields)}


def rows_of(key: str, *fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "dynamiclist", "path": key, "label": key, "components": list(fields)}


def choice(key: str, options: Sequence[str], **more: Any) -> dict[str, Any]:
    values = [{"label": one, "value": one} for one in options]
    return {
        "type": "radio",
        "key": key,
        "label": key,
        "values": values,
        "validate": {"required": True},
    } | more
