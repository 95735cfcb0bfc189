"""The published file of a vote: all that is needed to count it once more, and nothing of who voted what.

Written once, when the vote is closed, and kept byte for byte; its digest stands in the journal. `cunyi ballot verify`
(engine.recount) reckons the result from it alone; docs/秘密投票.md explains the format.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Row, select

from engine.operations import ballot_rows
from engine.operations.acting import Act
from engine.runtime import SHANGHAI
from engine.steps import election
from engine.steps.balloting import Ballot, Entered, Motion
from engine.steps.counting import ElectionCount
from engine.steps.meeting import INQUORATE, MeetingRecord
from engine.steps.method import COUNTED, METHODS, SECRET, is_weighted
from engine.store.tables import units
from engine.store.voting import counts, election_rounds, receipts

FORMAT = "cunyi-ballot/1"


def digest(text: str) -> str:
    """As the journal has it, and whoever holds the file can reckon it."""
    return hashlib.sha256(text.encode()).hexdigest()


def write(
    act: Act,
    row: Row[Any],
    held: Row[Any],
    ballot: Ballot,
    result: Mapping[str, Any],
    at_quorum: MeetingRecord,
) -> str:
    """The file of a vote that closes now; `at_quorum`: the attendance its quorum was judged by."""
    counted = result["结论"] != INQUORATE
    procedure = act.runtime.loaded(act.work.row.version_id)
    file = {
        "format": FORMAT,
        "procedure": {
            "key": act.work.row.procedure_key,
            "title": procedure.title,
            "version": act.work.row.version,
        },
        "matter": {"number": act.work.row.number, "title": act.work.row.title},
        "step": act.task.name,
        "meeting": _meeting(act, held),
        "method": ballot.method,
        "method_title": METHODS[ballot.method],
        "quorum": list(act.settings["quorum"]),
        "majority": list(act.settings["majority"]),
        "attendance": ballot_rows.figures_of(at_quorum),
        "motions": [
            _motion(act, row, motion, result, at_quorum, counted=counted)
            for _, motion in sorted(ballot.motions.items())
        ],
        "result": {"outcome": result["结论"]},
    }
    return orjson.dumps(file, option=orjson.OPT_INDENT_2).decode() + "\n"


def _meeting(act: Act, held: Row[Any]) -> dict[str, str]:
    unit = act.c.scalar(select(units.c.name).where(units.c.id == held.unit_id))
    opened = held.opened_at.astimezone(SHANGHAI)
    return {"name": held.name, "unit": str(unit), "day": opened.date().isoformat()}


# ---------------------------------------------------------------- one motion


def _motion(
    act: Act,
    row: Row[Any],
    motion: Motion,
    result: Mapping[str, Any],
    came: MeetingRecord,
    *,
    counted: bool,
) -> dict[str, Any]:
    found: dict[str, Any] = {"position": motion.position, "text": motion.text}
    if motion.election is None:
        rounds = _turns(act, row, motion, came) if counted else ()
        return found | {"rounds": list(rounds)} | ({"result": _decided(motion, result)} if counted else {})
    found |= {"seats": result["应选"], "rounds_at_most": act.settings["rounds"]}
    found |= {"stopped": True} if act.data.get(election.STOP) and result["缺额"] else {}
    found["rounds"] = list(_rounds(act, row, motion)) if counted else []
    return found | {"result": {"当选人": result["当选人"], "缺额": result["缺额"]}}


def _decided(motion: Motion, result: Mapping[str, Any]) -> dict[str, Any]:
    record = result["议案"][motion.position - 1]
    return {name: record[name] for name in ("赞成", "反对", "弃权")} | {"passed": record["通过"]}


def _turns(act: Act, row: Row[Any], motion: Motion, came: MeetingRecord) -> Iterator[dict[str, Any]]:
    """Every turn of voting on a motion; all but the last were void."""
    sheets = _sheets(act, motion) if row.method in COUNTED else {}
    for turn in range(1, motion.round + 1):
        void = {"void": True} if turn < motion.round else {}
        if turn in sheets:
            entered = ballot_rows.entered_of(sheets[turn])
            yield (
                {"round": turn, "attendance": ballot_rows.figures_of(entered.there)}
                | void
                | _counted(act, entered)
            )
        else:
            known = {"round": turn, "attendance": ballot_rows.figures_of(came)}
            yield known | (void or _voted(act, row, motion.position, turn))


def _rounds(act: Act, row: Row[Any], motion: Motion) -> Iterator[dict[str, Any]]:
    """Every turn of an election, with those who stood in it."""
    rounds = ballot_rows.rounds_of(act.c, row.task_id)
    sheets = _sheets(act, motion) if row.method in COUNTED else {}
    own = (election_rounds.c.task_id == row.task_id, election_rounds.c.motion == motion.position)
    for one in act.c.execute(select(election_rounds).where(*own).order_by(election_rounds.c.round)).all():
        round_ = rounds[motion.position, one.round]
        standing = [{"place": each.place, "name": each.name} for each in round_.candidates]
        known: dict[str, Any] = {"round": one.round, "seats": round_.seats, "candidates": standing}
        if one.round in sheets:
            entered = ballot_rows.entered_of(sheets[one.round], round_)
            known |= {"attendance": ballot_rows.figures_of(entered.there)} | _counted(act, entered)
        elif one.ended_at is not None:
            known |= {"attendance": one.attendance} | _voted(act, row, motion.position, one.round)
        if one.ended_at is None:
            yield known | {"void": True}
        else:
            votes = ballot_rows.standing_of(act.c, row, motion.position, one.round, round_).votes
            stated = [{"place": place, "votes": number} for place, number in votes.items()]
            yield known | {"votes": stated, "elected": one.elected}


def _voted(act: Act, row: Row[Any], motion: int, turn: int) -> dict[str, Any]:
    """The papers of a vote on phones, and of a secret one the receipts; neither joined to the other."""
    weighed = is_weighted(act.settings)
    papers = ballot_rows.papers_of(act.c, row, motion, turn)
    found: dict[str, Any] = {"weighed": True} if weighed else {}
    if row.method == SECRET:
        own = (receipts.c.task_id == row.task_id, receipts.c.motion == motion, receipts.c.round == turn)
        query = select(receipts.c.receipt).where(*own).order_by(receipts.c.receipt)
        found["receipts"] = list(act.c.scalars(query))
    return found | {
        "ballots": [[paper, times] for paper, times in papers] if weighed else [p for p, _ in papers]
    }


def _counted(act: Act, entered: Entered) -> dict[str, Any]:
    """A 计票单: in an election the votes by the candidates' places."""
    weighed = {"weighed": True} if is_weighted(act.settings) else {}
    if not isinstance(entered.count, ElectionCount):
        return weighed | {"count": entered.count.figures()}
    count = entered.count
    papers = {"发出": count.issued, "收回": count.returned, "有效": count.valid, "无效": count.invalid}
    chosen = [{"place": place, "votes": votes} for place, votes in count.votes.items()]
    return weighed | {"count": papers | {"chosen": chosen}}


def _sheets(act: Act, motion: Motion) -> dict[int, Row[Any]]:
    """The counts of a motion by turn of voting; those that were confirmed."""
    own = (counts.c.task_id == act.task.id, counts.c.motion == motion.position)
    confirmed = select(counts).where(*own, counts.c.confirmed_by.is_not(None))
    return {sheet.round: sheet for sheet in act.c.execute(confirmed)}
