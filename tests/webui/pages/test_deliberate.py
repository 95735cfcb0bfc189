"""The pages of a meeting: one thing to do at a time, on a phone; and the meeting for everybody to read."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from engine import operations
from engine.operations import publish_procedure
from tests.hall import FULL, NOTED, enrol
from tests.webui.pages.browsing import enter, judge, served
from tests.webui.pages.conftest import Site

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page


@pytest.fixture
def hall(site: Site) -> Site:
    site.runtime.database.run(lambda c: enrol(c, site.world))
    for folder in (FULL, NOTED):
        publish_procedure(site.runtime, None, folder, "county")
    return site


@pytest.fixture
def address(hall: Site) -> Iterator[str]:
    with served(hall.app) as found:
        yield found


def start(hall: Site, key: str, title: str = "村口道路硬化") -> str:
    done = operations.start_matter(hall.runtime, hall.world.people["主任"], key, "village", title)
    return str(done.open_tasks[0]["id"])


@pytest.fixture
def proof(tmp_path: Path) -> str:
    from tests.engine.operations.conftest import photo

    path = tmp_path / "公告.png"
    path.write_bytes(photo())
    return str(path)


@pytest.mark.timeout(180)
def test_from_convening_to_the_conclusion(
    page: "Page", phone: "BrowserContext", hall: Site, address: str, proof: str
) -> None:
    task = start(hall, "full")
    enter(phone, hall, address, "主任")
    page.goto(f"{address}/tasks/{task}")
    problems = judge(page, "convene")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_label("开会时间").fill("2026-03-02T19:00")
    page.get_by_label("开会地点").fill("村委会二楼会议室")
    page.get_by_role("button", name="召集会议").click()

    expect(page.get_by_role("heading", name="会前公开")).to_be_visible()
    problems += judge(page, "announce")
    page.get_by_label("微信群").check()
    page.get_by_label("公开的照片或截图").set_input_files(proof)
    page.get_by_role("button", name="已经公开").click()

    expect(page.get_by_role("heading", name="开会", exact=True)).to_be_visible()
    problems += judge(page, "open")
    for number in range(1, 20):
        page.get_by_label(f"代表{number}", exact=True).check()
    expect(page.locator("[data-tick-count]").first).to_have_text("共 30 人，勾了 19 人，还差 1 人")
    page.get_by_role("button", name="开会").click()

    expect(page.get_by_text("还差 1 人")).to_be_visible()
    expect(page.get_by_role("button", name="人不够，结束会议")).to_be_visible()
    problems += judge(page, "too few")

    phone.clear_cookies()
    enter(phone, hall, address, "代表20")
    page.goto(f"{address}/tasks/{task}")
    problems += judge(page, "sign in")
    page.get_by_role("button", name="我到了，签到").click()
    expect(page.get_by_text("您已签到。")).to_be_visible()

    phone.clear_cookies()
    enter(phone, hall, address, "主任")
    page.goto(f"{address}/tasks/{task}")
    expect(page.get_by_text("达到法定人数")).to_be_visible()
    problems += judge(page, "close")
    page.get_by_label("通过", exact=True).check()
    page.get_by_label("初步议案").fill("硬化村口道路 800 米")
    page.get_by_label("会议纪要").fill("大家都说该修。")
    page.get_by_role("button", name="结束会议").click()
    expect(page.get_by_text("已提交").first).to_be_visible()

    page.goto(f"{address}/meetings")
    problems += judge(page, "/meetings")
    page.get_by_role("link", name="村民代表会议").click()
    expect(page.get_by_text("应到 30 人，实到 20 人")).to_be_visible()
    problems += judge(page, "a meeting")
    assert problems == []


@pytest.mark.timeout(120)
def test_one_page_writes_down_a_meeting(
    page: "Page", phone: "BrowserContext", hall: Site, address: str
) -> None:
    task = start(hall, "noted")
    enter(phone, hall, address, "主任")
    page.goto(f"{address}/tasks/{task}")
    problems = judge(page, "write down")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_label("开会地点").fill("村委会")
    page.get_by_label("论证专家 1 的姓名").fill("张工")
    page.get_by_label("论证专家 1 的单位或专业").fill("县交通局")
    page.get_by_label("开会时间").fill("2026-03-05T09:00")
    page.get_by_label("会议纪要").fill("可行。")
    page.get_by_role("button", name="记下会议").click()
    expect(page.get_by_text("会议时间还没有到").first).to_be_visible()  # and nothing typed is lost
    problems += judge(page, "refused")
    expect(page.get_by_label("论证专家 1 的姓名")).to_have_value("张工")
    expect(page.get_by_label("会议纪要")).to_have_value("可行。")
    page.get_by_label("开会时间").fill("2026-03-01T09:00")
    page.get_by_role("button", name="记下会议").click()
    expect(page.get_by_text("已提交").first).to_be_visible()
    assert problems == []


def test_a_refused_announcement_keeps_its_photo(hall: Site, proof: str) -> None:
    task, chair = start(hall, "full"), hall.visitor("主任")
    time = {"时间": "2026-03-02T19:00", "地点": "村委会"}
    assert chair.post(f"/tasks/{task}/act/convene", time).status_code == 302
    with Path(proof).open("rb") as file:
        answer = chair.post(f"/tasks/{task}/act/announce", {"凭证": (file, "公告.png")})
    assert answer.status_code == 422
    assert "请选择“在哪里公开的”" in answer.text and "已上传 1 张" in answer.text


def test_a_meeting_is_put_on_another_with_one_tap(hall: Site) -> None:
    first, second, chair = start(hall, "full"), start(hall, "full", "修水渠"), hall.visitor("主任")
    chair.post(f"/tasks/{first}/act/convene", {"时间": "2026-03-02T19:00", "地点": "村委会"})
    page = chair.get(f"/tasks/{second}").text
    found = page.split('name="会议" value="')[1].split('"')[0]
    assert chair.post(f"/tasks/{second}/act/convene", {"会议": found}).status_code == 302
    shown = chair.get(f"/meetings/{found}").text
    assert "村口道路硬化" in shown and "修水渠" in shown
    assert chair.get(f"/meetings/{found}/pulse?as=convened-0").headers.get("HX-Refresh") is None
    hall.clock.move_to(hall.clock() + timedelta(hours=1))
    chair.post(f"/tasks/{first}/act/convene", {"时间": "2026-03-03T19:00", "地点": "礼堂"})
    assert "礼堂" in chair.get(f"/tasks/{second}").text


@pytest.mark.timeout(120)
def test_the_figures_move_and_what_is_typed_stays(
    page: "Page", phone: "BrowserContext", hall: Site, address: str, proof: str
) -> None:
    task, chair = start(hall, "full"), hall.visitor("主任")
    chair.post(f"/tasks/{task}/act/convene", {"时间": "2026-03-02T19:00", "地点": "村委会"})
    with Path(proof).open("rb") as file:
        chair.post(f"/tasks/{task}/act/announce", {"渠道": "微信群", "凭证": (file, "公告.png")})
    chair.post(f"/tasks/{task}/act/open", {"到会": [str(hall.world.people["代表1"])]})
    enter(phone, hall, address, "主任")
    page.goto(f"{address}/tasks/{task}")
    page.get_by_label("会议纪要").fill("人还没到齐")
    hall.visitor("代表2").post(f"/tasks/{task}/act/attend")
    page.evaluate("document.body.dispatchEvent(new Event('came'))")  # as the pulse tells it, sooner
    expect(page.locator("#quorum")).to_contain_text("实到 2 人")
    expect(page.get_by_label("会议纪要")).to_have_value("人还没到齐")
    found = page.locator("#quorum").get_attribute("hx-get") or ""
    assert chair.get(found).headers.get("HX-Trigger") is None
    hall.visitor("代表3").post(f"/tasks/{task}/act/attend")
    assert chair.get(found).headers["HX-Trigger"] == "came"
    chair.post(f"/tasks/{task}/act/close", {"结论": "未达法定人数"})
    assert chair.get(found).headers["HX-Refresh"] == "true"


def test_the_matter_leads_to_its_meeting(hall: Site) -> None:
    task, chair = start(hall, "full"), hall.visitor("主任")
    chair.post(f"/tasks/{task}/act/convene", {"时间": "2026-03-02T19:00", "地点": "村委会"})
    matter = chair.get(f"/tasks/{task}").text.split('href="/matters/')[1].split('"')[0]
    page = chair.get(f"/matters/{matter}").text
    assert 'href="/meetings/' in page and "已召集" in page


def test_a_stranger_sees_no_meeting(hall: Site) -> None:
    task, chair = start(hall, "full"), hall.visitor("主任")
    chair.post(f"/tasks/{task}/act/convene", {"时间": "2026-03-02T19:00", "地点": "村委会"})
    found = chair.get("/meetings").text.split('href="/meetings/')[1].split('"')[0]
    assert hall.visitor("外村").get(f"/meetings/{found}").status_code == 404
    assert hall.visitor("外村").get(f"/meetings/{found}/pulse").status_code == 404
    assert "还没有会议" in hall.visitor("外村").get("/meetings").text
