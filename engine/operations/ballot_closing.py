"""结束: nobody votes any more, and what is there is reckoned: the step's result, or the next round of an election."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, insert, update

from engine.operations import ballot_file, ballot_rows, meetings, secret_ballots
from engine.operations.acting import Act
from engine.steps import balloting, closing, election, meeting
from engine.steps.balloting import Ballot, Motion
from engine.steps.closing import Cast
from engine.steps.election import Ended
from engine.steps.kind import DOERS
from engine.steps.meeting import MeetingRecord
from engine.steps.method import METHODS, ON_PHONE, SECRET, is_election
from engine.store.voting import ballots, election_rounds, motions

Voted = Mapping[int, tuple[int, int]]


def close(act: Act) -> dict[str, Any] | None:
    row, ballot = ballot_rows.read(act)
    held = meetings.of_task(act)
    assert held is not None
    there = meetings.record_of(act.c, held)
    voted = ballot_rows.turnout(act.c, row) if row.method in ON_PHONE else {}
    ballot = ballot_rows.with_turnout(_with_rounds(act, row, ballot), voted)
    voters = ballot_rows.voters_there(act.c, row, act.settings, there)
    silent = Cast(waiting={place: voters - voted.get(place, (0, 0))[1] for place in ballot.motions})
    short = closing.without_quorum(ballot, act.settings, there, silent)
    cast = silent if short is not None else _opened(act, row, ballot, silent)
    ending = closing.end(ballot, act.settings, there, cast, stop=bool(act.data.get(election.STOP)))
    if ending.round is not None:
        _end_round(act, ballot, ending.round, there)
    if ending.result is None:
        assert ending.round is not None
        _begin_round(act, row, ballot, ending.round)
        return None
    if short is not None and row.method == SECRET:
        secret_ballots.empty(act, row)
    if row.method in ON_PHONE and any(silent.waiting.values()):
        act.note(not_voted=max(silent.waiting.values()))  # the chair did not wait for them
    return _conclude(act, row, held, ballot, ending.result, short or there.with_all_who_came())


def _with_rounds(act: Act, row: Row[Any], ballot: Ballot) -> Ballot:
    """With the rounds of an election that have ended before this one."""
    if not is_election(act.settings):
        return ballot
    ended = ballot_rows.ended_rounds(act.c, row, act.settings)
    every = ballot.motions.items()
    return replace(ballot, motions={p: replace(m, ended=tuple(ended.get(p, ()))) for p, m in every})


def _opened(act: Act, row: Row[Any], ballot: Ballot, silent: Cast) -> Cast:
    """What was voted on phones; a secret vote's box is opened now. On paper the counts tell it."""
    if row.method not in ON_PHONE:
        return silent
    if row.method == SECRET:
        secret_ballots.open_boxes(act, row, ballot)
    if not is_election(act.settings):
        return replace(silent, tallies=ballot_rows.tallies_of(act.c, row))
    [motion] = ballot.motions.values()
    assert motion.election is not None
    found = ballot_rows.standing_of(act.c, row, motion.position, motion.round, motion.election)
    return replace(silent, standing=found)


# ---------------------------------------------------------------- rounds of an election


def _end_round(act: Act, ballot: Ballot, ended: Ended, there: MeetingRecord) -> None:
    [motion] = ballot.motions.values()
    came = balloting.attendance(motion, there.with_all_who_came())
    own = (
        election_rounds.c.task_id == act.task.id,
        election_rounds.c.motion == motion.position,
        election_rounds.c.round == motion.round,
    )
    values = {"elected": list(ended.outcome.places), "attendance": ballot_rows.figures_of(came)}
    act.c.execute(update(election_rounds).where(*own).values(ended_at=act.now, **values))
    votes = [[one.place, ended.standing.votes[one.place]] for one in ended.round.candidates]
    act.note(round=ended.round.number, votes=votes, elected=values["elected"])


def _begin_round(act: Act, row: Row[Any], ballot: Ballot, ended: Ended) -> None:
    """Everybody votes once more, in secret into a box with a key of its own."""
    [motion] = ballot.motions.values()
    after = closing.next_round(motion, ended)
    assert after.election is not None
    _change(act, motion, round=after.round)
    following = ballot_rows.round_row(act.task.id, motion.position, after.round, after.election)
    act.c.execute(insert(election_rounds), following)
    if row.method == SECRET:
        own = ballots.c.task_id == row.task_id
        act.c.execute(update(ballots).where(own).values(sealing_key=secret_ballots.new_key(act)))
    act.called_again()


def _change(act: Act, motion: Motion, **values: Any) -> None:
    own = (motions.c.task_id == act.task.id, motions.c.position == motion.position)
    act.c.execute(update(motions).where(*own).values(**values))


# ---------------------------------------------------------------- the end


def _conclude(
    act: Act,
    row: Row[Any],
    held: Row[Any],
    ballot: Ballot,
    result: dict[str, Any],
    at_quorum: MeetingRecord,
) -> dict[str, Any]:
    for place, record in zip(
        sorted(ballot.motions), result.get("议案", ()), strict=False
    ):  # none without a quorum
        _change(act, ballot.motions[place], passed=record["通过"])
    minutes = str(act.data.get("纪要") or "")
    papers = [file["id"] for file in act.data.get("照片") or ()]
    meetings.end(act, held, result["结论"], minutes, papers)
    text = ballot_file.write(act, row, held, ballot, result, at_quorum)
    ended = {"status": "closed", "closed_at": act.now, "sealing_key": None, "published": text}
    act.c.execute(update(ballots).where(ballots.c.task_id == row.task_id).values(ended))
    _note(act, result, text)
    more = {"方式": METHODS[ballot.method], "纪要": minutes, "会议": held.id}
    more |= {meeting.GUESTS: held.guests} if act.settings["guests"] else {}
    return result | more | {DOERS: [act.person_id]}


def _note(act: Act, result: Mapping[str, Any], text: str) -> None:
    """Roll and tally stand in the journal, with the digest of what is published: no single vote does."""
    present = [result[name] for name in ("应到", "实到", "组成人员", "到会组成人员")]
    figures = [[motion["赞成"], motion["反对"], motion["弃权"]] for motion in result.get("议案", ())]
    act.note(conclusion=result["结论"], present=present, published=ballot_file.digest(text))
    if figures:
        act.note(figures=figures)
