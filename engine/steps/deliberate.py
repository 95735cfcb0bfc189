"""deliberate 审议: a meeting that comes to a conclusion (BB-4, LB-2).

Without `announce` and `quorum` one act writes down that it was held; with them it is convened, announced, opened and
closed. Settings besides the meeting's (engine.steps.meeting):

- `outcomes`: what it may conclude, the good one first; default 形成意见. Where a quorum is asked for, 未达法定人数 is
  added: the only conclusion when too few came, and none when enough did;
- `explain`: conclusions that want a reason; default: every one but the first;
- `discloses`: `yes` puts the reason of the conclusion onto the matter's public page;
- `form`: what else is filled in at the end (初步议案, 专家意见 …).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from engine import forms as form_rules
from engine.diagram.model import Node
from engine.refusal import Invalid, Overtaken
from engine.steps import meeting, meeting_replay, schema, setting
from engine.steps.declared.meetings import DELIBERATE
from engine.steps.kind import (
    CHAIR,
    DOERS,
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
from engine.steps.meeting import GUESTS, INQUORATE, PLACE, PRESENT, TIME, MeetingRecord

SETTINGS = setting.names(DELIBERATE)
CHOICE, REASON, MINUTES, PAPERS = "结论", "说明", "纪要", "照片"
ROLL, CAME, MEETING, PEOPLE = "应到", "实到", "会议", "参加人"
FIELDS = (CHOICE, REASON, MINUTES, ROLL, CAME, MEETING, PEOPLE, GUESTS, DOERS)
ASKED = (CHOICE, REASON, MINUTES, PAPERS, TIME, PLACE, PRESENT)  # what the closing act asks by itself
MOST_PEOPLE = (
    100  # a result names who took part only where it is a small body: it is kept in the matter's state
)


class Deliberate(Kind):
    key = "deliberate"
    title = "审议"
    help = "开一次会，得出一个结论"
    settings = DELIBERATE
    collective = True
    hidden = (MEETING, PEOPLE)  # ids; the meeting has a page of its own
    people = (DOERS, PEOPLE)

    def check(self, node: Node, forms: Forms, parameters: Mapping[str, Any]) -> Iterator[Problem]:
        try:
            settings = self.freeze(node, parameters)
        except SettingError as error:
            yield Problem("deliberate-setting", str(error))
            return
        if node.properties.get("who") and not node.properties.get("roll"):
            yield Problem(
                "deliberate-roll", "选了“指定的人”（who）来主持，谁来参加要另外写明，请写上“应到”（roll）"
            )
        form = settings["form"]
        if form and form not in forms:
            yield Problem(
                "form-unknown", f"表单“{form}”不存在，请在“表单”一页新建（forms/{form}.json），或者改用已有的"
            )
        for name in form_rules.field_types(forms.get(form, {})):
            if name in FIELDS or name in ASKED:
                message = f"表单“{form}”里的“{name}”和会议本来要填的重名，请改名，或者去掉这一项"
                yield Problem("deliberate-form", message)

    def freeze(self, node: Node, parameters: Mapping[str, Any]) -> dict[str, Any]:
        words = Words(node, parameters)
        settings = meeting.freeze(words)
        outcomes = words.list("outcomes", ["形成意见"])
        if len(set(outcomes)) != len(outcomes) or not outcomes:
            raise SettingError("“结论”（outcomes）至少要有一个，而且不能重复")
        if INQUORATE in outcomes:
            raise SettingError(f"“{INQUORATE}”由系统按到会人数判定，不用写进“结论”（outcomes）")
        explain = words.list("explain", outcomes[1:])
        for outcome in explain:
            if outcome not in outcomes:
                raise SettingError(
                    f"“要说明理由的结论”（explain）里的“{outcome}”不在结论 {'、'.join(outcomes)} 之中"
                )
        discloses = words.text("discloses", "no")
        if discloses not in ("yes", "no"):
            raise SettingError("“理由写在公开页上”（discloses）请写 yes 或 no")
        own = {"outcomes": outcomes, "explain": explain, "discloses": discloses, "form": words.text("form")}
        return settings | own

    def fields(self, settings: Mapping[str, Any], forms: Forms) -> dict[str, str]:
        own = {CHOICE: "text", REASON: "text", MINUTES: "text", ROLL: "number", CAME: "number"}
        own |= {MEETING: "text", PEOPLE: "list", DOERS: "list"}
        own |= {GUESTS: "list"} if settings["guests"] else {}
        return own | form_rules.field_types(forms.get(settings["form"], {}))

    def outcomes(self, settings: Mapping[str, Any]) -> list[str]:
        return [*settings["outcomes"], *([INQUORATE] if settings["quorum"] else [])]

    def seats(
        self, settings: Mapping[str, Any], lane: str, holders: Holders, people: Sequence[int] = ()
    ) -> list[Seat]:
        return meeting.seats(settings, lane, people)

    def actions(self, settings: Mapping[str, Any], forms: Forms) -> list[Action]:
        """`close` first; with `announce` or `quorum` 召集, 公开, 开会, 签到 before it."""
        form = forms.get(settings["form"], {})
        if meeting.is_convened(settings):
            return [_action("结束会议", self._concluding(settings, form)), *meeting.actions(settings)]
        moment = schema.moment(TIME, "开会时间", required=True)
        came = meeting.people_field(PRESENT, "到会的人", settings) | {"validate": {"required": True}}
        held = [moment, meeting.place_field(), came, *meeting.guests_fields(settings)]
        return [_action("记下会议", [*held, *self._concluding(settings, form)])]

    def _concluding(self, settings: Mapping[str, Any], form: Mapping[str, Any]) -> list[dict[str, Any]]:
        outcomes = self.outcomes(settings)
        choice = schema.choice(CHOICE, "会议结论", [(one, one) for one in outcomes], required=True)
        wanted = f"选{'、'.join(settings['explain'])}时必须写明" if settings["explain"] else ""
        if settings.get("discloses") == "yes":  # steps opened by an older version do not say
            wanted = "；".join(
                [*([wanted] if wanted else []), "会写在公开页上，村民都看得到，不要写个人的私事"]
            )
        reason = (
            schema.area(REASON, "理由", 1_000)
            | {"description": wanted}
            | _only_for(settings["explain"], outcomes)
        )
        minutes = schema.area(MINUTES, "会议纪要", 5_000) | {
            "description": "会上说了什么、定了什么；有纸质记录的，拍照就行"
        }
        return [
            *([choice] if len(outcomes) > 1 else []),
            *([reason] if settings["explain"] else []),
            *(_unless_inquorate(part) if settings["quorum"] else part for part in form.get("components", ())),
            minutes,
            schema.files(PAPERS, "会议记录、签到表的照片"),
        ]

    def faults(self, settings: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, str]:
        if data.get(CHOICE) in settings["explain"] and not str(data.get(REASON) or "").strip():
            return {REASON: f"结论是“{data[CHOICE]}”时请写明理由，好让前面的人知道怎么办"}
        return {}

    def accept(
        self,
        settings: Mapping[str, Any],
        seats: Sequence[Seat],
        before: Sequence[Submission],
        submission: Submission,
    ) -> None:
        found = meeting_replay.replay(seats, before)
        if submission.action != "close":
            meeting_replay.accept(settings, seats, found, submission)
        elif meeting.is_convened(settings):
            require_closable(settings, found.record, submission.data)
        else:
            came = meeting_replay.replay(seats, [_as_opening(submission)])
            meeting.require_on_roll(len(set(came.present) - came.body))
            if submission.at is not None:
                require_held(submission.data, submission.at)

    def result(
        self, settings: Mapping[str, Any], seats: Sequence[Seat], submissions: Sequence[Submission]
    ) -> dict[str, Any] | None:
        last = submissions[-1] if submissions else None
        if last is None or last.action != "close":
            return None
        if not meeting.is_convened(
            settings
        ):  # written down in one act: whoever came was there from the beginning
            found = meeting_replay.replay(seats, [_as_opening(last)])
        else:
            found = meeting_replay.replay(seats, submissions)
        result = conclude(settings, found.record, last.data, found.guests)
        result |= {
            MEETING: "",
            PEOPLE: sorted({*found.present, *found.left}) if names_people(found.record) else [],
        }
        return result | ({DOERS: [last.person]} if last.person is not None else {})


# ---------------------------------------------------------------- rules


def require_held(data: Mapping[str, Any], now: datetime) -> None:
    """A meeting is written down after it was held. Raises Invalid."""
    if meeting.moment(data[TIME]) > now:
        message = "会议时间还没有到。请填实际开会的时间，会开完了再记"
        raise Invalid("held-in-future", message, {TIME: message})


def require_closable(settings: Mapping[str, Any], record: MeetingRecord, data: Mapping[str, Any]) -> None:
    """Too few came: 未达法定人数 and nothing else; enough came: anything else. Raises Invalid, Overtaken."""
    meeting.require_convened(record)
    if record.status == "convened":
        raise Invalid("meeting-not-open", "会议还没有开始，请先点“开会”，再来结束")
    chosen = data.get(CHOICE)
    if record.status == "inquorate" and chosen != INQUORATE:
        raise Overtaken("meeting-ended", f"这次会议因到会人数不够已经结束，这一项只能记为“{INQUORATE}”")
    found = meeting.quorum(settings, record)
    if found.holds and chosen == INQUORATE and record.status != "inquorate":
        message = f"到会人数够了（{'；'.join(found.reckoned)}），不能记为“{INQUORATE}”，请选会议的结论"
        raise Invalid("quorate", message, {CHOICE: message})
    if not found.holds and chosen != INQUORATE:
        message = (
            f"到会的人不够（{'；'.join(found.reckoned)}），还差 {found.missing} {found.unit}，会议不能形成结论。"
            f"请等人到齐，或选“{INQUORATE}”，另行召集"
        )
        raise Invalid("inquorate", message, {CHOICE: message})


def conclude(
    settings: Mapping[str, Any], record: MeetingRecord, data: Mapping[str, Any], guests: Sequence[str]
) -> dict[str, Any]:
    """The result but for the meeting's id and the people."""
    chosen = data.get(CHOICE) or settings["outcomes"][0]
    own = {CHOICE: chosen, REASON: data.get(REASON) or "", MINUTES: data.get(MINUTES) or ""}
    own |= {ROLL: record.roll, CAME: record.came}
    own |= {GUESTS: list(guests)} if settings["guests"] else {}
    return own | {name: value for name, value in data.items() if name not in (*ASKED, GUESTS)}


