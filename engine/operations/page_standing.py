"""A matter's public page taken down, and put up again: with a reason, which stands in the journal and on the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from engine.authorisation import may_see_matter, may_take_down
from engine.operations import links
from engine.operations.work import Work, attempt
from engine.refusal import Forbidden, Invalid, NotVisible, Overtaken
from engine.runtime import Runtime
from engine.steps import period
from engine.store.proceedings import notices
from engine.store.publicity import public_links

REASON = "理由"
LONGEST = 255  # characters of a reason


def take_down_page(runtime: Runtime, actor_id: int, instance_id: str, reason: str) -> None:
    """Who has the code reads from now on when and why it was taken down (410), and nothing else.

    Raises Invalid without a reason and while a notice is running, Forbidden, NotVisible, Overtaken.
    """

    def write(c: Connection, work: Work, row: Row[Any], why: str) -> None:
        if row.taken_down_at is not None:
            raise Overtaken("page-down", "公开页已经撤下了")
        until = running_until(c, work.id, work.status, work.now)
        if until is not None:
            raise Invalid(
                "notice-running",
                f"公示还没有结束（到 {period.last_day(until)}为止），公示期内不能撤下公开页。请等公示结束再撤；"
                "公示的内容有错、不能再挂的，请撤销这件事，改好了重新办",
            )
        _set(c, row, at=work.now, by=actor_id, why=why)
        work.record("take_down_page", reason=why)

    _change(runtime, actor_id, instance_id, reason, write)


def put_up_page(runtime: Runtime, actor_id: int, instance_id: str, reason: str) -> None:
    """It says again what it said, under the same code. Raises as `take_down_page` does."""

    def write(c: Connection, work: Work, row: Row[Any], why: str) -> None:
        if row.taken_down_at is None:
            raise Overtaken("page-up", "公开页没有撤下，村民看得到")
        _set(c, row, at=None, by=None, why=None)
        work.record("put_up_page", reason=why)

    _change(runtime, actor_id, instance_id, reason, write)


def running_until(c: Connection, instance_id: str, status: str, now: datetime) -> datetime | None:
    """When the last notice of this matter that is running comes to its end; None where none is. One statement."""
    mine = (notices.c.instance_id == instance_id, notices.c.ended_at.is_(None), notices.c.ends_at > now)
    ends = c.scalars(select(notices.c.ends_at).where(*mine)).all() if status == "running" else []
    return max(ends, default=None)


def _set(c: Connection, row: Row[Any], *, at: datetime | None, by: int | None, why: str | None) -> None:
    values = {"taken_down_at": at, "taken_down_by": by, "taken_down_why": why}
    c.execute(update(public_links).where(public_links.c.code == row.code).values(values))


def _change(
    runtime: Runtime,
    actor_id: int,
    instance_id: str,
    reason: str,
    write: Callable[[Connection, Work, Row[Any], str], None],
) -> None:
    """Also of a matter that has ended: what stands on a page too long is mostly old."""
    why = reason.strip().rstrip("。")
    if not why or len(why) > LONGEST:
        message = f"理由最多 {LONGEST} 字" if why else "请写明理由：它写进留痕，撤下的理由村民也看得到"
        raise Invalid("reason", message, {REASON: message})

    def once() -> None:
        with runtime.database.write() as c:
            work = Work.read(runtime, c, instance_id, runtime.actor(c, actor_id))
            require_may(c, work)
            row = links.page(c, instance_id)
            if row is None:
                raise Invalid("no-page", "这件事还没有公开页，没有什么可以撤下的")
            work.keeps_undo = True
            write(c, work, row, why)
            work.save(c)

    attempt(runtime, once)


def require_may(c: Connection, work: Work) -> None:
    """Raises Forbidden; NotVisible for whom the matter does not exist."""
    assert work.actor is not None
    path = work.row.unit_path
    if may_take_down(work.actor, path):
        return
    if not may_see_matter(c, work.actor, work.id, path):
        raise NotVisible("matter-unknown", "没有这个办件，或者它不在您能查看的范围里")
    raise Forbidden("not-publisher", "公开页由本村的文书、书记、主任或乡镇管理员撤下和恢复，请联系他们")
