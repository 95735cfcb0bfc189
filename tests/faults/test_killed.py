"""The whole server is killed a hundred times, while four clients complete steps.

What was acknowledged is there; nothing is there twice; the journal is whole; the revision is the number of changes.
"""

import http.client
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from tests.conftest import ROOT, free_port
from tests.faults.town import Site, Town, eventually

KILLS = 100
DOWN = (OSError, http.client.HTTPException, ValueError)  # nobody there, or the answer broke off


@dataclass
class Clerk:
    """Completes the steps of a matter one after the other; several may share one. Every value is handed in once."""

    name: str
    number: int
    site: Site
    instance: str
    acknowledged: list[int] = field(default_factory=list)
    surprises: list[Any] = field(default_factory=list)

    def work(self, stop: Event) -> None:
        value = self.number * 1_000_000
        while not stop.is_set():
            task = self.open_task()
            if task is None:
                continue
            try:
                status, answer = self.site.complete(self.name, task, {"序号": value})
            except DOWN:  # done or not: nobody knows, so never the same value again
                value += 1
                continue
            if status == 200:
                self.acknowledged.append(value)
                value += 1
            elif status not in (409, 503):
                self.surprises.append(answer)

    def open_task(self) -> str | None:
        try:
            status, answer = self.site.call(self.name, "GET", f"/instances/{self.instance}")
        except DOWN:
            time.sleep(0.02)
            return None
        if status != 200:
            self.surprises += [answer] if status != 503 else []
            return None
        return str(answer["open_tasks"][0]["id"])


@pytest.mark.timeout(300)
def test_a_hundred_kills(town: Town) -> None:
    matters = [town.start("turns", f"第{n}件")[0] for n in range(3)]
    port, stop = free_port(), Event()
    with (town.folder / "rising.log").open("wb") as log:
        command = [sys.executable, "-m", "tests.faults.rising", town.url, str(town.folder), str(port)]
        parent = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    site = Site(port, town.world)
    # Two have a matter of their own, two share one and race each other for every step of it.
    clerks = [
        Clerk("报账", 1, site, matters[0]),
        Clerk("报账", 2, site, matters[1]),
        Clerk("报账", 3, site, matters[2]),
        Clerk("老报", 4, site, matters[2]),
    ]
    try:
        site.wait()
        assert site.call("报账", "POST", f"/tasks/{clerks[3].open_task()}/release")[0] == 200
        threads = [Thread(target=clerk.work, args=(stop,)) for clerk in clerks]
        for thread in threads:
            thread.start()
        for _ in range(KILLS):
            _kill_when_busy(town.folder, clerks)
        stop.set()
        for thread in threads:
            thread.join(60)
    finally:
        stop.set()
        parent.kill()
        parent.wait()
        _kill_group(town.folder)
    _nothing_lost_nothing_twice(town, matters, clerks)


def _kill_when_busy(folder: Path, clerks: list[Clerk]) -> None:
    """Kill the whole server a moment after it has begun to do something."""
    done = sum(len(clerk.acknowledged) for clerk in clerks)
    eventually(lambda: sum(len(clerk.acknowledged) for clerk in clerks) > done, 30, pause=0.005)
    time.sleep(random.uniform(0, 0.05))
    _kill_group(folder)


def _kill_group(folder: Path) -> None:
    group = int((folder / "group").read_text())
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _nothing_lost_nothing_twice(town: Town, matters: list[str], clerks: list[Clerk]) -> None:
    assert [clerk.surprises for clerk in clerks] == [[], [], [], []], (
        "only 200, 409 and 503 are to be expected"
    )
    stored: Counter[int] = Counter()
    for instance, releases in zip(matters, (0, 0, 1), strict=True):
        handed_in = town.handed_in(instance)
        stored.update(s.data["序号"] for s in handed_in)
        assert len({s.task_id for s in handed_in}) == len(handed_in), "no step was done twice"
        row = town.row(instance)
        assert row.revision == 1 + releases + len(handed_in), "each change raised the revision once"
        assert len(town.entries(instance, "complete")) == len(handed_in)
    assert set(stored.values()) == {1}, "no value was handed in twice"
    acknowledged = [value for clerk in clerks for value in clerk.acknowledged]
    assert len(acknowledged) >= KILLS
    assert set(acknowledged) <= set(stored), "what was acknowledged is there"
    town.verify()
