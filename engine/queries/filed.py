"""Uses of the seal and filings of a matter, as its pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.authorisation import Actor, may_keep_papers, require_matter
from engine.queries.meetings import Paper
from engine.refusal import NotVisible
from engine.runtime import Runtime
from engine.store.publicity import filings, seal_uses
from engine.store.tables import file_uses, instances, people, units


@dataclass(frozen=True)
class SealUseView:
    document: str
    seal: str
    copies: int
    used_on: date
    approved_by: str
    kept_by: str
    entered_by: str
    files: tuple[Paper, ...]


@dataclass(frozen=True)
class FilingView:
    """`received_on` is None while the receipt is waited for."""

    id: str
    document: str
    authority: str
    sent_on: date
    received_on: date | None
    receipt_number: str
    entered_by: str
    files: tuple[Paper, ...]


@dataclass(frozen=True)
class Filed:
    """Of one matter, by day. `may_register`: the reader keeps the unit's papers, or started the matter."""

    title: str
    seals: tuple[SealUseView, ...]
    filings: tuple[FilingView, ...]
    may_register: bool
    seal: str = ""  # what a form begins with

    @property
    def waiting(self) -> int:
        return sum(one.received_on is None for one in self.filings)


def of_matter(rt: Runtime, actor: Actor, instance_id: str) -> Filed:
    """Raises NotVisible."""
    return rt.database.look(lambda c: _of_matter(c, actor, instance_id))


def _of_matter(c: Connection, actor: Actor, instance_id: str) -> Filed:
    query = select(
        instances.c.title, instances.c.started_by, units.c.path, units.c.name.label("unit"), units.c.level
    )
    query = query.join(units, units.c.id == instances.c.unit_id).where(instances.c.id == instance_id)
    row = c.execute(query).first()
    if row is None:
        raise NotVisible("matter-unknown", "没有这个办件，或者它不在您能查看的范围里")
    require_matter(c, actor, instance_id, row.path)
    seals, sent = _rows(c, seal_uses, instance_id, "used_on"), _rows(c, filings, instance_id, "sent_on")
    names = _files(c, instance_id, [each for one in [*seals, *sent] for each in one.evidence])
    return Filed(
        row.title,
        tuple(
            SealUseView(
                one.document,
                one.seal,
                one.copies,
                one.used_on,
                one.approved_by,
                one.kept_by,
                one.clerk,
                _papers(one, names),
            )
            for one in seals
        ),
        tuple(
            FilingView(
                one.id,
                one.document,
                one.authority,
                one.sent_on,
                one.received_on,
                one.receipt_number,
                one.clerk,
                _papers(one, names),
            )
            for one in sent
        ),
        may_keep_papers(actor, row.path) or row.started_by == actor.person_id,
        f"{row.unit}村民委员会印章" if row.level == "村" else f"{row.unit}印章",
    )


def _rows(c: Connection, table: Any, instance_id: str, day: str) -> list[Row[Any]]:
    query = select(table, people.c.name.label("clerk")).join(people, people.c.id == table.c.entered_by)
    return list(c.execute(query.where(table.c.instance_id == instance_id).order_by(table.c[day], table.c.at)))


def _files(c: Connection, instance_id: str, ids: list[str]) -> dict[str, str]:
    if not ids:
        return {}
    query = select(file_uses.c.file_id, file_uses.c.name).where(file_uses.c.file_id.in_(set(ids)))
    return {one.file_id: one.name for one in c.execute(query.where(file_uses.c.instance_id == instance_id))}


def _papers(row: Row[Any], names: dict[str, str]) -> tuple[Paper, ...]:
    return tuple(Paper(each, names[each]) for each in row.evidence if each in names)
