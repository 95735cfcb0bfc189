"""Messages and signals between running matters: exactly once, kept until someone waits, along the tree of units."""

import pytest
from sqlalchemy import select

from engine import operations
from engine.store.tables import instances, outbox
from tests.procedures import Flow, Node, folder, form, step, text

FORMS = {"memo": form(text("内容"))}
MESSAGE = '<messageEventDefinition id="{0}_m" messageRef="done"/>'
SIGNAL = '<signalEventDefinition id="{0}_s" signalRef="alarm"/>'
DECLARED = (
    '<message id="done" name="办好了"><extensionElements><spiffworkflow:properties>'
    '<spiffworkflow:property name="payload" value="报告"/></spiffworkflow:properties></extensionElements></message>'
    '<signal id="alarm" name="防汛"/>'
)


def procedure(key, nodes, flows, starter="报账员"):
    made = folder(key, f"流程{key}", nodes, flows, FORMS, starter)
    name = f"{key}.bpmn"
    made[name] = made[name].replace(b"<collaboration", DECLARED.encode() + b"<collaboration", 1)
    return made


def sender(body):
    return procedure(
        "sender",
        [
            Node("s", "startEvent", "开始", "报账员"),
            step("write", "报告", "报账员", "memo"),
            Node("tell", "intermediateThrowEvent", "告知", "报账员", body=body.format("tell")),
            Node("e", "endEvent", "完", "报账员"),
        ],
        [Flow("s", "write"), Flow("write", "tell"), Flow("tell", "e")],
    )


def receiver(body, key="receiver"):
    return procedure(
        key,
        [
            Node("s", "startEvent", "开始", "报账员"),
            Node("wait", "intermediateCatchEvent", "等", "报账员", body=body.format("wait")),
            step("read", "阅知", "报账员", "memo"),
            Node("e", "endEvent", "完", "报账员"),
        ],
        [Flow("s", "wait"), Flow("wait", "read"), Flow("read", "e")],
    )


def send(office, by="报账", unit="village", title="告知"):
    matter = operations.start_matter(office.runtime, office[by], "sender", unit, title).instance_id
    office.do(matter, "报告", by, {"内容": "修好了"})
    return matter


def receive(office, by="报账", unit="village", key="receiver"):
    return operations.start_matter(office.runtime, office[by], key, unit, "等消息").instance_id


def data(office, matter):
    with office.database.read() as c:
        return operations.work.Work.read(office.runtime, c, matter).instance.data


@pytest.fixture
def messages(office):
    for made in (sender(MESSAGE), receiver(MESSAGE)):
        operations.publish_procedure(office.runtime, None, made, "county")
    return office


def test_a_message_reaches_the_one_that_waits_longest_and_only_it(messages):
    first = receive(messages)
    messages.wait(seconds=1)
    second = receive(messages)
    send(messages)
    messages.wait(seconds=1)
    assert messages.steps(first) == ["阅知"]
    assert messages.steps(second) == []
    assert data(messages, first)["报告"]["内容"] == "修好了"


def test_a_message_is_kept_until_somebody_waits(messages):
    send(messages)
    messages.wait(days=10)
    matter = receive(messages)
    messages.wait(seconds=1)
    assert messages.steps(matter) == ["阅知"]
    with messages.database.read() as c:
        assert c.scalars(select(outbox.c.delivered_at)).one() is not None


def test_a_message_does_not_cross_to_another_village(messages):
    neighbour = receive(messages, by="外村", unit="other")
    send(messages)
    messages.wait(seconds=1)
    assert messages.steps(neighbour) == []


def test_a_signal_reaches_all_that_wait(office):
    for made in (sender(SIGNAL), receiver(SIGNAL)):
        operations.publish_procedure(office.runtime, None, made, "county")
    waiting = [receive(office), receive(office)]
    send(office)
    office.wait(seconds=1)
    assert [office.steps(matter) for matter in waiting] == [["阅知"], ["阅知"]]
    late = receive(office)
    office.wait(seconds=1)
    assert office.steps(late) == []  # a signal is heard by those that listen, and gone


def test_a_message_starts_a_matter_where_none_waits(office):
    started = procedure(
        "started",
        [
            Node("s", "startEvent", "收到", "报账员", body=MESSAGE.format("s")),
            step("read", "阅知", "报账员", "memo"),
            Node("e", "endEvent", "完", "报账员"),
        ],
        [Flow("s", "read"), Flow("read", "e")],
    )
    for made in (sender(MESSAGE), started):
        operations.publish_procedure(office.runtime, None, made, "county")
    send(office)
    office.wait(seconds=1)
    with office.database.read() as c:
        found = c.execute(select(instances).where(instances.c.process_id == "started")).all()
    assert len(found) == 1
    assert office.steps(found[0].id) == ["阅知"]


def test_a_step_that_sent_a_message_cannot_be_taken_back(messages):
    from engine.refusal import Overtaken

    matter = send(messages)
    with pytest.raises(Overtaken):
        operations.withdraw_step(messages.runtime, messages["报账"], matter)
