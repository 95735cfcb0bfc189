"""The calls of design §6, with what they take and answer."""

from datetime import timedelta

from engine.clock import VirtualClock
from engine.store import count_statements
from tests.webui.api.conftest import Api, problem

FILLED = {"金额": 800, "用途": "石料"}
TASK = {"id", "instance", "element_id", "name", "kind", "post", "due_at", "status"}


def test_procedures_tell_where_i_may_start_them(api: Api) -> None:
    mine = {(p["key"], p["unit"]): p for p in api.get("报账", "/procedures").get_json()["items"]}
    spend = mine["spend", "village"]
    assert (
        spend["may_start"] and spend["version"] == 1 and spend["level"] == "村" and spend["title"] == "报账"
    )
    seen = api.get("书记", "/procedures").get_json()
    assert seen["next"] is None
    assert {p["key"] for p in seen["items"]} >= {"spend"}
    assert not any(p["may_start"] for p in seen["items"])
    assert not any(p["may_start"] for p in api.get("百姓", "/procedures").get_json()["items"])


def test_from_start_to_finish(api: Api) -> None:
    started = api.start()
    assert set(started) == {"id", "status", "open_tasks"}
    [fill] = started["open_tasks"]
    assert set(fill) == TASK
    assert (fill["name"], fill["kind"], fill["post"], fill["status"]) == ("填报", "handle", "报账员", "mine")

    after = api.complete("报账", fill["id"], FILLED)
    assert set(after) >= {"id", "status", "procedure", "version", "trace", "open_tasks", "results"}
    [sign] = after["open_tasks"]
    assert after["results"]["填报"] == FILLED | {"票据": [], "办理人": [api.world.people["报账"]]}
    assert after["trace"][:2] == ["start", "fill"]

    half = api.complete("书记", sign["id"], {"结论": "同意"})
    assert [task["id"] for task in half["open_tasks"]] == [sign["id"]]
    whole = api.complete("主任", sign["id"], {"结论": "同意"})
    [book] = whole["open_tasks"]
    done = api.complete("会计", book["id"], {"凭证号": "7"})
    assert (done["status"], done["outcome"], done["open_tasks"]) == ("completed", "办结", [])
    assert api.get("会计", f"/instances/{done['id']}").get_json() == done


def test_branches_side_by_side(api: Api) -> None:
    """The answer tells of every open task, also of those the completion had nothing to do with."""
    people = {"报账员": "报账", "会计": "会计", "村委会主任": "主任"}
    answer = api.start("fifteen")
    for _ in range(7):
        task = answer["open_tasks"][0]
        answer = api.complete(people[task["post"]], task["id"], {"金额": 200})
    assert [task["name"] for task in answer["open_tasks"]] == ["第九步", "第十步"]
    assert all(set(task) == TASK for task in answer["open_tasks"])
    assert api.get("报账", f"/instances/{answer['id']}").get_json() == answer | {
        "open_tasks": [task | {"status": "open"} for task in answer["open_tasks"]]
    }
    back = api.post(people[task["post"]], f"/instances/{answer['id']}/withdraw").get_json()
    assert sorted(t["name"] for t in back["open_tasks"]) == ["第九步", "第八步", "第十步"]


def test_task_lists(api: Api) -> None:
    [fill] = api.start()["open_tasks"]
    [mine] = api.get("报账", "/tasks").get_json()["items"]
    assert mine["id"] == fill["id"] and set(mine) >= TASK
    assert api.post("报账", f"/tasks/{fill['id']}/release").status_code == 200
    assert [t["id"] for t in api.get("老报", "/tasks?scope=claimable").get_json()["items"]] == [fill["id"]]
    assert api.get("会计", "/tasks?scope=claimable").get_json() == {"items": [], "next": None}
    api.complete("老报", fill["id"], FILLED)
    [done] = api.get("老报", "/tasks?scope=done").get_json()["items"]
    assert (done["id"], done["status"], done["name"]) == (fill["id"], "done", "填报")


def test_lists_go_on_from_a_cursor(api: Api) -> None:
    started = {api.start(title=f"第{n}件")["id"] for n in range(5)}
    for path in ("/tasks?scope=mine&limit=2", "/instances?limit=2"):
        seen, cursor = [], ""
        while cursor is not None:
            page = api.get("报账", path + (f"&cursor={cursor}" if cursor else "")).get_json()
            assert len(page["items"]) <= 2
            seen += [item.get("instance", item["id"]) for item in page["items"]]
            cursor = page["next"]
        assert sorted(seen) == sorted(started)


def test_a_task_tells_what_to_do(api: Api) -> None:
    [fill] = api.start()["open_tasks"]
    task = api.get("报账", f"/tasks/{fill['id']}").get_json()
    assert {"complete", "release"} <= set(task["may"])
    [action] = task["actions"]
    assert action["name"] == "complete"
    assert [c["key"] for c in action["schema"]["components"]] == ["金额", "用途", "票据"]
    assert task["clauses"][0]["id"] == "LB-8"
    onlooker = api.get("书记", f"/tasks/{fill['id']}").get_json()
    assert onlooker["actions"] == [] and onlooker["may"] == [] and onlooker["status"] == "claimed"


