"""What documents say of a vote: its motions with all figures, out of the rows that were counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, select

from engine.documents import meetings, tallies
from engine.documents.subject import Subject, lines, numeral
from engine.people.roster import names_of
from engine.people.units import within
from engine.refusal import Invalid, NotVisible
from engine.steps import election
from engine.steps.method import METHODS
from engine.store.proceedings import agenda_items
from engine.store.tables import households, tasks, units
from engine.store.voting import ballots, motions

MOST_PAGES = 100  # of ballot papers in one file; of more, one page is printed as often as is needed


def of_matter(subject: Subject) -> list[Row[Any]]:
    """The steps of a matter that are or were a vote in a meeting: task, meeting, and whether it is over."""
    is_vote = (ballots.c.task_id.is_not(None)) | (tasks.c.kind == "ballot")
    query = (
        select(
            agenda_items.c.task_id,
            agenda_items.c.meeting_id,
            agenda_items.c.title,
            agenda_items.c.outcome,
            ballots.c.closed_at,
            tasks.c.settings,
        )
        .outerjoin(ballots, ballots.c.task_id == agenda_items.c.task_id)
        .outerjoin(tasks, tasks.c.id == agenda_items.c.task_id)
        .where(agenda_items.c.instance_id == subject.row.id, agenda_items.c.withdrawn_at.is_(None), is_vote)
        .order_by(agenda_items.c.id)
    )
    return list(subject.c.execute(query))


def one(subject: Subject, task_id: str) -> Row[Any]:
    """Raises NotVisible."""
    found = next((row for row in of_matter(subject) if row.task_id == task_id), None)
    if found is None:
        raise NotVisible("ballot-unknown", "这件事没有这次表决，或者还没有召集会议。请回到办件页重新打开")
    return found


# ---------------------------------------------------------------- the documents


def statistics(subject: Subject, row: Row[Any]) -> dict[str, Any]:
    """表决票统计. Raises Invalid while the vote is not over."""
    vote = tallies.closed(subject, row.task_id)
    return _around(subject, vote) | {
        "投票人": vote.voters,
        "计票人": vote.counters[0],
        "监票人": vote.counters[1],
        "议案": vote.motions,
    }


def resolution(subject: Subject, row: Row[Any]) -> dict[str, Any]:
    """决议. Raises Invalid where nothing was resolved."""
    vote = tallies.closed(subject, row.task_id)
    passed = [motion for motion in vote.motions if motion["结果"] == tallies.PASSED or motion["当选人"]]
    if not passed:
        raise Invalid("no-resolution", "这次表决没有通过的议案，没有决议可以出")
    held = meetings.one(subject, vote.meeting_id)
    return _around(subject, vote) | {
        "当选人": "、".join(motion["当选人"] for motion in passed if motion["当选人"]),
        "通过的": _numbered(vote.motions if _elects(vote.motions) else passed),
        "未通过的": _numbered([motion for motion in vote.motions if motion["结果"] == tallies.LOST]),
        "签字": meetings.signed(subject, held),
    }


def _around(subject: Subject, vote: tallies.Vote) -> dict[str, Any]:
    return meetings.fields(subject, meetings.one(subject, vote.meeting_id)) | {
        "方式": vote.method,
        "选举": _elects(vote.motions),
        "结论": vote.outcome,
        "依据": lines(vote.reckoned),
    }


def _elects(found: Sequence[Mapping[str, Any]]) -> str:
    return "选举" if any(motion["候选人"] for motion in found) else ""


def _numbered(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**motion, "序号": numeral(number)} for number, motion in enumerate(found, 1)]


def tally_sheet(subject: Subject, row: Row[Any]) -> dict[str, Any]:
    """计票单: what the counters fill in by hand."""
    held = meetings.fields(subject, meetings.one(subject, row.meeting_id))
    row_of = subject.c.execute(select(ballots).where(ballots.c.task_id == row.task_id)).one_or_none()
    officers = tallies.officers(subject, row_of) if row_of is not None else ("", "")
    found = _to_vote(subject, row)
    return held | {
        "方式": METHODS.get(row_of.method, "") if row_of is not None else "",
        "选举": _elects(found),
        "议案": found,
        "计票人": officers[0],
        "监票人": officers[1],
    }


def papers(subject: Subject, row: Row[Any]) -> dict[str, Any]:
    """选票: as many as are entitled to vote, or as there are households where one votes for several (FD-4)."""
    meeting = meetings.one(subject, row.meeting_id)
    held = meetings.fields(subject, meeting)
    found = _to_vote(subject, row)
    on_page = _on_page(found)
    number = _households(subject, meeting) if (row.settings or {}).get("weights") else int(held["应到"])
    number = number or 1
    pages = -(-number // on_page)
    elects = _elects(found)
    how = "不得多选，可以少选；一个也不选的是弃权" if elects else "每项议案只选一种，多选的这一项无效"
    ticket = {
        "会议": f"{held['单位']}{held['会议名称']}",
        "日期": held["会议日期"],
        "说明": f"在选定的“□”里打“√”；{how}。",
        "议案": found,
    }
    nothing = {"会议": "", "日期": "", "说明": "", "议案": []}
    printed = number if pages <= MOST_PAGES else on_page
    beside = 2 if on_page == 4 else 1
    return held | {
        "选举": elects,
        "每页": on_page,
        "份数": number,
        "页数": pages,
        "各排": [
            {"左": ticket, "右": ticket if beside == 2 and place + 1 < printed else nothing}
            for place in range(0, printed, beside)
        ],
    }


def _households(subject: Subject, meeting: Row[Any]) -> int:
    """Of the unit; frozen once the meeting has opened."""
    if meeting.households is not None:
        return int(meeting.households)
    joined = households.join(units, units.c.id == households.c.unit_id)
    query = select(func.count()).select_from(joined).where(within(meeting.path))
    return int(subject.c.scalar(query) or 0)


def _on_page(found: Sequence[Mapping[str, Any]]) -> int:
    """Four papers of one or two short motions on a page, two of several, else one."""
    height = sum(2 + len(motion["议案"]) // 18 + len(motion["候选人"]) for motion in found)
    return 4 if height <= 9 else 2 if height <= 20 else 1


def _to_vote(subject: Subject, row: Row[Any]) -> list[dict[str, Any]]:
    """The motions as they stand: as the ballot has them once it is open, before as they were announced."""
    query = select(motions).where(motions.c.task_id == row.task_id).order_by(motions.c.position)
    opened = subject.c.execute(query).all()
    rounds = tallies.rounds(subject, row.task_id)
    if opened:
        return [
            tallies.motion(number, one.text, stands=(rounds.get(one.position) or {}).get(one.round))
            for number, one in enumerate(opened, 1)
        ]
    settings = row.settings or {}
    stands = _announced(subject, settings) if settings.get("elect") else None
    texts = list(settings.get("motions") or ()) or [row.title]
    return [tallies.motion(number, text, stands=stands) for number, text in enumerate(texts, 1)]


def _announced(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Who will stand for election; a candidate of a register is named as it names them."""
    first = election.first_round(settings)
    nameless = {one.person for one in first.candidates if not one.name and one.person is not None}
    names = names_of(subject.c, nameless) if nameless else {}
    candidates = [(one.place, one.name or names.get(one.person or 0, "")) for one in first.candidates]
    return {"seats": first.seats, "candidates": candidates}
