"""A story in words: what happens in a step, and values as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.scenarios.written import UNTIL_DUE, Step


def told(step: Step) -> str:
    """What happens, in a line."""
    if step.wait == UNTIL_DUE:
        return "到下一个到期的时候"
    if step.wait:
        return f"过了 {step.wait.replace('wd', ' 个工作日').replace('d', ' 天').replace('h', ' 小时')}"
    if step.message or step.signal:
        return f"收到消息“{step.message}”" if step.message else f"收到信号“{step.signal}”"
    if step.error is not None:
        return f"{step.does}：出错“{step.error}”"
    if step.result is not None:
        return f"{step.does}：{in_words(step.result) or '办完'}（直接定的结果）"
    said = "，".join(f"{_called(key)} {shown(value)}" for key, value in step.data.items())
    people = "、".join([step.by or "有人", *step.others[:3]])
    if len(step.others) > 3:
        people += f"等 {len(step.others) + 1} 人"
    who = f"{people}（{step.entered_by}代录）" if step.entered_by else people
    what = f"{step.does}·{step.action}" if step.action else str(step.does)
    return f"{who} {what}" + (f"：{said}" if said else "")


def in_words(values: Mapping[str, Any]) -> str:
    """The outcome alone where there is nothing else, else each value by its name; of lists how long they are."""
    if list(values) == ["结论"]:
        return str(shown(values["结论"]))
    return "，".join(f"{_called(key)} {_briefly(value)}" for key, value in values.items())


def _briefly(value: Any) -> str:
    return f"{len(value)} 项" if isinstance(value, list) else shown(value)


def listed(names: Sequence[str]) -> str:
    return "、".join(names) or "没有"


def _called(key: str) -> str:
    """The keys of a vote are English, being a contract with callers of the API; a story is not."""
    return {"motion": "第几项议案", "choice": "选择", "chosen": "选", "votes": "逐项选择"}.get(key, key)


def shown(value: Any) -> str:
    if value is None:
        return "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return listed([shown(item) for item in value])
    if isinstance(value, Mapping):
        return (
            str(value["name"])
            if "name" in value
            else "；".join(f"{_called(k)} {shown(v)}" for k, v in value.items())
        )
    return str(value)
