"""A step's result as lines a cadre can read: the form's own labels, names for ids, never JSON."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine import forms, masking, steps
from engine.diagram import Procedure
from engine.diagram.model import Node
from engine.expressions import Expression, ExpressionError
from engine.queries.closure import Closure
from engine.queries.figures import figures
from engine.steps import DOERS, SettingError
from engine.steps.schema import SILENT

_ROW = re.compile(r"[0-9a-f]{32}")  # the id of an opinion
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T|$)")


@dataclass(frozen=True)
class Attachment:
    id: str
    name: str


@dataclass(frozen=True)
class Line:
    label: str
    text: str = ""
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class StepResult:
    """What a step came to. `doers` are ids; the pages put names there."""

    key: str
    element_id: str
    title: str
    lines: list[Line]
    doers: list[int]


def all_results(closure: Closure, data: Mapping[str, Any], parameters: Mapping[str, Any]) -> list[StepResult]:
    """The results that stand in a matter's data, first done first."""
    by_key = {node.key: (procedure, node) for procedure, node in closure.steps()}
    gathered = {node.loop.output: (procedure, node) for procedure, node in closure.steps() if node.loop}
    found = []
    for key, value in data.items():
        if key in by_key and isinstance(value, Mapping):
            found.append(step_result(closure, *by_key[key], value, parameters))
        elif key in gathered and isinstance(value, list):
            found.append(_gathered(closure, *gathered[key], value, data, parameters))
    return found


def _gathered(
    closure: Closure,
    procedure: Procedure,
    node: Node,
    values: list[Any],
    data: Mapping[str, Any],
    parameters: Mapping[str, Any],
) -> StepResult:
    """What a step came to that was done once for every item of a list: a line each, named after item and person."""
    assert node.loop is not None and node.loop.output is not None
    items, each, everybody = _items(node.loop.collection, data), [], []
    for place, value in enumerate(values):
        entry = value if isinstance(value, Mapping) else {node.loop.output_item or "": value}
        result = step_result(closure, procedure, node, entry, parameters)
        said = [f"{line.label}：{line.text}" for line in result.lines if line.text]
        one = [line.text for line in result.lines if line.text] if len(said) == 1 else said
        names, item = "、".join(closure.spell(result.doers)), items[place] if place < len(items) else ""
        label = f"{item}（{names}）" if item and names else item or names or f"第 {place + 1} 份"
        each.append(Line(label, "；".join(one), tuple(file for line in result.lines for file in line.files)))
        everybody += result.doers
    return StepResult(node.loop.output, node.id, node.label, each, list(dict.fromkeys(everybody)))


def _items(collection: str | None, data: Mapping[str, Any]) -> list[str]:
    """What each item of the list is called: the text it is, or the first one in it."""
    try:
        items = Expression(collection).evaluate(data) if collection else []
    except ExpressionError:
        return []
    texts = (
        [item] if isinstance(item, str) else item.values() if isinstance(item, Mapping) else ()
        for item in items
    )
    return [next((text for text in each if isinstance(text, str)), "") for each in texts]


def item(closure: Closure, node: Node, data: Mapping[str, Any], parameters: Mapping[str, Any]) -> list[Line]:
    """What this instance of a repeated step is about: its item of the list, in the words of the form it stood in."""
    around: Node | None = node
    while around is not None and (around.loop is None or around.loop.input_item is None):
        around = around.scope.owner or closure.caller(around.scope.id)
    if around is None or around.loop is None:
        return []
    value = data.get(around.loop.input_item or "")
    if isinstance(value, str):
        return [Line(around.loop.input_item or "", value)]
    if not isinstance(value, Mapping):
        return []
    rows = _rows_form(closure, around.loop.collection or "", parameters)
    return list(lines(closure.naming(rows, value), value))


