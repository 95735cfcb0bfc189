"""The public side: read without an account or a script, take part, and what comes of flood, silence and bad input."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import Connection, event, insert, select, update
from werkzeug.test import TestResponse

from engine.operations import act_on_task, publish_procedure, start_matter
from engine.store.proceedings import meetings
from engine.store.publicity import public_links
from engine.store.tables import households, units
from tests.consulting import Square, asking, photo, publishing
from tests.hall import FULL, enrol
from tests.strangers import code_of, settle_household
from tests.webui.pages.conftest import Site, Visitor
from webui.public.codes import grouped, qr

PAGE_AND_STYLES = 60 * 1024  # bytes, as it travels without any packing
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Village:
    """A notice that is up, and whoever comes by."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.square = Square(site.runtime, site.world, publishing(publishes="决议事项"), asked=3)
        self.matter, self.task = self.square.matter()
        self.square.publish(self.task, "村务公开栏", "微信群", 内容="村口道路硬化\r\n\r\n今年五月底前修好。")
        with site.runtime.database.read() as c:
            links = public_links.c
            self.code = str(c.scalar(select(links.code).where(links.instance_id == self.matter)))
        self.page = f"/p/{self.code}"
        self.form = f"{self.page}/say/{self.task}"

    def say(self, by: Visitor, content: str = "先修下水道", **fields: Any) -> TestResponse:
        """Fill in the form as a browser does: with the token of the page."""
        found = TOKEN.search(by.get(self.form).text)
        assert found is not None
        data = {"csrf_token": found[1], "类别": "意见", "内容": content, **fields}
        return by.client.post(self.form, data=data, content_type="multipart/form-data")

    def admit(self, verdict: str = "采用", **more: str) -> TestResponse:
        page = self.site.visitor("主任").get(f"/tasks/{self.task}").text
        found = re.search(r'name="核对\.0\.编号" value="([^"]+)"', page)
        assert found is not None, "nothing waits to be moderated"
        rows = {"核对.0.编号": found[1], "核对.0.采用": verdict, **more}
        return self.site.visitor("主任").post(f"/tasks/{self.task}/act/moderate", rows)


@pytest.fixture
def village(site: Site) -> Village:
    return Village(site)


# ---------------------------------------------------------------- reading


def test_a_notice_is_read_by_anybody_and_is_small(village: Village, site: Site) -> None:
    answer = site.stranger().get(village.page)
    assert answer.status_code == 200
    assert "今年五月底前修好。" in answer.text
    assert "村口道路硬化" in answer.text and "柳湾村" in answer.text
    assert answer.text.count(">村口道路硬化<") == 1  # the text's first line is the title that stands above it
    assert "四次公开" in answer.text and answer.text.count("还没有公开") == 3
    assert "主任</" not in answer.text.replace("村委会主任", "")  # posts are named, people are not
    assert "<script" not in answer.text and " style=" not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow" and 'content="noindex' in answer.text
    assert "public" in answer.headers["Cache-Control"]
    styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', answer.text)
    assert len(styles) == 1
    sheet = site.stranger().get(styles[0], headers={"Accept-Encoding": "identity"})
    assert len(answer.data) + len(sheet.data) < PAGE_AND_STYLES


