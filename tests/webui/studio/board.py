"""The drawing board in a browser, as a designer's hands know it."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

CANVAS = ".djs-container > svg"

# Every word of the drawing's own parts: texts, titles, names. The properties panel has its own test; the logo is
# bpmn.io's; what the check says is the engine's.
WORDS = """() => {
  const found = [];
  const skip = '#properties, .bjs-powered-by, .bjsl-issues, #findings-list, style';
  for (const each of document.querySelectorAll('#drawing *, .drawing-dialog *')) {
    if (each.closest(skip)) continue;
    found.push(...['title', 'aria-label', 'placeholder'].map((name) => each.getAttribute(name)));
    found.push(...[...each.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent));
  }
  return found.map((word) => word?.trim()).filter(Boolean);
}"""


class Board:
    """The page of one draft's diagram, opened and ready."""

    def __init__(self, page: "Page", draft: str, fragment: str = "") -> None:
        self.page, self.draft = page, draft
        page.goto(f"/studio/drafts/{draft}{fragment}")
        page.wait_for_selector("[data-ready]")

    def focus(self) -> None:
        """On the drawing, nothing selected."""
        self.page.focus(CANVAS)
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Escape")
        self.page.focus(CANVAS)

    def put(self, name: str) -> None:
        """An element from the palette by keyboard; its name stays as it came."""
        self.page.focus(f"[data-action=create-{name}]")
        self.page.keyboard.press("Enter")
        if self.page.locator(".djs-direct-editing-content").count():
            self.page.keyboard.press("Escape")

    def add(self, letters: str) -> None:
        """An element from the menu 添加, found by the first letters of its name's pinyin."""
        self.focus()
        self.page.keyboard.press("n")
        self.choose(letters)

    def choose(self, letters: str) -> None:
        """What the open menu finds for these letters."""
        self.page.wait_for_selector(".djs-popup-search input")
        self.page.keyboard.type(letters)
        self.page.wait_for_selector(".djs-popup-search-count")
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector(".djs-popup", state="detached")

    def wait(self, state: str) -> None:
        """Until saving has come to this state."""
        self.page.wait_for_selector(f'#drawing[data-saving="{state}"]')

    def save(self) -> None:
        self.page.keyboard.press("Control+s")
        self.wait("saved")

    def press(self, label: str) -> None:
        """A button of a bar or a dialog."""
        self.page.get_by_role("button", name=label, exact=True).last.click()

    @property
    def notices(self) -> str:
        return self.page.inner_text("#drawing-notices")

    @property
    def selected(self) -> str:
        """The id of what is selected."""
        return str(self.page.get_attribute(".djs-element.selected", "data-element-id"))

    def labels(self) -> list[str]:
        """What the open menu offers."""
        found: list[Any] = self.page.locator(".djs-popup .djs-popup-label").all_inner_texts()
        return [str(one).strip() for one in found]

    def words(self) -> list[str]:
        return [str(one) for one in self.page.evaluate(WORDS)]
