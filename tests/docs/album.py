"""Phones and desks in the sample county and the pictures taken of them; whatever a page said on the way is kept."""

import io
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Locator, Page

from engine import demo
from engine.demo import PASSWORD
from tests.conftest import PHONE
from tests.stories.person import picture

MARGIN = 8  # around what is cut out
TALLEST = 760  # of a picture: what is longer is cut off below
SHARP = 2  # device pixels to a CSS pixel: phones' displays are fine
DESK = {"width": 1280, "height": 800}
COLOURS = 48
# What somebody can read here: in the text, also folded, in fields, and what a field asks for.
WORDS = """() => {
  const folded = [...document.querySelectorAll('details:not([open])')];
  folded.forEach(one => { one.open = true; });
  const text = document.body.innerText;
  folded.forEach(one => { one.open = false; });
  const fields = [...document.querySelectorAll('input:not([type=hidden]), textarea')];
  return [text, ...fields.flatMap(one => [one.placeholder, one.value])].join('\\n');
}"""

# The browser of the tests speaks English in its own widgets, a phone in the village speaks Chinese; and no village's
# site is called after a port.
IN_CHINESE = """() => {
  if (navigator.maxTouchPoints) document.activeElement?.blur(); // at a desk what is typed into stays open
  for (const field of document.querySelectorAll('input.form-control:is([type=file], [type=datetime-local])')) {
    const shown = document.createElement('div');
    shown.className = 'form-control';
    shown.dataset.inChinese = '';
    shown.textContent = field.type === 'file'
      ? `选择文件　${[...field.files].map(one => one.name).join('、') || '未选择'}`
      : field.value.replaceAll('-', '/').replace('T', '　');
    field.after(shown);
    field.style.display = 'none';
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (text.data.includes(location.host)) text.data = text.data.replaceAll(location.host, 'cunyi.example');
  }
}"""
AS_IT_WAS = """() => {
  for (const shown of document.querySelectorAll('[data-in-chinese]')) {
    shown.previousElementSibling.style.display = '';
    shown.remove();
  }
}"""


@cache
def _county() -> dict[str, Any]:
    return tomllib.loads((Path(demo.__file__).parent / "county.toml").read_text("utf-8"))


def logins() -> Mapping[str, str]:
    """The accounts of the sample county by the name of their person."""
    names = {person["code"]: person["name"] for person in _county()["people"]}
    return {names[account["person"]]: account["login"] for account in _county()["accounts"]}


def registered(register: str, unit: str) -> list[str]:
    """The names on a register of the sample county, of those who have an account."""
    codes = next(
        r["people"] for r in _county()["registers"] if (r["register"], r["unit"]) == (register, unit)
    )
    names = {person["code"]: person["name"] for person in _county()["people"] if person["code"] in codes}
    return [names[code] for code in codes if names[code] in logins()]


def squeezed(text: str) -> str:
    """Without white space: pages break lines where they like."""
    return re.sub(r"\s+", "", text)


@dataclass
class Album:
    """Pictures by name, as PNG, and the words of all pages seen. People come by name and keep their phone, or desk.

    Without `shoots` it is only seen to that what a picture shows is there: quick, and no pixels.
    """

    url: str
    browser: Browser
    shoots: bool = False
    pictures: dict[str, bytes] = field(default_factory=dict)
    words: str = ""
    errors: list[str] = field(default_factory=list)
    _screens: dict[tuple[str, bool], Page] = field(default_factory=dict)

    def phone(self, name: str = "") -> Page:
        """Somebody's phone, signed in; with no name one that nobody has signed in on."""
        return self._screen(name, desk=False)

    def desk(self, name: str) -> Page:
        """Somebody's computer, signed in."""
        return self._screen(name, desk=True)

    def _screen(self, name: str, *, desk: bool) -> Page:
        if (name, desk) not in self._screens:
            page = self._new(desk=desk)
            page.set_default_timeout(15_000)
            page.on("pageerror", lambda error: self.errors.append(f"{name}：{error}"))
            page.on("dialog", lambda dialog: dialog.accept())
            self._screens[name, desk] = page
            if name:
                _sign_in(page, logins()[name])
        return self._screens[name, desk]

    def opens(self, name: str, address: str) -> Page:
        return self._goes(self.phone(name), address)

    def sits(self, name: str, address: str) -> Page:
        """At a desk."""
        return self._goes(self.desk(name), address)

    def _goes(self, page: Page, address: str) -> Page:
        page.goto(address)
        self.look(page)
        return page

    def look(self, page: Page) -> None:
        """Remember what the page says."""
        page.wait_for_load_state()
        if page.locator("[data-form]").count():
            page.locator(".fjs-form").first.wait_for()
        self.words += squeezed(page.evaluate(WORDS))

    def take(self, name: str, page: Page, first: Locator | None = None, last: Locator | None = None) -> None:
        """A picture from one element to another; of the screen as it is without them."""
        self.look(page)
        if not self.shoots:
            for shown in filter(None, (first, last)):
                shown.wait_for()
            self.pictures[name] = b""
            return
        page.evaluate(IN_CHINESE)
        self.pictures[name] = _png(page.screenshot() if first is None else _cut(page, first, last or first))
        page.evaluate(AS_IT_WAS)

    def close(self) -> None:
        for page in self._screens.values():
            page.context.close()

    def _new(self, *, desk: bool) -> Page:
        context = self.browser.new_context(
            base_url=self.url,
            viewport=DESK if desk else PHONE,
            device_scale_factor=SHARP if self.shoots and not desk else 1,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=not desk,
            reduced_motion="reduce" if desk else "no-preference",
        )
        return context.new_page()


def unfold(details: Locator) -> Locator:
    """Opened, whether it was or not."""
    details.evaluate("one => { one.open = true; }")
    return details


def photo(field: Locator, name: str = "照片.jpg") -> None:
    """A photo of a paper in a plain file field."""
    field.set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": picture()})


def _cut(page: Page, first: Locator, last: Locator) -> bytes:
    """The part of the page between two elements, on a screen high enough that nothing covers it; of a desk as it is."""
    if page.viewport_size == DESK:
        return _piece(page, first, last)
    width = PHONE["width"]
    page.set_viewport_size({"width": width, "height": page.evaluate("document.body.scrollHeight") + 200})
    page.wait_for_timeout(300)  # what unfolds has its height then
    top, bottom = first.bounding_box(), last.bounding_box()
    assert top and bottom, "nothing to be seen"
    start = max(0, top["y"] - MARGIN)
    height = min(TALLEST, bottom["y"] + bottom["height"] + MARGIN - start)
    shot = page.screenshot(clip={"x": 0, "y": start, "width": width, "height": height})
    page.set_viewport_size(PHONE)
    return shot


def _piece(page: Page, first: Locator, last: Locator) -> bytes:
    one, other = first.bounding_box(), last.bounding_box()
    assert one and other, "nothing to be seen"
    left, top = (max(0, min(one[side], other[side]) - MARGIN) for side in ("x", "y"))
    right, bottom = (
        min(DESK[span], max(each[side] + each[span] for each in (one, other)) + MARGIN)
        for side, span in (("x", "width"), ("y", "height"))
    )
    return page.screenshot(clip={"x": left, "y": top, "width": right - left, "height": bottom - top})


def _sign_in(page: Page, login: str) -> None:
    page.goto("/")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.locator(".topbar .who").wait_for()


def _png(shot: bytes) -> bytes:
    target = io.BytesIO()
    Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS).save(target, "PNG", optimize=True)
    return target.getvalue()