def test_a_page_is_drawn_once_and_sent_once(village: Village, site: Site) -> None:
    first = site.stranger().get(village.page)
    asked: list[str] = []
    engine = site.runtime.database.engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    again = site.stranger().get(village.page, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and not again.data
    assert len([one for one in asked if one.startswith("SELECT")]) <= 2


def test_no_cache_on_the_way_gets_a_session(village: Village, site: Site) -> None:
    """A cadre's cookie is renewed with every page of his, but not with what others are handed from a cache."""
    cadre = site.visitor("主任")
    assert "Set-Cookie" in cadre.get("/tasks").headers
    styles = re.search(r'<link rel="stylesheet" href="([^"]+)"', cadre.get(village.page).text)
    assert styles is not None
    for path in (village.page, f"{village.page}/photos", "/p/unit/village", styles[1]):
        answer = cadre.get(path)
        assert "public" in answer.headers["Cache-Control"] and "Set-Cookie" not in answer.headers, path


def test_one_page_however_its_code_is_written(village: Village, site: Site) -> None:
    """Hyphens by the hundred would otherwise draw and keep a page each, and push the others out."""
    first = site.stranger().get(village.page)
    shelf = site.app.extensions["public-shelf"]
    kept = len(shelf)
    for code in (
        grouped(village.code),
        village.code.lower(),
        f"--{village.code}",
        f"%20{village.code}%E2%80%8B",
    ):
        answer = site.stranger().get(f"/p/{code}")
        assert answer.data == first.data, code
    assert len(shelf) == kept


def test_large_letters_need_no_script(village: Village, site: Site) -> None:
    reader = site.stranger()
    assert '<html lang="zh-CN">' in reader.get(village.page).text
    turned = reader.get(f"/p/size?on=1&next={village.page}")
    assert turned.location == village.page
    page = reader.get(village.page).text
    assert 'class="large"' in page and "标准字" in page
    assert reader.get("/p/size?on=0&next=https://evil.example/").location == "/p"


@pytest.mark.parametrize(
    "written", [str.lower, grouped, lambda code: f" {code} ", lambda code: f"https://x/p/{code}"]
)
def test_the_code_is_typed_as_people_type(
    village: Village, site: Site, written: Callable[[str], str]
) -> None:
    answer = site.stranger().get("/p", query_string={"code": written(village.code)})
    assert answer.status_code == 302
    assert site.stranger().get(answer.location).status_code == 200


def test_a_wrong_code_says_so_and_stays(site: Site, village: Village) -> None:
    answer = site.stranger().get("/p", query_string={"code": "<b>错的"})
    assert answer.status_code == 404
    assert "没有编号是“&lt;b&gt;错的”的" in answer.text and 'value="&lt;b&gt;错的"' in answer.text
    for path in ("/p/NOSUCHCODE", "/p/h/NOSUCHCODE", "/p/unit/nowhere"):
        lost = site.stranger().get(path)
        assert lost.status_code == 404 and "重新输入编号" in lost.text, path


def test_the_village_has_a_board(village: Village, site: Site) -> None:
    board = site.stranger().get("/p/unit/village")
    assert board.status_code == 200
    assert village.page in board.text and "村口道路硬化" in board.text


def test_photos_are_small_until_somebody_wants_them(village: Village, site: Site) -> None:
    first = site.stranger().get(village.page).text
    assert "<img" not in first
    album = re.search(r'href="([^"]+/photos)#', first)
    assert album is not None
    page = site.stranger().get(album[1]).text
    small = re.search(r'<img src="([^"]+)"', page)
    assert small is not None
    picture = site.stranger().get(small[1])
    assert picture.mimetype == "image/jpeg" and Image.open(io.BytesIO(picture.data)).width <= 264
    whole = re.search(r'<a href="([^"]+/file/[^"]+)"', page)
    assert whole is not None and site.stranger().get(whole[1]).status_code == 200
    other = re.sub(r"[0-9a-f]{8}$", "00000000", whole[1])
    assert site.stranger().get(other).status_code == 404


# ---------------------------------------------------------------- taking part


def test_an_opinion_waits_until_somebody_has_read_it(village: Village, site: Site) -> None:
    villager = site.stranger()
    handed_in = village.say(villager, "水沟 <script>alert(1)</script> 一起修", 姓名="张建国")
    assert handed_in.status_code == 303
    thanks = villager.get(handed_in.location).text
    assert "已收到" in thanks and "核对后公开" in thanks and village.page in thanks
    assert "水沟" not in villager.get(village.page).text
    assert village.admit().status_code == 302
    page = villager.get(village.page).text
    assert "水沟 &lt;script&gt;" in page and "<script>alert" not in page
    assert "张*国" in page and "张建国" not in page


def test_what_is_not_adopted_is_counted_with_its_reason(village: Village, site: Site) -> None:
    village.say(site.stranger(), "卖水泥，电话 138")
    again = village.admit("不采用")
    assert again.status_code == 422 and "请写明理由" in again.text
    assert village.admit("不采用", **{"核对.0.理由": "广告"}).status_code == 302
    page = site.stranger().get(village.page).text
    assert "卖水泥" not in page and "未采用 1 条" in page and "广告" in page


def test_nothing_typed_is_lost(village: Village, site: Site) -> None:
    villager = site.stranger()
    answer = village.say(villager, "", 姓名="李四", 电话="13800000000")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text and 'aria-invalid="true"' in answer.text
    assert 'value="李四"' in answer.text and 'value="13800000000"' in answer.text
    stale = villager.client.post(village.form, data={"类别": "异议", "内容": "路太窄", "csrf_token": "old"})
    assert stale.status_code == 400 and "路太窄" in stale.text and "再点一次" in stale.text
    trapped = village.say(villager, "路太窄", homepage="http://spam.example")
    assert trapped.status_code == 422 and "路太窄" in trapped.text
    assert "spam.example" not in trapped.text


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"not a picture", "图.jpg", "不能传这种文件"),
        (photo()[:40], "图.png", "图"),
        (b"%PDF-1.7 something", "图.pdf", "只能传照片"),
    ],
)
def test_a_photo_that_is_none(village: Village, site: Site, content: bytes, name: str, says: str) -> None:
    answer = village.say(site.stranger(), "看照片", 照片=(io.BytesIO(content), name))
    assert answer.status_code == 422 and "看照片" in answer.text
    assert says in answer.text and "照片要重新选一次" in answer.text


