"""When a step is to be done by: the setting `due`.

A length of time (`5wd`, `7d`), a parameter (`{审批时限}`), or what an earlier step filled in (`{事项.完成时限}`):
a date, or a length of time again.
"""

from collections.abc import Container, Mapping
from typing import Any

from engine.diagram.model import Node
from engine.expressions import Expression, ExpressionError
from engine.steps.kind import SettingError


def from_data(node: Node, parameters: Container[str]) -> str | None:
    """The path `due` reads from the data; None where it is a length of time or a parameter."""
    text = node.properties.get("due", "").strip()
    if not (text.startswith("{") and text.endswith("}")):
        return None
    path = text[1:-1].strip()
    return path if "." in path and path not in parameters else None


def due(node: Node, parameters: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    """The date or length of time in force, as text; empty where there is none. Raises SettingError.

    A field that was left empty sets no deadline.
    """
    text = node.properties.get("due", "").strip()
    if not (text.startswith("{") and text.endswith("}")):
        return text
    path = text[1:-1].strip()
    if path in parameters:
        return str(parameters[path]).strip()
    if "." not in path:
        raise SettingError(f"“办理期限”（due）用到的参数“{path}”不存在，请在“参数”里加上")
    try:
        value = Expression(path).evaluate(context)
    except ExpressionError as error:
        raise SettingError(f"“办理期限”（due）要看“{path}”，可是前面还没有填好：{error}") from error
    return "" if value is None else str(value).strip()
