"""A meeting, as `deliberate` and `ballot` share it: its settings, its acts up to the opening, attendance and quorum.

Settings in the diagram:

- `meeting`: what it is called (`村民代表会议`); default: the step's name;
- `roll`: whose meeting it is, the base of 应到 (`村民代表`); default: the lane;
- `also`: who belongs to the 组成人员 besides and does not vote (`村委会成员`, FD-1);
- `recorder`: who keeps the record; default 文书;
- `quorum`: thresholds over 应到, 组成人员 or 户, compared with those present of the same body (BB-5.1, FD-1, HW-3.2);
- `announce`: `yes`, or how long before (`3d`, `{会前公开}`): not announced, not opened (LB-2.1);
- `guests`: people without a seat are named when it opens: `yes`, or what they are called (`论证专家`);
- `delegate`: `户内`: who cannot come may send an adult of the same household (a delegate may not: FD-1).

Who is on the roll is invited when the meeting is convened, and may answer; nobody has to (engine.steps.invitation).

The rules take a `MeetingRecord`: figures, never lists, for the server fills it from its tables with one query. A
rehearsal replays its submissions into one (engine.steps.meeting_replay).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from engine.durations import SHANGHAI, TimerError, parse_duration
from engine.refusal import Invalid, Overtaken
from engine.steps import schema, threshold
from engine.steps.kind import CHAIR, MEMBER, RECORDER, Action, Seat, SettingError, Words
from engine.steps.schema import Schema

HOUSEHOLDS, HOUSEHOLDS_CAME = "户", "到会户"  # bases of thresholds
BODY = "组成人员"  # the role of those on `also`: of the body, without a vote
CHANNELS = ("村务公开栏", "户代表议事点", "微信群", "大喇叭", "入户告知", "会议通报", "政府网站")
# What the acts hand in
PLACE, TIME, MEETING, TICKED, PROOF = "地点", "时间", "会议", "渠道", "凭证"
PRESENT, LEAVE, ABSENT, LEFT, GUESTS = "到会", "请假", "未到", "早退", "邀请人员"
REPLY, REASON, DELEGATE, WILL_COME, WILL_NOT = "答复", "理由", "受托人", "参加的人", "请假的人"
ATTENDANCE = (PRESENT, LEAVE, ABSENT, LEFT)
COMING, ON_LEAVE, DELEGATED = "参加", "请假", "委托"
IN_HOUSEHOLD = "户内"  # the only ones a seat may be given to
INQUORATE = "未达法定人数"

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class MeetingRecord:
    """What has been done on a meeting so far. `status` is empty before it is convened.

    Who has left early is not there any more and has come all the same: a quorum looks at who is there, the base of a
    majority at who came, so that nobody makes a majority by leaving. Households are counted where the settings ask for
    them: all of the unit, and those for which somebody on the roll is there (HW-3.2, FD-4).
    """

    status: str = ""  # convened, open, held, inquorate, cancelled
    starts_at: datetime | None = None
    announced_at: datetime | None = None
    roll: int = 0  # 应到: voters on the frozen roll
    present: int = 0  # of these, who is there now
    body: int = 0  # 组成人员: voters and `also`, nobody twice
    body_present: int = 0
    left: int = 0  # of the roll, who came and left early
    body_left: int = 0
    households: int = 0
    households_present: int = 0
    households_left: int = 0  # for which somebody came, and nobody is there any more

    @property
    def came(self) -> int:
        """到会: who is there, and who was."""
        return self.present + self.left

    @property
    def body_came(self) -> int:
        return self.body_present + self.body_left

    @property
    def households_came(self) -> int:
        """到会户."""
        return self.households_present + self.households_left

    @property
    def is_open(self) -> bool:
        return self.status == "open"

    def with_all_who_came(self) -> MeetingRecord:
        """As if nobody had gone early: 到会 counts everybody who came, so that nobody makes a majority by leaving."""
        return replace(
            self,
            present=self.came,
            body_present=self.body_came,
            households_present=self.households_came,
            left=0,
            body_left=0,
            households_left=0,
        )


@dataclass(frozen=True)
class Quorum:
    """Whether enough came, each threshold as anybody can reckon it again, and how many are still missing."""

    holds: bool
    reckoned: tuple[str, ...] = ()
    missing: int = 0  # of the body that lacks most
    unit: str = "人"  # what is missing: people, or 户


# ---------------------------------------------------------------- settings


def freeze(words: Words) -> dict[str, Any]:
    """The meeting's settings as JSON, thresholds as their texts with parameters filled in. Raises SettingError."""
    lane = words.node.lane or words.node.label
    roll, also = words.list("roll", [lane]), words.list("also")
    doubled = [name for name in roll + also if (roll + also).count(name) > 1]
    if doubled:
        raise SettingError(f"“应到”（roll）和“其他组成人员”（also）里“{doubled[0]}”写了两次，请去掉一个")
    thresholds = threshold.parse(words.text("quorum"), words.parameters)
    for one in thresholds:
        if one.base not in ("应到", BODY, HOUSEHOLDS):
            raise SettingError(f"“法定人数”（quorum）里“{one}”的基数只能是应到、组成人员或户，到会的要和它比")
    delegate = words.text("delegate")
    if delegate not in ("", "no", IN_HOUSEHOLD):
        raise SettingError(
            f"“委托”（delegate）写的“{delegate}”不认识，只能选 {IN_HOUSEHOLD}：由同一户的成年人代为参加"
        )
    if delegate == IN_HOUSEHOLD and "村民代表" in roll:
        raise SettingError("村民代表不得委托他人参加会议（FD-1），请去掉“委托”（delegate）")
    return {
        "meeting": words.text("meeting", words.node.label)[:64],
        "roll": roll,
        "also": also,
        "recorder": words.list("recorder", ["文书"]),
        "quorum": [str(one) for one in thresholds],
        "announce": _announce(words.text("announce")),
        "guests": _yes_or_word(words.text("guests")),
        "delegate": "" if delegate == "no" else delegate,
    }


