"""An office: the village of `tests.world`, the procedure of LB-8 published, and a clock that is moved by hand."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from engine import journal, operations
from engine.clock import VirtualClock
from engine.people.tenures import appoint
from engine.runtime import Runtime
from engine.store import Database
from engine.store.tables import tasks
from engine.worker import Worker
from tests import world

FOLDER = Path("processes/zhichu")
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # nine in the morning


def files() -> dict[str, bytes]:
    found = (path for path in FOLDER.rglob("*") if path.is_file())
    return {str(path.relative_to(FOLDER)): path.read_bytes() for path in found}


def photo(color: str = "white") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (30, 20), color).save(buffer, "PNG")
    return buffer.getvalue()


class Office:
    """Does things by people's names and steps' names, as a reader of the test would say them."""

    def __init__(self, database: Database) -> None:
        self.clock = VirtualClock(MONDAY)
        self.world = world.settle(database, MONDAY)
        self.runtime = Runtime(database, world.configuration(database), self.clock)
        self.worker = Worker(self.runtime)
        self.database = database
        self.version = operations.publish_procedure(self.runtime, None, files(), "county")

    def __getitem__(self, name: str) -> int:
        return self.world.people[name]

    def add(self, name: str, post: str, unit: str = "village") -> int:
        """One more person on one more post."""
        person, _ = operations.add_person(self.runtime, self["管得宽"], unit, name)
        self.world.people[name] = person
        self.database.run(lambda c: appoint(c, person, post, self.world.units[unit], world.SINCE))
        return person

    def start(self, title: str = "修路灯", by: str = "报账") -> str:
        return operations.start_matter(self.runtime, self[by], "zhichu", "village", title).instance_id

    def spending(self, amount: float, by: str = "报账") -> dict[str, Any]:
        receipt = operations.upload_file(self.runtime, self[by], photo(), "票据.png")
        paper = {"id": receipt["id"], "name": receipt["name"]}
        return {"用途": "路灯", "金额": amount, "收款方": "灯具店", "凭证": [paper], "说明": ""}

    def task(self, matter: str, step: str) -> Any:
        with self.database.read() as c:
            return c.execute(
                select(tasks).where(tasks.c.instance_id == matter, tasks.c.name == step)
            ).one_or_none()

    def steps(self, matter: str) -> list[str]:
        with self.database.read() as c:
            return sorted(c.scalars(select(tasks.c.name).where(tasks.c.instance_id == matter)))

    def do(self, matter: str, step: str, by: str, data: Mapping[str, Any], **more: Any) -> operations.Done:
        task = self.task(matter, step)
        assert task is not None, f"“{step}” is not open, but {self.steps(matter)}"
        return operations.complete_task(self.runtime, self[by], task.id, data, **more)

    def filled(self, amount: float, title: str = "修路灯") -> str:
        """A matter with its spending entered, waiting for approval."""
        matter = self.start(title)
        self.do(matter, "填报支出", "报账", self.spending(amount))
        return matter

    def wait(self, **time: float) -> None:
        """Time passes; then the worker looks."""
        self.clock.move_to(self.clock.now + timedelta(**time))
        while self.worker.tick():
            pass

    def verify(self) -> None:
        with self.database.snapshot() as c:
            checked = journal.verify(c)
        assert checked.intact, checked.breaks


@pytest.fixture
def office(database: Database) -> Any:
    opened = Office(database)
    yield opened
    opened.verify()  # whatever a test does, the record holds
