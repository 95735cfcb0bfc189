"""推演: a draft played in the browser on the real engine, and what is kept of it."""

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import TestResponse

from engine import operations
from tests.conftest import axe_violations
from tests.webui.studio.conftest import Studio

if TYPE_CHECKING:
    from playwright.sync_api import Page


class Rehearsal:
    """A designer's requests about one draft."""

    def __init__(self, studio: Studio, draft: str, designer: str = "设计") -> None:
        self.visitor, self.path = studio.visitor(designer), f"/studio/drafts/{draft}"

    def ask(self, method: str, path: str, body: Any = None) -> TestResponse:
        headers = {"X-CSRF-Token": self.visitor.token, "Accept": "application/json"}
        text = json.dumps(body)  # in its order, as a browser sends it
        kind = "application/json"
        return self.visitor.client.open(
            f"{self.path}{path}", method=method, data=text, content_type=kind, headers=headers
        )

    def play(self, *moves: Any, **stage: Any) -> dict[str, Any]:
        answer = self.ask("POST", "/rehearsal/play", {"step": list(moves), **stage})
        assert answer.status_code == 200, answer.text
        return answer.get_json()


def test_a_rehearsal_is_kept_as_a_scenario_found_played_renamed_and_dropped(studio: Studio) -> None:
    draft = studio.draft_of("zhichu")
    desk = Rehearsal(studio, draft)
    page = desk.visitor.get(f"{desk.path}/rehearsal").text
    assert "报账员" in page
    moves = [
        {"does": "填报支出", "result": {"金额": 100}},
        {"does": "主任审批", "result": {"结论": "不同意"}},
    ]
    roster = {"报账员": ["林小梅"], "村委会主任": ["陈国强"], "会计": ["孙玉珍"]}
    end = desk.play(*moves, roster=roster)
    assert (end["finished"], end["outcome"]) == (True, "不予支出")
    assert "主任审批：不同意" in end["story"]

    scenario = {"title": "主任不同意：到此为止", "story": end["story"], "roster": roster, "step": moves}
    kept = desk.ask(
        "POST", "/scenarios", {"scenario": scenario | {"expect": {"outcome": "不予支出"}}}
    ).get_json()
    assert kept["report"]["passed"]
    assert re.fullmatch(r"\d\d-主任不同意-到此为止\.toml", kept["file"])
    text = studio.draft(draft).files[f"scenarios/{kept['file']}"]
    assert tomllib.loads(text.decode())["step"] == moves

    opened = desk.ask("GET", f"/scenarios/{kept['file']}").get_json()
    assert opened["step"] == moves
    assert opened["stage"]["roster"]["会计"] == ["孙玉珍"]
    again = {
        "scenario": scenario | {"expect": {"outcome": "已支付"}},
        "file": kept["file"],
        "seen": kept["digest"],
    }
    differs = desk.ask("POST", "/scenarios", again).get_json()
    assert differs["file"] == kept["file"]
    assert "应当以“已支付”结束" in differs["report"]["faults"][0]["faults"][0]
    reports = desk.ask("POST", "/scenarios/run", {}).get_json()["reports"]
    assert [one["passed"] for one in reports].count(False) == 1

    stale = desk.ask("POST", f"/scenarios/{kept['file']}/title", {"title": "另叫", "seen": kept["digest"]})
    assert stale.status_code == 409
    listed = desk.ask(
        "POST", f"/scenarios/{kept['file']}/title", {"title": "另叫", "seen": differs["digest"]}
    )
    mine = next(one for one in listed.get_json()["scenarios"] if one["file"] == kept["file"])
    assert mine["title"] == "另叫"
    dropped = desk.ask("DELETE", f"/scenarios/{kept['file']}?seen={mine['digest']}").get_json()
    assert kept["file"] not in [one["file"] for one in dropped["scenarios"]]


