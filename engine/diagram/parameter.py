"""Parameters of a procedure: numbers and words a township may change within bounds, without touching the
diagram.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

from engine.durations import Duration, TimerError, in_words, parse_duration
from engine.values import FUNCTIONS, normal_name

TYPES = ("number", "integer", "money", "duration", "choice", "fraction", "list")
_FRACTION = re.compile(r"([0-9]{1,4})/([1-9][0-9]{0,3})")
_ABOUT = re.compile(r"^参数「[^」]*」的?|（[a-z]+）")
_MAX_WORDS = 50
_MAX_LETTERS = 64


@dataclass(frozen=True)
class Parameter:
    """One `[parameters.…]` table of procedure.toml. `unit` is what a page writes after the value, such as 元.

    A `fraction` is written `2/3`, a `duration` as `5wd`, `7d` or ISO 8601; `minimum` and `maximum` are
    written like the value, for a `list` they are how many words it has. `clause`, `law` and `note` say what
    the bounds rest on.
    """

    name: str
    title: str
    type: str
    default: Any = None
    minimum: Any = None
    maximum: Any = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    clause: str = ""
    law: str = ""
    note: str = ""

    def problem(self, value: Any) -> str | None:
        """What is wrong with this value, in Chinese; None where it may be chosen."""
        shape = _SHAPES[self.type](value)
        if shape is not None:
            return shape
        if self.choices:
            words = value if isinstance(value, list) else [value]
            strange = [word for word in words if word not in self.choices]
            if strange:
                return f"「{strange[0]}」不在可选的 {'、'.join(self.choices)} 之中"
        size = _size(self.type, value)
        if self.minimum is not None and size < _bound(self.type, self.minimum):
            return f"不能小于 {self.bound(self.minimum)}"
        if self.maximum is not None and size > _bound(self.type, self.maximum):
            return f"不能大于 {self.bound(self.maximum)}"
        return None

    @property
    def usable(self) -> bool:
        """Whether it can be read by what runs: its bounds can be compared with, and its default is a value of its
        type. One beyond its bounds only keeps a procedure from being published.
        """
        bounds = (self.minimum, self.maximum)
        if any(value is not None and _bound_problem(self.type, value) is not None for value in bounds):
            return False
        return self.default is not None and _SHAPES[self.type](self.default) is None

    def shown(self, value: Any) -> str:
        """A value as people read it: `5,000 元`, `3 个工作日`, `2/3`."""
        if isinstance(value, list):
            return "、".join(map(str, value)) or "（空）"
        if self.type == "duration" and _duration(value) is None:
            return in_words(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            whole = int(value) if value == int(value) else value
            unit = self.unit or ("元" if self.type == "money" else "")
            return f"{whole:,} {unit}".strip()
        return f"{value} {self.unit}".strip()

    def bound(self, value: Any) -> str:
        """A bound as people read it; a list's is how many words it has."""
        return f"{value} 项" if self.type == "list" else self.shown(value)

    @property
    def bounds(self) -> str:
        """What may be chosen, in words; empty where anything may."""
        low, high = self.minimum, self.maximum
        if low is not None and high is not None:
            return _between(self.bound(low), self.bound(high))
        if low is not None:
            return f"不小于 {self.bound(low)}"
        return f"不大于 {self.bound(high)}" if high is not None else ""


def _between(low: str, high: str) -> str:
    """`3 到 60 天`: the unit once, where it is the same."""
    unit = high.partition(" ")[2]
    return f"{low.removesuffix(unit).strip() if unit else low} 到 {high}"


@dataclass(frozen=True)
class Problem:
    """What is wrong with a parameter: with its `name`, or with one of the parts of its table. In Chinese."""

    part: str
    message: str

    def __str__(self) -> str:
        return self.message

    @property
    def beside(self) -> str:
        """As it stands beside the field of that part: without saying of what it is said."""
        return _ABOUT.sub("", self.message)


def read_parameter(name: str, table: Any) -> tuple[Parameter | None, list[Problem]]:
    """A parameter from its table, and what is wrong with it; None where it cannot be used."""
    if not isinstance(table, Mapping):
        return None, [Problem("name", f"参数「{name}」要写成 [parameters.{name}] 一节")]
    problems = list(_naming(name))
    known = {one.name for one in fields(Parameter)} - {"name"}
    problems += [
        Problem("name", f"参数「{name}」里不认识的项 {key}，请删去或改正")
        for key in table
        if key not in known
    ]
    if table.get("type") not in TYPES:
        message = f"参数「{name}」的“是哪一种数”（type）要写 {'、'.join(TYPES)} 之一"
        return None, [*problems, Problem("type", message)]
    for key in ("title", "unit", "clause", "law", "note"):
        if not isinstance(table.get(key, ""), str):
            return None, [*problems, Problem(key, f"参数「{name}」的 {key} 要写成文字")]
    choices = table.get("choices", [])
    if not isinstance(choices, list) or not all(isinstance(choice, str) for choice in choices):
        message = f"参数「{name}」的“可选项”（choices）要写成文字的列表"
        return None, [*problems, Problem("choices", message)]
    values: dict[str, Any] = {"title": name} | {key: table[key] for key in table if key in known}
    values["choices"] = tuple(choices)
    parameter = Parameter(name=name, **values)
    return parameter, problems + list(_bounds(parameter))


