"""Invited by the 待办, signed in with the code of the hall: one tap each, on a phone; and the screen in the hall."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from engine.operations import arrivals
from tests.webui.pages.browsing import enter, judge
from tests.webui.pages.conftest import Site
from tests.webui.pages.test_deliberate import address, hall, proof, start  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

TIME = {"时间": "2026-03-02T19:00", "地点": "村委会二楼"}


def announced(site: Site, task: str, proof: str) -> str:  # noqa: F811
    """Convened and announced; the meeting's id."""
    chair = site.visitor("主任")
    assert chair.post(f"/tasks/{task}/act/convene", TIME).status_code == 302
    with Path(proof).open("rb") as file:
        chair.post(f"/tasks/{task}/act/announce", {"渠道": "微信群", "凭证": (file, "公告.png")})
    return re.search(r'/meetings/([0-9a-f]{32})"', chair.get(f"/tasks/{task}").text)[1]  # type: ignore[index]


@pytest.mark.timeout(180)
def test_invited_and_signed_in_with_one_tap_each(
    page: "Page",
    phone: "BrowserContext",
    hall: Site,  # noqa: F811
    address: str,  # noqa: F811
    proof: str,  # noqa: F811
) -> None:
    task = start(hall, "full")
    held = announced(hall, task, proof)

    enter(phone, hall, address, "代表1")
    page.goto(f"{address}/tasks/{task}")
    problems = judge(page, "invited")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="我参加").click()
    expect(page.get_by_text("您已答复：参加")).to_be_visible()
    problems += judge(page, "answered")

    phone.clear_cookies()
    enter(phone, hall, address, "主任")
    page.goto(f"{address}/tasks/{task}")
    expect(page.get_by_text("参加 1 · 请假 0 · 未答复 29")).to_be_visible()
    page.get_by_text("参加 1 · 请假 0 · 未答复 29").click()
    page.get_by_role("link", name="电话里问过的，记下答复").click()
    page.get_by_text("参加 1 · 请假 0 · 未答复 29").click()
    page.get_by_text("电话里问过的，记在这里").click()
    problems += judge(page, "answers")
    page.get_by_role("group", name="请假的").get_by_label("代表3", exact=True).check()
    page.get_by_role("button", name="记下答复").click()
    expect(page.get_by_text("参加 1 · 请假 1 · 未答复 28")).to_be_visible()
    hall.visitor("主任").post(f"/tasks/{task}/act/open")

    page.goto(f"{address}/meetings/{held}/screen")
    expect(page.get_by_role("img", name="二维码")).to_be_visible()
    expect(page.get_by_text("还差 20 人")).to_be_visible()
    problems += judge(page, "screen")

    phone.clear_cookies()
    enter(phone, hall, address, "代表1")
    page.goto(f"{address}/meetings/{held}/in/{arrivals.code(hall.runtime, held)}")
    problems += judge(page, "arrive")
    page.get_by_role("button", name="代表1，签到").click()
    expect(page.get_by_text("您已签到。")).to_be_visible()
    assert problems == []


def test_a_code_is_good_for_minutes_and_a_ticket_for_its_person(hall: Site, proof: str) -> None:  # noqa: F811
    task = start(hall, "full")
    held = announced(hall, task, proof)
    early = arrivals.code(hall.runtime, held)
    assert "会议还没有开始" in hall.visitor("代表1").get(f"/meetings/{held}/in/{early}").text
    assert hall.visitor("主任").get(f"/meetings/{held}/screen").text.count("<svg role") == 0
    hall.visitor("主任").post(f"/tasks/{task}/act/open")

    code = arrivals.code(hall.runtime, held)
    page = hall.visitor("代表1").get(f"/meetings/{held}/in/{code}").text
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)[1]  # type: ignore[index]
    assert "请对着会场" in _arrive(hall, "代表2", held, ticket)  # another's
    assert "请对着会场" in _arrive(hall, "代表1", held, code)  # the code itself is no ticket
    assert "您不在开会时定下的名册上" in hall.visitor("百姓").get(f"/meetings/{held}/in/{code}").text
    assert hall.stranger().get(f"/meetings/{held}/in/{code}").location.startswith("/sign-in?next=")

    hall.pass_time(minutes=3)  # long enough to sign in first
    assert "签到成功" in _arrive(hall, "代表1", held, ticket)
    hall.pass_time(minutes=2)
    expired = hall.visitor("代表2").get(f"/meetings/{held}/in/{code}")
    assert expired.status_code == 410 and "再扫一次" in expired.text
    assert hall.visitor("外村").get(f"/meetings/{held}/in/{code}").status_code == 404
    assert hall.visitor("代表2").get(f"/meetings/{held}/screen").status_code == 404
    hall.pass_time(minutes=10)
    assert "请对着会场" in _arrive(hall, "代表1", held, ticket)


def _arrive(site: Site, name: str, held: str, ticket: str) -> str:
    answer = site.visitor(name).post(f"/meetings/{held}/in", {"ticket": ticket}, follow_redirects=True)
    return str(answer.text)
