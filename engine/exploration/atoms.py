"""What conditions read, taken apart: the smallest comparisons whose truth decides a way."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.diagram.names import COUNTERS
from engine.expressions import Expression, ExpressionError, parse

Path = tuple[str, ...]


@dataclass(frozen=True)
class Atom:
    """A comparison, or a value taken for true or false. `paths` are the data it reads, `numbers` and `texts` what it
    compares them with (constants and parameters), `sized` the paths whose length it asks for, `searched` those it
    looks for something in.
    """

    expression: Expression
    paths: frozenset[Path]
    numbers: tuple[float, ...] = ()
    texts: tuple[str, ...] = ()
    sized: frozenset[Path] = field(default_factory=frozenset)
    searched: frozenset[Path] = field(default_factory=frozenset)
    by_place: bool = False  # it takes an item of a list by its place, or by a computed name

    @property
    def text(self) -> str:
        return self.expression.text

    def value(self, context: Mapping[str, Any]) -> Any:
        """True, False, or what is wrong: the answer that tells two data apart."""
        try:
            return bool(self.expression.evaluate(context))
        except ExpressionError as error:
            return str(error)


def atoms(expression: Expression, parameters: Mapping[str, Any]) -> list[Atom]:
    """The atoms of an expression that read data."""
    found = [_atom(leaf, parameters) for leaf in _leaves(parse(expression.text))]
    return [atom for atom in found if atom.paths]


def data_paths(expression: Expression, parameters: Mapping[str, Any]) -> frozenset[Path]:
    """What an expression reads that is neither a parameter nor a counter of a loop."""
    return frozenset(p for p in expression.paths if p[0] not in parameters and p[0] not in COUNTERS)


def _leaves(tree: ast.expr) -> Iterator[ast.expr]:
    if isinstance(tree, ast.BoolOp):
        for part in tree.values:
            yield from _leaves(part)
    elif isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not):
        yield from _leaves(tree.operand)
    elif isinstance(tree, ast.IfExp):
        for part in (tree.test, tree.body, tree.orelse):
            yield from _leaves(part)
    else:
        yield tree


def _atom(leaf: ast.expr, parameters: Mapping[str, Any]) -> Atom:
    expression = Expression(ast.unparse(leaf))
    values: list[Any] = [node.value for node in ast.walk(leaf) if isinstance(node, ast.Constant)]
    values += [parameters[path[0]] for path in expression.paths if path[0] in parameters]
    asked = [node for node in ast.walk(leaf) if isinstance(node, ast.Call)]
    sized = [c.args[0] for c in asked if isinstance(c.func, ast.Name) and c.func.id == "len" and c.args]
    return Atom(
        expression,
        data_paths(expression, parameters),
        tuple(sorted({v for v in values if isinstance(v, int | float) and not isinstance(v, bool)})),
        tuple(dict.fromkeys(v for v in values if isinstance(v, str))),
        _paths_of(sized),
        _paths_of(_containers(leaf)),
        any(isinstance(n, ast.Subscript) and not isinstance(n.slice, ast.Constant) for n in ast.walk(leaf))
        or any(
            isinstance(n, ast.Subscript)
            and isinstance(n.slice, ast.Constant)
            and not isinstance(n.slice.value, str)
            for n in ast.walk(leaf)
        ),
    )


def _containers(leaf: ast.expr) -> list[ast.expr]:
    """What stands right of an `in`."""
    if not isinstance(leaf, ast.Compare):
        return []
    pairs = zip(leaf.ops, leaf.comparators, strict=True)
    return [right for operation, right in pairs if isinstance(operation, ast.In | ast.NotIn)]


def _paths_of(parts: list[ast.expr]) -> frozenset[Path]:
    return frozenset(path for part in parts for path in Expression(ast.unparse(part)).paths)
