"""Structural rules, each with the smallest diagram that breaks it, and diagrams that only look wrong."""

import time

import pytest

from engine.diagram import check_diagram, read_diagram
from tests.engine.diagram.drawn import E, S, bpmn, file, node, path, refused, user, when

TIMER = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
XOR = "exclusiveGateway"


def link(tag: str, id: str, name: str) -> str:
    return node(tag, id, f'<linkEventDefinition name="{name}"/>')


def throw(id: str, name: str) -> str:
    return link("intermediateThrowEvent", id, name)


def catch(id: str, name: str) -> str:
    return link("intermediateCatchEvent", id, name)


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("loose-flow", user("a") + path("a nowhere")),
        ("loose-flow", user("a") + node("subProcess", "x", user("b")) + path("a b")),
        ("bad-default", user("a", default="nothing")),
        ("loose-boundary", user("a") + node("boundaryEvent", "b", TIMER, attachedToRef="z") + E + path("b e")),
        ("loose-boundary", S + node("boundaryEvent", "b", TIMER, attachedToRef="s") + E + path("s e", "b e")),
        ("dead-boundary", user("a") + node("boundaryEvent", "b", TIMER, attachedToRef="a")),
        ("into-boundary", user("a") + node("boundaryEvent", "b", TIMER, attachedToRef="a") + E + path("a b e")),
        ("into-start", S + user("a") + path("s a s")),
        ("out-of-end", S + E + user("a") + path("s e a")),
        ("two-starts", S + node("startEvent", "s2") + E + path("s e", "s2 e")),
        ("two-starts", node("subProcess", "x", S + node("startEvent", "s2") + E + path("s e", "s2 e"))),
        ("no-start", user("a") + user("b") + path("a b a")),
        ("empty", user("a") + node("subProcess", "x")),
        ("unreachable", S + E + path("s e") + user("a")),
        ("unreachable", S + E + path("s e") + user("a") + user("b") + path("a b a")),
        ("dead-gateway", user("a") + node(XOR, "x") + path("a x")),
        ("no-condition", user("a") + node(XOR, "x") + user("b") + user("c") + path("a x b", "x c")),
        ("no-condition", user("a") + node("inclusiveGateway", "x") + user("b") + user("c") + path("a x b", "x c")),
        ("parallel-condition",
         user("a") + node("parallelGateway", "x") + user("b") + path("a x") + when("x", "b", "1")),
        ("parallel-default", node("parallelGateway", "x", default="x-b") + user("b") + path("x b")),
        ("event-condition", S + user("a") + when("s", "a", "1")),
        ("bad-condition", user("a") + user("b") + when("a", "b", "a = 1")),
        ("event-gateway", node("eventBasedGateway", "x") + user("a") + user("b") + path("x a", "x b")),
        ("event-gateway", node("eventBasedGateway", "x") + node("intermediateCatchEvent", "c", TIMER) + path("x c")),
        ("flow-at-event-subprocess",
         user("a") + node("subProcess", "x", node("startEvent", "xs", TIMER), triggeredByEvent="true") + path("a x")),
        ("event-subprocess-start", user("a") + node("subProcess", "x", user("b"), triggeredByEvent="true")),
        ("unsupported-event", user("a") + node("subProcess", "x", S, triggeredByEvent="true")),
        ("unsupported-event", node("subProcess", "x", node("startEvent", "xs", TIMER))),
        ("loose-link", S + throw("t", "甲") + path("s t")),
        ("two-links", S + throw("t", "甲") + catch("c", "甲") + catch("d", "甲") + path("s t")),
        ("link-outgoing", S + throw("t", "甲") + catch("c", "甲") + E + path("s t e", "c e")),
        ("link-incoming", S + throw("t", "甲") + catch("c", "甲") + user("a") + path("s a c", "a t")),
        ("no-called", node("callActivity", "c")),
        ("no-such-process", node("callActivity", "c", calledElement="nowhere")),
        ("calls-itself", S + node("callActivity", "c", calledElement="p") + path("s c")),
        ("error-must-interrupt",
         user("a") + node("boundaryEvent", "b", "<errorEventDefinition/>", attachedToRef="a", cancelActivity="false")
         + E + path("b e")),
        ("looping-event-subprocess",
         user("a") + node("subProcess", "x", "<standardLoopCharacteristics loopMaximum='2'/>"
                          + node("startEvent", "xs", TIMER), triggeredByEvent="true")),
    ],
)  # fmt: skip
def test_what_is_not_well_defined_is_refused(code, body):
    assert code in refused(bpmn(body))


