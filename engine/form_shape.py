"""Whether something that calls itself a form has a form's shape: whoever reads it then need not ask at every step."""

from collections.abc import Iterator, Mapping
from typing import Any

MAX_DEPTH = 12
MAX_COMPONENTS = 1_000
MAX_OPTIONS = 2_000

_MAPPINGS = ("conditional", "validate", "properties")
_TEXTS = ("type", "key", "path", "label", "description", "dateLabel", "timeLabel", "subtype")
_NOT_A_FORM = "不是 form-js 表单，请在表单编辑器里重新保存"


def shape_problem(schema: Any) -> str | None:
    """What keeps a schema from being read as a form, in Chinese; None where nothing does."""
    if not isinstance(schema, Mapping):
        return _NOT_A_FORM
    found, level = 0, [schema]
    for _ in range(MAX_DEPTH):
        inside: list[Mapping[str, Any]] = []
        for holder in level:
            components = holder.get("components", [] if holder is not schema else None)
            if not isinstance(components, list) or not all(isinstance(each, Mapping) for each in components):
                return _NOT_A_FORM
            inside += components
        found += len(inside)
        if found > MAX_COMPONENTS:
            return f"表单太大：最多 {MAX_COMPONENTS} 项，请拆成几张"
        problem = next((problem for each in inside for problem in _odd(each)), None)
        if problem is not None or not inside:
            return problem
        level = inside
    return f"表单一层套一层，套得太深：最多 {MAX_DEPTH - 1} 层，请把里面的拿出来"


def _odd(component: Mapping[str, Any]) -> Iterator[str]:
    """Parts of a component that are of another kind than form-js has them."""
    name = next((text for key in ("label", "key", "path") if isinstance(text := component.get(key), str)), "")
    said = f"“{name[:40]}”这一项" if name else "有一项"
    for key in _MAPPINGS:
        if not isinstance(component.get(key) or {}, Mapping):
            yield f"{said}的 {key} 写坏了，请删去这一项重新加"
    for key in _TEXTS:
        if not isinstance(component.get(key) or "", str):
            yield f"{said}的 {key} 要是文字，请删去这一项重新加"
    values = component.get("values") or []
    if not isinstance(values, list) or not all(isinstance(each, Mapping) for each in values):
        yield f"{said}的选项写坏了，请在表单编辑器里重新写"
    elif len(values) > MAX_OPTIONS:
        yield f"{said}的选项太多：最多 {MAX_OPTIONS} 个"
    digits = component.get("decimalDigits")
    if digits is not None and (
        isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= 15
    ):
        yield f"{said}的小数位数要写 0 到 15 的整数"
    yield from _odd_rules(component, said)


def _odd_rules(component: Mapping[str, Any], said: str) -> Iterator[str]:
    conditional, rules = component.get("conditional"), component.get("validate")
    if isinstance(conditional, Mapping) and not isinstance(conditional.get("hide") or "", str):
        yield f"{said}的隐藏条件要是文字，请重新写"
    if isinstance(rules, Mapping):
        if not isinstance(rules.get("pattern") or "", str):
            yield f"{said}的正则表达式要是文字，请重新写"
        for key in ("min", "max", "minLength", "maxLength"):
            if isinstance(rules.get(key), bool) or not isinstance(rules.get(key) or 0, int | float | str):
                yield f"{said}的 {key} 要写成数字"
