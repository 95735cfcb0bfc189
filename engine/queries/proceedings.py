"""What each collective kind shows of its step, by kind: the meeting, the vote, the opinions, the notice."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from engine.authorisation import Actor
from engine.queries import assessments, ballots, meetings, notices, opinions
from engine.runtime import Runtime

# (runtime, connection, who looks, row of the task with its matter, the roles this person has) -> a dataclass
View = Callable[[Runtime, Connection, Actor, Any, frozenset[str]], Any]

VIEWS: Mapping[str, View] = {
    "deliberate": meetings.view,
    "assess": assessments.view,
    "ballot": ballots.view,
    "consult": opinions.view,
    "notice": notices.view,
}


def view(rt: Runtime, c: Connection, actor: Actor, row: Any, roles: frozenset[str]) -> Any:
    """What is to be seen of this step now; None for a kind without proceedings."""
    shown = VIEWS.get(row.kind)
    return shown(rt, c, actor, row, roles) if shown is not None else None
