"""The pages of documents and of 一事一档: what can be printed is one tap away, and nobody gets what is not his."""

import io
import zipfile

import pytest
from playwright.sync_api import expect

from tests.engine.documents.conftest import words
from tests.voting import Hall
from tests.webui.pages.browsing import enter, judge


@pytest.fixture
def voted(site):
    """A matter of six delegates that was voted on, with the hall it was voted in."""
    hall = Hall(site.runtime, site.world, 6)
    matter, task = hall.matter("村口道路硬化 800 米", "安装路灯 20 盏")
    hall.convene(task)
    hall.open(task, hall.voters)
    for place in (1, 2):
        hall.cast(task, yes=6, motion=place)
    hall.act(task, "close", "主席", {"纪要": "都赞成。"})
    return hall, matter


def test_each_is_one_tap_away(site, voted):
    _, matter = voted
    chair = site.visitor("主席")
    assert "打印材料和档案" in chair.get(f"/matters/{matter}").text
    page = chair.get(f"/matters/{matter}/documents")
    for name in ("会议通知", "签到表", "会议记录", "表决票统计", "决议"):
        assert f'aria-label="{name} PDF"' in page.text and f'aria-label="{name} Word"' in page.text
    word = chair.get(f"/matters/{matter}/documents/决议.docx")
    assert word.status_code == 200 and zipfile.is_zipfile(io.BytesIO(word.data))
    assert word.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    pdf = chair.get(f"/matters/{matter}/documents/决议.pdf")
    assert pdf.data.startswith(b"%PDF") and pdf.headers["Content-Disposition"].startswith("inline")
    assert "no-store" in pdf.headers["Cache-Control"]
    copy = chair.get(f"/matters/{matter}/documents/表决票统计.docx?public=1")
    assert "代表1" in words(chair.get(f"/matters/{matter}/documents/表决票统计.docx").data)
    assert copy.status_code == 200 and "代表1" not in words(copy.data)
    assert chair.get(f"/matters/{matter}/documents/签到表.docx?public=1").status_code == 404


def test_what_there_is_not_is_said(site, voted):
    _, matter = voted
    chair = site.visitor("主席")
    assert chair.get(f"/matters/{matter}/documents/选票.odt").status_code == 404
    assert chair.get(f"/matters/{matter}/documents/没有.pdf").status_code == 404
    assert chair.get(f"/matters/{matter}/documents/公示.docx").status_code == 404
    assert chair.get(f"/matters/{matter}/archive.rar").status_code == 404
    for path in ("documents", "documents/决议.pdf", "archive", "archive.zip"):
        assert site.visitor("外村").get(f"/matters/{matter}/{path}").status_code == 404


def test_the_archive_is_for_who_holds_a_post(site, voted):
    _, matter = voted
    archive = site.visitor("管得宽").get(f"/matters/{matter}/archive.zip")
    assert archive.status_code == 200 and archive.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(archive.data)) as file:
        assert "证明/留痕.json" in file.namelist()
    page = site.visitor("代表1").get(f"/matters/{matter}/archive")
    assert "由本单位或上级在岗的人调取" in page.text and "archive.zip" not in page.text
    assert site.visitor("代表1").get(f"/matters/{matter}/archive.zip").status_code == 403


def test_a_server_that_cannot_make_pdfs_says_so_and_gives_word_files(site, voted, monkeypatch):
    _, matter = voted
    for module in (
        "engine.documents.pdf.available",
        "engine.documents.pdf_available",
        "engine.archive.available",
    ):
        monkeypatch.setattr(module, lambda: False)
    chair = site.visitor("主席")
    page = chair.get(f"/matters/{matter}/documents").text
    assert "现在只能下载 Word 版" in page and "决议 PDF" not in page and "决议 Word" in page
    refused = chair.get(f"/matters/{matter}/documents/决议.pdf")
    assert refused.status_code == 503 and "请下载 Word 版" in refused.text
    assert "打开 PDF" not in chair.get(f"/matters/{matter}/archive").text


def test_on_a_phone_and_on_a_desk(site, voted, page, phone, address):
    _, matter = voted
    enter(phone, site, address, "主席")
    problems = []
    for where in ("documents", "archive"):
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(f"{address}/matters/{matter}/{where}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        problems += judge(page, where)
    assert not problems
