"""What many did on one step (votes, counts, opinions, ratings, attendance), sealed in the journal when the step ends.

While the step is open these rows have no entries of their own: thousands at once would stand in line for one chain.
The entry that ends the step carries a hash of each kind of row, so that a row changed, added or removed afterwards
shows. An opinion's words can be erased by law: then its salted digest stays and the seal still holds.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from engine.journal.chain import canonical, digest
from engine.store.proceedings import (
    agenda_items,
    meeting_households,
    meeting_members,
    meetings,
    opinions,
    ratings,
)
from engine.store.voting import (
    ballots,
    counts,
    election_rounds,
    receipts,
    secret_ballots,
    secret_marks,
    votes,
)

# Kinds of row there was no table for before they were sealed: where the journal names none, there must be none.
_ALWAYS = frozenset({"marks", "secret_ballots", "receipts", "election_rounds", "published"})


def seal(connection: Connection, task_id: str) -> dict[str, str]:
    """The hashes of what stands on a step that ends now, by kind of row; the digests of opinions are written down."""
    _write_digests(connection, task_id)
    return hashes(connection, task_id)


def hashes(connection: Connection, task_id: str) -> dict[str, str]:
    """The hashes as the rows are now; kinds of which there are none are left out."""
    return {kind: hash_of_rows(rows) for kind, rows in sealed_rows(connection, task_id).items()}


def hash_of_rows(rows: list[Any]) -> str:
    """What the journal takes of one kind of row."""
    return hashlib.sha256(canonical(rows)).hexdigest()


def sealed_rows(connection: Connection, task_id: str) -> dict[str, list[Any]]:
    """What a step's seal covers, by kind of row, as plain JSON: the proof that leaves the county takes it along
    (engine.archive); kinds of which there are none are left out.
    """
    found = {
        "votes": _votes(connection, task_id),
        "marks": _marks(connection, task_id),
        "secret_ballots": _secret_ballots(connection, task_id),
        "receipts": _receipts(connection, task_id),
        "election_rounds": _election_rounds(connection, task_id),
        "counts": _counts(connection, task_id),
        "published": _published(connection, task_id),
        "opinions": _opinions(connection, task_id),
        "ratings": _ratings(connection, task_id),
        "attendance": _attendance(connection, task_id),
        "households": _households(connection, task_id),
    }
    return {kind: rows for kind, rows in found.items() if rows}


def altered(connection: Connection, task_id: str, sealed: dict[str, str]) -> bool:
    """Whether anything is otherwise than it was sealed, also the words of an opinion."""
    now = hashes(connection, task_id)
    if any(now.get(kind) != hash_ for kind, hash_ in sealed.items()) or _ALWAYS & (
        now.keys() - sealed.keys()
    ):
        return True
    rows = connection.execute(
        select(opinions).where(opinions.c.task_id == task_id, opinions.c.digest.is_not(None))
    )
    return any(row.salt and digest(row.salt, content_of(row)) != row.digest for row in rows)


def _write_digests(connection: Connection, task_id: str) -> None:
    rows = connection.execute(select(opinions).where(opinions.c.task_id == task_id)).all()
    values = [{"b_id": row.id, "b_digest": digest(row.salt, content_of(row))} for row in rows]
    if values:
        written = (
            update(opinions).where(opinions.c.id == bindparam("b_id")).values(digest=bindparam("b_digest"))
        )
        connection.execute(written, values)


def content_of(opinion: Any) -> dict[str, Any]:
    """What the digest of an opinion (a row) stands for."""
    names = ("person_id", "author", "channel", "stance", "content", "entered_by")
    return {name: getattr(opinion, name) for name in names}


def _opinions(connection: Connection, task_id: str) -> list[Any]:
    """Of one from the open link also whether it was adopted: an objection counts or not by that."""
    own = select(
        opinions.c.id,
        opinions.c.digest,
        opinions.c.withdrawn_at.is_not(None),
        opinions.c.source,
        opinions.c.admitted,
    )
    rows = connection.execute(own.where(opinions.c.task_id == task_id).order_by(opinions.c.id))
    return [[*row[:3], row.admitted] if row.source == "open" else list(row[:3]) for row in rows]


def _votes(connection: Connection, task_id: str) -> list[Any]:
    """As they were sealed before there were elections and weights, with these behind where there are any."""
    own = select(
        votes.c.motion, votes.c.round, votes.c.person_id, votes.c.choice, votes.c.chosen, votes.c.weight
    )
    order = (votes.c.motion, votes.c.round, votes.c.person_id)
    rows = connection.execute(own.where(votes.c.task_id == task_id).order_by(*order))
    return [_short(list(row), 4, [None, 1]) for row in rows]


def _marks(connection: Connection, task_id: str) -> list[Any]:
    order = (secret_marks.c.motion, secret_marks.c.round, secret_marks.c.person_id)
    return _plain(
        connection.execute(select(*order).where(secret_marks.c.task_id == task_id).order_by(*order))
    )


def _secret_ballots(connection: Connection, task_id: str) -> list[Any]:
    order = (secret_ballots.c.motion, secret_ballots.c.round, secret_ballots.c.position)
    own = select(*order, secret_ballots.c.choice, secret_ballots.c.chosen)
    return _plain(connection.execute(own.where(secret_ballots.c.task_id == task_id).order_by(*order)))


def _receipts(connection: Connection, task_id: str) -> list[Any]:
    order = (receipts.c.motion, receipts.c.round, receipts.c.receipt)
    return _plain(connection.execute(select(*order).where(receipts.c.task_id == task_id).order_by(*order)))


def _election_rounds(connection: Connection, task_id: str) -> list[Any]:
    own = election_rounds.c
    query = select(own.motion, own.round, own.seats, own.candidates, own.elected, own.attendance)
    return _plain(connection.execute(query.where(own.task_id == task_id).order_by(own.motion, own.round)))


def _counts(connection: Connection, task_id: str) -> list[Any]:
    """The figures and who stands for them; not when."""
    left_out = ("task_id", "entered_at", "confirmed_at")
    columns = [column for column in counts.c if column.name not in left_out]
    query = select(*columns).where(counts.c.task_id == task_id).order_by(counts.c.motion, counts.c.round)
    return _plain(connection.execute(query))


def _published(connection: Connection, task_id: str) -> list[Any]:
    """The digest of the file, the one whoever holds a copy of it can reckon."""
    text = connection.scalar(select(ballots.c.published).where(ballots.c.task_id == task_id))
    return [hashlib.sha256(text.encode()).hexdigest()] if text is not None else []


def _ratings(connection: Connection, task_id: str) -> list[Any]:
    gone = ratings.c.withdrawn_at.is_not(None)
    own = select(ratings.c.id, ratings.c.person_id, ratings.c.score, ratings.c.number, gone)
    return _plain(connection.execute(own.where(ratings.c.task_id == task_id).order_by(ratings.c.id)))


def _attendance(connection: Connection, task_id: str) -> list[Any]:
    """Of a meeting that has ended: until then somebody may still come."""
    over = (agenda_items.c.withdrawn_at.is_(None), meetings.c.status.in_(("held", "inquorate")))
    own = (
        select(
            meeting_members.c.person_id,
            meeting_members.c.is_voter,
            meeting_members.c.attendance,
            meeting_members.c.weight,
            meeting_members.c.in_place_of,
        )
        .join(meetings, meetings.c.id == meeting_members.c.meeting_id)
        .join(agenda_items, agenda_items.c.meeting_id == meetings.c.id)
        .where(agenda_items.c.task_id == task_id, *over)
        .order_by(meeting_members.c.person_id)
    )
    return [_short(list(row), 3, [1, None]) for row in connection.execute(own)]


def _households(connection: Connection, task_id: str) -> list[Any]:
    """Who stood for which household; frozen when the meeting opened."""
    own = meeting_households.c
    query = (
        select(own.household_id, own.person_id)
        .join(agenda_items, agenda_items.c.meeting_id == own.meeting_id)
        .where(agenda_items.c.task_id == task_id, agenda_items.c.withdrawn_at.is_(None))
        .order_by(own.household_id, own.person_id)
    )
    return _plain(connection.execute(query))


def _short(row: list[Any], length: int, usual: list[Any]) -> list[Any]:
    """The row without what came to the table later, where that says nothing: seals of before stay what they were."""
    return row[:length] if row[length:] == usual else row


def _plain(rows: Iterable[Any]) -> list[Any]:
    return [list(row) for row in rows]
