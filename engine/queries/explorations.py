"""The exploration of a draft as its designers see it: how far it is, or what it has found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select

from engine.authorisation import Actor
from engine.operations.explorations import alive
from engine.queries.drafts import draft
from engine.runtime import Runtime
from engine.store.drafts import explorations
from engine.store.tables import people

State = Literal["waiting", "walking", "stopping", "done", "failed", "interrupted"]


@dataclass(frozen=True)
class Exploration:
    """`revision` is the draft's it walks; `outdated`: the draft has changed since. `report` as
    engine.exploration.Report.as_dict, `progress` as engine.exploration.job writes it.
    """

    id: str
    state: State
    revision: int
    outdated: bool
    parameters: Mapping[str, Any]
    asked_by: str
    asked_at: datetime
    progress: Mapping[str, Any]
    report: Mapping[str, Any] | None
    failure: str

    @property
    def under_way(self) -> bool:
        return self.state in ("waiting", "walking", "stopping")


def exploration(rt: Runtime, actor: Actor, draft_id: str) -> Exploration | None:
    """The last one of a draft; None where nobody has asked for any. Raises NotVisible."""
    revision = draft(rt, actor, draft_id).revision
    query = (
        select(explorations, people.c.name.label("who"))
        .outerjoin(people, people.c.id == explorations.c.asked_by)
        .where(explorations.c.draft_id == draft_id)
        .order_by(explorations.c.asked_at.desc())
        .limit(1)
    )
    with rt.database.read() as c:
        row = c.execute(query).first()
    if row is None:
        return None
    return Exploration(
        id=row.id,
        state=_state(row, rt.now()),
        revision=row.revision,
        outdated=row.revision != revision,
        parameters=row.parameters,
        asked_by=row.who or "",
        asked_at=row.asked_at,
        progress=row.progress,
        report=row.report,
        failure=row.failure or "",
    )


def _state(row: Any, now: datetime) -> State:
    if row.ended_at is not None:
        return "done" if row.report is not None else "failed"
    if not alive(row, now):
        return "interrupted"
    if row.stopping:
        return "stopping"
    return "waiting" if row.progress.get("phase") == "waiting" else "walking"
