"""Whatever is sent, the answer is a clean refusal in Chinese; never a 500, and nothing changes."""

import json
from typing import Any

from tests.webui.api.conftest import Api, problem

FILLED = {"金额": 800, "用途": "石料"}


def test_who_are_you(api: Api) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic eDp5"},
        {"Authorization": "Bearer nobody"},
    ):
        response = api.client.get("/api/v1/tasks", headers=headers)
        problem(response, 401)
        assert response.headers["WWW-Authenticate"] == "Bearer"
    problem(api.client.get("/api/v1/tasks", headers={"Authorization": "Bearer " + "x" * 5000}), 401)
    problem(api.client.get("/api/v1/tasks", headers={"Authorization": "Bearer \xff\x00"}), 401)


def test_a_matter_of_another_village_does_not_exist(api: Api) -> None:
    started = api.start()
    task = started["open_tasks"][0]["id"]
    for who in ("外村", "百姓"):
        problem(api.get(who, f"/instances/{started['id']}"), 404)
        problem(api.get(who, f"/tasks/{task}"), 404)
        for act in ("claim", "release"):
            problem(api.post(who, f"/tasks/{task}/{act}"), 404)
        problem(api.post(who, f"/tasks/{task}/complete", {"data": FILLED}), 404)
        problem(api.post(who, f"/instances/{started['id']}/cancel", {"reason": "不行"}), 404)
        problem(api.post(who, f"/instances/{started['id']}/withdraw"), 404)


def test_the_township_sees_but_does_not_do(api: Api) -> None:
    started = api.start()
    task = started["open_tasks"][0]["id"]
    assert api.get("经管", f"/instances/{started['id']}").status_code == 200
    problem(api.post("经管", f"/tasks/{task}/complete", {"data": FILLED}), 403)
    problem(api.post("书记", f"/tasks/{task}/complete", {"data": FILLED}), 403)


def test_only_whom_the_procedure_names_may_start_it(api: Api) -> None:
    body = {"procedure": "spend", "unit": "village", "title": "买石料"}
    problem(api.post("书记", "/instances", body), 403)
    problem(api.post("外村", "/instances", body), 403)
    problem(api.post("报账", "/instances", body | {"procedure": "nothing"}), 404)
    problem(api.post("报账", "/instances", body | {"unit": "nowhere"}), 404)
    problem(api.post("报账", "/instances", body | {"unit": "town"}), 422)
    problem(api.post("报账", "/instances", body | {"title": " "}), 422)


WRONG: list[tuple[Any, str]] = [
    ({"data": FILLED | {"typename": "datetime"}}, "typename"),
    ({"data": FILLED | {"__class__": "x"}}, "__class__"),
    ({"data": FILLED | {"办理人": [1]}}, "办理人"),
    ({"data": {"金额": "很多", "用途": "石料"}}, "金额"),
    ({"data": {"金额": -1, "用途": "石料"}}, "金额"),
    ({"data": {"用途": "石料"}}, "金额"),
    ({"data": FILLED | {"用途": "石" * 51}}, "用途"),
    ({"data": FILLED | {"票据": [{"id": "f" * 64, "name": "别人的.jpg"}]}}, "papers"),
    ({"data": []}, "data"),
    ({}, "data"),
    ({"data": FILLED, "person_id": 1}, "person_id"),
    ({"data": FILLED, "on_behalf_of": 2**40}, "on_behalf_of"),
    ({"data": FILLED, "papers": ["x"] * 21}, "papers"),
]


def test_what_the_form_does_not_ask_for_is_refused(api: Api) -> None:
    started = api.start()
    path = f"/tasks/{started['open_tasks'][0]['id']}/complete"
    for body, field in WRONG:
        assert field in problem(api.post("报账", path, body), 422)["fields"], body
    assert api.get("报账", f"/instances/{started['id']}").get_json()["results"] == {}


UNREADABLE: list[tuple[bytes, str, int]] = [
    (b"{", "application/json", 400),
    (b"\xff", "application/json", 400),
    (b'{"data": NaN}', "application/json", 400),
    (b'{"data": {}, "data": {}}', "application/json", 400),
    (b"[" * 200_000, "application/json", 400),
    (b'{"data": {"a": "' + b"x" * (2 << 20) + b'"}}', "application/json", 413),
    (b"[]", "application/json", 422),
    (b"null", "application/json", 422),
    (b"data=1", "application/x-www-form-urlencoded", 415),
    (b"{}", "text/plain", 415),
    (b"", "", 415),
]