def _naming(name: str) -> Iterator[Problem]:
    if not name.isidentifier() or name.startswith("_") or normal_name(name) != name:
        yield Problem("name", f"参数名「{name}」只能用汉字、字母和数字，不能以数字或下划线开头")
    elif name in FUNCTIONS or name in ("true", "false", "null", "none", "and", "or", "not", "in", "is", "if"):
        yield Problem("name", f"参数名「{name}」是表达式里的词，请换一个")


def _bounds(parameter: Parameter) -> Iterator[Problem]:
    name = parameter.name
    if parameter.default is None:
        yield Problem("default", f"参数「{name}」没有写“不改时是”（default）多少")
    if parameter.type == "choice" and not parameter.choices:
        yield Problem("choices", f"参数「{name}」要选一个或几个词，请写“可选项”（choices）")
    bounds = (("minimum", "最少", parameter.minimum), ("maximum", "最多", parameter.maximum))
    for key, title, value in bounds:
        wrong = None if value is None else _bound_problem(parameter.type, value)
        if wrong is not None:
            yield Problem(key, f"参数「{name}」的“{title}”（{key}）写错了：{wrong}")
            return
    low, high = parameter.minimum, parameter.maximum
    if low is not None and high is not None and _bound(parameter.type, low) > _bound(parameter.type, high):
        yield Problem("minimum", f"参数「{name}」的“最少”比“最多”大")
    wrong = None if parameter.default is None else parameter.problem(parameter.default)
    if wrong is not None:
        yield Problem("default", f"参数「{name}」的“不改时是”不合规定：{wrong}")


# ------------------------------------------------------------------------------------------------ types


def _number(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return "要写数字"
    return None if abs(value) <= 1e12 else "数字太大"


def _integer(value: Any) -> str | None:
    return _number(value) or (None if isinstance(value, int) else "要写整数")


def _money(value: Any) -> str | None:
    wrong = _number(value)
    if wrong is None and (value < 0 or round(value, 2) != value):
        wrong = "金额要写不小于 0 的数，最多两位小数"
    return wrong


def _duration(value: Any) -> str | None:
    if not isinstance(value, str):
        return "时长要写成 7d、5wd 这样的文字"
    try:
        parse_duration(value)
    except TimerError as error:
        return str(error)
    return None


def _choice(value: Any) -> str | None:
    return None if isinstance(value, str) and value.strip() else "要选一项"


def _fraction(value: Any) -> str | None:
    if isinstance(value, str) and _FRACTION.fullmatch(value):
        return None
    return "比例要写成 2/3 这样的分数"


def _list(value: Any) -> str | None:
    if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
        return "要写成文字的列表"
    if any(" " in word for word in value) or len(set(value)) != len(value) or len(value) > _MAX_WORDS:
        return f"列表里的词不能重复、不能带空格，最多 {_MAX_WORDS} 个"
    if any(len(word) > _MAX_LETTERS for word in value):
        return f"列表里的词最多 {_MAX_LETTERS} 个字"
    return None


_SHAPES = {
    "number": _number,
    "integer": _integer,
    "money": _money,
    "duration": _duration,
    "choice": _choice,
    "fraction": _fraction,
    "list": _list,
}
assert tuple(_SHAPES) == TYPES


def _size(kind: str, value: Any) -> Fraction:
    """What bounds compare, exactly (FD-6). A working day counts as 7/5 of a day, a month as 30.4: bounds need no
    more.
    """
    if kind == "list":
        return Fraction(len(value))
    if kind == "choice":
        return Fraction(0)
    if kind == "duration":
        length: Duration = parse_duration(value)
        days = length.months * Fraction(487, 16) + length.working_days * Fraction(7, 5)
        return days * 86_400 + Fraction(length.delta.total_seconds())
    return Fraction(value)


def _bound(kind: str, value: Any) -> Fraction:
    return Fraction(value) if kind == "list" else _size(kind, value)


def _bound_problem(kind: str, value: Any) -> str | None:
    if kind == "choice":
        return "选择型没有上下限"
    return _integer(value) if kind == "list" else _SHAPES[kind](value)
