"""A rehearsal keeps its word: the scenarios of a township's procedures go the same way through operations and database.

The same acts are refused, the same tasks are open and overdue after each step, and the same results come of it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import Connection, insert, select, update

from engine import calendar, clock
from engine import forms as form_rules
from engine.diagram import load_folder
from engine.execution.people import numbered
from engine.operations import act_on_task, publish_procedure, set_parameters, start_matter, upload_file
from engine.operations.work import Work
from engine.people import tenures
from engine.people.designations import designations
from engine.refusal import Refusal
from engine.runtime import Runtime
from engine.scenarios.stage import Stage
from engine.scenarios.written import ROSTER_FILE, Scenario, Step, load, load_roster
from engine.setting_up import read_files
from engine.store import Database
from engine.store.tables import instances, people, tasks, timers, units
from engine.worker import Worker
from engine.working_days import WorkingDays
from tests.world import configuration

PROCESSES = Path(__file__).parents[2] / "processes"
LEVELS = ("县", "乡镇", "村")
SINCE = date(2020, 1, 1)
OFFICER = "管理员"  # chooses the parameters; nobody's post in a scenario


def scenarios(key: str) -> list[Any]:
    folder = PROCESSES / key / "scenarios"
    shared = load_roster((folder / ROSTER_FILE).read_bytes())
    files = [path for path in sorted(folder.glob("*.toml")) if path.name != ROSTER_FILE]
    return [pytest.param(key, load(p.read_bytes(), p.stem, shared), id=f"{key}-{p.stem}") for p in files]


class Played:
    """A scenario on the rehearsal and on the server at once; a person has the same id on both."""

    def __init__(self, database: Database, key: str, scenario: Scenario) -> None:
        self.stage = Stage(PROCESSES / key, scenario)
        self.clock = clock.VirtualClock(scenario.begins)
        self.runtime = Runtime(database, configuration(database), self.clock)
        self.worker = Worker(self.runtime)
        self.units = database.run(_units)
        database.run(lambda c: self._people(c, scenario))
        self._publish(key)
        self._publish_calendar(scenario.calendar)
        procedure = load_folder(PROCESSES / key)
        place = self.units[procedure.level]
        if scenario.parameters:
            officer = self.stage.roster_size + 1
            set_parameters(self.runtime, officer, place, key, scenario.parameters)
        starter = next(p for post in procedure.starters for p in self.stage.roster.holders(post))
        self.matter = start_matter(self.runtime, starter, key, place, scenario.title).instance_id

    def play(self, step: Step) -> None:
        """The same on both, and compared."""
        acts = [] if step.wait else self._handed_in(step)
        line = self.stage.play(step)
        assert line.faults == []
        if step.wait:
            self._wait()
        for person, candidates, data in acts:
            self._act(step, person, candidates, data)
        assert sorted(self._open()) == sorted(self.stage._open_names()), line.what
        assert sorted(self._late()) == sorted(self.stage._overdue_names()), line.what

    def compare_end(self) -> None:
        rehearsal = self.stage.rehearsal
        with self.runtime.database.read() as c:
            row = c.execute(select(instances)).one()
            data = Work.read(self.runtime, c, row.id).instance.data
        assert (row.status == "completed") == rehearsal.finished
        assert row.outcome == (rehearsal.outcome if rehearsal.finished else None)
        assert _plain(data) == _plain(rehearsal.data)

    # ------------------------------------------------------------ setting up

    def _people(self, c: Connection, scenario: Scenario) -> None:
        known, names = designations(), self.stage.roster._names
        self.stage.roster_size = len(names)
        for name in [*names, OFFICER]:
            c.execute(insert(people).values(name=name, unit_id=self.units["村"]))
        for post, holders in scenario.roster.items():
            levels = known[post].levels
            unit = self.units[next((level for level in ("乡镇", *LEVELS) if level in levels), "乡镇")]
            for name in holders:
                tenures.appoint(c, self.stage.roster.number(name), post, unit, SINCE)
        tenures.appoint(c, len(names) + 1, "县管理员", self.units["县"], SINCE)
        tenures.appoint(c, len(names) + 1, "乡镇管理员", self.units["乡镇"], SINCE)

    def _publish(self, key: str) -> None:
        for called in load_folder(PROCESSES / key).calls:
            self._publish(called)
        publish_procedure(self.runtime, None, read_files(PROCESSES / key), "县", "")

    def _publish_calendar(self, days: WorkingDays) -> None:
        year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
        special = {d: (days.is_working(d), "假") for d in year if days.is_working(d) != (d.weekday() < 5)}
        if special:
            found = calendar.Year(2026, special)
            self.runtime.database.run(lambda c: calendar.publish(c, found, self.runtime.now()))

    # ------------------------------------------------------------ acting

    def _handed_in(self, step: Step) -> list[tuple[int, list[tuple[str, int]], dict[str, Any]]]:
        """What each person hands in, people by their ids and files uploaded, for each task that may be meant."""
        found = []
        open_now = [t for t in self.stage.rehearsal.open_tasks() if step.does in self.stage._names_of(t)]
        for name in (step.by, *step.others):
            person = self.stage.roster.number(str(name))
            schema = self.stage.rehearsal.form(open_now[0].id, step.action) if open_now else {}
            data = numbered(schema, step.data, self.stage.roster)
            places = [(task.element_id, place) for place, task in enumerate(open_now)]
            found.append((person, places, self._uploaded(schema, data, person)))
        return found

    def _uploaded(self, schema: Mapping[str, Any], data: Mapping[str, Any], person: int) -> dict[str, Any]:
        found = dict(data)
        for part in form_rules.fields(schema):
            key = form_rules.key_of(part)
            if part.get("type") == "filepicker" and found.get(key):
                found[key] = [self._file(name, person) for name in found[key]]
            elif part.get("type") == "dynamiclist" and isinstance(found.get(key), list):
                found[key] = [self._uploaded(part, row, person) for row in found[key]]
        return found

    def _file(self, name: str, person: int) -> dict[str, str]:
        picture = BytesIO()
        Image.new("RGB", (8, 8), "white").save(picture, "PNG")
        kept = upload_file(self.runtime, person, picture.getvalue(), Path(name).with_suffix(".png").name)
        return {"id": kept["id"], "name": kept["name"]}

    def _act(
        self, step: Step, person: int, candidates: Sequence[tuple[str, int]], data: dict[str, Any]
    ) -> None:
        """The first of the step's open tasks that takes it; else the last one's refusal counts."""
        refusal: Refusal | None = None
        elements = list(dict.fromkeys(element for element, _ in candidates))
        for task, kind in self._tasks(elements):
            try:
                act_on_task(self.runtime, person, task, self._action(kind, step.action), data)
            except Refusal as error:
                refusal = error
                continue
            assert step.refused is None, f"{step.by} {step.does}: the server did not refuse"
            return
        assert refusal is not None, f"{step.does} is not open on the server"
        said = "；".join([refusal.message, *refusal.fields.values()])
        assert step.refused is not None, f"{step.by} {step.does}: {said}"

    def _action(self, kind: str, wanted: str | None) -> str:
        first = {"handle": "complete", "cosign": "complete"}.get(kind, "close")
        titles = {
            "提意见": "add_opinion", "录入一批": "add_batch", "答复": "answer", "汇总": "close", "结束": "close",
            "召集": "convene", "公开": "announce", "开会": "open", "签到": "attend", "投票": "cast",
            "修改议案": "revise", "宣读定稿": "read_out", "录入计票": "enter_count", "确认计票": "confirm_count",
            "公示": "publish", "记反馈": "add_feedback", "评价": "rate", "录入测评票": "add_batch",
        }  # fmt: skip
        return first if wanted is None and kind != "notice" else titles[wanted or "公示"]

    # ------------------------------------------------------------ looking

    def _tasks(self, elements: Sequence[str]) -> list[tuple[str, str]]:
        query = select(tasks.c.id, tasks.c.kind).where(tasks.c.element_id.in_(elements))
        with self.runtime.database.read() as c:
            return [(row.id, row.kind) for row in c.execute(query.order_by(tasks.c.opened_at, tasks.c.id))]

    def _open(self) -> list[str]:
        with self.runtime.database.read() as c:
            return list(c.scalars(select(tasks.c.name)))

    def _late(self) -> list[str]:
        query = select(tasks.c.name).where(tasks.c.due_at <= self.runtime.now())
        with self.runtime.database.read() as c:
            return list(c.scalars(query))

    def _wait(self) -> None:
        """Up to where the rehearsal stands, by way of each moment at which a worker has something to do."""
        end = self.stage.clock()
        while self.clock() < end:
            self.clock.move_to(min([end, *self._due()]))
            while self.worker.tick():
                pass

    def _due(self) -> list[datetime]:
        reminders = select(tasks.c.due_at).where(tasks.c.reminded_at.is_(None))
        with self.runtime.database.read() as c:
            found = [*c.scalars(select(timers.c.due_at)), *c.scalars(select(tasks.c.closes_at))]
            found += c.scalars(reminders)
        return [moment for moment in found if moment is not None and moment > self.clock()]


def _units(c: Connection) -> dict[str, int]:
    found: dict[str, int] = {}
    path = "/"
    for level in LEVELS:
        above = list(found.values())[-1] if found else None
        row = c.execute(
            insert(units).values(parent_id=above, level=level, code=level, name=level, path=level)
        )
        found[level] = int(row.inserted_primary_key[0])
        path += f"{found[level]}/"
        c.execute(update(units).where(units.c.id == found[level]).values(path=path))
    return found


def _plain(data: Any) -> Any:
    """Without what a rehearsal has no way to know: ids of meetings and files."""
    if isinstance(data, Mapping):
        return {k: _plain(v) for k, v in data.items() if k not in ("会议", "id", "name")}
    return [_plain(one) for one in data] if isinstance(data, list) else data


@pytest.mark.parametrize(("key", "scenario"), [*scenarios("sibu"), *scenarios("wuhuan")])
def test_scenario(sqlite_database: Database, key: str, scenario: Scenario) -> None:
    played = Played(sqlite_database, key, scenario)
    for step in scenario.steps:
        played.play(step)
    played.compare_end()
