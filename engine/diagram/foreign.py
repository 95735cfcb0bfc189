"""Settings of other tools that mean something there and nothing here: the file opens, and the designer is told."""

from __future__ import annotations

from engine.diagram.report import Report
from engine.diagram.source import BPMN, SPIFF, Element, is_bpmn, local

_LANE = "由谁办写在泳道上"
_FORM = "表单请在属性里另选（form）"
_LOOP = "名单请写在多实例的数据输入（loopDataInputRef）里"

# Local names, whatever the tool calls its namespace.
ATTRIBUTES = {
    "assignee": _LANE,
    "candidateUsers": _LANE,
    "candidateGroups": _LANE,
    "formKey": _FORM,
    "formRef": _FORM,
    "dueDate": "办理时限请写在 due 里",
    "collection": _LOOP,
    "elementVariable": _LOOP,
    "class": "程序不会执行",
    "expression": "程序不会执行",
    "delegateExpression": "程序不会执行",
    "topic": "程序不会执行",
}
ELEMENTS = {
    "formData": _FORM,
    "formDefinition": _FORM,
    "assignmentDefinition": _LANE,
    "loopCharacteristics": _LOOP,
    "executionListener": "监听程序不会执行",
    "taskListener": "监听程序不会执行",
    "inputOutput": "数据映射不会执行，每一步的结果自动记在这一步名下",
    "ioMapping": "数据映射不会执行，每一步的结果自动记在这一步名下",
    "in": "数据映射不会执行，被调用的流程直接用同一份数据",
    "out": "数据映射不会执行，被调用的流程直接用同一份数据",
}


def check_foreign(root: Element, report: Report) -> None:
    """A warning for each setting somebody relied on elsewhere."""
    for element in root.iter(f"{{{BPMN}}}*"):
        for attribute in map(str, element.attrib):
            namespace, _, name = attribute[1:].partition("}") if attribute.startswith("{") else ("", "", "")
            if name in ATTRIBUTES and namespace not in (BPMN, SPIFF):
                _tell(name, ATTRIBUTES[name], element, report)
        if local(element) == "extensionElements":
            for extension in element:
                name = local(extension)
                if name in ELEMENTS and not is_bpmn(extension) and SPIFF not in str(extension.tag):
                    _tell(name, ELEMENTS[name], element, report)


def _tell(name: str, hint: str, element: Element, report: Report) -> None:
    report.add("foreign-setting", f"其他工具的设置 {name} 在这里不起作用：{hint}", element, "warning")
