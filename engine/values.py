"""What an expression may do with JSON values: every operation bounded in time and size."""

from __future__ import annotations

import ast
import math
import operator
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

Value = Any
Context = Mapping[str, Any]

MAX_INTEGER = 10**40
MAX_SIZE = 100_000  # characters of a text, items of a list
MAX_DIGITS = 40


class ExpressionError(ValueError):
    """An expression that cannot be read or computed. The message is Chinese."""


class UnknownName(ExpressionError):
    """A name (or a field of a result) that nothing has set yet."""

    def __init__(self, name: str, text: str = "") -> None:
        self.name = name
        where = f"表达式「{text}」里的" if text and text != name else ""
        super().__init__(f"{where}「{name}」还没有值：没有哪一步填过它，也不是流程参数")


def normal_name(name: str) -> str:
    """A name as Python's parser reads it (NFKC): `Ａ` and `A` are the same name."""
    return unicodedata.normalize("NFKC", name)


def bounded(value: Value) -> Value:
    if isinstance(value, int):
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise ExpressionError("数字太大")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ExpressionError("算出来的不是有限的数")
    elif isinstance(value, (str, list)) and len(value) > MAX_SIZE:
        raise ExpressionError("文字或名单太长")
    return value


def describe(value: Value) -> str:
    if value is None:
        return "空值"
    if isinstance(value, bool):
        return "是/否"
    if isinstance(value, (int, float)):
        return "数字"
    names: dict[type, str] = {str: "文字", list: "名单", dict: "一组字段"}
    return names.get(type(value), "不认识的值")


def _are_numbers(left: Value, right: Value) -> bool:
    return isinstance(left, (int, float)) and isinstance(right, (int, float))


def _arithmetic(symbol: str, compute: Callable[[Value, Value], Value]) -> Callable[[Value, Value], Value]:
    def apply(left: Value, right: Value) -> Value:
        if not _are_numbers(left, right):
            raise ExpressionError(f"{describe(left)}和{describe(right)}不能用 {symbol} 计算，要两边都是数字")
        try:
            return bounded(compute(left, right))
        except ZeroDivisionError:
            raise ExpressionError("除数是零") from None
        except OverflowError:
            raise ExpressionError("数字太大") from None

    return apply


_add_numbers = _arithmetic("+", operator.add)


def _add(left: Value, right: Value) -> Value:
    same = (isinstance(left, str) and isinstance(right, str)) or (
        isinstance(left, list) and isinstance(right, list)
    )
    if not same:
        return _add_numbers(left, right)
    if len(left) + len(right) > MAX_SIZE:
        raise ExpressionError("文字或名单太长")
    return left + right


def _ordering(symbol: str, compare: Callable[[Value, Value], bool]) -> Callable[[Value, Value], bool]:
    def apply(left: Value, right: Value) -> bool:
        if _are_numbers(left, right) or (isinstance(left, str) and isinstance(right, str)):
            return compare(left, right)
        raise ExpressionError(f"{describe(left)}和{describe(right)}不能用 {symbol} 比大小")

    return apply


def _contains(item: Value, container: Value) -> bool:
    if isinstance(container, str):
        if isinstance(item, str):
            return item in container
        raise ExpressionError(f"{describe(item)}不会在文字里，in 的左边也要是文字")
    if isinstance(container, list):
        return item in container
    if isinstance(container, dict):
        return isinstance(item, str) and item in container
    raise ExpressionError(f"in 的右边要是名单、文字或一组字段，这里是{describe(container)}")


def field_of(owner: Value, name: str) -> Value:
    if not isinstance(owner, dict):
        raise ExpressionError(f"{describe(owner)}里没有「{name}」这一项")
    return lookup(owner, name)


def lookup(mapping: Context, name: str) -> Value:
    try:
        return mapping[name]
    except KeyError:
        for key in mapping:  # Python's parser normalised the name; a form's key may be in another form
            if normal_name(key) == name:
                return mapping[key]
        raise UnknownName(name) from None


def item_of(owner: Value, index: Value) -> Value:
    if isinstance(owner, dict):
        if not isinstance(index, str):
            raise ExpressionError(f"取一项字段要写它的名字，这里是{describe(index)}")
        return lookup(owner, index)
    if not isinstance(owner, (list, str)):
        raise ExpressionError(f"{describe(owner)}不能用 [ ] 取值")
    if not isinstance(index, int) or isinstance(index, bool):
        raise ExpressionError(f"第几项要写整数，这里是{describe(index)}")
    if not -len(owner) <= index < len(owner):
        raise ExpressionError(f"一共 {len(owner)} 项，没有第 {index} 项（从 0 数起）")
    return owner[index]


