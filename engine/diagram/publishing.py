"""The publishing gate: what a diagram needs besides running right, before it is put in front of people."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from engine.clauses import clause
from engine.diagram.model import Diagram, Node, Scope
from engine.diagram.names import COUNTERS, Forms, Names, groups
from engine.diagram.report import Report
from engine.durations import parse_duration
from engine.expressions import FUNCTIONS, Expression, ExpressionError, normal_name
from engine.timers import TimerError

if TYPE_CHECKING:
    from engine.steps import Kind


@dataclass
class Surroundings:
    """What a diagram is published with. None means that it is not known, and nothing is said about it."""

    forms: Forms | None = None
    parameters: Mapping[str, Any] | None = None  # name -> default
    designations: Container[str] | None = None
    inputs: tuple[str, ...] = ()
    calls_elsewhere: bool = False  # names may then be set by procedures that are not at hand


def check_publishing(diagram: Diagram, around: Surroundings, report: Report) -> None:
    """Posts, guidance, kinds and forms, deadlines, clauses, labels, and the names in every expression."""
    for node in diagram.walk():
        if node.is_person_task:
            _check_step(node, around, report)
        elif "kind" in node.properties:
            report.add(
                "kind-ignored",
                "不是由人办的步骤，写在这里的“办理方式”（kind）不起作用，请删去",
                node,
                "warning",
            )
        _check_settings(node, report)
        _check_clauses(node, report)
        _check_timer(node, around, report)
        _check_labels(node, report)
    for processes in groups(diagram):
        _check_keys(processes, around, report)
        if around.parameters is not None:
            _check_names(processes, around, report)


# ------------------------------------------------------------------------------------------------ steps


def _check_step(node: Node, around: Surroundings, report: Report) -> None:
    if node.lane is None:
        report.add("no-lane", "没有说明由谁办，请放进写着岗位或身份的泳道", node)
    elif around.designations is not None and node.lane not in around.designations:
        report.add("unknown-lane", f"泳道「{node.lane}」不是登记过的岗位、身份或职务，请改名或先登记", node)
    if node.documentation is None:
        report.add("no-guidance", "没有办理说明，请写上这一步怎么办，办的人会看到", node)
    _check_kind(node, around, report)
    _check_due(node, around, report)


def _check_kind(node: Node, around: Surroundings, report: Report) -> None:
    from engine.steps import kind, names  # steps read the diagram's model: imported late on purpose

    if node.kind is None:
        report.add("no-kind", "没有说明怎么办，请选一种“办理方式”（kind）", node)
        return
    try:
        step = kind(node.kind)
    except KeyError:
        known = "、".join(f"{kind(one).title}（{one}）" for one in names())
        message = f"没有「{node.kind}」这种办理方式，可用的有：{known}"
        report.add("unknown-kind", message, node)
        return
    if around.forms is None or around.parameters is None:
        if node.kind == "handle" and not node.properties.get("form"):
            report.add("form-missing", "还没有表单，请选一张“表单”（form）", node)
        return
    for problem in step.check(node, around.forms, around.parameters):
        report.add(problem.code, problem.message, node)
    _check_posts(node, step, around, report)


def _check_settings(node: Node, report: Report) -> None:
    """A setting nobody reads is a slip of the pen that would silently have no effect."""
    from engine.steps import known  # steps read the diagram's model: imported late on purpose

    settings = known(node)
    if settings is None:
        return
    for name in node.properties:
        if name not in settings:
            near = get_close_matches(name, settings, 1)
            hint = f"是不是想写 {near[0]}？" if near else "请删去，或改成这一步有的设置"
            report.add("unknown-setting", f"不认识的设置「{name}」，写了也不起作用。{hint}", node, "warning")


def _check_posts(node: Node, step: Kind, around: Surroundings, report: Report) -> None:
    """Everybody whom the kind's own settings bring in: who attends, records, counts, stands in."""
    try:
        seats = step.seats(step.freeze(node, around.parameters or {}), node.lane or node.label, lambda _: ())
    except ValueError:
        return  # the kind has said so
    named = dict.fromkeys(name for seat in seats for name in seat.designations if name != node.lane)
    for name in named if around.designations is not None and node.lane is not None else ():
        if name not in (around.designations or ()):
            report.add(
                "unknown-post", f"要由「{name}」参加，可是没有登记过这个岗位或身份，请改名或先登记", node
            )


