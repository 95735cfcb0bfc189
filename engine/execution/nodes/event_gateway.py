"""Event-based gateway: waits for several events, the first one takes all."""

import secrets

from engine.execution.nodes.step import Step
from engine.execution.token import Token, put


class EventGateway(Step):
    def leave(self, token: Token) -> None:
        gate = secrets.token_hex(4)
        root = token.root
        token.finish()
        for way in self.ways:
            token.instance.passed.append((self.procedure, way.flow_id))
            put(root, way.target, gate=gate)
