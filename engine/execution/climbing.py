"""Errors and escalations climb until somebody catches them.

First the boundary events of the activity, then the event sub-processes of its scope, then the same with the
activity around the scope, through sub-processes and called processes up to the instance. An exact match goes
before one that takes any code. Stock asks every catching event of the workflow, so that a sibling's boundary
may catch.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.execution.nodes.boundary import Boundary
from engine.execution.nodes.catching import Catching
from engine.execution.nodes.listener import Listener
from engine.execution.nodes.loop import Loop
from engine.execution.scope import tokens_in
from engine.execution.token import WAITING, Token


def error(token: Token, key: str | None, at_task: bool = False) -> None:
    """`at_task`: the token's own boundary events are asked. An error nobody catches ends the instance."""
    if _climb(token, "error", _names(key, at_task), at_task):
        return
    instance = token.instance
    instance.error = (key or "").removeprefix("#")
    instance.empty(instance)
    instance.completed = True


def escalation(token: Token, key: str | None) -> None:
    """An escalation nobody catches is over and done with: the flow goes on."""
    _climb(token, "escalation", _names(key, False), False)


def _names(key: str | None, by_hand: bool) -> frozenset[str | None]:
    """Who throws an error by hand may also name an error without a code by its id."""
    return frozenset((key, f"#{key}")) if by_hand else frozenset((key,))


def _climb(token: Token, kind: str, keys: frozenset[str | None], at_task: bool) -> bool:
    workflow, host = token.workflow, token if at_task else None
    came_from: Token | None = None
    while True:
        while host is not None:
            came_from = host
            if _caught(host.children, Boundary, kind, keys):
                return True
            host = (
                host.parent
                if isinstance(host.parent, Token) and isinstance(host.parent.task_spec, Loop)
                else None
            )
        around = came_from.task_spec if came_from is not None else None
        listening = [
            other
            for other in tokens_in(workflow)
            if isinstance(other.task_spec, Listener) and other.task_spec.target is not around
        ]
        if _caught(listening, Listener, kind, keys):
            return True
        host = token.instance.host(workflow)
        if host is None:
            return False
        workflow = host.workflow


def _caught(tokens: Iterable[Token], step: type[Catching], kind: str, keys: frozenset[str | None]) -> bool:
    catching = [
        token
        for token in tokens
        if token._state == WAITING
        and isinstance(token.task_spec, step)
        and token.task_spec.event.kind == kind
        and (token.task_spec.event.key is None or token.task_spec.event.key in keys)
    ]
    catching.sort(key=lambda token: token.task_spec.event.key is None)
    if catching:
        catching[0].task_spec.fire(catching[0])
    return bool(catching)