def _announce(text: str) -> str:
    if text in ("", "no"):
        return ""
    if text == "yes":
        return text
    try:
        parse_duration(text)
    except TimerError:
        raise SettingError(
            f"“会前公开”（announce）写的“{text}”看不懂，请写 3d、10d 这样的提前时间，提前多久不限的写 yes"
        ) from None
    return text


def _yes_or_word(text: str) -> str:
    if text in ("", "no"):
        return ""
    return GUESTS if text == "yes" else text[:32]


def is_convened(settings: Settings) -> bool:
    """Whether it is convened, announced and opened act by act; else one act writes down that it was held."""
    return bool(settings["announce"] or settings["quorum"])


def terms(settings: Settings) -> dict[str, Any]:
    """Who meets, and how it is made known before: what all items of one meeting have in common."""
    asked = {name: settings[name] for name in ("roll", "also", "announce")}
    return asked | ({"delegate": settings["delegate"]} if settings.get("delegate") else {})


def counts_households(settings: Settings) -> bool:
    """Whether it matters for which households people are there (HW-3.2, FD-4)."""
    asked = [*thresholds(settings), *(thresholds(settings, "majority") if "majority" in settings else ())]
    bases = {one.base for one in asked}
    return bool(settings.get("weights")) or bool(bases & {HOUSEHOLDS, HOUSEHOLDS_CAME})


def thresholds(settings: Settings, name: str = "quorum") -> list[threshold.Threshold]:
    """The frozen thresholds of a setting."""
    return threshold.frozen(settings[name])


# ---------------------------------------------------------------- who and what


