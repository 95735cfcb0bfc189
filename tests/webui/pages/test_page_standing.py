"""A matter's public page taken down and put up again: who may, what everybody then reads, and what keeps it up."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from engine.operations import public as public_operations
from engine.operations import put_up_page, take_down_page
from engine.queries import public
from engine.refusal import Forbidden, Gone, Invalid, NotVisible, Overtaken
from tests.consulting import Square, asking, publishing
from tests.strangers import HOME, code_of
from tests.webui.pages.browsing import enter, judge
from tests.webui.pages.conftest import Site

WHY = "写了一户的家庭情况"


class Matter:
    """Everybody is asked, so that it has a page; a notice follows."""

    def __init__(self, site: Site) -> None:
        self.site, self.runtime = site, site.runtime
        self.square = Square(site.runtime, site.world, asking(open="yes"), publishing(), asked=3)
        self.id, self.task = self.square.matter()
        self.code = code_of(self.square, self.id)
        self.page = f"/p/{self.code}"

    def down(self, by: str = "文书", why: str = WHY) -> None:
        take_down_page(self.runtime, self.square.id(by), self.id, why)

    def up(self, by: str = "文书", why: str = "名字已经改了") -> None:
        put_up_page(self.runtime, self.square.id(by), self.id, why)

    def notice(self) -> str:
        self.square.say(self.task, yes=3)
        self.square.act(self.task, "close", "主任", {"归纳": "都赞成"})
        return self.square.open(self.id)["公示"]


@pytest.fixture
def matter(site: Site) -> Matter:
    return Matter(site)


def refusal(kind, code):
    return pytest.raises(kind, check=lambda refused: refused.code == code)


def test_everybody_reads_when_and_why(matter: Matter, site: Site) -> None:
    board = "/p/unit/village"
    assert "村口道路硬化" in site.stranger().get(board).text
    matter.down()
    for path in (
        "",
        "/photos",
        f"/say/{matter.task}",
        f"/ballot/{matter.task}",
        f"/paper/{matter.task}/决议.pdf",
    ):
        answer = site.stranger().get(f"{matter.page}{path}")
        assert answer.status_code == 410, path
        assert "2026 年 3 月 2 日撤下" in answer.text and WHY in answer.text
        assert "村口道路硬化" not in answer.text
    with refusal(Gone, "page-down"):
        public_operations.say(matter.runtime, matter.code, matter.task, {"内容": "先修下水道"}, address=HOME)
    assert public.unit(matter.runtime, "village").under_way == []
    assert public.code_of(matter.runtime, matter.id) is None
    matter.up()
    answer = site.stranger().get(matter.page)
    assert answer.status_code == 200 and "村口道路硬化" in answer.text
    assert code_of(matter.square, matter.id) == matter.code


def test_who_may(matter: Matter) -> None:
    for by in ("文书", "书记", "主任", "管得宽"):
        matter.down(by)
        matter.up(by)
    with refusal(Forbidden, "not-publisher"):
        matter.down("会计")
    with refusal(NotVisible, "matter-unknown"):
        matter.down("外村")
    with refusal(Overtaken, "page-up"):
        matter.up()
    matter.down()
    with refusal(Overtaken, "page-down"):
        matter.down()
    for why in ("", " 。", "长" * 256):
        with refusal(Invalid, "reason"):
            matter.up(why=why)


def test_never_while_a_notice_is_running(matter: Matter, site: Site) -> None:
    task = matter.notice()
    matter.down()
    with refusal(Invalid, "page-down"):  # nor is one put up whose page is down
        matter.square.publish(task, "村务公开栏", "微信群")
    matter.up()
    matter.square.publish(task, "村务公开栏", "微信群")
    with refusal(Invalid, "notice-running") as refused:
        matter.down()
    assert "公示期内不能撤下" in refused.value.message and "3 月" in refused.value.message
    clerk = site.visitor("文书")
    assert "公示期内不能撤下" in clerk.get(f"/matters/{matter.id}/page").text
    assert clerk.post(f"/matters/{matter.id}/page/down", {"理由": WHY}).status_code == 422
    site.pass_time(days=30)
    matter.down()


def test_from_the_page_of_the_matter(matter: Matter, site: Site) -> None:
    clerk, page = site.visitor("文书"), f"/matters/{matter.id}/page"
    assert f'href="{page}"' in clerk.get(f"/matters/{matter.id}").text
    empty = clerk.post(f"{page}/down", {"理由": ""})
    assert empty.status_code == 422 and "请写明理由" in empty.text
    assert clerk.post(f"{page}/down", {"理由": WHY}).status_code == 302
    shown = clerk.get(f"/matters/{matter.id}").text
    assert "公开页已经撤下" in shown and "撤下了公开页" in shown and f"理由：{WHY}" in shown
    assert WHY in clerk.get(page).text
    assert clerk.post(f"{page}/up", {"理由": "改好了"}).status_code == 302
    assert "恢复了公开页" in clerk.get(f"/matters/{matter.id}").text
    assert site.visitor("外村").get(page).status_code == 404
    assert site.visitor("会计").post(f"{page}/down", {"理由": WHY}).status_code == 403


def test_on_a_phone_and_on_a_desk(matter: Matter, site: Site, page, phone, address) -> None:
    enter(phone, site, address, "文书")
    problems = []
    for heading in ("撤下公开页", "恢复公开页"):
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(f"{address}/matters/{matter.id}/page")
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        problems += judge(page, heading)
        if heading == "撤下公开页":
            matter.down()
    page.goto(f"{address}{matter.page}")
    problems += judge(page, "gone")
    assert not problems
