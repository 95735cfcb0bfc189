"""A vote as its rows have it: read by the operations under a lock, and by the pages without one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, Row, Table, case, func, or_, select, union

from engine.operations import meetings
from engine.operations.acting import Act
from engine.people.roster import holders_of
from engine.refusal import Invalid
from engine.runtime import Runtime
from engine.steps import balloting, counting, election, meeting, officers
from engine.steps.balloting import Ballot, Entered, Motion
from engine.steps.counting import Count, ElectionCount, Tally
from engine.steps.election import Candidate, Ended, Round, Standing
from engine.steps.kind import SCRUTINEER, TELLER
from engine.steps.meeting import MeetingRecord
from engine.steps.method import COUNTED, SECRET, is_election, is_weighted
from engine.steps.officers import Officers
from engine.store.proceedings import meeting_members
from engine.store.proceedings import meetings as held
from engine.store.tables import assignments, household_members, kinships, people, units
from engine.store.voting import (
    ballots,
    counts,
    election_rounds,
    motions,
    secret_ballots,
    secret_marks,
    votes,
)

Settings = Mapping[str, Any]
_FIGURES = (
    *("roll", "present", "left", "body", "body_present", "body_left"),
    *("households", "households_present", "households_left"),
)


def read(act: Act, *, shared: bool = False) -> tuple[Row[Any], Ballot]:
    """The open vote of a step, locked. Raises Invalid, Overtaken."""
    query = select(ballots).where(ballots.c.task_id == act.task.id)
    row = act.c.execute(query.with_for_update(read=shared)).one_or_none()
    if row is None:
        meeting.require_open(meetings.record_of(act.c, meetings.of_task(act, shared=True)))
        raise Invalid("ballot-not-open", "会议已经开始，但这一项还没有开始表决，请主持人先点“开会”")
    if row.status != "open":
        raise balloting.closed()
    return row, ballot_of(act.runtime, act.c, row, act.settings)


def ballot_of(rt: Runtime, c: Connection, row: Row[Any], settings: Settings) -> Ballot:
    """The vote of a row of `ballots`. One statement for its motions, one more for the rounds of an election, three on
    paper and by show of hands.
    """
    found = dict(_motions(c, row, settings))
    if row.method not in COUNTED:
        return Ballot(row.method, (), found)
    involved = involved_in(c, row.meeting_id, settings)
    serving = officers_of(rt, c, row, involved)
    return Ballot(row.method, serving.scrutineers, found, serving.tellers, involved, manned=True)


# ---------------------------------------------------------------- who counts


def involved_in(c: Connection, meeting_id: str, settings: Settings) -> dict[int, str]:
    """Who has to do with what is voted, and how: themselves, and their kin. Three statements at most."""
    themselves = officers.involved(settings, _called(c, meeting_id, officers.typed(settings)))
    return officers.with_kin(themselves, kin_of(c, themselves))


def _called(c: Connection, meeting_id: str, names: Collection[str]) -> list[int]:
    """People of these names in the meeting's unit, or on its roll. One statement, none for no names."""
    if not names:
        return []
    path = select(units.c.path).join(held, held.c.unit_id == units.c.id).where(held.c.id == meeting_id)
    home = select(units.c.id).where(units.c.path.startswith(path.scalar_subquery()))
    on_roll = select(meeting_members.c.person_id).where(meeting_members.c.meeting_id == meeting_id)
    named = [
        select(people.c.id).where(people.c.name.in_(names), where)
        for where in (people.c.unit_id.in_(home), people.c.id.in_(on_roll))
    ]
    return sorted(c.scalars(union(*named)))


def kin_of(c: Connection, persons: Collection[int]) -> dict[int, list[int]]:
    """Near relatives of each of these people, and who lives in the same household. Two statements, none for nobody."""
    if not persons:
        return {}
    found: dict[int, list[int]] = {}
    known = select(kinships.c.person_id, kinships.c.relative_id).where(
        or_(kinships.c.person_id.in_(persons), kinships.c.relative_id.in_(persons))
    )
    for one, other in c.execute(known):
        found.setdefault(one, []).append(other)
        found.setdefault(other, []).append(one)
    mine = household_members.alias("mine")
    together = mine.join(household_members, household_members.c.household_id == mine.c.household_id)
    home = select(mine.c.person_id, household_members.c.person_id.label("other")).select_from(together)
    away = mine.c.person_id != household_members.c.person_id
    for one, other in c.execute(home.where(mine.c.person_id.in_(persons), away)):
        found.setdefault(one, []).append(other)
    return found


