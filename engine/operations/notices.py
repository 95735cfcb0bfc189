"""公示 on the server: out with proof, open to feedback, photographed on its last day, ended by the clock when nothing
waits for an answer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from engine.operations.acting import Act, Handler
from engine.operations.asking import recognised
from engine.operations.links import ensure_page, require_not_down
from engine.operations.opinions import answer_in, keep, lock
from engine.queries.closure import Closure
from engine.queries.heard import photo_wanted, published
from engine.queries.notices import composed
from engine.steps import notice, posting
from engine.steps.kind import DOERS, MEMBER, ORGANISER
from engine.steps.notice import Published
from engine.steps.opinion import Opinion
from engine.steps.slips import HOUSEHOLD
from engine.store.database import insert_once
from engine.store.proceedings import notice_photos, notices, publications
from engine.store.tables import tasks


def publish(act: Act) -> None:
    """公示: the days are counted from now; until they are over nobody has anything to do."""
    lock(act.c, act.task.id, shared=False)
    channels = notice.require_publishable(act.settings, published(act.c, act.task.id, act.settings), act.data)
    require_not_down(act.c, act.instance_id)
    ends_at = notice.ends(act.settings, act.now, act.runtime.calendar(act.c))
    row = {
        "task_id": act.task.id,
        "instance_id": act.instance_id,
        "element_id": act.task.element_id,
        "content": act.data.get(posting.TEXT) or _content(act),
        "starts_at": act.now,
        "ends_at": ends_at,
        "published_by": act.person_id,
    }
    act.c.execute(insert(notices).values(row))
    act.c.execute(insert(publications), [_publication(act, each) for each in act.data[posting.CHANNELS]])
    act.close_at(ends_at)
    _look_at(act, ends_at)
    act.deactivate(ORGANISER)
    ensure_page(act.c, act.instance_id, act.person_id, act.now)
    act.note(channels=list(channels), until=ends_at.isoformat())


def _content(act: Act) -> str:
    row = act.work.row
    closure = Closure.of(act.runtime, act.c, row.version_id, row.closure)
    return composed(closure, act.settings["shows"], act.context(), row.parameters, str(row.title))


def _publication(act: Act, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "task_id": act.task.id,
        "channel": row[posting.CHANNEL],
        "evidence": [file["id"] for file in row[posting.PROOF]],
        "by": act.person_id,
        "at": act.now,
    }


def _look_at(act: Act, ends_at: datetime) -> None:
    """The clock comes first on the last day, to ask for a photo of it, and then at the end."""
    last = notice.last_day(ends_at)
    moment = last if act.now < last else ends_at
    act.c.execute(update(tasks).where(tasks.c.id == act.task.id).values(closes_at=moment))


def add_feedback(act: Act) -> None:
    """记反馈: it comes back to who published it, to be answered."""
    assert act.actor is not None
    lock(act.c, act.task.id, shared=True)
    notice.require_receiving(published(act.c, act.task.id, act.settings), act.now)
    author = str(act.data.get(posting.AUTHOR) or "")
    own = act.person_id if MEMBER in act.roles and not author else None
    clerk = act.entered_by if own is not None else act.actor.person_id
    known = own if own is not None else recognised(act, author, str(act.data.get(HOUSEHOLD) or ""))
    said = Opinion(act.data[posting.CONTENT], act.data[posting.SORT], "", known, author)
    keep(act, [said], sorted(act.files), clerk, single=False)
    if act.settings["answers"] == "yes":
        act.activate(ORGANISER)


def add_photo(act: Act) -> None:
    """补照片: what the board looked like, above all on the last day (procedures.md 11.4)."""
    lock(act.c, act.task.id, shared=False)
    so_far = published(act.c, act.task.id, act.settings)
    notice.require_published(so_far)
    for photo in act.data[posting.PHOTOS]:
        own = {"task_id": act.task.id, "file_id": photo["id"], "channel": act.data[posting.CHANNEL]}
        insert_once(act.c, notice_photos, own | {"by": act.person_id, "at": act.now})
    settle(act, so_far)


def answer(act: Act) -> None:
    """答复: with the last answer it leaves the list again, unless the days are over and it waits to be ended."""
    lock(act.c, act.task.id, shared=False)
    notice.require_published(published(act.c, act.task.id, act.settings))
    answer_in(act, act.task.id)
    settle(act, published(act.c, act.task.id, act.settings))


def settle(act: Act, so_far: Published) -> None:
    """Who published it has nothing to do any more, unless something waits, a photo is wanted or the days are over."""
    over = so_far.ends_at is not None and act.now >= so_far.ends_at
    wanted = photo_wanted(act.c, act.task.id, so_far.ends_at, act.now)
    if not (over or wanted or notice.waits(act.settings, so_far)):
        act.deactivate(ORGANISER)


def by_clock(act: Act) -> dict[str, Any] | None:
    """The last day begins: a photo is asked for. The days are over: it ends, or waits in the list of who published it
    for what is not answered or not moderated.
    """
    lock(act.c, act.task.id, shared=False)
    so_far = published(act.c, act.task.id, act.settings)
    if so_far.ends_at is None:
        return None
    if act.now < so_far.ends_at:
        _look_at(act, so_far.ends_at)
        act.activate(ORGANISER)
        act.note(photo="wanted")
        return None
    if notice.waits(act.settings, so_far):
        act.activate(ORGANISER)
        return None
    return _end(act, so_far)


def close(act: Act) -> dict[str, Any]:
    """结束: after the last answer, when the days are over."""
    lock(act.c, act.task.id, shared=False)
    so_far = published(act.c, act.task.id, act.settings)
    notice.require_closable(act.settings, so_far, act.now)
    return _end(act, so_far)


def _end(act: Act, so_far: Published) -> dict[str, Any]:
    mine = notices.c.task_id == act.task.id
    act.c.execute(update(notices).where(mine).values(ended_at=act.now))
    by = act.c.scalar(select(notices.c.published_by).where(mine))
    return notice.conclude(act.settings, so_far) | {DOERS: [by]}


ACTS: dict[str, Handler] = {
    "publish": publish,
    "add_feedback": add_feedback,
    "add_photo": add_photo,
    "answer": answer,
    "close": close,
    "clock": by_clock,
}
