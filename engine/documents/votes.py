"""What documents say of a vote: its motions with all figures, out of the rows that were counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, func, select

from engine.documents import meetings
from engine.documents.subject import Subject, lines, numeral
from engine.people.roster import names_of
from engine.refusal import Invalid, NotVisible
from engine.steps import election
from engine.steps.counting import ABSTAIN, NO, YES
from engine.steps.method import METHODS
from engine.store.proceedings import agenda_items
from engine.store.tables import people, tasks
from engine.store.voting import ballots, counts, election_rounds, motions, secret_ballots, votes

PASSED, LOST, VOID, UNDECIDED = "通过", "未通过", "作废重投", "没有结论"
ELECTED = "当选"
INQUORATE = "未达法定人数"
PHONES = ("named", "secret")
MOST_PAGES = 100  # of ballot papers in one file; of more, one page is printed as often as is needed


@dataclass(frozen=True)
class Vote:
    """A vote that is over. `motions` are in the fields of a document (engine.documents.fields)."""

    task_id: str
    meeting_id: str
    method: str
    outcome: str
    motions: list[dict[str, Any]]
    reckoned: Sequence[str] = ()
    voters: list[dict[str, Any]] = field(default_factory=list)
    counters: tuple[str, str] = ("", "")  # 计票人, 监票人


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
    vote = closed(subject, row.task_id)
    return _around(subject, vote) | {
        "投票人": vote.voters,
        "计票人": vote.counters[0],
        "监票人": vote.counters[1],
        "议案": vote.motions,
    }


def resolution(subject: Subject, row: Row[Any]) -> dict[str, Any]:
    """决议. Raises Invalid where nothing was resolved."""
    vote = closed(subject, row.task_id)
    passed = [motion for motion in vote.motions if motion["结果"] == PASSED or motion["当选人"]]
    if not passed:
        raise Invalid("no-resolution", "这次表决没有通过的议案，没有决议可以出")
    held = meetings.one(subject, vote.meeting_id)
    return _around(subject, vote) | {
        "通过的": _numbered(passed),
        "未通过的": _numbered([motion for motion in vote.motions if motion["结果"] == LOST]),
        "签字": meetings.signed(subject, held),
    }


def _around(subject: Subject, vote: Vote) -> dict[str, Any]:
    return meetings.fields(subject, meetings.one(subject, vote.meeting_id)) | {
        "方式": vote.method,
        "结论": vote.outcome,
        "依据": lines(vote.reckoned),
    }


def _numbered(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**motion, "序号": numeral(number)} for number, motion in enumerate(found, 1)]


def tally_sheet(subject: Subject, row: Row[Any]) -> dict[str, Any]:
    """计票单: what the counters fill in by hand."""
    held = meetings.fields(subject, meetings.one(subject, row.meeting_id))
    row_of = subject.c.execute(select(ballots).where(ballots.c.task_id == row.task_id)).one_or_none()
    officers = _officers(subject, row_of) if row_of is not None else ("", "")
    return held | {
        "方式": METHODS.get(row_of.method, "") if row_of is not None else "",
        "议案": _to_vote(subject, row),
        "计票人": officers[0],
        "监票人": officers[1],
    }


def papers(subject: Subject, row: Row[Any]) -> dict[str, Any]:
    """选票: as many as are entitled to vote, several on a page."""
    held = meetings.fields(subject, meetings.one(subject, row.meeting_id))
    found = _to_vote(subject, row)
    on_page = _on_page(found)
    number = int(held["应到"]) or 1
    pages = -(-number // on_page)
    ticket = {"会议": f"{held['单位']}{held['会议名称']}", "日期": held["会议日期"], "议案": found}
    beside = ticket if on_page == 4 else {"会议": "", "日期": "", "议案": []}
    rows = 2 if on_page >= 2 else 1
    printed = pages if pages <= MOST_PAGES else 1
    return held | {
        "每页": on_page,
        "份数": number,
        "页数": pages,
        "各排": [{"左": ticket, "右": beside} for _ in range(rows * printed)],
    }


def _on_page(found: Sequence[Mapping[str, Any]]) -> int:
    """Four papers of one or two short motions on a page, two of several, else one."""
    height = sum(2 + len(motion["议案"]) // 18 + len(motion["候选人"]) for motion in found)
    return 4 if height <= 9 else 2 if height <= 20 else 1


def _to_vote(subject: Subject, row: Row[Any]) -> list[dict[str, Any]]:
    """The motions as they stand: as the ballot has them once it is open, before as they were announced."""
    query = select(motions).where(motions.c.task_id == row.task_id).order_by(motions.c.position)
    opened = subject.c.execute(query).all()
    rounds = _rounds(subject, row.task_id)
    if opened:
        return [
            motion(number, one.text, stands=(rounds.get(one.position) or {}).get(one.round))
            for number, one in enumerate(opened, 1)
        ]
    settings = row.settings or {}
    stands = _announced(subject, settings) if settings.get("elect") else None
    texts = list(settings.get("motions") or ()) or [row.title]
    return [motion(number, text, stands=stands) for number, text in enumerate(texts, 1)]


def _announced(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Who will stand for election; a candidate of a register is named as it names them."""
    first = election.first_round(settings)
    nameless = {one.person for one in first.candidates if not one.name and one.person is not None}
    names = names_of(subject.c, nameless) if nameless else {}
    candidates = [(one.place, one.name or names.get(one.person or 0, "")) for one in first.candidates]
    return {"seats": first.seats, "candidates": candidates}


