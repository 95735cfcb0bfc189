"""How soon the studio answers: 八步 on the drawing board in a browser, what a designer asks of it, 走查 of all.

Set against something ordinary measured in the same run, in turns: the opening against the opening of 待办 in the same
browser, an answer against that of a page that asks the database for little.
"""

import json
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from engine import operations
from engine.clock import VirtualClock
from engine.diagram.source import is_bpmn, parse
from engine.exploration import explore
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
STORY = "23-reports-until-done.toml"  # one of the longest


def measure(folder: Path) -> dict[str, Any]:
    """Milliseconds until 待办 and the drawing can be used, once cached; what `_answered` and `_explored` find."""
    database = Database(f"sqlite:///{folder}/studio.db")
    upgrade(database)
    try:
        clock = VirtualClock(MONDAY)
        world = settle(database, clock())
        site = Site(Runtime(database, configuration(database, secure_cookies=False), clock), world, clock)
        files = read_files(PROCESSES / "babu")
        place = site.runtime, world.people[DESIGNER], world.units["county"]
        draft = operations.create_draft(*place, files)
        drawing = files["babu.bpmn"]
        renamed = operations.create_draft(
            *place, files | {"babu.bpmn": drawing.replace(b' name="', ' name="新'.encode())}
        )
        return _opened(site, draft) | _answered(site, draft, renamed, drawing.decode()) | _explored()
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


def _answered(site: Site, draft: str, renamed: str, drawing: str) -> dict[str, Any]:
    """Every question in turns with the page 我的: {question: {ms, ratio}}, medians."""
    desk = _Desk(site, f"/studio/drafts/{draft}")
    less = (PROCESSES / "yishi" / "yishi.bpmn").read_text("utf-8")
    opened = desk.get(f"/scenarios/{STORY}").get_json()
    tale = opened["stage"] | {"step": opened["step"]}
    days = count(1)  # a story with another calendar is played from its first move

    def played(story: dict[str, Any]) -> None:
        assert desk.post("/rehearsal/play", story).get_json()["refused"] is None

    def replay() -> None:
        played(tale | {"calendar": {f"2030-01-{next(days):02}": "休"}})

    questions: dict[str, Callable[[], Any]] = {
        "check": lambda: desk.post("/check", {"files": {"babu.bpmn": drawing}}),
        "smaller check": lambda: desk.post("/check", {"files": {"babu.bpmn": less}}),
        "layout": lambda: desk.post("", {"xml": drawing}, "/studio/layout"),
        "comparison": lambda: desk.get(f"/comparison?left=d{renamed}&right=now"),
        "replay": replay,
        "next move": lambda: played(tale),
    }
    found: dict[str, Any] = {
        "moves": len(tale["step"]),
        "elements": _elements(drawing),
        "fewer": _elements(less),
    }
    for name, ask in questions.items():
        _seconds(ask)
        pairs = [(_seconds(lambda: desk.get("", "/me")), _seconds(ask)) for _ in range(TURNS)]
        plain, answered = median(a for a, _ in pairs), median(b for _, b in pairs)
        found[name] = {"ms": answered * 1000, "ratio": answered / plain}
    return found


class _Desk:
    """What a designer's browser sends about one draft."""

    def __init__(self, site: Site, path: str) -> None:
        self.visitor, self.path = site.visitor(DESIGNER), path
        self.headers = {"X-CSRF-Token": self.visitor.token, "Accept": "application/json"}

    def get(self, path: str, base: str | None = None) -> Any:
        return self._told(self.visitor.get(f"{self.path if base is None else base}{path}"))

    def post(self, path: str, body: Any, base: str | None = None) -> Any:
        address = f"{self.path if base is None else base}{path}"
        text = json.dumps(body)  # in its order, as a browser sends it
        return self._told(
            self.visitor.client.post(
                address, data=text, content_type="application/json", headers=self.headers
            )
        )

    def _told(self, answer: Any) -> Any:
        assert answer.status_code == 200, answer.text
        return answer


def _explored() -> dict[str, Any]:
    """走查 of every shipped procedure in turn: states, moves, seconds of the clock and of one processor."""
    found = {}
    for folder in sorted(path.parent for path in PROCESSES.glob("*/procedure.toml")):
        begun, spent = time.perf_counter(), time.process_time()
        report = explore(folder)
        found[report.title] = {
            "states": report.states,
            "ways": report.ways,
            "complete": report.complete,
            "seconds": time.perf_counter() - begun,
            "processor": time.process_time() - spent,
        }
    return {"explored": found}


def _seconds(ask: Callable[[], Any]) -> float:
    start = time.perf_counter()
    ask()
    return time.perf_counter() - start


def _elements(diagram: str) -> int:
    return sum(1 for each in parse(diagram.encode()).iter() if is_bpmn(each) and each.get("id"))
