"""Structured processes as trees of blocks, and the diagrams they stand for.

So that a diagram has just one right outcome, whatever runs side by side first stops at a person's task: every branch,
handler and instance begins with one, and so does what follows a catching event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from tests.engine.execution import bpmn


@dataclass
class Block:
    id: str = field(default="", init=False)


@dataclass
class Step(Block):
    """A person's task, or with `inner` a sub-process, or with `called` a called process; perhaps in a loop."""

    inner: Scope | None = None
    called: bool = False
    boundaries: list[Boundary] = field(default_factory=list)
    repeat: Multi | Standard | None = None


@dataclass
class Multi:
    total: int
    sequential: bool
    by_list: bool
    output: bool
    until: str | None
    name: str = field(default="", init=False)


@dataclass
class Standard:
    condition: str
    before: bool
    maximum: int | None


@dataclass
class Boundary(Block):
    kind: str  # timer, cycle, signal, error
    key: str
    interrupting: bool
    handler: Block


@dataclass
class Scope:
    body: Block
    handlers: list[Handler] = field(default_factory=list)
    id: str = field(default="", init=False)


@dataclass
class Handler(Block):
    """An event sub-process."""

    kind: str
    key: str
    interrupting: bool
    scope: Scope


@dataclass
class Row(Block):
    blocks: list[Block]


@dataclass
class Fork(Block):
    """`how`: exclusive, parallel or inclusive; the last branch is the default one where there are conditions."""

    how: str
    branches: list[Block | None]
    conditions: list[str]


@dataclass
class SendBack(Block):
    body: Block
    condition: str


@dataclass
class Wait(Block):
    """A catching event, and the task after it."""

    kind: str  # timer or signal
    key: str
    after: Step


@dataclass
class Stop(Block):
    """An end event in the middle: an error, or terminate."""

    kind: str
    key: str


GATEWAYS = {"exclusive": "exclusiveGateway", "parallel": "parallelGateway", "inclusive": "inclusiveGateway"}


