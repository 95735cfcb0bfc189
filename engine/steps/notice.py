"""notice 公示: published for a number of days through channels with proof; takes feedback; ends by the clock.

Settings in the diagram:

- `days`: how long (`{公示天数}`, `7d`, `5wd`), to 24:00 of the last day, the day of publishing not counted (FD-5);
- `channels`: words to choose from (LB-7.1); `least`: the least number of channels, default 1, each with proof;
- `shows`: keys of earlier results that are published;
- `objections`: how many villagers must object for the outcome 有异议; default 1;
- `from`: who may hand in feedback himself (`村民代表`); the organiser and the clerk always may, for anybody;
- `recorder`: who may enter feedback besides the organiser, default 文书;
- `answers`: `yes` (default): feedback is answered here before the notice ends; `later`: by a consult with `of`;
- `publishes`: which of the four publications of LB-7 it is: 决议事项, 实施方案, 落实情况 or 实施结果.

It ends by the clock when no feedback waits for an answer, nor anything from the open link for being moderated; else it
comes back to who published it. So it does on its last day, for a photo of the board; that keeps nobody waiting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any

from engine.diagram.model import Node
from engine.durations import SHANGHAI, Calendar, TimerError, in_words, parse_duration
from engine.refusal import Invalid, Overtaken
from engine.steps import answers, moderation, period, schema, setting
from engine.steps.answers import Answered
from engine.steps.declared.opinions import CHANNELS as DEFAULT_CHANNELS
from engine.steps.declared.opinions import NOTICE, PUBLICATIONS
from engine.steps.kind import (
    DOERS,
    MEMBER,
    ORGANISER,
    RECORDER,
    Action,
    Forms,
    Holders,
    Kind,
    Problem,
    Seat,
    SettingError,
    Submission,
    Words,
)
from engine.steps.posting import (
    AUTHOR,
    CHANNEL,
    CHANNELS,
    OBJECTION,
    SORT,
    feedback_schema,
    photo_schema,
    publish_schema,
)
from engine.steps.whole import whole
from engine.working_days import deadline

ACCEPTED, OBJECTED = "无异议", "有异议"
OUTCOMES = (ACCEPTED, OBJECTED)
SETTINGS = setting.names(NOTICE)


@dataclass(frozen=True)
class Published:
    """What has become of a notice so far. `objectors` are people, each counted once; `answered` is the feedback;
    `waiting` is how much came through the open link and was not moderated yet.
    """

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    channels: tuple[str, ...] = ()
    objectors: int = 0
    answered: Answered = field(default_factory=Answered)
    waiting: int = 0


class Notice(Kind):
    key = "notice"
    title = "公示"
    help = "贴出去若干天，听群众怎么说，到期自动结束"
    settings = NOTICE
    collective = True

    def check(self, node: Node, forms: Forms, parameters: Mapping[str, Any]) -> Iterator[Problem]:
        try:
            self.freeze(node, parameters)
        except SettingError as error:
            yield Problem("notice-setting", str(error))
        if node.properties.get("form"):
            yield Problem("notice-form", "公示的表单由系统给出（内容、渠道和凭证），请去掉“表单”（form）")

    def freeze(self, node: Node, parameters: Mapping[str, Any]) -> dict[str, Any]:
        words = Words(node, parameters)
        settings = {
            "days": words.text("days"),
            "channels": words.list("channels", DEFAULT_CHANNELS),
            "least": whole(words, "least", "最少几种渠道", 1),
            "shows": words.list("shows"),
            "objections": whole(words, "objections", "几个人提异议算有异议", 1),
            "from": words.list("from"),
            "recorder": words.list("recorder", ["文书"]),
            "answers": words.text("answers", "yes"),
            "publishes": words.text("publishes"),
        }
        _agree(settings)
        return settings

    def fields(self, settings: Mapping[str, Any], forms: Forms) -> dict[str, str]:
        counts = dict.fromkeys(("反馈", OBJECTION, *answers.VERDICTS), "number")
        return {"结论": "text", "渠道": "list", "起": "text", "止": "text"} | counts | {DOERS: "list"}

    def outcomes(self, settings: Mapping[str, Any]) -> list[str]:
        return list(OUTCOMES)

    def seats(
        self, settings: Mapping[str, Any], lane: str, holders: Holders, people: Sequence[int] = ()
    ) -> list[Seat]:
        found = [Seat(ORGANISER, people=tuple(people)) if people else Seat(ORGANISER, (lane,))]
        found.append(Seat(RECORDER, tuple(settings["recorder"]), active=False))
        return [*found, Seat(MEMBER, tuple(settings["from"]), active=False)] if settings["from"] else found

    def actions(self, settings: Mapping[str, Any], forms: Forms) -> list[Action]:
        anybody = (ORGANISER, RECORDER, MEMBER)
        return [
            Action("publish", "公示", publish_schema(settings), (ORGANISER,)),
            Action("add_feedback", "记反馈", feedback_schema(), anybody, mass=True),
            answers.action((ORGANISER,)),
            Action("close", "结束", schema.form(), (ORGANISER,)),
            moderation.action(),
            Action("add_photo", "补照片", photo_schema(settings), (ORGANISER, RECORDER), behalf=False),
        ]

    def accept(
        self,
        settings: Mapping[str, Any],
        seats: Sequence[Seat],
        before: Sequence[Submission],
        submission: Submission,
    ) -> None:
        said = _replay(settings, before)
        said.add(submission)
        if submission.action == "close" and submission.at is not None:
            published = said.published()
            # In a rehearsal the end is known once the clock has had its turn.
            if published.starts_at is not None and published.ends_at is None:
                raise _too_early(settings, None)
            require_closable(settings, published, submission.at)

    def ends_at(
        self, settings: Mapping[str, Any], submissions: Sequence[Submission], calendar: Calendar
    ) -> datetime | None:
        published = next((one for one in submissions if one.action == "publish"), None)
        if published is None or published.at is None or any(one.action == "clock" for one in submissions):
            return None
        return ends(settings, published.at, calendar)

    def result(
        self, settings: Mapping[str, Any], seats: Sequence[Seat], submissions: Sequence[Submission]
    ) -> dict[str, Any] | None:
        if not submissions or submissions[-1].action not in ("clock", "close"):
            return None
        said = _replay(settings, submissions)
        published = said.published()
        if submissions[-1].action == "clock" and waits(settings, published):
            return None
        people = [one.person for one in submissions if one.action == "publish" and one.person is not None]
        return conclude(settings, published) | ({DOERS: people} if people else {})


# ---------------------------------------------------------------- settings


def _agree(settings: Mapping[str, Any]) -> None:
    """Raises SettingError."""
    if not settings["days"]:
        raise SettingError("没有写“公示多久”（days），请写 7d、5wd，或参数 {公示天数}")
    try:
        length = parse_duration(settings["days"])
    except TimerError as error:
        raise SettingError(f"“公示多久”（days）写错了：{error}") from error
    if length.is_nothing:
        raise SettingError("“公示多久”（days）不能是 0")
    channels = settings["channels"]
    doubled = [word for word in channels if channels.count(word) > 1]
    if doubled:
        raise SettingError(f"“渠道”（channels）里“{doubled[0]}”写了两次，请去掉一个")
    if not 1 <= settings["least"] <= len(channels):
        raise SettingError(f"“最少几种渠道”（least）要在 1 到 {len(channels)} 之间：一共只有这么多渠道")
    if settings["objections"] < 1:
        raise SettingError("“几个人提异议算有异议”（objections）至少是 1")
    if settings["answers"] not in ("yes", "later"):
        raise SettingError(
            "“反馈在哪里答复”（answers）请选在这一步逐条答复（yes）或由后面的步骤答复（later）"
        )
    if settings["publishes"] and settings["publishes"] not in PUBLICATIONS:
        words = "、".join(PUBLICATIONS)
        raise SettingError(
            f"“四次公开的哪一次”（publishes）写的“{settings['publishes']}”不认识，只能选 {words} 中的一个，或者不选"
        )


# ---------------------------------------------------------------- rules


def ends(settings: Mapping[str, Any], starts_at: datetime, calendar: Calendar) -> datetime:
    """24:00 of the last day, the day of publishing not counted."""
    return deadline(starts_at, str(settings["days"]), calendar)


def require_publishable(
    settings: Mapping[str, Any], published: Published, data: Mapping[str, Any]
) -> tuple[str, ...]:
    """The channels it goes out through, in the diagram's order. Raises Overtaken when it is out already, Invalid for
    too few channels.
    """
    if published.starts_at is not None:
        raise Overtaken("published", "已经公示了，不用再公示一次")
    channels = [row[CHANNEL] for row in data[CHANNELS]]
    doubled = [place for place, word in enumerate(channels) if word in channels[:place]]
    if doubled:
        message = f"“{channels[doubled[0]]}”写了两次，请合在一行"
        raise Invalid("channel-twice", message, {f"{CHANNELS}[{doubled[0]}].{CHANNEL}": message})
    if len(channels) < settings["least"]:
        message = f"至少要用 {settings['least']} 种渠道公示，现在是 {len(channels)} 种，请再选"
        raise Invalid("channels-few", message, {CHANNELS: message})
    return in_order(settings, channels)


def in_order(settings: Mapping[str, Any], channels: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(channels, key=settings["channels"].index))


def require_published(published: Published) -> None:
    """Raises Invalid before it is out."""
    if published.starts_at is None:
        raise Invalid("not-published", "还没有公示。请先选渠道、附照片，公示出去")


def require_receiving(published: Published, now: datetime | None) -> None:
    """Raises Invalid before it is out, Overtaken when its days are over: what comes later does not decide it."""
    require_published(published)
    if published.ends_at is not None and now is not None and now >= published.ends_at:
        raise Overtaken(
            "notice-over",
            f"公示到 {period.last_day(published.ends_at)}为止，已经结束，不能再记反馈。"
            "有新的意见，请告诉办这件事的人，或者写进以后的步骤",
        )


def waits(settings: Mapping[str, Any], published: Published) -> bool:
    """Whether feedback waits to be moderated, or for an answer that must be given before the notice may end."""
    return published.waiting > 0 or (settings["answers"] == "yes" and published.answered.left > 0)


def last_day(ends_at: datetime) -> datetime:
    """When the last day begins: from then on a photo of that day can be taken."""
    return datetime.combine(period.day(ends_at, end=True), time(), SHANGHAI)


def require_closable(settings: Mapping[str, Any], published: Published, now: datetime) -> None:
    """Raises Invalid before the end of the period, and while feedback has no answer."""
    require_published(published)
    if published.ends_at is not None and now < published.ends_at:
        raise _too_early(settings, published.ends_at)
    moderation.require_none_waiting(published.waiting, "结束公示")
    if settings["answers"] == "yes":
        answers.require_all(published.answered, "结束公示")


def _too_early(settings: Mapping[str, Any], ends_at: datetime | None) -> Invalid:
    until = f"，到 {period.last_day(ends_at)}" if ends_at else ""
    days = in_words(settings["days"])
    return Invalid("too-early", f"要公示满 {days}{until}才能结束。到时没有未答复的反馈，系统会自动结束")


def conclude(settings: Mapping[str, Any], published: Published) -> dict[str, Any]:
    """The step's result. 异议 counts people, 反馈 what they handed in."""
    objected = published.objectors >= settings["objections"]
    return {
        "结论": OBJECTED if objected else ACCEPTED,
        "渠道": list(published.channels),
        "起": _day(published.starts_at),
        "止": _day(published.ends_at, end=True),
        "反馈": published.answered.items,
        OBJECTION: published.objectors,
        **published.answered.as_record(),
    }


