"""What the manuals show, done in the sample county in the order in which things happen there.

Every chapter brings its matter to the state it pictures: by the pages where the manual tells how, by the operations
where it does not matter.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page
from sqlalchemy import select

from engine.configuration import Configuration
from engine.operations import act_on_task, upload_file
from engine.people.accounts import person_by_login
from engine.queries.public import code_of
from engine.refusal import Refusal
from engine.runtime import Runtime
from engine.steps.method import PAPER
from engine.store.proceedings import ratings
from engine.store.publicity import public_links
from engine.store.tables import instances, tasks
from tests.docs import design, hall
from tests.docs.album import Album, logins, photo, registered, unfold
from tests.stories.county import county
from tests.stories.later import moved
from tests.stories.person import picture

WEDNESDAY = datetime(2026, 6, 10, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@contextmanager
def walked(folder: Path, browser: Browser, *, shoots: bool = False) -> Iterator[Album]:
    """The album of a walk through a fresh county."""
    with county(folder, browser, WEDNESDAY) as village:
        album = Album(village.url, browser, shoots)
        runtime = Runtime.open(
            Configuration.from_environment({"CUNYI_DATA_DIR": str(folder), "CUNYI_DEMO": "1"}), moved(folder)
        )
        walk = Walk(album, runtime)
        for chapter in CHAPTERS:
            chapter(walk)
        yield album
        album.close()
        runtime.database.close()


class Walk:
    """The album, and a way into the county that needs no page."""

    def __init__(self, album: Album, runtime: Runtime) -> None:
        self.album, self.runtime = album, runtime
        self.meetings: dict[str, str] = {}  # of a matter, for what is done after the meeting

    def task(self, matter: str, step: str) -> str:
        """The id of a matter's open step."""
        wanted = (
            select(tasks.c.id)
            .join(instances, instances.c.id == tasks.c.instance_id)
            .where(instances.c.title == matter, tasks.c.name == step)
        )
        found = self.runtime.database.look(lambda c: c.scalar(wanted))
        assert found, f"{matter}：没有打开的“{step}”"
        return str(found)

    def matter(self, title: str) -> str:
        found = self.runtime.database.look(
            lambda c: c.scalar(select(instances.c.id).where(instances.c.title == title))
        )
        assert found, title
        return str(found)

    def person(self, name: str) -> int:
        found = self.runtime.database.look(lambda c: person_by_login(c, logins()[name]))
        assert found, name
        return found

    def acts(self, name: str, task_id: str, action: str, data: dict[str, Any]) -> None:
        act_on_task(self.runtime, self.person(name), task_id, action, data)

    def paper(self, name: str, of: str) -> list[dict[str, str]]:
        stored = upload_file(self.runtime, self.person(of), picture(), name)
        return [{"id": stored["id"], "name": stored["name"]}]

    def opens(self, name: str, matter: str, step: str) -> Page:
        return self.album.opens(name, f"/tasks/{self.task(matter, step)}")

    def taps(self, page: Page, name: str) -> None:
        """A button by its exact words, and what comes then."""
        with page.expect_navigation():
            page.get_by_role("button", name=name, exact=True).first.click()
        assert not (wrong := page.locator(".invalid-feedback, .alert-danger").all_inner_texts()), wrong
        self.album.look(page)


# ---------------------------------------------------------------- 登录、待办、发起


def signs_in(walk: Walk) -> None:
    walk.album.opens("", "/sign-in")
    todo = walk.album.opens("林秀英", "/tasks")
    walk.album.take("待办", todo)
    for scope in ("claimable", "overdue", "done"):
        walk.album.opens("谭秀英", f"/tasks?scope={scope}")
    walk.album.opens("江玉成", "/me")
    walk.album.opens("江玉成", "/me/password")


def starts(walk: Walk) -> None:
    walk.album.opens("林秀英", "/start")
    page = walk.album.opens("林秀英", "/start/babu")
    page.get_by_label("是什么事").fill("修上湾到村口的排水沟")
    button = page.get_by_role("button", name="发起，接着填第一步")
    walk.album.take("发起", page, page.get_by_role("heading", name="八步工作法"), button)
    walk.taps(page, "发起，接着填第一步")
    walk.album.opens("林秀英", f"/matters/{walk.matter('修上湾到村口的排水沟')}")


# ---------------------------------------------------------------- 征求意见


def hears_opinions(walk: Walk) -> None:
    matter, step = "给五保户修房子", "书面征求代表意见"
    page = walk.opens("林秀英", matter, step)
    names = unfold(page.locator("details", has_text="还没有提意见的").last)
    walk.album.take("还没提意见的人", page, names)
    page = walk.opens("方玉梅", matter, step)
    page.locator("textarea[name=内容]").fill("先修漏雨的那间，灶台一起修。")
    answers = page.get_by_role("button", name="其他", exact=True)
    walk.album.take("提意见", page, page.locator(".question"), answers)
    walk.taps(page, "赞成")
    walk.opens("陈克勤", matter, step)


