"""八步工作法 as a village lives it, each on their own phone: once straight through with every tap counted, and once
the other way: too few come, the plan is found unfeasible, what is said during the notice is answered.
"""

import pytest
from playwright.sync_api import expect

from tests.stories.county import County, come
from tests.stories.person import Person

ROAD = "村口道路硬化"
MOST_TAPS = 40  # of a straight run, over all its people; opening the site, signing in and typing are not taps
HALL, OFFICE = "村文化礼堂", "村党群服务中心"
DELEGATES = (
    "罗丽萍、尹淑芬、肖月娥、陈美玲、龙淑芬、熊美玲、彭菊香、汪丽萍、陈克勤、邹守田、"
    "龙光明、邓满仓、曾茂林、易金山、秦建国"
)
SECRETARY, DIRECTOR, CLERK = "江玉成", "谭秀英", "林秀英"
CHAIR, WATCH, DELEGATE, ELDER, DEPUTY = "陈克勤", "田慧敏", "罗丽萍", "秦德福", "彭新民"


@pytest.mark.timeout(300)
def test_straight_through_with_every_tap_counted(new_county: County) -> None:
    village = new_county
    starts(village(SECRETARY))
    hears_the_village(village(SECRETARY))
    makes_it_an_item(village(SECRETARY))
    village(SECRETARY).sees("党员大会征意见")
    hears_the_members(village(SECRETARY))
    asks_by_paper(come(village, CLERK))
    drafts(come(village, SECRETARY))
    has_it_examined(village(SECRETARY), "可行")
    settles(village(SECRETARY))
    votes(village)
    publishes(come(village, DIRECTOR))
    village.wait(days=8)
    plans(come(village, DIRECTOR, "制定实施方案"))
    votes(village)
    publishes(come(village, DIRECTOR))
    village.wait(days=8)
    spreads_the_word(come(village, CHAIR, "宣传决议"))
    does_the_work(come(village, DEPUTY))
    reports_the_end(come(village, DIRECTOR))
    finds_it_done(come(village, DELEGATE))
    village(DELEGATE).sees("已办结")
    assert village.taps_told() <= MOST_TAPS


# ---------------------------------------------------------------- the first four steps


def starts(secretary: Person) -> None:
    secretary.taps_on("发起八步工作法")
    secretary.types("是什么事", ROAD)
    secretary.taps_on("发起，接着填第一步")
    secretary.sees("对这件事有什么意见、建议")


def hears_the_village(secretary: Person) -> None:
    """Five things villagers said, written down and summed up in one go."""
    said = ("下雨就烂，救护车进不来", "两边修排水沟", "路面要留够宽", "先修三组这一段", "弯道要加护栏")
    for number, words in enumerate(said, 1):
        secretary.types(f"第 {number} 条：意见和建议", words)
    secretary.taps_on("录入，够了就汇总")


def makes_it_an_item(secretary: Person) -> None:
    secretary.types("开会地点", OFFICE)
    secretary.types("初步方案", "硬化村口到三组的路 420 米，村集体出 12 万元，群众投工")
    secretary.types("在授权清单的哪一项之内", "2026 年授权清单第 3 项“村内道路建设”")
    secretary.taps_on("记下会议：列为议题")


def hears_the_members(secretary: Person) -> None:
    secretary.types("开会地点", OFFICE)
    secretary.types("党员提了哪些意见", "路要硬化，排水沟要一起修")
    secretary.taps_on("记下会议")


def asks_by_paper(clerk: Person) -> None:
    """The two channels of the clerk, whichever is open first."""
    for _ in range(2):
        (asks_the_delegates if clerk.reads("书面征求代表意见") else asks_the_elders)(clerk)


def asks_the_delegates(clerk: Person) -> None:
    clerk.types("第 1 条：姓名", DELEGATES)
    clerk.chooses("赞成")
    clerk.types("第 1 条：意见和建议", "同意硬化，先修排水沟")
    clerk.attaches("纸质原件照片", "意见表.jpg")
    clerk.taps_on("录入，够了就汇总")


def asks_the_elders(clerk: Person) -> None:
    clerk.types("第 1 条：姓名", "秦德福、尹文斌")
    clerk.types("第 1 条：意见和建议", "路面要留够宽，救护车能开进来")
    clerk.attaches("纸质原件照片", "意见卡.jpg")
    clerk.taps_on("录入，够了就汇总")


def drafts(secretary: Person) -> None:
    secretary.types("开会地点", OFFICE)
    secretary.types("初步议案", "硬化 420 米，路面宽 4 米，两边修排水沟")
    secretary.taps_on("记下会议")


def has_it_examined(secretary: Person, outcome: str, why: str = "") -> None:
    secretary.types("开会地点", OFFICE)
    secretary.types("论证专家 1 的姓名", "张工")
    secretary.types("论证专家 1 的单位或专业", "县交通局")
    if outcome != "可行":
        secretary.chooses(outcome)
        secretary.types("理由", why)
    secretary.taps_on(f"记下会议：{outcome}")


