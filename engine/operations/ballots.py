"""票决 on the server. A vote touches its own rows only, under a shared lock on the ballot; whatever changes the ballot
takes that lock exclusively, so that a vote is either counted or refused, never lost in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from engine.operations import invitations, meetings
from engine.operations.acting import Act
from engine.people.roster import holders_of
from engine.refusal import Invalid, Overtaken
from engine.runtime import Runtime
from engine.steps import balloting, closing, counting, meeting, method, officers
from engine.steps.balloting import Ballot, Entered, Motion
from engine.steps.closing import Cast
from engine.steps.counting import Count, Papers, Tally
from engine.steps.kind import CHAIR, DOERS, MEMBER, RECORDER, SCRUTINEER, TELLER
from engine.steps.meeting import MeetingRecord
from engine.steps.method import COUNTED, NAMED
from engine.steps.officers import Officers
from engine.store.proceedings import agenda_items, meeting_members, taken_part
from engine.store.tables import assignments
from engine.store.voting import ballots, counts, motions, votes

LEADERS = frozenset({CHAIR, RECORDER, SCRUTINEER})  # their work goes on when they have voted


# ---------------------------------------------------------------- reading


def read(act: Act, *, shared: bool = False) -> tuple[Row[Any], Ballot]:
    """The open ballot, locked, with its motions and their counts. Two statements, five on paper.

    Raises Invalid, Overtaken.
    """
    query = select(ballots).where(ballots.c.task_id == act.task.id)
    row = act.c.execute(query.with_for_update(read=shared)).one_or_none()
    if row is None:
        meeting.require_open(meetings.record_of(act.c, meetings.of_task(act, shared=True)))
        raise Invalid("ballot-not-open", "会议已经开始，但这一项还没有开始表决，请主持人先点“开会”")
    if row.status != "open":
        raise balloting.closed()
    confirming = scrutineers_of(act.runtime, act.c, row, act.settings)
    involved = officers.involved(act.settings)
    return row, Ballot(row.method, confirming, dict(_motions(act, row)), tuple(row.tellers), involved)


def scrutineers_of(rt: Runtime, c: Connection, row: Row[Any], settings: Mapping[str, Any]) -> tuple[int, ...]:
    """Who confirms the counts of a vote on paper (a row of `ballots`). Two statements."""
    if row.method not in COUNTED:
        return ()
    own = (assignments.c.task_id == row.task_id, assignments.c.seat == SCRUTINEER)
    seats = c.execute(select(assignments).where(*own)).all()
    places = [(seat.designation, seat.unit_id) for seat in seats if seat.designation is not None]
    held = holders_of(c, places, rt.today(), rt.designations) if places else {}
    posted = [person for people in held.values() for person in people]
    seated = {seat.person_id for seat in seats}
    return officers.able(row.scrutineers, seated, posted, officers.involved(settings))


def _motions(act: Act, ballot: Row[Any]) -> Iterable[tuple[int, Motion]]:
    own = select(motions).where(motions.c.task_id == ballot.task_id).order_by(motions.c.position)
    entered: dict[tuple[int, int], Row[Any]] = {}
    if ballot.method in COUNTED:
        rows = act.c.execute(select(counts).where(counts.c.task_id == ballot.task_id))
        entered = {(row.motion, row.round): row for row in rows}
    for row in act.c.execute(own):
        count = entered.get((row.position, row.round))
        yield row.position, motion_of(row, entered_of(count) if count is not None else None)


def motion_of(row: Row[Any], entered: Entered | None) -> Motion:
    return Motion(
        row.position,
        row.text,
        row.original,
        revised=row.revised_at is not None,
        read_out=row.read_out_at is not None,
        round=row.round,
        entered=entered,
    )


def entered_of(row: Row[Any]) -> Entered:
    figures = (row.issued, row.returned, row.valid, row.invalid, row.yes, row.no, row.abstain)
    count = Count(*figures)
    there = MeetingRecord(roll=row.roll, present=row.present, body=row.body, body_present=row.body_present)
    confirmed = row.confirmed_by is not None
    return Entered(count, row.entered_by, row.entered_clerk, confirmed, row.dispute or "", there)


def _there(act: Act, *, shared: bool = True) -> MeetingRecord:
    return meetings.record_of(act.c, meetings.of_task(act, shared=shared))


def _hands(act: Act) -> list[int]:
    return [person for person in (act.person_id, act.entered_by) if person is not None]


# ---------------------------------------------------------------- opening, attendance


def open_(act: Act) -> None:
    """开会: the roll is frozen, the motions are before it, and the vote begins."""
    if act.c.execute(select(ballots.c.task_id).where(ballots.c.task_id == act.task.id)).first():
        raise Overtaken("meeting-opened", "会议已经开始，这一项已经可以表决了")
    held = meetings.open_meeting(act)
    way = method.chosen(act.settings, act.data)
    found = _officers(act, way, held.id)
    row = {
        "task_id": act.task.id,
        "instance_id": act.instance_id,
        "element_id": act.task.element_id,
        "meeting_id": held.id,
        "method": way,
        "status": "open",
        "scrutineers": list(found.scrutineers),
        "tellers": list(found.tellers),
        "opened_at": act.now,
    }
    act.c.execute(insert(ballots), row)
    texts = act.settings["motions"] or [act.work.row.title]
    act.c.execute(insert(motions), [_new_motion(act, place, text) for place, text in enumerate(texts, 1)])
    _leave_lists(act, way, held.id, (*found.scrutineers, *found.tellers))
    act.note(method=way)


def _new_motion(act: Act, position: int, text: str) -> dict[str, Any]:
    return {"task_id": act.task.id, "position": position, "text": text, "original": text, "round": 1}


def _officers(act: Act, way: str, meeting_id: str) -> Officers:
    """Those named, who must be there, else whoever holds the posts; the step is theirs to count and to confirm."""
    if way not in COUNTED:
        return Officers()
    named = [*(act.data.get(officers.SCRUTINEERS) or ()), *(act.data.get(officers.TELLERS) or ())]
    own = (meeting_members.c.meeting_id == meeting_id, meetings.HERE)
    query = select(meeting_members.c.person_id).where(*own, meeting_members.c.person_id.in_(named))
    people = officers.People(
        present=frozenset(act.c.scalars(query)) if named else frozenset(),
        leaders=frozenset({*act.people_of(CHAIR), *act.people_of(RECORDER)}),
        scrutineers=tuple(act.people_of(SCRUTINEER)),
        tellers=tuple(act.people_of(TELLER)),
    )
    found = officers.appoint(way, act.data, people, officers.involved(act.settings))
    seats = [
        {"task_id": act.task.id, "seat": role, "person_id": person, "active": False}
        for role, chosen, posted in (
            (SCRUTINEER, found.scrutineers, people.scrutineers),
            (TELLER, found.tellers, people.tellers),
        )
        for person in chosen
        if person not in posted
    ]
    if seats:
        act.c.execute(insert(assignments), seats)
    return found


def _leave_lists(act: Act, way: str, meeting_id: str, busy_ones: Sequence[int]) -> None:
    """Who is there and has nothing to vote on the telephone has nothing more to do."""
    own = (meeting_members.c.meeting_id == meeting_id, meetings.HERE)
    query = select(meeting_members.c.person_id, meeting_members.c.is_voter).where(*own)
    busy = {*act.people_of(CHAIR), *act.people_of(RECORDER), *busy_ones}
    rows = [
        {"task_id": act.task.id, "person_id": row.person_id}
        for row in act.c.execute(query)
        if row.person_id not in busy and not (way == NAMED and row.is_voter)
    ]
    if rows:
        act.c.execute(insert(taken_part), rows)


def attend(act: Act) -> None:
    """签到, until the vote is closed; late comers are counted."""
    ballot = act.c.execute(select(ballots.c.method).where(ballots.c.task_id == act.task.id)).first()
    came = meetings.attend(act)
    has_to_vote = ballot is None or (ballot.method == NAMED and MEMBER in act.roles)
    if act.person_id is not None and act.person_id in came and not has_to_vote and not act.roles & LEADERS:
        act.taken_part(act.person_id)


# ---------------------------------------------------------------- motions


def revise(act: Act) -> None:
    _, ballot = read(act)
    motion = balloting.revise(_with_votes(act, ballot.motion(act.data["motion"])), act.data["议案"])
    _change(act, motion, text=motion.text, revised_at=act.now, read_out_at=None)
    act.note(motion=motion.position)


def read_out(act: Act) -> None:
    _, ballot = read(act)
    motion = balloting.read_out(ballot.motion(act.data["motion"]))
    _change(act, motion, read_out_at=act.now)
    act.note(motion=motion.position)


def _with_votes(act: Act, motion: Motion) -> Motion:
    own = (votes.c.task_id == act.task.id, votes.c.motion == motion.position)
    return replace(motion, voted=act.c.scalar(select(func.count()).where(*own)) or 0)


def _change(act: Act, motion: Motion, **values: Any) -> None:
    own = (motions.c.task_id == act.task.id, motions.c.position == motion.position)
    act.c.execute(update(motions).where(*own).values(**values))


# ---------------------------------------------------------------- by name


def cast(act: Act) -> None:
    """One member, one vote on each motion; a constant number of statements, however many members there are."""
    row, ballot = read(act, shared=True)
    there = _there(act)
    chosen = {ballot.motion(place): choice for place, choice in balloting.votes_in(act.data)}
    for motion in chosen:
        balloting.check_vote(ballot, motion, act.settings, there)
    _require_voter(act, row.meeting_id)
    voted = _voted(act)
    for motion in chosen:
        if motion.position in voted:
            raise balloting.already_voted(motion)
    new = [
        {
            "task_id": act.task.id,
            "motion": motion.position,
            "round": motion.round,
            "person_id": act.person_id,
            "meeting_id": row.meeting_id,
            "choice": choice,
        }
        for motion, choice in chosen.items()
    ]
    act.c.execute(insert(votes), new)
    if len(voted) + len(new) == len(ballot.motions) and not act.roles & LEADERS:
        assert act.person_id is not None
        act.taken_part(act.person_id)


def _require_voter(act: Act, meeting_id: str) -> None:
    """The member's row is locked: two votes of one person come after each other, and so does being marked absent."""
    own = (meeting_members.c.meeting_id == meeting_id, meeting_members.c.person_id == act.person_id)
    row = act.c.execute(select(meeting_members).where(*own).with_for_update()).one_or_none()
    balloting.check_voter(
        on_roll=row is not None and row.is_voter,
        present=row is not None and row.attendance == "present",
        holds=MEMBER in act.roles,
        post="、".join(act.settings["roll"]),
    )


