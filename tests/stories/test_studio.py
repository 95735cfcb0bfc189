"""A procedure drawn with another tool comes to the villages: imported, mended, drawn on, rehearsed, explored, compared,
published; and what was begun by its first version is done by it.

By mouse and keyboard alone, on a running server. `pytest --pictures FOLDER` takes every station at both widths.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.stories.county import County
from tests.stories.designer import Designer
from tests.stories.person import Person

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOREIGN = Path(__file__).parent / "lease.bpmn"
GRANARY, POND = "老粮仓出租", "上湾鱼塘出租"
CLERK = "林秀英"


@pytest.mark.timeout(300)
def test_a_foreign_drawing_becomes_a_procedure_of_the_villages(
    new_county: County, browser: "Browser", pictures: Path | None
) -> None:
    story(new_county, browser, pictures)


def story(village: County, browser: "Browser", pictures: Path | None) -> None:
    designer = Designer("田菊香", "tianjx", village.url, browser, pictures)
    imports(designer)
    repairs(designer)
    makes_it_run(designer)
    clears_up(designer)
    publishes_the_first(designer)
    clerk = village(CLERK)
    starts(clerk, GRANARY)
    adds_a_notice(designer)
    branches_on_objections(designer)
    mends_what_the_check_finds(designer)
    asks_for_the_deposit(designer)
    rehearses(designer)
    explores(designer)
    compares(designer)
    publishes_the_second(designer)
    the_old_one_stays(clerk)
    designer.station("第一版的办件", clerk.page)
    starts(clerk, POND)
    designer.station("第二版的办件", clerk.page)
    designer.phone.close()
    assert not designer.errors, designer.errors


# ---------------------------------------------------------------- the first version


def imports(designer: Designer) -> None:
    designer.opens("流程设计")
    designer.station("流程设计")
    designer.page.get_by_role("link", name="导入文件").click()
    designer.page.get_by_label("选择文件").set_input_files(FOREIGN)
    designer.station("导入")
    designer.presses("导入")
    designer.sees("集体资产出租", "7 项可以自动修")
    designer.station("检查")


def repairs(designer: Designer) -> None:
    """Four questions answered, everything else mended at one press."""
    for question, answer in {
        "由谁办：泳道“村文书”": "文书",
        "由谁办：泳道“村民代表大会”": "村代会主席",
        "在哪一级办": "村",
        "由谁发起": "文书",
    }.items():
        designer.page.get_by_label(re.compile(f"^{question}")).select_option(answer)
    designer.page.get_by_role("button", name="全部修好能自动修的").click()
    designer.sees("修好了", "6 处要您自己写或者画")
    designer.station("修好")


def makes_it_run(designer: Designer) -> None:
    designer.turns_to("流程图")
    designer.checked("处要改")
    designer.station("流程图")
    designer.selects("Activity_plan")
    designer.explains("写清出租什么、租给谁、租多久、每年多少钱。")
    designer.selects("Activity_vote")
    designer.becomes("票决")
    designer.explains("召集村民代表开会，逐项表决出租方案。")
    designer.station("换成票决")
    designer.selects("Activity_0q9")
    is_called(designer, "名称", "订合同")
    designer.explains("按公布的方案订合同，双方签字。")
    designer.selects("Activity_book")
    designer.explains("把合同记进资产台账。")
    designer.selects("Flow_5_label")
    designer.panel.get_by_label("其余情况都走这条").check()
    designer.selects("Flow_4_label")
    written = designer.panel.get_by_label("写出来就是")
    written.fill("")
    written.blur()
    only_when(designer, "村民代表表决 · 结论", "通过")
    expect(designer.panel.get_by_label("写出来就是")).to_have_value('村民代表表决.结论 == "通过"')
    designer.station("条件")
    designer.checked("1 处提示")  # the form the vote does not need any longer
    designer.saved()


def clears_up(designer: Designer) -> None:
    designer.turns_to("表单")
    designer.station("表单")
    designer.page.locator(".form-card", has_text="还没有哪一步用它").get_by_role(
        "button", name="删除"
    ).click()
    designer.sees_no("还没有哪一步用它")


def publishes_the_first(designer: Designer) -> None:
    designer.turns_to("发布")
    designer.sees("检查通过", "第一次发布")
    designer.page.get_by_label("这一版改了什么").fill("照镇里的流程图，表决以后才能订合同。")
    designer.station("发布第一版")
    designer.presses("发布")
    designer.sees("集体资产出租 第 1 版")
    designer.station("第一版")


def starts(clerk: Person, matter: str) -> None:
    clerk.opens("发起")
    clerk.taps_on("集体资产出租")
    clerk.types("是什么事", matter)
    clerk.taps_on("发起，接着填第一步")
    clerk.page.locator(".fjs-form").wait_for()
    clerk.types("出租什么", matter.removesuffix("出租"))
    clerk.types("每年租金（元）", "12000")
    clerk.taps_on("提交")
    clerk.sees("已提交", matter)


# ---------------------------------------------------------------- the second version


def adds_a_notice(designer: Designer) -> None:
    """Put down on the line that leads to the contract, so that it stands in it."""
    designer.opens("流程设计")
    designer.station("流程设计，有草稿")
    designer.page.get_by_role("row", name="集体资产出租").get_by_role("link", name="接着改").click()
    designer.page.locator("#drawing[data-ready]").wait_for()
    vote, contract = designer.box("Gateway_1t7"), designer.box("Activity_0q9")
    x = (vote["x"] + vote["width"] + contract["x"]) / 2
    designer.notice = designer.drops("notice", x, contract["y"] + contract["height"] / 2)
    designer.page.keyboard.type("公示出租方案")
    designer.page.keyboard.press("Enter")
    days = designer.panel.get_by_label("公示多久", exact=True)
    days.fill("7")
    days.press("Enter")
    expect(designer.panel.get_by_label("公示多久，按什么算")).to_have_value("d")
    designer.station("公示七天")


def branches_on_objections(designer: Designer) -> None:
    """Whoever objects sends the plan back: a branch on the line, and a way to the first step."""
    notice, contract = designer.box(designer.notice), designer.box("Activity_0q9")
    x = (notice["x"] + notice["width"] + contract["x"]) / 2
    branch = designer.drops("exclusive", x, notice["y"] + notice["height"] / 2)
    designer.page.keyboard.press("Escape")
    designer.leads(branch, "Activity_plan")
    designer.checked("处要改")
    designer.page.locator("#findings .summary").click()
    expect(designer.page.locator("#findings-list")).to_contain_text("「到 拟出租方案」没有")
    designer.station("检查出问题")
    designer.page.locator("#findings .summary").click()
    is_called(designer, "线上的字", "有异议")  # the new line is selected
    only_when(designer, "公示出租方案 · 结论", "有异议")
    expect(designer.panel.get_by_label("写出来就是")).to_have_value('公示出租方案.结论 == "有异议"')
    contract, middle = designer.box("Activity_0q9"), designer.box(branch)
    x = (middle["x"] + middle["width"] + contract["x"]) / 2
    designer.page.mouse.click(x, middle["y"] + middle["height"] / 2)
    is_called(designer, "线上的字", "无异议")
    designer.panel.get_by_label("其余情况都走这条").check()


def is_called(designer: Designer, label: str, words: str) -> None:
    field = designer.panel.get_by_label(label)
    field.fill(words)
    field.press("Enter")


def mends_what_the_check_finds(designer: Designer) -> None:
    """A step says nothing to those who do it: the finding leads to the field."""
    designer.checked("1 处要改")
    finding = designer.page.locator(f'[data-container-id="{designer.notice}"] .bjsl-icon-error')
    expect(finding).to_have_count(1)
    designer.page.locator("#findings .summary").click()
    designer.page.get_by_role("button", name="没有办理说明").click()
    designer.station("检查到一步")
    designer.explains("方案贴在村务公开栏，满七天；有异议的如实记下。")
    expect(finding).to_have_count(0)
    designer.checked("没有要改的")
    designer.page.get_by_role("button", name="整理版面").click()
    designer.page.locator("[data-notice=arranging]").wait_for(state="detached")
    designer.saved()
    designer.station("整理版面")


def asks_for_the_deposit(designer: Designer) -> None:
    """The contract's form opens beside the drawing; a field is added to it, and seen as on a phone."""
    designer.selects("Activity_0q9")
    with designer.phone.expect_page() as opened:
        designer.panel.get_by_role("link", name="修改这张表单").click()
    form = opened.value
    designer.watches(form)
    form.locator(".fjs-palette-field[data-field-type=number]").click()
    form.get_by_label("名称", exact=True).fill("押金（元）")
    form.get_by_text("必须填", exact=True).click()
    form.frame_locator("#preview").get_by_text("押金（元）").wait_for()
    form.keyboard.press("Control+s")
    form.get_by_text("已保存").wait_for()
    designer.station("表单编辑", form)
    form.close()


