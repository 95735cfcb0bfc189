"""Votes in the hall: on paper and by show of hands, counted by one and seen to by another, each on their own phone.

What leads up to a vote goes through the API; from the convening on everything is done on the pages.
"""

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pypdf
import pytest

from tests.stories.callers import Callers, Matter
from tests.stories.county import County, county
from tests.stories.person import Person

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HALL = "村文化礼堂"
CHAIR, SECRETARY, CLERK = "村委会主任", "村党组织书记", "文书"


class Hall:
    """The county, and the phones of those who come to its meetings."""

    def __init__(self, opened: County, callers: Callers) -> None:
        self.county, self.callers = opened, callers
        self.phones: dict[str, Person] = {}

    def __call__(self, matter: Matter, name: str, step: str) -> Person:
        """Somebody at the step of the matter that is open."""
        if name not in self.phones:
            assert self.county.browser is not None
            login = self.callers.login(name)
            self.phones[name] = Person(name, login, self.county.url, self.county.browser)
        self.phones[name].page.goto(f"/tasks/{matter.task(step)}")
        return self.phones[name]


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory, new_folder: Path, browser: "Browser") -> Iterator[Hall]:
    with county(tmp_path_factory.mktemp("paper"), browser, lived=new_folder) as opened:
        callers = Callers(opened)
        found = Hall(opened, callers)
        try:
            yield found
            for phone in found.phones.values():
                phone.phone.close()
            assert [error for phone in found.phones.values() for error in phone.errors] == []
        finally:
            callers.close()


# ---------------------------------------------------------------- what every meeting has


def calls_together(chair: Person, matter: Matter, days: float) -> None:
    chair.types("开会时间", matter.callers.moment(days=days))
    chair.types("开会地点", HALL)
    chair.attaches("公开的照片或截图", "通知.jpg")
    chair.taps_on("召集会议")
    matter.callers.county.wait(days=days, hours=1)


def picks(phone: Person, group: str, *names: str) -> None:
    """Ticks people in one of the lists of a page; whoever a long list does not show is looked for."""
    people = phone.page.get_by_role("group", name=group)
    for name in names:
        box = people.get_by_label(name, exact=True)
        if not box.is_visible():
            people.get_by_role("searchbox").fill(name)
        box.click()
        phone.taps += 1


def counts(phone: Person, figures: Mapping[str, int], *, photo: bool = False) -> None:
    for name, number in figures.items():
        field = phone.page.get_by_label(name, exact=True).and_(phone.page.locator("input[type=number]"))
        field.fill(str(number))
    if photo:
        phone.attaches("计票单、表决票的照片", "计票单.jpg")
    phone.taps_on("录入，交监票人核对")


def papers(yes: int, no: int, abstain: int, invalid: int = 0, *, more: int = 0) -> dict[str, int]:
    """A sheet of papers that is right; `more`: so many came back than were handed out."""
    valid = yes + no + abstain
    handed = {"发出": valid + invalid - more, "收回": valid + invalid, "有效": valid, "无效": invalid}
    return handed | {"赞成": yes, "反对": no, "弃权": abstain}


def prints(phone: Person, matter: Matter, *names: str) -> dict[str, str]:
    """The documents are where one looks for them; what stands on each, without the breaks of its lines."""
    phone.opens_matter(matter.title)
    phone.taps_on("打印材料")
    said = {}
    for name in names:
        link = phone.page.get_by_role("link", name=f"{name} PDF", exact=True)
        answer = phone.page.request.get(str(link.last.get_attribute("href")))
        assert answer.ok, (name, answer.status)
        pages = pypdf.PdfReader(io.BytesIO(answer.body())).pages
        said[name] = "".join("".join(page.extract_text().split()) for page in pages)
    return said


# ---------------------------------------------------------------- on paper: 村规民约


