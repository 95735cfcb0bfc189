"""A village with LB-8 published, on each database."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.authorisation import Actor
from engine.clock import VirtualClock
from engine.operations import complete_task, publish_procedure, start_matter
from engine.runtime import Runtime
from engine.store import Database
from tests import procedures
from tests.world import World, configuration, settle


class Village:
    def __init__(self, database: Database) -> None:
        self.clock = VirtualClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
        self.runtime = Runtime(database, configuration(database), self.clock)
        self.world: World = settle(database, self.clock())
        publish_procedure(self.runtime, None, procedures.spending(), "county")

    def actor(self, name: str) -> Actor:
        return self.runtime.database.look(lambda c: self.runtime.actor(c, self.world.people[name]))

    def start(self, title: str = "修水渠") -> Any:
        return start_matter(self.runtime, self.world.people["报账"], "spend", "village", title)

    def filled(self, title: str = "修水渠") -> Any:
        started = self.start(title)
        entry = {"金额": 1234.5, "用途": "水渠", "票据": []}
        return self.complete("报账", started.open_tasks[0]["id"], entry)

    def complete(self, name: str, task: str, data: dict[str, Any]) -> Any:
        return complete_task(self.runtime, self.world.people[name], task, data)


@pytest.fixture
def village(database: Database) -> Village:
    return Village(database)


@pytest.fixture
def statements(village: Village) -> Callable[[Callable[[], Any]], int]:
    """How many SQL statements a question takes once everything is in the caches."""
    from engine.store import count_statements

    def count(ask: Callable[[], Any]) -> int:
        ask()
        with count_statements(village.runtime.database) as sent:
            ask()
        return len(sent)

    return count