def only_when(designer: Designer, result: str, value: str) -> None:
    """The line that is selected is taken when this result is that value."""
    designer.panel.get_by_text("加一条").click()
    designer.panel.get_by_label("哪一步的结果").select_option(result)
    designer.panel.get_by_label("值", exact=True).select_option(value)


# ---------------------------------------------------------------- tried out


def rehearses(designer: Designer) -> None:
    """The vote is lost; one step back, and won."""
    designer.turns_to("推演")
    task = designer.page.locator(".rehearsal-task")
    designer.station("推演")
    comes_to(designer, "拟出租方案")
    comes_to(designer, "村民代表表决", "未通过")
    designer.sees("已经走到：不出租")
    designer.station("没有通过")
    designer.presses("退一步")
    comes_to(designer, "村民代表表决", "通过")
    task.filter(has_text="公示出租方案").wait_for()
    designer.station("公示")
    comes_to(designer, "公示出租方案", "无异议")
    comes_to(designer, "订合同")
    comes_to(designer, "登记台账")
    designer.sees("已经走到：已出租")
    designer.presses("存为情形")
    designer.page.get_by_label("名称").fill("表决通过，公示没有异议")
    designer.station("存为情形")
    designer.presses("存为情形", last=True)
    designer.sees("存好了，也跑过了")
    designer.station("情形")


