"""Conditions: a safe subset of Python expressions over JSON data, with Chinese names and full-width
punctuation.

An expression is untrusted input. It is parsed by Python's own parser, checked against an allow-list and
turned into closures of ours: nothing is ever handed to `eval`. Every operation is bounded in time and in
the size of its result.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from engine.values import (
    BINARY,
    COMPARE,
    FUNCTIONS,
    Context,
    ExpressionError,
    UnknownName,
    Value,
    bounded,
    field_of,
    item_of,
    lookup,
    normal_name,
    number,
)

__all__ = ["FUNCTIONS", "Expression", "ExpressionError", "UnknownName", "normal_name"]

Evaluator = Callable[[Context], Value]

MAX_TEXT = 2_000
MAX_DEPTH = 100

_CONSTANTS: dict[str, Value] = {"true": True, "false": False, "null": None, "none": None}


class Expression:
    """A parsed expression. Immutable, safe to share between threads.

    `names` are the free names at the head of every path; `paths` the whole dotted paths: `支出.金额` is
    ("支出", "金额"). Names are in Python's normal form, see `normal_name`. ExpressionError where not allowed.
    `compared` are the texts a path is compared with, so that a check can tell a typing error.
    """

    __slots__ = ("_evaluate", "compared", "names", "paths", "text")

    def __init__(self, text: str | None) -> None:
        if text is None or not text.strip():
            raise ExpressionError("表达式是空的，请填写")
        if len(text) > MAX_TEXT:
            raise ExpressionError(f"表达式太长：最多 {MAX_TEXT} 个字")
        self.text: str = text.strip()
        compiler = _Compiler()
        self._evaluate = compiler.compile(parse(self.text), 0)
        self.paths: frozenset[tuple[str, ...]] = frozenset(compiler.paths)
        self.compared: frozenset[tuple[tuple[str, ...], str]] = frozenset(compiler.compared)
        self.names: frozenset[str] = frozenset(path[0] for path in self.paths)

    def evaluate(self, context: Context) -> Value:
        """The value in this context. UnknownName where a name is not there, ExpressionError where it cannot
        be computed.
        """
        try:
            return self._evaluate(context)
        except UnknownName as error:
            raise UnknownName(error.name, self.text) from None
        except ExpressionError as error:
            raise ExpressionError(f"表达式「{self.text}」算不出来：{error}") from None
        except RecursionError:
            raise ExpressionError(f"表达式「{self.text}」算不出来：数据嵌套太深") from None

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


_SYMBOLS = {
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "×": "*",
    "÷": "/",
    "−": "-",
    "【": "[",
    "】": "]",
    "、": ",",
    "\u3000": " ",
    "\u00a0": " ",
    "\r": " ",
    "\n": " ",
    "\t": " ",
}
_OPENING = {'"': '"', "'": "'", "“": "“”", "”": "“”", "‘": "‘’", "’": "‘’", "＂": "＂", "＇": "＇"}


def _halfwidth(character: str) -> str:
    if "！" <= character <= "～":
        return chr(ord(character) - 0xFEE0)
    return _SYMBOLS.get(character, character)


def _normalise(text: str) -> str:
    """Full-width punctuation, letters and digits to ASCII, but nothing inside quotes."""
    out: list[str] = []
    closing = ""
    escaped = False
    for character in text:
        if not closing:
            closing = _OPENING.get(character, "")
            out.append('"' if closing else _halfwidth(character))
        elif escaped:
            # Only quotes and backslashes are escapes; any other backslash is meant literally.
            out.append(("\\" if character in "\"'\\" else "\\\\") + character)
            escaped = False
        elif character == "\\":
            escaped = True
        elif character in closing:
            out.append('"')
            closing = ""
        else:
            out.append('\\"' if character == '"' else character)
    if closing:
        raise ExpressionError(f"表达式「{text[:60]}」里的引号没有成对")
    return "".join(out).strip()


def _unwrap(text: str) -> str:
    """Take off what other tools put around an expression: `${…}`, `#{…}`, a leading `=`."""
    if text.startswith("=") and not text.startswith("=="):
        return text[1:].strip()
    if text[:2] in ("${", "#{") and text.endswith("}") and "${" not in text[2:] and "#{" not in text[2:]:
        return text[2:-1].strip()
    return text


def parse(text: str) -> ast.expr:
    """The syntax tree of an expression as a designer writes it. ExpressionError where it cannot be read."""
    source = _unwrap(_normalise(text))
    try:
        return ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ExpressionError(f"表达式「{text[:60]}」读不懂：{_hint(source)}") from None


def _hint(source: str) -> str:
    if "&&" in source or "||" in source:
        return "「并且」请写 and,「或者」请写 or"
    bare = source
    for pair in ("==", "!=", ">=", "<="):
        bare = bare.replace(pair, "")
    if "=" in bare:
        return "比较是否相等请写两个等号 =="
    if "!" in bare:
        return "「不是」请写 not"
    return "请检查括号、引号和比较符号"


class _Compiler:
    """Turns the syntax tree into closures, collecting the names it reads."""

    def __init__(self) -> None:
        self.paths: set[tuple[str, ...]] = set()
        self.compared: set[tuple[tuple[str, ...], str]] = set()

    def compile(self, node: ast.expr, depth: int) -> Evaluator:
        path = self._path(node)
        if path is not None:
            self.paths.add(path)
        return self._visit(node, depth)

    def _visit(self, node: ast.expr, depth: int) -> Evaluator:
        if depth > MAX_DEPTH:
            raise ExpressionError("表达式嵌套太深，请拆开写")
        method = getattr(self, "_" + type(node).__name__.lower(), None)
        if method is None:
            raise ExpressionError(f"表达式里不能用「{_shown(node)}」")
        evaluator: Evaluator = method(node, depth + 1)
        return evaluator

    def _path(self, node: ast.expr) -> tuple[str, ...] | None:
        """The dotted path a node reads, or None where it reads none."""
        parts: list[str] = []
        while True:
            if isinstance(node, ast.Attribute):
                parts.append(node.attr)
                node = node.value
            elif isinstance(node, ast.Subscript) and _text_index(node) is not None:
                parts.append(_text_index(node) or "")
                node = node.value
            elif isinstance(node, ast.Name) and node.id not in _CONSTANTS:
                return (node.id, *reversed(parts))
            else:
                return None

    def _constant(self, node: ast.Constant, depth: int) -> Evaluator:
        value = node.value
        if not isinstance(value, (int, float, str, bool, type(None))):
            raise ExpressionError(f"表达式里不能用「{_shown(node)}」")
        bounded(value)
        return lambda context: value

    def _name(self, node: ast.Name, depth: int) -> Evaluator:
        name = node.id
        if name.startswith("_"):
            raise ExpressionError(f"名字「{name}」不能用下划线开头")
        if name in _CONSTANTS:
            constant = _CONSTANTS[name]
            return lambda context: constant
        return lambda context: lookup(context, name)

    def _set(self, node: ast.Set, depth: int) -> Evaluator:
        # `{大额标准}` is how a parameter is written elsewhere: the same as its plain name here.
        if len(node.elts) != 1 or not isinstance(node.elts[0], ast.Name):
            raise ExpressionError("花括号里只能写一个参数的名字，如 {大额标准}")
        return self.compile(node.elts[0], depth)

    def _attribute(self, node: ast.Attribute, depth: int) -> Evaluator:
        name = node.attr
        if name.startswith("_"):
            raise ExpressionError(f"名字「{name}」不能用下划线开头")
        owner = self._visit(node.value, depth) if self._path(node) else self.compile(node.value, depth)
        return lambda context: field_of(owner(context), name)

    def _subscript(self, node: ast.Subscript, depth: int) -> Evaluator:
        if isinstance(node.slice, (ast.Slice, ast.Tuple)):
            raise ExpressionError("方括号里只能写第几项或字段名")
        owner = self._visit(node.value, depth) if self._path(node) else self.compile(node.value, depth)
        index = self.compile(node.slice, depth)
        return lambda context: item_of(owner(context), index(context))

    def _list(self, node: ast.List | ast.Tuple, depth: int) -> Evaluator:
        items = [self.compile(item, depth) for item in node.elts]
        return lambda context: [item(context) for item in items]

    _tuple = _list

    def _boolop(self, node: ast.BoolOp, depth: int) -> Evaluator:
        *parts, last = (self.compile(value, depth) for value in node.values)
        stop_at = isinstance(node.op, ast.Or)

        def evaluate(context: Context) -> Value:
            for part in parts:
                value = part(context)
                if bool(value) is stop_at:
                    return value
            return last(context)

        return evaluate

    def _unaryop(self, node: ast.UnaryOp, depth: int) -> Evaluator:
        operand = self.compile(node.operand, depth)
        if isinstance(node.op, ast.Not):
            return lambda context: not operand(context)
        if isinstance(node.op, ast.USub):
            return lambda context: -number(operand(context), "负号")
        if isinstance(node.op, ast.UAdd):
            return lambda context: +number(operand(context), "正号")
        raise ExpressionError(f"表达式里不能用「{_shown(node)}」")

    def _binop(self, node: ast.BinOp, depth: int) -> Evaluator:
        apply = BINARY.get(type(node.op))
        if apply is None:
            raise ExpressionError(f"表达式里不能用「{_shown(node)}」这种运算")
        left, right = self.compile(node.left, depth), self.compile(node.right, depth)
        return lambda context: apply(left(context), right(context))

    def _compare(self, node: ast.Compare, depth: int) -> Evaluator:
        operands = [self.compile(operand, depth) for operand in (node.left, *node.comparators)]
        for operation, operand in zip(node.ops, node.comparators, strict=True):
            if isinstance(operation, (ast.Is, ast.IsNot)) and not _is_singleton(operand):
                raise ExpressionError("is 后面只能是 None、True 或 False,比较是否相等请写 ==")
        self._remember(node)
        first, second, apply = operands[0], operands[1], COMPARE[type(node.ops[0])]
        if len(operands) == 2:
            return lambda context: apply(first(context), second(context))
        comparisons = [COMPARE[type(operation)] for operation in node.ops]

        def evaluate(context: Context) -> Value:
            left = first(context)
            for compare, operand in zip(comparisons, operands[1:], strict=True):
                right = operand(context)
                if not compare(left, right):
                    return False
                left = right
            return True

        return evaluate

    def _remember(self, node: ast.Compare) -> None:
        """Note `a.b == "text"`, either way round, and `a.b in ["text", …]`."""
        if len(node.ops) != 1 or not isinstance(node.ops[0], (ast.Eq, ast.NotEq, ast.In, ast.NotIn)):
            return
        left, right = node.left, node.comparators[0]
        if isinstance(node.ops[0], (ast.Eq, ast.NotEq)) and isinstance(left, ast.Constant):
            left, right = right, left
        path = self._path(left)
        texts = right.elts if isinstance(right, (ast.List, ast.Tuple)) else [right]
        for text in texts:
            if path is not None and isinstance(text, ast.Constant) and isinstance(text.value, str):
                self.compared.add((path, text.value))

    def _ifexp(self, node: ast.IfExp, depth: int) -> Evaluator:
        test, body = self.compile(node.test, depth), self.compile(node.body, depth)
        otherwise = self.compile(node.orelse, depth)
        return lambda context: body(context) if test(context) else otherwise(context)

    def _call(self, node: ast.Call, depth: int) -> Evaluator:
        known = FUNCTIONS.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if known is None or node.keywords:
            raise ExpressionError(f"不能用「{_shown(node)}」：可用的函数有 {'、'.join(FUNCTIONS)}")
        function, fewest, most = known
        if not fewest <= len(node.args) <= most:
            raise ExpressionError(f"「{_shown(node)}」的参数个数不对")
        arguments = [self.compile(argument, depth) for argument in node.args]
        if len(arguments) == 1:
            only = arguments[0]
            return lambda context: bounded(function(only(context)))
        return lambda context: bounded(function(*[argument(context) for argument in arguments]))


def _text_index(node: ast.Subscript) -> str | None:
    index = node.slice
    return index.value if isinstance(index, ast.Constant) and isinstance(index.value, str) else None


def _is_singleton(node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return node.id in _CONSTANTS
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool))


def _shown(node: ast.expr) -> str:
    try:
        return ast.unparse(node)[:40]
    except RecursionError:
        return type(node).__name__
