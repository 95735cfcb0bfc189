"""Chapters in the hall and after it: invitations, its code, an election in secret, minutes, papers, figures."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.operations import arrivals
from engine.refusal import Refusal
from engine.store.proceedings import agenda_items, meeting_members
from engine.store.tables import people
from tests.docs.album import logins, photo, registered, unfold

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.docs.walk import Walk

VOTER = "尹桂芳"  # of 白石村, for her household
SEATS = 5  # of the 理事会 that is elected there


def meeting_of(walk: Walk, task: str) -> str:
    held = select(agenda_items.c.meeting_id).where(agenda_items.c.task_id == task)
    found = walk.runtime.database.look(lambda c: c.scalar(held))
    assert found, "没有召集会议"
    return str(found)


def invites(walk: Walk) -> None:
    matter, step = "白石村村规民约（2026 年修订）", "户的代表开会表决"
    page = walk.opens(VOTER, matter, step)
    heading = page.get_by_role("heading", name="请您来开会")
    unfold(page.locator("form details").first)
    walk.album.take("会议通知", page, heading, page.get_by_role("button", name="请假", exact=True))
    walk.taps(page, "我参加")
    task = walk.task(matter, step)
    walk.album.opens("秦丽萍", f"/meetings/{meeting_of(walk, task)}")


def signs_in_by_code(walk: Walk) -> None:
    task = walk.task("上湾到小学的路加护栏", "成决议")
    meeting = meeting_of(walk, task)
    page = walk.album.opens("陈克勤", f"/meetings/{meeting}/screen")
    walk.album.take("签到码", page, page.get_by_label("会场签到"))
    late = (
        select(people.c.name)
        .join(meeting_members, meeting_members.c.person_id == people.c.id)
        .where(meeting_members.c.meeting_id == meeting, meeting_members.c.attendance == "unknown")
    )
    names = walk.runtime.database.look(lambda c: c.scalars(late).all())
    name = next(name for name in names if name in logins())
    page = walk.album.opens(name, f"/meetings/{meeting}/in/{arrivals.code(walk.runtime, meeting)}")
    walk.taps(page, f"{name}，签到")


def elects_in_secret(walk: Walk) -> None:
    matter, step = "白石村环境卫生理事会选举", "户主会选举"
    task = walk.task(matter, step)
    page = walk.opens(VOTER, matter, step)
    for place in range(SEATS):
        page.locator(".candidates input").nth(place).check()
    heading = page.get_by_role("heading", name="请您投票")
    walk.album.take("选举", page, heading, page.get_by_role("button", name="提交投票"))
    walk.taps(page, "提交投票")
    receipt = page.locator(".receipt").inner_text()
    box = page.get_by_role("region", name="您的回执")
    walk.album.take("回执", page, page.get_by_role("heading", name="您的票已经投进票箱"), box)
    for name in registered("户代表", "baishi"):
        with suppress(Refusal):  # who has voted, or is not there
            walk.acts(name, task, "cast", {"chosen": list(range(1, SEATS + 1))})
    chair = walk.opens("秦丽萍", matter, step)
    walk.taps(chair, "结束这一轮，看结果")
    _looks_up(walk, page, task, receipt)


def _looks_up(walk: Walk, page: Page, task: str, receipt: str) -> None:
    page.goto(f"/ballots/{task}?receipt={receipt}")
    walk.album.look(page)
    heading = page.get_by_role("heading", name="查回执")
    walk.album.take("表决结果", page, heading, page.get_by_role("link", name="下载公布文件"))


def signs_the_minutes(walk: Walk) -> None:
    meeting = walk.meetings["给老樟树屋场装健身器材"]
    page = walk.album.opens("陈克勤", f"/meetings/{meeting}/minutes")
    paper = page.locator("canvas")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    assert box is not None
    left, top = box["x"], box["y"]
    page.mouse.move(left + 60, top + 50)
    page.mouse.down()
    for across, down in ((110, 40), (85, 95), (150, 60), (190, 90), (240, 50)):
        page.mouse.move(left + across, top + down, steps=3)
    page.mouse.up()
    heading = page.get_by_role("heading", name="签字", exact=True)
    walk.album.take("签字", page, heading, page.get_by_role("button", name="签字", exact=True))
    walk.taps(page, "签字")
    page = walk.album.opens("林秀英", f"/meetings/{meeting}/minutes")
    paper_signed = unfold(page.locator("details", has_text="在纸上签的").first)
    paper_signed.locator("input[type=checkbox]").first.check()
    photo(paper_signed.locator("input[type=file]"), "签字页.jpg")
    walk.taps(page, "存签字页")


def keeps_papers(walk: Walk) -> None:
    matter = walk.matter("给老樟树屋场装健身器材")
    page = walk.album.opens("林秀英", f"/matters/{matter}/documents")
    assembly = page.locator("h2", has_text="村民代表会议").first
    walk.album.take("打印材料", page, assembly, assembly.locator("xpath=following-sibling::ul[1]"))
    walk.album.opens("林秀英", f"/matters/{matter}/archive")
    page = walk.album.opens("林秀英", f"/matters/{matter}/papers")
    form = unfold(page.locator("details", has_text="登记一次备案").first)
    form.get_by_label("什么文件").fill("村民代表会议决议")
    form.get_by_label("报给谁").fill("清溪镇党委")
    walk.taps(page, "登记备案")


def counts_up(walk: Walk) -> None:
    page = walk.album.opens("江玉成", "/statistics")
    walk.album.take("统计", page, page.get_by_role("heading", level=1), page.locator(".tiles"))
