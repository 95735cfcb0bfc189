"""A story in words: what happens in a step, and values as people read them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from engine import forms, steps
from engine.diagram.model import Node
from engine.durations import SHANGHAI
from engine.execution import Roster
from engine.execution.script import Script
from engine.scenarios.report import day_and_time
from engine.scenarios.written import UNTIL_DUE, Step
from engine.steps import DOERS, threshold


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
        return f"{step.does}：{in_words(step.result) or '办完'}{SETTLED}"
    said = "，".join(f"{_called(key)} {_in_a_line(value)}" for key, value in step.data.items())
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


def _in_a_line(value: Any) -> str:
    """A list of many (who came to a meeting) by its first."""
    if isinstance(value, list) and len(value) > MOST_NAMED and all(isinstance(one, str) for one in value):
        return f"{listed(value[:FIRST_NAMED])}等 {len(value)} 个"
    return shown(value)


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
    return _dated(value) if isinstance(value, str) else str(value)


def _dated(text: str) -> str:
    """What a field for a day or a time keeps, as people write it; any other text as it is."""
    if not _MOMENT.fullmatch(text):
        return text
    try:
        if len(text) == DAY:
            day = date.fromisoformat(text)
            return f"{day.year} 年 {day.month} 月 {day.day} 日"
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return day_and_time(moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI))


# ---------------------------------------------------------------- data


_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}[\d:.]*(Z|[+-]\d{2}:\d{2})?)?")
DAY = len("2026-03-02")
MOST_NAMED, FIRST_NAMED = 8, 3  # of a list in a line
SETTLED = "（直接定的结果）"
MOST_TOLD = 60  # characters of one thing in a story
PEOPLE = frozenset({DOERS, "参加人", "当选人员"})  # fields of results that are the numbers of people


def in_rows(
    nodes: Mapping[str, Node], data: Mapping[str, Any], script: Script, roster: Roster
) -> list[dict[str, Any]]:
    """What has been filled in so far, step by step: its name, and each value in words, people by name."""
    picked = PEOPLE | {name for form in _forms(script) for name in _picking(form)}
    labels = {node.key: node.label for node in nodes.values() if node.kind}
    found = []
    for key, values in data.items():
        kind = next((node.kind for node in nodes.values() if node.key == key and node.kind), None)
        hidden = steps.kind(kind).hidden if kind in steps.names() else ()
        rows = values if isinstance(values, Mapping) else {key: values}
        told_ = [
            {
                "name": name,
                "value": _reckoned(value)
                if name == "依据"
                else shown(_with_names(value, name, picked, roster)),
            }
            for name, value in rows.items()
            if name not in hidden and value not in (None, "", [], {})
        ]
        found.append({"key": key, "label": labels.get(key, key), "rows": told_})
    return found


def _reckoned(value: Any) -> str:
    """The comparisons a vote rests on, for who reads no formulas."""
    return (
        "；".join(threshold.in_words(str(line)) for line in value)
        if isinstance(value, list)
        else shown(value)
    )


def facts(nodes: Mapping[str, Node], data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a scenario may expect of the data at the end: `支出.金额` with its value; no lists."""
    labels = {node.key: node.label for node in nodes.values() if node.kind}
    return [
        {"path": f"{key}.{name}", "value": value, "words": f"{labels.get(key, key)}的{name}：{shown(value)}"}
        for key, values in data.items()
        if isinstance(values, Mapping)
        for name, value in values.items()
        if isinstance(value, str | int | float) and value != "" and name.isidentifier()
    ]


def _forms(script: Script) -> list[Mapping[str, Any]]:
    return [form for procedure in script.procedures.values() for form in procedure.forms.values()]


def _picking(schema: Mapping[str, Any]) -> set[str]:
    """The fields that pick people, also in rows and groups."""
    found = set[str]()
    for part in forms.fields(schema):
        found |= {forms.key_of(part)} if forms.designations_of(part) else set()
        found |= _picking(part) if part.get("components") else set()
    return found


def _with_names(value: Any, name: str, picked: frozenset[str], roster: Roster) -> Any:
    if isinstance(value, Mapping):
        return {key: _with_names(one, key, picked, roster) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_names(one, name, picked, roster) for one in value]
    number = isinstance(value, int) and not isinstance(value, bool)
    return roster.name(value) if number and name in picked and 1 <= value <= len(roster.names) else value


def story(lines: Sequence[Mapping[str, Any]]) -> str:
    """A first draft of the story: what happened, day by day."""
    days: dict[str, list[str]] = {}
    for line in lines:
        day, what = str(line["at"]).partition("（")[0], str(line["what"]).removesuffix(SETTLED)
        if not what.startswith(("过了", "到下一个")):
            days.setdefault(day, []).append(what.split("：")[0] if len(what) > MOST_TOLD else what)
    return "\n".join(f"{day}，{'；'.join(what)}。" for day, what in days.items())
