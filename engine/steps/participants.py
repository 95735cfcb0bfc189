"""Who a step names and who it keeps out, read from the data: the settings `who` and `not_who`."""

from collections.abc import Iterator, Mapping, Sequence
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
    """Who did the earlier steps `not_who` names, by key or element id; and whom the data names, in braces:
    `{方案.事项清单.责任人}` is everybody responsible for an item of the list (whoever supervises is none of them).
    """
    found: list[Any] = []
    for name in node.properties.get("not_who", "").split():
        if name.startswith("{"):
            found += people_at(name, context)
        else:
            found += _along(context.get(_key(node, name)), [DOERS])
    return list(dict.fromkeys(person for person in found if isinstance(person, int)))


def people_at(path: str, context: Mapping[str, Any]) -> list[int]:
    """The people a path names, through lists too: `{方案.事项清单.责任人}`; nobody where nothing stands there."""
    found = _along(context, path.removeprefix("{").removesuffix("}").split("."))
    return list(dict.fromkeys(person for person in found if isinstance(person, int)))


def _along(value: Any, path: Sequence[str]) -> Iterator[Any]:
    """What stands at the end of the path; a list on the way stands for each of its items."""
    if isinstance(value, list):
        for one in value:
            yield from _along(one, path)
    elif not path:
        yield value
    elif isinstance(value, Mapping):
        yield from _along(value.get(path[0]), path[1:])


def _key(node: Node, name: str) -> str:
    scope: Scope = node.scope
    while scope.owner is not None:
        scope = scope.owner.scope
    return next((step.key for step in scope.walk() if step.id == name), name)
