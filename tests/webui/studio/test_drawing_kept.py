"""Whatever happens while somebody draws, the drawing is not lost."""

from typing import TYPE_CHECKING

from engine import operations
from tests.webui.pages.browsing import enter
from tests.webui.studio.board import Board
from tests.webui.studio.conftest import Studio

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

FILE = "zhichu.bpmn"


def drawn(studio: Studio, draft: str) -> bytes:
    return studio.draft(draft).files[FILE]


def somebody_else_saves(studio: Studio, draft: str) -> None:
    """同行 changes the name of the first step."""
    one = studio.draft(draft).stored[FILE]
    data = one.data.replace("填报".encode(), "又填报".encode())
    assert data != one.data
    operations.save_file(studio.runtime, studio.world.people["同行"], draft, FILE, data, one.digest)


def test_a_session_that_ends_and_a_server_that_is_away(
    studio: Studio, desk: "Page", studio_address: str
) -> None:
    draft = studio.draft_of("zhichu")
    board = Board(desk, draft)
    board.add("gs")
    board.wait("saved")  # by itself
    assert b'value="notice"' in drawn(studio, draft)

    desk.context.clear_cookies()
    board.add("pj")
    board.wait("signed-out")
    assert "登录已过期" in board.notices
    assert desk.get_by_role("link", name="重新登录").get_attribute("target") == "_blank"
    enter(desk.context, studio, studio_address, "同行")
    desk.evaluate("() => window.dispatchEvent(new Event('focus'))")  # back from the other tab
    desk.get_by_text("现在登录的是别人").wait_for()  # under whose name nothing is saved
    enter(desk.context, studio, studio_address, studio.designer)
    desk.evaluate("() => window.dispatchEvent(new Event('focus'))")
    board.wait("saved")
    assert b'value="ballot"' in drawn(studio, draft)
    assert board.notices == ""

    failing = {"on": True}

    def unwell(route: "Route") -> None:
        if failing["on"]:
            route.fulfill(status=500, json={"error": {"code": "internal", "message": "系统出错了"}})
        else:
            route.continue_()

    desk.route("**/files/**", unwell)
    board.add("cp")
    board.wait("away")
    assert "系统出错了" in board.notices
    assert "不下副本" not in board.notices
    desk.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")
    board.add("hq")
    board.press("现在再试")
    desk.wait_for_selector("[data-notice=unkept]")  # nothing is promised that is not so
    failing["on"] = False
    board.press("现在再试")
    board.wait("saved")
    assert b'value="assess"' in drawn(studio, draft) and b'value="cosign"' in drawn(studio, draft)
    assert board.notices == ""


def test_a_closed_tab_leaves_a_copy(studio: Studio, desk: "Page") -> None:
    draft = studio.draft_of("zhichu")
    desk.context.route("**/files/**", lambda route: route.abort())
    board = Board(desk, draft)
    board.add("hq")
    board.wait("away")
    again = desk.context.new_page()
    desk.close()
    again.context.unroute("**/files/**")
    board = Board(again, draft)
    again.wait_for_selector("[data-notice^=copy-]")
    board.press("看看不同")
    again.wait_for_selector("#drawing-compare .picture:nth-of-type(1) .djs-shape")
    assert again.locator("#drawing-compare .djs-container").count() == 2
    board.press("看好了")
    board.press("恢复")
    board.wait("saved")
    assert b'value="cosign"' in drawn(studio, draft)
    assert board.notices == ""
    again.reload()
    again.wait_for_selector("[data-ready]")
    assert board.notices == ""


def test_two_designers_at_the_same_diagram(studio: Studio, desk: "Page") -> None:
    draft = studio.draft_of("zhichu")
    board = Board(desk, draft)

    somebody_else_saves(studio, draft)
    board.add("gs")
    board.wait("conflict")
    assert "流程图刚刚被同行改过" in board.notices
    board.press("用我的（覆盖）")
    board.wait("saved")
    assert b'value="notice"' in drawn(studio, draft) and "又填报".encode() not in drawn(studio, draft)

    somebody_else_saves(studio, draft)
    board.add("pj")
    board.wait("conflict")
    board.press("用对方的")
    board.wait("saved")
    assert b'value="ballot"' not in drawn(studio, draft)
    assert "没有保存的改动" in board.notices  # mine is still here
    board.press("不要")
    assert board.notices == ""

    somebody_else_saves(studio, draft)
    board.add("cp")
    board.wait("conflict")
    board.press("把我的另存为一份草稿")
    desk.wait_for_url(lambda address: draft not in address)
    desk.wait_for_selector("[data-ready]")
    mine = desk.url.rsplit("/", 1)[1]
    assert b'value="assess"' in drawn(studio, mine)
    assert b'value="assess"' not in drawn(studio, draft)


def test_two_windows_of_one_person(studio: Studio, desk: "Page") -> None:
    draft = studio.draft_of("zhichu")
    desk.context.route("**/files/**", lambda route: route.abort())
    board = Board(desk, draft)
    board.add("hq")
    board.wait("away")
    second = desk.context.new_page()
    other = Board(second, draft)
    second.wait_for_selector("[data-notice=elsewhere]")
    assert "没有保存的改动" not in other.notices  # somebody is still at it
    desk.close()
    second.wait_for_selector("[data-notice^=copy-]")
    second.context.unroute("**/files/**")
    other.press("恢复")
    other.wait("saved")
    assert b'value="cosign"' in drawn(studio, draft)
