"""走查 in the browser: asked for, followed, read on the drawing, played; and what it says when it has not finished."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, update

from engine import operations
from engine.exploration.job import Job
from engine.operations.explorations import tell_progress
from engine.redlines import PROCESSES
from engine.setting_up import read_files
from engine.store.drafts import explorations
from tests.conftest import axe_violations
from tests.webui.studio.conftest import Studio

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def not_launched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No process is started; whom it would have walked for."""
    asked: list[str] = []
    monkeypatch.setattr("webui.studio.exploration.launch", lambda _configuration, id: asked.append(id))
    return asked


def draft_with(studio: Studio, old: str, new: str) -> str:
    files = read_files(PROCESSES / "babu")
    assert old in files["babu.bpmn"].decode()
    files["babu.bpmn"] = files["babu.bpmn"].decode().replace(old, new).encode()
    return operations.create_draft(
        studio.runtime, studio.world.people["设计"], studio.world.units["county"], files
    )


def test_a_fault_is_found_shown_and_played(desk: Page, studio: Studio) -> None:
    old = '议题.结论 == "列为议题"'
    draft = draft_with(studio, old, f"{old} and 民意.条数 &gt; 8")
    desk.goto(f"/studio/drafts/{draft}/exploration")
    desk.get_by_role("button", name="开始走查").click()
    desk.wait_for_selector(".walk-result", timeout=60_000)  # it came by itself
    fault = desk.locator(".walk-choose").first
    assert "后面几条路的条件都不成立" in fault.inner_text()
    assert desk.locator("#walk-canvas .walk-problem").count() >= 1
    fault.click()
    desk.wait_for_selector(".walk-path li:last-child.lit")
    assert desk.locator(".walk-number").all_inner_texts()[0] == "1"
    assert desk.locator('[data-element-id="dingyiti"].walk-way').count() == 1
    assert axe_violations(desk) == []
    for width in (390, 1600):
        desk.set_viewport_size({"width": width, "height": 844})
        assert desk.evaluate("document.documentElement.scrollWidth") <= width
    desk.get_by_role("button", name="走一遍").first.click()
    desk.wait_for_url("**/rehearsal")
    desk.get_by_text("后面几条路的条件都不成立").first.wait_for()


def test_every_state_has_its_words(studio: Studio, not_launched: list[str]) -> None:
    draft, visitor = studio.draft_of("zhichu"), studio.visitor("设计")
    path = f"/studio/drafts/{draft}/exploration"

    def said(part: str = "/state") -> str:
        return visitor.get(path + part).text

    assert "还没有走过" in said()
    assert visitor.post(path, {}).status_code == 302
    (asked,) = not_launched
    assert "正在排队" in said() and "every 1s" in said()
    walking = {
        "phase": "walking",
        "states": 1234,
        "ways": 5678,
        "waiting": 9,
        "seconds": 2.4,
        "at": ["主任审批"],
    }
    tell_progress(studio.runtime, asked, walking)
    assert "停在“主任审批”以后会怎样" in said() and "1,234 种局面" in said()
    assert visitor.post(path, {}).status_code == 302 and len(not_launched) == 1  # it is under way already
    visitor.post(f"{path}/stop", {})
    assert "正在停下来" in said()
    studio.clock.move_to(studio.clock() + timedelta(seconds=16))
    assert "中断" in said() and "every 1s" not in said()


def test_a_part_is_called_a_part_and_an_old_report_old(studio: Studio, not_launched: list[str]) -> None:
    draft, visitor = studio.draft_of("zhichu"), studio.visitor("设计")
    path = f"/studio/drafts/{draft}/exploration"
    visitor.post(path, {})
    job = Job(studio.runtime, not_launched[0], leave=lambda: None)
    job.stopping.set()
    job.run()
    part = visitor.get(path).text
    assert "没有走完，走到的部分没有问题" in part and "不等于没有问题" in part and "叫停" in part

    visitor.post(path, {})
    Job(studio.runtime, not_launched[1], leave=lambda: None).run()
    whole = visitor.get(path).text
    assert "走完了，没有走不到、卡住和出错的地方" in whole and "已支付" in whole
    assert visitor.post(path, {}).status_code == 302 and len(not_launched) == 2
    stored = studio.draft(draft).stored["procedure.toml"]
    operations.save_file(
        studio.runtime, studio.world.people["设计"], draft, stored.name, stored.data + b"#\n", stored.digest
    )
    assert "草稿改过以后还没有再走" in visitor.get(path).text


def test_what_was_typed_for_a_parameter_stays(studio: Studio, not_launched: list[str]) -> None:
    draft, visitor = studio.draft_of("zhichu"), studio.visitor("设计")
    path = f"/studio/drafts/{draft}/exploration"
    wrong = visitor.post(path, {"p.大额标准": "许多"})
    assert wrong.status_code == 422 and "请填数字" in wrong.text and 'value="许多"' in wrong.text
    out = visitor.post(path, {"p.大额标准": "0.001"})
    assert out.status_code == 422 and not not_launched
    assert visitor.post(path, {"p.大额标准": "3000"}).status_code == 302
    assert "上次改了 1 个" in visitor.get(path).text


def test_a_draft_that_cannot_run_says_what_to_do(studio: Studio, not_launched: list[str]) -> None:
    draft = draft_with(studio, 'targetRef="dingyiti"', 'targetRef="nirgends"')
    refused = studio.visitor("设计").post(f"/studio/drafts/{draft}/exploration", {})
    assert refused.status_code == 422 and "还不能运行" in refused.text and not not_launched


def test_others_see_nothing(studio: Studio) -> None:
    draft = studio.draft_of("zhichu")
    for part in ("", "/state"):
        assert studio.visitor("文书").get(f"/studio/drafts/{draft}/exploration{part}").status_code == 404


def test_a_failure_is_told(studio: Studio, not_launched: list[str]) -> None:
    draft, visitor = studio.draft_of("zhichu"), studio.visitor("设计")
    path = f"/studio/drafts/{draft}/exploration"
    visitor.post(path, {})
    ended: dict[str, Any] = {"ended_at": studio.clock(), "failure": "内存不够用"}
    studio.runtime.database.run(lambda c: c.execute(update(explorations).values(**ended)))
    assert "内存不够用" in visitor.get(path).text
    studio.runtime.database.run(lambda c: c.execute(delete(explorations)))
    assert "还没有走过" in visitor.get(path).text
