"""Who a step names and who it keeps out, read from the data: the settings `who` and `not_who`."""

from collections.abc import Mapping
from typing import Any

from engine.diagram.model import Node, Scope
from engine.expressions import Expression, ExpressionError
from engine.steps.kind import DOERS


class NobodyNamed(ValueError):
    """`who` reads something from the data that names nobody. Chinese."""


def named(node: Node, context: Mapping[str, Any]) -> list[Any]:
    """The people the data names (`who = {事项.责任人}`), as they stand there; empty without the setting.

    Raises NobodyNamed.
    """
    who = node.properties.get("who", "").strip()
    if not who:
        return []
    path = who.removeprefix("{").removesuffix("}").strip()
    try:
        found = Expression(path).evaluate(context)
    except ExpressionError as error:
        raise NobodyNamed(f"由谁来办要看“{path}”，可是前面还没有填好：{error}") from error
    people = found if isinstance(found, list) else [found]
    if not people or any(person in (None, "") for person in people):
        raise NobodyNamed(f"由谁来办要看“{path}”，可是前面没有指定人")
    return people


def excluded(node: Node, context: Mapping[str, Any]) -> list[int]:
    """Who did the earlier steps `not_who` names, by key or element id."""
    result: list[int] = []
    for name in node.properties.get("not_who", "").split():
        earlier = context.get(_key(node, name))
        if isinstance(earlier, Mapping):
            result += [person for person in earlier.get(DOERS) or () if person not in result]
    return result


def _key(node: Node, name: str) -> str:
    scope: Scope = node.scope
    while scope.owner is not None:
        scope = scope.owner.scope
    return next((step.key for step in scope.walk() if step.id == name), name)
