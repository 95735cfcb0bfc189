"""A meeting in a rehearsal: its acts replayed into the record that the rules of engine.steps.meeting read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine.refusal import Invalid
from engine.steps import meeting
from engine.steps.kind import CHAIR, MEMBER, Seat, Submission
from engine.steps.meeting import ABSENT, BODY, GUESTS, LEAVE, PRESENT, MeetingRecord, Settings


@dataclass(frozen=True)
class Replayed:
    """A meeting as a rehearsal's submissions make it; with people, for a rehearsal's roll is small."""

    record: MeetingRecord = field(default_factory=MeetingRecord)
    voters: frozenset[int] = frozenset()
    body: frozenset[int] = frozenset()
    present: tuple[int, ...] = ()  # in the order they were ticked
    guests: tuple[str, ...] = ()


def replay(
    seats: Sequence[Seat], submissions: Iterable[Submission], found: Replayed | None = None
) -> Replayed:
    """What the acts of a meeting have come to, after `found`; acts that are not its own are passed over."""
    found = found or Replayed()
    for submission in submissions:
        act = _REPLAY.get(submission.action)
        found = act(found, seats, submission) if act else found
    return found


def accept(settings: Settings, seats: Sequence[Seat], found: Replayed, submission: Submission) -> None:
    """Raises Refusal where this act of a meeting does not fit what was done before; the server asks the same rules."""
    record, data, at = found.record, submission.data, _at(submission)
    if submission.action == "convene":
        if data.get(meeting.MEETING):
            raise Invalid(
                "meeting-unknown", "演练里没有别的会议，请写时间和地点", {meeting.MEETING: "没有这次会议"}
            )
        meeting.require_convenable(settings, record, meeting.moment(data[meeting.TIME]), at)
    elif submission.action == "announce":
        meeting.require_announceable(settings, record, at)
    elif submission.action == "open":
        meeting.require_openable(settings, record, at)
        _, body = _roll(seats, data)
        meeting.require_on_roll(len(set(data.get(PRESENT) or ()) - body))
    elif submission.action == "attend":
        meeting.require_open(record)
        meeting.require_own([submission.seat or CHAIR], data)
        strangers = set(_ticked(submission)) - found.body
        meeting.require_on_roll(len(strangers), own=strangers == {submission.person})


def _convened(found: Replayed, seats: Sequence[Seat], submission: Submission) -> Replayed:
    # Another time is another meeting for those who read the first announcement: it is announced again.
    record = MeetingRecord("convened", meeting.moment(submission.data[meeting.TIME]))
    return replace(found, record=record)


def _announced(found: Replayed, seats: Sequence[Seat], submission: Submission) -> Replayed:
    return replace(found, record=replace(found.record, announced_at=submission.at))


def _opened(found: Replayed, seats: Sequence[Seat], submission: Submission) -> Replayed:
    voters, body = _roll(seats, submission.data)
    guests = tuple(meeting.guests_named(submission.data.get(GUESTS) or ()))
    record = replace(found.record, status="open")
    present = tuple(submission.data.get(PRESENT) or ())
    return _counted(replace(found, record=record, voters=voters, body=body, guests=guests), present)


def _attended(found: Replayed, seats: Sequence[Seat], submission: Submission) -> Replayed:
    gone = set(submission.data.get(LEAVE) or ()) | set(submission.data.get(ABSENT) or ())
    came = dict.fromkeys([*found.present, *_ticked(submission)])
    return _counted(found, tuple(person for person in came if person not in gone))


def _counted(found: Replayed, present: tuple[int, ...]) -> Replayed:
    record = replace(
        found.record,
        roll=len(found.voters),
        body=len(found.body),
        present=len(found.voters & set(present)),
        body_present=len(found.body & set(present)),
    )
    return replace(found, record=record, present=present)


def _ticked(submission: Submission) -> list[int]:
    """Who is signed in: those ticked, or with nothing handed in oneself."""
    ticked = list(submission.data.get(PRESENT) or ())
    if ticked or submission.data.get(LEAVE) or submission.data.get(ABSENT) or submission.person is None:
        return ticked
    return [submission.person]


def _roll(seats: Sequence[Seat], data: Mapping[str, Any]) -> tuple[frozenset[int], frozenset[int]]:
    """Voters and 组成人员. A diagram without a roster has nobody on its roll but those who came."""
    voters = frozenset(person for seat in seats if seat.name == MEMBER for person in seat.people)
    others = frozenset(person for seat in seats if seat.name == BODY for person in seat.people)
    came = frozenset(data.get(PRESENT) or ())
    return (voters or came - others), (voters or came) | others


def _at(submission: Submission) -> datetime:
    if submission.at is None:
        raise ValueError("an act of a meeting has its time")
    return submission.at


_REPLAY: Mapping[str, Callable[[Replayed, Sequence[Seat], Submission], Replayed]] = {
    "convene": _convened,
    "announce": _announced,
    "open": _opened,
    "attend": _attended,
}
ACTS = frozenset(_REPLAY)
