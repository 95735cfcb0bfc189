"""The red lines, held against a procedure before it is published: what its parameters may be set to at the lowest
counts, not what they are by default. Fractions are compared exactly (FD-6).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from engine.diagram.finding import Finding
from engine.diagram.model import Node
from engine.diagram.parameter import Parameter
from engine.diagram.procedure import Procedure
from engine.durations import parse_duration
from engine.redlines import BallotRule, ElectionRule, NoticeRule, Redlines, redlines
from engine.redlines import Threshold as Wanted

if TYPE_CHECKING:
    from engine.steps.threshold import Threshold

# Whoever is counted in the first is counted in the others too: a share of one of those is no smaller a number.
_WITHIN = {
    "到会": ("到会", "应到", "到会组成人员", "组成人员"),
    "到会组成人员": ("到会组成人员", "组成人员"),
    "应到": ("应到", "组成人员"),
    "到会户": ("到会户", "户"),
}
_SAME = {"全体": "应到"}
_NOTHING = "1/9999"  # what a fraction without a lower bound may be set to


@dataclass(frozen=True)
class Asked:
    """The thresholds of a setting as low as its parameters go."""

    what: str
    setting: str
    written: str
    thresholds: Sequence[Threshold]


def check_redlines(procedure: Procedure, rules: Redlines | None = None) -> Iterator[Finding]:
    """What the procedure could be turned into that no law allows. Nothing about settings that cannot be read: the
    kinds say that.
    """
    rules = rules or redlines()
    ballots = {node.key: node for node in procedure.diagram.walk() if node.kind == "ballot"}
    for node in ballots.values():
        for rule in rules.ballots:
            if _is_ruled(node, rule, procedure):
                yield from _ballot(node, rule, procedure.parameters)
        for never in rules.elections if _words(node, "seats") else ():
            yield from _election(node, never, procedure)
    for node in procedure.diagram.walk():
        if node.kind == "notice":
            for notice in rules.notices:
                if _is_shown(node, notice, ballots) or notice.citing & set(_words(node, "clauses")):
                    yield from _notice(node, notice, procedure.parameters)


def _is_ruled(node: Node, rule: BallotRule, procedure: Procedure) -> bool:
    return (
        rule.roll in _words(node, "roll", node.lane)
        and _cites(rule.citing, node, procedure)
        and rule.level in ("", procedure.level)
        and rule.weighted in (None, bool(_words(node, "weights")))
    )


def _words(node: Node, setting: str, default: str | None = None) -> list[str]:
    return (node.properties.get(setting) or default or "").split()


def _cites(clauses: frozenset[str], node: Node, procedure: Procedure) -> bool:
    return not clauses or bool(clauses & {*procedure.clauses, *_words(node, "clauses")})


# ---------------------------------------------------------------- ballots


def _ballot(node: Node, rule: BallotRule, parameters: Mapping[str, Parameter]) -> Iterator[Finding]:
    if rule.also and rule.also not in _words(node, "also") + _words(node, "roll", node.lane):
        message = f"组成人员里没有{rule.also}（{rule.clause}），请在“其他组成人员”（also）里写上“{rule.also}”"
        yield _finding("redline-body", message, node)
    for what, setting, wanted in (
        ("召开的门槛", "quorum", rule.quorum),
        ("通过的门槛", "majority", rule.majority),
    ):
        yield from _no_fractions(node, what, setting, parameters)
        asked = _asked(node, what, setting, parameters)
        if asked is not None:
            yield from (
                _weak(node, asked, one, parameters) for one in wanted if not _assured(asked, one, setting)
            )


def _asked(node: Node, what: str, setting: str, parameters: Mapping[str, Parameter]) -> Asked | None:
    from engine.steps.kind import SettingError  # steps read the diagram's model: imported late on purpose
    from engine.steps.threshold import parse

    lowest = {
        name: _NOTHING if one.minimum is None else one.minimum
        for name, one in parameters.items()
        if one.type == "fraction"
    }
    written = node.properties.get(setting, "")
    try:
        return Asked(what, setting, written, parse(written, lowest))
    except SettingError:
        return None


def _no_fractions(
    node: Node, what: str, setting: str, parameters: Mapping[str, Parameter]
) -> Iterator[Finding]:
    """Only a fraction has a lowest value that can be held against a red line."""
    for one in _named(node.properties.get(setting, ""), parameters):
        if one.type != "fraction":
            message = f"{what}用到的参数“{one.title}”的“是哪一种数”（type）要选比例（fraction），才看得出最低能改到多少"
            yield _finding("redline-parameter", message, node)


def _named(written: str, parameters: Mapping[str, Parameter]) -> list[Parameter]:
    plain = written.replace(" ", "")
    return [one for name, one in parameters.items() if f"{{{name}}}" in plain]


def _assured(asked: Asked, wanted: Wanted, setting: str) -> bool:
    """Whether whatever meets the setting meets the red line too."""
    base = _SAME.get(wanted.base, wanted.base)
    # Attendance is compared with the body it is part of; a share of a larger body says nothing about it.
    bases = _WITHIN.get(base, (base,)) if setting == "majority" else (base,)
    return any(one.base in bases and _as_strong(one, wanted) for one in asked.thresholds)


def _as_strong(one: Threshold, wanted: Wanted) -> bool:
    fraction = Fraction(one.numerator, one.denominator)
    if fraction == wanted.fraction:
        return one.strict or wanted.inclusive
    return fraction > wanted.fraction


def _weak(node: Node, asked: Asked, wanted: Wanted, parameters: Mapping[str, Parameter]) -> Finding:
    from engine.steps import kind
    from engine.steps.setting import called

    low = "；".join(map(str, asked.thresholds)) or "没有门槛"
    message = f"{asked.what}低于红线（{wanted.clause}）：{wanted.title}，{wanted}。"
    named = _named(asked.written, parameters)
    if named:
        titles = "、".join(f"“{one.title}”" for one in named)
        message += f"参数{titles}可以改到“{low}”，请提高参数的“最少”（minimum），或者加上“{wanted}”"
    else:
        message += f"现在是“{low}”，请在{called(kind('ballot').settings, asked.setting)}里写上“{wanted}”"
    return _finding("redline-threshold", message, node)


# ---------------------------------------------------------------- elections


def _election(node: Node, rule: ElectionRule, procedure: Procedure) -> Iterator[Finding]:
    called = [node.label, procedure.title, *_words(node, "meeting"), *_words(node, "candidates")]
    word = next((word for text in called if (word := rule.word_in(text))), None)
    if word is not None:
        message = (
            f"不能选举“{word}”（{rule.clause}）：{rule.reason}。请从流程里去掉这一步；"
            f"选的不是“{word}”的，请在步骤、会议、流程和候选人的名称里不要写它"
        )
        yield _finding("redline-election", message, node)


# ---------------------------------------------------------------- notices


def _is_shown(node: Node, rule: NoticeRule, ballots: Mapping[str, Node]) -> bool:
    shown: Iterable[Node | None] = (ballots.get(key) for key in _words(node, "shows"))
    return any(rule.roll in _words(ballot, "roll", ballot.lane) for ballot in shown if ballot is not None)


def _notice(node: Node, rule: NoticeRule, parameters: Mapping[str, Parameter]) -> Iterator[Finding]:
    written = node.properties.get("days", "").strip()
    name = written[1:-1].strip() if written.startswith("{") and written.endswith("}") else None
    parameter = parameters.get(name) if name is not None else None
    lowest: Any = parameter.minimum if parameter is not None else written if name is None else None
    at_least = rule.period.at_least or ""
    if name is not None and parameter is None:
        return  # the kind says that there is no such parameter
    try:
        if lowest is not None and _shortest(lowest) >= _shortest(at_least):
            return
    except ValueError:
        return
    message = f"公示短于红线（{rule.clause}）：{rule.period.title}，不少于 {at_least.removesuffix('d')} 天。"
    if parameter is not None:
        message += f"参数“{parameter.title}”的“最少”（minimum）请写 {at_least} 以上"
    else:
        message += f"请把“公示多久”（days）写成 {at_least} 以上"
    yield _finding("redline-notice", message + "；用工作日写的，按遇上调休最短的日子算", node)


def _shortest(text: str) -> int:
    """The fewest days it can be: a working day may follow a working day, February has 28."""
    length = parse_duration(text)
    return length.months * 28 + length.working_days + length.delta.days


def _finding(code: str, message: str, node: Node) -> Finding:
    return Finding(code, message, node.id, node.label, gate="publishing", line=node.line)
