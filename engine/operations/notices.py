"""公示 on the server: out with proof, open to feedback, ended by the clock when nothing waits for an answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from engine.operations.acting import Act
from engine.operations.opinions import answer_in, keep, lock
from engine.queries.closure import Closure
from engine.queries.heard import answered, published
from engine.queries.notices import composed
from engine.steps import notice
from engine.steps.kind import DOERS, MEMBER, ORGANISER
from engine.steps.notice import Published
from engine.steps.opinion import Opinion
from engine.store.proceedings import notices, publications


def publish(act: Act) -> None:
    """公示: the days are counted from now; until they are over nobody has anything to do."""
    lock(act.c, act.task.id, shared=False)
    channels = notice.require_publishable(act.settings, published(act.c, act.task.id, act.settings), act.data)
    ends_at = notice.ends(act.settings, act.now, act.runtime.calendar(act.c))
    row = {
        "task_id": act.task.id,
        "instance_id": act.instance_id,
        "element_id": act.task.element_id,
        "content": act.data.get(notice.TEXT) or _content(act),
        "starts_at": act.now,
        "ends_at": ends_at,
        "published_by": act.person_id,
    }
    act.c.execute(insert(notices).values(row))
    act.c.execute(insert(publications), [_publication(act, each) for each in act.data[notice.CHANNELS]])
    act.close_at(ends_at)
    act.deactivate(ORGANISER)
    act.note(channels=list(channels), until=ends_at.isoformat())


def _content(act: Act) -> str:
    row = act.work.row
    closure = Closure.of(act.runtime, act.c, row.version_id, row.closure)
    return composed(closure, act.settings["shows"], act.context(), row.parameters, str(row.title))


def _publication(act: Act, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "task_id": act.task.id,
        "channel": row[notice.CHANNEL],
        "evidence": [file["id"] for file in row[notice.PROOF]],
        "by": act.person_id,
        "at": act.now,
    }


def add_feedback(act: Act) -> None:
    """记反馈: it comes back to who published it, to be answered."""
    assert act.actor is not None
    lock(act.c, act.task.id, shared=True)
    notice.require_receiving(published(act.c, act.task.id, act.settings), act.now)
    author = str(act.data.get(notice.AUTHOR) or "")
    own = act.person_id if MEMBER in act.roles and not author else None
    clerk = act.entered_by if own is not None else act.actor.person_id
    said = Opinion(act.data[notice.CONTENT], act.data[notice.SORT], "", own, author)
    keep(act, [said], sorted(act.files), clerk, single=False)
    if act.settings["answers"] == "yes":
        act.activate(ORGANISER)


def answer(act: Act) -> None:
    """答复: with the last answer it leaves the list again, unless the days are over and it waits to be ended."""
    lock(act.c, act.task.id, shared=False)
    so_far = published(act.c, act.task.id, act.settings)
    notice.require_published(so_far)
    answer_in(act, act.task.id)
    left = answered(act.c, act.task.id).left
    if left <= 0 and so_far.ends_at is not None and act.now < so_far.ends_at:
        act.deactivate(ORGANISER)


def by_clock(act: Act) -> dict[str, Any] | None:
    """The days are over: it ends, or waits in the list of who published it for what is unanswered."""
    lock(act.c, act.task.id, shared=False)
    so_far = published(act.c, act.task.id, act.settings)
    if so_far.starts_at is None:
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


ACTS = {
    "publish": publish,
    "add_feedback": add_feedback,
    "answer": answer,
    "close": close,
    "clock": by_clock,
}
