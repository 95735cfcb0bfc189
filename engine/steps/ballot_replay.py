"""A vote in a rehearsal: what was handed in, replayed against the rules of engine.steps.balloting."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.refusal import Invalid
from engine.steps import (
    balloting,
    closing,
    counting,
    election,
    meeting,
    meeting_replay,
    method,
    officers,
    sheets,
)
from engine.steps.balloting import Ballot, Entered, Motion
from engine.steps.closing import Cast
from engine.steps.kind import CHAIR, DOERS, RECORDER, SCRUTINEER, TELLER, Seat, Submission
from engine.steps.meeting_replay import Replayed

Settings = Mapping[str, Any]
GONE = (meeting.LEAVE, meeting.ABSENT)  # marked as never having come


@dataclass
class Vote:
    """A vote as it stands; `cast` is who voted what on each motion: a choice, or the candidates' places."""

    settings: Settings
    seats: Sequence[Seat]
    held: Replayed = field(default_factory=Replayed)
    ballot: Ballot | None = None
    cast: dict[int, dict[int, Any]] = field(default_factory=dict)
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

    def weights(self) -> Mapping[int, int] | None:
        """How many times each vote counts; None where every vote counts once."""
        return self.held.weights() if method.is_weighted(self.settings) else None

    def _meet(self, submission: Submission) -> None:
        meeting_replay.accept(self.settings, self.seats, self.held, submission)
        if submission.action == "attend":
            gone = {person for key in GONE for person in submission.data.get(key) or ()}
            voted = {person for votes in self.cast.values() for person in votes}
            balloting.require_not_voted(len(gone & voted))
            counted = self.ballot is not None and any(m.count_stands for m in self.ballot.motions.values())
            balloting.require_not_counted(counted and bool(gone & {*self.held.present, *self.held.left}))
        self.held = meeting_replay.replay(self.seats, [submission], self.held)
        if submission.action == "open":
            self.ballot = _opened(self.settings, self.seats, self.held, submission.data)

    def end(self, submission: Submission) -> None:
        ballot, stop = self.open_ballot(), bool(submission.data.get(election.STOP))
        ending = closing.end(ballot, self.settings, self.held.record, self._cast(), stop=stop)
        if ending.result is None:
            self._next_round(ending)
            return
        people = [submission.person] if submission.person is not None else []
        more = {"方式": method.METHODS[ballot.method], "纪要": submission.data.get("纪要") or ""}
        guests = {meeting.GUESTS: list(self.held.guests)} if self.settings["guests"] else {}
        self.result = ending.result | more | guests | {"会议": "", DOERS: people}

    def _next_round(self, ending: closing.Ending) -> None:
        assert ending.round is not None
        [motion] = self.open_ballot().motions.values()
        self.cast.clear()
        self.change(closing.next_round(motion, ending.round))

    def _cast(self) -> Cast:
        weights = self.weights()
        weighed = {
            position: [(choice, _weight(weights, person)) for person, choice in votes.items()]
            for position, votes in self.cast.items()
        }
        motions = self.open_ballot().motions.values()
        elects = next((motion for motion in motions if motion.election is not None), None)
        present = {one for one in self.held.voters & set(self.held.present) if _weight(weights, one)}
        waiting = {m.position: len(present - self.cast.get(m.position, {}).keys()) for m in motions}
        if elects is not None and elects.election is not None:
            standing = election.standing(elects.election, weighed.get(elects.position, []))
            return Cast(standing=standing, waiting=waiting)
        rows = ((position, choice, weight) for position, votes in weighed.items() for choice, weight in votes)
        return Cast(counting.tallied(rows), waiting=waiting)


def replay(settings: Settings, seats: Sequence[Seat], submissions: Iterable[Submission]) -> Vote:
    """What all this has come to. Raises Refusal at the first act that does not fit."""
    vote = Vote(settings, seats)
    for submission in submissions:
        vote.act(submission)
    return vote


def _weight(weights: Mapping[int, int] | None, person: int) -> int:
    """A rehearsal's voters without names stand for one household each."""
    return 1 if weights is None or person < 0 else weights.get(person, 0)


