"""Who is to rate on a step of kind `assess`.

Whoever held the post when the step opened, holds it now, or has rated meanwhile counts as 应参评: somebody who leaves
the register takes neither a paper out of the box nor back a rating that was given. Only who holds it now may rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from engine.people.roster import holders_of, place
from engine.runtime import SHANGHAI, Runtime
from engine.steps.assess import PUBLIC
from engine.store.proceedings import ratings


@dataclass(frozen=True)
class Raters:
    """`now` are those who may rate; `number` is 应参评. Nobody in particular, and 0, where it is the public."""

    now: tuple[int, ...] = ()
    number: int = 0


def raters(rt: Runtime, c: Connection, task: Any, path: str) -> Raters:
    """Of an open step (a row of `tasks`) in the unit with this path. At most four statements."""
    names = task.settings["from"]
    if names == [PUBLIC]:
        return Raters()
    line, known = rt.line(c, task.unit_id, path), rt.designations
    found = {name: place(name, line, known) for name in names if name in known}
    places = [(name, unit.id) for name, unit in found.items() if unit is not None]

    def on(day: date) -> list[int]:
        held = holders_of(c, places, day, known)
        everybody = dict.fromkeys(person for one in places for person in held[one])
        return [person for person in everybody if person not in task.excluded]

    now, opened = on(rt.today()), task.opened_at.astimezone(SHANGHAI).date()
    before = on(opened) if opened != rt.today() else []
    rated = select(ratings.c.person_id).where(
        ratings.c.task_id == task.id, ratings.c.person_id.is_not(None), ratings.c.withdrawn_at.is_(None)
    )
    return Raters(tuple(now), len({*now, *before, *c.scalars(rated)}))
