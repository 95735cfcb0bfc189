"""What a completion costs in a matter with 200 open opinions, against one with 2: statements and time, in turns.

Two completions: an ordinary step beside the consultation, and the summing up of the consultation itself.
"""

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

from engine import operations
from engine.runtime import Runtime
from engine.store import Database, count_statements
from engine.store.migrations import upgrade
from tests.consulting import TELL, Square, asking
from tests.procedures import Flow, Node, folder, form, step
from tests.world import configuration, settle

FEW, MANY, PAIRS = 2, 200, 40
PEOPLE = 30


def measure(url: str) -> dict[str, Any]:
    """Ratios of time (200 opinions over 2) and numbers of statements of both completions."""
    database = Database(url)
    upgrade(database)
    world = settle(database)
    square = Square(Runtime(database, configuration(database)), world, asking(), asked=PEOPLE)
    operations.publish_procedure(square.runtime, None, _beside(), "county")
    pairs = [(_matter(square, FEW), _matter(square, MANY)) for _ in range(PAIRS)]
    beside = _compared(database, pairs, lambda matter: _complete(square, matter))
    closing = _compared(database, pairs, lambda matter: _close(square, matter))
    database.close()
    return {"beside": beside, "closing": closing}


def _beside() -> Mapping[str, bytes]:
    """征求 and, beside it, an ordinary step."""
    nodes = [
        Node("start", "startEvent", "开始", "报账员"),
        Node("fork", "parallelGateway", "分头", "报账员"),
        asking(coverage="", until=""),
        step("work", "办理", "报账员", "tell"),
        Node("join", "parallelGateway", "汇合", "报账员"),
        Node("done", "endEvent", "办结", "报账员"),
    ]
    ways = ("start fork", "fork gather", "fork work", "gather join", "work join", "join done")
    flows = [Flow(*way.split()) for way in ways]
    return folder("beside", "分头办", nodes, flows, {"tell": form(TELL)}, "报账员")


def _matter(square: Square, number: int) -> str:
    """A matter with this many opinions; a tenth of them by those asked, the rest from paper."""
    done = operations.start_matter(square.runtime, square.id("报账"), "beside", "village", "修路")
    task = next(one["id"] for one in done.open_tasks if one["name"] == "征求")
    own = max(1, number // 10)
    square.say(task, yes=own)
    rows = [{"姓名": f"户主{n}", "立场": "赞成", "内容": f"第 {n} 户的意见"} for n in range(number - own)]
    square.act(task, "add_batch", "主任", {"意见": rows})
    return done.instance_id


def _complete(square: Square, matter: str) -> None:
    task = square.open(matter)["办理"]
    operations.complete_task(square.runtime, square.id("报账"), task, {"说明": "办好了"})


def _close(square: Square, matter: str) -> None:
    square.act(square.open(matter)["征求"], "close", "主任", {"归纳": "多数赞成"})


def _compared(
    database: Database, pairs: list[tuple[str, str]], act: Callable[[str], None]
) -> dict[str, float]:
    times: list[tuple[float, float]] = []
    statements = [0, 0]
    for pair in pairs:
        took = []
        for place, matter in enumerate(pair):
            with count_statements(database) as sent:
                start = time.perf_counter()
                act(matter)
                took.append(time.perf_counter() - start)
            statements[place] = max(statements[place], len(sent) - 1)  # without the look for the task
        times.append((took[0], took[1]))
    few, many = (median(pair[place] for pair in times) * 1000 for place in (0, 1))
    return {
        "few_ms": few,
        "many_ms": many,
        "ratio": median(many / few for few, many in times),
        "few_statements": statements[0],
        "statements": statements[1],
    }
