"""`procedure.toml` compared: what the procedure is called, who starts it, its clauses and parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.diagram.comparison.change import Change, Detail
from engine.diagram.comparison.plain import differing, shown
from engine.diagram.parameter import Parameter, read_parameter

_TITLES = {
    "title": "名称",
    "level": "哪一级办",
    "starters": "由谁发起",
    "summary": "简介",
    "clauses": "依据条款",
    "inputs": "由调用它的流程给的数据",
    "public": "从第一天起公开",
}
_PARAMETER = {
    "title": "名称",
    "type": "类型",
    "default": "默认值",
    "minimum": "下限",
    "maximum": "上限",
    "choices": "选项",
    "unit": "单位",
    "clause": "依据条款",
    "law": "法律怎么说",
    "note": "说明",
}
_TYPES = {
    "number": "数字",
    "integer": "整数",
    "money": "金额",
    "duration": "时长",
    "choice": "选择",
    "fraction": "比例",
    "list": "名单",
}
_LISTS = ("starters", "clauses", "inputs")


def compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    details = []
    for key in dict.fromkeys((*before, *after)):
        if key != "parameters" and before.get(key) != after.get(key):
            details += list(_setting(key, before.get(key), after.get(key)))
    if details:
        yield Change("others", "changed", "流程的设置", "", tuple(details))
    yield from _parameters(_tables(before), _tables(after))


def _setting(key: str, old: Any, new: Any) -> Iterator[Detail]:
    title = _TITLES.get(key, key)
    if key in _LISTS and isinstance(old, list) and isinstance(new, list):
        gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
        if gone:
            yield Detail(f"{title}：去掉了 {shown(gone)}")
        if come:
            yield Detail(f"{title}：加上了 {shown(come)}")
        if not gone and not come:
            yield Detail(f"{title}的先后", shown(old), shown(new))
        return
    yield from differing({} if old is None else {key: old}, {} if new is None else {key: new}, _TITLES)


def _tables(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    found = settings.get("parameters")
    return found if isinstance(found, Mapping) else {}


def _parameters(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in (name for name in before if name not in after):
        yield Change(
            "parameters", "removed", "参数", _label(name, before[name]), _values(before[name], name, 0)
        )
    for name, table in after.items():
        if name not in before:
            yield Change("parameters", "added", "参数", _label(name, table), _values(table, name, 1))
        elif before[name] != table:
            details = tuple(_parameter(name, before[name], table))
            yield Change("parameters", "changed", "参数", _label(name, table), details)


def _parameter(name: str, before: Any, after: Any) -> Iterator[Detail]:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        yield Detail("写法", shown(before), shown(after))
        return
    old, new = _read(name, before), _read(name, after)
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            was, now = _value(old, key, before.get(key)), _value(new, key, after.get(key))
            if was == now:
                was, now = f"{was}（写作 {before.get(key)}）", f"{now}（写作 {after.get(key)}）"
            yield Detail(_PARAMETER.get(key, key), was, now)


def _values(table: Any, name: str, side: int) -> tuple[Detail, ...]:
    if not isinstance(table, Mapping):
        return ()
    parameter = _read(name, table)
    told = {
        key: _value(parameter, key, table[key]) for key in ("default", "minimum", "maximum") if key in table
    }
    return tuple(Detail(_PARAMETER[key], *(("", text) if side else (text, ""))) for key, text in told.items())


def _read(name: str, table: Mapping[str, Any]) -> Parameter | None:
    parameter, problems = read_parameter(name, table)
    return None if problems else parameter


def _value(parameter: Parameter | None, key: str, value: Any) -> str:
    if value is None:
        return ""
    if key == "type":
        return _TYPES.get(str(value), str(value))
    if parameter is not None and key == "default":
        return parameter.shown(value)
    if parameter is not None and key in ("minimum", "maximum"):
        return parameter.bound(value)
    return shown(value)


def _label(name: str, table: Any) -> str:
    title = table.get("title") if isinstance(table, Mapping) else None
    return f"{title}（{name}）" if isinstance(title, str) and title and title != name else name
