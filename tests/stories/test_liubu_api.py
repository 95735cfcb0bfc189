"""六步 through the API alone: 柳湾村 hardens a road, from the proposal to 已办结, with two ways back on the way.

Thirty delegates have a token each. The resolution meets five objections and is upheld; the work does not satisfy, goes
back to be mended and is rated again.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.callers import Callers, Matter, at_work

SECRETARY, DIRECTOR, CHAIR, WATCH = "村党组织书记", "村委会主任", "村代会主席", "村务监督委员会主任"
CLERK, COUNCIL = "文书", "理事会会长"
VOTE, NOTICE = "村代会票决", "公示决议"
BOARDS = ("村务公开栏", "微信群")


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory, new_folder: Path) -> Iterator[Callers]:
    with at_work(tmp_path_factory.mktemp("liubu"), new_folder) as found:
        yield found


def test_from_the_proposal_to_its_end(callers: Callers) -> None:
    matter = Matter(callers, SECRETARY, "liubu", "liuwan", "硬化三组到村口的路")
    _proposes(matter)
    _asks_the_households(matter)
    _settles_the_topic(matter)
    _convenes_in_public(matter)
    _votes(matter)
    _upholds_the_resolution(matter)
    _hands_out_the_work(matter)
    _promises(matter)
    _works(matter, "820 米路面全部浇好", "完工")
    _is_rated(matter, good=14, bad=10)
    matter.until(lambda: matter.steps == ["组织实施"], "too few are satisfied: not done")
    assert matter.result("测评")["结论"] == "不满意"
    _works(matter, "疏通了排水沟，路肩培了土", "完工")
    _is_rated(matter, good=20, bad=4)
    _is_closed(matter)


# ---------------------------------------------------------------- 提议、征求意见


def _proposes(matter: Matter) -> None:
    came = matter.offered(SECRETARY, "提议", "close", "到会")
    assert set(came) == {"江玉成", "白立新", "方淑芬"}, "the members of the branch committee, and nobody else"
    data = {"时间": "2026-03-02T08:00", "地点": "村部会议室", "到会": list(came.values())}
    assert matter.refuses(DIRECTOR, "提议", "close", data) == (403, "not-yours")
    assert matter.refuses(SECRETARY, "提议", "close", data) == (422, "form"), "a meeting comes to something"
    matter.completes(SECRETARY, "提议", data | {"结论": "提交征求意见", "纪要": "群众反映多年，同意提出来办"})
    draft = {
        "内容": "820 米泥路铺成水泥路",
        "涉及": "三组、四组 46 户",
        "花费": 80000,
        "来源": "村集体和补助",
    }
    matter.completes(DIRECTOR, "拟征求意见稿", draft)
    matter.completes(SECRETARY, "把关审查", {"结论": "可以征求意见"})
    assert matter.steps == ["入户宣传", "征求意见"], "both ways at once (LB-1.3)"


def _asks_the_households(matter: Matter) -> None:
    asked, themselves = (
        len(matter.callers.holders("户代表", matter.unit)),
        ("户代表31", "户代表32", "户代表33"),
    )
    for each in themselves:
        assert "征求意见" in matter.by(each).todo(matter.title)
        matter.does(each, "征求意见", "add_opinion", {"立场": "赞成", "内容": "<b>早点修</b>"})
        assert "征求意见" not in matter.by(each).todo(matter.title)
    assert matter.refuses("户代表31", "征求意见", "add_opinion", {"立场": "反对"}) == (409, "answered")
    assert matter.refuses(DIRECTOR, "征求意见", "close") == (422, "too-few"), "asked widely (LB-1)"
    offered = matter.offered(CLERK, "征求意见", "add_batch", "应征人")
    others = [offered[name] for name in offered if name not in [matter.by(each).name for each in themselves]]
    paper = [matter.by(CLERK).photo("征求意见表.jpg")]
    rows = [
        {"应征人": others[: asked * 2 // 3], "立场": "赞成"},
        {"应征人": others[-2:], "立场": "反对", "内容": "要占菜地，怎么补先说清"},
    ]
    assert matter.refuses(CLERK, "征求意见", "add_batch", {"意见": rows})[1] == "form", "paper has its photo"
    matter.does(CLERK, "征求意见", "add_batch", {"意见": rows, "照片": paper})
    shown = matter.shown(DIRECTOR, "征求意见")["proceeding"]
    assert shown["closable"] and shown["heard"]["stances"]["反对"] == 2
    matter.completes(DIRECTOR, "征求意见", {"归纳": "多数赞成；占菜地的要求先说清怎么补"})
    assert matter.steps == ["入户宣传"], "not before both are done"
    visits = {"方式": ["入户宣传"], "户数": 46, "照片": [matter.by("支委").photo("入户.jpg")]}
    matter.completes("支委", "入户宣传", visits)


# ---------------------------------------------------------------- 议事决策


def _settles_the_topic(matter: Matter) -> None:
    came = matter.offered(SECRETARY, "确定议题", "close", "到会")
    topic = {
        "时间": "2026-03-02T09:00",
        "地点": "村部会议室",
        "到会": list(came.values()),
        "结论": "确定为议题",
    }
    matter.completes(SECRETARY, "确定议题", topic | {"议案": [{"议案": "硬化三组至村口的道路 820 米"}]})
    assert matter.steps == [VOTE]


def _convenes_in_public(matter: Matter) -> None:
    """LB-2.1: not announced, or not long enough before, not opened."""
    when, where = {"时间": "2026-03-06T19:30", "地点": "村文化礼堂"}, VOTE
    opening = {"到会": [], "方式": "named"}
    assert matter.refuses(CHAIR, where, "open", opening) == (422, "not-convened")
    matter.does(CHAIR, where, "convene", when)
    assert matter.refuses(CHAIR, where, "open", opening) == (422, "not-announced")
    announced = {"渠道": list(BOARDS), "凭证": [matter.by(CLERK).photo("会议通知.jpg")]}
    matter.does(CLERK, where, "announce", announced)
    assert matter.refuses(CHAIR, where, "open", opening) == (422, "announced-late")
    matter.callers.county.wait(days=4, hours=10)


def _votes(matter: Matter) -> None:
    body = matter.offered(CHAIR, VOTE, "open", "到会")
    there = [body[matter.by(f"村民代表{place}").name] for place in range(1, 21)]
    matter.does(CHAIR, VOTE, "open", {"到会": there, "方式": "named"})
    assert matter.refuses("村民代表1", VOTE, "cast", {"motion": 1, "choice": "赞成"}) == (422, "inquorate")
    for place in range(21, 25):
        matter.does(f"村民代表{place}", VOTE, "attend")
    quorum = matter.shown(CHAIR, VOTE)["proceeding"]["quorum"]
    assert quorum["holds"] and quorum["reckoned"] == ["到会 24 × 3 ≥ 组成人员 35 × 2"]

    matter.does(CLERK, VOTE, "revise", {"motion": 1, "议案": "硬化三组至村口的道路 820 米，菜地先调换"})
    assert matter.refuses("村民代表1", VOTE, "cast", {"motion": 1, "choice": "赞成"}) == (422, "not-read-out")
    matter.does(CHAIR, VOTE, "read_out", {"motion": 1})

    assert matter.refuses("村民代表25", VOTE, "cast", {"motion": 1, "choice": "赞成"}) == (403, "not-present")
    for place in range(1, 25):
        voter, choice = f"村民代表{place}", "赞成" if place <= 20 else "反对" if place <= 23 else "弃权"
        assert VOTE in matter.by(voter).todo(matter.title)
        matter.does(voter, VOTE, "cast", {"motion": 1, "choice": choice})
    assert matter.refuses("村民代表1", VOTE, "cast", {"motion": 1, "choice": "反对"}) == (409, "voted")
    assert matter.shown(CHAIR, VOTE)["proceeding"]["motions"][0]["votes"] == 24
    matter.does(CHAIR, VOTE, "close", {"纪要": "逐项表决"})
    decision = matter.result("决议")
    assert (decision["结论"], decision["实到"], decision["组成人员"]) == ("通过", 24, 35)
    assert decision["依据"][-1] == "赞成 20 × 2 > 到会组成人员 24 × 1"


def _upholds_the_resolution(matter: Matter) -> None:
    """Five object: both committees look into it once more, and keep to it with their reasons."""
    assert matter.steps == [NOTICE]
    one = [{"渠道": "村务公开栏", "凭证": [matter.by(DIRECTOR).photo("公开栏.jpg")]}]
    assert matter.refuses(DIRECTOR, NOTICE, "publish", {"渠道": one}) == (422, "channels-few")
    matter.publishes(DIRECTOR, NOTICE, *BOARDS)
    for place in range(21, 26):
        objection = {"类别": "异议", "内容": "路改道要绕开我家的井"}
        matter.does(f"村民代表{place}", NOTICE, "add_feedback", objection)
    assert matter.refuses(DIRECTOR, NOTICE, "close") == (422, "too-early")
    answers = [{"编号": "1-3", "采纳": "采纳"}, {"编号": "4-5", "采纳": "不采纳", "答复": "不经过那口井"}]
    matter.does(DIRECTOR, NOTICE, "answer", {"答复": answers})
    matter.waits("研究异议", days=8)
    assert (matter.result("决议公示")["结论"], matter.result("决议公示")["异议"]) == ("有异议", 5)
    came = list(matter.offered(SECRETARY, "研究异议", "close", "到会").values())
    held = {"时间": "2026-03-14T20:00", "地点": "村部会议室", "到会": came, "结论": "维持决议"}
    assert matter.refuses(SECRETARY, "研究异议", "close", held) == (422, "form"), "with a reason"
    matter.completes(SECRETARY, "研究异议", held | {"说明": "路线绕开水井，五户都同意了"})


# ---------------------------------------------------------------- 任务分解、公开承诺


def _hands_out_the_work(matter: Matter) -> None:
    [form] = matter.shown(DIRECTOR, "任务分解")["actions"]
    [rows] = [one for one in form["schema"]["components"] if one.get("path") == "事项"]
    [who] = [one for one in rows["components"] if one["key"] == "责任人"]
    responsible = {option["label"]: option["value"] for option in who["values"]}
    items = [
        {"任务": task, "责任人": responsible[name], "标准": "合格", "时限": "2026-05-03"}
        for task, name in (("路基平整", "秦德福"), ("浇筑路面", "方金凤"), ("调换菜地", "彭新民"))
    ]
    matter.completes(DIRECTOR, "任务分解", {"方案": "先调换菜地，再浇路面", "事项": items})
    matter.publishes(DIRECTOR, "公开实施方案", *BOARDS)
    matter.waits("公开承诺", "公开承诺", "公开承诺", days=4)


def _promises(matter: Matter) -> None:
    """LB-4: each for what is theirs. Somebody who is not responsible cannot."""
    people = {code: matter.callers.person(code) for code in ("qindf", "fangjf", "pengxm")}
    tasks = {code: caller.get("/tasks?limit=100")["items"] for code, caller in people.items()}
    own = {code: [t["id"] for t in found if t["title"] == matter.title] for code, found in tasks.items()}
    stranger = matter.callers.person("shijf")  # of the council, and not responsible for anything
    refused = stranger.refused(f"/tasks/{own['qindf'][0]}/complete", {"data": {"内容": "我来"}})
    assert refused[0] in (403, 404) and refused[1]["message"]
    refused = people["pengxm"].refused(f"/tasks/{own['qindf'][0]}/complete", {"data": {"内容": "我来"}})
    assert refused[0] in (403, 404)
    for code, caller in people.items():
        assert len(own[code]) == 1, "each finds one promise to make"
        caller.post(f"/tasks/{own[code][0]}/complete", {"data": {"内容": "按期做完，不合格返工"}})
    matter.publishes(DIRECTOR, "公示承诺书", *BOARDS)
    matter.waits("组织实施", days=4)


# ---------------------------------------------------------------- 组织实施、考评奖惩


def _works(matter: Matter, progress: str, then: str) -> None:
    photo = matter.by(COUNCIL).photo("现场.jpg")
    matter.completes(COUNCIL, "组织实施", {"情况": progress, "照片": [photo], "下一步": then})
    matter.publishes(DIRECTOR, "公开落实情况", *BOARDS)
    matter.waits("监督检查", days=4)
    matter.completes(WATCH, "监督检查", {"结论": "合格", "说明": "逐项量过，账目清楚"})


def _is_rated(matter: Matter, good: int, bad: int) -> None:
    """By the delegates themselves, each once."""
    for place in range(1, good + bad + 1):
        score = "满意" if place <= good else "不满意"
        matter.does(f"村民代表{place}", "满意度测评", "rate", {"评价": score})
    assert matter.refuses("村民代表1", "满意度测评", "rate", {"评价": "满意"}) == (409, "rated")
    matter.completes(SECRETARY, "满意度测评")
    assert matter.result("测评")["满意率"] == f"{good}/{good + bad}"


def _is_closed(matter: Matter) -> None:
    came = list(matter.offered(SECRETARY, "研究奖惩", "close", "到会").values())
    held = {"时间": "2026-04-01T08:00", "地点": "村部会议室", "到会": came}
    assert matter.refuses(SECRETARY, "研究奖惩", "close", held | {"时间": "2027-01-01T08:00"})[0] == 422
    matter.completes(
        SECRETARY, "研究奖惩", {**held, "时间": "2026-03-20T08:00", "奖惩": "方金凤带头出工，表扬"}
    )
    matter.publishes(DIRECTOR, "公开结果和奖惩", *BOARDS)
    matter.waits(days=4)
    ended = matter.seen()
    assert (ended["status"], ended["outcome"]) == ("completed", "已办结")
    public = {"决议公示", "方案公开", "承诺公示", "落实公开", "结果公开"}
    assert public <= set(ended["results"]), "four publications, and the promises (LB-7, LB-4)"
    assert all(len(ended["results"][key]["渠道"]) == 2 for key in public)
    assert matter.callers(CLERK, matter.unit).get(f"/instances/{matter.id}") == ended
