"""A vote as pages and API show it. While it is open nobody sees a tally; afterwards everybody who sees the matter sees
who voted how, and can reckon it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from engine.authorisation import Actor, may_see_matter
from engine.operations.ballots import entered_of, motion_of, scrutineers_of
from engine.people.roster import names_of
from engine.queries import meetings as meeting_queries
from engine.queries.meetings import Joinable, MeetingView, Paper
from engine.refusal import NotVisible
from engine.runtime import Runtime
from engine.steps import announcing, balloting, counting, meeting
from engine.steps.balloting import Ballot, Motion
from engine.steps.counting import Count, Decision, Tally, decide
from engine.steps.kind import CHAIR, MEMBER, RECORDER
from engine.steps.meeting import MeetingRecord, Quorum
from engine.steps.method import COUNTED, METHODS, NAMED
from engine.store.proceedings import agenda_items
from engine.store.tables import file_uses, instances, people, units
from engine.store.voting import ballots, counts, motions, votes


@dataclass(frozen=True)
class Sheet:
    """A count as it was entered, and what it would come to once it is confirmed."""

    figures: Mapping[str, int]
    void: bool
    confirmed: bool
    entered_by: str
    dispute: str
    evidence: tuple[Paper, ...]
    decision: Decision | None


@dataclass(frozen=True)
class MotionView:
    """`votes`: how many have voted on it, never what; `is_mine`: the reader has."""

    position: int
    text: str
    original: str
    waits_for_reading: bool
    revised: bool
    round: int
    votes: int
    is_mine: bool
    sheet: Sheet | None


@dataclass(frozen=True)
class VoteView:
    """What a step of kind `ballot` shows. `acts` are possible now for this person, the next one first.

    `method` is empty before the vote opens. `majority` are the thresholds of a motion with the votes each needs now.
    """

    meeting: MeetingView | None
    quorum: Quorum
    hindrance: str
    last_place: str
    joinable: tuple[Joinable, ...]
    method: str
    method_title: str
    motions: tuple[MotionView, ...]
    majority: tuple[str, ...]
    scrutineers: tuple[str, ...]
    acts: tuple[str, ...]
    is_voter: bool = False
    is_present: bool = False
    scrutineer_posts: tuple[str, ...] = ()  # who sees to a count when nobody else is named
    thresholds: tuple[str, ...] = ()  # of the quorum, as set
    only_voters: bool = True  # nobody but the roll belongs to the body: one count says whether enough came
    suggested: datetime | None = None  # a time to begin with when it is convened

    @property
    def to_vote(self) -> list[MotionView]:
        """What the reader has still to vote on."""
        return [m for m in self.motions if not m.is_mine and not m.waits_for_reading]

    @property
    def to_count(self) -> list[MotionView]:
        return [m for m in self.motions if m.sheet is None or not m.sheet.confirmed]

    @property
    def waited_for(self) -> int:
        """How many of those present have not voted on some motion yet."""
        if self.meeting is None or self.method != NAMED:
            return 0
        return max((self.meeting.record.present - m.votes for m in self.motions), default=0)

    @property
    def items_to_confirm(self) -> list[tuple[int, str]]:
        return [(m.position, f"第 {m.position} 项：{m.text[:30]}") for m in self.to_confirm]

    @property
    def figures_to_confirm(self) -> str:
        """What is shown of the counts to be confirmed, to be handed back: a count that was changed since is not."""
        shown = {m.position: m.sheet.figures for m in self.to_confirm if m.sheet and not m.sheet.dispute}
        return counting.in_figures(shown)

    @property
    def to_confirm(self) -> list[MotionView]:
        return [m for m in self.motions if m.sheet is not None and not m.sheet.confirmed]


def view(rt: Runtime, c: Connection, actor: Actor, row: Any, roles: frozenset[str]) -> VoteView:
    """The vote of a step (a row of its task), with all a page needs to go on."""
    settings = row.settings
    found = meeting_queries.of_task(c, row.id)
    leads = bool(roles & {CHAIR, RECORDER})
    shown = meeting_queries.show(rt, c, actor, found, leads=leads) if found is not None else None
    record = shown.record if shown else MeetingRecord()
    hindrance = meeting_queries.hindrance_of(settings, record, rt.now(), rt.calendar(c))
    convenes = leads and record.status in ("", "convened")
    opened = c.execute(select(ballots).where(ballots.c.task_id == row.id)).one_or_none()
    is_voter = MEMBER in roles and shown is not None and shown.mine != ""
    vote = VoteView(
        meeting=shown,
        quorum=meeting.quorum(settings, record),
        hindrance=hindrance,
        last_place=meeting_queries.last_place(c, row.unit_id, settings) if convenes else "",
        joinable=_joinable(c, row, settings, shown) if convenes else (),
        method=opened.method if opened else "",
        method_title=METHODS.get(opened.method, "") if opened else "",
        motions=_announced(settings, row.title),
        majority=_majority(settings, record),
        scrutineers=(),
        acts=(),
        is_voter=is_voter,
        is_present=shown is not None and shown.mine == "present",
        scrutineer_posts=tuple(settings["scrutineers"]),
        thresholds=tuple(settings["quorum"]),
        only_voters=not settings["also"],
        suggested=announcing.suggested(settings, rt.now(), rt.calendar(c)) if convenes else None,
    )
    if opened is None:
        first = _before(settings, record, leads, hindrance)
        return replace(vote, acts=(*first, *meeting_queries.replying(shown)))
    confirming = scrutineers_of(rt, c, opened, settings)
    ballot = replace(_ballot(c, opened), scrutineers=confirming)
    mine = _mine(c, opened.task_id, actor.person_id)
    sheets = _evidence(c, opened)
    shown_motions = tuple(_shown(c, ballot, settings, record, mine, sheets))
    named = names_of(c, confirming)
    vote = replace(
        vote,
        motions=shown_motions,
        scrutineers=tuple(named.get(person, "") for person in confirming),
    )
    return replace(vote, acts=tuple(_during(vote, ballot, settings, actor.person_id, leads)))


def _joinable(
    c: Connection, row: Any, settings: Mapping[str, Any], shown: MeetingView | None
) -> tuple[Joinable, ...]:
    return tuple(meeting_queries.joinable(c, row.unit_id, settings, shown.id if shown else ""))


def _announced(settings: Mapping[str, Any], title: str) -> tuple[MotionView, ...]:
    texts = settings["motions"] or [title]
    return tuple(
        MotionView(place, text, text, False, False, 1, 0, False, None)
        for place, text in enumerate(texts, start=1)
    )


def _majority(settings: Mapping[str, Any], record: MeetingRecord) -> tuple[str, ...]:
    """`至少 2/3 到会：20 票`; without the number where it depends on the papers, or nobody is there yet."""
    bases = balloting.bases(record)
    return tuple(
        f"{one}：要 {one.least(bases[one.base])} 票" if record.roll and bases.get(one.base) else str(one)
        for one in meeting.thresholds(settings, "majority")
    )


# ---------------------------------------------------------------- the ballot


def _ballot(c: Connection, row: Row[Any]) -> Ballot:
    cast = dict[int, int]()
    query = select(votes.c.motion, func.count().label("number")).where(votes.c.task_id == row.task_id)
    if row.method == NAMED:
        cast = {row.motion: row.number for row in c.execute(query.group_by(votes.c.motion))}
    entered = {}
    if row.method in COUNTED:
        sheets = c.execute(select(counts).where(counts.c.task_id == row.task_id))
        entered = {(sheet.motion, sheet.round): entered_of(sheet) for sheet in sheets}
    own = select(motions).where(motions.c.task_id == row.task_id).order_by(motions.c.position)
    found = {
        m.position: replace(motion_of(m, entered.get((m.position, m.round))), voted=cast.get(m.position, 0))
        for m in c.execute(own)
    }
    return Ballot(row.method, tuple(row.scrutineers), found)


def _mine(c: Connection, task_id: str, person_id: int) -> frozenset[int]:
    own = (votes.c.task_id == task_id, votes.c.person_id == person_id)
    return frozenset(c.scalars(select(votes.c.motion).where(*own)))


def _shown(
    c: Connection,
    ballot: Ballot,
    settings: Mapping[str, Any],
    record: MeetingRecord,
    mine: frozenset[int],
    evidence: Mapping[tuple[int, int], tuple[Paper, ...]],
) -> Iterator[MotionView]:
    people_ids = [m.entered.by for m in ballot.motions.values() if m.entered and m.entered.by is not None]
    who = names_of(c, people_ids) if people_ids else {}
    for position, motion in ballot.motions.items():
        yield MotionView(
            position,
            motion.text,
            motion.original,
            motion.waits_for_reading,
            motion.revised,
            motion.round,
            motion.voted,
            position in mine,
            _sheet(motion, settings, record, who, evidence.get((position, motion.round), ())),
        )


def _evidence(c: Connection, row: Row[Any]) -> dict[tuple[int, int], tuple[Paper, ...]]:
    """Photos of the counts, by motion and round; they belong to the matter as the counts do."""
    if row.method not in COUNTED:
        return {}
    sheets = c.execute(select(counts).where(counts.c.task_id == row.task_id)).all()
    ids = {each for sheet in sheets for each in sheet.evidence}
    query = select(file_uses.c.file_id, file_uses.c.name).where(
        file_uses.c.file_id.in_(ids), file_uses.c.instance_id == row.instance_id
    )
    names = {file.file_id: file.name for file in c.execute(query)} if ids else {}
    return {
        (sheet.motion, sheet.round): tuple(Paper(e, names[e]) for e in sheet.evidence if e in names)
        for sheet in sheets
    }


def _sheet(
    motion: Motion,
    settings: Mapping[str, Any],
    record: MeetingRecord,
    who: Mapping[int, str],
    evidence: tuple[Paper, ...],
) -> Sheet | None:
    entered = motion.entered
    if entered is None:
        return None
    majority = meeting.thresholds(settings, "majority")
    count, there = entered.count, balloting.attendance(motion, record)
    return Sheet(
        figures=count.figures(),
        void=count.void,
        confirmed=entered.confirmed,
        entered_by=who.get(entered.by or 0, ""),
        dispute=entered.dispute,
        evidence=evidence,
        decision=decide(motion.text, count.tally, majority, balloting.bases(there))
        if isinstance(count, Count) and not count.void
        else None,
    )


# ---------------------------------------------------------------- what may be done now


def _before(settings: Mapping[str, Any], record: MeetingRecord, leads: bool, hindrance: str) -> Iterator[str]:
    if not leads:
        return
    if record.is_open:
        yield "open"  # another item opened the meeting: this one begins
    elif record.status in ("", "convened"):
        announced = not settings["announce"] or record.announced_at is not None
        if record.status:
            yield from ("announce",) if not announced else ("open",) if not hindrance else ()
        yield "convene"


def _during(
    vote: VoteView, ballot: Ballot, settings: Mapping[str, Any], person: int, leads: bool
) -> Iterator[str]:
    if vote.meeting is not None and vote.meeting.mine not in ("", "present"):
        yield "attend"
    if vote.method == NAMED and vote.is_voter and vote.is_present and vote.quorum.holds and vote.to_vote:
        yield "cast"
    waiting = [m for m in balloting.waiting(ballot) if m.entered is not None and not m.entered.dispute]
    if person in ballot.scrutineers and any(
        person not in m.entered.hands for m in waiting if m.entered is not None
    ):
        yield "confirm_count"
    if leads:
        yield from _leading(vote, ballot, settings, person)


def _leading(vote: VoteView, ballot: Ballot, settings: Mapping[str, Any], person: int) -> Iterator[str]:
    if not vote.quorum.holds:
        yield from ("attend", "close")
        return
    every = ballot.motions.values()
    if any(m.waits_for_reading for m in every):
        yield "read_out"
    may_count = person not in ballot.scrutineers and person not in settings["handlers"]
    if vote.method in COUNTED and may_count and any(not m.counted for m in every):
        yield "enter_count"
    done = all(m.counted if vote.method in COUNTED else m.voted for m in every)
    if done:
        yield "close"
    yield "attend"
    if any(not m.begun for m in every):
        yield "revise"


# ---------------------------------------------------------------- afterwards


@dataclass(frozen=True)
class Voter:
    name: str
    choices: Mapping[int, str]  # by motion


@dataclass(frozen=True)
class Record:
    """A vote that is closed: its motions with all figures, and who voted how where it was by name.

    `sheets` are the 计票单 of a vote on paper: motion -> the nine figures.
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


