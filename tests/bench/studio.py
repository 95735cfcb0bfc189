"""How soon a designer can draw: the drawing page of 八步 in a browser, and the check behind it.

Both are set against something ordinary measured in the same run, in turns: the opening against the opening of 待办 in
the same browser, the check against the answer of a page that asks the database for little.
"""

import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from engine import operations
from engine.clock import VirtualClock
from engine.diagram.source import is_bpmn, parse
from engine.redlines import PROCESSES
from engine.runtime import Runtime
from engine.setting_up import read_files
from engine.store import Database
from engine.store.migrations import upgrade
from tests.webui.pages.browsing import enter, served
from tests.webui.pages.conftest import MONDAY, Site
from tests.world import configuration, settle

if TYPE_CHECKING:
    from playwright.sync_api import Page

DESIGNER = "设计"
TURNS = 7
CHECKS = 15


def measure(folder: Path) -> dict[str, Any]:
    """Milliseconds until 待办 and the drawing can be used, once cached; of a page's answer and of a check's."""
    database = Database(f"sqlite:///{folder}/studio.db")
    upgrade(database)
    try:
        clock = VirtualClock(MONDAY)
        world = settle(database, clock())
        site = Site(Runtime(database, configuration(database, secure_cookies=False), clock), world, clock)
        files = read_files(PROCESSES / "babu")
        draft = operations.create_draft(site.runtime, world.people[DESIGNER], world.units["county"], files)
        return _opened(site, draft) | _checked(site, draft, files["babu.bpmn"])
    finally:
        database.close()


def _opened(site: Site, draft: str) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright

    with served(site.app) as address, sync_playwright() as running:
        browser = running.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 800}, base_url=address)
        enter(context, site, address, DESIGNER)
        page = context.new_page()
        ways = {"/tasks": "main h1", f"/studio/drafts/{draft}": "[data-ready]"}
        for path, ready in ways.items():
            _until(page, path, ready)  # scripts and styles are cached from now on
        pairs = [[_until(page, path, ready) for path, ready in ways.items()] for _ in range(TURNS)]
        browser.close()
    plain, drawing = median(a for a, _ in pairs), median(b for _, b in pairs)
    return {"plain_ms": plain * 1000, "open_ms": drawing * 1000, "open_ratio": drawing / plain}


def _until(page: "Page", path: str, ready: str) -> float:
    start = time.perf_counter()
    page.goto(path)
    page.wait_for_selector(ready)
    return time.perf_counter() - start


def _checked(site: Site, draft: str, diagram: bytes) -> dict[str, Any]:
    visitor = site.visitor(DESIGNER)
    headers = {"X-CSRF-Token": visitor.token, "Accept": "application/json"}
    body = {"files": {"babu.bpmn": diagram.decode()}}

    def check() -> float:
        start = time.perf_counter()
        answer = visitor.client.post(f"/studio/drafts/{draft}/check", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return time.perf_counter() - start

    def ask() -> float:
        start = time.perf_counter()
        assert visitor.get("/me").status_code == 200
        return time.perf_counter() - start

    check(), ask()
    pairs = [(ask(), check()) for _ in range(CHECKS)]
    page, checked = median(a for a, _ in pairs), median(b for _, b in pairs)
    elements = sum(1 for each in parse(diagram).iter() if is_bpmn(each) and each.get("id"))
    return {
        "elements": elements,
        "page_ms": page * 1000,
        "check_ms": checked * 1000,
        "check_ratio": checked / page,
    }
