"""Who was asked on a step that ends: they may see what became of the matter, though they kept silent."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from engine.steps.kind import MEMBER
from engine.store.proceedings import asked
from engine.store.tables import assignments, tasks

ASKING = ("consult", "notice", "assess")  # of a meeting and a vote the roll tells


def remember(c: Connection, task_ids: Sequence[str]) -> None:
    """Keep the seats of those asked, before the steps and their seats go. One statement."""
    seats = assignments.c
    query = (
        select(tasks.c.instance_id, seats.task_id, seats.designation, seats.unit_id, seats.person_id)
        .join(tasks, tasks.c.id == seats.task_id)
        .where(seats.task_id.in_(task_ids), seats.seat == MEMBER, tasks.c.kind.in_(ASKING))
    )
    kept = [asked.c.instance_id, asked.c.task_id, asked.c.designation, asked.c.unit_id, asked.c.person_id]
    c.execute(insert(asked).from_select(kept, query))
