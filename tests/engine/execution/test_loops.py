"""Standard loops and multi-instance; what is local to an instance."""

import pytest

from engine.execution import ExecutionError
from tests.engine.execution.bpmn import (
    call,
    do,
    document,
    end,
    flow,
    loop,
    multi,
    node,
    open_ids,
    path,
    process,
    properties,
    start,
    started,
    sub,
    user,
    xor,
)


def chain(*middle, ids="s A e"):
    return document(start(), *middle, end(), path(ids))


@pytest.mark.parametrize(
    ("characteristics", "rounds"),
    [
        (loop("x < 3"), 3),
        (loop("x < 0"), 1),
        (loop("x < 0", before=True), 0),
        (loop("x < 2", before=True), 2),
        (loop(maximum=4), 4),
        (loop("x < 9", maximum=2), 2),
        (loop("True", maximum=0), 0),
        (loop("loopCounter < 3"), 3),
    ],
)
def test_standard_loop(characteristics, rounds):
    r = started(chain(user("A", characteristics)), {"x": 0})
    for done in range(1, rounds + 1):
        assert open_ids(r) == ["A"]
        do(r, "A", x=done)
    assert r.finished and r.trace == ["s", *["A"] * rounds, "e"]


def test_parallel_over_a_collection_gives_the_outputs_in_the_order_of_the_items():
    diagram = chain(user("A", multi(collection="户", item="某户", out="意见", out_item="意见一")))
    r = started(diagram, {"户": ["甲", "乙", "丙"]})
    tasks = {task.data["某户"]: task for task in r.open_tasks()}
    assert list(tasks) == ["甲", "乙", "丙"] and [t.data["loopCounter"] for t in r.open_tasks()] == [0, 1, 2]
    for name in ("丙", "甲", "乙"):
        r.complete(tasks[name].id, {"意见一": name + "好", "公共": name})
    assert r.finished and r.data == {"户": ["甲", "乙", "丙"], "意见": ["甲好", "乙好", "丙好"], "公共": "乙"}
    assert r.trace == ["s", "A", "A", "A", "e"]


def test_sequential_one_by_one():
    diagram = chain(user("A", multi(collection="户", item="某户", out="意见", out_item="y", sequential=True)))
    r = started(diagram, {"户": ["甲", "乙"]})
    for name in ("甲", "乙"):
        (task,) = r.open_tasks()
        assert task.data["某户"] == name
        r.complete(task.id, {"y": name})
    assert r.finished and r.data["意见"] == ["甲", "乙"]


@pytest.mark.parametrize("count", ["3", "n", "n + 1 - 1", '"3"'])
def test_by_count(count):
    r = started(chain(user("A", multi(times=count))), {"n": 3})
    do(r, "A", "A", "A")
    assert r.finished


@pytest.mark.parametrize("sequential", [False, True])
def test_no_items(sequential):
    diagram = chain(user("A", multi(collection="户", item="h", out="o", out_item="y", sequential=sequential)))
    r = started(diagram, {"户": []})
    assert r.finished and r.data == {"户": [], "o": []} and r.trace == ["s", "e"]


def test_completion_condition_takes_the_other_instances_away():
    diagram = chain(
        user("A", multi(times="5", until="numberOfCompletedInstances / numberOfInstances >= 0.4"))
    )
    r = started(diagram)
    do(r, "A", "A")
    assert r.finished and r.trace.count("A") == 2
    sequential = chain(user("A", multi(times="5", until="够了", sequential=True)))
    r = started(sequential)
    do(r, "A", 够了=False)
    do(r, "A", 够了=True)
    assert r.finished and r.trace.count("A") == 2


@pytest.mark.parametrize(
    ("characteristics", "data", "says"),
    [
        (multi(collection="户", item="h"), {}, "没有"),
        (multi(collection="户", item="h"), {"户": "甲乙"}, "名单"),
        (multi(times="n"), {"n": -1}, "正整数"),
        (multi(times="n"), {"n": "很多"}, "正整数"),
        (multi(times="n"), {"n": True}, "正整数"),
        (multi(times="n"), {"n": 1001}, "1000"),
    ],
)
def test_what_is_not_a_list_or_a_count_is_refused(characteristics, data, says):
    diagram = document(start(), user("T"), user("A", characteristics), path("s T A"))
    r = started(diagram)
    with pytest.raises(ExecutionError, match=says) as caught:
        do(r, "T", **data)
    assert caught.value.element_id == "A" and open_ids(r) == ["T"]


