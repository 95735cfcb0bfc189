"""End events, intermediate throwing events, and send tasks that name a message."""

from __future__ import annotations

from engine.execution import climbing
from engine.execution.nodes.step import Step
from engine.execution.outgoing import Outgoing
from engine.execution.token import Token


class Throwing(Step):
    """Stock drops signal ends and lets an error nobody catches go on down the normal path."""

    def act(self, token: Token) -> bool:
        if self.node.tag == "endEvent" and self.node.name and _ends_the_matter(token):
            token.instance.outcome = self.node.name
        event = self.node.event
        if event is None or event.kind == "link":
            return True
        match event.kind:
            case "signal":
                token.instance.throw_signal(str(event.key))
            case "message":
                token.instance.outbox.append(Outgoing("message", str(event.key), self.payload(token)))
            case "escalation":
                climbing.escalation(token, event.key)
            case "error":
                climbing.error(token, event.key)
                return False
            case "terminate":
                token.instance.empty(token.workflow)
        return True

    def payload(self, token: Token) -> dict[str, object]:
        """The declared names that have a value. One that has none is missed by whoever reads it."""
        event = self.node.event
        if event is None or not event.payload:
            return {}
        context = token.instance.view(token)
        return {name: context[name] for name in event.payload if name in context}


def _ends_the_matter(token: Token) -> bool:
    """Whether its scope is the process itself, or an event sub-process that has taken the process's place."""
    workflow = token.workflow
    while (host := token.instance.host(workflow)) is not None:
        node = host.task_spec.node
        if not node.is_event_subprocess or not workflow.spec.interrupts:
            return False
        workflow = host.workflow
    return True
