"""Messages and signals between the instances of one file, in a rehearsal and in an exploration."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine.execution.definition import Definition
from engine.execution.error import ExecutionError
from engine.execution.instance import Instance
from engine.execution.outgoing import Outgoing

MAX_ROUNDS = 1_000  # of messages and signals going to and fro in one call


class Exchange:
    """What is said among the running instances. `mailbox` has the messages that nobody has taken yet; `new` makes
    an instance of a process that a message or signal starts.
    """

    def __init__(
        self, definition: Definition, new: Callable[..., Instance], mailbox: Iterable[Outgoing] = ()
    ) -> None:
        self.definition, self._new = definition, new
        self.mailbox = list(mailbox)

    def route(self, running: list[Instance]) -> list[str]:
        """Deliver what the instances say to each other until all is quiet. Returns the elements passed. Raises
        ExecutionError where that does not end.
        """
        trace: list[str] = []
        for _ in range(MAX_ROUNDS):
            for instance in running:
                trace += instance.trace
                instance.trace.clear()
            said = [(instance, outgoing) for instance in running for outgoing in instance.outbox]
            for instance in running:
                instance.outbox.clear()
            for instance, outgoing in said:
                if outgoing.kind == "message":
                    self.mailbox.append(outgoing)
                else:
                    self.broadcast(running, outgoing.name, instance)
            kept = [message for message in self.mailbox if not self._deliver(running, message)]
            delivered = len(kept) < len(self.mailbox)
            self.mailbox = kept
            if not said and not delivered and not any(instance.trace for instance in running):
                return trace
        raise ExecutionError("消息和信号来来回回没有停，像是在互相触发。请检查流程之间的消息")

    def broadcast(self, running: list[Instance], signal: str, sender: Instance | None = None) -> None:
        """To every instance but the sender, which has heard it, and to every process it starts in which none
        waited for it.
        """
        waiting = {place for instance in running if instance is not sender for place in instance.positions()}
        for instance in list(running):
            if instance is not sender and not instance.completed:
                instance.deliver("signal", signal)
        for process, element in self.definition.starts("signal", signal):
            if element not in waiting:
                running.append(self._new(process, by_event=element))

    def _deliver(self, running: list[Instance], message: Outgoing) -> bool:
        """To the oldest instance that waits for it, else it starts one."""
        for instance in running:
            if not instance.completed and instance.deliver("message", message.name, message.payload):
                return True
        for process, element in self.definition.starts("message", message.name)[:1]:
            running.append(self._new(process, by_event=element, payload=message.payload))
            return True
        return False


def taken_up(definition: Definition) -> frozenset[str]:
    """The messages that something in the file waits for or starts by."""
    return frozenset(
        str(event.key)
        for spec in definition.specs.values()
        for node in spec.scope.nodes.values()
        if (event := node.event) is not None and event.kind == "message" and _catches(node.tag)
    )


def _catches(tag: str) -> bool:
    return tag not in ("endEvent", "sendTask", "intermediateThrowEvent")
