"""Constructs inside one another, each case read off chapter 13 of the BPMN specification."""

from typing import Any

import pytest

from engine.execution import Rehearsal
from tests.engine.execution.bpmn import (
    boundary,
    call,
    catch,
    conditional,
    cycle,
    do,
    document,
    end,
    error,
    escalation,
    event_sub,
    flow,
    inc,
    link,
    loop,
    message,
    multi,
    node,
    open_ids,
    par,
    path,
    process,
    signal,
    start,
    started,
    sub,
    terminate,
    throw,
    timer,
    user,
    xor,
)

HOUR = 3_600
Step = tuple[Any, ...]


def go(rehearsal: Rehearsal, *steps: Step) -> Rehearsal:
    """Each step and then what must be open: `("do", "U", {…}, "A B")`, `("signal", "S", "A")`."""
    for what, *arguments, expected in steps:
        if what == "do":
            do(rehearsal, arguments[0], **(arguments[1] if len(arguments) > 1 else {}))
        elif what == "fail":
            task = next(task for task in rehearsal.open_tasks() if task.element_id == arguments[0])
            rehearsal.throw_error(task.id, arguments[1])
        else:
            getattr(rehearsal, what)(*arguments)
        assert open_ids(rehearsal) == expected.split(), (what, *arguments)
    return rehearsal


def test_an_error_in_one_instance_takes_them_all():
    inside = start("ps") + user("U") + xor("x", "x__pe") + end("pe") + end("z", error("E"))
    many = sub("P", inside, multi(times="3"), path("ps U x pe"), flow("x", "z", "bad"))
    source = document(start(), many, boundary("b", "P", error("E")), user("H"), end(), path("s P e", "b H"))
    r = go(
        started(source, {"bad": False}), ("do", "U", "U U"), ("do", "U", {"bad": True}, "H"), ("do", "H", "")
    )
    assert r.finished
    assert r.trace == ["s", "ps", "ps", "ps", "U", "x", "pe", "P", "U", "x", "z", "b", "H"]


def test_an_error_handler_of_the_outer_scope_catches_what_the_inner_lets_through():
    inner = sub("I", start("is"), user("U"), end("ie", error("E")), path("is U ie"))
    handler = event_sub("X", start("xs", error("E")), user("H"), end("xe"), path("xs H xe"))
    outer = sub("O", start("os"), inner, end("oe"), handler, path("os I oe"))
    r = go(
        started(document(start(), outer, user("Z"), end(), path("s O Z e"))),
        ("do", "U", "H"),
        ("do", "H", "Z"),
        ("do", "Z", ""),
    )
    assert r.trace == ["s", "os", "is", "U", "ie", "xs", "H", "xe", "X", "O", "Z", "e"]


def test_an_error_handler_of_one_instance_leaves_the_others_alone():
    handler = event_sub("X", start("xs", error("E")), user("H"), path("xs H"))
    inside = user("U") + boundary("b", "U", message("M")) + end("z", error("E")) + path("b z")
    source = document(start(), sub("P", inside, handler, multi(times="2")), user("Z"), path("s P Z"))
    go(started(source), ("send", "M", "U H"), ("do", "U", "H"), ("do", "H", "Z"))


def test_an_error_climbs_through_two_called_processes_to_a_handler():
    handler = event_sub("X", start("xs", error("E")), user("H"), end("xe"), path("xs H xe"))
    source = document(
        process("p", start(), call("c", "q"), end(), path("s c e")),
        process("q", call("d", "r"), handler),
        process("r", user("U"), end("z", error("E")), path("U z")),
    )
    r = go(started(source), ("do", "U", "H"), ("do", "H", ""))
    assert r.trace == ["s", "U", "z", "xs", "H", "xe", "X", "c", "e"]


def test_terminate_inside_an_instance_ends_that_instance():
    inside = par("f") + user("U") + user("V") + end("te", terminate()) + path("f U te", "f V")
    r = started(document(start(), sub("P", inside, multi(times="2")), end(), path("s P e")))
    go(r, ("do", "U", "U V"), ("do", "U", ""))
    assert r.finished and r.trace.count("P") == 2


def test_terminate_inside_a_handler_beside_ends_the_handler():
    inside = par("f") + user("H") + user("K") + end("xe", terminate()) + path("xs f H xe", "f K")
    beside = event_sub("X", start("xs", signal("S"), isInterrupting="false"), inside)
    r = started(document(start(), user("U"), beside, path("s U")))
    assert go(r, ("signal", "S", "U H K"), ("do", "H", "U"), ("do", "U", "")).finished


