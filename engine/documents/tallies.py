"""A vote as its documents state it: motions with every figure, candidates with their votes, who voted how by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Row, func, select

from engine.documents.subject import Subject, numeral
from engine.masking import masked
from engine.people.roster import names_of
from engine.refusal import Invalid
from engine.steps import balloting, threshold
from engine.steps.counting import ABSTAIN, NO, YES, Tally, decide
from engine.steps.meeting import MeetingRecord
from engine.steps.method import METHODS
from engine.store.proceedings import agenda_items
from engine.store.tables import people
from engine.store.voting import ballots, counts, election_rounds, motions, secret_ballots, votes

PASSED, LOST, VOID, UNDECIDED = "通过", "未通过", "作废重投", "没有结论"
ELECTED = "当选"
INQUORATE = "未达法定人数"
PHONES = ("named", "secret")


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
    terms = orjson.loads(row.published) if row.published else {}
    found, reckoned = list(_motions(subject, row, outcome or "", terms)), _reckoned(subject, row, terms)
    if subject.public:
        found, reckoned = _without_losers(found, reckoned)
    return Vote(
        task_id,
        row.meeting_id,
        METHODS.get(row.method, row.method),
        outcome or "",
        found,
        reckoned,
        _voters(subject, row) if row.method == "named" and not subject.public else [],
        officers(subject, row),
    )


def _without_losers(
    found: list[dict[str, Any]], reckoned: list[str]
) -> tuple[list[dict[str, Any]], list[str]]:
    """For everybody: who was elected is named, who was not is masked, as on the public page."""
    stood = [one for motion in found for one in motion["候选人"]]
    elected = {one["姓名"] for one in stood if one["当选"]}
    lost = {one["姓名"]: masked(one["姓名"]) for one in stood if one["姓名"] not in elected}

    def hidden(text: str) -> str:
        for name in sorted(lost, key=len, reverse=True):
            text = text.replace(name, lost[name])
        return text

    shown = [
        motion
        | {"候选人": [one | {"姓名": lost.get(one["姓名"], one["姓名"])} for one in motion["候选人"]]}
        | {"记录": hidden(motion["记录"])}
        for motion in found
    ]
    return shown, [hidden(line) for line in reckoned]


def _reckoned(subject: Subject, row: Row[Any], terms: Mapping[str, Any]) -> list[str]:
    """Every comparison: as the result has it; of a round that a later one took the place of, done again."""
    known = _result(subject, row.meeting_id)
    if known:
        return [str(line) for line in known["依据"]]
    majority = [one for text in terms.get("majority", ()) for one in threshold.parse(text, {})]
    found: list[str] = []
    for place, one in enumerate(terms.get("motions", ()), 1):
        if "passed" in one.get("result", {}):
            there = MeetingRecord(**one["rounds"][-1]["attendance"])
            said = one["result"]
            tally = Tally(said[YES], said[NO], said[ABSTAIN], said[YES] + said[NO] + said[ABSTAIN])
            each = decide(one["text"], tally, majority, balloting.bases(there)).reckoned
            found += [f"议案 {place}：{line}" if len(terms["motions"]) > 1 else line for line in each]
    return found


def _result(subject: Subject, meeting_id: str) -> Mapping[str, Any]:
    """What stands in the matter's data of the step that was dealt with in this meeting; a later round replaces it."""
    for value in subject.data().values():
        if isinstance(value, Mapping) and value.get("会议") == meeting_id and "依据" in value:
            return value
    return {}


def _motions(
    subject: Subject, row: Row[Any], outcome: str, terms: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Every turn of voting on every motion; what was void is told as void."""
    every = subject.c.execute(
        select(motions).where(motions.c.task_id == row.task_id).order_by(motions.c.position)
    ).all()
    figures, sheets, elections = (
        _figures(subject, row),
        _sheets(subject, row.task_id),
        rounds(subject, row.task_id),
    )
    stated = {one["position"]: one.get("result", {}) for one in terms.get("motions", ())}
    known = [one for one in _result(subject, row.meeting_id).get("议案", ()) if isinstance(one, Mapping)]
    number = 0
    for one in every:
        said = stated.get(one.position) or (known[one.position - 1] if one.position <= len(known) else {})
        its = elections.get(one.position, {})
        for turn in range(1, one.round + 1):
            found, sheet, stands = (
                figures.get((one.position, turn)),
                sheets.get((one.position, turn)),
                its.get(turn),
            )
            if found is None and turn < one.round:
                continue
            number += 1
            void = sheet is not None and sheet.returned > sheet.issued
            last = turn == one.round
            yield motion(
                number,
                one.text,
                found or {},
                sheet=sheet,
                turn=f"第{numeral(turn)}次投票" if one.round > 1 else "",
                result=VOID
                if void
                else _turned(stands, outcome, last)
                if stands
                else _verdict(said, outcome, last),
                stands=stands,
            )


def _verdict(said: Mapping[str, Any], outcome: str, last: bool) -> str:
    if not last:
        return VOID
    passed = said.get("passed", said.get("通过"))
    if outcome == INQUORATE:
        return outcome
    if passed is None:
        return outcome if outcome in (PASSED, LOST) else UNDECIDED
    return PASSED if passed else LOST


def _turned(stands: Mapping[str, Any], outcome: str, last: bool) -> str:
    """What a turn of an election came to."""
    if not stands["ended"]:
        return outcome if last and outcome == INQUORATE else VOID
    return outcome if last else f"选出 {len(stands['elected'])} 人，其余再选"


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


def rounds(subject: Subject, task_id: str) -> dict[int, dict[int, dict[str, Any]]]:
    """Who stood for election, by motion and round."""
    found: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
    query = select(election_rounds).where(election_rounds.c.task_id == task_id)
    for one in subject.c.execute(query):
        found[one.motion][one.round] = {
            "seats": one.seats,
            "candidates": [(each["place"], each["name"]) for each in one.candidates],
            "elected": one.elected or [],
            "ended": one.ended_at is not None,
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
    elections, said = rounds(subject, row.task_id), dict[int, dict[str, Any]]()
    for one in subject.c.execute(query):
        entry = said.setdefault(one.person_id, {"姓名": one.name, "票数": one.weight, "意见": []})
        stands = dict(elections.get(one.motion, {}).get(one.round, {}).get("candidates", ()))
        chosen = "、".join(stands.get(place, str(place)) for place in one.chosen or ()) or ABSTAIN
        entry["意见"].append((one.motion, one.choice or chosen))
    several = len({place for entry in said.values() for place, _ in entry["意见"]}) > 1
    return [
        entry
        | {"意见": "；".join(f"第 {place} 项{what}" if several else what for place, what in entry["意见"])}
        for entry in said.values()
    ]


def officers(subject: Subject, row: Row[Any]) -> tuple[str, str]:
    """Who counted and who saw to it: those named when it opened, and whoever's names stand under the counts."""
    sheets = _sheets(subject, row.task_id).values()
    counted = [*row.tellers, *(one.entered_by for one in sheets)]
    watched = [*row.scrutineers, *(one.confirmed_by for one in sheets)]
    names = names_of(subject.c, {*counted, *watched}) if counted or watched else {}
    return tuple(  # type: ignore[return-value]
        subject.names(names[person] for person in dict.fromkeys(each) if person in names)
        for each in (counted, watched)
    )
