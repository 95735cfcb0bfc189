"""What a round of a loop costs when the matter is young and when it is old; how big the state is."""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import orjson
from sqlalchemy import select

from engine.clock import system_clock
from engine.diagram import load_folder
from engine.execution import Definition
from engine.operations import complete_task, start_matter
from engine.runtime import Runtime
from engine.store import Database
from engine.store.migrations import upgrade
from engine.store.tables import instances
from tests import procedures
from tests.world import configuration, settle

YOUNG, OLD, PAIRS = 10, 1000, 150


def measure(folder: Path) -> dict[str, Any]:
    """Round 1,000 against round 10, through the operation (database, journal and all), in turns A B A B."""
    runtime, person = _runtime(folder)
    young, old = _matter(runtime, person), _matter(runtime, person)
    for _ in range(OLD - 1):
        old()
    ratios = []
    for _ in range(PAIRS // 30):  # a fresh young matter now and then, so that it stays young
        young = _matter(runtime, person)
        for _ in range(YOUNG - 1):
            young()
        pairs = [(_timed(young), _timed(old)) for _ in range(30)]
        ratios.append(median(b for _, b in pairs) / median(a for a, _ in pairs))
    return {"ratio": median(ratios), "state": _state_size(runtime), **_engine()}


def _runtime(folder: Path) -> tuple[Runtime, int]:
    from engine.operations import publish_procedure

    database = Database(f"sqlite:///{folder}/rounds.db")
    upgrade(database)
    world = settle(database)
    runtime = Runtime(database, configuration(database))
    publish_procedure(runtime, None, procedures.endless(), "county")
    return runtime, world.people["报账"]


def _matter(runtime: Runtime, person: int) -> Callable[[], None]:
    """One more round of a matter of its own."""
    tasks = [start_matter(runtime, person, "turns", "village", "流水").open_tasks[0]["id"]]

    def turn() -> None:
        done = complete_task(runtime, person, tasks[-1], {"序号": 1})
        tasks[:] = [done.open_tasks[0]["id"]]

    return turn


def _timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _state_size(runtime: Runtime) -> int:
    """Bytes of the oldest matter's state, its own data left out."""
    with runtime.database.read() as c:
        states = [bytes(state) for state in c.scalars(select(instances.c.state))]
    return max(_without_data(state) for state in states)


def _without_data(state: bytes) -> int:
    return len(orjson.dumps(orjson.loads(state) | {"data": {}}))


def _engine() -> dict[str, Any]:
    """Load + complete + save of the 15-step process, neither HTTP nor database; and its state at its widest."""
    definition = Definition.compile(load_folder(procedures.fifteen()).diagram)
    times, widest = [], 0
    for _ in range(60):
        state = definition.start(clock=system_clock).dump()
        while True:
            instance = definition.restore(state, clock=system_clock)
            tasks = instance.open_tasks()
            if not tasks:
                break
            start = time.perf_counter()
            instance = definition.restore(state, clock=system_clock)
            instance.complete(tasks[0].id, {"金额": 200, "说明": "照办", "办理人": [1]})
            state = instance.dump()
            times.append(time.perf_counter() - start)
            widest = max(widest, _without_data(state))
    return {"milliseconds": median(times) * 1000, "fifteen_state": widest}
