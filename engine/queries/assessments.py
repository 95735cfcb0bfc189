"""测评 as its page and the API show it: how many have rated, who has not, what was entered from paper.

How they rated is shown to nobody before it is summed up, so that nobody waits for the moment that suits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from engine.authorisation import Actor
from engine.operations.links import page_code
from engine.people.roster import names_of
from engine.queries.households import slip_figures
from engine.queries.opinions import PublicSide
from engine.queries.raters import raters
from engine.refusal import Refusal
from engine.runtime import Runtime
from engine.steps import assess, period
from engine.steps.assess import Rated
from engine.steps.kind import MEMBER, ORGANISER, RECORDER
from engine.store.proceedings import ratings

MOST_ENTRIES = 100


@dataclass(frozen=True)
class Batch:
    """Papers entered together. `says`: 满意 10 张，不满意 2 张."""

    id: str
    says: str
    comment: str
    by: str
    at: datetime
    files: tuple[str, ...]


@dataclass(frozen=True)
class Assessment:
    """`mine` is what the reader said, None before. `waiting` are those who have not rated, for who looks after it.

    `closable`: it may be summed up now; else `hindrance` says why not. `acts`: what the reader may do now.
    """

    scores: tuple[str, ...]
    number: int
    asked: int
    least: int
    passes: tuple[str, ...]
    ends_at: datetime | None
    closable: bool
    hindrance: str
    acts: tuple[str, ...]
    mine: str | None = None
    batches: list[Batch] = field(default_factory=list)
    waiting: list[tuple[int, str]] = field(default_factory=list)
    public: PublicSide = field(default_factory=PublicSide)


def view(rt: Runtime, c: Connection, actor: Actor, row: Any, roles: frozenset[str]) -> Assessment:
    """Eleven statements at most."""
    settings, clerk = row.settings, bool({ORGANISER, RECORDER} & roles)
    asked = raters(rt, c, row, row.path)
    scores = _scores(c, row.id)
    figures = Rated(scores, asked.number)
    mine = _mine(c, row.id, actor.person_id) if MEMBER in roles else None
    try:
        assess.require_closable(settings, figures, rt.now())
        hindrance = ""
    except Refusal as refusal:
        hindrance = refusal.message
    outside = PublicSide(page_code(c, row.instance_id) or "")
    if clerk:
        made, done = slip_figures(c, row.id)
        outside = replace(outside, links=made, answered=done)
    batches = _batches(c, row.id, settings["scores"]) if clerk else []
    return Assessment(
        scores=tuple(settings["scores"]),
        number=figures.number,
        asked=asked.number,
        least=settings["least"],
        passes=tuple(settings["pass"]),
        ends_at=period.ends(settings),
        closable=not hindrance,
        hindrance=hindrance,
        acts=_acts(roles, mine, bool(batches), not hindrance, made=bool(outside.links)),
        mine=mine,
        batches=batches,
        waiting=_waiting(c, row.id, asked.now) if clerk else [],
        public=outside,
    )


def _acts(
    roles: frozenset[str], mine: str | None, batches: bool, closable: bool, *, made: bool
) -> tuple[str, ...]:
    clerk = bool({ORGANISER, RECORDER} & roles)
    may = {
        "rate": MEMBER in roles and mine is None,
        "add_batch": clerk,
        "withdraw": mine is not None or batches,
        "close": ORGANISER in roles and closable,
        "make_links": clerk,
        "renew_link": clerk and made,
    }
    return tuple(name for name, yes in may.items() if yes)


def _scores(c: Connection, task_id: str) -> Mapping[str, int]:
    query = (
        select(ratings.c.score, func.sum(ratings.c.number))
        .where(ratings.c.task_id == task_id, ratings.c.withdrawn_at.is_(None))
        .group_by(ratings.c.score)
    )
    return {score: int(number) for score, number in c.execute(query)}


def _mine(c: Connection, task_id: str, person: int) -> str | None:
    own = (ratings.c.task_id == task_id, ratings.c.person_id == person, ratings.c.withdrawn_at.is_(None))
    return c.scalar(select(ratings.c.score).where(*own))


def _waiting(c: Connection, task_id: str, people: Sequence[int]) -> list[tuple[int, str]]:
    query = select(ratings.c.person_id).where(
        ratings.c.task_id == task_id, ratings.c.person_id.is_not(None), ratings.c.withdrawn_at.is_(None)
    )
    done = set(c.scalars(query))
    names = names_of(c, set(people) - done)
    return [(person, names[person]) for person in people if person in names]


def _batches(c: Connection, task_id: str, scores: Sequence[str]) -> list[Batch]:
    """Papers without a name, those entered together in one line, the latest first."""
    papers = (ratings.c.task_id == task_id, ratings.c.person_id.is_(None), ratings.c.withdrawn_at.is_(None))
    query = select(ratings).where(*papers).order_by(ratings.c.at.desc(), ratings.c.id).limit(MOST_ENTRIES)
    grouped: dict[str, list[Row[Any]]] = {}
    for row in c.execute(query):
        grouped.setdefault(row.id.partition(".")[0], []).append(row)
    names = names_of(c, {rows[0].entered_by for rows in grouped.values()})
    return [_batch(batch, rows, names, scores) for batch, rows in grouped.items()]


def _batch(batch: str, rows: Sequence[Row[Any]], names: Mapping[int, str], scores: Sequence[str]) -> Batch:
    said = {row.score: row.number for row in rows}
    first = rows[0]
    return Batch(
        id=batch,
        says="，".join(f"{score} {said[score]} 张" for score in scores if score in said),
        comment="；".join(row.comment for row in rows if row.comment),
        by=names.get(first.entered_by, "已离任人员"),
        at=first.at,
        files=tuple(first.evidence),
    )
