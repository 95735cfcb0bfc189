"""户码: the acts with which an organiser gives every household of those asked a link of its own."""

from __future__ import annotations

from engine.steps import schema
from engine.steps.kind import ORGANISER, RECORDER, Action
from engine.steps.schema import Schema

HOUSEHOLD = "户号"


def actions() -> list[Action]:
    """发户码, and a new code for a household that lost its slip."""
    clerks = (ORGANISER, RECORDER)
    return [
        Action("make_links", "发户码", schema.form(), clerks, behalf=False),
        Action("renew_link", "换户码", schema.form(household(required=True)), clerks, behalf=False),
    ]


def household(*, required: bool = False) -> Schema:
    """The field for a household's number."""
    label = "户号，或者户代表的姓名" if required else "户号（村里有同名的人时写）"
    return schema.text(HOUSEHOLD, label, 32, required=required)