def enters_a_batch(walk: Walk) -> None:
    page = walk.opens("林秀英", "给五保户修房子", "书面征求代表意见")
    folded = unfold(page.locator("details", has_text="录入纸上、口头的意见").first)
    folded.locator("[name='意见.0.姓名']").fill("袁桂珍、邓长根")
    folded.locator("[name='意见.0.立场'][value=赞成]").check()
    folded.locator("[name='意见.0.内容']").fill("同意修，先修屋顶")
    folded.locator("[name='意见.1.姓名']").fill("陈志明")
    folded.locator("[name='意见.1.立场'][value=其他]").check()
    folded.locator("[name='意见.1.内容']").fill("问一下材料钱从哪里出")
    if (channel := folded.locator("select[name=渠道]")).count():
        channel.select_option(index=1)
    photo(folded.locator("input[type=file]").first, "意见卡.jpg")
    walk.album.take("录入一批意见", page, folded, folded.locator("fieldset").nth(2))
    walk.taps(page, "录入")


def sums_up(walk: Walk) -> None:
    page = walk.opens("林秀英", "给五保户修房子", "书面征求代表意见")
    page.locator(".fjs-form").wait_for()
    walk.album.take(
        "汇总", page, page.get_by_label("征求情况"), page.get_by_role("button", name="汇总", exact=True)
    )


# ---------------------------------------------------------------- 开会、票决


def convenes(walk: Walk) -> None:
    page = walk.opens("陈克勤", "上湾到小学的路加护栏", "成决议")
    heading = page.get_by_role("heading", name="召集会议", exact=True)
    page.get_by_label("开会时间").fill("2026-06-10T15:00")
    page.get_by_label("村务公开栏").check()
    page.get_by_label("微信群").check()
    photo(page.locator("input[name=凭证]").first, "公开栏.jpg")
    walk.album.take("召集会议", page, heading, page.get_by_role("button", name="召集会议", exact=True))
    walk.taps(page, "召集会议")


def opens_the_meeting(walk: Walk) -> None:
    matter, step = "上湾到小学的路加护栏", "成决议"
    page = walk.opens("陈克勤", matter, step)
    heading = page.get_by_role("heading", name="开会", exact=True)
    there = page.get_by_role("group", name="到会的人").locator("input[type=checkbox]")
    for place in range(there.count()):
        there.nth(place).set_checked(place < 18)
    walk.album.take("开会", page, heading, there.nth(19))
    walk.taps(page, "开会，记名投票")
    walk.album.take("人数不够", page, page.get_by_label("到会人数"))
    walk.opens("汪丽萍", matter, step)
    late = unfold(page.locator("details", has_text="签到：又来了人").first)
    more = late.get_by_role("group", name="又到了哪些人").locator("input[type=checkbox]")
    for place in range(6):
        more.nth(place).check()
    walk.taps(page, "保存签到")
    unfold(page.locator("details", has_text="会上修改了议案").first)
    page.get_by_label("改成", exact=True).fill("上湾到小学的路加护栏，转弯处装镜子")
    walk.taps(page, "改好了，准备宣读")
    walk.taps(page, "已经宣读定稿")


def votes(walk: Walk) -> None:
    matter, step = "上湾到小学的路加护栏", "成决议"
    page = walk.opens("罗丽萍", matter, step)
    page.locator("label", has_text="赞成").first.click()
    heading = page.get_by_role("heading", name="请您投票")
    walk.album.take("投票", page, heading, page.get_by_role("button", name="提交投票"))
    walk.taps(page, "提交投票")
    task = walk.task(matter, step)
    for name in registered("村民代表", "liuwan"):
        with suppress(Refusal):  # who has voted, or is not there
            walk.acts(name, task, "cast", {"votes": [{"motion": 1, "choice": "赞成"}]})
    page = walk.opens("陈克勤", matter, step)
    walk.taps(page, "结束表决，宣布结果")