def seats(settings: Settings, lane: str, people: Sequence[int] = ()) -> list[Seat]:
    """The roles of a meeting: 主持 (the lane), 记录, and, from the opening on, 成员 (the roll) and other 组成人员."""
    found = [
        Seat(CHAIR, people=tuple(people)) if people else Seat(CHAIR, (lane,)),
        Seat(RECORDER, tuple(settings["recorder"])),
        Seat(MEMBER, tuple(settings["roll"]), active=False),
    ]
    return [*found, Seat(BODY, tuple(settings["also"]), active=False)] if settings["also"] else found


def actions(settings: Settings) -> list[Action]:
    """召集, 公开 (where it must be), 答复, 开会, 签到: a kind adds its own fields to 开会, and how it concludes."""
    acts = [convene_action()]
    if settings["announce"]:
        acts.append(announce_action())
    return [*acts, reply_action(settings), open_action(settings), attend_action(settings)]


def convene_action() -> Action:
    """Time and place, or an existing meeting (`会议`: its id). Convened again before it opens: put off, or moved."""
    hide = {"conditional": {"hide": f'={MEETING} != null and {MEETING} != ""'}}
    existing = schema.text(MEETING, "放到已召集的会议上", 32)
    when = schema.moment(TIME, "开会时间", required=True)
    return Action("convene", "召集", schema.form(existing, when | hide, place_field() | hide), _LEADERS)


def announce_action() -> Action:
    """Where time, place and agenda were made public, with at least one proof of it (LB-2.1, LB-7.1)."""
    ticked = schema.ticks(TICKED, "在哪里公开的", CHANNELS, required=True)
    proof = schema.files(PROOF, "公开的照片或截图", required=True)
    return Action("announce", "公开", schema.form(ticked, proof), _LEADERS)


def reply_action(settings: Settings) -> Action:
    """Whether one comes; chair and recorder write down what others said on the telephone, several at once. A clerk
    needs no photo of the original: there is no paper, and the answer binds nobody.
    """
    answers = [COMING, ON_LEAVE, *([DELEGATED] if settings.get("delegate") else [])]
    fields = [
        schema.choice(REPLY, "参加不参加", [(one, one) for one in answers]),
        schema.text(REASON, "请假的理由", 255),
    ]
    if settings.get("delegate"):
        whom = "同一户里年满 18 周岁、自己不在名册上的人，填编号"
        fields.append(schema.number(DELEGATE, "委托谁参加", 1, 2**31 - 1) | {"description": whom})
    fields += [
        people_field(WILL_COME, "说了要来的人", settings),
        people_field(WILL_NOT, "请假的人", settings),
    ]
    return Action("reply", "答复", schema.form(*fields), _EVERYBODY, mass=True, papers=False)


def open_action(settings: Settings, *more: Schema) -> Action:
    """Opens the meeting: the roll is frozen, who came is ticked. `more` are fields the kind adds."""
    came = people_field(PRESENT, "到会的人", settings)
    return Action("open", "开会", schema.form(came, *guests_fields(settings), *more), _LEADERS)


def attend_action(settings: Settings) -> Action:
    """A member signs himself in by handing in nothing; chair and recorder tick others, and correct."""
    fields = (
        people_field(PRESENT, "到会", settings),
        people_field(LEAVE, "请假", settings),
        people_field(LEFT, "提前离开", settings),
        people_field(ABSENT, "更正为未到", settings),
    )
    return Action("attend", "签到", schema.form(*fields), _EVERYBODY, mass=True, behalf=False)


def people_field(key: str, label: str, settings: Settings) -> Schema:
    """A checklist of everybody on the roll and of the other 组成人员."""
    return schema.people(key, label, [*settings["roll"], *settings["also"]])


def place_field() -> Schema:
    return schema.text(PLACE, "开会地点", 100, required=True)


def files_field(key: str, label: str) -> Schema:
    return schema.files(key, label)


def guests_fields(settings: Settings) -> list[Schema]:
    """Rows for people without a seat, where the diagram asks for them: then at least one is named."""
    if not settings["guests"]:
        return []
    row = [schema.text("姓名", "姓名", 32, required=True), schema.text("单位", "单位或专业", 64)]
    rows = {"type": "dynamiclist", "path": GUESTS, "label": settings["guests"], "components": row}
    return [rows | {"validate": {"required": True}}]


