"""What a vote comes to when it is closed: the result of the step, or the next round of an election."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.refusal import Invalid
from engine.steps import election, meeting
from engine.steps.balloting import Ballot, Motion, attendance, bases, name
from engine.steps.counting import Count, Decision, ElectionCount, Papers, Tally, decide
from engine.steps.election import Ended, Standing
from engine.steps.meeting import INQUORATE, MeetingRecord, Settings
from engine.steps.method import COUNTED, ON_PHONE

PASSED, PARTLY, LOST = "通过", "部分通过", "未通过"
# The ones any vote can come to stand before the one that takes several motions.
OUTCOMES = (PASSED, LOST, PARTLY, INQUORATE)
ELECTION_OUTCOMES = (election.ELECTED, election.SHORT, INQUORATE)


@dataclass(frozen=True)
class Cast:
    """What was voted on phones when a vote is closed: tallies by motion, and the votes of an election.

    `waiting`: by motion, who is there and has not voted on it.
    """

    tallies: Mapping[int, Tally] = field(default_factory=dict)
    standing: Standing | None = None
    waiting: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Ending:
    """What closing came to: the step's result; or, without one, the next round of an election."""

    result: dict[str, Any] | None
    round: Ended | None = None


def end(
    ballot: Ballot, settings: Settings, there: MeetingRecord, cast: Cast, *, stop: bool = False
) -> Ending:
    """What the vote comes to when it is closed. Raises Invalid while a motion is undecided.

    An election with an undecided round goes on with the next, once everybody there has voted: who is out of it is out
    for good. With `stop` what is open stays open. Without a quorum
    nothing was decided, whatever was voted (BB-5.1): where it was never there, or was lost before everybody there had
    voted. What was voted while it was there stands, though people leave afterwards; so do the rounds of an election
    that ended before it was lost.
    """
    came, every = there.with_all_who_came(), [motion for _, motion in sorted(ballot.motions.items())]
    elects = next((motion for motion in every if motion.election is not None), None)
    short = without_quorum(ballot, settings, there, cast)
    if short is not None and short != came and elects is not None and _has_elected(elects):
        return Ending(_elected(settings, elects.ended, short, came))
    if short is not None:
        return Ending(_inquorate(settings, short, came, elects))
    if elects is None:
        return Ending(_decided(ballot, settings, came, every, cast))
    ended = _end_round(ballot, elects, settings, came, cast, stop=stop)
    if ended.next is not None:
        _require_all_voted(ballot, elects, cast)
        return Ending(None, ended)
    return Ending(_elected(settings, [*elects.ended, ended], came, came), ended)


def without_quorum(
    ballot: Ballot, settings: Settings, there: MeetingRecord, cast: Cast
) -> MeetingRecord | None:
    """The attendance that was not enough, whatever was voted; None where a quorum was there. What is in the box of a
    secret vote does not matter for it, so that the box of a meeting without a quorum stays shut.
    """
    came = there.with_all_who_came()
    if not meeting.quorum(settings, came).holds:
        return came
    undecided = any(_is_undecided(ballot, motion, cast) for motion in ballot.motions.values())
    return there if undecided and not meeting.quorum(settings, there).holds else None


def _require_all_voted(ballot: Ballot, motion: Motion, cast: Cast) -> None:
    """Raises Invalid: whoever ends a round early would choose who stands in the next one."""
    waiting = cast.waiting.get(motion.position, 0) if ballot.method in ON_PHONE else 0
    if waiting > 0:
        raise Invalid(
            "round-open",
            f"到会的还有 {waiting} 人没有投。这一轮没有选足，要等他们投完（可以弃权），才能定谁进下一轮；"
            "已经走了的，请先记早退。不再选下一轮的，请勾选“不再选”",
        )


def _has_elected(motion: Motion) -> bool:
    return any(ended.outcome.places for ended in motion.ended)


def _elected(
    settings: Settings, rounds: Sequence[Ended], at_quorum: MeetingRecord, came: MeetingRecord
) -> dict[str, Any]:
    found = election.result(settings["elect"], rounds)
    return found | _figures(settings, at_quorum, came, election.lines(rounds))


def next_round(motion: Motion, ended: Ended) -> Motion:
    """The motion as its next round begins."""
    return replace(
        motion,
        round=motion.round + 1,
        entered=None,
        voted=0,
        election=ended.next,
        ended=(*motion.ended, ended),
    )


