"""The allow-list: what runs, what is refused by name, and that docs/profile.md says the same."""

from pathlib import Path

import pytest

from engine.diagram import check_diagram, profile, read_diagram
from engine.diagram.events import ALLOWED
from engine.diagram.model import FLOW_NODES
from tests.engine.diagram.drawn import E, S, bpmn, file, node, path, refused, user

REFUSED = [
    "scriptTask",
    "serviceTask",
    "businessRuleTask",
    "complexGateway",
    "transaction",
    "adHocSubProcess",
    "implicitThrowEvent",
    "callChoreography",
    "choreographyTask",
    "somethingNew",
]


@pytest.mark.parametrize("tag", REFUSED)
def test_elements_outside_the_profile_are_refused_by_name(tag):
    data = bpmn(S + node(tag, "x", name="算一算") + E + path("s x e"))
    assert "unsupported-element" in refused(data)
    finding = check_diagram(data)[0]
    assert tag in finding.message
    assert finding.label == "算一算"


@pytest.mark.parametrize(
    "definition", ["compensateEventDefinition", "cancelEventDefinition", "otherEventDefinition"]
)
def test_event_definitions_outside_the_profile_are_refused(definition):
    data = bpmn(S + node("intermediateThrowEvent", "x", f"<{definition}/>") + E + path("s x e"))
    assert refused(data) == ["unsupported-element"]


@pytest.mark.parametrize(
    "inner",
    [
        "<ioSpecification><dataInput id='i'/><inputSet/><outputSet/></ioSpecification>"
        "<dataInputAssociation><targetRef>i</targetRef><assignment><from>1</from><to>i</to></assignment>"
        "</dataInputAssociation>",
        "<dataInputAssociation><targetRef>i</targetRef><transformation>x</transformation></dataInputAssociation>",
    ],
)
def test_data_that_would_be_changed_silently_is_refused(inner):
    assert "unsupported-element" in refused(bpmn(user("a", inner)))


@pytest.mark.parametrize(
    ("tag", "attribute", "value"),
    [
        ("userTask", "completionQuantity", "2"),
        ("userTask", "startQuantity", "0"),
        ("userTask", "isForCompensation", "true"),
        ("receiveTask", "instantiate", "true"),
        ("eventBasedGateway", "instantiate", "1"),
        ("eventBasedGateway", "eventGatewayType", "Parallel"),
        ("intermediateCatchEvent", "parallelMultiple", "true"),
        ("subProcess", "triggeredByEvent", "maybe"),
        ("boundaryEvent", "cancelActivity", "nein"),
        ("userTask", "ordering", "Sequential"),
        ("userTask", "unheardOf", ""),
    ],
)
def test_attributes_with_a_meaning_we_do_not_carry_out_are_refused(tag, attribute, value):
    data = bpmn(user("z") + node(tag, "a", **{attribute: value}))
    assert refused(data)[0] == "unsupported-attribute"
    assert attribute in check_diagram(data)[0].message


@pytest.mark.parametrize("behavior", ["None", "One", "Complex"])
def test_multi_instance_behaviour_is_all_or_refused(behavior):
    loop = f'<multiInstanceLoopCharacteristics behavior="{behavior}"><loopCardinality>2</loopCardinality>'
    assert refused(bpmn(user("a", loop + "</multiInstanceLoopCharacteristics>"))) == ["unsupported-attribute"]


def test_harmless_defaults_spelled_out_are_fine():
    data = bpmn(user("a", startQuantity="1", completionQuantity="1", isForCompensation="false"))
    assert refused(data) == []


@pytest.mark.parametrize(
    ("parent", "inner"),
    [
        ("userTask", "<timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition>"),
        ("userTask", "<conditionExpression>1</conditionExpression>"),
        ("exclusiveGateway", "<standardLoopCharacteristics loopMaximum='2'/>"),
        ("endEvent", "<userTask id='inner'/>"),
    ],
)
def test_elements_out_of_place_are_refused_not_ignored(parent, inner):
    assert "misplaced" in refused(bpmn(user("z") + node(parent, "a", inner)))


@pytest.mark.parametrize("script", ["preScript", "postScript"])
def test_scripts_in_spiffworkflows_own_extension_are_refused(script):
    inner = f"<extensionElements><spiffworkflow:{script}>x = 1</spiffworkflow:{script}></extensionElements>"
    assert refused(bpmn(user("a", inner))) == ["unsupported-extension"]
    assert refused(bpmn(user("a", inner.replace("x = 1", "")))) == []


