"""Everything that belongs to one matter, for its archive (一事一档): steps, opinions, photos, seal, filings, files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from engine import journal as chains
from engine.authorisation import Actor
from engine.documents.fields import PAPERS
from engine.documents.producing import Offer, offers, written
from engine.documents.subject import Subject
from engine.queries import results, timeline
from engine.queries.papers import attached, with_papers
from engine.queries.results import Line
from engine.refusal import Forbidden
from engine.store.proceedings import meetings, notice_photos, opinions, publications
from engine.store.publicity import filings, seal_uses
from engine.store.tables import file_uses, files, journal, people, submissions
from engine.store.voting import ballots, counts

PAPER_ONLY = (
    "选票",
    "计票单",
)  # printed to be filled in; what came of them is in the figures and on the photos
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')


@dataclass(frozen=True)
class Attached:
    """One file of the matter. `path` is its place in the zip; `about` what it belongs to."""

    id: str
    name: str
    media_type: str
    size: int
    about: str
    path: str

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")


@dataclass(frozen=True)
class Step:
    """One entry of the journal that people did, or the clock, with what was handed in."""

    sequence: int
    at: datetime
    who: str
    title: str
    verdict: str
    lines: list[Line]
    files: list[str]
    withdrawn: bool
    reason: str


@dataclass(frozen=True)
class Photo:
    """A picture with the words under it."""

    file_id: str
    caption: str
    at: datetime | None = None


@dataclass
class Gathered:
    """One matter. `documents` are Word files as produced now; `photos` belong to the document of the same place."""

    subject: Subject
    documents: list[tuple[Offer, bytes]] = field(default_factory=list)
    photos: dict[int, list[Photo]] = field(default_factory=dict)
    opinions: list[tuple[str, list[Row[Any]]]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    seals: Sequence[Row[Any]] = ()
    filings: Sequence[Row[Any]] = ()
    files: dict[str, Attached] = field(default_factory=dict)
    published: list[tuple[str, str]] = field(default_factory=list)  # the published files of votes: name, text
    head: chains.Head = chains.GENESIS


def require_archive(actor: Actor, subject: Subject) -> None:
    """It holds names, opinions in full and the proof: for those on a post here or above. Raises Forbidden."""
    if not actor.holds_post_above(subject.row.path):
        raise Forbidden(
            "archive-posts",
            "一事一档里有姓名、意见原文和留痕证明，由本单位或上级在岗的人调取。"
            "您可以在办件页看这件事的经过，或请文书打印给您",
        )


def gather(subject: Subject) -> Gathered:
    """Everything of a matter, as of one moment where `subject` was read from a snapshot."""
    found = Gathered(subject)
    found.head = chains.Head(subject.row.journal_seq, subject.row.journal_hash)
    found.files = {one.id: one for one in _files(subject)}
    every = [offer for offer in offers(subject) if offer.name not in PAPER_ONLY]
    for place, offer in enumerate(every):
        paper = PAPERS[offer.name]
        found.documents.append((offer, written(subject, paper, offer.task_id, offer.meeting_id)))
        photos = list(_photos(subject, every, place))
        if photos:
            found.photos[place] = photos
    found.opinions = list(_opinions(subject))
    found.steps = list(_steps(subject))
    here = subject.row.id
    found.seals = subject.c.execute(
        select(seal_uses, people.c.name.label("clerk"))
        .join(people, people.c.id == seal_uses.c.entered_by)
        .where(seal_uses.c.instance_id == here)
        .order_by(seal_uses.c.used_on, seal_uses.c.at)
    ).all()
    found.filings = subject.c.execute(
        select(filings).where(filings.c.instance_id == here).order_by(filings.c.sent_on, filings.c.at)
    ).all()
    found.published = list(_published(subject))
    return found


# ---------------------------------------------------------------- files


def _files(subject: Subject) -> Iterator[Attached]:
    """Every file once, under the name of the step it came with."""
    query = (
        select(
            file_uses.c.file_id,
            file_uses.c.name,
            files.c.media_type,
            files.c.size,
            submissions.c.step,
            submissions.c.sequence,
        )
        .outerjoin(files, files.c.id == file_uses.c.file_id)
        .outerjoin(submissions, submissions.c.id == file_uses.c.submission_id)
        .where(file_uses.c.instance_id == subject.row.id)
        .order_by(file_uses.c.id)
    )
    seen: set[str] = set()
    taken: set[str] = set()
    for row in subject.c.execute(query):
        if row.file_id in seen:
            continue
        seen.add(row.file_id)
        step = safe(row.step or "其他附件")
        folder = f"附件/{row.sequence:03d} {step}" if row.step else f"附件/{step}"
        path = _unique(f"{folder}/{safe(row.name)}", taken)
        yield Attached(row.file_id, row.name, row.media_type or "", row.size or 0, row.step or "", path)


def safe(name: str) -> str:
    """A name that every system can write."""
    return _UNSAFE.sub("_", name).strip(" .")[:80] or "未命名"


def _unique(path: str, taken: set[str]) -> str:
    stem, dot, ending = path.rpartition(".")
    number, found = 1, path
    while found.lower() in taken:
        number += 1
        found = f"{stem or ending}（{number}）{dot}{ending if stem else ''}"
    taken.add(found.lower())
    return found


def _photos(subject: Subject, every: Sequence[Offer], place: int) -> Iterator[Photo]:
    """What was photographed of a meeting, a count or a notice, behind the last document of each."""
    offer = every[place]
    if offer.name == "公示":
        yield from _of_notice(subject, offer)
    elif offer.name == "表决票统计":
        rows = subject.c.execute(select(counts.c.evidence).where(counts.c.task_id == offer.task_id))
        yield from (Photo(each, "计票单照片") for row in rows for each in row.evidence)
    elif offer.name == "会议记录" or (offer.name == "签到表" and not _has_minutes(every, offer)):
        row = subject.c.execute(select(meetings).where(meetings.c.id == offer.meeting_id)).one()
        yield from (Photo(each, "会前公开的凭证", row.announced_at) for each in row.evidence)
        yield from (Photo(each, "会议照片、签到和记录") for each in row.papers)


def _has_minutes(every: Sequence[Offer], offer: Offer) -> bool:
    return any(one.name == "会议记录" and one.meeting_id == offer.meeting_id for one in every)


def _of_notice(subject: Subject, offer: Offer) -> Iterator[Photo]:
    """From the first day to the last: where it hung, and that it hung."""
    found = []
    for table, about in ((publications, "发布"), (notice_photos, "公示期间")):
        rows = subject.c.execute(select(table).where(table.c.task_id == offer.task_id))
        for row in rows:
            ids = row.evidence if table is publications else [row.file_id]
            found += [Photo(each, f"{row.channel}，{about}", row.at) for each in ids]
    yield from sorted(found, key=lambda photo: (photo.at is None, photo.at))


def _published(subject: Subject) -> Iterator[tuple[str, str]]:
    query = select(ballots.c.task_id, ballots.c.published).where(
        ballots.c.instance_id == subject.row.id, ballots.c.published.is_not(None)
    )
    for number, row in enumerate(subject.c.execute(query.order_by(ballots.c.closed_at)), 1):
        yield f"表决/{number:02d} 公布的表决结果.json", row.published


# ---------------------------------------------------------------- what was said and done


def _opinions(subject: Subject) -> Iterator[tuple[str, list[Row[Any]]]]:
    """By step and round, in the order they came; with what waits to be admitted or was not left to the record."""
    labels = {node.id: node.label for _, node in subject.closure.steps()}
    clerk = people.alias("clerk")
    query = (
        select(opinions, people.c.name.label("person"), clerk.c.name.label("clerk"))
        .outerjoin(people, people.c.id == opinions.c.person_id)
        .outerjoin(clerk, clerk.c.id == opinions.c.entered_by)
        .where(opinions.c.instance_id == subject.row.id, opinions.c.withdrawn_at.is_(None))
        .order_by(opinions.c.at, opinions.c.id)
    )
    rounds: dict[str, list[Row[Any]]] = {}
    for row in subject.c.execute(query):
        rounds.setdefault(row.task_id, []).append(row)
    for rows in rounds.values():
        yield labels.get(rows[0].element_id, rows[0].element_id), rows


def _steps(subject: Subject) -> Iterator[Step]:
    closure, parameters = subject.closure, subject.row.parameters
    behalf = people.alias("behalf")
    query = (
        select(
            journal,
            people.c.name.label("actor"),
            behalf.c.name.label("behalf"),
            submissions.c.data,
            submissions.c.salt,
            submissions.c.withdrawn_at,
        )
        .outerjoin(people, people.c.id == journal.c.actor_id)
        .outerjoin(behalf, behalf.c.id == journal.c.behalf_of_id)
        .outerjoin(submissions, submissions.c.id == journal.c.submission_id)
        .where(journal.c.chain == chains.instance_chain(subject.row.id))
        .order_by(journal.c.sequence)
    )
    rows = subject.c.execute(query).all()
    papers = attached(subject.c, {row.submission_id for row in rows if row.submission_id})
    for row in rows:
        handed_in = row.data is not None and row.action not in ("confirm", "withdraw", "cancel", "reassign")
        lines = results.handed_in(closure, row, parameters) if handed_in else []
        lines = with_papers(lines, papers.get(row.submission_id, [])) if handed_in else []
        erased = [Line("内容", "已依法清除")] if handed_in and not row.salt else []
        title = timeline.ACTIONS.get(row.action) or results.act_title(closure, row, parameters) or row.action
        yield Step(
            row.sequence,
            row.at,
            _who(row),
            "：".join(part for part in (row.detail.get("step"), title) if part),
            (results.verdict(closure, row, parameters) or "") if handed_in else "",
            erased or [Line(line.label, line.text) for line in lines if line.text],
            [file.id for line in lines for file in line.files],
            row.withdrawn_at is not None,
            str((row.data or {}).get("理由") or "") if row.action in ("cancel", "reassign") else "",
        )


def _who(row: Row[Any]) -> str:
    if row.behalf and row.behalf_of_id != row.actor_id:
        return f"{row.behalf}（{row.actor}代录）"
    return row.actor or "系统"
