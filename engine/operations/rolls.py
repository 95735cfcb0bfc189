"""The roll of a meeting, frozen when it opens: who is on it, in whose place, and for which households."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, case, func, insert, or_, select, update

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
from engine.store.voting import ballots, motions, votes

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
    rows = list(dict.fromkeys((row[0], row[1]) for row in act.c.execute(_links(act, meeting_id))))
    speaks: dict[int, int] = {}  # one household, one vote: whoever of it comes first
    for household, person in rows:
        speaks.setdefault(household, person)
    if _represented(act):  # on the day one delegate follows another a household is not spoken for twice
        rows = list(speaks.items())
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
        linked = [{"meeting_id": meeting_id, "household_id": h, "person_id": p} for h, p in rows]
        act.c.execute(insert(meeting_households), linked)
    _weigh(act, meeting_id, speaks)


def _represented(act: Act) -> bool:
    return REPRESENTATIVES in act.settings["roll"]


def _links(act: Act, meeting_id: str) -> Any:
    """(household, person) of everybody who votes: those a delegate speaks for, else the person's own; of several of one
    household who is there comes first, and the head before the others.
    """
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
            .order_by(representations.c.starts_on.desc(), meeting_members.c.person_id)
        )
    joined = meeting_members.join(household_members, household_members.c.person_id == holder)
    joined = joined.join(households, households.c.id == household_members.c.household_id)
    joined = joined.join(units, units.c.id == households.c.unit_id)
    found = select(*columns).select_from(joined).where(*mine, within(act.unit_path))
    here = case((meeting_members.c.attendance == "present", 0), else_=1)
    return found.order_by(here, household_members.c.is_head.desc(), meeting_members.c.person_id)


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


# ---------------------------------------------------------------- one household, one vote, whoever of it is there


def of_one_household(meeting_id: str, persons: Sequence[int]) -> Select[tuple[int]]:
    """SQL: everybody on the roll who stands for a household that one of these people stands for."""
    mine = meeting_households.alias("mine")
    theirs = select(mine.c.household_id).where(mine.c.meeting_id == meeting_id, mine.c.person_id.in_(persons))
    return select(meeting_households.c.person_id).where(
        meeting_households.c.meeting_id == meeting_id, meeting_households.c.household_id.in_(theirs)
    )


def pass_on(act: Act, meeting_id: str, persons: Sequence[int]) -> None:
    """Some have come or gone. Where several of one household are on the roll, its vote is the head's; where the head is
    not there, that of somebody of the household who is. Who has begun to vote goes on with it.

    The rows of all of the household are locked before (`of_one_household`), so that it never votes twice.
    """
    homes: dict[int, list[int]] = {}
    for row in act.c.execute(_in_order(meeting_id, persons)):
        homes.setdefault(row.household_id, []).append(row.person_id)
    several = [home for home in homes.values() if len(home) > 1]  # for the others one delegate speaks
    for weight, who in (
        (1, [first for first, *_ in several]),
        (0, [p for _, *rest in several for p in rest]),
    ):
        if who:
            own = (meeting_members.c.meeting_id == meeting_id, meeting_members.c.person_id.in_(who))
            act.c.execute(update(meeting_members).where(*own).values(weight=weight))


def _in_order(meeting_id: str, persons: Sequence[int]) -> Select[tuple[int, int]]:
    """SQL: (household, person) of all of these people's households, in each who has its vote first."""
    open_turn = (
        (motions.c.task_id == votes.c.task_id)
        & (motions.c.position == votes.c.motion)
        & (motions.c.round == votes.c.round)
    )
    voted = votes.join(motions, open_turn).join(ballots, ballots.c.task_id == votes.c.task_id)
    voting = select(votes.c.person_id).select_from(voted)
    voting = voting.where(votes.c.meeting_id == meeting_id, ballots.c.status == "open")
    same = (meeting_members.c.meeting_id == meeting_households.c.meeting_id) & (
        meeting_members.c.person_id == meeting_households.c.person_id
    )
    holder = func.coalesce(meeting_members.c.in_place_of, meeting_members.c.person_id)
    joined = meeting_households.join(meeting_members, same)
    joined = joined.outerjoin(household_members, household_members.c.person_id == holder)
    begun = meeting_members.c.person_id.in_(voting) & (meeting_members.c.weight > 0)
    first = (begun, meeting_members.c.attendance == "present", household_members.c.is_head.is_(True))
    return (
        select(meeting_households.c.household_id, meeting_members.c.person_id)
        .select_from(joined)
        .where(
            meeting_households.c.meeting_id == meeting_id,
            meeting_members.c.person_id.in_(of_one_household(meeting_id, persons)),
        )
        .order_by(
            meeting_households.c.household_id,
            *(case((one, 0), else_=1) for one in first),
            meeting_members.c.person_id,
        )
    )
