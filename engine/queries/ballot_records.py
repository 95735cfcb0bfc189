"""A vote that is over, for everybody who sees the matter: its figures, by name who voted how, in secret the receipts;
and the published file, from which anybody can count it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from engine.authorisation import Actor, may_see_matter
from engine.operations import ballot_file, ballot_rows
from engine.people.roster import names_of
from engine.queries.ballot_motions import MotionView, RoundView, round_view
from engine.refusal import NotVisible
from engine.runtime import Runtime
from engine.steps import balloting, counting, threshold
from engine.steps.counting import Decision, Tally, decide
from engine.steps.meeting import MeetingRecord
from engine.steps.method import COUNTED, METHODS, NAMED, SECRET
from engine.store.proceedings import agenda_items
from engine.store.tables import instances, people, units
from engine.store.voting import ballots, counts, election_rounds, motions, receipts, votes


@dataclass(frozen=True)
class Voter:
    """Who voted by name; a choice by motion, in an election by round whom. `weight`: the households represented."""

    name: str
    choices: Mapping[int, str]
    weight: int = 1


@dataclass(frozen=True)
class Record:
    """A vote that is closed: its motions with all figures, and who voted how where it was by name.

    `sheets` are the 计票单 of a vote counted in the hall: motion -> its figures; `decisions` each motion with its
    reckoning; `rounds` those of an election. `receipts` of a secret vote, in order. `digest` is the published file's,
    empty for votes from before there was one.
    """

    title: str
    instance_id: str
    meeting_id: str
    method: str
    method_title: str
    closed_at: datetime
    motions: tuple[MotionView, ...]
    tallies: Mapping[int, Tally]
    voters: tuple[Voter, ...]
    outcome: str | None = None
    sheets: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    task_id: str = ""
    decisions: Mapping[int, Decision] = field(default_factory=dict)
    rounds: tuple[RoundView, ...] = ()
    receipts: tuple[str, ...] = ()
    weighted: bool = False
    tellers: tuple[str, ...] = ()
    scrutineers: tuple[str, ...] = ()
    digest: str = ""

    def has(self, receipt: str) -> bool:
        """Whether this receipt is among those counted; spaces, dashes and case do not matter."""
        return _plain(receipt) in {_plain(one) for one in self.receipts}

    @property
    def elected(self) -> list[str]:
        return [one.name for round_ in self.rounds for one in round_.candidates if one.elected]


def record(rt: Runtime, actor: Actor, task_id: str) -> Record:
    """Raises NotVisible for an open vote too: nobody sees a tally before the end."""
    return rt.database.look(lambda c: _record(c, _closed(c, actor, task_id)))


def file(rt: Runtime, actor: Actor, task_id: str) -> bytes:
    """The published file, for whoever may see the matter. Raises NotVisible."""

    def look(c: Connection) -> bytes | None:
        _closed(c, actor, task_id)
        return published(c, task_id)

    found = rt.database.look(look)
    if found is None:
        raise NotVisible("ballot-file-unknown", "这次表决是以前办的，没有公布文件")
    return found


def published(c: Connection, task_id: str) -> bytes | None:
    """The published file, for whoever has been authorised elsewhere (the public page of a matter); None while it is
    open, and for votes from before there was one.
    """
    text = c.scalar(select(ballots.c.published).where(ballots.c.task_id == task_id))
    return None if text is None else str(text).encode()


def _closed(c: Connection, actor: Actor, task_id: str) -> Row[Any]:
    query = (
        select(ballots, instances.c.title, units.c.path)
        .join(instances, instances.c.id == ballots.c.instance_id)
        .join(units, units.c.id == instances.c.unit_id)
        .where(ballots.c.task_id == task_id)
    )
    row = c.execute(query).one_or_none()
    if row is None or row.closed_at is None or not may_see_matter(c, actor, row.instance_id, row.path):
        raise NotVisible("ballot-unknown", "没有这次表决，或者它还没有结束，或者不在您能查看的范围里")
    return row


def _record(c: Connection, row: Row[Any]) -> Record:
    own = select(motions).where(motions.c.task_id == row.task_id).order_by(motions.c.position)
    found = c.execute(own).all()
    terms = orjson.loads(row.published) if row.published else {}
    tallies = _tallies(c, row)
    officers = names_of(c, [*row.tellers, *row.scrutineers])
    rounds = tuple(map(round_view, _rounds(c, row, terms)))
    outcome = select(agenda_items.c.outcome).where(agenda_items.c.withdrawn_at.is_(None))
    return Record(
        title=row.title,
        instance_id=row.instance_id,
        meeting_id=row.meeting_id,
        method=row.method,
        method_title=METHODS[row.method],
        closed_at=row.closed_at,
        motions=tuple(_motion(one) for one in found),
        tallies=tallies,
        voters=tuple(_voters(c, row)) if row.method == NAMED else (),
        outcome=c.scalar(outcome.where(agenda_items.c.task_id == row.task_id)),
        sheets=dict(_sheets(c, row, found)) if row.method in COUNTED else {},
        task_id=row.task_id,
        decisions=dict(_decisions(terms, found, tallies)),
        rounds=rounds,
        receipts=tuple(_receipts(c, row.task_id)) if row.method == SECRET else (),
        weighted=any(one.get("weighed") for motion in terms.get("motions", ()) for one in motion["rounds"]),
        tellers=tuple(officers.get(person, "") for person in row.tellers),
        scrutineers=tuple(officers.get(person, "") for person in row.scrutineers),
        digest=ballot_file.digest(row.published) if row.published else "",
    )


def _motion(row: Row[Any]) -> MotionView:
    revised = row.revised_at is not None
    return MotionView(row.position, row.text, row.original, False, revised, row.round, 0, False, None)


# ---------------------------------------------------------------- figures


def _tallies(c: Connection, row: Row[Any]) -> dict[int, Tally]:
    if row.method not in COUNTED:
        return ballot_rows.tallies_of(c, row)
    query = (
        select(counts)
        .join(
            motions,
            (motions.c.task_id == counts.c.task_id)
            & (motions.c.position == counts.c.motion)
            & (motions.c.round == counts.c.round),
        )
        .where(counts.c.task_id == row.task_id, counts.c.chosen.is_(None))
    )
    return {
        sheet.motion: Tally(sheet.yes, sheet.no, sheet.abstain, sheet.returned) for sheet in c.execute(query)
    }


def _sheets(c: Connection, row: Row[Any], found: Sequence[Row[Any]]) -> Iterator[tuple[int, dict[str, int]]]:
    """The confirmed count of each motion's last turn, with all figures (procedures.md 11.3)."""
    last = {one.position: one.round for one in found}
    rounds = ballot_rows.rounds_of(c, row.task_id)
    confirmed = select(counts).where(counts.c.task_id == row.task_id, counts.c.confirmed_by.is_not(None))
    for sheet in c.execute(confirmed):
        if sheet.round == last[sheet.motion]:
            known = {"应到": sheet.roll, "实到": sheet.present}
            count = ballot_rows.entered_of(sheet, rounds.get((sheet.motion, sheet.round))).count
            yield sheet.motion, known | count.figures()