def _day(moment: datetime | None, *, end: bool = False) -> str:
    return "" if moment is None else period.day(moment, end=end).isoformat()


# ---------------------------------------------------------------- in a rehearsal


class _Said:
    """A rehearsal's notice, act by act."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = settings
        self.notice = Published()
        self.objectors: list[str] = []  # names; without one everybody is somebody else
        self.items = 0
        self.verdicts: dict[int, str] = {}

    def add(self, submission: Submission) -> None:
        """Raises Refusal where it does not fit."""
        data = submission.data
        if submission.action == "publish":
            channels = require_publishable(self.settings, self.notice, data)
            self.notice = replace(self.notice, starts_at=submission.at, channels=channels)
        elif submission.action == "add_feedback":
            require_receiving(self.notice, submission.at)
            self.items += 1
            if data[SORT] == OBJECTION:
                self.objectors.append(objector(data, submission.person, submission.seat) or f"#{self.items}")
        elif submission.action == "answer":
            require_published(self.notice)
            waiting = [number for number in range(1, self.items + 1) if number not in self.verdicts]
            for answer in answers.read(data[answers.ROWS], self.items, waiting):
                self.verdicts[answer.number] = answer.verdict
        elif submission.action == "add_photo":
            require_published(self.notice)
        elif submission.action == "clock":
            self.notice = replace(self.notice, ends_at=submission.at)

    def published(self) -> Published:
        done = answers.tally(self.items, self.verdicts.values())
        return replace(self.notice, objectors=len(set(self.objectors)), answered=done)


def objector(data: Mapping[str, Any], person: int | None, seat: str | None) -> str:
    """Who objects, so that each counts once: a member himself, or the name given; empty where there is none."""
    if data.get(AUTHOR):
        return str(data[AUTHOR])
    return f"@{person}" if person is not None and seat == MEMBER else ""


def _replay(settings: Mapping[str, Any], submissions: Iterable[Submission]) -> _Said:
    said = _Said(settings)
    for submission in submissions:
        said.add(submission)
    return said
