"""What the public may read: of a name the family name and how it ends (张*国); of a form what it does not keep back."""

from collections.abc import Mapping
from typing import Any

from engine import forms

HIDDEN = "*"


def masked(name: str) -> str:
    """张*国, 李*, 欧**然; nothing for nobody. A name of one character is hidden whole."""
    name = name.strip()
    if len(name) <= 1:
        return HIDDEN * len(name)
    if len(name) == 2:
        return name[0] + HIDDEN
    return name[0] + HIDDEN * min(2, len(name) - 2) + name[-1]


def is_private(component: Mapping[str, Any]) -> bool:
    """Whether a field stays with those who may see the matter (`"properties": {"public": "no"}`)."""
    return str((component.get("properties") or {}).get("public") or "").strip() == "no"


def public(schema: forms.Schema, value: Mapping[str, Any]) -> dict[str, Any]:
    """What of a form's values anybody may read; also of its groups and lists."""
    found = dict(value)
    for component in forms.fields(schema):
        key = forms.key_of(component)
        inner = found.get(key)
        if is_private(component):
            found.pop(key, None)
        elif component.get("type") == "group" and isinstance(inner, Mapping):
            found[key] = public(component, inner)
        elif component.get("type") == "dynamiclist" and isinstance(inner, list):
            found[key] = [public(component, row) if isinstance(row, Mapping) else row for row in inner]
    return found
