"""Small procedures for tests, written as nodes and flows; a folder comes out as `publish` takes it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


@dataclass(frozen=True)
class Node:
    id: str
    tag: str
    name: str
    lane: str
    properties: Mapping[str, str] = field(default_factory=dict)
    default: str = ""  # target of the default flow
    body: str = ""  # event definitions and the like
    attached: str = ""  # id of the activity a (non-interrupting) boundary event stands on


@dataclass(frozen=True)
class Flow:
    source: str
    target: str
    condition: str = ""

    @property
    def id(self) -> str:
        return f"{self.source}_{self.target}"


def step(id: str, name: str, lane: str, form: str = "", **properties: str) -> Node:
    """A user task of kind `handle` (or the kind given), its result under its own name."""
    return Node(
        id,
        "userTask",
        name,
        lane,
        {"kind": "handle", "key": name, "form": form, "clauses": "LB-8"} | properties,
    )


def form(*fields: Mapping[str, object]) -> bytes:
    return json.dumps({"type": "default", "components": list(fields)}, ensure_ascii=False).encode()


def number(key: str, **validate: object) -> dict[str, object]:
    return {"type": "number", "key": key, "label": key, "validate": validate}


def text(key: str, **validate: object) -> dict[str, object]:
    return {"type": "textfield", "key": key, "label": key, "validate": validate}


def folder(
    key: str,
    title: str,
    nodes: Sequence[Node],
    flows: Sequence[Flow],
    forms: Mapping[str, bytes],
    starter: str,
) -> dict[str, bytes]:
    settings = f'title = "{title}"\nlevel = "村"\nstarters = ["{starter}"]\nsummary = "{title}"\nclauses = ["LB-8"]\n'
    return {
        f"{key}.bpmn": diagram(key, title, nodes, flows).encode(),
        "procedure.toml": settings.encode(),
        **{f"forms/{name}.json": content for name, content in forms.items()},
    }


def diagram(key: str, title: str, nodes: Sequence[Node], flows: Sequence[Flow]) -> str:
    lanes = list(dict.fromkeys(node.lane for node in nodes))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions {NAMESPACES} id="d" targetNamespace="urn:test">'
        f'<collaboration id="c"><participant id="pool" name="{title}" processRef="{key}"/></collaboration>'
        f'<process id="{key}" name="{title}" isExecutable="true"><laneSet id="lanes">'
        + "".join(_lane(number, lane, nodes) for number, lane in enumerate(lanes))
        + "</laneSet>"
        + "".join(_node(node, flows) for node in nodes)
        + "".join(_flow(flow) for flow in flows)
        + "</process>"
        + _drawing(nodes, flows, lanes)
        + "</definitions>"
    )


def _lane(number: int, lane: str, nodes: Sequence[Node]) -> str:
    inside = "".join(f"<flowNodeRef>{node.id}</flowNodeRef>" for node in nodes if node.lane == lane)
    return f'<lane id="lane{number}" name="{lane}">{inside}</lane>'


def _node(node: Node, flows: Sequence[Flow]) -> str:
    attributes = f' default="{node.id}_{node.default}"' if node.default else ""
    attributes += f' attachedToRef="{node.attached}" cancelActivity="false"' if node.attached else ""
    inner = f"<documentation>请办理{node.name}。</documentation>" if node.tag == "userTask" else ""
    if node.properties:
        listed = "".join(
            f'<spiffworkflow:property name="{k}" value="{escape(v)}"/>'
            for k, v in node.properties.items()
            if v
        )
        inner += f"<extensionElements><spiffworkflow:properties>{listed}</spiffworkflow:properties></extensionElements>"
    inner += "".join(f"<incoming>{flow.id}</incoming>" for flow in flows if flow.target == node.id)
    inner += "".join(f"<outgoing>{flow.id}</outgoing>" for flow in flows if flow.source == node.id)
    return f'<{node.tag} id="{node.id}" name="{node.name}"{attributes}>{inner}{node.body}</{node.tag}>'


def _flow(flow: Flow) -> str:
    ends = f'id="{flow.id}" sourceRef="{flow.source}" targetRef="{flow.target}"'
    if not flow.condition:
        return f"<sequenceFlow {ends}/>"
    condition = (
        f'<conditionExpression xsi:type="tFormalExpression">{escape(flow.condition)}</conditionExpression>'
    )
    return f'<sequenceFlow {ends} name="{escape(flow.condition)}">{condition}</sequenceFlow>'


def _drawing(nodes: Sequence[Node], flows: Sequence[Flow], lanes: Sequence[str]) -> str:
    """One column a node, one row a lane: not pretty, but drawn."""
    width, at = 180 * len(nodes) + 60, {}
    shapes = [_shape("pool", 0, 0, width, 160 * len(lanes), True)]
    shapes += [_shape(f"lane{n}", 30, 160 * n, width - 30, 160, True) for n in range(len(lanes))]
    for column, node in enumerate(nodes):
        w, h = (100, 80) if node.tag.endswith(("Task", "Activity")) else (36, 36)
        x, y = 60 + 180 * column, 160 * lanes.index(node.lane) + 80 - h // 2
        at[node.id] = (x + w, y + h // 2, x)
        shapes.append(_shape(node.id, x, y, w, h))
    edges = [
        f'<bpmndi:BPMNEdge id="{flow.id}_di" bpmnElement="{flow.id}">'
        f'<di:waypoint x="{at[flow.source][0]}" y="{at[flow.source][1]}"/>'
        f'<di:waypoint x="{at[flow.target][2]}" y="{at[flow.target][1]}"/></bpmndi:BPMNEdge>'
        for flow in flows
    ]
    plane = '<bpmndi:BPMNPlane id="plane" bpmnElement="c">' + "".join(shapes + edges) + "</bpmndi:BPMNPlane>"
    return f'<bpmndi:BPMNDiagram id="drawing">{plane}</bpmndi:BPMNDiagram>'


def _shape(element: str, x: int, y: int, width: int, height: int, horizontal: bool = False) -> str:
    flat = ' isHorizontal="true"' if horizontal else ""
    bounds = f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/>'
    return f'<bpmndi:BPMNShape id="{element}_di" bpmnElement="{element}"{flat}>{bounds}</bpmndi:BPMNShape>'


# ---------------------------------------------------------------- the procedures


def spending() -> dict[str, bytes]:
    """填报 → 会签 by 书记 and 主任 → 登记; a refusal goes back to 填报."""
    nodes = [
        Node("start", "startEvent", "开始", "报账员"),
        step("fill", "填报", "报账员", "fill"),
        step("sign", "联审", "村主干", kind="cosign", seats="村党组织书记 村委会主任"),
        Node("gate", "exclusiveGateway", "同意吗", "村主干", default="fill"),
        step("book", "登记", "会计", "book"),
        Node("done", "endEvent", "办结", "会计"),
    ]
    flows = [
        Flow("start", "fill"),
        Flow("fill", "sign"),
        Flow("sign", "gate"),
        Flow("gate", "book", '联审.结论 == "同意"'),
        Flow("gate", "fill"),
        Flow("book", "done"),
    ]
    attachment = {"type": "filepicker", "key": "票据", "label": "票据", "multiple": True}
    forms = {
        "fill": form(
            number("金额", required=True, min=0), text("用途", required=True, maxLength=50), attachment
        ),
        "book": form(text("凭证号", required=True)),
    }
    return folder("spend", "报账", nodes, flows, forms, "报账员")


def endless() -> dict[str, bytes]:
    """One step again and again until it says 完 (finished)."""
    nodes = [
        Node("start", "startEvent", "开始", "报账员"),
        step("turn", "记一笔", "报账员", "turn", prefill="no"),
        Node("gate", "exclusiveGateway", "还有吗", "报账员", default="turn"),
        Node("done", "endEvent", "办结", "报账员"),
    ]
    flows = [
        Flow("start", "turn"),
        Flow("turn", "gate"),
        Flow("gate", "done", "记一笔.序号 < 0"),
        Flow("gate", "turn"),
    ]
    return folder("turns", "流水", nodes, flows, {"turn": form(number("序号", required=True))}, "报账员")


def waiting(duration: str = "PT1H") -> dict[str, bytes]:
    """A step, then a pause of an hour, then another step."""
    pause = (
        f'<timerEventDefinition id="rest_def"><timeDuration>{duration}</timeDuration></timerEventDefinition>'
    )
    nodes = [
        Node("start", "startEvent", "开始", "报账员"),
        step("before", "准备", "报账员", "plain"),
        Node("rest", "intermediateCatchEvent", "等候", "报账员", body=pause),
        step("after", "复核", "会计", "plain"),
        Node("done", "endEvent", "办结", "会计"),
    ]
    order = [node.id for node in nodes]
    flows = [Flow(a, b) for a, b in pairwise(order)]
    return folder("pause", "等候", nodes, flows, {"plain": form(text("说明"))}, "报账员")


def urging() -> dict[str, bytes]:
    """A step that urges every second while it is open."""
    cycle = '<timerEventDefinition id="urge_def"><timeCycle>R100/PT1S</timeCycle></timerEventDefinition>'
    nodes = [
        Node("start", "startEvent", "开始", "报账员"),
        step("slow", "慢慢办", "报账员", "plain"),
        Node("urge", "boundaryEvent", "催办", "报账员", body=cycle, attached="slow"),
        Node("urged", "endEvent", "催过了", "报账员"),
        Node("done", "endEvent", "办结", "报账员"),
    ]
    flows = [Flow("start", "slow"), Flow("slow", "done"), Flow("urge", "urged")]
    return folder("urging", "催办", nodes, flows, {"plain": form(text("说明"))}, "报账员")


FIFTEEN = ("报账员", "会计", "村委会主任")


def fifteen() -> dict[str, bytes]:
    """15 steps in three lanes with three gateways: a choice, and a fork with its join. A matter takes 14 of them."""
    names = "一二三四五六七八九十"
    labels = [f"第{names[n] if n < 10 else '十' + names[n - 10]}步" for n in range(15)]
    tasks = {n + 1: step(f"t{n + 1}", labels[n], FIFTEEN[n % 3], "plain", prefill="no") for n in range(15)}
    start, done = Node("start", "startEvent", "开始", "报账员"), Node("done", "endEvent", "办结", "报账员")
    choice = Node("choice", "exclusiveGateway", "数额大吗", "会计", default="t6")
    fork = Node("fork", "parallelGateway", "分头办", "会计")
    join = Node("join", "parallelGateway", "办齐了", "会计")
    nodes = [start, *(tasks[n] for n in range(1, 5)), choice, *(tasks[n] for n in range(5, 8)), fork]
    nodes += [*(tasks[n] for n in range(8, 11)), join, *(tasks[n] for n in range(11, 16)), done]
    pairs = "start t1,t1 t2,t2 t3,t3 t4,t4 choice,t5 t7,t6 t7,t7 fork,fork t8,fork t9,fork t10,t8 join,t9 join,t10 join"
    pairs += ",join t11,t11 t12,t12 t13,t13 t14,t14 t15,t15 done,choice t6"
    flows = [Flow(*pair.split()) for pair in pairs.split(",")]
    flows.append(Flow("choice", "t5", f"{labels[3]}.金额 > 100"))
    plain = form(number("金额", required=True, min=0), text("说明", maxLength=200))
    return folder("fifteen", "十五步", nodes, flows, {"plain": plain}, "报账员")