def test_foreign_extensions_are_let_through():
    data = bpmn(
        '<userTask id="a" camunda:assignee="demo" camunda:asyncBefore="true"><extensionElements>'
        '<camunda:formData><camunda:formField id="x"/></camunda:formData></extensionElements></userTask>'
    )
    assert refused(data) == []
    warnings = [f for f in check_diagram(data) if f.code == "foreign-setting"]
    assert [f.severity for f in warnings] == ["warning", "warning"]
    assert "assignee" in warnings[0].message
    assert "泳道" in warnings[0].message
    assert "formData" in warnings[1].message


def test_duplicate_ids_are_refused_wherever_they_are():
    assert "duplicate-id" in refused(bpmn(user("a") + user("a")))
    assert "duplicate-id" in refused(file(*[f'<process id="{p}">{user("a")}</process>' for p in "pq"]))
    assert "duplicate-id" in refused(file(f'<process id="p">{user("p")}</process>'))
    assert "duplicate-id" in refused(bpmn(user("m"), '<message id="m" name="x"/>'))


def test_what_only_documents_is_let_through():
    data = file(
        '<import importType="x" location="y" namespace="z"/><itemDefinition id="item" isCollection="true"/>'
        '<dataStore id="store" name="台账"/><category id="c"><categoryValue id="cv" value="v"/></category>'
        '<resource id="r"><resourceParameter id="rp" isRequired="true"/></resource>'
        '<interface id="i" name="I" implementationRef="x"/>',
        '<collaboration id="co"><participant id="box" name="上级"/><participant id="pool" processRef="p">'
        '<participantMultiplicity minimum="0" maximum="3"/></participant>'
        '<messageFlow id="mf" sourceRef="box" targetRef="a"/><textAnnotation id="t"><text>注</text></textAnnotation>'
        "</collaboration>",
        '<process id="p"><supports>q</supports><dataObject id="d"/>'
        '<dataObjectReference id="dr" dataObjectRef="d"/>',
        '<dataStoreReference id="ds" dataStoreRef="store"/><group id="g" categoryValueRef="cv"/>',
        S
        + user(
            "a", "<property id='pr'/><dataOutputAssociation><targetRef>dr</targetRef></dataOutputAssociation>"
        ),
        E + path("s a e"),
        '<textAnnotation id="t2"><text>说明</text></textAnnotation>'
        '<association id="as" sourceRef="a" targetRef="t2" associationDirection="None"/></process>',
        "<bpmndi:BPMNDiagram id='di'><bpmndi:BPMNPlane id='pl' bpmnElement='co'/></bpmndi:BPMNDiagram>",
    )
    assert refused(data) == []
    assert [n.id for n in read_diagram(data).walk()] == ["s", "a", "e"]


def test_people_written_in_bpmns_own_way_are_pointed_out():
    inner = "<potentialOwner id='o'><resourceAssignmentExpression><formalExpression>x</formalExpression>"
    data = bpmn(user("a", inner + "</resourceAssignmentExpression></potentialOwner>"))
    assert refused(data) == []
    assert "resource-ignored" in [f.code for f in check_diagram(data)]


def test_findings_are_in_the_order_of_the_file_and_always_the_same():
    tags = ["scriptTask", "serviceTask", "transaction", "scriptTask", "complexGateway"]
    data = bpmn("".join(node(tag, f"n{i}") for i, tag in enumerate(tags)))
    found = check_diagram(data)
    assert [f.element_id for f in found] == ["n0", "n1", "n2", "n3", "n4"]
    assert found == check_diagram(data)


def test_the_documentation_lists_exactly_the_profile():
    text = (Path(__file__).parents[3] / "docs" / "profile.md").read_text("utf-8")
    names = set(profile.EXECUTED) | profile.QUIET | set(profile.REFUSED) | profile.RESOURCES
    names |= set(profile.LIMITED) | set(profile.REFUSED_EXTENSIONS) | profile.SKIPPED | FLOW_NODES
    missing = sorted(name for name in names if f"`{name}`" not in text)
    assert missing == []
    assert all(f"| {place} |" in text for place in ALLOWED)
