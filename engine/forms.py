"""form-js schemas on the server: what a form asks for, and whether what came back is right.

The browser shows a form with form-js's own viewer; nothing it says is trusted. Here the same schema is
read again:
keys it does not declare are refused, values have the declared type and keep the declared limits, what
stands in a
hidden field is dropped, a required one must be there. Messages are Chinese and stand at the field.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from engine.expressions import Expression, ExpressionError

Schema = Mapping[str, Any]
Errors = dict[str, str]

DISPLAY = frozenset({"text", "html", "image", "separator", "spacer", "button", "table", "documentPreview"})
TYPES = {
    "textfield": "text",
    "textarea": "text",
    "number": "number",
    "checkbox": "boolean",
    "radio": "text",
    "select": "text",
    "checklist": "list",
    "taglist": "list",
    "datetime": "text",
    "filepicker": "list",
    "dynamiclist": "list",
    "group": "record",
}
CHOICES = ("radio", "select", "checklist", "taglist")
MAX_TEXT = 10_000
MAX_ROWS = 500
MAX_FILES = 20
FILE_ID = re.compile(r"[0-9a-f]{64}")
PATTERNS = {  # form-js's named validation types
    "email": (re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "请填写正确的电子邮箱"),
    "phone": (re.compile(r"\+?[\d\s()-]{5,20}"), "请填写正确的电话号码"),
}


class SchemaError(ValueError):
    """The form itself cannot be used. The message is Chinese and says what to mend."""


# ---------------------------------------------------------------- reading a schema


def fields(schema: Schema) -> Iterator[Mapping[str, Any]]:
    """The components that carry a value on the form's top level, in order; groups without a path are
    transparent.
    """
    for component in schema.get("components") or []:
        if component.get("type") == "group" and not component.get("path"):
            yield from fields(component)
        elif component.get("type") not in DISPLAY:
            yield component


def key_of(component: Mapping[str, Any]) -> str:
    """Where the value stands: a list or group of fields has a `path`, everything else a `key`."""
    return str(component.get("path" if component.get("type") in ("group", "dynamiclist") else "key") or "")


def designations_of(component: Mapping[str, Any]) -> list[str]:
    """Whose holders a field has as its options (`"properties": {"people": "村干部 村民代表"}`); engine.pickers."""
    return str((component.get("properties") or {}).get("people") or "").split()


def field_types(schema: Schema) -> dict[str, str]:
    """Key -> type of the value: text, number, boolean, list or record. One picked person is a number, the id."""
    return {key_of(component): _type(component) for component in fields(schema)}


def _type(component: Mapping[str, Any]) -> str:
    kind = TYPES.get(component.get("type", ""), "text")
    return "number" if kind == "text" and designations_of(component) else kind


def labels(schema: Schema) -> dict[str, str]:
    """Key -> what the form calls it."""
    return {key_of(c): str(c.get("label") or key_of(c)).strip() for c in fields(schema)}


def check(schema: Any) -> list[str]:
    """What is wrong with a form, in Chinese; empty when it can be used."""
    if not isinstance(schema, Mapping) or not isinstance(schema.get("components"), list):
        return ["不是 form-js 表单(缺少 components)"]
    return list(_check_components(schema, set()))


def _check_components(schema: Schema, seen: set[str]) -> Iterator[str]:
    for component in schema.get("components") or []:
        kind = component.get("type") if isinstance(component, Mapping) else None
        if kind in DISPLAY:
            continue
        if kind not in TYPES:
            yield f"有一项的类型“{kind}”不支持，请换成文本、数字、单选、多选、日期、附件等"
            continue
        if kind == "group" and not component.get("path"):
            yield from _check_components(component, seen)
            continue
        key, label = key_of(component), str(component.get("label") or "")
        if not key:
            yield f"“{label or kind}”没有字段键(key)"
        elif "." in key or key.startswith("_"):
            yield f"“{label or key}”的字段键“{key}”不能带点号，也不能以下划线开头"
        elif key in seen:
            yield f"字段键“{key}”重复"
        seen.add(key)
        if kind not in ("group", "dynamiclist") and not label:
            yield f"“{key}”没有名称(label)"
        yield from _check_rules(component, label or key)
        if kind in ("group", "dynamiclist"):
            yield from _check_components(component, set())


def _check_rules(component: Mapping[str, Any], label: str) -> Iterator[str]:
    condition = (component.get("conditional") or {}).get("hide")
    if condition:
        try:
            feel(condition)
        except ExpressionError as error:
            yield f"“{label}”的隐藏条件看不懂: {error}"
    if component.get("valuesExpression") or component.get("valuesKey"):
        yield f"“{label}”的选项要直接列出，不能用公式或外部数据"
    if designations_of(component):
        if component.get("type") not in CHOICES:
            yield f"“{label}”要选人，请用下拉框、单选或多选"
        elif component.get("values"):
            yield f"“{label}”从岗位里选人，选项由系统给出，请去掉写好的选项(values)"
    rules = component.get("validate") or {}
    for name in ("min", "max", "minLength", "maxLength"):
        if isinstance(rules.get(name), str) and not _is_number(rules[name]):
            yield f"“{label}”的{name}要写成数字"
    if rules.get("pattern"):
        try:
            re.compile(rules["pattern"])
        except re.error:
            yield f"“{label}”的正则表达式写错了"
        if len(str(rules["pattern"])) > 200 or re.search(r"[+*}]\)?[+*{]", str(rules["pattern"])):
            yield f"“{label}”的正则表达式太复杂，请写得简单一些"


# ---------------------------------------------------------------- conditions


def feel(text: str) -> Expression:
    """A form's condition (FEEL, `=结论 = "同意"`) as one of our expressions. Raises ExpressionError."""
    body = text.strip().removeprefix("=")
    out, quote, previous = [], "", ""
    for index, char in enumerate(body):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "=" and previous not in "<>!=" and body[index + 1 : index + 2] != "=":
            char = "=="
        out.append(char)
        previous = char[-1]
    return Expression(re.sub(r"\bnull\b", "None", "".join(out)))


