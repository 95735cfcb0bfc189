"""The motions of an open vote, or the candidates of an election, as pages and API show them: never what was voted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Row, func, select

from engine.operations import ballot_rows
from engine.operations.ballot_rows import Settings
from engine.people.roster import names_of
from engine.queries.meetings import Paper
from engine.runtime import Runtime
from engine.steps import balloting, election, meeting
from engine.steps.balloting import Ballot, Motion
from engine.steps.counting import Count, Decision, ElectionCount, decide
from engine.steps.election import Ended
from engine.steps.meeting import MeetingRecord
from engine.steps.method import COUNTED
from engine.store.tables import file_uses
from engine.store.voting import counts, election_rounds


@dataclass(frozen=True)
class Sheet:
    """A count as it was entered, and what it would come to once it is confirmed; in an election `elects` says it."""

    figures: Mapping[str, int]
    void: bool
    confirmed: bool
    entered_by: str
    dispute: str
    evidence: tuple[Paper, ...]
    decision: Decision | None
    elects: str = ""


@dataclass(frozen=True)
class Standing:
    """Somebody who stands in an election, by the place a vote names; `votes` only of a round that has ended."""

    place: int
    name: str
    votes: int | None = None
    elected: bool = False


@dataclass(frozen=True)
class RoundView:
    """A round of an election: for how many seats, and who stands. `number` from 1."""

    number: int
    seats: int
    candidates: tuple[Standing, ...]
    reckoned: tuple[str, ...] = ()


@dataclass(frozen=True)
class MotionView:
    """`votes`: how many have voted on it, never what; `waiting`: who is there and has not; `is_mine`: the reader has.

    `election` is the round that is open where people are elected, `ended` those before it.
    """

    position: int
    text: str
    original: str
    waits_for_reading: bool
    revised: bool
    round: int
    votes: int
    is_mine: bool
    sheet: Sheet | None
    waiting: int = 0
    election: RoundView | None = None
    ended: tuple[RoundView, ...] = ()

    @property
    def elected(self) -> list[str]:
        """Who is elected already."""
        return [one.name for round_ in self.ended for one in round_.candidates if one.elected]


def announced(settings: Settings, title: str) -> tuple[MotionView, ...]:
    """Before the vote opens."""
    standing = election.first_round(settings) if settings.get("elect") else None
    shown = _round(standing) if standing is not None else None
    texts = settings["motions"] or [title]
    return tuple(
        MotionView(place, text, text, False, False, 1, 0, False, None, election=shown)
        for place, text in enumerate(texts, start=1)
    )


def of_ballot(
    c: Connection, row: Row[object], ballot: Ballot, settings: Settings, record: MeetingRecord, person: int
) -> Iterator[MotionView]:
    """Of a row of `ballots` that is open, for a reader."""
    voted = ballot_rows.turnout(c, row) if row.method not in COUNTED else {}
    there = ballot_rows.voters_there(c, row, settings, record)
    marks = ballot_rows.marks_of(row)
    own = (marks.c.task_id == row.task_id, marks.c.person_id == person)
    mine = {(one.motion, one.round) for one in c.execute(select(marks.c.motion, marks.c.round).where(*own))}
    entered = [m.entered.by for m in ballot.motions.values() if m.entered and m.entered.by is not None]
    who, photos = names_of(c, entered) if entered else {}, _evidence(c, row)
    ended = ballot_rows.ended_rounds(c, row, settings) if settings.get("elect") else {}
    for place, motion in ballot.motions.items():
        number, here = voted.get(place, (0, 0))
        yield MotionView(
            place,
            motion.text,
            motion.original,
            motion.waits_for_reading,
            motion.revised,
            motion.round,
            number,
            (place, motion.round) in mine,
            _sheet(motion, settings, record, who, photos.get((place, motion.round), ())),
            there - here,
            _round(motion.election) if motion.election is not None else None,
            tuple(map(round_view, ended.get(place, ()))),
        )


def rounds_ended(rt: Runtime, task_id: str) -> int:
    """How many rounds of an election have ended on this step: whether an act has just ended one. One statement."""
    rounds = election_rounds.c
    own = (rounds.task_id == task_id, rounds.ended_at.is_not(None))
    return rt.database.look(lambda c: c.scalar(select(func.count()).where(*own)) or 0)


def _round(round_: election.Round) -> RoundView:
    standing = tuple(Standing(one.place, one.name) for one in round_.candidates)
    return RoundView(round_.number, round_.seats, standing)


def round_view(ended: Ended) -> RoundView:
    """A round that has ended, most votes first."""
    votes, won = ended.standing.votes, ended.outcome.places
    ranked = sorted(ended.round.candidates, key=lambda one: (-votes[one.place], one.place))
    standing = tuple(Standing(one.place, one.name, votes[one.place], one.place in won) for one in ranked)
    return RoundView(ended.round.number, ended.round.seats, standing, ended.reckoned)


# ---------------------------------------------------------------- counts


def _evidence(c: Connection, row: Row[object]) -> dict[tuple[int, int], tuple[Paper, ...]]:
    """Photos of the counts, by motion and turn; they belong to the matter as the counts do."""
    if row.method not in COUNTED:
        return {}
    sheets = c.execute(select(counts).where(counts.c.task_id == row.task_id)).all()
    ids = {each for sheet in sheets for each in sheet.evidence}
    query = select(file_uses.c.file_id, file_uses.c.name).where(
        file_uses.c.file_id.in_(ids), file_uses.c.instance_id == row.instance_id
    )
    names = {file.file_id: file.name for file in c.execute(query)} if ids else {}
    return {
        (sheet.motion, sheet.round): tuple(Paper(e, names[e]) for e in sheet.evidence if e in names)
        for sheet in sheets
    }


def _sheet(
    motion: Motion,
    settings: Settings,
    record: MeetingRecord,
    who: Mapping[int, str],
    evidence: tuple[Paper, ...],
) -> Sheet | None:
    entered = motion.entered
    if entered is None:
        return None
    majority = meeting.thresholds(settings, "majority")
    count, bases = entered.count, balloting.bases(balloting.attendance(motion, record))
    decision = None
    if isinstance(count, Count) and not count.void:
        decision = decide(motion.text, count.tally, majority, bases)
    elects = ""
    if isinstance(count, ElectionCount) and motion.election is not None and not count.void:
        ended = election.end(motion.election, count.standing, majority, bases, settings["rounds"])
        elects = _elects(ended)
    return Sheet(
        figures=count.figures(),
        void=count.void,
        confirmed=entered.confirmed,
        entered_by=who.get(entered.by or 0, ""),
        dispute=entered.dispute,
        evidence=evidence,
        decision=decision,
        elects=elects,
    )


def _elects(ended: Ended) -> str:
    names = {one.place: one.name for one in ended.round.candidates}
    won = "、".join(names[place] for place in ended.outcome.places)
    told = f"当选：{won}" if won else "没有人当选"
    if ended.next is None:
        return told
    again = "、".join(one.name for one in ended.next.candidates)
    return f"{told}；还差 {ended.next.seats} 人，{again}再选一轮"
