"""What 待办 transfers to a phone, and how long it takes with many open tasks in the county."""

import time
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from statistics import median
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import Connection, Table, insert, select, update

from engine.operations import publish_procedure, release_task, start_matter
from engine.runtime import Runtime
from engine.store import Database
from engine.store.migrations import upgrade
from engine.store.tables import assignments, instances, tasks, units
from tests import procedures
from tests.world import World, configuration, settle
from webui.app import create_app

OWN = 20  # open tasks of the viewer's own village, in both counties
VILLAGES = 200
PAIRS = 60
TABS = ("claimable", "mine", "overdue", "done")


def measure(few_url: str, many_url: str) -> dict[str, Any]:
    """The page of a 报账员 in a county with 100 open tasks and in one with 10,000, in turns."""
    few, many = _county(few_url, 100), _county(many_url, 10_000)
    found = [_compared(few, many, tab) for tab in TABS]
    return max(found, key=lambda one: float(one["ratio"])) | _transferred(many)


def _compared(few: FlaskClient, many: FlaskClient, tab: str) -> dict[str, Any]:
    for client in (few, many):
        for _ in range(5):
            _page(client, tab)
    pairs = [(_seconds(few, tab), _seconds(many, tab)) for _ in range(PAIRS)]
    a, b = median(a for a, _ in pairs) * 1000, median(b for _, b in pairs) * 1000
    return {"tab": tab, "few_ms": a, "many_ms": b, "ratio": b / a}


def _page(client: FlaskClient, tab: str) -> Any:
    response = client.get(f"/tasks?scope={tab}", headers={"Accept-Encoding": "gzip"})
    assert response.status_code == 200, response.status
    return response


def _seconds(client: FlaskClient, tab: str) -> float:
    start = time.perf_counter()
    _page(client, tab)
    return time.perf_counter() - start


# ---------------------------------------------------------------- bytes


def _transferred(client: FlaskClient) -> dict[str, int]:
    """Bytes with their headers: of everything the page needs, and of the page alone once the rest is cached."""
    page = client.get("/tasks?scope=claimable")
    links = list(dict.fromkeys(_links(page.text)))
    assert links, "a page without style or script: were the assets built?"
    again = _size(_page(client, "claimable"))
    rest = [client.get(link, headers={"Accept-Encoding": "gzip"}) for link in links]
    for response in rest:
        assert response.status_code == 200 and "immutable" in response.headers["Cache-Control"]
    return {"first": again + sum(map(_size, rest)), "again": again}


def _size(response: Any) -> int:
    return len(response.data) + sum(len(name) + len(value) + 4 for name, value in response.headers)


def _links(html: str) -> Iterator[str]:
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            given = dict(attributes)
            link = (
                given.get("href") if tag == "link" else given.get("src") if tag in ("script", "img") else None
            )
            if link and not link.startswith("data:"):
                found.append(link)

    Reader().feed(html)
    yield from found


# ---------------------------------------------------------------- the county


def _county(url: str, open_tasks: int) -> FlaskClient:
    """Somebody of the village, signed in, in a county with so many open tasks."""
    database = Database(url)
    upgrade(database)
    world = settle(database)
    runtime = Runtime(database, configuration(database, secure_cookies=False))
    publish_procedure(runtime, None, procedures.spending(), "county")
    done = start_matter(runtime, world.people["报账"], "spend", "village", "买石料")
    release_task(runtime, world.people["报账"], done.open_tasks[0]["id"])
    with database.write() as c:
        _multiply(c, world, done.instance_id, open_tasks)
    client = create_app(runtime).test_client()
    with client.session_transaction() as session:
        session.update(person=world.people["老报"], generation=0)
    return client


def _multiply(c: Connection, world: World, instance_id: str, open_tasks: int) -> None:
    """Copies of a matter that was really started: twenty in the village, the others all over the county."""
    village = world.units["village"]
    elsewhere = [_village(c, world, n) for n in range(VILLAGES)]
    places = [village] * (OWN - 1) + [elsewhere[n % VILLAGES] for n in range(open_tasks - OWN)]
    originals = [
        _row(c, table, column, instance_id) for table, column in ((instances, "id"), (tasks, "instance_id"))
    ]
    seat = _row(c, assignments, "task_id", originals[1]["id"])
    due = originals[1]["opened_at"]  # all of them late: the worst there can be
    rows: tuple[list[dict[str, Any]], ...] = ([], [], [])
    for number, unit in enumerate(places):
        matter, task = uuid4().hex, uuid4().hex[:16]
        rows[0].append(originals[0] | {"id": matter, "number": f"{number}号", "unit_id": unit})
        rows[1].append(originals[1] | {"id": task, "instance_id": matter, "unit_id": unit, "due_at": due})
        rows[2].append({k: v for k, v in seat.items() if k != "id"} | {"task_id": task, "unit_id": unit})
    for table, values in zip((instances, tasks, assignments), rows, strict=True):
        c.execute(insert(table), values)


def _row(c: Connection, table: Table, column: str, value: str) -> Mapping[str, Any]:
    return dict(c.execute(select(table).where(table.c[column] == value)).one()._mapping)


def _village(c: Connection, world: World, number: int) -> int:
    values = {"parent_id": world.units["town"], "level": "村", "code": f"v{number}", "name": f"{number}村"}
    row = c.execute(insert(units).values(values | {"path": f"v{number}"}))
    identity = int(row.inserted_primary_key[0])
    path = f"/{world.units['county']}/{world.units['town']}/{identity}/"
    c.execute(update(units).where(units.c.id == identity).values(path=path))
    return identity
