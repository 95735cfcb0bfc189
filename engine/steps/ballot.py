"""ballot 票决: motions voted one by one by a frozen roll in a meeting (BB-5.1 to BB-5.4, FD-1, FD-6, 11.3), or an
election with more candidates than seats (YZ-2.2).

Settings in the diagram, besides those of a meeting (engine.steps.meeting):

- `majority`: thresholds a motion must reach, over 应到, 到会, 组成人员, 到会组成人员, 户, 到会户 or 收回票;
- `motions`: where the motions stand in the data (`{审定.议案}`): a text, several, or records with 议案; without it the
  matter itself is voted on;
- `method`: words out of `phone`, `paper`, `hands`, or `any` (default: all that fit); several are chosen from when the
  meeting opens;
- `secrecy`: `named` (default) or `secret`, or a parameter that says 记名 or 无记名;
- `weights`: `户`: a vote weighs as many as its member represents households (FD-4);
- `seats` and `candidates`: how many are elected and where those who stand are in the data; `rounds`: after how many
  rounds it ends, default 2 (engine.steps.election);
- `tellers`, `scrutineers`: who counts and who sees to the count where nobody else is named; default nobody (then chair
  and recorder count) and 村务监督委员会主任;
- `handlers`: where in the data those stand who carry out what is voted (`{方案.事项清单.责任人}`): they neither
  count nor see to the count (兼任-3).

Acts: 结束 (it concludes); 召集, 公开, 开会, 签到 of a meeting; 修改议案, 宣读定稿; 投票, or 录入计票 and 确认计票.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from engine.diagram.model import Node
from engine.expressions import Expression, ExpressionError
from engine.steps import ballot_acts, ballot_replay, closing, election, meeting, method, setting, threshold
from engine.steps.declared.meetings import BALLOT
from engine.steps.kind import (
    DOERS,
    SCRUTINEER,
    TELLER,
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

SETTINGS = setting.names(BALLOT)
MAX_MOTIONS, MAX_TEXT, MAX_SEATS = 50, 2000, 50
HOUSEHOLD_BASES = ("户", "到会户")


class Ballot(Kind):
    key = "ballot"
    title = "票决"
    help = "开会对议案逐项投票，或者选举"
    settings = BALLOT
    collective = True
    # each motion with its figures tells it; 所见 is written by the page that asks to confirm
    hidden = ("会议", "通过的议案", "未通过的议案", "当选人员", "所见")
    people = (DOERS, "当选人员")

    def check(self, node: Node, forms: Forms, parameters: Mapping[str, Any]) -> Iterator[Problem]:
        if node.properties.get("form", "").strip():
            yield Problem("ballot-form", "票决的表单由系统给出（会议、投票、计票单），请去掉“表单”（form）")
        if node.properties.get("who") and not node.properties.get("roll"):
            yield Problem(
                "ballot-roll", "选了“指定的人”（who）来主持，谁来表决要另外写明，请写上“应到”（roll）"
            )
        try:
            settings = self.freeze(node, parameters)
        except SettingError as error:
            yield Problem("ballot-setting", str(error))
            return
        to_choose = node.properties.get("secrecy", "").strip().startswith("{")
        problems = method.problems_of_choices if to_choose else method.problems
        yield from (Problem(code, message) for code, message in problems(settings))
        yield from _bases_wrong(settings)

    def freeze(self, node: Node, parameters: Mapping[str, Any]) -> dict[str, Any]:
        words = Words(node, parameters)
        settings = meeting.freeze(words) | {
            "majority": [str(one) for one in _majority(words.text("majority"), parameters)],
            "motions": _path(node, "motions"),
            "handlers": _path(node, "handlers"),
            "subject": node.label,
            "method": " ".join(words.list("method", [method.ANY])),
            "secrecy": words.text("secrecy", method.NAMED),
            "weights": words.text("weights"),
            "tellers": words.list("tellers"),
            "scrutineers": words.list("scrutineers", ["村务监督委员会主任"]),
        }
        unknown = [word for word in settings["method"].split() if word not in method.WORDS]
        if unknown:
            raise SettingError(
                f"“怎么投票”（method）里的“{unknown[0]}”不认识，请选手机投票（phone）、纸质票（paper）、举手表决（hands）中的一种或几种，或者哪种都行（any）"
            )
        if settings["secrecy"] not in method.SECRECY:
            raise SettingError(
                "“手机投票记名不记名”（secrecy）请选记名（named）或无记名（secret）；用参数的，参数的可选项是“记名”“无记名”"
            )
        settings["secrecy"] = method.SECRECY[settings["secrecy"]]
        if settings["weights"] not in ("", "户"):
            raise SettingError("“一票顶几户”（weights）只能选“户”：一票按所代表的户数计")
        return settings | _election(words, node)

    def prepare(self, settings: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
        handlers = people_at(settings["handlers"], context)
        voted_on = _standing(settings, context) if settings.get("elect") else _moved(settings, context)
        return dict(settings) | voted_on | {"handlers": handlers}

    def named(
        self, settings: Mapping[str, Any], names: Callable[[Collection[int]], Mapping[int, str]]
    ) -> dict[str, Any]:
        if not settings.get("elect"):
            return dict(settings)
        candidates = settings["candidates"]
        known = names([one["person"] for one in candidates if not one["name"]])
        return dict(settings) | {"candidates": election.told_apart(candidates, known)}

    def seats(
        self, settings: Mapping[str, Any], lane: str, holders: Holders, people: Sequence[int] = ()
    ) -> list[Seat]:
        found = meeting.seats(settings, lane, people)
        if settings.get("tellers"):
            found.append(Seat(TELLER, tuple(settings["tellers"]), active=False))
        return [*found, Seat(SCRUTINEER, tuple(settings["scrutineers"]), active=False)]

    def fields(self, settings: Mapping[str, Any], forms: Forms) -> dict[str, str]:
        numbers, lists = ["应到", "实到", "组成人员", "到会组成人员"], ["依据", DOERS]
        if meeting.counts_households(settings):
            numbers += ["户数", "到会户数"]
        if settings.get("elect"):
            numbers += ["应选", "缺额", "轮次"]
            lists += ["当选人", "当选人员", "得票"]
        else:
            lists += ["议案", "通过的议案", "未通过的议案"]
        lists += [meeting.GUESTS] if settings["guests"] else []
        texts = dict.fromkeys(("结论", "方式", "纪要", "会议"), "text")
        return texts | dict.fromkeys(numbers, "number") | dict.fromkeys(lists, "list")

    def outcomes(self, settings: Mapping[str, Any]) -> list[str]:
        every = closing.ELECTION_OUTCOMES if settings.get("elect") else closing.OUTCOMES
        return list(every if settings["quorum"] else every[:-1])

    def actions(self, settings: Mapping[str, Any], forms: Forms) -> list[Action]:
        return ballot_acts.actions(settings)

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


# ---------------------------------------------------------------- settings


def _majority(text: str, parameters: Mapping[str, Any]) -> list[threshold.Threshold]:
    found = threshold.parse(text, parameters)
    if not found:
        raise SettingError("没有写“怎样算通过”（majority），例如：至少 2/3 到会；超过 1/2 到会组成人员")
    foreign = next((one for one in found if one.base in ("应参评", "应征")), None)
    if foreign:
        raise SettingError(
            f"“怎样算通过”（majority）里“{foreign}”的基数不能用在票决上，可以用应到、到会、组成人员等"
        )
    return found


def _bases_wrong(settings: Mapping[str, Any]) -> Iterator[Problem]:
    majority = meeting.thresholds(settings, "majority")
    if {one.base for one in majority} == {"收回票"} and method.methods(settings) != (method.PAPER,):
        yield Problem(
            "ballot-returned",
            "不用纸质票时，收回票就是已经投的票：主持人提前结束，一票赞成也能通过。"
            "请改用到会或应到作基数，或者“怎么投票”（method）只选纸质票",
        )
    weighted = method.is_weighted(settings)
    for one in majority:
        if weighted and one.base not in (*HOUSEHOLD_BASES, "收回票"):
            yield Problem(
                "ballot-bases",
                f"按户数加权时，票数是户数，不能和“{one.base}”的人数比（{one}）。基数请用户或到会户",
            )
        if not weighted and one.base in HOUSEHOLD_BASES:
            yield Problem(
                "ballot-bases",
                f"门槛“{one}”要按户比，票数却是人数。“一票顶几户”（weights）请选“户”，一票按所代表的户数计（FD-4）",
            )


def _election(words: Words, node: Node) -> dict[str, Any]:
    """`elect` is a number, or where it stands in the data; none where motions are voted. Raises SettingError."""
    written, candidates = node.properties.get("seats", "").strip(), _path(node, "candidates")
    if not written and not candidates:
        return {"elect": 0, "candidates": "", "rounds": 0}
    if not written or not candidates:
        raise SettingError("选举要写明“应选几人”（seats）和“候选人”（candidates）在前面哪里，两样都要写")
    if node.properties.get("motions", "").strip():
        raise SettingError("选举没有议案，请去掉“议案”（motions）；要表决议案，请另外画一步")
    in_data = written.startswith("{") and "." in written
    seats = _path(node, "seats") if in_data else _seats(words.value("seats", None))
    rounds = _whole(words.value("rounds", 2), 1, election.MAX_ROUNDS)
    if rounds is None:
        raise SettingError(f"“最多选几轮”（rounds）请写 1 到 {election.MAX_ROUNDS} 的整数")
    return {"elect": seats, "candidates": candidates, "rounds": rounds}


def _seats(value: Any) -> int:
    found = _whole(value, 1, MAX_SEATS)
    if found is None:
        raise SettingError(f"“应选几人”（seats）要是 1 到 {MAX_SEATS} 的整数，现在是“{value}”")
    return found


def _whole(value: Any, least: int, most: int) -> int | None:
    text = str(value).strip()
    return int(text) if text.isdecimal() and len(text) < 5 and least <= int(text) <= most else None


# ---------------------------------------------------------------- what is taken from the data


def _path(node: Node, name: str) -> str:
    """A setting that names a place in the data, without its braces. Raises SettingError."""
    text = node.properties.get(name, "").strip()
    path = text.removeprefix("{").removesuffix("}").strip()
    if path:
        try:
            Expression(path)
        except ExpressionError as error:
            raise SettingError(f"{setting.called(BALLOT, name)}写的“{text}”看不懂：{error}") from error
    return path


def _read(path: str, context: Mapping[str, Any]) -> Any:
    try:
        return Expression(path).evaluate(context)
    except ExpressionError as error:
        raise SettingError(f"表决要看前面的“{path}”，可是还没有填好：{error}") from error


def _moved(settings: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
    motions = list(_motions(_read(settings["motions"], context))) if settings["motions"] else []
    if settings["motions"] and not motions:
        raise SettingError(f"前面“{settings['motions']}”里没有议案，没有可以表决的内容")
    if len(motions) > MAX_MOTIONS:
        raise SettingError(f"一次会议最多表决 {MAX_MOTIONS} 项议案，请分几次")
    return {"motions": motions}


def _standing(settings: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
    """Who stands for how many seats; an election is one motion, called as its step."""
    seats = settings["elect"]
    seats = seats if isinstance(seats, int) else _seats(_read(seats, context))
    candidates = election.candidates_in(_read(settings["candidates"], context))
    election.require_choice(candidates, seats)
    return {"motions": [settings["subject"]], "elect": seats, "candidates": candidates}


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
