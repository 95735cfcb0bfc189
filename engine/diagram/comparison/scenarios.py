"""Scenarios compared: the story, the people, what happens step by step, what must come of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from engine.diagram.comparison.change import Change, Detail
from engine.diagram.comparison.plain import differing, shown

_TITLES = {
    "title": "标题",
    "story": "故事",
    "begins": "什么时候开始",
    "expect.outcome": "应当走到",
    "expect.path": "应当经过",
    "expect.not_passed": "不应当经过",
}
_GROUPS = {
    "roster": "人物",
    "households": "户数",
    "parameters": "参数",
    "calendar": "节假日",
    "data": "开始的数据",
    "expect.data": "最后的数据",
    "expect.done_by": "由谁办",
}
_WORDS = {
    "by": "由",
    "does": "办",
    "action": "做",
    "data": "填",
    "wait": "过",
    "message": "收到消息",
    "signal": "收到信号",
    "entered_by": "代录人",
    "refused": "办不成，提示",
    "then": "之后的待办",
    "overdue": "逾期的",
    "result": "办成",
    "error": "出错",
}


def compared(label: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = ({key: value for key, value in one.items() if key != "step"} for one in (before, after))
    details = [Detail(_title(one.title), one.before, one.after) for one in differing(old, new, {})]
    details += _steps(_told(before), _told(after))
    if details:
        yield Change("others", "changed", "情形", label, tuple(details))


def _title(path: str) -> str:
    if path in _TITLES:
        return _TITLES[path]
    for group, title in _GROUPS.items():
        if path.startswith(f"{group}."):
            return f"{title} {path[len(group) + 1 :]}"
    return _GROUPS.get(path, path)


def _told(scenario: Mapping[str, Any]) -> list[str]:
    steps = scenario.get("step")
    return [_step(one) for one in steps] if isinstance(steps, list) else []


def _step(step: Any) -> str:
    if not isinstance(step, Mapping):
        return shown(step)
    return "，".join(f"{_WORDS.get(name, name)} {shown(value)}" for name, value in step.items())


def _steps(before: list[str], after: list[str]) -> Iterator[Detail]:
    for how, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if how == "equal":
            continue
        for place in range(max(b - a, d - c)):
            was = before[a + place] if a + place < b else ""
            now = after[c + place] if c + place < d else ""
            number = c + place + 1 if now else a + place + 1
            yield Detail(f"第 {number} 件事", was, now)