def guests_named(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Guests as a result and a page write them: 张工（县农业农村局）."""
    return [f"{row['姓名']}（{row['单位']}）" if row.get("单位") else str(row["姓名"]) for row in rows]


_LEADERS = (CHAIR, RECORDER)
_EVERYBODY = (CHAIR, RECORDER, MEMBER, BODY)


# ---------------------------------------------------------------- rules


def moment(text: str) -> datetime:
    """A date and time of a form; without a zone it is Shanghai's."""
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def require_convenable(settings: Settings, record: MeetingRecord, starts_at: datetime, now: datetime) -> None:
    """Raises Overtaken when it has opened already, Invalid for a time that has passed and still is to be announced."""
    require_not_opened(record)
    if settings["announce"] and starts_at < now:
        message = "这个时间已经过去了。会议要先公开再开，请选以后的时间"
        raise Invalid("starts-in-past", message, {TIME: message})


def require_not_opened(record: MeetingRecord) -> None:
    if record.status not in ("", "convened", "cancelled"):
        what = "已经开始" if record.is_open else "已经结束"
        raise Overtaken("meeting-opened", f"会议{what}，时间、地点和公开情况不能再改")


def require_convened(record: MeetingRecord) -> None:
    if record.status in ("", "cancelled"):
        raise Invalid("not-convened", "会议还没有召集，请先定下时间和地点")


def require_open(record: MeetingRecord) -> None:
    """Raises Overtaken when it has ended, Invalid when it has not begun."""
    require_convened(record)
    if record.status == "convened":
        raise Invalid("meeting-not-open", "会议还没有开始，请先点“开会”")
    if not record.is_open:
        raise Overtaken("meeting-ended", "会议已经结束，不能再签到或更改")


def require_on_roll(strangers: int, *, own: bool = False) -> None:
    """`strangers`: how many of those ticked do not stand on the frozen roll; `own`: somebody signed himself in."""
    if strangers:
        who = "您" if own else f"有 {strangers} 人"
        message = f"{who}不在开会时定下的名册上，不能签到。名册有出入，请告诉主持人或记录人"
        raise Invalid("not-on-roll", message, {PRESENT: message})


def require_own(roles: Iterable[str], data: Mapping[str, Any]) -> None:
    """Only chair and recorder tick others."""
    if not set(_LEADERS) & set(roles) and any(data.get(key) for key in ATTENDANCE):
        message = "替别人签到由主持人或记录人来做；您只需要给自己签到"
        raise Invalid("attend-others", message, {PRESENT: message})


def quorum(settings: Settings, record: MeetingRecord) -> Quorum:
    """Those present of each body compared with it (BB-5.1, FD-1); without thresholds anybody is enough."""
    counts = {"应到": record.present, BODY: record.body_present, HOUSEHOLDS: record.households_present}
    bases = {"应到": record.roll, BODY: record.body, HOUSEHOLDS: record.households}
    asked, units = thresholds(settings), {HOUSEHOLDS: "户"}
    missing = [(max(0, one.least(bases[one.base]) - counts[one.base]), one.base) for one in asked]
    most, of = max(missing, default=(0, ""))
    return Quorum(
        threshold.all_hold(asked, counts, bases),
        tuple(
            one.reckoned(f"到会{units.get(one.base, '')}", counts[one.base], bases[one.base]) for one in asked
        ),
        most,
        units.get(of, "人"),
    )


def require_quorum(settings: Settings, record: MeetingRecord) -> None:
    """Raises Invalid, telling how many are missing and what may be done instead."""
    found = quorum(settings, record)
    if not found.holds:
        raise Invalid(
            "inquorate",
            f"到会的人还不够：{'；'.join(found.reckoned)}，还差 {found.missing} {found.unit}。"
            f"可以等人到齐，或者结束会议，记为“{INQUORATE}”，另行召集",
        )
