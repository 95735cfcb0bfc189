"""Recounting an election: every round by the rule docs/办理方式/ballot.md states, and who stands in the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.recount.reading import Part, Threshold, Unreadable, as_number, bases_of, papers, returned
from engine.recount.report import Report


def recount(
    report: Report, name: str, motion: Part, rounds: Sequence[Part], majority: Sequence[Threshold]
) -> bool:
    """Every round that counts; whether all seats were filled."""
    seats, limit = motion.number("seats"), motion.number("rounds_at_most")
    standing = sorted(candidates(rounds[0]))
    report.expect(
        len(standing) > seats, f"{name}：候选人 {len(standing)} 人，应选 {seats} 人，候选人多于应选"
    )
    elected: list[str] = []
    for at, one in enumerate(rounds, 1):
        goes_on = at == 1 or (len(elected) < seats and at <= limit)
        report.expect(goes_on, f"{name}第 {at} 轮该选", "上一轮已经选足，或者轮数超过了规定")
        names, left = candidates(one), seats - len(elected)
        reached = (sorted(names), one.number("seats")) == (standing, left)
        report.expect(reached, f"{name}第 {at} 轮：候选人和名额接得上前面的结果")
        votes = votes_of(one)
        won, standing = won_by(votes, left, majority, _bases(one))
        shown = "、".join(f"{names[place]} {number}" for place, number in _ranked(votes))
        told = "、".join(f"{names.get(place, place)} {number}" for place, number in _ranked(_stated(one)))
        report.expect(_stated(one) == votes, f"{name}第 {at} 轮得票：{shown}", f"文件写的是{told}")
        chosen = "、".join(names[place] for place in won) or "没有人"
        same = sorted(one.numbers("elected")) == sorted(won)
        report.expect(same, f"{name}第 {at} 轮当选：{chosen}", "文件写的不是这些人")
        elected += [names[place] for place in won]
    _whole(report, name, motion, elected, len(rounds))
    return len(elected) == seats


def _whole(report: Report, name: str, motion: Part, elected: Sequence[str], rounds: int) -> None:
    stated, seats = motion.part("result"), motion.number("seats")
    missing = seats - len(elected)
    report.expect(
        stated.texts("当选人") == list(elected) and stated.number("缺额") == missing,
        f"{name}：应选 {seats} 人，选出 {len(elected)} 人",
        "文件写的当选人或缺额不一样",
    )
    if missing and rounds < motion.number("rounds_at_most"):
        report.expect(motion.flag("stopped"), f"{name}：没有选足，主持人决定不再选", "文件没有这样写")


def won_by(
    votes: Mapping[int, int], seats: int, majority: Sequence[Threshold], bases: Mapping[str, int]
) -> tuple[list[int], list[int]]:
    """The places of those elected, most votes first, and of those who would stand in a run-off."""
    enough = {place for place, number in votes.items() if all(t.holds(number, bases) for t in majority)}
    won: list[int] = []
    for level in sorted({votes[place] for place in enough}, reverse=True):
        here = sorted(place for place in enough if votes[place] == level)
        if len(won) + len(here) > seats:
            return won, here if len(won) < seats else []
        won += here
    rest = [place for place, _ in _ranked(votes) if place not in enough]
    wanted = seats - len(won) + 1
    least = votes[rest[wanted - 1]] if wanted <= len(rest) else 0
    return won, sorted(place for place in rest if votes[place] >= least) if wanted > 1 else []


def candidates(one: Part) -> dict[int, str]:
    """Their names by place."""
    found = {each.number("place"): each.text("name") for each in one.parts("candidates")}
    if len(found) != len(one.listed("candidates")):
        raise Unreadable(f"“{one.where}candidates”里，候选人的序号有重复的")
    return found


def votes_of(one: Part) -> dict[int, int]:
    """Votes of each candidate of the round, by place."""
    found = dict.fromkeys(candidates(one), 0)
    if one.has("count"):
        for each in one.part("count").parts("chosen"):
            if each.number("place") not in found:
                raise Unreadable(f"“{each.where}place”不是这一轮的候选人")
            found[each.number("place")] = each.number("votes")
        return found
    for paper, weight in papers(one):
        for place in _places(paper, one, found):
            found[place] += weight
    return found


def _stated(one: Part) -> dict[int, int]:
    """The votes of each candidate as the file says them."""
    return {each.number("place"): each.number("votes") for each in one.parts("votes")}


def _places(paper: object, one: Part, standing: Mapping[int, int]) -> list[int]:
    if not isinstance(paper, list):
        raise Unreadable(f"“{one.where}ballots”里，选票要写成候选人的序号")
    places = [as_number(place, f"{one.where}ballots") for place in paper]
    if len(set(places)) != len(places) or len(places) > one.number("seats") or set(places) - standing.keys():
        raise Unreadable(f"有一张票选得不对：{str(places)[:40]}")
    return places


def _ranked(votes: Mapping[int, int]) -> list[tuple[int, int]]:
    return sorted(votes.items(), key=lambda pair: (-pair[1], pair[0]))


def _bases(one: Part) -> dict[str, int]:
    return bases_of(one.part("attendance")) | {"收回票": returned(one)}
