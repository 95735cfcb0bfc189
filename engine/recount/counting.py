"""The recount of a whole vote: who was there, every motion, and what came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from engine.recount import elections
from engine.recount.reading import (
    Part,
    Threshold,
    Unreadable,
    bases_of,
    papers,
    read,
    returned,
    thresholds,
)
from engine.recount.report import Report

CHOICES = ("赞成", "反对", "弃权")
ON_PHONE, COUNTED = ("named", "secret"), ("paper", "hands")
INQUORATE = "未达法定人数"


def verify(content: bytes) -> Report:
    """Recount everything. Raises Unreadable."""
    file = read(content)
    title = f"{file.part('matter').text('title')}：{file.text('step')}"
    report = Report(hashlib.sha256(content).hexdigest(), title)
    majority = list(thresholds(file, "majority"))
    if not majority:
        raise Unreadable("文件里没有写要多少票才算通过")
    _roll(report, file.part("attendance"))
    outcome = file.part("result").text("outcome")
    holds = _quorum(report, list(thresholds(file, "quorum")), file.part("attendance"))
    motions = file.parts("motions")
    places = [motion.number("position") for motion in motions]
    if len(set(places)) != len(places):
        raise Unreadable("有一项议案在文件里写了两次")
    if not holds or outcome == INQUORATE:
        report.expect(not holds and outcome == INQUORATE, f"结论是“{outcome}”", "和到会人数算出来的不一样")
        counted = any(not one.flag("void") for motion in motions for one in motion.parts("rounds"))
        report.expect(not counted, "人数不够，一项都没有计票", "文件里却有计票")
        return report
    found = [_motion(report, file, one, majority) for one in motions]
    _outcome(report, outcome, found, elects=any(motion.has("seats") for motion in motions))
    return report


# ---------------------------------------------------------------- one motion


def _motion(report: Report, file: Part, motion: Part, majority: Sequence[Threshold]) -> bool:
    """Recount one motion: whether it passed, or in an election whether every seat was filled."""
    name = f"第 {motion.number('position')} 项“{motion.text('text')[:20]}”"
    rounds = motion.parts("rounds")
    for one in rounds:
        turn = f"{name}第 {one.number('round')} 次投票"
        _same_roll(report, turn, one.part("attendance"), file.part("attendance"))
        _papers(report, turn, file.text("method"), one)
    counted = [one for one in rounds if not one.flag("void")]
    if not counted:
        raise Unreadable(f"{name}没有计票结果")
    if motion.has("seats"):
        return elections.recount(report, name, motion, counted, majority)
    report.expect(len(counted) == 1, f"{name}只有一次投票算数", f"有 {len(counted)} 次")
    return _decision(report, name, motion.part("result"), counted[-1], majority)


def _decision(report: Report, name: str, stated: Part, last: Part, majority: Sequence[Threshold]) -> bool:
    tally = _tally(last)
    shown = "、".join(f"{choice} {number}" for choice, number in tally.items())
    said = {choice: stated.number(choice) for choice in CHOICES}
    report.expect(
        said == tally, f"{name}：{shown}", f"文件写的是{'、'.join(f'{k} {v}' for k, v in said.items())}"
    )
    bases = bases_of(last.part("attendance")) | {"收回票": returned(last)}
    passed = True
    for one in majority:
        held = one.holds(tally["赞成"], bases)
        passed = passed and held
        found = f"{name}：赞成 {tally['赞成']}，{one.base} {bases[one.base]}，要{one.text}"
        report.checked.append(f"{found}，{'达到了' if held else '没有达到'}")
    report.expect(
        stated.flag("passed") == passed, f"{name}：{'通过' if passed else '没有通过'}", "文件写的相反"
    )
    return passed


def _tally(one: Part) -> dict[str, int]:
    if one.has("count"):
        sheet = one.part("count")
        return {choice: sheet.number(choice) for choice in CHOICES}
    found = dict.fromkeys(CHOICES, 0)
    for paper, weight in papers(one):
        if not isinstance(paper, str) or paper not in found:
            raise Unreadable(f"票上写的“{str(paper)[:20]}”不是赞成、反对或弃权")
        found[paper] += weight
    return found


# ---------------------------------------------------------------- papers


def _papers(report: Report, name: str, method: str, one: Part) -> None:
    """What must hold for the papers of any round, whatever they say."""
    if method not in (*ON_PHONE, *COUNTED):
        raise Unreadable(f"不认识的表决方式“{method[:20]}”")
    if one.has("count"):
        report.expect(
            method in COUNTED, f"{name}：有计票单", "在手机上投的票，要一张一张公布，不能只有计票单"
        )
        _sheet(report, name, method, one)
        return
    if one.flag("void"):
        report.checked.append(f"{name}：已作废，没有计票")
        return
    report.expect(method in ON_PHONE, f"{name}：票都公布了", "在会场投的票要有计票单")
    bases, number = bases_of(one.part("attendance")), len(one.listed("ballots"))
    report.expect(number <= bases["到会"], f"{name}：票 {number} 张，不比到会的 {bases['到会']} 人多")
    if one.flag("weighed"):
        houses = sum(weight for _, weight in papers(one))
        there = bases["到会户"]
        report.expect(houses <= there, f"{name}：一共代表 {houses} 户，不比到会的 {there} 户多")
        report.expect(method != "secret", f"{name}：记名", "按户数加权的票不能无记名")
    if method == "secret":
        _receipts(report, name, one.texts("receipts"), number)


def _receipts(report: Report, name: str, found: Sequence[str], number: int) -> None:
    single = set(found)
    report.expect(
        len(single) == len(found) == number,
        f"{name}：回执 {len(found)} 个，没有重复，和票数一样",
        f"不重复的只有 {len(single)} 个，票有 {number} 张",
    )
    report.receipts |= single


def _sheet(report: Report, name: str, method: str, one: Part) -> None:
    """A 计票单: its figures must agree with each other."""
    sheet, bases = one.part("count"), bases_of(one.part("attendance"))
    issued, back, valid, invalid = (sheet.number(word) for word in ("发出", "收回", "有效", "无效"))
    weighed = one.flag("weighed")
    there = bases["到会户"] if weighed else bases["到会"]
    report.expect(issued <= there, f"{name}：发出 {issued}，不比到会的 {there} 多")
    report.expect(
        (back > issued) == one.flag("void"), f"{name}：收回 {back}，发出 {issued}", "作废与否写反了"
    )
    report.expect(valid + invalid == back, f"{name}：有效 {valid} 加无效 {invalid} 等于收回 {back}")
    if sheet.has("chosen"):
        votes = elections.votes_of(one).values()
        enough = all(each <= valid for each in votes) and sum(votes) <= valid * one.number("seats")
        report.expect(enough, f"{name}：候选人的得票不超过有效票 {valid} 张能投的")
        return
    total = sum(sheet.number(choice) for choice in CHOICES)
    agrees = total <= there if method == "hands" else total == valid
    report.expect(agrees, f"{name}：赞成、反对、弃权一共 {total}，和票数相符")


# ---------------------------------------------------------------- the whole


def _quorum(report: Report, quorum: Sequence[Threshold], there: Part) -> bool:
    """Who is there now against each base; who has left early is not."""
    bases = bases_of(there)
    counts: Mapping[str, str] = {"应到": "present", "组成人员": "body_present", "户": "households_present"}
    held = True
    for one in quorum:
        if one.base not in counts:
            raise Unreadable(f"法定人数“{one.text}”的基数不认识")
        count = there.number(counts[one.base])
        enough = one.holds(count, bases)
        held = held and enough
        found = f"到会 {count}，{one.base} {bases[one.base]}，要{one.text}"
        report.checked.append(f"{found}，{'达到了' if enough else '没有达到'}")
    return held


def _roll(report: Report, there: Part) -> None:
    """Nobody came who is not on the roll."""
    bases, body = bases_of(there), there.number("body")
    report.expect(
        bases["到会"] <= bases["应到"] <= body and bases["到会"] <= bases["到会组成人员"] <= body,
        f"应到 {bases['应到']} 人，到会 {bases['到会']} 人；组成人员 {body} 人，到会 {bases['到会组成人员']} 人",
        "到会的不会比应到的多，也不会比组成人员多",
    )
    if bases["户"]:
        told = f"全部 {bases['户']} 户，到会 {bases['到会户']} 户"
        report.expect(bases["到会户"] <= bases["户"], told, "到会的不会比全部还多")


def _same_roll(report: Report, name: str, there: Part, meeting: Part) -> None:
    """The roll is frozen when the meeting opens: every turn of voting has the same."""
    bases, frozen = bases_of(there), (meeting.number("roll"), meeting.number("body"))
    same = (bases["应到"], bases["组成人员"]) == frozen
    possible = bases["到会"] <= bases["应到"] and bases["到会组成人员"] <= bases["组成人员"]
    if not (same and possible):
        report.expect(False, f"{name}的应到、到会人数", "和这次会议的名册对不上")


def _outcome(report: Report, outcome: str, found: Sequence[bool], *, elects: bool) -> None:
    if not found:
        raise Unreadable("文件里没有议案")
    if elects:
        wanted = "选出" if all(found) else "未选足"
    else:
        wanted = "通过" if all(found) else "部分通过" if any(found) else "未通过"
    report.expect(outcome == wanted, f"结论是“{wanted}”", f"文件写的是“{outcome}”")
