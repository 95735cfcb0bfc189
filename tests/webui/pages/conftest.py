"""A village with the real procedure LB-8, and a browser-like client for each of its people."""

import html
import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from engine.clock import VirtualClock
from engine.operations import publish_procedure
from engine.redlines import PROCESSES
from engine.runtime import Runtime
from engine.setting_up import read_files
from engine.store import Database
from tests.webui.pages.browsing import served
from tests.world import World, configuration, settle
from webui.app import create_app

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


class Visitor:
    """Somebody at the site: cookies of their own, forms posted with the token of the page."""

    def __init__(self, client: FlaskClient, person: int | None) -> None:
        self.client = client
        if person is not None:
            with client.session_transaction() as session:
                session["person"], session["generation"] = person, 0
                session.permanent = True

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    @cached_property
    def token(self) -> str:
        found = TOKEN.search(self.client.get("/me/password").text) or TOKEN.search(
            self.client.get("/sign-in").text
        )
        assert found is not None
        return html.unescape(found[1])

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token, **(data or {})}, **more)

    def hand_in(self, task: str, data: dict[str, Any], path: str = "", **fields: Any) -> TestResponse:
        posted = {"data": orjson.dumps(data).decode(), "action": "complete", **fields}
        return self.post(path or f"/tasks/{task}", posted)

    def upload(self, name: str = "票据.jpg") -> dict[str, str]:
        picture = io.BytesIO()
        Image.new("RGB", (60, 40), "white").save(picture, "JPEG")
        response = self.client.post(
            "/files",
            data={"file": (io.BytesIO(picture.getvalue()), name)},
            headers={"X-CSRF-Token": self.token},
        )
        assert response.status_code == 201, response.text
        stored = response.get_json()
        return {"id": stored["id"], "name": stored["name"]}


class Site:
    """The application over one village."""

    def __init__(self, runtime: Runtime, world: World, clock: VirtualClock) -> None:
        self.runtime, self.world, self.clock = runtime, world, clock
        self.app = create_app(runtime)
        self._visitors: dict[str, Visitor] = {}

    def visitor(self, name: str) -> Visitor:
        if name not in self._visitors:
            self._visitors[name] = Visitor(self.app.test_client(), self.world.people[name])
        return self._visitors[name]

    def stranger(self) -> Visitor:
        return Visitor(self.app.test_client(), None)

    def pass_time(self, **span: float) -> None:
        self.clock.move_to(self.clock() + timedelta(**span))

    def start(self, title: str = "修水渠") -> str:
        """报账 starts a spending; the id of the first task, which is theirs."""
        started = self.visitor("报账").post(
            "/start/zhichu", {"title": title, "unit": self.world.units["village"]}
        )
        assert started.status_code == 302, started.text
        return started.location.rsplit("/", 1)[1]

    def spending(self, amount: float = 800) -> dict[str, Any]:
        return {
            "用途": "修水渠",
            "金额": amount,
            "收款方": "建材店",
            "凭证": [self.visitor("报账").upload()],
            "说明": "",
        }

    def filled(self, amount: float = 800, title: str = "修水渠") -> str:
        """A spending handed in; the id of the matter."""
        task = self.start(title)
        handed_in = self.visitor("报账").hand_in(task, self.spending(amount))
        assert handed_in.status_code == 302, handed_in.text
        return matter_of(handed_in)

    def task(self, name: str, scope: str = "") -> str:
        """The id of the first task on somebody's list."""
        found = re.search(
            r'href="/tasks/([0-9a-f-]{8,})', self.visitor(name).get(f"/tasks?scope={scope}").text
        )
        assert found is not None, f"{name} has no task"
        return found[1]


def matter_of(response: TestResponse) -> str:
    return re.search(r"/(?:done|matters)/([0-9a-f]+)", response.location)[1]  # type: ignore[index]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(MONDAY)


@pytest.fixture
def make_site(clock: VirtualClock) -> Callable[[Database], Site]:
    def make(database: Database, **changes: Any) -> Site:
        settings = configuration(database, secure_cookies=False, **changes)
        runtime = Runtime(database, settings, clock)
        world = settle(database, clock())
        publish_procedure(runtime, None, read_files(PROCESSES / "zhichu"), "county")
        return Site(runtime, world, clock)

    return make


@pytest.fixture
def site(sqlite_database: Database, make_site: Callable[[Database], Site]) -> Iterator[Site]:
    yield make_site(sqlite_database)


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """Where the village's site is served."""
    with served(site.app) as found:
        yield found
