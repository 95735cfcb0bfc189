"""Gateways, and flows that fork and merge without one."""

import tracemalloc

import pytest

from engine.execution import ExecutionError
from tests.engine.execution.bpmn import (
    boundary,
    catch,
    do,
    document,
    end,
    events,
    flow,
    inc,
    link,
    message,
    node,
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


def test_exclusive_gateway_takes_the_first_true_condition_in_the_order_of_the_file():
    diagram = document(
        start(),
        xor("g", "d"),
        user("A"),
        user("B"),
        user("C"),
        end(),
        path("s g"),
        flow("g", "A", "x > 1"),
        flow("g", "B", "x > 0"),
        flow("g", "C", id="d"),
        path("A e", "B e", "C e"),
    )
    assert open_ids(started(diagram, {"x": 2})) == ["A"]
    assert open_ids(started(diagram, {"x": 1})) == ["B"]
    assert open_ids(started(diagram, {"x": 0})) == ["C"]


@pytest.mark.parametrize("gateway", [xor, inc])
def test_a_gateway_without_a_way_is_an_error_that_names_it(gateway):
    diagram = document(
        start(),
        user("T"),
        gateway("决定"),
        user("A"),
        user("B"),
        path("s T 决定"),
        flow("决定", "A", "x == 1"),
        flow("决定", "B", "x == 2"),
    )
    r = started(diagram)
    with pytest.raises(ExecutionError, match="决定") as caught:
        do(r, "T", x=3)
    assert caught.value.element_id == "决定"
    assert open_ids(r) == ["T"] and r.data == {} and r.trace == ["s"]
    do(r, "T", x=2)
    assert open_ids(r) == ["B"]


def test_an_unknown_name_in_a_condition_is_an_error_and_changes_nothing():
    diagram = document(
        start(),
        user("T"),
        xor("g", "d"),
        user("A"),
        user("B"),
        path("s T g"),
        flow("g", "A", "没有填过 > 1"),
        flow("g", "B", id="d"),
    )
    r = started(diagram)
    with pytest.raises(ExecutionError, match="没有填过"):
        do(r, "T", x=1)
    assert open_ids(r) == ["T"] and r.data == {}


def test_parallel_join_inside_a_send_back_loop():
    diagram = document(
        start(),
        xor("m"),
        par("f"),
        user("A"),
        user("B"),
        user("C"),
        par("j"),
        user("审"),
        xor("g", "back"),
        end(),
        path("s m f", "f A j", "f B j", "f C j", "j 审 g"),
        flow("g", "m", id="back"),
        flow("g", "e", "好"),
    )
    r = started(diagram)
    for round in range(12):
        for task in ("C", "A"):
            do(r, task)
            assert "审" not in open_ids(r)
        do(r, "B")
        assert open_ids(r) == ["审"]
        do(r, "审", 好=round == 11)
    assert r.finished and r.trace.count("j") == 12


def test_parallel_join_wants_one_token_of_each_flow_and_keeps_the_excess():
    """A sends two tokens into one flow of the join: they do not make up for the other flow."""
    diagram = document(
        start(),
        par("f"),
        user("A"),
        user("B"),
        user("C"),
        xor("m"),
        par("j"),
        user("Z"),
        path("s f", "f A m", "f B m", "f C j", "m j", "j Z"),
    )
    r = started(diagram)
    do(r, "A", "B")
    assert open_ids(r) == ["C"]
    do(r, "C")
    assert open_ids(r) == ["Z"]
    do(r, "Z")
    assert not r.finished and r.stuck


def test_parallel_gateway_that_joins_and_forks():
    diagram = document(
        start(),
        par("f"),
        user("A"),
        user("B"),
        par("jf"),
        user("C"),
        user("D"),
        par("j"),
        end(),
        path("s f", "f A jf", "f B jf", "jf C j", "jf D j", "j e"),
    )
    r = started(diagram)
    do(r, "B", "A", "C", "D")
    assert r.finished and r.trace.count("jf") == 1 and r.trace.count("e") == 1


def test_inclusive_join_waits_for_just_those_that_were_sent():
    diagram = document(
        start(),
        inc("f", "d"),
        user("A"),
        user("B"),
        user("C"),
        inc("j"),
        user("Z"),
        path("s f"),
        flow("f", "A", "a"),
        flow("f", "B", "b"),
        flow("f", "C", id="d"),
        path("A j", "B j", "C j", "j Z"),
    )
    r = started(diagram, {"a": True, "b": True})
    assert open_ids(r) == ["A", "B"]
    do(r, "A")
    assert open_ids(r) == ["B"]
    do(r, "B")
    assert open_ids(r) == ["Z"]
    r = started(diagram, {"a": False, "b": True})
    do(r, "B")
    assert open_ids(r) == ["Z"]
    r = started(diagram, {"a": False, "b": False})
    assert open_ids(r) == ["C"]
    do(r, "C")
    assert open_ids(r) == ["Z"]


def test_nested_inclusive_joins_in_a_loop():
    diagram = document(
        start(),
        xor("m"),
        inc("f"),
        inc("f2"),
        user("A"),
        user("B"),
        user("C"),
        inc("j2"),
        inc("j"),
        user("Z"),
        xor("g", "back"),
        end(),
        path("s m f"),
        flow("f", "f2", "True"),
        flow("f", "C", "c"),
        flow("f2", "A", "True"),
        flow("f2", "B", "b"),
        path("A j2", "B j2", "j2 j", "C j", "j Z g"),
        flow("g", "m", id="back"),
        flow("g", "e", "好"),
    )
    r = started(diagram, {"b": True, "c": True})
    do(r, "C", "A")
    assert open_ids(r) == ["B"]
    do(r, "B")
    assert open_ids(r) == ["Z"]
    do(r, "Z", 好=False, b=False, c=True)
    do(r, "A")
    assert open_ids(r) == ["C"]
    do(r, "C")
    do(r, "Z", 好=True)
    assert r.finished and r.trace.count("j") == 2


def test_inclusive_join_does_not_wait_for_what_comes_round_again():
    """The send-back flow closes a loop: a token before the gateway it returns to is not awaited."""
    diagram = document(
        start(),
        xor("m"),
        user("A"),
        inc("f", "y"),
        user("B"),
        user("C"),
        inc("j"),
        user("Z"),
        xor("g", "out"),
        end(),
        path("s m A f"),
        flow("f", "B", "b"),
        flow("f", "C", id="y"),
        path("B j", "C j", "j Z g"),
        flow("g", "m", "又"),
        flow("g", "e", id="out"),
    )
    r = started(diagram)
    for again in (True, True, False):
        do(r, "A", b=True)
        do(r, "B")
        assert open_ids(r) == ["Z"]
        do(r, "Z", 又=again)
    assert r.finished


def test_inclusive_join_counts_boundary_ways_and_links():
    diagram = document(
        start(),
        par("f"),
        user("A"),
        user("B"),
        boundary("b", "B", timer("PT1H")),
        user("L"),
        throw("x", link("跳")),
        catch("y", link("跳")),
        inc("j"),
        user("Z"),
        path("s f", "f A j", "f B", "b L x", "y j", "j Z") + node("endEvent", "eb") + flow("B", "eb"),
    )
    r = started(diagram)
    do(r, "A")
    assert open_ids(r) == ["B"], "B's timer may still send a token to the join"
    r.advance(3600)
    assert open_ids(r) == ["L"]
    do(r, "L")
    assert open_ids(r) == ["Z"]
    r = started(diagram)
    do(r, "A", "B")
    assert open_ids(r) == ["Z"], "nothing can come any more"


def test_event_gateway_the_first_event_takes_all():
    diagram = document(
        start(),
        events("g"),
        catch("t", timer("PT1H")),
        catch("m", message("回复")),
        node("receiveTask", "r", messageRef="message:撤回"),
        user("A"),
        user("B"),
        user("C"),
        path("s g", "g t A", "g m B", "g r C"),
    )
    r = started(diagram)
    r.send("撤回")
    assert open_ids(r) == ["C"] and r.due == []
    r = started(diagram)
    r.advance(3600)
    assert open_ids(r) == ["A"]
    r.send("回复")
    assert open_ids(r) == ["A"]


def test_several_and_conditional_flows_out_of_a_task():
    diagram = document(
        start(),
        user("T", default="d"),
        user("A"),
        user("B"),
        user("C"),
        user("D"),
        path("s T", "T A"),
        flow("T", "B", "x > 0"),
        flow("T", "C", "x > 1"),
        flow("T", "D", id="d"),
    )
    for x, expected in ((0, ["A", "D"]), (1, ["A", "B"]), (2, ["A", "B", "C"])):
        r = started(diagram)
        do(r, "T", x=x)
        assert open_ids(r) == expected


def test_each_token_runs_a_task_once():
    diagram = document(
        start(),
        par("f"),
        user("A"),
        user("B"),
        user("Z"),
        end(),
        path("s f", "f A Z", "f B Z", "Z e"),
    )
    r = started(diagram)
    do(r, "A", "B")
    assert open_ids(r) == ["Z", "Z"]
    do(r, "Z", "Z")
    assert r.finished and r.trace.count("e") == 2


def test_without_start_and_end_events_tokens_begin_where_nothing_leads_and_end_where_nothing_follows():
    diagram = document(user("A"), user("B"), user("C"), path("A C"))
    r = started(diagram)
    assert open_ids(r) == ["A", "B"]
    do(r, "A", "B", "C")
    assert r.finished
    inner = document(start(), sub("S", user("A"), user("B")), end(), path("s S e"))
    r = started(inner)
    do(r, "A", "B")
    assert r.finished and r.trace == ["s", "A", "B", "S", "e"]


def test_ids_that_stock_reserves():
    diagram = document(
        start("Start"),
        user("Root"),
        par("p.EndJoin"),
        end("End"),
        path("Start Root p.EndJoin End"),
    )
    r = started(diagram)
    do(r, "Root")
    assert r.finished and r.trace == ["Start", "Root", "p.EndJoin", "End"]


def test_a_link_goes_from_its_throwing_to_its_catching_end():
    diagram = document(
        start(),
        user("A"),
        throw("x", link("跳")),
        throw("x2", link("跳")),
        catch("y", link("跳")),
        user("B"),
        xor("g", "d"),
        end(),
        path("s A x", "y B g"),
        flow("g", "x2", "再"),
        flow("g", "e", id="d"),
    )
    r = started(diagram)
    do(r, "A")
    do(r, "B", 再=True)
    do(r, "B", 再=False)
    assert r.finished and r.trace == ["s", "A", "x", "y", "B", "g", "x2", "y", "B", "g", "e"]


def test_an_inclusive_join_sees_what_comes_through_a_link_drawn_before_the_start():
    """Which flow closes a loop is told from where tokens begin, not from what stands first in the file."""
    diagram = document(
        catch("y", link("跳")), inc("j"), user("B"), xor("g", "d"), start(), par("f"), user("A"), user("C"),
        throw("x", link("跳")), end(),
        path("y j B g", "s f", "f A x", "f C j"), flow("g", "x", "再"), flow("g", "e", id="d"),
    )  # fmt: skip
    r = started(diagram)
    do(r, "C")
    assert open_ids(r) == ["A"]
    do(r, "A")
    assert open_ids(r) == ["B"]
    do(r, "B", 再=True)
    do(r, "B", 再=False)
    assert r.finished


def test_a_thousand_inclusive_joins_in_a_row_fit_into_memory():
    count = 1_000
    blocks = "".join(
        inc(f"i{n}", default=f"i{n}__j{n}")
        + user(f"a{n}")
        + inc(f"j{n}")
        + path(f"i{n} j{n}", f"a{n} j{n}")
        + flow(f"i{n}", f"a{n}", "False")
        for n in range(count)
    )
    between = [f"j{n} i{n + 1}" for n in range(count - 1)]
    source = document(start(), blocks, end(), path("s i0", *between, f"j{count - 1} e"))
    tracemalloc.start()
    rehearsal = started(source)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rehearsal.finished
    assert peak < 100_000_000
