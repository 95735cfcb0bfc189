"""户码: the acts with which an organiser gives every household of those asked a link of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.steps.kind import ORGANISER, RECORDER, Action

HOUSEHOLD = "户号"


def actions() -> list[Action]:
    """发户码, and a new code for a household that lost its slip."""
    clerks = (ORGANISER, RECORDER)
    return [
        Action("make_links", "发户码", _form(), clerks, behalf=False),
        Action("renew_link", "换户码", _form(household(required=True)), clerks, behalf=False),
    ]


def household(*, required: bool = False) -> dict[str, Any]:
    """The field for a household's number."""
    rules: dict[str, Any] = {"maxLength": 32} | ({"required": True} if required else {})
    label = "户号" if required else "户号（村里有同名的人时写）"
    return {"type": "textfield", "key": HOUSEHOLD, "label": label, "validate": rules}


def _form(*components: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "default", "components": list(components)}