class Writer:
    """Gives every block its id and writes the diagram."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self.processes: list[str] = []

    def document(self, scope: Scope) -> bytes:
        body = bpmn.process("p", self.scope(scope))
        return bpmn.document(body, *self.processes)

    def new(self, letter: str) -> str:
        return f"{letter}{next(self.numbers)}"

    def scope(self, scope: Scope, trigger: str | None = None, interrupting: bool = True) -> str:
        scope.id = self.new("s")
        self.parts: list[str]
        outer, self.parts = getattr(self, "parts", []), []
        first = {} if interrupting else {"isInterrupting": "false"}
        self.parts.append(bpmn.start(f"{scope.id}_start", *([trigger] if trigger else []), **first))
        entry, exit = self.block(scope.body)
        self.parts.append(bpmn.end(f"{scope.id}_end"))
        self.join(f"{scope.id}_start", entry)
        self.join(exit, f"{scope.id}_end")
        for handler in scope.handlers:
            handler.id = self.new("H")
            inner = self.scope(handler.scope, self.trigger(handler.kind, handler.key), handler.interrupting)
            self.parts.append(bpmn.event_sub(handler.id, inner))
        written, self.parts = "".join(self.parts), outer
        return written

    def trigger(self, kind: str, key: str) -> str:
        if kind == "timer":
            return bpmn.timer(f"PT{key}S")
        if kind == "cycle":
            return bpmn.cycle(f"R2/PT{key}S")
        return {"signal": bpmn.signal, "error": bpmn.error}[kind](key)

    def join(
        self, source: str | None, target: str, condition: str | None = None, id: str | None = None
    ) -> None:
        if source is not None:
            self.parts.append(bpmn.flow(source, target, condition, id or self.new("f")))

    def block(self, block: Block) -> tuple[str, str | None]:
        """Writes the block; its first and its last node (None where it never gets to its end)."""
        return getattr(self, type(block).__name__.lower())(block)

    def step(self, step: Step) -> tuple[str, str | None]:
        step.id = self.new("A" if step.inner is None else "C" if step.called else "S")
        repeat = self.repeat(step.repeat)
        if step.inner is None:
            self.parts.append(bpmn.user(step.id, repeat))
        elif step.called:
            outer, self.parts = self.parts, []
            inner = self.scope(step.inner)
            self.processes.append(bpmn.process(f"P_{step.id}", inner))
            self.parts = outer
            self.parts.append(bpmn.call(step.id, f"P_{step.id}", repeat))
        else:
            inner = self.scope(step.inner)
            self.parts.append(bpmn.sub(step.id, inner, repeat))
        if not step.boundaries:
            return step.id, step.id
        merge = f"{step.id}_m"
        self.parts.append(bpmn.xor(merge))
        self.join(step.id, merge)
        for edge in step.boundaries:
            self.boundary(edge, step.id, merge)
        return step.id, merge

    def boundary(self, edge: Boundary, host: str, merge: str) -> None:
        edge.id = self.new("b")
        self.parts.append(bpmn.boundary(edge.id, host, self.trigger(edge.kind, edge.key), edge.interrupting))
        entry, exit = self.block(edge.handler)
        self.join(edge.id, entry)
        if edge.interrupting:
            self.join(exit, merge)
        else:
            self.parts.append(bpmn.end(f"{edge.id}_end"))
            self.join(exit, f"{edge.id}_end")

    def repeat(self, repeat: Multi | Standard | None) -> str:
        if repeat is None:
            return ""
        if isinstance(repeat, Standard):
            return bpmn.loop(repeat.condition, repeat.maximum, repeat.before)
        repeat.name = self.new("i")
        return bpmn.multi(
            times=None if repeat.by_list else str(repeat.total),
            collection=f"list{repeat.total}" if repeat.by_list else None,
            item=repeat.name,
            out=f"{repeat.name}_all" if repeat.output else None,
            out_item=f"{repeat.name}_out" if repeat.output else None,
            until=repeat.until,
            sequential=repeat.sequential,
        )

    def row(self, row: Row) -> tuple[str, str | None]:
        entry, exit = self.block(row.blocks[0])
        for block in row.blocks[1:]:
            after, following = self.block(block)
            self.join(exit, after)
            exit = following
        return entry, exit

    def fork(self, fork: Fork) -> tuple[str, str | None]:
        fork.id = self.new("g")
        split, merge, tag = f"{fork.id}_split", f"{fork.id}_join", GATEWAYS[fork.how]
        default = f"{fork.id}_default" if fork.conditions else None
        self.parts.append(bpmn.node(tag, split, default=default))
        self.parts.append(bpmn.node(tag, merge))
        for place, branch in enumerate(fork.branches):
            condition = fork.conditions[place] if place < len(fork.conditions) else None
            id = default if fork.conditions and condition is None else None
            if branch is None:
                self.join(split, merge, condition, id)
                continue
            entry, exit = self.block(branch)
            self.join(split, entry, condition, id)
            self.join(exit, merge)
        return split, merge

    def sendback(self, block: SendBack) -> tuple[str, str | None]:
        block.id = self.new("r")
        merge, gate = f"{block.id}_merge", f"{block.id}_gate"
        self.parts.append(bpmn.xor(merge) + bpmn.xor(gate, f"{block.id}_on"))
        entry, exit = self.block(block.body)
        self.join(merge, entry)
        self.join(exit, gate)
        self.join(gate, merge, block.condition)
        self.parts.append(bpmn.xor(f"{block.id}_after"))
        self.join(gate, f"{block.id}_after", id=f"{block.id}_on")
        return merge, f"{block.id}_after"

    def wait(self, wait: Wait) -> tuple[str, str | None]:
        wait.id = self.new("c")
        self.parts.append(bpmn.catch(wait.id, self.trigger(wait.kind, wait.key)))
        entry, exit = self.block(wait.after)
        self.join(wait.id, entry)
        return wait.id, exit

    def stop(self, stop: Stop) -> tuple[str, str | None]:
        stop.id = self.new("x")
        event = bpmn.terminate() if stop.kind == "terminate" else bpmn.error(stop.key)
        self.parts.append(bpmn.end(stop.id, event))
        return stop.id, None
