"""Beginning a draft: from nothing, from what is published, from another draft, or from a file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from uuid import uuid4

from sqlalchemy import Connection, select

from engine.authorisation import may_open_versions, require_designer
from engine.diagram import DiagramError
from engine.diagram.beginning import blank, copied
from engine.diagram.procedure import LEVELS
from engine.diagram.repair import opened
from engine.operations.drafts import create_draft, files_of, require_draft
from engine.refusal import Invalid, NotVisible
from engine.runtime import Runtime
from engine.store.packing import pack, unpack
from engine.store.tables import procedure_versions, units
from engine.store.zipped import read_zip

MAX_TITLE = 60
MAX_FILE = 10_000_000


def begin_blank(runtime: Runtime, actor_id: int, unit_id: int, title: str, level: str, starter: str) -> str:
    """A small procedure that already runs; the draft's id. Raises Invalid with the fields at fault, Forbidden."""
    problems: dict[str, str] = {}
    title = _title(title, problems)
    if level not in LEVELS:
        problems["level"] = "请选在哪一级办理"
    post = runtime.designations.get(starter)
    if post is None or not post.can_be_held:
        problems["starter"] = "请选由谁发起"
    elif "level" not in problems and not _holds(post.levels, level):
        problems["starter"] = f"{starter}不设在{level}一级，请另选一个"
    if problems:
        raise Invalid("blank", "还差几项，请补上", problems)
    files = blank(new_key(), title, level, starter)
    return create_draft(runtime, actor_id, unit_id, files, note="从空白开始")


def begin_change(runtime: Runtime, actor_id: int, unit_id: int, version_id: int) -> str:
    """A draft that will become the next version of the same procedure. Raises NotVisible, Forbidden."""
    files, said = runtime.database.look(lambda c: _version(runtime, c, actor_id, version_id))
    return create_draft(runtime, actor_id, unit_id, files, based_on=version_id, note=f"由{said}改来")


def begin_copy(
    runtime: Runtime,
    actor_id: int,
    unit_id: int,
    title: str,
    *,
    version_id: int | None = None,
    draft_id: str | None = None,
) -> str:
    """A draft of another procedure with all that a version or a draft holds. Raises Invalid, NotVisible, Forbidden."""
    problems: dict[str, str] = {}
    title = _title(title, problems)
    if problems:
        raise Invalid("copy", problems["title"], problems)

    def read(c: Connection) -> tuple[Mapping[str, bytes], str]:
        if version_id is not None:
            return _version(runtime, c, actor_id, version_id)
        draft = require_draft(runtime, c, actor_id, draft_id or "")
        return files_of(c, draft.id), f"草稿“{draft.title}”"

    files, said = runtime.database.look(read)
    return create_draft(runtime, actor_id, unit_id, copied(files, new_key(), title), note=f"照{said}新建")


def begin_from_file(runtime: Runtime, actor_id: int, unit_id: int, data: bytes, name: str) -> str:
    """A draft of a diagram of another tool, or of a folder as a zip. Raises Invalid, saying what to do; Forbidden.

    A folder that was published just so goes on from that version.
    """
    runtime.database.look(lambda c: require_designer(runtime.actor(c, actor_id), unit_id))
    files = folder_from(data, name)
    digest = hashlib.sha256(pack(files)).hexdigest()
    same = select(procedure_versions.c.id).where(
        procedure_versions.c.unit_id == unit_id, procedure_versions.c.digest == digest
    )
    based_on = runtime.database.look(
        lambda c: c.scalar(same.order_by(procedure_versions.c.version.desc()).limit(1))
    )
    note = f"由文件 {PurePosixPath(name).name[:80]} 导入"
    return create_draft(runtime, actor_id, unit_id, files, based_on=based_on, note=note)


def folder_from(data: bytes, name: str) -> dict[str, bytes]:
    """The folder in a file: a zip of one, or a diagram. Raises Invalid, saying what to do."""
    if not data:
        raise Invalid("empty", "这个文件是空的，请重新选择")
    if len(data) > MAX_FILE:
        megabytes = MAX_FILE // 1_000_000
        raise Invalid(
            "too-big", f"文件有 {len(data) / 1e6:.0f} MB，最多 {megabytes} MB。请删去里面的图片和附件再导入"
        )
    if name.lower().endswith(".zip") or (data.startswith(b"PK\x03\x04") and "." not in name):
        return read_zip(data)
    if data.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        return read_zip(data)  # which says what to do with these
    try:
        return opened(data, name)
    except DiagramError as error:
        raise Invalid("cannot-open", str(error)) from error


def new_key() -> str:
    """What a procedure is published as, until its designer gives it a name of their own."""
    return f"liucheng_{uuid4().hex[:6]}"


def _version(
    runtime: Runtime, c: Connection, actor_id: int, version_id: int
) -> tuple[Mapping[str, bytes], str]:
    v = procedure_versions.c
    query = select(v.content, v.title, v.version, units.c.path).join(units, units.c.id == v.unit_id)
    row = c.execute(query.where(v.id == version_id)).first()
    if row is None or not may_open_versions(runtime.actor(c, actor_id), row.path):
        raise NotVisible("version-unknown", "没有这个版本，或者不归您设计")
    return unpack(row.content), f"“{row.title}”第 {row.version} 版"


def _title(title: str, problems: dict[str, str]) -> str:
    title = "".join(letter for letter in " ".join(title.split()) if letter.isprintable())
    if not title or len(title) > MAX_TITLE:
        problems["title"] = f"请给流程起个名字，1 到 {MAX_TITLE} 字"
    return title


def _holds(levels: tuple[str, ...], level: str) -> bool:
    """Whether a post of these levels is found from a matter of `level`: in its unit, or in one above."""
    return any(LEVELS.index(one) <= LEVELS.index(level) for one in levels if one in LEVELS)
