"""What a form is filled with before anybody types: nobody types twice what is known (procedures.md 11.7)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from engine import forms, steps
from engine.diagram.model import Node
from engine.steps import Action


def prefill(
    row: Row[Any],
    node: Node,
    context: Mapping[str, Any],
    actions: Sequence[Action],
    taken_back: Mapping[str, Any],
) -> Mapping[str, Any]:
    """What is known already, so that nobody types it twice: what one took back, what the step said last time, and the
    matter's title where the form asks for it (`"properties": {"prefill": "办件名称"}`). Only what the form still has.

    What a kind asks of its own, such as a meeting's conclusion, is said anew each time.
    """
    if not actions:
        return {}
    fields = {forms.key_of(component): component for component in forms.fields(actions[0].schema)}
    known = {key: value for key in fields if (value := _titled(fields[key], row.title))}
    before = context.get(node.key)
    if row.settings.get("prefill", True) and isinstance(before, Mapping):
        anew = steps.kind(row.kind).fields(row.settings, {})
        known |= {key: value for key, value in before.items() if key in fields and key not in anew}
    return known | {key: value for key, value in taken_back.items() if key in fields}


def _titled(component: Mapping[str, Any], title: str) -> Any:
    """The matter's title where a field asks for it; for a list its first row, where a field of it does."""
    if component.get("type") == "dynamiclist":
        first = {forms.key_of(one): said for one in forms.fields(component) if (said := _titled(one, title))}
        return [first] if first else None
    return title if (component.get("properties") or {}).get("prefill") == "办件名称" else None
