"""汇总: whether enough has been heard, and what a consultation comes to. Figures only, never lists of opinions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.refusal import Invalid
from engine.steps import answers, period, threshold
from engine.steps.answers import Answered
from engine.steps.kind import DOERS
from engine.steps.opinion import DIGEST, OUTCOME, REASON, STANCE

ITEMS, HEADS, ASKED, COVERED = "条数", "人数", "应征", "覆盖"
RESULT = (OUTCOME, REASON, ITEMS, HEADS, ASKED, COVERED, DIGEST, STANCE, *answers.VERDICTS, DOERS)


@dataclass(frozen=True)
class Heard:
    """What has come in so far. `covered` are those of the `asked` who have spoken, each counted once."""

    items: int = 0
    heads: int = 0
    asked: int = 0
    covered: int = 0
    stances: Mapping[str, int] = field(default_factory=dict)
    answered: Answered = field(default_factory=Answered)


def thresholds(settings: Mapping[str, Any]) -> list[threshold.Threshold]:
    return threshold.frozen(settings["coverage"])


def enough(settings: Mapping[str, Any], heard: Heard) -> bool:
    """Whether it may be summed up before the period is over."""
    if not settings["coverage"] and not settings["least"]:
        return not settings["until"] or heard.covered >= heard.asked > 0
    return not missing(settings, heard)


def missing(settings: Mapping[str, Any], heard: Heard) -> list[str]:
    """What coverage and number still lack, in Chinese."""
    short = [
        f"应征 {heard.asked} 人，要至少听到 {one.least(heard.asked)} 人的意见，现在 {heard.covered} 人"
        for one in thresholds(settings)
        if not one.holds(heard.covered, heard.asked)
    ]
    if heard.items < settings["least"]:
        short.append(f"至少要 {settings['least']} 条意见，现在 {heard.items} 条")
    return short


def close(settings: Mapping[str, Any], heard: Heard, data: Mapping[str, Any], now: datetime | None) -> None:
    """Whether it may be summed up now. Raises Invalid with what is missing, and from when it may be all the same."""
    if settings["of"]:
        answers.require_all(heard.answered, "汇总")
    elif not enough(settings, heard):
        _require_over(settings, heard, now)
        if missing(settings, heard) and not data.get(REASON):
            short = "；".join(missing(settings, heard))
            message = f"意见还不够：{short}。期限已到，可以汇总，请写明为什么没有达到"
            raise Invalid("reason-missing", message, {REASON: message})
    if data.get(OUTCOME) in settings["explain"] and not data.get(REASON):
        message = f"选“{data[OUTCOME]}”时请写明理由"
        raise Invalid("reason-missing", message, {REASON: message})


def _require_over(settings: Mapping[str, Any], heard: Heard, now: datetime | None) -> None:
    if period.is_over(settings, now):
        return
    end = period.ends(settings)
    until = f"征求意见到 {period.last_day(end)}为止" if end else "征求期限还没有到"
    short = "；".join(missing(settings, heard)) or "还有人没有提意见"
    raise Invalid("too-few", f"现在还不能汇总：{short}。{until}，到期以后写明原因也可以汇总")


def conclude(settings: Mapping[str, Any], heard: Heard, data: Mapping[str, Any]) -> dict[str, Any]:
    """The step's result."""
    result: dict[str, Any] = {OUTCOME: data[OUTCOME]} if settings["outcomes"] else {}
    result |= {REASON: str(data.get(REASON) or "")}
    if settings["of"]:
        result |= {ITEMS: heard.answered.items} | heard.answered.as_record()
    else:
        result |= {ITEMS: heard.items, HEADS: heard.heads, ASKED: heard.asked}
        result[COVERED] = f"{heard.covered}/{heard.asked}" if heard.asked else ""
        result[STANCE] = {word: heard.stances.get(word, 0) for word in settings["stances"]}
    result[DIGEST] = str(data.get(DIGEST) or "") or in_short(settings, heard)
    return {key: value for key, value in data.items() if key not in RESULT} | result


def in_short(settings: Mapping[str, Any], heard: Heard) -> str:
    """The figures in a sentence: the digest where nobody has written one."""
    if settings["of"]:
        figures = heard.answered.as_record()
        parts = "，".join(f"{word} {number} 条" for word, number in figures.items())
        return f"一共 {heard.answered.items} 条意见，逐条答复：{parts}。"
    covered = f"，应征 {heard.asked} 人中有 {heard.covered} 人提了意见" if heard.asked else ""
    stances = "，".join(f"{word} {heard.stances.get(word, 0)} 条" for word in settings["stances"])
    return f"收到意见 {heard.items} 条{covered}" + (f"：{stances}。" if stances else "。")
