"""consult 征求意见: opinions are gathered and summed up; or an earlier step's opinions are answered one by one.

Settings in the diagram:

- `ask`: what is asked;
- `from`: whose opinion is asked (`村民代表`); without it the organiser enters what people say;
- `channels`: words to choose from for where an opinion came from (`入户走访 意见卡 座谈`);
- `stances`: words (`赞成 反对 其他`); with them a person has one opinion, without as many as he likes;
- `coverage`: threshold over 应征, those asked (`至少 {征求覆盖} 应征`);
- `least`: the least number of opinions;
- `until`: for how long from the opening; then it may be summed up with a reason though too few were heard;
- `form`: more fields at the closing; `outcomes`: conclusions to choose there; `explain`: those that want a reason
  (default: all but the first);
- `recorder`: who may enter paper besides the organiser, default 文书;
- `open`: `yes`: anybody may say something through the matter's public page; it counts once it was moderated;
- `shows`: keys of earlier results that the public page shows beside the question: what one is asked about;
- `of`: key of an earlier consult or notice: then its opinions are answered here, and none are taken.

The rules take figures (`Heard`), never lists of opinions: the server fills them with one query.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine import forms as form_rules
from engine.diagram.model import Node
from engine.steps import answers, moderation, period, setting, slips, threshold
from engine.steps.consult_replay import replay
from engine.steps.declared.opinions import CONSULT
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
from engine.steps.opinion import (
    DIGEST,
    OUTCOME,
    REASON,
    STANCE,
    batch_schema,
    closing_schema,
    opinion_schema,
    withdraw_schema,
)
from engine.steps.summing_up import ASKED, COVERED, HEADS, ITEMS, RESULT, close, conclude, thresholds
from engine.steps.whole import whether, whole

SETTINGS = setting.names(CONSULT)
_GATHERING = (
    "from",
    "channels",
    "stances",
    "coverage",
    "least",
    "until",
    "open",
    "shows",
)  # what an answering step has no use for


class Consult(Kind):
    key = "consult"
    title = "征求意见"
    help = "问一批人一句话，把意见收齐、归纳；或者逐条答复"
    settings = CONSULT
    collective = True

    def check(self, node: Node, forms: Forms, parameters: Mapping[str, Any]) -> Iterator[Problem]:
        try:
            settings = self.freeze(node, parameters)
        except SettingError as error:
            yield Problem("consult-setting", str(error))
            return
        form = settings["form"]
        if form and form not in forms:
            yield Problem(
                "form-unknown", f"表单“{form}”不存在，请在“表单”一页新建（forms/{form}.json），或者改用已有的"
            )
        doubled = [key for key in form_rules.field_types(forms.get(form, {})) if key in RESULT]
        if doubled:
            yield Problem(
                "consult-form", f"表单“{form}”里的“{doubled[0]}”由系统填写，请换一个字段键，或者去掉这一项"
            )
        if not settings["of"] and not settings["ask"]:
            yield Problem("consult-ask", "没有写征求什么意见，请在“问的话”（ask）里写上")

    def freeze(self, node: Node, parameters: Mapping[str, Any]) -> dict[str, Any]:
        words = Words(node, parameters)
        outcomes = words.list("outcomes")
        settings: dict[str, Any] = {
            "ask": words.text("ask"),
            "from": words.list("from"),
            "channels": words.list("channels"),
            "stances": words.list("stances"),
            "coverage": [str(one) for one in threshold.parse(words.text("coverage"), parameters)],
            "least": whole(words, "least", "最少几条"),
            "until": period.freeze(words, "征求多久"),
            "form": words.text("form"),
            "outcomes": outcomes,
            "explain": words.list("explain", outcomes[1:]),
            "recorder": words.list("recorder", ["文书"]),
            "open": whether(words, "open", "谁都可以提"),
            "shows": words.list("shows"),
            "of": words.text("of"),
        }
        _agree(settings, node)
        return settings

    def prepare(self, settings: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
        """An answering step takes the number of opinions from the result of the step it answers."""
        if not settings["of"]:
            return dict(settings)
        earlier = context.get(settings["of"])
        if not isinstance(earlier, Mapping):
            raise SettingError(f"要答复“{settings['of']}”收到的意见，可是那一步还没有办")
        items = earlier.get(ITEMS, earlier.get("反馈", 0))
        return {**settings, "items": int(items or 0)}

    def fields(self, settings: Mapping[str, Any], forms: Forms) -> dict[str, str]:
        own = {ITEMS: "number", DIGEST: "text", REASON: "text"}
        if settings["of"]:
            own |= dict.fromkeys(answers.VERDICTS, "number")
        else:
            own |= {HEADS: "number", ASKED: "number", COVERED: "text", STANCE: "record"}
        if settings["outcomes"]:
            own[OUTCOME] = "text"
        return form_rules.field_types(forms.get(settings["form"], {})) | own | {DOERS: "list"}

    def parts(self, settings: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
        return {STANCE: settings["stances"]}

    def outcomes(self, settings: Mapping[str, Any]) -> list[str]:
        return list(settings["outcomes"])

    def seats(
        self, settings: Mapping[str, Any], lane: str, holders: Holders, people: Sequence[int] = ()
    ) -> list[Seat]:
        found = [Seat(ORGANISER, people=tuple(people)) if people else Seat(ORGANISER, (lane,))]
        found.append(Seat(RECORDER, tuple(settings["recorder"]), active=False))
        return [*found, Seat(MEMBER, tuple(settings["from"]))] if settings["from"] else found

    def actions(self, settings: Mapping[str, Any], forms: Forms) -> list[Action]:
        close = Action("close", "汇总", closing_schema(settings, forms), (ORGANISER,))
        if settings["of"]:
            return [close, answers.action((ORGANISER,))]
        own = (MEMBER,) if settings["from"] else (ORGANISER, RECORDER)
        clerks = (ORGANISER, RECORDER)
        return [
            close,
            Action("add_opinion", "提意见", opinion_schema(settings), own, mass=True),
            Action("add_batch", "录入一批", batch_schema(settings), clerks, mass=True, behalf=False),
            Action("withdraw", "撤回", withdraw_schema(), (MEMBER, *clerks), mass=True, behalf=False),
            *([moderation.action()] if settings.get("open") else []),
            *(slips.actions() if settings["from"] else []),
        ]

    def accept(
        self,
        settings: Mapping[str, Any],
        seats: Sequence[Seat],
        before: Sequence[Submission],
        submission: Submission,
    ) -> None:
        said = replay(settings, seats, before)
        said.add(submission)
        if submission.action == "close":
            close(settings, said.heard(), submission.data, submission.at)

    def result(
        self, settings: Mapping[str, Any], seats: Sequence[Seat], submissions: Sequence[Submission]
    ) -> dict[str, Any] | None:
        if not submissions or submissions[-1].action != "close":
            return None
        last = submissions[-1]
        said = replay(settings, seats, submissions[:-1])
        result = conclude(settings, said.heard(), last.data)
        return result | ({DOERS: [last.person]} if last.person is not None else {})


# ---------------------------------------------------------------- settings


def _agree(settings: Mapping[str, Any], node: Node) -> None:
    """What the settings must be to each other. Raises SettingError."""
    for name in ("from", "channels", "stances", "outcomes"):
        doubled = [word for word in settings[name] if settings[name].count(word) > 1]
        if doubled:
            raise SettingError(f"{setting.called(CONSULT, name)}里“{doubled[0]}”写了两次，请去掉一个")
    for one in thresholds(settings):
        if one.base != "应征":
            raise SettingError(
                f"“要听到多少人的”（coverage）里“{one}”的基数只能是应征，也就是“征求谁的意见”里的人"
            )
    if settings["coverage"] and not settings["from"]:
        raise SettingError("写了“要听到多少人的”（coverage），请再写“征求谁的意见”（from）")
    if (settings["coverage"] or settings["least"]) and not settings["until"]:
        raise SettingError(
            "写了“要听到多少人的”（coverage）或“最少几条”（least），请再写“征求多久”（until），免得人不够时一直办不完"
        )
    if len(settings["outcomes"]) == 1:
        raise SettingError("“汇总时的结论”（outcomes）只有一个，就不用选了，请至少写两个，或者去掉")
    strange = [word for word in settings["explain"] if word not in settings["outcomes"]]
    if strange:
        raise SettingError(f"“要说明理由的结论”（explain）里的“{strange[0]}”不在“汇总时的结论”（outcomes）里")
    useless = [name for name in _GATHERING if settings["of"] and node.properties.get(name, "").strip()]
    if useless:
        raise SettingError(
            f"答复“{settings['of']}”的意见时不再征求，请去掉{setting.called(CONSULT, *useless)}"
        )
