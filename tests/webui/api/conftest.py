"""A client of the API in a village of its own, on both databases."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from engine.clock import VirtualClock
from engine.operations import publish_procedure
from engine.runtime import Runtime
from engine.store import Database
from tests import procedures
from tests.world import World, configuration, settle
from webui.app import create_app


class Api:
    """Calls in the name of somebody of the village."""

    def __init__(self, runtime: Runtime, world: World) -> None:
        self.runtime, self.world, self.client = runtime, world, create_app(runtime).test_client()

    def get(self, who: str, path: str) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.world.headers(who))

    def post(self, who: str, path: str, body: Any = None) -> TestResponse:
        return self.client.post(f"/api/v1{path}", json=body, headers=self.world.headers(who))

    def upload(self, who: str, data: bytes, name: str) -> dict[str, Any]:
        parts = {"file": (io.BytesIO(data), name)}
        response = self.client.post("/api/v1/files", data=parts, headers=self.world.headers(who))
        assert response.status_code == 201, response.text
        file: dict[str, Any] = response.get_json()
        return file

    def start(self, key: str = "spend", title: str = "买石料") -> dict[str, Any]:
        """A matter that 报账 starts; the answer."""
        response = self.post("报账", "/instances", {"procedure": key, "unit": "village", "title": title})
        assert response.status_code == 201, response.text
        started: dict[str, Any] = response.get_json()
        return started

    def complete(self, who: str, task: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
        response = self.post(who, f"/tasks/{task}/complete", {"data": data, **more})
        assert response.status_code == 200, response.text
        instance: dict[str, Any] = response.get_json()
        return instance


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def api(database: Database, clock: VirtualClock) -> Iterator[Api]:
    runtime = Runtime(database, configuration(database), clock)
    world = settle(database, clock())
    for files in (procedures.spending(), procedures.endless(), procedures.waiting(), procedures.fifteen()):
        publish_procedure(runtime, None, files, "county")
    yield Api(runtime, world)


@pytest.fixture(scope="session")
def photo() -> bytes:
    """A small JPEG."""
    image = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(image, "JPEG")
    return image.getvalue()


def problem(response: TestResponse, status: int, code: str | None = None) -> dict[str, Any]:
    """The error in an answer, after checking its shape."""
    assert response.status_code == status, response.text
    body = response.get_json()
    assert set(body) == {"error"}
    error: dict[str, Any] = body["error"]
    assert set(error) == {"code", "message", "fields"}
    assert any("一" <= char <= "鿿" for char in error["message"]), error
    assert code is None or error["code"] == code, error
    return error
