"""Figures of opinions and of feedback, counted by the database: what the rules of their steps want to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select

from engine.queries.closure import Closure
from engine.steps import answers, notice
from engine.steps.answers import Answered
from engine.steps.notice import Published
from engine.steps.posting import OBJECTION
from engine.steps.summing_up import Heard
from engine.store.proceedings import notice_photos, notices, opinions, publications

# What counts and is shown: not taken back, and where it came through the open link, adopted by somebody who read it.
KEPT = opinions.c.withdrawn_at.is_(None) & ((opinions.c.source != "open") | opinions.c.admitted.is_(True))
WAITING = opinions.c.withdrawn_at.is_(None) & (opinions.c.source == "open") & opinions.c.admitted.is_(None)


def heard(c: Connection, task_id: str, stances: Sequence[str], asked: Sequence[int]) -> Heard:
    """Three statements, however many have spoken."""
    figures = c.execute(_FIGURES, {"task": task_id}).all()
    spoke = {row.person_id: bool(row.known) for row in c.execute(_SPOKE, {"task": task_id})}
    authors = c.scalar(_AUTHORS, {"task": task_id}) or 0
    by_stance = {row.stance: int(row.number) for row in figures}
    return Heard(
        items=sum(by_stance.values()),
        heads=len(spoke) + int(authors),
        asked=len(asked),
        covered=sum(spoke.get(person, False) for person in set(asked)),
        stances={word: by_stance.get(word, 0) for word in stances},
    )


def answered(c: Connection, task_id: str) -> Answered:
    """How far the opinions of this step are answered. One statement."""
    rows: Mapping[str | None, int] = {
        row.adopted: int(row.number) for row in c.execute(_VERDICTS, {"task": task_id})
    }
    return Answered(sum(rows.values()), *(rows.get(verdict, 0) for verdict in answers.VERDICTS))


_HERE = (opinions.c.task_id == bindparam("task"), KEPT)
_FIGURES = select(opinions.c.stance, func.count().label("number")).where(*_HERE).group_by(opinions.c.stance)
_SPOKE = (  # `known`: by his account, his slip or his paper; through the open link anybody may write anybody's name
    select(opinions.c.person_id, func.max(case((opinions.c.source != "open", 1), else_=0)).label("known"))
    .where(*_HERE, opinions.c.person_id.is_not(None))
    .group_by(opinions.c.person_id)
)
_AUTHORS = select(func.count(opinions.c.author.distinct())).where(
    *_HERE, opinions.c.person_id.is_(None), opinions.c.author != ""
)
_VERDICTS = (
    select(opinions.c.adopted, func.count().label("number")).where(*_HERE).group_by(opinions.c.adopted)
)


def waiting(c: Connection, task_id: str) -> int:
    """How many from the open link nobody has moderated yet. One statement."""
    return int(c.scalar(_WAITING, {"task": task_id}) or 0)


_WAITING = select(func.count()).where(opinions.c.task_id == bindparam("task"), WAITING)


def source_of(c: Connection, closure: Closure, instance_id: str, key: str) -> str | None:
    """The last round of the step of this key that received opinions."""
    elements = [node.id for _, node in closure.steps() if node.key == key]
    query = select(opinions.c.task_id).where(
        opinions.c.instance_id == instance_id, opinions.c.element_id.in_(elements), KEPT
    )
    return c.scalar(query.order_by(opinions.c.id.desc()).limit(1))


def published(c: Connection, task_id: str, settings: Mapping[str, Any]) -> Published:
    """What has become of the notice so far. Five statements, whatever feedback there is."""
    row = c.execute(select(notices).where(notices.c.task_id == task_id)).first()
    if row is None:
        return Published()
    channels = c.scalars(select(publications.c.channel).where(publications.c.task_id == task_id))
    return Published(
        row.starts_at,
        row.ends_at,
        notice.in_order(settings, channels),
        objectors(c, task_id),
        answered(c, task_id),
        waiting(c, task_id),
    )


def objectors(c: Connection, task_id: str) -> int:
    """People who object: each person and each strange name once, and everybody who gave no name."""
    objecting = (opinions.c.task_id == task_id, KEPT, opinions.c.stance == OBJECTION)
    named = opinions.c.person_id.is_(None) & (opinions.c.author != "")
    nameless = opinions.c.person_id.is_(None) & (opinions.c.author == "")
    counts = c.execute(
        select(
            func.count(opinions.c.person_id.distinct()),
            func.count(opinions.c.author.distinct()).filter(named),
            func.count().filter(nameless),
        ).where(*objecting)
    ).one()
    return sum(int(number) for number in counts)


def photo_wanted(c: Connection, task_id: str, ends_at: datetime | None, now: datetime) -> bool:
    """Whether it is the last day of a notice, and there is no photo of that day yet."""
    if ends_at is None or not notice.last_day(ends_at) <= now < ends_at:
        return False
    today = (notice_photos.c.task_id == task_id, notice_photos.c.at >= notice.last_day(ends_at))
    return c.scalar(select(notice_photos.c.file_id).where(*today).limit(1)) is None
