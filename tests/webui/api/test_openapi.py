"""The description is valid, and every answer keeps to it."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.webui.api.conftest import Api
from webui.api.endpoint import ENDPOINTS
from webui.api.openapi import document

FILLED = {"金额": 800, "用途": "石料"}


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return document("0")


def test_it_is_valid(described: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(described).validate()


def test_every_route_is_in_it_and_says_what_it_does(api: Api, described: dict[str, Any]) -> None:
    routes = {
        (method, rule.rule.removeprefix("/api/v1").replace("<", "{").replace(">", "}"))
        for rule in api.client.application.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint not in ("api.nowhere", "api.openapi")
        for method in rule.methods or ()
        if method in ("GET", "POST", "PUT", "PATCH", "DELETE")
    }
    listed = {(method.upper(), path) for path, calls in described["paths"].items() for method in calls}
    assert routes == listed == {(e.method, e.path) for e in ENDPOINTS}
    for calls in described["paths"].values():
        for call in calls.values():
            assert call["summary"] and call["description"]


def test_it_is_served_to_anybody(api: Api, described: dict[str, Any]) -> None:
    served = api.client.get("/api/v1/openapi.json")
    assert served.status_code == 200 and served.get_json()["paths"] == described["paths"]


def test_answers_keep_to_it(api: Api, described: dict[str, Any]) -> None:
    def keeps(response: Any, method: str, path: str) -> Any:
        answer = described["paths"][path][method]["responses"][str(response.status_code)]
        if "$ref" in answer:
            answer = described["components"]["responses"][answer["$ref"].rpartition("/")[2]]
        schema = answer["content"]["application/json"]["schema"] | {"components": described["components"]}
        Draft202012Validator(schema).validate(response.get_json())
        return response.get_json()

    keeps(api.get("报账", "/procedures"), "get", "/procedures")
    body = {"procedure": "spend", "unit": "village", "title": "买石料"}
    started = keeps(api.post("报账", "/instances", body), "post", "/instances")
    task = started["open_tasks"][0]["id"]
    keeps(api.post("报账", "/instances", {}), "post", "/instances")
    keeps(api.get("报账", "/tasks"), "get", "/tasks")
    keeps(api.get("报账", f"/tasks/{task}"), "get", "/tasks/{task_id}")
    keeps(api.get("外村", f"/tasks/{task}"), "get", "/tasks/{task_id}")
    keeps(api.post("报账", f"/tasks/{task}/release"), "post", "/tasks/{task_id}/release")
    keeps(api.post("老报", f"/tasks/{task}/claim"), "post", "/tasks/{task_id}/claim")
    path = "/tasks/{task_id}/complete"
    keeps(api.post("老报", f"/tasks/{task}/complete", {"data": FILLED}), "post", path)
    keeps(api.post("老报", f"/tasks/{task}/complete", {"data": FILLED}), "post", path)
    keeps(api.get("报账", f"/instances/{started['id']}"), "get", "/instances/{instance_id}")
    keeps(api.get("老报", "/tasks?scope=done"), "get", "/tasks")
    keeps(api.get("报账", "/instances"), "get", "/instances")
