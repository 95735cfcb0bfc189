"""Invitations to a meeting: what those on the roll answer before it opens, and who may have a seat that is given away.

Nobody has to answer. Who does is not asked again until the meeting opens, or is put off. A seat is given away only
where the diagram allows it (`delegate = 户内`): to an adult of the same household who has no seat himself, and only
before the roll is frozen. Delegates of the village never give theirs away (FD-1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from engine.refusal import Forbidden, Invalid, Overtaken
from engine.steps.kind import CHAIR, RECORDER
from engine.steps.meeting import (
    DELEGATE,
    DELEGATED,
    LEFT,
    REPLY,
    WILL_COME,
    WILL_NOT,
    MeetingRecord,
    Settings,
    require_convened,
)

ADULT = 18  # years


def require_invited(record: MeetingRecord) -> None:
    """Answers are taken from the convening to the opening. Raises Invalid, Overtaken."""
    require_convened(record)
    if record.is_open:
        raise Overtaken("meeting-opened", "会议已经开始，不用再答复。到了请签到")
    if record.status != "convened":
        raise Overtaken("meeting-ended", "会议已经结束，不用再答复")


def others(data: Mapping[str, Any]) -> list[int]:
    """For whom chair or recorder write down what they said. Raises Invalid for who is named as both."""
    named = [*(data.get(WILL_COME) or ()), *(data.get(WILL_NOT) or ())]
    if len(set(named)) != len(named):
        raise Invalid("marked-twice", "同一个人既记了参加又记了请假，请改成一种")
    return named


def require_own(roles: Iterable[str], data: Mapping[str, Any]) -> None:
    """Only chair and recorder write down what others said. Raises Forbidden."""
    if others(data) and not {CHAIR, RECORDER} & set(roles):
        raise Forbidden("reply-others", "别人来不来由主持人或记录人来记；您只需要答复自己的")


def answered(settings: Settings, data: Mapping[str, Any]) -> int | None:
    """Whom the seat is given to, if anybody. Raises Invalid for an answer that is none."""
    reply, delegate = data.get(REPLY), data.get(DELEGATE)
    if not reply and not others(data):
        raise Invalid("form", "请选参加还是请假", {REPLY: "请选一项"})
    if reply != DELEGATED:
        return None
    if not settings.get("delegate"):
        raise Invalid("no-delegate", "这次会议不能委托别人参加。来不了请选请假", {REPLY: "不能委托"})
    if delegate is None:
        raise Invalid("form", "请选委托谁参加", {DELEGATE: "请选一个人"})
    return int(delegate)


def require_may_stand_in(
    *, same_household: bool = True, adult: bool = True, on_roll: bool = False, taken: bool = False
) -> None:
    """Who may have somebody's seat. Raises Invalid."""
    message = ""
    if not same_household:
        message = "只能委托同一户的人参加，请另选，或者请假"
    elif not adult:
        message = f"代为参加的人要年满 {ADULT} 周岁，请另选，或者请假"
    elif on_roll:
        message = "这个人自己就要参加会议，一个人不能占两个席位，请另选，或者请假"
    elif taken:
        message = "这个人已经受别人委托，一个人只能代一个人，请另选，或者请假"
    if message:
        raise Invalid("delegate", message, {DELEGATE: message})


def is_adult(born: date | None, on: date) -> bool:
    """Of age on a day. Where the register does not know the birthday, the village does."""
    return born is None or (on.year - born.year) - ((on.month, on.day) < (born.month, born.day)) >= ADULT


def require_was_there(strangers: int) -> None:
    """Who never came cannot leave early. Raises Invalid."""
    if strangers:
        message = f"有 {strangers} 人没有签到过，不能记早退。请先记到会，或者改记请假"
        raise Invalid("never-came", message, {LEFT: message})
