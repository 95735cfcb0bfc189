"""选举: more candidates than seats (差额, YZ-2.2), rounds, ties and run-offs. Pure rules over places and integers.

Whoever reaches `majority` is elected, most votes first, up to the seats. Where the last seats would go to people with
equally many votes, these stand again for what is left. Where too few reached it, those stand again who have most votes
of the rest, one more than seats are left (and all who have as many as the last of them). After the last round, what is
still open stays open: 未选足.

A candidate keeps the place on the first ballot paper through all rounds, so that a vote handed in late for an earlier
round never means somebody else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.refusal import Invalid, Overtaken
from engine.steps.kind import SettingError
from engine.steps.threshold import Threshold

CHOSEN, BLANK = "chosen", "弃权"  # fields of 投票: places of candidates, or none of them
STOP = "不再选"  # field of 结束: what is open stays open
ELECTED, SHORT = "选出", "未选足"
MAX_CANDIDATES, MAX_ROUNDS = 100, 5


@dataclass(frozen=True)
class Candidate:
    """`place` on the first ballot paper, from 1; `person` where the candidate is in a register."""

    place: int
    name: str
    person: int | None = None


@dataclass(frozen=True)
class Round:
    """One turn of voting: for how many seats, and who stands. `number` from 1; a void vote is the same round again."""

    number: int
    seats: int
    candidates: tuple[Candidate, ...]

    @property
    def places(self) -> frozenset[int]:
        return frozenset(candidate.place for candidate in self.candidates)


@dataclass(frozen=True)
class Standing:
    """The votes of one round, by place; `returned` ballots, of which `blank` name nobody (弃权)."""

    votes: Mapping[int, int]
    returned: int = 0
    blank: int = 0


@dataclass(frozen=True)
class Elected:
    """All seats are filled."""

    places: tuple[int, ...]


@dataclass(frozen=True)
class RunOff:
    """Some are elected, or nobody yet; `next` is voted now. `tie`: because votes were equal at the last seat."""

    places: tuple[int, ...]
    next: Round
    tie: bool


@dataclass(frozen=True)
class Short:
    """It ends with seats unfilled."""

    places: tuple[int, ...]


Outcome = Elected | RunOff | Short


@dataclass(frozen=True)
class Ended:
    """A round that has ended, with every comparison as anybody can do it again."""

    round: Round
    standing: Standing
    outcome: Outcome
    reckoned: tuple[str, ...]

    @property
    def next(self) -> Round | None:
        return self.outcome.next if isinstance(self.outcome, RunOff) else None


# ---------------------------------------------------------------- who stands


def first_round(settings: Mapping[str, Any]) -> Round:
    """The first round of a step whose settings are prepared."""
    candidates = settings["candidates"]
    return Round(
        1,
        settings["elect"],
        tuple(Candidate(place, one["name"], one["person"]) for place, one in enumerate(candidates, 1)),
    )


def candidates_in(found: Any) -> list[dict[str, Any]]:
    """Candidates of what the data says: names, ids of people, or records with 姓名 or 候选人. A person's name may be
    empty: who knows it fills it in. Raises SettingError.
    """
    candidates = list(_listed(found))
    if len(candidates) > MAX_CANDIDATES:
        raise SettingError(f"候选人最多 {MAX_CANDIDATES} 人，请先推定正式候选人")
    people = [one["person"] for one in candidates if one["person"] is not None]
    names = [one["name"] for one in candidates if one["person"] is None]
    for name in names:
        if names.count(name) > 1:
            raise SettingError(f"候选人“{name}”写了两次。同名的人请在姓名后面写明区别，如“{name}（三组）”")
    if len(set(people)) != len(people):
        raise SettingError("候选人里有一个人写了两次，请去掉一个")
    return candidates


def told_apart(candidates: Sequence[Mapping[str, Any]], known: Mapping[int, str]) -> list[dict[str, Any]]:
    """The candidates with their names, `known` by id; those of one name by their number on the ballot paper too.

    Raises SettingError where nobody knows who somebody is.
    """
    names = [one["name"] or known.get(one["person"], "") for one in candidates]
    if not all(names):
        raise SettingError("候选人里有一个人查不到姓名，请核对前面填的候选人")
    return [
        dict(one) | {"name": f"{name}（{place} 号）" if names.count(name) > 1 else name}
        for place, (one, name) in enumerate(zip(candidates, names, strict=True), 1)
    ]


def require_choice(candidates: Sequence[Any], seats: int) -> None:
    """差额 (YZ-2.2): more stand than are elected. Raises SettingError."""
    if len(candidates) <= seats:
        raise SettingError(
            f"候选人 {len(candidates)} 人，应选 {seats} 人。选举要差额，候选人必须多于应选名额（YZ-2.2），请再提名"
        )


def _listed(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, list):
        for one in found:
            yield from _listed(one)
    elif isinstance(found, Mapping):
        said = [found.get("姓名"), found.get("候选人"), *found.values()]
        yield from next((listed for one in said if (listed := list(_listed(one)))), [])
    elif isinstance(found, int) and not isinstance(found, bool):
        yield {"name": "", "person": found}
    elif isinstance(found, str) and found.strip():
        yield {"name": found.strip()[:32], "person": None}


# ---------------------------------------------------------------- one ballot


def choice_in(data: Mapping[str, Any]) -> tuple[int, ...]:
    """The places one vote names, in their order; none is 弃权, which must be said. Raises Invalid."""
    places = tuple(sorted(set(data.get(CHOSEN) or ())))
    if not places and not data.get(BLANK):
        message = "还没有选人。谁都不选，请勾选“弃权”"
        raise Invalid("choice-missing", message, {CHOSEN: message})
    if places and data.get(BLANK):
        message = "选了人，又勾了“弃权”，请只留一样"
        raise Invalid("choice-both", message, {CHOSEN: message})
    return places


def check_choice(round_: Round, places: Collection[int]) -> None:
    """At most as many as seats, and only who stands in this round. Raises Invalid, Overtaken."""
    if set(places) - round_.places:
        raise Overtaken("round-ended", "上一轮已经结束，这一轮的候选人不一样了，请看看现在的候选人再选")
    if len(places) > round_.seats:
        message = f"最多选 {round_.seats} 人，您选了 {len(places)} 人，多选的票无效，请改一下"
        raise Invalid("choice-many", message, {CHOSEN: message})


def standing(round_: Round, ballots: Iterable[tuple[Collection[int], int]]) -> Standing:
    """What ballots come to: each is the places it names, and how many times it counts."""
    votes = dict.fromkeys((candidate.place for candidate in round_.candidates), 0)
    returned = blank = 0
    for places, weight in ballots:
        returned += weight
        blank += 0 if places else weight
        for place in places:
            votes[place] += weight
    return Standing(votes, returned, blank)


# ---------------------------------------------------------------- what a round comes to


def after_round(
    round_: Round,
    votes: Mapping[int, int],
    majority: Sequence[Threshold],
    bases: Mapping[str, int],
    rounds: int,
) -> Outcome:
    """What a round comes to by the rule of this module; `rounds`: after which one it ends."""
    ranked = sorted(round_.candidates, key=lambda one: (-votes[one.place], one.place))
    reached = [one for one in ranked if all(t.holds(votes[one.place], bases[t.base]) for t in majority)]
    if len(reached) == round_.seats:
        return Elected(_places(reached))
    if len(reached) > round_.seats:
        last, first_out = reached[round_.seats - 1], reached[round_.seats]
        if votes[last.place] > votes[first_out.place]:
            return Elected(_places(reached[: round_.seats]))
        elected = [one for one in reached if votes[one.place] > votes[last.place]]
        again = [one for one in reached if votes[one.place] == votes[last.place]]
    else:
        elected, rest = reached, ranked[len(reached) :]
        least = votes[rest[round_.seats - len(elected)].place]
        again = [one for one in rest if votes[one.place] >= least]
    if round_.number >= rounds:
        return Short(_places(elected))
    stand = tuple(sorted(again, key=lambda one: one.place))
    following = Round(round_.number + 1, round_.seats - len(elected), stand)
    return RunOff(_places(elected), following, tie=len(reached) > round_.seats)


def end(
    round_: Round,
    standing: Standing,
    majority: Sequence[Threshold],
    bases: Mapping[str, int],
    rounds: int,
) -> Ended:
    """The round with what it came to."""
    bases = {**bases, "收回票": standing.returned}
    lines = tuple(
        t.reckoned(one.name, standing.votes[one.place], bases[t.base])
        for one in round_.candidates
        for t in majority
    )
    return Ended(round_, standing, after_round(round_, standing.votes, majority, bases, rounds), lines)


def _places(candidates: Sequence[Candidate]) -> tuple[int, ...]:
    return tuple(candidate.place for candidate in candidates)


# ---------------------------------------------------------------- what it all comes to


def result(seats: int, ended: Sequence[Ended]) -> dict[str, Any]:
    """The fields of an election's result; `seats` is how many were to be elected."""
    elected = [one for each in ended for one in _elected(each)]
    several = len(ended) > 1
    return {
        "结论": ELECTED if len(elected) == seats else SHORT,
        "当选人": [one.name for one in elected],
        "当选人员": [one.person for one in elected if one.person is not None],
        "得票": [record for each in ended for record in _records(each, several=several)],
        "应选": seats,
        "缺额": seats - len(elected),
        "轮次": len(ended),
    }


def lines(ended: Sequence[Ended]) -> list[str]:
    """All comparisons, of which round each is where there were several."""
    several = len(ended) > 1
    return [
        f"第 {each.round.number} 轮：{line}" if several else line for each in ended for line in each.reckoned
    ]


def _elected(ended: Ended) -> list[Candidate]:
    by_place = {one.place: one for one in ended.round.candidates}
    return [by_place[place] for place in ended.outcome.places]


def _records(ended: Ended, *, several: bool) -> Iterator[dict[str, Any]]:
    votes = ended.standing.votes
    for one in sorted(ended.round.candidates, key=lambda one: (-votes[one.place], one.place)):
        round_ = {"轮次": ended.round.number} if several else {}
        won = one.place in ended.outcome.places
        yield round_ | {"姓名": one.name, "票数": votes[one.place], "当选": won}
