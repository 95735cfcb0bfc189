"""What the model says about a file, awkward ones included."""

import pytest

from engine.diagram import read_diagram
from tests.engine.diagram.drawn import E, S, bpmn, file, node, path, properties, refused, user, when


def lane(id: str, name: str, *claims: str, inner: str = "") -> str:
    refs = "".join(f"<flowNodeRef>\n   {claim}\n  </flowNodeRef>" for claim in claims)
    return f'<lane id="{id}" name="{name}">{refs}{inner}</lane>'


def test_the_ids_stock_stumbles_over_are_ordinary():
    diagram = read_diagram(
        bpmn(
            node("startEvent", "Start")
            + user("Root")
            + user("p.EndJoin")
            + node("endEvent", "End")
            + path("Start Root p.EndJoin End")
        )
    )
    assert [n.id for n in diagram.walk()] == ["Start", "Root", "p.EndJoin", "End"]
    assert diagram.processes["p"].entries == ["Start"]


def test_lanes_with_white_space_and_inside_each_other():
    child = f"<childLaneSet id='cl'>{lane('l2', '文书', 'b')}{lane('l3', '', 'c')}</childLaneSet>"
    outer = lane("l1", " 村党组织\n书记 ", "a", "b", inner=child)
    lanes = f"<laneSet id='ls'>{outer}</laneSet>"
    diagram = read_diagram(bpmn(lanes + user("a") + user("b") + user("c") + user("d")))
    assert {n.id: n.lane for n in diagram.walk()} == {"a": "村党组织 书记", "b": "文书", "c": "l3", "d": None}
    assert [each.name for each in diagram.lanes] == ["村党组织 书记", "文书", "l3"]


def test_inside_a_sub_process_its_lane_counts_unless_there_is_one_inside():
    inner = f"<laneSet id='i'>{lane('l2', '会计', 'b')}</laneSet>{user('a')}{user('b')}"
    diagram = read_diagram(
        bpmn(f"<laneSet id='o'>{lane('l1', '书记', 'x')}</laneSet>{node('subProcess', 'x', inner)}")
    )
    assert {n.id: n.lane for n in diagram.walk()} == {"x": "书记", "a": "书记", "b": "会计"}


def test_two_lanes_that_claim_one_step_are_refused():
    lanes = f"<laneSet id='ls'>{lane('l1', '书记', 'a')}{lane('l2', '主任', 'a')}</laneSet>"
    assert refused(bpmn(lanes + user("a"))) == ["two-lanes"]


def test_flows_keep_the_files_order_and_need_no_id():
    body = user("a") + user("c") + user("b") + '<sequenceFlow sourceRef=" a " targetRef="c"/>'
    diagram = read_diagram(bpmn(body + '<sequenceFlow sourceRef="a" targetRef="b"/>'))
    assert [flow.target for flow in diagram.node("a").outgoing] == ["c", "b"]
    assert len({flow.id for flow in diagram.processes["p"].flows}) == 2


def test_settings_guidance_and_labels():
    inner = "<documentation>先看\n票据。</documentation>" + properties(kind="handle", form="f", key="支出")
    step = read_diagram(bpmn(user("a", inner, name="填报&#10;支出"))).node("a")
    assert (step.label, step.key, step.kind) == ("填报 支出", "支出", "handle")
    assert step.documentation == "先看\n票据。"
    assert step.is_person_task


def test_a_bare_send_or_receive_task_is_a_persons():
    diagram = read_diagram(bpmn(node("sendTask", "a") + node("receiveTask", "b") + path("a b")))
    assert all(n.is_person_task for n in diagram.walk())


def test_references_with_prefixes_and_payloads():
    diagram = read_diagram(
        bpmn(
            node("sendTask", "a", messageRef="tns:m")
            + node("receiveTask", "b", messageRef="m")
            + node("intermediateThrowEvent", "t", "<signalEventDefinition signalRef='x:sig'/>")
            + path("a b t"),
            '<message id="m" name="支付 通知">' + properties(payload="金额、单号 金额") + "</message>"
            '<signal id="sig" name="开会"/>',
        )
    )
    assert diagram.node("a").event.key == diagram.node("b").event.key == "支付 通知"
    assert diagram.node("a").event.payload == ("金额", "单号")
    assert diagram.node("t").event.key == "开会"


