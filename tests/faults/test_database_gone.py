"""The database is locked, or away: a clear answer, nothing lost, and everything goes on by itself afterwards."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from engine.store import Database
from engine.store.migrations import upgrade
from tests.databases import create_postgresql, start_postgresql
from tests.faults.town import Town

PATIENCE = 20  # seconds: three times the five that a writer waits, and something to spare
HOLD = """
import sqlite3, sys, time
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
c.execute("ROLLBACK")
"""


@contextmanager
def locked(path: str, seconds: float) -> Iterator[None]:
    """Another process holds SQLite's write lock for so long, or as long as it is of interest."""
    command = [sys.executable, "-c", HOLD, path, str(seconds)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield
    finally:
        process.kill()
        process.wait(30)
        process.stdout.close()


def test_a_locked_sqlite_file_is_waited_for_then_refused(sqlite_database: Database, tmp_path: Path) -> None:
    town = Town.build(sqlite_database, tmp_path)
    instance, task = town.start("turns")
    path = str(sqlite_database.url.database)
    with town.serve() as site:
        with locked(path, 1.5):
            status, answer = site.complete("报账", task, {"序号": 0})
        assert status == 200, "a short lock is waited for"
        [task] = [t["id"] for t in answer["open_tasks"]]
        with locked(path, 60):
            assert site.call("报账", "GET", "/tasks")[0] == 200, "reading goes on"
            begun = time.monotonic()
            status, refused = site.complete("报账", task, {"序号": 1})
            assert time.monotonic() - begun < PATIENCE, "nobody is kept waiting for ever"
            assert status == 503 and "没有保存" in refused["error"]["message"]
        assert len(town.handed_in(instance)) == 1, "what was refused was not done"
        assert site.complete("报账", task, {"序号": 1})[0] == 200
    assert [s.data["序号"] for s in town.handed_in(instance)] == [0, 1]
    town.verify()


@pytest.fixture
def own_postgresql() -> Iterator[Any]:
    """A PostgreSQL server that may be stopped: nobody else's."""
    # Not in pytest's folder: as root the server runs as another user, who must be able to get there.
    with tempfile.TemporaryDirectory(prefix="cunyi-faults-", ignore_cleanup_errors=True) as folder:
        server = start_postgresql(folder)
        yield server
        server.cleanup()


def test_postgresql_away_for_some_seconds(own_postgresql: Any, tmp_path: Path) -> None:
    url = create_postgresql(own_postgresql.get_uri(), "gone")
    database = Database(url)
    upgrade(database)
    town = Town.build(database, tmp_path)
    instance, task = town.start("turns")
    with town.serve() as site, town.worker() as worker:
        status, answer = site.complete("报账", task, {"序号": 0})
        assert status == 200
        [task] = [t["id"] for t in answer["open_tasks"]]
        town.wait_until_worker_looks()  # one that is still starting does not start without a database
        own_postgresql.stop()
        for method, path in (
            ("POST", f"/tasks/{task}/complete"),
            ("GET", "/tasks"),
            ("GET", f"/instances/{instance}"),
        ):
            begun = time.monotonic()
            status, refused = site.call(
                "报账", method, path, {"data": {"序号": 1}} if method == "POST" else None
            )
            assert status == 503, refused
            assert "数据库" in refused["error"]["message"]
            assert time.monotonic() - begun < 10
        own_postgresql.ensure_postgres_running()
        assert site.complete("报账", task, {"序号": 1})[0] == 200, "it goes on by itself"
        assert worker.poll() is None, "the worker outlived it"
    assert [s.data["序号"] for s in town.handed_in(instance)] == [0, 1]
    town.verify()
    database.close()
