"""A scenario played twice, step by step: as a rehearsal, and through the operations on a real database.

Both must stand open at the same steps, be late with the same ones, pass the same elements and end with the same data.
So what a designer rehearses is what the village gets.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
from PIL import Image
from sqlalchemy import Connection, func, insert, literal_column, select

from engine import forms, operations
from engine.clock import VirtualClock
from engine.diagram import load_folder
from engine.diagram.model import Node
from engine.execution import people as casting
from engine.operations.rolls import REPRESENTATIVES
from engine.people.designations import Designation, Sort, designations
from engine.people.roster import holders_of
from engine.queries import tasks as task_queries
from engine.refusal import NotVisible, Refusal
from engine.runtime import Runtime
from engine.scenarios.stage import HOURS, Stage, chosen
from engine.scenarios.written import Scenario, Step
from engine.setting_up import read_files
from engine.steps import Action
from engine.store import Database
from engine.store.tables import (
    calendar_days,
    calendar_years,
    household_members,
    households,
    instances,
    journal,
    people,
    registrations,
    representations,
    tasks,
    tenures,
    timers,
)
from engine.timers import parse_timer
from engine.worker import Worker
from tests import world

PROCESSES = Path(__file__).parents[2] / "processes"
LINE = ("ward", "village", "town", "county")
HOME = {"屋场": "ward", "村": "village", "乡镇": "town", "县": "county"}
LEVELS = {"ward": "屋场", "village": "村", "town": "乡镇", "county": "县"}
NOT_COMPARED = ("会议",)  # ids of rows


def _counted_by_household(node: Node) -> list[str]:
    """The roll of a vote that compares households, weighs them, or gives seats away within one."""
    asked = [node.properties.get(name, "") for name in ("quorum", "majority", "weights")]
    by_household = any("户" in re.sub(r"{[^}]*}", "", text) for text in asked)
    return node.properties.get("roll", "").split() if by_household or node.properties.get("delegate") else []


def _photo(name: str) -> bytes:
    buffer = io.BytesIO()
    color = tuple(name.encode()[-3:])
    Image.new("RGB", (24, 16), color).save(buffer, "PNG")
    return buffer.getvalue()


class Server:
    """The scenario's people in a village of their own, and the matter they work on."""

    def __init__(self, database: Database, folder: Path, stage: Stage) -> None:
        scenario = stage.scenario
        self.stage, self.database = stage, database
        self.clock = VirtualClock(scenario.begins)
        self.runtime = Runtime(database, world.configuration(database), self.clock)
        self.worker = Worker(self.runtime)
        self.procedure = load_folder(folder)
        self.home = HOME[self.procedure.level]
        self._settle(scenario)
        for key in (*reversed(self._called()), folder.name):  # what is called first
            operations.publish_procedure(self.runtime, None, read_files(PROCESSES / key), "county")
        for key in (folder.name, *self._called()):
            known = load_folder(PROCESSES / key).parameters
            chosen = {name: value for name, value in scenario.parameters.items() if name in known}
            if chosen:
                operations.set_parameters(self.runtime, self.admin, "county", key, chosen)
        starter = self._starter(scenario)
        done = operations.start_matter(self.runtime, starter, self.procedure.key, self.home, scenario.title)
        self.matter = done.instance_id
        self._offered: dict[str, Action] = {}  # by task, while one step of the story is played

    # ------------------------------------------------------------ people

    def _starter(self, scenario: Scenario) -> int:
        """Who does the first step, where that person may start it: the step stands claimed by whoever started."""
        able = [person for name in self.procedure.starters for person in self.holders(name)]
        first = [self.number(s.by) for s in scenario.steps if s.by and s.refused is None]
        return next((person for person in first if person in able), able[0])

    def _called(self) -> list[str]:
        """The procedures it calls and those they call, callers first."""
        called, pending = list[str](), [self.procedure]
        while pending:
            for node in pending.pop().diagram.walk():
                if node.called and node.called not in called and (PROCESSES / node.called).is_dir():
                    called.append(node.called)
                    pending.append(load_folder(PROCESSES / node.called))
        return called

    def _settle(self, scenario: Scenario) -> None:
        def settle(c: Connection) -> None:
            places = world.World()
            world._unit(c, places, "county", "县", None, "云岭县")
            world._unit(c, places, "town", "乡镇", "county", "清溪镇")
            world._unit(c, places, "village", "村", "town", "柳湾村")
            world._unit(c, places, "ward", "屋场", "village", "老樟树屋场")
            self.units = places.units
            roster = self.stage.roster
            for name in roster.names:  # the database's ids are the roster's numbers
                row = {"id": roster.number(name), "unit_id": self._lives_in(name), "name": name}
                c.execute(insert(people).values(row))
            for post, names in scenario.roster.items():
                for name in names:
                    self._appoint(c, roster.number(name), designations()[post])
            self.admin = len(roster.names) + 1
            c.execute(insert(people).values(id=self.admin, unit_id=self.units["county"], name="县管理员"))
            manager = next(d for d in designations().values() if d.administrator and "县" in d.levels)
            self._appoint(c, self.admin, manager)
            self._calendar(c, scenario)
            self._house(c, scenario)

        self.database.run(settle)

    def _lives_in(self, name: str) -> int:
        """The matter's unit; where the story names those who live there (村民), everybody else lives above it."""
        villagers = self.stage.scenario.roster.get("村民", [name])
        return self.units[self.home if name in villagers else LINE[LINE.index(self.home) + 1]]

    def _house(self, c: Connection, scenario: Scenario) -> None:
        """The households that those on a roll stand for, where a vote of the procedure asks for them."""
        rolls = {roll for node in self.procedure.diagram.walk() for roll in _counted_by_household(node)}
        voters = [person for name in sorted(rolls) for person in self.stage.roster.holders(name)]
        made = dict[int, int]()
        for person in voters:
            for home in sorted(self.stage.roster.homes(person)):
                if home not in made:
                    made[home] = self._household(c, len(made) + 1)
                if REPRESENTATIVES in rolls:
                    row = {"household_id": made[home], "person_id": person, "starts_on": date(2020, 1, 1)}
                    c.execute(insert(representations).values(row))
                else:
                    c.execute(insert(household_members).values(household_id=made[home], person_id=person))
        for number in range(len(made), self.stage.roster.households(voters)):
            self._household(c, number + 1)
        for step in scenario.steps:  # whoever has another's seat lives with him
            if step.by and step.data.get("受托人"):
                [home] = self.stage.roster.homes(self.number(step.by))
                row = {"household_id": made[home], "person_id": self.number(step.data["受托人"])}
                c.execute(insert(household_members).values(row))

    def _household(self, c: Connection, number: int) -> int:
        row = {"unit_id": self.units[self.home], "number": str(number)}
        return int(c.execute(insert(households).values(row)).inserted_primary_key[0])

    def _appoint(self, c: Connection, person: int, held: Designation) -> None:
        if held.everyone or held.kind is Sort.DUTY:
            return  # lives there; or is named in the meeting
        if held.kind is Sort.DERIVED:
            held = designations()[sorted(held.leaves)[0]]
        table, column = (tenures, "post") if held.kind is Sort.POST else (registrations, "register")
        unit = next(
            (code for code in LINE[LINE.index(self.home) :] if LEVELS[code] in held.levels), self.home
        )
        mine = (
            table.c.person_id == person,
            table.c.unit_id == self.units[unit],
            table.c[column] == held.name,
        )
        if c.execute(select(table.c.id).where(*mine)).first() is None:
            row = {"person_id": person, "unit_id": self.units[unit], "starts_on": date(2020, 1, 1)}
            c.execute(insert(table).values(**row, **{column: held.name}))

    def _calendar(self, c: Connection, scenario: Scenario) -> None:
        days = scenario.calendar._holidays
        for day, working in days.items():
            c.execute(insert(calendar_days).values(day=day, is_working=working, name="情形"))
        for year in {day.year for day in days}:
            c.execute(insert(calendar_years).values(year=year, published_at=datetime(2020, 1, 1, tzinfo=UTC)))

    @property
    def names(self) -> list[str]:
        return self.stage.roster.names

    def number(self, name: str) -> int:
        return self.stage.roster.number(name)

    def holders(self, designation: str) -> list[int]:
        """As a roster answers: the ids of those who hold it, in the matter's line of units."""
        line = LINE[LINE.index(self.home) :]
        levels = designations()[designation].levels
        places = [(designation, self.units[code]) for code in line if LEVELS[code] in levels][:1]
        with self.database.read() as c:
            found = holders_of(c, places, self.runtime.today(), designations())
        return sorted({person for held in found.values() for person in held})

    # ------------------------------------------------------------ one step

    def play(self, step: Step) -> None:
        if step.wait:
            self._wait(step.wait)
        elif step.refused is not None:
            try:
                self._do(step)
            except Refusal:
                return
            raise AssertionError(
                f"{step.by}办“{step.does}”在服务器上办成了，推演里应当因为“{step.refused}”不让办"
            )
        else:
            self._do(step)
        while self.worker.tick():
            pass

    def _do(self, step: Step) -> None:
        self._offered.clear()
        for name in (step.by, *step.others):
            assert name is not None
            self._complete(name, step)

    def _complete(self, name: str, step: Step) -> None:
        refusal: Refusal | None = None
        for task in self._open(step.does or ""):
            try:
                self._hand_in(task, name, step)
                return
            except Refusal as error:  # of several instances of one step, the next may be this person's
                refusal = error
        raise refusal or NotVisible("not-open", f"“{step.does}”没有打开：{self.open_names()}")

    def _hand_in(self, task_id: str, name: str, step: Step) -> None:
        doer = self.number(name)
        actor = self.number(step.entered_by) if step.entered_by else doer
        how: dict[str, Any] = {}
        if step.entered_by:
            how = {"on_behalf_of": doer, "papers": [self._file(actor, "原件.png")["id"]]}
        action = self._action(task_id, actor, step)
        data = casting.numbered(action.schema, self._with_files(actor, action.schema, step.data), self)
        operations.act_on_task(self.runtime, actor, task_id, action.name, data, **how)

    def _action(self, task_id: str, actor: int, step: Step) -> Action:
        """What the step's page offers; where many do the same in turn, as the first of them saw it."""
        if task_id not in self._offered:
            with self.database.read() as c:
                viewer = self.runtime.actor(c, actor)
            view = task_queries.task(self.runtime, viewer, task_id)
            found = next((a for a in view.all_actions if step.action in (None, a.name, a.title)), None)
            assert found is not None, f"没有“{step.action}”：{[a.title for a in view.all_actions]}"
            self._offered[task_id] = found
        return self._offered[task_id]

    def _with_files(self, actor: int, schema: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
        found = dict(data)
        for part in forms.fields(schema):
            key, value = forms.key_of(part), data.get(forms.key_of(part))
            if part.get("type") == "filepicker" and isinstance(value, list):
                found[key] = [self._file(actor, name) for name in value]
            elif part.get("type") in ("radio", "select") and key in found:
                found[key] = chosen(part, value)
            elif (
                part.get("type") in ("checklist", "taglist")
                and part.get("values")
                and isinstance(value, list)
            ):
                found[key] = [chosen(part, one) for one in value]
            elif part.get("type") == "dynamiclist" and isinstance(value, list):
                found[key] = [self._with_files(actor, part, row) for row in value]
        return found

    def _file(self, actor: int, name: str) -> dict[str, Any]:
        stored = operations.upload_file(self.runtime, actor, _photo(name), re.sub(r"\.\w+$", ".png", name))
        return {"id": stored["id"], "name": name}

    def _wait(self, text: str) -> None:
        """As the clock of the rehearsal goes: the worker looks at every moment something falls due."""
        span = parse_timer("duration", HOURS.sub(r"PT\1H", text))
        end = span.first_due(self.clock(), self.stage.scenario.calendar)
        while (due := self._next_due()) is not None and due <= end:
            self.clock.move_to(max(due, self.clock()))
            assert self.worker.tick(), "the worker did nothing about what is due"
            while self.worker.tick():
                pass
        self.clock.move_to(end)

    def _next_due(self) -> datetime | None:
        with self.database.read() as c:
            found = [c.scalar(select(func.min(column))) for column in (timers.c.due_at, tasks.c.closes_at)]
        return min((moment for moment in found if moment is not None), default=None)

    # ------------------------------------------------------------ what came of it

    def _open(self, name: str) -> list[str]:
        keys = {node.key: node.id for node in self.stage.nodes.values()}
        element = keys.get(name, name)
        with self.database.read() as c:
            query = select(tasks.c.id).where(
                tasks.c.instance_id == self.matter, (tasks.c.name == name) | (tasks.c.element_id == element)
            )
            # Several of one step open at the same moment, with ids that say nothing: as they were written down.
            return list(c.scalars(query.order_by(tasks.c.opened_at, literal_column("tasks.rowid"))))

    def open_names(self) -> list[str]:
        with self.database.read() as c:
            return sorted(c.scalars(select(tasks.c.name).where(tasks.c.instance_id == self.matter)))

    def late_names(self) -> list[str]:
        with self.database.read() as c:
            query = select(tasks.c.name).where(
                tasks.c.instance_id == self.matter,
                tasks.c.due_at <= self.clock(),
                tasks.c.closes_at.is_(None),
            )
            return sorted(c.scalars(query))

    def row(self) -> Any:
        with self.database.read() as c:
            return c.execute(select(instances).where(instances.c.id == self.matter)).one()

    def passed(self) -> list[str]:
        with self.database.read() as c:
            query = select(journal.c.detail).where(journal.c.chain == f"instance:{self.matter}")
            details = c.scalars(query.order_by(journal.c.sequence)).all()
        return [element for detail in details for element in detail.get("passed", ())]

    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(self.row().state)["data"]
        return found


def comparable(value: Any) -> Any:
    """Files by their names; without the ids of rows."""
    if isinstance(value, Mapping):
        if set(value) == {"id", "name"}:
            return value["name"]
        return {key: comparable(one) for key, one in value.items() if key not in NOT_COMPARED}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [comparable(one) for one in value]
    return value
