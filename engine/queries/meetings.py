"""Meetings as pages and API show them: one step's meeting, a meeting with its agenda, and those of one's units."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from engine.authorisation import Actor, meeting_filter, visible_matters
from engine.operations.meetings import record_of
from engine.queries import invited
from engine.queries.invited import Invited
from engine.refusal import NotVisible, Refusal
from engine.runtime import Runtime
from engine.steps import announcing, meeting
from engine.steps.kind import CHAIR, RECORDER
from engine.steps.meeting import MeetingRecord, Quorum
from engine.store.proceedings import agenda_items, meeting_members, meetings
from engine.store.tables import file_uses, people, tasks, units
from engine.store.voting import ballots


@dataclass(frozen=True)
class Member:
    """Somebody on the frozen roll. `attendance`: unknown, present, leave, absent, or left (came, and went early).

    `in_place_of` is who gave this person the seat, and `seat` the id both are ticked by. `by_code`: signed in with the
    code of the hall.
    """

    id: int
    name: str
    is_voter: bool
    attendance: str
    seat: int = 0
    in_place_of: str | None = None
    came_at: datetime | None = None
    left_at: datetime | None = None
    by_code: bool = False
    weight: int = 1


@dataclass(frozen=True)
class Item:
    """A line of the agenda. Without `instance_id` the reader may not see that matter."""

    title: str
    step: str
    outcome: str | None
    instance_id: str | None
    task_id: str | None
    ballot_id: str | None = None  # the task of a vote that is over: its record may be read


@dataclass(frozen=True)
class Paper:
    id: str
    name: str


@dataclass(frozen=True)
class MeetingView:
    """A meeting. `mine` is the reader's own attendance; empty before it opens and for who is not on the roll.

    `leads`: the reader presides or keeps the record. `invited`: the invitation and its answers, until it opens.
    """

    id: str
    name: str
    unit: str
    place: str
    starts_at: datetime
    status: str
    chair: str
    recorder: str | None
    needs_announcement: bool
    announced_at: datetime | None
    channels: list[str]
    evidence: list[Paper]
    guests: list[str]
    opened_at: datetime | None
    ended_at: datetime | None
    minutes: str
    papers: list[Paper]
    record: MeetingRecord
    agenda: list[Item]
    members: list[Member]
    mine: str = ""
    leads: bool = False
    invited: Invited | None = None


@dataclass(frozen=True)
class Joinable:
    """A convened meeting that this step could be put on instead of a new one."""

    id: str
    place: str
    starts_at: datetime


@dataclass(frozen=True)
class Deliberation:
    """What a step of kind `deliberate` shows. `acts` are possible now for this person, the next one first.

    `hindrance` says why it cannot be opened yet. `outcomes` are those that attendance allows now.
    """

    is_convened: bool
    meeting: MeetingView | None
    quorum: Quorum
    acts: tuple[str, ...]
    outcomes: tuple[str, ...]
    hindrance: str = ""
    last_place: str = ""
    joinable: tuple[Joinable, ...] = ()
    thresholds: tuple[str, ...] = ()  # of the quorum, as the diagram asks for them
    suggested: datetime | None = None  # a time to begin with when it is convened
    only_voters: bool = (
        True  # nobody but the roll belongs to the body, so that one count says whether enough came
    )


# ---------------------------------------------------------------- one step


def view(rt: Runtime, c: Connection, actor: Actor, row: Any, roles: frozenset[str]) -> Deliberation:
    """The meeting of a step of kind `deliberate` (a row of its task), with all a page needs to go on."""
    settings = row.settings
    found = of_task(c, row.id)
    leads = bool(roles & {CHAIR, RECORDER})
    shown = show(rt, c, actor, found, leads=leads) if found is not None else None
    record = shown.record if shown else MeetingRecord()
    hindrance = hindrance_of(settings, record, rt.now(), rt.calendar(c))
    quorum = meeting.quorum(settings, record)
    convenes = record.status in ("", "convened") and leads
    return Deliberation(
        is_convened=meeting.is_convened(settings),
        meeting=shown,
        quorum=quorum,
        acts=tuple(_acts(settings, record, leads, hindrance, shown)),
        outcomes=tuple(settings["outcomes"] if quorum.holds else (meeting.INQUORATE,)),
        hindrance=hindrance,
        last_place=last_place(c, row.unit_id, settings) if convenes else "",
        joinable=tuple(joinable(c, row.unit_id, settings, shown.id if shown else "")) if convenes else (),
        thresholds=tuple(settings["quorum"]),
        suggested=announcing.suggested(settings, rt.now(), rt.calendar(c)) if convenes else None,
        only_voters=not settings["also"],
    )


def of_task(c: Connection, task_id: str) -> Row[Any] | None:
    """The meeting a step is dealt with in."""
    on = (agenda_items.c.task_id == task_id, agenda_items.c.withdrawn_at.is_(None))
    wanted = select(agenda_items.c.meeting_id).where(*on).scalar_subquery()
    return c.execute(_MEETING.where(meetings.c.id == wanted)).one_or_none()


def hindrance_of(settings: Mapping[str, Any], record: MeetingRecord, now: datetime, calendar: Any) -> str:
    """Why a convened meeting cannot be opened now, in Chinese; empty where it can."""
    if record.status != "convened":
        return ""
    try:
        announcing.require_openable(settings, record, now, calendar)
    except Refusal as refusal:
        return refusal.message
    return ""


def _acts(
    settings: Mapping[str, Any],
    record: MeetingRecord,
    leads: bool,
    hindrance: str,
    shown: MeetingView | None,
) -> Iterator[str]:
    mine = shown.mine if shown else ""
    if not meeting.is_convened(settings):
        yield from ("close",) if leads else ()
    elif leads and record.status in ("", "convened"):
        announced = not settings["announce"] or record.announced_at is not None
        if record.status:
            yield from ("announce",) if not announced else ("open",) if not hindrance else ()
        yield "convene"
        yield from replying(shown)
    elif record.status == "convened":
        yield from replying(shown)
    elif record.is_open:
        yield from ("attend", "close") if leads else ("attend",) if mine not in ("", "present") else ()


def replying(shown: MeetingView | None) -> Iterator[str]:
    """答复 is possible for who is invited, and for those who write down what others said."""
    if shown is not None and shown.invited is not None and (shown.invited.is_invited or shown.leads):
        yield "reply"


def last_place(c: Connection, unit_id: int, settings: Mapping[str, Any]) -> str:
    """Where this unit met last: a meeting of the same name before any other."""
    query = select(meetings.c.place).where(meetings.c.unit_id == unit_id)
    query = query.order_by((meetings.c.name == settings["meeting"]).desc(), meetings.c.convened_at.desc())
    return c.scalar(query.limit(1)) or ""


def joinable(c: Connection, unit_id: int, settings: Mapping[str, Any], but: str) -> Iterator[Joinable]:
    """Convened meetings of the same name, unit and terms."""
    terms = meeting.terms(settings)
    same = (
        meetings.c.unit_id == unit_id,
        meetings.c.name == settings["meeting"],
        meetings.c.status == "convened",
        meetings.c.id != but,
    )
    for row in c.execute(select(meetings).where(*same).order_by(meetings.c.starts_at).limit(20)):
        if row.terms == terms:
            yield Joinable(row.id, row.place, row.starts_at)


# ---------------------------------------------------------------- one meeting


def one(rt: Runtime, actor: Actor, meeting_id: str) -> MeetingView:
    """A meeting with its roll. Raises NotVisible."""
    return rt.database.look(lambda c: _one(rt, c, actor, meeting_id))


def pulse(rt: Runtime, actor: Actor, meeting_id: str) -> str:
    """What changes when somebody comes or the meeting goes on: `open-20`. Raises NotVisible."""

    def read(c: Connection) -> str:
        row = read_meeting(c, actor, meeting_id)
        return f"{row.status}-{record_of(c, row).body_present}"

    return rt.database.look(read)


def _one(rt: Runtime, c: Connection, actor: Actor, meeting_id: str) -> MeetingView:
    row = read_meeting(c, actor, meeting_id)
    return show(rt, c, actor, row, leads=invited.conducts(c, actor, row), every_member=True)


def read_meeting(c: Connection, actor: Actor, meeting_id: str) -> Row[Any]:
    """The row of a meeting this person may see, with its unit, chair and recorder. Raises NotVisible."""
    row = c.execute(_MEETING.where(meetings.c.id == meeting_id, meeting_filter(actor))).one_or_none()
    if row is None:
        raise NotVisible("meeting-unknown", "没有这次会议，或者它不在您能查看的范围里")
    return row


def show(
    rt: Runtime,
    c: Connection,
    actor: Actor,
    row: Row[Any],
    *,
    leads: bool,
    every_member: bool = False,
) -> MeetingView:
    """A meeting (a row of `of_task`), with its whole roll for who conducts it, and where that is wanted."""
    every_member = every_member or leads
    members = list(_members(c, row.id, None if every_member else actor.person_id)) if row.opened_at else []
    papers = _papers(c, actor, [*row.evidence, *row.papers])
    return MeetingView(
        id=row.id,
        name=row.name,
        unit=row.unit,
        place=row.place,
        starts_at=row.starts_at,
        status=row.status,
        chair=row.chair,
        recorder=row.recorder,
        needs_announcement=row.needs_announcement,
        announced_at=row.announced_at,
        channels=row.channels,
        evidence=[papers[each] for each in row.evidence if each in papers],
        guests=row.guests,
        opened_at=row.opened_at,
        ended_at=row.ended_at,
        minutes=row.minutes,
        papers=[papers[each] for each in row.papers if each in papers],
        record=record_of(c, row),
        agenda=list(_agenda(c, actor, row.id)),
        members=members if every_member else [],
        mine=next((m.attendance for m in members if m.id == actor.person_id), ""),
        leads=leads,
        invited=invited.view(rt, c, actor, row, row.unit_path, leads=leads),
    )


_CHAIR, _RECORDER = people.alias("chair"), people.alias("recorder")
_MEETING: Select[Any] = (
    select(
        meetings,
        units.c.name.label("unit"),
        units.c.path.label("unit_path"),
        _CHAIR.c.name.label("chair"),
        _RECORDER.c.name.label("recorder"),
    )
    .join(units, units.c.id == meetings.c.unit_id)
    .join(_CHAIR, _CHAIR.c.id == meetings.c.chair_id)
    .outerjoin(_RECORDER, _RECORDER.c.id == meetings.c.recorder_id)
)


def _members(c: Connection, meeting_id: str, person_id: int | None) -> Iterator[Member]:
    giver = people.alias("giver")
    query = (
        select(meeting_members, people.c.name, giver.c.name.label("giver"))
        .join(people, people.c.id == meeting_members.c.person_id)
        .outerjoin(giver, giver.c.id == meeting_members.c.in_place_of)
        .where(meeting_members.c.meeting_id == meeting_id)
        .order_by(meeting_members.c.is_voter.desc(), meeting_members.c.person_id)
    )
    if person_id is not None:
        query = query.where(meeting_members.c.person_id == person_id)
    for row in c.execute(query):
        yield Member(
            row.person_id,
            row.name,
            row.is_voter,
            row.attendance,
            row.in_place_of or row.person_id,
            row.giver,
            row.came_at,
            row.left_at,
            row.by_code,
            row.weight,
        )


def _agenda(c: Connection, actor: Actor, meeting_id: str) -> Iterator[Item]:
    seen = visible_matters(actor)
    query = (
        select(
            agenda_items,
            tasks.c.name.label("step"),
            agenda_items.c.instance_id.in_(seen).label("visible"),
            ballots.c.closed_at.label("voted_at"),
        )
        .outerjoin(tasks, tasks.c.id == agenda_items.c.task_id)
        .outerjoin(ballots, ballots.c.task_id == agenda_items.c.task_id)
        .where(agenda_items.c.meeting_id == meeting_id, agenda_items.c.withdrawn_at.is_(None))
        .order_by(agenda_items.c.position)
    )
    for row in c.execute(query):
        still_open = row.step is not None
        outcome = row.outcome or (None if still_open else "议题已撤销")
        yield Item(
            title=row.title,
            step=row.step or "",
            outcome=outcome,
            instance_id=row.instance_id if row.visible else None,
            task_id=row.task_id if row.visible and still_open else None,
            ballot_id=row.task_id if row.visible and row.voted_at is not None else None,
        )


def _papers(c: Connection, actor: Actor, ids: Collection[str]) -> dict[str, Paper]:
    """Those of a matter the reader may see: reading a file follows the matter."""
    if not ids:
        return {}
    readable = file_uses.c.instance_id.in_(visible_matters(actor))
    query = select(file_uses.c.file_id, file_uses.c.name).where(file_uses.c.file_id.in_(set(ids)), readable)
    return {row.file_id: Paper(row.file_id, row.name) for row in c.execute(query)}
