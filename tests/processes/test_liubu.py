"""六步工作程序 (LB-1 to LB-8): its scenarios, and random courses against a model that shares nothing with it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from engine.clock import VirtualClock
from engine.diagram import check_closure, check_folder, load_folder
from engine.execution import Rehearsal
from engine.execution.script import Script
from engine.people.designations import designations
from engine.scenarios import run_folder
from engine.scenarios.stage import cast

PROCESSES = Path(__file__).parents[2] / "processes"
LIUBU = PROCESSES / "liubu"


def test_nothing_keeps_it_from_being_published() -> None:
    assert [str(finding) for finding in check_folder(LIUBU, designations())] == []
    found = check_closure(load_folder(LIUBU), lambda key: load_folder(PROCESSES / key))
    assert [str(finding) for finding in found] == []


def test_every_persons_step_has_a_deadline_guidance_and_a_clause() -> None:
    for node in load_folder(LIUBU).diagram.walk():
        if node.is_person_task:
            assert node.documentation and node.properties["due"] and node.properties["clauses"], node.id


def test_the_clauses_it_names_are_those_its_steps_carry() -> None:
    procedure = load_folder(LIUBU)
    carried = {
        clause for node in procedure.diagram.walk() for clause in node.properties.get("clauses", "").split()
    }
    assert carried == set(procedure.clauses)


def test_it_is_made_public_four_times() -> None:
    """LB-7: the decision, the plan, the work, what came of it."""
    notices = [node for node in load_folder(LIUBU).diagram.walk() if node.kind == "notice"]
    four = [node.name for node in notices if "LB-7" in node.properties["clauses"].split()]
    assert four == ["公示决议", "公开实施方案", "公开落实情况", "公开结果和奖惩"]
    assert all("LB-7.1" in node.properties["clauses"] for node in notices)


def test_what_it_asks_of_people_is_known_by_name() -> None:
    """Whose opinion, whose meeting, whose vote: each a designation."""
    known = designations()
    for node in load_folder(LIUBU).diagram.walk():
        for setting in ("from", "roll", "also"):
            assert all(name in known for name in node.properties.get(setting, "").split()), node.id


@pytest.mark.parametrize("report", run_folder(LIUBU), ids=lambda report: report.name)
def test_scenario(report) -> None:
    assert report.passed, report.text()


# ---------------------------------------------------------------- random courses

BODY, RATED_AT_LEAST, OBJECTORS = 30, 20, 5
SECRETARY, DIRECTOR, CHAIR, BUILDER, SUPERVISOR, CLERK = (
    "书记甲", "主任乙", "主席丙", "会长丁", "监督戊", "文书己"
)  # fmt: skip
ROSTER = {
    "村党组织书记": [SECRETARY],
    "村委会主任": [DIRECTOR],
    "村代会主席": [CHAIR],
    "理事会会长": [BUILDER],
    "村务监督委员会主任": [SUPERVISOR],
    "文书": [CLERK],
    "村民代表": [f"代表{n}" for n in range(1, BODY)],  # with the 主任 thirty
    "户代表": [f"户{n}" for n in range(1, 31)],
}
PHOTO = [{"id": "0" * 64, "name": "照片.jpg"}]


@dataclass
class Model:
    """The six steps as one would tell them to a new cadre: what is open, and what comes of each step."""

    open: Counter[str] = field(default_factory=lambda: Counter(["提议"]))
    end: str = ""
    promises: int = 0
    waiting: str = ""  # what follows when the last report has been public for its days

    def goes(self, done: str, *then: str) -> None:
        self.open[done] -= 1
        self.open += Counter(then)

    def ends(self, done: str, outcome: str) -> None:
        self.goes(done)
        self.end = outcome

    def both(self, done: str) -> None:
        """Asking and telling go side by side."""
        self.goes(done)
        if not self.open["征求意见"] and not self.open["入户宣传"]:
            self.open["确定议题"] += 1

    def vote(self, present: int, yes: int) -> None:
        if present * 3 < BODY * 2:
            self.goes("村代会票决", "村代会票决")
        else:
            self.goes("村代会票决", "公示决议" if yes * 2 > present else "确定议题")

    def notice(self, name: str, objectors: int) -> None:
        many = objectors >= OBJECTORS
        if name == "公示决议":
            self.goes(name, "研究异议" if many else "任务分解")
        elif name == "公开实施方案":
            self.goes(name, *(["任务分解"] if many else ["公开承诺"] * self.promises))
        elif name == "公示承诺书":
            self.goes(name, *(["公开承诺"] * self.promises if many else ["组织实施"]))
        elif name == "公开结果和奖惩":
            self.goes(name, "研究奖惩") if many else self.ends(name, "已办结")
        else:
            self.goes(name)
            self.settle()

    def promise(self) -> None:
        self.goes("公开承诺")
        if not self.open["公开承诺"]:
            self.open["公示承诺书"] += 1

    def work(self, following: str) -> None:
        then = {"接着干": ["组织实施"], "有变化": ["再次征求意见"], "完工": []}[following]
        self.goes("组织实施", "公开落实情况", *then)
        self.waiting = "监督检查" if following == "完工" else ""

    def settle(self) -> None:
        if self.waiting and not self.open["公开落实情况"]:
            self.open[self.waiting] += 1
            self.waiting = ""

    def rated(self, number: int, good: int) -> None:
        if number < RATED_AT_LEAST:
            self.goes("满意度测评", "满意度测评")
        else:
            self.goes("满意度测评", "研究奖惩" if good * 3 >= number * 2 else "组织实施")


@lru_cache
def script() -> Script:
    return Script.load(LIUBU, {"最少参评": RATED_AT_LEAST})


class Course:
    """One random course, played on the rehearsal and on the model at once."""

    def __init__(self, draw: Any) -> None:
        self.draw, self.model = draw, Model()
        self.clock = VirtualClock(datetime(2026, 3, 2, 1, tzinfo=UTC))
        self.rehearsal = Rehearsal(script(), self.clock, roster=cast(ROSTER))
        self.rehearsal.start()

    def one_of(self, *options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    def turn(self) -> None:
        step = self.draw(st.sampled_from(sorted(+self.model.open)))
        TURNS[step](self)

    def do(self, step: str, by: str, data: dict[str, Any], action: str | None = None) -> None:
        task = next(one for one in self.rehearsal.open_tasks() if one.name == step)
        self.rehearsal.complete(task.id, data, by=by, action=action)

    def pass_days(self, days: int) -> None:
        self.rehearsal.advance(days * 86_400)

    # ------------------------------------------------------------ meetings

    def meeting(self, step: str, outcomes: dict[str, Any], **more: Any) -> None:
        good = next(iter(outcomes))
        chosen = self.one_of(*[good] * 5, *outcomes)  # or few courses would come far
        held = {"时间": "2026-03-02T08:00", "地点": "村部", "到会": [SECRETARY], "结论": chosen}
        wanted = {} if chosen == good and step != "研究异议" else {"说明": "有道理"}
        self.do(step, SECRETARY, held | wanted | (more if chosen == "确定为议题" else {}))
        outcomes[chosen]()

    def propose(self) -> None:
        model = self.model
        self.meeting(
            "提议",
            {
                "提交征求意见": lambda: model.goes("提议", "拟征求意见稿"),
                "暂不提出": lambda: model.ends("提议", "暂不提出"),
            },
        )

    def set_topic(self) -> None:
        model = self.model
        self.meeting(
            "确定议题",
            {
                "确定为议题": lambda: model.goes("确定议题", "村代会票决"),
                "再征求意见": lambda: model.goes("确定议题", "拟征求意见稿"),
                "不作为议题": lambda: model.ends("确定议题", "未形成决议"),
            },
            议案=[{"议案": "修路"}],
        )

    def weigh_objections(self) -> None:
        model = self.model
        self.meeting(
            "研究异议",
            {
                "维持决议": lambda: model.goes("研究异议", "任务分解"),
                "重新征求意见": lambda: model.goes("研究异议", "拟征求意见稿"),
            },
        )

    def reward(self) -> None:
        held = {"时间": "2026-03-02T08:00", "地点": "村部", "到会": [SECRETARY], "奖惩": "表扬会长"}
        self.do("研究奖惩", SECRETARY, held)
        self.model.goes("研究奖惩", "公开结果和奖惩")

    def vote(self) -> None:
        present = self.one_of(19, 20, 20, 21, 22, 23)
        yes = self.one_of(0, present // 2, present // 2 + 1, present // 2 + 1, present - 1)
        when = self.clock().replace(hour=1).isoformat()
        self.do("村代会票决", CHAIR, {"时间": _later(when, 4), "地点": "礼堂"}, "召集")
        self.do("村代会票决", CLERK, {"渠道": ["微信群"], "凭证": PHOTO}, "公开")
        self.pass_days(5)
        came = {"村民代表": present - 1, "村委会成员": 1}
        self.do("村代会票决", CHAIR, {"到会": came, "方式": "paper"}, "开会")
        if present >= 20:
            voters = present - 1
            papers = {"发出": voters, "收回": voters, "有效": voters, "无效": 0}
            papers |= {"赞成": yes, "反对": voters - yes, "弃权": 0}
            self.do("村代会票决", CLERK, papers, "录入计票")
            self.do("村代会票决", SUPERVISOR, {}, "确认计票")
        self.do("村代会票决", CHAIR, {}, "结束")
        self.model.vote(present, yes)

    # ------------------------------------------------------------ opinions

    def draft(self) -> None:
        paper = {"内容": "修路", "涉及": "三组", "花费": 0}
        self.do("拟征求意见稿", DIRECTOR, paper)
        self.model.goes("拟征求意见稿", "把关审查")

    def screen(self) -> None:
        verdict = self.one_of(*["可以征求意见"] * 6, "退回修改", "要开村民会议", "不办")
        self.do(
            "把关审查", SECRETARY, {"结论": verdict, "说明": "" if verdict == "可以征求意见" else "再想想"}
        )
        if verdict == "可以征求意见":
            self.model.goes("把关审查", "征求意见", "入户宣传")
        elif verdict == "退回修改":
            self.model.goes("把关审查", "拟征求意见稿")
        else:
            self.model.ends("把关审查", "不再推进" if verdict == "不办" else "转村民会议决定")

    def ask(self) -> None:
        self._opinions("征求意见")
        self.do("征求意见", DIRECTOR, {"归纳": "赞成"})
        self.model.both("征求意见")

    def tell(self) -> None:
        self.do("入户宣传", SECRETARY, {"方式": ["入户宣传"], "户数": 30, "照片": PHOTO})
        self.model.both("入户宣传")

    def ask_again(self) -> None:
        verdict = self.one_of("按变化办", "仍按原来办", "交村代会再议")
        self._opinions("再次征求意见")
        self.do("再次征求意见", DIRECTOR, {"结论": verdict, "说明": "大家都说好"})
        if verdict == "交村代会再议":
            self.model.goes("再次征求意见")
            self.model.waiting = "确定议题"
            self.model.settle()
        else:
            self.model.goes("再次征求意见", "组织实施")

    def _opinions(self, step: str) -> None:
        rows = [{"应征人": 20, "立场": "赞成"}]
        self.do(step, CLERK, {"渠道": "征求意见表", "意见": rows, "照片": PHOTO}, "录入一批")

    # ------------------------------------------------------------ notices

    def publish(self, step: str) -> None:
        objectors = 0 if step == "公开落实情况" else self.one_of(0, 0, OBJECTORS - 1, OBJECTORS)
        rows = [{"渠道": "微信群", "凭证": PHOTO}, {"渠道": "村务公开栏", "凭证": PHOTO}]
        self.do(step, DIRECTOR, {"渠道": rows}, "公示")
        for number in range(objectors):
            said = {"类别": "异议", "内容": "不同意", "姓名": f"村民{number}"}
            self.do(step, CLERK, said, "记反馈")
        if objectors:
            reply = {"编号": f"1-{objectors}", "采纳": "不采纳", "答复": "已经议过"}
            self.do(step, DIRECTOR, {"答复": [reply]}, "答复")
        self.pass_days(8)
        self.model.notice(step, objectors)

    # ------------------------------------------------------------ work

    def plan(self) -> None:
        responsible = self.draw(st.lists(st.sampled_from([DIRECTOR, BUILDER]), min_size=1, max_size=3))
        rows = [{"任务": "路基", "责任人": who, "标准": "压实", "时限": "2026-09-01"} for who in responsible]
        self.do("任务分解", DIRECTOR, {"方案": "分段施工", "事项": rows})
        self.model.promises = len(rows)
        self.model.goes("任务分解", "公开实施方案")

    def promise(self) -> None:
        task = next(one for one in self.rehearsal.open_tasks() if one.name == "公开承诺")
        who = self.rehearsal.roster.name(task.data["事项"]["责任人"])
        self.rehearsal.complete(task.id, {"内容": "按时做好"}, by=who)
        self.model.promise()

    def work(self) -> None:
        following = self.one_of("接着干", "有变化", *["完工"] * 4)
        change = "改道" if following == "有变化" else ""
        said = {"情况": "浇好一段", "照片": PHOTO, "下一步": following, "变化": change}
        self.do("组织实施", BUILDER, said)
        self.model.work(following)

    def inspect(self) -> None:
        verdict = self.one_of("合格", "合格", "要整改")
        self.do("监督检查", SUPERVISOR, {"结论": verdict, "说明": "量过"})
        self.model.goes("监督检查", "满意度测评" if verdict == "合格" else "组织实施")

    def rate(self) -> None:
        number = self.draw(st.integers(19, 31))
        good = self.one_of(0, number * 2 // 3, -(-number * 2 // 3), number)
        papers = {"满意": good, "基本满意": 0, "不满意": number - good, "照片": PHOTO}
        self.do("满意度测评", CLERK, papers, "录入测评票")
        self.pass_days(11 if number < RATED_AT_LEAST else 0)
        self.do("满意度测评", SECRETARY, {}, "汇总")
        self.model.rated(number, good)


TURNS = {
    "提议": Course.propose,
    "拟征求意见稿": Course.draft,
    "把关审查": Course.screen,
    "征求意见": Course.ask,
    "入户宣传": Course.tell,
    "确定议题": Course.set_topic,
    "村代会票决": Course.vote,
    "研究异议": Course.weigh_objections,
    "任务分解": Course.plan,
    "公开承诺": Course.promise,
    "组织实施": Course.work,
    "再次征求意见": Course.ask_again,
    "监督检查": Course.inspect,
    "满意度测评": Course.rate,
    "研究奖惩": Course.reward,
} | {
    name: lambda course, name=name: course.publish(name)
    for name in ("公示决议", "公开实施方案", "公示承诺书", "公开落实情况", "公开结果和奖惩")
}


def _later(moment: str, days: int) -> str:
    found = datetime.fromisoformat(moment)
    return datetime.fromtimestamp(found.timestamp() + days * 86_400, UTC).isoformat()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_course_goes_as_the_steps_say(data) -> None:
    course = Course(data.draw)
    for _ in range(70):
        model, rehearsal = course.model, course.rehearsal
        assert Counter(task.name for task in rehearsal.open_tasks()) == +model.open
        assert rehearsal.finished == bool(model.end)
        if model.end:
            break
        course.turn()
    assert course.rehearsal.error is None
    event(f"{course.model.end or 'still open'}")
    if course.model.end:
        assert course.rehearsal.outcome == course.model.end
