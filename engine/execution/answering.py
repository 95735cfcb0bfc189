"""A step with a kind in a rehearsal: people hand in one by one, as on the server, until the kind has a
result.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine import forms as form_rules
from engine import pickers, steps
from engine.diagram.model import Node
from engine.durations import Calendar
from engine.execution import people
from engine.execution.error import ExecutionError
from engine.execution.roster import Roster
from engine.expressions import ExpressionError, normal_name
from engine.refusal import Refusal
from engine.steps import Action, Kind, Seat, SettingError, Submission, meeting_replay, participants, period
from engine.working_days import WEEKDAYS_ONLY

SEAT = "席位"

Forms = Mapping[str, Mapping[str, Any]]


class Answering:
    """One open step: its settings, whose voices it wants, and what has been handed in so far."""

    def __init__(
        self,
        node: Node,
        context: Mapping[str, Any],
        parameters: Mapping[str, Any],
        forms: Forms,
        roster: Roster | None,
        opened_at: datetime | None = None,
        calendar: Calendar = WEEKDAYS_ONLY,
    ) -> None:
        self.node, self.context, self.forms, self.roster = node, context, forms, roster
        self.kind = self._kind()
        try:
            self.settings = self.kind.prepare(self.kind.freeze(node, parameters), context)
            self.settings = self.kind.named(self.settings, self._names)
            if opened_at is not None:
                self.settings = period.opened(self.settings, opened_at, calendar)
        except SettingError as error:
            raise self._failure(str(error)) from error
        self.excluded = participants.excluded(node, context)
        self.seats = self.kind.seats(
            self.settings, node.lane or node.label, self._holders, self._named_people()
        )
        if self.kind.collective:  # a roll is made of people; the server freezes it from who holds the posts
            self.seats = [self._peopled(seat) for seat in self.seats]

    def submit(
        self,
        data: Mapping[str, Any],
        by: str | None,
        before: Sequence[Submission],
        at: datetime,
        action: str | None = None,
    ) -> tuple[Submission, dict[str, Any] | None]:
        """What is handed in now, and the step's result if it is done with that. Raises ExecutionError where
        it is refused. `action` is the name or the title of what is done; by default the first one of the kind.
        """
        if self.kind.collective:
            return self._act(self._action(action), data, by, before, at)
        if action is not None:
            self._action(action)
        values = self._numbered(self._action(None).schema, data)
        wanted = values.pop(SEAT, None) if self.kind.several else None
        person = self._person(by, before)
        seat = self._seat(wanted, person, before)
        submission = Submission(self._clean(values), person, seat.name)
        return submission, self.kind.result(self.settings, self.seats, [*before, submission])

    def form(self, action: str | None = None) -> Mapping[str, Any]:
        """The schema of what is handed in."""
        return self._action(action).schema

    def may_be_entered(self, action: str | None = None) -> bool:
        """Whether a clerk may enter this for somebody else."""
        return self._action(action).behalf

    def actions(self) -> list[Action]:
        """What may be done on the step."""
        return self.kind.actions(self.settings, self.forms)

    def may(self, person: int, action: Action, before: Sequence[Submission]) -> bool:
        """Whether this person may do it now, as far as who he is goes."""
        if person in self.excluded or self.roster is None:
            return False
        taken = {submission.seat for submission in before} if self.kind.several else set()
        if self.kind.several and any(submission.person == person for submission in before):
            return False
        seats = meeting_replay.seated(self.seats, before) if self.kind.collective else self.seats
        wanted = [seat for seat in seats if not action.seats or seat.name in action.seats]
        return any(seat.name not in taken and self._may_sit(person, seat) for seat in wanted)

    def offering(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema with the people of the roster in the fields that pick some."""
        return pickers.offering(schema, self._offered)

    def require_possible(self, result: Mapping[str, Any]) -> None:
        """Raises ExecutionError for a result with a field or an outcome the kind does not have."""
        known = {normal_name(name) for name in self.kind.fields(self.settings, self.forms)}
        unknown = [name for name in result if normal_name(name) not in known]
        if unknown:
            raise self._failure(f"“{self.node.label}”的结果里没有“{'、'.join(unknown)}”这一项")
        outcomes, said = self.kind.outcomes(self.settings), result.get("结论")
        if outcomes and said is not None and said not in outcomes:
            raise self._failure(f"“{self.node.label}”得不出“{said}”，它的结果有：{'、'.join(outcomes)}")

    def ends_at(self, before: Sequence[Submission], calendar: Calendar) -> datetime | None:
        """When the clock acts on the step."""
        return self.kind.ends_at(self.settings, before, calendar)

    def by_clock(
        self, before: Sequence[Submission], at: datetime
    ) -> tuple[Submission, dict[str, Any] | None]:
        """The clock acts: the step's result if it ends now."""
        submission = Submission({}, action="clock", at=at)
        return submission, self.kind.result(self.settings, self.seats, [*before, submission])

    # ------------------------------------------------------------ acts of a collective step

    def _action(self, wanted: str | None) -> Action:
        offered = self.kind.actions(self.settings, self.forms)
        found = next((a for a in offered if wanted in (None, a.name, a.title)), None)
        if found is None:
            titles = "、".join(a.title for a in offered)
            raise self._failure(f"这一步没有“{wanted}”这种办法，可以用：{titles}")
        return found

    def _act(
        self,
        action: Action,
        data: Mapping[str, Any],
        by: str | None,
        before: Sequence[Submission],
        at: datetime,
    ) -> tuple[Submission, dict[str, Any] | None]:
        person = self._person(by, ()) if by is not None else None
        every = meeting_replay.seated(self.seats, before)
        seats = [seat for seat in every if not action.seats or seat.name in action.seats]
        if person is not None:
            seats = [seat for seat in seats if self._may_sit(person, seat)]
            if not seats:
                raise self._failure(f"{by}不能{action.title}：这件事由{self._who_may(action)}来做")
        clean = self._validated(action.schema, self._numbered(action.schema, data))
        role = seats[0].name if seats else None
        submission = Submission(clean, person, role, action.name, at)
        try:
            self.kind.accept(self.settings, self.seats, before, submission)
            return submission, self.kind.result(self.settings, self.seats, [*before, submission])
        except Refusal as refusal:
            said = [refusal.message, *refusal.fields.values()]
            raise self._failure("；".join(dict.fromkeys(said))) from refusal

    def _who_may(self, action: Action) -> str:
        posts = [d for seat in self.seats if seat.name in action.seats for d in seat.designations]
        return "、".join(dict.fromkeys(posts)) or "别人"

    def _offered(self, designations: Sequence[str]) -> list[tuple[int, str]]:
        """Whom a field offers that picks people: of the roster, or nobody where there is none."""
        if self.roster is None:
            return []
        return [
            (person, self.roster.name(person))
            for name in designations
            for person in self.roster.holders(name)
        ]

    def _numbered(self, schema: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
        """People by their numbers instead of their names; `20` of a list are the first twenty."""
        if self.roster is None:
            return dict(data)
        return people.numbered(schema, data, self.roster)

    # ------------------------------------------------------------ who

    def _named_people(self) -> list[int]:
        """The people `who` reads from the data, by name or id."""
        try:
            people = [self._number(one) for one in participants.named(self.node, self.context)]
        except participants.NobodyNamed as error:
            raise self._failure(str(error)) from error
        if None in people:
            raise self._failure("要由前面指定的人来办，但那里写的不是人")
        return [person for person in people if person is not None]

    def _holders(self, designation: str) -> list[int]:
        if self.roster is None:
            return []
        return [person for person in self.roster.holders(designation) if person not in self.excluded]

    def _peopled(self, seat: Seat) -> Seat:
        held = [person for name in seat.designations for person in self._holders(name)]
        people = tuple(dict.fromkeys([*seat.people, *held]))
        if self.roster is None:
            return replace(seat, people=people)
        homes = {person: self.roster.homes(person) for person in people}
        return replace(seat, people=people, homes=homes, of_homes=self.roster.households(people))

    def _names(self, people: Collection[int]) -> dict[int, str]:
        """Whom the data names by number; without a roster by that number."""
        named = str if self.roster is None else self.roster.name
        return {person: named(person) for person in people}

    def _number(self, person: Any) -> int | None:
        if isinstance(person, str) and self.roster is not None:
            return self.roster.number(person)
        return person if isinstance(person, int) else None

    def _person(self, by: str | None, before: Sequence[Submission]) -> int | None:
        if by is None:
            return None
        if self.roster is None:
            raise self._failure("演练没有名单，不能指明由谁来办")
        person = self.roster.number(by)
        if person in self.excluded:
            raise self._failure(f"{by}办过前面的步骤，或者是这件事的责任人，这一步要换一个人办")
        if self.kind.several and any(submission.person == person for submission in before):
            raise self._failure(f"{by}已经办过，一个人只能办一次")
        return person

    def _seat(self, wanted: Any, person: int | None, before: Sequence[Submission]) -> Seat:
        """The seat that is named, else the first free one this person may take."""
        taken = {submission.seat for submission in before} if self.kind.several else set()
        free = [seat for seat in self.seats if seat.name not in taken]
        if wanted is not None:
            free = [seat for seat in free if seat.name.split("#")[0] == wanted]
        if person is not None:
            free = [seat for seat in free if self._may_sit(person, seat)]
        if not free:
            who = self.roster.name(person) if person is not None and self.roster is not None else "谁"
            raise self._failure(
                f"{who}不能办这一步（{wanted or '、'.join(self._seat_names())}），或者已经有人办了"
            )
        return free[0]

    def _may_sit(self, person: int, seat: Seat) -> bool:
        assert self.roster is not None
        return person in seat.people or any(person in self.roster.holders(name) for name in seat.designations)

    def _seat_names(self) -> list[str]:
        return [seat.name.split("#")[0] for seat in self.seats]

    # ------------------------------------------------------------ what

    def _kind(self) -> Kind:
        name = self.node.kind or ""
        try:
            return steps.kind(name)
        except KeyError:
            raise self._failure(f"不认识的办理方式“{name}”。请改成 {'、'.join(steps.names())} 之一") from None

    def _clean(self, values: dict[str, Any]) -> dict[str, Any]:
        """Checked by the form; without one at hand (a bare diagram) whatever is handed in."""
        form = self.settings.get("form")
        if form is not None and form not in self.forms:
            return values
        return self._validated(self._action(None).schema, values)

    def _validated(self, schema: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
        try:
            clean, errors = form_rules.validate(pickers.offering(schema, self._offered), values)
        except ExpressionError as error:  # of a draft nobody has checked yet
            raise self._failure(f"表单里的隐藏条件写错了：{error}") from error
        errors = errors or self.kind.faults(self.settings, clean)
        if errors:
            raise self._failure("；".join(errors.values()))
        return clean

    def _failure(self, message: str) -> ExecutionError:
        return ExecutionError(message, self.node.id, self.node.label)
