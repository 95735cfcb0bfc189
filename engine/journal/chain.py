"""Writing the journal. An entry's hash covers the entry and the hash before it, so that nothing can be
changed, taken out or put between unseen. Personal content never enters: only ids and salted digests, so that
it can be erased by law while the chain still verifies.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, select

from engine.store.database import one_at_a_time
from engine.store.tables import chain_heads, journal


class Head(NamedTuple):
    """The last entry of a chain: its number and its hash. The next one is `sequence + 1`."""

    sequence: int
    hash: str


GENESIS = Head(0, "0" * 64)


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `actor_id` None: the clock. `detail`: ids, names of steps, numbers; nothing personal.

    `digest` stands for the content of a submission: `digest(salt, data)`.
    """

    at: datetime
    action: str
    actor_id: int | None = None
    behalf_of_id: int | None = None
    element_id: str | None = None
    task_id: str | None = None
    submission_id: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    digest: str | None = None


def append(
    connection: Connection, chain: str, head: Head | tuple[int, str], entries: Sequence[Entry]
) -> Head:
    """Write `entries` after `head`, the last of `chain` as the caller knows it; answers the new head. One statement.

    Raises IntegrityError when somebody else has written after that head: then the whole change must be made again.
    """
    rows, head = link(chain, Head(*head), entries)
    if rows:
        connection.execute(journal.insert(), rows)
    return head


def link(chain: str, head: Head, entries: Sequence[Entry]) -> tuple[list[dict[str, Any]], Head]:
    """The rows of `entries` after `head`, and the new head: what `append` writes, worked out beforehand."""
    rows = []
    for entry in entries:
        row = sealed(chain, head, entry)
        rows.append(row)
        head = Head(row["sequence"], row["hash"])
    return rows, head


def append_to_unit(connection: Connection, unit_id: int, entries: Sequence[Entry]) -> Head:
    """Write on the chain of a unit: appointments, parameters, publishing, and whatever else belongs to no matter."""
    chain = unit_chain(unit_id)
    where = chain_heads.c.chain == chain
    query = select(chain_heads.c.sequence, chain_heads.c.hash).where(where).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:  # there is nothing to lock yet, and two may write the first entry at once
        one_at_a_time(connection, chain)
        row = connection.execute(query).one_or_none()
    head = append(connection, chain, Head(*row) if row else GENESIS, entries)
    values = {"sequence": head.sequence, "hash": head.hash}
    if row is None:
        connection.execute(chain_heads.insert().values(chain=chain, **values))
    else:
        connection.execute(chain_heads.update().where(where).values(**values))
    return head


def instance_chain(instance_id: str) -> str:
    return f"instance:{instance_id}"


def unit_chain(unit_id: int) -> str:
    return f"unit:{unit_id}"


def new_salt() -> str:
    """128 random bits: without them nobody can try out what a digest stands for."""
    return secrets.token_hex(16)


def digest(salt: str, data: Any) -> str:
    """What stands in the journal for the content `data` (pure JSON)."""
    return hashlib.sha256(salt.encode() + b"\n" + canonical(data)).hexdigest()


def canonical(data: Any) -> bytes:
    """The one way to write down a JSON value: keys sorted, no spaces."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)


def sealed(chain: str, head: Head, entry: Entry) -> dict[str, Any]:
    """The row of `entry` after `head`, with its hash."""
    row: dict[str, Any] = {
        "chain": chain,
        "sequence": head.sequence + 1,
        "at": entry.at,
        "actor_id": entry.actor_id,
        "behalf_of_id": entry.behalf_of_id,
        "action": entry.action,
        "element_id": entry.element_id,
        "task_id": entry.task_id,
        "submission_id": entry.submission_id,
        "detail": dict(entry.detail),
        "digest": entry.digest,
        "previous": head.hash,
    }
    row["hash"] = hash_of(row)
    return row


def hash_of(row: Mapping[str, Any]) -> str:
    """The hash a row of the journal must carry: over every column but the hash itself."""
    covered = {name: value for name, value in row.items() if name != "hash"}
    covered["at"] = row["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return hashlib.sha256(canonical(covered)).hexdigest()
