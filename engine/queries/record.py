"""A matter as data, for programs: where it stands and what each step came to, without the page around it."""

from dataclasses import replace

from sqlalchemy import Connection, select

from engine import journal as chains
from engine.authorisation import Actor, require_matter
from engine.operations.work import TRAIL, Done, Work
from engine.runtime import Runtime
from engine.store.tables import journal


def record(rt: Runtime, actor: Actor, instance_id: str) -> Done:
    """The same shape as an operation answers with, and the whole way it went. At most four statements.

    Raises NotVisible.
    """
    with rt.database.snapshot() as c:  # the state and the rows of its open tasks, as of one moment
        work = Work.read(rt, c, instance_id, actor)
        require_matter(c, actor, work.id, work.row.unit_path)
        done = work.done([row.jsonable() for row in work.open_rows(c)])
        way = whole_way(c, instance_id) if len(done.trail) >= TRAIL else done.trail
    return replace(done, outcome=work.row.outcome, trail=way)


def whole_way(c: Connection, instance_id: str) -> list[str]:
    """Every flow node the matter passed, from its journal; a step that was taken back was not passed."""
    rows = c.execute(
        select(journal.c.action, journal.c.submission_id, journal.c.detail)
        .where(journal.c.chain == chains.instance_chain(instance_id))
        .order_by(journal.c.sequence)
    ).all()
    taken_back = {row.submission_id for row in rows if row.action == "withdraw"}
    return [
        element
        for row in rows
        if row.submission_id is None or row.submission_id not in taken_back
        for element in row.detail.get("passed", ())
    ]