# ---------------------------------------------------------------- a vote that is over


def closed(subject: Subject, task_id: str) -> Vote:
    """Raises Invalid while it is not over: nobody sees a tally before the end."""
    row = subject.c.execute(select(ballots).where(ballots.c.task_id == task_id)).one_or_none()
    if row is None or row.closed_at is None or row.instance_id != subject.row.id:
        raise Invalid("ballot-open", "表决还没有结束，结果要等宣布以后才能打印")
    outcome = subject.c.scalar(
        select(agenda_items.c.outcome).where(
            agenda_items.c.task_id == task_id, agenda_items.c.withdrawn_at.is_(None)
        )
    )
    known = _result(subject, row.meeting_id)
    return Vote(
        task_id,
        row.meeting_id,
        METHODS.get(row.method, row.method),
        outcome or "",
        list(_motions(subject, row, outcome or "", known)),
        [str(line) for line in known.get("依据", ())],
        _voters(subject, row) if row.method == "named" and not subject.public else [],
        _officers(subject, row),
    )


def _result(subject: Subject, meeting_id: str) -> Mapping[str, Any]:
    """What stands in the matter's data of the step that was dealt with in this meeting; a later round replaces it."""
    for value in subject.data().values():
        if isinstance(value, Mapping) and value.get("会议") == meeting_id and "依据" in value:
            return value
    return {}


