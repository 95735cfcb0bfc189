"""A matter as data, for programs: where it stands and what each step came to, without the page around it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.authorisation import Actor, require_matter
from engine.operations.work import Done, Work
from engine.runtime import Runtime, jsonable
from engine.store.tables import tasks


def record(rt: Runtime, actor: Actor, instance_id: str) -> Done:
    """The same shape as an operation answers with. Two statements, at most three. Raises NotVisible."""

    def read(c: Connection) -> Done:
        work = Work.read(rt, c, instance_id, actor)
        require_matter(c, actor, work.id, work.row.unit_path)
        done = work.done([jsonable(row) for row in _open(c, instance_id)])
        return replace(done, outcome=work.row.outcome)

    return rt.database.look(read)


def _open(c: Connection, instance_id: str) -> Sequence[Row[Any]]:
    query = select(tasks).where(tasks.c.instance_id == instance_id).order_by(tasks.c.opened_at, tasks.c.id)
    return c.execute(query).all()