def comes_to(designer: Designer, step: str, result: str = "") -> None:
    task = designer.page.locator(".rehearsal-task", has_text=step)
    offers = task.locator(".rehearsal-offers")
    (
        offers.get_by_role("button", name=result, exact=True)
        if result
        else offers.get_by_role("button").first
    ).click()
    task.wait_for(state="detached")


def explores(designer: Designer) -> None:
    designer.turns_to("走查")
    designer.presses("开始走查")
    designer.page.locator(".walk-result").wait_for(timeout=60_000)
    designer.sees("走完了")
    designer.station("走查")


def compares(designer: Designer) -> None:
    designer.turns_to("比较")
    designer.page.locator("#compare-right .diff-added").first.wait_for()
    designer.sees("公示出租方案")
    designer.station("比较")
    designer.page.get_by_role("tab", name="表单").click()
    designer.sees("押金（元）")
    designer.station("比较表单")


def publishes_the_second(designer: Designer) -> None:
    designer.turns_to("发布")
    designer.sees("1 个情形全部走通", "正在办的 1 件仍按原来的版本办完")
    designer.page.get_by_label("这一版改了什么").fill("表决以后公示七天，没有异议才订合同；订合同要写押金。")
    designer.station("发布第二版")
    designer.presses("发布")
    designer.sees("集体资产出租 第 2 版")
    designer.station("第二版")


# ---------------------------------------------------------------- in the village


def the_old_one_stays(clerk: Person) -> None:
    clerk.opens_matter(GRANARY)
    clerk.sees("按第 1 版办理，现行第 2 版只管以后新办的")
