"""The acts of a vote and the forms they hand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.steps import meeting, schema
from engine.steps.counting import CANDIDATE, CHOICES, FIGURES, NUMBER, PAPERS, VOTES
from engine.steps.election import BLANK, CHOSEN, STOP
from engine.steps.kind import CHAIR, MEMBER, RECORDER, SCRUTINEER, TELLER, Action
from engine.steps.meeting import BODY
from engine.steps.method import COUNTED, METHOD, METHODS, ON_PHONE, is_election, is_secret, methods
from engine.steps.officers import APPROVED, SCRUTINEERS, TELLERS
from engine.steps.schema import Schema

Settings = Mapping[str, Any]

MAX_TEXT = 2000
LEADERS = (CHAIR, RECORDER)
MOTION = schema.number("motion", "第几项议案", 1)
CHOICE = schema.choice("choice", "您的意见", [(choice, choice) for choice in CHOICES])
KNOWN = ("应到", "实到")  # follow from the attendance


def actions(settings: Settings) -> list[Action]:
    """结束 first; then those of the meeting, of motions, and of the ways this vote may be taken."""
    acts = {act.name: act for act in meeting.actions(settings)}
    acts["open"] = meeting.open_action(settings, *_opening(settings))
    offered = methods(settings)
    found = [_close(settings), *acts.values(), *([] if is_election(settings) else _ON_MOTIONS)]
    if any(one in ON_PHONE for one in offered):
        found.append(_cast(settings))
    if any(one in COUNTED for one in offered):
        found += [_enter_count(settings), _CONFIRM]
    return [*found, _REVOTE] if is_secret(settings) else found


def _close(settings: Settings) -> Action:
    stop = schema.tick(STOP, "选不足也到此为止，不再进行下一轮")
    return Action(
        "close",
        "结束",
        schema.form(
            *([stop] if is_election(settings) else []),
            schema.area("纪要", "会议纪要", 10_000),
            schema.files("照片", "会议照片、表决票照片"),
        ),
        LEADERS,
    )


def _opening(settings: Settings) -> Iterator[Schema]:
    offered = methods(settings)
    if len(offered) > 1:
        shown = [(one, METHODS[one]) for one in offered]
        told = "在手机上投，或者在会场投了再录入结果"
        yield schema.choice(METHOD, "表决方式", shown, required=True) | {"description": told}
    if any(one in COUNTED for one in offered):
        there = [*settings["roll"], *settings["also"]]
        scrutineers = dict.fromkeys([*settings["scrutineers"], *there])
        tellers = dict.fromkeys([*(settings.get("tellers") or []), *settings["recorder"], *there])
        yield schema.people(SCRUTINEERS, SCRUTINEERS, list(scrutineers))
        yield schema.people(TELLERS, TELLERS, list(tellers))
        yield schema.tick(APPROVED, "推定的监票人、计票人，到会的人已经举手通过")


def _cast(settings: Settings) -> Action:
    """A vote is nobody else's to enter; many vote at the same time."""
    if is_election(settings):
        form = schema.form(_candidates(settings), schema.tick(BLANK, "弃权，一个也不选"))
    else:
        form = schema.form(MOTION, CHOICE, schema.rows("votes", "逐项投票", MOTION, CHOICE))
    return Action("cast", "投票", form, (MEMBER,), mass=True, behalf=False)


def _enter_count(settings: Settings) -> Action:
    proof = schema.files("计票单", "计票单、表决票照片")
    if is_election(settings):
        who = schema.select(CANDIDATE, CANDIDATE, _standing(settings), required=True)
        votes = schema.rows(VOTES, VOTES, who, schema.number(NUMBER, NUMBER, 0))
        form = schema.form(*_numbers(*KNOWN, *PAPERS), votes, proof)
    else:
        figures = _numbers(*KNOWN, *FIGURES)
        form = schema.form(MOTION, *figures, schema.rows("计票", "逐项计票", MOTION, *figures), proof)
    # Who was named to count may be anybody who is there; the rule tells who it is (engine.steps.sheets).
    return Action("enter_count", "录入计票", form, (*LEADERS, TELLER, MEMBER, BODY))


def _candidates(settings: Settings) -> Schema:
    values = [{"label": name, "value": place} for place, name in _standing(settings)]
    return schema.ticks(CHOSEN, "您选谁", []) | {"values": values}


def _standing(settings: Settings) -> list[tuple[int, str]]:
    """All who stood in the first round, by the place that stays theirs; none before the settings are prepared."""
    candidates = settings["candidates"]
    listed = candidates if isinstance(candidates, list) else []
    return [(place, one["name"]) for place, one in enumerate(listed, 1)]


def _numbers(*names: str) -> list[Schema]:
    return [schema.number(name, name, 0) for name in names]


_ON_MOTIONS = (
    Action(
        "revise",
        "修改议案",
        schema.form(MOTION, schema.area("议案", "改后的议案", MAX_TEXT, required=True)),
        LEADERS,
    ),
    Action("read_out", "宣读定稿", schema.form(MOTION), LEADERS),
)
# Only of a secret vote whose box cannot be opened; the key may be lost, or somebody have been at the database.
_REVOTE = Action(
    "revote",
    "作废重投",
    schema.form(schema.area("理由", "为什么作废", 500, required=True)),
    (CHAIR,),
    behalf=False,
)
_DISPUTE = schema.area("不一致", "哪里对不上", 500) | {"description": "写了就是不确认，请计票人重新录入"}
_SEEN = schema.text("所见", "核对的数目（由页面填写：核对时计票单改过，就不会确认）", 5000)
_CONFIRM = Action(
    "confirm_count",
    "确认计票",
    schema.form(MOTION, _DISPUTE, _SEEN, schema.tick("结束", "确认后随即结束表决，宣布结果")),
    (SCRUTINEER, MEMBER, BODY),
)