def record(rt: Runtime, actor: Actor, task_id: str) -> Record:
    """Raises NotVisible for an open vote too: nobody sees a tally before the end."""
    return rt.database.look(lambda c: _record(c, actor, task_id))


def _record(c: Connection, actor: Actor, task_id: str) -> Record:
    query = (
        select(ballots, instances.c.title, units.c.path)
        .join(instances, instances.c.id == ballots.c.instance_id)
        .join(units, units.c.id == instances.c.unit_id)
        .where(ballots.c.task_id == task_id)
    )
    row = c.execute(query).one_or_none()
    if row is None or row.closed_at is None or not may_see_matter(c, actor, row.instance_id, row.path):
        raise NotVisible("ballot-unknown", "没有这次表决，或者它还没有结束，或者不在您能查看的范围里")
    ballot = _ballot(c, row)
    cast = list(_cast(c, task_id)) if row.method == NAMED else []
    tallies = counting.tallied((motion, choice, 1) for _, _, motion, choice in cast)
    if row.method in COUNTED:
        tallies = {
            m.position: m.entered.count.tally
            for m in ballot.motions.values()
            if m.entered and isinstance(m.entered.count, Count)
        }
    return Record(
        title=row.title,
        instance_id=row.instance_id,
        meeting_id=row.meeting_id,
        method=row.method,
        method_title=METHODS[row.method],
        closed_at=row.closed_at,
        motions=tuple(
            MotionView(m.position, m.text, m.original, False, m.revised, m.round, m.voted, False, None)
            for m in ballot.motions.values()
        ),
        tallies=tallies,
        voters=tuple(_voters(cast)),
        outcome=c.scalar(_OUTCOME.where(agenda_items.c.task_id == task_id)),
        sheets=dict(_sheets(c, ballot, task_id)) if row.method in COUNTED else {},
    )