def officers_of(rt: Runtime, c: Connection, row: Row[Any], involved: Mapping[int, str]) -> Officers:
    """Who counts and who sees to it now: those chosen when it opened, or whoever holds the post. Two statements."""
    own = (assignments.c.task_id == row.task_id, assignments.c.seat.in_((SCRUTINEER, TELLER)))
    seats = c.execute(select(assignments).where(*own)).all()
    places = [(seat.designation, seat.unit_id) for seat in seats if seat.designation is not None]
    held = holders_of(c, places, rt.today(), rt.designations) if places else {}

    def able(role: str, chosen: Sequence[int]) -> tuple[int, ...]:
        mine = [seat for seat in seats if seat.seat == role]
        posts = [(seat.designation, seat.unit_id) for seat in mine if seat.designation is not None]
        posted = [person for place in posts for person in held.get(place, ())]
        return officers.able(chosen, {seat.person_id for seat in mine}, posted, involved)

    tellers = able(TELLER, row.tellers) if row.tellers else ()
    return Officers(tellers, able(SCRUTINEER, row.scrutineers))


# ---------------------------------------------------------------- motions


def _motions(c: Connection, row: Row[Any], settings: Settings) -> Iterable[tuple[int, Motion]]:
    rounds = rounds_of(c, row.task_id) if is_election(settings) else {}
    entered = {}
    if row.method in COUNTED:
        sheets = c.execute(select(counts).where(counts.c.task_id == row.task_id))
        entered = {(sheet.motion, sheet.round): sheet for sheet in sheets}
    own = select(motions).where(motions.c.task_id == row.task_id).order_by(motions.c.position)
    for one in c.execute(own):
        sheet, round_ = entered.get((one.position, one.round)), rounds.get((one.position, one.round))
        counted = entered_of(sheet, round_) if sheet is not None else None
        yield one.position, motion_of(one, counted, round_)


def motion_of(row: Row[Any], entered: Entered | None, round_: Round | None = None) -> Motion:
    return Motion(
        row.position,
        row.text,
        row.original,
        revised=row.revised_at is not None,
        read_out=row.read_out_at is not None,
        round=row.round,
        entered=entered,
        election=round_,
    )


def entered_of(row: Row[Any], round_: Round | None = None) -> Entered:
    """A row of `counts`; `round_` is the one it counts, where it elects."""
    papers = (row.issued, row.returned, row.valid, row.invalid)
    count: Count | ElectionCount
    if round_ is not None:
        names = {one.place: one.name for one in round_.candidates}
        count = ElectionCount(*papers, dict(row.chosen), names)
    else:
        count = Count(*papers, row.yes, row.no, row.abstain)
    confirmed = row.confirmed_by is not None
    return Entered(count, row.entered_by, row.entered_clerk, confirmed, row.dispute or "", counted_there(row))


def counted_there(row: Row[Any]) -> MeetingRecord:
    """Who had come when a row of `counts` was entered."""
    return MeetingRecord(
        roll=row.roll,
        present=row.present,
        body=row.body,
        body_present=row.body_present,
        households=row.households or 0,
        households_present=row.households_present or 0,
    )


# ---------------------------------------------------------------- elections


def rounds_of(c: Connection, task_id: str) -> dict[tuple[int, int], Round]:
    """The rounds of an election by motion and turn of voting; a void turn is the same round again. One statement."""
    own = select(election_rounds).where(election_rounds.c.task_id == task_id)
    found: dict[tuple[int, int], Round] = {}
    ended: dict[int, int] = {}
    for row in c.execute(own.order_by(election_rounds.c.motion, election_rounds.c.round)):
        number = ended.get(row.motion, 0) + 1
        found[row.motion, row.round] = Round(number, row.seats, tuple(map(_candidate, row.candidates)))
        ended[row.motion] = number - (row.ended_at is None)
    return found


def _candidate(written: Mapping[str, Any]) -> Candidate:
    return Candidate(written["place"], written["name"], written["person"])


def round_row(task_id: str, motion: int, turn: int, round_: Round) -> dict[str, Any]:
    """A row of `election_rounds` for a round that begins; `turn` counts void votes, too."""
    standing = [asdict(candidate) for candidate in round_.candidates]
    key = {"task_id": task_id, "motion": motion, "round": turn}
    return key | {"seats": round_.seats, "candidates": standing}


def ended_rounds(c: Connection, row: Row[Any], settings: Settings) -> dict[int, list[Ended]]:
    """The rounds of an election that have ended, by motion, reckoned again from what was voted."""
    rounds = rounds_of(c, row.task_id)
    own = (election_rounds.c.task_id == row.task_id, election_rounds.c.ended_at.is_not(None))
    majority = meeting.thresholds(settings, "majority")
    found: dict[int, list[Ended]] = {}
    for one in c.execute(select(election_rounds).where(*own).order_by(election_rounds.c.round)).all():
        round_ = rounds[one.motion, one.round]
        standing = standing_of(c, row, one.motion, one.round, round_)
        bases = balloting.bases(MeetingRecord(**one.attendance))
        again = election.end(round_, standing, majority, bases, settings["rounds"])
        found.setdefault(one.motion, []).append(again)
    return found


