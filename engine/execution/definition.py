"""A diagram ready to run."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from engine.clock import Clock, system_clock
from engine.diagram.finding import DiagramError
from engine.diagram.model import Diagram, Node
from engine.durations import Calendar
from engine.execution import state
from engine.execution.compiler import Compiler
from engine.execution.error import ExecutionError
from engine.execution.instance import Instance
from engine.execution.scope import ProcessSpec
from engine.working_days import WEEKDAYS_ONLY

# Stock collects what it would log, and walks the task tree for it while the level is NOTSET.
for _name in ("spiff.workflow", "spiff.task"):
    logging.getLogger(_name).setLevel(logging.WARNING)

__all__ = ["Definition", "DiagramError"]


class Definition:
    """A compiled diagram with all it calls. It never changes, so threads may share one; callers keep it per
    version.
    """

    def __init__(self, diagram: Diagram, specs: Mapping[str, ProcessSpec]) -> None:
        self.diagram = diagram
        self.specs = specs  # every scope by name; those of a called procedure have its key in front
        self._payloads = _payloads(specs)

    @classmethod
    def compile(cls, diagram: Diagram, called: Mapping[str, Diagram] | None = None) -> Definition:
        """`called` has the diagrams of the procedures that are called, and those they call, by key.

        Raises DiagramError where a call leads nowhere or back to itself.
        """
        return cls(diagram, Compiler(diagram, called or {}).compile())

    def start(
        self,
        process_id: str | None = None,
        data: Mapping[str, Any] | None = None,
        *,
        clock: Clock = system_clock,
        parameters: Mapping[str, Any] | None = None,
        calendar: Calendar = WEEKDAYS_ONLY,
        by_event: str | None = None,
        payload: Mapping[str, Any] | None = None,
    ) -> Instance:
        """A new instance of the process (the file's first by default), at rest where it first waits.

        It takes the plain start event; without one it waits at its start events, or starts at `by_event`,
        which has happened and brought `payload`. Raises ExecutionError.
        """
        if process_id is None:
            process_id = next(iter(self.diagram.processes))
        if process_id not in self.diagram.processes:
            raise ExecutionError(f"流程图里没有编号为“{process_id}”的流程")
        instance = Instance(self.specs[process_id], self.specs, clock, parameters or {}, calendar)
        instance.begin(data or {}, by_event, payload or {})
        return instance

    def restore(
        self,
        saved: bytes,
        *,
        clock: Clock = system_clock,
        parameters: Mapping[str, Any] | None = None,
        calendar: Calendar = WEEKDAYS_ONLY,
    ) -> Instance:
        """The instance that was saved. Raises ExecutionError where the state is damaged, or not one of this
        diagram.
        """

        def bare(process_id: str) -> Instance:
            if process_id not in self.specs:
                raise ExecutionError(
                    f"这件事按流程“{process_id}”办，可是流程图里没有它。请换回它开始时用的版本"
                )
            return Instance(self.specs[process_id], self.specs, clock, parameters or {}, calendar)

        return state.load(saved, bare)

    def starts(self, kind: str, name: str) -> list[tuple[str, str]]:
        """(process id, start event id) of the processes of the file that this message or signal starts."""
        return [
            (process.id, node.id)
            for process in self.diagram.processes.values()
            for node in process.nodes.values()
            if node.tag == "startEvent" and _is(node, kind, name)
        ]

    def payload(self, message: str) -> frozenset[str]:
        """The names a message carries, as declared at either end; nothing else gets in with it."""
        return self._payloads.get(message, frozenset())


def _is(node: Node, kind: str, name: str) -> bool:
    return node.event is not None and node.event.kind == kind and node.event.key == name


def _payloads(specs: Mapping[str, ProcessSpec]) -> dict[str, frozenset[str]]:
    declared: dict[str, frozenset[str]] = {}
    for spec in specs.values():
        for node in spec.scope.nodes.values():
            if node.event is not None and node.event.kind == "message" and node.event.key:
                key = node.event.key
                declared[key] = declared.get(key, frozenset()) | frozenset(node.event.payload)
    return declared
