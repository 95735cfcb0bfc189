"""What is read of an open task where its page is not shown: the cost does not depend on who takes part in it."""

from typing import Any

from sqlalchemy import Connection, Row, or_, select

from engine import steps
from engine.authorisation import Actor
from engine.queries import reach
from engine.runtime import Runtime
from engine.steps import Action
from engine.store.tables import tasks


def outline(rt: Runtime, task_id: str) -> Row[Any] | None:
    """The bare row of an open task, for answers to those whose act on it has just been let through."""
    return rt.database.look(lambda c: c.execute(select(tasks).where(tasks.c.id == task_id)).one_or_none())


def action_of(rt: Runtime, task_id: str, name: str) -> Action | None:
    """An act on an open task, its form without people to pick, to read what was posted; None where there is no such
    task or act. Who may act is the operation's to judge. One statement.
    """

    def read(c: Connection) -> Action | None:
        query = select(tasks.c.kind, tasks.c.settings).where(tasks.c.id == task_id)
        row = c.execute(query).one_or_none()
        if row is None:
            return None
        procedure = rt.procedure(c, row.settings["version_id"])
        offered = steps.kind(row.kind).actions(row.settings, procedure.forms)
        return next((one for one in offered if one.name == name), None)

    return rt.database.look(read)


def following(rt: Runtime, actor: Actor, instance_id: str, task_id: str = "") -> str | None:
    """The id of the step of this matter that this person may do now, other than this one. One statement."""
    query = (
        select(tasks.c.id)
        .where(tasks.c.instance_id == instance_id, tasks.c.id != task_id)
        .where(reach.within_reach(actor), or_(reach.is_mine(actor), reach.is_claimable(actor)))
        .order_by(tasks.c.opened_at, tasks.c.id)
        .limit(1)
    )
    return rt.database.look(lambda c: c.scalar(query))
