"""八步工作法 (BB-0 to BB-8.1): its scenarios, and random courses against a model that shares nothing with it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from engine.clock import VirtualClock
from engine.diagram import check_folder, load_folder
from engine.execution import ExecutionError, Rehearsal
from engine.execution.script import Script
from engine.people.designations import designations
from engine.scenarios import run_folder
from engine.scenarios.stage import cast

BABU = Path(__file__).parents[2] / "processes" / "babu"
CLAUSES = (
    "BB-0 BB-1 BB-2 BB-3 BB-4 BB-4.1 BB-5 BB-5.1 BB-5.2 BB-5.3 BB-5.4 BB-6 BB-7 BB-7.1 BB-7.2 BB-8 BB-8.1"
)


def test_nothing_keeps_it_from_being_published() -> None:
    assert [str(finding) for finding in check_folder(BABU)] == []


def test_every_designation_it_names_is_known() -> None:
    procedure, known = load_folder(BABU), designations()
    named = set(procedure.starters)
    for node in procedure.diagram.walk():
        named |= {node.lane} if node.lane else set()
        for setting in ("from", "roll", "also"):
            named |= set(node.properties.get(setting, "").split())
    assert {name for name in named if name not in known} == set()


def test_every_persons_step_has_a_deadline_guidance_and_a_clause() -> None:
    for node in load_folder(BABU).diagram.walk():
        if node.is_person_task:
            assert node.documentation and node.properties["due"] and "BB-" in node.properties["clauses"], (
                node.id
            )


def test_every_clause_of_the_eight_steps_is_carried_by_an_element() -> None:
    procedure = load_folder(BABU)
    carried = {c for node in procedure.diagram.walk() for c in node.properties.get("clauses", "").split()}
    assert carried == set(procedure.clauses)
    assert set(CLAUSES.split()) <= carried


@pytest.mark.parametrize("report", run_folder(BABU), ids=lambda report: report.name)
def test_scenario(report) -> None:
    assert report.passed, report.text()


# ---------------------------------------------------------------- random courses

SECRETARY, HEAD, CLERK, CHAIR, WATCH = "书记", "主任", "文书", "主席", "监督"
CHANNELS = ("党员大会征意见", "书面征求代表意见", "听取老干部老党员意见")
PERIOD = 30  # days between two reports
OBJECTORS = 3
ENDS = ("退回并说明理由", "应由村民会议决定", "终止", "未形成决议", "已办结")


@dataclass
class Model:
    """The eight steps as one would tell them to a new cadre."""

    delegates: int
    committee: int
    open: Counter[str] = field(default_factory=lambda: Counter(["集民意"]))
    ended: str = ""
    passed: bool = False
    items: list[str] = field(default_factory=list)
    days: int | None = None  # until the next report is due
    rounds: int = 1

    def move(self, done: str, *after: str) -> None:
        self.open[done] -= 1
        self.open.update(after)
        self.open = +self.open

    def end(self, how: str) -> None:
        self.open, self.ended, self.days = Counter(), how, None

    def consult_again(self, done: str) -> None:
        self.rounds += 1
        self.move(done, *CHANNELS)

    def quorate(self, came: int, others: int) -> bool:
        """BB-5.1 and FD-1."""
        of_all = Fraction(came + others, self.delegates + self.committee)
        return Fraction(came, self.delegates) >= Fraction(2, 3) and of_all >= Fraction(2, 3)

    @staticmethod
    def carried(yes: int, came: int, others: int) -> bool:
        """BB-5.2 and FD-1."""
        return Fraction(yes, came) >= Fraction(2, 3) and Fraction(yes, came + others) > Fraction(1, 2)

    def published(self, step: str, objected: bool) -> None:
        good = self.passed and not objected
        if step == "广示之":
            self.move(step, "制定实施方案" if good else "两委研究公示情况")
        elif good:
            self.move(step, "宣传决议、带头落实", *["分工落实"] * len(self.items))
            self.days = PERIOD
        else:
            self.move(step, "制定实施方案")

    def pass_days(self, days: int) -> None:
        if self.days is not None:
            self.days -= days
            if self.days <= 0:
                self.days = None
                self.open["报告执行情况"] += 1

    def all_done(self) -> bool:
        return not self.open["分工落实"] and not self.open["宣传决议、带头落实"]


@lru_cache
def script() -> Script:
    return Script.load(BABU, {})


FILE = {"id": "0" * 64, "name": "照片.jpg"}


class Course:
    """One random course, played on the rehearsal and on the model at once."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.model = Model(draw(st.integers(3, 12)), draw(st.integers(1, 5)))
        self.delegates = [f"代表{n + 1}" for n in range(self.model.delegates)]
        committee = [HEAD, *(f"委员{n}" for n in range(1, self.model.committee))]
        everybody = [SECRETARY, CLERK, CHAIR, WATCH, *committee, *self.delegates]
        roster = {
            "村党组织书记": [SECRETARY], "村委会主任": [HEAD], "村委会委员": committee[1:], "文书": [CLERK],
            "村代会主席": [CHAIR], "村务监督委员会主任": [WATCH], "村民代表": self.delegates,
            "正式党员": [SECRETARY, HEAD], "老干部老党员": ["老张", "老李"], "村民": everybody,
        }  # fmt: skip
        self.clock = VirtualClock(datetime(2026, 3, 2, 1, tzinfo=UTC))
        self.rehearsal = Rehearsal(script(), self.clock, roster=cast(roster))
        self.people = cast(roster)
        self.rehearsal.start()

    # ------------------------------------------------------------ acting

    def turn(self) -> None:
        model = self.model
        if model.days is not None and self.draw(st.integers(0, 2)) == 0:
            return self.wait(self.draw(st.integers(1, 40)))
        step = self.draw(st.sampled_from(sorted(model.open)))
        {
            "集民意": self.opinions, "定议题": self.topic, CHANNELS[0]: self.party, CHANNELS[1]: self.opinions,
            CHANNELS[2]: self.opinions, "支委会初步议案": self.draft, "论证会": self.experts,
            "两委商议去留": self.stay_or_go, "两委联席会议审定": self.final, "成决议": self.vote,
            "广示之": self.publish, "两委研究公示情况": self.reconsider, "制定实施方案": self.plan,
            "审议实施方案": self.vote, "公示方案": self.publish, "宣传决议、带头落实": self.opinions,
            "分工落实": self.carry_out, "报告执行情况": self.report, "跟踪督查": self.supervise,
            "办结报告": self.report, "督查核实": self.verify,
        }[step](step)  # fmt: skip
        return None

    def wait(self, days: int) -> None:
        self.rehearsal.advance(timedelta(days=days).total_seconds())
        self.model.pass_days(days)

    def act(self, step: str, by: str, data: dict[str, Any], action: str | None = None) -> None:
        tasks = [one.id for one in self.rehearsal.open_tasks() if one.name == step]
        for place, task in enumerate(tasks):
            try:
                return self.rehearsal.complete(task, data, by=by, action=action)
            except ExecutionError:  # another instance of the step may be this person's
                if place == len(tasks) - 1:
                    raise
        raise AssertionError(f"{step} is not open")

    def refused(self, step: str, by: str, data: dict[str, Any], action: str | None = None) -> None:
        before = (self.rehearsal.data, list(self.rehearsal.trace))
        with pytest.raises(ExecutionError):
            self.act(step, by, data, action)
        assert (self.rehearsal.data, self.rehearsal.trace) == before

    def meet(self, step: str, came: int, **more: Any) -> None:
        held = self.clock().isoformat()
        self.act(step, SECRETARY, {"时间": held, "地点": "村部", "到会": came, **more})

    def choose(self, step: str, came: int, *outcomes: str, **more: Any) -> str:
        """A conclusion that wants a reason is refused without."""
        chosen = self.draw(st.sampled_from(outcomes))
        held = {"时间": self.clock().isoformat(), "地点": "村部", "到会": came, "结论": chosen}
        if chosen in ("退回", "由村民会议决定", "终止", "不可行", "重新征求意见", "维持结果"):
            self.refused(step, SECRETARY, held)
        self.meet(step, came, 结论=chosen, 说明="议过了", **more.get(chosen, {}))
        return chosen

    # ------------------------------------------------------------ the steps

    def opinions(self, step: str) -> None:
        by, least, rest = {
            "集民意": (SECRETARY, 5, {}),
            CHANNELS[1]: (CLERK, -(-self.model.delegates // 2), {"立场": "赞成"}),
            CHANNELS[2]: (CLERK, 2, {}),
            "宣传决议、带头落实": (CHAIR, 1, {}),
        }[step]
        rows = [{"应征人": [], "姓名": "某户", "内容": "要修路", **rest} for _ in range(least)]
        if rest:
            rows = [{"应征人": least, "内容": "要修路", **rest}]
        if self.draw(st.booleans()):
            self.refused(step, by, {}, "汇总")
        self.act(step, CLERK, {"意见": rows, "照片": [FILE]}, "录入一批")
        self.act(step, by, {}, "汇总")
        if step == "集民意":
            self.model.move(step, "定议题")
        elif step in CHANNELS:
            self.channel_done(step)
        else:
            self.item_done(step)

    def channel_done(self, step: str) -> None:
        self.model.move(step)
        if not any(self.model.open[one] for one in CHANNELS):
            self.model.open["支委会初步议案"] += 1

    def topic(self, step: str) -> None:
        listed = {"初步方案": "修路", "授权依据": "第 3 项"}
        ways = ("列为议题",) * 6 + ("退回", "由村民会议决定")
        chosen = self.choose(step, 1, *ways, 列为议题=listed)
        if chosen == "列为议题":
            self.model.move(step, *CHANNELS)
        else:
            self.model.end("退回并说明理由" if chosen == "退回" else "应由村民会议决定")

    def party(self, step: str) -> None:
        self.meet(step, 2, 意见="没有意见")
        self.channel_done(step)

    def draft(self, step: str) -> None:
        self.meet(step, 1, 内容="修路")
        self.model.move(step, "论证会")

    def experts(self, step: str) -> None:
        guests = {"邀请人员": [{"姓名": "张工"}]}
        ways = ("可行", "可行", "可行", "修改后可行", "不可行")
        chosen = self.draw(st.sampled_from(ways))
        self.meet(step, 2, 结论=chosen, 说明="专家说的", **guests)
        self.model.move(step, "两委商议去留" if chosen == "不可行" else "两委联席会议审定")

    def stay_or_go(self, step: str) -> None:
        if self.choose(step, 2, "修改后重新征求", "修改后重新征求", "终止") == "终止":
            self.model.end("终止")
        else:
            self.model.consult_again(step)

    def final(self, step: str) -> None:
        motions = {"议案": [{"议案": "修路"}]}
        ways = ("定案",) * 5 + ("重新征求意见", "终止")
        chosen = self.choose(step, 2, *ways, 定案=motions)
        if chosen == "定案":
            self.model.move(step, "成决议")
        elif chosen == "终止":
            self.model.end("终止")
        else:
            self.model.consult_again(step)

    def vote(self, step: str) -> None:
        model = self.model
        came = self.draw(st.integers((2 * model.delegates - 1) // 3, model.delegates))
        others = self.draw(st.integers(0, model.committee))
        self.act(step, CHAIR, {"时间": self.clock().isoformat(), "地点": "礼堂"}, "召集")
        present = {"到会": {"村民代表": came, "村委会成员": others}, "方式": "paper"}
        self.refused(step, CHAIR, present, "开会")  # not announced
        self.act(step, CHAIR, {"渠道": ["村务公开栏"], "凭证": [FILE]}, "公开")
        self.act(step, CHAIR, present, "开会")
        yes = self.draw(st.integers(came // 2, came))
        count = {
            "发出": came,
            "收回": came,
            "有效": came,
            "无效": 0,
            "赞成": yes,
            "反对": came - yes,
            "弃权": 0,
        }
        if not model.quorate(came, others):
            self.refused(step, CLERK, count, "录入计票")
            return self.act(step, CHAIR, {}, "结束")  # and it is to be convened again
        self.act(step, CLERK, count, "录入计票")
        self.refused(step, CLERK, {}, "确认计票")
        self.act(step, WATCH, {"结束": True}, "确认计票")
        model.passed = model.carried(yes, came, others)
        return model.move(step, "广示之" if step == "成决议" else "公示方案")

    def publish(self, step: str) -> None:
        rows = [{"渠道": word, "凭证": [FILE]} for word in ("村务公开栏", "广播")]
        self.refused(step, HEAD, {"渠道": rows[:1]}, "公示")
        self.act(step, HEAD, {"渠道": rows}, "公示")
        objectors = self.draw(st.sampled_from([0, 0, 0, OBJECTORS - 1, OBJECTORS]))
        for number in range(objectors):
            said = {"类别": "异议", "内容": "不同意", "姓名": f"某{number}"}
            self.act(step, CLERK, said, "记反馈")
            self.act(step, CLERK, said, "记反馈")  # said twice, counted once
        if objectors:
            self.refused(step, HEAD, {}, "结束")
            answers = [{"编号": f"1-{2 * objectors}", "采纳": "不采纳", "答复": "按决议办"}]
            self.act(step, HEAD, {"答复": answers}, "答复")
        self.rehearsal.advance(timedelta(days=8).total_seconds())
        self.model.published(step, objectors >= OBJECTORS)

    def reconsider(self, step: str) -> None:
        if self.choose(step, 2, "维持结果", "重新审议") == "重新审议":
            self.model.move(step, "支委会初步议案")
        elif self.model.passed:
            self.model.move(step, "制定实施方案")
        else:
            self.model.end("未形成决议")

    def plan(self, step: str) -> None:
        people = [SECRETARY, HEAD, CLERK]
        self.model.items = self.draw(st.lists(st.sampled_from(people[:2]), min_size=1, max_size=3))
        rows = [
            {"事项": "一段路", "责任人": who, "标准": "平整", "时限": "2026-12-31"}
            for who in self.model.items
        ]
        plan = {"议案": "修路方案", "内容": "先修沟", "督查代表": [self.delegates[0]]}
        self.refused(step, HEAD, plan | {"事项清单": []})
        self.act(step, HEAD, plan | {"事项清单": rows})
        self.model.move(step, "审议实施方案")

    def carry_out(self, step: str) -> None:
        who = self.draw(st.sampled_from(self.model.items))
        self.refused(step, CLERK, {"情况": "好了", "照片": [FILE]})
        self.act(step, who, {"情况": "好了", "照片": [FILE]})
        self.model.items.remove(who)
        self.item_done(step)

    def item_done(self, step: str) -> None:
        self.model.move(step)
        if self.model.all_done():
            self.model.open["办结报告"] += 1

    def report(self, step: str) -> None:
        field = "进展" if step == "报告执行情况" else "总结"
        self.act(step, HEAD, {field: "修到桥头了"})
        self.model.move(step, "跟踪督查" if step == "报告执行情况" else "督查核实")

    def supervise(self, step: str) -> None:
        self.refused(step, HEAD, {"看法": "正常推进"})
        self.act(step, self.delegates[0], {"看法": "正常推进"})
        self.model.move(step)
        self.model.days = PERIOD

    def verify(self, step: str) -> None:
        if self.draw(st.booleans()):
            self.act(step, self.delegates[0], {"结论": "需要整改", "说明": "沟不通"})
            return self.model.move(step, "办结报告")
        self.act(step, self.delegates[0], {"结论": "落实到位"})
        return self.model.end("已办结")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_course_goes_as_the_eight_steps_say(data) -> None:
    course = Course(data.draw)
    model, rehearsal = course.model, course.rehearsal
    for _ in range(60):
        assert Counter(task.name for task in rehearsal.open_tasks()) == model.open
        if rehearsal.finished:
            break
        course.turn()
    assert rehearsal.error is None and not rehearsal.stuck
    assert rehearsal.finished == bool(model.ended)
    event(f"{model.ended or 'still open'}, {min(model.rounds, 3)} rounds")
    if model.ended:
        assert rehearsal.outcome == model.ended and model.ended in ENDS
        assert rehearsal.trace.count("join_zhengqiu") <= model.rounds
