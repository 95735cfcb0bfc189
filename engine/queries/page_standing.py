"""Whether a matter's public page is up, for who may take it down and for the matter's own page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine.authorisation import Actor, may_see_matter, may_take_down
from engine.operations import links
from engine.operations.page_standing import running_until
from engine.people.roster import names_of
from engine.refusal import NotVisible
from engine.runtime import Runtime
from engine.store.tables import instances, units


@dataclass(frozen=True)
class PageStanding:
    """`code` is empty where the matter has no page. `down_at`, `down_by`, `why` where it was taken down;
    `notice_until` while a notice is running, which keeps it up. `may_change`: the reader may take it down or put it up.
    """

    title: str
    code: str
    may_change: bool
    notice_until: datetime | None = None
    down_at: datetime | None = None
    down_by: str = ""
    why: str = ""


def of_matter(rt: Runtime, actor: Actor, instance_id: str) -> PageStanding:
    """At most five statements. Raises NotVisible."""
    return rt.database.look(lambda c: _of_matter(rt, c, actor, instance_id))


def _of_matter(rt: Runtime, c: Connection, actor: Actor, instance_id: str) -> PageStanding:
    query = select(instances.c.title, instances.c.status, units.c.path)
    query = query.join(units, units.c.id == instances.c.unit_id).where(instances.c.id == instance_id)
    row = c.execute(query).first()
    may = row is not None and may_take_down(actor, row.path)
    if row is None or not (may or may_see_matter(c, actor, instance_id, row.path)):
        raise NotVisible("matter-unknown", "没有这个办件，或者它不在您能查看的范围里")
    page = links.page(c, instance_id)
    if page is None:
        return PageStanding(row.title, "", may)
    if page.taken_down_at is None:
        return PageStanding(row.title, page.code, may, running_until(c, instance_id, row.status, rt.now()))
    by = names_of(c, [page.taken_down_by]).get(page.taken_down_by, "")
    return PageStanding(row.title, page.code, may, None, page.taken_down_at, by, page.taken_down_why)
