"""计票: what was counted in the hall, papers or hands, entered by one and confirmed by another (procedures.md 11.3)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, update

from engine.operations import ballot_rows, meetings
from engine.operations.acting import Act
from engine.refusal import Invalid
from engine.steps import counting, sheets
from engine.steps.balloting import Motion
from engine.steps.counting import Count, ElectionCount, Papers
from engine.steps.kind import SCRUTINEER
from engine.steps.meeting import MeetingRecord, counts_households
from engine.store.voting import counts, election_rounds, motions


def enter_count(act: Act) -> None:
    """录入计票: what is not confirmed yet may be entered again."""
    _, ballot = ballot_rows.read(act)
    there = meetings.record_of(act.c, meetings.of_task(act, shared=True))
    entered = []
    for where, figures in sheets.counts_in(act.data):
        motion = ballot.motion(figures.get("motion"))
        sheets.check_counter(ballot, motion, _hands(act), act.settings, there, act.roles)
        count = sheets.count_in(ballot, motion, where, figures, act.settings, there)
        own = (counts.c.task_id == act.task.id, counts.c.motion == motion.position)
        act.c.execute(delete(counts).where(*own, counts.c.round == motion.round))
        act.c.execute(insert(counts), _row(act, motion, count, there.with_all_who_came()))
        entered.append(motion.position)
    if len(set(entered)) != len(entered):
        raise Invalid("motion-twice", "同一项议案填了两张计票单，请只留一张")
    act.activate(SCRUTINEER)
    act.note(motions=entered)


def _hands(act: Act) -> list[int]:
    return [person for person in (act.person_id, act.entered_by) if person is not None]


def _row(act: Act, motion: Motion, count: Papers, came: MeetingRecord) -> dict[str, Any]:
    houses = counts_households(act.settings)
    return {
        "task_id": act.task.id,
        "motion": motion.position,
        "round": motion.round,
        "roll": came.roll,
        "present": came.present,
        "body": came.body,
        "body_present": came.body_present,
        "households": came.households if houses else None,
        "households_present": came.households_present if houses else None,
        "issued": count.issued,
        "returned": count.returned,
        "valid": count.valid,
        "invalid": count.invalid,
        **_votes(count),
        "evidence": [file["id"] for file in act.data.get("计票单") or ()],
        "entered_by": act.person_id,
        "entered_clerk": act.entered_by,
        "entered_at": act.now,
    }


def _votes(count: Papers) -> dict[str, Any]:
    if isinstance(count, ElectionCount):
        return {"chosen": [list(pair) for pair in count.votes.items()]}
    assert isinstance(count, Count)
    return {"yes": count.yes, "no": count.no, "abstain": count.abstain}


def confirm_count(act: Act) -> bool:
    """确认计票, by another person than the one who entered it; or say what does not agree. Answers whether the vote is
    to be concluded at once.
    """
    _, ballot = ballot_rows.read(act)
    what = str(act.data.get("不一致") or "").strip()
    void, wanted = [], sheets.to_confirm(ballot, act.data.get("motion"))
    counting.require_seen(str(act.data.get("所见") or ""), sheets.figures_of(wanted))
    for motion in wanted:
        entered = sheets.check_confirmer(ballot, motion, _hands(act))
        after = sheets.dispute(motion, entered, what) if what else sheets.confirm(motion, entered)
        _keep(act, motion, what)
        if after.round > motion.round:
            _vote_again(act, motion, after)
            void.append(motion.position)
        ballot = ballot.with_motion(after)
    if not sheets.waiting(ballot):
        act.deactivate(SCRUTINEER)
    act.note(disputed=bool(what), void=void)
    return bool(act.data.get("结束")) and not what and not void


def _keep(act: Act, motion: Motion, what: str) -> None:
    own = (counts.c.task_id == act.task.id, counts.c.motion == motion.position)
    confirmed = {"confirmed_by": act.person_id, "confirmed_clerk": act.entered_by, "confirmed_at": act.now}
    values = {"disputed_by": act.person_id, "dispute": what} if what else confirmed
    act.c.execute(update(counts).where(*own, counts.c.round == motion.round).values(**values))


def _vote_again(act: Act, motion: Motion, after: Motion) -> None:
    """The vote was void: the same motion, or the same round of an election, once more."""
    own = (motions.c.task_id == act.task.id, motions.c.position == motion.position)
    act.c.execute(update(motions).where(*own).values(round=after.round))
    if motion.election is not None:
        again = ballot_rows.round_row(act.task.id, motion.position, after.round, motion.election)
        act.c.execute(insert(election_rounds), again)
