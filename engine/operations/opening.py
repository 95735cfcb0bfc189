"""A task opens: its settings are frozen, its deadline is set, and it finds the people it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine import steps
from engine.diagram.model import Node
from engine.execution import ExecutionError, OpenTask
from engine.people.roster import holders_of, names_of, place
from engine.people.units import Unit
from engine.steps import participants, period
from engine.steps.due import due
from engine.steps.kind import Seat, SettingError
from engine.working_days import deadline

if TYPE_CHECKING:
    from engine.operations.work import Work


@dataclass
class Opened:
    """Rows of a task that has just opened, and of its seats."""

    task: dict[str, Any]
    seats: list[dict[str, Any]]


def open_tasks(work: Work, c: Connection, fresh: Sequence[OpenTask]) -> list[Opened]:
    """Rows for tasks that opened. Reads units and, for a step with several seats, people."""
    line = work.runtime.line(c, work.row.unit_id, work.row.unit_path)
    return [_open(work, c, task, line) for task in fresh]


def _open(work: Work, c: Connection, task: OpenTask, line: list[Unit]) -> Opened:
    node, parameters = task.node, work.row.parameters
    kind = steps.kind(node.kind or "handle")
    context = work.instance.context(task.id)
    try:
        settings = kind.prepare(kind.freeze(node, parameters), context)
        settings = kind.named(settings, lambda people: names_of(c, people))
        settings = period.opened(settings, work.now, work.instance.calendar)
        until = due(node, parameters, context)
        due_at = deadline(work.now, until, work.instance.calendar) if until else None
    except (SettingError, ValueError) as error:
        raise ExecutionError(str(error), node.id, node.label) from error
    settings["due"] = until
    settings["version_id"] = work.row.closure[task.procedure] if task.procedure else work.row.version_id
    excluded = participants.excluded(node, context)
    row = {
        "id": task.id,
        "instance_id": work.id,
        "element_id": node.id,
        "name": node.label[:255],
        "kind": kind.key,
        "lane": node.lane,
        "unit_id": work.row.unit_id,
        "settings": settings,
        "excluded": excluded,
        "opened_at": work.now,
        "due_at": due_at,
        "reminded_at": None,
        "claimed_by": None,
        "claimed_at": None,
        "closes_at": None,
    }
    lane = node.lane or node.label
    seating = Seating(work, c, line, excluded, settings.get("seats", ()))
    found = kind.seats(settings, lane, seating, _named(node, context))
    return Opened(
        row, [r for seat in found for r in seat_rows(work.runtime.designations, task.id, seat, line)]
    )


class Seating:
    """Answers a kind's question who holds a post now, less the people the step keeps out."""

    def __init__(
        self, work: Any, c: Connection, line: list[Unit], excluded: Sequence[int], ahead: Sequence[str] = ()
    ) -> None:
        """`ahead` are designations that are sure to be asked for: all of them are read at once."""
        self._known, self._today = work.runtime.designations, work.runtime.today()
        self._c, self._line, self._excluded = c, line, set(excluded)
        self._found: dict[tuple[str, int], list[int]] = {}
        self._read([found for name in ahead if (found := self._place(name))])

    def __call__(self, designation: str) -> list[int]:
        found = self._place(designation)
        if found is None:
            return []
        if found not in self._found:
            self._read([found])
        return [person for person in self._found[found] if person not in self._excluded]

    def _place(self, designation: str) -> tuple[str, int] | None:
        unit = place(designation, self._line, self._known) if designation in self._known else None
        return (designation, unit.id) if unit else None

    def _read(self, places: Sequence[tuple[str, int]]) -> None:
        if places:
            self._found |= holders_of(self._c, places, self._today, self._known)


def seat_rows(known: Mapping[str, Any], task_id: str, seat: Seat, line: list[Unit]) -> list[dict[str, Any]]:
    """One row for each designation or person that may fill the seat.

    A designation is looked for in the matter's unit, then upwards. Where it is not found at all, the seat
    stands at the
    matter's own unit with nobody to fill it, and shows as 无人在岗 to the administrator.
    """
    rows: list[dict[str, Any]] = []
    for designation in seat.designations:
        unit = place(designation, line, known) if designation in known else None  # type: ignore[arg-type]
        rows.append(_seat(task_id, seat, designation, (unit or line[0]).id, None))
    rows += [_seat(task_id, seat, None, None, person) for person in seat.people]
    return rows


def _seat(
    task_id: str, seat: Seat, designation: str | None, unit: int | None, person: int | None
) -> dict[str, Any]:
    return {
        "task_id": task_id,
        "seat": seat.name[:64],
        "designation": designation,
        "unit_id": unit,
        "person_id": person,
        "active": seat.active,
    }


def _named(node: Node, context: Mapping[str, Any]) -> list[int]:
    """The people the data names, as ids. Raises ExecutionError when it names nobody."""
    try:
        people = participants.named(node, context)
    except participants.NobodyNamed as error:
        raise ExecutionError(str(error), node.id, node.label) from error
    if not all(isinstance(person, int) and not isinstance(person, bool) for person in people):
        raise ExecutionError("要由前面指定的人来办，但那里写的不是人", node.id, node.label)
    return people
