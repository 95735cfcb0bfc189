"""What people call the parts of a folder that have only a file's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from engine.diagram.finding import DiagramError
from engine.diagram.rewriting import form_users

FORM_NAME = re.compile(r"[\w-]{1,40}")  # a form's file is called by it
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_STEPS = 3  # that stand for the name of a form


def form_title(name: str, steps: Sequence[str]) -> str:
    """The name somebody gave a form in Chinese, else the steps it is filled in at."""
    if _CHINESE.search(name) or not steps:
        return name
    more = f"等 {len(steps)} 步" if len(steps) > _STEPS else ""
    return "、".join(dict.fromkeys(steps[:_STEPS])) + more


def form_titles(diagrams: Iterable[bytes]) -> dict[str, str]:
    """Form -> what people call it, for the forms some step uses; what is no diagram is passed over."""
    users: dict[str, list[str]] = {}
    for data in diagrams:
        for name, steps in form_users_of(data).items():
            users.setdefault(name, []).extend(label for _, label in steps)
    return {name: form_title(name, steps) for name, steps in users.items()}


def form_users_of(diagram: bytes) -> Mapping[str, list[tuple[str, str]]]:
    """Form -> the steps it belongs to, as (id, label); nothing of a file that is no diagram: the check says so."""
    try:
        return form_users(diagram)
    except DiagramError:
        return {}
