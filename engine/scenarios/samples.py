"""Sample values (示例) for a form: what a designer who plays a procedure does not want to invent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from engine import forms
from engine.durations import SHANGHAI

SAMPLE = "示例"
PHOTO = "示例.jpg"
PEOPLE_AT_MOST = 3  # picked where any number may be picked; of those who came to a meeting everybody is
CAME = "到会"

SILENT = (
    "textfield",
    "textarea",
    "filepicker",
    "datetime",
    "checkbox",
)  # not invented where they may stay empty

Schema = Mapping[str, Any]


def sample(
    schema: Schema, now: datetime, given: Mapping[str, Any] | None = None, *, least: bool = False
) -> dict[str, Any]:
    """Something the form accepts, around the values that are `given`; fields it hides then stay out, and so do texts,
    photos and dates that need not be there. With `least` nothing is in it that need not, but for who takes part.

    `schema` has its people filled in already (engine.pickers). What has a pattern of its own cannot be guessed.
    """
    found: dict[str, Any] = {}
    given = given or {}
    for component in forms.fields(schema):
        key = forms.key_of(component)
        known = {**given, **found}
        if forms.hidden(component, known):
            continue
        if key in given:
            found[key] = _value(component, now, given[key])
        elif _wanted(component, least=least):
            found[key] = _made(component, now)
    return {key: value for key, value in found.items() if value is not None}


def _wanted(component: Schema, *, least: bool) -> bool:
    required = bool((component.get("validate") or {}).get("required")) or forms.key_of(component) == CAME
    return required or not (least or component.get("type") in SILENT)


def _made(component: Schema, now: datetime) -> Any:
    kind = str(component.get("type"))
    return _MADE[kind](component, now) if kind in _MADE else None


def _value(component: Schema, now: datetime, given: Any) -> Any:
    """What is given, rows and groups completed; people nobody knows become people who may be picked."""
    kind = component.get("type")
    if kind == "dynamiclist" and isinstance(given, list):
        return [sample(component, now, row) if isinstance(row, Mapping) else row for row in given]
    if kind == "group" and isinstance(given, Mapping):
        return sample(component, now, given)
    if forms.designations_of(component):
        options = _options(component)
        if isinstance(given, list) and any(one not in options for one in given):
            return options[: len(given)]
        if not isinstance(given, list) and given not in options:
            return options[0] if options else None
    return given


def _text(component: Schema, now: datetime) -> str:
    rules = component.get("validate") or {}
    named = {"email": "shili@example.cn", "phone": "13800000000"}
    if rules.get("validationType") in named:
        return named[rules["validationType"]]
    text = f"{SAMPLE}：{component.get('label') or component.get('key')}"
    text = text.ljust(int(rules.get("minLength") or 0), "。")
    return text[: int(rules.get("maxLength") or len(text))]


def _number(component: Schema, now: datetime) -> int | float | str:
    rules = component.get("validate") or {}
    least, most = rules.get("min"), rules.get("max")
    number = float(least) if least is not None else 1.0 if most is None else min(1.0, float(most))
    plain = int(number) if number.is_integer() else number
    return str(plain) if component.get("serializeToString") else plain


def _one(component: Schema, now: datetime) -> Any:
    return next(iter(_options(component)), None)


def _several(component: Schema, now: datetime) -> list[Any]:
    options = _options(component)
    if forms.designations_of(component):
        return options if forms.key_of(component) == CAME else options[:PEOPLE_AT_MOST]
    return options[:1]


def _rows(component: Schema, now: datetime) -> list[dict[str, Any]]:
    """One row; two where a row begins with a choice out of many, of which each is named once (渠道)."""
    row, first = sample(component, now), next(iter(forms.fields(component)), {})
    second = (
        _options(first)[1:2] if first.get("type") == "select" and not forms.designations_of(first) else []
    )
    return [row, *({**row, forms.key_of(first): one} for one in second)]


def _moment(component: Schema, now: datetime) -> str:
    local = now.astimezone(SHANGHAI)
    formats = {"date": "%Y-%m-%d", "time": "%H:%M", "datetime": "%Y-%m-%dT%H:%M"}
    return local.strftime(formats.get(str(component.get("subtype", "date")), "%Y-%m-%d"))


def _options(component: Schema) -> list[Any]:
    return [one.get("value") for one in component.get("values") or [] if one.get("value") not in (None, "")]


_MADE: Mapping[str, Callable[[Schema, datetime], Any]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "checkbox": lambda component, now: True,
    "radio": _one,
    "select": _one,
    "checklist": _several,
    "taglist": _several,
    "datetime": _moment,
    "filepicker": lambda component, now: PHOTO,
    "dynamiclist": lambda component, now: _rows(component, now),
    "group": lambda component, now: sample(component, now),
}