def test_a_photo_is_for_who_works_on_it(village: Village, site: Site) -> None:
    assert village.say(site.stranger(), "看照片", 照片=(io.BytesIO(photo()), "沟.png")).status_code == 303
    village.admit()
    page = site.stranger().get(village.page).text
    assert "看照片" in page
    task = site.visitor("主任").get(f"/tasks/{village.task}").text
    assert re.search(r'href="/files/[0-9a-f]+"', task)


def test_a_flood_is_stopped_and_says_what_to_do(village: Village, site: Site) -> None:
    for number in range(5):
        assert village.say(site.stranger(), f"第 {number} 条").status_code == 303
    sixth = village.say(site.stranger(), "第六条")
    assert sixth.status_code == 429
    assert "第六条" in sixth.text and "交给村文书" in sixth.text


def test_a_page_too_large_is_told(village: Village, site: Site) -> None:
    villager = site.stranger()
    villager.get(village.form)
    large = io.BytesIO(b"\xff\xd8\xff" + b"0" * (12 << 20))
    answer = villager.client.post(village.form, data={"照片": (large, "大.jpg")})
    assert answer.status_code == 413 and "最多 10 MB" in answer.text


def test_after_the_last_day_nothing_is_taken(village: Village, site: Site) -> None:
    villager = site.stranger()
    token = TOKEN.search(villager.get(village.form).text)
    assert token is not None
    site.pass_time(days=9)
    late = villager.client.post(village.form, data={"csrf_token": token[1], "类别": "意见", "内容": "迟了"})
    assert late.status_code == 404 and "刚才写的没有收下" in late.text
    assert f'href="{village.page}">看后来怎么样' in late.text
    assert "提意见</a>" not in villager.get(village.page).text


# ---------------------------------------------------------------- paper


def test_the_sheet_for_the_board(village: Village, site: Site) -> None:
    sheet = site.visitor("主任").get(f"/tasks/{village.task}/sheet")
    assert sheet.status_code == 200
    assert "扫码看全部经过、提意见" in sheet.text and grouped(village.code) in sheet.text
    assert str(qr(f"http://localhost{village.page}")) in sheet.text
    assert "2026年3月2日 至 2026年3月9日" in sheet.text
    assert site.stranger().get(f"/tasks/{village.task}/sheet").status_code == 302


# ---------------------------------------------------------------- households