def test_claim_and_release(api: Api) -> None:
    [fill] = api.start()["open_tasks"]
    released = api.post("报账", f"/tasks/{fill['id']}/release").get_json()
    assert released["status"] == "claimable"
    assert api.post("老报", f"/tasks/{fill['id']}/claim").get_json()["status"] == "mine"
    assert "老报" in problem(api.post("报账", f"/tasks/{fill['id']}/claim"), 409)["message"]
    problem(api.post("报账", f"/tasks/{fill['id']}/release"), 403)


def test_an_action_answers_the_task_even_when_it_closes_it(api: Api) -> None:
    [fill] = api.start()["open_tasks"]
    [sign] = api.complete("报账", fill["id"], FILLED)["open_tasks"]
    path = f"/tasks/{sign['id']}/actions/complete"
    first = api.post("书记", path, {"data": {"结论": "同意"}})
    assert first.status_code == 200 and first.get_json()["id"] == sign["id"]
    last = api.post("主任", path, {"data": {"结论": "同意"}}).get_json()
    assert (last["id"], last["status"], last["actions"]) == (sign["id"], "done", [])
    problem(api.post("会计", f"/tasks/{sign['id']}/actions/nonsense", {"data": {}}), 409)


def test_withdraw_and_cancel(api: Api) -> None:
    [fill] = api.start()["open_tasks"]
    after = api.complete("报账", fill["id"], FILLED)
    back = api.post("报账", f"/instances/{after['id']}/withdraw").get_json()
    assert [task["id"] for task in back["open_tasks"]] == [fill["id"]]
    problem(api.post("报账", f"/instances/{after['id']}/withdraw"), 409)
    problem(api.post("书记", f"/instances/{after['id']}/cancel", {"reason": "不买了"}), 403)
    problem(api.post("报账", f"/instances/{after['id']}/cancel", {"reason": ""}), 422)
    assert (
        api.post("报账", f"/instances/{after['id']}/cancel", {"reason": "不买了"}).get_json()["status"]
        == "cancelled"
    )
    problem(api.post("报账", f"/tasks/{fill['id']}/complete", {"data": FILLED}), 404)
    assert api.get("报账", "/instances?scope=finished").get_json()["items"][0]["status"] == "cancelled"


def test_on_behalf_with_a_photo_and_confirmed(api: Api, photo: bytes) -> None:
    [fill] = api.start()["open_tasks"]
    path, someone = f"/tasks/{fill['id']}/complete", api.world.people["报账"]
    offered = api.get("文书", f"/tasks/{fill['id']}").get_json()["on_behalf_of"]
    assert someone in [person["id"] for person in offered]
    body = {"data": FILLED, "on_behalf_of": someone}
    problem(api.post("会计", path, body), 403)
    assert "papers" in problem(api.post("文书", path, body), 422)["fields"]
    paper = api.upload("文书", photo, "原件.jpg")["id"]
    after = api.complete("文书", fill["id"], FILLED, on_behalf_of=someone, papers=[paper])
    assert after["results"]["填报"]["办理人"] == [someone]
    [entered] = api.get("文书", "/tasks?scope=done").get_json()["items"]
    assert entered["id"] == fill["id"]
    assert api.get("书记", f"/files/{paper}").status_code == 200


def test_overdue(api: Api, clock: VirtualClock) -> None:
    api.start()
    clock.move_to(clock() + timedelta(days=400))
    assert api.get("报账", "/tasks?scope=overdue").status_code in (200, 401)


def test_a_completion_is_cheap(api: Api) -> None:
    """At most 12 statements with authentication; the same after many rounds."""
    [task] = api.start("turns")["open_tasks"]
    [task] = api.complete("报账", task["id"], {"序号": 0})["open_tasks"]
    counts = []
    for turn in range(1, 12):
        with count_statements(api.runtime.database) as statements:
            [task] = api.complete("报账", task["id"], {"序号": turn})["open_tasks"]
        counts.append(len(statements))
    assert max(counts) <= 12, statements
    assert len(set(counts)) == 1


def test_a_joint_approval_is_cheap_too(api: Api) -> None:
    """Opening the seats of two posts, answering, and coming back after a refusal."""
    steps = [
        ("报账", FILLED),
        ("书记", {"结论": "同意"}),
        ("主任", {"结论": "不同意", "说明": "太贵"}),
        ("报账", FILLED),
    ]
    [task] = api.start()["open_tasks"]
    for who, data in steps:
        with count_statements(api.runtime.database) as statements:
            [task] = api.complete(who, task["id"], data)["open_tasks"]
        assert len(statements) <= 12, (who, "\n".join(statements))
