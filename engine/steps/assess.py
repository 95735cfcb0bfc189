"""assess 测评: satisfaction, by those on a register or by the public; too low means not done (LB-6.1, WH-4, HW-4.4).

Settings in the diagram:

- `from`: who rates, designations (`村民代表 理事会成员`), or `public`: everybody living in the village;
- `scores`: words to choose from, best first (default `满意 基本满意 不满意`);
- `satisfied`: those that count as satisfied (default the first two, of two scores the first);
- `pass`: threshold (`至少 {满意率} 收回票`; base 收回票 or 应参评), several joined by `；`;
- `least`: the least number of people who must have rated, else 参评不足;
- `until`: for how long from the opening; before it ends it is summed up only when enough have rated;
- `recorder`: who enters papers besides the organiser, default 文书;
- `public`: `yes`: anybody may rate through the matter's public page; nobody can tell who rated twice there, so the
  result says how many came that way.

The rules take figures (`Rated`), never lists of ratings: the server fills them with one query.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.diagram.model import Node
from engine.refusal import Invalid, Overtaken
from engine.steps import period, schema, setting, slips, threshold
from engine.steps.declared.opinions import ASSESS
from engine.steps.declared.opinions import SCORES as DEFAULT_SCORES
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
from engine.steps.schema import Schema
from engine.steps.whole import whether, whole

SETTINGS = setting.names(ASSESS)
OUTCOME, REASON, NUMBER, SATISFIED, RATE, EACH = "结论", "说明", "参评", "满意", "满意率", "各档"
SCORE, COMMENT, PHOTOS, ENTRY = "评价", "意见", "照片", "编号"
RECKONED, ASKED, SCANNED = "依据", "应参评", "扫码参评"
CONTENT, DISCONTENT, TOO_FEW = "满意", "不满意", "参评不足"
PUBLIC, EVERYBODY = "public", "村民"
BASES = ("收回票", ASKED)


@dataclass(frozen=True)
class Rated:
    """What has come in so far, by score. `asked` is how many are to rate; 0 where it is the public. `scanned` of them
    came through the open link.
    """

    scores: Mapping[str, int] = field(default_factory=dict)
    asked: int = 0
    scanned: int = 0

    @property
    def number(self) -> int:
        """收回票: how many have rated."""
        return sum(self.scores.values())

    def satisfied(self, settings: Mapping[str, Any]) -> int:
        return sum(self.scores.get(score, 0) for score in settings["satisfied"])


class Assess(Kind):
    key = "assess"
    title = "测评"
    help = "请一批人评满意不满意，算满意率"
    settings = ASSESS
    collective = True

    def check(self, node: Node, forms: Forms, parameters: Mapping[str, Any]) -> Iterator[Problem]:
        try:
            self.freeze(node, parameters)
        except SettingError as error:
            yield Problem("assess-setting", str(error))
        if node.properties.get("form"):
            yield Problem("assess-form", "测评的表单由系统给出（评价和意见），请去掉“表单”（form）")

    def freeze(self, node: Node, parameters: Mapping[str, Any]) -> dict[str, Any]:
        words = Words(node, parameters)
        scores = words.list("scores", DEFAULT_SCORES)
        settings = {
            "from": words.list("from"),
            "scores": scores,
            "satisfied": words.list("satisfied", scores[: 2 if len(scores) > 2 else 1]),
            "pass": [str(one) for one in threshold.parse(words.text("pass"), parameters)],
            "least": whole(words, "least", "最少几个人参评"),
            "until": period.freeze(words, "测评多久"),
            "recorder": words.list("recorder", ["文书"]),
            "public": whether(words, "public", "扫码也能评"),
        }
        _agree(settings)
        return settings

    def fields(self, settings: Mapping[str, Any], forms: Forms) -> dict[str, str]:
        texts, numbers = (OUTCOME, RATE, REASON), (NUMBER, SATISFIED, ASKED, SCANNED)
        own = dict.fromkeys(texts, "text") | dict.fromkeys(numbers, "number")
        return own | {EACH: "record", RECKONED: "list", DOERS: "list"}

    def parts(self, settings: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
        return {EACH: settings["scores"]}

    def outcomes(self, settings: Mapping[str, Any]) -> list[str]:
        return [CONTENT, DISCONTENT, TOO_FEW]

    def seats(
        self, settings: Mapping[str, Any], lane: str, holders: Holders, people: Sequence[int] = ()
    ) -> list[Seat]:
        raters = [EVERYBODY] if settings["from"] == [PUBLIC] else settings["from"]
        return [
            Seat(ORGANISER, people=tuple(people)) if people else Seat(ORGANISER, (lane,)),
            Seat(RECORDER, tuple(settings["recorder"]), active=False),
            Seat(MEMBER, tuple(raters)),
        ]

    def actions(self, settings: Mapping[str, Any], forms: Forms) -> list[Action]:
        clerks = (ORGANISER, RECORDER)
        return [
            Action("close", "汇总", schema.form(schema.area(REASON, "说明", 1000)), (ORGANISER,)),
            Action("rate", "评价", rate_schema(settings), (MEMBER,), mass=True),
            Action("add_batch", "录入测评票", batch_schema(settings), clerks, mass=True, behalf=False),
            Action("withdraw", "撤回", withdraw_schema(), (MEMBER, *clerks), mass=True, behalf=False),
            *slips.actions(),
        ]

    def faults(self, settings: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, str]:
        """A batch without a single paper says nothing."""
        first = settings["scores"][0]
        if first in data and not any(data.get(score) for score in settings["scores"]):
            return {first: "请写各档有几张票，至少一张"}
        return {}

    def accept(
        self,
        settings: Mapping[str, Any],
        seats: Sequence[Seat],
        before: Sequence[Submission],
        submission: Submission,
    ) -> None:
        said = _replay(settings, seats, before)
        said.add(submission)
        if submission.action == "close":
            require_closable(settings, said.rated(), submission.at)

    def result(
        self, settings: Mapping[str, Any], seats: Sequence[Seat], submissions: Sequence[Submission]
    ) -> dict[str, Any] | None:
        if not submissions or submissions[-1].action != "close":
            return None
        last = submissions[-1]
        result = conclude(settings, _replay(settings, seats, submissions[:-1]).rated(), last.data)
        return result | ({DOERS: [last.person]} if last.person is not None else {})


# ---------------------------------------------------------------- settings


def _agree(settings: Mapping[str, Any]) -> None:
    """What the settings must be to each other. Raises SettingError."""
    scores = settings["scores"]
    if not settings["from"]:
        raise SettingError("没有写“由谁测评”（from），请选身份（如 村民代表），或者选全体村民（public）")
    if PUBLIC in settings["from"] and len(settings["from"]) > 1:
        raise SettingError("“由谁测评”（from）选了全体村民（public），就不要再选别的身份")
    if len(scores) < 2 or len(set(scores)) != len(scores):
        raise SettingError("“有哪几档”（scores）至少要写两档，而且不能重复")
    odd = [score for score in scores if not score.isidentifier() or score in (PHOTOS, COMMENT)]
    if odd:
        raise SettingError(f"“有哪几档”（scores）里的“{odd[0]}”只能用汉字、字母和数字，也不能叫照片、意见")
    strange = [score for score in settings["satisfied"] if score not in scores]
    if strange:
        raise SettingError(f"“哪几档算满意”（satisfied）里的“{strange[0]}”不在各档 {'、'.join(scores)} 之中")
    if not settings["satisfied"] or set(settings["satisfied"]) == set(scores):
        raise SettingError("“哪几档算满意”（satisfied）不能一档都没有，也不能是全部各档")
    if not settings["pass"]:
        raise SettingError("没有写“怎样算合格”（pass），请写“至少 3/5 收回票”这样的门槛")
    for one in thresholds(settings):
        if one.base not in BASES:
            raise SettingError(f"“怎样算合格”（pass）里“{one}”的基数只能是{'或'.join(BASES)}")
        if one.base == ASKED and settings["from"] == [PUBLIC]:
            raise SettingError("向全体村民测评时没有应参评的名册，“怎样算合格”（pass）请以收回票为基数")
    if settings["public"] and settings["from"] != [PUBLIC]:
        raise SettingError(
            "选了“扫码也能评”（public），“由谁测评”（from）也要选全体村民（public）：扫码的人认不出是不是名册上的人"
        )
    if settings["least"] and not settings["until"]:
        raise SettingError("写了“最少几个人参评”（least），请再写“测评多久”（until），免得人不够时一直办不完")


def thresholds(settings: Mapping[str, Any]) -> list[threshold.Threshold]:
    """The frozen thresholds of `pass`."""
    return threshold.frozen(settings["pass"])


# ---------------------------------------------------------------- forms


def rate_schema(settings: Mapping[str, Any]) -> Schema:
    """评价: one tap, and whatever one wants to say about it."""
    options = [(score, score) for score in settings["scores"]]
    choice = schema.choice(SCORE, "您的评价", options, required=True)
    return schema.form(choice, schema.area(COMMENT, "意见和建议", 1000))


def batch_schema(settings: Mapping[str, Any]) -> Schema:
    """录入测评票: how many papers say what, with photos of them."""
    counts = [schema.number(score, f"{score}（张）", 0, 100_000) for score in settings["scores"]]
    photos = schema.files(PHOTOS, "测评票的照片", required=True)
    return schema.form(*counts, schema.area(COMMENT, "票上写的意见", 1000), photos)


def withdraw_schema() -> Schema:
    return schema.form(schema.text(ENTRY, "编号（不写就是自己最后录的）", 40))


# ---------------------------------------------------------------- rules


def require_first(already: bool, *, own: bool = True) -> None:
    """One person rates once. Raises Overtaken."""
    if already and own:
        raise Overtaken("rated", "您已经评价过了，每人只评一次。要改，请先撤回，再评一次")
    if already:
        raise Overtaken("rated", "这个人已经评价过了，每人只评一次，不用再录")


def require_room(rated: Rated, more: int) -> None:
    """There are not more papers than people to rate. Raises Invalid.

    Asked before papers are entered and again at the end, never of somebody who rates himself: his voice counts, and the
    papers are what has to be put right.
    """
    if rated.asked and rated.number + more > rated.asked:
        added = f"再加 {more} 份就多出来了" if more else "多出来了"
        raise Invalid(
            "too-many-papers",
            f"票数对不上：应参评 {rated.asked} 人，已经收到 {rated.number} 份，{added}。"
            "请核对纸质票的张数（录错的先撤回），已经在手机上评过的人不要再算纸质票",
        )


def papers(settings: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, int]:
    """The scores of a batch that any paper says, with how many do."""
    return {score: int(data[score]) for score in settings["scores"] if data.get(score)}


def nothing_to_withdraw() -> Invalid:
    return Invalid("nothing-to-withdraw", "没有可以撤回的评价：它可能已经撤回，或者不是您录的")


def require_closable(settings: Mapping[str, Any], rated: Rated, now: datetime | None) -> None:
    """Whether it may be summed up now. Raises Invalid, telling what is missing and from when it may be all the same."""
    require_room(rated, 0)
    if not settings["until"]:
        if not rated.number:
            raise Invalid("too-few", "还没有人评价，不能汇总。请先请大家评价，或者录入测评票")
        return
    if rated.number >= max(1, settings["least"]) or period.is_over(settings, now):
        return
    end = period.ends(settings)
    until = f"测评到 {period.last_day(end)}为止，" if end else ""
    wanted = max(1, settings["least"])
    raise Invalid(
        "too-few",
        f"现在还不能汇总：至少要有 {wanted} 人参评，现在 {rated.number} 人。{until}到期人还不够，可以汇总为“{TOO_FEW}”",
    )


def conclude(settings: Mapping[str, Any], rated: Rated, data: Mapping[str, Any]) -> dict[str, Any]:
    """The step's result, reckoned in whole numbers (FD-6)."""
    good, number = rated.satisfied(settings), rated.number
    bases = {"收回票": number, ASKED: rated.asked}
    asked = thresholds(settings)
    passed = threshold.all_hold(asked, dict.fromkeys(bases, good), bases)
    outcome = TOO_FEW if number < max(1, settings["least"]) else CONTENT if passed else DISCONTENT
    result: dict[str, Any] = {OUTCOME: outcome, NUMBER: number}
    if rated.asked:
        result[ASKED] = rated.asked
    if settings.get("public"):
        result[SCANNED] = rated.scanned
    return result | {
        SATISFIED: good,
        RATE: f"{good}/{number}" if number else "",
        EACH: {score: rated.scores.get(score, 0) for score in settings["scores"]},
        RECKONED: [one.reckoned("满意", good, bases[one.base]) for one in asked],
        REASON: str(data.get(REASON) or ""),
    }


