"""Every page in Chromium, on a phone and on a desk: axe finds nothing, nothing is wider than the screen, no English."""

from typing import TYPE_CHECKING

import pytest

from engine.operations.incidents import report
from tests.webui.pages.browsing import enter, judge
from tests.webui.pages.conftest import Site

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page


@pytest.fixture
def story(site: Site) -> dict[str, str]:
    """One matter in each state worth looking at: name -> id."""
    site.filled(title="等主任批的")
    asked = site.filled(title="有疑问的")
    site.visitor("主任").hand_in(site.task("主任"), {"结论": "有疑问", "说明": "几米？"})
    joint = site.filled(12000, title="两人签的")
    site.visitor("书记").hand_in(site.task("书记"), {"结论": "同意", "说明": ""})
    refused = site.filled(title="不批的")
    for _ in range(2):
        site.visitor("主任").hand_in(site.task("主任", "claimable"), {"结论": "不同意", "说明": "刚买过"})
    last = site.filled(title="再来一件")
    report(site.runtime, last, "timer", "到时间的事没有办成")
    site.pass_time(days=5)
    site.start("还没填的")
    return {"asked": asked, "joint": joint, "refused": refused, "last": last}


def paths(site: Site, story: dict[str, str]) -> dict[str, list[str]]:
    joint, behalf = site.task("主任", "mine"), site.task("文书", "behalf")
    unit, chairman = f"/admin/units/{site.world.units['village']}", site.world.people["主任"]
    asked, last, refused = story["asked"], story["last"], story["refused"]
    reporter = (
        f"/tasks /start /me/password /tasks/{site.task('报账')} /matters/{asked} /matters/{asked}/cancel"
    )
    lists = (
        "/tasks?scope=claimable /tasks?scope=overdue /tasks?scope=done /me /matters /matters?scope=finished"
    )
    troubles = " ".join(
        f"/admin/trouble?scope={scope}" for scope in ("overdue", "vacant", "incidents", "failed")
    )
    changes = f"{unit}/appoint {unit}/people {unit}/dismiss?post=村委会主任&person={chairman}"
    seen = {
        "报账": f"{reporter} /done/{last}",
        "主任": f"{lists} /tasks/{joint} /matters/{story['joint']} /matters/{refused}",
        "文书": f"/tasks?scope=behalf /tasks/{behalf}/behalf /start /nowhere",
        "管得宽": f"/admin {unit} {changes} /tasks/{joint}/reassign {troubles}",
    }
    return {name: addresses.split() for name, addresses in seen.items()}


@pytest.mark.timeout(300)
def test_every_page(
    page: "Page", phone: "BrowserContext", site: Site, story: dict[str, str], address: str
) -> None:
    page.goto(f"{address}/sign-in")
    problems = judge(page, "/sign-in")
    for name, seen in paths(site, story).items():
        phone.clear_cookies()
        enter(phone, site, address, name)
        for path in seen:
            page.goto(address + path)
            assert "/sign-in" not in page.url
            problems += judge(page, path)
    assert problems == []


def test_a_step_is_done_with_a_thumb(page: "Page", phone: "BrowserContext", site: Site, address: str) -> None:
    enter(phone, site, address, "报账")
    page.goto(f"{address}/start")
    page.get_by_label("是什么事").fill("修水渠")
    page.get_by_role("button", name="发起").click()
    page.get_by_label("金额").fill("800")
    page.get_by_label("收款方").fill("建材店")
    page.get_by_label("收款方").blur()
    page.get_by_role("button", name="提交审批").click()
    page.get_by_text("还有没填好的地方").wait_for()  # no receipt yet
    photo = {"name": "票据.png", "mimeType": "image/png", "buffer": _picture()}
    page.set_input_files("input[type=file]", [photo])  # type: ignore[list-item]
    page.locator("ul.files").wait_for()
    page.get_by_role("button", name="提交审批").click()
    page.wait_for_url("**/done/**")
    assert page.get_by_role("heading", name="已提交").is_visible()
    assert page.evaluate("Object.keys(localStorage).length") == 0  # nothing of it stays on the phone
    page.get_by_role("link", name="看这件事走到哪了").click()
    page.locator(".diagram svg").first.wait_for()


def test_what_was_typed_survives_a_lost_session(
    page: "Page", phone: "BrowserContext", site: Site, address: str
) -> None:
    enter(phone, site, address, "报账")
    task = site.start()
    page.goto(f"{address}/tasks/{task}")
    page.get_by_label("收款方").fill("建材店")
    page.get_by_label("收款方").blur()
    page.wait_for_function("() => Object.keys(localStorage).length > 0")
    phone.clear_cookies()
    page.goto(f"{address}/tasks/{task}")
    assert "/sign-in" in page.url
    enter(phone, site, address, "报账")
    page.goto(f"{address}/tasks/{task}")
    page.get_by_text("已恢复您上次没有提交的内容").wait_for()
    assert page.get_by_label("收款方").input_value() == "建材店"


def test_tabs_swap_without_a_new_page(
    page: "Page", phone: "BrowserContext", site: Site, address: str
) -> None:
    site.filled()
    enter(phone, site, address, "主任")
    page.goto(f"{address}/tasks?scope=mine")
    page.evaluate("window.same = true")
    page.get_by_role("link", name="可签收").first.click()
    page.get_by_text("主任审批").wait_for()
    assert page.evaluate("window.same")
    assert "scope=claimable" in page.url


def _picture() -> bytes:
    import io

    from PIL import Image

    target = io.BytesIO()
    Image.new("RGB", (80, 60), "white").save(target, "PNG")
    return target.getvalue()
