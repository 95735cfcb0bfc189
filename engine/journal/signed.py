"""Signatures under minutes against the entries of the unit's chain that wrote them: one put in, taken away or changed
behind the product's back shows (BB-6).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from engine.journal.chain import unit_chain
from engine.store.proceedings import meetings, signatures

ACTION = "sign_minutes"


class Signed:
    """What the entries gone through so far say of signatures."""

    def __init__(self) -> None:
        self._known: Counter[str] = Counter()

    def wrong(self, c: Connection, entry: Mapping[str, Any]) -> str | None:
        """Whether the rows are not as an entry says. One statement for an entry of signatures, none for others."""
        if entry["action"] != ACTION:
            return None
        detail = entry["detail"]
        people = detail.get("people") or []
        self._known[entry["chain"]] += len(people)
        own = (
            signatures.c.meeting_id == detail.get("meeting"),
            signatures.c.digest == detail.get("digest"),
        )
        columns = (signatures.c.person_id, signatures.c.entered_by, signatures.c.evidence)
        found = {
            row.person_id: (row.entered_by, sorted(row.evidence))
            for row in c.execute(select(*columns).where(*own, signatures.c.person_id.in_(people)))
        }
        actor = entry["actor_id"]
        wanted = {person: (actor if person != actor else None, detail.get("files")) for person in people}
        return None if found == wanted else "会议记录上的签字与留痕不一致，签字被改过或删掉了"

    def unknown(self, c: Connection, chain: str | None) -> Iterator[tuple[str, str]]:
        """Chains of units that have signatures no entry tells of."""
        query = select(meetings.c.unit_id, func.count().label("number")).join(
            signatures, signatures.c.meeting_id == meetings.c.id
        )
        for row in c.execute(query.group_by(meetings.c.unit_id)):
            name = unit_chain(row.unit_id)
            if chain in (None, name) and row.number > self._known[name]:
                yield name, "会议记录上有留痕里没有的签字"