def test_an_interrupting_handler_ends_those_beside_and_all_listening():
    beside = event_sub("X", start("xs", signal("S"), isInterrupting="false"), user("H"), path("xs H"))
    instead = event_sub("Y", start("ys", signal("T")), user("K"), path("ys K"))
    r = started(document(start(), user("U"), beside, instead, path("s U")))
    go(r, ("signal", "S", "U H"), ("signal", "T", "K"), ("signal", "S", "K"), ("do", "K", ""))
    assert r.finished


def test_a_handler_in_a_process_called_several_times_starts_in_the_one_that_was_told():
    called = process("q", user("U"), event_sub("X", start("xs", message("M")), user("H"), path("xs H")))
    source = document(process("p", call("c", "q", multi(times="2")), user("Z"), path("c Z")), called)
    go(started(source), ("send", "M", "U H"), ("do", "H", "U"), ("do", "U", "Z"))


def test_an_escalation_stops_at_the_nearest_that_catches_it():
    inner = sub("P", start("ps"), end("pe", escalation("X")), path("ps pe"))
    outer = sub(
        "O", start("os"), inner, boundary("b", "P", escalation("X"), False), user("H"), path("os P", "b H")
    )
    source = document(start(), outer, boundary("b2", "O", escalation("X")), user("K"), path("s O", "b2 K"))
    assert open_ids(started(source)) == ["H"]


def test_an_escalation_without_a_code_is_caught_by_what_catches_all_only():
    host = sub("P", start("ps"), end("pe", escalation()), path("ps pe"))
    edges = boundary("b1", "P", escalation("X")) + boundary("b2", "P", escalation())
    source = document(start(), host, edges, user("H"), user("K"), path("s P", "b1 H", "b2 K"))
    assert open_ids(started(source)) == ["K"]


@pytest.mark.parametrize("sequential", [True, False])
def test_instances_of_instances_collect_in_order_and_leave_nothing_behind(sequential):
    inner = user("U", multi(collection="x", item="y", out="z", out_item="w", sequential=True))
    outer = call("c", "q", multi(collection="xs", item="x", out="zs", out_item="z", sequential=sequential))
    r = started(
        document(process("p", outer), process("q", start(), inner, path("s U"))), {"xs": [[1, 2], [3], []]}
    )
    while r.open_tasks():
        task = r.open_tasks()[-1]
        r.complete(task.id, {"w": task.data["y"] * 10})
    assert r.finished
    assert r.data == {"xs": [[1, 2], [3], []], "zs": [[10, 20], [30], []]}


def test_outputs_may_replace_the_list_they_come_from():
    r = started(document(user("U", multi(collection="xs", item="x", out="xs", out_item="x"))), {"xs": [1, 2]})
    for task in r.open_tasks():
        r.complete(task.id, {"x": task.data["x"] + 10})
    assert r.data == {"xs": [11, 12]}


def test_a_loop_in_a_loop_in_instances():
    inner = sub("Q", start("qs"), user("U"), end("qe"), loop(maximum=2), path("qs U qe"))
    outer = sub("P", start("ps"), inner, end("pe"), multi(times="2", sequential=True), path("ps Q pe"))
    r = started(document(start(), outer, end(), path("s P e")))
    do(r, "U", "U", "U", "U")
    assert r.finished
    assert r.trace == ["s", *(["ps", *(["qs", "U", "qe", "Q"] * 2), "pe", "P"] * 2), "e"]


def test_the_clock_of_a_boundary_runs_over_all_instances_in_turn():
    turn = user("U", multi(times="3", sequential=True))
    r = started(document(start(), turn, boundary("b", "U", timer("PT2H")), user("H"), path("s U", "b H")))
    go(r, ("advance", HOUR, "U"), ("do", "U", "U"), ("advance", HOUR, "H"))


def test_each_instance_has_clocks_of_its_own_inside():
    inside = user("U") + boundary("b", "U", timer("PT1H")) + user("V") + path("b V")
    r = started(document(start(), sub("P", inside, multi(times="2")), path("s P")))
    assert go(r, ("do", "U", "U"), ("advance", HOUR, "V"), ("do", "V", "")).finished


def test_reminders_of_a_called_process_end_with_it():
    source = document(
        process("p", call("c", "q"), boundary("b", "c", cycle("R/PT1H"), False), user("H"), path("b H")),
        process("q", user("U")),
    )
    r = go(started(source), ("advance", 2 * HOUR, "U H H"), ("do", "U", "H H"), ("advance", 9 * HOUR, "H H"))
    assert r.due == []


