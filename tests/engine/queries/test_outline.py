"""What an open step offers to whom, and what is read of it where its page is not shown."""

from datetime import UTC, datetime

import pytest

from engine import operations, pickers
from engine.authorisation import Actor
from engine.clock import VirtualClock
from engine.queries import matters, tasks
from engine.runtime import Runtime
from engine.store import Database, count_statements
from tests.voting import Hall
from tests.world import configuration, settle


@pytest.fixture
def hall(sqlite_database: Database) -> Hall:
    now = datetime(2026, 3, 2, 1, tzinfo=UTC)
    runtime = Runtime(sqlite_database, configuration(sqlite_database), VirtualClock(now))
    return Hall(runtime, settle(sqlite_database, now), representatives=4)


def actor(hall: Hall, name: str) -> Actor:
    return hall.runtime.database.look(lambda c: hall.runtime.actor(c, hall.id(name)))


def offered_people(hall: Hall, name: str, task: str, *, every: bool) -> dict[str, int]:
    """How many people each act that picks any offers to this person."""
    view = tasks.task(hall.runtime, actor(hall, name), task)
    return {
        action.name: max(len(part.get("values") or []) for part in pickers.picking(action.schema))
        for action in (view.all_actions if every else view.actions)
        if pickers.asked(action.schema)
    }


def test_people_to_pick_are_offered_to_those_who_may_pick_them(hall: Hall) -> None:
    task = hall.opened()
    leading = offered_people(hall, "主席", task, every=False)
    assert leading["open"] >= 4 and leading["attend"] >= 4
    others = offered_people(hall, "代表1", task, every=True)
    assert others["open"] == 0  # not the voter's to do
    assert offered_people(hall, "文书", task, every=True)["open"] >= 4  # enters it for the chair


def test_an_act_is_read_with_one_statement(hall: Hall) -> None:
    task = hall.opened()
    found = tasks.action_of(hall.runtime, task, "cast")
    assert found is not None and found.name == "cast"
    assert tasks.action_of(hall.runtime, task, "none") is None
    assert tasks.action_of(hall.runtime, "0" * 16, "cast") is None
    with count_statements(hall.runtime.database) as sent:
        tasks.action_of(hall.runtime, task, "cast")
    assert len(sent) == 1


def test_the_next_step_is_the_one_the_matters_page_names(hall: Hall) -> None:
    started = operations.start_matter(hall.runtime, hall.id("报账"), "vote", "village", "修路")
    first = started.open_tasks[0]["id"]
    reporter = actor(hall, "报账")
    assert tasks.following(hall.runtime, reporter, started.instance_id) == first
    assert tasks.following(hall.runtime, reporter, started.instance_id, first) is None
    done = operations.complete_task(hall.runtime, hall.id("报账"), first, {"议案": [{"议案": "修路"}]})
    assert done.step == "审定"
    for name in ("报账", "主席", "文书", "代表1", "百姓"):
        with count_statements(hall.runtime.database) as sent:
            ahead = tasks.following(hall.runtime, actor(hall, name), done.instance_id)
        assert len(sent) == 2  # who it is, and the step
        if name != "百姓":
            steps = matters.matter(hall.runtime, actor(hall, name), done.instance_id).open_steps
            assert ahead == next((step.id for step in steps if step.is_mine), None), name
        else:
            assert ahead is None
