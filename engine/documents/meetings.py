"""What documents say of a meeting: out of its rows, which are frozen once it has opened; nothing is typed again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, func, select

from engine.documents import tallies
from engine.documents.subject import Subject, day, hour, lines, numeral, paragraphs, picture, seal_of
from engine.operations.signing import digest_of
from engine.people.roster import holders_of, names_of, place
from engine.refusal import NotVisible
from engine.store.proceedings import agenda_items, meeting_households, meeting_members, meetings, signatures
from engine.store.tables import people, tasks, units
from engine.store.voting import ballots

STATUS = {
    "convened": "已召集",
    "open": "正在开会",
    "held": "已开完",
    "inquorate": "未达法定人数",
    "cancelled": "已取消",
}
CAME = ("present", "left")
ATTENDANCE = {"present": "到会", "left": "到会（早退）", "leave": "请假", "absent": "未到", "unknown": "未到"}
ROLES = ("主持", "记录", "参加")


def of_matter(subject: Subject) -> list[Row[Any]]:
    """The meetings a matter was or is to be dealt with in, the first one first."""
    mine = agenda_items.c.instance_id == subject.row.id
    items = select(agenda_items.c.meeting_id).where(mine, agenda_items.c.withdrawn_at.is_(None))
    query = _QUERY.where(meetings.c.id.in_(items), meetings.c.status != "cancelled")
    return list(subject.c.execute(query.order_by(meetings.c.starts_at, meetings.c.convened_at)))


def one(subject: Subject, meeting_id: str) -> Row[Any]:
    """A meeting with this matter on its agenda. Raises NotVisible."""
    found = next((row for row in of_matter(subject) if row.id == meeting_id), None)
    if found is None:
        raise NotVisible("meeting-unknown", "这件事没有这次会议，可能已经改期或取消。请回到办件页重新打开")
    return found


_CHAIR, _RECORDER = people.alias("chair"), people.alias("recorder")
_QUERY = (
    select(
        meetings,
        units.c.name.label("unit"),
        units.c.level,
        units.c.path,
        _CHAIR.c.name.label("chair"),
        _RECORDER.c.name.label("recorder"),
    )
    .join(units, units.c.id == meetings.c.unit_id)
    .join(_CHAIR, _CHAIR.c.id == meetings.c.chair_id)
    .outerjoin(_RECORDER, _RECORDER.c.id == meetings.c.recorder_id)
)


# ---------------------------------------------------------------- what every document of a meeting says


def fields(subject: Subject, row: Row[Any]) -> dict[str, Any]:
    """Name, time, place and figures of a meeting (a row of `of_matter`)."""
    figures = _figures(subject, row)
    return subject.common() | {
        "单位": row.unit,
        "落款": seal_of(row.unit, row.level),
        "会议名称": _called(row),
        "会议日期": day(row.starts_at),
        "会议时间": hour(row.starts_at),
        "会议地点": row.place,
        "主持人": subject.name(row.chair),
        "记录人": subject.name(row.recorder),
        **figures,
        "邀请人员": subject.names(row.guests),
    }


def _called(row: Row[Any]) -> str:
    """Beside the village's name 村两委会议 does without the 村 it begins with: 柳湾村两委会议."""
    doubled = row.unit.endswith("村") and row.name.startswith(("村两委", "村“两委”", "村党"))
    return str(row.name[1:] if doubled else row.name)


def _figures(subject: Subject, row: Row[Any]) -> dict[str, Any]:
    nothing = {"实到": "", "组成人员": "", "到会组成人员": "", "户数": "", "到会户数": ""}
    if row.opened_at is None:
        return nothing | {"应到": len(_entitled(subject, row)[0])}
    came = meeting_members.c.attendance.in_(CAME)
    voter = meeting_members.c.is_voter
    seen = subject.c.execute(
        select(
            func.count().label("body"),
            func.count().filter(voter).label("roll"),
            func.count().filter(came).label("body_came"),
            func.count().filter(came & voter).label("came"),
        ).where(meeting_members.c.meeting_id == row.id)
    ).one()
    body = {"组成人员": seen.body, "到会组成人员": seen.body_came} if seen.body != seen.roll else {}
    return nothing | {"应到": seen.roll, "实到": seen.came} | body | _households(subject, row)


