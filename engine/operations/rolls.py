"""The roll of a meeting, frozen when it opens: who is on it, in whose place, and for which households."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, or_, select, update

from engine.operations.acting import Act
from engine.people.units import within
from engine.refusal import Invalid
from engine.steps import meeting
from engine.steps.kind import MEMBER
from engine.steps.meeting import BODY
from engine.store.database import insert_once
from engine.store.proceedings import (
    meeting_households,
    meeting_members,
    meeting_replies,
    meetings,
    taken_part,
)
from engine.store.tables import assignments, household_members, households, representations, units

REPRESENTATIVES = (
    "村民代表"  # the register whose people speak for other households than their own (FD-4, BB-9.4)
)


def freeze(act: Act, meeting_id: str, ticked: Iterable[int], since: datetime) -> None:
    """Write the roll from who holds what now; who is ticked came. Raises Invalid for an empty one, and for strangers.

    Who gave the seat away is not on it, but who has it; who asked for leave is on leave.
    """
    voters = dict.fromkeys(act.people_of(MEMBER), True)
    if not voters:
        names = "、".join(act.settings["roll"])
        raise Invalid("roll-empty", f"名册上没有{names}，会开不起来。请管理员先把人登记上")
    body = dict.fromkeys(act.people_of(BODY), False) | voters  # nobody twice (FD-1)
    came = set(ticked)
    meeting.require_on_roll(len(came - set(body)))
    replies = _replies(act, meeting_id)
    given = _given_away(body, replies)
    on_leave = {person for person, row in replies.items() if row.reply == "leave"}
    rows = []
    for person, votes_too in body.items():
        here = person in came
        rows.append(
            {
                "meeting_id": meeting_id,
                "person_id": given.get(person, person),
                "is_voter": votes_too,
                "attendance": "present" if here else "leave" if person in on_leave else "unknown",
                "marked_by": act.person_id if here else None,
                "came_at": since if here else None,
                "in_place_of": person if person in given else None,
            }
        )
    act.c.execute(insert(meeting_members), rows)


def _replies(act: Act, meeting_id: str) -> dict[int, Row[Any]]:
    """Answers that say more than that one comes."""
    query = select(meeting_replies).where(
        meeting_replies.c.meeting_id == meeting_id, meeting_replies.c.reply != "coming"
    )
    return {row.person_id: row for row in act.c.execute(query.order_by(meeting_replies.c.at))}


def _given_away(body: Iterable[int], replies: Mapping[int, Row[Any]]) -> dict[int, int]:
    """Whose seat is whose now. Who has a seat of his own by now, or another one's, does not get a second one."""
    taken, found = set(body), dict[int, int]()
    for person, row in replies.items():
        if row.reply == "delegate" and person in taken and row.delegate_id not in taken:
            found[person] = row.delegate_id
            taken.add(row.delegate_id)
    return found


def seat(act: Act, meeting_id: str) -> None:
    """Who has somebody's seat takes part in this step; who gave it away has nothing to do there."""
    if not act.settings.get("delegate"):
        return
    own = (meeting_members.c.meeting_id == meeting_id, meeting_members.c.in_place_of.is_not(None))
    query = select(meeting_members.c.person_id, meeting_members.c.in_place_of, meeting_members.c.is_voter)
    for row in act.c.execute(query.where(*own)).all():
        role = MEMBER if row.is_voter else BODY
        values = {"task_id": act.task.id, "seat": role, "person_id": row.person_id, "active": True}
        act.c.execute(insert(assignments).values(values))
        insert_once(act.c, taken_part, {"task_id": act.task.id, "person_id": row.in_place_of})


# ---------------------------------------------------------------- households


def freeze_households(act: Act, meeting_id: str) -> None:
    """Which household is represented by whom, and how many the unit has; once a meeting, where a step asks for them.

    Raises Invalid where votes are weighed by households and nobody's are known.
    """
    if not meeting.counts_households(act.settings):
        return
    rows = act.c.execute(_links(act, meeting_id)).all()
    speaks: dict[int, int] = {}  # one household, one weight: its head's, where several of it are there
    for row in rows:
        speaks.setdefault(row.household_id, row.person_id)
    if act.settings.get("weights") and not speaks:
        what = "联系哪些户" if _represented(act) else "是哪一户的"
        raise Invalid(
            "households-unknown", f"还没有登记名册上的人{what}，不能按户计票。请管理员先登记，再开会"
        )
    total = select(func.count()).select_from(households.join(units, units.c.id == households.c.unit_id))
    own = meetings.c.id == meeting_id
    act.c.execute(
        update(meetings).where(own).values(households=total.where(within(act.unit_path)).scalar_subquery())
    )
    if rows:
        linked = [{"meeting_id": meeting_id, **row._mapping} for row in rows]
        act.c.execute(insert(meeting_households), linked)
    _weigh(act, meeting_id, speaks)


def _represented(act: Act) -> bool:
    return REPRESENTATIVES in act.settings["roll"]


def _links(act: Act, meeting_id: str) -> Any:
    """(household, person) of everybody who votes: those a delegate speaks for, else the person's own."""
    holder = func.coalesce(meeting_members.c.in_place_of, meeting_members.c.person_id)
    mine = (meeting_members.c.meeting_id == meeting_id, meeting_members.c.is_voter.is_(True))
    columns = (households.c.id.label("household_id"), meeting_members.c.person_id)
    if _represented(act):
        today = act.runtime.today()
        current = representations.c.starts_on <= today
        still = or_(representations.c.ends_on.is_(None), representations.c.ends_on >= today)
        joined = meeting_members.join(representations, representations.c.person_id == holder)
        joined = joined.join(households, households.c.id == representations.c.household_id)
        joined = joined.join(units, units.c.id == households.c.unit_id)
        return (
            select(*columns)
            .select_from(joined)
            .where(*mine, current, still, within(act.unit_path))
            .distinct()
        )
    joined = meeting_members.join(household_members, household_members.c.person_id == holder)
    joined = joined.join(households, households.c.id == household_members.c.household_id)
    joined = joined.join(units, units.c.id == households.c.unit_id)
    found = select(*columns).select_from(joined).where(*mine, within(act.unit_path))
    return found.order_by(household_members.c.is_head.desc(), meeting_members.c.person_id)


def _weigh(act: Act, meeting_id: str, speaks: Mapping[int, int]) -> None:
    """A vote weighs the households that its member speaks for (FD-4); most rolls have one each."""
    voters = select(meeting_members.c.person_id).where(
        meeting_members.c.meeting_id == meeting_id, meeting_members.c.is_voter.is_(True)
    )
    weights = dict.fromkeys(act.c.scalars(voters), 0)
    for person in speaks.values():
        weights[person] += 1
    changed = [{"b_person": person, "b_weight": weight} for person, weight in weights.items() if weight != 1]
    if changed:
        own = (
            meeting_members.c.meeting_id == meeting_id,
            meeting_members.c.person_id == bindparam("b_person"),
        )
        act.c.execute(update(meeting_members).where(*own).values(weight=bindparam("b_weight")), changed)