def _check_due(node: Node, around: Surroundings, report: Report) -> None:
    text = node.properties.get("due", "")
    if not text:
        return
    name = text[1:-1].strip() if text.startswith("{") and text.endswith("}") else None
    if name is not None:
        if around.parameters is None or ("." in name and name not in around.parameters):
            return  # what it reads from the data is checked with the other expressions
        if name not in around.parameters:
            report.add(
                "unknown-parameter", f"“办理期限”（due）用到的参数「{name}」没有设置，请在“参数”里加上", node
            )
            return
        text = str(around.parameters[name])
    try:
        parse_duration(text)
    except TimerError as error:
        report.add("bad-due", f"“办理期限”（due）写错了：{error}", node)


def _check_clauses(node: Node, report: Report) -> None:
    for number in node.properties.get("clauses", "").split():
        if not clause(number).text:
            report.add("unknown-clause", f"条款总表里没有 {number}，请核对编号", node)


def _check_timer(node: Node, around: Surroundings, report: Report) -> None:
    timer = node.event.timer if node.event is not None else None
    if timer is None or around.parameters is None:
        return
    try:
        resolved = timer.resolve(around.parameters)
    except TimerError as error:
        report.add("bad-timer", str(error), node)
        return
    if resolved.repetitions is None and node.tag == "intermediateCatchEvent":
        report.add("endless-timer", "中间定时不能无限循环，请给参数写明次数，如 R3/P1D", node)


def _check_labels(node: Node, report: Report) -> None:
    if node.tag in ("exclusiveGateway", "inclusiveGateway") and len(node.outgoing) > 1:
        for flow in node.outgoing:
            if flow.name is None:
                target = node.scope.nodes[flow.target].label
                message = f"到「{target}」的连线没有文字，请写上在什么情况下走这条"
                report.add("no-label", message, node, "warning")
    if node.name is None and (node.is_person_task or node.tag in ("subProcess", "callActivity")):
        report.add("no-label", "没有名称，请写上这一步做什么", node)


# ------------------------------------------------------------------------------------------------ keys


def _check_keys(processes: list[Scope], around: Surroundings, report: Report) -> None:
    """A name means one thing: a step's result, a parameter, an item or a list."""
    parameters = {normal_name(name) for name in around.parameters or ()}
    taken: dict[str, Node] = {}
    for process in processes:
        for node in process.walk():
            for key in _written_by(node):
                name = normal_name(key)
                before = taken.setdefault(name, node)
                if name in parameters:
                    report.add("key-is-parameter", f"名字「{key}」和流程参数同名，请改一个", node)
                elif before is not node:
                    report.add("duplicate-key", f"名字「{key}」和「{before.label}」用的相同，请改一个", node)
            _check_key_text(node, report)


def _written_by(node: Node) -> Iterator[str]:
    if node.kind is not None:
        yield node.key
    if node.loop is not None:
        yield from filter(None, (node.loop.input_item, node.loop.output))


def _check_key_text(node: Node, report: Report) -> None:
    key = node.properties.get("key")
    if key and (not key.isidentifier() or key.startswith("_") or normal_name(key) in FUNCTIONS):
        report.add("bad-key", f"名字「{key}」只能用汉字、字母和数字，不能是表达式里的词，请改一个", node)


# ------------------------------------------------------------------------------------------------ names


def _check_names(processes: list[Scope], around: Surroundings, report: Report) -> None:
    names = Names(processes, around.parameters or (), around.forms or {}, around.parameters or {})
    keys = {node.key: node for node in names.nodes() if node.kind is not None}
    for node in names.nodes():
        _check_not_who(node, keys, report)
        _check_of(node, keys, report)
        for what, expression, loops, extra, at in _expressions(node, names, report):
            if around.calls_elsewhere and not expression.names <= names.sources.keys():
                continue
            if set(expression.names) <= set(around.inputs):
                continue
            problem = names.problem(expression, loops, extra | frozenset(around.inputs))
            if problem is not None:
                report.add("unknown-name", f"{what}{problem}", at)


Read = tuple[str, Expression, frozenset[str], frozenset[str], Node]