def _voted(act: Act) -> set[int]:
    own = (votes.c.task_id == act.task.id, votes.c.person_id == act.person_id)
    return set(act.c.scalars(select(votes.c.motion).where(*own)))


def no_longer_voter(act: Act) -> None:
    """Why somebody without a part in the step cannot vote: withdrawn from the post since the roll was frozen."""
    own = (agenda_items.c.task_id == act.task.id, meeting_members.c.person_id == act.person_id)
    joined = meeting_members.join(agenda_items, agenda_items.c.meeting_id == meeting_members.c.meeting_id)
    query = select(meeting_members.c.is_voter).select_from(joined)
    row = act.c.execute(query.where(*own, agenda_items.c.withdrawn_at.is_(None))).first()
    if row is not None and row.is_voter:
        post = "、".join(act.settings["roll"])
        balloting.check_voter(on_roll=True, present=True, holds=False, post=post)


# ---------------------------------------------------------------- papers


def enter_count(act: Act) -> None:
    """录入计票: what is not confirmed yet may be entered again."""
    _, ballot = read(act)
    there, hands, entered = _there(act), _hands(act), []
    for where, figures in balloting.counts_in(act.data):
        motion = ballot.motion(figures.get("motion"))
        balloting.check_counter(ballot, motion, hands, act.settings, there, act.roles)
        count = balloting.count_in(ballot, motion, where, figures, act.settings, there)
        own = (counts.c.task_id == act.task.id, counts.c.motion == motion.position)
        act.c.execute(delete(counts).where(*own, counts.c.round == motion.round))
        act.c.execute(insert(counts), _count_row(act, motion, count, there.with_all_who_came()))
        entered.append(motion.position)
    if len(set(entered)) != len(entered):
        raise Invalid("motion-twice", "同一项议案填了两张计票单，请只留一张")
    act.activate(SCRUTINEER)
    act.note(motions=entered)


