"""Checking the journal: every chain from its first entry, against the heads kept elsewhere and an exported
checkpoint.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select, tuple_, union_all

from engine.journal.chain import GENESIS, Head, canonical, digest, hash_of
from engine.journal.sealing import altered
from engine.journal.signed import Signed
from engine.store.tables import chain_heads, checkpoints, instances, journal, submissions

_PAGE = 1000


@dataclass(frozen=True)
class Break:
    """The first place of a chain that is not as it was written. `why` is Chinese."""

    chain: str
    sequence: int
    why: str

    def __str__(self) -> str:
        return f"{self.chain} 第 {self.sequence} 条：{self.why}"


@dataclass(frozen=True)
class Checked:
    """What a verification went through, and what it found."""

    chains: int
    entries: int
    breaks: tuple[Break, ...]

    @property
    def intact(self) -> bool:
        return not self.breaks


def verify(connection: Connection, chain: str | None = None, exported: Iterable[str | bytes] = ()) -> Checked:
    """Recompute everything, or one chain. `exported`: lines of `export_heads`, so that a removed chain shows too."""
    heads = _heads(connection, chain)
    breaks: list[Break] = []
    seen: dict[str, Head] = {}
    known: dict[str, dict[int, str]] = {}
    lines = _read_lines(exported, breaks)
    for name, wanted in lines:
        known.setdefault(name, {})[wanted.sequence] = wanted.hash
    entries = 0
    broken: set[str] = set()
    signed = Signed()
    for row in _entries(connection, chain):
        entries += 1
        name = row["chain"]
        head = seen.get(name, GENESIS)
        if name not in broken:
            why = _wrong(row, head, known.get(name, {})) or _unsealed(connection, row)
            why = why or signed.wrong(connection, row)
            if why:
                breaks.append(Break(name, head.sequence + 1, why))
                broken.add(name)
        seen[name] = Head(row["sequence"], row["hash"])
    breaks += [found for found in _against_heads(heads, seen) if found.chain not in broken]
    for name, why in signed.unknown(connection, chain):
        if name not in broken:
            breaks.append(Break(name, seen.get(name, GENESIS).sequence, why))
    lost = {found.chain for found in breaks}
    for name, wanted in lines:
        if seen.get(name, GENESIS).sequence < wanted.sequence and name not in lost and chain in (None, name):
            breaks.append(Break(name, wanted.sequence, "存档时有这一条，现在没有了"))
            lost.add(name)
    return Checked(len(heads.keys() | seen.keys()), entries, tuple(breaks))


def checkpoint(connection: Connection, day: date, now: datetime) -> str:
    """Write down the heads of all chains for a day, once; answers the line to export (`export_heads`)."""
    row = connection.execute(select(checkpoints).where(checkpoints.c.day == day)).mappings().one_or_none()
    if row is None:
        heads = {name: list(head) for name, head in sorted(_heads(connection, None).items())}
        before = connection.scalar(select(checkpoints.c.hash).order_by(checkpoints.c.day.desc()).limit(1))
        written = {"day": day, "at": now, "heads": heads, "hash": _checkpoint_hash(day, heads, before)}
        connection.execute(checkpoints.insert().values(**written))
    return next(line for line in export_heads(connection, day))


def export_heads(connection: Connection, since: date | None = None) -> Iterator[str]:
    """One JSON line a day. Kept outside (printed, sent upwards), it proves later that no chain was taken away."""
    rows = connection.execute(select(checkpoints).order_by(checkpoints.c.day)).mappings()
    before: str | None = None
    for row in rows:
        if since is None or row["day"] >= since:
            line = {
                "day": row["day"].isoformat(),
                "previous": before,
                "hash": row["hash"],
                "heads": row["heads"],
            }
            yield orjson.dumps(line).decode()
        before = row["hash"]


def _checkpoint_hash(day: date, heads: Mapping[str, Any], previous: str | None) -> str:
    covered = {"day": day.isoformat(), "heads": heads, "previous": previous}
    return hashlib.sha256(canonical(covered)).hexdigest()


def _read_lines(exported: Iterable[str | bytes], breaks: list[Break]) -> list[tuple[str, Head]]:
    heads: list[tuple[str, Head]] = []
    for number, line in enumerate(exported, 1):
        _, found = read_heads(line)
        if found is None:
            breaks.append(Break("checkpoint", number, "存档文件的这一行被改过或不完整"))
            continue
        heads += found.items()
    return heads


def read_heads(line: str | bytes) -> tuple[date | None, dict[str, Head] | None]:
    """The day and the heads of an exported checkpoint; None for heads that are not as they were written."""
    try:
        read = orjson.loads(line)
        day = date.fromisoformat(read["day"])
        intact = _checkpoint_hash(day, read["heads"], read["previous"]) == read["hash"]
        found = {str(name): Head(*head) for name, head in read["heads"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None, None
    return day, found if intact else None


def _heads(connection: Connection, chain: str | None) -> dict[str, Head]:
    """The head of each chain as the instances and the units carry it."""
    matters = select(
        ("instance:" + instances.c.id).label("chain"), instances.c.journal_seq, instances.c.journal_hash
    )
    others = select(chain_heads.c.chain, chain_heads.c.sequence, chain_heads.c.hash)
    rows = connection.execute(union_all(matters, others))
    return {name: Head(sequence, hash_) for name, sequence, hash_ in rows if chain in (None, name)}


def _entries(connection: Connection, chain: str | None) -> Iterator[dict[str, Any]]:
    """In order, a page at a time: a county's journal does not fit into memory."""
    place = tuple_(journal.c.chain, journal.c.sequence)
    query = (
        select(journal, submissions.c.salt, submissions.c.data)
        .outerjoin(submissions, submissions.c.id == journal.c.submission_id)
        .order_by(journal.c.chain, journal.c.sequence)
        .limit(_PAGE)
    )
    if chain is not None:
        query = query.where(journal.c.chain == chain)
    rows = connection.execute(query).mappings().all()
    while rows:
        for row in rows:
            yield {str(name): value for name, value in row.items()}  # SQLAlchemy's names are a kind of str
        last = tuple_(rows[-1]["chain"], rows[-1]["sequence"])
        rows = connection.execute(query.where(place > last)).mappings().all()


