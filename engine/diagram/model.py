"""The checked diagram: what execution, pages and tools see of a BPMN file. Plain data, no XML, no
SpiffWorkflow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from engine.expressions import Expression
from engine.timers import Timer

EventKind = Literal["message", "signal", "error", "escalation", "timer", "conditional", "link", "terminate"]

PERSON_TASKS = frozenset({"userTask", "manualTask", "task", "globalUserTask", "globalManualTask"})
ACTIVITIES = PERSON_TASKS | {"sendTask", "receiveTask", "subProcess", "callActivity"}
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"})
EVENTS = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
    }
)
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS


@dataclass(eq=False)
class Flow:
    """A sequence flow. `id` is made up from its ends when the file gives none."""

    id: str
    source: str
    target: str
    name: str | None = None
    condition: Expression | None = None
    is_default: bool = False


@dataclass(eq=False)
class Event:
    """An event definition.

    `key` is what throws and catches are matched by: the name of a message or signal, the code of an error
    or escalation
    (or `#id` where it has no code), the name of a link; None catches every error or escalation.
    `label` is what a person calls it. `payload` names the data a message carries.
    """

    kind: EventKind
    key: str | None = None
    label: str | None = None
    condition: Expression | None = None
    timer: Timer | None = None
    payload: tuple[str, ...] = ()


@dataclass(eq=False)
class Loop:
    """Loop characteristics of an activity: BPMN's standard loop, or multi-instance."""

    kind: Literal["standard", "multi"]
    sequential: bool = False
    cardinality: Expression | None = None
    collection: str | None = None
    input_item: str | None = None
    output: str | None = None
    output_item: str | None = None
    completion: Expression | None = None
    condition: Expression | None = None
    maximum: int | None = None
    test_before: bool = False


@dataclass(eq=False)
class Node:
    """A flow node: task, gateway, event, sub-process or call activity (`tag` is BPMN's element name)."""

    id: str
    tag: str
    name: str | None
    scope: Scope
    lane: str | None = None
    line: int | None = None
    documentation: str | None = None
    properties: dict[str, str] = field(default_factory=dict)
    event: Event | None = None
    loop: Loop | None = None
    attached_to: str | None = None
    interrupting: bool = True
    is_event_subprocess: bool = False
    called: str | None = None
    inner: Scope | None = None
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    boundaries: list[Node] = field(default_factory=list)

    @property
    def label(self) -> str:
        """What a person calls it."""
        return self.name or self.id

    @property
    def is_person_task(self) -> bool:
        """A token stops here until somebody completes it (a send task without a message is one, too)."""
        return self.tag in PERSON_TASKS or (self.tag in ("sendTask", "receiveTask") and self.event is None)

    @property
    def kind(self) -> str | None:
        """The kind of human step, or None on a bare task. A task with a form and no kind is a `handle`."""
        if not self.is_person_task:
            return None
        return self.properties.get("kind") or ("handle" if self.properties.get("form") else None)

    @property
    def key(self) -> str:
        """The key its result stands under in the data of the instance."""
        return self.properties.get("key") or self.id


@dataclass(eq=False)
class Scope:
    """A process or the inside of a sub-process. `entries` are the ids a token starts at, start events
    first of all.
    """

    id: str
    name: str | None = None
    owner: Node | None = None
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)  # link name -> id of its catch event
    documentation: str | None = None

    def walk(self) -> Iterator[Node]:
        """Every node in this scope and the sub-processes inside it."""
        for node in self.nodes.values():
            yield node
            if node.inner is not None:
                yield from node.inner.walk()


@dataclass(eq=False)
class Lane:
    """Who does it: `name` is a post, a register, a duty of that meeting, or a derived group."""

    id: str
    name: str


@dataclass(eq=False)
class Diagram:
    """A BPMN file that can be executed. `processes` keeps the file's order; the first is the one started
    by default.
    """

    processes: dict[str, Scope]
    lanes: list[Lane] = field(default_factory=list)
    source: bytes = b""

    def walk(self) -> Iterator[Node]:
        for process in self.processes.values():
            yield from process.walk()

    def node(self, element_id: str) -> Node:
        """The node with this id; KeyError where there is none."""
        for node in self.walk():
            if node.id == element_id:
                return node
        raise KeyError(element_id)
