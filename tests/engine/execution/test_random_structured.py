"""Random structured diagrams do what an independent interpreter of their structure says, reloaded after every step."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from engine.clock import VirtualClock
from engine.execution import Rehearsal, Task
from tests.engine.execution.oracle import Oracle
from tests.engine.execution.structured import (
    Block,
    Boundary,
    Fork,
    Handler,
    Multi,
    Row,
    Scope,
    SendBack,
    Standard,
    Step,
    Stop,
    Wait,
    Writer,
)

CONDITIONS = st.sampled_from(["x > 1", "x == 0", "y > 0", "x + y > 2", "y == 2 or x == 2"])
SIGNALS = st.sampled_from(["开会", "散会"])
CODES = st.sampled_from(["E1", "E2"])
Draw = Any


class Grower:
    """Draws a tree. Times are told apart by their length, so that no two events are due at once by accident."""

    def __init__(self, draw: Draw) -> None:
        self.draw, self.seconds, self.budget = draw, 7, draw(st.integers(3, 14))

    def time(self) -> str:
        self.seconds = self.seconds * 2 + 1
        return str(self.seconds % 1_000_000_007)

    def scope(self, depth: int) -> Scope:
        scope = Scope(self.row(depth))
        for _ in range(self.draw(st.sampled_from([0, 0, 1, 2]))):
            if depth > 0:
                scope.handlers.append(self.handler(depth - 1))
        return scope

    def handler(self, depth: int) -> Handler:
        kind = self.draw(st.sampled_from(["signal", "timer", "error"]))
        interrupting = kind == "error" or self.draw(st.booleans())
        return Handler(kind, self.key(kind), interrupting, self.scope(depth))

    def key(self, kind: str) -> str:
        return (
            self.draw({"signal": SIGNALS, "error": CODES}[kind])
            if kind in ("signal", "error")
            else self.time()
        )

    def row(self, depth: int) -> Row:
        blocks: list[Block] = [self.task(depth, skippable=False)]
        while self.budget > 0 and self.draw(st.integers(0, 3)) > 0:
            blocks.append(self.block(depth))
        return Row(blocks)

    def block(self, depth: int) -> Block:
        self.budget -= 1
        kinds = ["task", "task", "wait"] + (
            ["sub", "sub", "fork", "fork", "fork", "back"] if depth > 0 else []
        )
        kind = self.draw(st.sampled_from(kinds))
        if kind == "task":
            return self.task(depth)
        if kind == "sub":
            return self.sub(depth)
        if kind == "wait":
            event = self.draw(st.sampled_from(["timer", "signal"]))
            return Wait(event, self.key(event), Step())
        if kind == "back":
            return SendBack(self.row(depth - 1), self.draw(CONDITIONS))
        return self.fork(depth)

    def fork(self, depth: int) -> Fork:
        how = self.draw(st.sampled_from(["exclusive", "parallel", "inclusive"]))
        size = self.draw(st.integers(2, 3))
        branches: list[Block | None] = []
        for place in range(size):
            last = place == size - 1
            if how == "exclusive" and not last and self.draw(st.integers(0, 4)) == 0:
                branches.append(self.stop())
            elif self.draw(st.integers(0, 5)) == 0:
                branches.append(None)
            else:
                row = self.row(depth - 1)
                if not last and how == "exclusive" and self.draw(st.integers(0, 5)) == 0:
                    row.blocks.append(self.stop())
                branches.append(row)
        conditions = [] if how == "parallel" else [self.draw(CONDITIONS) for _ in range(size - 1)]
        return Fork(how, branches, conditions)

    def stop(self) -> Stop:
        kind = self.draw(st.sampled_from(["error", "error", "terminate"]))
        return Stop(kind, self.draw(CODES))

    def task(self, depth: int, skippable: bool = True) -> Step:
        step = Step()
        if self.draw(st.integers(0, 5)) == 0:
            step.repeat = self.repeat(skippable)
        self.edges(step, depth)
        return step

    def sub(self, depth: int) -> Step:
        step = Step(self.scope(depth - 1), called=self.draw(st.integers(0, 3)) == 0)
        if self.draw(st.integers(0, 2)) == 0:
            step.repeat = self.repeat()
        self.edges(step, depth)
        return step

    def edges(self, step: Step, depth: int) -> None:
        if depth <= 0:
            return
        for _ in range(self.draw(st.sampled_from([0, 0, 0, 1, 1, 2]))):
            kind = self.draw(st.sampled_from(["timer", "cycle", "signal", "error"]))
            if any(edge.kind == "error" for edge in step.boundaries) and kind == "error":
                continue
            interrupting = kind == "error" or (kind != "cycle" and self.draw(st.booleans()))
            handler: Block = Step()
            if self.draw(st.integers(0, 2)) == 0:
                handler = Step(self.scope(depth - 1))
            step.boundaries.append(Boundary(kind, self.key(kind), interrupting, handler))

    def repeat(self, skippable: bool = True) -> Multi | Standard:
        if self.draw(st.integers(0, 2)) == 0:
            limit = self.draw(st.sampled_from([None, 0, 1, 3] if skippable else [None, 1, 3]))
            return Standard(self.draw(CONDITIONS), skippable and self.draw(st.booleans()), limit)
        until = self.draw(st.sampled_from([None, None, "x > 1", "numberOfCompletedInstances >= 2"]))
        flags = [self.draw(st.booleans()) for _ in range(3)]
        return Multi(self.draw(st.integers(0 if skippable else 1, 3)), *flags, until)


@st.composite
def scopes(draw: Draw) -> Scope:
    return Grower(draw).scope(draw(st.integers(0, 3)))


def identity(task: Task) -> tuple[str, tuple[tuple[str, object], ...]]:
    items = {name: value for name, value in task.data.items() if name.startswith("i")}
    return task.element_id, tuple(
        sorted((name, value) for name, value in items.items() if "_all" not in name)
    )


def compare(r: Rehearsal, oracle: Oracle) -> None:
    tasks = Counter(identity(task) for task in r.open_tasks())
    expected = Counter(plain_name(task.name) for task in oracle.open_tasks())
    assert tasks == expected
    assert Counter(r.trace) == oracle.trace
    assert r.data == oracle.data
    assert (r.finished, r.error) == (oracle.finished, oracle.error)
    assert [due for due, _ in r.due] == sorted(wait.due for wait in oracle.waits() if wait.due)
    assert Counter(name for _, name in r.waiting) == Counter(
        w.key for w in oracle.waits() if w.kind == "signal"
    )
    assert not r.stuck


def plain_name(
    name: tuple[str, tuple[tuple[str, object], ...]],
) -> tuple[str, tuple[tuple[str, object], ...]]:
    """What both sides can name a task by: its element and the items of the instances around it."""
    return name[0], tuple(item for item in name[1] if "_all" not in item[0])


def act(choices: st.DataObject, r: Rehearsal, oracle: Oracle, outputs: list[str]) -> None:
    """One thing that can happen, told to both."""
    tasks = r.open_tasks()
    signals = sorted({wait.key for wait in oracle.waits() if wait.kind == "signal"})
    due = oracle.next_due()
    can = ["complete"] * 6 + ["error"] if tasks else []
    can += ["signal"] * bool(signals) + ["time"] * bool(due)
    match choices.draw(st.sampled_from(can), label="what"):
        case "signal":
            name = choices.draw(st.sampled_from(signals), label="signal")
            r.signal(name)
            oracle.signal(name)
        case "time":
            assert due is not None
            r.advance((due - r.now).total_seconds())
            oracle.pass_time()
        case what:
            task = tasks[choices.draw(st.integers(0, len(tasks) - 1), label="task")]
            wanted = identity(task)
            place = [one.id for one in tasks if identity(one) == wanted].index(
                task.id
            )  # they opened in this order
            twin = [one for one in oracle.open_tasks() if plain_name(one.name) == wanted][place]
            note(f"{what} {wanted}")
            if what == "error":
                code = choices.draw(CODES)
                r.throw_error(task.id, code)
                oracle.tasks.remove(twin)
                oracle.fail(twin.life, code)
                return
            value = choices.draw(st.integers(0, 2), label="x")
            values: dict[str, Any] = {"x": value, "y": choices.draw(st.integers(0, 2), label="y")}
            values |= {name: value for name in outputs if twin.life.local(name) is not None}
            r.complete(task.id, values)
            oracle.complete(twin, values)


def output_names(source: bytes) -> list[str]:
    text = source.decode()
    return sorted(
        {part.split('"')[0] for part in text.split('name="') if part.split('"')[0].endswith("_out")}
    )


@settings(max_examples=600, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck))
@given(scopes(), st.data())
def test_a_structured_diagram_does_what_its_structure_says(scope: Scope, choices: st.DataObject) -> None:
    source = Writer().document(scope)
    note(source.decode())
    data = {"x": 0, "y": 0} | {f"list{n}": [f"item{i}" for i in range(n)] for n in range(4)}
    clock = VirtualClock()
    r = Rehearsal.load(source, clock)
    oracle = Oracle(scope, dict(data), clock.now)
    r.start(data=data)
    compare(r, oracle)
    for _ in range(40):
        if oracle.finished:
            break
        act(choices, r, oracle, output_names(source))
        compare(r, oracle)
