"""A designer at a desk: a procedure drawn from blank, a foreign one repaired, a shipped one changed and published.

What is quoted of the studio stands on these pages; the pictures show a county whose matters are under way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from engine import operations
from engine.store.drafts import draft_files, drafts
from tests.conftest import ROOT
from tests.webui.studio.board import CANVAS, Board

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.docs.walk import Walk

DESIGNER = "田菊香"
FOREIGN = ROOT / "tests/engine/diagram/repair/foreign/camunda-approval.bpmn"
DRAWN, CHANGED = "山塘清淤", "村财支出联合审批"


def begins(walk: Walk) -> None:
    page = walk.album.sits(DESIGNER, "/studio")
    walk.album.take("流程设计", page)
    page = walk.album.sits(DESIGNER, "/studio/new")
    page.locator("#field-blank-title").fill(DRAWN)
    page.get_by_label("由谁发起").select_option("村党组织书记")
    walk.album.take("新建流程", page, page.locator(".desk-ways"))
    page.get_by_role("button", name="开始画").click()
    page.wait_for_selector("[data-ready]")


def draws(walk: Walk) -> None:
    board = Board(walk.album.desk(DESIGNER), _draft(walk, DRAWN))
    page = board.page
    walk.album.look(page)
    page.locator("[data-do=help]").click()
    walk.album.look(page)
    page.keyboard.press("Escape")
    board.focus()
    for key in ("Enter", "Tab"):
        page.keyboard.press(key)
    _names(page, "提出方案")
    page.keyboard.press("a")
    page.wait_for_selector(".djs-popup-search input")
    walk.album.take("接下一步", page, page.locator("#modeler"))
    page.keyboard.press("Escape")
    page.locator("[data-action=create-notice]").click()
    _clicks_between(page, "banli", "jieshu")
    _names(page, "公示方案")
    page.locator("#findings .summary").click()
    page.get_by_role("button", name="没有办理说明").first.wait_for()
    walk.album.take("画图", page)
    walk.album.take("设置栏", page, page.locator("#properties"))
    board.save()


def meets_somebody_else(walk: Walk) -> None:
    """Both save the same drawing: nobody's is lost."""
    draft = _draft(walk, DRAWN)
    board = Board(walk.album.desk(DESIGNER), draft)
    stored = walk.runtime.database.look(
        lambda c: c.execute(
            select(draft_files).where(draft_files.c.draft_id == draft, draft_files.c.name.like("%.bpmn"))
        ).one()
    )
    theirs = stored.data.replace("提出方案".encode(), "提出清淤方案".encode())
    operations.save_file(walk.runtime, walk.person(DESIGNER), draft, stored.name, theirs, stored.digest)
    board.add("jd")
    board.page.keyboard.press("Escape")
    board.page.keyboard.press("Control+s")
    board.wait("conflict")
    walk.album.take("别人也在改", board.page, board.page.locator("#drawing-notices"))


def repairs(walk: Walk) -> None:
    page = walk.album.sits(DESIGNER, "/studio/new")
    page.get_by_label("选择文件").set_input_files(FOREIGN)
    page.get_by_role("button", name="导入").click()
    page.locator(".repairs-head").wait_for()
    walk.album.take("检查", page)


def changes(walk: Walk) -> None:
    page = walk.album.sits(DESIGNER, "/studio")
    page.locator("tr", has_text=CHANGED).get_by_role("button").click()
    page.wait_for_selector("[data-ready]")
    board = Board(page, _draft(walk, CHANGED), "#dengji")
    walk.album.look(page)
    page.focus(CANVAS)
    _names(page, "登记付款")
    board.save()


def makes_forms(walk: Walk) -> None:
    page = walk.album.sits(DESIGNER, f"{_path(walk)}/forms")
    walk.album.sits(DESIGNER, f"{_path(walk)}/forms/tianbao")
    page.locator("#editor-board .fjs-element").first.wait_for()
    page.frame_locator("#preview").locator(".fjs-form").wait_for()
    page.locator("#editor-board .fjs-element", has_text="金额").last.click()
    walk.album.take("表单", page)