def _scalars(values: Value, name: str) -> list[Value]:
    """All numbers or all texts: comparing anything else has no meaning, and nested lists no bound."""
    if not isinstance(values, list):
        raise ExpressionError(f"{name} 要用在名单上，这里是{describe(values)}")
    numbers = all(isinstance(value, (int, float)) for value in values)
    if not numbers and not all(isinstance(value, str) for value in values):
        raise ExpressionError(f"{name} 的名单里要全是数字，或者全是文字")
    return values


def _len(value: Value) -> int:
    if not isinstance(value, (str, list, dict)):
        raise ExpressionError(f"{describe(value)}没有长度")
    return len(value)


def _sum(values: Value) -> Value:
    if not isinstance(values, list):
        raise ExpressionError(f"sum 要用在名单上，这里是{describe(values)}")
    total: Value = 0
    for value in values:
        total = _add_numbers(total, value)
    return total


def _extreme(name: str, choose: Callable[[list[Value]], Value]) -> Callable[..., Value]:
    def apply(*arguments: Value) -> Value:
        values = _scalars(arguments[0] if len(arguments) == 1 else list(arguments), name)
        if not values:
            raise ExpressionError(f"{name} 的名单是空的")
        return choose(values)

    return apply


def number(value: Value, name: str) -> Value:
    if not isinstance(value, (int, float)):
        raise ExpressionError(f"{name} 要用在数字上，这里是{describe(value)}")
    return value


def _round(value: Value, digits: Value = 0) -> Value:
    if not isinstance(digits, int) or not -20 <= digits <= 20:
        raise ExpressionError("round 的小数位数要在 -20 到 20 之间")
    return round(number(value, "round"), digits) if digits else round(number(value, "round"))


def _list_of(name: str, values: Value) -> list[Value]:
    if not isinstance(values, list):
        raise ExpressionError(f"{name} 要用在名单上，这里是{describe(values)}")
    return values


def _convert(name: str, kind: Callable[[Value], Value]) -> Callable[[Value], Value]:
    def apply(value: Value) -> Value:
        if not isinstance(value, (int, float, str)) or (isinstance(value, str) and len(value) > MAX_DIGITS):
            raise ExpressionError(f"{describe(value)}不能变成数字")
        try:
            return kind(value)
        except (ValueError, OverflowError):
            raise ExpressionError(f"「{value}」不是{name}") from None

    return apply


def _text(value: Value) -> str:
    if isinstance(value, (list, dict)):
        raise ExpressionError(f"{describe(value)}不能变成文字")
    return str(value)


# name -> (function, fewest arguments, most arguments)
FUNCTIONS: dict[str, tuple[Callable[..., Value], int, int]] = {
    "len": (_len, 1, 1),
    "sum": (_sum, 1, 1),
    "min": (_extreme("min", min), 1, 100),
    "max": (_extreme("max", max), 1, 100),
    "abs": (lambda value: abs(number(value, "abs")), 1, 1),
    "round": (_round, 1, 2),
    "sorted": (lambda values: sorted(_scalars(values, "sorted")), 1, 1),
    "any": (lambda values: any(_list_of("any", values)), 1, 1),
    "all": (lambda values: all(_list_of("all", values)), 1, 1),
    "int": (_convert("整数", int), 1, 1),
    "float": (_convert("数字", float), 1, 1),
    "str": (_text, 1, 1),
}

BINARY: dict[type[ast.operator], Callable[[Value, Value], Value]] = {
    ast.Add: _add,
    ast.Sub: _arithmetic("-", operator.sub),
    ast.Mult: _arithmetic("*", operator.mul),
    ast.Div: _arithmetic("/", operator.truediv),
    ast.FloorDiv: _arithmetic("//", operator.floordiv),
    ast.Mod: _arithmetic("%", operator.mod),
}

COMPARE: dict[type[ast.cmpop], Callable[[Value, Value], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: _ordering("<", operator.lt),
    ast.LtE: _ordering("<=", operator.le),
    ast.Gt: _ordering(">", operator.gt),
    ast.GtE: _ordering(">=", operator.ge),
    ast.In: _contains,
    ast.NotIn: lambda item, container: not _contains(item, container),
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