def test_an_output_that_is_not_given_is_refused():
    r = started(chain(user("A", multi(times="2", out="o", out_item="y"))))
    with pytest.raises(ExecutionError, match="y"):
        do(r, "A", z=1)
    assert open_ids(r) == ["A", "A"]


def test_it_can_be_reached_again_and_again_in_a_send_back():
    diagram = document(
        start(),
        xor("m"),
        user("A", multi(collection="户", item="h", out="o", out_item="y")),
        user("审"),
        xor("g", "d"),
        end(),
        path("s m A 审 g"),
        flow("g", "m", "再"),
        flow("g", "e", id="d"),
    )
    r = started(diagram, {"户": [1, 2]})
    for again in (True, True, False):
        do(r, "A", y=again)
        do(r, "A", y=again)
        do(r, "审", 再=again)
    assert r.finished and r.data["o"] == [False, False]


def test_nested_instances_each_keep_their_own_items():
    diagram = document(
        start(),
        sub(
            "S",
            start("s1"),
            user("A", multi(times="组", item="号", out="答", out_item="y")),
            end("e1"),
            path("s1 A e1"),
            multi(collection="组们", item="组", out="总", out_item="答"),
        ),
        end(),
        path("s S e"),
    )
    r = started(diagram, {"组们": [2, 1]})
    seen = [(t.data["组"], t.data["号"]) for t in r.open_tasks()]
    assert seen == [(2, 0), (2, 1), (1, 0)]
    for task in reversed(r.open_tasks()):
        r.complete(task.id, {"y": f"{task.data['组']}-{task.data['号']}"})
    assert r.finished and r.data["总"] == [["2-0", "2-1"], ["1-0"]]
    assert "答" not in r.data and "y" not in r.data


def test_results_of_steps_inside_are_local_to_each_instance():
    """Each instance goes the way its own result says, although the other one's came later."""
    inside = (
        start("s1"),
        user("问", properties(kind="handle")),
        user("等"),
        xor("g", "d"),
        user("同意了"),
        user("没同意"),
        path("s1 问 等 g"),
        flow("g", "同意了", "问.好"),
        flow("g", "没同意", id="d"),
    )
    diagram = document(start(), sub("S", *inside, multi(times="2")), end(), path("s S e"))
    r = started(diagram)
    first, second = r.open_tasks()
    r.complete(first.id, {"好": True})
    r.complete(second.id, {"好": False})
    assert [t.data["问"] for t in r.open_tasks()] == [{"好": True}, {"好": False}]
    do(r, "等", "等")
    assert open_ids(r) == ["同意了", "没同意"] and "问" not in r.data


def test_results_inside_a_called_process_are_local_too():
    diagram = document(
        process(
            "p", start(), call("C", "q", multi(times="2", out="全部", out_item="问")), end(), path("s C e")
        ),
        process("q", user("问", properties(kind="handle"))),
    )
    r = started(diagram)
    do(r, "问", x=1)
    do(r, "问", x=2)
    assert r.finished and r.data == {"全部": [{"x": 1}, {"x": 2}]}


def test_the_output_may_be_a_field_of_the_steps_result():
    r = started(
        chain(user("A", properties(kind="handle", key="意见"), multi(times="2", out="全部", out_item="结论")))
    )
    do(r, "A", 结论="好")
    do(r, "A", 结论="不好")
    assert r.finished and r.data == {"全部": ["好", "不好"]}


def test_multi_instance_of_automatic_things_and_of_receive_tasks():
    diagram = document(
        start(),
        sub("S", start("s1"), end("e1"), path("s1 e1"), multi(times="200")),
        node("receiveTask", "R", multi(times="2"), messageRef="message:到了"),
        end(),
        path("s S R e"),
    )
    r = started(diagram)
    assert r.trace.count("S") == 200
    r.send("到了")
    assert not r.finished
    r.send("到了")
    assert r.finished and r.trace.count("R") == 2