def _count_row(act: Act, motion: Motion, count: Papers, there: MeetingRecord) -> dict[str, Any]:
    return {
        "task_id": act.task.id,
        "motion": motion.position,
        "round": motion.round,
        "roll": there.roll,
        "present": there.present,
        "body": there.body,
        "body_present": there.body_present,
        **vars(count),
        "evidence": [file["id"] for file in act.data.get("计票单") or ()],
        "entered_by": act.person_id,
        "entered_clerk": act.entered_by,
        "entered_at": act.now,
    }


def confirm_count(act: Act) -> dict[str, Any] | None:
    """确认计票, by another person than the one who entered it; or say what does not agree."""
    row, ballot = read(act)
    what = str(act.data.get("不一致") or "").strip()
    void, wanted = [], balloting.to_confirm(ballot, act.data.get("motion"))
    counting.require_seen(str(act.data.get("所见") or ""), balloting.figures_of(wanted))
    for motion in wanted:
        entered = balloting.check_confirmer(ballot, motion, _hands(act))
        after = balloting.dispute(motion, entered, what) if what else balloting.confirm(motion, entered)
        _keep(act, motion, what)
        if after.round > motion.round:
            _change(act, motion, round=after.round)
            void.append(motion.position)
        ballot = ballot.with_motion(after)
    if not balloting.waiting(ballot):
        act.deactivate(SCRUTINEER)
    act.note(disputed=bool(what), void=void)
    if act.data.get("结束") and not what and not void:
        return _conclude(act, row, ballot)
    return None


