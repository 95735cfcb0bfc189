"""A thousand readers a minute on a notice's page, and what a cadre's task page feels of them.

One server as `cunyi serve` runs it, with the sample county. A reader comes on a connection of its own, with an empty
cache, and takes the page and its style sheet; readers come evenly over the minute. The task page is asked for by one
cadre, without and with readers in turns.
"""

import http.client
import multiprocessing
import re
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from engine.demo import PASSWORD
from engine.store import Database
from engine.store.proceedings import notices
from engine.store.publicity import public_links
from tests.conftest import Server, run_cunyi, sample_environment, start_copy, stop

READERS = 1000  # a minute
TURNS, SECONDS = 6, 8.0  # pairs of turns, each so long
PAUSE = 0.05  # between two looks of the cadre, as somebody working fast
CADRE = "xiongcs"
STYLES = re.compile(r'<link rel="stylesheet" href="([^"]+)"')


def measure(folder: Path) -> dict[str, Any]:
    """Milliseconds of the task page without and with readers, their ratio, and what one reader transfers."""
    sample = folder / "sample"
    sample.mkdir()
    run_cunyi(sample_environment(sample), "demo")
    home = folder / "public"
    server = start_copy(home, sample)
    try:
        return _measured(server, _page(home))
    finally:
        stop(server.process)


def _page(home: Path) -> str:
    """The public page of a notice that is up."""
    database = Database(f"sqlite:///{home / 'cunyi.db'}")
    running = select(notices.c.instance_id).where(notices.c.ended_at.is_(None))
    query = select(public_links.c.code).where(
        public_links.c.task_id.is_(None), public_links.c.instance_id.in_(running)
    )
    with database.read() as c:
        code = c.scalar(query.limit(1))
    database.close()
    assert code is not None, "the sample county has no notice that is up"
    return f"/p/{code}"


def _measured(server: Server, page: str) -> dict[str, Any]:
    port = int(server.url.rsplit(":", 1)[1])
    cadre = Cadre(port)
    readers = [Readers(port, page, READERS / 4) for _ in range(4)]
    alone: list[float] = []
    beside: list[float] = []
    read = 0
    try:
        cadre.looks(2.0)
        for _ in range(TURNS):
            alone.append(median(cadre.looks(SECONDS)))
            for each in readers:
                each.begin()
            beside.append(median(cadre.looks(SECONDS)))
            read += sum(each.pause() for each in readers)
    finally:
        for each in readers:
            each.stop()
    return {
        "alone_ms": median(alone) * 1000,
        "beside_ms": median(beside) * 1000,
        "ratio": median(b / a for a, b in zip(alone, beside, strict=True)),
        "readers": read / (TURNS * SECONDS) * 60,
        "bytes": sum(_visit(port, page)),
    }


class Cadre:
    """Signed in, with a task open."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookie = ""
        token = re.search(r'name="csrf-token" content="([^"]+)"', self._get("/sign-in"))
        assert token is not None
        form = urlencode({"csrf_token": token[1], "login": CADRE, "password": PASSWORD})
        self._ask("POST", "/sign-in", form)
        found = re.search(r'href="(/tasks/[0-9a-f-]{8,})', self._get("/tasks?scope=mine"))
        assert found is not None, f"{CADRE} has no task"
        self.task = found[1]

    def looks(self, seconds: float) -> list[float]:
        """How long each look at the task took, in seconds."""
        took: list[float] = []
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            begun = time.perf_counter()
            self._get(self.task)
            took.append(time.perf_counter() - begun)
            time.sleep(PAUSE)
        return took

    def _get(self, path: str) -> str:
        status, text = self._ask("GET", path)
        assert status == 200, (path, status)
        return text

    def _ask(self, method: str, path: str, form: str | None = None) -> tuple[int, str]:
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request(method, path, form, headers)
        response = self.connection.getresponse()
        for value in response.headers.get_all("Set-Cookie") or []:
            self.cookie = value.split(";")[0]
        return response.status, response.read().decode()


class Readers:
    """A process of readers that come one after another, so many a minute, while it is told to."""

    def __init__(self, port: int, page: str, a_minute: float) -> None:
        self.on, self.over = multiprocessing.Event(), multiprocessing.Event()
        self.pipe, there = multiprocessing.Pipe()
        arguments = (there, self.on, self.over, port, page, 60 / a_minute)
        self.process = multiprocessing.Process(target=_come, args=arguments, daemon=True)
        self.process.start()

    def begin(self) -> None:
        self.on.set()

    def pause(self) -> int:
        """How many came since they began."""
        self.on.clear()
        return int(self.pipe.recv())

    def stop(self) -> None:
        self.over.set()
        self.on.set()
        self.process.join(10)


def _come(pipe: Any, on: Event, over: Event, port: int, page: str, apart: float) -> None:
    while on.wait() and not over.is_set():
        count, due = 0, time.perf_counter()
        while on.is_set() and not over.is_set():
            _visit(port, page)
            count, due = count + 1, due + apart
            time.sleep(max(0.0, due - time.perf_counter()))
        pipe.send(count)


def _visit(port: int, page: str) -> tuple[int, int]:
    """Bytes of the page and of its style sheet."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    text, first = _fetched(connection, page, packed=False)
    found = STYLES.search(text.decode())
    assert found is not None
    _, second = _fetched(connection, found[1], packed=True)
    connection.close()
    return first, second


def _fetched(connection: http.client.HTTPConnection, path: str, *, packed: bool) -> tuple[bytes, int]:
    connection.request("GET", path, headers={"Accept-Encoding": "gzip" if packed else "identity"})
    response = connection.getresponse()
    body = response.read()
    assert response.status == 200, (path, response.status)
    return body, len(body) + sum(len(name) + len(value) + 4 for name, value in response.getheaders())