def settles(secretary: Person) -> None:
    secretary.types("开会地点", OFFICE)
    secretary.taps_on("记下会议：定案")


# ---------------------------------------------------------------- the village's delegates vote


def votes(village: County) -> None:
    """Convened and announced, a week later held; counted by one and confirmed by another."""
    calls_together(come(village, CHAIR))
    village.wait(days=6)
    meets(come(village, CHAIR))
    counts(come(village, CLERK))
    confirms(come(village, WATCH))


def calls_together(chair: Person) -> None:
    chair.types("开会地点", HALL)
    chair.attaches("公开的照片或截图", "会议公告.jpg")
    chair.taps_on("召集会议")


def meets(chair: Person) -> None:
    chair.taps_on("全到")
    chair.taps_on("开会，纸质票")


def counts(clerk: Person) -> None:
    for name, number in {
        "发出": 30,
        "收回": 30,
        "有效": 30,
        "无效": 0,
        "赞成": 28,
        "反对": 1,
        "弃权": 1,
    }.items():
        clerk.types(name, str(number))
    clerk.taps_on("录入，交监票人核对")


def confirms(watch: Person) -> None:
    watch.taps_on("核对无误，宣布结果")


def publishes(director: Person) -> None:
    director.attaches("村务公开栏的照片或截图", "公开栏.jpg")
    director.attaches("广播的照片或截图", "广播.jpg")
    director.taps_on("公示出去")


# ---------------------------------------------------------------- done, and seen to


def plans(director: Person) -> None:
    director.types("方案名称", "村口道路硬化实施方案")
    director.types("怎么办、多少钱", "先修排水沟，再硬化路面；村集体出 12 万元")
    director.types("办什么", "路面硬化")
    director.picks("责任人", DEPUTY)
    director.types("办到什么标准", "420 米，厚 18 厘米")
    director.types("什么时候办完", "2026-06-30")
    director.picks("督查代表", DELEGATE)
    director.taps_on("提请村代会审议")


def spreads_the_word(chair: Person) -> None:
    chair.types("第 1 条：意见和建议", "各组都讲到了，自家门口的地先让出来")
    chair.taps_on("录入，够了就汇总")


def does_the_work(deputy: Person) -> None:
    deputy.types("办成什么样", "路面硬化 420 米，厚 18 厘米")
    deputy.photographs("完工.jpg")
    deputy.taps_on("办完了")


def reports_the_end(director: Person) -> None:
    director.types("办成了什么、花了多少钱", "路面 420 米已完工，花了 11.6 万元")
    director.taps_on("报告办结")


def finds_it_done(delegate: Person) -> None:
    delegate.chooses("落实到位")
    delegate.taps_on("提交核实结果")


# ---------------------------------------------------------------- the other way


@pytest.mark.timeout(400)
def test_sent_back_and_too_few_and_yet_done(new_county: County) -> None:
    village = new_county
    starts(village(SECRETARY))
    says_it_with_html(come(village, DELEGATE))
    hears_the_village(come(village, SECRETARY))
    makes_it_an_item(village(SECRETARY))
    hears_the_members(village(SECRETARY))
    asks_by_paper(come(village, CLERK))

    drafts(come(village, SECRETARY))
    has_it_examined(village(SECRETARY), "不可行", "路基有一段是软土，要先换填")
    sends_it_back(village(SECRETARY))
    hears_the_members(village(SECRETARY))
    asks_by_paper(come(village, CLERK))
    drafts_again(come(village, SECRETARY))
    has_it_examined(village(SECRETARY), "可行")
    settles(village(SECRETARY))

    cannot_meet_unannounced(come(village, CHAIR))
    village.wait(days=6)
    too_few_come(come(village, CHAIR))
    calls_together(village(CHAIR))
    village.wait(days=6)
    meets(come(village, CHAIR))
    counts_wrongly_first(come(village, CLERK))
    confirms(come(village, WATCH))

    publishes(come(village, DIRECTOR))
    objects(come(village, DELEGATE))
    answers(come(village, DIRECTOR))
    village.wait(days=8)
    plans(come(village, DIRECTOR, "制定实施方案"))
    votes(village)
    publishes(come(village, DIRECTOR))
    village.wait(days=8)
    spreads_the_word(come(village, CHAIR, "宣传决议"))
    village.wait(days=31)
    reports(come(village, DIRECTOR, "报告执行情况"))
    watches(come(village, DELEGATE))
    does_the_work(come(village, DEPUTY))
    reports_the_end(come(village, DIRECTOR))
    finds_it_done(come(village, DELEGATE))
    village(DELEGATE).sees("已办结")
    remembers(village(SECRETARY))


