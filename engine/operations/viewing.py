"""Who looked at which matter; kept six months, then the worker removes it."""

from datetime import timedelta

from sqlalchemy import Connection, insert, select

from engine.authorisation import Actor
from engine.runtime import Runtime
from engine.store.tables import views

ONCE = timedelta(hours=1)  # looking again within this time is the same look


def note_view(rt: Runtime, actor: Actor, instance_id: str) -> None:
    """Write down that this person looked at the matter."""
    now = rt.now()
    lately = select(views.c.id).where(
        views.c.instance_id == instance_id, views.c.person_id == actor.person_id, views.c.at > now - ONCE
    )

    def write(c: Connection) -> None:
        if c.execute(lately).first() is None:
            c.execute(insert(views).values(person_id=actor.person_id, instance_id=instance_id, at=now))

    if rt.database.look(lambda c: c.execute(lately).first()) is None:
        rt.database.run(write)
