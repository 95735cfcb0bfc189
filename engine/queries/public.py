"""The public side: what anybody may read without an account, by the code of a link.

Nothing that waits for moderation is here, nothing of a form, and no file that does not belong to a publication.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, String, cast, func, select

from engine import files
from engine.execution import Instance
from engine.operations import links
from engine.queries import board, households, participation
from engine.queries.closure import Closure
from engine.queries.disclosed import (
    BallotFile,
    Fact,
    Gathered,
    HouseholdAnswer,
    HouseholdPage,
    MatterLine,
    MatterPage,
    Notice,
    Participation,
    Photo,
    Publication,
    Slip,
    Stage,
    UnitPage,
    Voice,
)
from engine.queries.exhibits import Exhibits, published
from engine.queries.notices import composed
from engine.queries.way import Matter, state, way
from engine.refusal import NotVisible
from engine.runtime import SHANGHAI, Runtime
from engine.steps.declared.opinions import PUBLICATIONS
from engine.store.proceedings import (
    agenda_items,
    meetings,
    notice_photos,
    notices,
    opinions,
    publications,
    ratings,
)
from engine.store.publicity import public_links
from engine.store.tables import instances, parameter_sets, procedure_versions, tasks, units
from engine.store.voting import ballots

household, slips, unit = households.page, households.slips, board.page

# ---------------------------------------------------------------- links


def code_of(rt: Runtime, instance_id: str) -> str | None:
    """The code of a matter's page; None while nothing of it is public."""
    return rt.database.look(lambda c: links.page_code(c, instance_id))


def leads_to(rt: Runtime, code: str) -> str | None:
    """What a typed code opens: `matter` or `household`; None for an unknown or a revoked one."""
    query = select(public_links.c.household_id, public_links.c.revoked_at)
    row = rt.database.look(
        lambda c: c.execute(query.where(public_links.c.code == links.normal(code))).first()
    )
    if row is None or row.revoked_at is not None:
        return None
    return "matter" if row.household_id is None else "household"


# ---------------------------------------------------------------- has it changed


def version(rt: Runtime, code: str) -> str:
    """A short key that is another one whenever the matter's page would say something else, but for what ends by the
    clock alone. One statement. Raises NotVisible, Gone.
    """

    def read(c: Connection) -> str:
        row = c.execute(_VERSION.where(public_links.c.code == links.normal(code))).first()
        if row is None or row[0] is None:
            links.found(c, code, household=False)  # says why
        return hashlib.sha256(repr(tuple(row or ())).encode()).hexdigest()[:16]

    return rt.database.look(read)


def _version() -> Select[Any]:
    """The matter's revision, and what changes without it: opinions, ratings, and meetings shared with other matters."""
    said = opinions.c.instance_id == public_links.c.instance_id
    parts: list[Any] = [
        select(func.count()).select_from(opinions).where(said),
        select(func.count(opinions.c.withdrawn_at)).where(said),
        select(func.count()).where(ratings.c.instance_id == public_links.c.instance_id),
    ]
    met = agenda_items.c.instance_id == public_links.c.instance_id
    held = agenda_items.join(meetings, meetings.c.id == agenda_items.c.meeting_id)
    moments = (meetings.c.convened_at, meetings.c.announced_at, meetings.c.opened_at, meetings.c.ended_at)
    parts += [select(func.max(cast(moment, String))).select_from(held).where(met) for moment in moments]
    joined = public_links.outerjoin(instances, instances.c.id == public_links.c.instance_id)
    return (
        select(instances.c.revision, *(part.scalar_subquery() for part in parts))
        .select_from(joined)
        .where(
            public_links.c.task_id.is_(None),
            public_links.c.revoked_at.is_(None),
            public_links.c.taken_down_at.is_(None),
        )
    )


_VERSION = _version()  # built once: every reader asks


# ---------------------------------------------------------------- a matter


def matter(rt: Runtime, code: str) -> MatterPage:
    """Everything public of one matter. One or two statements a stage: keep it by `version`. Raises NotVisible."""
    return rt.database.look(lambda c: _matter(rt, c, code))


