"""cosign 会签: every seat answers. Joint approval is `all`; nobody ever answers twice (procedures.md 11.2,
LB-8).

Settings in the diagram:

- `seats`: the posts that answer (`村党组织书记 村委会主任`); without it everyone the lane names answers
  for himself;
- `need`: `all` (default), `any`, or a fraction such as `2/3` (at least);
- `choices`: default `同意 不同意`; the first one carries, the second one is the outcome when it cannot any
  more;
- `stops`: choices that end the step at once (一票否决); default: every choice but the first where all are
  needed;
- `explain`: choices that want a reason; default: every choice but the first;
- `substitutes`: who stands in where one person holds two of the seats.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.diagram.model import Node
from engine.steps import schema
from engine.steps.declared.answers import COSIGN
from engine.steps.kind import (
    DOERS,
    Action,
    Forms,
    Holders,
    Kind,
    Problem,
    Seat,
    SettingError,
    Submission,
    Words,
    doers,
)
from engine.steps.schema import Schema
from engine.steps.setting import called

CHOICE, REASON = "结论", "说明"
FRACTION = re.compile(r"([1-9]\d{0,3})/([1-9]\d{0,3})")


class Cosign(Kind):
    key = "cosign"
    title = "会签"
    help = "几个岗位都要签，如联合审批"
    settings = COSIGN
    several = True

    def check(self, node: Node, forms: Forms, parameters: Mapping[str, Any]) -> Iterator[Problem]:
        try:
            self.freeze(node, parameters)
        except SettingError as error:
            yield Problem("cosign-setting", str(error))
        if node.properties.get("form"):
            yield Problem("cosign-form", "会签的表单由系统给出（结论和说明），请去掉“表单”（form）")

    def freeze(self, node: Node, parameters: Mapping[str, Any]) -> dict[str, Any]:
        words = Words(node, parameters)
        choices = words.list("choices", ["同意", "不同意"])
        if len(choices) < 2 or len(set(choices)) != len(choices):
            raise SettingError("“可以选的意见”（choices）至少要有两个，而且不能重复")
        need = words.text("need", "all")
        if need not in ("all", "any"):
            numerator, denominator = _fraction(need)
            if numerator > denominator:
                raise SettingError(f"“要多少人同意”（need）写的“{need}”大于全部，请改成不超过 1 的分数")
        rest = choices[1:]
        settings = {
            "seats": words.list("seats"),
            "need": need,
            "choices": choices,
            "stops": words.list("stops", rest if need == "all" else []),
            "explain": words.list("explain", rest),
            "substitutes": words.list("substitutes"),
        }
        for name in ("stops", "explain"):
            for choice in settings[name]:
                if choice not in choices:
                    raise SettingError(
                        f"{called(COSIGN, name)}里的“{choice}”不在可以选的意见 {'、'.join(choices)} 之中"
                    )
        if len(set(settings["seats"])) != len(settings["seats"]):
            raise SettingError("“谁来签”（seats）有重复：一个岗位只能占一席")
        return settings

    def fields(self, settings: Mapping[str, Any], forms: Forms) -> dict[str, str]:
        return {CHOICE: "text", REASON: "text", "意见": "list", "一肩挑": "boolean", DOERS: "list"}

    def outcomes(self, settings: Mapping[str, Any]) -> list[str]:
        return list(settings["choices"])

    def actions(self, settings: Mapping[str, Any], forms: Forms) -> list[Action]:
        return [Action("complete", "提交意见", _schema(settings))]

    def seats(
        self, settings: Mapping[str, Any], lane: str, holders: Holders, people: Sequence[int] = ()
    ) -> list[Seat]:
        """One seat a post, or one a person. Where every holder of a post already sits elsewhere, substitutes
        sit there.
        """
        if people:
            return [Seat(name=f"{lane}#{person}", people=(person,)) for person in people]
        if not settings["seats"]:
            each = list(dict.fromkeys(holders(lane)))
            return [Seat(name=f"{lane}#{p}", people=(p,)) for p in each] or [Seat(lane, (lane,))]
        result: list[Seat] = []
        bound: set[int] = set()  # people who must answer for an earlier seat, being its only holder
        for post in settings["seats"]:
            present = set(holders(post))
            if present and present <= bound and settings["substitutes"]:
                result.append(Seat(post, tuple(settings["substitutes"]), substituted=True))
                continue
            result.append(Seat(post, (post,)))
            if len(present) == 1:
                bound |= present
        return result

    def faults(self, settings: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, str]:
        if data.get(CHOICE) in settings["explain"] and not str(data.get(REASON) or "").strip():
            return {REASON: f"选“{data[CHOICE]}”时请写明理由，好让前面的人知道怎么办"}
        return {}

    def result(
        self, settings: Mapping[str, Any], seats: Sequence[Seat], submissions: Sequence[Submission]
    ) -> dict[str, Any] | None:
        outcome = _outcome(settings, max(1, len(seats)), [s.data[CHOICE] for s in submissions])
        if outcome is None:
            return None
        reasons = [s.data[REASON] for s in submissions if s.data[CHOICE] == outcome and s.data.get(REASON)]
        result: dict[str, Any] = {
            CHOICE: outcome,
            REASON: "；".join(reasons),
            "意见": [_opinion(s) for s in submissions],
            "一肩挑": any(seat.substituted for seat in seats),
        }
        people = doers(submissions)
        return result | ({DOERS: people} if people else {})


def _outcome(settings: Mapping[str, Any], seats: int, answers: Sequence[str]) -> str | None:
    carried, lost = settings["choices"][:2]
    for answer in answers:
        if answer in settings["stops"]:
            return answer
    if settings["need"] == "any":
        return answers[0] if answers else None
    numerator, denominator = (1, 1) if settings["need"] == "all" else _fraction(settings["need"])
    yes, open_seats = answers.count(carried), seats - len(answers)
    if yes * denominator >= numerator * seats:  # integers, cross-multiplied (FD-6)
        return str(carried)
    if (yes + open_seats) * denominator < numerator * seats:
        return str(lost)
    return None


def _fraction(text: str) -> tuple[int, int]:
    match = FRACTION.fullmatch(text)
    if not match:
        raise SettingError(
            f"“要多少人同意”（need）写的“{text}”看不懂，请选全部同意（all）、有一个同意就行（any），或者写 2/3 这样"
        )
    return int(match[1]), int(match[2])


def _opinion(submission: Submission) -> dict[str, Any]:
    opinion = {"席位": (submission.seat or "").split("#")[0], CHOICE: submission.data[CHOICE]}
    if submission.data.get(REASON):
        opinion[REASON] = submission.data[REASON]
    return opinion | ({DOERS: submission.person} if submission.person is not None else {})


def _schema(settings: Mapping[str, Any]) -> Schema:
    explain = f"选{'、'.join(settings['explain'])}时必须写明" if settings["explain"] else ""
    options = [(choice, choice) for choice in settings["choices"]]
    choice = schema.choice(CHOICE, "您的意见", options, required=True)
    return schema.form(choice, schema.area(REASON, "说明", 1000) | {"description": explain})
