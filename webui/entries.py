"""Parameters as fields of a form: a duration is a number and a unit, a fraction two numbers, a list ticks.

A parameter's field is named `p.大额标准`, its parts `p.大额标准.unit` and `p.大额标准.of`; its own name has no dot.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.diagram.parameter import Parameter
from engine.durations import TimerError, parse_duration

UNITS = {"wd": "个工作日", "d": "天", "M": "个月", "h": "小时"}
_WRITTEN = {"wd": "{}wd", "d": "{}d", "M": "P{}M", "h": "PT{}H"}
_SPLIT = re.compile(r"[\s,，、;；]+")

Form = MultiDict[str, str]


class Unreadable(ValueError):
    """What was entered is no value of this type; the message is Chinese and says what to write."""


@dataclass(frozen=True)
class Entry:
    """What stands in a parameter's field: `text`, with `unit` (durations) or `of` (fractions); `words` where several
    are ticked. `units` are those offered; empty for a duration that has to be written out.
    """

    text: str = ""
    unit: str = ""
    of: str = ""
    words: list[str] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)


def name_of(parameter: Parameter) -> str:
    """The name of its field."""
    return f"p.{parameter.name}"


# ---------------------------------------------------------------- onto the page


def shown(parameter: Parameter, value: Any, typed: Form | None = None) -> Entry:
    """What the field shows: what was typed, or the value."""
    name, units = name_of(parameter), _units(parameter, value)
    if typed is not None and _was_shown(parameter, typed):
        unit, of = typed.get(f"{name}.unit", ""), typed.get(f"{name}.of", "")
        return Entry(typed.get(name, ""), unit, of, typed.getlist(name), units)
    if parameter.type == "duration":
        number, unit = _taken_apart(value) or (value, "")
        return Entry(str(number), unit, units=units)
    if parameter.type == "fraction":
        numerator, denominator = value.split("/")
        return Entry(numerator, of=denominator)
    if parameter.type == "list":
        return Entry("、".join(value), words=value)
    return Entry(f"{value:.12g}" if isinstance(value, float) else str(value))


def _was_shown(parameter: Parameter, typed: Form) -> bool:
    """Of ticks, none may be left: the form still has had them."""
    return name_of(parameter) in typed or (parameter.type == "list" and "seen" in typed)


def percent(part: str, whole: str) -> str:
    """`2`, `3` as 约 66.7%; empty where they make no fraction."""
    if not (part.isdecimal() and whole.isdecimal() and 0 < int(whole) <= 9_999 and int(part) <= int(whole)):
        return ""
    share = Fraction(int(part) * 100, int(whole))
    return f"{share}%" if share.denominator == 1 else f"约 {float(share):.1f}%"


def _units(parameter: Parameter, value: Any) -> dict[str, str]:
    """Hours only where the procedure reckons in hours; nothing where a value cannot be said in one unit."""
    if parameter.type != "duration":
        return {}
    texts = (value, parameter.default, parameter.minimum, parameter.maximum)
    parts = [_taken_apart(text) for text in texts if text is not None]
    if None in parts[:2]:
        return {}
    used = {part[1] for part in parts if part}
    return {unit: name for unit, name in UNITS.items() if unit != "h" or "h" in used}


def _taken_apart(text: str) -> tuple[int, str] | None:
    """`5wd` as (5, "wd"); None for what is not a whole number of one unit."""
    length = parse_duration(text)
    hours, rest = divmod(length.delta.total_seconds(), 3600)
    found = []
    if length.working_days:
        found.append((length.working_days, "wd"))
    if length.months:
        found.append((length.months, "M"))
    if hours or rest:
        whole_days = hours % 24 == 0 and not length.has_time
        found.append((int(hours) // 24, "d") if whole_days else (int(hours), "h"))
    return found[0] if len(found) == 1 and not rest else None


# ---------------------------------------------------------------- and back


def read(parameter: Parameter, form: Form, known: tuple[Any, ...] = ()) -> Any:
    """The value entered; one that means the same as one of `known` is written like that. Raises Unreadable."""
    value = _READERS[parameter.type](parameter, form)
    return next((one for one in known if _same(parameter, one, value)), value)


def _same(parameter: Parameter, one: Any, other: Any) -> bool:
    if parameter.type == "fraction":
        return Fraction(one) == Fraction(other)
    if parameter.type == "duration":
        return parse_duration(one) == parse_duration(other)
    if parameter.type == "list" and parameter.choices:
        return set(one) == set(other)
    return bool(one == other)


def _text(form: Form, name: str) -> str:
    return unicodedata.normalize("NFKC", form.get(name, "")).strip()


def _whole(form: Form, name: str, message: str) -> int:
    text = _text(form, name).replace(",", "")
    if not re.fullmatch(r"-?[0-9]{1,12}", text):
        raise Unreadable(message)
    return int(text)


def _number(parameter: Parameter, form: Form) -> int | float:
    try:
        number = Decimal(_text(form, name_of(parameter)).replace(",", ""))
    except InvalidOperation:
        raise Unreadable("请填数字") from None
    if not number.is_finite() or abs(number) > 10**12:
        raise Unreadable("请填数字，不超过一万亿")
    return int(number) if number == int(number) else float(number)


def _integer(parameter: Parameter, form: Form) -> int:
    return _whole(form, name_of(parameter), "请填整数")


def _duration(parameter: Parameter, form: Form) -> str:
    unit = form.get(f"{name_of(parameter)}.unit", "")
    if unit not in _WRITTEN:
        text = _text(form, name_of(parameter))
        try:
            parse_duration(text)
        except TimerError as error:
            raise Unreadable(str(error)) from None
        return text
    number = _whole(form, name_of(parameter), f"请填整数，再选{'、'.join(UNITS.values())}")
    if number < 0 or number > 9_999:
        raise Unreadable("请填 0 到 9999 的整数")
    return _WRITTEN[unit].format(number)


def _fraction(parameter: Parameter, form: Form) -> str:
    message, name = "请填两个整数，如 2 和 3 是三分之二", name_of(parameter)
    numerator, denominator = _whole(form, name, message), _whole(form, f"{name}.of", message)
    if not 0 < denominator <= 9_999 or not 0 <= numerator <= denominator:
        raise Unreadable("分母要大于 0，分子不能大于分母，最多四位数")
    return f"{numerator}/{denominator}"


def _choice(parameter: Parameter, form: Form) -> str:
    return form.get(name_of(parameter), "")


def _list(parameter: Parameter, form: Form) -> list[str]:
    if parameter.choices:
        ticked = form.getlist(name_of(parameter))
        strange = [word for word in ticked if word not in parameter.choices]
        return [word for word in parameter.choices if word in ticked] + strange
    return [word for word in _SPLIT.split(_text(form, name_of(parameter))) if word]


_READERS: dict[str, Any] = {
    "number": _number,
    "money": _number,
    "integer": _integer,
    "duration": _duration,
    "fraction": _fraction,
    "choice": _choice,
    "list": _list,
}
