"""HTTP completions per second against the floor: 4 clients, 2 server processes, in turns on the same server."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import event, insert

from engine.operations import publish_procedure, start_matter
from engine.runtime import Runtime
from engine.store import Database, count_statements
from engine.store.migrations import upgrade
from tests import procedures
from tests.bench.clients import Client, Link, rate
from tests.bench.serving import floor, metadata
from tests.world import World, configuration, settle
from webui.app import create_app

CLIENTS, TURNS, SECONDS = 4, 5, 3.0
POSTS = dict(zip(procedures.FIFTEEN, ("报账", "会计", "主任"), strict=True))  # lane -> who does it


def measure(url: str, folder: Path) -> dict[str, Any]:
    """The rates and their ratio on an empty database."""
    database = Database(url)
    upgrade(database)
    world = settle(database)
    runtime = Runtime(database, configuration(database))
    publish_procedure(runtime, None, procedures.fifteen(), "county")
    with database.write() as c:
        metadata.create_all(c)
        c.execute(insert(floor), [{"id": n, "n": 0} for n in range(CLIENTS)])
    matters = _matters(runtime, world)
    with serving(url, folder) as port:
        tokens = {post: world.tokens[who] for post, who in POSTS.items()}
        lower = [Client(floor_step, port, world.tokens["报账"], n) for n in range(CLIENTS)]
        upper = [Client(completion_step, port, tokens, matters[n::CLIENTS]) for n in range(CLIENTS)]
        rates = _in_turns(lower, upper)
        for client in lower + upper:
            client.stop()
    result = {"floor": median(rates[0]), "completions": median(rates[1])}
    result["ratio"] = median(b / a for a, b in zip(*rates, strict=True))
    result |= statements(runtime, world)
    database.close()
    return result


def _in_turns(lower: list[Client], upper: list[Client]) -> tuple[list[float], list[float]]:
    rate(lower, 1.0), rate(upper, 1.0)  # warm caches and pools
    rates: tuple[list[float], list[float]] = ([], [])
    for _ in range(TURNS):
        rates[0].append(rate(lower, SECONDS))
        rates[1].append(rate(upper, SECONDS))
    return rates


def _matters(runtime: Runtime, world: World) -> list[dict[str, Any]]:
    """Enough matters, started, for all turns; each with its first open tasks."""
    wanted = int(os.environ.get("BENCH_MATTERS", "900"))
    started = [
        start_matter(runtime, world.people["报账"], "fifteen", "village", f"第{n}件") for n in range(wanted)
    ]
    return [
        {"id": done.instance_id, "open": [(t["id"], t["lane"]) for t in done.open_tasks]} for done in started
    ]


# ---------------------------------------------------------------- what the clients do


def floor_step(token: str, key: int) -> Callable[[Link], bool]:
    def step(link: Link) -> bool:
        status, _ = link.post(f"/bench/floor/{key}", {"data": {"金额": 200, "说明": "照办"}}, token)
        assert status == 200, status
        return True

    return step


def completion_step(tokens: dict[str, str], matters: list[dict[str, Any]]) -> Callable[[Link], bool]:
    """Complete the next open task of one's matter in the name of the post it stands at; then the next matter."""
    waiting = list(reversed(matters))

    def step(link: Link) -> bool:
        matter = waiting[-1]  # IndexError: too few matters for the time
        task_id, lane = matter["open"][0]
        status, answer = link.post(
            f"/tasks/{task_id}/complete", {"data": {"金额": 200, "说明": "照办"}}, tokens[lane]
        )
        assert status == 200, answer
        matter["open"] = [(task["id"], task["post"]) for task in answer["open_tasks"]]
        if answer["status"] == "completed":
            waiting.pop()
        return True

    return step


# ---------------------------------------------------------------- the server


@contextmanager
def serving(url: str, folder: Path) -> Iterator[int]:
    """The bench's server in a process of its own; answers its port."""
    port = free_port()
    log = (folder / f"server-{port}.log").open("w")
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "tests.bench.serving", url, str(port)]
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        await_ready(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_ready(port: int, process: subprocess.Popen[bytes], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/openapi.json", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not answer")


# ---------------------------------------------------------------- statements


def statements(runtime: Runtime, world: World) -> dict[str, Any]:
    """SQL statements and commits of one completion with its authentication, all steps of one matter."""
    client, commits, counts = create_app(runtime).test_client(), [], []
    done = start_matter(runtime, world.people["报账"], "fifteen", "village", "数一数")
    tasks = [(task["id"], task["lane"]) for task in done.open_tasks]
    event.listen(runtime.database.engine, "commit", lambda _c: commits.append(1))
    while tasks:
        task_id, lane = tasks[0]
        with count_statements(runtime.database) as sent:
            answer = client.post(
                f"/api/v1/tasks/{task_id}/complete",
                json={"data": {"金额": 200, "说明": "照办"}},
                headers=world.headers(POSTS[lane]),
            )
        assert answer.status_code == 200, answer.text
        counts.append(len(sent))
        tasks = [(task["id"], task["post"]) for task in answer.get_json()["open_tasks"]]
    return {"statements": max(counts), "commits": len(commits) / len(counts)}
