"""Opinions and notices through the API: the acts by name, what is to be seen, and the codes of what is refused."""

from typing import Any

import pytest

from tests.consulting import Square, answering, asking, photo, publishing


@pytest.fixture
def square(api: Any) -> Square:
    return Square(api.runtime, api.world, asking(), answering(), publishing(), asked=3)


def do(api: Any, who: str, task: str, name: str, **data: Any) -> Any:
    return api.post(who, f"/tasks/{task}/actions/{name}", {"data": data})


def test_an_opinion_a_batch_an_answer_and_a_notice(api: Any, square: Square) -> None:
    matter, task = square.matter()
    seen = api.get("代表1", f"/tasks/{task}").get_json()
    assert [action["name"] for action in seen["actions"]] == ["add_opinion", "withdraw"]
    assert (seen["proceeding"]["ask"], seen["proceeding"]["acts"]) == (
        "村口的路，您赞成修吗？怎么修好？",
        ["add_opinion"],
    )
    assert do(api, "代表1", task, "add_opinion", 立场="赞成", 内容="好").status_code == 200
    again = do(api, "代表1", task, "add_opinion", 立场="反对")
    assert (again.status_code, again.get_json()["error"]["code"]) == (409, "answered")
    rows = [{"姓名": "代表2", "立场": "反对", "内容": "慢慢来"}]
    refused = do(api, "文书", task, "add_batch", 意见=rows)
    assert (refused.status_code, list(refused.get_json()["error"]["fields"])) == (422, ["照片"])
    paper = api.upload("文书", photo(), "意见卡.png")
    entered = do(api, "文书", task, "add_batch", 意见=rows, 照片=[{"id": paper["id"], "name": paper["name"]}])
    assert entered.status_code == 200, entered.text
    shown = api.get("主任", f"/tasks/{task}").get_json()["proceeding"]
    assert shown["heard"]["stances"] == {"赞成": 1, "反对": 1, "其他": 0}
    assert [one["author"] for one in shown["items"]] == ["代表2", "代表1"] and shown["waiting"] == ["代表3"]
    assert do(api, "代表1", task, "close").status_code == 403
    assert do(api, "百姓", task, "close").status_code == 404
    closed = api.complete("主任", task, {"归纳": "两人提了意见"})  # `complete` is the concluding act
    assert [one["name"] for one in closed["open_tasks"]] == ["回复"]
    reply = closed["open_tasks"][0]["id"]
    assert do(api, "主任", reply, "answer", 答复=[{"编号": "1-2", "采纳": "采纳"}]).status_code == 200
    notice = api.complete("主任", reply, {})["open_tasks"][0]["id"]
    proof = api.upload("主任", photo(), "公开栏.png")
    channel = {"渠道": "村务公开栏", "凭证": [{"id": proof["id"], "name": proof["name"]}]}
    assert do(api, "主任", notice, "publish", 渠道=[channel]).status_code == 200
    early = do(api, "主任", notice, "close")
    assert (early.status_code, early.get_json()["error"]["code"]) == (422, "too-early")
    assert do(api, "文书", notice, "add_feedback", 类别="异议", 内容="不公平").status_code == 200
    told = api.get("主任", f"/tasks/{notice}").get_json()["proceeding"]
    assert told["answered"]["items"] == 1 and told["feedback"][0]["content"] == "不公平"
    results = api.get("主任", f"/instances/{matter}").get_json()["results"]
    assert results["征求"]["覆盖"] == "2/3"
