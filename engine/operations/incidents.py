"""Work that failed on its own: kept, tried again with growing pauses, shown to the administrator."""

import secrets
from datetime import timedelta

from sqlalchemy import Connection, insert, or_, select, update

from engine.authorisation import require_administrator
from engine.refusal import NotVisible
from engine.runtime import Runtime
from engine.store.tables import incidents, instances, units

PAUSES = [timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720)]


def report(runtime: Runtime, instance_id: str, work: str, message: str) -> str:
    """Note a failure; returns its reference number. The same work failing again is the same incident."""
    now, reference = runtime.now(), secrets.token_hex(4)

    def write(c: Connection) -> str:
        mine = (
            incidents.c.instance_id == instance_id,
            incidents.c.work == work,
            incidents.c.resolved_at.is_(None),
        )
        row = c.execute(
            select(incidents.c.id, incidents.c.attempts, incidents.c.reference).where(*mine)
        ).first()
        attempts = 1 if row is None else row.attempts + 1
        later = now + PAUSES[attempts - 1] if attempts <= len(PAUSES) and work != "complete" else None
        values = {"message": message[:2000], "attempts": attempts, "last_at": now, "next_try_at": later}
        if row is not None:
            c.execute(update(incidents).where(incidents.c.id == row.id).values(**values))
            return str(row.reference)
        fixed = {"instance_id": instance_id, "work": work, "reference": reference, "first_at": now}
        c.execute(insert(incidents).values(**fixed, **values))
        return reference

    return runtime.database.run(write)


def resolve(runtime: Runtime, instance_id: str, work: str) -> None:
    """The work went through after all. Writes only when there is something to resolve."""
    mine = (
        incidents.c.instance_id == instance_id,
        incidents.c.work == work,
        incidents.c.resolved_at.is_(None),
    )
    with runtime.database.read() as c:
        if c.execute(select(incidents.c.id).where(*mine)).first() is None:
            return
    now = runtime.now()
    runtime.database.run(lambda c: c.execute(update(incidents).where(*mine).values(resolved_at=now)))


def waiting(c: Connection, instance_id: str, work: str, now: object) -> bool:
    """Whether this work failed before and its next try is not due yet."""
    query = select(incidents.c.id).where(
        incidents.c.instance_id == instance_id,
        incidents.c.work == work,
        incidents.c.resolved_at.is_(None),
        or_(incidents.c.next_try_at.is_(None), incidents.c.next_try_at > now),
    )
    return c.execute(query).first() is not None


def retry_incident(runtime: Runtime, actor_id: int, incident_id: int) -> None:
    """Try again now what failed. The unit's administrator may. Raises Forbidden, NotVisible."""
    with runtime.database.read() as c:
        actor = runtime.actor(c, actor_id)
        row = c.execute(
            select(incidents.c.work, units.c.path)
            .join(instances, instances.c.id == incidents.c.instance_id)
            .join(units, units.c.id == instances.c.unit_id)
            .where(incidents.c.id == incident_id, incidents.c.resolved_at.is_(None))
        ).first()
        if row is None:
            raise NotVisible("incident-unknown", "没有这个故障，可能已经排除了")
        require_administrator(actor, row.path)
    now = runtime.now()
    # A failed completion is repeated by the person; noting it as seen is all there is to do here.
    values = {"resolved_at": now} if row.work == "complete" else {"next_try_at": now}
    mine = incidents.c.id == incident_id
    runtime.database.run(lambda c: c.execute(update(incidents).where(mine).values(**values)))
