"""A step is set up in the panel beside the drawing, by mouse and keyboard, and the drawing says so."""

import re
from typing import TYPE_CHECKING

from engine.diagram import check_folder
from engine.diagram.readable import open_drawing
from engine.people.designations import designations
from tests.conftest import axe_violations
from tests.webui.pages.browsing import KNOWN, LATIN
from tests.webui.studio.conftest import Studio

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

PLACES = (
    "guangshi",
    "juey",
    "jiminyi",
    "shending",
    "luoshi",
    "l_dingshi",
    "f_yiti",
    "lane_shuji",
    "luoshi_jiandu",
    "pool_babu",
)
WRITTEN = re.compile(r"[\w.]+ (?:==|!=|in) | and ")  # an expression, as it is written


class Panel:
    """The panel of a drawing that is open."""

    def __init__(self, desk: "Page", studio: Studio, draft: str) -> None:
        self.desk, self.studio, self.draft = desk, studio, draft
        desk.goto(f"/studio/drafts/{draft}#guangshi")
        self.entry("days", "guangshi").wait_for()  # what the address names is selected, and shown

    def select(self, element: str) -> "Locator":
        self.desk.evaluate("(id) => { location.hash = id }", element)
        found = self.desk.locator(f"#properties [data-entry-id$='--{element}']")
        found.first.wait_for()
        return self.desk.locator("#properties")

    def entry(self, name: str, element: str) -> "Locator":
        return self.desk.locator(f"#properties [data-entry-id='{name}--{element}']")

    def saved(self) -> bytes:
        self.desk.get_by_role("button", name="保存", exact=True).click()
        self.desk.wait_for_function(
            "() => /已保存|保存$/.test(document.getElementById('saving-state').textContent)"
        )
        self.desk.wait_for_load_state("networkidle")
        return self.studio.draft(self.draft).files["babu.bpmn"]

    def settings(self, element: str) -> dict[str, str]:
        return open_drawing(self.saved()).node(element).properties


def test_a_step_is_set_up_beside_the_drawing(studio: Studio, desk: "Page") -> None:
    panel = Panel(desk, studio, studio.draft_of("babu"))
    _days_become_a_parameter(panel)
    _a_vote_needs_more(panel)
    _a_condition_is_built(panel)
    _a_result_is_renamed(panel)
    _a_step_is_done_for_each_of_a_list(panel)
    _everything_can_be_taken_back(panel)
    forms = {name.removeprefix("forms/").removesuffix(".json") for name in studio.draft(panel.draft).files}
    for element in PLACES:
        text = KNOWN.sub("", WRITTEN.sub("", panel.select(element).inner_text()))
        assert not set(LATIN.findall(text)) - forms, element
    panel.select("juey")
    assert axe_violations(desk) == []


def _days_become_a_parameter(panel: Panel) -> None:
    panel.select("guangshi")
    days = panel.entry("days", "guangshi")
    source = days.get_by_label("公示多久：从哪里来")
    assert source.input_value() == "parameter"
    source.select_option("写在这里")
    days.get_by_label("公示多久", exact=True).fill("10")
    days.get_by_label("公示多久", exact=True).press("Enter")
    assert panel.settings("guangshi")["days"] == "10d"
    source.select_option("用参数")
    days.get_by_label("公示多久", exact=True).select_option("＋ 新建参数…")
    days.get_by_label("参数的名称").fill("决议公布几天")
    days.get_by_role("button", name="建立并使用").click()
    days.get_by_label("公示多久", exact=True).locator("option", has_text="决议公布几天（7 天）").wait_for(
        state="attached"
    )
    assert panel.settings("guangshi")["days"] == "{决议公布几天}"
    assert "决议公布几天" in panel.studio.draft(panel.draft).files["procedure.toml"].decode()


