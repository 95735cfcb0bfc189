"""Drafts of procedures: begun from nothing, from a version or from a file, and saved file by file as they are drawn.

A draft may be wrong in every way that can be stored; only publishing asks whether it is right. Nobody's work is
overwritten: a save names the content it was made from, and is refused where that has changed meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, delete, insert, select, update

from engine import journal
from engine.authorisation import require_designer
from engine.diagram.folder import is_diagram
from engine.diagram.procedure import MAX_FILES, MAX_FOLDER_BYTES, TOML, open_folder
from engine.operations.draft_states import keep_state
from engine.queries.names import somebody
from engine.refusal import Invalid, NotVisible, Overtaken
from engine.runtime import Runtime
from engine.store.drafts import draft_files, drafts


@dataclass(frozen=True)
class Saved:
    """What a save has come to. `digest` is what the next save of this file must have seen."""

    revision: int
    digest: str
    at: datetime


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def create_draft(
    runtime: Runtime,
    actor_id: int,
    unit_id: int,
    files: Mapping[str, bytes],
    *,
    based_on: int | None = None,
    note: str = "",
) -> str:
    """A new draft for a unit with these files; its id. Raises Forbidden, Invalid for what cannot be a folder."""
    clean = clean_folder(files)
    title, key = described(clean)
    draft_id, now = uuid4().hex, runtime.now()
    who = {"created_at": now, "created_by": actor_id, "changed_at": now, "changed_by": actor_id}

    def write(c: Connection) -> str:
        require_designer(runtime.actor(c, actor_id), unit_id)
        values = {"id": draft_id, "unit_id": unit_id, "title": title, "key": key, "based_on": based_on}
        c.execute(insert(drafts).values(**values, revision=1, **who))
        rows = [_row(draft_id, name, data, now, actor_id) for name, data in clean.items()]
        if rows:
            c.execute(insert(draft_files), rows)
        keep_state(c, draft_id, 1, now, actor_id, note or "新建草稿", clean)
        entry = journal.Entry(now, "draft-create", actor_id, detail={"draft": draft_id, "key": key})
        journal.append_to_unit(c, unit_id, [entry])
        return draft_id

    return runtime.database.run(write)


def save_file(
    runtime: Runtime, actor_id: int, draft_id: str, name: str, data: bytes, seen: str | None
) -> Saved:
    """Write one file of a draft. `seen` is the digest of the content it was made from, None for a new file.

    Saving what is there already changes nothing. Raises Overtaken where the file has changed meanwhile (it says by
    whom), Invalid, Forbidden, NotVisible.
    """
    name, digest, now = _name(name), digest_of(data), runtime.now()

    def write(c: Connection) -> Saved:
        draft = require_draft(runtime, c, actor_id, draft_id, locked=True)
        current = _current(c, draft_id, name)
        if current is not None and current.digest == digest:
            return Saved(draft.revision, digest, current.changed_at)
        _require_unchanged(c, current, seen, name, actor_id)
        files = files_of(c, draft_id)
        revision = _touch(runtime, c, draft, actor_id, files | {name: data}, f"改了{in_words(name)}")
        c.execute(delete(draft_files).where(*_at(draft_id, name)))
        c.execute(insert(draft_files).values(**_row(draft_id, name, data, now, actor_id)))
        return Saved(revision, digest, now)

    return runtime.database.run(write)


def remove_file(runtime: Runtime, actor_id: int, draft_id: str, name: str, seen: str) -> int:
    """Take a file out of a draft (the history keeps it); the draft's new revision. Raises as `save_file`."""
    name = _name(name)

    def write(c: Connection) -> int:
        draft = require_draft(runtime, c, actor_id, draft_id, locked=True)
        current = _current(c, draft_id, name)
        if current is None:
            return int(draft.revision)
        _require_unchanged(c, current, seen, name, actor_id)
        files = files_of(c, draft_id)
        del files[name]
        c.execute(delete(draft_files).where(*_at(draft_id, name)))
        return _touch(runtime, c, draft, actor_id, files, f"删了{in_words(name)}")

    return runtime.database.run(write)


Change = Callable[[Mapping[str, bytes]], Mapping[str, bytes]]


def change_files(
    runtime: Runtime,
    actor_id: int,
    draft_id: str,
    change: Change,
    seen: Mapping[str, str | None],
    note: str,
) -> int:
    """Several files at once, or none of them: `change` takes the folder as it stands and returns it as it shall be.

    Where it only depends on what the folder holds now, such as a name that stands in several files, `seen` may be
    empty; otherwise it names the digests somebody decided by, None for a file that was not there. `note` says in words
    what was done. Returns the draft's revision. Raises what `change` raises, Overtaken, Invalid, Forbidden, NotVisible.
    """

    def write(c: Connection) -> int:
        draft = require_draft(runtime, c, actor_id, draft_id, locked=True)
        for name, digest in seen.items():
            _require_unchanged(c, _current(c, draft_id, name), digest, name, actor_id)
        after = {_name(name): data for name, data in change(files_of(c, draft_id)).items()}
        return put_folder(runtime, c, draft, actor_id, after, note)

    return runtime.database.run(write)


def require_draft(
    runtime: Runtime, c: Connection, actor_id: int, draft_id: str, *, locked: bool = False
) -> Row[Any, Any, Any]:
    """The draft's row, for one of its designers. Raises NotVisible."""
    query = select(drafts).where(drafts.c.id == draft_id)
    row = c.execute(query.with_for_update() if locked else query).first()
    if row is None or row.removed_at is not None:
        raise NotVisible("draft-unknown", "没有这份草稿，可能已经删除；删除的草稿可以在“流程设计”里找回")
    require_designer(runtime.actor(c, actor_id), row.unit_id)
    return row


