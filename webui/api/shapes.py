"""Shapes of bodies, queries and answers: one dataclass is read strictly and described as JSON Schema.

@dataclass
class Reason:
    reason: Annotated[str, Doc("为什么", at_most=500)]
"""

import re
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from engine.refusal import Invalid

T = TypeVar("T")
INTEGER = re.compile(r"-?[0-9]{1,15}")


@dataclass(frozen=True)
class Doc:
    """What a field means, and its bounds: characters of a text, items of a list, or the value of a number."""

    text: str
    at_most: int | None = None
    at_least: int | None = None


@dataclass(frozen=True)
class _Field:
    name: str
    hint: Any
    doc: Doc
    required: bool


@cache
def _fields(shape: Any) -> tuple[_Field, ...]:
    hints = get_type_hints(shape, include_extras=True)
    return tuple(_field(field, hints[field.name]) for field in fields(shape))


def _field(field: Any, hint: Any) -> _Field:
    doc = Doc("")
    if get_origin(hint) is Annotated:
        hint, doc = get_args(hint)[:2]
    required = field.default is MISSING and field.default_factory is MISSING
    return _Field(field.name, hint, doc, required)


# ---------------------------------------------------------------- reading


def read(shape: Callable[..., T], raw: Any) -> T:
    """`raw` (parsed JSON, or the query's text values) as an instance. Unknown keys too are Invalid."""
    if not isinstance(raw, dict):
        raise Invalid("invalid", "请求的内容要是一个 JSON 对象（用花括号括起来）")
    declared = {field.name: field for field in _fields(shape)}
    errors = {str(key)[:64]: f"没有“{str(key)[:40]}”这一项，请去掉" for key in raw if key not in declared}
    values: dict[str, Any] = {}
    for name, field in declared.items():
        if name not in raw:
            if field.required:
                errors[name] = f"缺少“{name}”" + (f"（{field.doc.text}）" if field.doc.text else "")
            continue
        try:
            values[name] = _value(field.hint, field.doc, raw[name])
        except ValueError as error:
            errors[name] = str(error)
    if errors:
        raise Invalid("invalid", "请求里有不对的地方：" + "；".join(dict.fromkeys(errors.values())), errors)
    return shape(**values)


def _value(hint: Any, doc: Doc, value: Any) -> Any:
    if _optional(hint):
        return None if value is None else _value(_without_none(hint), doc, value)
    origin: Any = get_origin(hint) or hint
    if origin is Literal:
        if value not in get_args(hint):
            raise ValueError("只能是 " + "、".join(map(str, get_args(hint))))
        return value
    if origin is int and isinstance(value, str) and INTEGER.fullmatch(value):
        value = int(value)  # a query's values are text
    expected, name = _EXPECTED[origin]
    if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool):
        raise ValueError(f"这里要填{name}")
    _bounds(doc, value)
    if isinstance(value, list):
        return [_value(get_args(hint)[0], Doc(""), item) for item in value]
    return value


def _bounds(doc: Doc, value: Any) -> None:
    size = value if isinstance(value, int) else len(value)
    unit = "" if isinstance(value, int) else " 个字" if isinstance(value, str) else " 项"
    if doc.at_most is not None and size > doc.at_most:
        raise ValueError(f"最多 {doc.at_most}{unit}")
    if doc.at_least is not None and size < doc.at_least:
        raise ValueError("不能为空" if doc.at_least == 1 and unit else f"至少 {doc.at_least}{unit}")


_EXPECTED: dict[Any, tuple[type, str]] = {
    str: (str, "文字"),
    int: (int, "整数"),
    bool: (bool, "true 或 false"),
    list: (list, "一个列表"),
    dict: (dict, "一个对象"),
}


# ---------------------------------------------------------------- describing


def describe(hint: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema of a type; the dataclasses it uses are put into `schemas` by name."""
    if _optional(hint):
        inner = describe(_without_none(hint), schemas)
        if "type" in inner:
            return inner | {"type": [inner["type"], "null"]}
        return {"anyOf": [*inner.get("anyOf", [inner]), {"type": "null"}]}
    origin, arguments = get_origin(hint) or hint, get_args(hint)
    if is_dataclass(origin):
        return {"$ref": f"#/components/schemas/{_add(hint, schemas)}"}
    if origin in _UNIONS:
        return {"anyOf": [describe(argument, schemas) for argument in arguments]}
    if origin is tuple and ... not in arguments:
        return {"type": "array", "prefixItems": [describe(argument, schemas) for argument in arguments]}
    if origin in _LISTS:
        return {"type": "array", "items": describe(arguments[0], schemas)}
    if origin in _OBJECTS:
        value = describe(arguments[1], schemas)
        return {"type": "object"} | ({"additionalProperties": value} if value else {})
    if origin is Literal:
        return {"type": "string", "enum": list(arguments)}
    return dict(_SIMPLE[origin])


_UNIONS = (Union, types.UnionType)
_LISTS = (list, tuple, Sequence)
_OBJECTS = (dict, Mapping)
_SIMPLE: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    Any: {},
}


def _add(hint: Any, schemas: dict[str, Any]) -> str:
    """Put the dataclass (or `Page[Row]`) among the schemas; its name there."""
    shape, arguments = get_origin(hint) or hint, get_args(hint)
    name: str = shape.__name__ + "".join(argument.__name__ for argument in arguments)
    if name not in schemas:
        schemas[name] = {}  # taken now, so that a shape may contain itself
        schemas[name] = _object(shape, arguments, schemas)
    return name


def _object(shape: type, arguments: tuple[Any, ...], schemas: dict[str, Any]) -> dict[str, Any]:
    properties = {f.name: _described(_filled(f.hint, arguments), f.doc, schemas) for f in _fields(shape)}
    required = [f.name for f in _fields(shape) if f.required]
    return {
        "type": "object",
        "description": (shape.__doc__ or "").strip(),
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _filled(hint: Any, arguments: tuple[Any, ...]) -> Any:
    """`list[T]` of a generic shape with what stands for T."""
    return hint[arguments] if getattr(hint, "__parameters__", ()) else hint


def _described(hint: Any, doc: Doc, schemas: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema of one field: its type, meaning and bounds."""
    schema = describe(hint, schemas)
    inner = _without_none(hint) if _optional(hint) else hint
    kind: Any = get_origin(inner) or inner
    suffix = _BOUNDED.get(kind, "")
    for word, bound in (("max", doc.at_most), ("min", doc.at_least)):
        if bound is not None:
            schema[word + suffix] = bound
    return schema | ({"description": doc.text} if doc.text else {})


_BOUNDED: dict[Any, str] = {str: "Length", list: "Items", dict: "Properties", int: "imum"}


def parameters(shape: type, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of a query's shape as OpenAPI parameters."""
    return [
        {"name": f.name, "in": "query", "required": f.required, "schema": _described(f.hint, f.doc, schemas)}
        for f in _fields(shape)
    ]


def _optional(hint: Any) -> bool:
    return get_origin(hint) in _UNIONS and type(None) in get_args(hint)


def _without_none(hint: Any) -> Any:
    """The `X` of `X | None`, which may be a union itself."""
    return Union[tuple(argument for argument in get_args(hint) if argument is not type(None))]  # noqa: UP007
