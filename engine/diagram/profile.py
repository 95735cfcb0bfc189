"""The supported profile: an allow-list of BPMN's elements and attributes.

What has a meaning for execution and is not listed here is refused by name; what only documents or draws is
listed as `quiet`. `docs/profile.md` is this file in prose, and a test holds them together.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagram.model import ACTIVITIES, EVENTS, FLOW_NODES, GATEWAYS
from engine.diagram.report import Report
from engine.diagram.source import SPIFF, Element, is_bpmn, line_of, local, text_of


def words(text: str) -> frozenset[str]:
    """A set of names, written down as prose."""
    return frozenset(text.split())


EVENT_DEFINITIONS = {
    "messageEventDefinition": "message",
    "signalEventDefinition": "signal",
    "errorEventDefinition": "error",
    "escalationEventDefinition": "escalation",
    "timerEventDefinition": "timer",
    "conditionalEventDefinition": "conditional",
    "linkEventDefinition": "link",
    "terminateEventDefinition": "terminate",
}

_CONTAINERS = frozenset({"process", "subProcess"})
_EVENT_HOLDERS = EVENTS | {"definitions"}
_LOOPS = frozenset({"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"})

# Elements with a meaning for execution -> where they may stand. Anywhere else they would be silently ignored.
EXECUTED: dict[str, frozenset[str]] = {
    "definitions": frozenset(),
    "process": frozenset({"definitions"}),
    "globalUserTask": frozenset({"definitions"}),
    "globalManualTask": frozenset({"definitions"}),
    **{name: _CONTAINERS for name in FLOW_NODES if not name.startswith("global")},
    "sequenceFlow": _CONTAINERS,
    "laneSet": _CONTAINERS,
    "childLaneSet": frozenset({"lane"}),
    "lane": frozenset({"laneSet", "childLaneSet"}),
    "flowNodeRef": frozenset({"lane"}),
    "conditionExpression": frozenset({"sequenceFlow"}),
    **dict.fromkeys(EVENT_DEFINITIONS, _EVENT_HOLDERS),
    "eventDefinitionRef": EVENTS,
    "timeDate": frozenset({"timerEventDefinition"}),
    "timeDuration": frozenset({"timerEventDefinition"}),
    "timeCycle": frozenset({"timerEventDefinition"}),
    "condition": frozenset({"conditionalEventDefinition"}),
    **dict.fromkeys(_LOOPS, ACTIVITIES),
    "loopCardinality": frozenset({"multiInstanceLoopCharacteristics"}),
    "loopDataInputRef": frozenset({"multiInstanceLoopCharacteristics"}),
    "loopDataOutputRef": frozenset({"multiInstanceLoopCharacteristics"}),
    "inputDataItem": frozenset({"multiInstanceLoopCharacteristics"}),
    "outputDataItem": frozenset({"multiInstanceLoopCharacteristics"}),
    "completionCondition": frozenset({"multiInstanceLoopCharacteristics"}),
    "loopCondition": frozenset({"standardLoopCharacteristics"}),
    "message": frozenset({"definitions"}),
    "signal": frozenset({"definitions"}),
    "error": frozenset({"definitions"}),
    "escalation": frozenset({"definitions"}),
}

# Elements that document, draw or type: read by nobody here, and nothing runs differently without them.
QUIET = words(
    """
    documentation extensionElements extension import relationship incoming outgoing textAnnotation text
    association group category categoryValue categoryValueRef collaboration participant
    participantMultiplicity participantAssociation innerParticipantRef outerParticipantRef
    participantRef messageFlow messageFlowRef messageFlowAssociation interfaceRef endPointRef endPoint
    conversation subConversation callConversation conversationLink conversationAssociation
    conversationNodeRef globalConversation partnerEntity partnerRole choreographyRef interface operation
    inMessageRef outMessageRef errorRef operationRef supportedInterfaceRef itemDefinition dataObject
    dataObjectReference dataStore dataStoreReference dataState ioSpecification dataInput dataOutput
    inputSet outputSet dataInputRefs dataOutputRefs inputSetRefs outputSetRefs optionalInputRefs
    optionalOutputRefs whileExecutingInputRefs whileExecutingOutputRefs dataInputAssociation
    dataOutputAssociation sourceRef targetRef property partitionElement source target auditing
    monitoring rendering resource resourceParameter supports
    """
)

# Who does it is said by the lane; these are carried along but do nothing, and the designer is told so.
RESOURCES = frozenset({"performer", "humanPerformer", "potentialOwner", "resourceRole"})

# Whole trees nobody executes.
SKIPPED = frozenset({"extensionElements", "choreography", "globalChoreographyTask"}) | RESOURCES

REFUSED: dict[str, str] = {
    "scriptTask": "脚本任务由程序自动办，这里不能执行，请改成由人办的步骤，或把计算写进条件",
    "serviceTask": "服务任务由程序自动办，这里不能执行，请改成由人办的步骤，或改成“发消息”",
    "businessRuleTask": "规则任务由程序自动办，这里不能执行，请改用“选一条”和条件",
    "globalScriptTask": "公用的脚本任务由程序自动办，这里不能执行，请删去或改成由人办的",
    "globalBusinessRuleTask": "公用的规则任务由程序自动办，这里不能执行，请删去或改成由人办的",
    "globalTask": "公用的任务没有说明由谁办，请改成由人办的",
    "complexGateway": "复杂网关不能执行，请改用“选一条”“同时走”或“走几条”",
    "compensateEventDefinition": "办完再撤销（补偿）不能执行，请用普通连线画出撤销的步骤",
    "cancelEventDefinition": "取消事件不能执行，请改用报错的事件",
    "transaction": "事务子流程不能执行，请改成普通的子流程",
    "adHocSubProcess": "里面的步骤没有先后的子流程（即席）不能执行，请画出先后",
    "implicitThrowEvent": "隐式抛出的事件不能执行，请改用“发消息”或“阶段”",
    "complexBehaviorDefinition": "一步办多份的复杂规则不能执行，请改写“办到什么程度算完”的条件",
    "assignment": "数据赋值不会执行，请删去：每一步的结果自动记在这一步名下",
    "transformation": "数据转换不会执行，请删去：每一步的结果自动记在这一步名下",
    "correlationKey": "消息关联不能执行：消息按名字送达，请删去",
    "correlationProperty": "消息关联不能执行：消息按名字送达，请删去",
    "correlationPropertyRetrievalExpression": "消息关联不能执行：消息按名字送达，请删去",
    "correlationSubscription": "消息关联不能执行：消息按名字送达，请删去",
    "ioBinding": "服务绑定不能执行，请删去",
}

# Extensions of SpiffWorkflow itself that would run code or change data.
REFUSED_EXTENSIONS: dict[str, str] = {
    "preScript": "前置脚本",
    "postScript": "后置脚本",
    "serviceTaskOperator": "服务调用",
    "calledDecisionId": "决策表",
    "processVariableCorrelation": "消息关联",
    "messageVariable": "消息变量",
}

_BOOLEANS = frozenset({"true", "false", "1", "0"})
_NOT = frozenset({"false", "0"})

# Attributes with a meaning for execution that may only have these values.
LIMITED: dict[str, tuple[frozenset[str], str]] = {
    "startQuantity": (frozenset({"1"}), "这一步要几份才开始、办完给出几份，都只能是 1"),
    "completionQuantity": (frozenset({"1"}), "这一步要几份才开始、办完给出几份，都只能是 1"),
    "isForCompensation": (_NOT, "用来撤销的步骤（补偿）不能执行，请用普通连线画出来"),
    "instantiate": (_NOT, "流程不能从这里开始，请改用收到消息的开始"),
    "eventGatewayType": (frozenset({"Exclusive"}), "几件事都等到才往下走的写法不能执行，请改成“先到先走”"),
    "parallelMultiple": (_NOT, "要求同时发生多个事件的写法不能执行，请拆成几个事件"),
    "behavior": (frozenset({"All"}), "一步办多份时只能等全部办完，要提前算完的请写条件"),
    "triggeredByEvent": (_BOOLEANS, "只能是 true 或 false"),
    "isInterrupting": (_BOOLEANS, "只能是 true 或 false"),
    "cancelActivity": (_BOOLEANS, "只能是 true 或 false"),
    "mustUnderstand": (_NOT, "这是别的工具要求一定要懂的内容，这里不能执行，请删去"),
    "isSequential": (_BOOLEANS, "只能是 true 或 false"),
    "testBefore": (_BOOLEANS, "只能是 true 或 false"),
}

ATTRIBUTES = words(
    """
    id name default sourceRef targetRef processRef calledElement attachedToRef messageRef signalRef
    errorRef escalationRef errorCode escalationCode loopMaximum isExecutable isClosed processType
    gatewayDirection implementation operationRef itemSubjectRef itemRef structureRef itemKind language
    isImmediate isCollection isUnlimited capacity method targetNamespace exporter exporterVersion
    expressionLanguage typeLanguage evaluatesToTypeRef definitionalCollaborationRef dataObjectRef
    dataStoreRef partitionElementRef categoryValueRef associationDirection textFormat minimum maximum
    location namespace importType definition direction type waitForCompletion noneBehaviorEventRef
    oneBehaviorEventRef
    """
)


def check_profile(root: Element, report: Report) -> None:
    """Every element and attribute of BPMN against the allow-list, and ids against each other."""
    seen: set[str] = set()
    stack = [root]
    while stack:
        element = stack.pop()
        name = local(element)
        if not _known(element, name, report):
            continue
        _check_attributes(element, report)
        _check_id(element, seen, report)
        _check_extensions(element, report)
        if name not in SKIPPED:
            stack.extend(child for child in reversed(element) if is_bpmn(child))


_TITLES = {
    "process": "流程",
    "subProcess": "子流程",
    "task": "步骤",
    "userTask": "步骤",
    "manualTask": "步骤",
    "callActivity": "调用流程",
    "sequenceFlow": "连线",
    "startEvent": "开始",
    "endEvent": "结束",
    "boundaryEvent": "步骤边上的事件",
    "laneSet": "泳道",
    "lane": "泳道",
    "conditionExpression": "条件",
    "exclusiveGateway": "“选一条”",
    "parallelGateway": "“同时走”",
    "inclusiveGateway": "“走几条”",
    "eventBasedGateway": "“先到先走”",
    "definitions": "流程图的最外层",
}


def said(name: str) -> str:
    """An element as the palette calls it, with its own name for who knows the tool it came from."""
    return f"{_TITLES.get(name, '别的工具的内容')}（{name}）"


def _known(element: Element, name: str, report: Report) -> bool:
    places = EXECUTED.get(name)
    if places is not None:
        parent = element.getparent()
        if parent is not None and local(parent) not in places:
            where = f"{said(name)}不能放在{said(local(parent))}里，请删去，在流程图上重新画"
            report.add("misplaced", where, element)
            return False
        return True
    if name in RESOURCES:
        report.add(
            "resource-ignored", f"任务里写的人员（{name}）不起作用：由谁办写在泳道上", element, "warning"
        )
        return True
    if name in QUIET or name in SKIPPED:
        return True
    why = REFUSED.get(name, f"{said(name)}这里不能执行，请删去，或用左边的图形重新画")
    report.add("unsupported-element", why if name in why else f"{why}（{name}）", element)
    return False


def _check_attributes(element: Element, report: Report) -> None:
    for attribute, value in element.attrib.items():
        name = str(attribute)
        if name.startswith("{"):
            continue
        limit = LIMITED.get(name)
        if limit is not None and str(value).strip() not in limit[0]:
            report.add("unsupported-attribute", f'{limit[1]}（{name}="{str(value)[:40]}"）', element)
        elif limit is None and name not in ATTRIBUTES and local(element) not in QUIET:
            report.add("unsupported-attribute", f"别的工具写的设置 {name} 这里读不懂，请删去", element)


def _check_id(element: Element, seen: set[str], report: Report) -> None:
    identity = element.get("id")
    if identity is None or local(element) == "definitions":
        return
    if not identity.strip():
        report.add("empty-id", f"第 {line_of(element)} 行的元素编号是空的，请补上", element)
    elif identity in seen:
        report.add("duplicate-id", f"编号 {identity} 重复了，请改成不同的编号", element)
    seen.add(identity)


def _check_extensions(element: Element, report: Report) -> None:
    for child in spiff_extensions(element):
        what = REFUSED_EXTENSIONS.get(local(child))
        if what is not None and text_of(child) + "".join(map(str, child.attrib.values())):
            report.add("unsupported-extension", f"{what}（{local(child)}）不会执行，请删去", element)


def spiff_extensions(element: Element) -> Iterator[Element]:
    """The children SpiffWorkflow's namespace adds to an element."""
    for holder in element.findall("{*}extensionElements"):
        yield from holder.iterchildren("{" + SPIFF + "}*")


GATEWAY_NAMES = {
    "exclusiveGateway": "排他网关",
    "parallelGateway": "并行网关",
    "inclusiveGateway": "包容网关",
    "eventBasedGateway": "事件网关",
}
assert GATEWAY_NAMES.keys() == GATEWAYS
