"""The contract of a rehearsal (design, section 6)."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.clock import VirtualClock
from engine.diagram import DiagramError
from engine.execution import ExecutionError, Rehearsal, Roster
from tests.engine.execution.bpmn import (
    boundary,
    call,
    catch,
    cycle,
    do,
    document,
    end,
    flow,
    message,
    node,
    open_ids,
    par,
    path,
    process,
    properties,
    signal,
    start,
    started,
    throw,
    timer,
    user,
    xor,
)

SIMPLE = document(start(), user("A", name="办理"), end(name="办结"), path("s A e"))
NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)


def test_a_bare_diagram_is_rehearsed_from_start_to_end():
    r = Rehearsal.load(SIMPLE)
    assert r.finished and r.data == {} and r.open_tasks() == []
    r.start(data={"金额": 3})
    (task,) = r.open_tasks()
    assert (task.element_id, task.name, task.lane, task.kind) == ("A", "办理", None, None)
    assert task.data == {"金额": 3}
    r.complete(task.id, {"同意": True})
    assert r.finished and r.data == {"金额": 3, "同意": True}
    assert r.trace == ["s", "A", "e"] and r.error is None and r.outcome == "办结" and not r.stuck


def test_it_is_loaded_from_bytes_text_a_file_or_a_folder(tmp_path: Path):
    file = tmp_path / "x.bpmn"
    file.write_bytes(SIMPLE)
    for source in (SIMPLE, SIMPLE.decode(), file, str(file)):
        assert open_ids(started(source)) == ["A"]
    assert open_ids(started(Path("processes/zhichu"))) == ["tianbao"]
    with pytest.raises(ExecutionError, match="没有参数"):
        Rehearsal.load("processes/zhichu", parameters={"没有": 1})


def test_a_procedure_calls_the_one_in_the_folder_beside_it(tmp_path: Path):
    diagrams = {
        "outer": document(start(), call("C", "inner"), end(), path("s C e")),
        "inner": document(
            start(), user("A", properties(kind="handle", form="f", key="里")), end(), path("s A e")
        ),
    }
    for key, diagram in diagrams.items():
        (tmp_path / key / "forms").mkdir(parents=True)
        (tmp_path / key / f"{key}.bpmn").write_bytes(diagram)
        (tmp_path / key / "procedure.toml").write_text(
            f'title = "{key}"\nlevel = "村"\nstarters = ["文书"]\nsummary = "试"\nclauses = []\n',
            encoding="utf-8",
        )
    form = '{"type": "default", "components": [{"type": "number", "key": "数", "label": "数"}]}'
    (tmp_path / "inner" / "forms" / "f.json").write_text(form, encoding="utf-8")
    r = started(tmp_path / "outer")
    with pytest.raises(ExecutionError, match="没有"):
        do(r, "A", 多余=1)
    do(r, "A", 数=3)
    assert r.finished and r.data == {"里": {"数": 3}} and r.trace == ["s", "s", "A", "e", "C", "e"]


def test_what_cannot_be_executed_is_refused_with_findings():
    with pytest.raises(DiagramError) as caught:
        Rehearsal.load(b"<definitions")
    assert caught.value.findings
    with pytest.raises(DiagramError):
        Rehearsal.load(document(start(), call("C", "nobody"), path("s C")))
    calls = document(process("p", call("C", "q")), process("q", call("D", "p")))
    with pytest.raises(DiagramError, match="自己"):
        Rehearsal.load(calls)


def test_a_task_that_is_not_open_cannot_be_completed_and_nothing_changes():
    r = started(document(start(), user("A"), user("B"), path("s A B")))
    (task,) = r.open_tasks()
    r.complete(task.id)
    for wrong in (task.id, "nonsense", ""):
        with pytest.raises(ExecutionError, match="办完"):
            r.complete(wrong, {})
        with pytest.raises(ExecutionError, match="办完"):
            r.throw_error(wrong, "x")
    assert open_ids(r) == ["B"] and r.trace == ["s", "A"]


def test_what_is_not_a_set_of_values_is_refused():
    r = started(SIMPLE)
    for wrong in ([1], "同意", 5):
        with pytest.raises(ExecutionError, match="名称"):
            r.complete(r.open_tasks()[0].id, wrong)  # type: ignore[arg-type]
    assert open_ids(r) == ["A"]


def test_several_instances_of_a_file():
    r = Rehearsal.load(document(process("p", user("A")), process("q", user("B"))))
    r.start()
    r.start("q", {"x": 1})
    r.start("p", {"x": 2})
    assert open_ids(r) == ["A", "B", "A"] and r.data == {"x": 2}
    do(r, "A", "B")
    assert not r.finished
    do(r, "A")
    assert r.finished
    with pytest.raises(ExecutionError, match="没有编号"):
        r.start("nobody")


# ---------------------------------------------------------------- time


def test_the_clock_stands_unless_it_is_advanced_through_each_due_time_in_order():
    diagram = document(
        start(), par("f"), catch("b", timer("P2D")), catch("a", timer("P1D")), user("A"), user("B"),
        path("s f", "f b B", "f a A"),
    )  # fmt: skip
    r = started(diagram, clock=VirtualClock(NOW))
    assert r.now == NOW and [e for _, e in r.due] == ["a", "b"]
    r.advance(86400)
    assert r.now == NOW + timedelta(days=1) and open_ids(r) == ["A"]
    r.advance(10 * 86400.0)
    assert r.now == NOW + timedelta(days=11) and open_ids(r) == ["A", "B"]
    assert r.trace == ["s", "f", "a", "b"]
    with pytest.raises(ExecutionError):
        r.advance(-1)


def test_a_failure_in_advance_keeps_the_earlier_due_times():
    diagram = document(
        start(), par("f"), catch("a", timer("P1D")), user("A"), catch("b", timer("P2D")), xor("g"), user("B"),
        path("s f", "f a A", "f b g"), flow("g", "B", "没有填过"),
    )  # fmt: skip
    r = started(diagram, clock=VirtualClock(NOW))
    with pytest.raises(ExecutionError, match="没有填过"):
        r.advance(5 * 86400)
    assert open_ids(r) == ["A"] and r.now == NOW + timedelta(days=1) and r.trace == ["s", "f", "a"]


def test_somebody_elses_clock_is_followed():
    now = [NOW]
    r = started(document(start(), catch("a", timer("PT1H")), user("A"), path("s a A")), clock=lambda: now[0])
    now[0] += timedelta(hours=2)
    r.advance(0)
    assert open_ids(r) == ["A"]
    r.advance(60)
    assert r.now == now[0] + timedelta(minutes=1)


def test_two_rehearsals_at_different_times_in_two_threads():
    diagram = document(
        start(), user("A"), boundary("b", "A", cycle("R200/PT1H"), False), end("eb"), path("s A", "b eb")
    )
    traces: dict[int, list[str]] = {}

    def run(year: int) -> None:
        r = started(diagram, clock=VirtualClock(datetime(year, 1, 1, tzinfo=UTC)))
        for _ in range(50):
            r.advance(3600)
        assert r.now == datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=50)
        traces[year] = r.trace

    threads = [threading.Thread(target=run, args=(year,)) for year in (1999, 2026, 2077)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [traces[year].count("b") for year in (1999, 2026, 2077)] == [50, 50, 50]


# ---------------------------------------------------------------- messages and signals


def test_without_a_plain_start_the_instance_waits():
    r = started(document(start("s", timer("P1D")), user("A"), path("s A")))
    assert open_ids(r) == [] and not r.finished and not r.stuck
    r.advance(86400)
    assert open_ids(r) == ["A"] and r.trace == ["s"]
    both = document(
        start("s", message("来信")), start("t", timer("P1D")), user("A"), user("B"), path("s A", "t B")
    )
    r = started(both)
    r.send("来信")
    r.advance(86400 * 3)
    assert open_ids(r) == ["A"], "the first start that happens is the start"
    plain = document(start(), start("m", message("来信")), user("A"), user("B"), path("s A", "m B"))
    assert open_ids(started(plain)) == ["A"]


def test_a_message_goes_to_the_oldest_that_waits_else_starts_one_else_is_kept():
    waiting = document(
        start(), user("T"), catch("c", message("批复")), user("A"), path("s T c A"), payload={"批复": "文号"}
    )
    r = started(waiting)
    r.start()
    r.send("批复", {"文号": "1号", "别的": "不带"})
    assert open_ids(r) == ["T", "T"]
    do(r, "T", 谁="先")
    assert open_ids(r) == ["T", "A"], "it was kept until somebody waited"
    do(r, "T")
    assert open_ids(r) == ["A"]
    r.send("批复", {"文号": "2号"})
    first, second = r.open_tasks()
    assert first.data == {"谁": "先", "文号": "1号"} and second.data == {"文号": "2号"}
    starting = document(start("m", message("来信")), user("A"), path("m A"), payload={"来信": "内容"})
    r = Rehearsal.load(starting)
    r.send("来信", {"内容": "甲"})
    r.send("来信", {"内容": "乙"})
    assert [task.data for task in r.open_tasks()] == [{"内容": "甲"}, {"内容": "乙"}] and r.data == {
        "内容": "乙"
    }


def test_messages_between_the_processes_of_a_file_carry_only_what_is_declared():
    diagram = document(
        process(
            "p", start(), user("A"), throw("t", message("申请")), catch("c", message("答复")), end(), path("s A t c e")
        ),
        process("q", start("qs", message("申请")), user("B"), node("endEvent", "x", message("答复")), path("qs B x")),
        payload={"申请": "金额 事由", "答复": "结论"},
    )  # fmt: skip
    r = started(diagram)
    do(r, "A", 金额=5, 事由="修路", 秘密=1)
    assert r.data == {"金额": 5, "事由": "修路"}
    do(r, "B", 结论="同意", 内部=2)
    assert r.finished and r.trace == ["s", "A", "t", "qs", "B", "x", "c", "e"]


def test_a_signal_starts_every_process_it_names_once():
    diagram = document(
        process("p", start(), user("A"), throw("t", signal("换届")), end(), path("s A t e")),
        process("q", start("qs", signal("换届")), user("B"), path("qs B")),
        process("r", start("rs", signal("换届")), user("C"), path("rs C")),
    )
    r = started(diagram)
    do(r, "A")
    assert open_ids(r) == ["B", "C"]
    r = Rehearsal.load(diagram)
    r.start("q")
    r.signal("换届")
    assert open_ids(r) == ["B", "C"], "the instance of q that waited at its start is the one that starts"


def test_processes_that_trigger_each_other_without_end_are_stopped():
    diagram = document(
        process("p", start("ps", message("甲")), end("pe", message("乙")), path("ps pe")),
        process("q", start("qs", message("乙")), end("qe", message("甲")), path("qs qe")),
    )
    r = Rehearsal.load(diagram)
    with pytest.raises(ExecutionError, match="互相触发"):
        r.send("甲")
    assert r.finished and r.trace == []


def test_stuck_is_when_nothing_is_open_due_or_awaited():
    diagram = document(
        start(), xor("g", "d"), user("A"), par("j"), end(), path("s g", "A j e"), flow("g", "A", "False"),
        flow("g", "j", id="d"),
    )  # fmt: skip
    r = started(diagram)
    assert r.stuck and not r.finished
    r = started(document(start(), catch("c", message("m")), path("s c")))
    assert not r.stuck


# ---------------------------------------------------------------- steps with a kind


JOINT = document(
    start(), user("填报", properties(kind="handle", key="支出")),
    user("联审", properties(kind="cosign", seats="书记 主任", need="all", key="联合审批")), xor("g", "d"),
    end("好"), end("不好"),
    path("s 填报 联审 g"), flow("g", "好", '联合审批.结论 == "同意"'), flow("g", "不好", id="d"),
)  # fmt: skip


def test_a_kind_takes_submissions_one_by_one_until_it_has_a_result():
    r = started(JOINT, roster=Roster({"甲": "报账员", "乙": ["书记"], "丙": ["主任", "文书"]}))
    r.complete(r.open_tasks()[0].id, {"金额": 800})
    assert r.data == {"支出": {"金额": 800}}
    (task,) = r.open_tasks()
    r.complete(task.id, {"结论": "同意"}, by="乙")
    assert r.open_tasks()[0].id == task.id
    with pytest.raises(ExecutionError, match="只能办一次"):
        r.complete(task.id, {"结论": "同意"}, by="乙")
    with pytest.raises(ExecutionError, match="不能办"):
        r.complete(task.id, {"结论": "同意"}, by="甲")
    with pytest.raises(ExecutionError, match="名单"):
        r.complete(task.id, {"结论": "同意"}, by="丁")
    with pytest.raises(ExecutionError):
        r.complete(task.id, {"结论": "也许"}, by="丙")
    r.complete(task.id, {"结论": "同意", "席位": "主任"}, by="丙")
    assert r.finished and r.trace[-1] == "好" and r.data["联合审批"]["办理人"] == [2, 3]


def test_a_kind_without_a_roster_fills_the_seats_in_turn():
    r = started(JOINT)
    r.complete(r.open_tasks()[0].id, {})
    r.complete(r.open_tasks()[0].id, {"结论": "同意"})
    r.complete(r.open_tasks()[0].id, {"结论": "不同意", "说明": "票据不全"})
    assert r.finished and r.trace[-1] == "不好" and r.data["联合审批"]["说明"] == "票据不全"


def test_who_and_not_who():
    diagram = document(
        start(), user("A", properties(kind="handle")), user("B", properties(kind="handle", not_who="A")),
        user("C", properties(kind="handle", who="{A.责任人}")), end(), path("s A B C e"),
    )  # fmt: skip
    r = started(diagram, roster=Roster({"甲": "B A", "乙": "B"}))
    r.complete(r.open_tasks()[0].id, {"责任人": "乙"}, by="甲")
    with pytest.raises(ExecutionError, match="换一个人"):
        r.complete(r.open_tasks()[0].id, {}, by="甲")
    r.complete(r.open_tasks()[0].id, {}, by="乙")
    with pytest.raises(ExecutionError, match="不能办"):
        r.complete(r.open_tasks()[0].id, {}, by="甲")
    r.complete(r.open_tasks()[0].id, {}, by="乙")
    assert r.finished and r.data["C"] == {"办理人": [2]}


def test_parameters_are_names_in_conditions_and_cannot_be_overwritten():
    diagram = document(
        start(), user("A"), xor("g", "d"), end("大"), end("小"), path("s A g"),
        flow("g", "大", "金额 > 大额标准"), flow("g", "小", id="d"),
    )  # fmt: skip
    r = started(diagram, parameters={"大额标准": 5000})
    with pytest.raises(ExecutionError, match="参数"):
        do(r, "A", 大额标准=1, 金额=2)
    do(r, "A", 金额=5001)
    assert r.trace[-1] == "大" and r.data == {"金额": 5001}


# ---------------------------------------------------------------- long and large


def test_a_thousand_tasks_in_a_row():
    ids = [f"T{number}" for number in range(1000)]
    r = started(document(start(), *(user(one) for one in ids), end(), path(" ".join(["s", *ids, "e"]))))
    for one in ids[:50]:
        do(r, one)
    assert open_ids(r) == ["T50"]
    automatic = document(start(), *(throw(one) for one in ids), end(), path(" ".join(["s", *ids, "e"])))
    assert started(automatic).finished


def test_a_thousand_send_backs():
    diagram = document(
        start(), xor("m"), user("A"), xor("g", "d"), end(), path("s m A g"),
        flow("g", "m", "再"), flow("g", "e", id="d"),
    )  # fmt: skip
    r = started(diagram)
    for _ in range(1000):
        do(r, "A", 再=True)
    do(r, "A", 再=False)
    assert r.finished and r.trace.count("A") == 1001


def test_time_ends_with_the_calendar_and_says_so():
    rehearsal = started(
        document(
            start(), user("A"), boundary("b", "A", cycle("R/P100Y"), False), throw("B"), path("s A", "b B")
        ),
        clock=lambda: datetime(9800, 1, 1, tzinfo=UTC),
    )
    with pytest.raises(ExecutionError, match="日历"):
        rehearsal.advance(199 * 366 * 86_400)
    assert rehearsal.now.year == 9800
    with pytest.raises(ExecutionError, match="日历"):
        rehearsal.advance(1e20)
