"""The pictures of README.md, taken anew: `python -m tests.stories.screenshots`. They are looked at, not compared."""

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.conftest import CHROMIUM, QUIET, ROOT
from tests.stories.county import County, county

IMAGES = ROOT / "docs" / "images"
GAP = 24  # pixels between two phones
COLOURS = 128  # enough for pages, and a third of the bytes


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        with county(Path(folder), browser) as village:
            _take(village)
            village.go_home()
        browser.close()


def _take(village: County) -> None:
    reporter, secretary, director = village("熊春生"), village("江玉成"), village("谭秀英")
    reporter.starts("二组桥面维修", "8600")
    director.answers("二组桥面维修", "有疑问", "发票抬头写的是个人，请换成村委会的。")
    reporter.opens_task("二组桥面维修")
    reporter.page.locator(".fjs-form").wait_for()
    reporter.types("说明", "已换成抬头为村委会的发票。")
    reporter.taps_on("提交审批")
    director.answers("二组桥面维修", "同意")
    secretary.opens("待办")
    todo = _shot(secretary.page)
    secretary.opens_task("二组桥面维修")
    secretary.page.locator(".fjs-form").wait_for()
    task = _shot(secretary.page, 420)
    reporter.opens_matter("二组桥面维修")
    reporter.page.locator(".djs-element").first.wait_for()
    _save(_side_by_side([todo, task, _shot(reporter.page)]), "phone.png")
    reporter.page.set_viewport_size({"width": 1280, "height": 1000})
    _save(_shot(reporter.page), "matter.png")
    _take_studio(village("田菊香").page)


def _take_studio(page: Page) -> None:
    """八步 on the drawing board, with what one of its three channels of opinion is set to beside it."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/studio")
    page.locator("tr", has_text="八步工作法").get_by_role("button").click()
    page.wait_for_selector("[data-ready]")
    page.evaluate("location.hash = 'shumian'")
    page.locator("#properties").get_by_text("办理说明").first.wait_for()
    page.locator("#findings .summary", has_text="没有要改的").wait_for()
    page.evaluate("document.activeElement.blur()")
    _save(_shot(page), "studio.png")


def _shot(page: Page, down: int = 0) -> Image.Image:
    """What is on the screen, `down` pixels further down the page."""
    page.evaluate("down => window.scrollTo({ top: down, behavior: 'instant' })", down)
    page.wait_for_timeout(400)
    return Image.open(io.BytesIO(page.screenshot()))


def _side_by_side(phones: list[Image.Image]) -> Image.Image:
    width = sum(phone.width for phone in phones) + GAP * (len(phones) - 1)
    sheet = Image.new("RGB", (width, phones[0].height), "white")
    left = 0
    for phone in phones:
        sheet.paste(phone, (left, 0))
        left += phone.width + GAP
    return sheet


def _save(image: Image.Image, name: str) -> None:
    image.convert("RGB").quantize(COLOURS).save(IMAGES / name, optimize=True)


if __name__ == "__main__":
    main()