def counts_papers(walk: Walk) -> None:
    matter, step = "给老樟树屋场装健身器材", "成决议"
    task, chair = walk.task(matter, step), "陈克勤"
    walk.acts(chair, task, "convene", {"时间": "2026-06-10T15:00", "地点": "村文化礼堂"})
    walk.opens(chair, matter, step)
    proof = {"渠道": ["村务公开栏"], "凭证": walk.paper("公开栏.jpg", chair)}
    walk.acts(chair, task, "announce", proof)
    walk.meetings[matter] = hall.meeting_of(walk, task)
    there = [walk.person(name) for name in registered("村民代表", "liuwan")[:26]]
    walk.acts(chair, task, "open", {"到会": there, "方式": PAPER})
    page = walk.opens("林秀英", matter, step)
    figures = {"发出": 25, "收回": 25, "有效": 24, "无效": 1, "赞成": 21, "反对": 2, "弃权": 1}
    for figure, number in figures.items():
        page.get_by_label(figure, exact=True).first.fill(str(number))
    heading = page.get_by_role("heading", name="录入计票", exact=True)
    walk.album.take("录入计票", page, heading, page.get_by_role("button", name="录入，交监票人核对"))
    walk.taps(page, "录入，交监票人核对")
    page = walk.opens("田慧敏", matter, step)
    heading = page.get_by_role("heading", name="核对计票", exact=True)
    walk.album.take("核对计票", page, heading, page.locator("details", has_text="对不上").first)
    walk.taps(page, "核对无误，宣布结果")


def writes_a_meeting_down(walk: Walk) -> None:
    page = walk.opens("江玉成", "下湾水渠改道", "党员大会征意见")
    heading = page.get_by_role("heading", name="记下这次会议", exact=True)
    there = page.get_by_role("group", name="到会的人").locator("input[type=checkbox]")
    for place in range(there.count()):
        there.nth(place).set_checked(place < 12)
    walk.album.take("记下会议", page, heading, page.get_by_label("党员提了哪些意见"))
    walk.album.opens("江玉成", "/meetings")


# ---------------------------------------------------------------- 公示、测评


def publishes(walk: Walk) -> None:
    page = walk.opens("谭秀英", "上湾到小学的路加护栏", "广示之")
    for word in ("村务公开栏", "广播"):
        page.get_by_label(word, exact=True).check()
        channel = page.locator(".channel", has=page.get_by_label(word, exact=True))
        photo(channel.locator("input[type=file]"), f"{word}.jpg")
    channels = page.get_by_role("group", name="公示渠道")
    walk.album.take("公示", page, channels, page.get_by_role("button", name="公示出去"))
    walk.taps(page, "公示出去")


def reads_as_a_villager(walk: Walk) -> None:
    """Without an account, from the code on the paper."""
    title = "上湾到小学的路加护栏"
    album, code = walk.album, code_of(walk.runtime, walk.matter(title))
    album.take("输入编号", album.opens("", "/p"))
    page = album.opens("", f"/p/{code}")
    album.take("公开页", page)
    page.get_by_role("link", name="提意见").click()
    page.get_by_label("意见、建议").check()
    page.get_by_label("您要说的话").fill("转弯的地方再装一面镜子。")
    album.take(
        "村民提意见", page, page.get_by_role("heading", level=1), page.get_by_role("button", name="交上")
    )
    page.get_by_role("button", name="交上").click()
    page.get_by_role("heading", name="已收到，谢谢您").wait_for()
    album.look(page)


def answers_by_household(walk: Walk) -> None:
    """With the slip of a household that has not rated yet."""
    task = walk.task("清淤老鸦山塘", "满意度测评")
    walk.acts("彭玉成", task, "make_links", {})
    slips = walk.album.opens("彭玉成", f"/tasks/{task}/slips")
    walk.album.take("户码纸条", slips, slips.locator(".slip").nth(0), slips.locator(".slip").nth(1))
    spoke = select(ratings.c.person_id).where(ratings.c.task_id == task, ratings.c.person_id.is_not(None))
    silent = (public_links.c.task_id == task, public_links.c.person_id.not_in(spoke))
    code = walk.runtime.database.look(lambda c: c.scalar(select(public_links.c.code).where(*silent)))
    page = walk.album.opens("", f"/p/h/{code}")
    page.get_by_label("满意", exact=True).check()
    button = page.get_by_role("button", name="代表全户交上")
    walk.album.take("户码", page, page.get_by_role("heading", level=1), button)
    button.click()
    page.get_by_text("这一户的答复已经收到").wait_for()
    walk.album.look(page)


def moderates(walk: Walk) -> None:
    page = walk.opens("谭秀英", "上湾到小学的路加护栏", "广示之")
    heading = page.get_by_role("heading", name="待核对的意见")
    walk.album.take("核对意见", page, heading, page.get_by_label("公开页"))
    walk.taps(page, "采用，公开")


def answers_feedback(walk: Walk) -> None:
    page = walk.opens("谭秀英", "三组接通自来水", "广示之")
    heading = page.get_by_role("heading", name="请逐条答复")
    replies = page.get_by_label("答复（不采纳、部分采纳的要写明理由）")
    replies.first.fill("管子沿田埂走，不从菜地里过。")
    verdict = page.get_by_role("button", name="不采纳", exact=True)
    walk.album.take("答复反馈", page, heading, verdict.first)
    for _ in range(2):
        replies.first.fill("管子沿田埂走，不从菜地里过，也离开墙脚。")
        walk.taps(page, "采纳")
    if page.get_by_role("button", name="结束公示").count():
        walk.taps(page, "结束公示")