def hidden(component: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """Whether the form hides this field, given what the others say. A name nobody filled in counts as empty.

    In a row of a list `this.热点` is the row's own field, as form-js has it.
    """
    condition = (component.get("conditional") or {}).get("hide")
    if not condition:
        return False
    expression = feel(condition)
    known = {name: data.get(name) for name in expression.names}
    if "this" in known:
        known["this"] = {path[1]: data.get(path[1]) for path in expression.paths if len(path) > 1}
    try:
        return bool(expression.evaluate(known))
    except ExpressionError:
        return False  # text where a number is asked for hides nothing: the field at fault is told so itself


# ---------------------------------------------------------------- validating


def validate(schema: Schema, data: Any) -> tuple[dict[str, Any], Errors]:
    """What the form accepts of `data`, and what is wrong with it: key (or `list[2].key`) -> message in
    Chinese.
    """
    errors: Errors = {}
    if not isinstance(data, Mapping):
        return {}, {"": "提交的内容不是一张表单"}
    clean = _validate(schema, data, "", errors)
    return clean, errors


def _validate(schema: Schema, data: Mapping[str, Any], path: str, errors: Errors) -> dict[str, Any]:
    declared = {key_of(component): component for component in fields(schema)}
    clean: dict[str, Any] = {}
    for key in data:
        if key not in declared:
            errors[path + str(key)] = f"表单里没有“{str(key)[:40]}”这一项"
    for key, component in declared.items():
        value = data.get(key)
        if hidden(component, data) or component.get("disabled"):
            clean[key] = _nothing(component)
        elif _empty(value):
            clean[key] = _nothing(component)
            if _required(component):
                errors[path + key] = _missing(component)
        else:
            clean[key] = _value(component, value, path + key, errors)
    return clean


def _nothing(component: Mapping[str, Any]) -> Any:
    """What an empty field stands for, so that a condition can always read it: a record has all its fields."""
    kind = _type(component)
    return {"text": "", "number": None, "boolean": False, "list": [], "record": {}}[kind]


def _required(component: Mapping[str, Any]) -> bool:
    return bool((component.get("validate") or {}).get("required"))


def _empty(value: Any) -> bool:
    return (
        value is None
        or value is False
        or value == ""
        or value == []
        or value == {}
        or (isinstance(value, str) and not value.strip())
    )


def _missing(component: Mapping[str, Any]) -> str:
    label, kind = component.get("label") or component.get("key"), component.get("type")
    if kind == "filepicker":
        return f"请上传“{label}”"
    return f"请选择“{label}”" if kind in CHOICES else f"请填写“{label}”"


def _value(component: Mapping[str, Any], value: Any, path: str, errors: Errors) -> Any:
    """The value in its declared type; what is wrong with it goes into `errors`."""
    try:
        return _READERS[component["type"]](component, value, path, errors)
    except ValueError as error:
        errors[path] = str(error)
        return None


def _text(component: Mapping[str, Any], value: Any, path: str, errors: Errors) -> str:
    if not isinstance(value, str):
        raise ValueError("这里要填文字")
    text, rules = value.strip(), component.get("validate") or {}
    if any(ord(char) < 32 and char not in "\n\r\t" for char in text):
        raise ValueError("文字里有看不见的控制字符，请删掉后重填")
    longest = int(_number_or(rules.get("maxLength"), MAX_TEXT))
    if len(text) > longest:
        raise ValueError(f"太长了：最多 {longest} 个字，现在 {len(text)} 个字")
    shortest = int(_number_or(rules.get("minLength"), 0))
    if len(text) < shortest:
        raise ValueError(f"太短了：至少 {shortest} 个字")
    if rules.get("validationType") in PATTERNS:
        pattern, message = PATTERNS[rules["validationType"]]
        if not pattern.fullmatch(text):
            raise ValueError(message)
    elif rules.get("pattern") and not re.search(rules["pattern"], text[:MAX_TEXT]):
        raise ValueError("格式不对，请按填写说明重填")
    return text


def _number(component: Mapping[str, Any], value: Any, path: str, errors: Errors) -> int | float | str:
    if isinstance(value, bool) or not isinstance(value, int | float | str) or not _is_number(value):
        raise ValueError("这里要填数字")
    number = float(value)
    if abs(number) > 1e15:
        raise ValueError("数字太大了")
    digits = component.get("decimalDigits")
    if digits is not None and round(number, int(digits)) != number:
        raise ValueError(f"小数最多 {digits} 位" if digits else "这里要填整数")
    rules = component.get("validate") or {}
    if rules.get("min") is not None and number < float(rules["min"]):
        raise ValueError(f"不能小于 {rules['min']}")
    if rules.get("max") is not None and number > float(rules["max"]):
        raise ValueError(f"不能大于 {rules['max']}")
    if component.get("serializeToString"):
        return str(value).strip()
    return int(number) if number.is_integer() else number


def _checkbox(component: Mapping[str, Any], value: Any, path: str, errors: Errors) -> bool:
    if value is not True:
        raise ValueError("这里只能勾选或不勾选")
    return True


def _offers(component: Mapping[str, Any], value: Any) -> bool:
    options = (option.get("value") for option in component.get("values") or [])
    return any(value == option and type(value) is type(option) for option in options)  # True is not person 1


def _choice(component: Mapping[str, Any], value: Any, path: str, errors: Errors) -> Any:
    if not _offers(component, value):
        raise ValueError("请从列出的选项里选")
    return value


def _several(component: Mapping[str, Any], value: Any, path: str, errors: Errors) -> list[Any]:
    if not isinstance(value, list) or not all(_offers(component, item) for item in value):
        raise ValueError("请从列出的选项里选")
    if len({repr(item) for item in value}) != len(value):
        raise ValueError("同一个选项选了两次")
    return value


def _moment(component: Mapping[str, Any], value: Any, path: str, errors: Errors) -> str:
    if not isinstance(value, str):
        raise ValueError("请选择日期")
    kind = component.get("subtype", "date")
    try:
        if kind == "date":
            date.fromisoformat(value)
        elif kind == "time":
            datetime.fromisoformat(f"2000-01-01T{value}")
        else:
            datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(
            "时间写得不对" if kind == "time" else "日期写得不对，应当像 2026-03-05 这样"
        ) from None
    return value


def _files(component: Mapping[str, Any], value: Any, path: str, errors: Errors) -> list[dict[str, str]]:
    if not isinstance(value, list) or len(value) > (MAX_FILES if component.get("multiple") else 1):
        raise ValueError(f"最多 {MAX_FILES} 个附件" if component.get("multiple") else "只能上传一个附件")
    for item in value:
        if (
            not isinstance(item, Mapping)
            or set(item) - {"id", "name"}
            or not FILE_ID.fullmatch(str(item.get("id")))
        ):
            raise ValueError("附件没有上传成功，请重新选择文件")
    return [{"id": item["id"], "name": str(item.get("name") or "附件")[:255]} for item in value]


def _rows(component: Mapping[str, Any], value: Any, path: str, errors: Errors) -> list[Any]:
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise ValueError("这里要填一张列表")
    if len(value) > MAX_ROWS:
        raise ValueError(f"最多 {MAX_ROWS} 行")
    return [_validate(component, row, f"{path}[{number}].", errors) for number, row in enumerate(value)]


def _group(component: Mapping[str, Any], value: Any, path: str, errors: Errors) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError("这一组没有填对")
    return _validate(component, value, f"{path}.", errors)


def _is_number(value: Any) -> bool:
    try:
        return -1e300 < float(value) < 1e300
    except (TypeError, ValueError, OverflowError):
        return False


def _number_or(value: Any, default: int) -> float:
    return float(value) if value not in (None, "") and _is_number(value) else default


_READERS = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "checkbox": _checkbox,
    "radio": _choice,
    "select": _choice,
    "checklist": _several,
    "taglist": _several,
    "datetime": _moment,
    "filepicker": _files,
    "dynamiclist": _rows,
    "group": _group,
}


def file_ids(schema: Schema, data: Mapping[str, Any]) -> set[str]:
    """The ids of all files a (validated) submission refers to."""
    found: set[str] = set()
    for component in fields(schema):
        value = data.get(key_of(component))
        if not value:
            continue
        if component.get("type") == "filepicker":
            found |= {item["id"] for item in value}
        elif component.get("type") == "dynamiclist":
            found |= {file for row in value for file in file_ids(component, row)}
        elif component.get("type") == "group":
            found |= file_ids(component, value)
    return found
