"""The history of a draft: who had it in hand, when, and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engine.authorisation import Actor
from engine.operations.draft_states import state_files
from engine.operations.drafts import require_draft
from engine.runtime import Runtime
from engine.store.drafts import draft_states
from engine.store.tables import people


@dataclass(frozen=True)
class State:
    """`revision` names it; `current`: it is what the draft holds now."""

    revision: int
    at: datetime
    by: str
    note: str
    current: bool


def states(rt: Runtime, actor: Actor, draft_id: str) -> list[State]:
    """The newest first. Raises NotVisible, Forbidden."""
    query = (
        select(draft_states.c.revision, draft_states.c.at, draft_states.c.note, people.c.name.label("who"))
        .outerjoin(people, people.c.id == draft_states.c.by)
        .where(draft_states.c.draft_id == draft_id)
        .order_by(draft_states.c.revision.desc())
    )
    with rt.database.snapshot() as c:
        draft = require_draft(rt, c, actor.person_id, draft_id)
        return [
            State(row.revision, row.at, row.who or "", row.note, row.revision == draft.revision)
            for row in c.execute(query)
        ]


def files_at(rt: Runtime, actor: Actor, draft_id: str, revision: int) -> Mapping[str, bytes]:
    """The folder as it was then. Raises NotVisible, Forbidden."""
    with rt.database.snapshot() as c:
        require_draft(rt, c, actor.person_id, draft_id)
        return state_files(c, draft_id, revision)
