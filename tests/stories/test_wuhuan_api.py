"""五环 through the API alone: 清溪镇 renews its water pipes, with 四步决策 as the called procedure, and two ways back.

Too few come to the first vote, so it is convened again; the people are not satisfied, so the government does it once
more. While it works, supervision comes round every month by the clock.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.stories.callers import Answer, Callers, Matter, at_work

OFFICE, SECRETARY, MAYOR, REVIEW = "党政办", "镇党委书记", "镇长", "考核办"
DUTY, DELEGATE, PEOPLE = "责任单位", "人大代表", "群众代表"
LEADERS = [SECRETARY, MAYOR, "镇党委副书记", "组织委员", *(f"镇党委委员{n}" for n in (1, 2, 3, 4)), "纪委"]
VOTE, WORK, CHECK = "决策票决", "推进任务", "跟踪核实"


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory, new_folder: Path) -> Iterator[Callers]:
    with at_work(tmp_path_factory.mktemp("wuhuan"), new_folder) as found:
        yield found


def test_from_what_people_ask_for_to_what_it_earned(callers: Callers) -> None:
    matter = Matter(callers, OFFICE, "wuhuan", "qingxi", "集镇供水管网改造")
    _people_ask(matter)
    _is_studied(matter)
    _too_few_decide(matter)
    _is_decided(matter)
    _is_handed_out(matter)
    _is_supervised_every_month(matter)
    _is_worked_off(matter)
    _is_looked_at(matter, questions=["新水表为什么走得快"])
    _is_rated(matter, {"满意": 10, "基本满意": 9, "不满意": 21})
    assert matter.result("测评")["结论"] == "不满意"
    _is_handed_out(matter)
    _is_worked_off(matter)
    _is_looked_at(matter, questions=[])
    villager = matter.callers("户代表31", "liuwan")
    for one in (matter.by(PEOPLE), villager):  # whoever lives in the township has a say
        assert "满意度测评" in one.todo(matter.title)
        rating = f"/tasks/{matter.task('满意度测评')}/actions/rate"
        one.post(rating, {"data": {"评价": "基本满意"}})
        assert one.refused(rating, {"data": {"评价": "满意"}})[1]["code"] == "rated"
    _is_rated(matter, {"满意": 20, "基本满意": 2, "不满意": 16})
    assert matter.result("测评")["满意率"] == "24/40", "three fifths are enough (WH-4)"
    _is_reviewed(matter)


# ---------------------------------------------------------------- 提


def _people_ask(matter: Matter) -> None:
    plan = {"事项": "集镇供水管网改造", "来源": "群众和代表委员提出", "方案": "换掉老水管，年底前通水"}
    matter.completes(OFFICE, "拟出初步方案", plan)
    for who in ("群众代表1", "党代表2"):
        matter.does(who, "征求意见", "add_opinion", {"内容": "水压太低，楼上用不到水"})
    rows = [
        {"姓名": "西街刘大姐", "内容": "水有锈"},
        {"姓名": "李师傅、王师傅", "内容": "施工不要停太久的水"},
    ]
    paper = [matter.by(OFFICE).photo("登记本.jpg")]
    assert matter.refuses(OFFICE, "征求意见", "close", {"归纳": "都赞成"}) == (422, "too-few")
    matter.does(OFFICE, "征求意见", "add_batch", {"渠道": "民情热线", "意见": rows, "照片": paper})
    matter.completes(OFFICE, "征求意见", {"归纳": "都赞成换管；少停水"})

    step = "逐条反馈"
    assert matter.refuses(OFFICE, step, "close", {"结论": "提交党委"}) == (422, "unanswered")
    silent = [{"编号": "1-2", "采纳": "不采纳"}]
    assert matter.refuses(OFFICE, step, "answer", {"答复": silent}) == (422, "reply-missing")
    matter.does(OFFICE, step, "answer", {"答复": [{"编号": "1-3", "采纳": "采纳"}]})
    assert matter.refuses(OFFICE, step, "close", {"结论": "提交党委"}) == (422, "unanswered")
    rest = [{"编号": "4-5", "采纳": "部分采纳", "答复": "夜里停水，每次不超过四小时"}]
    matter.does(OFFICE, step, "answer", {"答复": rest})
    matter.completes(OFFICE, step, {"结论": "提交党委"})
    answered = matter.result("反馈")
    assert (answered["条数"], answered["采纳"], answered["部分采纳"]) == (5, 3, 2)
    matter.completes(SECRETARY, "确定怎么定", {"类别": "重大民生事项"})
    assert matter.steps == ["确定议题"], "what matters to many goes through the four steps (WH-2)"


# ---------------------------------------------------------------- 定：四步决策


def _is_studied(matter: Matter) -> None:
    lead = matter.offered(SECRETARY, "确定议题", "complete", "牵头人")[matter.by(DUTY).name]
    matter.completes(SECRETARY, "确定议题", {"议题": "集镇供水管网改造", "牵头人": lead})
    study = {"情况": "管子用了 19 年", "方案": "更换主管 3.2 公里"}
    refused = matter.by("责任单位2").refused(f"/tasks/{matter.task('深入调研')}/complete", {"data": study})
    assert refused[0] in (403, 404), "whoever leads the study hands it in"
    matter.completes(DUTY, "深入调研", study)
    matter.publishes(OFFICE, "方案公示", "政务公开栏")
    matter.does(PEOPLE, "方案公示", "add_feedback", {"类别": "意见", "内容": "主街先换"})
    matter.does(OFFICE, "方案公示", "answer", {"答复": [{"采纳": "采纳"}]})
    matter.waits("方案论证", days=8)
    _meets(matter, SECRETARY, "方案论证", 结论="可行", 邀请人员=[{"姓名": "顾工", "单位": "县水利局"}])


def _opens_the_vote(matter: Matter, there: Sequence[str]) -> None:
    matter.does(OFFICE, VOTE, "convene", {"时间": matter.callers.moment(hours=1), "地点": "镇党委会议室"})
    matter.callers.county.wait(hours=2)
    people = matter.offered(OFFICE, VOTE, "open", "到会")
    assert len(people) == 9, "the members of the party committee"
    present = [people[matter.by(who).name] for who in there]
    matter.does(OFFICE, VOTE, "open", {"到会": present, "方式": "named"})


def _too_few_decide(matter: Matter) -> None:
    """Five of nine are fewer than two thirds: no vote, and the meeting is convened again."""
    _opens_the_vote(matter, LEADERS[:5])
    first = matter.task(VOTE)
    assert matter.refuses(SECRETARY, VOTE, "cast", {"choice": "赞成"}) == (422, "inquorate")
    assert not matter.shown(SECRETARY, VOTE)["proceeding"]["quorum"]["holds"]
    matter.does(SECRETARY, VOTE, "close")
    assert matter.result("决策")["结论"] == "未达法定人数"
    assert matter.steps == [VOTE] and matter.task(VOTE) != first


def _is_decided(matter: Matter) -> None:
    _opens_the_vote(matter, LEADERS)
    for place, who in enumerate(LEADERS):
        matter.does(who, VOTE, "cast", {"choice": "赞成" if place < 7 else "反对"})
    assert matter.refuses(DUTY, VOTE, "cast", {"choice": "赞成"})[0] in (403, 404)
    matter.does(SECRETARY, VOTE, "close")
    assert matter.result("决策")["依据"] == ["到会 9 × 3 ≥ 应到 9 × 2", "赞成 7 × 2 > 应到 9 × 1"]
    matter.publishes(OFFICE, "公布决议", "政府网站")
    matter.waits("逐项分解", days=8)


# ---------------------------------------------------------------- 干


def _is_handed_out(matter: Matter) -> None:
    matter.completes(MAYOR, "逐项分解", {"分工": _items(matter)})
    step = "代表商议方案"
    assert matter.refuses(MAYOR, step, "close", {"结论": "定稿"}) == (422, "too-few")
    for who in ("党代表1", "人大代表1", "政协委员1", "群众代表1", "群众代表2"):
        matter.does(who, step, "add_opinion", {"立场": "赞成"})
    matter.completes(MAYOR, step, {"结论": "定稿"})
    assert matter.result("商议")["覆盖"] == "5/10"
    matter.completes(REVIEW, "签订责任书", {"责任书": [matter.by(REVIEW).photo("责任书.jpg")]})
    assert matter.steps == [WORK, WORK]


def _items(matter: Matter) -> list[Answer]:
    """Two tasks; the first is hot, so that a delegate follows it."""
    [action] = matter.shown(MAYOR, "逐项分解")["actions"]
    [rows] = [one for one in action["schema"]["components"] if one.get("path") == "分工"]
    options = {
        one["key"]: {o["label"]: o["value"] for o in one.get("values", [])} for one in rows["components"]
    }
    first, second = (options["责任人"][matter.by(who).name] for who in ("责任单位2", "责任单位3"))
    follows = options["跟踪人"][matter.by(DELEGATE).name]
    due = matter.callers.moment(days=60)[:10]
    hot = {
        "任务": "更换主管",
        "责任人": first,
        "标准": "试压合格",
        "时限": due,
        "热点": True,
        "跟踪人": follows,
    }
    return [hot, {"任务": "换水表", "责任人": second, "标准": "走得准", "时限": due}]


def _is_supervised_every_month(matter: Matter) -> None:
    for where in ("主管挖开一半", "主管换完六成"):
        matter.waits("月督查", WORK, WORK, days=31)
        assert "月督查" in matter.by(REVIEW).todo(matter.title)
        matter.completes(REVIEW, "月督查", {"情况": where})
        assert matter.steps == [WORK, WORK], "once a month"


def _is_worked_off(matter: Matter) -> None:
    tasks = {who: _own(matter, who, WORK) for who in ("责任单位2", "责任单位3")}
    assert all(len(found) == 1 for found in tasks.values()), "each has the task they answer for"
    refused = matter.by("责任单位3").refused(f"/tasks/{tasks['责任单位2'][0]}/complete", {"data": {}})
    assert refused[0] in (403, 404)
    for who, [task] in tasks.items():
        done = {"状态": "已经办完", "进展": "做好了，试过三天"}
        matter.by(who).post(f"/tasks/{task}/complete", {"data": done})
    matter.completes(DELEGATE, CHECK, {"结论": "属实"})
    assert matter.steps == ["代表委员视察"], "supervision ends with the work"


def _own(matter: Matter, who: str, step: str) -> list[str]:
    found = [
        matter.by(who).get(f"/tasks?scope={scope}&limit=100")["items"] for scope in ("mine", "claimable")
    ]
    named = (
        item for items in found for item in items if (item["title"], item["name"]) == (matter.title, step)
    )
    return [item["id"] for item in named]


# ---------------------------------------------------------------- 评、考


def _is_looked_at(matter: Matter, questions: list[str]) -> None:
    _meets(matter, OFFICE, "代表委员视察")
    _meets(matter, SECRETARY, "推进会")
    for question in questions:
        matter.does("群众代表3", "群众质询", "add_opinion", {"内容": question})
    matter.callers.county.wait(days=8)
    matter.completes(OFFICE, "群众质询", {"归纳": f"{len(questions)} 条"})
    if questions:
        assert matter.refuses(MAYOR, "答复质询", "close") == (422, "unanswered")
        matter.does(MAYOR, "答复质询", "answer", {"答复": [{"采纳": "采纳", "答复": "明天逐户校表"}]})
        matter.completes(MAYOR, "答复质询")
    assert matter.steps == ["满意度测评"]


def _is_rated(matter: Matter, papers: dict[str, int]) -> None:
    assert matter.refuses(OFFICE, "满意度测评", "close") == (422, "too-few")
    photo = [matter.by(OFFICE).photo("测评票.jpg")]
    matter.does(OFFICE, "满意度测评", "add_batch", papers | {"照片": photo})
    matter.completes(OFFICE, "满意度测评")


def _is_reviewed(matter: Matter) -> None:
    matter.completes(REVIEW, "考核评定", {"得分": 88, "等次": "良好", "依据": "返工一次，最后办好了"})
    shot = [matter.by(REVIEW).photo("网页.jpg")]
    result = {"网址": "不是网址", "日期": matter.callers.moment()[:10], "截图": shot}
    status, error = matter.by(REVIEW).refused(
        f"/tasks/{matter.task('网上公布结果')}/complete", {"data": result}
    )
    assert (status, list(error["fields"])) == (422, ["网址"])
    matter.completes(REVIEW, "网上公布结果", result | {"网址": "https://www.example.gov.cn/kaohe/2026-18"})
    organisation = matter.callers("县委组织部", "yunling")
    used = {"用途": ["表扬奖励"], "说明": "主管改造按期完成"}
    ended = organisation.post(f"/tasks/{matter.task('运用考核结果')}/complete", {"data": used})
    assert (ended["status"], ended["outcome"], ended["open_tasks"]) == ("completed", "已办结", [])
    assert matter.result("考核公布")["网址"].startswith("https://")
    assert matter.result("月督查")["情况"] == "主管换完六成"


def _meets(matter: Matter, who: str, step: str, **more: object) -> None:
    """A meeting written down after it was held, everybody on its roll there."""
    came = list(matter.offered(who, step, "close", "到会").values())
    held = {"时间": matter.callers.moment(hours=-1), "地点": "镇政府会议室", "到会": came, "纪要": "逐项议过"}
    matter.completes(who, step, held | more)
