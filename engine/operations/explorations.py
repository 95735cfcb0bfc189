"""走查 of a draft: asked for by a designer, walked by a process of its own (engine.exploration.job), which tells here
how far it is and asks here whether to stop.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, delete, insert, select, update

from engine.diagram.procedure import open_folder
from engine.execution.script import Placed
from engine.operations.drafts import files_of, require_draft
from engine.operations.procedures import called_by
from engine.people.units import get
from engine.refusal import Invalid, NotVisible
from engine.runtime import Runtime
from engine.store.drafts import drafts, explorations

SILENCE = timedelta(seconds=15)  # after which one that is not heard of is taken for dead
WAITING = {"phase": "waiting"}


@dataclass(frozen=True)
class Asked:
    """`fresh` tells that a process has to be started for it; otherwise it is under way, or there is its report."""

    id: str
    fresh: bool


@dataclass(frozen=True)
class Order:
    """What a process is to walk: the folder as it is now with all it calls, its revision, and the parameters."""

    files: Placed
    revision: int
    parameters: Mapping[str, Any]


def explore_draft(
    runtime: Runtime, actor_id: int, draft_id: str, parameters: Mapping[str, Any] | None = None
) -> Asked:
    """Ask for an exploration; there is at most one for a draft. One that walks the same already, or has walked it to
    the end, is taken instead. `parameters` are those to differ from their defaults.

    Raises Invalid where the draft cannot be executed, or a parameter has a value it may not have; NotVisible.
    """
    exploration_id, now = uuid4().hex, runtime.now()

    def write(c: Connection) -> Asked:
        draft = require_draft(runtime, c, actor_id, draft_id, locked=True)
        chosen = _chosen(runtime, c, draft, parameters or {})
        last = _last(c, draft_id)
        if last is not None and last.revision == draft.revision and last.parameters == chosen:
            if last.ended_at is None and alive(last, now) and not last.stopping:
                return Asked(last.id, False)
            if last.report is not None and last.report["complete"]:
                return Asked(last.id, False)
        c.execute(
            delete(explorations).where(explorations.c.draft_id == draft_id)
        )  # a process at work gives up
        values = {
            "id": exploration_id,
            "draft_id": draft_id,
            "revision": draft.revision,
            "parameters": chosen,
        }
        asked = {"asked_by": actor_id, "asked_at": now, "beat_at": now, "stopping": False}
        c.execute(insert(explorations).values(**values, **asked, progress=WAITING))
        return Asked(exploration_id, True)

    return runtime.database.run(write)


def stop_exploration(runtime: Runtime, actor_id: int, draft_id: str) -> None:
    """Ask the draft's exploration to stop; it reports what it has seen. Raises NotVisible."""

    def write(c: Connection) -> None:
        require_draft(runtime, c, actor_id, draft_id)
        stop_walking(c, draft_id)

    runtime.database.run(write)


def stop_walking(c: Connection, draft_id: str) -> None:
    """Nobody waits for the draft's exploration any longer; what it has seen by now is its report."""
    mine = explorations.c.draft_id == draft_id, explorations.c.ended_at.is_(None)
    c.execute(update(explorations).where(*mine).values(stopping=True))


def alive(row: Row[Any, Any, Any], now: datetime) -> bool:
    """Whether its process has been heard of lately."""
    return bool(now - row.beat_at <= SILENCE)


# ---------------------------------------------------------------- for the process that walks


def read_order(runtime: Runtime, exploration_id: str) -> Order:
    """What to walk. Raises NotVisible where nobody asks for it any longer."""

    def read(c: Connection) -> Order:
        row = c.execute(
            select(explorations.c.draft_id, explorations.c.parameters, drafts.c.unit_id, drafts.c.revision)
            .join(drafts, drafts.c.id == explorations.c.draft_id)
            .where(explorations.c.id == exploration_id)
        ).first()
        if row is None:
            raise NotVisible("exploration-unknown", "没有这次走查")
        files = files_of(c, row.draft_id)
        return Order(_placed(runtime, c, row.unit_id, files), row.revision, row.parameters)

    with runtime.database.snapshot() as c:
        return read(c)


def tell_progress(runtime: Runtime, exploration_id: str, progress: Mapping[str, Any]) -> bool | None:
    """A sign of life. Whether it is to stop; None where it is wanted no longer."""
    now = runtime.now()

    def write(c: Connection) -> bool | None:
        mine = explorations.c.id == exploration_id, explorations.c.ended_at.is_(None)
        c.execute(update(explorations).where(*mine).values(progress=dict(progress), beat_at=now))
        return c.scalar(select(explorations.c.stopping).where(*mine))

    return runtime.database.run(write)


def end_exploration(
    runtime: Runtime, exploration_id: str, revision: int, report: Mapping[str, Any] | None, failure: str = ""
) -> None:
    """The report of what was walked, or why there is none."""
    now = runtime.now()
    ended = {"ended_at": now, "beat_at": now, "report": report, "failure": failure or None}

    def write(c: Connection) -> None:
        mine = explorations.c.id == exploration_id
        c.execute(update(explorations).where(mine).values(**ended, revision=revision))

    runtime.database.run(write)


# ---------------------------------------------------------------- parts


def _last(c: Connection, draft_id: str) -> Row[Any, Any, Any] | None:
    query = select(explorations).where(explorations.c.draft_id == draft_id)
    return c.execute(query.order_by(explorations.c.asked_at.desc()).limit(1)).first()


def _placed(runtime: Runtime, c: Connection, unit_id: int, files: Mapping[str, bytes]) -> Placed:
    procedure = open_folder(files).procedure
    called = {} if procedure is None else called_by(runtime, c, procedure, get(c, unit_id))
    return Placed(files, called)


def _chosen(
    runtime: Runtime, c: Connection, draft: Row[Any, Any, Any], parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """The parameters that are not at their default. Raises Invalid."""
    folder = open_folder(files_of(c, draft.id))
    if folder.procedure is None:
        found = [finding for finding in folder.findings if finding.severity == "error"]
        told = f"：{found[0]}" if found else ""
        raise Invalid("cannot-run", f"这张流程图还不能运行，没法走查{told}。请先看“检查”，改好再走")
    place = get(c, draft.unit_id)
    called = called_by(runtime, c, folder.procedure, place)
    missing = [key for one in (folder.procedure, *called.values()) for key in one.calls if key not in called]
    if missing:
        raise Invalid(
            "called-unknown", f"流程里调用的“{missing[0]}”在{place.name}还没有发布，请先发布它，再走查"
        )
    known = {name: one for each in called.values() for name, one in each.parameters.items()}
    known |= folder.procedure.parameters
    wrong: dict[str, str] = {}
    for name, value in parameters.items():
        problem = known[name].problem(value) if name in known else "流程里没有这个参数了，请刷新页面"
        if problem is not None:
            wrong[name] = problem
    if wrong:
        raise Invalid("parameters", "参数有几处要改一改，改好再走", wrong)
    return {name: value for name, value in parameters.items() if value != known[name].default}
