"""The sample county's past: every story goes as far as it is told, on whatever day the county is set up."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Table, func, select

from engine import demo, journal
from engine.clock import VirtualClock
from engine.demo import performing
from engine.runtime import Runtime
from engine.setting_up import load_demo
from engine.store import Database
from engine.store.proceedings import meetings, ratings
from engine.store.tables import incidents, instances, people, procedure_versions, tasks
from engine.store.voting import ballots
from tests.world import configuration


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 7, 1, 6, tzinfo=UTC),
        datetime(2026, 10, 9, 3, tzinfo=UTC),  # after the long holiday, with its weekends worked
    ],
)
def test_every_story_is_told_to_its_end_and_none_twice(sqlite_database: Database, now: datetime) -> None:
    runtime = Runtime(sqlite_database, configuration(sqlite_database), VirtualClock(now))
    said = list(load_demo(runtime))
    assert [line for line in said if "停在" in line or "没有" in line] == []
    with sqlite_database.snapshot() as c:
        assert journal.verify(c).intact
        assert c.scalar(select(func.count()).select_from(incidents)) == 0
        begun = c.execute(
            select(procedure_versions.c.key, instances.c.status, instances.c.outcome, instances.c.started_at)
            .join(procedure_versions, procedure_versions.c.id == instances.c.version_id)
            .where(procedure_versions.c.key != "zhichu")
        ).all()
        by_message = c.scalar(select(func.count()).where(instances.c.started_by.is_(None)))
        assert by_message >= 2  # what a neighbourhood's meeting left open
        assert len(begun) == len(performing.planned()) + by_message
        assert all(row.started_at <= now for row in begun)
        kinds = Counter((row.key, row.status) for row in begun)
        for key in ("babu", "liubu", "sibu", "wuhuan"):
            assert kinds[key, "completed"] >= 1 and kinds[key, "running"] >= 3, key
        assert {key for key, _ in kinds} >= {"lishihui", "yishi", "cungui", "wuchang", "wenti"}
        secret = select(func.count()).where(ballots.c.method == "secret", ballots.c.status == "open")
        assert c.scalar(secret) >= 1
        assert {"已办结", "终止", "已形成决议", "已销号"} <= {row.outcome for row in begun}
        assert _late(c, now) >= 4
        assert {"inquorate", "convened", "held"} <= set(c.scalars(select(meetings.c.status)))
        assert c.scalar(select(func.count()).select_from(ratings)) >= 3
    before = _count(sqlite_database, instances)
    list(load_demo(runtime))
    assert _count(sqlite_database, instances) == before


def _count(database: Database, table: Table) -> int:
    with database.read() as c:
        return int(c.scalar(select(func.count()).select_from(table)) or 0)


def _late(c: Any, now: datetime) -> int:
    late = select(func.count()).select_from(tasks).where(tasks.c.due_at <= now)
    return int(c.scalar(late.where(tasks.c.closes_at.is_(None))) or 0)


def test_the_story_speaks_of_the_countys_own_people(sqlite_database: Database) -> None:
    clock = VirtualClock(datetime(2026, 7, 1, 6, tzinfo=UTC))
    demo.load(sqlite_database, clock)
    matter = next(one for one in performing.planned() if one.story == "23-reports-until-done")
    runtime = Runtime(sqlite_database, configuration(sqlite_database), clock)
    performance = performing.Performance(runtime, matter, performing.monday(clock(), 1))
    with sqlite_database.read() as c:
        names = set(c.scalars(select(people.c.name)))
    assert set(performance.cast.players().values()) <= names
    assert performance._told("请何建平去修排水沟") == "请彭新民去种树装灯"
    assert performance._told("2026-03-06T15:00") == "2026-06-26T09:00"  # not after what comes of it
    assert performance._told("2026-03-06T07:30") == "2026-06-26T07:30"
