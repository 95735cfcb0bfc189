"""走查 of a draft: at most one, walked by a process of its own that is heard of, stopped and given up in time."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from engine import operations
from engine.clock import VirtualClock
from engine.exploration.job import Job, launch
from engine.operations.explorations import SILENCE
from engine.queries.explorations import Exploration, exploration
from engine.refusal import Invalid, NotVisible, Refusal
from engine.runtime import Runtime
from engine.setting_up import read_files
from engine.store import Database
from engine.store.drafts import explorations
from tests import world
from tests.engine.operations.conftest import MONDAY

FILES = read_files(Path("processes/zhichu"))


@dataclass
class Desk:
    """A designer with a draft."""

    database: Database
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(MONDAY))

    def __post_init__(self) -> None:
        self.world = world.settle(self.database, MONDAY)
        self.runtime = Runtime(self.database, world.configuration(self.database), self.clock)
        self.designer = self.world.people["设计"]
        self.draft = operations.create_draft(self.runtime, self.designer, self.world.units["county"], FILES)

    def ask(self, **parameters: object) -> operations.explorations.Asked:
        return operations.explore_draft(self.runtime, self.designer, self.draft, parameters)

    def walk(self, exploration_id: str, **how: object) -> Job:
        job = Job(self.runtime, exploration_id, leave=lambda: None, **how)  # type: ignore[arg-type]
        job.run()
        return job

    def seen(self) -> Exploration | None:
        with self.database.read() as c:
            actor = self.runtime.actor(c, self.designer)
        return exploration(self.runtime, actor, self.draft)

    def change(self, name: str, old: str, new: str) -> None:
        stored = FILES[name]
        seen = operations.drafts.digest_of(stored)
        operations.save_file(
            self.runtime, self.designer, self.draft, name, stored.decode().replace(old, new).encode(), seen
        )


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
def one_desk(sqlite_database: Database) -> Desk:
    return Desk(sqlite_database)


def test_from_asking_to_the_report(desk: Desk) -> None:
    assert desk.seen() is None
    asked = desk.ask()
    waiting = desk.seen()
    assert asked.fresh and waiting is not None
    assert (waiting.state, waiting.under_way, desk.ask()) == (
        "waiting",
        True,
        operations.explorations.Asked(asked.id, False),
    )
    desk.walk(asked.id)
    found = desk.seen()
    assert found is not None and found.report is not None
    assert (found.state, found.outdated, found.asked_by) == ("done", False, "设计")
    assert found.report["complete"] and found.report["endings"][0]["moves"]
    assert found.report["endings"][0]["path"][0] == {
        "element": "kaishi",
        "told": "开始：“要花一笔钱”",
        "passed": ["f_kaishi", "kaishi"],
    }
    assert not desk.ask().fresh  # nothing has changed: the report is there

    desk.change("procedure.toml", "default = 5000", "default = 6000")
    later = desk.seen()
    assert later is not None and later.outdated
    again = desk.ask()
    assert again.fresh and again.id != asked.id


def test_the_process_walks_by_itself(desk: Desk) -> None:
    asked = desk.ask()
    process = launch(desk.runtime.configuration, asked.id)
    assert process.wait(30) == 0
    found = desk.seen()
    assert found is not None and found.state == "done"


def test_a_draft_that_cannot_run_is_not_walked(one_desk: Desk) -> None:
    one_desk.change("zhichu.bpmn", 'sourceRef="tianbao"', 'sourceRef="niemand"')
    with pytest.raises(Invalid, match="还不能运行"):
        one_desk.ask()
    assert one_desk.seen() is None


def test_what_calls_a_procedure_that_is_not_there_is_not_walked(one_desk: Desk) -> None:
    files = read_files(Path("processes/liubu"))
    draft = operations.create_draft(
        one_desk.runtime, one_desk.designer, one_desk.world.units["county"], files
    )
    with pytest.raises(Invalid, match="“zhichu”在云岭县还没有发布"):
        operations.explore_draft(one_desk.runtime, one_desk.designer, draft)
    operations.publish_procedure(one_desk.runtime, None, FILES, "county")
    asked = operations.explore_draft(one_desk.runtime, one_desk.designer, draft)
    assert "zhichu" in operations.explorations.read_order(one_desk.runtime, asked.id).files.called


def test_parameters_keep_their_bounds_and_are_told(one_desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        one_desk.ask(大额标准=-1, 没有的=1)
    assert set(refused.value.fields) == {"大额标准", "没有的"}
    asked = one_desk.ask(大额标准=3000)
    one_desk.walk(asked.id)
    found = one_desk.seen()
    assert found is not None and found.parameters == {"大额标准": 3000}
    assert (
        not one_desk.ask(大额标准=3000).fresh and one_desk.ask(大额标准=5000).fresh
    )  # the default is no choice


def test_only_designers_ask_and_see(one_desk: Desk) -> None:
    clerk = one_desk.world.people["文书"]
    with pytest.raises(Refusal):
        operations.explore_draft(one_desk.runtime, clerk, one_desk.draft)
    with pytest.raises(Refusal):
        operations.stop_exploration(one_desk.runtime, clerk, one_desk.draft)
    with one_desk.database.read() as c:
        actor = one_desk.runtime.actor(c, clerk)
    with pytest.raises(NotVisible):
        exploration(one_desk.runtime, actor, one_desk.draft)


def test_one_that_is_stopped_tells_what_it_has_not_seen(one_desk: Desk) -> None:
    asked = one_desk.ask()
    operations.stop_exploration(one_desk.runtime, one_desk.designer, one_desk.draft)
    stopping = one_desk.seen()
    assert stopping is not None and stopping.state == "stopping"
    job = Job(one_desk.runtime, asked.id, leave=lambda: None)
    job.stopping.set()
    job.run()
    found = one_desk.seen()
    assert found is not None and found.report is not None
    assert not found.report["complete"] and "叫停" in found.report["cut"][0]
    assert one_desk.ask().fresh  # a part is not the whole


@pytest.mark.parametrize(("seconds", "state"), [(15, "waiting"), (15.001, "interrupted")])
def test_one_that_is_not_heard_of_is_given_up(one_desk: Desk, seconds: float, state: str) -> None:
    asked = one_desk.ask()
    one_desk.clock.move_to(MONDAY + timedelta(seconds=seconds))
    found = one_desk.seen()
    assert found is not None and found.state == state and timedelta(seconds=15) == SILENCE
    assert one_desk.ask().fresh == (state == "interrupted")
    assert (one_desk.seen() or found).id != asked.id or state == "waiting"


def test_signs_of_life_bring_the_order_to_stop(one_desk: Desk) -> None:
    asked, runtime = one_desk.ask(), one_desk.runtime
    one_desk.clock.move_to(MONDAY + timedelta(seconds=20))
    tell = operations.explorations.tell_progress
    assert tell(runtime, asked.id, {"phase": "walking", "states": 3}) is False
    found = one_desk.seen()
    assert found is not None and (found.state, found.progress["states"]) == ("walking", 3)
    operations.stop_exploration(runtime, one_desk.designer, one_desk.draft)
    assert tell(runtime, asked.id, {"phase": "walking"}) is True
    one_desk.database.run(lambda c: c.execute(delete(explorations)))
    assert tell(runtime, asked.id, {"phase": "walking"}) is None


def test_a_process_nobody_wants_leaves(one_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.exploration.job.EVERY", 0.01)
    asked, left = one_desk.ask(), []
    one_desk.database.run(lambda c: c.execute(delete(explorations)))
    job = Job(one_desk.runtime, asked.id, leave=lambda: left.append(True))
    monkeypatch.setattr(Job, "_walk", lambda self: _until(lambda: bool(left)))
    job.run()
    assert left


def test_what_cannot_be_walked_any_longer_says_why(one_desk: Desk) -> None:
    asked = one_desk.ask()
    one_desk.change("zhichu.bpmn", 'sourceRef="tianbao"', 'sourceRef="niemand"')
    one_desk.walk(asked.id)
    found = one_desk.seen()
    assert found is not None and found.state == "failed" and "还不能运行" in found.failure


def test_a_third_on_the_machine_waits(one_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.exploration import job

    monkeypatch.setattr(job, "EVERY", 0.01)
    asked = one_desk.ask()
    with job._slot(lambda: False), job._slot(lambda: False):
        third = Job(one_desk.runtime, asked.id, leave=lambda: None)
        operations.stop_exploration(one_desk.runtime, one_desk.designer, one_desk.draft)
        third.run()  # its sign of life brings the order to stop, or it would wait for ever
    with one_desk.database.read() as c:
        assert c.scalar(select(explorations.c.report)) is not None


def test_a_removed_draft_shows_no_exploration(one_desk: Desk) -> None:
    one_desk.ask()
    operations.remove_draft(one_desk.runtime, one_desk.designer, one_desk.draft)
    with pytest.raises(NotVisible):
        one_desk.seen()


def _until(met: object) -> None:
    end = time.monotonic() + 5
    while not met() and time.monotonic() < end:  # type: ignore[operator]
        time.sleep(0.005)


def test_removing_the_draft_stops_its_exploration(desk: Desk) -> None:
    desk.ask()
    operations.remove_draft(desk.runtime, desk.designer, desk.draft)
    operations.restore_draft(desk.runtime, desk.designer, desk.draft)
    seen = desk.seen()
    assert seen is not None
    assert seen.state == "stopping"
