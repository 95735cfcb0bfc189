"""A county with two process designers, 设计 and 同行, and drafts of the shipped procedures."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from engine import operations
from engine.authorisation import Actor
from engine.clock import VirtualClock
from engine.queries import drafts
from engine.redlines import PROCESSES
from engine.runtime import Runtime
from engine.setting_up import read_files
from engine.store import Database
from tests.webui.pages.browsing import enter, served
from tests.webui.pages.conftest import MONDAY, Site
from tests.world import configuration, settle

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DESK = {"width": 1280, "height": 800}


class Studio(Site):
    """The site as a designer uses it."""

    designer = "设计"

    def draft_of(self, name: str = "babu") -> str:
        """A new draft with the files of a shipped procedure; its id."""
        files = read_files(PROCESSES / name)
        return operations.create_draft(
            self.runtime, self.world.people[self.designer], self.world.units["county"], files
        )

    def draft(self, draft_id: str) -> drafts.Draft:
        """As it is stored now."""
        return drafts.draft(self.runtime, self.actor(), draft_id)

    def actor(self, name: str = "") -> Actor:
        with self.runtime.database.read() as c:
            return self.runtime.actor(c, self.world.people[name or self.designer])


@pytest.fixture
def studio(sqlite_database: Database) -> Studio:
    clock = VirtualClock(MONDAY)
    world = settle(sqlite_database, clock())
    return Studio(
        Runtime(sqlite_database, configuration(sqlite_database, secure_cookies=False), clock), world, clock
    )


@pytest.fixture
def studio_address(studio: Studio) -> Iterator[str]:
    with served(studio.app) as found:
        yield found


@pytest.fixture
def desk(browser: "Browser", studio: Studio, studio_address: str) -> Iterator["Page"]:
    """A designer's screen, signed in; fails the test for an error in its scripts or a breach of the security policy."""
    context = browser.new_context(
        viewport=DESK, locale="zh-CN", timezone_id="Asia/Shanghai", base_url=studio_address
    )
    enter(context, studio, studio_address, studio.designer)
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on(
        "console",
        lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None,
    )
    yield opened
    context.close()
    assert not errors, errors