@pytest.mark.timeout(200)
def test_too_many_papers_then_a_mismatch_then_right(hall: Hall) -> None:
    matter, step = Matter(hall.callers, CHAIR, "cungui", "fengshu", "村规民约修订"), "户的代表开会表决"
    _rules_are_drafted(matter)
    chair, clerk, teller, watch = "袁友良", "熊小梅", "方菊香", "秦新民"
    calls_together(hall(matter, chair, step), matter, days=11)
    printed = prints(hall(matter, clerk, step), matter, "选票", "计票单")
    assert "共14张" in printed["选票"] and "赞成＋反对＋弃权＝有效" in printed["计票单"]

    phone = hall(matter, chair, step)
    phone.taps_on("全到")
    phone.unfolds("监票人、计票人")
    picks(phone, "推定的计票人", teller)
    picks(phone, "推定的监票人", teller)
    phone.taps_on("开会，纸质票")
    phone.sees("举手通过")  # nobody is both, and the hall has to agree
    picks(phone, "推定的监票人", teller, watch)
    phone.ticks("到会的人已经举手通过")
    phone.taps_on("开会，纸质票")
    phone.sees(f"计票人：{teller}", f"监票人：{watch}")

    counts(hall(matter, teller, step), papers(9, 3, 2, more=1))
    phone = hall(matter, watch, step)
    phone.sees("投票无效", "收回的票比发出的多")
    phone.taps_on("核对无误，无效的重新投票")

    phone = hall(matter, teller, step)
    phone.sees("上一次投票无效")
    counts(phone, papers(8, 4, 2))
    phone = hall(matter, watch, step)
    phone.unfolds("对不上")
    phone.types("哪里对不上", "我数出来赞成 9 张、反对 3 张")
    phone.taps_on("退回，请计票人重填")
    assert matter.refuses(CHAIR, step, "close")[0] == 422, "a mismatch is settled first"

    phone = hall(matter, teller, step)
    phone.sees("监票人说对不上：我数出来赞成 9 张、反对 3 张")
    counts(phone, papers(9, 3, 2), photo=True)
    phone = hall(matter, watch, step)
    phone.sees("计票单.jpg")
    phone.taps_on("核对无误，宣布结果")
    found = matter.result("户会表决")
    assert (found["结论"], found["方式"]) == ("通过", "纸质票")
    assert (found["议案"][0]["赞成"], found["议案"][0]["反对"]) == (9, 3)
    phone.sees("赞成 9", "通过")  # what it came to, at once
    printed = prints(hall.phones[chair], matter, "会议通知", "签到表", "会议记录", "表决票统计", "决议")
    assert "作废重投" in printed["会议记录"] and f"监票人：{watch}" in printed["会议记录"]
    assert "枫树村村民委员会（盖章）" in printed["决议"]
    archive = hall.phones[chair].page.request.get(f"/matters/{matter.id}/archive.pdf")
    assert archive.ok and len(pypdf.PdfReader(io.BytesIO(archive.body())).pages) > 5


def _rules_are_drafted(matter: Matter) -> None:
    rules = {"名称": "枫树村村规民约（2026 年修订）", "应为": "红白喜事不超过十五桌，门前三包"}
    rules |= {"不可为": "不在河边倒垃圾", "违反": "批评教育，取消当年文明户评选"}
    matter.completes(CHAIR, "起草", rules | {"修改说明": "补上移风易俗"})
    matter.completes(SECRETARY, "村党组织把关", {"结论": "可以征求意见"})
    _everybody_says(matter, "征求意见", {"立场": "赞成", "渠道": "入户走访"})
    matter.completes(CHAIR, "征求意见", {"结论": "开户的代表会", "归纳": "多数赞成"})


def _everybody_says(matter: Matter, step: str, said: Mapping[str, str], by: str = CLERK) -> None:
    """On paper, entered by the clerk in one go."""
    offered = matter.offered(by, step, "add_batch", "应征人")
    rows = [{"应征人": list(offered.values()), **said}]
    matter.does(by, step, "add_batch", {"意见": rows, "照片": [matter.by(by).photo("意见表.jpg")]})


# ---------------------------------------------------------------- an election: 理事会


