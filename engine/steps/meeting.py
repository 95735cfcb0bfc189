"""A meeting, as `deliberate` and `ballot` share it: its settings, its acts up to the opening, attendance and quorum.

Settings in the diagram:

- `meeting`: what it is called (`村民代表会议`); default: the step's name;
- `roll`: whose meeting it is, the base of 应到 (`村民代表`); default: the lane;
- `also`: who belongs to the 组成人员 besides and does not vote (`村委会成员`, FD-1);
- `recorder`: who keeps the record; default 文书;
- `quorum`: thresholds over 应到 or 组成人员, compared with those present of the same body (BB-5.1, FD-1);
- `announce`: `yes`, or how long before (`3d`, `{会前公开}`): not announced, not opened (LB-2.1);
- `guests`: people without a seat are named when it opens: `yes`, or what they are called (`论证专家`).

The rules take a `MeetingRecord`: figures, never lists, for the server fills it from its tables with one query. A
rehearsal replays its submissions into one (engine.steps.meeting_replay).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from engine.durations import SHANGHAI, Calendar, TimerError, in_words, parse_duration
from engine.refusal import Invalid, Overtaken
from engine.steps import threshold
from engine.steps.kind import CHAIR, MEMBER, RECORDER, Action, Seat, SettingError, Words
from engine.working_days import WEEKDAYS_ONLY

BODY = "组成人员"  # the role of those on `also`: of the body, without a vote
SETTINGS = ("meeting", "roll", "also", "recorder", "quorum", "announce", "guests")
CHANNELS = ("村务公开栏", "户代表议事点", "微信群", "大喇叭", "入户告知", "会议通报", "政府网站")
# What the acts hand in
PLACE, TIME, MEETING, TICKED, PROOF = "地点", "时间", "会议", "渠道", "凭证"
PRESENT, LEAVE, ABSENT, GUESTS = "到会", "请假", "未到", "邀请人员"
INQUORATE = "未达法定人数"

Schema = dict[str, Any]
Settings = Mapping[str, Any]


@dataclass(frozen=True)
class MeetingRecord:
    """What has been done on a meeting so far. `status` is empty before it is convened."""

    status: str = ""  # convened, open, held, inquorate, cancelled
    starts_at: datetime | None = None
    announced_at: datetime | None = None
    roll: int = 0  # 应到: voters on the frozen roll
    present: int = 0  # 到会 of these
    body: int = 0  # 组成人员: voters and `also`, nobody twice
    body_present: int = 0

    @property
    def is_open(self) -> bool:
        return self.status == "open"


@dataclass(frozen=True)
class Quorum:
    """Whether enough came, each threshold as anybody can reckon it again, and how many are still missing."""

    holds: bool
    reckoned: tuple[str, ...] = ()
    missing: int = 0  # of the body that lacks most


# ---------------------------------------------------------------- settings


def freeze(words: Words) -> dict[str, Any]:
    """The meeting's settings as JSON, thresholds as their texts with parameters filled in. Raises SettingError."""
    lane = words.node.lane or words.node.label
    roll, also = words.list("roll", [lane]), words.list("also")
    doubled = [name for name in roll + also if (roll + also).count(name) > 1]
    if doubled:
        raise SettingError(f"应到(roll)和其他组成人员(also)里“{doubled[0]}”写了两次，请去掉一个")
    thresholds = threshold.parse(words.text("quorum"), words.parameters)
    for one in thresholds:
        if one.base not in ("应到", BODY):
            raise SettingError(f"法定人数(quorum)“{one}”的基数只能是应到或组成人员，到会的人数要和它比")
    return {
        "meeting": words.text("meeting", words.node.label)[:64],
        "roll": roll,
        "also": also,
        "recorder": words.list("recorder", ["文书"]),
        "quorum": [str(one) for one in thresholds],
        "announce": _announce(words.text("announce")),
        "guests": _yes_or_word(words.text("guests")),
    }


def _announce(text: str) -> str:
    if text in ("", "no"):
        return ""
    if text == "yes":
        return text
    try:
        parse_duration(text)
    except TimerError:
        raise SettingError(f"会前公开(announce)“{text}”看不懂，请写 yes，或 3d、10d 这样的提前时间") from None
    return text


def _yes_or_word(text: str) -> str:
    if text in ("", "no"):
        return ""
    return GUESTS if text == "yes" else text[:32]


