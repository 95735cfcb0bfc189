"""Boundary events, event sub-processes, errors, escalations, signals, conditions, terminate."""

import pytest

from engine.execution import ExecutionError
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
    loop,
    message,
    multi,
    open_ids,
    par,
    path,
    process,
    signal,
    start,
    started,
    sub,
    task_at,
    terminate,
    throw,
    timer,
    user,
    xor,
)


def fail(r, element_id, code):
    r.throw_error(task_at(r, element_id).id, code)


# ---------------------------------------------------------------- boundary events


def test_interrupting_boundary_takes_the_place_of_its_host():
    diagram = document(
        start(),
        sub("S", start("s1"), user("A"), end("e1"), path("s1 A e1")),
        boundary("b", "S", message("撤")),
        user("B"),
        end(),
        end("eb"),
        path("s S e", "b B eb"),
    )
    r = started(diagram)
    r.send("撤")
    assert open_ids(r) == ["B"] and r.trace == ["s", "s1", "b"]
    do(r, "B")
    assert r.finished


def test_non_interrupting_boundary_may_happen_again_and_again_while_its_host_runs():
    diagram = document(
        start(),
        user("A"),
        boundary("b", "A", message("问"), interrupting=False),
        user("B"),
        end(),
        path("s A e", "b B"),
    )
    r = started(diagram)
    r.send("问")
    r.send("问")
    assert open_ids(r) == ["A", "B", "B"]
    do(r, "A")
    r.send("问")
    assert open_ids(r) == ["B", "B"]
    do(r, "B", "B")
    assert r.finished


def test_a_reminder_that_repeats_and_one_that_does_not():
    diagram = document(
        start(),
        user("A"),
        boundary("b", "A", cycle("R3/P1D"), interrupting=False),
        boundary("c", "A", timer("P2D"), interrupting=False),
        end(),
        end("eb"),
        end("ec"),
        path("s A e", "b eb", "c ec"),
    )
    r = started(diagram)
    r.advance(10 * 86400)
    assert r.trace == ["s", "b", "eb", "b", "c", "eb", "ec", "b", "eb"] and r.due == []
    do(r, "A")
    assert r.finished


def test_boundary_on_a_multi_instance_cancels_all_its_instances():
    diagram = document(
        start(),
        user("A", multi(times="3")),
        boundary("b", "A", error("坏")),
        user("B"),
        end(),
        path("s A e", "b B"),
    )
    r = started(diagram)
    do(r, "A")
    fail(r, "A", "坏")
    assert open_ids(r) == ["B"] and r.trace == ["s", "A", "b"]


def test_boundary_on_a_sub_process_in_a_loop():
    inner = (start("s1"), user("A"), end("e1"), path("s1 A e1"))
    diagram = document(
        start(),
        sub("S", *inner, loop("loopCounter < 3")),
        boundary("b", "S", timer("PT1H")),
        user("B"),
        end(),
        path("s S e", "b B"),
    )
    r = started(diagram)
    do(r, "A")
    assert open_ids(r) == ["A"]
    r.advance(3600)
    assert open_ids(r) == ["B"] and r.due == []


# ---------------------------------------------------------------- errors


def test_an_error_climbs_out_of_a_called_process_to_the_boundary_with_its_code():
    diagram = document(
        process(
            "p",
            start(),
            call("C", "q"),
            boundary("other", "C", error("别的")),
            boundary("b", "C", error("坏")),
            user("X"),
            user("B"),
            end(),
            path("s C e", "other X", "b B"),
        ),
        process("q", start("qs"), sub("S", user("A"), user("A2")), end("qe", error("坏")), path("qs S qe")),
    )
    r = started(diagram)
    do(r, "A", "A2")
    assert open_ids(r) == ["B"] and r.trace == ["s", "qs", "A", "A2", "S", "qe", "b"]
    r = started(diagram)
    fail(r, "A", "坏")
    assert open_ids(r) == ["B"] and r.trace == ["s", "qs", "b"]


def test_an_exact_code_goes_before_one_that_catches_all_and_siblings_do_not_catch():
    diagram = document(
        start(),
        par("f"),
        user("A"),
        boundary("all", "A", error()),
        boundary("b", "A", error("坏")),
        user("X"),
        boundary("sibling", "X", error("坏")),
        user("B"),
        user("C"),
        user("D"),
        path("s f", "f A", "f X", "b B", "all C", "sibling D"),
    )
    r = started(diagram)
    fail(r, "A", "坏")
    assert open_ids(r) == ["X", "B"]
    r = started(diagram)
    fail(r, "A", "别的")
    assert open_ids(r) == ["X", "C"]


