"""投票: one member, one vote on each motion, by name or in secret. A vote touches its own rows only, and costs the same
number of statements however many members there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, insert, select

from engine.operations import ballot_rows, meetings, secret_ballots
from engine.operations.acting import Act, roles
from engine.refusal import Invalid, NotVisible
from engine.steps import balloting
from engine.steps.balloting import Ballot, Motion
from engine.steps.kind import CHAIR, MEMBER, RECORDER, SCRUTINEER, TELLER
from engine.steps.method import SECRET, is_weighted
from engine.store.proceedings import agenda_items, meeting_members
from engine.store.voting import votes

LEADERS = frozenset({CHAIR, RECORDER, SCRUTINEER, TELLER})  # their work goes on when they have voted
Said = Mapping[int, tuple[Motion, Any]]  # by motion: a choice, or the places of candidates


def cast(act: Act) -> None:
    row, ballot = ballot_rows.read(act, shared=True)
    there = meetings.record_of(act.c, meetings.of_task(act, shared=True))
    said = _said(ballot, act.data)
    for motion, _ in said.values():
        balloting.check_vote(ballot, motion, act.settings, there)
    member = _voter(act, row.meeting_id)
    turns = {(motion.position, motion.round) for motion in ballot.motions.values()}
    voted = _voted(act, row) & turns
    for motion, _ in said.values():
        if (motion.position, motion.round) in voted:
            raise balloting.already_voted(motion)
    if row.method == SECRET:
        secret_ballots.put(act, row, list(said.values()))
    else:
        act.c.execute(insert(votes), list(_by_name(act, row, said, member)))
    if len(voted) + len(said) == len(turns) and not act.roles & LEADERS:
        assert act.person_id is not None
        act.taken_part(act.person_id)


def _said(ballot: Ballot, data: Mapping[str, Any]) -> Said:
    choices = balloting.choices_in(ballot, data)
    found = {motion.position: (motion, what) for motion, what in choices}
    if len(found) != len(choices):
        raise Invalid("motion-twice", "同一项议案投了两次，一人一票")
    return found


def _by_name(act: Act, row: Row[Any], said: Said, member: Row[Any]) -> Iterable[dict[str, Any]]:
    weight = member.weight if is_weighted(act.settings) else 1
    for motion, what in said.values():
        yield {
            "task_id": act.task.id,
            "motion": motion.position,
            "round": motion.round,
            "person_id": act.person_id,
            "meeting_id": row.meeting_id,
            "choice": what if isinstance(what, str) else None,
            "chosen": None if isinstance(what, str) else list(what),
            "weight": weight,
        }


def _voter(act: Act, meeting_id: str) -> Row[Any]:
    """The member's row, locked: two votes of one person come after each other, and so does being marked absent."""
    own = (meeting_members.c.meeting_id == meeting_id, meeting_members.c.person_id == act.person_id)
    row = act.c.execute(select(meeting_members).where(*own).with_for_update()).one_or_none()
    balloting.check_voter(
        on_roll=row is not None and row.is_voter,
        present=row is not None and row.attendance == "present",
        left=row is not None and row.attendance == "left",
        holds=MEMBER in act.roles and (row is None or _still_given(act, row)),
        post="、".join(act.settings["roll"]),
        weight=row.weight if row is not None and is_weighted(act.settings) else 1,
    )
    assert row is not None, "who is not on the roll is refused"
    return row


def _still_given(act: Act, member: Row[Any]) -> bool:
    """Who has somebody's seat has it as long as that person would: withdrawn from the register, neither votes."""
    if member.in_place_of is None:
        return True
    try:
        return MEMBER in roles(act.runtime.actor(act.c, member.in_place_of), act.task)
    except NotVisible:  # gone from the people of the county
        return False


def _voted(act: Act, row: Row[Any]) -> set[tuple[int, int]]:
    """Motion and turn of what this person has voted on."""
    marks = ballot_rows.marks_of(row)
    own = (marks.c.task_id == act.task.id, marks.c.person_id == act.person_id)
    return {
        (one.motion, one.round) for one in act.c.execute(select(marks.c.motion, marks.c.round).where(*own))
    }


def no_longer_voter(act: Act) -> None:
    """Why somebody without a part in the step cannot vote: withdrawn from the post since the roll was frozen."""
    own = (agenda_items.c.task_id == act.task.id, meeting_members.c.person_id == act.person_id)
    joined = meeting_members.join(agenda_items, agenda_items.c.meeting_id == meeting_members.c.meeting_id)
    query = select(meeting_members.c.is_voter).select_from(joined)
    row = act.c.execute(query.where(*own, agenda_items.c.withdrawn_at.is_(None))).first()
    if row is not None and row.is_voter:
        post = "、".join(act.settings["roll"])
        balloting.check_voter(on_roll=True, present=True, holds=False, post=post)
