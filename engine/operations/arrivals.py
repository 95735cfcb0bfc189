"""Signing in with the code of the hall: who scans it is there, for it is good for minutes and hangs where people meet.

The code is a keyed digest of the meeting and of the two minutes it is shown in; the one before is good too, for who
was slow. Scanning it signs nobody in yet: it gives the reader a ticket of their own, which is no use to anybody else
and lasts a little longer, so that there is time to sign in and to tap.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta

from sqlalchemy import Connection, select

from engine.authorisation import Actor, seat_filter
from engine.operations import attendance
from engine.operations.acting import Act
from engine.operations.work import attempt
from engine.refusal import Invalid, NotVisible
from engine.runtime import Runtime
from engine.steps import meeting
from engine.steps.kind import CHAIR, MEMBER, RECORDER
from engine.store.proceedings import agenda_items, meetings
from engine.store.tables import assignments, tasks
from engine.store.voting import ballots

WINDOW = timedelta(minutes=2)  # a code is shown so long
CODE_LASTS, TICKET_LASTS = 1, 4  # windows after its own in which a code, or a ticket, is still good
EXPIRED = "这个签到码过期了（每两分钟换一次）。请对着会场屏幕上现在的码再扫一次"


def code(runtime: Runtime, meeting_id: str) -> str:
    """What the hall shows now."""
    return _digest(runtime, meeting_id, 0, _window(runtime))


def ticket(runtime: Runtime, meeting_id: str, person_id: int) -> str:
    """What somebody who has scanned the code signs in with."""
    return _digest(runtime, meeting_id, person_id, _window(runtime))


def is_current(runtime: Runtime, meeting_id: str, said: str) -> bool:
    """Whether this is the code of the hall, or was a moment ago."""
    return _matches(runtime, meeting_id, 0, said, CODE_LASTS)


def arrive(runtime: Runtime, actor_id: int, meeting_id: str, said: str) -> str:
    """Sign in with a ticket; answers the step the person goes on to. Raises Invalid, NotVisible, Overtaken."""
    if not _matches(runtime, meeting_id, actor_id, said, TICKET_LASTS):
        raise Invalid("code-expired", EXPIRED)

    def once() -> str:
        with runtime.database.write() as c:
            task_id = _step(c, runtime.actor(c, actor_id), meeting_id)
            act = Act.read(runtime, c, actor_id, task_id, "attend")
            act.authorise(None, ())
            act.data = {attendance.BY_CODE: True}
            act.carry_out()
            return task_id

    return attempt(runtime, once)


def arrive_by_code(runtime: Runtime, actor_id: int, meeting_id: str, said: str) -> str:
    """Sign in with what the hall shows, without a ticket in between. Answers and raises as `arrive` does."""
    if not is_current(runtime, meeting_id, said):
        raise Invalid("code-expired", EXPIRED)
    return arrive(runtime, actor_id, meeting_id, ticket(runtime, meeting_id, actor_id))


def _step(c: Connection, actor: Actor, meeting_id: str) -> str:
    """The step of the agenda that this person takes part in; one that is voted on before the others."""
    own = (assignments.c.seat.in_((CHAIR, RECORDER, MEMBER, meeting.BODY)), seat_filter(actor))
    joined = agenda_items.join(tasks, tasks.c.id == agenda_items.c.task_id)
    joined = joined.outerjoin(ballots, ballots.c.task_id == tasks.c.id)
    query = (
        select(tasks.c.id)
        .select_from(joined)
        .where(
            agenda_items.c.meeting_id == meeting_id,
            agenda_items.c.withdrawn_at.is_(None),
            tasks.c.id.in_(select(assignments.c.task_id).where(*own)),
        )
        .order_by(ballots.c.opened_at.is_(None), agenda_items.c.position)
    )
    found = c.scalar(query.limit(1))
    if found is None:
        status = c.scalar(select(meetings.c.status).where(meetings.c.id == meeting_id))
        if status is not None:
            meeting.require_open(meeting.MeetingRecord(status))
        raise NotVisible("not-on-roll", "您不在这次会议的名册上，不能签到。名册有出入，请告诉主持人或记录人")
    return str(found)


def _window(runtime: Runtime) -> int:
    return int(runtime.now().timestamp() // WINDOW.total_seconds())


def _matches(runtime: Runtime, meeting_id: str, person_id: int, said: str, lasts: int) -> bool:
    now = _window(runtime)
    good = [_digest(runtime, meeting_id, person_id, window) for window in range(now - lasts, now + 1)]
    return any(hmac.compare_digest(one.encode(), said.encode()) for one in good)


def _digest(runtime: Runtime, meeting_id: str, person_id: int, window: int) -> str:
    key = hashlib.sha256(b"cunyi sign-in code\n" + runtime.configuration.secret_key.encode()).digest()
    said = f"{meeting_id} {person_id} {window}".encode()
    return base64.b32encode(hmac.digest(key, said, "sha256")[:15]).decode().lower()
