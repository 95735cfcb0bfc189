"""Who is invited to a convened meeting, and what they answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.authorisation import Actor, seat_filter
from engine.durations import SHANGHAI
from engine.people.roster import offered, place
from engine.people.units import Unit
from engine.runtime import Runtime
from engine.steps import invitation
from engine.steps.kind import CHAIR, RECORDER
from engine.store.proceedings import agenda_items, meeting_replies
from engine.store.tables import assignments, household_members, people

MOST = 200  # names on one page; a village meeting has thousands


@dataclass(frozen=True)
class Answer:
    """What somebody invited said. `reply`: coming, leave or delegate; `delegate` is who comes instead."""

    id: int
    name: str
    reply: str
    reason: str = ""
    delegate: str | None = None
    entered_by: str | None = None


@dataclass(frozen=True)
class Invited:
    """The answers to an invitation. The names are for those who conduct the meeting; `more` silent ones are not named.

    `mine` is the reader's own answer; `may_send` are those who could have the reader's seat, where that is allowed.
    """

    is_invited: bool
    mine: Answer | None = None
    may_send: list[tuple[int, str]] = field(default_factory=list)
    can_send: bool = False
    coming: int = 0
    leave: int = 0
    delegated: int = 0
    silent: int = 0
    answers: list[Answer] = field(default_factory=list)
    waiting: list[tuple[int, str]] = field(default_factory=list)
    more: int = 0


def conducts(c: Connection, actor: Actor, row: Row[Any]) -> bool:
    """Whether this person presides over a meeting (a row of `meetings`) or keeps its record. At most one statement."""
    if actor.person_id in (row.chair_id, row.recorder_id):
        return True
    items = select(agenda_items.c.task_id).where(
        agenda_items.c.meeting_id == row.id, agenda_items.c.withdrawn_at.is_(None)
    )
    query = select(assignments.c.id).where(
        assignments.c.task_id.in_(items), assignments.c.seat.in_((CHAIR, RECORDER)), seat_filter(actor)
    )
    return c.execute(query.limit(1)).first() is not None


def view(
    rt: Runtime, c: Connection, actor: Actor, row: Row[Any], unit_path: str, *, leads: bool
) -> Invited | None:
    """The invitation to a meeting (a row of `meetings`) as this person sees it; None once it has opened."""
    if row.status != "convened":
        return None
    line = rt.line(c, row.unit_id, unit_path)
    wanted = [*row.terms["roll"], *row.terms["also"]]
    mine = is_invited(rt, actor, wanted, line)
    own = _answers(c, row.id, [actor.person_id]) if mine else []
    can_send = mine and bool(row.terms.get("delegate"))
    found = Invited(
        is_invited=mine,
        mine=own[0] if own else None,
        can_send=can_send,
        may_send=_household(rt, c, actor, row, wanted, line) if can_send else [],
    )
    return _with_figures(rt, c, row, wanted, line, found) if leads else found


def is_invited(rt: Runtime, actor: Actor, wanted: Iterable[str], line: list[Unit]) -> bool:
    """Whether this person holds one of the designations that meet."""
    known = rt.designations
    places = ((name, place(name, line, known)) for name in wanted if name in known)
    return any(unit is not None and (name, unit.id) in actor.capacities for name, unit in places)


def _with_figures(
    rt: Runtime, c: Connection, row: Row[Any], wanted: list[str], line: list[Unit], own: Invited
) -> Invited:
    roll = {
        person: name
        for each in offered(c, wanted, line, rt.today(), rt.designations).values()
        for person, name in each
    }
    said = [answer for answer in _answers(c, row.id) if answer.id in roll]
    answered = {answer.id for answer in said}
    silent = [(person, name) for person, name in roll.items() if person not in answered]
    counted = [answer.reply for answer in said]
    return Invited(
        is_invited=own.is_invited,
        mine=own.mine,
        can_send=own.can_send,
        may_send=own.may_send,
        coming=counted.count("coming"),
        leave=counted.count("leave"),
        delegated=counted.count("delegate"),
        silent=len(silent),
        answers=said,
        waiting=silent[:MOST],
        more=max(0, len(silent) - MOST),
    )


def _answers(c: Connection, meeting_id: str, persons: list[int] | None = None) -> list[Answer]:
    """Those who do not come first; they are what the chair looks for."""
    other, clerk = people.alias("other"), people.alias("clerk")
    query = (
        select(meeting_replies, people.c.name, other.c.name.label("delegate"), clerk.c.name.label("clerk"))
        .join(people, people.c.id == meeting_replies.c.person_id)
        .outerjoin(other, other.c.id == meeting_replies.c.delegate_id)
        .outerjoin(clerk, clerk.c.id == meeting_replies.c.entered_by)
        .where(meeting_replies.c.meeting_id == meeting_id)
        .order_by(meeting_replies.c.reply.desc(), meeting_replies.c.person_id)
    )
    if persons is not None:
        query = query.where(meeting_replies.c.person_id.in_(persons))
    rows = c.execute(query)
    return [Answer(r.person_id, r.name, r.reply, r.reason, r.delegate, r.clerk) for r in rows]


def _household(
    rt: Runtime, c: Connection, actor: Actor, row: Row[Any], wanted: list[str], line: list[Unit]
) -> list[tuple[int, str]]:
    """Adults of the reader's household without a seat of their own."""
    mine = household_members.alias("mine")
    together = household_members.join(mine, mine.c.household_id == household_members.c.household_id)
    query = (
        select(people.c.id, people.c.name, people.c.born)
        .select_from(together.join(people, people.c.id == household_members.c.person_id))
        .where(
            mine.c.person_id == actor.person_id, people.c.id != actor.person_id, people.c.erased_at.is_(None)
        )
        .order_by(people.c.id)
    )
    day = row.starts_at.astimezone(SHANGHAI).date()
    able = [(one.id, one.name) for one in c.execute(query) if invitation.is_adult(one.born, day)]
    if not able:
        return []
    held = offered(c, wanted, line, rt.today(), rt.designations)
    roll = {person for each in held.values() for person, _ in each}
    return [(person, name) for person, name in able if person not in roll]
