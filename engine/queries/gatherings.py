"""All opinions and feedback of one matter, by step and round, with what was answered (WH-1.2: everybody is told)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from engine import authorisation
from engine.authorisation import Actor
from engine.queries.closure import Closure
from engine.queries.heard import KEPT
from engine.queries.opinions import OpinionView, listed
from engine.queries.page import Page, cut, read_cursor
from engine.refusal import NotVisible
from engine.runtime import Runtime
from engine.store.proceedings import opinions
from engine.store.tables import instances, units

MOST = 20  # rounds of steps on one page
EACH = 30  # opinions of a round on one page


@dataclass(frozen=True)
class Gathering:
    """What one round of a step received, the latest first; `next` is the cursor of those that are not listed."""

    task_id: str
    step: str
    since: datetime
    number: int
    items: list[OpinionView]
    next: str | None


@dataclass(frozen=True)
class Gatherings:
    """Of one matter."""

    instance_id: str
    title: str
    rounds: list[Gathering]


def any_in(c: Connection, instance_id: str) -> bool:
    """Whether somebody has said something in this matter."""
    query = select(opinions.c.id).where(opinions.c.instance_id == instance_id, KEPT).limit(1)
    return c.execute(query).first() is not None


def of_matter(rt: Runtime, actor: Actor, instance_id: str) -> Gatherings:
    """Everything said in a matter, names masked but one's own. Raises NotVisible."""
    return rt.database.look(lambda c: _of_matter(rt, c, actor, instance_id))


def _of_matter(rt: Runtime, c: Connection, actor: Actor, instance_id: str) -> Gatherings:
    query = (
        select(instances.c.title, instances.c.version_id, instances.c.closure, units.c.path)
        .join(units, units.c.id == instances.c.unit_id)
        .where(instances.c.id == instance_id)
    )
    row: Any = c.execute(query).first()
    if row is None:
        raise NotVisible("matter-unknown", "没有这个办件，或者它不在您能查看的范围里")
    authorisation.require_matter(c, actor, instance_id, row.path)
    closure = Closure.of(rt, c, row.version_id, row.closure)
    labels = {node.id: node.label for _, node in closure.steps()}
    rounds = c.execute(
        select(
            opinions.c.task_id,
            opinions.c.element_id,
            func.min(opinions.c.at).label("since"),
            func.count().label("number"),
        )
        .where(opinions.c.instance_id == instance_id, KEPT)
        .group_by(opinions.c.task_id, opinions.c.element_id)
        .order_by(func.min(opinions.c.id).desc())
        .limit(MOST)
    ).all()
    return Gatherings(
        instance_id,
        row.title,
        [_gathering(c, actor, one, labels.get(one.element_id, one.element_id)) for one in rounds],
    )


def _gathering(c: Connection, actor: Actor, row: Any, step: str) -> Gathering:
    page = _page(c, actor, row.task_id, None)
    return Gathering(row.task_id, step, row.since, row.number, page.items, page.next)


def page(
    rt: Runtime, actor: Actor, instance_id: str, task_id: str, cursor: str | None = None
) -> Page[OpinionView]:
    """More of one round, names masked but one's own. Raises NotVisible, Invalid for a cursor that was made up."""

    def read(c: Connection) -> Page[OpinionView]:
        query = select(units.c.path).join(instances, instances.c.unit_id == units.c.id)
        path = c.scalar(query.where(instances.c.id == instance_id))
        authorisation.require_matter(c, actor, instance_id, path or "")
        return _page(c, actor, task_id, cursor, instance_id)

    return rt.database.look(read)


def _page(
    c: Connection, actor: Actor, task_id: str, cursor: str | None, instance_id: str | None = None
) -> Page[OpinionView]:
    which = opinions.c.task_id == task_id
    if instance_id is not None:
        which = which & (opinions.c.instance_id == instance_id)
    after = read_cursor(cursor, int)
    before = after[0] if after else None
    rows = listed(c, which, actor, named=False, before=before, limit=EACH + 1)
    return cut(rows, EACH, lambda one: one, lambda one: (one.number,))
