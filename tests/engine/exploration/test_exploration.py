"""Small diagrams whose every way is known."""

from __future__ import annotations

from typing import Any

import pytest

from engine.exploration import Finding, Report, explore, told
from tests.engine.execution.bpmn import (
    boundary,
    call,
    catch,
    cycle,
    document,
    end,
    error,
    event_sub,
    events,
    flow,
    message,
    multi,
    par,
    path,
    process,
    properties,
    start,
    sub,
    terminate,
    throw,
    timer,
    user,
    xor,
)

FORM = """{"components": [
  {"type": "number", "key": "金额", "label": "金额", "validate": {"required": true, "min": 0}},
  {"type": "number", "key": "份数", "label": "份数"},
  {"type": "checkbox", "key": "急", "label": "急"},
  {"type": "radio", "key": "结论", "label": "结论", "validate": {"required": true},
   "values": [{"label": "甲", "value": "甲"}, {"label": "乙", "value": "乙"}, {"label": "丙", "value": "丙"}]},
  {"type": "dynamiclist", "path": "清单", "label": "清单", "components": [
    {"type": "textfield", "key": "名称", "label": "名称"}, {"type": "checkbox", "key": "难", "label": "难"}]}
]}"""


def folder(diagram: bytes, parameters: str = "") -> dict[str, bytes]:
    toml = f'title = "试"\nlevel = "村"\nstarters = ["文书"]\n{parameters}'
    return {"a.bpmn": diagram, "procedure.toml": toml.encode(), "forms/f.json": FORM.encode()}


def step(id: str, *inner: str, **settings: str) -> str:
    return user(id, *inner, properties(kind="handle", form="f", **settings))


