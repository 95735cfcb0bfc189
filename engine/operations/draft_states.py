"""The history of a draft: what it was like whenever somebody turned to it, so that nothing drawn is ever lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from engine.refusal import NotVisible
from engine.store.drafts import draft_states, drafts
from engine.store.packing import pack, unpack

SITTING = timedelta(minutes=15)  # of one person's work, kept as one state
MAX_NOTE = 255


def keep_state(
    c: Connection,
    draft_id: str,
    revision: int,
    now: datetime,
    actor_id: int,
    note: str,
    files: Mapping[str, bytes],
    *,
    apart: bool = False,
) -> None:
    """One state for a sitting of one person: the newest takes the place of those of the last quarter of an hour.

    A published state keeps its place, and so does the one before a change that stands `apart` (a whole folder).
    """
    last = None if apart else _last(c, draft_id)
    if last is not None and last.by == actor_id and now - last.at < SITTING and not _lasting(last):
        c.execute(delete(draft_states).where(*_at(draft_id, last.revision)))
        note = last.note if note in last.note.split("；") else f"{last.note}；{note}"
        now = last.at  # when the sitting began, so that it ends some time
    state = {"at": now, "by": actor_id, "note": note[:MAX_NOTE], "content": pack(files)}
    c.execute(insert(draft_states).values(draft_id=draft_id, revision=revision, **state))


def note_on_state(c: Connection, draft_id: str, revision: int, note: str) -> None:
    """Say in the history what became of the draft as it was at `revision`."""
    said = c.scalar(select(draft_states.c.note).where(*_at(draft_id, revision)))
    told = f"{said}；{note}" if said else note
    c.execute(update(draft_states).where(*_at(draft_id, revision)).values(note=told[-MAX_NOTE:]))


def state_files(c: Connection, draft_id: str, revision: int) -> dict[str, bytes]:
    """The folder as it was. Raises NotVisible for a revision the history has not kept by itself."""
    content = c.scalar(select(draft_states.c.content).where(*_at(draft_id, revision)))
    if content is None:
        raise NotVisible("state-unknown", "历史里没有这一次，请从历史列表里选")
    return unpack(content)


def _last(c: Connection, draft_id: str) -> Any:
    newest = select(func.max(draft_states.c.revision)).where(draft_states.c.draft_id == draft_id)
    columns = (draft_states.c.revision, draft_states.c.at, draft_states.c.by, draft_states.c.note)
    return c.execute(
        select(*columns, drafts.c.published_revision)
        .join(drafts, drafts.c.id == draft_states.c.draft_id)
        .where(draft_states.c.draft_id == draft_id, draft_states.c.revision == newest.scalar_subquery())
    ).first()


def _lasting(state: Any) -> bool:
    """What it began as and what was published from it are never replaced."""
    return bool(state.revision == 1 or state.revision == state.published_revision)


def _at(draft_id: str, revision: int) -> tuple[Any, Any]:
    return draft_states.c.draft_id == draft_id, draft_states.c.revision == revision
