"""From an empty desk to a published procedure, by mouse and keyboard; each page judged."""

from pathlib import Path
from typing import TYPE_CHECKING

from engine.operations.beginning import MAX_FILE
from engine.redlines import PROCESSES
from tests.conftest import axe_violations
from tests.webui.studio.conftest import Studio

if TYPE_CHECKING:
    from playwright.sync_api import Page


def judged(page: "Page") -> None:
    """Nothing for axe to find, and nothing beyond the screen."""
    page.wait_for_load_state("networkidle")
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_designer_begins_looks_back_and_publishes(desk: "Page", studio: Studio, tmp_path: Path) -> None:
    desk.goto("/studio")
    judged(desk)
    desk.get_by_role("link", name="新建流程").first.click()
    judged(desk)
    big = tmp_path / "大.bpmn"
    big.write_bytes(bytes(MAX_FILE + 1))
    desk.get_by_label("选择文件").set_input_files(big)
    assert "最多 10 MB" in desk.locator("#error-file").inner_text()
    broken = tmp_path / "坏的.bpmn"
    broken.write_text("<definitions", "utf-8")
    desk.get_by_label("选择文件").set_input_files(broken)
    desk.get_by_role("button", name="导入").click()
    assert "重新导出" in desk.locator("#error-file").inner_text()
    judged(desk)
    desk.locator("#field-blank-title").fill("占道经营整治")
    desk.get_by_label("由谁发起").select_option("文书")
    desk.get_by_role("button", name="开始画").click()
    desk.wait_for_url("**/studio/drafts/*")
    desk.get_by_role("link", name="历史", exact=True).click()
    judged(desk)
    desk.get_by_label("上传，换掉草稿").set_input_files(PROCESSES / "zhichu" / "zhichu.bpmn")
    desk.get_by_role("button", name="上传", exact=True).click()
    desk.get_by_text("已经换成上传的内容").wait_for()
    judged(desk)
    desk.get_by_role("link", name="历史").last.click()
    desk.get_by_role("button", name="回到这里").last.click()
    desk.get_by_text("已经回到那时的样子").wait_for()
    desk.get_by_role("link", name="发布", exact=True).click()
    desk.get_by_text("还没有情形").wait_for()
    judged(desk)
    desk.get_by_label("这一版改了什么").fill("先试行")
    desk.get_by_role("button", name="发布", exact=True).click()
    desk.get_by_text("已经发布").wait_for()
    judged(desk)
    desk.get_by_role("link", name="占道经营整治").click()
    desk.get_by_text("停用这个流程").click()
    judged(desk)
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto("/studio")
    judged(desk)
