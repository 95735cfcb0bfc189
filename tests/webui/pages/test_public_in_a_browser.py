"""The public pages on a phone: no script, one style sheet, nothing axe could find, also in large letters."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.conftest import PHONE, axe_violations
from tests.webui.pages.browsing import LATIN, enter
from tests.webui.pages.conftest import Site
from tests.webui.pages.test_public import PAGE_AND_STYLES, Asked, Village

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.timeout(300)


def judged(page: "Page", what: str) -> list[str]:
    problems = [f"{what}: {found}" for found in axe_violations(page)]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        problems.append(f"{what} is wider than the phone")
    low = page.evaluate(
        "[...document.querySelectorAll('main :is(a, button, summary, input:not([type=radio], [type=hidden]))')]"
        ".filter(one => one.closest('p, .trap') === null && one.getBoundingClientRect().height < 44)"
        ".map(one => one.outerHTML.slice(0, 80))"
    )
    problems += [f"{what}: too low for a thumb: {one}" for one in low]
    problems += [f"{what} says {word}" for word in LATIN.findall(page.inner_text("main"))]
    return problems


def test_a_villager_without_scripts(site: Site, browser: "Browser", address: str) -> None:
    """From the notice to an opinion handed in, with scripts switched off: page and style sheet, nothing else."""
    village = Village(site)
    context = browser.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    asked: list[str] = []
    sizes: list[int] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda response: sizes.append(len(response.body())))
    page.goto(address + village.page, wait_until="networkidle")
    assert len(asked) == 2 and "/static/build/public-" in asked[1], asked
    assert sum(sizes) < PAGE_AND_STYLES
    assert not context.cookies()
    page.get_by_role("link", name="有异议").click()
    expect(page.get_by_label("异议：不同意公示的结果")).to_be_checked()
    page.get_by_label("您要说的话").fill("路线不公平")
    page.get_by_label("怎么称呼您").fill("张建国")
    page.get_by_role("button", name="交上").click()
    expect(page.get_by_role("heading", name="已收到")).to_be_visible()
    page.get_by_role("link", name="回到这件事").click()
    page.get_by_role("link", name="大字版").click()
    expect(page.locator("html.large")).to_have_count(1)
    context.close()


def test_nothing_is_wrong_with_any_page_also_in_large_letters(site: Site, page: "Page", address: str) -> None:
    village = Village(site)
    village.say(site.stranger(), "先修下水道", 姓名="张建国")
    village.admit()
    village.say(site.stranger(), "还没有核对")
    paths = {
        "a matter": village.page,
        "the form": village.form,
        "the thanks": f"{village.page}/said?waits=1",
        "the photos": f"{village.page}/photos",
        "the board": "/p/unit/village",
        "the way in": "/p",
        "a wrong code": "/p/NOSUCHCODE",
    }
    problems = []
    for size in (0, 1):
        page.goto(f"{address}/p/size?on={size}")
        for what, path in paths.items():
            page.goto(address + path)
            problems += judged(page, f"{what} ({size})")
        page.goto(address + village.form)
        page.get_by_label("意见、建议").check()
        page.get_by_label("您要说的话").fill(" ")
        page.get_by_role("button", name="交上").click()
        expect(page.get_by_role("alert")).to_be_visible()
        problems += judged(page, f"a form that was refused ({size})")
    assert problems == []


def test_a_household_and_who_prints_its_slip(site: Site, page: "Page", address: str) -> None:
    asked = Asked(site)
    page.goto(address + asked.page)
    problems = judged(page, "a household's question")
    page.get_by_label("赞成").check()
    page.get_by_role("button", name="代表全户交上").click()
    expect(page.get_by_text("这一户的答复已经收到")).to_be_visible()
    page.get_by_text("填错了，想改").click()
    problems += judged(page, "a household's answer")
    enter(page.context, site, address, "主任")
    page.goto(f"{address}/tasks/{asked.task}/slips")
    problems += [f"slips: {found}" for found in axe_violations(page)]
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 1  # two slips left: one sheet of paper
    assert problems == []
