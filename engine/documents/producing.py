"""Documents of a matter: which can be produced now, and one of them as Word file or PDF.

    offered(rt, actor, instance_id)                       # what the page lists
    produce(rt, actor, instance_id, "决议", task_id=…, form="pdf")

They are made anew each time, out of what the meetings, votes and notices left behind: nothing is typed into them.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row

from engine.authorisation import Actor
from engine.documents import meetings, notices, tallies, votes
from engine.documents.fields import PAPERS, Paper
from engine.documents.html import MOST_ROWS, to_html
from engine.documents.opening import Unreadable
from engine.documents.pdf import write_pdf
from engine.documents.subject import Subject, day
from engine.documents.template import fill, template_of
from engine.operations import links
from engine.queries import public as public_queries
from engine.refusal import Invalid, NotVisible
from engine.runtime import Runtime

Form = Literal["docx", "pdf"]
MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


@dataclass(frozen=True)
class Document:
    """A file to hand out. `name` carries its ending."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class Offer:
    """A document that can be produced now; `of` tells which meeting, vote or notice it is about."""

    name: str
    of: str
    meeting_id: str | None = None
    task_id: str | None = None

    @property
    def public(self) -> bool:
        """There is a copy for everybody, with names masked."""
        return PAPERS[self.name].public


Build = Callable[[Subject, Row[Any]], dict[str, Any]]
_BUILD: dict[str, Build] = {
    "会议通知": meetings.notice,
    "签到表": meetings.attendance,
    "会议记录": meetings.minutes,
    "表决票统计": votes.statistics,
    "决议": votes.resolution,
    "公示": notices.notice,
    "选票": votes.papers,
    "计票单": votes.tally_sheet,
}


# ---------------------------------------------------------------- which


def offered(rt: Runtime, actor: Actor, instance_id: str) -> list[Offer]:
    """What can be produced of this matter now. Raises NotVisible."""
    return rt.database.look(lambda c: list(offers(Subject.read(rt, c, actor, instance_id))))


def offers(subject: Subject) -> Iterator[Offer]:
    """In the order in which a file is kept: meeting by meeting with its votes, then the notices."""
    by_meeting: dict[str, list[Row[Any]]] = {}
    for vote in votes.of_matter(subject):
        by_meeting.setdefault(vote.meeting_id, []).append(vote)
    for held in meetings.of_matter(subject):
        yield from _of_meeting(held)
        for vote in by_meeting.get(held.id, ()):
            yield from _of_vote(subject, held, vote)
    for row in notices.of_matter(subject):
        begun = row._mapping.get("starts_at")
        yield Offer("公示", f"{day(begun)}起公示" if begun else "还没有发布", task_id=notices.id_of(row))


def _of_meeting(held: Row[Any]) -> Iterator[Offer]:
    about = f"{held.name}，{day(held.starts_at)}"
    over = held.status in ("held", "inquorate")
    # A meeting that was only written down afterwards was never called by a notice of ours.
    called = held.opened_at != held.starts_at or held.convened_at < held.opened_at
    for name in ("会议通知",) * called + ("签到表",) + ("会议记录",) * over:
        yield Offer(name, about, meeting_id=held.id)


def _of_vote(subject: Subject, held: Row[Any], vote: Row[Any]) -> Iterator[Offer]:
    about = f"{held.name}，{day(held.starts_at)}"
    if vote.closed_at is None:
        names: tuple[str, ...] = ("选票", "计票单")
    else:
        over = tallies.closed(subject, vote.task_id)
        resolved = any(motion["结果"] == tallies.PASSED or motion["当选人"] for motion in over.motions)
        names = ("表决票统计",) + ("决议",) * resolved
    for name in names:
        yield Offer(name, about, meeting_id=held.id, task_id=vote.task_id)


# ---------------------------------------------------------------- one