def is_convened(settings: Settings) -> bool:
    """Whether it is convened, announced and opened act by act; else one act writes down that it was held."""
    return bool(settings["announce"] or settings["quorum"])


def thresholds(settings: Settings, name: str = "quorum") -> list[threshold.Threshold]:
    """The frozen thresholds of a setting."""
    return [one for text in settings[name] for one in threshold.parse(text, {})]


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
    """召集, 公开 (where it must be), 开会, 签到: a kind adds what it concludes with, and its own fields to 开会."""
    acts = [convene_action()]
    if settings["announce"]:
        acts.append(announce_action())
    return [*acts, open_action(settings), attend_action(settings)]


def convene_action() -> Action:
    """Time and place, or an existing meeting (`会议`: its id). Convened again before it opens: put off, or moved."""
    hide = {"hide": f'={MEETING} != null and {MEETING} != ""'}
    existing = {
        "type": "textfield",
        "key": MEETING,
        "label": "放到已召集的会议上",
        "validate": {"maxLength": 32},
    }
    moment = {
        "type": "datetime",
        "subtype": "datetime",
        "key": TIME,
        "label": "开会时间",
        "dateLabel": "开会日期",
        "timeLabel": "开会时间",
        "validate": {"required": True},
        "conditional": hide,
    }
    return Action("convene", "召集", _form(existing, moment, place_field() | {"conditional": hide}), _LEADERS)


def announce_action() -> Action:
    """Where time, place and agenda were made public, with at least one proof of it (LB-2.1, LB-7.1)."""
    ticked = {
        "type": "checklist",
        "key": TICKED,
        "label": "在哪里公开的",
        "values": [{"label": channel, "value": channel} for channel in CHANNELS],
        "validate": {"required": True},
    }
    proof = files_field(PROOF, "公开的照片或截图") | {"validate": {"required": True}}
    return Action("announce", "公开", _form(ticked, proof), _LEADERS)


def open_action(settings: Settings, *more: Schema) -> Action:
    """Opens the meeting: the roll is frozen, who came is ticked. `more` are fields the kind adds."""
    came = people_field(PRESENT, "到会的人", settings)
    return Action("open", "开会", _form(came, *guests_fields(settings), *more), _LEADERS)


def attend_action(settings: Settings) -> Action:
    """A member signs himself in by handing in nothing; chair and recorder tick others, and correct."""
    fields = (
        people_field(PRESENT, "到会", settings),
        people_field(LEAVE, "请假", settings),
        people_field(ABSENT, "更正为未到", settings),
    )
    roles = (CHAIR, RECORDER, MEMBER, BODY)
    return Action("attend", "签到", _form(*fields), roles, mass=True, behalf=False)


def people_field(key: str, label: str, settings: Settings) -> Schema:
    """A checklist of everybody on the roll and of the other 组成人员."""
    people = " ".join([*settings["roll"], *settings["also"]])
    return {"type": "checklist", "key": key, "label": label, "values": [], "properties": {"people": people}}


def place_field() -> Schema:
    return {
        "type": "textfield",
        "key": PLACE,
        "label": "开会地点",
        "validate": {"required": True, "maxLength": 100},
    }


def files_field(key: str, label: str) -> Schema:
    return {"type": "filepicker", "key": key, "label": label, "multiple": True, "accept": "image/*,.pdf"}


def guests_fields(settings: Settings) -> list[Schema]:
    """Rows for people without a seat, where the diagram asks for them: then at least one is named."""
    if not settings["guests"]:
        return []
    name = {
        "type": "textfield",
        "key": "姓名",
        "label": "姓名",
        "validate": {"required": True, "maxLength": 32},
    }
    of = {"type": "textfield", "key": "单位", "label": "单位或专业", "validate": {"maxLength": 64}}
    return [
        {
            "type": "dynamiclist",
            "path": GUESTS,
            "label": settings["guests"],
            "components": [name, of],
            "validate": {"required": True},
        }
    ]


