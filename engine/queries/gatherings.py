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
from engine.refusal import NotVisible
from engine.runtime import Runtime
from engine.store.proceedings import opinions
from engine.store.tables import instances, units

MOST = 20  # rounds of steps on one page


@dataclass(frozen=True)
class Gathering:
    """What one round of a step received, the latest first; `number` may be more than are listed."""

    step: str
    since: datetime
    number: int
    items: list[OpinionView]


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
        [
            Gathering(
                labels.get(one.element_id, one.element_id),
                one.since,
                one.number,
                listed(c, opinions.c.task_id == one.task_id, actor, named=False),
            )
            for one in rounds
        ],
    )