@pytest.mark.parametrize(
    ("written", "names"),
    [('{"金额": 金额, "单号": 单号}', ("金额", "单号")), ("金额 单号", ("金额", "单号")), ("", ())],
)
def test_spiffworkflows_own_payload(written, names):
    payload = f"<extensionElements><spiffworkflow:messagePayload>{written}</spiffworkflow:messagePayload>"
    message = f'<message id="m">{payload}</extensionElements></message>'
    assert read_diagram(bpmn(node("sendTask", "a", messageRef="m"), message)).node("a").event.payload == names


@pytest.mark.parametrize("written", ['{"金额": 支出.金额}', "{1: 2}", "{**x}", '{"a": a', "{x for x in y}"])
def test_a_payload_that_computes_is_refused(written):
    payload = f"<extensionElements><spiffworkflow:messagePayload>{written}</spiffworkflow:messagePayload>"
    message = f'<message id="m">{payload}</extensionElements></message>'
    assert refused(bpmn(node("sendTask", "a", messageRef="m"), message)) == ["bad-payload"]


def test_errors_match_by_code_or_by_id_and_catch_all():
    def caught(ref: str) -> str:
        return f"<errorEventDefinition{ref}/>"

    body = user("a") + "".join(
        node("boundaryEvent", f"b{i}", caught(ref), attachedToRef="a")
        + node("endEvent", f"e{i}")
        + path(f"b{i} e{i}")
        for i, ref in enumerate([' errorRef="x"', ' errorRef="y"', ""])
    )
    diagram = read_diagram(
        bpmn(body, '<error id="x" name="缺票" errorCode="E1"/><error id="y" name="无码"/>')
    )
    assert [diagram.node(f"b{i}").event.key for i in range(3)] == ["E1", "#y", None]
    assert [diagram.node(f"b{i}").event.label for i in range(3)] == ["E1", "无码", None]


def test_event_definitions_kept_apart_are_found():
    timer = "<timerEventDefinition id='t'><timeDuration>P1D</timeDuration></timerEventDefinition>"
    body = (
        S
        + node("intermediateCatchEvent", "c", "<eventDefinitionRef>t</eventDefinitionRef>")
        + E
        + path("s c e")
    )
    assert read_diagram(bpmn(body, timer)).node("c").event.timer.text == "P1D"
    assert refused(bpmn(body)) == ["loose-reference"]


@pytest.mark.parametrize(
    ("tag", "inner", "code"),
    [
        ("startEvent", "<errorEventDefinition/>", "unsupported-event"),
        ("startEvent", "<conditionalEventDefinition><condition>x</condition></conditionalEventDefinition>",
         "unsupported-event"),
        ("endEvent", "<timerEventDefinition><timeDate>2026-01-01</timeDate></timerEventDefinition>",
         "unsupported-event"),
        ("endEvent", "<errorEventDefinition/>", "no-reference"),
        ("endEvent", "<messageEventDefinition/>", "no-reference"),
        ("endEvent", "<signalEventDefinition signalRef='nowhere'/>", "loose-reference"),
        ("endEvent", "<terminateEventDefinition/><signalEventDefinition signalRef='g'/>", "several-triggers"),
        ("intermediateThrowEvent", "<linkEventDefinition name=' '/>", "no-reference"),
        ("intermediateCatchEvent", "", "unsupported-event"),
        ("intermediateCatchEvent", "<timerEventDefinition/>", "bad-timer"),
        ("intermediateCatchEvent", "<timerEventDefinition><timeDuration>P</timeDuration></timerEventDefinition>",
         "bad-timer"),
        ("intermediateCatchEvent", "<timerEventDefinition><timeCycle>R/P1D</timeCycle></timerEventDefinition>",
         "endless-timer"),
        ("intermediateCatchEvent", "<conditionalEventDefinition/>", "bad-condition"),
        ("intermediateCatchEvent",
         "<conditionalEventDefinition><condition>a.b()</condition></conditionalEventDefinition>", "bad-condition"),
    ],
)  # fmt: skip
def test_events_that_cannot_be_right_are_refused(tag, inner, code):
    assert code in refused(
        bpmn(user("z") + node(tag, "x", inner) + path("z x" if tag != "startEvent" else "x z"))
    )