@pytest.mark.parametrize("name", ["zhichu", "sibu"])
def test_every_scenario_of_a_draft_opens_and_comes_to_its_end(studio: Studio, name: str) -> None:
    """As it was written: who is first on the roster is still the first."""
    draft = studio.draft_of(name)
    desk = Rehearsal(studio, draft)
    page = desk.visitor.get(f"{desk.path}/rehearsal").text
    embedded = json.loads(re.search(r'id="rehearsal-data">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
    shared = tomllib.loads(studio.draft(draft).files["scenarios/roster.toml"].decode())["roster"]
    assert list(embedded["stage"]["roster"])[: len(shared)] == list(shared)
    for one in embedded["scenarios"]:
        opened = desk.ask("GET", f"/scenarios/{one['file']}").get_json()
        end = desk.play(*opened["step"], **opened["stage"])
        assert end["refused"] is None, (one["file"], end["refused"])
        assert not [line for line in end["lines"] if line["faults"]]


def test_only_its_designers_rehearse_a_draft(studio: Studio) -> None:
    desk = Rehearsal(studio, studio.draft_of("zhichu"), "书记")
    assert desk.ask("GET", "/rehearsal").status_code == 404
    assert desk.ask("POST", "/rehearsal/play", {"step": []}).status_code == 404
    assert desk.ask("POST", "/scenarios/run", {}).status_code == 404


def test_what_is_no_rehearsal_is_refused_in_words(studio: Studio) -> None:
    desk = Rehearsal(studio, studio.draft_of("zhichu"))
    for body in (None, [], {"moves": []}, {"step": "乱"}, {"step": [5]}, {"step": [{"wait": "1d", "x": 1}]},
                 {"step": [], "roster": 5}, {"step": [], "begins": "昨天"}, {"step": [], "parameters": {"没有": 1}},
                 {"step": [], "calendar": {"2026-01-01": "歇"}}, {"step": [{"wait": "1d"}] * 500},
                 {"step": [{"does": "填报支出", "result": {"x": [[]] * 3}}] * 401}):  # fmt: skip
        answer = desk.ask("POST", "/rehearsal/play", body)
        assert answer.status_code == 422, (body, answer.text)
        assert re.search(r"[一-鿿]", answer.get_json()["error"]["message"])
    for move in ({"does": "没有这一步", "result": {}}, {"does": "填报支出", "result": {"天气": "晴"}},
                 {"does": "填报支出", "error": "谁"}, {"message": "没有"}, {"signal": "没有"},
                 {"wait": "乱"}, {"wait": "P9999Y"}):  # fmt: skip
        refused = desk.play({"wait": "1h"}, move)["refused"]
        assert refused is None or refused["move"] == 1
    assert desk.ask("GET", "/scenarios/..%2Fprocedure.toml").status_code == 404
    bad = {"scenario": {"title": "坏", "roster": {}, "step": [{"wait": "1d"}]}, "file": "../procedure.toml"}
    assert desk.ask("POST", "/scenarios", bad).status_code == 422
    assert (
        desk.ask("POST", "/scenarios", {"scenario": {"title": "", "roster": {}, "step": []}}).status_code
        == 422
    )


def test_a_draft_that_cannot_run_says_what_keeps_it(studio: Studio) -> None:
    draft = studio.draft_of("zhichu")
    stored = studio.draft(draft).stored["zhichu.bpmn"]
    broken = (
        stored.data.replace(b'isExecutable="true"', b'isExecutable="true"', 1)
        .replace(b"<bpmn:userTask ", b"<bpmn:scriptTask ", 1)
        .replace(b"<userTask ", b"<scriptTask ", 1)
        .replace(b"</userTask>", b"</scriptTask>", 1)
    )
    person = studio.world.people[studio.designer]
    operations.save_file(studio.runtime, person, draft, "zhichu.bpmn", broken, stored.digest)
    desk = Rehearsal(studio, draft)
    page = desk.visitor.get(f"{desk.path}/rehearsal").text
    assert "还不能推演" in page
    assert f'href="{desk.path}#' in page
    refused = desk.ask("POST", "/rehearsal/play", {"step": []})
    assert refused.status_code == 422
    assert "先改好再推演" in refused.get_json()["error"]["message"]


def test_a_lost_vote_is_rehearsed_taken_back_won_kept_and_run_again(studio: Studio, desk: "Page") -> None:
    """As a designer does it: by clicks alone, on 八步."""
    draft = studio.draft_of("babu")
    desk.emulate_media(reduced_motion="reduce")
    desk.goto(f"/studio/drafts/{draft}/rehearsal")
    desk.locator(".rehearsal-offers").wait_for()
    assert axe_violations(desk) == []
    desk.get_by_role("tab", name="人员和参数").click()
    assert axe_violations(desk) == []
    desk.keyboard.press("ArrowLeft")
    task = desk.locator(".rehearsal-task")
    for step in ("集民意", "定议题", "党员大会征意见", "书面征求代表意见", "听取老干部老党员意见",
                 "支委会初步议案", "论证会", "两委联席会议审定"):  # fmt: skip
        desk.locator(f".rehearsal-task:has-text('{step}') .rehearsal-offers button").first.click()
    vote = desk.locator(".rehearsal-task:has-text('成决议')")
    vote.get_by_role("button", name="召集…").click()
    form = vote.locator(".rehearsal-form")
    form.get_by_role("button", name="召集", exact=True).click()
    assert "没填好" in form.get_by_role("alert").inner_text()
    assert axe_violations(desk) == []
    form.get_by_role("button", name="填上示例").click()
    form.get_by_role("button", name="召集", exact=True).click()
    form.wait_for(state="detached")
    desk.locator(".rehearsal-log >> text=成决议·召集").wait_for()
    vote.get_by_role("button", name="未通过", exact=True).click()
    vote.wait_for(state="detached")
    desk.get_by_text("到现在的数据").click()
    assert "赞成 19：要够到会 30 的 2/3" in desk.locator(".rehearsal-data").inner_text()
    assert not re.search(r"[A-Za-z]{3,}", desk.locator(".rehearsal-panel").inner_text().replace("jpg", ""))
    desk.get_by_role("button", name="退一步").click()
    vote.get_by_role("button", name="通过", exact=True).click()
    desk.locator(".rehearsal-task:has-text('广示之')").wait_for()
    assert desk.locator(".rehearsal-token").count() == 1
    assert desk.locator(".djs-shape.rehearsal-present").count() == 1
    desk.reload()
    desk.locator(".rehearsal-task:has-text('广示之')").wait_for()  # what was played is still there

    desk.get_by_role("button", name="存为情形").click()
    assert axe_violations(desk) == []
    desk.get_by_label("名称").fill("补一次就通过")
    desk.get_by_role("button", name="存为情形").last.click()
    desk.get_by_text("存好了，也跑过了。").wait_for()
    desk.get_by_role("button", name="全部跑一遍").click()
    desk.get_by_text("个都和写的一样").wait_for(timeout=30_000)
    desk.locator(".rehearsal-scenarios li:has-text('补一次就通过') >> text=一步一步看").click()
    desk.get_by_role("button", name="走到最后", exact=True).click()
    desk.locator(".rehearsal-task:has-text('广示之')").wait_for()
    assert any("补一次就通过" in name for name in studio.draft(draft).files)

    handed = '[{"does": "集民意", "result": {}}, {"does": "定议题", "result": {"结论": "退回"}}]'
    desk.evaluate(f"sessionStorage.setItem('cunyi:rehearsal:{draft}', {handed!r})")
    desk.reload()
    desk.get_by_text("已经走到：").wait_for()
    assert task.count() == 0