_HEAD = (
    select(
        instances,
        parameter_sets.c["values"].label("parameters"),
        procedure_versions.c.title.label("procedure"),
        units.c.name.label("unit"),
        units.c.code.label("unit_code"),
        units.c.path,
    )
    .join(parameter_sets, parameter_sets.c.id == instances.c.parameter_set_id)
    .join(procedure_versions, procedure_versions.c.id == instances.c.version_id)
    .join(units, units.c.id == instances.c.unit_id)
)


def _matter(rt: Runtime, c: Connection, code: str) -> MatterPage:
    link = links.found(c, code, household=False)
    row: Any = c.execute(_HEAD.where(instances.c.id == link.instance_id)).one()
    closure = Closure.of(rt, c, row.version_id, row.closure)
    instance = rt.definition(c, row.version_id, row.closure).restore(
        row.state, clock=rt.clock, parameters=row.parameters, calendar=rt.calendar(c)
    )
    exhibits = Exhibits.of(c, row.id)
    found = Matter(rt, c, row, closure, instance.data, exhibits)
    query = select(tasks).where(tasks.c.instance_id == row.id).order_by(tasks.c.opened_at, tasks.c.id)
    open_tasks = c.execute(query).all() if row.status == "running" else []
    ends = participation.running(c, [row.id], rt.now())
    labels = {node.id: node.label for node in found.nodes.values()}
    stages = way(found, open_tasks)
    said, more = participation.voices(c, row.id, labels)
    return MatterPage(
        code=link.code,
        number=row.number,
        title=row.title,
        unit=row.unit,
        unit_code=row.unit_code,
        above=[one.name for one in reversed(rt.line(c, row.unit_id, row.path)[1:])],
        procedure=row.procedure,
        state=state(row.status, row.outcome, open_tasks, ends, rt.now()),
        status=row.status,
        outcome=row.outcome or "",
        started_at=row.started_at,
        ended_at=row.ended_at,
        way=stages,
        publications=_publications(c, found),
        notices=_notices(c, found, stages, rt.now()),
        participations=[
            _with_its_subject(found, instance, one, open_tasks)
            for one in participation.offered(rt, open_tasks, ends)
        ],
        voices=said,
        more_voices=more,
        waiting=participation.waiting(c, row.id),
        unadopted=participation.unadopted(c, row.id),
    )


def _with_its_subject(
    found: Matter, instance: Instance, one: Participation, open_tasks: Sequence[Any]
) -> Participation:
    """A consultation together with the draft, the plan it is about: nobody can judge what he has not read."""
    shows = next((task.settings.get("shows") for task in open_tasks if task.id == one.task_id), None)
    if one.sort != "意见" or not shows:
        return one
    context = instance.context(one.task_id)
    return replace(one, about=composed(found.closure, shows, context, found.row.parameters, "").strip())


# ---------------------------------------------------------------- notices


def _notices(c: Connection, found: Matter, stages: Sequence[Stage], now: datetime) -> list[Notice]:
    """Those that are up first, then the latest. Three statements."""
    query = select(notices).where(notices.c.instance_id == found.row.id).order_by(notices.c.starts_at.desc())
    rows = c.execute(query).all()
    out = _out(c, found)
    outcomes = {stage.at: stage.outcome for stage in stages if stage.kind == "公示"}
    shown = [
        Notice(
            task_id=row.task_id,
            step=found.nodes[row.element_id].label if row.element_id in found.nodes else "公示",
            text=row.content,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            is_running=row.ended_at is None and now < row.ends_at and found.row.status == "running",
            outcome=outcomes.get(row.ended_at, "") if row.ended_at else "",
            channels=out.get(row.task_id, ((), ()))[0],
            photos=out.get(row.task_id, ((), ()))[1],
            by=_lane(found, row.element_id),
        )
        for row in rows
    ]
    return sorted(shown, key=lambda one: not one.is_running)


