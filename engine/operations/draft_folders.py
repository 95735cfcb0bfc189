"""What happens to a draft as a whole: another folder in its place, an earlier state, the waste-paper basket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, select, update

from engine import journal
from engine.authorisation import require_designer
from engine.operations.draft_states import note_on_state, state_files
from engine.operations.drafts import clean_folder, create_draft, files_of, put_folder, require_draft
from engine.operations.explorations import stop_walking
from engine.queries.names import somebody
from engine.refusal import NotVisible, Overtaken
from engine.runtime import Runtime
from engine.store.drafts import drafts


def replace_folder(
    runtime: Runtime, actor_id: int, draft_id: str, files: Mapping[str, bytes], seen: int, note: str
) -> int:
    """These files instead of the draft's; the state before stays in the history. Returns the draft's revision.

    `seen` is the revision somebody decided by. Raises Overtaken where it has changed since, Invalid, Forbidden,
    NotVisible.
    """
    clean = clean_folder(files)

    def write(c: Connection) -> int:
        draft = require_draft(runtime, c, actor_id, draft_id, locked=True)
        require_seen(c, draft, seen, "请先看看现在的草稿，再决定")
        return put_folder(runtime, c, draft, actor_id, clean, note, apart=True)

    return runtime.database.run(write)


def put_aside(runtime: Runtime, actor_id: int, draft_id: str, own: Mapping[str, bytes]) -> str:
    """A new draft that is this one but for these files: what somebody could not save here. Its id.

    Raises Invalid, Forbidden, NotVisible.
    """

    def read(c: Connection) -> tuple[Row[Any, Any, Any], dict[str, bytes]]:
        return require_draft(runtime, c, actor_id, draft_id), files_of(c, draft_id)

    draft, files = runtime.database.look(read)
    note = "从另一份草稿另存"
    return create_draft(
        runtime, actor_id, draft.unit_id, {**files, **own}, based_on=draft.based_on, note=note
    )


def go_back(runtime: Runtime, actor_id: int, draft_id: str, revision: int, seen: int, note: str) -> int:
    """The draft as it was at an earlier revision, as a new state: what was drawn since stays in the history.

    Raises as `replace_folder`.
    """

    def write(c: Connection) -> int:
        draft = require_draft(runtime, c, actor_id, draft_id, locked=True)
        require_seen(c, draft, seen, "请先看看现在的草稿，再决定")
        files = state_files(c, draft_id, revision)
        return put_folder(runtime, c, draft, actor_id, files, note, apart=True)

    return runtime.database.run(write)


def remove_draft(runtime: Runtime, actor_id: int, draft_id: str) -> None:
    """Into the waste-paper basket, from which `restore_draft` takes it. Raises Forbidden, NotVisible."""
    now = runtime.now()

    def write(c: Connection) -> None:
        draft = require_draft(runtime, c, actor_id, draft_id, locked=True)
        c.execute(update(drafts).where(drafts.c.id == draft_id).values(removed_at=now, removed_by=actor_id))
        stop_walking(c, draft_id)
        entry = journal.Entry(now, "draft-remove", actor_id, detail={"draft": draft_id, "key": draft.key})
        journal.append_to_unit(c, draft.unit_id, [entry])

    runtime.database.run(write)


def restore_draft(runtime: Runtime, actor_id: int, draft_id: str) -> None:
    """Out of the waste-paper basket. Restoring what lies there no longer changes nothing."""
    now = runtime.now()

    def write(c: Connection) -> None:
        draft = c.execute(select(drafts).where(drafts.c.id == draft_id).with_for_update()).first()
        if draft is None:
            raise NotVisible("draft-unknown", "没有这份草稿")
        require_designer(runtime.actor(c, actor_id), draft.unit_id)
        if draft.removed_at is None:
            return
        c.execute(update(drafts).where(drafts.c.id == draft_id).values(removed_at=None, removed_by=None))
        entry = journal.Entry(now, "draft-restore", actor_id, detail={"draft": draft_id, "key": draft.key})
        journal.append_to_unit(c, draft.unit_id, [entry])

    runtime.database.run(write)


def note_published(c: Connection, draft_id: str, revision: int, version_id: int, number: int) -> None:
    """The draft goes on from the version it has become."""
    values = {"based_on": version_id, "published_revision": revision}
    c.execute(update(drafts).where(drafts.c.id == draft_id).values(**values))
    note_on_state(c, draft_id, revision, f"发布为第 {number} 版")


def require_seen(c: Connection, draft: Row[Any, Any, Any], seen: int, advice: str) -> None:
    """Raises Overtaken, which says who has changed the draft since."""
    if draft.revision != seen:
        raise Overtaken("draft-changed", f"草稿刚刚被{somebody(c, draft.changed_by)}改过，{advice}")
