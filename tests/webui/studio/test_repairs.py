"""检查: a file of another tool is mended at a press, nothing chosen is lost, and what is left is said."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine import operations
from engine.diagram import check_folder
from engine.diagram.repair import opened
from engine.queries import draft_findings
from tests.conftest import axe_violations
from tests.engine.diagram.drawn import S, bpmn, node, path
from tests.webui.studio.conftest import Studio

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOREIGN = Path(__file__).parents[2] / "engine/diagram/repair/foreign"


@pytest.fixture
def foreign(studio: Studio) -> str:
    """A draft made of a file in Camunda's habits."""
    name = "camunda-approval.bpmn"
    folder = opened((FOREIGN / name).read_bytes(), name)
    return operations.create_draft(
        studio.runtime, studio.world.people[studio.designer], studio.world.units["county"], folder
    )


def test_a_file_of_another_tool_is_mended_on_the_page(studio: Studio, desk: "Page", foreign: str) -> None:
    desk.goto(f"/studio/drafts/{foreign}/repairs")
    assert desk.get_by_role("link", name="发送通知").first.get_attribute("href") == (
        f"/studio/drafts/{foreign}#Activity_notify"
    )
    desk.get_by_text("会做这些事").click()
    assert desk.get_by_text("改成由人办的步骤，先后不变").first.is_visible()
    assert axe_violations(desk) == []
    desk.get_by_label(re.compile("^由谁办：泳道“村支书”")).select_option(index=1)  # the likeliest comes first
    desk.get_by_label(re.compile("^等多久")).select_option("5 个工作日")
    desk.get_by_role("button", name="全部修好能自动修的").click()
    desk.get_by_text("修好了：").wait_for()
    files = studio.draft(foreign).files
    assert 'name="村党组织书记"' in files["camunda-approval.bpmn"].decode()
    assert "5wd" in files["camunda-approval.bpmn"].decode()
    for name in ("由谁办：泳道“农户”", "在哪一级办", "由谁发起"):
        desk.get_by_label(re.compile(f"^{name}")).select_option(index=1)
    desk.get_by_role("button", name="按所选的改").first.click()
    desk.get_by_text("修好了：").wait_for()
    left = check_folder(studio.draft(foreign).files, studio.runtime.designations)
    assert {f.code for f in left if f.severity == "error"} == {"no-guidance"}
    assert desk.get_by_text("没有办理说明").first.is_visible()
    assert axe_violations(desk) == []


def test_pressing_twice_or_choosing_nothing_says_so(studio: Studio, foreign: str) -> None:
    visitor, path = studio.visitor("设计"), f"/studio/drafts/{foreign}/repairs"
    for data, said in (
        ({}, "还没有选"),
        ({"repair": "data"}, "修好了：删去数据对象"),
        ({"repair": "data"}, "已经修过了"),
        ({"repair": "没有这一项", "choice:lane:Lane_b": "=不存在的岗位"}, "已经修过了"),
    ):
        assert visitor.post(path, data).status_code == 302
        assert said in visitor.get(path).text
    assert studio.visitor("文书").get(path).status_code in (403, 404)


def test_what_is_right_says_so_and_what_nobody_can_read_is_no_error(studio: Studio, foreign: str) -> None:
    visitor = studio.visitor("设计")
    assert "没有查出问题" in visitor.get(f"/studio/drafts/{studio.draft_of('zhichu')}/repairs").text
    seen = studio.draft(foreign).stored["camunda-approval.bpmn"].digest
    person = studio.world.people["设计"]
    operations.save_file(studio.runtime, person, foreign, "camunda-approval.bpmn", b"<a", seen)
    page = visitor.get(f"/studio/drafts/{foreign}/repairs")
    assert page.status_code == 200
    assert "不是完整的 XML" in page.text


def test_a_call_to_what_nobody_published_is_said_at_the_call(studio: Studio) -> None:
    """As publishing would: before, the check was content with it and every rehearsal failed."""
    body = f"{S}{node('callActivity', 'ask', name='问一问', calledElement='wu')}{path('s ask')}"
    draft_id = operations.create_draft(
        studio.runtime,
        studio.world.people[studio.designer],
        studio.world.units["county"],
        opened(bpmn(body), "x.bpmn"),
    )
    found = draft_findings.findings(studio.runtime, studio.draft(draft_id))
    assert [f.element_id for f in found if f.code == "no-such-procedure"] == ["ask"]
