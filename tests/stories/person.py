"""Somebody of the village and the phone in their hand: what they tap, type and see. Every tap is counted."""

import io
import re
from collections import Counter

from PIL import Image
from playwright.sync_api import Browser, Dialog, FilePayload, Locator, Page, expect

from engine.demo import PASSWORD
from tests.conftest import PHONE

APPROVAL = {"同意", "不同意", "有疑问"}


class Person:
    """Signs in at the first thing they do."""

    screen = PHONE

    def __init__(self, name: str, login: str, url: str, browser: Browser) -> None:
        self.name, self.login, self.url, self.taps = name, login, url, 0
        self.errors: list[str] = []
        self.tapped: Counter[str] = Counter()  # the heading of the page -> taps there
        self.phone = browser.new_context(
            base_url=url,
            viewport=self.screen,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=self.screen == PHONE,
        )
        self.page: Page = self.phone.new_page()
        self.watches(self.page)
        self.signs_in()

    def watches(self, page: Page) -> None:
        """Whatever goes wrong on a page of theirs is kept."""
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self.errors.append(f"{self.name}: {error}"))
        page.on("console", lambda said: self._console(said.type, said.text))
        page.on("dialog", self._agrees)

    def _console(self, kind: str, text: str) -> None:
        """A refusal (409, 422) is said to people on the page; everything else in the console is a fault."""
        if kind in ("error", "warning") and "Failed to load resource" not in text:
            self.errors.append(f"{self.name}: {text}")

    def _agrees(self, dialog: Dialog) -> None:
        self._count("问一声")
        dialog.accept()

    def _count(self, where: str = "") -> None:
        """One tap, on the page that is open."""
        self.taps += 1
        heading = where or self.page.locator("main h1").first.evaluate("h => h.firstChild.textContent.trim()")
        self.tapped[heading] += 1

    # ------------------------------------------------------------ small things

    def signs_in(self) -> None:
        if not self.page.url.startswith(self.url):
            self.page.goto("/")
        self.page.get_by_label("账号").fill(self.login)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        expect(self.page.locator(".topbar .who")).to_contain_text(self.name)

    def opens(self, tab: str) -> None:
        """待办, 办件, 发起, 我的 or 管理, at the bottom of the phone."""
        self._tap(self.page.get_by_label("主要功能").get_by_role("link", name=tab))

    def taps_on(self, name: str, within: str = "main") -> None:
        """A button or a link by what it says (a pattern)."""
        place = self.page.locator(within)
        wanted = re.compile(name)
        self._tap(place.get_by_role("button", name=wanted).or_(place.get_by_role("link", name=wanted)).first)

    def unfolds(self, summary: str) -> None:
        """What is folded away on a page."""
        self._tap(self.page.locator("main summary", has_text=summary).first)

    def types(self, label: str, text: str) -> None:
        self.page.get_by_label(label).and_(self.page.locator("input, textarea")).first.fill(text)

    def chooses(self, name: str) -> None:
        """One of several answers."""
        self._tap(self.page.get_by_role("radio", name=name, exact=True).first)

    def photographs(self, name: str = "票据.jpg") -> None:
        """A picture through the form's own file field; waits until it is there."""
        self._count()
        self.page.locator("main input[type=file]").set_input_files(
            {"name": name, "mimeType": "image/jpeg", "buffer": picture()}
        )
        expect(self.page.get_by_text(name).first).to_be_visible()

    def reads(self, heading: str) -> bool:
        """Whether this is the page they are on."""
        return heading in self.page.locator("main h1").first.inner_text()

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def sees_no(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("main")).not_to_contain_text(text)

    def comes(self, step: str = "") -> None:
        """Opens the site anew, as one who takes the phone out does; again, until this step waits there."""
        self.page.goto("/")
        for _ in range(40):
            if not step or self.reads(step):
                break
            self.page.wait_for_timeout(500)
            self.page.goto("/")
        assert not step or self.reads(step), f"{step} does not wait for {self.name}"

    def attaches(self, label: str, *names: str) -> None:
        """Photos through a plain file field."""
        self._count()
        files = [FilePayload(name=name, mimeType="image/jpeg", buffer=picture()) for name in names]
        self.page.get_by_label(label).first.set_input_files(files)

    def picks(self, label: str, name: str) -> None:
        """Somebody from a list: the name is typed, and tapped where it is offered."""
        self.page.get_by_label(label).first.press_sequentially(name)
        self._tap(self.page.locator(".fjs-dropdownlist-item", has_text=name).first)

    def ticks(self, *names: str) -> None:
        for name in names:
            self._tap(self.page.get_by_role("checkbox", name=name, exact=True))

    def _tap(self, target: Locator) -> None:
        self._count()
        target.click()
        self.page.wait_for_load_state()

    # ------------------------------------------------------------ what people do

    def starts(self, title: str, amount: str, payee: str = "清溪建材店") -> None:
        """发起 a spending, fill in the form and hand it in."""
        self.opens("发起")
        self.types("是什么事", title)
        self.taps_on("发起，接着填第一步")
        self.fills_in(amount, payee)
        self.taps_on("提交审批")
        self.sees("已提交", title)

    def fills_in(self, amount: str, payee: str) -> None:
        self.page.locator(".fjs-form").wait_for()
        self.types("金额", amount)
        self.types("收款方", payee)
        self.photographs()

    def opens_task(self, title: str) -> None:
        """From 待办: what I have begun comes first, what my post may claim is one tab further."""
        self.opens("待办")
        card = self.page.locator("main a.task", has_text=title)
        if not card.count():
            self.taps_on("可签收")
        self._tap(card.first)

    def opens_matter(self, title: str) -> None:
        self.opens("办件")
        card = self.page.locator("main a.task", has_text=title)
        if not card.count():
            self.taps_on("已结束")
        self._tap(card.first)

    def answers(self, title: str, verdict: str, words: str = "") -> None:
        """One's approval of a spending."""
        self.opens_task(title)
        self.gives(verdict, words)
        self.taps_on("提交")
        self.sees("已提交", verdict, *([words] if words else []))

    def gives(self, verdict: str, words: str = "") -> None:
        assert verdict in APPROVAL
        self.page.locator(".fjs-form").wait_for()
        self.chooses(verdict)
        if words:
            self.page.locator(".fjs-form textarea").fill(words)


def picture() -> bytes:
    """A photo of a paper, small."""
    target = io.BytesIO()
    Image.new("RGB", (320, 240), "#f4f1e8").save(target, "JPEG")
    return target.getvalue()