def test_an_event_gateway_in_a_loop():
    events = node("eventBasedGateway", "g") + catch("a", timer("PT1H")) + catch("b", message("M"))
    r = started(document(start(), xor("m"), events, user("A"), end(), path("s m g a A m", "g b e")))
    go(r, ("advance", HOUR, "A"), ("do", "A", ""), ("advance", HOUR, "A"), ("do", "A", ""), ("send", "M", ""))
    assert r.finished


def test_an_inclusive_join_in_a_loop_with_a_branch_that_ends():
    split = inc("i", "i__C") + user("A") + user("B") + user("C") + xor("x", "x__q") + end("q") + inc("j")
    flows = path("s m i", "A x q", "B j", "i C j Z y e") + flow("i", "A", "a") + flow("i", "B", "b")
    flows += flow("x", "j", "on") + flow("y", "m", "again")
    source = document(start(), xor("m"), split, user("Z"), xor("y", "y__e"), end(), flows)
    r = go(
        started(source, {"a": True, "b": True, "on": False, "again": True}),
        ("do", "B", "A"),
        ("do", "A", "Z"),
        ("do", "Z", "A B"),
        ("do", "A", {"on": True}, "B"),
        ("do", "B", "Z"),
        ("do", "Z", {"again": False}, ""),
    )
    assert r.finished


def test_an_inclusive_join_waits_for_what_a_boundary_may_still_send():
    split = inc("i") + sub("P", user("U")) + boundary("b", "P", timer("PT1H")) + user("V") + user("H")
    flows = path("s i", "P j", "V j", "b H j", "j Z") + flow("i", "P", "True") + flow("i", "V", "True")
    source = document(start(), split, inc("j"), user("Z"), flows)
    go(started(source), ("do", "V", "U"), ("advance", HOUR, "H"), ("do", "H", "Z"))


def test_a_parallel_join_takes_the_way_of_an_error_for_the_branch():
    failing = sub("P", user("U"), end("z", error("E")), path("U z")) + boundary("b", "P", error("E"))
    flows = path("s f P m j Z", "f V j", "b H m")
    source = document(start(), par("f"), failing, user("V"), user("H"), xor("m"), par("j"), user("Z"), flows)
    go(started(source), ("do", "U", "V H"), ("do", "V", "H"), ("do", "H", "Z"))


def test_a_condition_that_goes_and_comes_happens_again_while_its_host_runs():
    edge = boundary("b", "A", conditional("n > 3"), False)
    source = document(
        start(), par("f"), user("A"), edge, user("B", loop("True")), user("H"), path("s f A", "f B", "b H")
    )
    r = started(source)
    for number, times in ((5, 1), (6, 1), (1, 1), (9, 2)):
        do(r, "B", n=number)
        assert open_ids(r).count("H") == times


def test_links_inside_a_loop():
    inside = start("ps") + user("U") + throw("t", link("L")) + catch("c", link("L")) + end("pe")
    r = started(
        document(start(), sub("P", inside, loop(maximum=2), path("ps U t", "c pe")), end(), path("s P e"))
    )
    do(r, "U", "U")
    assert r.trace == ["s", *(["ps", "U", "t", "c", "pe", "P"] * 2), "e"]


def test_a_signal_passes_one_catch_at_a_time_and_is_not_kept():
    r = started(
        document(start(), catch("c1", signal("S")), catch("c2", signal("S")), end(), path("s c1 c2 e"))
    )
    go(r, ("signal", "S", ""))
    assert r.trace == ["s", "c1"] and not r.stuck
    assert go(r, ("signal", "S", "")).finished


def test_a_message_to_oneself_is_kept_until_one_waits():
    source = document(
        start(), throw("t", message("M")), user("U"), catch("c", message("M")), end(), path("s t U c e")
    )
    assert go(started(source), ("do", "U", "")).finished


def test_a_task_that_fails_by_hand_goes_by_the_exact_code_first():
    edges = boundary("b1", "U", error()) + boundary("b2", "U", error("A"))
    source = document(
        start(), user("U", multi(times="2")), edges, user("K"), user("H"), path("s U", "b1 K", "b2 H")
    )
    go(started(source), ("fail", "U", "A", "H"))
    go(started(source), ("fail", "U", "other", "K"))


def test_an_error_in_its_own_handler_ends_the_instance():
    handler = event_sub("X", start("xs", error("E")), user("H"), path("xs H"))
    r = go(
        started(document(start(), user("U"), handler, path("s U"))),
        ("fail", "U", "E", "H"),
        ("fail", "H", "E", ""),
    )
    assert r.finished and r.error == "E"