def _decisions(
    terms: Mapping[str, Any], found: Sequence[Row[Any]], tallies: Mapping[int, Tally]
) -> Iterator[tuple[int, Decision]]:
    """Every comparison of a motion, as the published file lets anybody make it."""
    for motion, row in zip(terms.get("motions", ()), found, strict=False):
        if "result" in motion and "seats" not in motion and row.position in tallies:
            there = MeetingRecord(**motion["rounds"][-1]["attendance"])
            majority = [one for text in terms["majority"] for one in threshold.parse(text, {})]
            yield row.position, decide(row.text, tallies[row.position], majority, balloting.bases(there))


def _rounds(c: Connection, row: Row[Any], terms: Mapping[str, Any]) -> Iterable[Any]:
    if not any("seats" in motion and motion["rounds"] for motion in terms.get("motions", ())):
        return ()
    [motion] = terms["motions"]
    settings = {"majority": terms["majority"], "rounds": motion["rounds_at_most"]}
    return ballot_rows.ended_rounds(c, row, settings).get(motion["position"], ())


# ---------------------------------------------------------------- people, receipts


def _voters(c: Connection, row: Row[Any]) -> Iterator[Voter]:
    names = _candidates(c, row.task_id)
    query = (
        select(
            votes.c.person_id,
            people.c.name,
            votes.c.motion,
            votes.c.round,
            votes.c.choice,
            votes.c.chosen,
            votes.c.weight,
        )
        .join(people, people.c.id == votes.c.person_id)
        .where(votes.c.task_id == row.task_id)
        .order_by(votes.c.person_id, votes.c.motion, votes.c.round)
    )
    grouped: dict[int, tuple[str, int, dict[int, str]]] = {}
    for one in c.execute(query):
        _, _, choices = grouped.setdefault(one.person_id, (one.name, one.weight, {}))
        if one.choice is not None:
            choices[one.motion] = one.choice
        else:
            choices[one.round] = "、".join(names[place] for place in one.chosen) or counting.ABSTAIN
    for name, weight, choices in grouped.values():
        yield Voter(name, choices, weight)


def _candidates(c: Connection, task_id: str) -> dict[int, str]:
    own = select(election_rounds.c.candidates).where(election_rounds.c.task_id == task_id)
    return {one["place"]: one["name"] for standing in c.scalars(own) for one in standing}


def _plain(receipt: str) -> str:
    return "".join(letter for letter in receipt.upper() if letter.isalnum())


def _receipts(c: Connection, task_id: str) -> list[str]:
    own = select(receipts.c.receipt).where(receipts.c.task_id == task_id).distinct()
    return list(c.scalars(own.order_by(receipts.c.receipt)))
