"""Votes a second against the floor: four clients at once on ballots of 30, and on one of 2,000, by name and in secret.

What must hold besides the speed: no error, every member counted once, the published file comes to the same, the
matter's state is not a byte larger, and the last vote takes as many statements as the first.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import func, insert, select

from engine.ballot_keys import BallotKeys
from engine.operations import act_on_task
from engine.queries import ballots as queries
from engine.recount import verify
from engine.runtime import Runtime
from engine.store import Database, count_statements
from engine.store.migrations import upgrade
from engine.store.voting import secret_marks, votes
from tests.bench.clients import Client, Link, rate
from tests.bench.serving import floor, metadata
from tests.bench.throughput import CLIENTS, floor_step, serving
from tests.voting import Hall
from tests.world import configuration, settle

SECONDS, TURNS = 2.0, 5
Paper = tuple[str, str]  # task, token of who votes


def measure(url: str, folder: Path, voters: int, ballots: int, *, secret: bool = False) -> dict[str, Any]:
    """Votes on `ballots` ballots of `voters` members each, in turns with the floor, until everybody has voted."""
    database = Database(url)
    upgrade(database)
    world = settle(database)
    runtime = Runtime(database, configuration(database))
    runtime.ballot_keys = BallotKeys(folder / "ballot-keys")  # where the server looks for them
    hall = Hall(runtime, world, voters, method="phone", secrecy="secret" if secret else "named")
    opened = [_open(hall) for _ in range(ballots + 1)]
    sizes = [hall.state_size(matter) for matter, _ in opened]
    with database.write() as c:
        metadata.create_all(c)
        c.execute(insert(floor), [{"id": n, "n": 0} for n in range(CLIENTS)])
    (_, spare), rest = opened[0], opened[1:]
    result: dict[str, Any] = {"statements": _statements(hall, spare, hall.voters[:2])}
    papers = [(task, world.tokens[who]) for _, task in rest for who in hall.voters]
    with serving(url, folder) as port:
        lower = [Client(floor_step, port, world.tokens["报账"], n) for n in range(CLIENTS)]
        upper = [Client(vote_step, port, papers[n::CLIENTS]) for n in range(CLIENTS)]
        rates = _in_turns(lower, upper, len(papers))
        for client in lower + upper:
            client.stop()
    result |= {"floor": median(below for below, _ in rates), "votes": median(above for _, above in rates)}
    result["ratio"] = median(above / below for below, above in rates)
    result["statements_last"] = _statements(hall, spare, hall.voters[-2:])
    result["missing"] = len(papers) - _counted(database, [task for _, task in rest], secret=secret)
    result["grown"] = max(
        hall.state_size(matter) - size for (matter, _), size in zip(opened, sizes, strict=True)
    )
    result["close_ms"] = _closing(hall, rest[0][1])
    report = verify(database.look(lambda c: queries.published(c, rest[0][1])) or b"")
    tally = hall.result(rest[0][0])["议案"][0]
    result["right"] = report.same and (tally["赞成"], len(report.receipts)) == (voters, voters * secret)
    database.close()
    return result


def _open(hall: Hall) -> tuple[str, str]:
    matter, task = hall.matter()
    hall.convene(task)
    hall.open(task, hall.voters)
    return matter, task


def _in_turns(lower: list[Client], upper: list[Client], number: int) -> list[tuple[float, float]]:
    """Pairs of rates while all clients have somebody to vote for; afterwards the rest votes, too."""
    rate(lower, 1.0)
    rates, cast = [], rate(upper, 1.0)
    while len(rates) < TURNS:
        below, above = rate(lower, SECONDS), rate(upper, SECONDS)
        cast += above * SECONDS
        if rates and cast >= number:
            break
        rates.append((below, above))
    while rate(upper, SECONDS):
        pass
    return rates


def vote_step(papers: list[Paper]) -> Callable[[Link], bool]:
    """The next of this client's members votes; nothing when all have."""
    waiting = list(reversed(papers))

    def step(link: Link) -> bool:
        if not waiting:
            return False
        task, token = waiting.pop()
        data = {"data": {"motion": 1, "choice": "赞成"}}
        status, answer = link.post(f"/tasks/{task}/actions/cast", data, token)
        assert status == 200, answer
        return True

    return step


def _counted(database: Database, tasks: list[str], *, secret: bool) -> int:
    """Members with a vote on these ballots, each once on each."""
    marks = secret_marks if secret else votes
    once = select(marks.c.task_id, marks.c.person_id).where(marks.c.task_id.in_(tasks)).distinct().subquery()
    return int(database.look(lambda c: c.scalar(select(func.count()).select_from(once))) or 0)


def _statements(hall: Hall, task: str, voters: Sequence[str]) -> int:
    """SQL statements of the second of two votes, the operation alone."""
    hall.act(task, "cast", voters[0], {"motion": 1, "choice": "赞成"})
    with count_statements(hall.runtime.database) as sent:
        hall.act(task, "cast", voters[1], {"motion": 1, "choice": "赞成"})
    return len(sent)


def _closing(hall: Hall, task: str) -> float:
    """Milliseconds of closing a vote that everybody took part in."""
    start = time.perf_counter()
    act_on_task(hall.runtime, hall.id("主席"), task, "close", {})
    return (time.perf_counter() - start) * 1000