@pytest.mark.timeout(200)
def test_a_tie_at_the_last_seat_and_a_run_off(hall: Hall) -> None:
    matter, step = Matter(hall.callers, SECRETARY, "lishihui", "liuwan", "理事会换届"), "户主会选举"
    _candidates_are_found(matter)
    chair, clerk, watch = "谭秀英", "林秀英", "周大勇"
    calls_together(hall(matter, chair, step), matter, days=4)

    phone = hall(matter, chair, step)
    phone.taps_on("全到")
    phone.unfolds("监票人、计票人")
    picks(phone, "推定的计票人", "江玉成")
    picks(phone, "推定的监票人", "邹守田")
    phone.ticks("到会的人已经举手通过")
    phone.taps_on("开会，纸质票")
    phone.sees("候选人的近亲属")
    picks(phone, "推定的计票人", "江玉成", clerk)
    picks(phone, "推定的监票人", "邹守田", watch)
    phone.taps_on("开会，纸质票")
    phone.sees(f"计票人：{clerk}", f"监票人：{watch}")
    prints(hall(matter, clerk, step), matter, "选票", "计票单")

    phone = hall(matter, clerk, step)
    handed = {"发出": 49, "收回": 49, "有效": 48, "无效": 1}
    votes = {"罗丽萍": 40, "秦建国": 33, "邹守田": 30, "尹淑芬": 30, "曾茂林": 10}
    counts(phone, handed | votes | {"曾茂林": 12})
    phone.sees("请核对")  # more names than there is room for on the papers
    counts(phone, votes, photo=True)
    phone = hall(matter, watch, step)
    phone.taps_on("核对无误，宣布这一轮的结果")

    phone = hall(matter, clerk, step)
    phone.sees("第 2 轮，应选 1 人，候选人 2 人：邹守田、尹淑芬")
    printed = prints(phone, matter, "选票", "计票单")
    assert "最多选1人" in printed["选票"] and "罗丽萍" not in printed["选票"]
    assert "弃权" not in printed["计票单"]
    phone = hall(matter, clerk, step)
    counts(phone, {"发出": 49, "收回": 49, "有效": 49, "无效": 0, "邹守田": 20, "尹淑芬": 28})
    phone = hall(matter, watch, step)
    phone.taps_on("核对无误，宣布这一轮的结果")
    found = matter.result("选举")
    assert (found["结论"], found["轮次"]) == ("选出", 2)
    assert found["当选人"] == ["罗丽萍", "秦建国", "尹淑芬"]
    printed = prints(hall.phones[clerk], matter, "会议记录", "表决票统计", "决议")
    assert "罗丽萍、秦建国、尹淑芬当选" in printed["决议"]


def _candidates_are_found(matter: Matter) -> None:
    plan = {"应选名额": 3, "理由": "三个组，每组一人", "办法": "任期三年，无记名投票"}
    matter.completes(SECRETARY, "定名额和办法", plan)
    _everybody_says(matter, "户代表提名", {"内容": "推荐罗丽萍、秦建国", "渠道": "推荐表"})
    named = [{"姓名": "罗丽萍", "身份": "党员", "户数": 30}]
    matter.completes(CLERK, "户代表提名", {"归纳": "提到五个人", "名单": named})
    step = "资格审核"
    came = matter.offered(SECRETARY, step, "close", "到会")
    offered = matter.offered(SECRETARY, step, "close", "候选人")
    stand = [offered[name] for name in ("罗丽萍", "秦建国", "邹守田", "尹淑芬", "曾茂林")]
    held = {"时间": matter.callers.moment(), "地点": "村部", "到会": list(came.values())}
    matter.completes(SECRETARY, step, held | {"候选人": stand})
    matter.publishes(CHAIR, "公示候选人", "村务公开栏", "微信群")
    matter.waits("户主会选举", days=6)


# ---------------------------------------------------------------- households: 一事一议


