"""Settings of other tools that mean something there and nothing here: the file opens, and the designer is told."""

from __future__ import annotations

from engine.diagram.report import Report
from engine.diagram.source import BPMN, SPIFF, Element, bpmn, is_bpmn, local, reference, text_of

_LANE = "由谁办写在泳道上"
_FORM = "请另选“表单”（form）"
_LOOP = "名单请写在多实例的数据输入（loopDataInputRef）里"
_PROGRAM = "程序不会执行"
_LISTENER = "监听程序不会执行"
_MAPPING = "数据映射不会执行，每一步的结果自动记在这一步名下"
_CALL = "数据映射不会执行，被调用的流程直接用同一份数据"

# Local names, whatever the tool calls its namespace.
ATTRIBUTES = {
    "assignee": _LANE,
    "candidateUsers": _LANE,
    "candidateGroups": _LANE,
    "candidateStarterUsers": "由谁发起写在流程设置里",
    "candidateStarterGroups": "由谁发起写在流程设置里",
    "formKey": _FORM,
    "formRef": _FORM,
    "formHandlerClass": _FORM,
    "dueDate": "请写在“办理期限”（due）里",
    "followUpDate": "请写在“办理期限”（due）里",
    "collection": _LOOP,
    "elementVariable": _LOOP,
    "class": _PROGRAM,
    "expression": _PROGRAM,
    "delegateExpression": _PROGRAM,
    "resultVariable": _PROGRAM,
    "decisionRef": _PROGRAM,
    "topic": _PROGRAM,
    "skipExpression": "跳过的条件不会执行，请画成网关",
}
ELEMENTS = {
    "formData": _FORM,
    "formDefinition": _FORM,
    "formProperty": _FORM,
    "userTaskForm": _FORM,
    "assignmentDefinition": _LANE,
    "potentialStarter": "由谁发起写在流程设置里",
    "loopCharacteristics": _LOOP,
    "collection": _LOOP,
    "calledElement": "调用哪个流程写在调用活动上",
    "calledDecision": _PROGRAM,
    "taskDefinition": _PROGRAM,
    "connector": _PROGRAM,
    "field": _PROGRAM,
    "executionListener": _LISTENER,
    "executionListeners": _LISTENER,
    "taskListener": _LISTENER,
    "taskListeners": _LISTENER,
    "onEntry-script": _LISTENER,
    "onExit-script": _LISTENER,
    "inputOutput": _MAPPING,
    "ioMapping": _MAPPING,
    "in": _CALL,
    "out": _CALL,
}
_DRAWN_DATA = ("dataObjectReference", "dataStoreReference")
_LOOP_DATA = ("loopDataInputRef", "loopDataOutputRef")


def check_foreign(root: Element, report: Report) -> None:
    """A warning for each setting somebody relied on elsewhere."""
    for element in root.iter(f"{{{BPMN}}}*"):
        for attribute in foreign_attributes(element):
            name = attribute.rpartition("}")[2]
            _tell(name, ATTRIBUTES[name], element, report)
        if local(element) == "extensionElements":
            for extension in foreign_elements(element):
                _tell(local(extension), ELEMENTS[local(extension)], element, report)
    for element in idle_data(root):
        message = "数据对象在这里不起作用：每一步的结果自动记在这一步名下，可以删去"
        report.add("data-ignored", message, element, "warning")


def foreign_attributes(element: Element) -> list[str]:
    """The qualified names of an element's attributes that meant something to another tool."""
    found = []
    for attribute in map(str, element.attrib):
        namespace, _, name = attribute[1:].partition("}") if attribute.startswith("{") else ("", "", "")
        if name in ATTRIBUTES and namespace not in (BPMN, SPIFF):
            found.append(attribute)
    return found


def foreign_elements(extensions: Element) -> list[Element]:
    """The same, for what stands inside `extensionElements`."""
    return [
        each
        for each in extensions
        if local(each) in ELEMENTS and not is_bpmn(each) and SPIFF not in str(each.tag)
    ]


def idle_data(root: Element) -> list[Element]:
    """Data objects and stores on the drawing that no multi-instance gets its list from."""
    used = {reference(text_of(each)) for name in _LOOP_DATA for each in root.iter(bpmn(name))}
    return [
        element
        for name in _DRAWN_DATA
        for element in root.iter(bpmn(name))
        if not {element.get("id"), element.get("dataObjectRef"), element.get("name")} & (used - {None})
    ]


def _tell(name: str, hint: str, element: Element, report: Report) -> None:
    report.add("foreign-setting", f"其他工具的设置 {name} 在这里不起作用：{hint}", element, "warning")