def _opened(settings: Settings, seats: Sequence[Seat], held: Replayed, data: Mapping[str, Any]) -> Ballot:
    way, involved = method.chosen(settings, data), officers.involved(settings)
    people = officers.People(
        present=frozenset(held.present),
        leaders=frozenset({*_people(seats, CHAIR), *_people(seats, RECORDER)}),
        scrutineers=_people(seats, SCRUTINEER),
        tellers=_people(seats, TELLER),
    )
    peopled = any(seat.people for seat in seats)
    found = officers.appoint(way, data, people if peopled else None, involved)
    texts = settings["motions"] or [settings["subject"]]
    round_ = election.first_round(settings) if method.is_election(settings) else None
    motions = {place: Motion(place, text, text, election=round_) for place, text in enumerate(texts, 1)}
    return Ballot(way, found.scrutineers, motions, found.tellers, involved)


def _people(seats: Sequence[Seat], role: str) -> tuple[int, ...]:
    return tuple(person for seat in seats if seat.name == role for person in seat.people)


def _revise(vote: Vote, submission: Submission) -> None:
    motion = vote.open_ballot().motion(submission.data.get("motion"))
    vote.change(balloting.revise(motion, submission.data["议案"]))


def _read_out(vote: Vote, submission: Submission) -> None:
    vote.change(balloting.read_out(vote.open_ballot().motion(submission.data.get("motion"))))


def _cast(vote: Vote, submission: Submission) -> None:
    for motion, choice in balloting.choices_in(vote.open_ballot(), submission.data):
        balloting.check_vote(vote.open_ballot(), motion, vote.settings, vote.held.record)
        cast = vote.cast.setdefault(motion.position, {})
        person = submission.person
        if person is None:  # a rehearsal need not say who; there are never more votes than people
            if len(cast) >= vote.held.record.present:
                raise Invalid("votes-exceed", f"到会 {vote.held.record.present} 人都已经投过票")
            person = -len(cast) - 1
        else:
            _check_voter(vote, person)
        if person in cast:
            raise balloting.already_voted(motion)
        cast[person] = choice
        vote.change(balloting.counted_in(motion))


def _check_voter(vote: Vote, person: int) -> None:
    held = vote.held
    balloting.check_voter(
        on_roll=person in held.voters,
        present=person in held.present,
        holds=True,
        post="、".join(vote.settings["roll"]),
        left=person in held.left,
        weight=_weight(vote.weights(), person),
    )


def _enter_count(vote: Vote, submission: Submission) -> None:
    record, settings = vote.held.record, vote.settings
    roles = [submission.seat] if submission.seat is not None else []
    for where, row in sheets.counts_in(submission.data):
        ballot = vote.open_ballot()
        motion = ballot.motion(row.get("motion"))
        sheets.check_counter(ballot, motion, _hands(submission), settings, record, roles)
        count = sheets.count_in(ballot, motion, where, row, settings, record)
        came = record.with_all_who_came()
        entered = Entered(count, submission.person, submission.entered_by, there=came)
        vote.change(replace(motion, entered=entered))


def _hands(submission: Submission) -> list[int]:
    return [p for p in (submission.person, submission.entered_by) if p is not None]


def _confirm_count(vote: Vote, submission: Submission) -> None:
    ballot, what = vote.open_ballot(), str(submission.data.get("不一致") or "").strip()
    void, wanted = False, sheets.to_confirm(ballot, submission.data.get("motion"))
    counting.require_seen(str(submission.data.get("所见") or ""), sheets.figures_of(wanted))
    for motion in wanted:
        entered = sheets.check_confirmer(ballot, motion, _hands(submission))
        vote.change(sheets.dispute(motion, entered, what) if what else sheets.confirm(motion, entered))
        void = void or entered.count.void
    if submission.data.get("结束") and not what and not void:
        vote.end(submission)


def _revote(vote: Vote, submission: Submission) -> None:
    """A rehearsal has no box that could not be opened."""
    raise balloting.box_sound()


_ACTS: Mapping[str, Callable[[Vote, Submission], None]] = {
    "revise": _revise,
    "read_out": _read_out,
    "cast": _cast,
    "enter_count": _enter_count,
    "confirm_count": _confirm_count,
    "close": Vote.end,
    "revote": _revote,
}
