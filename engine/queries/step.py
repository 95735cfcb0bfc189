"""One open task, with everything its page and the API show to this person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from engine import authorisation, steps
from engine.authorisation import Actor
from engine.clauses import Clause, clauses
from engine.operations.failing import last_act
from engine.queries import proceedings, results
from engine.queries.cause import Cause, cause
from engine.queries.closure import Closure
from engine.queries.names import Names, look_up
from engine.queries.outlook import Prospect, after
from engine.queries.prefill import prefill
from engine.queries.results import Line, StepResult
from engine.refusal import NotVisible, Overtaken
from engine.runtime import Runtime
from engine.steps import MEMBER, Action
from engine.store.tables import (
    assignments,
    instances,
    parameter_sets,
    people,
    procedure_versions,
    submissions,
    tasks,
    units,
)

RECENT = 50  # submissions of the matter that are read; the step's own seats are among the last


class TaskClosed(Overtaken):
    """The step was done by somebody in the meantime; the matter goes on without it."""

    def __init__(self, message: str, instance_id: str) -> None:
        super().__init__("task-closed", message)
        self.instance_id = instance_id


@dataclass(frozen=True)
class SeatView:
    """One voice. `who` are the people who can speak for it; `answered` what was said, once it was."""

    name: str
    place: str
    who: list[tuple[int, str]]
    answered_by: str | None = None
    entered_by: str | None = None
    answered_at: datetime | None = None
    answered: list[Line] = field(default_factory=list)
    is_mine: bool = False


@dataclass(frozen=True)
class TaskView:
    """`may`: claim, release, complete, act, behalf, reassign. `behalf` are the people a clerk may enter it for.

    Of a collective step `actions` are those this person may take in one of the `roles`, and `proceeding` is what its
    kind shows of the meeting, the vote, the opinions or the notice.
    """

    id: str
    instance_id: str
    element_id: str
    step: str
    kind: str
    kind_title: str
    lane: str | None
    matter: str
    number: str
    procedure: str
    version: int
    unit: str
    opened_at: datetime
    due_at: datetime | None
    overdue: bool
    status: str
    claimed_by: str | None
    guidance: str
    clauses: list[Clause]
    actions: list[Action]
    prefill: Mapping[str, Any]
    seats: list[SeatView]
    results: list[StepResult]
    cause: Cause | None
    after: list[Prospect]
    may: frozenset[str]
    behalf: list[tuple[int, str, str]]
    names: Names
    roles: frozenset[str] = frozenset()
    proceeding: Any = None
    item: Sequence[Line] = ()  # of a step repeated for a list: what this one is about
    # also those of other roles; with people to pick from only for a clerk, who enters them for somebody
    all_actions: Sequence[Action] = ()


def task(rt: Runtime, actor: Actor, task_id: str) -> TaskView:
    """Raises NotVisible, or TaskClosed for a step that somebody has done already."""
    return rt.database.look(lambda c: _task(rt, c, actor, task_id))


@dataclass(frozen=True)
class _Found:
    """An open task as the database has it, and what the reader is in it."""

    actor: Actor
    row: Row[Any]
    seats: Sequence[Row[Any]]
    every: Sequence[Row[Any]]  # what was handed in lately, also what was taken back

    @cached_property
    def said(self) -> list[Row[Any]]:
        return [s for s in self.every if s.withdrawn_at is None]

    @cached_property
    def here(self) -> list[Row[Any]]:
        return [s for s in self.said if s.task_id == self.row.id]

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(s.seat for s in self.seats if authorisation.fills(self.actor, _Seat(s)))

    @cached_property
    def is_clerk(self) -> bool:
        own = [_Seat(s) for s in self.seats]
        return authorisation.may_enter_for_others(self.actor, self.row.unit_id, own)


def _task(rt: Runtime, c: Connection, actor: Actor, task_id: str) -> TaskView:
    found = _read(c, actor, task_id)
    row = found.row
    closure = Closure.of(rt, c, row.version_id, row.closure)
    context = _context(rt, c, row, task_id)
    so_far = results.all_results(closure, context, row.parameters)
    names = _names(rt, c, found.seats, so_far)
    procedure = rt.procedure(c, row.settings["version_id"])
    node = procedure.diagram.node(row.element_id)
    kind = steps.kind(row.kind)
    mine, every = _actions(rt, c, found, kind.actions(row.settings, procedure.forms))
    may = _may_act(found, mine) if kind.collective else _may(found)
    views = _seats(found, names, every)
    return TaskView(
        id=row.id,
        instance_id=row.instance_id,
        element_id=row.element_id,
        step=row.name,
        kind=row.kind,
        kind_title=kind.title,
        lane=row.lane,
        matter=row.title,
        number=row.number,
        procedure=row.procedure,
        version=row.version,
        unit=row.unit,
        opened_at=row.opened_at,
        due_at=row.due_at,
        overdue=row.due_at is not None and row.due_at <= rt.now(),
        status=_status(actor, row, may),
        claimed_by=row.claimer,
        guidance=(node.documentation or "").strip(),
        clauses=clauses(node.properties.get("clauses", "")),
        actions=mine,
        prefill=prefill(row, node, context, every, _taken_back(found)),
        seats=views,
        results=so_far,
        item=results.item(closure, node, context, row.parameters),
        cause=cause(found.said, row, closure),
        after=after(procedure.diagram, node),
        may=may,
        behalf=_behalf(row, views) if "behalf" in may and not kind.collective else [],
        names=names,
        roles=found.roles,
        proceeding=proceedings.view(rt, c, actor, row, found.roles),
        all_actions=every,
    )


def _read(c: Connection, actor: Actor, task_id: str) -> _Found:
    """Raises NotVisible, TaskClosed."""
    rows = c.execute(_QUERY.where(tasks.c.id == task_id)).all()
    if not rows:
        raise _gone(c, actor, task_id)
    row = rows[0]
    seats = [seat for seat in rows if seat.seat is not None]
    if not any(authorisation.fills(actor, _Seat(seat)) for seat in seats):
        authorisation.require_matter(c, actor, row.instance_id, row.path)
    return _Found(actor, row, seats, _submissions(c, row.instance_id))


def _actions(
    rt: Runtime, c: Connection, found: _Found, every: Sequence[Action]
) -> tuple[list[Action], list[Action]]:
    """Those this person may take, and all. Only who may take one, or enters it for others, gets the people to pick."""
    row, held = found.row, found.roles
    own = [not steps.kind(row.kind).collective or bool(held.intersection(a.seats or held)) for a in every]
    wanted = [action for action, is_own in zip(every, own, strict=True) if is_own or found.is_clerk]
    schemas = iter(rt.offerings(c, [action.schema for action in wanted], row.unit_id, row.path))
    shown = [
        replace(action, schema=next(schemas)) if is_own or found.is_clerk else action
        for action, is_own in zip(every, own, strict=True)
    ]
    return [action for action, is_own in zip(shown, own, strict=True) if is_own], shown


_CLAIMER = people.alias("claimer")
_QUERY: Select[Any] = (
    select(
        tasks,
        instances.c.title,
        instances.c.number,
        instances.c.state,
        instances.c.closure,
        instances.c.version_id,
        parameter_sets.c["values"].label("parameters"),
        procedure_versions.c.title.label("procedure"),
        procedure_versions.c.version,
        units.c.name.label("unit"),
        units.c.path,
        _CLAIMER.c.name.label("claimer"),
        assignments.c.seat,
        assignments.c.designation,
        assignments.c.unit_id.label("seat_unit_id"),
        assignments.c.person_id,
    )
    .join(instances, instances.c.id == tasks.c.instance_id)
    .join(parameter_sets, parameter_sets.c.id == instances.c.parameter_set_id)
    .join(procedure_versions, procedure_versions.c.id == instances.c.version_id)
    .join(units, units.c.id == tasks.c.unit_id)
    .outerjoin(_CLAIMER, _CLAIMER.c.id == tasks.c.claimed_by)
    .outerjoin(assignments, assignments.c.task_id == tasks.c.id)
    .order_by(assignments.c.id)
)


def _gone(c: Connection, actor: Actor, task_id: str) -> Exception:
    """Why there is no such task: it was done, or this person has no business knowing."""
    row = last_act(c, actor, task_id)
    if row is None:
        return NotVisible("task-unknown", "没有这项待办，可能已经办完、撤回，或者不归您办理")
    return TaskClosed(f"“{row.step}”刚刚已由{row.name}办理", row.instance_id)


def _submissions(c: Connection, instance_id: str) -> Sequence[Row[Any]]:
    """The latest ones of the matter, also those taken back, oldest first, with names."""
    clerk = people.alias("clerk")
    query = (
        select(submissions, people.c.name.label("person"), clerk.c.name.label("clerk"))
        .join(people, people.c.id == submissions.c.person_id)
        .outerjoin(clerk, clerk.c.id == submissions.c.entered_by)
        .where(submissions.c.instance_id == instance_id)
        .order_by(submissions.c.sequence.desc())
        .limit(RECENT)
    )
    return c.execute(query).all()[::-1]


def _context(rt: Runtime, c: Connection, row: Row[Any], task_id: str) -> Mapping[str, Any]:
    definition = rt.definition(c, row.version_id, row.closure)
    instance = definition.restore(
        row.state, clock=rt.clock, parameters=row.parameters, calendar=rt.calendar(c)
    )
    return instance.context(task_id)


def _names(rt: Runtime, c: Connection, seats: Sequence[Row[Any]], so_far: Sequence[StepResult]) -> Names:
    ids = {seat.person_id for seat in seats if seat.person_id is not None}
    ids |= {person for result in so_far for person in result.doers}
    # the members of a meeting are many: their names are read by those who need the roll
    told = [seat for seat in seats if seat.seat != MEMBER and seat.designation is not None]
    places = {(seat.designation, seat.seat_unit_id) for seat in told}
    return look_up(c, ids, places, rt.today(), rt.designations)


def _may_act(found: _Found, mine: Sequence[Action]) -> frozenset[str]:
    """What this person may do on a collective step."""
    may = {"act"} if mine and found.actor.person_id not in found.row.excluded else set[str]()
    return frozenset(may | ({"behalf"} if found.is_clerk else set()))


def _may(found: _Found) -> frozenset[str]:
    may = set()
    actor, row = found.actor, found.row
    answered = [s for s in found.here if s.seat is not None]
    own = [_Seat(s) for s in found.seats]
    open_to_me = bool(authorisation.open_seats(actor, own, row.excluded, answered))
    several = steps.kind(row.kind).several
    if row.claimed_by == actor.person_id:
        may |= {"release", "complete"}
    elif open_to_me and row.claimed_by is None:
        may |= {"complete"} if several else {"claim", "complete"}
    if found.is_clerk:
        may.add("behalf")
    if actor.administers(row.path):
        may.add("reassign")
    return frozenset(may)


class _Seat:
    """A row of `assignments`, out of the joined row whose own `unit_id` is the task's."""

    def __init__(self, row: Row[Any]) -> None:
        self.seat: str = row.seat
        self.designation: str | None = row.designation
        self.unit_id: int | None = row.seat_unit_id
        self.person_id: int | None = row.person_id


