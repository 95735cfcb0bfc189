"""The steps of a matter that are open now: whose they are, and who has signed already."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, bindparam, exists, select

from engine import authorisation, steps
from engine.authorisation import Actor
from engine.queries.names import Names, look_up
from engine.queries.results import StepResult
from engine.runtime import Runtime
from engine.steps.kind import CHAIR, MEMBER, ORGANISER
from engine.store.proceedings import taken_part
from engine.store.tables import assignments, people, submissions, tasks


@dataclass(frozen=True)
class OpenStep:
    """`who` are names, empty for those who are told the post only; `vacant` when nobody holds it.

    Where several sign, `signed` and `unsigned` are the seats that have answered, and that have not.
    """

    id: str
    element_id: str
    step: str
    post: str
    who: list[str]
    vacant: bool
    claimed_by: str | None
    opened_at: datetime
    due_at: datetime | None
    overdue: bool
    is_mine: bool
    takes_part: bool  # may open it: a delegate while a notice is up, the clerk while opinions are asked
    signed: list[str]
    unsigned: list[str]


class _Answer(NamedTuple):
    seat: str
    person_id: int


_CLAIMER = people.alias("claimer")
_ANSWER = submissions.alias("answer")
_OPEN = (
    select(
        tasks.c.id,
        tasks.c.element_id,
        tasks.c.name,
        tasks.c.kind,
        tasks.c.lane,
        tasks.c.opened_at,
        tasks.c.due_at,
        tasks.c.claimed_by,
        tasks.c.excluded,
        _CLAIMER.c.name.label("claimer"),
        _ANSWER.c.person_id.label("answered_by"),
        assignments.c.seat,
        assignments.c.designation,
        assignments.c.unit_id,
        assignments.c.person_id,
        assignments.c.active,
        exists()
        .where(taken_part.c.task_id == tasks.c.id, taken_part.c.person_id == bindparam("actor"))
        .label("has_taken_part"),
    )
    .outerjoin(assignments, assignments.c.task_id == tasks.c.id)
    .outerjoin(_CLAIMER, _CLAIMER.c.id == tasks.c.claimed_by)
    .outerjoin(
        _ANSWER,
        and_(
            _ANSWER.c.task_id == tasks.c.id,
            _ANSWER.c.seat == assignments.c.seat,
            _ANSWER.c.withdrawn_at.is_(None),
        ),
    )
    .order_by(tasks.c.opened_at, tasks.c.id, assignments.c.id)
)


def open_seats(c: Connection, actor: Actor, instance_id: str) -> Sequence[Any]:
    """A row for each place that may fill a seat of an open step, as this person sees it. One statement."""
    return c.execute(_OPEN.where(tasks.c.instance_id == instance_id), {"actor": actor.person_id}).all()


def names_of(rt: Runtime, c: Connection, seats: Sequence[Any], so_far: Sequence[StepResult]) -> Names:
    """The names a matter's page shows. At most one statement."""
    ids = {seat.person_id for seat in seats if seat.person_id is not None}
    ids |= {person for result in so_far for person in result.doers}
    told = [seat for seat in seats if seat.designation is not None and not _is_one_of_many(seat)]
    places = {(seat.designation, seat.unit_id) for seat in told}
    return look_up(c, ids, places, rt.today(), rt.designations)


def open_steps(rt: Runtime, actor: Actor, matter: Any, seats: Sequence[Any], names: Names) -> list[OpenStep]:
    """What the page says of them, to this person."""
    grouped: dict[str, list[Row[Any]]] = {}
    for seat in seats:
        grouped.setdefault(seat.id, []).append(seat)
    return [_open_step(rt, actor, matter, rows, names) for rows in grouped.values()]


def _open_step(rt: Runtime, actor: Actor, matter: Any, rows: Sequence[Any], names: Names) -> OpenStep:
    first = rows[0]
    held = _held([row for row in rows if not _is_one_of_many(row)], names)
    told = actor.person_id in held or _is_superior(actor, matter.path)
    if steps.kind(first.kind).collective:
        return _collective_step(rt, actor, rows, names, told=told)
    answers = [_Answer(row.seat, row.answered_by) for row in rows if row.answered_by is not None]
    seats = list(dict.fromkeys(row.seat for row in rows if row.seat))
    signed = [seat for seat in seats if any(answer.seat == seat for answer in answers)]
    free = first.claimed_by is None and authorisation.open_seats(actor, rows, first.excluded, answers)
    return OpenStep(
        id=first.id,
        element_id=first.element_id,
        step=first.name,
        post=first.lane or "、".join(_plain(seats)),
        who=list(held.values()) if told else [],
        vacant=not held,
        claimed_by=first.claimer if told or first.claimed_by == actor.person_id else None,
        opened_at=first.opened_at,
        due_at=first.due_at,
        overdue=first.due_at is not None and first.due_at <= rt.now(),
        is_mine=first.claimed_by == actor.person_id or bool(free),
        takes_part=first.claimed_by == actor.person_id or bool(free),
        signed=_plain(signed) if len(seats) > 1 else [],
        unsigned=_plain(seat for seat in seats if seat not in signed) if len(seats) > 1 else [],
    )


def _collective_step(rt: Runtime, actor: Actor, rows: Sequence[Any], names: Names, *, told: bool) -> OpenStep:
    """A meeting, a vote, a notice: its seats are roles, nobody signs for them; whoever leads it is waited for."""
    first = rows[0]
    allowed = actor.person_id not in first.excluded
    seated = [row for row in rows if row.seat and authorisation.fills(actor, row)] if allowed else []
    leaders = _held([row for row in rows if row.seat in (CHAIR, ORGANISER)], names)
    return OpenStep(
        id=first.id,
        element_id=first.element_id,
        step=first.name,
        post=first.lane or first.name,
        who=list(leaders.values()) if told else [],
        vacant=not leaders,
        claimed_by=None,
        opened_at=first.opened_at,
        due_at=first.due_at,
        overdue=first.due_at is not None and first.due_at <= rt.now(),
        is_mine=any(row.active for row in seated) and not first.has_taken_part,
        takes_part=bool(seated),
        signed=[],
        unsigned=[],
    )


def _is_one_of_many(row: Any) -> bool:
    """A member of a meeting or a vote: their names are no answer to the question who has to act."""
    return bool(row.seat == MEMBER and steps.kind(row.kind).collective)


def _held(rows: Sequence[Any], names: Names) -> dict[int, str]:
    """Who could do a step, by id."""
    held: dict[int, str] = {}
    for row in rows:
        if row.person_id is not None:
            held[row.person_id] = names.of.get(row.person_id, "已离任人员")
        elif row.designation is not None:
            held |= dict(names.who(row.designation, row.unit_id))
    return held


def _plain(seats: Iterable[str]) -> list[str]:
    """Seats as people call them; one that belongs to a person carries an id."""
    return [seat.split("#")[0] for seat in seats]


def _is_superior(actor: Actor, path: str) -> bool:
    """谁该办什么 is told to the person and to those above the unit only (procedures.md 11.7)."""
    return any(path.startswith(above) and path != above for _, _, above in actor.posts)
