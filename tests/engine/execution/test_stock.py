"""What stock SpiffWorkflow 3.2.0 gets wrong, beside what ours does.

When a test here fails because stock has become right, the subclass docs/spiffworkflow.md names can go.
"""

import warnings
from importlib.metadata import version
from typing import Any

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState

from tests.engine.execution.bpmn import (
    boundary,
    catch,
    do,
    document,
    end,
    error,
    event_sub,
    flow,
    inc,
    link,
    multi,
    open_ids,
    par,
    path,
    start,
    started,
    sub,
    throw,
    timer,
    user,
    xor,
)


class Stock:
    """The same diagram, run as stock's documentation says."""

    def __init__(self, source: bytes, **data: Any) -> None:
        parser = BpmnParser()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parser.add_bpmn_str(source)
            spec = parser.get_spec("p")
            self.workflow = BpmnWorkflow(spec, parser.get_subprocess_specs("p"))
        self.workflow.task_tree.data.update(data)
        self.workflow.do_engine_steps()

    @property
    def open(self) -> list[str]:
        return sorted(task.task_spec.bpmn_id for task in self.ready())

    def ready(self) -> list[Any]:
        return list(self.workflow.get_tasks(state=TaskState.READY, manual=True))

    def do(self, *ids: str, **data: Any) -> None:
        for element_id in ids:
            task = next(task for task in self.ready() if task.task_spec.bpmn_id == element_id)
            task.data.update(data)
            task.run()
            self.workflow.do_engine_steps()

    @property
    def finished(self) -> bool:
        return bool(self.workflow.is_completed())


def wrong() -> Any:
    """Stock goes wrong in here: it raises, or is not where the assertion says."""
    return pytest.raises(Exception)


def test_these_findings_are_about_the_version_that_is_installed():
    assert version("SpiffWorkflow") == "3.2.0"


def send_back(gateway):
    """Three branches, a decision, and back to the three branches."""
    to = {"condition": "True"} if gateway is inc else {}
    return document(
        start(), xor("m"), gateway("f"), user("A"), user("B"), user("C"), gateway("j"), user("Z"), xor("g", "d"), end(),
        path("s m f", "A j", "B j", "C j", "j Z g"), *(flow("f", branch, **to) for branch in "ABC"),
        flow("g", "m", "again"), flow("g", "e", "not again", id="d"),
    )  # fmt: skip


@pytest.mark.parametrize("gateway", [par, inc])
def test_a_join_in_a_send_back_loop(gateway):
    stock, r = Stock(send_back(gateway)), started(send_back(gateway))
    do(r, "A", "B", "C")
    do(r, "Z", again=True)
    do(r, "A", "C")
    assert open_ids(r) == ["B"]
    do(r, "B")
    assert open_ids(r) == ["Z"]
    stock.do("A", "B", "C")
    with wrong():
        stock.do("Z", again=True)
        stock.do("A", "C")
        assert stock.open == ["B"], "fires early in the second round"


def test_work_vanishes_after_some_hundred_send_backs():
    diagram = document(
        start(), xor("m"), user("A"), xor("g", "d"), end(), path("s m A g"),
        flow("g", "m", "again"), flow("g", "e", "not again", id="d"),
    )  # fmt: skip
    stock = Stock(diagram)
    with pytest.raises((StopIteration, RecursionError)):
        for _ in range(600):
            stock.do("A", again=True)
    r = started(diagram)
    for _ in range(600):
        do(r, "A", again=True)
    assert open_ids(r) == ["A"]


def test_the_order_of_an_exclusive_gateways_conditions():
    """Stock goes by the y-coordinate of the shapes, ours by the file."""
    source = document(
        start(), xor("g", "d"), user("A"), user("B"), end(), path("s g", "A e", "B e"),
        flow("g", "A", "x > 0"), flow("g", "B", "x > -1"), flow("g", "e", id="d"),
    )  # fmt: skip
    shapes = "".join(
        f'<bpmndi:BPMNShape id="di_{name}" bpmnElement="{name}"><dc:Bounds x="0" y="{y}" width="9" height="9"/>'
        "</bpmndi:BPMNShape>"
        for y, name in enumerate(("B", "A", "g", "s", "e"))
    )
    drawing = (
        '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
        'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC">'
        f'<bpmndi:BPMNPlane bpmnElement="p">{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>'
    )
    drawn = source.replace(b"</definitions>", drawing.encode())
    assert Stock(drawn, x=1).open == ["B"]
    assert open_ids(started(drawn, {"x": 1})) == ["A"]


