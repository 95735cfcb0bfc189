"""我的: what I am, and what was entered for me that I may confirm."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.authorisation import Actor
from engine.queries import results
from engine.queries.closure import Closure
from engine.queries.papers import attached, with_papers
from engine.queries.results import Attachment, Line
from engine.runtime import Runtime
from engine.store.tables import (
    accounts,
    instances,
    parameter_sets,
    people,
    registrations,
    submissions,
    tenures,
    units,
)

RECENT = 50


@dataclass(frozen=True)
class Holding:
    """A post or a register I am on."""

    name: str
    unit: str
    is_post: bool


@dataclass(frozen=True)
class ForMe:
    """Something a clerk entered for me."""

    submission_id: str
    instance_id: str
    matter: str
    step: str
    clerk: str
    at: datetime
    lines: list[Line]


@dataclass(frozen=True)
class Profile:
    name: str
    login: str | None
    unit: str
    holdings: list[Holding]
    to_confirm: list[ForMe]


def profile(rt: Runtime, actor: Actor) -> Profile:
    """Four statements, and one more where a clerk entered something."""

    def read(c: Connection) -> Profile:
        head = c.execute(
            select(units.c.name.label("unit"), accounts.c.login)
            .select_from(people)
            .join(units, units.c.id == people.c.unit_id)
            .outerjoin(accounts, accounts.c.person_id == people.c.id)
            .where(people.c.id == actor.person_id)
        ).one()
        rows = c.execute(_waiting(actor.person_id)).all()
        papers = attached(c, {row.id for row in rows})
        waiting = [_for_me(rt, c, row, papers.get(row.id, [])) for row in rows]
        return Profile(actor.name, head.login, head.unit, _holdings(rt, c, actor), waiting)

    return rt.database.look(read)


def _holdings(rt: Runtime, c: Connection, actor: Actor) -> list[Holding]:
    today, found = rt.today(), []
    for table, column, is_post in (
        (tenures, tenures.c.post, True),
        (registrations, registrations.c.register, False),
    ):
        query = (
            select(column, units.c.name)
            .join(units, units.c.id == table.c.unit_id)
            .where(table.c.person_id == actor.person_id, table.c.starts_on <= today)
            .where(table.c.ends_on.is_(None) | (table.c.ends_on >= today))
            .order_by(units.c.path, table.c.id)
        )
        found += [Holding(name, unit, is_post) for name, unit in c.execute(query)]
    return found


def _waiting(person_id: int) -> Any:
    clerk = people.alias("clerk")
    return (
        select(
            submissions,
            clerk.c.name.label("clerk"),
            instances.c.title,
            instances.c.version_id,
            instances.c.closure,
            parameter_sets.c["values"].label("parameters"),
        )
        .join(clerk, clerk.c.id == submissions.c.entered_by)
        .join(instances, instances.c.id == submissions.c.instance_id)
        .join(parameter_sets, parameter_sets.c.id == instances.c.parameter_set_id)
        .where(
            submissions.c.person_id == person_id,
            submissions.c.confirmed_at.is_(None),
            submissions.c.withdrawn_at.is_(None),
        )
        .order_by(submissions.c.at.desc())
        .limit(RECENT)
    )


def _for_me(rt: Runtime, c: Connection, row: Row[Any], papers: list[Attachment]) -> ForMe:
    closure = Closure.of(rt, c, row.version_id, row.closure)
    said = with_papers(results.handed_in(closure, row, row.parameters), papers)
    return ForMe(row.id, row.instance_id, row.title, row.step, row.clerk, row.at, said)
