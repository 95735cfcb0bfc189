"""What the parts of a diagram are called, and how their values are read, in the designer's words."""

from __future__ import annotations

import re

from engine import steps
from engine.durations import in_words
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
    "association": "注释线",
    "textAnnotation": "注释",
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
_SETTINGS = {
    "kind": "办理方式",
    "form": "表单",
    "key": "结果的名称",
    "due": "办理时限",
    "clauses": "依据条款",
    "who": "由谁办（前面填的）",
    "not_who": "不能由谁办",
    "button": "按钮上的字",
    "payload": "带的内容",
    "prefill": "预先填好",
    "from": "征求谁、由谁参加",
    "roll": "应到",
    "also": "另外的组成人员",
    "meeting": "会议",
    "recorder": "由谁记录",
    "quorum": "法定人数",
    "majority": "通过的门槛",
    "secrecy": "记名还是无记名",
    "method": "投票方式",
    "weights": "票的分量",
    "motions": "议案",
    "seats": "应选名额",
    "candidates": "候选人",
    "rounds": "最多几轮",
    "tellers": "计票人",
    "scrutineers": "监票人",
    "handlers": "承办人",
    "announce": "会前公开",
    "guests": "邀请人员",
    "delegate": "委托参加",
    "outcomes": "结论",
    "explain": "要写理由的结论",
    "discloses": "公开理由",
    "ask": "问什么",
    "channels": "渠道",
    "stances": "立场",
    "coverage": "要听到多少人",
    "least": "最少",
    "until": "期限",
    "open": "公开征求",
    "public": "公开测评",
    "shows": "展示哪几步的结果",
    "of": "答复哪一步",
    "days": "公示多久",
    "objections": "几人异议算有异议",
    "answers": "在哪里答复",
    "publishes": "第几次公开",
    "scores": "档次",
    "satisfied": "算满意的档次",
    "pass": "合格的门槛",
    "need": "要几个人",
    "choices": "选项",
    "stops": "一票停办的选项",
    "title": "标题",
    "substitutes": "代替人",
}
_DURATION = re.compile(r"P[0-9DTHMSWY]+|[0-9]{1,4}(?:wd|d|h)")
_PLAIN = {"true": "是", "false": "否", "yes": "是", "no": "否"}
_PARAMETER = re.compile(r"\{([^{}.]+)\}")


def noun(tag: str) -> str:
    return NOUNS.get(tag, tag)


def event(tag: str) -> str:
    """`timerEventDefinition`: 定时."""
    name = tag.removesuffix("EventDefinition")
    return _EVENTS.get(name, name)


def title(path: str) -> str:
    """The name of a fact: a setting of a step (`set:due`), or a path of BPMN's own (`….timeDuration`)."""
    if path.startswith("set:"):
        return _SETTINGS.get(path[4:], f"设置 {path[4:]}")
    return "的".join(_TITLES.get(part.partition("#")[0], part) for part in path.split(".")[-2:])


def value(path: str, text: str) -> str:
    """A value as people read it: `5wd` 5 个工作日, `{到会比例}` 参数“到会比例”."""
    text = text.strip()
    if path == "set:kind" and text in steps.names():
        return steps.kind(text).title
    if text in _PLAIN:
        return _PLAIN[text]
    if _DURATION.fullmatch(text.strip("\"'")):
        try:
            return in_words(text.strip("\"'"))
        except TimerError:
            return text
    return _PARAMETER.sub(r"参数〔\1〕", text) if path.startswith("set:") else text
