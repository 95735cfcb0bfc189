"""A way of an exploration as moves of a rehearsal, so that a designer can play it: the words of docs/scenarios.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.exploration.world import Passage

Move = dict[str, Any]


def moves(path: Iterable[Passage]) -> list[Move]:
    """What to do one after the other. Steps come to their results without anybody playing how."""
    return [move for passage in path for move in _moves(passage)]


def _moves(passage: Passage) -> Iterator[Move]:
    brought = passage.brought
    if passage.kind == "complete":
        yield {"does": passage.name, "result": dict(brought)}
    elif passage.kind == "error":
        yield {"does": passage.name, "error": brought["code"]}
    elif passage.kind == "time" and brought.get("wait"):
        yield {"wait": brought["wait"]}
    elif passage.kind == "message":
        yield _message(passage.name, brought)
    elif passage.kind == "signal":
        yield {"signal": passage.name}
    elif passage.kind == "start" and "event" in brought:  # it begins because something came
        name = str(brought["name"])
        yield _message(name, brought["data"]) if brought["event"] == "message" else {"signal": name}


def _message(name: str, data: Mapping[str, Any]) -> Move:
    return {"message": name, "data": dict(data)} if data else {"message": name}
