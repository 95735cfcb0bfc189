"""What a structured process must do: an interpreter over the tree of blocks.

It knows no tokens, flows or gateways. A block is run with a continuation; what runs inside something that can be taken
away runs in its `Life`, which ends with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

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
)

Then = Callable[[], None]


class Life:
    """The time something runs. `names` are what is local to it, `edges` the boundary events around it."""

    def __init__(self, parent: Life | None, running: Running | None) -> None:
        self.parent, self.running, self.ended = parent, running, False
        self.names: dict[str, object] = {}
        self.kept: set[str] = set()
        self.edges: list[tuple[Boundary, Life, Then]] = []

    @property
    def alive(self) -> bool:
        return not self.ended and (self.parent is None or self.parent.alive)

    def local(self, name: str) -> Life | None:
        if name in self.names or name in self.kept:
            return self
        return self.parent.local(name) if self.parent else None

    def items(self) -> dict[str, object]:
        return (self.parent.items() if self.parent else {}) | self.names


class Running:
    """A scope that runs: ends when everything begun in it has ended."""

    def __init__(self, scope: Scope, around: Life | None, then: Then) -> None:
        self.scope, self.around, self.then = scope, around, then
        self.listening = Life(around, self)
        self.contents = Life(around, self)
        self.handlers = list(scope.handlers)
        self.begun = 0

    def clear(self) -> None:
        self.contents.ended = True
        self.contents = Life(self.around, self)
        self.begun = 0

    def begin(self) -> None:
        self.begun += 1

    def end(self) -> None:
        self.begun -= 1
        if self.begun == 0:
            self.finish()

    def finish(self) -> None:
        self.listening.ended = self.contents.ended = True
        self.then()


@dataclass
class Open:
    task: str
    life: Life
    then: Then

    @property
    def name(self) -> tuple[str, tuple[tuple[str, object], ...]]:
        return self.task, tuple(sorted(item for item in self.life.items().items() if item[0].startswith("i")))


@dataclass
class Awaited:
    kind: str
    key: str
    element: str
    life: Life
    fire: Then
    due: datetime | None = None
    rounds: int = 1


class Oracle:
    def __init__(self, scope: Scope, data: dict[str, object], now: datetime) -> None:
        self.data, self.now = data, now
        self.trace: Counter[str] = Counter()
        self.tasks: list[Open] = []
        self.awaited: list[Awaited] = []
        self.finished, self.error = False, None
        self.root = self.enter(scope, None, self.done)

    def done(self) -> None:
        self.finished = True

    # ------------------------------------------------------------ what happens

    def open_tasks(self) -> list[Open]:
        self.tasks = [task for task in self.tasks if task.life.alive]
        return self.tasks

    def waits(self) -> list[Awaited]:
        self.awaited = [wait for wait in self.awaited if wait.life.alive]
        return self.awaited

    def complete(self, task: Open, values: dict[str, object]) -> None:
        for name, value in values.items():
            keeper = task.life.local(name)
            (keeper.names if keeper else self.data)[name] = value
        self.tasks.remove(task)
        task.then()

    def signal(self, key: str) -> None:
        for wait in [wait for wait in self.waits() if wait.kind == "signal" and wait.key == key]:
            if wait.life.alive:
                wait.fire()

    def next_due(self) -> datetime | None:
        return min((wait.due for wait in self.waits() if wait.due), default=None)

    def pass_time(self) -> None:
        self.now = self.next_due() or self.now
        for wait in [wait for wait in self.waits() if wait.due == self.now]:
            if wait.life.alive:
                wait.fire()

    def fail(self, life: Life, code: str) -> None:
        """An error climbs through the lives around it."""
        while True:
            here: Life | None = life
            while here is not None and here.running is life.running:
                for edge, outside, then in here.edges:
                    if edge.kind == "error" and edge.key == code and here.alive:
                        self.interrupt(edge, here, outside, then)
                        return
                here = here.parent
            running = life.running
            assert running is not None
            for handler in running.handlers:
                if handler.kind == "error" and handler.key == code and running.listening.alive:
                    self.handle(running, handler)
                    return
            if running.around is None:
                running.clear()
                running.listening.ended = True
                self.finished, self.error = True, code
                return
            life = running.around

    # ------------------------------------------------------------ scopes

    def enter(self, scope: Scope, around: Life | None, then: Then) -> Running:
        running = Running(scope, around, then)
        for handler in running.handlers:
            if handler.kind != "error":
                self.listen(running, handler)
        running.begin()
        self.trace[f"{scope.id}_start"] += 1
        self.run(scope.body, running.contents, lambda: self.leave(running))
        return running

    def leave(self, running: Running) -> None:
        self.trace[f"{running.scope.id}_end"] += 1
        running.end()

    def listen(self, running: Running, handler: Handler) -> None:
        life = Life(running.listening, running)
        again = handler.kind == "signal"

        def fire() -> None:
            if not again:
                life.ended = True
            self.handle(running, handler)

        start = f"{handler.scope.id}_start"
        self.awaited.append(
            Awaited(handler.kind, handler.key, start, life, fire, self.due(handler.kind, handler.key))
        )

    def handle(self, running: Running, handler: Handler) -> None:
        if handler.interrupting:
            running.listening.ended = True
            running.listening = Life(running.around, running)
            running.handlers = []
            running.clear()
        running.begin()

        def then() -> None:
            self.trace[handler.id] += 1
            running.end()

        self.enter(handler.scope, Life(running.contents, running), then)

    def due(self, kind: str, key: str) -> datetime | None:
        return self.now + timedelta(seconds=int(key)) if kind in ("timer", "cycle") else None

    # ------------------------------------------------------------ blocks

    def holds(self, condition: str, **extra: object) -> bool:
        return bool(eval(condition, {}, self.data | extra))

    def run(self, block: Block, life: Life, then: Then) -> None:
        getattr(self, type(block).__name__.lower())(block, life, then)

    def row(self, row: Row, life: Life, then: Then) -> None:
        def after(place: int) -> None:
            if place == len(row.blocks):
                then()
            else:
                self.run(row.blocks[place], life, lambda: after(place + 1))

        after(0)

    def fork(self, fork: Fork, life: Life, then: Then) -> None:
        self.trace[f"{fork.id}_split"] += 1
        chosen = list(range(len(fork.branches)))
        if fork.conditions:
            true = [place for place, condition in enumerate(fork.conditions) if self.holds(condition)]
            chosen = true or [len(fork.branches) - 1]
            chosen = chosen[:1] if fork.how == "exclusive" else chosen
        missing = len(chosen)

        def joined() -> None:
            nonlocal missing
            missing -= 1
            if missing == 0:
                self.trace[f"{fork.id}_join"] += 1
                then()

        for place in chosen:
            branch = fork.branches[place]
            if branch is None:
                joined()
            else:
                self.run(branch, life, joined)

    def sendback(self, block: SendBack, life: Life, then: Then) -> None:
        self.trace[f"{block.id}_merge"] += 1

        def decide() -> None:
            self.trace[f"{block.id}_gate"] += 1
            if self.holds(block.condition):
                self.sendback(block, life, then)
            else:
                self.trace[f"{block.id}_after"] += 1
                then()

        self.run(block.body, life, decide)

    def wait(self, wait: Wait, life: Life, then: Then) -> None:
        waiting = Life(life, life.running)

        def fire() -> None:
            waiting.ended = True
            self.trace[wait.id] += 1
            self.run(wait.after, life, then)

        self.awaited.append(
            Awaited(wait.kind, wait.key, wait.id, waiting, fire, self.due(wait.kind, wait.key))
        )

    def stop(self, stop: Stop, life: Life, then: Then) -> None:
        self.trace[stop.id] += 1
        if stop.kind == "error":
            self.fail(life.parent if life.edges and life.parent else life, stop.key)
        else:
            assert life.running is not None
            life.running.clear()
            life.running.finish()

    # ------------------------------------------------------------ steps

    def step(self, step: Step, life: Life, then: Then) -> None:
        inside = Life(life, life.running)

        def on() -> None:
            if step.boundaries:
                self.trace[f"{step.id}_m"] += 1
            then()

        def done() -> None:
            inside.ended = True
            on()

        for edge in step.boundaries:
            inside.edges.append((edge, life, on))
            if edge.kind != "error":
                self.arm(edge, inside, life, on)
        if step.repeat is None:
            self.once(step, inside, done)
        elif isinstance(step.repeat, Standard):
            self.again(step, step.repeat, inside, done, 0)
        else:
            self.several(step, step.repeat, inside, done)

    def once(self, step: Step, life: Life, then: Then) -> None:
        def done() -> None:
            self.trace[step.id] += 1
            then()

        if step.inner is None:
            self.tasks.append(Open(step.id, life, done))
        else:
            self.enter(step.inner, life, done)

    def again(self, step: Step, loop: Standard, life: Life, then: Then, rounds: int) -> None:
        def on(done: int) -> bool:
            return not (loop.maximum is not None and done >= loop.maximum) and self.holds(loop.condition)

        if loop.maximum == 0 or (rounds == 0 and loop.before and not on(0)):
            then()
            return
        self.once(
            step,
            Life(life, life.running),
            lambda: self.again(step, loop, life, then, rounds + 1) if on(rounds + 1) else then(),
        )

    def several(self, step: Step, multi: Multi, life: Life, then: Then) -> None:
        outputs: dict[int, object] = {}
        done = 0
        instances = Life(life, life.running)

        def begin(index: int) -> None:
            one = Life(instances, life.running)
            one.names[multi.name] = f"item{index}" if multi.by_list else index
            one.kept.add(f"{multi.name}_out")
            self.once(step, one, lambda: ended(index, one))

        def ended(index: int, one: Life) -> None:
            nonlocal done
            done += 1
            if multi.output:
                outputs[index] = one.names[f"{multi.name}_out"]
            one.ended = True
            enough = multi.until is not None and self.holds(multi.until, numberOfCompletedInstances=done)
            if enough or done == multi.total:
                instances.ended = True
                finish()
            elif multi.sequential:
                begin(index + 1)

        def finish() -> None:
            if multi.output:
                keeper = life.local(f"{multi.name}_all")
                (keeper.names if keeper else self.data)[f"{multi.name}_all"] = [
                    outputs[i] for i in sorted(outputs)
                ]
            then()

        if multi.total == 0:
            finish()
        for index in range(min(1, multi.total) if multi.sequential else multi.total):
            begin(index)

    def arm(
        self, edge: Boundary, inside: Life, outside: Life, then: Then, first: datetime | None = None
    ) -> None:
        life = Life(inside, inside.running)
        wait = Awaited(edge.kind, edge.key, edge.id, life, lambda: None, self.due(edge.kind, edge.key))

        def fire() -> None:
            if edge.interrupting:
                self.interrupt(edge, inside, outside, then)
                return
            wait.rounds += 1
            if edge.kind == "cycle" and wait.rounds <= 2:
                wait.due = self.now + timedelta(seconds=int(edge.key))
            elif edge.kind != "signal":
                life.ended = True
            running = outside.running
            assert running is not None
            running.begin()
            self.trace[edge.id] += 1

            def end() -> None:
                self.trace[f"{edge.id}_end"] += 1
                running.end()

            self.run(edge.handler, outside, end)

        wait.fire = fire
        self.awaited.append(wait)

    def interrupt(self, edge: Boundary, inside: Life, outside: Life, then: Then) -> None:
        inside.ended = True
        self.trace[edge.id] += 1
        self.run(edge.handler, outside, then)