def test_bodies_that_cannot_be_read(api: Api) -> None:
    path = f"/api/v1/tasks/{api.start()['open_tasks'][0]['id']}/complete"
    for raw, media_type, status in UNREADABLE:
        response = api.client.post(path, data=raw, content_type=media_type, headers=api.world.headers("报账"))
        problem(response, status)


SENSELESS = [
    "/tasks?scope=everything",
    "/tasks?scope=mine&scope=done",
    "/tasks?limit=0",
    "/tasks?limit=101",
    "/tasks?limit=x",
    "/tasks?colour=red",
    "/tasks?cursor=x",
    "/tasks?scope=done&cursor=WyJ4IiwxXQ",
    "/tasks?scope=done&cursor=WyJ4IiwieCJd",
    "/instances?cursor=WyJ4IiwieCJd",
    "/instances?q=%00",
    "/procedures?x=1",
]


def test_addresses_that_make_no_sense(api: Api) -> None:
    for path in SENSELESS:
        response = api.get("报账", path)
        assert response.status_code in (400, 404, 422), path
        problem(response, response.status_code)


NOBODY = ["x", "%00", "..%2f", "9" * 300, "%ed%a0%80", "' OR 1=1 --"]


def test_ids_that_name_nothing(api: Api) -> None:
    for identity in NOBODY:
        for path in (f"/instances/{identity}", f"/tasks/{identity}", f"/files/{identity}"):
            problem(api.get("报账", path), 404)
        for path in (
            f"/tasks/{identity}/claim",
            f"/instances/{identity}/withdraw",
            f"/submissions/{identity}/confirm",
        ):
            problem(api.post("报账", path), 404)


def test_addresses_that_do_not_exist(api: Api) -> None:
    problem(api.get("报账", "/nothing"), 404, "not-found")
    problem(api.get("报账", "/"), 404)
    response = api.client.delete("/api/v1/tasks/x", headers=api.world.headers("报账"))
    problem(response, 405, "wrong-method")
    assert response.headers["Allow"] == "GET"
    problem(api.client.put("/api/v1/instances", headers=api.world.headers("报账")), 405)


def test_a_step_twice(api: Api) -> None:
    task = api.start()["open_tasks"][0]["id"]
    api.complete("报账", task, FILLED)
    assert (
        "刚刚已由您办理"
        in problem(api.post("报账", f"/tasks/{task}/complete", {"data": FILLED}), 409)["message"]
    )
    assert (
        "刚刚已由报账办理"
        in problem(api.post("老报", f"/tasks/{task}/complete", {"data": FILLED}), 409)["message"]
    )
    assert "报账" in problem(api.get("老报", f"/tasks/{task}"), 409)["message"]


def test_a_file_must_be_one(api: Api, photo: bytes) -> None:
    import io

    def upload(data: bytes, name: str, field: str = "file") -> Any:
        parts = {field: (io.BytesIO(data), name)}
        return api.client.post("/api/v1/files", data=parts, headers=api.world.headers("报账"))

    assert upload(photo, "照片.jpg").status_code == 201
    problem(upload(photo, "照片.jpg", "other"), 400, "file-missing")
    problem(upload(b"MZ\x90\x00" * 100, "照片.jpg"), 422)
    problem(upload(b"", "空.jpg"), 422)
    problem(upload(b"x" * (12 << 20), "大.jpg"), 413, "too-large")
    problem(api.post("报账", "/files", {"file": "x"}), 415)


def test_a_file_is_for_those_who_may_see_its_matter(api: Api, photo: bytes) -> None:
    file = api.upload("报账", photo, "发票.jpg")
    path = f"/files/{file['id']}"
    assert api.get("报账", path).status_code == 200
    problem(api.get("书记", path), 404)
    task = api.start()["open_tasks"][0]["id"]
    api.complete("报账", task, FILLED | {"票据": [{"id": file["id"], "name": "发票.jpg"}]})
    assert api.get("书记", path).status_code == 200
    problem(api.get("外村", path), 404)


def test_no_answer_is_kept_or_guessed_at(api: Api) -> None:
    for response in (api.get("报账", "/tasks"), api.get("报账", "/nothing")):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        json.loads(response.data)