def sets(walk: Walk) -> None:
    walk.album.sits(DESIGNER, f"{_path(walk)}/settings")
    walk.album.sits(DESIGNER, f"{_path(walk)}/papers")
    page = walk.album.sits(DESIGNER, f"{_path(walk)}/parameters")
    page.get_by_role("link", name="登记时限").click()
    page.get_by_label("最多").fill("15工作日")
    walk.album.take("参数", page, page.locator("form.settings"))
    page.get_by_role("button", name="保存", exact=True).click()
    page.locator(".parameters-list").wait_for()
    walk.album.look(page)


def rehearses(walk: Walk) -> None:
    page = walk.album.sits(DESIGNER, f"{_path(walk)}/rehearsal")
    page.locator(".rehearsal-offers button").first.click()
    page.locator(".rehearsal-log li").first.wait_for()
    page.wait_for_load_state("networkidle")
    walk.album.take("推演", page)
    page.get_by_role("button", name="存为情形").click()
    for tab in ("人员和参数", "情形"):
        page.get_by_role("tab", name=tab).click()
        walk.album.look(page)


def explores(walk: Walk) -> None:
    page = walk.album.sits(DESIGNER, f"{_path(walk)}/exploration")
    page.get_by_role("button", name="开始走查").click()
    page.locator(".walk-result").wait_for(timeout=60_000)
    page.locator(".walk-choose").first.click()
    walk.album.take("走查", page)


def compares(walk: Walk) -> None:
    page = walk.album.sits(DESIGNER, f"{_path(walk)}/comparison")
    page.locator("#compare-right .djs-element").first.wait_for()
    walk.album.take("比较", page)


def covers(walk: Walk) -> None:
    page = walk.album.sits(DESIGNER, f"{_path(walk)}/clauses")
    page.locator("#clauses-canvas .djs-element").first.wait_for()
    page.locator(".clause-choose").first.click()
    walk.album.take("条款", page)


def publishes(walk: Walk) -> None:
    walk.album.sits(DESIGNER, f"{_path(walk)}/history")
    page = walk.album.sits(DESIGNER, f"{_path(walk)}/publish")
    walk.album.look(page)
    page.get_by_role("button", name="情形里一起改").click()
    page.get_by_text("个情形全部走通").wait_for()
    page.get_by_label("这一版改了什么").fill("登记付款最多可以定 15 个工作日；“登记支付”改称“登记付款”。")
    walk.album.take("发布", page)
    page.get_by_role("button", name="发布", exact=True).click()
    page.get_by_text("已经发布").wait_for()
    walk.album.look(page)
    page.goto("/studio")
    page.get_by_role("link", name=CHANGED, exact=True).click()
    walk.album.take("版本", page)


def _clicks_between(page: Page, one: str, other: str) -> None:
    """On the line from one element to another."""
    first, second = (page.locator(f"g[data-element-id={name}]").bounding_box() for name in (one, other))
    assert first and second
    across = (first["x"] + first["width"] + second["x"]) / 2
    page.mouse.move(across, first["y"], steps=4)
    page.mouse.move(across, first["y"] + first["height"] / 2, steps=4)
    page.mouse.down()
    page.mouse.up()


def _names(page: Page, name: str) -> None:
    """What is selected, in place of the name it has."""
    if not page.locator(".djs-direct-editing-content").count():
        page.keyboard.press("F2")
    page.locator(".djs-direct-editing-content").wait_for()
    page.keyboard.press("Control+a")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.locator(".djs-direct-editing-content").wait_for(state="detached")
    page.focus(CANVAS)


def _path(walk: Walk) -> str:
    return f"/studio/drafts/{_draft(walk, CHANGED)}"


def _draft(walk: Walk, title: str) -> str:
    found = walk.runtime.database.look(lambda c: c.scalar(select(drafts.c.id).where(drafts.c.title == title)))
    assert found, title
    return str(found)


CHAPTERS = (
    begins,
    draws,
    meets_somebody_else,
    repairs,
    changes,
    makes_forms,
    sets,
    rehearses,
    explores,
    compares,
    covers,
    publishes,
)
