"""What lies where in a procedure's folder: the drawing, the forms."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_FORMS, _JSON = "forms/", ".json"


def is_diagram(name: str) -> bool:
    """Only at the top of the folder: what lies deeper belongs to something else."""
    return name.endswith(".bpmn") and "/" not in name


def diagrams(names: Iterable[str]) -> list[str]:
    """There should be one; the check says so where there are none or several."""
    return sorted(filter(is_diagram, names))


def diagram_of(names: Iterable[str]) -> str | None:
    """The drawing's file: the first, where by mistake there are several."""
    return next(iter(diagrams(names)), None)


def form_file(name: str) -> str:
    """Where the form lies that steps call by this name."""
    return f"{_FORMS}{name}{_JSON}"


def form_name(file: str) -> str | None:
    """What steps call the form in this file; None for every other file."""
    is_form = file.startswith(_FORMS) and file.endswith(_JSON)
    return file.removeprefix(_FORMS).removesuffix(_JSON) if is_form else None


def form_files(names: Iterable[str]) -> dict[str, str]:
    """The forms by name, each with its file."""
    return {form: file for file in sorted(names) if (form := form_name(file)) is not None}


def new_form(name: str, components: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """A form with these components as it is stored."""
    return form_data({"type": "default", "id": name, "schemaVersion": 18, "components": list(components)})


def form_data(schema: Mapping[str, Any]) -> bytes:
    """A schema as it is stored: so that people and comparisons can read it line by line."""
    return (json.dumps(schema, ensure_ascii=False, indent=2) + "\n").encode()