def standing_of(c: Connection, row: Row[Any], motion: int, turn: int, round_: Round) -> Standing:
    """The votes of one turn of an election that may be counted. One statement."""
    if row.method in COUNTED:
        sheet = c.execute(
            select(counts).where(
                counts.c.task_id == row.task_id, counts.c.motion == motion, counts.c.round == turn
            )
        ).one()
        return Standing(dict(sheet.chosen), sheet.returned)
    return election.standing(round_, [(tuple(one[0]), one[1]) for one in papers_of(c, row, motion, turn)])


def papers_of(c: Connection, row: Row[Any], motion: int, turn: int) -> list[tuple[Any, int]]:
    """What was voted on phones in a turn that may be counted: the choice, or places, and how many times it counts. In
    an order that tells nothing: that of the shuffled ballots, or of what they say.
    """
    if row.method == SECRET:
        own = secret_ballots.c
        query = select(own.choice, own.chosen).where(
            own.task_id == row.task_id, own.motion == motion, own.round == turn
        )
        rows = c.execute(query.order_by(own.position))
        return [(one.choice if one.chosen is None else one.chosen, 1) for one in rows]
    cast = votes.c
    query = select(cast.choice, cast.chosen, cast.weight).where(
        cast.task_id == row.task_id, cast.motion == motion, cast.round == turn
    )
    named = [(one.choice if one.chosen is None else one.chosen, one.weight) for one in c.execute(query)]
    return sorted(named)


# ---------------------------------------------------------------- how many have voted


def marks_of(row: Row[Any]) -> Table:
    """Where it stands who has voted on a phone: with the choice, or apart from it."""
    return secret_marks if row.method == SECRET else votes


def turnout(c: Connection, row: Row[Any]) -> dict[int, tuple[int, int]]:
    """By motion: how many have voted in the turn that is open, and how many of these are there now. One statement."""
    marks = marks_of(row)
    here = func.sum(case((meeting_members.c.attendance == "present", 1), else_=0))
    query = (
        select(marks.c.motion, func.count().label("voted"), here.label("here"))
        .join(
            motions,
            (motions.c.task_id == marks.c.task_id)
            & (motions.c.position == marks.c.motion)
            & (motions.c.round == marks.c.round),
        )
        .join(
            meeting_members,
            (meeting_members.c.meeting_id == marks.c.meeting_id)
            & (meeting_members.c.person_id == marks.c.person_id),
        )
        .where(marks.c.task_id == row.task_id)
        .group_by(marks.c.motion)
    )
    return {one.motion: (one.voted, int(one.here)) for one in c.execute(query)}


def voters_there(c: Connection, row: Row[Any], settings: Settings, there: MeetingRecord) -> int:
    """How many are there who have a vote: of several of one household only one has (FD-4)."""
    if not is_weighted(settings):
        return there.present
    own = (
        meeting_members.c.meeting_id == row.meeting_id,
        meetings.HERE,
        meeting_members.c.is_voter.is_(True),
    )
    query = select(func.count()).select_from(meeting_members).where(*own, meeting_members.c.weight > 0)
    return c.scalar(query) or 0


def with_turnout(ballot: Ballot, voted: Mapping[int, tuple[int, int]]) -> Ballot:
    every = ballot.motions.items()
    return replace(ballot, motions={p: replace(m, voted=voted.get(p, (0, 0))[0]) for p, m in every})


def tallies_of(c: Connection, row: Row[Any]) -> dict[int, Tally]:
    """What was voted on phones and may be counted, by motion; the database adds it up. One statement."""
    secret = row.method == SECRET
    table = secret_ballots if secret else votes
    number = func.count() if secret else func.sum(votes.c.weight)
    query = (
        select(table.c.motion, table.c.choice, number.label("number"))
        .join(
            motions,
            (motions.c.task_id == table.c.task_id)
            & (motions.c.position == table.c.motion)
            & (motions.c.round == table.c.round),
        )
        .where(table.c.task_id == row.task_id, table.c.choice.is_not(None))
        .group_by(table.c.motion, table.c.choice)
    )
    return counting.tallied((one.motion, one.choice, int(one.number)) for one in c.execute(query))


def figures_of(record: MeetingRecord) -> dict[str, int]:
    """The numbers of who was there, as rows and files keep them."""
    return {name: getattr(record, name) for name in _FIGURES}


def find(c: Connection, task_id: str) -> Row[Any] | None:
    return c.execute(select(ballots).where(ballots.c.task_id == task_id)).one_or_none()