def kinds(report: Report) -> dict[str, list[tuple[str, ...]]]:
    """Kind of finding -> the elements of each, those that only tell what is passed by left out."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for finding in report.problems:
        found.setdefault(finding.kind, []).append(finding.elements)
    return found


def ends(report: Report) -> set[str]:
    return {ending.element for ending in report.endings}


def only(report: Report, kind: str) -> Finding:
    [found] = [finding for finding in report.findings if finding.kind == kind]
    return found


def ways(*ids: str) -> str:
    return "".join(map(flow, ids, ids[1:]))


def test_a_chain_has_one_way() -> None:
    report = explore(document(start(), user("A"), user("B"), end(), path("s A B e")))
    assert (kinds(report), ends(report), report.complete, report.cut) == ({}, {"e"}, True, [])
    assert (report.states, report.ways) == (3, 3)  # open at A, at B, ended
    assert [passage.element for passage in report.endings[0].path] == ["s", "A", "B"]


def test_what_ends_the_moment_it_begins_has_still_happened() -> None:
    report = explore(document(start(), end(), path("s e")))
    assert (kinds(report), ends(report)) == ({}, {"e"})


def test_every_answer_a_condition_tells_apart_and_no_more() -> None:
    diagram = document(
        start(),
        step("A"),
        xor("x", default="f_else"),
        end("big"),
        end("urgent"),
        end("rest"),
        path("s A x"),
        flow("x", "big", "A.金额 >= 标准"),
        flow("x", "urgent", "A.急"),
        flow("x", "rest", id="f_else"),
    )
    report = explore(
        folder(diagram, '[parameters."标准"]\ntitle = "标准"\ntype = "integer"\ndefault = 500\n')
    )
    assert (kinds(report), ends(report)) == ({}, {"big", "urgent", "rest"})
    assert report.ways == 1 + 4  # two sides of the standard, urgent or not
    paths = {e.element: dict(e.path[-1].shown) for e in report.endings}
    assert paths["big"]["金额"] == 500 and paths["rest"] == {"急": False, "金额": 0}


def test_a_step_that_can_never_happen_and_the_flow_that_is_never_taken() -> None:
    diagram = document(
        start(),
        step("A"),
        xor("x", default="f_else"),
        user("dead"),
        end(),
        path("s A x", "dead e"),
        flow("x", "dead", 'A.结论 == "甲" and A.结论 == "乙"', id="f_dead"),
        flow("x", "e", id="f_else"),
    )
    report = explore(folder(diagram))
    assert kinds(report) == {"never": [("dead",), ("f_dead",)]}
    assert report.problems[0].message == "“dead”永远轮不到"
    assert [told(passage) for passage in report.problems[0].path] == ["开始：“s”", "办“A”（结论 = 甲）"]


def test_a_join_that_waits_for_a_branch_nobody_sends_is_stuck() -> None:
    diagram = document(
        start(),
        step("A"),
        xor("x", default="f_b"),
        user("B"),
        user("C"),
        par("j"),
        end(),
        path("s A x", "B j", "C j", "j e"),
        flow("x", "B", id="f_b"),
        flow("x", "C", 'A.结论 == "甲"', id="f_c"),
    )
    report = explore(folder(diagram))
    assert kinds(report) == {"stuck": [("j",)], "never": [("j",), ("e",)]}
    stuck = only(report, "stuck")
    assert [passage.element for passage in stuck.path] == ["s", "A", "C"]
    assert "“j”永远过不去" in [finding.message for finding in report.problems]
    assert report.endings == []


def test_something_that_goes_on_for_ever_beside_a_join_that_never_opens_cannot_end() -> None:
    diagram = document(
        start(),
        par("f"),
        user("A"),
        xor("x"),
        catch("wait", timer("P1M")),
        user("again"),
        par("j"),
        end(),
        path("s f A j e", "f x wait again x", "again j"),
    )
    assert "endless" not in kinds(explore(diagram))  # two flows out of `again`: one of them reaches the join
    diagram = document(
        start(),
        step("A"),
        xor("x", default="f_on"),
        user("loop"),
        end(),
        path("s A x", "loop loop2 loop"),
        user("loop2"),
        flow("x", "loop", 'A.结论 == "乙"', id="f_loop"),
        flow("x", "e", id="f_on"),
    )
    report = explore(folder(diagram))
    assert kinds(report) == {"endless": [("loop",)]}
    assert dict(only(report, "endless").path[-1].shown) == {"结论": "乙"}


def test_a_condition_that_fails_is_shown_with_its_data() -> None:
    diagram = document(
        start(),
        step("A"),
        xor("x", default="f_else"),
        end("many"),
        end("few"),
        path("s A x"),
        flow("x", "many", "A.份数 > 3"),
        flow("x", "few", id="f_else"),
    )
    report = explore(folder(diagram))
    failure = only(report, "fails")  # the number may be left empty
    assert failure.elements == ("x",) and failure.data == {}
    assert dict(failure.path[-1].shown) == {"份数": None}
    assert "不能用 > 比大小" in failure.message
    assert (kinds(report), ends(report)) == ({"fails": [("x",)]}, {"many", "few"})


def test_where_everything_fails_the_matter_is_stuck() -> None:
    diagram = document(start(), step("A"), xor("x"), end(), path("s A x"), flow("x", "e", 'A.结论 == "丁"'))
    report = explore(folder(diagram))
    assert set(kinds(report)) == {"fails", "stuck", "never"}
    assert "怎么办都会出错" in only(report, "stuck").message


def test_a_loop_ends_where_nothing_new_comes() -> None:
    diagram = document(
        start(),
        step("A"),
        xor("x", default="f_again"),
        end(),
        path("s A x"),
        flow("x", "A", id="f_again"),
        flow("x", "e", 'A.结论 == "甲"'),
    )
    report = explore(folder(diagram))
    assert (kinds(report), ends(report), report.states) == ({}, {"e"}, 2)


def test_an_end_that_skips_a_step_the_law_wants_is_told_with_the_way() -> None:
    diagram = document(
        start(),
        step("A"),
        xor("x", default="f_vote"),
        step("vote", clauses="BB-5.1 BB-1"),
        step("publish", clauses="LB-7"),
        end("done"),
        path("s A x", "vote publish done"),
        flow("x", "publish", 'A.结论 == "丙"', id="f_skip"),
        flow("x", "vote", id="f_vote"),
    )
    skipped = only(explore(folder(diagram)), "skips")
    assert (skipped.elements, skipped.clauses) == (
        ("done", "vote"),
        ("BB-5.1",),
    )  # BB-1 is no rule of the program
    assert [passage.element for passage in skipped.path] == ["s", "A", "publish"]
    assert explore(folder(diagram)).problems == []  # worth knowing, but not wrong


def test_times_boundaries_messages_and_errors_are_all_tried() -> None:
    diagram = document(
        start(),
        user("A"),
        boundary("late", "A", timer("P3D")),
        boundary("later", "A", timer("P7D")),
        boundary("bad", "A", error("坏")),
        end("e_late"),
        end("e_later"),
        end("e_bad"),
        events("g"),
        catch("m", message("来信")),
        catch("t", timer("{期限}")),
        end("e_m"),
        end("e_t"),
        path("s A g m e_m", "g t e_t", "late e_late", "later e_later", "bad e_bad"),
    )
    parameters = '[parameters."期限"]\ntitle = "期限"\ntype = "duration"\ndefault = "5wd"\n'
    report = explore(folder(diagram, parameters))
    assert ends(report) == {"e_late", "e_bad", "e_m", "e_t"}
    # On one step seven days never come before three.
    assert kinds(report)["never"] == [("later",), ("e_later",)]


def test_a_cycle_is_followed_once_at_a_time_and_that_is_said() -> None:
    inside = event_sub(
        "box", start("tick", cycle("R/P1M"), isInterrupting="false"), user("M"), end("m"), path("tick M m")
    )
    report = explore(document(start(), user("A"), inside, end(), path("s A e")))
    assert (kinds(report), ends(report)) == ({}, {"e"})
    assert report.cut == ["“box”同时多于 1 份的情形没有再往下走"] and report.complete


def test_lists_are_gone_through_empty_with_one_and_with_two() -> None:
    inner = (
        start("is"), user("W"), xor("ix", default="f_easy"), user("hard"), end("ie"),
        path("is W ix", "hard ie"), flow("ix", "hard", "项.难"), flow("ix", "ie", id="f_easy"),
    )  # fmt: skip
    each = sub("each", *inner, multi(collection="A.清单", item="项"))
    report = explore(folder(document(start(), step("A"), each, end(), path("s A each e"))))
    assert (kinds(report), ends(report)) == ({}, {"e"})
    first = {e.element: e.path for e in report.endings}["e"]
    assert dict(first[-1].shown) == {"清单": []}
    assert report.ways < 60


def test_called_processes_and_throws_are_walked_too() -> None:
    main = process("p", start(), call("c", "q"), end(), path("s c e"))
    other = process("q", start("qs"), throw("qt"), user("Q"), end("qe", terminate()), path("qs qt Q qe"))
    report = explore(document(main, other))
    assert (kinds(report), ends(report)) == ({}, {"e"})


def test_names_nobody_declares_are_tried_and_said() -> None:
    diagram = document(
        start(),
        user("A"),
        xor("x", default="f_no"),
        end("yes"),
        end("no"),
        path("s A x"),
        flow("x", "yes", "同意"),
        flow("x", "no", id="f_no"),
    )
    report = explore(diagram)
    assert (kinds(report), ends(report)) == ({}, {"yes", "no"})
    assert any("“同意”没有哪一步声明要填" in remark for remark in report.remarks)


@pytest.mark.parametrize("how", [{"stop": lambda: True}, {"seconds": 0.0}, {"most_states": 1}])
def test_what_was_stopped_claims_nothing_it_has_not_seen(how: dict[str, Any]) -> None:
    told_of = []
    report = explore(
        document(start(), user("A"), end(), path("s A e")),
        progress=told_of.append,
        **{"seconds": 60.0, **how},
    )
    assert not report.complete and report.cut and report.problems == []
    assert "没有走完" in report.text() and told_of[-1].states == 1


def test_processes_of_a_file_that_send_each_other_messages() -> None:
    main = process(
        "p", start(), throw("ask", message("问")), catch("hear", message("答")), end(), path("s ask hear e")
    )
    other = process(
        "q",
        start("qs", message("问")),
        user("Q"),
        throw("tell", message("答")),
        end("qe"),
        path("qs Q tell qe"),
    )
    report = explore(document(main, other))
    assert kinds(report) == {} and ends(report) == {"e", "qe"}  # the second may also begin by itself


def test_lists_are_as_long_as_what_they_are_compared_with_asks() -> None:
    diagram = document(
        start(),
        step("A"),
        step("B"),
        xor("x", default="f_few"),
        end("enough"),
        path("s A B x"),
        flow("x", "enough", "len(B.清单) > A.金额"),
        flow("x", "B", id="f_few"),
    )
    report = explore(folder(diagram))
    assert kinds(report) == {} and ends(report) == {"enough"}
    assert any("放在一起比" in remark for remark in report.remarks)


def test_one_by_one_through_a_list_with_its_results_collected() -> None:
    each = step("each", multi(collection="A.清单", item="项", out="全部", out_item="each", sequential=True))
    diagram = document(
        start(),
        step("A"),
        each,
        xor("x", default="f_no"),
        end("some"),
        end("none"),
        path("s A each x"),
        flow("x", "some", "len(全部) > 0"),
        flow("x", "none", id="f_no"),
    )
    report = explore(folder(diagram))
    assert (kinds(report), ends(report)) == ({}, {"some", "none"})


def test_a_boundary_no_number_was_found_for_is_said() -> None:
    diagram = document(
        start(), step("A"), xor("x", default="f_no"), end("yes"), end("no"), path("s A x"),
        flow("x", "yes", "A.金额 * 0 > 1"), flow("x", "no", id="f_no"),
    )  # fmt: skip
    report = explore(folder(diagram))
    assert kinds(report)["never"][0] == ("yes",)
    assert any("边界也许不在这些数里" in remark for remark in report.remarks)


def test_so_many_at_once_without_a_list() -> None:
    report = explore(document(start(), user("A"), user("B", multi(times="2")), end(), path("s A B e")))
    assert (kinds(report), ends(report)) == ({}, {"e"})


def test_many_branches_meet_at_one_join() -> None:
    branches = [f"B{n}" for n in range(5)]
    parts = [part for id in branches for part in (user(id), path(f"f {id} j"))]
    report = explore(document(start(), par("f"), par("j"), end(), path("s f", "j e"), *parts))
    assert (kinds(report), ends(report), report.cut, report.states) == ({}, {"e"}, [], 2**5)


def test_what_lies_beyond_the_bounds_is_not_called_impossible() -> None:
    many = [part for n in range(3) for part in (flow("f", "A", id=f"f{n}"),)]
    report = explore(document(start(), par("f"), user("A"), end(), path("s f", "A e"), *many))
    assert report.cut and all("除非在略去的情形里" in f.message for f in report.problems if f.kind == "never")
