"""计票: the figures of a count (11.3), the votes for a motion, and whether they are enough (FD-6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.refusal import Overtaken
from engine.steps.election import Round, Standing
from engine.steps.threshold import Threshold

YES, NO, ABSTAIN = "赞成", "反对", "弃权"
CHOICES = (YES, NO, ABSTAIN)
PAPERS = ("发出", "收回", "有效", "无效")
FIGURES = (*PAPERS, *CHOICES)  # with 应到 and 实到, which are known, the nine of 11.3
VOTES, CANDIDATE, NUMBER = "得票", "候选人", "票数"  # on the 计票单 of an election: a row for each candidate


@dataclass(frozen=True)
class Tally:
    """The votes for one motion. `returned` are the papers that came back; by name, everyone who has voted. A vote that
    stands for households counts as many times (FD-4).
    """

    yes: int = 0
    no: int = 0
    abstain: int = 0
    returned: int = 0


@dataclass(frozen=True)
class Papers:
    """What every 计票单 says of the papers themselves."""

    issued: int
    returned: int
    valid: int
    invalid: int

    @property
    def void(self) -> bool:
        """More papers came back than were handed out: the vote is void and is taken again (11.3)."""
        return self.returned > self.issued

    def figures(self) -> dict[str, int]:
        return dict(zip(PAPERS, (self.issued, self.returned, self.valid, self.invalid), strict=True))


@dataclass(frozen=True)
class Count(Papers):
    """One motion's 计票单, but for 应到 and 实到."""

    yes: int
    no: int
    abstain: int

    @classmethod
    def of_hands(cls, yes: int, no: int, abstain: int) -> Count:
        """Hands are counted as they are raised: nothing is handed out, and whoever raises none is not counted."""
        raised = yes + no + abstain
        return cls(raised, raised, raised, 0, yes, no, abstain)

    @property
    def tally(self) -> Tally:
        return Tally(self.yes, self.no, self.abstain, self.returned)

    def figures(self) -> dict[str, int]:
        return super().figures() | dict(zip(CHOICES, (self.yes, self.no, self.abstain), strict=True))


@dataclass(frozen=True)
class ElectionCount(Papers):
    """The 计票单 of a round of an election; `votes` by the candidate's place, `names` to read them by."""

    votes: Mapping[int, int]
    names: Mapping[int, str]

    @property
    def standing(self) -> Standing:
        return Standing(self.votes, self.returned)

    def figures(self) -> dict[str, int]:
        return super().figures() | {self.names[place]: number for place, number in self.votes.items()}


def in_figures(counts: Mapping[int, Mapping[str, int]]) -> str:
    """Counts by motion in one line: what a page shows to the one who confirms, and hands back with it."""
    return "；".join(
        f"{place}：{'-'.join(str(number) for number in figures.values())}"
        for place, figures in sorted(counts.items())
    )


def require_seen(said: str, counts: Mapping[int, Mapping[str, int]]) -> None:
    """`said`: what was shown to the one who confirms, if anything. Raises Overtaken where it has changed since."""
    if said and said != in_figures(counts):
        raise Overtaken("count-changed", "计票单刚刚改过，和您看到的不一样了。请对着新的数目再核对一遍")


@dataclass(frozen=True)
class Limits:
    """What a count is held against: the roll, who came, and how many papers there can be (households, where a vote
    stands for them).
    """

    roll: int
    came: int
    papers: int
    unit: str = "人"


def read_count(row: Mapping[str, Any], limits: Limits) -> tuple[Count | None, dict[str, str]]:
    """The count a form says, and what cannot be: field -> message. Without a fault there is a count."""
    errors = _unsaid(row, FIGURES) | _unknown(row, limits)
    if errors:
        return None, errors
    count = Count(*(row[name] for name in FIGURES))
    errors = _papers_wrong(count, limits)
    cast = count.yes + count.no + count.abstain
    if cast != count.valid:
        errors["有效"] = f"赞成、反对、弃权一共 {cast} 张，与有效 {count.valid} 张不符，请核对"
    return count, errors


def read_hands(row: Mapping[str, Any], limits: Limits) -> tuple[Count | None, dict[str, str]]:
    """The same of a show of hands: three figures."""
    errors = _unsaid(row, CHOICES) | _unknown(row, limits)
    if errors:
        return None, errors
    count = Count.of_hands(*(row[name] for name in CHOICES))
    if count.valid > limits.came:
        errors[YES] = (
            f"赞成、反对、弃权一共举了 {count.valid} 只手，比到会的 {limits.came} 人还多，请重新数一遍"
        )
    return count, errors