def _households(subject: Subject, row: Row[Any]) -> dict[str, Any]:
    """How many there are and how many are represented by who came; where the meeting asks for them."""
    if row.households is None:
        return {}
    spoken_for = meeting_households.join(
        meeting_members,
        (meeting_members.c.meeting_id == meeting_households.c.meeting_id)
        & (meeting_members.c.person_id == meeting_households.c.person_id),
    )
    query = (
        select(func.count(meeting_households.c.household_id.distinct()))
        .select_from(spoken_for)
        .where(meeting_members.c.meeting_id == row.id, meeting_members.c.attendance.in_(CAME))
    )
    return {"户数": row.households, "到会户数": subject.c.scalar(query)}


def _entitled(subject: Subject, row: Row[Any]) -> tuple[list[int], list[int]]:
    """Who will be on the roll, and who else belongs to the body, as the registers stand today."""
    known, line = subject.rt.designations, subject.rt.line(subject.c, row.unit_id, row.path)

    def held(names: Sequence[str]) -> list[int]:
        places = [(name, unit.id) for name in names if name in known and (unit := place(name, line, known))]
        found = holders_of(subject.c, set(places), subject.rt.today(), known) if places else {}
        return list(dict.fromkeys(person for each in places for person in found[each]))

    voters = held(row.terms.get("roll", ()))
    return voters, [person for person in held(row.terms.get("also", ())) if person not in voters]


# ---------------------------------------------------------------- the documents


def notice(subject: Subject, row: Row[Any]) -> dict[str, Any]:
    """会议通知."""
    return fields(subject, row) | {
        "通知对象": "、".join([*row.terms.get("roll", ()), *row.terms.get("also", ())]),
        "议题": [
            {
                "序号": numeral(number),
                "标题": item.title,
                "议案": lines(motion for motion in _announced(item) if motion != item.title),
            }
            for number, item in enumerate(_agenda(subject, row), 1)
        ],
        "公开渠道": "、".join(row.channels),
        "通知日期": day(row.convened_at),
    }


def attendance(subject: Subject, row: Row[Any]) -> dict[str, Any]:
    """签到表: before the meeting with room to sign by hand, afterwards who came."""
    roll, also = "、".join(row.terms.get("roll", ())), "、".join(row.terms.get("also", ()))
    found = list(_members(subject, row)) if row.opened_at else list(_expected(subject, row))
    signed = {person: one for person, one in _latest(subject, row).items() if one.entered_by is None}
    by_household = any(weight != 1 for *_, weight, _ in found)
    return fields(subject, row) | {
        "按户": "按户" if by_household else "",
        "名单": [
            {
                "序号": number,
                "姓名": subject.name(name) + (f"（代{subject.name(instead)}）" if instead else ""),
                "身份": roll if is_voter else also,
                "代表户数": weight if by_household and is_voter else "",
                "到会": ATTENDANCE[came] if came else "",
                "签名": picture(subject.c, signed[person].evidence) if person in signed else "",
            }
            for number, (person, name, is_voter, came, weight, instead) in enumerate(found, 1)
        ],
    }


def minutes(subject: Subject, row: Row[Any]) -> dict[str, Any]:
    """会议记录: derived from attendance and votes, with the recorder's own words."""
    by: dict[str, list[str]] = {}
    for _, name, _, came, _, instead in _members(subject, row):
        by.setdefault(came, []).append(f"{name}（代{instead}）" if instead else name)
    return fields(subject, row) | {
        "结束时间": hour(row.ended_at) if row.ended_at and row.ended_at > row.starts_at else "",
        "出席": subject.names([*by.get("present", ()), *by.get("left", ())]),
        "请假": subject.names(by.get("leave", ())),
        "缺席": subject.names([*by.get("absent", ()), *by.get("unknown", ())]),
        "早退": subject.names(by.get("left", ())),
        "会议状态": STATUS[row.status],
        "议题": [_dealt_with(subject, number, item) for number, item in enumerate(_agenda(subject, row), 1)],
        "记录": paragraphs(row.minutes),
        "签字": signed(subject, row),
    }


