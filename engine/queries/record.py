"""A matter as data, for programs: where it stands and what each step came to, without the page around it."""

from dataclasses import replace

from engine.authorisation import Actor, require_matter
from engine.operations.work import Done, Work
from engine.runtime import Runtime


def record(rt: Runtime, actor: Actor, instance_id: str) -> Done:
    """The same shape as an operation answers with. Two statements, at most three. Raises NotVisible."""
    with rt.database.snapshot() as c:  # the state and the rows of its open tasks, as of one moment
        work = Work.read(rt, c, instance_id, actor)
        require_matter(c, actor, work.id, work.row.unit_path)
        done = work.done([row.jsonable() for row in work.open_rows(c)])
    return replace(done, outcome=work.row.outcome)
