"""Which open tasks are a person's to do, as conditions for SQL.

The rule is `engine.authorisation`'s (`open_seats`); a list needs it in the database, or it would read everything.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, exists, func, or_, select, type_coerce, union

from engine import steps
from engine.authorisation import Actor, seat_filter
from engine.store.proceedings import taken_part
from engine.store.tables import assignments, submissions, tasks

# Not `IS NULL`: SQLite would walk the index of all unclaimed tasks of the county instead of this person's few.
UNCLAIMED = func.coalesce(tasks.c.claimed_by, 0) == 0
# What is everybody's own to do, without signing for it.
SEVERAL = [name for name in steps.names() if steps.kind(name).several or steps.kind(name).collective]


def seat_is_free() -> ColumnElement[bool]:
    """Nobody has answered for the seat yet."""
    return ~exists().where(
        submissions.c.task_id == assignments.c.task_id,
        submissions.c.seat == assignments.c.seat,
        submissions.c.withdrawn_at.is_(None),
    )


def within_reach(actor: Actor) -> ColumnElement[bool]:
    """Open tasks this person holds or could take; a union, so that each half has its index."""
    held = select(tasks.c.id).where(tasks.c.claimed_by == actor.person_id)
    seated = select(assignments.c.task_id).where(
        seat_filter(actor), assignments.c.active.is_(True), seat_is_free()
    )
    return and_(
        tasks.c.id.in_(union(held, seated)), not_excluded(actor), not_answered(actor), ~has_taken_part(actor)
    )


def not_excluded(actor: Actor) -> ColumnElement[bool]:
    """`not_who` does not keep this person out. The column holds a JSON list of ids as text."""
    listed = func.replace(func.replace(type_coerce(tasks.c.excluded, String), "[", ","), "]", ",")
    return listed.not_like(f"%,{actor.person_id},%")


def not_answered(actor: Actor) -> ColumnElement[bool]:
    """This person has not spoken on the step yet; nobody speaks twice."""
    return ~exists().where(
        submissions.c.task_id == tasks.c.id,
        submissions.c.person_id == actor.person_id,
        submissions.c.seat.is_not(None),
        submissions.c.withdrawn_at.is_(None),
    )


def has_taken_part(actor: Actor) -> ColumnElement[bool]:
    """This person has nothing more to do on the collective step."""
    return exists().where(taken_part.c.task_id == tasks.c.id, taken_part.c.person_id == actor.person_id)


def is_mine(actor: Actor) -> ColumnElement[bool]:
    """Among tasks within reach: those nobody else can take away, claimed or addressed to this person."""
    return or_(tasks.c.claimed_by == actor.person_id, and_(UNCLAIMED, _addressed(actor)))


def is_claimable(actor: Actor) -> ColumnElement[bool]:
    return and_(UNCLAIMED, ~_addressed(actor))  # not `~is_mine`: NULL is neither


def _addressed(actor: Actor) -> ColumnElement[bool]:
    """Nobody need sign for it: everybody answers for himself, or it names this person."""
    named = exists().where(assignments.c.task_id == tasks.c.id, assignments.c.person_id == actor.person_id)
    return or_(tasks.c.kind.in_(SEVERAL), named)


def is_urgent(actor: Actor, until: datetime) -> ColumnElement[bool]:
    """Overdue, or due before `until`, and not in somebody else's hands."""
    free = or_(UNCLAIMED, tasks.c.claimed_by == actor.person_id)
    return and_(tasks.c.due_at <= until, free)