def _keep(act: Act, motion: Motion, what: str) -> None:
    own = (counts.c.task_id == act.task.id, counts.c.motion == motion.position)
    confirmed = {"confirmed_by": act.person_id, "confirmed_clerk": act.entered_by, "confirmed_at": act.now}
    values = {"disputed_by": act.person_id, "dispute": what} if what else confirmed
    act.c.execute(update(counts).where(*own, counts.c.round == motion.round).values(**values))


# ---------------------------------------------------------------- the end


def close(act: Act) -> dict[str, Any]:
    """结束: nobody votes any more, and what is there is reckoned."""
    row, ballot = read(act)
    return _conclude(act, row, ballot)


def _conclude(act: Act, row: Row[Any], ballot: Ballot) -> dict[str, Any]:
    held = meetings.of_task(act)
    assert held is not None
    there = meetings.record_of(act.c, held)
    ending = closing.end(ballot, act.settings, there, Cast(tallies(act, row)))
    result = ending.result
    assert result is not None, "motions come to a result"
    _note(act, result)
    decided = zip(sorted(ballot.motions), result["议案"], strict=False)  # none without a quorum
    for place, record in decided:
        _change(act, ballot.motions[place], passed=record.get("通过"))
    minutes = str(act.data.get("纪要") or "")
    papers = [file["id"] for file in act.data.get("照片") or ()]
    meetings.end(act, held, result["结论"], minutes, papers)
    own = update(ballots).where(ballots.c.task_id == row.task_id)
    act.c.execute(own.values(status="closed", closed_at=act.now))
    more = {"方式": method.METHODS[ballot.method], "纪要": minutes, "会议": held.id}
    more |= {meeting.GUESTS: held.guests} if act.settings["guests"] else {}
    return result | more | {DOERS: [act.person_id]}


def _note(act: Act, result: Mapping[str, Any]) -> None:
    """The roll and the tally stand in the journal: no single vote does (a vote is no entry of its own)."""
    figures = [[motion["赞成"], motion["反对"], motion["弃权"]] for motion in result["议案"]]
    present = [result[name] for name in ("应到", "实到", "组成人员", "到会组成人员")]
    act.note(conclusion=result["结论"], present=present, figures=figures)


def tallies(act: Act, row: Row[Any]) -> dict[int, Tally]:
    """The votes by name, counted by the database; nothing is kept while they come in."""
    query = (
        select(votes.c.motion, votes.c.choice, func.count().label("number"))
        .where(votes.c.task_id == row.task_id)
        .group_by(votes.c.motion, votes.c.choice)
    )
    return counting.tallied((r.motion, r.choice, r.number) for r in act.c.execute(query))


ACTS = {
    "close": close,
    "convene": meetings.convene,
    "announce": meetings.announce,
    "reply": invitations.reply,
    "open": open_,
    "attend": attend,
    "revise": revise,
    "read_out": read_out,
    "cast": cast,
    "enter_count": enter_count,
    "confirm_count": confirm_count,
    "cast:refused": no_longer_voter,
}
