"""What has been done so far in a vote, and what may be done next. The server fills the record from its tables, a
rehearsal from what was handed in: one rule, one place.

- a motion that was changed in the meeting is read out in its final words before it is voted (BB-5.4);
- one member, one vote on each motion (BB-5.3), and only while a quorum is there (BB-5.1);
- papers are counted by one and confirmed by another; more papers back than were handed out: void, and again (11.3).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.refusal import Forbidden, Invalid, Overtaken
from engine.steps import meeting
from engine.steps.counting import Count, Decision, Tally, decide, read_count
from engine.steps.meeting import INQUORATE, MeetingRecord, Settings

NAMED, PAPER = "named", "paper"
METHODS = {NAMED: "记名投票", PAPER: "纸质票"}
SCRUTINEERS = "监票人"  # the field of 开会
PASSED, PARTLY, LOST = "通过", "部分通过", "未通过"
OUTCOMES = (PASSED, PARTLY, LOST, INQUORATE)


@dataclass(frozen=True)
class Entered:
    """A count as somebody entered it: `by` whose act it was, `clerk` who typed it in for him.

    `there` is who was there when the papers were counted: what came of them is reckoned on that, whoever comes later.
    """

    count: Count
    by: int | None = None
    clerk: int | None = None
    confirmed: bool = False
    dispute: str = ""
    there: MeetingRecord = field(default_factory=MeetingRecord)

    @property
    def hands(self) -> set[int]:
        return {person for person in (self.by, self.clerk) if person is not None}


@dataclass(frozen=True)
class Motion:
    """One motion (议案), from 1. `round` is raised when a vote on it was void; `entered` is this round's count.

    `voted` is how many have voted by name.
    """

    position: int
    text: str
    original: str
    revised: bool = False
    read_out: bool = False
    round: int = 1
    entered: Entered | None = None
    voted: int = 0

    @property
    def waits_for_reading(self) -> bool:
        return self.revised and not self.read_out

    @property
    def counted(self) -> bool:
        """A valid count is confirmed."""
        return self.entered is not None and self.entered.confirmed

    @property
    def count_stands(self) -> bool:
        """A count is entered, and nobody says that it does not agree."""
        return self.entered is not None and not self.entered.dispute

    @property
    def begun(self) -> bool:
        return self.voted > 0 or self.entered is not None or self.round > 1


@dataclass(frozen=True)
class Ballot:
    """A vote that is open: its motions and how they are voted."""

    method: str
    scrutineers: tuple[int, ...]
    motions: Mapping[int, Motion] = field(default_factory=dict)

    def motion(self, position: Any) -> Motion:
        """The motion with this number; without one the only one there is. Raises Invalid."""
        if position in (None, "") and len(self.motions) == 1:
            return next(iter(self.motions.values()))
        try:
            return self.motions[int(position)]
        except (KeyError, TypeError, ValueError):
            message = f"请写明是第几项议案（1 到 {len(self.motions)}）"
            raise Invalid("motion-unknown", message, {"motion": message}) from None

    def with_motion(self, motion: Motion) -> "Ballot":
        return replace(self, motions={**self.motions, motion.position: motion})


# ---------------------------------------------------------------- what was handed in


def votes_in(data: Mapping[str, Any]) -> list[tuple[Any, str]]:
    """(motion, choice) of one vote, or of several at once. Raises Invalid with the field at fault."""
    rows = data.get("votes") or [data]
    found: dict[Any, str] = {}
    for place, row in enumerate(rows):
        where = f"votes[{place}].choice" if data.get("votes") else "choice"
        if not row.get("choice"):
            raise Invalid("choice-missing", "还有议案没有选，请逐项选择赞成、反对或弃权", {where: "请选择"})
        if row.get("motion") in found:
            raise Invalid("motion-twice", "同一项议案投了两次，一人一票", {where: "同一项议案只能投一次"})
        found[row.get("motion")] = row["choice"]
    return list(found.items())


def counts_in(data: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """(where its fields stand, figures) of one count, or of several at once."""
    rows = data.get("计票") or []
    return [(f"计票[{place}].", row) for place, row in enumerate(rows)] or [("", data)]


def count_in(where: str, row: Mapping[str, Any], there: MeetingRecord) -> Count:
    """The count a form says; `where` its fields stand. Raises Invalid for figures that cannot be."""
    count, errors = read_count(row, there.roll, there.present)
    if count is None or errors:
        fields = {f"{where}{key}": message for key, message in errors.items()}
        raise Invalid("count", "计票单上的数对不上，请看标红的地方", fields)
    return count


def counted_in(motion: Motion) -> Motion:
    """The motion with one vote more."""
    return replace(motion, voted=motion.voted + 1)


# ---------------------------------------------------------------- motions


def revise(motion: Motion, text: str) -> Motion:
    """The motion in new words, which must be read out before it is voted. Raises Invalid, Overtaken."""
    if motion.begun:
        raise Overtaken("motion-voted", f"{name(motion)}已经开始表决，不能再修改")
    if text == motion.text:
        raise Invalid("motion-same", "改后的文字和原来一样，没有改动", {"议案": "和原来一样"})
    return replace(motion, text=text, revised=True, read_out=False)


def read_out(motion: Motion) -> Motion:
    """Its final words have been read out. Raises Invalid, Overtaken."""
    if not motion.revised:
        raise Invalid("motion-unchanged", f"{name(motion)}会上没有修改过，不用宣读定稿，直接表决即可")
    if motion.read_out:
        raise Overtaken("motion-read", f"{name(motion)}的定稿已经宣读过了，可以表决")
    return replace(motion, read_out=True)


# ---------------------------------------------------------------- voting by name


def check_vote(ballot: Ballot, motion: Motion, settings: Settings, there: MeetingRecord) -> None:
    """Raises Invalid where nobody may vote on this motion now."""
    if ballot.method != NAMED:
        raise Invalid("ballot-paper", "这次用纸质票表决，请在会场投票，由计票人录入计票结果")
    _require_votable(motion, settings, there)


def check_voter(*, on_roll: bool, present: bool, holds: bool, post: str) -> None:
    """Whether this person has a vote. `holds`: still on the post that gives it. Raises Forbidden."""
    if not on_roll:
        raise Forbidden("not-on-roll", "您不在这次会议的表决名单里，不能投票。名单在开会时就已经固定")
    if not holds:
        raise Forbidden(
            "no-longer-voter", f"您已经不再是{post}，不能投票。应到人数按开会时的名单计算，不因此改变"
        )
    if not present:
        raise Forbidden("not-present", "您还没有签到。到会的人才能投票，请先签到，或请记录人补记")


def already_voted(motion: Motion) -> Overtaken:
    return Overtaken("voted", f"您对{name(motion)}已经投过票，一人一票，不能重投")


def require_not_voted(voters: int) -> None:
    """`voters`: how many of those that are to be marked as not present have voted. Raises Invalid."""
    if voters:
        message = f"其中 {voters} 人已经投了票，不能改成没有到会"
        raise Invalid("has-voted", message, {meeting.ABSENT: message})


def require_not_counted(counted: bool) -> None:
    """`counted`: papers were handed out to people who now are to be marked as not present. Raises Invalid."""
    if counted:
        message = (
            "计票单已经录入，到会的人数写在上面，不能再减少。确实记错了，请监票人核对时写明“对不上”，"
            "改好签到，再重新录入计票"
        )
        raise Invalid("count-stands", message, {meeting.ABSENT: message})


# ---------------------------------------------------------------- papers


def check_counter(
    ballot: Ballot, motion: Motion, hands: Collection[int], settings: Settings, there: MeetingRecord
) -> None:
    """Whether these people (who counted, and the clerk who types for him) may enter a count of this motion now.

    It takes the place of one that is not confirmed yet. Raises Invalid, Forbidden, Overtaken.
    """
    if ballot.method != PAPER:
        raise Invalid("ballot-named", "这次是记名投票，系统自动计票，不用录入计票单")
    if motion.counted:
        raise Overtaken("count-confirmed", f"{name(motion)}的计票已经核对确认，不能再改")
    _require_votable(motion, settings, there)
    if set(hands) & set(ballot.scrutineers):
        raise Forbidden("counter-scrutineer", "您是这次的监票人，不能同时计票（兼任-2），请由别人录入")
    if set(hands) & set(settings["handlers"]):
        raise Forbidden("counter-involved", "您是这件事的承办人，不能计票（兼任-3），请由别人录入")


def to_confirm(ballot: Ballot, position: Any) -> list[Motion]:
    """The motion that is meant, or all whose counts wait to be confirmed. Raises Invalid where none does, Overtaken
    where all are confirmed already.
    """
    if position not in (None, ""):
        return [ballot.motion(position)]
    found = waiting(ballot)
    if not found and all(motion.counted for motion in ballot.motions.values()):
        raise Overtaken("count-confirmed", "计票都已经核对确认过了，不用再确认")
    if not found:
        raise Invalid("count-missing", "没有等待确认的计票，请先由计票人录入")
    # What somebody disputes waits for its counter, and does not hold up the others.
    return [motion for motion in found if motion.count_stands] or found


def waiting(ballot: Ballot) -> list[Motion]:
    """The motions whose counts are entered and not confirmed."""
    return [m for m in ballot.motions.values() if m.entered is not None and not m.entered.confirmed]


def figures_of(motions: Iterable[Motion]) -> dict[int, dict[str, int]]:
    """The counts of these motions, by motion."""
    return {m.position: m.entered.count.figures() for m in motions if m.entered is not None}


def check_confirmer(ballot: Ballot, motion: Motion, hands: Collection[int]) -> Entered:
    """The count that these people (who confirms, and the clerk who types for him) may confirm or dispute.

    Raises Forbidden, Invalid, Overtaken.
    """
    entered = motion.entered
    if entered is None:
        raise Invalid("count-missing", f"{name(motion)}还没有录入计票，请先由计票人录入")
    if entered.confirmed:
        raise Overtaken("count-confirmed", f"{name(motion)}的计票已经核对确认过了")
    if entered.dispute:
        raise Invalid("count-disputed", f"{name(motion)}的计票有出入，请计票人核对后重新录入，再确认")
    if entered.hands & set(hands):
        raise Forbidden("count-own", "计票要两个人经手：录入的人不能自己确认，请监票人用自己的账号核对确认")
    if ballot.scrutineers and hands and not set(hands) & set(ballot.scrutineers):
        raise Forbidden("not-scrutineer", "计票由这次会议的监票人核对确认，您不是这次的监票人")
    return entered


def dispute(motion: Motion, entered: Entered, what: str) -> Motion:
    """The motion with what the second person found different; the count is entered again."""
    return replace(motion, entered=replace(entered, dispute=what))


def confirm(motion: Motion, entered: Entered) -> Motion:
    """The motion with its count confirmed. A void vote is taken again: its next round begins."""
    if entered.count.void:
        return replace(motion, round=motion.round + 1, entered=None)
    return replace(motion, entered=replace(entered, confirmed=True, dispute=""))


def able_scrutineers(
    chosen: Sequence[int], seated: Collection[int], posted: Sequence[int], settings: Settings
) -> tuple[int, ...]:
    """Who confirms counts now: those chosen when it opened who still may; if none of them does, whoever is on the post
    by now and has nothing to do with what is voted (兼任-3). `seated`: people named for this vote.
    """
    able = tuple(person for person in chosen if person in seated or person in posted)
    return able or tuple(person for person in posted if person not in settings["handlers"])


def check_scrutineers(
    method: str, named: Sequence[int], settings: Settings, there: Collection[int] | None
) -> None:
    """Paper is counted before scrutineers who have nothing to do with what is voted (兼任-3). Raises Invalid.

    `there`: who may be named, being present or on the post that sees to counts; None without a roster.
    """
    if method != PAPER:
        return
    message = ""
    if not named and there is not None:
        message = "用纸质票表决要有监票人，请从到会的人里推定，并写在这里"
    elif there is not None and set(named) - set(there):
        message = "监票人要从到会的人里推定，有人还没有到会，请换一个人，或先记他到会"
    elif set(named) & set(settings["handlers"]):
        message = "监票人里有这件事的承办人，按规定要回避（兼任-3），请换一个人"
    if message:
        raise Invalid("scrutineers", message, {SCRUTINEERS: message})


# ---------------------------------------------------------------- the end


def conclude(
    ballot: Ballot, settings: Settings, there: MeetingRecord, votes: Mapping[int, Tally]
) -> dict[str, Any]:
    """The result of the step; `votes` are the tallies of a vote by name. Raises Invalid while a motion is undecided.

    Without a quorum nothing was decided, whatever was voted (BB-5.1).
    """
    if not meeting.quorum(settings, there).holds:
        return _result(INQUORATE, settings, there, [])
    majority = meeting.thresholds(settings, "majority")
    decisions = [
        decide(motion.text, _tally(ballot, motion, votes), majority, bases(attendance(motion, there)))
        for _, motion in sorted(ballot.motions.items())
    ]
    passed = sum(decision.passed for decision in decisions)
    outcome = PASSED if passed == len(decisions) else PARTLY if passed else LOST
    return _result(outcome, settings, there, decisions)


def closed() -> Overtaken:
    return Overtaken("ballot-closed", "表决已经结束，结果已经宣布，不能再投票或更改")


def bases(there: MeetingRecord) -> dict[str, int]:
    """What a majority is compared with, but for the papers, which every motion has of its own."""
    return {
        "应到": there.roll,
        "到会": there.present,
        "组成人员": there.body,
        "到会组成人员": there.body_present,
    }


def attendance(motion: Motion, there: MeetingRecord) -> MeetingRecord:
    """Who is counted as present for this motion: on paper those whom its count found there, else who is there now."""
    return motion.entered.there if motion.entered is not None else there


def name(motion: Motion) -> str:
    return f"第 {motion.position} 项议案"


def _tally(ballot: Ballot, motion: Motion, votes: Mapping[int, Tally]) -> Tally:
    if ballot.method == NAMED:
        tally = votes.get(motion.position, Tally())
        if not tally.returned:
            raise Invalid("motion-open", f"{name(motion)}还没有人投票，请等大家投完再结束")
        return tally
    if motion.entered is None:
        again = "上一次投票无效（收回的票多于发出的票），请重新投票，再" if motion.round > 1 else "请先"
        raise Invalid("motion-open", f"{name(motion)}还没有计票结果，{again}录入计票")
    if not motion.entered.confirmed:
        raise Invalid("count-open", f"{name(motion)}的计票还没有核对，请监票人先确认")
    return motion.entered.count.tally


def _result(
    outcome: str, settings: Settings, there: MeetingRecord, decisions: Sequence[Decision]
) -> dict[str, Any]:
    several = len(decisions) > 1
    lines = [
        f"议案 {place}：{line}" if several else line
        for place, decision in enumerate(decisions, 1)
        for line in decision.reckoned
    ]
    counted = bases(there)
    return {
        "结论": outcome,
        "应到": counted["应到"],
        "实到": counted["到会"],
        "组成人员": counted["组成人员"],
        "到会组成人员": counted["到会组成人员"],
        "议案": [decision.as_record() for decision in decisions],
        "通过的议案": [decision.text for decision in decisions if decision.passed],
        "未通过的议案": [decision.text for decision in decisions if not decision.passed],
        "依据": [*meeting.quorum(settings, there).reckoned, *lines],
    }


def _require_votable(motion: Motion, settings: Settings, there: MeetingRecord) -> None:
    meeting.require_quorum(settings, there)
    if motion.waits_for_reading:
        raise Invalid("not-read-out", f"{name(motion)}会上修改过，请主持人先宣读定稿，然后表决（BB-5.4）")