def _dealt_with(subject: Subject, number: int, item: Row[Any]) -> dict[str, Any]:
    """An item of the agenda; how it was voted only where the item is this matter's."""
    mine = item.instance_id == subject.row.id
    vote = tallies.closed(subject, item.task_id) if mine and item.voted_at is not None else None
    return {
        "序号": numeral(number),
        "标题": item.title,
        "结果": item.outcome or "",
        "方式": vote.method if vote else "",
        "计票人": vote.counters[0] if vote else "",
        "监票人": vote.counters[1] if vote else "",
        "议案": vote.motions if vote else [],
    }


def signed(subject: Subject, row: Row[Any]) -> list[dict[str, Any]]:
    """Who has signed the minutes, the chair first."""
    found = sorted(_latest(subject, row).values(), key=lambda one: (ROLES.index(one.role), one.at))
    current = digest_of(subject.c, row) if found else ""
    return [
        {
            "姓名": subject.name(one.name),
            "身份": one.role,
            "签名": ""
            if subject.public
            else picture(subject.c, one.evidence)
            if one.entered_by is None
            else "（见签字页照片）",
            "日期": day(one.at),
            "有效": "" if one.digest == current else "（签的是旧稿）",
        }
        for one in found
    ]


def _drawn(subject: Subject, one: Row[Any]) -> Any:
    """A signature drawn on a phone; of those on paper, where to look. Signatures are never shown to everybody."""
    if subject.public:
        return ""
    return picture(subject.c, one.evidence) if one.entered_by is None else "（见签字页照片）"


def _latest(subject: Subject, row: Row[Any]) -> dict[int, Row[Any]]:
    query = (
        select(signatures, people.c.name)
        .join(people, people.c.id == signatures.c.person_id)
        .where(signatures.c.meeting_id == row.id)
        .order_by(signatures.c.at)
    )
    return {each.person_id: each for each in subject.c.execute(query)}


# ---------------------------------------------------------------- rows

Present = tuple[int, str, bool, str, int, str]  # person, name, is_voter, attendance, weight, in place of whom


def _members(subject: Subject, row: Row[Any]) -> Iterator[Present]:
    instead = people.alias("instead")
    query = (
        select(meeting_members, people.c.name, instead.c.name.label("instead"))
        .join(people, people.c.id == meeting_members.c.person_id)
        .outerjoin(instead, instead.c.id == meeting_members.c.in_place_of)
        .where(meeting_members.c.meeting_id == row.id)
        .order_by(meeting_members.c.is_voter.desc(), meeting_members.c.person_id)
    )
    for one in subject.c.execute(query):
        yield one.person_id, one.name, one.is_voter, one.attendance, one.weight, one.instead or ""


def _expected(subject: Subject, row: Row[Any]) -> Iterator[Present]:
    voters, others = _entitled(subject, row)
    names = names_of(subject.c, [*voters, *others])
    for person in [*voters, *others]:
        yield person, names.get(person, ""), person in voters, "", 1, ""


def _agenda(subject: Subject, row: Row[Any]) -> Sequence[Row[Any]]:
    query = (
        select(agenda_items, tasks.c.settings, tasks.c.kind, ballots.c.closed_at.label("voted_at"))
        .outerjoin(tasks, tasks.c.id == agenda_items.c.task_id)
        .outerjoin(ballots, ballots.c.task_id == agenda_items.c.task_id)
        .where(agenda_items.c.meeting_id == row.id, agenda_items.c.withdrawn_at.is_(None))
        .order_by(agenda_items.c.position)
    )
    return subject.c.execute(query).all()


def _announced(item: Row[Any]) -> list[str]:
    """The motions of a vote that has not ended."""
    return list(item.settings.get("motions") or ()) if item.kind == "ballot" else []