def test_an_error_nobody_catches_ends_the_instance():
    diagram = document(
        start(),
        par("f"),
        user("A"),
        user("B"),
        sub("S", start("s1"), end("e1", error("坏")), path("s1 e1")),
        end("never"),
        path("s f", "f A", "f B S never"),
    )
    r = started(diagram)
    do(r, "B")
    assert r.finished and r.error == "坏" and open_ids(r) == []
    assert r.trace == ["s", "f", "B", "s1", "e1"]
    r = started(diagram)
    fail(r, "A", "手工")
    assert r.finished and r.error == "手工"


def test_an_error_event_sub_process_replaces_the_scope_and_the_flow_goes_on_after_it():
    handler = event_sub("H", start("hs", error("坏")), user("补救"), end("he"), path("hs 补救 he"))
    diagram = document(
        start(),
        sub("S", start("s1"), par("f"), user("A"), user("B"), path("s1 f", "f A", "f B"), handler),
        user("Z"),
        path("s S Z"),
    )
    r = started(diagram)
    fail(r, "B", "坏")
    assert open_ids(r) == ["补救"]
    do(r, "补救")
    assert open_ids(r) == ["Z"] and r.trace == ["s", "s1", "f", "hs", "补救", "he", "H", "S"]


def test_an_error_inside_its_own_handler_goes_further_up():
    handler = event_sub("H", start("hs", error("坏")), end("he", error("坏")), path("hs he"))
    diagram = document(
        start(),
        sub("S", user("A"), handler),
        boundary("b", "S", error("坏")),
        user("B"),
        user("Z"),
        path("s S Z", "b B"),
    )
    r = started(diagram)
    fail(r, "A", "坏")
    assert open_ids(r) == ["B"]


# ---------------------------------------------------------------- escalations


def test_an_escalation_climbs_and_the_thrower_goes_on_unless_interrupted():
    def diagram(interrupting):
        return document(
            start(),
            sub("S", start("s1"), throw("x", escalation("升级")), user("A"), path("s1 x A")),
            boundary("b", "S", escalation("升级"), interrupting),
            user("B"),
            user("Z"),
            path("s S Z", "b B"),
        )

    assert sorted(open_ids(started(diagram(False)))) == ["A", "B"]
    assert open_ids(started(diagram(True))) == ["B"]


def test_an_escalation_nobody_catches_is_over():
    diagram = document(
        start(), throw("x", escalation("升级")), user("A"), end("e", escalation("升级")), path("s x A e")
    )
    r = started(diagram)
    do(r, "A")
    assert r.finished and r.error is None and r.trace == ["s", "x", "A", "e"]


def test_an_escalation_handler_does_not_catch_its_own_escalation():
    own_start = start("hs", escalation("升级"), isInterrupting="false")
    handler = event_sub("H", own_start, throw("y", escalation("升级")), path("hs y"))
    diagram = document(
        start(),
        sub("S", start("s1"), throw("x", escalation("升级")), user("A"), path("s1 x A"), handler),
        boundary("b", "S", escalation("升级"), False),
        user("B"),
        path("s S", "b B"),
    )
    r = started(diagram)
    assert sorted(open_ids(r)) == ["A", "B"]


# ---------------------------------------------------------------- event sub-processes


def test_non_interrupting_event_sub_process_runs_beside_and_keeps_the_scope_open():
    handler = event_sub("H", start("hs", message("问"), isInterrupting="false"), user("答"), path("hs 答"))
    diagram = document(start(), user("A"), end(), path("s A e"), handler)
    r = started(diagram)
    r.send("问")
    r.send("问")
    assert open_ids(r) == ["A", "答", "答"]
    do(r, "A", "答")
    assert not r.finished
    do(r, "答")
    assert r.finished and r.trace == ["s", "hs", "hs", "A", "e", "答", "H", "答", "H"]


def test_listeners_do_not_keep_a_scope_open():
    handler = event_sub("H", start("hs", timer("P9D")), user("答"), path("hs 答"))
    diagram = document(start(), sub("S", user("A"), handler), end(), path("s S e"))
    r = started(diagram)
    assert len(r.due) == 1
    do(r, "A")
    assert r.finished and r.due == []


def test_event_sub_processes_nest():
    inner = event_sub("H2", start("hs2", signal("内"), isInterrupting="false"), user("C"), path("hs2 C"))
    outer = event_sub("H", start("hs", signal("外")), user("B"), inner, path("hs B"))
    diagram = document(start(), user("A"), path("s A"), outer)
    r = started(diagram)
    r.signal("内")
    assert open_ids(r) == ["A"]
    r.signal("外")
    assert open_ids(r) == ["B"]
    r.signal("内")
    assert open_ids(r) == ["B", "C"]
    do(r, "B", "C")
    assert r.finished


def test_an_event_sub_process_starts_when_its_condition_becomes_true():
    handler = event_sub("H", start("hs", conditional("余额 < 0")), user("B"), path("hs B"))
    diagram = document(start(), user("A"), user("A2"), path("s A A2"), handler)
    r = started(diagram)
    do(r, "A", 余额=5)
    assert open_ids(r) == ["A2"]
    r = started(diagram)
    do(r, "A", 余额=-5)
    assert open_ids(r) == ["B"]


