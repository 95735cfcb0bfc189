"""A vote in a rehearsal: what was handed in, replayed against the rules of engine.steps.balloting."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.refusal import Invalid
from engine.steps import balloting, counting, meeting, meeting_replay
from engine.steps.balloting import NAMED, SCRUTINEERS, Ballot, Entered, Motion
from engine.steps.kind import DOERS, SCRUTINEER, Seat, Submission
from engine.steps.meeting_replay import Replayed

Settings = Mapping[str, Any]


@dataclass
class Vote:
    """A vote as it stands; `cast` is who voted what on each motion."""

    settings: Settings
    seats: Sequence[Seat]
    held: Replayed = field(default_factory=Replayed)
    ballot: Ballot | None = None
    cast: dict[int, dict[int, str]] = field(default_factory=dict)
    result: dict[str, Any] | None = None

    def act(self, submission: Submission) -> None:
        """Raises Refusal."""
        if self.result is not None:
            raise balloting.closed()
        if submission.action in meeting_replay.ACTS:
            self._meet(submission)
        else:
            meeting.require_open(self.held.record)
            _ACTS[submission.action](self, submission)

    def open_ballot(self) -> Ballot:
        assert self.ballot is not None, "a meeting is opened together with its vote"
        return self.ballot

    def change(self, motion: Motion) -> None:
        self.ballot = self.open_ballot().with_motion(motion)

    def _meet(self, submission: Submission) -> None:
        meeting_replay.accept(self.settings, self.seats, self.held, submission)
        if submission.action == "attend":
            gone = {*(submission.data.get(meeting.LEAVE) or ()), *(submission.data.get(meeting.ABSENT) or ())}
            voted = {person for votes in self.cast.values() for person in votes}
            balloting.require_not_voted(len(gone & voted))
            counted = self.ballot is not None and any(m.count_stands for m in self.ballot.motions.values())
            balloting.require_not_counted(counted and bool(gone & set(self.held.present)))
        self.held = meeting_replay.replay(self.seats, [submission], self.held)
        if submission.action == "open":
            self.ballot = _opened(self.settings, self.seats, self.held, submission.data)

    def end(self, submission: Submission) -> None:
        votes = counting.tallied((m, choice, 1) for m, cast in self.cast.items() for choice in cast.values())
        result = balloting.conclude(self.open_ballot(), self.settings, self.held.record, votes)
        people = [submission.person] if submission.person is not None else []
        more = {
            "方式": balloting.METHODS[self.open_ballot().method],
            "纪要": submission.data.get("纪要") or "",
        }
        guests = {meeting.GUESTS: list(self.held.guests)} if self.settings["guests"] else {}
        self.result = result | more | guests | {"会议": "", DOERS: people}


def replay(settings: Settings, seats: Sequence[Seat], submissions: Iterable[Submission]) -> Vote:
    """What all this has come to. Raises Refusal at the first act that does not fit."""
    vote = Vote(settings, seats)
    for submission in submissions:
        vote.act(submission)
    return vote


def _opened(settings: Settings, seats: Sequence[Seat], held: Replayed, data: Mapping[str, Any]) -> Ballot:
    method = str(data.get("方式") or settings["method"])
    posted = [person for seat in seats if seat.name == SCRUTINEER for person in seat.people]
    named = list(data.get(SCRUTINEERS) or posted)
    peopled = any(seat.people for seat in seats)
    balloting.check_scrutineers(method, named, settings, {*posted, *held.present} if peopled else None)
    texts = settings["motions"] or [settings["subject"]]
    motions = {place: Motion(place, text, text) for place, text in enumerate(texts, 1)}
    return Ballot(method, tuple(named) if method != NAMED else (), motions)


def _revise(vote: Vote, submission: Submission) -> None:
    motion = vote.open_ballot().motion(submission.data.get("motion"))
    vote.change(balloting.revise(motion, submission.data["议案"]))


def _read_out(vote: Vote, submission: Submission) -> None:
    vote.change(balloting.read_out(vote.open_ballot().motion(submission.data.get("motion"))))


def _cast(vote: Vote, submission: Submission) -> None:
    for position, choice in balloting.votes_in(submission.data):
        motion = vote.open_ballot().motion(position)
        balloting.check_vote(vote.open_ballot(), motion, vote.settings, vote.held.record)
        cast = vote.cast.setdefault(motion.position, {})
        person = submission.person
        if person is None:  # a rehearsal need not say who; there are never more votes than people
            if len(cast) >= vote.held.record.present:
                raise Invalid("votes-exceed", f"到会 {vote.held.record.present} 人都已经投过票")
            person = -len(cast) - 1
        else:
            on_roll, present = person in vote.held.voters, person in vote.held.present
            post = "、".join(vote.settings["roll"])
            balloting.check_voter(on_roll=on_roll, present=present, holds=True, post=post)
        if person in cast:
            raise balloting.already_voted(motion)
        cast[person] = choice
        vote.change(balloting.counted_in(motion))


def _enter_count(vote: Vote, submission: Submission) -> None:
    record = vote.held.record
    for where, row in balloting.counts_in(submission.data):
        motion = vote.open_ballot().motion(row.get("motion"))
        hands = _hands(submission)
        balloting.check_counter(vote.open_ballot(), motion, hands, vote.settings, record)
        count = balloting.count_in(where, row, record)
        entered = Entered(count, submission.person, submission.entered_by, there=record)
        vote.change(replace(motion, entered=entered))


def _hands(submission: Submission) -> list[int]:
    return [p for p in (submission.person, submission.entered_by) if p is not None]


def _confirm_count(vote: Vote, submission: Submission) -> None:
    ballot, what = vote.open_ballot(), str(submission.data.get("不一致") or "").strip()
    void, wanted = False, balloting.to_confirm(ballot, submission.data.get("motion"))
    counting.require_seen(str(submission.data.get("所见") or ""), balloting.figures_of(wanted))
    for motion in wanted:
        entered = balloting.check_confirmer(ballot, motion, _hands(submission))
        vote.change(balloting.dispute(motion, entered, what) if what else balloting.confirm(motion, entered))
        void = void or entered.count.void
    if submission.data.get("结束") and not what and not void:
        vote.end(submission)


_ACTS: Mapping[str, Callable[[Vote, Submission], None]] = {
    "revise": _revise,
    "read_out": _read_out,
    "cast": _cast,
    "enter_count": _enter_count,
    "confirm_count": _confirm_count,
    "close": Vote.end,
}
