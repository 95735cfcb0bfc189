"""A published version as a designer opens it: to read, to download, to go on from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engine.authorisation import Actor, may_open_versions
from engine.refusal import NotVisible
from engine.runtime import Runtime
from engine.store.packing import unpack
from engine.store.tables import people, procedure_versions, units


@dataclass(frozen=True)
class OpenVersion:
    """`content` is the folder as it was published, zipped; `files` what is in it."""

    id: int
    unit_id: int
    unit: str
    key: str
    number: int
    title: str
    level: str
    note: str
    at: datetime
    by: str
    content: bytes
    files: Mapping[str, bytes]


def version(rt: Runtime, actor: Actor, version_id: int) -> OpenVersion:
    """For designers of its unit, and of those below, who may go on from it. Raises NotVisible."""
    query = (
        select(
            procedure_versions,
            units.c.name.label("unit"),
            units.c.path,
            people.c.name.label("who"),
        )
        .join(units, units.c.id == procedure_versions.c.unit_id)
        .outerjoin(people, people.c.id == procedure_versions.c.published_by)
        .where(procedure_versions.c.id == version_id)
    )
    with rt.database.read() as c:
        row = c.execute(query).first()
    if row is None or not may_open_versions(actor, row.path):
        raise NotVisible("version-unknown", "没有这个版本，或者不归您设计")
    return OpenVersion(
        id=row.id,
        unit_id=row.unit_id,
        unit=row.unit,
        key=row.key,
        number=row.version,
        title=row.title,
        level=row.level,
        note=row.note,
        at=row.published_at,
        by=row.who or "",
        content=row.content,
        files=unpack(row.content),
    )


def before(rt: Runtime, actor: Actor, opened: OpenVersion) -> OpenVersion | None:
    """The version that this one has followed in its unit."""
    v = procedure_versions.c
    query = select(v.id).where(v.unit_id == opened.unit_id, v.key == opened.key, v.version < opened.number)
    with rt.database.read() as c:
        found = c.scalar(query.order_by(v.version.desc()).limit(1))
    return version(rt, actor, found) if found is not None else None