def _expressions(node: Node, names: Names, report: Report) -> Iterator[Read]:
    """Everything a node reads: what it is called, the expression, where it stands, which names are there
    besides.
    """
    outside, inside, none = names.around(node), names.inside(node), frozenset[str]()
    for flow in node.outgoing:
        if flow.condition is not None:
            target = node.scope.nodes[flow.target].label
            yield f"连线「{flow.name or '到 ' + target}」的条件", flow.condition, outside, none, node
    if node.event is not None and node.event.condition is not None:
        yield "条件", node.event.condition, outside, none, node
    loop = node.loop
    if loop is not None:
        if loop.collection is not None:
            yield "多实例的名单", Expression(loop.collection), outside, none, node
        if loop.cardinality is not None:
            yield "多实例的次数", loop.cardinality, outside, none, node
        if loop.completion is not None:
            yield "完成条件", loop.completion, inside, COUNTERS, node
        if loop.condition is not None:
            yield "循环条件", loop.condition, inside, COUNTERS, node
    for what, path in _people_named(node):
        try:
            yield what, Expression(path.removeprefix("{").removesuffix("}")), inside, none, node
        except ExpressionError as error:
            report.add("bad-who", f"{what}写错了：{error}", node)
    for what, path in _voted_on(node):
        with suppress(ExpressionError):  # the kind says what is wrong with it
            yield what, Expression(path), inside, none, node
    for what, key in _results_named(node):
        try:
            yield what, Expression(key), inside, none, node
        except ExpressionError as error:
            report.add("bad-name", f"{what}写错了：{error}", node)
    yield from _due_from_data(node, names, inside, report)
    if (
        node.event is not None
        and node.event.payload
        and node.tag in ("endEvent", "sendTask", "intermediateThrowEvent")
    ):
        for name in node.event.payload:
            yield "消息带的数据", Expression(name), outside, none, node


def _due_from_data(node: Node, names: Names, inside: frozenset[str], report: Report) -> Iterator[Read]:
    from engine.steps.due import from_data  # steps read the diagram's model: imported late on purpose

    path = from_data(node, names.parameters) if node.is_person_task else None
    if path is None:
        return
    try:
        yield "“办理期限”（due）", Expression(path), inside, frozenset[str](), node
    except ExpressionError as error:
        report.add("bad-due", f"“办理期限”（due）写错了：{error}", node)


def _people_named(node: Node) -> Iterator[tuple[str, str]]:
    """Where a step reads people from the data: the setting, and the path."""
    if not node.is_person_task:
        return
    if node.properties.get("who"):
        yield "“指定的人”（who）", node.properties["who"]
    for word in node.properties.get("not_who", "").split():
        if word.startswith("{"):
            yield "“回避的人”（not_who）", word


def _voted_on(node: Node) -> Iterator[tuple[str, str]]:
    """Where a ballot reads from the data: the setting, and the path."""
    titles = {"motions": "议案", "candidates": "候选人", "handlers": "承办的人", "seats": "应选几人"}
    for setting, title in titles.items() if node.kind == "ballot" else ():
        path = node.properties.get(setting, "").strip().removeprefix("{").removesuffix("}").strip()
        if path and (setting != "seats" or "." in path):  # a number, or a parameter
            yield f"{title}（{setting}）", path


def _results_named(node: Node) -> Iterator[tuple[str, str]]:
    """Where a step names earlier results: what a notice publishes, what a consultation is about, whose opinions it
    answers.
    """
    named = (
        ("notice", "shows", "“公示哪几步的结果”（shows）"),
        ("consult", "shows", "“一起给大家看的”（shows）"),
        ("consult", "of", "“逐条答复”（of）"),
    )
    for kind, setting, what in named:
        for key in node.properties.get(setting, "").split() if node.kind == kind else ():
            if not key.startswith("{"):
                yield f"{what}（{setting}）", key


def _check_of(node: Node, keys: Mapping[str, Node], report: Report) -> None:
    for key in node.properties.get("of", "").split() if node.kind == "consult" else ():
        if key in keys and keys[key].kind not in ("consult", "notice"):
            message = f"“逐条答复”（of）写的「{key}」不收意见，请改成一步征求意见或公示的名字"
            report.add("bad-of", message, node)


def _check_not_who(node: Node, keys: Mapping[str, Node], report: Report) -> None:
    for name in node.properties.get("not_who", "").split():
        if name.startswith("{"):
            continue  # people of the data: read like any other expression
        if name == node.key and node.kind is not None:
            report.add("bad-not-who", "“回避的人”（not_who）写的是这一步自己，请改成前面步骤的名字", node)
        elif name not in keys:
            other = next((step for step in keys.values() if step.id == name), None)
            hint = f"请写它的名字「{other.key}」" if other is not None else "请改成前面步骤的名字"
            report.add("bad-not-who", f"“回避的人”（not_who）里的「{name}」不是哪一步的名字，{hint}", node)
