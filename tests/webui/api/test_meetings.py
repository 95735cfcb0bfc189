"""A meeting through the API: the acts one after the other, and what stands in the way of the next."""

from datetime import timedelta
from typing import Any

import pytest

from engine import operations
from engine.clock import VirtualClock
from engine.operations import publish_procedure
from engine.queries import meeting_lists
from tests.hall import FULL, enrol
from tests.webui.api.conftest import Api, problem


@pytest.fixture
def delegates(api: Api) -> list[int]:
    publish_procedure(api.runtime, None, FULL, "county")
    return api.runtime.database.run(lambda c: enrol(c, api.world))


def _concluded(api: Api, who: str, task: str) -> meeting_lists.Concluded | None:
    with api.runtime.database.read() as c:
        actor = api.runtime.actor(c, api.world.people[who])
    return meeting_lists.concluded(api.runtime, actor, task)


def begin(api: Api) -> str:
    chair = api.world.people["主任"]
    return str(operations.start_matter(api.runtime, chair, "full", "village", "修路").open_tasks[0]["id"])


def test_from_convening_to_the_conclusion(
    api: Api, delegates: list[int], clock: VirtualClock, photo: bytes
) -> None:
    task = begin(api)

    def act(name: str, data: dict[str, Any], who: str = "主任") -> Any:
        return api.post(who, f"/tasks/{task}/actions/{name}", {"data": data})

    shown = api.get("主任", f"/tasks/{task}").get_json()
    assert [a["name"] for a in shown["actions"]] == [
        "close",
        "convene",
        "announce",
        "reply",
        "open",
        "attend",
    ]
    assert shown["proceeding"]["acts"] == ["convene"]
    problem(act("open", {"到会": []}), 422, "not-convened")
    soon = (clock() + timedelta(days=1)).isoformat()
    assert act("convene", {"时间": soon, "地点": "村委会"}).status_code == 200
    problem(act("open", {"到会": []}), 422, "not-announced")
    assert set(problem(act("announce", {"渠道": ["微信群"]}), 422)["fields"]) == {"凭证"}
    proof = api.upload("主任", photo, "公告.png")
    announced = {"渠道": ["微信群"], "凭证": [{"id": proof["id"], "name": "公告.png"}]}
    assert act("announce", announced).status_code == 200
    problem(act("open", {"到会": delegates[:20]}), 422, "too-early")
    shown = api.get("主任", f"/tasks/{task}").get_json()["proceeding"]
    assert (shown["meeting"]["channels"], shown["meeting"]["place"]) == (["微信群"], "村委会")
    assert "公开的开会时间是" in shown["hindrance"]
    clock.move_to(clock() + timedelta(days=1))
    assert act("open", {"到会": delegates[:20]}).status_code == 200
    shown = api.get("主任", f"/tasks/{task}").get_json()["proceeding"]
    assert (shown["quorum"]["holds"], shown["quorum"]["missing"]) == (True, 0)
    problem(act("close", {"结论": "通过", "初步议案": "修路"}, "外村"), 404)
    closed = act("close", {"结论": "通过", "初步议案": "修路"})
    assert closed.status_code == 200, closed.text
    problem(act("attend", {}), 409, "task-done")
    assert _concluded(api, "主任", task) and not _concluded(api, "外村", task)
