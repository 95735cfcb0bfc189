"""The pages of a vote, on a phone: by name in two taps a motion, on paper with two pairs of hands."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.voting import Hall, figures
from tests.webui.pages.browsing import enter, judge
from tests.webui.pages.conftest import Site

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page


@pytest.fixture
def hall(site: Site) -> Hall:
    return Hall(site.runtime, site.world, 6)


class Voting:
    """One vote, looked at by one person after the other; what is wrong with a page is collected."""

    def __init__(self, page: "Page", phone: "BrowserContext", site: Site, address: str, hall: Hall) -> None:
        self.page, self.phone, self.site, self.address, self.hall = page, phone, site, address, hall
        self.matter, self.task = hall.matter("村口道路硬化 800 米", "安装路灯 20 盏")
        self.problems: list[str] = []

    def open(self, name: str) -> "Page":
        self.phone.clear_cookies()
        enter(self.phone, self.site, self.address, name)
        self.page.set_viewport_size({"width": 390, "height": 844})
        self.page.goto(f"{self.address}/tasks/{self.task}")
        return self.page

    def judge(self, what: str) -> None:
        self.problems += judge(self.page, what)
        self.page.set_viewport_size({"width": 390, "height": 844})

    def tap(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def convened(self, method: str) -> None:
        """Convened and opened by the chair, in the browser; everybody but 代表6 is there."""
        page = self.open("主席")
        page.get_by_label("开会时间").fill("2026-03-02T09:30")
        page.get_by_label("开会地点").fill("村委会会议室")
        self.judge("convene")
        self.tap("召集会议")
        expect(page.get_by_role("heading", name="开会", exact=True)).to_be_visible()
        self.judge("open")
        self.tap("全到")
        page.get_by_role("group", name="到会的人").get_by_label("代表6").uncheck()
        self.tap(f"开会，{method}")
        expect(page.get_by_text("达到法定人数")).to_be_visible()


@pytest.fixture
def voting(page: "Page", phone: "BrowserContext", site: Site, address: str, hall: Hall) -> Voting:
    page.on("dialog", lambda dialog: dialog.accept())
    return Voting(page, phone, site, address, hall)


@pytest.mark.timeout(300)
def test_a_vote_by_name(voting: Voting) -> None:
    voting.convened("记名投票")
    page = voting.page
    page.get_by_text("会上修改了议案").click()
    page.get_by_label("第 2 项改成").fill("安装太阳能路灯 20 盏")
    voting.judge("revise")
    page.locator("form", has=page.get_by_label("第 2 项改成")).get_by_role("button").click()
    expect(page.get_by_role("heading", name="宣读定稿")).to_be_visible()
    voting.judge("read out")
    voting.tap("已经宣读定稿")

    voting.open("代表6")
    voting.judge("sign in")
    voting.tap("我到了，签到")
    expect(page.get_by_role("heading", name="请您投票")).to_be_visible()
    page.get_by_label("赞成").nth(0).check()
    page.get_by_label("反对").nth(1).check()
    page.get_by_label("弃权").nth(1).check()  # changed one's mind before handing in
    voting.judge("vote")
    voting.tap("提交投票")
    expect(page.get_by_text("您的票已经投好")).to_be_visible()
    voting.judge("has voted")

    for motion, yes in ((1, 5), (2, 2)):
        voting.hall.cast(voting.task, yes=yes, no=5 - yes, motion=motion)
    voting.open("主席")
    voting.judge("before the end")
    voting.tap("结束表决，宣布结果")
    page.wait_for_url("**/done/**")
    assert voting.hall.result(voting.matter)["结论"] == "部分通过"
    page.goto(f"{voting.address}/meetings")
    page.get_by_role("link", name="村民代表会议").click()
    page.get_by_role("link", name="表决结果").click()
    expect(page.get_by_text("安装太阳能路灯 20 盏").first).to_be_visible()
    voting.judge("who voted how")
    assert voting.problems == []


@pytest.mark.timeout(300)
def test_a_count_of_papers(voting: Voting) -> None:
    voting.convened("纸质票")
    page = voting.open("文书")
    right = figures(发出=7, 收回=7, 有效=7, 赞成=6, 反对=1, 弃权=0)
    for place in (0, 1):
        for name, value in (right | ({"赞成": 5} if place else {})).items():
            page.locator(f"id=count-{place}-{name}").fill(str(value))
    page.get_by_label("发出").nth(1).fill("5")
    voting.tap("录入，交监票人核对")
    expect(page.get_by_text("请核对").first).to_be_visible()
    expect(page.locator("id=count-0-赞成")).to_have_value("6")  # nothing typed is lost
    voting.judge("a wrong count")
    for place, yes in ((0, 4), (1, 2)):
        given = figures(发出=5, 收回=5, 有效=5, 赞成=yes, 反对=5 - yes, 弃权=0)
        for name, value in given.items():
            page.locator(f"id=count-{place}-{name}").fill(str(value))
    voting.tap("录入，交监票人核对")
    expect(page.get_by_text("等监票人监督核对确认")).to_be_visible()
    expect(page.get_by_text("改计票单")).to_be_visible()
    voting.judge("entered")

    voting.open("监督")
    expect(page.get_by_role("heading", name="核对计票")).to_be_visible()
    voting.judge("confirm")
    page.get_by_text("对不上", exact=True).click()
    page.get_by_label("哪一项议案").select_option("2")
    page.get_by_label("哪里对不上").fill("路灯那张少数了一票")
    voting.tap("退回，请计票人重填")

    voting.open("文书")
    expect(page.get_by_text("路灯那张少数了一票").first).to_be_visible()
    voting.judge("disputed")
    page.locator("id=count-1-赞成").fill("3")
    page.locator("id=count-1-反对").fill("2")
    voting.tap("录入，交监票人核对")
    expect(page.get_by_text("路灯那张少数了一票")).to_have_count(0)

    voting.open("监督")
    voting.tap("核对无误，宣布结果")
    page.wait_for_url("**/done/**")
    assert voting.hall.result(voting.matter)["通过的议案"] == ["村口道路硬化 800 米"]
    assert voting.problems == []