# ---------------------------------------------------------------- conditions, signals, terminate


def test_conditional_events_wait_for_a_change_and_take_a_missing_name_for_not_yet():
    diagram = document(
        start(),
        par("f"),
        user("A", loop("loopCounter < 5")),
        catch("c", conditional("x > 3")),
        user("B"),
        boundary("b", "A", conditional("x % 2 == 1"), interrupting=False),
        end("eb"),
        path("s f", "f A", "f c B", "b eb"),
    )
    r = started(diagram)
    for x in (1, 3, 2, 5):
        do(r, "A", x=x)
    assert r.trace.count("b") == 2, "it happens when the condition becomes true, not while it is"
    assert "B" in open_ids(r)


def test_a_condition_that_cannot_be_computed_is_an_error():
    diagram = document(
        start(), par("f"), user("A"), catch("c", conditional("x > 3")), path("s f", "f A", "f c")
    )
    r = started(diagram)
    with pytest.raises(ExecutionError):
        do(r, "A", x="多")
    assert open_ids(r) == ["A"]


def test_one_signal_reaches_all_that_wait_also_where_one_cancels_another():
    diagram = document(
        start(),
        par("f"),
        catch("c1", signal("开会")),
        catch("c2", signal("开会")),
        user("X"),
        user("Y"),
        sub("S", catch("c3", signal("开会"))),
        boundary("b", "S", signal("开会")),
        user("B"),
        user("N"),
        throw("t", signal("开会")),
        user("T"),
        path("s f", "f c1 X", "f c2 Y", "f S N", "b B", "f T t"),
    )
    r = started(diagram)
    do(r, "T")
    assert sorted(open_ids(r)) == ["B", "X", "Y"]
    assert "c3" not in r.trace


def test_a_signal_may_cancel_its_thrower():
    diagram = document(
        start(),
        sub("S", start("s1"), user("A"), throw("t", signal("停")), user("never"), path("s1 A t never")),
        boundary("b", "S", signal("停")),
        user("B"),
        path("s S", "b B"),
    )
    r = started(diagram)
    do(r, "A")
    assert open_ids(r) == ["B"] and r.trace == ["s", "s1", "A", "t", "b"]


def test_terminate_ends_its_own_scope_only():
    diagram = document(
        start(),
        par("f"),
        user("B"),
        sub(
            "S",
            start("s1"),
            par("f1"),
            user("A"),
            user("A2"),
            end("e1", terminate()),
            path("s1 f1", "f1 A e1", "f1 A2"),
        ),
        user("Z"),
        end("t", terminate()),
        path("s f", "f B", "f S Z t"),
    )
    r = started(diagram)
    do(r, "A")
    assert open_ids(r) == ["B", "Z"]
    do(r, "Z")
    assert r.finished and r.error is None


def test_an_error_boundary_on_a_loop_inside_a_sub_process():
    diagram = document(
        start(),
        sub("S", user("A", loop("True", maximum=3)), boundary("b", "A", error("坏")), user("B"), path("b B")),
        xor("g", "d"),
        end(),
        path("s S g"),
        flow("g", "S", "再"),
        flow("g", "e", id="d"),
    )
    r = started(diagram, {"再": True})
    do(r, "A")
    fail(r, "A", "坏")
    do(r, "B")
    assert open_ids(r) == ["A"]
    do(r, "A", "A", "A", 再=False)
    assert r.finished


def test_the_outcome_is_the_last_named_end_of_the_matter_itself():
    withdraw = event_sub("H", start("hs", message("撤")), end("he", name="已撤回"), path("hs he"))
    remind = event_sub(
        "R", start("rs", message("催"), isInterrupting="false"), end("re", name="已催"), path("rs re")
    )
    diagram = document(
        start(), sub("S", user("A"), end("ie", name="里面的"), path("A ie")), end(name="办结"), path("s S e"),
        withdraw, remind,
    )  # fmt: skip
    r = started(diagram)
    r.send("催")
    assert r.outcome is None
    do(r, "A")
    assert r.finished and r.outcome == "办结"
    r = started(diagram)
    r.send("撤")
    assert r.finished and r.outcome == "已撤回"


def test_an_event_sub_process_that_triggers_itself_without_end_is_stopped():
    handler = event_sub(
        "H", start("hs", signal("再来"), isInterrupting="false"), throw("t", signal("再来")), path("hs t")
    )
    r = started(document(start(), user("A"), path("s A"), handler))
    with pytest.raises(ExecutionError, match=r"转圈|超过"):
        r.signal("再来")
    assert open_ids(r) == ["A"] and r.trace == ["s"]
