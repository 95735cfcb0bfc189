"""Loop characteristics: BPMN's standard loop and multi-instance."""

from __future__ import annotations

from collections.abc import Mapping

from engine.diagram.model import Loop, Node
from engine.diagram.report import Report
from engine.diagram.source import Element, bpmn, child_text, reference, truth
from engine.expressions import Expression, ExpressionError

MAX_LOOPS = 1_000

_DATA = frozenset({"dataInput", "dataOutput", "dataObject", "dataObjectReference", "property"})


def read_loop(node: Node, element: Element, elements: Mapping[str, Element], report: Report) -> Loop | None:
    """The activity's loop, or None; faults are reported."""
    multi = element.find(bpmn("multiInstanceLoopCharacteristics"))
    standard = element.find(bpmn("standardLoopCharacteristics"))
    if multi is None and standard is None:
        return None
    if multi is not None and standard is not None:
        report.add("two-loops", "“办几次”只能选一种：不能既重复办，又一人一份", node)
    if node.is_event_subprocess:
        report.add("looping-event-subprocess", "事件子流程不能循环，请去掉循环标记", node)
    if multi is not None:
        return _multi(node, multi, elements, report)
    assert standard is not None
    return _standard(node, standard, report)


def _multi(node: Node, element: Element, elements: Mapping[str, Element], report: Report) -> Loop:
    loop = Loop(
        "multi",
        sequential=truth(element, "isSequential", False),
        cardinality=_expression(node, element, "loopCardinality", "次数", report),
        collection=_data_name(child_text(element, "loopDataInputRef"), elements),
        input_item=_item_name(element, "inputDataItem"),
        output=_data_name(child_text(element, "loopDataOutputRef"), elements),
        output_item=_item_name(element, "outputDataItem"),
        completion=_expression(node, element, "completionCondition", "完成条件", report),
    )
    has_count = element.find(bpmn("loopCardinality")) is not None
    if has_count == (loop.collection is not None):
        report.add("bad-loop", "“办几次”要么写次数，要么写名单，二者写一个", node)
    if (loop.output is None) != (loop.output_item is None):
        report.add("bad-loop", "多实例的输出名单和输出项要一起写", node)
    if loop.cardinality is not None:
        _check_count(node, loop.cardinality, report)
    if loop.collection is not None:
        _check_path(node, loop.collection, report)
    return loop


def _check_count(node: Node, cardinality: Expression, report: Report) -> None:
    """A count that is a plain number can be judged now; one that reads data is judged when it runs."""
    if cardinality.names:
        return
    try:
        count = cardinality.evaluate({})
    except ExpressionError as error:
        report.add("bad-loop", f"“办几次”的次数算不出来：{error}", node)
        return
    if isinstance(count, str) and count.strip().isdecimal() and len(count.strip()) < 10:
        count = int(count)  # some tools write the number as a text
    if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= MAX_LOOPS:
        report.add("bad-loop", f"“办几次”的次数要是 0 到 {MAX_LOOPS} 的整数", node)


def _check_path(node: Node, collection: str, report: Report) -> None:
    try:
        expression = Expression(collection)
    except ExpressionError as error:
        report.add("bad-loop", f"“办几次”的名单写错了：{error}", node)
        return
    if len(expression.paths) != 1:
        report.add(
            "bad-loop", f"“办几次”的名单「{collection[:40]}」要写一个名字，如 事项清单 或 任务分解.事项", node
        )


def _standard(node: Node, element: Element, report: Report) -> Loop:
    loop = Loop(
        "standard",
        condition=_expression(node, element, "loopCondition", "循环条件", report),
        test_before=truth(element, "testBefore", False),
    )
    written = element.get("loopMaximum")
    if written is not None:
        text = written.strip()
        if text.isascii() and text.isdigit() and len(text) < 10:
            loop.maximum = int(text)
        else:
            report.add("bad-loop", f"循环的最多次数「{text[:20]}」要写成不小于 0 的整数", node)
    elif element.find(bpmn("loopCondition")) is None:
        report.add("bad-loop", "循环要写继续的条件，或者最多次数", node)
    return loop


def _expression(node: Node, element: Element, name: str, what: str, report: Report) -> Expression | None:
    text = child_text(element, name)
    if text is None:
        return None
    try:
        return Expression(text)
    except ExpressionError as error:
        report.add("bad-expression", f"{what}写错了：{error}", node)
        return None


def _data_name(text: str | None, elements: Mapping[str, Element]) -> str | None:
    """The name of the data. Tools write the id of a data element here, people its name."""
    if not text:
        return None
    element = elements.get(reference(text) or "")
    if element is not None and isinstance(element.tag, str) and element.tag.rpartition("}")[2] in _DATA:
        return (element.get("name") or "").strip() or element.get("id")
    return text


def _item_name(element: Element, name: str) -> str | None:
    item = element.find(bpmn(name))
    return None if item is None else (item.get("name") or item.get("id") or "").strip() or None
