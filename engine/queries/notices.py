"""What a notice shows: its text, where it hangs with the proof, how long still, and what villagers said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from engine.authorisation import Actor
from engine.durations import in_words
from engine.queries import results as step_results
from engine.queries.closure import Closure
from engine.queries.heard import photo_wanted, published
from engine.queries.opinions import OpinionView, PublicSide, listed, public_side
from engine.runtime import Runtime
from engine.steps import notice
from engine.steps.answers import Answered
from engine.steps.kind import MEMBER, ORGANISER, RECORDER
from engine.store.proceedings import notice_photos, notices, opinions, publications


@dataclass(frozen=True)
class Publication:
    """One channel it went out through; `files` are ids of the proof."""

    channel: str
    files: list[str]
    at: datetime


@dataclass(frozen=True)
class NoticePhoto:
    """A photo that was added while it hung."""

    channel: str
    file: str
    at: datetime


@dataclass(frozen=True)
class NoticeView:
    """`acts` are what this person may do now; `content` is the text, before publishing the one proposed.
    `would_end_at` is when it ends if it goes out now; `photo_wanted` that it is the last day, and nobody has taken a
    photo of it yet.
    """

    acts: tuple[str, ...]
    content: str
    channels: Sequence[str]
    least: int
    days: str
    would_end_at: datetime
    starts_at: datetime | None
    ends_at: datetime | None
    is_over: bool
    closable: bool
    publications: list[Publication]
    feedback: list[OpinionView]
    objectors: int
    objections: int
    answered: Answered
    public: PublicSide
    photos: list[NoticePhoto] = field(default_factory=list)
    photo_wanted: bool = False


def view(rt: Runtime, c: Connection, actor: Actor, row: Any, roles: frozenset[str]) -> NoticeView:
    """What this person sees of a notice now."""
    so_far = published(c, row.id, row.settings)
    found = c.execute(select(notices.c.content).where(notices.c.task_id == row.id)).scalar()
    out = select(publications).where(publications.c.task_id == row.id).order_by(publications.c.channel)
    over = so_far.ends_at is not None and rt.now() >= so_far.ends_at
    closable = over and not notice.waits(row.settings, so_far)
    leads = bool(roles & {ORGANISER, RECORDER})
    here = opinions.c.task_id == row.id
    if not leads and MEMBER in roles:
        here = here & (opinions.c.person_id == actor.person_id)
    outside = public_side(c, actor, row, leads=leads)
    return NoticeView(
        acts=_acts(roles, so_far, over, closable, outside),
        content=found if found is not None else _proposed(rt, c, row),
        channels=row.settings["channels"],
        least=row.settings["least"],
        days=in_words(row.settings["days"]),
        would_end_at=notice.ends(row.settings, rt.now(), rt.calendar(c)),
        starts_at=so_far.starts_at,
        ends_at=so_far.ends_at,
        is_over=over,
        closable=closable,
        publications=[Publication(one.channel, list(one.evidence), one.at) for one in c.execute(out)],
        feedback=listed(c, here, actor, named=leads, to_answer=True) if so_far.starts_at else [],
        objectors=so_far.objectors,
        objections=row.settings["objections"],
        answered=so_far.answered,
        public=outside,
        photos=_photos(c, row.id),
        photo_wanted=leads and photo_wanted(c, row.id, so_far.ends_at, rt.now()),
    )


def _photos(c: Connection, task_id: str) -> list[NoticePhoto]:
    query = select(notice_photos).where(notice_photos.c.task_id == task_id).order_by(notice_photos.c.at)
    return [NoticePhoto(row.channel, row.file_id, row.at) for row in c.execute(query)]


def _acts(
    roles: frozenset[str], so_far: notice.Published, over: bool, closable: bool, outside: PublicSide
) -> tuple[str, ...]:
    if so_far.starts_at is None:
        return ("publish",) if ORGANISER in roles else ()
    found = ["moderate"] if outside.to_moderate else []
    found += ["add_feedback"] if roles & {ORGANISER, RECORDER, MEMBER} and not over else []
    if ORGANISER in roles and so_far.answered.items:
        found.append("answer")
    if roles & {ORGANISER, RECORDER}:
        found.append("add_photo")
    if ORGANISER in roles and closable:
        found.append("close")
    return tuple(found)


def _proposed(rt: Runtime, c: Connection, row: Any) -> str:
    closure = Closure.of(rt, c, row.version_id, row.closure)
    definition = rt.definition(c, row.version_id, row.closure)
    instance = definition.restore(
        row.state, clock=rt.clock, parameters=row.parameters, calendar=rt.calendar(c)
    )
    return composed(closure, row.settings["shows"], instance.context(row.id), row.parameters, row.title)


def composed(
    closure: Closure,
    shows: Sequence[str],
    context: Mapping[str, Any],
    parameters: Mapping[str, Any],
    title: str,
) -> str:
    """The text to publish, from the results of the steps named: their lines, never who voted how, nor what a form
    keeps from the public.
    """
    parts = [title]
    results = {result.key: result for result in step_results.published(closure, context, parameters)}
    for result in (results[key] for key in shows if key in results):
        lines = [f"{line.label}：{line.text}" for line in result.lines if line.text]
        if lines:
            parts.append("\n".join([f"【{result.title}】", *lines]))
    return "\n\n".join(parts)
