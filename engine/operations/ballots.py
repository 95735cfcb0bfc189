"""票决 on the server. A vote touches its own rows only, under a shared lock on the ballot; whatever changes the ballot
takes that lock exclusively, so that a vote is either counted or refused, never lost in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update

from engine.operations import (
    ballot_closing,
    ballot_counts,
    ballot_rows,
    casting,
    invitations,
    meetings,
    secret_ballots,
)
from engine.operations.acting import Act
from engine.operations.casting import LEADERS
from engine.refusal import Invalid, Overtaken
from engine.steps import balloting, election, method, officers
from engine.steps.balloting import Motion
from engine.steps.kind import CHAIR, MEMBER, RECORDER, SCRUTINEER, TELLER
from engine.steps.method import COUNTED, ON_PHONE, SECRET
from engine.steps.officers import Officers
from engine.store.proceedings import meeting_members, taken_part
from engine.store.tables import assignments
from engine.store.voting import ballots, election_rounds, motions

# ---------------------------------------------------------------- opening, attendance


def open_(act: Act) -> None:
    """开会: the roll is frozen, the motions are before it, and the vote begins."""
    if act.c.execute(select(ballots.c.task_id).where(ballots.c.task_id == act.task.id)).first():
        raise Overtaken("meeting-opened", "会议已经开始，这一项已经可以表决了")
    held = meetings.open_meeting(act)
    way = method.chosen(act.settings, act.data)
    found = _officers(act, way, held.id)
    row = {
        "task_id": act.task.id,
        "instance_id": act.instance_id,
        "element_id": act.task.element_id,
        "meeting_id": held.id,
        "method": way,
        "status": "open",
        "scrutineers": list(found.scrutineers),
        "tellers": list(found.tellers),
        "sealing_key": secret_ballots.new_key(act) if way == SECRET else None,
        "opened_at": act.now,
    }
    act.c.execute(insert(ballots), row)
    texts = act.settings["motions"] or [act.work.row.title]
    act.c.execute(insert(motions), [_new_motion(act, place, text) for place, text in enumerate(texts, 1)])
    if method.is_election(act.settings):
        first = ballot_rows.round_row(act.task.id, 1, 1, election.first_round(act.settings))
        act.c.execute(insert(election_rounds), first)
    if found.tellers:
        act.activate(TELLER)
    _leave_lists(act, way, held.id, (*found.scrutineers, *found.tellers))
    act.note(method=way)


def _new_motion(act: Act, position: int, text: str) -> dict[str, Any]:
    return {"task_id": act.task.id, "position": position, "text": text, "original": text, "round": 1}


def _officers(act: Act, way: str, meeting_id: str) -> Officers:
    """Those named, who must be there, else whoever holds the posts; the step is theirs to count and to confirm."""
    if way not in COUNTED:
        return Officers()
    named = [*(act.data.get(officers.SCRUTINEERS) or ()), *(act.data.get(officers.TELLERS) or ())]
    own = (meeting_members.c.meeting_id == meeting_id, meetings.HERE)
    query = select(meeting_members.c.person_id).where(*own, meeting_members.c.person_id.in_(named))
    people = officers.People(
        present=frozenset(act.c.scalars(query)) if named else frozenset(),
        leaders=frozenset({*act.people_of(CHAIR), *act.people_of(RECORDER)}),
        scrutineers=tuple(act.people_of(SCRUTINEER)),
        tellers=tuple(act.people_of(TELLER)),
    )
    involved = ballot_rows.involved_in(act.c, meeting_id, act.settings)
    found = officers.appoint(way, act.data, people, involved)
    seats = [
        {"task_id": act.task.id, "seat": role, "person_id": person, "active": False}
        for role, chosen, posted in (
            (SCRUTINEER, found.scrutineers, people.scrutineers),
            (TELLER, found.tellers, people.tellers),
        )
        for person in chosen
        if person not in posted
    ]
    if seats:
        act.c.execute(insert(assignments), seats)
    return found


def _leave_lists(act: Act, way: str, meeting_id: str, busy_ones: Sequence[int]) -> None:
    """Who is there and has nothing to vote on the telephone has nothing more to do."""
    own = (meeting_members.c.meeting_id == meeting_id, meetings.HERE)
    query = select(meeting_members.c.person_id, meeting_members.c.is_voter).where(*own)
    busy = {*act.people_of(CHAIR), *act.people_of(RECORDER), *busy_ones}
    rows = [
        {"task_id": act.task.id, "person_id": row.person_id}
        for row in act.c.execute(query)
        if row.person_id not in busy and not (way in ON_PHONE and row.is_voter)
    ]
    if rows:
        act.c.execute(insert(taken_part), rows)


def attend(act: Act) -> None:
    """签到, until the vote is closed; late comers are counted."""
    ballot = act.c.execute(select(ballots.c.method).where(ballots.c.task_id == act.task.id)).first()
    came = meetings.attend(act)
    has_to_vote = ballot is None or (ballot.method in ON_PHONE and MEMBER in act.roles)
    if act.person_id is not None and act.person_id in came and not has_to_vote and not act.roles & LEADERS:
        act.taken_part(act.person_id)


# ---------------------------------------------------------------- motions


def revise(act: Act) -> None:
    row, ballot = ballot_rows.read(act)
    ballot = ballot_rows.with_turnout(ballot, ballot_rows.turnout(act.c, row))
    motion = balloting.revise(ballot.motion(act.data["motion"]), act.data["议案"])
    _change(act, motion, text=motion.text, revised_at=act.now, read_out_at=None)
    act.note(motion=motion.position)


def read_out(act: Act) -> None:
    _, ballot = ballot_rows.read(act)
    motion = balloting.read_out(ballot.motion(act.data["motion"]))
    _change(act, motion, read_out_at=act.now)
    act.note(motion=motion.position)


def _change(act: Act, motion: Motion, **values: Any) -> None:
    own = (motions.c.task_id == act.task.id, motions.c.position == motion.position)
    act.c.execute(update(motions).where(*own).values(**values))


# ---------------------------------------------------------------- the end


def confirm_count(act: Act) -> dict[str, Any] | None:
    """确认计票, and where that was asked for, at once what the vote comes to."""
    return ballot_closing.close(act) if ballot_counts.confirm_count(act) else None


def revote(act: Act) -> None:
    """作废重投 of a secret vote whose box cannot be opened."""
    row, ballot = ballot_rows.read(act)
    if row.method != SECRET:
        raise Invalid("ballot-not-secret", "只有无记名投票的票箱打不开时，才需要作废重投")
    secret_ballots.revote(act, row, ballot)


ACTS = {
    "close": ballot_closing.close,
    "convene": meetings.convene,
    "announce": meetings.announce,
    "reply": invitations.reply,
    "open": open_,
    "attend": attend,
    "revise": revise,
    "read_out": read_out,
    "cast": casting.cast,
    "enter_count": ballot_counts.enter_count,
    "confirm_count": confirm_count,
    "revote": revote,
    "cast:refused": casting.no_longer_voter,
}
