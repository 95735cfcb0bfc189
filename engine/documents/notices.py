"""What documents say of a notice: its text as it was published, or as it is proposed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from engine.documents.subject import Subject, day, last_day, paragraphs
from engine.refusal import NotVisible
from engine.store.proceedings import notices, publications
from engine.store.tables import tasks


def of_matter(subject: Subject) -> list[Row[Any]]:
    """The notices of a matter, those published first; then open steps whose notice is still to go out."""
    query = select(notices).where(notices.c.instance_id == subject.row.id).order_by(notices.c.starts_at)
    published = list(subject.c.execute(query))
    known = {row.task_id for row in published}
    waiting = select(tasks).where(tasks.c.instance_id == subject.row.id, tasks.c.kind == "notice")
    return [*published, *(row for row in subject.c.execute(waiting) if row.id not in known)]


def id_of(row: Row[Any]) -> str:
    return str(row._mapping.get("task_id") or row.id)


def one(subject: Subject, task_id: str) -> Row[Any]:
    """Raises NotVisible."""
    found = next((row for row in of_matter(subject) if id_of(row) == task_id), None)
    if found is None:
        raise NotVisible("notice-unknown", "这件事没有这份公示。请回到办件页重新打开")
    return found


def notice(subject: Subject, row: Row[Any]) -> dict[str, Any]:
    """公示."""
    published = "content" in row._mapping
    text = row.content if published else _proposed(subject, row)
    channels = (
        subject.c.scalars(
            select(publications.c.channel)
            .where(publications.c.task_id == row.task_id)
            .order_by(publications.c.at, publications.c.channel)
        )
        if published
        else row.settings["channels"]
    )
    return subject.common() | {
        "标题": subject.row.title,
        "正文": paragraphs(text),
        "公示期": f"{day(row.starts_at)}至{last_day(row.ends_at)}" if published else "",
        "公示渠道": "、".join(channels),
        "落款日期": day(row.starts_at) if published else day(subject.rt.now()),
    }


def _proposed(subject: Subject, row: Row[Any]) -> str:
    """The text a notice goes out with unless somebody changes it, as its page shows it."""
    from engine.queries.notices import composed  # which imports the operations, and these import it

    return composed(
        subject.closure,
        row.settings["shows"],
        subject.data(row.id),
        subject.row.parameters,
        subject.row.title,
    )
