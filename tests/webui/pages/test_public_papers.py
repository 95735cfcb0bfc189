"""What everybody may print of a vote that is over: from the public page, names masked, made once for all."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest

from engine import documents
from engine.documents import Document
from engine.operations import upload_file
from tests.consulting import photo
from tests.engine.documents.conftest import words
from tests.strangers import code_of
from tests.voting import Hall
from tests.webui.pages.conftest import Site
from webui.public.copies import Copies


class Vote:
    """A vote that is open, of a matter that has a public page."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.hall = Hall(site.runtime, site.world, 6, announce="yes")
        matter, self.task = self.hall.matter("村口道路硬化 800 米", "安装路灯 20 盏")
        self.hall.convene(self.task, "2026-03-02T10:00")
        kept = upload_file(site.runtime, self.hall.id("主席"), photo(), "公告.png")
        proof = [{"id": kept["id"], "name": "公告.png"}]
        self.hall.act(self.task, "announce", "主席", {"渠道": ["微信群"], "凭证": proof})
        self.hall.open(self.task, self.hall.voters)
        self.page = f"/p/{code_of(self.hall, matter)}"

    def close(self, yes: int = 6) -> None:
        for place in (1, 2):
            self.hall.cast(self.task, yes=yes, no=6 - yes, motion=place)
        self.hall.act(self.task, "close", "主席")

    def paper(self, name: str, **more: object):
        return self.site.stranger().get(f"{self.page}/paper/{self.task}/{name}", **more)


@pytest.fixture
def vote(site: Site) -> Vote:
    return Vote(site)


def test_the_page_offers_them_and_anybody_opens_them(vote: Vote, site: Site) -> None:
    vote.close()
    page = site.stranger().get(vote.page).text
    offered = re.findall(rf'href="({vote.page}/paper/[^"]+)"', page)
    assert len(offered) == 2 and "决议（PDF）" in page and "表决票统计（PDF）" in page
    for address in offered:
        answer = site.stranger().get(address)
        assert answer.data.startswith(b"%PDF") and answer.headers["Content-Disposition"].startswith("inline")
        again = site.stranger().get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
    for name in ("决议", "表决票统计"):
        said = words(vote.paper(f"{name}.docx").data)
        assert "村口道路硬化 800 米" in said and not any(voter in said for voter in vote.hall.voters)


def test_nothing_of_a_vote_that_is_not_over_and_nothing_else(vote: Vote, site: Site) -> None:
    assert "/paper/" not in site.stranger().get(vote.page).text
    assert vote.paper("决议.docx").status_code == vote.paper("表决票统计.pdf").status_code == 404
    vote.close()
    for name in ("签到表.docx", "会议记录.pdf", "决议.odt", "选票.docx"):
        assert vote.paper(name).status_code == 404, name
    assert site.stranger().get(f"{vote.page}/paper/no-task/决议.docx").status_code == 404


def test_where_nothing_was_passed_there_is_no_resolution(vote: Vote, site: Site) -> None:
    vote.close(yes=1)
    page = site.stranger().get(vote.page).text
    assert "表决票统计（PDF）" in page and "决议（PDF）" not in page
    assert vote.paper("决议.docx").status_code == 404


def test_without_the_system_parts_it_is_the_word_file(vote: Vote, site: Site, monkeypatch) -> None:
    vote.close()
    monkeypatch.setattr(documents, "pdf_available", lambda: False)
    page = site.stranger().get(vote.page).text
    assert "决议（Word）" in page and "PDF" not in page
    assert vote.paper("决议.pdf").location.endswith("%E5%86%B3%E8%AE%AE.docx")
    assert vote.paper("决议.pdf", follow_redirects=True).status_code == 200


def test_one_is_made_for_all_who_ask_at_once() -> None:
    copies, made = Copies(most=2), []

    def make() -> Document:
        sleep(0.02)
        made.append(1)
        return Document("决议.pdf", "application/pdf", b"%PDF")

    with ThreadPoolExecutor(8) as readers:
        found = list(readers.map(lambda _: copies.one("a", "1", make), range(40)))
    assert len(made) == 1 and len({id(one) for one in found}) == 1
    copies.one("a", "2", make)
    for key in ("b", "c", "d"):
        copies.one(key, "1", make)
    assert len(made) == 5 and len(copies) == 2


def test_who_waits_too_long_is_told(monkeypatch) -> None:
    from webui.public import copies as module

    monkeypatch.setattr(module, "PATIENCE", 0.0)
    copies = Copies()
    with pytest.raises(module.Unavailable, match="过一会儿"):
        copies.one("a", "1", lambda: copies.one("b", "1", lambda: Document("", "", b"")))