def multi(inner: str) -> str:
    return f"<multiInstanceLoopCharacteristics>{inner}</multiInstanceLoopCharacteristics>"


def test_loops():
    loop = (
        read_diagram(
            bpmn(
                "<dataObject id='d1' name='事项清单'/>"
                + user(
                    "a",
                    multi(
                        "<loopDataInputRef>d1</loopDataInputRef><loopDataOutputRef>结果</loopDataOutputRef>"
                        "<inputDataItem id='i' name='事项'/><outputDataItem id='满意'/>"
                        "<completionCondition>满意 == “否”</completionCondition>"
                    ),
                )
            )
        )
        .node("a")
        .loop
    )
    assert (loop.collection, loop.output, loop.input_item, loop.output_item) == (
        "事项清单",
        "结果",
        "事项",
        "满意",
    )
    standard = user("a", "<standardLoopCharacteristics loopMaximum=' 3 ' testBefore='true'/>")
    loop = read_diagram(bpmn(standard)).node("a").loop
    assert (loop.kind, loop.maximum, loop.test_before) == ("standard", 3, True)


@pytest.mark.parametrize(
    "inner",
    [
        multi(""),
        multi("<loopCardinality>3</loopCardinality><loopDataInputRef>x</loopDataInputRef>"),
        multi("<loopCardinality>-1</loopCardinality>"),
        multi("<loopCardinality>1.5</loopCardinality>"),
        multi("<loopCardinality>5000</loopCardinality>"),
        multi("<loopCardinality>'three'</loopCardinality>"),
        multi("<loopCardinality>1/0</loopCardinality>"),
        multi("<loopCardinality/>"),
        multi("<loopDataInputRef>a b</loopDataInputRef>"),
        multi("<loopDataInputRef>[1, 2]</loopDataInputRef>"),
        multi("<loopCardinality>3</loopCardinality><loopDataOutputRef>x</loopDataOutputRef>"),
        "<standardLoopCharacteristics/>",
        "<standardLoopCharacteristics loopMaximum='-1'/>",
        "<standardLoopCharacteristics loopMaximum='many'/>",
        "<standardLoopCharacteristics><loopCondition>import os</loopCondition></standardLoopCharacteristics>",
        "<standardLoopCharacteristics loopMaximum='2'/>" + multi("<loopCardinality>3</loopCardinality>"),
    ],
)
def test_loops_that_cannot_be_right_are_refused(inner):
    assert refused(bpmn(user("a", inner)))


def test_an_escalation_without_a_name_is_caught_by_what_catches_all():
    found = read_diagram(bpmn(node("endEvent", "z", "<escalationEventDefinition/>"))).node("z").event
    assert found is not None and (found.kind, found.key) == ("escalation", None)


def test_an_empty_default_is_none():
    data = bpmn(node("exclusiveGateway", "g", default="") + user("a") + path("g a"))
    assert not read_diagram(data).node("g").outgoing[0].is_default


def test_a_default_flows_condition_does_not_count():
    body = user("z") + node("exclusiveGateway", "x", default="x-a") + user("a") + user("b") + path("z x")
    diagram = read_diagram(bpmn(body + when("x", "a", "写错了(") + when("x", "b", "1 &gt; 0")))
    assert [(flow.is_default, flow.condition is None) for flow in diagram.node("x").outgoing] == [
        (True, True),
        (False, False),
    ]


def test_processes_keep_the_files_order_and_global_tasks_can_be_called():
    diagram = read_diagram(
        file(
            '<globalUserTask id="g" name="签收"/>',
            '<process id="empty"/>',
            f'<process id="b">{node("callActivity", "c", calledElement="tns:g")}</process>',
            f'<process id="a" isExecutable="false">{user("u")}</process>',
        )
    )
    assert list(diagram.processes) == ["b", "a", "g"]
    assert diagram.node("c").called == "g"
    assert diagram.node("g").is_person_task


def test_calls_outside_the_file_are_refused_unless_they_are_known():
    data = bpmn(node("callActivity", "c", calledElement="elsewhere"))
    assert refused(data) == ["no-such-process"]
    assert read_diagram(data, callable_elsewhere={"elsewhere"}).node("c").called == "elsewhere"
