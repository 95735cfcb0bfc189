"""A meeting in a rehearsal: its acts replayed into the record that the rules of engine.steps.meeting read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine.refusal import Invalid
from engine.steps import announcing, invitation, meeting
from engine.steps.kind import CHAIR, MEMBER, Seat, Submission
from engine.steps.meeting import ABSENT, BODY, GUESTS, LEAVE, LEFT, PRESENT, MeetingRecord, Settings


@dataclass(frozen=True)
class Replayed:
    """A meeting as a rehearsal's submissions make it; with people, for a rehearsal's roll is small."""

    record: MeetingRecord = field(default_factory=MeetingRecord)
    voters: frozenset[int] = frozenset()
    body: frozenset[int] = frozenset()
    present: tuple[int, ...] = ()  # in the order they were ticked
    left: frozenset[int] = frozenset()
    replies: Mapping[int, int | None] = field(
        default_factory=dict
    )  # who answered -> whom he gave the seat to
    guests: tuple[str, ...] = ()
    homes: Mapping[int, frozenset[int]] = field(default_factory=dict)  # voter -> households he stands for
    households: int = 0  # of the unit

    def weights(self) -> dict[int, int]:
        """For how many households each of the roll speaks (FD-4): one household, one voice, the first of it."""
        speaks: dict[int, int] = {}
        for person, homes in self.homes.items():
            for home in homes:
                speaks.setdefault(home, person)
        return dict(Counter(speaks.values()))


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
        announcing.require_announceable(settings, record, at)
    elif submission.action == "reply":
        invitation.require_invited(record)
        _accept_reply(settings, seats, found, submission)
    elif submission.action == "open":
        announcing.require_openable(settings, record, at)
        _, body = _roll(seats, data, found.replies)
        meeting.require_on_roll(len(set(_holders(found, data.get(PRESENT))) - body))
    elif submission.action == "attend":
        meeting.require_open(record)
        meeting.require_own([submission.seat or CHAIR], data)
        strangers = set(_ticked(found, submission)) - found.body
        meeting.require_on_roll(len(strangers), own=strangers == {submission.person})
        invitation.require_was_there(len(set(_holders(found, data.get(LEFT))) - set(found.present)))


def _accept_reply(settings: Settings, seats: Sequence[Seat], found: Replayed, submission: Submission) -> None:
    """A rehearsal knows no households: whoever is named may have the seat, but nobody who has one himself."""
    _, body = _roll(seats, {}, {})
    delegate = invitation.answered(settings, submission.data)
    invitation.require_own([submission.seat or CHAIR], submission.data)
    if delegate is not None:
        taken = delegate in found.replies.values()
        invitation.require_may_stand_in(on_roll=delegate in body, taken=taken)


def seated(seats: Sequence[Seat], submissions: Iterable[Submission]) -> list[Seat]:
    """The seats with those in them to whom one was given away; each may then do what its holder may."""
    given = replay(seats, [one for one in submissions if one.action == "reply"]).replies
    return [
        replace(seat, people=(*seat.people, *(to for of, to in given.items() if to and of in seat.people)))
        for seat in seats
    ]


def _convened(found: Replayed, seats: Sequence[Seat], submission: Submission) -> Replayed:
    # Another time is another meeting for those who read the first announcement: it is announced again.
    record = MeetingRecord("convened", meeting.moment(submission.data[meeting.TIME]))
    return replace(found, record=record)


def _announced(found: Replayed, seats: Sequence[Seat], submission: Submission) -> Replayed:
    return replace(found, record=replace(found.record, announced_at=submission.at))


def _replied(found: Replayed, seats: Sequence[Seat], submission: Submission) -> Replayed:
    others = invitation.others(submission.data)
    if others:
        return replace(found, replies={**found.replies, **dict.fromkeys(others, None)})
    if submission.person is None:
        return found
    given = submission.data.get(meeting.REPLY) == meeting.DELEGATED
    delegate = submission.data.get(meeting.DELEGATE) if given else None
    return replace(found, replies={**found.replies, submission.person: delegate})


def _opened(found: Replayed, seats: Sequence[Seat], submission: Submission) -> Replayed:
    voters, body = _roll(seats, submission.data, found.replies)
    guests = tuple(meeting.guests_named(submission.data.get(GUESTS) or ()))
    record = replace(found.record, status="open")
    present = tuple(dict.fromkeys(_holders(found, submission.data.get(PRESENT))))
    homes, households = _homes(seats, found.replies)
    found = replace(found, record=record, voters=voters, body=body, guests=guests)
    return _counted(replace(found, homes=homes, households=households), present)


def _attended(found: Replayed, seats: Sequence[Seat], submission: Submission) -> Replayed:
    left = frozenset(_holders(found, submission.data.get(LEFT)))
    gone = {*_holders(found, submission.data.get(LEAVE)), *_holders(found, submission.data.get(ABSENT))}
    came = dict.fromkeys([*found.present, *_ticked(found, submission)])
    present = tuple(person for person in came if person not in gone | left)
    left = (found.left | left) - set(present) - gone
    return _counted(replace(found, left=left), present)


def _counted(found: Replayed, present: tuple[int, ...]) -> Replayed:
    there, gone = _households(found, present), _households(found, found.left)
    record = replace(
        found.record,
        roll=len(found.voters),
        body=len(found.body),
        present=len(found.voters & set(present)),
        body_present=len(found.body & set(present)),
        left=len(found.voters & found.left),
        body_left=len(found.body & found.left),
        households=found.households,
        households_present=len(there),
        households_left=len(gone - there),
    )
    return replace(found, record=record, present=present)


def _households(found: Replayed, people: Iterable[int]) -> set[int]:
    """Those for which one of these people stands."""
    return {home for person in people for home in found.homes.get(person, ())}


def _homes(seats: Sequence[Seat], replies: Mapping[int, int | None]) -> tuple[dict[int, frozenset[int]], int]:
    """Whom the voters stand for, and how many households there are; who has a seat has what goes with it."""
    found = {
        replies.get(person) or person: homes
        for seat in seats
        if seat.name == MEMBER
        for person, homes in seat.homes.items()
    }
    return found, max((seat.of_homes for seat in seats if seat.name == MEMBER), default=0)


def _ticked(found: Replayed, submission: Submission) -> list[int]:
    """Who is signed in: those ticked, or with nothing handed in oneself."""
    if any(submission.data.get(key) for key in meeting.ATTENDANCE) or submission.person is None:
        return _holders(found, submission.data.get(PRESENT))
    return [submission.person]


def _holders(found: Replayed, ticked: Iterable[int] | None) -> list[int]:
    """Whoever has the seats of these people: a seat that was given away is ticked by the name on the roll."""
    return [found.replies.get(person) or person for person in ticked or ()]


def _roll(
    seats: Sequence[Seat], data: Mapping[str, Any], replies: Mapping[int, int | None]
) -> tuple[frozenset[int], frozenset[int]]:
    """Voters and 组成人员; a seat that was given away is his who has it now. A diagram without a roster has nobody on
    its roll but those who came.
    """
    voters = frozenset(
        replies.get(person) or person for seat in seats if seat.name == MEMBER for person in seat.people
    )
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
    "reply": _replied,
    "open": _opened,
    "attend": _attended,
}
ACTS = frozenset(_REPLAY)
