"""四步决策 (WH-2, WH-2.1): its scenarios, and random courses against a model that shares nothing with it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from engine.clauses import clause
from engine.clock import VirtualClock
from engine.diagram import check_folder, load_folder
from engine.execution import ExecutionError, Rehearsal
from engine.execution.script import Script
from engine.people.designations import designations
from engine.scenarios import run_folder
from engine.scenarios.stage import cast

SIBU = Path(__file__).parents[2] / "processes" / "sibu"


def test_nothing_keeps_it_from_being_published() -> None:
    assert [str(finding) for finding in check_folder(SIBU, designations())] == []


def test_every_step_says_how_by_when_and_on_what_it_rests() -> None:
    procedure = load_folder(SIBU)
    for node in procedure.diagram.walk():
        if node.is_person_task:
            assert node.documentation and node.properties["due"], node.id
            assert "WH-" not in node.documentation, f"{node.id}: a cadre reads words, not numbers of clauses"
            assert set(node.properties["clauses"].split()) <= set(procedure.clauses), node.id
    carried = {c for node in procedure.diagram.walk() for c in node.properties.get("clauses", "").split()}
    assert carried == set(procedure.clauses)


def test_every_parameter_is_used_bounded_and_explained() -> None:
    procedure = load_folder(SIBU)
    used = " ".join(value for node in procedure.diagram.walk() for value in node.properties.values())
    for name, parameter in procedure.parameters.items():
        assert f"{{{name}}}" in used, name
        assert parameter.minimum is not None and parameter.maximum is not None, name
        assert parameter.law and parameter.note and clause(parameter.clause).text, name


@pytest.mark.parametrize("report", run_folder(SIBU), ids=lambda report: report.name)
def test_scenario(report) -> None:
    assert report.passed, report.text()


# ---------------------------------------------------------------- random courses

OFFICE, LEADER = "党政办甲", "站长乙"
MEMBERS = [f"委员{number}" for number in range(1, 11)]
SECRETARY, *_ = MEMBERS
RECORDS = {"渠道": [{"渠道": "广播", "凭证": [{"id": "0" * 64, "name": "照片.jpg"}]}]}
MEETING = {"时间": "2026-03-02T08:00", "地点": "会议室"}


@dataclass
class Model:
    """The four steps as one would tell them to a new secretary."""

    members: int
    present_least: Fraction
    yes_more_than: Fraction
    place: str = "确定议题"
    unanswered: int = 0
    votes: list[str] = field(default_factory=list)

    def may_vote(self, present: int) -> bool:
        return Fraction(present, self.members) >= self.present_least

    def voted(self, present: int, yes: int) -> None:
        if not self.may_vote(present):
            self.votes.append("未达法定人数")
        elif Fraction(yes, self.members) > self.yes_more_than:
            self.votes.append("通过")
            self.place = "公布决议"
        else:
            self.votes.append("未通过")
            self.place = "研究下一步"


@lru_cache
def script(present_least: str, yes_more_than: str) -> Script:
    return Script.load(SIBU, {"决策到会比例": present_least, "决策赞成比例": yes_more_than})


class Course:
    """One random course, played on the rehearsal and on the model at once."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        least, more = draw(st.sampled_from(["1/2", "2/3", "3/4"])), draw(st.sampled_from(["1/2", "2/3"]))
        self.members = MEMBERS[: draw(st.integers(1, len(MEMBERS)))]
        self.model = Model(len(self.members), Fraction(least), Fraction(more))
        roster = {"镇党委书记": [SECRETARY], "镇党委委员": self.members[1:], "党政办": [OFFICE]}
        roster |= {"责任单位": [LEADER]}
        self.roster = cast(roster)
        self.rehearsal = Rehearsal(
            script(least, more), VirtualClock(datetime(2026, 3, 2, 1, tzinfo=UTC)), roster=self.roster
        )
        self.rehearsal.start()

    def do(self, data: dict[str, Any], by: str, action: str | None = None) -> None:
        [task] = self.rehearsal.open_tasks()
        self.rehearsal.complete(task.id, data, by=by, action=action)

    def refused(self, data: dict[str, Any], by: str, action: str | None = None) -> None:
        before = (self.rehearsal.data, list(self.rehearsal.trace))
        with pytest.raises(ExecutionError):
            self.do(data, by, action)
        assert (self.rehearsal.data, self.rehearsal.trace) == before

    def turn(self) -> None:
        {
            "确定议题": self.choose_topic,
            "深入调研": self.study,
            "方案公示": lambda: self.publish("方案论证"),
            "方案论证": self.examine,
            "决策票决": self.vote,
            "研究下一步": self.consider,
            "公布决议": lambda: self.publish("已形成决议"),
        }[self.model.place]()

    def choose_topic(self) -> None:
        self.refused({"议题": "修桥", "牵头人": LEADER}, OFFICE)
        self.do({"议题": "修桥", "牵头人": LEADER}, SECRETARY)
        self.model.place = "深入调研"

    def study(self) -> None:
        self.refused({"情况": "看过", "方案": "修"}, SECRETARY)
        self.do({"情况": "看过", "方案": "修"}, LEADER)
        self.model.place = "方案公示"

    def publish(self, after: str) -> None:
        """Feedback without an answer keeps a notice from ending; the clock alone ends it otherwise."""
        self.do(RECORDS, OFFICE, "publish")
        feedback = self.draw(st.integers(0, 2))
        for _ in range(feedback):
            self.do({"类别": "异议", "内容": "太贵"}, OFFICE, "add_feedback")
        self.rehearsal.advance(6 * 86_400)
        assert self.names() == [self.model.place]
        self.rehearsal.advance(2 * 86_400)
        if feedback:
            assert self.names() == [self.model.place]
            self.refused({}, OFFICE, "close")
            answer = {"编号": f"1-{feedback}", "采纳": "不采纳", "答复": "算过了"}
            self.do({"答复": [answer]}, OFFICE, "answer")
            self.do({}, OFFICE, "close")
        self.model.place = after

    def examine(self) -> None:
        outcome, place = self.draw(
            st.sampled_from(
                [
                    ("可行", "决策票决"),
                    ("修改后再论证", "深入调研"),
                    ("可行", "决策票决"),
                    ("不再办理", "论证不可行"),
                ]
            )
        )
        held = MEETING | {"到会": [1], "邀请人员": [{"姓名": "顾工"}], "结论": outcome}
        if outcome != "可行":
            self.refused(held, SECRETARY)
        self.do(held | {"说明": "专家这样说"}, SECRETARY)
        self.model.place = place

    def vote(self) -> None:
        present = self.draw(st.integers(1, len(self.members)))
        yes = self.draw(st.integers(0, present))
        self.do(MEETING, OFFICE, "convene")
        ids = [self.roster.number(name) for name in self.members[:present]]
        self.do({"到会": ids, "方式": "named"}, OFFICE, "open")
        for place, name in enumerate(self.members[:present]):
            choice = {"choice": "赞成" if place < yes else "反对"}
            if self.model.may_vote(present):
                self.do(choice, name, "cast")
                self.refused(choice, name, "cast")
            else:
                self.refused(choice, name, "cast")
        if present < len(self.members):
            self.refused({"choice": "赞成"}, self.members[present], "cast")
        self.do({}, SECRETARY, "close")
        self.model.voted(present, yes)
        assert self.rehearsal.data["决策"]["结论"] == self.model.votes[-1]

    def consider(self) -> None:
        choice, place = self.draw(st.sampled_from([("修改方案再议", "深入调研"), ("不再办理", "未形成决议")]))
        self.refused({"安排": choice}, SECRETARY)
        self.do({"安排": choice, "说明": "商量过"}, SECRETARY)
        self.model.place = place

    def names(self) -> list[str | None]:
        return [task.name for task in self.rehearsal.open_tasks()]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_course_goes_as_the_rule_says(data) -> None:
    course = Course(data.draw)
    for _ in range(25):
        if course.rehearsal.finished:
            break
        assert course.names() == [course.model.place]
        course.turn()
    assert course.rehearsal.error is None
    if course.rehearsal.finished:
        assert course.rehearsal.outcome == course.model.place
        assert ("决议公布" in course.rehearsal.data) == (course.model.place == "已形成决议")
    rounds = course.rehearsal.trace.count("diaoyan")
    event(f"{course.model.place}, {min(rounds, 3)} rounds, {min(len(course.model.votes), 3)} votes")
