"""assess 测评 on the server: ratings one by one, papers by the batch, and what they come to.

A rating is one row; papers are one row a score. Who rates takes a shared lock on the step, who enters papers, takes
something back or sums up an exclusive one, so that nothing is counted that is not there at the end, nor left out.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from engine.operations.acting import Act, Handler
from engine.operations.failing import gone
from engine.queries.raters import raters
from engine.steps import assess
from engine.steps.assess import Rated
from engine.steps.kind import DOERS, ORGANISER, RECORDER
from engine.store.proceedings import ratings, taken_part
from engine.store.tables import tasks

BATCH = 24  # length of the part of an id that the rows of one batch share


def rate(act: Act) -> None:
    """评价: once a person, by himself or entered by the clerk from his paper."""
    _lock(act, shared=True)
    mine = (ratings.c.task_id == act.task.id, ratings.c.person_id == act.person_id)
    already = act.c.scalar(select(ratings.c.id).where(*mine, ratings.c.withdrawn_at.is_(None)))
    assess.require_first(already is not None, own=act.entered_by is None)
    row = _row(act, uuid.uuid4().hex, act.data[assess.SCORE], 1) | {"person_id": act.person_id}
    act.c.execute(insert(ratings).values(row))
    if act.person_id is not None and ORGANISER not in act.roles:  # the organiser still has to sum up
        act.taken_part(act.person_id)


def add_batch(act: Act) -> None:
    """录入测评票: how many papers say what."""
    _lock(act)
    counts = assess.papers(act.settings, act.data)
    assess.require_room(rated(act), sum(counts.values()))
    batch = uuid.uuid4().hex[:BATCH]
    rows = [_row(act, f"{batch}.{n}", score, number) for n, (score, number) in enumerate(counts.items(), 1)]
    for row in rows[1:]:
        row["comment"] = ""  # what the papers say besides belongs to the batch, not to a score
    act.c.execute(insert(ratings), rows)


def withdraw(act: Act) -> None:
    """撤回: one's own rating; who organises or keeps the record any batch of papers. It stays on record, uncounted."""
    _lock(act)
    entry = str(act.data.get(assess.ENTRY) or "")
    own = or_(ratings.c.person_id == act.person_id, ratings.c.entered_by == act.person_id)
    clerk = bool({ORGANISER, RECORDER} & act.roles)
    allowed = or_(own, ratings.c.person_id.is_(None)) if entry and clerk else own
    here = (ratings.c.task_id == act.task.id, ratings.c.withdrawn_at.is_(None), allowed)
    if not entry:
        last = select(ratings.c.id).where(*here).order_by(ratings.c.at.desc(), ratings.c.id).limit(1)
        entry = str(act.c.scalar(last) or "").partition(".")[0]
    same = or_(ratings.c.id == entry, ratings.c.id.startswith(f"{entry}.", autoescape=True))
    found = act.c.execute(
        update(ratings).where(*here, same).values(withdrawn_at=act.now).returning(ratings.c.person_id)
    ).scalars()
    people = list(found)
    if not entry or not people:
        raise assess.nothing_to_withdraw()
    again = (taken_part.c.task_id == act.task.id, taken_part.c.person_id.in_([p for p in people if p]))
    act.c.execute(delete(taken_part).where(*again))


def close(act: Act) -> dict[str, Any]:
    """汇总: what all ratings and papers come to."""
    _lock(act)
    figures = rated(act)
    assess.require_closable(act.settings, figures, act.now)
    return assess.conclude(act.settings, figures, act.data) | {DOERS: [act.person_id]}


def rated(act: Act) -> Rated:
    """The figures the rules read. One statement for the ratings, and those that tell how many are to rate."""
    asked = raters(act.runtime, act.c, act.task, act.unit_path)
    return Rated(scores_of(act.c, act.task.id), asked.number, scanned(act.c, act.task.id))


def scores_of(c: Connection, task_id: str) -> dict[str, int]:
    """How many have given each score; scores nobody gave are left out."""
    query = (
        select(ratings.c.score, func.sum(ratings.c.number))
        .where(ratings.c.task_id == task_id, ratings.c.withdrawn_at.is_(None))
        .group_by(ratings.c.score)
    )
    return {score: int(number) for score, number in c.execute(query)}


def scanned(c: Connection, task_id: str) -> int:
    """How many rated through the open link, where nobody can tell who they are."""
    here = (ratings.c.task_id == task_id, ratings.c.source == "open", ratings.c.withdrawn_at.is_(None))
    return int(c.scalar(select(func.count()).where(*here)) or 0)


def _row(act: Act, identity: str, score: str, number: int) -> dict[str, Any]:
    return {
        "id": identity,
        "task_id": act.task.id,
        "instance_id": act.instance_id,
        "person_id": None,
        "score": score,
        "number": number,
        "comment": str(act.data.get(assess.COMMENT) or ""),
        "evidence": sorted(act.files),
        "entered_by": act.entered_by if act.action.name == "rate" else act.person_id,
        "at": act.now,
    }


def _lock(act: Act, *, shared: bool = False) -> None:
    """Raises Overtaken where the step was closed a moment ago."""
    here = select(tasks.c.id).where(tasks.c.id == act.task.id).with_for_update(read=shared)
    if act.c.scalar(here) is None:
        assert act.actor is not None
        raise gone(act.runtime, act.c, act.actor, act.task.id)


ACTS: dict[str, Handler] = {"close": close, "rate": rate, "add_batch": add_batch, "withdraw": withdraw}
