"""What the forms of acts are built of: form-js fields, as plain dictionaries. Labels and options are Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Schema = dict[str, Any]
SILENT = "silent"  # of a box that is not ticked: it answers nothing


def form(*components: Mapping[str, Any]) -> Schema:
    return {"type": "default", "components": list(components)}


def text(key: str, label: str, longest: int, *, required: bool = False) -> Schema:
    """One line."""
    return _field("textfield", key, label, required, maxLength=longest)


def area(key: str, label: str, longest: int, *, required: bool = False) -> Schema:
    """Several lines."""
    return _field("textarea", key, label, required, maxLength=longest)


def number(key: str, label: str, least: int, most: int = 1_000_000, *, required: bool = False) -> Schema:
    """A whole number."""
    return _field("number", key, label, required, min=least, max=most) | {"decimalDigits": 0}


def choice(key: str, label: str, options: Iterable[tuple[str, str]], *, required: bool = False) -> Schema:
    """One of the options (value, label)."""
    values = [{"label": shown, "value": value} for value, shown in options]
    return _field("radio", key, label, required) | {"values": values}


def select(key: str, label: str, options: Iterable[tuple[Any, str]], *, required: bool = False) -> Schema:
    """One of many options (value, label)."""
    values = [{"label": shown, "value": value} for value, shown in options]
    return _field("select", key, label, required) | {"values": values}


def tick(key: str, label: str) -> Schema:
    """Yes, or nothing: what is not ticked says nothing, and stands in no record."""
    return _field("checkbox", key, label, False) | {"properties": {"unticked": SILENT}}


def rows(path: str, label: str, *components: Mapping[str, Any], required: bool = False) -> Schema:
    """Any number of rows of these fields; at least one where they are `required`."""
    found: Schema = {"type": "dynamiclist", "path": path, "label": label, "components": list(components)}
    return found | ({"validate": {"required": True}} if required else {})


def ticks(key: str, label: str, options: Iterable[str], *, required: bool = False) -> Schema:
    """Any of the options."""
    values = [{"label": one, "value": one} for one in options]
    return _field("checklist", key, label, required) | {"values": values}


def people(key: str, label: str, designations: Sequence[str], *, required: bool = False) -> Schema:
    """Any of the people who hold these designations, by their ids (engine.pickers)."""
    asked = {"values": [], "properties": {"people": " ".join(designations)}}
    return _field("checklist", key, label, required) | asked


def moment(key: str, label: str, *, required: bool = False) -> Schema:
    """A date and a time of day."""
    parts = {"subtype": "datetime", "dateLabel": label.replace("时间", "日期"), "timeLabel": label}
    return _field("datetime", key, label, required) | parts


def files(key: str, label: str, *, required: bool = False) -> Schema:
    """Photos, or PDF."""
    return _field("filepicker", key, label, required) | {"multiple": True, "accept": "image/*,.pdf"}


def _field(kind: str, key: str, label: str, required: bool, **limits: Any) -> Schema:
    rules = limits | ({"required": True} if required else {})
    return {"type": kind, "key": key, "label": label} | ({"validate": rules} if rules else {})
