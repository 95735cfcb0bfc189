"""What publishing a draft would come to, before anybody does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from engine.authorisation import Actor
from engine.diagram import Finding, check_folder, load_folder
from engine.diagram.comparison import Comparison, compare
from engine.operations.procedures import called_by
from engine.operations.proving import prove
from engine.operations.publishing import edition_of, require_closures
from engine.people.units import get
from engine.queries.desk import Published, find_published
from engine.queries.drafts import Draft, draft
from engine.refusal import Invalid
from engine.runtime import Runtime
from engine.scenarios import Report
from engine.scenarios.renaming import Renames, renames
from engine.store.packing import pack, unpack
from engine.store.tables import procedure_versions


@dataclass(frozen=True)
class Rival:
    """A version somebody has published since the draft was begun, or that it was never based on.

    `changes`: what it changed of the version the draft goes on from, None where there is none.
    """

    id: int
    number: int
    by: str
    at: datetime
    note: str
    changes: Comparison | None


@dataclass(frozen=True)
class Prospect:
    """`number` is the version it would become; `compared` what it is compared with, in words.

    `published` is what the unit has of this procedure already, None where it would be the first. `unmet` is what keeps
    it from working with other procedures. `same`: not a byte differs from the newest version. `renamed`: the title of
    the procedure it was begun from, where it would become another one. `renames`: names that changed in the
    drawing, but not yet in the scenarios.
    """

    draft: Draft
    findings: Sequence[Finding]
    unmet: str
    number: int
    published: Published | None
    rival: Rival | None
    comparison: Comparison | None
    same: bool
    renamed: str
    renames: Renames

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == "error"]

    @property
    def warnings(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity != "error"]

    @property
    def ready(self) -> bool:
        """Nothing but its scenarios may keep it from being published."""
        return not self.errors and not self.unmet and not self.same


def prospect(rt: Runtime, actor: Actor, draft_id: str) -> Prospect:
    """For the designers of its unit. Raises NotVisible."""
    found = draft(rt, actor, draft_id)
    findings = check_folder(found.files, designations=rt.designations)
    broken = any(finding.severity == "error" for finding in findings)
    with rt.database.snapshot() as c:
        published = find_published(c, found.unit_id, found.key) if found.key else None
        newest = published.newest if published else None
        before = _content(c, newest.id) if newest else None
        unmet = "" if broken else _unmet(rt, c, found)
        renamed = _other_key(c, found)
        origin = _content(c, found.based_on) if found.based_on else before
        base = origin if found.based_on and not renamed else None
    rival = None
    if newest is not None and newest.id != found.based_on:
        theirs = compare(unpack(base), unpack(before)) if base and before else None
        rival = Rival(newest.id, newest.number, newest.by or "随程序", newest.at, newest.note, theirs)
    return Prospect(
        draft=found,
        findings=findings,
        unmet=unmet,
        number=newest.number + 1 if newest else 1,
        published=published,
        rival=rival,
        comparison=compare(unpack(before), found.files) if before is not None else None,
        same=before is not None and before == pack(found.files) and not (published and published.withdrawn),
        renamed=renamed,
        renames=renames(unpack(origin), found.files) if origin else Renames(),
    )


def proof(rt: Runtime, actor: Actor, draft_id: str) -> Sequence[Report]:
    """Every scenario of the draft, played with the procedures it calls as they are in force in its unit.

    Raises NotVisible, engine.diagram.DiagramError where it cannot run.
    """
    found = draft(rt, actor, draft_id)
    procedure = load_folder(found.files)
    called = rt.database.look(lambda c: called_by(rt, c, procedure, get(c, found.unit_id)))
    return prove(found.files, called)


def _unmet(rt: Runtime, c: Connection, found: Draft) -> str:
    try:
        require_closures(rt, c, edition_of(rt, found.files).procedure, get(c, found.unit_id))
    except Invalid as refusal:
        return refusal.message
    return ""


def _content(c: Connection, version_id: int) -> Any:
    return c.scalar(select(procedure_versions.c.content).where(procedure_versions.c.id == version_id))


def _other_key(c: Connection, found: Draft) -> str:
    """The title of the procedure it was begun from, where it would be published as another one by now."""
    if found.based_on is None:
        return ""
    v = procedure_versions.c
    row = c.execute(select(v.key, v.title).where(v.id == found.based_on)).one()
    return str(row.title) if row.key != found.key else ""
