"""Drafts as their designers see them: one with its files, and the lists of the studio's entrance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import Select, select, union

from engine.authorisation import Actor, design_units
from engine.diagram.folder import diagram_of
from engine.operations.draft_states import SITTING
from engine.refusal import NotVisible
from engine.runtime import Runtime
from engine.store.drafts import draft_files, draft_states, drafts
from engine.store.tables import people, procedure_versions, units


@dataclass(frozen=True)
class Stored:
    """A file of a draft. `digest` is what a save of it must have seen."""

    name: str
    digest: str
    data: bytes
    changed_at: datetime
    changed_by: str = ""


@dataclass(frozen=True)
class Draft:
    """A draft with its files. `base` is the version it was begun from, as people write it (`第 3 版`)."""

    id: str
    unit_id: int
    unit: str
    title: str
    key: str | None
    based_on: int | None
    base: str
    revision: int
    changed_at: datetime
    changed_by: str
    company: str  # who else has saved something in the last quarter of an hour: 同行、李四
    stored: Mapping[str, Stored]

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The folder, as checks and rehearsals take it."""
        return {name: one.data for name, one in self.stored.items()}

    @property
    def diagram(self) -> Stored | None:
        """The diagram's file: the first of them, where by mistake there are several."""
        name = diagram_of(self.stored)
        return self.stored[name] if name is not None else None


def draft(rt: Runtime, actor: Actor, draft_id: str) -> Draft:
    """Three statements. Raises NotVisible for everybody but the designers of its unit."""
    columns = (
        drafts,
        units.c.name.label("unit"),
        people.c.name.label("who"),
        procedure_versions.c.version.label("base"),
    )
    tables = (
        drafts.join(units, units.c.id == drafts.c.unit_id)
        .outerjoin(people, people.c.id == drafts.c.changed_by)
        .outerjoin(procedure_versions, procedure_versions.c.id == drafts.c.based_on)
    )
    files = (
        select(draft_files, people.c.name.label("who"))
        .outerjoin(people, people.c.id == draft_files.c.changed_by)
        .where(draft_files.c.draft_id == draft_id)
        .order_by(draft_files.c.name)
    )
    with rt.database.snapshot() as c:
        row = c.execute(select(*columns).select_from(tables).where(drafts.c.id == draft_id)).first()
        if row is None or row.removed_at is not None or row.unit_id not in design_units(actor):
            raise NotVisible("draft-unknown", "没有这份草稿，可能已经删除；删除的草稿可以在“流程设计”里找回")
        found = c.execute(files).all()
        company = [row.name for row in c.execute(_company(rt, actor, draft_id))]
    return Draft(
        id=row.id,
        unit_id=row.unit_id,
        unit=row.unit,
        title=row.title,
        key=row.key,
        based_on=row.based_on,
        base=f"第 {row.base} 版" if row.base is not None else "",
        revision=row.revision,
        changed_at=row.changed_at,
        changed_by=row.who or "",
        company="、".join(company),
        stored={f.name: Stored(f.name, f.digest, f.data, f.changed_at, f.who or "") for f in found},
    )


def _company(rt: Runtime, actor: Actor, draft_id: str) -> Select[tuple[str]]:
    """Who else has turned to the draft lately, by what they saved."""
    lately = rt.now() - SITTING
    mine = (draft_states.c.draft_id == draft_id, draft_files.c.draft_id == draft_id)
    saved = union(
        select(draft_states.c.by).where(mine[0], draft_states.c.at > lately),
        select(draft_files.c.changed_by).where(mine[1], draft_files.c.changed_at > lately),
    )
    others = select(people.c.name).where(people.c.id.in_(saved), people.c.id != actor.person_id)
    return others.order_by(people.c.name)