def _decided(
    ballot: Ballot, settings: Settings, came: MeetingRecord, every: Sequence[Motion], cast: Cast
) -> dict[str, Any]:
    majority = meeting.thresholds(settings, "majority")
    decisions = [
        decide(motion.text, _tally(ballot, motion, cast), majority, bases(attendance(motion, came)))
        for motion in every
    ]
    passed = sum(decision.passed for decision in decisions)
    outcome = PASSED if passed == len(decisions) else PARTLY if passed else LOST
    several = len(decisions) > 1
    lines = [
        f"议案 {place}：{line}" if several else line
        for place, decision in enumerate(decisions, 1)
        for line in decision.reckoned
    ]
    return _of_motions(outcome, decisions) | _figures(settings, came, came, lines)


def _end_round(
    ballot: Ballot, motion: Motion, settings: Settings, came: MeetingRecord, cast: Cast, *, stop: bool
) -> Ended:
    assert motion.election is not None
    rounds = motion.election.number if stop else settings["rounds"]
    majority = meeting.thresholds(settings, "majority")
    standing = _standing(ballot, motion, cast)
    return election.end(motion.election, standing, majority, bases(attendance(motion, came)), rounds)


def _inquorate(
    settings: Settings, short: MeetingRecord, came: MeetingRecord, elects: Motion | None
) -> dict[str, Any]:
    """Nothing was decided; `short` is the attendance that was not enough."""
    if elects is None:
        return _of_motions(INQUORATE, []) | _figures(settings, short, came, [])
    nothing = election.result(settings["elect"], []) | {"结论": INQUORATE}
    return nothing | _figures(settings, short, came, [])


def _is_undecided(ballot: Ballot, motion: Motion, cast: Cast) -> bool:
    if ballot.method in COUNTED:
        return motion.entered is None
    return motion.voted == 0 or cast.waiting.get(motion.position, 0) > 0


def _tally(ballot: Ballot, motion: Motion, cast: Cast) -> Tally:
    if ballot.method in COUNTED:
        count = _confirmed(motion)
        assert isinstance(count, Count)
        return count.tally
    tally = cast.tallies.get(motion.position, Tally())
    if not tally.returned:
        raise Invalid("motion-open", f"{name(motion)}还没有人投票，请等大家投完再结束")
    return tally


def _standing(ballot: Ballot, motion: Motion, cast: Cast) -> Standing:
    if ballot.method in COUNTED:
        count = _confirmed(motion)
        assert isinstance(count, ElectionCount)
        return count.standing
    if cast.standing is None or not cast.standing.returned:
        raise Invalid("motion-open", f"{name(motion)}还没有人投票，请等大家投完再结束")
    return cast.standing


def _confirmed(motion: Motion) -> Papers:
    if motion.entered is None:
        void = motion.round > 1 + len(motion.ended)
        again = "上一次投票无效（收回的票多于发出的票），请重新投票，再" if void else "请先"
        raise Invalid("motion-open", f"{name(motion)}还没有计票结果，{again}录入计票")
    if not motion.entered.confirmed:
        raise Invalid("count-open", f"{name(motion)}的计票还没有核对，请监票人先确认")
    return motion.entered.count


def _of_motions(outcome: str, decisions: Sequence[Decision]) -> dict[str, Any]:
    return {
        "结论": outcome,
        "议案": [decision.as_record() for decision in decisions],
        "通过的议案": [decision.text for decision in decisions if decision.passed],
        "未通过的议案": [decision.text for decision in decisions if not decision.passed],
    }


def _figures(
    settings: Settings, at_quorum: MeetingRecord, came: MeetingRecord, lines: Sequence[str]
) -> dict[str, Any]:
    """Who came, and every comparison that was made."""
    counted = bases(came)
    households = (
        {"户数": counted["户"], "到会户数": counted["到会户"]} if meeting.counts_households(settings) else {}
    )
    return {
        "应到": counted["应到"],
        "实到": counted["到会"],
        "组成人员": counted["组成人员"],
        "到会组成人员": counted["到会组成人员"],
        **households,
        "依据": [*meeting.quorum(settings, at_quorum).reckoned, *lines],
    }
