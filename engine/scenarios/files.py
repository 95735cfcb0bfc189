"""Attachments in a story: a plain file name stands for an uploaded file of that name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from engine import forms

Schema = Mapping[str, Any]
_SEPARATED = re.compile(r"[、，,;；\s]+")


def as_files(schema: Schema, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data as a form hands it in: names in the fields for files become files, in rows and groups too."""
    found = dict(data)
    for part in forms.fields(schema):
        key, kind = forms.key_of(part), part.get("type")
        value = found.get(key)
        if kind == "filepicker":
            found |= {key: files(value)} if key in found else {}
        elif kind == "dynamiclist" and isinstance(value, list):
            found[key] = [as_files(part, row) if isinstance(row, Mapping) else row for row in value]
        elif kind == "group" and isinstance(value, Mapping):
            found[key] = as_files(part, value)
    return found


def files(value: Any) -> Any:
    """One name, several in a line (`1.jpg、2.jpg`), or a list of them; what is a file already stays."""
    names = [name for name in _SEPARATED.split(value) if name] if isinstance(value, str) else value
    if not isinstance(names, list):
        return value
    return [
        {"id": hashlib.sha256(name.encode()).hexdigest(), "name": name} if isinstance(name, str) else name
        for name in names
    ]