def test_an_error_nobody_catches():
    inner = sub("S", start("s1"), end("e1", error("E")), path("s1 e1"))
    diagram = document(start(), inner, user("never"), end(), path("s S never e"))
    assert Stock(diagram).open == ["never"]
    r = started(diagram)
    assert r.finished and r.error == "E" and r.trace == ["s", "s1", "e1"]


def test_an_error_event_sub_process():
    handler = event_sub("H", start("hs", error("E")), user("mend"), end("he"), path("hs mend he"))
    diagram = document(start(), user("A"), end(), path("s A e"), handler)
    with wrong():
        assert Stock(diagram).open == ["A"]
    assert open_ids(started(diagram)) == ["A"]


def test_link_events():
    diagram = document(
        start(),
        user("A"),
        throw("x", link("L")),
        catch("y", link("L")),
        user("B"),
        end(),
        path("s A x", "y B e"),
    )
    with wrong():
        stock = Stock(diagram)
        stock.do("A")
        assert stock.open == ["B"]
    r = started(diagram)
    do(r, "A")
    assert open_ids(r) == ["B"]


def test_ids_that_stock_keeps_for_itself():
    diagram = document(start(), user("End"), user("B"), end(), path("s End B e"))
    with wrong():
        stock = Stock(diagram)
        stock.do("End")
        assert stock.open == ["B"] and not stock.finished
    r = started(diagram)
    do(r, "End")
    assert open_ids(r) == ["B"]


def test_data_of_parallel_branches():
    diagram = document(
        start(), par("f"), user("A"), user("B"), par("j"), end(), path("s f", "f A j", "f B j", "j e")
    )
    stock = Stock(diagram)
    stock.do("A", people=[1, 2])
    assert "people" not in stock.ready()[0].data, "every branch has a copy of its own"
    r = started(diagram)
    do(r, "A", people=[1, 2])
    assert r.open_tasks()[0].data == {"people": [1, 2]}, "one scope: the other branch sees it"
    do(r, "B", people=[3])
    assert r.data == {"people": [3]}


def test_plain_iso_timers():
    diagram = document(start(), catch("t", timer("PT2S")), user("A"), end(), path("s t A e"))
    with wrong():
        Stock(diagram)
    r = started(diagram)
    r.advance(2)
    assert open_ids(r) == ["A"]


def test_sequential_multi_instance_with_an_item():
    diagram = document(
        start(), user("A", multi(collection="people", item="who", sequential=True)), end(), path("s A e")
    )
    with wrong():
        stock = Stock(diagram, people=["a", "b"])
        stock.do("A")
        stock.do("A")
        assert stock.finished
    r = started(diagram, {"people": ["a", "b"]})
    do(r, "A", "A")
    assert r.finished


def test_six_hundred_tasks_in_a_row():
    ids = [f"T{number}" for number in range(600)]
    diagram = document(start(), *(user(one) for one in ids), end(), path(" ".join(["s", *ids, "e"])))
    with pytest.raises(Exception, match="RecursionError"):
        Stock(diagram)
    assert open_ids(started(diagram)) == ["T0"]


def test_a_failing_condition_leaves_nothing_behind():
    diagram = document(
        start(), user("A"), xor("g", "d"), user("B"), end(), path("s A g", "B e"),
        flow("g", "B", "x > 1"), flow("g", "e", id="d"),
    )  # fmt: skip
    stock = Stock(diagram)
    with wrong():
        stock.do("A")
    assert stock.open == [], "the gateway is in ERROR for good"
    r = started(diagram)
    with pytest.raises(Exception, match="x"):
        do(r, "A")
    do(r, "A", x=2)
    assert open_ids(r) == ["B"]


def test_a_siblings_boundary_does_not_catch():
    diagram = document(
        start(), par("f"), sub("S", start("s1"), user("A"), end("e1", error("E")), path("s1 A e1")), user("X"),
        boundary("b", "X", error("E")), user("B"), end(), end("e2"), end("e3"),
        path("s f", "f S e", "f X e2", "b B e3"),
    )  # fmt: skip
    stock = Stock(diagram)
    stock.do("A")
    caught_by_the_sibling = "B" in stock.open
    r = started(diagram)
    do(r, "A")
    assert r.finished and r.error == "E"
    assert caught_by_the_sibling
