"""What the parts of a diagram are called, and how their values are read, in the designer's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from engine import steps
from engine.durations import in_words
from engine.steps.setting import COMMON, PAYLOAD, TITLE, Setting
from engine.timers import TimerError

# Elements that are compared one by one; everything else belongs to the nearest of these around it.
NOUNS = {
    "process": "流程",
    "participant": "泳池",
    "lane": "泳道",
    "startEvent": "开始",
    "endEvent": "结束",
    "intermediateCatchEvent": "等待",
    "intermediateThrowEvent": "发出",
    "boundaryEvent": "边上的事件",
    "userTask": "步骤",
    "manualTask": "步骤",
    "task": "步骤",
    "sendTask": "发送步骤",
    "receiveTask": "接收步骤",
    "serviceTask": "服务步骤",
    "scriptTask": "脚本步骤",
    "businessRuleTask": "规则步骤",
    "callActivity": "调用",
    "subProcess": "子流程",
    "transaction": "事务子流程",
    "adHocSubProcess": "自由子流程",
    "exclusiveGateway": "分支",
    "parallelGateway": "并行",
    "inclusiveGateway": "多选分支",
    "eventBasedGateway": "事件分支",
    "complexGateway": "复杂分支",
    "sequenceFlow": "连线",
    "messageFlow": "消息线",
    "association": "说明的连线",
    "textAnnotation": "文字说明",
    "group": "框",
    "dataObject": "数据",
    "dataObjectReference": "数据",
    "dataStore": "资料库",
    "dataStoreReference": "资料库",
    "message": "消息",
    "signal": "信号",
    "error": "错误",
    "escalation": "上报",
}
FLOWS = frozenset(("sequenceFlow", "messageFlow", "association"))

_EVENTS = {
    "message": "消息",
    "signal": "信号",
    "error": "错误",
    "escalation": "上报",
    "timer": "定时",
    "conditional": "条件",
    "link": "跳转",
    "terminate": "全部终止",
    "compensate": "补偿",
    "cancel": "取消",
}
_TITLES = {
    "name": "名称",
    "documentation": "办理说明",
    "condition": "条件",
    "isDefault": "默认走这条",
    "type": "类型",
    "text": "文字",
    "source": "从哪里来",
    "target": "到哪里去",
    "attached": "附在哪一步",
    "lane": "由谁办（泳道）",
    "owner": "在哪个流程里",
    "order": "先看哪条连线",
    "event": "事件",
    "cancelActivity": "到时打断这一步",
    "isInterrupting": "打断正在办的",
    "isExecutable": "可以运行",
    "calledElement": "调用的流程",
    "triggeredByEvent": "由事件引发",
    "processRef": "代表的流程",
    "errorCode": "错误代码",
    "escalationCode": "上报代码",
    "messageRef": "消息",
    "signalRef": "信号",
    "errorRef": "错误",
    "escalationRef": "上报",
    "timeDuration": "多久",
    "timeDate": "什么时候",
    "timeCycle": "每隔多久",
    "isSequential": "一个接一个",
    "loopCardinality": "次数",
    "loopDataInputRef": "逐项的名单",
    "loopDataOutputRef": "汇总的名单",
    "inputDataItem": "每一项叫什么",
    "outputDataItem": "每一项的结果",
    "completionCondition": "提前完成的条件",
    "loopCondition": "继续循环的条件",
    "multiInstanceLoopCharacteristics": "逐项办理",
    "standardLoopCharacteristics": "循环办理",
    "gatewayDirection": "分支方向",
}
_KIND = "办理方式"  # chooses the declarations, and is none of them
_DURATION = re.compile(r"P[0-9DTHMSWY]+|[0-9]{1,4}(?:wd|d|h)")
_PLAIN = {"true": "是", "false": "否", "yes": "是", "no": "否"}
_PARAMETER = re.compile(r"\{([^{}.]+)\}")


def noun(tag: str) -> str:
    return NOUNS.get(tag, tag)


def event(tag: str) -> str:
    """`timerEventDefinition`: 定时."""
    name = tag.removesuffix("EventDefinition")
    return _EVENTS.get(name, name)


def title(path: str, kind: str = "") -> str:
    """The name of a fact: a setting of a step (`set:due`), or a path of BPMN's own (`….timeDuration`)."""
    if path.startswith("set:"):
        name = path[4:]
        declared = _declared(kind).get(name) or _declared("").get(name)
        if name == "kind":
            return _KIND
        return declared.title if declared is not None else f"设置 {name}"
    return "的".join(_TITLES.get(part.partition("#")[0], part) for part in path.split(".")[-2:])


def value(path: str, text: str, kind: str = "") -> str:
    """A value as people read it: `5wd` 5 个工作日, `{到会比例}` 参数〔到会比例〕, a choice by its title."""
    text = text.strip()
    if path == "set:kind" and text in steps.names():
        return steps.kind(text).title
    declared = _declared(kind).get(path.removeprefix("set:")) if path.startswith("set:") else None
    titles = {choice.value: choice.title for choice in declared.choices} if declared is not None else {}
    if titles and all(word in titles for word in text.split()):
        return " ".join(titles[word] for word in text.split())
    if text in _PLAIN:
        return _PLAIN[text]
    if _DURATION.fullmatch(text.strip("\"'")):
        try:
            return in_words(text.strip("\"'"))
        except TimerError:
            return text
    return _PARAMETER.sub(r"参数〔\1〕", text) if path.startswith("set:") else text


@cache
def _declared(kind: str) -> Mapping[str, Setting]:
    """The settings of a kind of step; of "" those of all kinds, where two share a name the first."""
    own = steps.kind(kind).settings if kind in steps.names() else ()
    others = () if kind else (one for name in steps.names() for one in steps.kind(name).settings)
    found: dict[str, Setting] = {}
    for one in (*own, *COMMON, TITLE, PAYLOAD, *others):
        found.setdefault(one.name, one)
    return found