def _status(actor: Actor, row: Row[Any], may: frozenset[str]) -> str:
    if row.claimed_by is not None:
        return "mine" if row.claimed_by == actor.person_id else "claimed"
    if "claim" in may:
        return "claimable"
    return "mine" if may & {"complete", "act"} else "open"


def _seats(found: _Found, names: Names, actions: Sequence[Action]) -> list[SeatView]:
    """One view a seat; a seat that several posts may fill has several rows."""
    grouped: dict[str, list[Row[Any]]] = {}
    for row in found.seats:
        grouped.setdefault(row.seat, []).append(row)
    schema = actions[0].schema if actions else {}
    views = []
    for name, places in grouped.items():
        who = {person: known for place in places for person, known in _people(place, names)}
        answer = next((s for s in found.here if s.seat == name), None)
        views.append(
            SeatView(
                name=name.split("#")[0],
                place="或".join(place.designation for place in places if place.designation),
                who=list(who.items()),
                answered_by=answer.person if answer else None,
                entered_by=answer.clerk if answer else None,
                answered_at=answer.at if answer else None,
                answered=list(results.lines(schema, answer.data)) if answer else [],
                is_mine=name in found.roles,
            )
        )
    return views


def _people(place: Row[Any], names: Names) -> list[tuple[int, str]]:
    if place.person_id is not None:
        return [(place.person_id, names.of.get(place.person_id, "已离任人员"))]
    return names.who(place.designation, place.seat_unit_id)


def _taken_back(found: _Found) -> Mapping[str, Any]:
    """What the reader handed in here and took back: it is there to be put right, not to be typed again."""
    reader = found.actor.person_id
    mine = [
        s
        for s in found.every
        if s.task_id == found.row.id and s.withdrawn_at and reader in (s.person_id, s.entered_by)
    ]
    return (mine[-1].data or {}) if mine else {}


def _behalf(row: Row[Any], seats: Sequence[SeatView]) -> list[tuple[int, str, str]]:
    """Whom a clerk may enter it for: id, name and as what; not those kept out, not those who have spoken."""
    spoken = {seat.answered_by for seat in seats if seat.answered_by}
    return [
        (person, name, seat.name)
        for seat in seats
        if seat.answered_by is None
        for person, name in seat.who
        if person not in row.excluded and name not in spoken
    ]
