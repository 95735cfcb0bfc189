"""The minutes of a meeting that is over: derived from who was there and what was decided, with the recorder's own words
and the signatures under them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.authorisation import Actor, visible_matters
from engine.operations import signing
from engine.queries import ballot_records
from engine.queries.ballot_records import Record
from engine.queries.invited import conducts as conducts_now
from engine.queries.meetings import MeetingView, read_meeting, show
from engine.refusal import NotVisible
from engine.runtime import Runtime
from engine.store.proceedings import signatures
from engine.store.tables import file_uses, people


@dataclass(frozen=True)
class Signed:
    """One signature. Not `is_current`: it stands under an earlier text. `files`: what may be looked at."""

    name: str
    role: str
    at: datetime
    is_current: bool
    entered_by: str | None
    files: tuple[str, ...]


@dataclass(frozen=True)
class Minutes:
    """`role`: as what the reader signs, empty for who was not there; `unsigned`: those there who have not signed."""

    meeting: MeetingView
    digest: str
    signed: tuple[Signed, ...]
    role: str
    has_signed: bool
    may_write: bool
    unsigned: tuple[tuple[int, str], ...]
    votes: Mapping[str, Record]

    @property
    def names(self) -> dict[str, list[str]]:
        """Who was there, by attendance; a seat that was given away under both names."""
        found: dict[str, list[str]] = {}
        for one in self.meeting.members:
            name = f"{one.name}（代 {one.in_place_of}）" if one.in_place_of else one.name
            found.setdefault(one.attendance, []).append(name)
        return found

    @property
    def current(self) -> int:
        return sum(one.is_current for one in self.signed)


def minutes(rt: Runtime, actor: Actor, meeting_id: str) -> Minutes:
    """Raises NotVisible, also for a meeting that is not over yet."""
    found = rt.database.look(lambda c: _minutes(rt, c, actor, meeting_id))
    votes = {}
    for item in found.meeting.agenda:
        if item.ballot_id is not None:
            votes[item.ballot_id] = ballot_records.record(rt, actor, item.ballot_id)
    return Minutes(**{**vars(found), "votes": votes})


def _minutes(rt: Runtime, c: Connection, actor: Actor, meeting_id: str) -> Minutes:
    row = read_meeting(c, actor, meeting_id)
    if row.status not in ("held", "inquorate"):
        raise NotVisible("minutes-unknown", "会议还没有结束，结束以后才有会议记录")
    shown = show(rt, c, actor, row, leads=conducts_now(c, actor, row), every_member=True)
    digest = signing.digest_of(c, row)
    done = signing.signed_by(c, row.id, digest)
    came = {one.id: one.name for one in shown.members if one.attendance in ("present", "left")}
    there = {row.chair_id: row.chair} | ({row.recorder_id: row.recorder} if row.recorder_id else {}) | came
    return Minutes(
        meeting=shown,
        digest=digest,
        signed=tuple(_signed(c, actor, row, digest)),
        role=signing.role_of(c, row, actor.person_id) or "",
        has_signed=actor.person_id in done,
        may_write=signing.conducts(actor, row),
        unsigned=tuple((person, name) for person, name in there.items() if person not in done),
        votes={},
    )


def _signed(c: Connection, actor: Actor, row: Row[Any], digest: str) -> list[Signed]:
    """The chair first; of somebody who has signed again only the last one."""
    clerk = people.alias("clerk")
    query = (
        select(signatures, people.c.name, clerk.c.name.label("clerk"))
        .join(people, people.c.id == signatures.c.person_id)
        .outerjoin(clerk, clerk.c.id == signatures.c.entered_by)
        .where(signatures.c.meeting_id == row.id)
    )
    rows = sorted(c.execute(query), key=lambda one: (one.digest == digest, one.at, one.person_id))
    last = {one.person_id: one for one in rows}
    ids = {each for one in last.values() for each in one.evidence}
    readable = select(file_uses.c.file_id).where(
        file_uses.c.file_id.in_(ids), file_uses.c.instance_id.in_(visible_matters(actor))
    )
    may_see = set(c.scalars(readable)) if ids else set()
    found = [
        Signed(
            one.name,
            one.role,
            one.at,
            one.digest == digest,
            one.clerk,
            tuple(each for each in one.evidence if each in may_see),
        )
        for one in last.values()
    ]
    return sorted(found, key=lambda one: (signing.ROLES.index(one.role), one.at))