def read_election(
    row: Mapping[str, Any], round_: Round, limits: Limits
) -> tuple[ElectionCount | None, dict[str, str]]:
    """The same of a round of an election: the papers, and a number for each candidate."""
    errors = _unsaid(row, PAPERS) | _unknown(row, limits)
    votes: dict[int, int] = {}
    for line, said in enumerate(row.get(VOTES) or ()):
        if said.get(CANDIDATE) not in round_.places or said[CANDIDATE] in votes:
            errors[f"{VOTES}[{line}].{CANDIDATE}"] = "这一轮没有这个候选人，或者写了两次，请核对"
        elif said.get(NUMBER) is not None:
            votes[said[CANDIDATE]] = said[NUMBER]
    missing = [one.name for one in round_.candidates if one.place not in votes]
    if missing:
        errors.setdefault(VOTES, f"请填写{'、'.join(missing)}的票数，没有就填 0")
    if errors:
        return None, errors
    names = {one.place: one.name for one in round_.candidates}
    issued, returned, valid, invalid = (row[name] for name in PAPERS)
    ordered = {place: votes[place] for place in names}
    count = ElectionCount(issued, returned, valid, invalid, ordered, names)
    errors = _papers_wrong(count, limits)
    most = next((names[place] for place, number in count.votes.items() if number > count.valid), None)
    if most is not None:
        errors[VOTES] = f"{most}的票数比有效的 {count.valid} 张还多，请核对"
    elif sum(votes.values()) > count.valid * round_.seats:
        errors[VOTES] = (
            f"各人的票数加起来是 {sum(votes.values())}，有效 {count.valid} 张、每张最多选 {round_.seats} 人，"
            f"不会超过 {count.valid * round_.seats}，请核对"
        )
    return count, errors


def _unsaid(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, str]:
    return {name: f"请填写“{name}”，没有就填 0" for name in names if row.get(name) is None}


def _unknown(row: Mapping[str, Any], limits: Limits) -> dict[str, str]:
    """应到 and 实到 follow from the attendance; where they are said all the same, they agree with it."""
    return {
        name: f"{name}是 {known} 人（按签到算），这里写的是 {row[name]} 人，请核对"
        for name, known in (("应到", limits.roll), ("实到", limits.came))
        if row.get(name) is not None and row[name] != known
    }


def _papers_wrong(count: Papers, limits: Limits) -> dict[str, str]:
    errors: dict[str, str] = {}
    if count.issued > limits.papers:
        errors["发出"] = f"发出 {count.issued} 张，比到会的 {limits.papers} {limits.unit}还多，请核对"
    if count.valid + count.invalid != count.returned:
        errors["收回"] = (
            f"有效 {count.valid} 张加无效 {count.invalid} 张是 {count.valid + count.invalid} 张，"
            f"与收回 {count.returned} 张不符，请核对"
        )
    return errors


def tallied(rows: Iterable[tuple[int, str, int]]) -> dict[int, Tally]:
    """Tallies by motion, out of (motion, choice, number)."""
    found: dict[int, Tally] = {}
    for motion, choice, number in rows:
        tally = found.get(motion, Tally())
        name_of = {YES: "yes", NO: "no", ABSTAIN: "abstain"}[choice]
        changes = {name_of: getattr(tally, name_of) + number, "returned": tally.returned + number}
        found[motion] = replace(tally, **changes)
    return found


@dataclass(frozen=True)
class Decision:
    """What became of one motion, with every comparison as anybody can do it again."""

    text: str
    tally: Tally
    passed: bool
    reckoned: tuple[str, ...]

    def as_record(self) -> dict[str, Any]:
        """The motion in the step's result."""
        return {
            "议案": self.text,
            YES: self.tally.yes,
            NO: self.tally.no,
            ABSTAIN: self.tally.abstain,
            "通过": self.passed,
        }


def decide(text: str, tally: Tally, majority: Sequence[Threshold], bases: Mapping[str, int]) -> Decision:
    """All thresholds must hold; nobody may stop early, and nothing is rounded (FD-6)."""
    bases = {**bases, "收回票": tally.returned}
    passed = all(t.holds(tally.yes, bases[t.base]) for t in majority)
    return Decision(text, tally, passed, tuple(t.reckoned(YES, tally.yes, bases[t.base]) for t in majority))
