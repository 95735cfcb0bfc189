"""Meetings and votes nobody played: who came, and the votes that give the outcome that is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.execution.answering import Answering
from engine.steps import (
    DOERS,
    Submission,
    balloting,
    closing,
    counting,
    election,
    meeting,
    meeting_replay,
    method,
)
from engine.steps.balloting import Ballot, Entered, Motion
from engine.steps.closing import Cast
from engine.steps.counting import Count, ElectionCount, Tally
from engine.steps.kind import MEMBER
from engine.steps.meeting import BODY, GUESTS, INQUORATE, PRESENT, MeetingRecord

__all__ = ["INQUORATE", "PRESENT", "result", "who_came"]

Settings = Mapping[str, Any]


def who_came(step: Answering, *, quorate: bool) -> list[int] | None:
    """All of the body, or as many as are not enough; None where the roll allows neither."""
    everybody = dict.fromkeys(p for seat in step.seats if seat.name in (MEMBER, BODY) for p in seat.people)
    people = list(everybody)
    if quorate:
        return people if _quorate(step, people) else None
    return next(
        (people[:many] for many in range(len(people), -1, -1) if not _quorate(step, people[:many])), None
    )


def result(step: Answering, outcome: str | None, by: int | None, now: datetime) -> dict[str, Any] | None:
    """The result of a vote that ends like this; None where it cannot."""
    settings, elects = step.settings, method.is_election(step.settings)
    outcome = outcome or (election.ELECTED if elects else closing.PASSED)
    present = who_came(step, quorate=outcome != INQUORATE)
    if present is None:
        return None
    opened = Submission({PRESENT: present}, by, action="open", at=now)
    held = meeting_replay.replay(step.seats, [opened])
    papers = (
        sum(held.weights().get(one, 0) for one in present)
        if method.is_weighted(settings)
        else held.record.came
    )
    if not papers and outcome != INQUORATE:
        return None
    ballot, cast = (_elected if elects else _voted)(settings, held.record, outcome, papers)
    ending = closing.end(ballot, settings, held.record, cast, stop=True)
    if ending.result is None or ending.result["结论"] != outcome:
        return None
    more = {
        "方式": method.METHODS[ballot.method],
        "纪要": "",
        "会议": "",
        DOERS: [by] if by is not None else [],
    }
    guests: dict[str, Any] = {GUESTS: []} if settings["guests"] else {}
    found = ending.result | more | guests
    if by is None:
        del found[DOERS]
    return found


def _quorate(step: Answering, people: Sequence[int]) -> bool:
    opened = Submission({PRESENT: list(people)}, action="open")
    return meeting.quorum(step.settings, meeting_replay.replay(step.seats, [opened]).record).holds


# ---------------------------------------------------------------- motions


def _voted(settings: Settings, there: MeetingRecord, outcome: str, papers: int) -> tuple[Ballot, Cast]:
    """Every motion passes by everybody's vote, or fails by one; 部分通过: the first passes, the others fail."""
    way, texts = method.methods(settings)[0], settings["motions"] or [settings["subject"]]
    losing = _most_that_fails(settings, there, papers)
    tallies: dict[int, Tally] = {}
    for place in range(1, len(texts) + 1):
        passes = outcome == closing.PASSED or (outcome == closing.PARTLY and place == 1)
        yes = papers if passes else losing
        tallies[place] = Tally(yes, papers - yes, 0, papers)
    motions = {place: Motion(place, text, text) for place, text in enumerate(texts, 1)}
    if outcome != INQUORATE:
        motions = {place: _counted(motions[place], way, tallies[place], there) for place in motions}
    return Ballot(way, (), motions), Cast(tallies)


def _counted(motion: Motion, way: str, tally: Tally, there: MeetingRecord) -> Motion:
    if way not in method.COUNTED:
        return replace(motion, voted=tally.returned)
    papers = (tally.returned, tally.returned, tally.returned, 0)
    return replace(
        motion, entered=Entered(Count(*papers, tally.yes, tally.no, 0), confirmed=True, there=there)
    )


def _most_that_fails(settings: Settings, there: MeetingRecord, papers: int) -> int:
    """The most votes that are not enough."""
    bases, majority = balloting.bases(there), meeting.thresholds(settings, "majority")
    for yes in range(papers, 0, -1):
        if not counting.decide("", Tally(yes, papers - yes, 0, papers), majority, bases).passed:
            return yes
    return 0


# ---------------------------------------------------------------- elections


def _elected(settings: Settings, there: MeetingRecord, outcome: str, papers: int) -> tuple[Ballot, Cast]:
    """Everybody votes for the first candidates; 未选足: nobody is voted for."""
    way, round_ = method.methods(settings)[0], election.first_round(settings)
    winners = (
        {one.place for one in round_.candidates[: round_.seats]} if outcome == election.ELECTED else set()
    )
    votes = {one.place: papers if one.place in winners else 0 for one in round_.candidates}
    motion = Motion(1, settings["subject"], settings["subject"], election=round_)
    standing = election.Standing(votes, papers, 0 if winners else papers)
    if way in method.COUNTED and outcome != INQUORATE:
        names = {one.place: one.name for one in round_.candidates}
        count = ElectionCount(papers, papers, papers, 0, votes, names)
        motion = replace(motion, entered=Entered(count, confirmed=True, there=there))
    elif outcome != INQUORATE:
        motion = replace(motion, voted=papers)
    return Ballot(way, (), {1: motion}), Cast(standing=standing)