@pytest.mark.timeout(200)
def test_papers_stand_for_households(hall: Hall) -> None:
    matter, step = Matter(hall.callers, CHAIR, "yishi", "liuwan", "修三组机耕路"), "代表会议表决"
    _what_each_pays_is_told(matter)
    chair, clerk, watch = "陈克勤", "林秀英", "田慧敏"
    calls_together(hall(matter, chair, step), matter, days=4)
    phone = hall(matter, chair, step)
    phone.taps_on("全到")
    picks(phone, "到会的人", "罗丽萍", "尹淑芬", "肖月娥")  # 6 households have nobody there
    phone.taps_on("开会，纸质票")
    printed = prints(hall(matter, clerk, step), matter, "选票", "计票单")
    assert "共51张" in printed["选票"], "a paper for each household"

    phone = hall(matter, clerk, step)
    phone.sees("票数按户数写")
    counts(phone, papers(31, 10, 5))
    phone.sees("45 户")  # of 51; each delegate's papers are those of the households
    counts(phone, papers(22, 18, 5), photo=True)
    phone = hall(matter, watch, step)
    phone.sees("不通过", "赞成 22 × 2 ≤ 到会户 45 × 1")
    phone.unfolds("对不上")
    phone.types("哪里对不上", "赞成数出来是 23 户")
    phone.taps_on("退回，请计票人重填")
    counts(hall(matter, clerk, step), papers(23, 17, 5))
    phone = hall(matter, watch, step)
    phone.taps_on("核对无误，宣布结果")
    found = matter.result("表决")
    assert (found["结论"], found["户数"], found["到会户数"]) == ("通过", 51, 45)
    assert "赞成 23 × 2 > 到会户 45 × 1" in found["依据"]
    printed = prints(hall.phones[clerk], matter, "会议记录", "签到表", "表决票统计", "决议")
    assert "全部51户，到会45户" in printed["决议"] and "户数" in printed["签到表"]


def _what_each_pays_is_told(matter: Matter) -> None:
    plan = {"议案": "每人出 18 元、每劳出 4 个工，修三组机耕路", "内容": "820 米，铺碎石"}
    plan |= {"总投资": 62000, "每人筹资": 18, "每劳筹工": 4, "减免": "五保户 3 户不出钱不出工"}
    matter.completes(CHAIR, "拟定预案", plan | {"管理": "报账员管钱，村务监督委员会查账"})
    matter.publishes(CHAIR, "会前公告", "村务公开栏", "户代表议事点")
    matter.waits("逐户征求意见", days=8)
    _everybody_says(matter, "逐户征求意见", {"立场": "同意", "渠道": "入户走访"})
    matter.completes(CHAIR, "逐户征求意见", {"结论": "提交代表会议", "归纳": "都签了字"})


# ---------------------------------------------------------------- by show of hands: 屋场


@pytest.mark.timeout(200)
def test_hands_are_counted_by_one_and_seen_to_by_another(hall: Hall) -> None:
    matter, step = Matter(hall.callers, "屋场长", "wuchang", "liuwan-1", "清水渠"), "议事恳谈会"
    _what_to_talk_about(matter)
    chair, teller, watch = "罗丽萍", "彭新民", "秦美玲"
    calls_together(hall(matter, chair, step), matter, days=5)
    phone = hall(matter, chair, step)
    phone.taps_on("全到")
    phone.unfolds("监票人、计票人")
    picks(phone, "推定的计票人", teller)
    picks(phone, "推定的监票人", watch)
    phone.ticks("到会的人已经举手通过")
    phone.taps_on("开会")
    phone = hall(matter, teller, step)
    counts(phone, {"赞成": 18, "反对": 4, "弃权": 1})
    phone.sees("比到会的 22 人还多")
    counts(phone, {"赞成": 18, "反对": 2, "弃权": 1})
    phone = hall(matter, watch, step)
    phone.taps_on("核对无误，宣布结果")
    found = matter.result("恳谈")
    assert (found["结论"], found["方式"]) == ("通过", "举手表决")


def _what_to_talk_about(matter: Matter) -> None:
    _everybody_says(matter, "会前走访", {"内容": "水渠该清了", "渠道": "入户走访"}, by="记录员")
    motions = [{"议案": "各户出一个工，把水渠清一遍"}]
    matter.completes(
        "屋场长", "会前走访", {"来源": "走访商定", "议题": motions, "时间": "周六晚上", "归纳": "都说要清"}
    )