def says_it_with_html(delegate: Person) -> None:
    delegate.types("您的意见和建议", "<b>先修桥头</b><script>document.title='坏'</script>")
    delegate.taps_on("提交")
    delegate.sees("您的意见已经收到", "<b>先修桥头</b><script>document.title='坏'</script>")


def sends_it_back(secretary: Person) -> None:
    secretary.sees("两委商议去留")
    secretary.types("开会地点", OFFICE)
    secretary.types("理由", "先换填软土，再征求一次意见")
    secretary.taps_on("记下会议：修改后重新征求")
    secretary.sees("党员大会征意见", "两委商议去留后又回到这一步", "先换填软土，再征求一次意见")


def drafts_again(secretary: Person) -> None:
    """What was written the first time is still there, and why it is to be written again."""
    secretary.sees("两委商议去留后又回到这一步", "先换填软土，再征求一次意见")
    secretary.page.locator(".fjs-form").wait_for()
    field = secretary.page.get_by_label("初步议案").and_(secretary.page.locator("textarea"))
    expect(field).to_have_value("硬化 420 米，路面宽 4 米，两边修排水沟")
    field.fill("先换填软土 60 米，再硬化 420 米，两边修排水沟")
    secretary.taps_on("记下会议")


def cannot_meet_unannounced(chair: Person) -> None:
    """LB-2.1: the page offers nothing but to announce, and who asks all the same is refused."""
    chair.types("开会地点", HALL)
    chair.taps_on("召集会议")
    chair.sees("会前公开", "要先公开，再开会")
    expect(chair.page.get_by_role("button", name="开会", exact=False)).to_have_count(0)
    token = chair.page.locator("meta[name=csrf-token]").get_attribute("content")
    said = chair.page.request.post(
        f"{chair.page.url}/act/open", form={"csrf_token": token or "", "方式": "paper"}
    )
    assert said.status == 422
    assert "没有公开" in said.text() or "还没有公开" in said.text()
    chair.ticks("大喇叭")
    chair.attaches("公开的照片或截图", "会议公告.jpg", "广播稿.jpg")
    chair.taps_on("已经公开")


def too_few_come(chair: Person) -> None:
    """19 of 30: one too few."""
    chair.taps_on("全到")
    boxes = chair.page.locator("fieldset[data-ticks]").first.get_by_role("checkbox")
    voters = [name for name in DELEGATES.split("、") if name != CHAIR][:11]
    chair.ticks(*voters)
    assert boxes.count() == 35
    chair.taps_on("开会，纸质票")
    chair.sees("还差 1 人", "没有达到法定人数，不能表决")
    chair.taps_on("结束会议，另行召集")
    chair.sees("成决议", "召集会议")


def counts_wrongly_first(clerk: Person) -> None:
    """Figures that cannot be are said to be, and stay as they were typed; who counts does not confirm."""
    for name, number in {
        "发出": 30,
        "收回": 30,
        "有效": 30,
        "无效": 0,
        "赞成": 29,
        "反对": 1,
        "弃权": 1,
    }.items():
        clerk.types(name, str(number))
    clerk.taps_on("录入，交监票人核对")
    clerk.sees("计票单上的数对不上")
    expect(clerk.page.get_by_label("赞成")).to_have_value("29")
    clerk.types("赞成", "28")
    clerk.taps_on("录入，交监票人核对")
    clerk.sees("等监票人田慧敏核对确认")
    expect(clerk.page.get_by_role("button", name="核对无误")).to_have_count(0)


def objects(delegate: Person) -> None:
    """Nothing waits for the delegate; the notice is to be found on the matter."""
    delegate.opens_matter(ROAD)
    delegate.taps_on("打开看看")
    delegate.unfolds("记一条反馈")
    delegate.chooses("意见、建议")
    delegate.types("说了什么", "排水沟要修到桥头")
    delegate.taps_on("记下来")
    delegate.sees("排水沟要修到桥头")


def answers(director: Person) -> None:
    director.sees("排水沟要修到桥头")
    director.types("答复", "写进实施方案")
    director.taps_on("^采纳$")
    director.sees("收到的反馈", "写进实施方案")


def reports(director: Person) -> None:
    director.types("办到哪里了", "路基已平整，硬化了 200 米")
    director.taps_on("报告")


def watches(delegate: Person) -> None:
    delegate.sees("跟踪督查")
    delegate.chooses("正常推进")
    delegate.taps_on("提交督查情况")


def remembers(secretary: Person) -> None:
    """Both rounds are on the matter's page, with what was said."""
    secretary.opens_matter(ROAD)
    secretary.sees(
        "已办结", "不可行", "路基有一段是软土，要先换填", "未达法定人数", "路基已平整，硬化了 200 米"
    )
    secretary.page.set_viewport_size({"width": 1280, "height": 900})
    secretary.page.locator(".djs-element").first.wait_for()