def files_of(c: Connection, draft_id: str) -> dict[str, bytes]:
    """The draft's folder as it stands."""
    query = select(draft_files.c.name, draft_files.c.data).where(draft_files.c.draft_id == draft_id)
    return {row.name: row.data for row in c.execute(query.order_by(draft_files.c.name))}


def described(files: Mapping[str, bytes]) -> tuple[str, str | None]:
    """What a folder calls itself: its title, and the key it would be published as (None while nobody can tell)."""
    folder = open_folder(files)
    title, key = folder.settings.get("title"), None
    if folder.examination is not None:
        process = folder.examination.root.find("{*}process")
        key = process.get("id") if process is not None else None
        title = title or (process.get("name") if process is not None else None)
    title = title if isinstance(title, str) and title.strip() else "还没有名称的流程"
    return title.strip()[:128], key[:64] if key else None


def in_words(name: str) -> str:
    """A file of a folder as a designer calls it: 流程图, 设置, 表单“登记”."""
    stem = PurePosixPath(name).stem
    if name == TOML:
        return "设置"
    if is_diagram(name):
        return "流程图"
    folder, _, rest = name.partition("/")
    known = {"forms": "表单", "scenarios": "情形", "templates": "文书模板"}.get(folder) if rest else None
    return f"{known}“{stem}”" if known else f"文件“{name}”"


def clean_folder(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files by the paths they get in a draft. Raises Invalid for what cannot be a folder."""
    clean = {_name(name): data for name, data in files.items()}
    _bounded(len(clean), sum(map(len, clean.values())))
    return clean


def put_folder(
    runtime: Runtime,
    c: Connection,
    draft: Row[Any, Any, Any],
    actor_id: int,
    after: Mapping[str, bytes],
    note: str,
    *,
    apart: bool = False,
) -> int:
    """The draft has exactly these files from now on; its new revision, or the old one where nothing changes."""
    before, now = files_of(c, draft.id), runtime.now()
    touched = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    if not touched:
        return int(draft.revision)
    revision = _touch(runtime, c, draft, actor_id, after, note, apart=apart)
    c.execute(delete(draft_files).where(draft_files.c.draft_id == draft.id, draft_files.c.name.in_(touched)))
    rows = [_row(draft.id, name, after[name], now, actor_id) for name in sorted(touched) if name in after]
    if rows:
        c.execute(insert(draft_files), rows)
    return revision


# ---------------------------------------------------------------- parts


def _touch(
    runtime: Runtime,
    c: Connection,
    draft: Row[Any, Any, Any],
    actor_id: int,
    files: Mapping[str, bytes],
    note: str,
    *,
    apart: bool = False,
) -> int:
    """The draft's own row and its history, for these files."""
    _bounded(len(files), sum(map(len, files.values())))
    title, key = described(files)
    now, revision = runtime.now(), draft.revision + 1
    changed = {"title": title, "key": key, "revision": revision, "changed_at": now, "changed_by": actor_id}
    c.execute(update(drafts).where(drafts.c.id == draft.id).values(**changed))
    keep_state(c, draft.id, revision, now, actor_id, note, files, apart=apart)
    return int(revision)


def _require_unchanged(
    c: Connection, current: Row[Any, Any, Any] | None, seen: str | None, name: str, actor_id: int
) -> None:
    if current is None and seen is None:
        return
    if current is None:
        raise Overtaken(
            "file-removed", f"{in_words(name)}刚刚被别人删了。您的改动还在这台设备上，可以另存为一份草稿"
        )
    if current.digest != seen:
        mine = current.changed_by == actor_id
        who = "您在另一个窗口里" if mine else somebody(c, current.changed_by)
        raise Overtaken(
            "file-changed",
            f"{in_words(name)}刚刚被{who}改过。您的改动还在这台设备上，请选择用哪一份，或者另存为一份草稿",
        )


def _current(c: Connection, draft_id: str, name: str) -> Row[Any, Any, Any] | None:
    columns = (draft_files.c.digest, draft_files.c.changed_at, draft_files.c.changed_by)
    return c.execute(select(*columns).where(*_at(draft_id, name))).first()


def _at(draft_id: str, name: str) -> tuple[Any, Any]:
    return draft_files.c.draft_id == draft_id, draft_files.c.name == name


def _row(draft_id: str, name: str, data: bytes, now: datetime, actor_id: int) -> dict[str, Any]:
    what = {"draft_id": draft_id, "name": name, "digest": digest_of(data), "data": data}
    return what | {"changed_at": now, "changed_by": actor_id}


def _name(name: str) -> str:
    """A path inside the folder. Raises Invalid for one that leads out of it."""
    path = PurePosixPath(name.replace("\\", "/"))
    parts = path.parts
    if not parts or path.is_absolute() or len(name) > 255 or any(_odd(part) for part in parts):
        raise Invalid(
            "bad-name", f"文件名“{name[:60]}”不能用，请换一个：不能有 ..、不能以 . 开头、不能有控制字符"
        )
    return path.as_posix()


def _odd(part: str) -> bool:
    return part.startswith(".") or any(ord(letter) < 32 for letter in part)


def _bounded(number: int, size: int) -> None:
    if number > MAX_FILES or size > MAX_FOLDER_BYTES:
        megabytes = MAX_FOLDER_BYTES // 1_000_000
        raise Invalid("too-big", f"文件夹太大：最多 {MAX_FILES} 个文件、共 {megabytes} MB，请删去不用的文件")
