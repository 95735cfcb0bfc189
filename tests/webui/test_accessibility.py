"""Every page: axe (WCAG 2.2 AA) finds nothing, nothing is cut off, nothing speaks English; on a phone and a desk,
in ordinary and in large type.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from engine.demo import PASSWORD
from tests.conftest import PHONE, axe_violations
from tests.stories.county import County, county
from tests.stories.person import Person

DESK = {"width": 1280, "height": 900}
ENGLISH = """
() => {
  const out = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const place = node.nodeType === 3 ? node.parentElement : node;
    if (place.closest('script, style, noscript, .fjs-powered-by, .bjs-powered-by')) continue;
    if (node.nodeType === 3) { out.push(node.data); continue; }
    for (const name of ['placeholder', 'title', 'aria-label', 'alt']) out.push(node.getAttribute(name) ?? '');
  }
  const codes = /[0-9A-Z]{4,5}(-[0-9A-Z]{4,5}){1,2}/g;  // of public pages, and of receipts
  return [...new Set(out.join(' ').replace(codes, '').match(/[A-Za-z]{3,}/g) ?? [])];
}
"""
KNOWN = {
    "jpg",
    "png",
    "pdf",
    "PDF",
    "Word",
    *["xiongcs", "tanxy", "linxy", "jiangyc", "yist", "linjs"],
}  # files, accounts
CUT_OFF = """
() => {
  const wide = document.scrollingElement.scrollWidth - document.documentElement.clientWidth;
  const clipped = [...document.querySelectorAll('.nav-pills, .tabs, .actions, .topbar .container-xl')]
    .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.className + ' is clipped');
  return [...(wide > 0 ? [`the page is ${wide}px too wide`] : []), ...clipped];
}
"""
LOGO = """
() => [...document.querySelectorAll('.bjs-powered-by, .fjs-powered-by')].map((logo) => {
  logo.scrollIntoView({ block: 'center', behavior: 'instant' });
  const box = logo.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const whole = box.left >= 0 && box.right <= innerWidth && box.width > 20 && box.height > 10;
  return whole && Boolean(top?.closest('.bjs-powered-by, .fjs-powered-by'));
})
"""


class Inspector:
    """Looks at a page in all its shapes and remembers what is wrong, page by page."""

    def __init__(self) -> None:
        self.wrong: dict[str, list[str]] = {}
        self.seen: list[str] = []

    def look(
        self,
        name: str,
        page: Page,
        shapes: Sequence[tuple[Any, bool]] = tuple(product((PHONE, DESK), (False, True))),
    ) -> None:
        self.seen.append(name)
        wait(page)
        for size, both in groupby(shapes, lambda shape: shape[0]):
            page.set_viewport_size(size)
            for _, large in both:
                page.evaluate("large => document.documentElement.classList.toggle('large', large)", large)
                shape = f"{name} {size['width']}{' 大字版' if large else ''}"
                found = axe_violations(page) + page.evaluate(CUT_OFF)
                if found:
                    self.wrong[shape] = found
        page.evaluate("document.documentElement.classList.remove('large')")
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        english = set(page.evaluate(ENGLISH)) - KNOWN
        if english:
            self.wrong[f"{name} in English"] = sorted(english)
        if not all(page.evaluate(LOGO)):
            self.wrong[f"{name} logo"] = ["the logo of bpmn.io is not whole or covered"]

    def brief(self, name: str, page: Page) -> None:
        """In the two shapes that differ most, where there are many pages."""
        self.look(name, page, ((PHONE, True), (DESK, False)))


def wait(page: Page) -> None:
    """Until the form or the diagram of the page is there."""
    page.wait_for_load_state()
    for host, drawn in (("[data-form]", ".fjs-form"), ("[data-diagram]", ".djs-container .djs-element")):
        if page.locator(host).count():
            page.locator(drawn).first.wait_for()


@pytest.fixture(scope="module")
def village(
    tmp_path_factory: pytest.TempPathFactory, lived_folder: Path, browser: Browser
) -> Iterator[County]:
    with county(tmp_path_factory.mktemp("county"), browser, lived=lived_folder) as opened:
        yield opened
        opened.go_home()


@pytest.fixture
def inspect() -> Iterator[Inspector]:
    inspector = Inspector()
    yield inspector
    assert inspector.seen
    assert not inspector.wrong, "\n".join(f"{k}: {v}" for k, v in inspector.wrong.items())


def visits(inspect: Inspector, person: Person) -> Callable[[str, str], None]:
    def visit(name: str, path: str) -> None:
        person.page.goto(path)
        inspect.look(name, person.page)

    return visit


def link(person: Person, title: str) -> str:
    """Where the card with that title leads to."""
    return str(person.page.locator("main a.task", has_text=title).first.get_attribute("href"))


@pytest.mark.timeout(240)
def test_pages_of_somebody_who_does_the_work(village: County, inspect: Inspector) -> None:
    reporter, director, clerk = village("熊春生"), village("谭秀英"), village("林秀英")
    visit = visits(inspect, reporter)
    visit("发起", "/start")
    reporter.types("是什么事", " ")
    reporter.taps_on("发起，接着填第一步")
    inspect.look("发起 with an error", reporter.page)
    reporter.types("是什么事", "村口健身器材")
    reporter.taps_on("发起，接着填第一步")
    inspect.look("办理", reporter.page)
    reporter.taps_on("提交审批")
    inspect.look("办理 with errors", reporter.page)
    reporter.fills_in("18000", "清溪体育用品店")
    reporter.taps_on("提交审批")
    reporter.sees("已提交")
    inspect.look("已提交", reporter.page)
    reporter.taps_on("看这件事走到哪了")
    inspect.look("办件", reporter.page)
    matter = reporter.page.url
    reporter.taps_on("撤销这件事")
    inspect.look("撤销", reporter.page)
    for scope in ("running", "finished", "all"):
        visit(f"办件 {scope}", f"/matters?scope={scope}")
    visit("办件 found nothing", "/matters?q=没有这件事")

    visit = visits(inspect, director)
    director.opens_task("村口健身器材")
    inspect.look("会签", director.page)
    director.gives("有疑问")
    director.taps_on("提交")
    director.page.locator(".fjs-has-errors").first.wait_for()
    inspect.look("会签 with errors", director.page)
    director.page.locator(".fjs-form textarea").fill("请附上报价单。")
    director.taps_on("提交")
    director.sees("已提交")
    visit("办件 of a colleague", matter)
    for scope in ("mine", "claimable", "overdue", "done"):
        visit(f"待办 {scope}", f"/tasks?scope={scope}")

    visits(inspect, reporter)("办理 sent back", _task(reporter, "村口健身器材"))
    reporter.starts("路牌", "300")
    visit = visits(inspect, clerk)
    visit("待办 behalf", "/tasks?scope=behalf")
    visit("代录", link(clerk, "路牌"))
    clerk.gives("同意")
    clerk.taps_on("录入并提交")
    inspect.look("代录 with errors", clerk.page)
    clerk.photographs("批条.jpg")
    clerk.taps_on("录入并提交")
    clerk.sees("代录已提交")
    inspect.look("代录已提交", clerk.page)
    visits(inspect, director)("我的 with something to confirm", "/me")


def _task(person: Person, title: str) -> str:
    person.opens_task(title)
    return person.page.url


@pytest.mark.timeout(240)
def test_pages_of_the_administrator(village: County, inspect: Inspector) -> None:
    reporter, director, administrator = village("谭雪琴"), village("秦丽萍"), village("易松涛")
    reporter.starts("白石村路灯", "700")
    director.answers("白石村路灯", "同意")
    reporter.starts("白石村水闸", "800")
    visit = visits(inspect, administrator)
    visit("管理", "/admin")
    for scope in ("vacant", "overdue", "incidents", "failed"):
        visit(f"管理 {scope}", f"/admin/trouble?scope={scope}")
    administrator.page.goto("/admin/trouble?scope=vacant")
    administrator.taps_on("任命")
    inspect.look("任命", administrator.page)
    administrator.taps_on("任命，今天起生效")
    inspect.look("任命 with an error", administrator.page)
    administrator.page.get_by_label("谁").select_option(label="邓守田")
    administrator.taps_on("任命，今天起生效")
    inspect.look("任命 refused", administrator.page)
    administrator.taps_on("不改了")
    inspect.look("单位", administrator.page)
    unit = administrator.page.url
    administrator.taps_on("报账员，免去")
    inspect.look("免去", administrator.page)
    administrator.page.goto(unit)
    administrator.taps_on("登记一个人")
    inspect.look("登记人员", administrator.page)
    administrator.types("姓名", "彭新来")
    administrator.types("手机号", "1")
    administrator.taps_on("^登记$")
    administrator.sees("请核对号码")
    inspect.look("登记人员 with an error", administrator.page)
    administrator.types("手机号", "13800000000")
    administrator.taps_on("^登记$")
    administrator.sees("已登记", "彭新来")
    administrator.opens_matter("白石村水闸")
    administrator.taps_on("查看或改派")
    inspect.look("办理 of others", administrator.page)
    administrator.taps_on("改派")
    inspect.look("改派", administrator.page)


def test_pages_of_parameters(village: County, inspect: Inspector) -> None:
    """Of a township, and of a village that may change what the township has opened."""
    for name in ("易松涛", "江玉成"):
        person = village(name)
        visits(inspect, person)(f"办事标准 {name}", "/parameters")
        person.page.get_by_role("link", name="村财支出联合审批").click()
        inspect.look(f"办事标准 of a procedure {name}", person.page)
        person.page.get_by_label("较大数额的标准", exact=True).fill("很多")
        person.taps_on("^保存$")
        person.sees("请填数字")
        inspect.look(f"办事标准 with an error {name}", person.page)


def test_pages_of_everybody(village: County, inspect: Inspector, browser: Browser) -> None:
    secretary = village("江玉成")
    visit = visits(inspect, secretary)
    visit("我的", "/me")
    visit("改密码", "/me/password")
    secretary.types("现在的密码", "not-this-one")
    secretary.types("新密码", "another-one-8")
    secretary.page.get_by_label("再输一遍新密码").fill("something-else")
    secretary.taps_on("改好，重新登录")
    inspect.look("改密码 with errors", secretary.page)
    visit("发起 of somebody who starts nothing", "/start")
    visit("待办 empty", "/tasks?scope=mine")
    visit("404", "/matters/0")
    visit("403", "/admin")
    stranger: Any = browser.new_page(base_url=village.url, viewport=PHONE, locale="zh-CN")
    stranger.goto("/")
    inspect.look("登录", stranger)
    stranger.get_by_label("账号").fill("nobody")
    stranger.get_by_label("密码").fill("wrong")
    stranger.get_by_role("button", name="登录").click()
    inspect.look("登录 refused", stranger)
    stranger.close()


def test_a_failure_is_a_page_too(start_failing: str, inspect: Inspector, page: Page) -> None:
    page.goto(start_failing)
    assert re.search("编号", page.locator("main").inner_text())
    inspect.look("500", page)


@pytest.fixture
def start_failing(tmp_path: Path) -> Iterator[str]:
    """The application with a page that fails, over an empty database, in a server of its own."""
    from threading import Thread

    from werkzeug.serving import make_server

    from engine.runtime import Runtime
    from engine.store import Database
    from engine.store.migrations import upgrade
    from tests.world import configuration
    from webui.app import create_app

    database = Database(f"sqlite:///{tmp_path / 'failing.db'}")
    upgrade(database)
    app = create_app(Runtime(database, configuration(database, secure_cookies=False)))
    app.add_url_rule("/fails", "fails", lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/fails"
    server.shutdown()
    database.close()


# The states of the collective steps, as the sample county's matters stand in them: who looks, at which matter.
COLLECTIVE = (
    ("linxy", "办一所村里的老年食堂"),  # 征求意见: the clerk with the paper, asked herself
    ("luolp", "给五保户修房子"),  # 征求意见: who has given an opinion
    ("pengyc", "清淤老鸦山塘"),  # 测评: who organises it
    ("yuanxq", "清淤老鸦山塘"),  # the clerk
    ("chengm", "清淤老鸦山塘"),  # who is asked
    ("chenkq", "上湾到小学的路加护栏"),  # 票决: to be convened
    ("chenkq", "给老樟树屋场装健身器材"),  # announced
    ("luolp", "给老樟树屋场装健身器材"),  # a member waits for it
    ("linxy", "二组巷道装路灯"),  # the count is entered
    ("tianhm", "二组巷道装路灯"),  # to be confirmed
    ("wanggl", "集镇垃圾中转站搬迁"),  # by name, the chairwoman
    ("linyf", "集镇垃圾中转站搬迁"),  # a voter
    ("tanxy", "三组接通自来水"),  # 公示: feedback to answer
    ("luolp", "三组接通自来水"),  # somebody who reads it
    ("wanggl", "集镇老街供水管网改造"),  # 审议
)
SEVERAL = "details:not([open])"  # folded parts are looked at too


@pytest.mark.timeout(240)
def test_pages_of_steps_that_many_act_on(village: County, inspect: Inspector, browser: Browser) -> None:
    page, who = _phone(village, browser), ""  # one browser for all: it reads the scripts once
    for login, title in sorted(COLLECTIVE):
        if login != who:
            page.context.clear_cookies()
            _signs_in(page, login)
            who = login
        page.goto(f"/matters?q={title}")
        page.locator("main a.task", has_text=title).first.click()
        page.wait_for_url("**/matters/*")
        here = (
            page.locator("main").get_by_role("link", name="去办理").or_(page.get_by_role("link", name="查看"))
        )
        if here.count():
            here.first.click()
            page.wait_for_url("**/tasks/*")
        page.locator("main").evaluate(
            "(main, folded) => main.querySelectorAll(folded).forEach((one) => { one.open = true; })", SEVERAL
        )
        inspect.brief(f"{title}，{login}", page)
    page.context.close()


@pytest.mark.timeout(240)
def test_pages_of_meetings_and_of_a_matter_of_eight_steps(
    village: County, inspect: Inspector, browser: Browser
) -> None:
    page = _phone(village, browser)
    _signs_in(page, "jiangyc")
    page.goto("/meetings")
    inspect.brief("会议", page)
    cards = page.locator("main a.task").all()
    first = {card.locator(".due").inner_text(): card.get_attribute("href") for card in reversed(cards)}
    assert "已开完" in first
    for status, address in first.items():
        page.goto(str(address))
        inspect.brief(f"会议 {status}", page)
    for scope, title in (("running", "村口新装十盏路灯"), ("finished", "硬化村口到三组的路")):
        page.goto(f"/matters?scope={scope}&q={title}")
        page.locator("main a.task", has_text=title).first.click()
        page.wait_for_url("**/matters/*")
        inspect.brief(f"办件 {title}", page)
    page.locator("main").get_by_role("link", name="看大家的意见").click()
    page.wait_for_url("**/opinions")
    inspect.brief("意见和答复", page)
    page.context.close()


def _phone(village: County, browser: Browser) -> Page:
    page = browser.new_context(
        base_url=village.url, viewport=PHONE, locale="zh-CN", has_touch=True
    ).new_page()
    page.set_default_timeout(10_000)
    return page


def _signs_in(page: Page, login: str) -> None:
    page.goto("/")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.locator(".topbar .who").wait_for()
