"""The minutes of a meeting on a phone: read, signed with the finger or by photo, put right; and the matter's papers."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from engine.store.publicity import filings
from tests.webui.pages.browsing import enter, judge
from tests.webui.pages.conftest import Site
from tests.webui.pages.test_deliberate import address, hall, proof, start  # noqa: F401
from tests.webui.pages.test_hall import announced

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page


def held(site: Site, proof: str) -> tuple[str, str]:  # noqa: F811
    """A meeting that is over: its id, and its matter's."""
    task, chair = start(site, "full"), site.visitor("主任")
    meeting = announced(site, task, proof)
    matter = re.search(r'href="/matters/([0-9a-f]{32})"', chair.get(f"/tasks/{task}").text)[1]  # type: ignore[index]
    there = [str(site.world.people[f"代表{number}"]) for number in range(1, 21)]
    chair.post(f"/tasks/{task}/act/open", {"到会": there})
    chair.post(f"/tasks/{task}/act/attend", {"早退": there[:1], "请假": str(site.world.people["代表30"])})
    chair.post(f"/tasks/{task}/act/attend", {"到会": str(site.world.people["代表21"])})
    done = chair.post(
        f"/tasks/{task}/act/close", {"结论": "通过", "初步议案": "修路", "纪要": "大家都说该修。"}
    )
    assert done.status_code == 302, done.text
    return meeting, matter


@pytest.mark.timeout(180)
def test_signed_with_the_finger_and_put_right(
    page: "Page",
    phone: "BrowserContext",
    hall: Site,  # noqa: F811
    address: str,  # noqa: F811
    proof: str,  # noqa: F811
) -> None:
    meeting, matter = held(hall, proof)
    enter(phone, hall, address, "代表2")
    page.goto(f"{address}/meetings/{meeting}/minutes")
    problems = judge(page, "minutes")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="签字", exact=True).click()  # nothing drawn yet
    expect(page.get_by_text("请先签名，或者传一张签字的照片")).to_be_visible()
    paper = page.locator("canvas")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 110, steps=5)
    page.mouse.up()
    expect(page.get_by_label("不方便手写的，传一张签名的照片")).to_have_value(re.compile("签名.png"))
    page.get_by_role("button", name="签字", exact=True).click()
    expect(page.get_by_text("您已签字。")).to_be_visible()
    expect(page.get_by_role("img", name="代表2的签名")).to_be_visible()

    phone.clear_cookies()
    enter(phone, hall, address, "文书")
    page.goto(f"{address}/meetings/{meeting}/minutes")
    page.get_by_text("在纸上签的：传签字页的照片").click()
    page.get_by_label("主任", exact=True).check()
    page.get_by_label("代表3", exact=True).check()
    page.get_by_label("签字页的照片").set_input_files(proof)
    page.get_by_role("button", name="存签字页").click()
    expect(page.get_by_text("签字页已存好")).to_be_visible()
    page.get_by_text("改记录").click()
    page.get_by_label("会上说了什么、定了什么").fill("大家都说该修，老李家门口先修。")
    page.get_by_label(re.compile("为什么改")).fill("漏记了一句")
    problems += judge(page, "signed")
    page.get_by_role("button", name="保存记录").click()
    expect(page.get_by_text("签的是旧稿").first).to_be_visible()
    problems += judge(page, "voided")

    page.goto(f"{address}/matters/{matter}")
    page.get_by_role("link", name="用印和备案").click()
    page.get_by_text("登记一次用印").click()
    page.get_by_text("登记一次备案").click()
    problems += judge(page, "papers")
    page.get_by_label("报给谁").fill("清溪镇党政办")
    page.locator("#field-filing-document").fill("会议决议")
    page.get_by_role("button", name="登记备案").click()
    expect(page.get_by_text("等回执")).to_be_visible()
    problems += judge(page, "filed")
    assert problems == []


def test_seal_and_filing_by_who_keeps_the_papers(hall: Site, proof: str) -> None:  # noqa: F811
    _, matter = held(hall, proof)
    page, clerk = f"/matters/{matter}/papers", hall.visitor("文书")
    seal = {"文件": "决议", "印章": "村委会公章", "份数": "2", "用印日期": "2026-03-02", "批准人": "主任"}
    with Path(proof).open("rb") as file:
        assert clerk.post(f"{page}/seal", {**seal, "照片": (file, "盖章.png")}).status_code == 302
    wrong = clerk.post(f"{page}/seal", {**seal, "份数": "0", "用印日期": "2026-03-09", "批准人": ""})
    assert wrong.status_code == 422 and "日期还没有到" in wrong.text and 'value="决议"' in wrong.text
    filing = {"文件": "决议", "报送机关": "镇政府", "报送日期": "2026-03-02"}
    assert hall.visitor("经管").post(f"{page}/filing", filing).status_code == 302  # the seal's keeper
    assert hall.visitor("代表2").post(f"{page}/filing", filing).status_code == 403
    assert hall.visitor("外村").post(f"{page}/filing", filing).status_code == 404
    sent = hall.runtime.database.look(lambda c: c.scalar(filings.select().with_only_columns(filings.c.id)))
    early = clerk.post(f"{page}/{sent}/receipt", {"收到日期": "2026-03-01", "回执编号": ""})
    assert early.status_code == 422 and "不会早于报送" in early.text
    receipt = {"收到日期": "2026-03-02", "回执编号": "清政备〔2026〕3 号"}
    assert clerk.post(f"{page}/{sent}/receipt", receipt).status_code == 302
    assert clerk.post(f"{page}/{sent}/receipt", receipt).status_code == 409
    shown = clerk.get(page).text
    assert "盖章.png" in shown and "清政备〔2026〕3 号" in shown
    story = clerk.get(f"/matters/{matter}").text
    assert "登记用印" in story and "登记备案回执" in story and "用印 1 次，备案 1 次" in story
