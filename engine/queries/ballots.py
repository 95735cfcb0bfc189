"""A vote as pages and API show it. While it is open nobody sees a tally; afterwards everybody who sees the matter sees
who voted how, and can reckon it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from engine.authorisation import Actor
from engine.operations import ballot_rows
from engine.people.roster import names_of
from engine.queries import ballot_motions
from engine.queries import meetings as meeting_queries
from engine.queries.ballot_motions import MotionView
from engine.queries.ballot_records import Record, file, published, record
from engine.queries.meetings import Joinable, MeetingView
from engine.runtime import Runtime
from engine.steps import announcing, balloting, counting, meeting, sheets
from engine.steps.balloting import Ballot
from engine.steps.kind import CHAIR, MEMBER, RECORDER
from engine.steps.meeting import MeetingRecord, Quorum
from engine.steps.method import COUNTED, METHODS, ON_PHONE
from engine.store.proceedings import meeting_members

__all__ = ["Record", "VoteView", "file", "published", "record", "view"]


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
    tellers: tuple[str, ...] = ()
    weight: int = 1  # how many times the reader's vote counts: the households represented
    weighted: bool = False  # votes count as many times as their members represent households

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
        if self.meeting is None or self.method not in ON_PHONE:
            return 0
        return max((m.waiting for m in self.motions), default=0)

    @property
    def voted_out(self) -> bool:
        """Everybody there has voted, or all counts are confirmed: it stands, though people have left since."""
        if self.counted:
            return all(m.sheet is not None and m.sheet.confirmed for m in self.motions)
        return self.on_phone and not self.waited_for and all(m.votes for m in self.motions)

    @property
    def on_phone(self) -> bool:
        """Members vote on their phones, by name or in secret."""
        return self.method in ON_PHONE

    @property
    def counted(self) -> bool:
        """Papers or hands are counted in the hall."""
        return self.method in COUNTED

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
    opened = ballot_rows.find(c, row.id)
    is_voter = MEMBER in roles and shown is not None and shown.mine != ""
    vote = VoteView(
        meeting=shown,
        quorum=meeting.quorum(settings, record),
        hindrance=hindrance,
        last_place=meeting_queries.last_place(c, row.unit_id, settings) if convenes else "",
        joinable=_joinable(c, row, settings, shown) if convenes else (),
        method=opened.method if opened else "",
        method_title=METHODS.get(opened.method, "") if opened else "",
        motions=ballot_motions.announced(settings, row.title),
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
    ballot = ballot_rows.ballot_of(rt, c, opened, settings)
    shown_motions = tuple(ballot_motions.of_ballot(c, opened, ballot, settings, record, actor.person_id))
    ballot = ballot_rows.with_turnout(ballot, {m.position: (m.votes, 0) for m in shown_motions})
    named = names_of(c, [*ballot.tellers, *ballot.scrutineers])
    vote = replace(
        vote,
        motions=shown_motions,
        scrutineers=tuple(named.get(person, "") for person in ballot.scrutineers),
        tellers=tuple(named.get(person, "") for person in ballot.tellers),
        weight=_weight(c, opened.meeting_id, actor.person_id) if settings.get("weights") else 1,
        weighted=bool(settings.get("weights")),
    )
    return replace(vote, acts=tuple(_during(vote, ballot, actor.person_id, leads)))


def _weight(c: Connection, meeting_id: str, person: int) -> int:
    own = (meeting_members.c.meeting_id == meeting_id, meeting_members.c.person_id == person)
    return int(c.scalar(select(meeting_members.c.weight).where(*own)) or 0)


def _joinable(
    c: Connection, row: Any, settings: Mapping[str, Any], shown: MeetingView | None
) -> tuple[Joinable, ...]:
    return tuple(meeting_queries.joinable(c, row.unit_id, settings, shown.id if shown else ""))


def _majority(settings: Mapping[str, Any], record: MeetingRecord) -> tuple[str, ...]:
    """`至少 2/3 到会：20 票`; without the number where it depends on the papers, or nobody is there yet."""
    bases = balloting.bases(record)
    return tuple(
        f"{one}：要 {one.least(bases[one.base])} 票" if record.roll and bases.get(one.base) else str(one)
        for one in meeting.thresholds(settings, "majority")
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


def _during(vote: VoteView, ballot: Ballot, person: int, leads: bool) -> Iterator[str]:
    if vote.meeting is not None and vote.meeting.mine not in ("", "present"):
        yield "attend"
    if (
        vote.on_phone
        and vote.is_voter
        and vote.is_present
        and vote.quorum.holds
        and vote.to_vote
        and vote.weight
    ):
        yield "cast"
    waiting = [m for m in sheets.waiting(ballot) if m.entered is not None and not m.entered.dispute]
    if person in ballot.scrutineers and any(
        person not in m.entered.hands for m in waiting if m.entered is not None
    ):
        yield "confirm_count"
    if person in ballot.tellers and not leads and _to_count(ballot):
        yield "enter_count"
    if leads:
        yield from _leading(vote, ballot, person)


def _leading(vote: VoteView, ballot: Ballot, person: int) -> Iterator[str]:
    every = ballot.motions.values()
    done = all(m.counted if vote.counted else m.voted for m in every)
    if not vote.quorum.holds and not vote.voted_out:
        yield from ("attend", "close")
        return
    if any(m.waits_for_reading for m in every):
        yield "read_out"
    may_count = person not in ballot.scrutineers and person not in ballot.involved
    if may_count and _to_count(ballot) and (person in ballot.tellers or not ballot.tellers):
        yield "enter_count"
    if done:
        yield "close"
    yield "attend"
    if not any(m.election for m in every) and any(not m.begun for m in every):
        yield "revise"


def _to_count(ballot: Ballot) -> bool:
    return ballot.method in COUNTED and any(not motion.counted for motion in ballot.motions.values())
