"""The language of templates: fields, `if`, `for`, and nothing else of Jinja's.

What a template may say is judged by its syntax tree against the fields of its document (engine.documents.fields). No
assignment, call, macro, import or arithmetic; a loop inside another one goes through what the outer one found. So work
and output are bounded by the size of what is filled in, and a misspelt field is known before anybody prints.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.documents.fields import Each, Fields

LOOP = ("index", "index0", "first", "last", "length")
FILTERS = ("length",)
DEEPEST = 4
MOST_TAGS = 2000
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Const,
    nodes.For,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Filter,
    nodes.Concat,
)
_CALLED = {
    "Call": "调用函数",
    "Assign": "set 赋值",
    "AssignBlock": "set 赋值",
    "Macro": "宏（macro）",
    "CallBlock": "call",
    "Include": "include",
    "Import": "import",
    "FromImport": "import",
    "Extends": "extends",
    "Block": "block",
    "FilterBlock": "filter 段",
    "Test": "is 判断",
    "Mul": "算式",
    "Div": "算式",
    "Add": "算式",
    "Sub": "算式",
    "Pow": "算式",
    "Mod": "算式",
    "FloorDiv": "算式",
}


class Environment(ImmutableSandboxedEnvironment):
    """Renders what `problems` has let through; would it ever let something else through, it is refused here again."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, extensions=())
        self.globals.clear()
        self.tests.clear()
        self.filters = {name: self.filters[name] for name in FILTERS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        if isinstance(obj, LoopContext) and attribute in LOOP:
            return getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        return (
            self.getattr(obj, argument) if isinstance(argument, str) else self.undefined(name=str(argument))
        )

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return False

    def is_safe_callable(self, obj: Any) -> bool:
        return False


def problems(source: str, fields: Fields) -> Iterator[str]:
    """What is wrong with a text that holds tags, in Chinese; nothing where all is well."""
    if source.count("{{") + source.count("{%") > MOST_TAGS:
        yield f"里面的标记太多，最多 {MOST_TAGS} 个"
        return
    try:
        tree = Environment().parse(source)
    except (TemplateSyntaxError, RecursionError) as error:
        yield f"标记写错了：{_syntax(error)}。请核对 {{{{ }}}} 和 {{% %}} 是否成对，for 和 if 是否有 endfor、endif"
        return
    except TemplateError as error:
        yield f"标记读不懂：{error}"
        return
    yield from dict.fromkeys(_Reader(fields).body(tree.body, 0))


def _syntax(error: Exception) -> str:
    return error.message or "读不懂" if isinstance(error, TemplateSyntaxError) else "一层套一层太深"


class _Reader:
    """Walks the tree with what each name means where it stands."""

    def __init__(self, fields: Fields) -> None:
        self.scopes: list[Mapping[str, Any]] = [fields]

    def body(self, found: list[nodes.Node], depth: int) -> Iterator[str]:
        for node in found:
            yield from self.node(node, depth)

    def node(self, node: nodes.Node, depth: int) -> Iterator[str]:
        if not isinstance(node, _ALLOWED):
            name = type(node).__name__
            yield f"不能用{_CALLED.get(name, f' {name} ')}，模板里只能写字段、if 和 for"
        elif isinstance(node, nodes.For):
            yield from self._loop(node, depth)
        elif isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
            yield from self._complaint(node)
        elif isinstance(node, nodes.Filter) and (node.name not in FILTERS or node.args or node.kwargs):
            yield f"不能用“|{node.name}”，可以用的只有 |length"
        else:
            yield from self.body(list(node.iter_child_nodes()), depth)

    def _loop(self, node: nodes.For, depth: int) -> Iterator[str]:
        meant = self.meaning(node.iter)
        if isinstance(meant, str):
            yield meant
            return
        if not isinstance(meant[0], Each):
            yield f"“{_written(node.iter)}”不是一列内容，不能用 for"
        elif not isinstance(node.target, nodes.Name) or node.recursive or node.test is not None:
            yield "for 请写成“for 名字 in 字段”，不要带别的"
        elif depth >= DEEPEST:
            yield f"for 一层套一层太深，最多 {DEEPEST} 层"
        elif depth and _root(node.iter) in self.scopes[0]:
            yield f"for 套在另一个 for 里面时，要从外面那个里取：“{_written(node.iter)}”不是它的字段"
        else:
            own = dict.fromkeys(LOOP, "")
            self.scopes.append({node.target.name: meant[0].fields, "loop": own})
            yield from self.body([*node.body, *node.else_], depth + 1)
            self.scopes.pop()

    def _complaint(self, node: nodes.Expr) -> Iterator[str]:
        meant = self.meaning(node)
        if isinstance(meant, str):
            yield meant

    def meaning(self, node: nodes.Node) -> str | tuple[Any]:
        """What a name stands for, in a tuple; else what is wrong with it."""
        if isinstance(node, nodes.Name):
            for scope in reversed(self.scopes):
                if node.name in scope:
                    return (scope[node.name],)
            return f"没有“{node.name}”这个字段，可以用的有：{self._known()}"
        if isinstance(node, nodes.Getitem):
            if not isinstance(node.arg, nodes.Const) or not isinstance(node.arg.value, str):
                return f"“{_written(node)}”看不懂，请写成 名字.字段"
            inner, name = node.node, node.arg.value
        elif isinstance(node, nodes.Getattr):
            inner, name = node.node, node.attr
        else:
            return "这里要写一个字段的名字"
        found = self.meaning(inner)
        if isinstance(found, str):
            return found
        of = found[0]
        if not isinstance(of, Mapping) or name not in of:
            kind = "要先用 for 逐个取出，再写它的字段" if isinstance(of, Each) else f"里没有“{name}”"
            return f"“{_written(inner)}”{kind}" + (
                f"，可以用：{'、'.join(of)}" if isinstance(of, Mapping) else ""
            )
        return (of[name],)

    def _known(self) -> str:
        names = [name for scope in self.scopes for name in scope if name != "loop"]
        return "、".join(dict.fromkeys(names))


def _root(node: nodes.Node) -> str:
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        node = node.node
    return node.name if isinstance(node, nodes.Name) else ""


def _written(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return str(node.name)
    if isinstance(node, nodes.Getattr):
        return f"{_written(node.node)}.{node.attr}"
    return f"{_written(node.node)}[…]" if isinstance(node, nodes.Getitem) else "…"
