"""What the panel is given to choose from, and what conditions may read where."""

from time import perf_counter
from typing import Any

from werkzeug.test import TestResponse

from engine import operations
from engine.redlines import PROCESSES
from engine.setting_up import read_files
from tests.webui.pages.conftest import Visitor
from tests.webui.studio.conftest import Studio


def post(visitor: Visitor, draft: str, body: dict[str, Any]) -> TestResponse:
    headers = {"X-CSRF-Token": visitor.token, "Accept": "application/json"}
    return visitor.client.post(f"/studio/drafts/{draft}/names", json=body, headers=headers)


def test_the_panel_is_told_everything_it_offers(studio: Studio) -> None:
    draft = studio.draft_of("babu")
    visitor = studio.visitor("设计")
    path = f"/studio/drafts/{draft}/catalogue"
    visitor.get(path)
    begun = perf_counter()
    found = visitor.get(path).get_json()
    assert perf_counter() - begun < 1  # 50 ms where nobody else works; here others do
    kinds = {one["key"]: one for one in found["kinds"]}
    assert list(kinds) == ["handle", "cosign", "consult", "deliberate", "ballot", "notice", "assess"]
    days = next(one for one in kinds["notice"]["settings"] if one["name"] == "days")
    assert days["sort"] == "duration" and days["required"] and days["parameters"] == ["duration"]
    assert {"村委会主任", "村民代表", "主持人", "村两委"} <= {one["name"] for one in found["designations"]}
    assert any(one["id"] == "BB-5.1" and one["text"] for one in found["clauses"])
    shown = {one["name"]: one["shown"] for one in found["parameters"]}
    assert shown["公示天数"] == "7 天"
    report = {"name": "banjie", "title": "办结报告", "asks": "办成了什么、花了多少钱、验收单、结算单"}
    assert report in found["forms"]


def test_what_is_broken_in_the_draft_is_left_out(studio: Studio) -> None:
    files = read_files(PROCESSES / "zhichu") | {"procedure.toml": b"title = [", "forms/x.json": b"\xff{"}
    draft = operations.create_draft(
        studio.runtime, studio.world.people["设计"], studio.world.units["county"], files
    )
    found = studio.visitor("设计").get(f"/studio/drafts/{draft}/catalogue").get_json()
    assert found["parameters"] == []
    assert ("x", "") in {(one["name"], one["asks"]) for one in found["forms"]}


def test_a_condition_reads_what_earlier_steps_came_to(studio: Studio) -> None:
    draft = studio.draft_of("zhichu")
    visitor = studio.visitor("设计")

    def ask(element: str, text: str | None = None, xml: str | None = None) -> Any:
        drawn = xml if xml is not None else studio.draft(draft).files["zhichu.bpmn"].decode()
        body = {"xml": drawn, "element": element} | ({"text": text} if text is not None else {})
        return post(visitor, draft, body)

    answer = ask("f_dae").get_json()
    paths = {one["path"]: one for one in answer["results"]}
    assert paths["支出.金额"]["step"] == "填报支出" and paths["支出.金额"]["sort"] == "number"
    assert not any(path.startswith("登记") for path in paths)  # that comes later
    assert ask("f_dae", "支出.金额 >= 大额标准").get_json()["problem"] is None
    assert "用到了「支出.总额」" in ask("f_dae", "支出.总额 > 1").get_json()["problem"]
    assert "两个等号" in ask("f_dae", "支出.金额 = 1").get_json()["problem"]
    assert ask("没有").status_code == 404
    refused = ask("f_dae", xml="<不是流程图")
    assert refused.status_code == 422
    assert refused.get_json()["error"]["message"]


def test_the_items_of_a_list_are_offered_where_a_step_is_done_for_each(studio: Studio) -> None:
    draft = studio.draft_of("babu")
    xml = studio.draft(draft).files["babu.bpmn"].decode()
    visitor = studio.visitor("设计")
    answer = post(visitor, draft, {"xml": xml, "element": "luoshi"}).get_json()
    found = {one["path"]: one for one in answer["results"]}
    assert found["事项.责任人"]["sort"] == "people"
    assert found["方案.事项清单.责任人"]["item"]


def test_only_designers_ask(studio: Studio) -> None:
    draft = studio.draft_of("zhichu")
    other = studio.visitor("书记")
    assert other.get(f"/studio/drafts/{draft}/catalogue").status_code == 404
    assert post(other, draft, {"xml": "", "element": "x"}).status_code == 404
