"""What proves a matter's record away from the database: its whole chain, what the digests stand for, the sealed rows.

`collect` writes it down (证明/留痕.json of an archive, engine.archive); engine.journal.offline checks it. Content that
was erased by law is left out, and the chain holds all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from engine.journal.chain import instance_chain
from engine.journal.sealing import content_of, sealed_rows
from engine.store.proceedings import opinions
from engine.store.tables import checkpoints, instances, journal, submissions

FORMAT = "cunyi-proof/1"
MOST_HEADS = 20_000  # chains of a county whose checkpoint is taken along


def collect(c: Connection, instance_id: str, now: datetime) -> dict[str, Any]:
    """The proof of one matter as plain JSON. To be read from one snapshot. Who may have it is decided elsewhere."""
    chain = instance_chain(instance_id)
    matter = c.execute(select(instances).where(instances.c.id == instance_id)).one()
    entries = [
        dict(row._mapping)
        for row in c.execute(select(journal).where(journal.c.chain == chain).order_by(journal.c.sequence))
    ]
    return {
        "format": FORMAT,
        "matter": {"id": matter.id, "number": matter.number, "title": matter.title},
        "made_at": moment(now),
        "chain": chain,
        "head": [matter.journal_seq, matter.journal_hash],
        "entries": [{str(name): _plain(value) for name, value in row.items()} for row in entries],
        "submissions": _submissions(c, instance_id),
        "sealed": {
            row["task_id"]: sealed_rows(c, row["task_id"])
            for row in entries
            if row["task_id"] and row["detail"].get("sealed")
        },
        "opinions": _opinions(c, instance_id),
        "checkpoint": _checkpoint(c, chain),
    }


def moment(value: datetime) -> str:
    """A moment as the hash of an entry covers it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _plain(value: Any) -> Any:
    return moment(value) if isinstance(value, datetime) else value


def _submissions(c: Connection, instance_id: str) -> dict[str, dict[str, Any]]:
    """What was handed in, with the salt of its digest; of what was erased, the fact."""
    query = select(submissions.c.id, submissions.c.salt, submissions.c.data)
    rows = c.execute(query.where(submissions.c.instance_id == instance_id).order_by(submissions.c.sequence))
    return {row.id: {"salt": row.salt, "data": row.data} if row.salt else {"erased": True} for row in rows}


def _opinions(c: Connection, instance_id: str) -> dict[str, dict[str, Any]]:
    query = select(opinions).where(opinions.c.instance_id == instance_id, opinions.c.digest.is_not(None))
    rows = c.execute(query.order_by(opinions.c.id))
    return {
        row.id: {"salt": row.salt, "content": content_of(row)} if row.salt else {"erased": True}
        for row in rows
    }


def _checkpoint(c: Connection, chain: str) -> Mapping[str, Any] | None:
    """The last day's heads of all chains, as `export_heads` writes them: kept elsewhere, they show that this chain
    was not written anew.
    """
    rows = c.execute(select(checkpoints).order_by(checkpoints.c.day.desc()).limit(2)).all()
    if not rows or chain not in rows[0].heads or len(rows[0].heads) > MOST_HEADS:
        return None
    previous = rows[1].hash if len(rows) > 1 else None
    last = rows[0]
    return {"day": last.day.isoformat(), "previous": previous, "hash": last.hash, "heads": last.heads}
