"""What a completion costs does not depend on the instance's age, and its state stays small."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter, process_time

from engine.diagram import read_diagram
from engine.execution import Definition, Instance
from tests.engine.execution.bpmn import document, end, flow, multi, par, path, start, sub, user, xor


def fifteen() -> bytes:
    """Fifteen tasks in a row with three gateways, and a way back to the first."""
    ids = [f"Activity_{number}" for number in range(15)]
    row = " ".join(["s", "m", *ids, "g"])
    return document(
        start(), xor("m"), *(user(one) for one in ids), xor("g", "d"), end(), path(row),
        flow("g", "m", "再"), flow("g", "e", id="d"),
    )  # fmt: skip


def complete(definition: Definition, state: bytes) -> bytes:
    """Load, complete, save."""
    instance: Instance = definition.restore(state)
    instance.complete(instance.open_tasks()[0].id, {"再": True})
    return instance.dump()


def timed(work: Callable[[], object], times: int) -> float:
    begun = process_time()
    for _ in range(times):
        work()
    return (process_time() - begun) / times


def test_round_1000_costs_what_round_10_costs():
    definition = Definition.compile(read_diagram(fifteen()))
    states = {}
    state = definition.start().dump()
    for round in range(1, 1001):
        for _ in range(15):
            state = complete(definition, state)
        if round in (10, 1000):
            states[round] = state
    assert len(states[10]) == len(states[1000]) < 400
    costs: dict[int, list[float]] = {10: [], 1000: []}
    for _ in range(60):  # in turns: one after the other measures the machine's mood
        for round, state in states.items():
            costs[round].append(timed(lambda state=state: complete(definition, state), 30))  # type: ignore[misc]
    early, late = min(costs[10]), min(costs[1000])
    print(
        f"load + complete + save: {early * 1000:.3f} ms, {len(states[10])} bytes, round 1000: {late / early:.2f}"
    )
    assert late / early < 1.1
    assert early < 0.002


def test_many_live_tasks_are_no_burden():
    """A thousand instances side by side: entering them all and completing one stay far from quadratic."""
    inside = sub(
        "S",
        start("s1"),
        par("f"),
        user("A"),
        user("B"),
        par("j"),
        end("e1"),
        path("s1 f", "f A j", "f B j", "j e1"),
        multi(times="1000"),
    )
    definition = Definition.compile(read_diagram(document(start(), inside, end(), path("s S e"))))
    begun = perf_counter()
    instance = definition.start()
    state = instance.dump()
    for task in instance.open_tasks():
        instance.complete(task.id, {})
    assert instance.completed
    assert definition.restore(state).dump() == state
    assert perf_counter() - begun < 30
