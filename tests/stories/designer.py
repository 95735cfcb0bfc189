"""A process designer at a desk: draws with the mouse, types, looks at every page at both widths."""

from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import PHONE
from tests.stories.person import Person

DESK = {"width": 1280, "height": 800}
WIDE = {"width": 1600, "height": 900}
SETTLED = 400  # milliseconds after which nothing moves any longer


class Designer(Person):
    """With a folder for pictures, every station of a story is taken at both widths, to be looked at."""

    screen = DESK

    def __init__(self, name: str, login: str, url: str, browser: Browser, pictures: Path | None) -> None:
        self.pictures, self.stations, self.notice = pictures, 0, ""
        super().__init__(name, login, url, browser)
        self.panel = self.page.locator("#properties")

    def _count(self, where: str = "") -> None:
        """How often a designer clicks is nobody's measure."""

    # ------------------------------------------------------------ any page

    def station(self, name: str, page: Page | None = None) -> None:
        """A picture of what is on the screen, or on that of another."""
        self.stations += 1
        if self.pictures is None:
            return
        shown = page or self.page
        self.pictures.mkdir(parents=True, exist_ok=True)
        for screen in (WIDE, DESK) if shown.context == self.phone else (PHONE,):
            shown.set_viewport_size({"width": screen["width"], "height": screen["height"]})
            shown.wait_for_timeout(SETTLED)
            shown.screenshot(path=self.pictures / f"{self.stations:02}-{name}-{screen['width']}.png")

    def turns_to(self, tab: str) -> None:
        """A tab of the draft."""
        self.page.get_by_label("这份草稿").get_by_role("link", name=tab, exact=True).click()
        self.page.wait_for_load_state()
        if tab == "流程图":
            self.page.locator("#drawing[data-ready]").wait_for()

    def presses(self, name: str, *, last: bool = False) -> None:
        found = self.page.get_by_role("button", name=name, exact=True)
        (found.last if last else found.first).click()

    # ------------------------------------------------------------ the drawing

    def shape(self, element: str) -> Locator:
        return self.page.locator(f'.djs-shape[data-element-id="{element}"]')

    def selects(self, element: str) -> None:
        """A step, or the words on a line; its settings appear at the side."""
        self.shape(element).locator(".djs-hit").first.click()
        self.panel.locator(f'[data-entry-id$="--{element.removesuffix("_label")}"]').first.wait_for()

    @property
    def selected(self) -> str:
        return str(self.page.locator(".djs-shape.selected").first.get_attribute("data-element-id"))

    def becomes(self, kind: str) -> None:
        """What is selected gets another kind, from the buttons beside it."""
        self.page.locator(".djs-context-pad [data-action=replace]").click()
        self.page.locator(".djs-popup .entry", has_text=kind).first.click()
        self.page.locator(".djs-popup").wait_for(state="detached")

    def drops(self, entry: str, x: float, y: float) -> str:
        """An element of the palette, put down there; its id."""
        self.page.locator(f".djs-palette [data-action=create-{entry}]").click()
        self.page.mouse.move(x - 30, y - 10, steps=4)
        self.page.mouse.move(x, y, steps=4)
        self.page.mouse.click(x, y)
        return self.selected

    def leads(self, source: str, target: str) -> None:
        """A line drawn from one to another."""
        self.selects(source)
        self.page.locator(".djs-context-pad [data-action=connect]").click()
        box = self.box(target)
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=8)
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def box(self, element: str) -> dict[str, float]:
        """Where it is on the screen."""
        found = self.shape(element).locator(".djs-hit").first.bounding_box()
        assert found is not None, element
        return {"x": found["x"], "y": found["y"], "width": found["width"], "height": found["height"]}

    def explains(self, words: str) -> None:
        """What those who do the step are to know."""
        field = self.panel.get_by_label("办理说明")
        field.fill(words)
        field.blur()

    def saved(self) -> None:
        self.page.keyboard.press("Control+s")
        expect(self.page.locator("#drawing")).to_have_attribute("data-saving", "saved")

    def checked(self, words: str) -> None:
        """What the bar of the check says, when it has come to it."""
        expect(self.page.locator("#findings .summary")).to_contain_text(words)