class Asked:
    """A consultation that asks three households, each with a slip."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.square = Square(site.runtime, site.world, asking(**{"from": "户代表", "open": "yes"}), asked=0)
        for number, name in (("1", "钱一"), ("2", "孙二"), ("3", "李四")):
            settle_household(self.square, number, name, post="户代表")
        site.runtime.database.run(self._renumber)
        self.matter, self.task = self.square.matter()
        assert site.visitor("主任").post(f"/tasks/{self.task}/act/make_links").status_code == 302
        links = public_links.c
        query = select(links.code).where(links.task_id == self.task).order_by(links.household_id)
        with site.runtime.database.read() as c:
            self.codes = list(c.scalars(query))
        self.page = f"/p/h/{self.codes[0]}"

    def _renumber(self, c: Connection) -> None:
        """The third lives in another group, which numbers its households anew."""
        village = self.site.world.units["village"]
        path = c.scalar(select(units.c.path).where(units.c.id == village))
        group = {"parent_id": village, "level": "屋场", "code": "group", "name": "上湾屋场"}
        made = c.execute(insert(units).values(**group, path=f"{path}999/")).inserted_primary_key[0]
        third = update(households).where(households.c.number == "3")
        c.execute(third.values(number="2", unit_id=made))

    def answer(self, by: Visitor, path: str = "", **fields: Any) -> TestResponse:
        page = path or self.page
        found = TOKEN.search(by.get(page).text)
        assert found is not None
        return by.client.post(page, data={"csrf_token": found[1], **fields})


@pytest.fixture
def asked(site: Site) -> Asked:
    return Asked(site)


def test_a_household_answers_once_and_may_think_again(asked: Asked, site: Site) -> None:
    villager = site.stranger()
    page = villager.get(asked.page)
    assert page.status_code == 200 and "第 1 户" in page.text and "村口的路，您赞成修吗" in page.text
    assert page.headers["Cache-Control"] == "no-store" and page.headers["Referrer-Policy"] == "no-referrer"
    assert "钱一" not in page.text
    unsaid = asked.answer(villager, 内容="要留水沟")
    assert unsaid.status_code == 422 and "要留水沟" in unsaid.text
    assert asked.answer(villager, 立场="赞成", 内容="要留水沟").status_code == 303
    answered = villager.get(asked.page).text
    assert "这一户的答复已经收到" in answered and "赞成" in answered and "要留水沟" in answered
    token = TOKEN.search(answered)
    assert token is not None
    again = villager.client.post(asked.page, data={"csrf_token": token[1], "立场": "反对"})
    assert again.status_code == 409 and "一户一份" in again.text
    assert villager.client.post(f"{asked.page}/withdraw", data={"csrf_token": token[1]}).status_code == 303
    assert asked.answer(villager, 立场="反对").status_code == 303
    assert [row.stance for row in asked.square.rows(asked.task) if row.withdrawn_at is None] == ["反对"]


def test_slips_are_printed_for_those_who_have_not_answered(asked: Asked, site: Site) -> None:
    asked.answer(site.stranger(), 立场="赞成")
    page = site.visitor("主任").get(f"/tasks/{asked.task}").text
    assert "户码：3 户，1 户答了" in page and "印户码（2 户）" in page
    sheet = site.visitor("主任").get(f"/tasks/{asked.task}/slips").text
    assert sheet.count('class="slip"') == 2
    assert all(str(qr(f"http://localhost/p/h/{code}")) in sheet for code in asked.codes[1:])
    assert "<strong>第 2 户</strong>　孙二" in sheet and "<strong>上湾屋场 第 2 户</strong>　李四" in sheet
    assert "上湾屋场 第 2 户" in site.stranger().get(f"/p/h/{asked.codes[2]}").text
    assert asked.codes[0] not in sheet and grouped(asked.codes[1]) in sheet
    for name in ("百姓", "外村"):  # a code is as good as a key
        assert site.visitor(name).get(f"/tasks/{asked.task}/slips").status_code == 404


def test_a_lost_slip_is_replaced(asked: Asked, site: Site) -> None:
    renew = f"/tasks/{asked.task}/act/renew_link"
    wrong = site.visitor("主任").post(renew, {"户号": "99"})
    assert wrong.status_code == 422 and 'value="99"' in wrong.text and "请照户码单" in wrong.text
    twice = site.visitor("主任").post(renew, {"户号": "2"})  # two groups number their households alike
    assert twice.status_code == 422 and "孙二、李四" in twice.text
    assert site.visitor("主任").post(renew, {"户号": "钱一"}).status_code == 302
    old = site.stranger().get(asked.page)
    assert old.status_code == 404 and "重新输入编号" in old.text


def test_everybody_may_say_something_where_the_consultation_is_open(asked: Asked, site: Site) -> None:
    code = code_of(asked.square, asked.matter)
    villager, form = site.stranger(), f"/p/{code}/say/{asked.task}"
    assert "提意见" in villager.get(f"/p/{code}").text
    token = TOKEN.search(villager.get(form).text)
    assert token is not None
    data = {"csrf_token": token[1], "立场": "赞成", "内容": "早点修"}
    assert villager.client.post(form, data=data).status_code == 303
    page = site.visitor("主任").get(f"/tasks/{asked.task}").text
    assert "待核对的意见 1 条" in page and "先核对扫码提的 1 条" in page


def test_the_meeting_has_a_sheet_for_the_board(site: Site) -> None:
    enrolled = site.runtime.database.run(lambda c: enrol(c, site.world, 3))
    publish_procedure(site.runtime, None, FULL, "county")
    chair = site.world.people["主任"]
    done = start_matter(site.runtime, chair, "full", "village", "修水渠")
    task = done.open_tasks[0]["id"]
    act_on_task(site.runtime, chair, task, "convene", {"时间": "2026-03-20T14:30", "地点": "村部会议室"})
    with site.runtime.database.read() as c:
        meeting = c.scalar(select(meetings.c.id))
    sheet = site.visitor("主任").get(f"/meetings/{meeting}/sheet")
    assert enrolled and sheet.status_code == 200
    assert "会议公告" in sheet.text and "2026年3月20日（星期五）14:30" in sheet.text
    assert "村部会议室" in sheet.text and "修水渠" in sheet.text
