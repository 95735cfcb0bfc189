"""Two forms compared field by field: what is asked for, whether it must be answered, and in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from engine.diagram.comparison.change import Change, Detail
from engine.diagram.comparison.plain import flattened, shown

_TITLES = {
    "label": "名称",
    "type": "类型",
    "description": "说明",
    "key": "填到哪里",
    "path": "填到哪里",
    "validate.required": "必填",
    "validate.maxLength": "最多几个字",
    "validate.minLength": "最少几个字",
    "validate.min": "不小于",
    "validate.max": "不大于",
    "validate.pattern": "格式",
    "decimalDigits": "几位小数",
    "conditional.hide": "什么时候不显示",
    "values": "选项",
    "multiple": "可以多个",
    "accept": "收哪些文件",
    "properties.people": "从哪些人里选",
    "properties.prefill": "预先填好",
    "properties.public": "公开",
    "defaultValue": "默认值",
    "dateLabel": "名称",
    "suffixAdorner": "后面的单位",
    "prefixAdorner": "前面的单位",
    "appearance.suffixAdorner": "后面的单位",
    "appearance.prefixAdorner": "前面的单位",
    "text": "文字",
    "readonly": "只读",
    "disabled": "不能填",
    "allowAddRemove": "可以增减行",
    "defaultRepetitions": "一开始几行",
    "subtype": "日期还是时间",
    "layout.columns": "占几栏",
    "layout.row": "排在哪一行",
}
_TYPES = {
    "textfield": "单行文字",
    "textarea": "多行文字",
    "number": "数字",
    "checkbox": "是否",
    "radio": "单选",
    "select": "下拉选择",
    "checklist": "多选",
    "taglist": "多选",
    "datetime": "日期时间",
    "filepicker": "附件",
    "dynamiclist": "多行的表",
    "group": "一组",
    "text": "一段说明",
    "html": "一段说明",
    "image": "图片",
    "separator": "分隔线",
    "spacer": "空白",
    "button": "按钮",
    "table": "表格",
}
_FORM = {"id": "标识", "title": "标题", "type": "类型"}
_VERSIONS = ("schemaVersion", "exporter", "$schema", "executionPlatform")

Field = tuple[str, Mapping[str, Any]]  # what a person calls it, and the component


def compared(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """What differs between two forms of one name; nothing where they ask the same."""
    old, new = _fields(before), _fields(after)
    details = [Detail(f"加了{_called(*new[key])}") for key in new if key not in old]
    details += [Detail(f"删了{_called(*old[key])}") for key in old if key not in new]
    for key in [key for key in new if key in old]:
        label = new[key][0]
        details += [_in_field(label, one) for one in _differing(old[key][1], new[key][1])]
    details += _order(old, new)
    was, now = ({key: one for key, one in form.items() if key not in _VERSIONS} for form in (before, after))
    details += _differing(was, now, _FORM)
    if details:
        yield Change("forms", "changed", "表单", name, tuple(details))


def whole(action: str, name: str, form: Mapping[str, Any]) -> Change:
    """A form only one side has, with its fields where it was added."""
    if action == "removed":
        return Change("forms", "removed", "表单", name)
    labels = "、".join(label for label, _ in _fields(form).values())
    return Change("forms", "added", "表单", name, (Detail("字段", "", labels),) if labels else ())


def _fields(form: Mapping[str, Any]) -> dict[str, Field]:
    """All components in order, by what they fill in (inside which group); displays by their id."""
    found: dict[str, Field] = {}
    seen: Counter[str] = Counter()
    pending: list[tuple[Any, str]] = [(one, "") for one in reversed(_components(form))]
    while pending:
        component, around = pending.pop()
        if not isinstance(component, Mapping):
            continue
        own = str(
            component.get("key") or component.get("path") or component.get("id") or component.get("type")
        )
        key = f"{around}{own}"
        seen[key] += 1
        if seen[key] > 1:
            key = f"{key} #{seen[key]}"
        found[key] = (_label(component, own), component)
        pending += [(one, f"{key}.") for one in reversed(_components(component))]
    return found


def _components(holder: Mapping[str, Any]) -> list[Any]:
    found = holder.get("components")
    return found if isinstance(found, list) else []


def _label(component: Mapping[str, Any], own: str) -> str:
    for name in ("label", "dateLabel", "text"):
        said = component.get(name)
        if isinstance(said, str) and said.strip():
            return said.strip()[:30]
    return own if component.get("key") or component.get("path") else _type(component)


def _type(component: Mapping[str, Any]) -> str:
    return _TYPES.get(str(component.get("type")), str(component.get("type")))


def _called(label: str, component: Mapping[str, Any]) -> str:
    required = (
        isinstance(component.get("validate"), Mapping) and component["validate"].get("required") is True
    )
    return f"字段“{label}”（{_type(component)}{'，必填' if required else ''}）"


def _in_field(label: str, detail: Detail) -> Detail:
    return Detail(f"“{label}”的{detail.title}", detail.before, detail.after)


def _differing(
    before: Mapping[str, Any], after: Mapping[str, Any], titles: Mapping[str, str] = _TITLES
) -> Iterator[Detail]:
    old, new = (_facts(one, titles) for one in (before, after))
    for path in dict.fromkeys((*old, *new)):
        if old.get(path) != new.get(path):
            told = [_value(path, one.get(path)) for one in (old, new)]
            yield Detail(titles.get(path, path), *told)


def _facts(table: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    """By path. What stands inside is compared by itself; the id of a field is the editor's, that of a form its name."""
    silent = {"components", "values"} if "id" in titles else {"components", "values", "id"}
    facts = flattened({key: value for key, value in table.items() if key not in silent})
    return facts | ({"values": _options(table["values"])} if "values" in table else {})


def _options(values: Any) -> str:
    if not isinstance(values, list):
        return shown(values)
    told = []
    for one in values:
        label, value = (one.get("label"), one.get("value")) if isinstance(one, Mapping) else (one, one)
        told.append(shown(label) if label == value else f"{shown(label)}（{shown(value)}）")
    return "、".join(told)


def _value(path: str, value: Any) -> str:
    if value is None:
        return "没有"
    return _TYPES.get(value, value) if path == "type" and isinstance(value, str) else shown(value)


def _order(old: Mapping[str, Field], new: Mapping[str, Field]) -> Iterator[Detail]:
    before, after = [key for key in old if key in new], [key for key in new if key in old]
    if before != after:
        yield Detail(
            "字段的先后", "、".join(new[key][0] for key in before), "、".join(new[key][0] for key in after)
        )