def _motions(
    subject: Subject, row: Row[Any], outcome: str, known: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    every = subject.c.execute(
        select(motions).where(motions.c.task_id == row.task_id).order_by(motions.c.position)
    ).all()
    figures, sheets, rounds = (
        _figures(subject, row),
        _sheets(subject, row.task_id),
        _rounds(subject, row.task_id),
    )
    decided = [one for one in known.get("议案", ()) if isinstance(one, Mapping)]
    number = 0
    for one in every:
        record = decided[one.position - 1] if one.position <= len(decided) else {}
        its = rounds.get(one.position, {})
        for turn in range(1, one.round + 1):
            found, sheet = figures.get((one.position, turn)), sheets.get((one.position, turn))
            if found is None and turn < one.round:
                continue
            number += 1
            stands = its.get(turn)
            result = _verdict(record, outcome, sheet, last=turn == one.round, elects=stands is not None)
            yield motion(
                number,
                one.text,
                found or {},
                sheet=sheet,
                turn=f"第{numeral(turn)}轮" if one.round > 1 else "",
                result=result,
                stands=stands,
            )


def _verdict(
    record: Mapping[str, Any], outcome: str, sheet: Row[Any] | None, *, last: bool, elects: bool
) -> str:
    if sheet is not None and sheet.returned > sheet.issued:
        return VOID
    if outcome == INQUORATE or elects:
        return outcome if last else ""
    if not last:
        return VOID
    if "通过" in record:
        return PASSED if record["通过"] else LOST
    return outcome if outcome in (PASSED, LOST) else UNDECIDED


def motion(
    number: int,
    text: str,
    figures: Mapping[Any, int] | None = None,
    *,
    sheet: Row[Any] | None = None,
    turn: str = "",
    result: str = "",
    stands: Any = None,
) -> dict[str, Any]:
    """A motion in the fields of a document. `figures` are votes by choice, or by place of a candidate; `stands`: who
    stands for election, for how many seats.
    """
    found = figures or {}
    over = figures is not None
    nine = ("发出", "issued"), ("收回", "returned"), ("有效", "valid"), ("无效", "invalid")
    elects = stands is not None
    candidates = list(_candidates(stands, found if over else None)) if elects else []
    chosen = [one["姓名"] for one in candidates if one["当选"]]
    said = (
        "，".join(f"{one['姓名']} {one['得票']} 票" for one in candidates)
        if elects
        else "，".join(f"{name} {found.get(name, 0)} 票" for name in (YES, NO, ABSTAIN))
    )
    return {
        "序号": numeral(number),
        "号": number,
        "议案": text,
        "轮次": turn,
        **{name: found.get(name, 0) if over and not elects else "" for name in (YES, NO, ABSTAIN)},
        **{name: getattr(sheet, column) if sheet is not None else "" for name, column in nine},
        "结果": result,
        "应选": stands["seats"] if elects else "",
        "候选人": candidates,
        "当选人": "、".join(chosen),
        "记录": (said + (f"；当选：{'、'.join(chosen)}" if chosen else "")) if over else "",
    }


def _candidates(stands: Mapping[str, Any], figures: Mapping[Any, int] | None) -> Iterator[dict[str, Any]]:
    elected = stands.get("elected") or ()
    for place, name in stands["candidates"]:
        yield {
            "姓名": name,
            "得票": "" if figures is None else figures.get(place, 0),
            "当选": ELECTED if place in elected else "",
        }


# ---------------------------------------------------------------- rows


def _figures(subject: Subject, row: Row[Any]) -> dict[tuple[int, int], dict[Any, int]]:
    """Votes by motion and round: by choice, or by place of a candidate."""
    found: dict[tuple[int, int], dict[Any, int]] = defaultdict(lambda: defaultdict(int))
    for one in subject.c.execute(_cast(row)) if row.method in PHONES else ():
        if one.choice is not None:
            found[one.motion, one.round][one.choice] += int(one.number)
        for place in one.chosen or ():
            found[one.motion, one.round][int(place)] += int(one.number)
    for sheet in _sheets(subject, row.task_id).values():
        mine = found[sheet.motion, sheet.round]
        if sheet.chosen is None:
            mine |= {YES: sheet.yes, NO: sheet.no, ABSTAIN: sheet.abstain}
        else:
            mine |= {int(place): number for place, number in dict(sheet.chosen).items()}
    return found


def _cast(row: Row[Any]) -> Any:
    """Counted by the database, but for elections, whose ballots name several."""
    table = secret_ballots if row.method == "secret" else votes
    number: Any = func.count() if table is secret_ballots else func.sum(votes.c.weight)
    columns = (table.c.motion, table.c.round, table.c.choice, table.c.chosen)
    return select(*columns, number.label("number")).where(table.c.task_id == row.task_id).group_by(*columns)


def _sheets(subject: Subject, task_id: str) -> dict[tuple[int, int], Row[Any]]:
    """The confirmed counts of papers and hands."""
    query = select(counts).where(counts.c.task_id == task_id, counts.c.confirmed_by.is_not(None))
    return {(one.motion, one.round): one for one in subject.c.execute(query)}


def _rounds(subject: Subject, task_id: str) -> dict[int, dict[int, dict[str, Any]]]:
    """Who stood for election, by motion and round."""
    found: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
    query = select(election_rounds).where(election_rounds.c.task_id == task_id)
    for one in subject.c.execute(query):
        found[one.motion][one.round] = {
            "seats": one.seats,
            "candidates": list(enumerate(one.candidates, 1)),
            "elected": one.elected or [],
        }
    return found


def _voters(subject: Subject, row: Row[Any]) -> list[dict[str, Any]]:
    """Who voted how, where it was by name."""
    query = (
        select(votes, people.c.name)
        .join(people, people.c.id == votes.c.person_id)
        .where(votes.c.task_id == row.task_id)
        .order_by(votes.c.person_id, votes.c.motion, votes.c.round)
    )
    rounds, said = _rounds(subject, row.task_id), dict[int, dict[str, Any]]()
    for one in subject.c.execute(query):
        entry = said.setdefault(one.person_id, {"姓名": one.name, "票数": one.weight, "意见": []})
        stands = dict(rounds.get(one.motion, {}).get(one.round, {}).get("candidates", ()))
        chosen = "、".join(stands.get(place, str(place)) for place in one.chosen or ()) or ABSTAIN
        entry["意见"].append((one.motion, one.choice or chosen))
    several = len({place for entry in said.values() for place, _ in entry["意见"]}) > 1
    return [
        entry
        | {"意见": "；".join(f"第 {place} 项{what}" if several else what for place, what in entry["意见"])}
        for entry in said.values()
    ]


def _officers(subject: Subject, row: Row[Any]) -> tuple[str, str]:
    """Who counted and who saw to it: those named when it opened, and whoever's names stand under the counts."""
    sheets = _sheets(subject, row.task_id).values()
    counted = [*row.tellers, *(one.entered_by for one in sheets)]
    watched = [*row.scrutineers, *(one.confirmed_by for one in sheets)]
    names = names_of(subject.c, {*counted, *watched}) if counted or watched else {}
    return tuple(  # type: ignore[return-value]
        subject.names(names[person] for person in dict.fromkeys(each) if person in names)
        for each in (counted, watched)
    )