def _wrong(row: Mapping[str, Any], head: Head, known: Mapping[int, str]) -> str | None:
    """What is wrong with an entry that follows `head`; None when it is right."""
    if row["sequence"] != head.sequence + 1:
        return "缺了这一条"
    if row["previous"] != head.hash:
        return "与前一条接不上，前面的记录被换过"
    written = {name: value for name, value in row.items() if name not in ("salt", "data")}
    if hash_of(written) != row["hash"]:
        return "内容被改过"
    if known.get(row["sequence"], row["hash"]) != row["hash"]:
        return "与存档不一致，整条记录链被重写过"
    # Content erased by law is NULL-like (`{}` with an empty salt): the chain still holds, only its meaning is
    # gone.
    if row["digest"] and row["salt"] and digest(row["salt"], row["data"]) != row["digest"]:
        return "办理内容与留痕不一致，办理内容被改过"
    return None


def _unsealed(connection: Connection, row: Mapping[str, Any]) -> str | None:
    """What is wrong with the votes, opinions, ratings or attendance of a step that this entry ended."""
    sealed = row["detail"].get("sealed") if row["task_id"] else None
    if sealed and altered(connection, row["task_id"], sealed):
        return "这一步结束以后，它的投票、意见、测评或签到的记录被改过"
    return None


def _against_heads(heads: Mapping[str, Head], seen: Mapping[str, Head]) -> Iterator[Break]:
    for name in sorted(heads.keys() | seen.keys()):
        head, last = heads.get(name), seen.get(name, GENESIS)
        if head is None:
            yield Break(name, last.sequence, "有留痕，却找不到它所属的办件或单位")
        elif last.sequence < head.sequence:
            yield Break(name, last.sequence + 1, "末尾的记录被删掉了")
        elif last != head:
            yield Break(name, last.sequence, "末尾与办件记载的不一致")