def _lane(found: Matter, element_id: str) -> str:
    node = found.nodes.get(element_id)
    return (node.lane or "") if node is not None else ""


def _out(c: Connection, found: Matter) -> Mapping[str, tuple[list[str], list[Photo]]]:
    """By notice: where it hangs, and the photos that prove it, those of later days after those of the first."""
    mine = notices.c.instance_id == found.row.id
    rows: dict[str, tuple[list[str], list[Photo]]] = {}
    hung = select(publications).join(notices, notices.c.task_id == publications.c.task_id).where(mine)
    ordered = sorted(c.execute(hung.add_columns(notices.c.element_id)), key=lambda row: _place(found, row))
    for row in ordered:
        where, photos = rows.setdefault(row.task_id, ([], []))
        where.append(row.channel)
        photos += found.exhibits.photos(row.evidence, row.channel)
    looked = select(notice_photos).join(notices, notices.c.task_id == notice_photos.c.task_id).where(mine)
    for row in c.execute(looked.order_by(notice_photos.c.at)):
        day = row.at.astimezone(SHANGHAI)
        label = f"{row.channel}，{day.month} 月 {day.day} 日"
        rows.setdefault(row.task_id, ([], []))[1].extend(found.exhibits.photos([row.file_id], label))
    return rows


def _place(found: Matter, row: Any) -> int:
    """A channel's place in the diagram's list."""
    node = found.nodes.get(row.element_id)
    known = list(found.settings(node).get("channels", ())) if node is not None else []
    return known.index(row.channel) if row.channel in known else len(known)


def _publications(c: Connection, found: Matter) -> list[Publication]:
    """The four publications of LB-7, where the procedure has steps for them."""
    items = {node.id: node.properties.get("publishes", "").strip() for node in found.nodes.values()}
    if not any(items.values()):
        return []
    query = select(notices).where(notices.c.instance_id == found.row.id).order_by(notices.c.starts_at)
    out, done = _out(c, found), {}
    for row in c.execute(query):
        where, photos = out.get(row.task_id, ([], []))
        done[items.get(row.element_id, "")] = (row.starts_at, where, photos)
    return [
        Publication(item, True, *done[item]) if item in done else Publication(item, False)
        for item in PUBLICATIONS
    ]


# ---------------------------------------------------------------- files


def file(rt: Runtime, code: str, file_id: str) -> tuple[bytes, str, str]:
    """(content, media type, name) of a file that proves a publication of this matter. Raises NotVisible."""

    def read(c: Connection) -> tuple[bytes, str, str]:
        link = links.found(c, code, household=False)
        if file_id not in published(c, link.instance_id):
            raise NotVisible("file-unknown", "没有这张照片，可能已经撤下")
        data, media_type = files.read(c, file_id)
        return data, media_type, f"公示凭证{ENDINGS.get(media_type, '')}"

    return rt.database.look(read)


ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
}


def ballot_file(rt: Runtime, code: str, task_id: str) -> tuple[bytes, str]:
    """(content, name) of the file from which anybody recounts a vote of this matter that is over. Raises NotVisible."""

    def read(c: Connection) -> tuple[bytes, str]:
        link = links.found(c, code, household=False)
        mine = (ballots.c.task_id == task_id, ballots.c.instance_id == link.instance_id)
        text = c.scalar(select(ballots.c.published).where(*mine))
        if text is None:
            raise NotVisible("ballot-unknown", "没有这次表决的数据，或者表决还没有结束")
        return text.encode(), f"表决数据-{task_id[:8]}.json"

    return rt.database.look(read)


__all__ = [
    "BallotFile",
    "Fact",
    "Gathered",
    "HouseholdAnswer",
    "HouseholdPage",
    "MatterLine",
    "MatterPage",
    "Notice",
    "Participation",
    "Photo",
    "Publication",
    "Slip",
    "Stage",
    "UnitPage",
    "Voice",
    "ballot_file",
    "code_of",
    "file",
    "household",
    "leads_to",
    "matter",
    "slips",
    "unit",
    "version",
]
