"""ballot 票决: motions voted one by one by a frozen roll in a meeting (BB-5.1 to BB-5.4, FD-1, FD-6, 11.3).

Settings in the diagram, besides those of a meeting (engine.steps.meeting):

- `majority`: thresholds a motion must reach, over 应到, 到会, 组成人员, 到会组成人员 or 收回票;
- `motions`: where the motions stand in the data (`{审定.议案}`): a text, several, or records with 议案; without it the
  matter itself is voted on;
- `method`: `any` (default: chosen when the meeting opens), `named` or `paper`;
- `scrutineers`: who sees to the count where nobody else is named; default 村务监督委员会主任;
- `handlers`: where in the data those stand who carry out what is voted (`{方案.事项清单.责任人}`): they neither
  count nor see to the count (兼任-3).

Acts: 结束 (it concludes); 召集, 公开, 开会, 签到 of a meeting; 修改议案, 宣读定稿; 投票, or 录入计票 and 确认计票.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.diagram.model import Node
from engine.expressions import Expression, ExpressionError
from engine.steps import ballot_replay, meeting, threshold
from engine.steps.balloting import METHODS, NAMED, OUTCOMES, PAPER, SCRUTINEERS
from engine.steps.counting import CHOICES, FIGURES
from engine.steps.kind import (
    CHAIR,
    DOERS,
    MEMBER,
    RECORDER,
    SCRUTINEER,
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
from engine.steps.participants import people_at

SETTINGS = (*meeting.SETTINGS, "majority", "motions", "method", "scrutineers", "handlers")
NOT_YET = {  # said plainly, so that nobody believes a vote was secret
    "weights": "按户数加权计票",
    "seats": "选举（应选名额）",
    "candidates": "选举（候选人）",
}
MAX_MOTIONS, MAX_TEXT = 50, 2000


class Ballot(Kind):
    key = "ballot"
    title = "票决"
    collective = True
    hidden = ("会议", "通过的议案", "未通过的议案")  # each motion with its figures tells it

    def check(self, node: Node, forms: Forms, parameters: Mapping[str, Any]) -> Iterator[Problem]:
        for name, what in NOT_YET.items():
            if node.properties.get(name, "").strip():
                yield Problem("ballot-not-yet", f"{what}目前还不支持，请去掉设置 {name}")
        if node.properties.get("secrecy", "named").strip() not in ("", NAMED):
            yield Problem(
                "ballot-secrecy", "无记名投票目前还不支持，请用纸质票（method = paper），或去掉 secrecy"
            )
        if node.properties.get("form", "").strip():
            yield Problem("ballot-form", "票决的表单由系统给出（会议、投票、计票单），请去掉 form 设置")
        if node.properties.get("who") and not node.properties.get("roll"):
            yield Problem("ballot-roll", "主持人由前面指定(who)时，谁来表决要另外写明，请写上 roll")
        try:
            settings = self.freeze(node, parameters)
        except SettingError as error:
            yield Problem("ballot-setting", str(error))
            return
        bases = {one.base for one in meeting.thresholds(settings, "majority")}
        if bases == {"收回票"} and settings["method"] != PAPER:
            yield Problem(
                "ballot-returned",
                "记名投票时，收回票就是已经投的票：主持人提前结束，一票赞成也能通过。"
                "请改用到会或应到作基数，或只用纸质票（method = paper）",
            )

    def freeze(self, node: Node, parameters: Mapping[str, Any]) -> dict[str, Any]:
        words = Words(node, parameters)
        settings = meeting.freeze(words) | {
            "majority": words.text("majority"),
            "motions": _path(node, "motions"),
            "handlers": _path(node, "handlers"),
            "subject": node.label,
            "method": words.text("method", "any"),
            "scrutineers": words.list("scrutineers", ["村务监督委员会主任"]),
        }
        if settings["method"] not in ("any", *METHODS):
            raise SettingError("票决的方式(method)请写 any、named 或 paper")
        majority = threshold.parse(settings["majority"], parameters)
        if not majority:
            raise SettingError("票决要写明多少票算通过(majority)，例如：至少 2/3 到会；超过 1/2 到会组成人员")
        foreign = next((t for t in majority if t.base in ("应参评", "应征")), None)
        if foreign:
            raise SettingError(
                f"通过的门槛(majority)“{foreign}”的基数不能用在票决上，可以用应到、到会、组成人员等"
            )
        return settings | {"majority": [str(one) for one in majority]}

    def prepare(self, settings: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
        motions = list(_motions(_read(settings["motions"], context))) if settings["motions"] else []
        if settings["motions"] and not motions:
            raise SettingError(f"前面“{settings['motions']}”里没有议案，没有可以表决的内容")
        if len(motions) > MAX_MOTIONS:
            raise SettingError(f"一次会议最多表决 {MAX_MOTIONS} 项议案，请分几次")
        handlers = people_at(settings["handlers"], context)
        return dict(settings) | {"motions": motions, "handlers": handlers}

    def seats(
        self, settings: Mapping[str, Any], lane: str, holders: Holders, people: Sequence[int] = ()
    ) -> list[Seat]:
        found = meeting.seats(settings, lane, people)
        return [*found, Seat(SCRUTINEER, tuple(settings["scrutineers"]), active=False)]

    def fields(self, settings: Mapping[str, Any], forms: Forms) -> dict[str, str]:
        numbers = dict.fromkeys(("应到", "实到", "组成人员", "到会组成人员"), "number")
        lists = dict.fromkeys(("议案", "通过的议案", "未通过的议案", "依据", DOERS), "list")
        texts = dict.fromkeys(("结论", "方式", "纪要", "会议"), "text")
        return texts | numbers | lists | ({meeting.GUESTS: "list"} if settings["guests"] else {})

    def outcomes(self, settings: Mapping[str, Any]) -> list[str]:
        return list(OUTCOMES if settings["quorum"] else OUTCOMES[:-1])

    def actions(self, settings: Mapping[str, Any], forms: Forms) -> list[Action]:
        acts = {act.name: act for act in meeting.actions(settings)}
        acts["open"] = meeting.open_action(settings, *_opening(settings))
        return [_close(), *acts.values(), *_ON_MOTIONS, *_voting(settings["method"])]

    def accept(
        self,
        settings: Mapping[str, Any],
        seats: Sequence[Seat],
        before: Sequence[Submission],
        submission: Submission,
    ) -> None:
        ballot_replay.replay(settings, seats, [*before, submission])

    def result(
        self, settings: Mapping[str, Any], seats: Sequence[Seat], submissions: Sequence[Submission]
    ) -> dict[str, Any] | None:
        return ballot_replay.replay(settings, seats, submissions).result


# ---------------------------------------------------------------- what is taken from the data


def _path(node: Node, setting: str) -> str:
    """A setting that names a place in the data, without its braces. Raises SettingError."""
    text = node.properties.get(setting, "").strip()
    path = text.removeprefix("{").removesuffix("}").strip()
    if path:
        try:
            Expression(path)
        except ExpressionError as error:
            raise SettingError(f"设置 {setting}“{text}”看不懂：{error}") from error
    return path


def _read(path: str, context: Mapping[str, Any]) -> Any:
    try:
        return Expression(path).evaluate(context)
    except ExpressionError as error:
        raise SettingError(f"表决要看前面的“{path}”，可是还没有填好：{error}") from error


def _motions(found: Any) -> Iterator[str]:
    if isinstance(found, list):
        for one in found:
            yield from _motions(one)
    elif isinstance(found, Mapping):
        texts = [found.get("议案"), *found.values()]
        yield from next(
            ([text.strip()[:MAX_TEXT]] for text in texts if isinstance(text, str) and text.strip()), []
        )
    elif isinstance(found, str) and found.strip():
        yield found.strip()[:MAX_TEXT]


# ---------------------------------------------------------------- forms of the acts


def _close() -> Action:
    minutes = {"type": "textarea", "key": "纪要", "label": "会议纪要", "validate": {"maxLength": 10000}}
    return Action(
        "close", "结束", _form(minutes, meeting.files_field("照片", "会议照片、表决票照片")), _LEADERS
    )


def _opening(settings: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if settings["method"] == "any":
        yield {
            "type": "radio",
            "key": "方式",
            "label": "表决方式",
            "values": [{"label": label, "value": value} for value, label in METHODS.items()],
            "description": "记名投票：到会的人在手机上投；纸质票：在会场投票，再录入计票结果",
            "validate": {"required": True},
        }
    if settings["method"] != NAMED:
        people = dict.fromkeys([*settings["scrutineers"], *settings["roll"], *settings["also"]])
        yield {
            "type": "checklist",
            "key": SCRUTINEERS,
            "label": SCRUTINEERS,
            "values": [],
            "properties": {"people": " ".join(people)},
        }


def _number(key: str, label: str, least: int) -> dict[str, Any]:
    limits = {"min": least, "max": 1_000_000}
    return {"type": "number", "key": key, "label": label, "decimalDigits": 0, "validate": limits}


def _form(*components: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "default", "components": list(components)}


_LEADERS = (CHAIR, RECORDER)
_MOTION = _number("motion", "第几项议案", 1)
_CHOICE = {
    "type": "radio",
    "key": "choice",
    "label": "您的意见",
    "values": [{"label": choice, "value": choice} for choice in CHOICES],
}
_VOTES = {"type": "dynamiclist", "path": "votes", "label": "逐项投票", "components": [_MOTION, _CHOICE]}
_FIGURES = [_number(name, name, 0) for name in ("应到", "实到", *FIGURES)]
_COUNTS = {"type": "dynamiclist", "path": "计票", "label": "逐项计票", "components": [_MOTION, *_FIGURES]}
_WORDS = {
    "type": "textarea",
    "key": "议案",
    "label": "改后的议案",
    "validate": {"required": True, "maxLength": MAX_TEXT},
}
_DISPUTE = {
    "type": "textarea",
    "key": "不一致",
    "label": "哪里对不上",
    "description": "写了就是不确认，请计票人重新录入",
    "validate": {"maxLength": 500},
}
_SEEN = {
    "type": "textfield",
    "key": "所见",
    "label": "核对的数目（由页面填写：核对时计票单改过，就不会确认）",
    "validate": {"maxLength": 5000},
}
_AT_ONCE = {"type": "checkbox", "key": "结束", "label": "确认后随即结束表决，宣布结果"}

_ON_MOTIONS = (
    Action("revise", "修改议案", _form(_MOTION, _WORDS), _LEADERS),
    Action("read_out", "宣读定稿", _form(_MOTION), _LEADERS),
)
_CAST = Action("cast", "投票", _form(_MOTION, _CHOICE, _VOTES), (MEMBER,), mass=True, behalf=False)
_PAPER = (
    Action(
        "enter_count",
        "录入计票",
        _form(_MOTION, *_FIGURES, _COUNTS, meeting.files_field("计票单", "计票单、表决票照片")),
        _LEADERS,
    ),
    Action(
        "confirm_count",
        "确认计票",
        _form(_MOTION, _DISPUTE, _SEEN, _AT_ONCE),
        (SCRUTINEER, MEMBER, meeting.BODY),
    ),
)


def _voting(method: str) -> list[Action]:
    return [*([] if method == PAPER else [_CAST]), *([] if method == NAMED else _PAPER)]
