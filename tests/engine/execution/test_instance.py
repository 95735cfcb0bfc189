"""Definitions and instances as the server uses them: state, timers, bounds, data."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread

import orjson
import pytest

from engine.clock import VirtualClock, system_clock
from engine.diagram import DiagramError, read_diagram
from engine.execution import Definition, ExecutionError, Fired
from engine.working_days import WorkingDays
from tests.engine.execution.bpmn import (
    boundary,
    call,
    catch,
    conditional,
    cycle,
    document,
    end,
    event_sub,
    flow,
    inc,
    loop,
    message,
    multi,
    par,
    path,
    process,
    properties,
    signal,
    start,
    sub,
    throw,
    timer,
    user,
    xor,
)

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)  # a Wednesday, nine in the morning in Shanghai
FIXTURES = Path(__file__).parent / "fixtures"


def compiled(*parts, called=None):
    others = {
        key: read_diagram(document(*inner), callable_elsewhere=called or {})
        for key, inner in (called or {}).items()
    }
    diagram = read_diagram(document(*parts), callable_elsewhere=called or {})
    return Definition.compile(diagram, others)


def complete(instance, element_id, **result):
    instance.complete(next(t.id for t in instance.open_tasks() if t.node.id == element_id), result)


# ---------------------------------------------------------------- state

EVERYTHING = (
    start(), par("f"), inc("j"), user("A"), boundary("b", "A", cycle("R3/P1D"), False), end("eb"),
    sub("S", start("s1"), user("B", multi(collection="户", item="某户", out="o", out_item="y")), end("e1"),
        path("s1 B e1"), event_sub("H", start("hs", signal("停")), user("C"), path("hs C"))),
    call("X", "q"), catch("c", conditional("x > 9")), catch("m", message("回")), user("Z"),
    path("s f", "f A j", "f S j", "f X j", "f c", "f m", "j Z", "b eb"),
)  # fmt: skip
CALLED = process("q", user("问", properties(kind="handle"), loop("loopCounter < 2")))


def test_the_state_is_the_same_after_loading_and_saving():
    definition = Definition.compile(read_diagram(document(process("p", *EVERYTHING), CALLED)))
    clock = VirtualClock(NOW)
    instance = definition.start(data={"户": ["甲", "乙"], "x": 1}, clock=clock)
    for step in (
        lambda i: complete(i, "A"),
        lambda i: complete(i, "B", y=1),
        lambda i: complete(i, "问", 好=True),
    ):
        state = instance.dump()
        again = definition.restore(state, clock=clock)
        assert again.dump() == state
        assert again.open_tasks() == instance.open_tasks() and again.timers() == instance.timers()
        assert again.subscriptions() == instance.subscriptions() and again.positions() == instance.positions()
        step(again)
        instance = again
    complete(instance, "B", y=2)
    complete(instance, "问")
    assert "Z" in instance.positions() and instance.data["o"] == [1, 2]


def test_the_state_without_the_data_is_small_and_has_no_history():
    definition = compiled(
        start(),
        xor("m"),
        user("A"),
        xor("g", "d"),
        end(),
        path("s m A g"),
        flow("g", "m", "再"),
        flow("g", "e", id="d"),
    )
    instance = definition.start(clock=VirtualClock(NOW))
    sizes = set()
    for _ in range(50):
        complete(instance, "A", 再=True)
        sizes.add(len(instance.dump()))
        instance = definition.restore(instance.dump())
    assert len(sizes) == 1 and sizes.pop() < 400


@pytest.mark.parametrize("file", sorted(FIXTURES.glob("state-v*.json")), ids=lambda file: file.stem)
def test_states_saved_by_earlier_versions_load_and_go_on(file):
    definition = Definition.compile(read_diagram((FIXTURES / "everything.bpmn").read_bytes()))
    clock = VirtualClock(NOW)
    instance = definition.restore(file.read_bytes().strip(), clock=clock)
    assert [task.node.id for task in instance.open_tasks()] == ["A", "问", "B", "B"]
    assert ("signal", "停") in [subscription[1:] for subscription in instance.subscriptions()]
    assert [(element, due) for _, element, due in instance.timers()] == [("b", NOW + timedelta(days=1))]
    clock.move_to(NOW + timedelta(days=1))
    assert instance.fire_due() == [Fired("b", 1)]
    for element, result in (
        ("A", {}),
        ("B", {"y": 1}),
        ("B", {"y": 2}),
        ("问", {"好": 1}),
        ("问", {"好": 2}),
    ):
        complete(instance, element, **result)
    complete(instance, "Z", x=10)
    assert instance.deliver("message", "回") == 1
    assert instance.completed and instance.data["o"] == [1, 2]


def test_there_is_a_fixture_for_the_present_format():
    from engine.execution.state import FORMAT

    assert list(FIXTURES.glob(f"state-v{FORMAT}-*.json"))


def test_a_state_that_does_not_fit_is_refused_with_a_clear_message():
    definition = compiled(start(), user("A"), sub("S", user("B")), path("s A S"))
    other = compiled(start(), user("别的"), path("s 别的"))
    state = definition.start().dump()
    with pytest.raises(ExecutionError, match="停在“A”") as caught:
        other.restore(state)
    assert caught.value.element_id == "A"
    for broken in (b"", b"{}", b"[1]", b"\xff", state[:-3]):
        with pytest.raises(ExecutionError, match="损坏"):
            definition.restore(broken)
    newer = json.loads(state) | {"format": 99}
    with pytest.raises(ExecutionError, match="升级"):
        definition.restore(orjson.dumps(newer))
    with pytest.raises(ExecutionError, match="没有它"):
        definition.restore(orjson.dumps(json.loads(state) | {"process": "nobody"}))


def test_threads_share_a_definition():
    definition = compiled(*EVERYTHING, called={"q": (user("问"),)})
    results: list[tuple[str, ...]] = []

    def run() -> None:
        for number in range(30):
            instance = definition.start(data={"户": list(range(number % 5))}, clock=VirtualClock(NOW))
            while tasks := [task for task in instance.open_tasks() if task.node.id != "Z"]:
                instance.complete(tasks[0].id, {"y": number})
                instance = definition.restore(instance.dump(), clock=VirtualClock(NOW))
            assert instance.data["o"] == [number] * (number % 5)
            results.append(tuple(instance.positions()))

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 120 and set(results) == {("c", "m", "Z")}


def test_the_virtual_clock_wants_moments_with_a_zone():
    clock = VirtualClock(datetime.fromisoformat("2026-07-01T09:00+08:00"))
    assert clock() == NOW and clock().tzinfo is UTC
    with pytest.raises(ValueError, match="time zone"):
        clock.move_to(datetime(2026, 7, 1))
    assert abs(system_clock() - datetime.now(UTC)) < timedelta(minutes=1)


# ---------------------------------------------------------------- data


@pytest.mark.parametrize(
    "value",
    [
        (1, 2),
        {1: 2},
        {"a": {2: 3}},
        float("nan"),
        float("inf"),
        2**63,
        b"x",
        NOW,
        {1},
        object(),
        "\ud800",
        "a\0b",
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_plain_json_is_refused(value):
    instance = compiled(start(), user("A"), path("s A")).start()
    with pytest.raises(ExecutionError) as caught:
        complete(instance, "A", x=value)
    assert caught.value.element_id == "A"


def test_deep_data_is_refused_and_later_changes_do_not_reach_the_instance():
    definition = compiled(start(), user("A"), user("B"), path("s A B"))
    deep: list = []
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(ExecutionError, match="太深"):
        definition.start(data={"x": deep})
    given = {"x": [1]}
    instance = definition.start(data=given)
    given["x"].append(2)
    assert instance.data == {"x": [1]}


def test_the_key_typename_is_a_key_like_any_other():
    definition = compiled(start(), user("A"), user("B"), path("s A B"))
    instance = definition.start()
    complete(
        instance, "A", typename="engine.execution.instance.Instance", other={"typename": "builtins.dict"}
    )
    again = definition.restore(instance.dump())
    assert again.data == {
        "typename": "engine.execution.instance.Instance",
        "other": {"typename": "builtins.dict"},
    }


def test_a_called_procedure_of_another_file_may_use_the_same_ids():
    inner = (start(), user("A", properties(kind="handle", key="里")), end(), path("s A e"))
    definition = compiled(
        start(), call("C", "other"), user("A"), end(), path("s C A e"), called={"other": inner}
    )
    instance = definition.start(data={"外": 1})
    (task,) = instance.open_tasks()
    assert task.procedure == "other" and instance.context(task.id) == {"外": 1}
    complete(instance, "A", x=1)
    instance = definition.restore(instance.dump())
    assert instance.open_tasks()[0].procedure is None and instance.data == {"外": 1, "里": {"x": 1}}
    complete(instance, "A")
    assert instance.completed


def test_calls_that_lead_nowhere_or_back_to_themselves_are_refused():
    with pytest.raises(DiagramError, match="自己"):
        compiled(call("C", "a"), called={"a": (call("D", "b"),), "b": (call("E", "a"),)})


# ---------------------------------------------------------------- timers


def test_missed_repetitions_become_one_with_their_number():
    definition = compiled(
        start(), user("A"), boundary("b", "A", cycle("R/PT1H"), False), end("eb"),
        boundary("c", "A", cycle("R5/P1D"), False), end("ec"), path("s A", "b eb", "c ec"),
    )  # fmt: skip
    clock = VirtualClock(NOW)
    instance = definition.start(clock=clock)
    clock.move_to(NOW + timedelta(hours=1))
    assert instance.fire_due() == [Fired("b", 1)] and instance.fire_due() == []
    clock.move_to(NOW + timedelta(days=3, minutes=5))
    instance = definition.restore(instance.dump(), clock=clock)
    assert sorted(instance.fire_due()) == [Fired("b", 71), Fired("c", 3)]
    assert sorted(instance.trace) == ["b", "c", "eb", "ec"]
    assert [due - NOW for _, _, due in instance.timers()] == [timedelta(days=3, hours=1), timedelta(days=4)]
    clock.move_to(NOW + timedelta(days=40_000))
    assert sorted(instance.fire_due()) == [Fired("b", 40_000 * 24 - 72), Fired("c", 2)]
    assert [element for _, element, _ in instance.timers()] == ["b"]


def test_a_monthly_cycle_from_the_31st_does_not_drift():
    clock = VirtualClock(datetime(2026, 1, 31, 4, tzinfo=UTC))
    instance = compiled(
        start(), user("A"), boundary("b", "A", cycle("R/P1M"), False), end("eb"), path("s A", "b eb")
    ).start(clock=clock)
    days = []
    for _ in range(3):
        (_, _, due) = instance.timers()[0]
        days.append(due.date())
        clock.move_to(due)
        instance.fire_due()
    assert days == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def test_working_days_parameters_and_a_calendar_that_changes():
    definition = compiled(
        start(), user("A"), boundary("b", "A", timer("{期限}")), end("eb"), path("s A", "b eb")
    )
    clock = VirtualClock(NOW)
    parameters = {"期限": "5wd"}
    instance = definition.start(clock=clock, parameters=parameters)
    assert instance.timers()[0][2] == NOW + timedelta(days=7)
    holidays = WorkingDays({date(2026, 7, 3): False, date(2026, 7, 4): True, date(2026, 7, 6): False})
    instance = definition.restore(instance.dump(), clock=clock, parameters=parameters, calendar=holidays)
    assert instance.timers()[0][2] == NOW + timedelta(days=7)
    assert instance.reschedule() and instance.timers()[0][2] == NOW + timedelta(days=8)
    assert not instance.reschedule()
    with pytest.raises(ExecutionError, match="期限"):
        definition.start(clock=clock)
    with pytest.raises(ExecutionError):
        definition.start(clock=clock, parameters={"期限": "很久"})


def test_a_date_without_a_zone_is_shanghai_time_and_a_past_one_is_due_at_once():
    definition = compiled(
        start(), catch("c", timer('"2026-07-02T09:00"', "timeDate")), user("A"), path("s c A")
    )
    clock = VirtualClock(NOW)
    instance = definition.start(clock=clock)
    assert instance.timers()[0][2] == NOW + timedelta(days=1)
    clock.move_to(NOW + timedelta(days=9))
    instance = definition.start(clock=clock)
    assert instance.fire_due() == [Fired("c", 1)]


def test_a_cycle_in_the_middle_sends_a_token_each_time():
    instance = compiled(start(), catch("c", cycle("R3/PT1H")), end(), path("s c e")).start(
        clock=(clock := VirtualClock(NOW))
    )
    for hours in (1, 2, 3):
        assert not instance.completed
        clock.move_to(NOW + timedelta(hours=hours))
        assert instance.fire_due() == [Fired("c", 1)]
    assert instance.completed and instance.trace == ["s", "c", "e", "c", "e", "c", "e"]


# ---------------------------------------------------------------- starting by an event, the outbox


def test_starting_by_an_event_with_its_payload():
    definition = compiled(start(), start("m", message("来信")), user("A"), user("B"), path("s A", "m B"))
    assert definition.starts("message", "来信") == [("p", "m")]
    instance = definition.start(by_event="m", payload={"内容": 1})
    assert instance.positions() == ["B"] and instance.data == {"内容": 1} and instance.trace == ["m"]
    for wrong in ("s", "A", "nobody"):
        with pytest.raises(ExecutionError, match=wrong):
            definition.start(by_event=wrong)


def test_the_outbox_has_messages_with_their_payload_and_signals():
    source = document(
        start(),
        user("A"),
        throw("t", message("申请")),
        throw("u", signal("开会")),
        end(),
        path("s A t u e"),
        payload={"申请": "金额 备注"},
    )
    instance = Definition.compile(read_diagram(source)).start()
    complete(instance, "A", 金额=5, 其他=1)
    assert [(one.kind, one.name, one.payload) for one in instance.outbox] == [
        ("message", "申请", {"金额": 5}),
        ("signal", "开会", {}),
    ]


# ---------------------------------------------------------------- bounds


def test_an_automatic_loop_without_end_is_an_error_not_a_silent_stop():
    definition = compiled(
        start(), sub("S", start("s1"), end("e1"), path("s1 e1"), loop("True")), end(), path("s S e")
    )
    with pytest.raises(ExecutionError, match="转圈"):
        definition.start()


def test_live_tokens_are_bounded():
    instances = sub("S", start("s1"), user("A", multi(times="100")), path("s1 A"), multi(times="100"))
    with pytest.raises(ExecutionError, match="5000"):
        compiled(start(), instances, path("s S")).start()


def test_depth_is_bounded():
    called = {f"k{n}": (call("C", f"k{n + 1}"),) for n in range(45)} | {"k45": (user("A"),)}
    with pytest.raises(ExecutionError, match="40 层"):
        compiled(call("C", "k0"), called=called).start()


def test_a_cycle_of_messages_within_an_instance_is_bounded_by_its_receiver():
    """Nothing in one instance answers its own message at once: it goes by the outbox."""
    instance = compiled(
        start(), throw("t", message("m")), catch("c", message("m")), end(), path("s t c e")
    ).start()
    assert instance.positions() == ["c"] and len(instance.outbox) == 1
    assert instance.deliver("message", "m") == 1 and instance.completed