def rates(walk: Walk) -> None:
    matter, step = "清淤老鸦山塘", "满意度测评"
    page = walk.opens("尹桂芳", matter, step)
    heading = page.get_by_role("heading", name="您的评价")
    walk.album.take("测评", page, heading, page.get_by_role("button", name="不满意", exact=True))
    walk.taps(page, "满意")
    walk.opens("袁雪琴", matter, step)
    task = walk.task(matter, step)
    for name in registered("户代表", "baishi")[:12]:
        with suppress(Refusal):  # who has rated
            walk.acts(name, task, "rate", {"评价": "满意"})
    walk.opens("彭玉成", matter, step)


# ---------------------------------------------------------------- 代录、会签、退回、撤回


def enters_for_somebody(walk: Walk) -> None:
    page = walk.album.opens("林秀英", "/tasks?scope=behalf")
    walk.album.take("代录", page)
    page = walk.album.opens("林秀英", f"/tasks/{walk.task('三组路灯维修', '主任审批')}/behalf")
    page.get_by_label("谭秀英").check()
    page.get_by_role("radio", name="同意", exact=True).check()
    page.locator(".fjs-form input[type=file]").set_input_files(
        {"name": "审批单.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    page.get_by_text("审批单.jpg").first.wait_for()
    form = page.get_by_role("group", name="替谁录")
    walk.album.take("代录审批", page, form, page.get_by_role("button", name="录入并提交"))
    walk.taps(page, "录入并提交")
    page = walk.album.opens("谭秀英", "/me")
    heading = page.get_by_role("heading", name="替您代录的，请确认")
    walk.album.take("确认代录", page, heading, page.get_by_text("不是您的意见，请马上告诉").first)
    walk.taps(page, "是我的意见，确认")


def signs(walk: Walk) -> None:
    page = walk.opens("谭秀英", "村道路面修补", "联合审批")
    page.get_by_role("radio", name="有疑问", exact=True).check()
    page.locator(".fjs-form textarea").fill("发票抬头写的是个人，请换成村委会的。")
    heading = page.get_by_role("heading", name="谁要签")
    walk.album.take("联合审批", page, heading, page.get_by_role("button", name="提交意见"))
    walk.taps(page, "提交意见")
    done = page.locator(".finished")
    walk.album.take("已提交", page, done, page.get_by_role("button", name="交错了，撤回"))
    walk.album.opens("谭秀英", f"/matters/{walk.matter('村道路面修补')}")
    page = walk.opens("熊春生", "村道路面修补", "填报支出")
    walk.album.take("退回", page, page.locator("main h1"), page.get_by_label("退回的原因"))


# ---------------------------------------------------------------- 办件、办事标准、管理


def follows(walk: Walk) -> None:
    walk.album.opens("江玉成", "/matters")
    page = walk.album.opens("江玉成", f"/matters/{walk.matter('老村部旧址修文化广场')}")
    page.locator(".djs-element").first.wait_for()
    page.wait_for_timeout(500)
    walk.album.take("办件", page, page.locator("main h1"), page.locator(".diagram"))


def sets_standards(walk: Walk) -> None:
    walk.album.opens("江玉成", "/parameters")
    page = walk.album.phone("江玉成")
    page.get_by_role("link", name="村财支出联合审批").click()
    sheet = page.locator("form.parameters fieldset")
    walk.album.take("办事标准", page, page.locator("main h1"), sheet.first)


def administers(walk: Walk) -> None:
    page = walk.album.opens("易松涛", "/admin")
    page.get_by_role("link", name="柳湾村").first.click()
    walk.album.look(page)
    for scope in ("overdue", "vacant"):
        walk.album.opens("易松涛", f"/admin/trouble?scope={scope}")
    walk.album.opens("易松涛", f"/tasks/{walk.task('老村部旧址修文化广场', '报告执行情况')}")


CHAPTERS = (
    signs_in,
    starts,
    hears_opinions,
    enters_a_batch,
    sums_up,
    convenes,
    hall.invites,
    opens_the_meeting,
    hall.signs_in_by_code,
    votes,
    counts_papers,
    hall.signs_the_minutes,
    hall.keeps_papers,
    writes_a_meeting_down,
    publishes,
    reads_as_a_villager,
    answers_by_household,
    moderates,
    answers_feedback,
    rates,
    hall.elects_in_secret,
    enters_for_somebody,
    signs,
    follows,
    sets_standards,
    hall.counts_up,
    administers,
    *design.CHAPTERS,
)
