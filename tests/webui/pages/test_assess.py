"""测评 in Chromium, on a phone: one tap rates, papers go in with a photo, the organiser sums up; axe finds nothing."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.conftest import axe_violations
from tests.consulting import Square
from tests.procedures import step
from tests.webui.pages.browsing import enter
from tests.webui.pages.conftest import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

RATING = {"kind": "assess", "from": "村民代表", "pass": "至少 3/5 收回票", "least": "2", "until": "7d"}
TOO_WIDE = "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def square(site: Site) -> Square:
    return Square(site.runtime, site.world, step("rate", "群众测评", "村委会主任", **RATING), asked=5)


@pytest.fixture
def photo(tmp_path: Path) -> str:
    target = tmp_path / "测评票.png"
    buffer = io.BytesIO()
    Image.new("RGB", (80, 60), "white").save(buffer, "PNG")
    target.write_bytes(buffer.getvalue())
    return str(target)


class Screen:
    """One person's browser."""

    def __init__(self, browser: "Browser", site: Site, address: str, name: str, width: int = 390) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 844}, locale="zh-CN")
        enter(self.context, site, address, name)
        self.page: Page = self.context.new_page()
        self.address = address
        self.page.on("dialog", lambda dialog: dialog.accept())

    def see(self, path: str) -> "Page":
        self.page.goto(self.address + path)
        assert axe_violations(self.page) == []
        assert self.page.evaluate(TOO_WIDE) == 0
        return self.page


@pytest.fixture
def screens(browser: "Browser", site: Site, address: str) -> Iterator[dict[str, Screen]]:
    opened: dict[str, Screen] = {}

    class Opening(dict[str, Screen]):
        def __missing__(self, name: str) -> Screen:
            who, _, width = name.partition("@")
            self[name] = opened[name] = Screen(browser, site, address, who, int(width or 390))
            return self[name]

    yield Opening()
    for screen in opened.values():
        screen.context.close()


def test_from_the_first_tap_to_the_result(square: Square, screens: dict[str, Screen], photo: str) -> None:
    matter, task = square.matter()
    rater = screens["代表1"].see(f"/tasks/{task}")
    rater.get_by_role("button", name="满意", exact=True).click()
    rater.get_by_text("您评的是“满意”").wait_for()
    rater.get_by_role("button", name="撤回，重新评").click()
    rater.get_by_label("意见和建议").fill("路灯还差两盏")
    rater.get_by_role("button", name="不满意").click()
    rater.get_by_text("您评的是“不满意”").wait_for()

    chairman = screens["主任"].see(f"/tasks/{task}")
    assert chairman.get_by_text("现在还不能汇总").is_visible()
    assert chairman.get_by_role("button", name="汇总，看结果").count() == 0
    chairman.get_by_text("录入测评票（纸质）").click()
    chairman.get_by_label("满意（张）", exact=True).fill("9")
    chairman.get_by_label("票上写的意见").fill("很好")
    chairman.locator("#photos-照片").set_input_files(photo)
    chairman.get_by_role("button", name="录入", exact=True).click()
    chairman.get_by_text("票数对不上").wait_for()
    assert axe_violations(chairman) == []
    assert chairman.get_by_label("满意（张）", exact=True).input_value() == "9", "what was typed stays"
    assert chairman.get_by_label("票上写的意见").input_value() == "很好"
    assert chairman.get_by_text("已上传 1 张").is_visible()
    chairman.get_by_label("满意（张）", exact=True).fill("3")
    chairman.get_by_role("button", name="录入", exact=True).click()
    chairman.get_by_text("满意 3 张").wait_for()

    clerk = screens["文书"].see(f"/tasks/{task}")
    clerk.get_by_text("代录一个人的评价").click()
    clerk.get_by_label("替谁录").select_option(label="代表5")
    clerk.get_by_role("radio", name="基本满意").check()
    clerk.locator("#photos-_papers").set_input_files(photo)
    clerk.get_by_role("button", name="代录", exact=True).click()
    clerk.get_by_text("已参评 5 人").wait_for()

    screens["主任@1280"].see(f"/tasks/{task}")
    chairman = screens["主任"].see(f"/tasks/{task}")
    chairman.get_by_role("button", name="汇总，看结果").click()
    chairman.wait_for_url("**/done/**")
    result = square.result(matter, "测评") or square.result(matter, "群众测评")
    assert result is not None and (result["结论"], result["满意率"]) == ("满意", "4/5")
    shown = screens["书记"].see(f"/matters/{matter}")
    assert shown.get_by_text("4/5").first.is_visible()