@pytest.mark.parametrize(
    "body",
    [
        user("a"),
        user("a") + user("b"),
        S + user("a") + path("s a"),
        node("subProcess", "x", user("a")) + user("b") + path("x b"),
        S + throw("t", "甲") + catch("c", "甲") + E + path("s t", "c e"),
        user("a") + user("b") + user("c") + when("a", "b", "1") + when("a", "c", "0"),
        user("a", default="a-c") + user("b") + user("c") + when("a", "b", "1") + path("a c"),
        user("a") + user("b") + user("c") + path("a b", "a c"),
        user("a") + node(XOR, "x") + user("b") + path("a x") + when("x", "b", "1"),
        node("startEvent", "m", "<messageEventDefinition messageRef='msg'/>") + S + E + path("m e", "s e"),
        user("a") + node("subProcess", "x", node("startEvent", "xs", TIMER), triggeredByEvent="true"),
    ],
)
def test_what_is_well_defined_is_accepted(body):
    assert refused(bpmn(body, '<message id="msg" name="m"/>')) == []


def test_calls_in_a_circle_are_refused_and_only_those():
    def process(id: str, called: str) -> str:
        return f'<process id="{id}">{node("callActivity", "c" + id, calledElement=called)}</process>'

    tail = f'<process id="z">{user("u")}</process>'
    data = file(process("a", "b"), process("b", "c"), process("c", "b"), tail)
    assert refused(data) == ["calls-itself", "calls-itself"]
    assert [f.element_id for f in check_diagram(data)] == ["b", "c"]
    assert refused(file(process("a", "b"), process("b", "z"), tail)) == []


def test_messages_name_the_element_and_say_how_to_mend_it():
    body = (
        user("a")
        + node(XOR, "x", name="够不够大额")
        + user("b", name="书记审批")
        + user("c")
        + path("a x b", "x c")
    )
    (finding,) = [f for f in check_diagram(bpmn(body)) if f.code == "no-condition"]
    assert str(finding).startswith("「够不够大额」")
    assert "「到 书记审批」" in finding.message
    assert "其余情况都走这条" in finding.message
    assert (finding.element_id, finding.line) == ("x", 1)


# ------------------------------------------------------------------------------- endless cycles

THROW = node("intermediateThrowEvent", "t", "<signalEventDefinition signalRef='sig'/>")
SIGNAL = '<signal id="sig" name="x"/><error id="err" errorCode="E"/><message id="msg" name="m"/>'


def cycle(inside: str, *flows: str) -> bytes:
    """s → m → …inside… → x, and back from x to m; out to e."""
    gates = node(XOR, "m") + node(XOR, "x", default="x-e")
    return bpmn(S + E + gates + inside + path("s m", "x e", *flows) + when("x", "m", "1"), SIGNAL)


def event(definition: str) -> str:
    return node("intermediateCatchEvent", "c", definition)


ERROR_END = node("endEvent", "ie", "<errorEventDefinition errorRef='err'/>")
MESSAGE = "<messageEventDefinition messageRef='msg'/>"
DATE = "<timerEventDefinition><timeDate>2020-01-01</timeDate></timerEventDefinition>"
NOW = TIMER.replace("PT1H", "PT0S")
PARAMETER = TIMER.replace("PT1H", "{时限}")
CONDITION = "<conditionalEventDefinition><condition>1</condition></conditionalEventDefinition>"
SPLIT = node("parallelGateway", "f") + node("parallelGateway", "j")
LOOP = "<multiInstanceLoopCharacteristics><loopDataInputRef>名单</loopDataInputRef></multiInstanceLoopCharacteristics>"


@pytest.mark.parametrize(
    "data",
    [
        cycle("", "m x"),
        cycle(THROW, "m t x"),
        cycle(event(DATE), "m c x"),
        cycle(event(NOW), "m c x"),
        cycle(event(CONDITION), "m c x"),
        cycle(node("sendTask", "t", messageRef="msg"), "m t x"),
        cycle(node("subProcess", "q", THROW), "m q x"),
        cycle(node("subProcess", "q", node(XOR, "g", default="g-t") + user("a") + THROW + path("g t")
                   + when("g", "a", "1")), "m q x"),
        cycle(SPLIT + THROW + node("task", "k").replace("task", "intermediateThrowEvent"), "m f t j x", "f k j"),
        cycle(node("inclusiveGateway", "f", default="f-t") + THROW + user("a") + when("f", "a", "1"),
              "m f t x", "a x"),
        cycle(throw("t", "甲") + catch("c", "甲"), "m t", "c x"),
        cycle(node("subProcess", "q", ERROR_END)
              + node("boundaryEvent", "b", "<errorEventDefinition/>", attachedToRef="q"), "m q", "b x", "q e"),
        bpmn(node("subProcess", "q", S + E + node(XOR, "m") + node(XOR, "x", default="x-e") + path("s m x e")
                  + when("x", "m", "1"))),
    ],
)  # fmt: skip
def test_a_cycle_that_nothing_stops_is_refused(data):
    assert refused(data) == ["endless-cycle"]