# ---------------------------------------------------------------- in a rehearsal


class _Said:
    """The ratings of a rehearsal, act by act: who rated (None: a paper), what, how many."""

    def __init__(self, settings: Mapping[str, Any], seats: Sequence[Seat]) -> None:
        self.settings = settings
        public = settings["from"] == [PUBLIC]
        raters = {person for seat in seats if seat.name == MEMBER for person in seat.people}
        self.asked = 0 if public else len(raters)
        self.entries: list[tuple[int | None, Mapping[str, int]] | None] = []  # None: withdrawn

    def add(self, submission: Submission) -> None:
        """Raises Refusal where it does not fit."""
        if submission.action == "rate":
            require_first(any(one and one[0] == submission.person is not None for one in self.entries))
            self.entries.append((submission.person, {submission.data[SCORE]: 1}))
        elif submission.action == "add_batch":
            counts = papers(self.settings, submission.data)
            require_room(self.rated(), sum(counts.values()))
            self.entries.append((None, counts))
        elif submission.action == "withdraw":
            self._withdraw(submission)

    def _withdraw(self, submission: Submission) -> None:
        """A rater takes back his own; who enters papers the batch of that number, without one the last."""
        mine = submission.person if submission.seat == MEMBER else None
        text = str(submission.data.get(ENTRY) or "")
        own = [n for n, one in enumerate(self.entries, 1) if one and one[0] == mine]
        wanted = [n for n in own if str(n) == text] if text else own[-1:]
        if not wanted:
            raise nothing_to_withdraw()
        self.entries[wanted[0] - 1] = None

    def rated(self) -> Rated:
        kept = [one[1] for one in self.entries if one is not None]
        return Rated({s: sum(one.get(s, 0) for one in kept) for s in self.settings["scores"]}, self.asked)


def _replay(settings: Mapping[str, Any], seats: Sequence[Seat], submissions: Sequence[Submission]) -> _Said:
    said = _Said(settings, seats)
    for submission in submissions:
        said.add(submission)
    return said