_OUTCOME = select(agenda_items.c.outcome).where(agenda_items.c.withdrawn_at.is_(None))


def _sheets(c: Connection, ballot: Ballot, task_id: str) -> Iterator[tuple[int, dict[str, int]]]:
    """The confirmed count of each motion's last round, all nine figures (procedures.md 11.3)."""
    confirmed = select(counts).where(counts.c.task_id == task_id, counts.c.confirmed_by.is_not(None))
    for sheet in c.execute(confirmed):
        if sheet.round == ballot.motions[sheet.motion].round:
            known = {"应到": sheet.roll, "实到": sheet.present}
            yield sheet.motion, known | entered_of(sheet).count.figures()


def _cast(c: Connection, task_id: str) -> Iterable[tuple[int, str, int, str]]:
    query = (
        select(votes.c.person_id, people.c.name, votes.c.motion, votes.c.choice)
        .join(people, people.c.id == votes.c.person_id)
        .where(votes.c.task_id == task_id)
        .order_by(votes.c.person_id, votes.c.motion)
    )
    for row in c.execute(query):
        yield row.person_id, row.name, row.motion, row.choice


def _voters(cast: Sequence[tuple[int, str, int, str]]) -> Iterator[Voter]:
    grouped: dict[int, tuple[str, dict[int, str]]] = {}
    for person, name, motion, choice in cast:
        grouped.setdefault(person, (name, {}))[1][motion] = choice
    for name, choices in grouped.values():
        yield Voter(name, choices)