@pytest.mark.parametrize(
    "data",
    [
        cycle(user("a"), "m a x"),
        cycle(node("manualTask", "a"), "m a x"),
        cycle(node("receiveTask", "a", messageRef="msg"), "m a x"),
        cycle(event(TIMER), "m c x"),
        cycle(event(PARAMETER), "m c x"),
        cycle(event(MESSAGE), "m c x"),
        cycle(user("a", LOOP), "m a x"),
        cycle(node("subProcess", "q", user("a")), "m q x"),
        cycle(node("subProcess", "q", SPLIT + THROW + user("a") + node("endEvent", "ie") + path("f t j ie", "f a j")),
              "m q x"),
        cycle(node("subProcess", "q", THROW + user("a")), "m q x"),
        # 通知 beside 征求意见: the join waits for the person
        cycle(SPLIT + THROW + user("a"), "m f t j x", "f a j"),
        cycle(node("subProcess", "q", user("a") + ERROR_END + path("a ie"))
              + node("boundaryEvent", "b", "<errorEventDefinition/>", attachedToRef="q"), "m q", "b x", "q e"),
        cycle(node("subProcess", "q", ERROR_END), "m q x"),
        cycle(user("a") + node("boundaryEvent", "b", TIMER, attachedToRef="a"), "m a x", "b x"),
        cycle(node("eventBasedGateway", "g") + event(TIMER) + node("receiveTask", "r", messageRef="msg"),
              "m g c x", "g r x"),
    ],
)  # fmt: skip
def test_a_cycle_with_a_person_or_a_wait_is_accepted(data):
    assert refused(data) == []


def test_a_called_process_counts_with_what_is_in_it():
    def calling(called: str) -> bytes:
        inside = cycle(node("callActivity", "q", calledElement="r"), "m q x")
        return inside.replace(b"</definitions>", f'<process id="r">{called}</process></definitions>'.encode())

    assert refused(calling(user("a"))) == []
    assert refused(calling(THROW)) == ["endless-cycle"]


# ------------------------------------------------------------------------------- size


def chain(length: int) -> bytes:
    names = [f"t{number}" for number in range(length)]
    return bpmn(S + E + "".join(map(user, names)) + path(" ".join(["s", *names, "e"])))


def ladder(length: int) -> bytes:
    """Automatic diamonds in a row with one way back at the end: the shape that makes naive searches explode."""
    body, flows = S + E + node(XOR, "m") + user("a"), ["s m"]
    last = "m"
    for number in range(length):
        split, left, right, join = (f"{kind}{number}" for kind in "flrj")
        body += node("parallelGateway", split) + node("parallelGateway", join)
        body += node("intermediateThrowEvent", left) + node("intermediateThrowEvent", right)
        flows += [f"{last} {split} {left} {join}", f"{split} {right} {join}"]
        last = join
    body += node(XOR, "x", default="x-e")
    return bpmn(body + path(*flows, f"{last} a x e") + when("x", "m", "1"))


def leaps(length: int) -> bytes:
    """Links in a row: each leads to the next."""
    body, last = S, "s"
    for number in range(length):
        body += throw(f"t{number}", f"L{number}") + link("intermediateCatchEvent", f"c{number}", f"L{number}")
        body += path(f"{last} t{number}")
        last = f"c{number}"
    return bpmn(body + E + path(f"{last} e"))


@pytest.mark.parametrize("data", [chain(3000), ladder(700), leaps(3000)], ids=["chain", "ladder", "leaps"])
def test_a_large_diagram_is_checked_in_time(data):
    start = time.process_time()
    assert len(list(read_diagram(data).walk())) > 2800
    check_diagram(data)
    assert time.process_time() - start < 4  # twice the work of one check


def test_a_long_way_out_of_a_cycle_is_checked_in_time():
    row = [f"t{number}" for number in range(4_000)]
    body = "".join(node("intermediateThrowEvent", each) for each in row) + node(XOR, "a")
    body += S + node(XOR, "b", default="b-a") + path("s a b a", " ".join(row)) + when("b", "t0", "0")
    start = time.process_time()
    found = [f for f in check_diagram(bpmn(body)) if f.code == "endless-cycle"]
    assert [f.element_id for f in found] == ["a"]
    assert time.process_time() - start < 1


@pytest.mark.parametrize(("length", "codes"), [(40, []), (60, ["calls-too-deep"])])
def test_a_row_of_calls_is_as_long_as_execution_goes(length, codes):
    called = "".join(
        f'<process id="p{number}">{node("callActivity", f"c{number}", calledElement=f"p{number + 1}")}</process>'
        for number in range(length - 1)
    )
    last = f'<process id="p{length - 1}">{user("u")}</process>'
    assert refused(file(called + last)) == codes


def test_an_ordinary_diagram_is_checked_at_once():
    data = chain(60)
    check_diagram(data)
    start = time.process_time()
    check_diagram(data)
    assert time.process_time() - start < 0.2