def _rows_form(closure: Closure, collection: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields of a row of a list such as 分解.事项, as the step 分解 asks for them."""
    key, _, name = collection.partition(".")
    for procedure, node in closure.steps():
        if node.key == key:
            asked = forms.fields(schema_of(procedure, node, parameters))
            return next((part for part in asked if forms.key_of(part) == name), {"components": []})
    return {"components": []}


def handed_in(closure: Closure, row: Any, parameters: Mapping[str, Any]) -> list[Line]:
    """What one submission (a row with `element_id` and `data`) said."""
    found = closure.find(row.element_id)
    schema = schema_of(*found, parameters, row.action) if found else {"components": []}
    hidden = steps.kind(found[1].kind or "handle").hidden if found else ()
    data = {key: field for key, field in (row.data or {}).items() if key not in hidden}
    return list(lines(closure.naming(schema, data), data))


def step_result(
    closure: Closure,
    procedure: Procedure,
    node: Node,
    value: Mapping[str, Any],
    parameters: Mapping[str, Any],
) -> StepResult:
    hidden = steps.kind(node.kind or "handle").hidden
    value = {key: field for key, field in value.items() if key not in hidden}
    schema = closure.naming(schema_of(procedure, node, parameters), value)
    return StepResult(node.key, node.id, node.label, list(lines(schema, value)), _people(value.get(DOERS)))


def schema_of(
    procedure: Procedure, node: Node, parameters: Mapping[str, Any], action: str = "complete"
) -> Mapping[str, Any]:
    """The form this act of a step is handed in with, by default the first; an empty one where its settings cannot be
    read any more.
    """
    kind = steps.kind(node.kind or "handle")
    try:
        actions = kind.actions(kind.freeze(node, parameters), procedure.forms)
    except (SettingError, KeyError):
        return {"components": []}
    schemas = {offered.name: offered.schema for offered in reversed(actions)}
    return schemas.get(action) or (actions[0].schema if actions else {"components": []})


def act_title(closure: Closure, row: Any, parameters: Mapping[str, Any]) -> str | None:
    """What this act of a collective step is called; None for anything else."""
    found = closure.find(row.element_id) if row.element_id else None
    if found is None or not steps.kind(found[1].kind or "handle").collective:
        return None
    kind = steps.kind(found[1].kind or "handle")
    try:
        offered = kind.actions(kind.freeze(found[1], parameters), found[0].forms)
    except (SettingError, KeyError):
        return None
    return next((action.title for action in offered if action.name == row.action), None)


def verdict(closure: Closure, row: Any, parameters: Mapping[str, Any]) -> str | None:
    """The choice a submission came to, where its form asks for one: 同意, 不同意, 有疑问."""
    found = closure.find(row.element_id)
    schema = schema_of(*found, parameters, row.action) if found else {}
    for component in forms.fields(schema):
        if component.get("type") == "radio" and (row.data or {}).get(forms.key_of(component)):
            return _text(component, row.data[forms.key_of(component)])
    return None


def published(closure: Closure, data: Mapping[str, Any], parameters: Mapping[str, Any]) -> list[StepResult]:
    """The same without what a form keeps back (`masking.is_private`): who raised a problem, who said what."""
    open_data = dict(data)
    for procedure, node in closure.steps():
        value = data.get(node.key)
        if isinstance(value, Mapping):
            open_data[node.key] = masking.public(schema_of(procedure, node, parameters), value)
        if node.loop and node.loop.output and isinstance(entries := data.get(node.loop.output), list):
            schema = schema_of(procedure, node, parameters)
            open_data[node.loop.output] = [
                masking.public(schema, entry) if isinstance(entry, Mapping) else entry for entry in entries
            ]
    return all_results(closure, open_data, parameters)


def lines(schema: Mapping[str, Any], value: Mapping[str, Any]) -> Iterator[Line]:
    """The fields of the form that say something, then what the kind of step added of its own."""
    declared = list(forms.fields(schema))
    for component in declared:
        line = _line(component, value.get(forms.key_of(component)))
        if line is not None:
            yield line
    known = {forms.key_of(component) for component in declared} | {DOERS}
    labels = {_label(component) for component in declared}
    added = {key: extra for key, extra in value.items() if key not in known}
    for key, extra in figures(added):
        if extra not in (None, "", [], {}, False):
            yield Line(f"每人的{key}" if key in labels else key, _extra(extra))


def _line(component: Mapping[str, Any], value: Any) -> Line | None:
    label = _label(component)
    if value in (None, "", [], {}) or (value is False and not _says_no(component)):
        return None
    if isinstance(value, str) and _ROW.fullmatch(
        value
    ):  # which row was meant is said by what stands beside it
        return None
    if component.get("type") == "filepicker":
        files = tuple(
            Attachment(item["id"], item.get("name", "附件")) for item in value if isinstance(item, Mapping)
        )
        return Line(label, files=files)
    if component.get("type") == "group":
        return Line(label, "；".join(_inner(component, value)))
    if component.get("type") == "dynamiclist" and all(isinstance(row, Mapping) for row in value):
        rows = ["，".join(_inner(component, row)) for row in value if isinstance(row, Mapping)]
        return Line(label, "\n".join(rows), tuple(_row_files(component, value)))
    return Line(label, _text(component, value))


def _says_no(component: Mapping[str, Any]) -> bool:
    """A form's own box that is not ticked answers no; a box that only a step's act has (`schema.tick`) says nothing."""
    silent = (component.get("properties") or {}).get("unticked") == SILENT
    return component.get("type") == "checkbox" and not silent


def _label(component: Mapping[str, Any]) -> str:
    """“您的意见” asks; once answered it is “意见”."""
    label = str(component.get("label") or component.get("key") or component.get("path") or "")
    return label.removeprefix("您的").strip()


def _inner(component: Mapping[str, Any], value: Mapping[str, Any]) -> Iterator[str]:
    for line in lines(component, value):
        yield f"{line.label}：{line.text}" if line.text else f"{line.label}：{len(line.files)} 个附件"


def _row_files(component: Mapping[str, Any], rows: Any) -> Iterator[Attachment]:
    for row in rows:
        for line in lines(component, row):
            yield from line.files


def _text(component: Mapping[str, Any], value: Any) -> str:
    kind = component.get("type")
    if kind == "checkbox":
        return "是" if value else "否"
    if kind == "number":
        return number(value) + _unit(component)
    if kind == "datetime" and isinstance(value, str):
        return _moment(value)
    options = {option.get("value"): str(option.get("label")) for option in component.get("values") or []}
    if isinstance(value, list):
        return "、".join(options.get(item, str(item)) for item in value)
    return options.get(value, str(value)) if options else str(value)


def number(value: Any) -> str:
    """12345.5 as 12,345.5; text stays as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) or not value.is_integer() else f"{int(value):,}"


def _unit(component: Mapping[str, Any]) -> str:
    unit = str((component.get("appearance") or {}).get("suffixAdorner") or "")
    return f" {unit}" if unit else ""


def _moment(value: str) -> str:
    try:
        if "T" in value:
            moment = datetime.fromisoformat(value)
            return f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{day.year}年{day.month}月{day.day}日"


def _extra(value: Any) -> str:
    """What a kind adds to the form's fields: one line an entry."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "\n".join(_extra(item) for item in value)
    if isinstance(value, Mapping):
        return "，".join(_part(k, v) for k, v in value.items() if k != DOERS and v not in (None, ""))
    return _moment(value) if isinstance(value, str) and _DATE.match(value) else number(value)


def _part(name: str, value: Any) -> str:
    """A text speaks for itself; a number says of what; a yes or no is the word itself."""
    if isinstance(value, bool):
        return name if value else f"没有{name}"
    return f"{name} {_extra(value)}" if isinstance(value, int | float) else _extra(value)


def _people(value: Any) -> list[int]:
    return [item for item in value if isinstance(item, int)] if isinstance(value, list) else []
