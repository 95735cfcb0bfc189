"""Which worlds are the same: where the tokens stand, and the data that conditions can still read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from engine.execution.instance import Instance
from engine.execution.nodes.catching import Catching
from engine.execution.nodes.loop import Loop
from engine.execution.token import WAITING, Token
from engine.exploration.reading import Paths
from engine.exploration.world import Saved, World
from engine.expressions import normal_name

MISSING = "\0"


def key(world: World, saved: Saved, running: list[Instance]) -> bytes:
    """Equal for two worlds from which the same can happen. Ids, moments and the order of branches do not count."""
    read = world.still_read(running)
    return orjson.dumps(
        [
            [_Picture(world, instance, read).taken() for instance in running],
            sorted([message.name, orjson.dumps(message.payload).decode()] for message in saved.mailbox),
            saved.ending,
            saved.error,
            saved.over,
        ]
    )


class _Picture:
    """One instance, token by token."""

    def __init__(self, world: World, instance: Instance, read: Paths) -> None:
        self.world, self.instance, self.read = world, instance, read
        self.gates: dict[str, list[str]] = {}
        self.inside: dict[str, list[Token]] = {}  # token -> what hangs from it, or stands in its scope
        self.top: list[Token] = []
        for token in instance.tokens.values():
            if "gate" in token.memory:
                self.gates.setdefault(token.memory["gate"], []).append(token.task_spec.name)
            host = instance.host(token.workflow)
            around = token.parent if isinstance(token.parent, Token) else host
            (self.inside.setdefault(around.id, []) if around is not None else self.top).append(token)

    def taken(self) -> list[Any]:
        return [
            self.instance.spec.name,
            self._all(self.top),
            _seen(self.instance.data, sorted(self.read)),
            self._in_order(),
        ]

    def _all(self, tokens: Iterable[Token]) -> list[Any]:
        return sorted((self._token(token) for token in tokens), key=orjson.dumps)

    def _token(self, token: Token) -> list[Any]:
        step = token.task_spec
        memory = dict(token.memory)
        told = [step._wf_spec.name, step.name, int(token._state), self._memory(token, memory)]
        return [*told, self._all(self.inside.get(token.id, ()))]

    def _memory(self, token: Token, memory: dict[str, Any]) -> list[Any]:
        step = token.task_spec
        for name in ("due", "since"):
            memory.pop(name, None)
        if "round" in memory and self._for_ever(token):
            del memory["round"]
        if "gate" in memory:
            memory["gate"] = sorted(self.gates[memory["gate"]])
        if isinstance(step, Loop):
            self._loop(step, memory)
        if "index" in memory:
            local = {path for path in self.read if path[0] in {normal_name(name) for name in memory["local"]}}
            memory["local"] = _seen(memory["local"], sorted(local))
            if not self._ordered(token.parent.task_spec):
                del memory["index"]
        return sorted(memory.items())

    def _loop(self, step: Loop, memory: dict[str, Any]) -> None:
        """How many are still to come; which ones only where somebody reads it."""
        if not self._ordered(step):
            memory.pop("out", None)
            if "items" in memory and not any(
                path[0] == normal_name(step.loop.input_item or "") for path in self.world.reading.needed
            ):
                memory["items"] = len(memory["items"])
            done, total = memory.pop("done", 0), memory.pop("total", 0)
            memory.pop("next", None)
            memory["left"] = total - done if step.loop.kind == "multi" else done if step.loop.maximum else 0

    def _ordered(self, step: Loop) -> bool:
        """Whether the place in the list, or the number of a round, can make a difference."""
        loop, reading = step.loop, self.world.reading
        output = loop.output is not None and any(path[0] == normal_name(loop.output) for path in self.read)
        return reading.counts_rounds or output or loop.completion is not None

    def _for_ever(self, token: Token) -> bool:
        timer = self.world.timer(token)
        return timer is not None and timer.repetitions is None

    def _in_order(self) -> list[str]:
        """Who came first matters to those who wait for the same message."""
        told = [
            (str(step.event.key), step.name)
            for token in self.instance.tokens.values()
            if token._state == WAITING
            and isinstance(step := token.task_spec, Catching)
            and step.event.kind == "message"
        ]
        many = Counter(message for message, _ in told)
        return [name for message, name in told if many[message] > 1]


def _seen(data: Mapping[str, Any], paths: Iterable[tuple[str, ...]]) -> list[Any]:
    """The values at these paths."""
    found = []
    for path in paths:
        here: Any = data
        for name in path:
            here = here.get(name, MISSING) if isinstance(here, Mapping) else MISSING
        found.append([*path, here])
    return found
