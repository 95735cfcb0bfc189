"""计票: the figures of a paper count (11.3), the votes for a motion, and whether they are enough (FD-6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.refusal import Overtaken
from engine.steps.threshold import Threshold

YES, NO, ABSTAIN = "赞成", "反对", "弃权"
CHOICES = (YES, NO, ABSTAIN)
FIGURES = (
    "发出",
    "收回",
    "有效",
    "无效",
    YES,
    NO,
    ABSTAIN,
)  # with 应到 and 实到, which are known, the nine of 11.3


@dataclass(frozen=True)
class Tally:
    """The votes for one motion. `returned` are the papers that came back; by name, everyone who has voted."""

    yes: int = 0
    no: int = 0
    abstain: int = 0
    returned: int = 0


@dataclass(frozen=True)
class Count:
    """One motion's 计票单, but for 应到 and 实到."""

    issued: int
    returned: int
    valid: int
    invalid: int
    yes: int
    no: int
    abstain: int

    @property
    def void(self) -> bool:
        """More papers came back than were handed out: the vote is void and is taken again (11.3)."""
        return self.returned > self.issued

    @property
    def tally(self) -> Tally:
        return Tally(self.yes, self.no, self.abstain, self.returned)

    def figures(self) -> dict[str, int]:
        values = (self.issued, self.returned, self.valid, self.invalid, self.yes, self.no, self.abstain)
        return dict(zip(FIGURES, values, strict=True))


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


def read_count(row: Mapping[str, Any], roll: int, present: int) -> tuple[Count | None, dict[str, str]]:
    """The count a form says, and what cannot be: field -> message. Without a fault there is a count."""
    errors = {name: f"请填写“{name}”，没有就填 0" for name in FIGURES if row.get(name) is None}
    for name, known in (("应到", roll), ("实到", present)):
        if row.get(name) is not None and row[name] != known:
            errors[name] = f"{name}是 {known} 人（按签到算），这里写的是 {row[name]} 人，请核对"
    if errors:
        return None, errors
    count = Count(*(row[name] for name in FIGURES))
    if count.issued > present:
        errors["发出"] = f"发出 {count.issued} 张，比到会的 {present} 人还多，请核对"
    if count.valid + count.invalid != count.returned:
        errors["收回"] = (
            f"有效 {count.valid} 张加无效 {count.invalid} 张是 {count.valid + count.invalid} 张，"
            f"与收回 {count.returned} 张不符，请核对"
        )
    cast = count.yes + count.no + count.abstain
    if cast != count.valid:
        errors["有效"] = f"赞成、反对、弃权一共 {cast} 张，与有效 {count.valid} 张不符，请核对"
    return count, errors


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
