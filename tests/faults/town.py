"""A village on a database, with real server and worker processes around it."""

import http.client
import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

from sqlalchemy import select

from engine import journal
from engine.operations import publish_procedure, start_matter
from engine.runtime import Runtime
from engine.store import Database
from engine.store.tables import checkpoints, instances, submissions
from engine.store.tables import journal as journal_table
from tests import procedures
from tests.conftest import free_port, stop
from tests.faults.started import Started, start
from tests.world import World, configuration, settle

Answer = tuple[int, Any]


@dataclass
class Town:
    runtime: Runtime
    world: World
    folder: Path

    @classmethod
    def build(cls, database: Database, folder: Path) -> "Town":
        """Publishes every small procedure in an empty database."""
        runtime, world = Runtime(database, configuration(database)), settle(database)
        for files in (
            procedures.spending(),
            procedures.endless(),
            procedures.waiting("PT1S"),
            procedures.urging(),
        ):
            publish_procedure(runtime, None, files, "county")
        return cls(runtime, world, folder)

    @property
    def url(self) -> str:
        return self.runtime.database.url.render_as_string(hide_password=False)

    @property
    def environment(self) -> dict[str, str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("CUNYI_")}
        return clean | {"CUNYI_DATA_DIR": str(self.folder), "CUNYI_DEMO": "1", "CUNYI_DATABASE_URL": self.url}

    def start(self, key: str, title: str = "一件事") -> tuple[str, str]:
        """A matter that 报账 starts, without HTTP: its id and that of its first task, claimed by 报账."""
        done = start_matter(self.runtime, self.world.people["报账"], key, "village", title)
        return done.instance_id, done.open_tasks[0]["id"]

    # ------------------------------------------------------------ processes

    @contextmanager
    def serve(self, *options: str) -> Iterator["Site"]:
        """`cunyi serve` without the clock's work."""
        port = free_port()
        process = self.cunyi("serve", "--port", str(port), "--no-worker", *options)
        try:
            site = Site(port, self.world)
            site.wait()
            yield site
        finally:
            stop(process)

    @contextmanager
    def worker(self) -> Iterator[Started]:
        """`cunyi worker`."""
        process = self.cunyi("worker")
        try:
            yield process
        finally:
            stop(process)

    def wait_until_worker_looks(self) -> None:
        """The worker writes the day's checkpoint at the end of its first look."""
        eventually(lambda: self._read(select(checkpoints.c.day)), 60)

    def cunyi(self, *arguments: str) -> Started:
        return start(arguments, self.environment, self.folder / f"{arguments[0]}.log")

    # ------------------------------------------------------------ what is on record

    def handed_in(self, instance_id: str) -> list[Any]:
        """The submissions of a matter, in order."""
        query = select(submissions).where(submissions.c.instance_id == instance_id)
        return self._read(query.order_by(submissions.c.sequence))

    def entries(self, instance_id: str, action: str) -> list[Any]:
        """The matter's journal entries of one kind."""
        query = select(journal_table).where(journal_table.c.chain == f"instance:{instance_id}")
        return self._read(query.where(journal_table.c.action == action))

    def row(self, instance_id: str) -> Any:
        [row] = self._read(select(instances).where(instances.c.id == instance_id))
        return row

    def _read(self, query: Any) -> list[Any]:
        return self.runtime.database.look(lambda c: list(c.execute(query)))

    def verify(self) -> None:
        """The journal is whole."""
        with self.runtime.database.snapshot() as c:
            checked = journal.verify(c)
        assert checked.intact, checked.breaks


@dataclass
class Site:
    """The server, for callers of the API."""

    port: int
    world: World

    def call(self, who: str, method: str, path: str, body: Any = None, timeout: float = 30) -> Answer:
        """One request on a connection of its own. OSError or HTTPException when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            headers = self.world.headers(who) | {"Content-Type": "application/json"}
            connection.request(method, f"/api/v1{path}", None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def complete(self, who: str, task_id: str, data: dict[str, Any]) -> Answer:
        return self.call(who, "POST", f"/tasks/{task_id}/complete", {"data": data})

    def wait(self, seconds: float = 90) -> None:
        eventually(self._answers, seconds)

    def _answers(self) -> bool:
        try:
            return self.call("报账", "GET", "/procedures", timeout=5)[0] == 200
        except (OSError, http.client.HTTPException):
            return False


def at_once(calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """The answers to calls that are made at the same moment."""
    answers: list[Answer] = [(0, None)] * len(calls)
    gate = Barrier(len(calls))

    def run(index: int) -> None:
        gate.wait()
        answers[index] = calls[index]()

    threads = [Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def eventually(happened: Callable[[], Any], seconds: float = 20, pause: float = 0.1) -> Any:
    """Wait until it is so; answers what `happened` did. AssertionError when it never was."""
    deadline = time.monotonic() + seconds
    while not (found := happened()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(pause)
    return found


def kill(process: Started) -> None:
    """SIGKILL, and the body away."""
    process.send_signal(signal.SIGKILL)
    process.wait(10)
