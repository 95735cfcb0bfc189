"""What has been done so far in a vote, and what may be done next. The server fills the record from its tables, a
rehearsal from what was handed in: one rule, one place.

- a motion that was changed in the meeting is read out in its final words before it is voted (BB-5.4);
- one member, one vote on each motion (BB-5.3), and only while a quorum is there (BB-5.1);
- who has left early makes no quorum any more, and is of those who came all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.refusal import Forbidden, Invalid, Overtaken
from engine.steps import election, meeting
from engine.steps.counting import Papers
from engine.steps.election import Ended, Round
from engine.steps.meeting import MeetingRecord, Settings
from engine.steps.method import HANDS, ON_PHONE


@dataclass(frozen=True)
class Entered:
    """A count as somebody entered it: `by` whose act it was, `clerk` who typed it in for him.

    `there` is who was there when the papers were counted: what came of them is reckoned on that, whoever comes later.
    """

    count: Papers
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

    `voted` is how many have voted on their phones. `election` is the round that is voted now where people are elected,
    `ended` the rounds before it.
    """

    position: int
    text: str
    original: str
    revised: bool = False
    read_out: bool = False
    round: int = 1
    entered: Entered | None = None
    voted: int = 0
    election: Round | None = None
    ended: tuple[Ended, ...] = ()

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
    """A vote that is open: its motions and how they are voted.

    Without `tellers`, chair and recorder count. `involved`: who has to do with what is voted, and how. `manned`: it is
    known who holds which post, as on the server; a rehearsal need not say.
    """

    method: str
    scrutineers: tuple[int, ...]
    motions: Mapping[int, Motion] = field(default_factory=dict)
    tellers: tuple[int, ...] = ()
    involved: Mapping[int, str] = field(default_factory=dict)
    manned: bool = False

    def motion(self, position: Any) -> Motion:
        """The motion with this number; without one the only one there is. Raises Invalid."""
        if position in (None, "") and len(self.motions) == 1:
            return next(iter(self.motions.values()))
        try:
            return self.motions[int(position)]
        except (KeyError, TypeError, ValueError):
            message = f"请写明是第几项议案（1 到 {len(self.motions)}）"
            raise Invalid("motion-unknown", message, {"motion": message}) from None

    def with_motion(self, motion: Motion) -> Ballot:
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


def choices_in(ballot: Ballot, data: Mapping[str, Any]) -> list[tuple[Motion, Any]]:
    """What one act votes on, and what it says: a choice; in an election the places of candidates. Raises Invalid,
    Overtaken.
    """
    rounds = [motion for motion in ballot.motions.values() if motion.election is not None]
    if not rounds:
        return [(ballot.motion(position), choice) for position, choice in votes_in(data)]
    found = []
    for motion in rounds:
        assert motion.election is not None
        places = election.choice_in(data)
        election.check_choice(motion.election, places)
        found.append((motion, places))
    return found


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
    if ballot.method not in ON_PHONE:
        what = "举手表决，请在会场举手" if ballot.method == HANDS else "用纸质票表决，请在会场投票"
        raise Invalid("ballot-paper", f"这次{what}，由计票人录入计票结果")
    _require_votable(motion, settings, there)


def check_voter(
    *, on_roll: bool, present: bool, holds: bool, post: str, left: bool = False, weight: int = 1
) -> None:
    """Whether this person has a vote: still `holds` the post that gives it, has not `left` early, and speaks for a
    household where votes weigh these. Raises Forbidden.
    """
    if not on_roll:
        raise Forbidden("not-on-roll", "您不在这次会议的表决名单里，不能投票。名单在开会时就已经固定")
    if not holds:
        raise Forbidden(
            "no-longer-voter", f"您已经不再是{post}，不能投票。应到人数按开会时的名单计算，不因此改变"
        )
    if left:
        raise Forbidden("not-present", "您已经提前离开，不能投票。您还在会场的话，请先签到，或请记录人补记")
    if not present:
        raise Forbidden("not-present", "您还没有签到。到会的人才能投票，请先签到，或请记录人补记")
    if weight < 1:
        raise Forbidden(
            "no-household",
            "这次按户计票，一户一票：名册上您现在没有代表哪一户，或者这一户由同户的别人投，所以您不能投票。"
            "名册有出入，请告诉主持人或记录人",
        )


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


# ---------------------------------------------------------------- a secret vote's box


def box_sound() -> Invalid:
    """A vote that can be counted is not thrown away."""
    message = "票箱是好的，可以计票，不能作废。等大家投完，请点结束，宣布结果"
    return Invalid("ballot-box-sound", message)


# ---------------------------------------------------------------- who is counted


def closed() -> Overtaken:
    return Overtaken("ballot-closed", "表决已经结束，结果已经宣布，不能再投票或更改")


def bases(there: MeetingRecord) -> dict[str, int]:
    """What a majority is compared with, but for the papers, which every motion has of its own."""
    return {
        "应到": there.roll,
        "到会": there.came,
        "组成人员": there.body,
        "到会组成人员": there.body_came,
        "户": there.households,
        "到会户": there.households_came,
    }


def attendance(motion: Motion, there: MeetingRecord) -> MeetingRecord:
    """Who is counted as having come for this motion: where it was counted those whom its count found there."""
    return motion.entered.there if motion.entered is not None else there


def name(motion: Motion) -> str:
    if motion.election is None:
        return f"第 {motion.position} 项议案"
    return f"第 {motion.election.number} 轮选举" if motion.election.number > 1 else "选举"


def _require_votable(motion: Motion, settings: Settings, there: MeetingRecord) -> None:
    meeting.require_quorum(settings, there)
    require_read_out(motion)


def require_read_out(motion: Motion) -> None:
    """Raises Invalid (BB-5.4)."""
    if motion.waits_for_reading:
        raise Invalid("not-read-out", f"{name(motion)}会上修改过，请主持人先宣读定稿，然后表决（BB-5.4）")
