"""Who is at a meeting: signed in, ticked, put right, gone early. Each mark locks the rows of the people it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal, or_, select, union_all, update

from engine.operations import rolls
from engine.operations.acting import Act
from engine.refusal import Invalid
from engine.steps import balloting, invitation, meeting
from engine.steps.meeting import ABSENT, LEAVE, LEFT, PRESENT
from engine.store.proceedings import meeting_members
from engine.store.types import Moment
from engine.store.voting import ballots, counts, motions, secret_marks, votes

MARKS = {"present": PRESENT, "leave": LEAVE, "absent": ABSENT, "left": LEFT}  # as stored -> field of 签到
BY_CODE = "扫码"  # set by engine.operations.arrivals, never by a form
TAKES_OFF = (LEAVE, ABSENT, LEFT)


def mark(
    act: Act,
    meeting_id: str,
    marks: Mapping[str, Sequence[int]],
    *,
    by_code: bool = False,
    households: bool = False,
) -> list[int]:
    """Set the attendance of people on the frozen roll; answers who is there by this act. A seat that was given away may
    be ticked by the name of either. With `households` these are counted, and somebody of each has its vote. Raises
    Invalid for strangers, and for who has voted already.
    """
    everybody = [person for people in marks.values() for person in people]
    if len(set(everybody)) != len(everybody):
        raise Invalid("marked-twice", "同一个人既记到会又记请假或未到，请改成一种")
    own = meeting_members.c.meeting_id == meeting_id
    meant: ColumnElement[bool] = meeting_members.c.person_id.in_(everybody)
    if act.settings.get("delegate") and everybody != [
        act.person_id
    ]:  # who gave it away does not sign in for it
        meant = or_(meant, meeting_members.c.in_place_of.in_(everybody))
    columns = (meeting_members.c.person_id, meeting_members.c.in_place_of, meeting_members.c.attendance)
    known = select(*columns).where(own, meant)
    # Locked, in one order: a vote cast at this moment is either seen below, or sees that its member is not there.
    if households:
        home = meeting_members.c.person_id.in_(rolls.of_one_household(meeting_id, everybody))
        lock = select(meeting_members.c.person_id).where(own, home).order_by(meeting_members.c.person_id)
        act.c.execute(lock.with_for_update()).all()
    locked = act.c.execute(known.order_by(meeting_members.c.person_id).with_for_update()).all()
    holder = {row.in_place_of: row.person_id for row in locked if row.in_place_of is not None}
    holder |= {row.person_id: row.person_id for row in locked}
    meeting.require_on_roll(len(set(everybody) - holder.keys()), own=everybody == [act.person_id])
    meant_by = {name: sorted({holder[person] for person in people}) for name, people in marks.items()}
    _require_sound(act, meeting_id, meant_by, {row.person_id: row.attendance for row in locked})
    for name, people in meant_by.items():
        if people:
            changed = update(meeting_members).where(own, meeting_members.c.person_id.in_(people))
            act.c.execute(changed.values(_written(act, name, by_code)))
    if households:
        rolls.pass_on(act, meeting_id, sorted({person for people in meant_by.values() for person in people}))
    return meant_by.get("present", [])


def _written(act: Act, name: str, by_code: bool) -> dict[str, Any]:
    """Who came is there from the first time on, and who comes back has not left."""
    values: dict[str, Any] = {"attendance": name, "marked_by": act.person_id}
    if name == "left":
        return values | {"left_at": act.now}
    if name != "present":
        return values | {"came_at": None, "left_at": None, "by_code": False}
    first = func.coalesce(meeting_members.c.came_at, literal(act.now, Moment()))
    return values | {"came_at": first, "left_at": None} | ({"by_code": True} if by_code else {})


def _require_sound(
    act: Act, meeting_id: str, marks: Mapping[str, Sequence[int]], before: Mapping[int, str]
) -> None:
    came = {person for person, attendance in before.items() if attendance in ("present", "left")}
    left = set(marks.get("left", ()))
    invitation.require_was_there(len(left - came))
    _require_may_go(act, meeting_id, sorted(came & {*marks.get("leave", ()), *marks.get("absent", ())}))
    if left:
        act.keep_on_record()  # with fewer there a vote may have to stop
        act.note(left=len(left))


def _require_may_go(act: Act, meeting_id: str, gone: Sequence[int]) -> None:
    """Those who were there and are not said to be any more: neither voters, nor counted on a sheet. It is written into
    the journal, for whoever marks fewer people as present makes a majority smaller.
    """
    if not gone:
        return
    cast = [
        select(marks.c.person_id).where(marks.c.meeting_id == meeting_id, marks.c.person_id.in_(gone))
        for marks in (votes, secret_marks)
    ]
    voted = act.c.scalar(union_all(*cast).limit(1))
    if voted is not None:
        message = f"{act.names([voted])[voted]}已经投过票，到会不能再改"
        raise Invalid("has-voted", message, {ABSENT: message})
    balloting.require_not_counted(act.c.scalar(_STANDING_COUNT, {"meeting": meeting_id}) is not None)
    act.keep_on_record()
    act.note(corrected=len(gone))


_STANDING_COUNT = (
    select(literal(1))
    .select_from(ballots)
    .join(motions, motions.c.task_id == ballots.c.task_id)
    .join(
        counts,
        (counts.c.task_id == motions.c.task_id)
        & (counts.c.motion == motions.c.position)
        & (counts.c.round == motions.c.round),
    )
    .where(
        ballots.c.meeting_id == bindparam("meeting"),
        ballots.c.status == "open",
        counts.c.dispute.is_(None),
    )
    .limit(1)
)