def _a_vote_needs_more(panel: Panel) -> None:
    panel.select("juey")
    majority = panel.entry("majority", "juey")
    majority.get_by_role("button", name="＋ 加一条").click()
    majority.get_by_label("谁的").nth(2).select_option("应到")
    majority.get_by_label("至少还是超过").nth(2).select_option("超过")
    majority.get_by_label("多少").nth(2).select_option("1/2")
    majority.get_by_text("赞成的要超过应到的 1/2：应到 30 人时，至少 16 人").wait_for()
    recorder = panel.entry("recorder", "juey").get_by_role("combobox", name="谁记录", exact=True)
    recorder.fill("会计")
    recorder.press("ArrowDown")
    recorder.press("Enter")
    found = panel.settings("juey")
    assert found["majority"].endswith("；超过 1/2 应到")
    assert found["recorder"] == "会计"


def _a_condition_is_built(panel: Panel) -> None:
    panel.select("f_yiti")
    condition = panel.entry("condition", "f_yiti")
    condition.get_by_label("值", exact=True).select_option("退回")
    condition.get_by_role("button", name="＋ 加一条").click()
    condition.get_by_label("哪一步的结果").nth(1).select_option("集民意 · 条数")
    condition.get_by_label("怎样比较").nth(1).select_option("至少")
    condition.get_by_label("值", exact=True).nth(1).fill("3")
    condition.get_by_label("值", exact=True).nth(1).press("Enter")
    text = condition.get_by_label("写出来就是")
    panel.desk.wait_for_function(
        "(id) => document.getElementById(id).value === '议题.结论 == \"退回\" and 民意.条数 >= 3'",
        arg=text.get_attribute("id"),
    )
    text.fill("民意.总数 > 1")
    text.blur()
    condition.get_by_role("alert").get_by_text("结果里没有「总数」").wait_for()
    text.fill("(民意.条数 + 1) * 2 > 3")
    text.blur()
    condition.get_by_text("只能在下面改文字").wait_for()
    assert b"(\xe6\xb0\x91\xe6\x84\x8f" in panel.saved()


def _a_result_is_renamed(panel: Panel) -> None:
    panel.select("juey")
    panel.desk.get_by_role("button", name="展开或收起").last.click()
    key = panel.entry("key", "juey").get_by_label("结果的名字")
    key.fill("村决议")
    key.press("Enter")
    panel.entry("key", "juey").get_by_text("处一起改了").wait_for()
    files = panel.studio.draft(panel.draft).files | {"babu.bpmn": panel.saved()}
    said = [
        one
        for one in check_folder(files, designations())
        if "决议" in one.message and one.severity == "error"
    ]
    assert not said, said


def _a_step_is_done_for_each_of_a_list(panel: Panel) -> None:
    panel.select("banjie")
    panel.desk.locator("[data-group-id='group-办几次']").get_by_role("button", name="展开或收起").click()
    loop = panel.entry("loop", "banjie")
    loop.get_by_label("办几次").select_option("名单里每一项办一次，一项一项办")
    chosen = panel.desk.locator("[data-entry-id='loop--banjie-list']").get_by_role("combobox")
    chosen.fill("制定实施方案 · 分工")
    panel.desk.get_by_role("option", name="制定实施方案 · 分工").wait_for()
    chosen.press("ArrowDown")
    chosen.press("Enter")
    panel.select("l_dingshi")
    panel.entry("timer", "l_dingshi").get_by_label("什么时候到").select_option("每隔一段时间")
    drawn = open_drawing(panel.saved())
    found = drawn.node("banjie").loop
    assert found is not None and (found.collection, found.input_item) == ("方案.事项清单", "事项")
    assert found.sequential
    event = drawn.node("l_dingshi").event
    assert event is not None and event.timer is not None and event.timer.text == "R3/P7D"


def _everything_can_be_taken_back(panel: Panel) -> None:
    undo = panel.desk.get_by_role("button", name="撤销", exact=True)
    while undo.is_enabled():
        undo.click()
    found = open_drawing(panel.saved())
    assert found.node("guangshi").properties["days"] == "{公示天数}"
    assert found.node("juey").properties["key"] == "决议"