def names_people(record: MeetingRecord) -> bool:
    """Whether the body is small enough to name in the result who took part."""
    return record.body <= MOST_PEOPLE


def _as_opening(submission: Submission) -> Submission:
    return Submission(submission.data, submission.person, action="open", at=submission.at)


def _action(title: str, components: list[dict[str, Any]]) -> Action:
    return Action("close", title, schema.form(*components), (CHAIR, RECORDER))


def _only_for(explain: Sequence[str], outcomes: Sequence[str]) -> dict[str, Any]:
    """Nobody is asked for reasons that are not wanted."""
    if len(outcomes) == 1:
        return {}
    others = " and ".join(f'{CHOICE} != "{outcome}"' for outcome in explain)
    return {"conditional": {"hide": f"={others}"}} if others else {}


def _unless_inquorate(component: Mapping[str, Any]) -> dict[str, Any]:
    """Nobody is asked for the fruits of a meeting that did not come about."""
    hidden = f'{CHOICE} = "{INQUORATE}"'
    own = str((component.get("conditional") or {}).get("hide") or "").strip().removeprefix("=")
    found = dict(component) | {"conditional": {"hide": f"=({own}) or {hidden}" if own else f"={hidden}"}}
    if component.get("type") == "group" and not component.get(
        "path"
    ):  # such a group carries no value of its own
        found["components"] = [_unless_inquorate(part) for part in component.get("components") or ()]
    return found