def guests_named(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Guests as a result and a page write them: 张工（县农业农村局）."""
    return [f"{row['姓名']}（{row['单位']}）" if row.get("单位") else str(row["姓名"]) for row in rows]


def _form(*components: Schema) -> Schema:
    return {"type": "default", "components": list(components)}


_LEADERS = (CHAIR, RECORDER)


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


def require_announceable(
    settings: Settings, record: MeetingRecord, now: datetime, calendar: Calendar = WEEKDAYS_ONLY
) -> None:
    """Raises Invalid before it is convened, and where the announcement would come too late for its time."""
    require_convened(record)
    require_not_opened(record)
    earliest = opens_from(settings, now, calendar)
    if record.starts_at is not None and earliest is not None and record.starts_at < earliest:
        raise Invalid(
            "announced-late",
            f"按规定要提前 {in_words(settings['announce'])}公开：现在公开，最早 {day(earliest)}才能开会。"
            f"会议定在 {day(record.starts_at)}，请先重新召集，把时间改到那天以后，再公开",
        )


def require_convened(record: MeetingRecord) -> None:
    if record.status in ("", "cancelled"):
        raise Invalid("not-convened", "会议还没有召集，请先定下时间和地点")


def require_openable(
    settings: Settings, record: MeetingRecord, now: datetime, calendar: Calendar = WEEKDAYS_ONLY
) -> None:
    """LB-2.1: not announced, or not long enough before, or not on the announced day: not opened."""
    require_convened(record)
    require_not_opened(record)
    if not settings["announce"]:
        return
    if record.announced_at is None:
        raise Invalid(
            "not-announced",
            "还没有公开会议的时间、地点和主要议题，按规定不能开会（LB-2.1）。请先公开，再开会",
        )
    earliest = opens_from(settings, record.announced_at, calendar)
    if earliest is not None and now < earliest:
        lead = in_words(settings["announce"])
        raise Invalid(
            "announced-late",
            f"会议是 {day(record.announced_at)}公开的，按规定要提前 {lead}，{day(earliest)}起才能开会（LB-2.1）",
        )
    if record.starts_at is not None and midnight(now) < midnight(record.starts_at):
        raise Invalid(
            "too-early",
            f"公开的开会时间是 {day(record.starts_at)}，还没有到那天。要提前开，请重新召集改时间，并重新公开",
        )


def suggested(settings: Settings, now: datetime, calendar: Calendar = WEEKDAYS_ONLY) -> datetime:
    """A time to begin with when it is convened: now where nothing is to be announced, else nine in the morning of the
    first day it may be held on, tomorrow at the earliest.
    """
    if not settings["announce"]:
        return now
    earliest = opens_from(settings, now, calendar) or now
    return midnight(max(earliest, now + timedelta(days=1))) + timedelta(hours=9)


def opens_from(settings: Settings, announced_at: datetime, calendar: Calendar) -> datetime | None:
    """From when it may be opened: days are whole days, the day of the announcement not counted."""
    if settings["announce"] in ("", "yes"):
        return None
    lead = parse_duration(settings["announce"])
    end = lead.after(announced_at, calendar)
    return end if lead.has_time else midnight(end)


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
    if not set(_LEADERS) & set(roles) and any(data.get(key) for key in (PRESENT, LEAVE, ABSENT)):
        message = "替别人签到由主持人或记录人来做；您只需要给自己签到"
        raise Invalid("attend-others", message, {PRESENT: message})


def quorum(settings: Settings, record: MeetingRecord) -> Quorum:
    """Those present of each body compared with it (BB-5.1, FD-1); without thresholds anybody is enough."""
    counts = {"应到": record.present, BODY: record.body_present}
    bases = {"应到": record.roll, BODY: record.body}
    asked = thresholds(settings)
    return Quorum(
        threshold.all_hold(asked, counts, bases),
        tuple(one.reckoned("到会", counts[one.base], bases[one.base]) for one in asked),
        max((max(0, one.least(bases[one.base]) - counts[one.base]) for one in asked), default=0),
    )


def require_quorum(settings: Settings, record: MeetingRecord) -> None:
    """Raises Invalid, telling how many are missing and what may be done instead."""
    found = quorum(settings, record)
    if not found.holds:
        raise Invalid(
            "inquorate",
            f"到会的人还不够：{'；'.join(found.reckoned)}，还差 {found.missing} 人。"
            f"可以等人到齐，或者结束会议，记为“{INQUORATE}”，另行召集",
        )


def day(when: datetime) -> str:
    """3 月 5 日, in Shanghai."""
    local = when.astimezone(SHANGHAI)
    return f"{local.month} 月 {local.day} 日"


def midnight(when: datetime) -> datetime:
    """The beginning of that day in Shanghai."""
    return datetime.combine(when.astimezone(SHANGHAI).date(), time(), SHANGHAI).astimezone(UTC)
