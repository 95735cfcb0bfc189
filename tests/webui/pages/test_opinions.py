"""征求意见 and 公示 in a browser: an opinion in two taps, paper in one go, answers one by one, a notice going up."""

import io
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.consulting import Square, answering, asking, photo, publishing
from tests.webui.pages.browsing import enter, judge
from tests.webui.pages.conftest import Site

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

PICTURE = {"name": "意见卡.png", "mimeType": "image/png", "buffer": photo()}


class Viewer:
    """Somebody who looks at one task after the other; what is wrong with a page is collected."""

    def __init__(self, page: "Page", phone: "BrowserContext", site: Site, address: str) -> None:
        self.page, self.phone, self.site, self.address = page, phone, site, address
        self.problems: list[str] = []

    def open(self, name: str, task: str) -> "Page":
        self.phone.clear_cookies()
        enter(self.phone, self.site, self.address, name)
        self.page.set_viewport_size({"width": 390, "height": 844})
        self.page.goto(f"{self.address}/tasks/{task}")
        self.page.wait_for_function("() => !document.querySelector('.form-waiting')")
        return self.page

    def judge(self, what: str) -> None:
        self.problems += judge(self.page, what)
        self.page.set_viewport_size({"width": 390, "height": 844})

    def leave(self, task: str) -> None:
        """The step is done: the page goes on to whatever comes next."""
        self.page.wait_for_url(lambda url: f"/tasks/{task}" not in url)

    def tap(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def viewer(page: "Page", phone: "BrowserContext", site: Site, address: str) -> Viewer:
    page.on("dialog", lambda dialog: dialog.accept())
    return Viewer(page, phone, site, address)


@pytest.mark.timeout(300)
def test_from_the_first_opinion_to_the_last_answer(viewer: Viewer, site: Site) -> None:
    square = Square(site.runtime, site.world, asking(), answering(), asked=6)
    matter, task = square.matter()

    page = viewer.open("代表1", task)
    page.get_by_label("您的意见和建议").fill("两边留水沟 <b>要紧</b>")
    viewer.judge("an opinion")
    viewer.tap("赞成")
    expect(page.get_by_text("您的意见已经收到")).to_be_visible()
    expect(page.get_by_text("两边留水沟 <b>要紧</b>")).to_be_visible()  # as text
    viewer.judge("an opinion that was given")

    page = viewer.open("主任", task)
    expect(page.get_by_text("还不能汇总")).to_be_visible()
    page.get_by_label("渠道").select_option("意见卡")
    page.get_by_label("第 1 条：姓名").fill("代表2、代表3")
    page.get_by_role("radiogroup", name="第 1 条：立场").get_by_label("赞成").check()
    page.get_by_label("第 2 条：姓名").fill("代表4")
    page.get_by_role("radiogroup", name="第 2 条：立场").get_by_label("反对").check()
    page.get_by_label("第 2 条：意见和建议").fill("先修渠")
    viewer.judge("a batch of paper")
    viewer.tap("录入")
    expect(page.get_by_text("替应征的人录入，要附上纸质原件的照片")).to_be_visible()
    expect(page.get_by_label("第 1 条：姓名")).to_have_value("代表2、代表3")  # nothing typed is lost
    expect(page.get_by_role("radiogroup", name="第 2 条：立场").get_by_label("反对")).to_be_checked()
    viewer.judge("a batch that was refused")
    page.get_by_label("纸质原件照片").set_input_files([PICTURE])  # type: ignore[list-item]
    viewer.tap("录入")
    expect(page.get_by_text("收到意见 4 条；应征 6 人，4 人提了意见")).to_be_visible()
    page.wait_for_function("() => !document.querySelector('.form-waiting')")
    expect(page.get_by_label("意见归纳")).to_have_value(  # prefilled
        "收到意见 4 条，应征 6 人中有 4 人提了意见：赞成 3 条，反对 1 条，其他 0 条。\n"
        "赞成：\n· 两边留水沟 <b>要紧</b>\n反对：\n· 先修渠"
    )
    viewer.judge("summing up")
    viewer.tap("汇总")
    viewer.leave(task)

    reply = square.open(matter)["回复"]
    page = viewer.open("主任", reply)
    viewer.judge("answering")
    page.get_by_role("button", name="不采纳").first.click()
    expect(page.get_by_text("选“不采纳”时请写明理由")).to_be_visible()
    page.get_by_label("答复（不采纳").first.fill("水沟另有安排")
    page.get_by_role("button", name="不采纳").first.click()
    expect(page.get_by_text("已答复 1 条，一共 4 条")).to_be_visible()
    page.get_by_text("几条一起答复").click()
    page.get_by_label("意见编号").fill("2-4")
    page.locator("details[open]").get_by_role("button", name="采纳", exact=True).click()
    expect(page.get_by_text("已答复 4 条，一共 4 条")).to_be_visible()
    page.wait_for_function("() => !document.querySelector('.form-waiting')")
    viewer.judge("all answered")
    viewer.tap("汇总")
    viewer.leave(reply)
    result = square.result(matter, "回复")
    assert result is not None and (result["采纳"], result["不采纳"]) == (3, 1)

    page = viewer.open("代表1", square.open(matter)["公布"])  # no task of theirs: the matter tells
    page.goto(f"{viewer.address}/matters/{matter}")
    page.get_by_role("link", name="看大家的意见和答复").click()
    expect(page.get_by_text("（您提的）")).to_be_visible()
    expect(page.get_by_text("水沟另有安排")).to_be_visible()
    expect(page.get_by_text("代表4")).to_have_count(0)  # others by their family name
    viewer.judge("opinions and answers")
    assert viewer.problems == []


@pytest.mark.timeout(300)
def test_a_notice_goes_up_takes_feedback_and_is_ended(viewer: Viewer, site: Site) -> None:
    square = Square(site.runtime, site.world, publishing(least="2"), asked=1)
    matter, task = square.matter()

    page = viewer.open("主任", task)
    expect(page.get_by_label("公示内容")).to_have_value("村口道路硬化")
    expect(page.get_by_label("村务公开栏", exact=True)).to_be_checked()  # as many as are asked for
    page.get_by_label("微信群", exact=True).uncheck()
    page.get_by_label("村务公开栏的照片或截图").set_input_files([PICTURE])  # type: ignore[list-item]
    viewer.judge("a notice to publish")
    viewer.tap("公示出去")
    expect(page.get_by_text("至少要用 2 种渠道公示").first).to_be_visible()
    expect(page.get_by_text("已上传 1 张，不用再传")).to_be_visible()  # the photo is not asked for again
    page.get_by_label("微信群", exact=True).check()
    viewer.tap("公示出去")
    expect(page.get_by_text("请上传“公示照片或截图”")).to_be_visible()
    viewer.judge("a notice that was refused")
    page.get_by_label("微信群的照片或截图").set_input_files([PICTURE])  # type: ignore[list-item]
    viewer.tap("公示出去")
    expect(page.get_by_text("正在公示")).to_be_visible()
    viewer.judge("a notice")

    page = viewer.open("文书", task)
    page.get_by_text("记一条反馈").click()
    page.get_by_label("异议（不同意公示的结果）").check()
    page.get_by_label("说了什么").fill("路线<b>不公平")
    page.get_by_label("谁反映的").fill("张三")
    viewer.judge("feedback")
    viewer.tap("记下来")
    expect(page.get_by_text("路线<b>不公平")).to_be_visible()

    site.pass_time(days=8)
    page = viewer.open("主任", task)
    viewer.judge("feedback to answer")
    page.get_by_label("答复（不采纳").fill("已向他说明")
    viewer.tap("部分采纳")
    expect(page.get_by_text("公示期已满")).to_be_visible()
    viewer.judge("a notice to end")
    viewer.tap("结束公示")
    viewer.leave(task)
    result = square.result(matter, "公示")
    assert result is not None and (result["结论"], result["部分采纳"]) == ("无异议", 1)
    assert viewer.problems == []


def test_twenty_rows_in_one_post(site: Site) -> None:
    square = Square(site.runtime, site.world, asking(), asked=20)
    _, task = square.matter()
    fields: dict[str, object] = {"渠道": "入户走访", "照片": (io.BytesIO(photo()), "意见卡.png")}
    for number, name in enumerate(square.asked):
        fields |= {f"意见.{number}.姓名": name, f"意见.{number}.立场": "赞成", f"意见.{number}.内容": "好"}
    fields["意见.30.姓名"] = ""  # a row left empty
    answer = site.visitor("文书").post(f"/tasks/{task}/act/add_batch", fields)
    assert answer.status_code == 302, answer.text
    assert square.count(task) == 20
    assert [row.person_id for row in square.rows(task)] == [square.id(name) for name in square.asked]


@pytest.mark.timeout(300)
def test_the_clerk_enters_everything_from_paper(viewer: Viewer, site: Site) -> None:
    """村里多半是文书一个人录：汇总、答复、公示都能代录，写明替谁、附照片。"""
    square = Square(
        site.runtime, site.world, asking(coverage="", until=""), answering(), publishing(), asked=2
    )
    matter, task = square.matter()
    square.say(task, yes=2)
    page = viewer.open("文书", task)
    page.goto(f"{viewer.address}/tasks?scope=behalf")
    page.get_by_role("link", name="征求").click()
    page.get_by_text("代录汇总").click()
    viewer.judge("summing up for somebody")
    page.locator("#close-papers").set_input_files([PICTURE])  # type: ignore[list-item]
    viewer.tap("代录")
    viewer.leave(task)

    reply = square.open(matter)["回复"]
    page = viewer.open("文书", reply)
    page.get_by_text("代录答复").click()
    page.get_by_label("意见编号").fill("1-2")
    page.locator("#answer-papers").set_input_files([PICTURE])  # type: ignore[list-item]
    viewer.judge("answering for somebody")
    page.get_by_role("button", name="不采纳").click()
    expect(page.get_by_text("选“不采纳”时请写明理由")).to_be_visible()
    page.get_by_role("button", name="采纳", exact=True).click()  # the photo is kept
    expect(page.get_by_text("已答复 2 条，一共 2 条")).to_be_visible()
    page.get_by_text("代录汇总").click()
    page.locator("#close-papers").set_input_files([PICTURE])  # type: ignore[list-item]
    viewer.tap("代录")
    viewer.leave(reply)

    notice = square.open(matter)["公示"]
    page = viewer.open("文书", notice)
    page.get_by_label("村务公开栏的照片或截图").set_input_files([PICTURE])  # type: ignore[list-item]
    page.locator("#publish-papers").set_input_files([PICTURE])  # type: ignore[list-item]
    viewer.judge("publishing for somebody")
    viewer.tap("代录公示")
    expect(page.get_by_text("正在公示")).to_be_visible()
    site.pass_time(days=8)
    page.reload()
    page.locator("#close-papers").set_input_files([PICTURE])  # type: ignore[list-item]
    viewer.tap("结束公示")
    viewer.leave(notice)
    result = square.result(matter, "公示")
    assert result is not None and result["办理人"] == [square.id("主任")]
    assert viewer.problems == []


def test_what_the_clerk_entered_is_confirmed_by_whose_opinion_it_is(site: Site) -> None:
    square = Square(site.runtime, site.world, asking(), asked=2)
    matter, task = square.matter()
    rows = [{"姓名": "代表1", "立场": "赞成", "内容": "好"}]
    square.act(task, "add_batch", "文书", {"意见": rows, "照片": [square.paper("文书")]})
    assert "这是我的意见，确认" not in site.visitor("主任").get(f"/tasks/{task}").text
    page = site.visitor("代表1").get(f"/tasks/{task}").text
    assert "文书录入" in page and "这是我的意见，确认" in page
    opinion = square.rows(task)[0].id
    assert site.visitor("代表2").post(f"/opinions/{opinion}/confirm").status_code == 404
    answer = site.visitor("代表1").post(f"/opinions/{opinion}/confirm")
    assert answer.location.endswith(f"/matters/{matter}/opinions")
    assert "本人已确认" in site.visitor("代表1").get(answer.location).text