def produce(
    rt: Runtime,
    actor: Actor,
    instance_id: str,
    name: str,
    *,
    task_id: str | None = None,
    meeting_id: str | None = None,
    form: Form = "docx",
    public: bool = False,
) -> Document:
    """One document. `task_id` names the vote or the notice, `meeting_id` the meeting; where there is only one, or for
    the last one, they may be left out. `public`: names are masked, for those who may show it to everybody.

    Raises NotVisible, Invalid where there is nothing to print yet, NoPdf.
    """
    paper = PAPERS.get(name)
    if paper is None or form not in MEDIA_TYPES or (public and not paper.public):
        raise NotVisible("document-unknown", "没有这种材料。请从“打印材料”页里选")

    def read(c: Connection) -> tuple[bytes, str]:
        subject = Subject(rt, c, Subject.read(rt, c, actor, instance_id).row, public)
        return written(subject, paper, task_id, meeting_id), subject.row.title

    return _handed_out(*rt.database.look(read), name, form, public=public)


def disclose(rt: Runtime, code: str, task_id: str, name: str, form: Form) -> Document:
    """The copy for everybody of what a vote left behind, for who has the code of the matter's public page: of votes
    that stand on it as over, and of nothing else. Raises NotVisible, NoPdf.
    """
    public_queries.ballot_file(rt, code, task_id)  # what is not there costs two statements, not a whole page
    page = public_queries.matter(rt, code)
    shown = [stage.ballot for stage in page.way if stage.ballot is not None]
    if form not in MEDIA_TYPES or not any(one.task_id == task_id and name in one.papers for one in shown):
        raise NotVisible("document-unknown", "没有这份材料，或者表决还没有结束。请从这件事的页面上打开")

    def read(c: Connection) -> bytes:
        link = links.found(c, code, household=False)
        return written(Subject.disclosed(rt, c, link.instance_id), PAPERS[name], task_id, None)

    return _handed_out(rt.database.look(read), page.title, name, form, public=True)


def _handed_out(data: bytes, title: str, name: str, form: Form, *, public: bool) -> Document:
    full = f"{title} {name}{'（公开版）' if public else ''}.{form}"
    return Document(full, MEDIA_TYPES[form], as_pdf(data, f"{title} {name}") if form == "pdf" else data)


def written(subject: Subject, paper: Paper, task_id: str | None, meeting_id: str | None) -> bytes:
    """The filled-in Word file. Raises NotVisible, Invalid."""
    context = _BUILD[paper.name](subject, _about(subject, paper, task_id, meeting_id))
    try:
        return fill(template_of(subject.closure.main.files, paper), context)
    except Unreadable as error:
        raise Invalid("template", f"“{paper.name}”的模板用不了：{error}") from error


def _about(subject: Subject, paper: Paper, task_id: str | None, meeting_id: str | None) -> Row[Any]:
    if paper.of == "meeting":
        return meetings.one(subject, meeting_id or _last(meetings.of_matter(subject)).id)
    if paper.of == "ballot":
        return votes.one(subject, task_id or _last(votes.of_matter(subject)).task_id)
    return notices.one(subject, task_id or notices.id_of(_last(notices.of_matter(subject))))


def _last(rows: list[Row[Any]]) -> Row[Any]:
    if not rows:
        raise NotVisible("document-early", "还没有到出这份材料的时候：先要有会议、表决或公示")
    return rows[-1]


def as_pdf(data: bytes, title: str) -> bytes:
    """A Word file of ours as PDF. Raises NoPdf, Invalid for one with longer tables than a PDF is made of."""
    page = to_html(data)
    if page.is_long:
        raise Invalid(
            "pdf-long",
            f"这份材料的表格超过 {MOST_ROWS} 行，生成 PDF 要等好几分钟。请下载 Word 版，再直接打印或另存为 PDF",
        )
    kept = io.BytesIO()
    write_pdf(page.body, page.css, kept, title=title)
    return kept.getvalue()
