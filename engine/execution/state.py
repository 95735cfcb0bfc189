"""An instance as bytes and back.

Only what is alive is kept: no spec (it is cached per version), no history. The state is JSON with the order
of its lists kept, and is never to be stored in a type that sorts keys. Form 1:

    {"format": 1, "engine": version, "process": id, "data": {…}, "completed": bool, "error": code,
     "outcome": name, "scopes": [[name, token], …], "tokens": [[id, scope, parent, step, state, memory], …]}

Scope 0 is the process itself. A scope names the token that waits for it, a token its scope and the token it
hangs from (-1: none) by their places in these lists; both come in the order they were made, so a token always
stands before what needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import orjson

from engine.execution.error import ExecutionError
from engine.execution.nodes.catching import Catching
from engine.execution.nodes.inclusive import InclusiveGateway
from engine.execution.scope import InnerScope, ProcessSpec
from engine.execution.token import WAITING, Token

if TYPE_CHECKING:
    from engine.execution.instance import Instance

FORMAT = 1

try:
    ENGINE = version("cunyi")
except PackageNotFoundError:
    ENGINE = "0"

State = dict[str, Any]


def dump(instance: Instance) -> bytes:
    """The state of an instance at rest."""
    assert not instance.turn
    scopes: dict[Any, int] = {instance: 0}
    rows: list[list[Any]] = [[instance.spec.name, -1]]
    places = {token_id: place for place, token_id in enumerate(instance.tokens)}
    for host, scope in sorted(instance.subprocesses.items(), key=lambda pair: places[pair[0]]):
        scopes[scope] = len(scopes)
        rows.append([scope.spec.name, places[host]])
    tokens = [
        [
            token.id,
            scopes[token.workflow],
            places.get(token._parent, -1),
            token.task_spec.name,
            token._state,
            token.internal_data,
        ]
        for token in instance.tokens.values()
    ]
    return orjson.dumps(
        {
            "format": FORMAT,
            "engine": ENGINE,
            "process": instance.spec.name,
            "data": instance.data,
            "completed": instance.completed,
            "error": instance.error,
            "outcome": instance.outcome,
            "scopes": rows,
            "tokens": tokens,
        }
    )


def load(state: bytes, make: Callable[[str], Instance]) -> Instance:
    """The instance again; `make` gives a bare one of a process. Raises ExecutionError where the state does
    not fit.
    """
    saved = parse(state)
    instance = make(saved["process"])
    instance.data = saved["data"]
    instance.completed, instance.error, instance.outcome = (
        saved["completed"],
        saved["error"],
        saved["outcome"],
    )
    _restore(instance, saved["scopes"], saved["tokens"])
    return instance


def parse(state: bytes) -> State:
    """The state as the present form has it. Raises ExecutionError for what is none or is of later."""
    try:
        saved = orjson.loads(state)
        form = saved["format"]
    except (orjson.JSONDecodeError, TypeError, KeyError):
        raise ExecutionError("办件的状态已损坏，读不出来。请管理员从备份恢复") from None
    if form != FORMAT:
        raise ExecutionError(f"办件的状态是更新的版本（格式 {form}）存下的，请先升级系统")
    return saved  # type: ignore[no-any-return]


def _restore(instance: Instance, scopes: list[list[Any]], rows: list[list[Any]]) -> None:
    tokens: list[Token] = []
    workflows: list[Any] = [instance]
    waiting = [host for _, host in scopes[1:]]
    for place, (token_id, scope, parent, name, state, memory) in enumerate(rows):
        workflow = workflows[scope]
        step = workflow.spec.task_specs.get(name)
        if step is None:
            raise ExecutionError(f"这件事停在“{name}”，可是流程图里没有这一步。请换回它开始时用的版本", name)
        token = Token(workflow, step, tokens[parent] if parent >= 0 else workflow.task_tree, state, token_id)
        token.internal_data = memory
        tokens.append(token)
        if state == WAITING and (
            isinstance(step, InclusiveGateway)
            or (isinstance(step, Catching) and step.event.kind == "conditional")
        ):
            instance.watched[token_id] = token
        while len(workflows) <= len(waiting) and waiting[len(workflows) - 1] == place:
            workflows.append(_scope(instance, token, scopes[len(workflows)][0]))


def _scope(instance: Instance, host: Token, name: str) -> InnerScope:
    specs: Mapping[str, ProcessSpec] = instance.subprocess_specs
    if name not in specs:
        raise ExecutionError(f"这件事正在“{name}”里办，可是流程图里没有它。请换回它开始时用的版本", name)
    scope = InnerScope(specs[name], host.id, instance)
    instance.subprocesses[host.id] = scope
    return scope
