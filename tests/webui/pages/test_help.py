"""The manuals in the app: for whoever cannot sign in yet too, readable on a phone, and nothing in them is HTML."""

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.webui.pages.browsing import judge
from tests.webui.pages.conftest import Site
from webui import help
from webui.studio import TABS

if TYPE_CHECKING:
    from playwright.sync_api import Page
MANUALS = ("干部", "文书", "村民", "流程设计员")


def test_everybody_is_led_to_the_manual_meant_for_them(site: Site) -> None:
    assert site.stranger().get("/help").location == f"/help/{quote('村民')}"
    assert site.visitor("主任").client.get("/help").location == f"/help/{quote('干部')}"
    assert site.visitor("文书").client.get("/help").location == f"/help/{quote('文书')}"
    assert site.visitor("设计").client.get("/help").location == f"/help/{quote('流程设计员')}"
    assert "/help" in site.visitor("主任").client.get("/me").text
    assert "/help" in site.stranger().get("/sign-in").text


@pytest.mark.parametrize("name", MANUALS)
def test_every_picture_and_link_of_a_manual_is_there(site: Site, name: str) -> None:
    stranger = site.stranger()
    page = stranger.get(f"/help/{name}").text
    pictures = re.findall(r'src="(/help/[^"]+)"', page)
    assert len(pictures) > 3
    assert {stranger.get(one).status_code for one in pictures} == {200}
    assert {stranger.get(one).status_code for one in re.findall(r'href="(/help/[^"]+)"', page)} == {200}
    assert "](" not in page
    assert "**" not in page


def test_every_page_of_a_draft_has_its_section(site: Site) -> None:
    page = site.stranger().get("/help/流程设计员").text
    assert not [title for _, title in TABS if f'<h2 id="{title}">' not in page]


def test_no_other_file_is_read(site: Site) -> None:
    for path in ("README", "../../README", "..%2F..%2FREADME", "图/nothing.png", "图/..%2F干部.md"):
        assert site.stranger().get(f"/help/{path}").status_code == 404, path


def test_what_a_manual_says_is_text(site: Site) -> None:
    with site.app.test_request_context():
        said = help._page('# <b>\n\n- <script>\n\n!["><i>](图/a.png) **<u>**')
    assert not re.findall(r"<(?:b|script|i|u)\b", said)


@pytest.mark.parametrize("name", MANUALS)
def test_it_reads_well_on_a_phone_and_a_desk(page: "Page", site: Site, address: str, name: str) -> None:
    page.goto(f"{address}/help/{name}")
    assert not judge(page, name)
