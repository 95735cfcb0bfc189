"""村财支出联合审批 (LB-8): its scenarios, and random courses against a model that shares nothing with it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
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
from engine.timers import parse_timer

ZHICHU = Path(__file__).parents[2] / "processes" / "zhichu"


def test_nothing_keeps_it_from_being_published() -> None:
    assert [str(finding) for finding in check_folder(ZHICHU)] == []


def test_every_lane_starter_and_seat_is_a_designation() -> None:
    procedure, known = load_folder(ZHICHU), designations()
    named = {*procedure.starters, *procedure.parameters["第二人"].default}
    for node in procedure.diagram.walk():
        named |= {node.lane} if node.lane else set()
        named |= set(node.properties.get("seats", "").split())
    assert {name for name in named if name not in known} == set()


def test_every_persons_step_has_a_deadline_guidance_and_a_clause() -> None:
    for node in load_folder(ZHICHU).diagram.walk():
        if node.is_person_task:
            assert node.documentation and node.properties["due"] and "LB-8" in node.properties["clauses"], (
                node.id
            )


@pytest.mark.parametrize("report", run_folder(ZHICHU), ids=lambda report: report.name)
def test_scenario(report) -> None:
    assert report.passed, report.text()


# ---------------------------------------------------------------- random courses

REPORTER, SECRETARY, DIRECTOR, DEPUTY, VICE, SUPERVISOR, BOOKKEEPER, TOWNSHIP = (
    "报账员甲", "书记乙", "主任丙", "副书记丁", "副主任戊", "监督己", "会计庚", "经管辛"
)  # fmt: skip
EVERYBODY = (REPORTER, SECRETARY, DIRECTOR, DEPUTY, VICE, SUPERVISOR, BOOKKEEPER, TOWNSHIP)
URGED_AFTER = 6  # working days


@dataclass
class Model:
    """LB-8 as one would tell it to a new cadre."""

    double: bool  # one person is 书记 and 主任
    reviewed: bool  # and then 监督 must look at it, too
    limit: int
    place: str = "填报支出"
    amount: float = 0
    reporter: str = REPORTER
    signed: list[str] = field(default_factory=list)
    urged: bool = False
    left: int = 0
    rounds: int = 0

    def open_tasks(self) -> set[str]:
        return {self.place} - {"已支付", "不予支出"} | ({"督促答复"} if self.urged else set())

    def may(self, who: str, task: str) -> bool:
        """Whether this person may do this (open) task now."""
        head = SECRETARY if self.double else DIRECTOR
        if task == "填报支出":
            return who in (REPORTER, VICE)
        if task == "登记支付":
            return who == BOOKKEEPER
        if task == "督促答复":
            return who == TOWNSHIP
        if who == self.reporter or who in self.signed:
            return False
        if task == "主任审批":
            return who == head
        if task == "监督审核":
            return who == SUPERVISOR
        if not self.double:
            return who in (SECRETARY, DIRECTOR)
        return who == SECRETARY or (who in (DEPUTY, VICE) and not {DEPUTY, VICE} & set(self.signed))

    def report(self, who: str, amount: float) -> None:
        self.reporter, self.amount, self.signed = who, amount, []
        self.place = "联合审批" if amount >= self.limit else "主任审批"
        self.left, self.rounds = URGED_AFTER, self.rounds + 1

    def answer(self, who: str, verdict: str) -> None:
        self.signed.append(who)
        if verdict == "有疑问":
            self._leave("填报支出")
        elif verdict == "不同意":
            self._leave("不予支出")
        elif self.place != "联合审批":
            self._leave("登记支付")
        elif len(self.signed) == 2:
            if self.double and self.reviewed:
                self.place = "监督审核"
            else:
                self._leave("登记支付")

    def _leave(self, place: str) -> None:
        self.place, self.urged, self.left = place, False, 0

    def working_day(self) -> None:
        if self.left:
            self.left -= 1
            self.urged = self.urged or self.left == 0

    def urge(self) -> None:
        self.urged, self.left = False, URGED_AFTER


@lru_cache
def script(reviewed: bool, limit: int) -> Script:
    return Script.load(ZHICHU, {"大额标准": limit, "一肩挑须审核": "是" if reviewed else "否"})


class Course:
    """One random course, played on the rehearsal and on the model at once."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.model = Model(
            draw(st.booleans()), draw(st.booleans()), draw(st.sampled_from([500, 5000, 50000]))
        )
        head = SECRETARY if self.model.double else DIRECTOR
        roster = {
            "报账员": [REPORTER, VICE],
            "村党组织书记": [SECRETARY],
            "村委会主任": [head],
            "村党组织副书记": [DEPUTY],
            "村委会副主任": [VICE],
            "村务监督委员会主任": [SUPERVISOR],
            "会计": [BOOKKEEPER],
            "经管站": [TOWNSHIP],
            "村民": list(EVERYBODY),
        }
        self.clock = VirtualClock(datetime(2026, 3, 2, 1, tzinfo=UTC))
        self.roster = cast(roster)
        parameters = script(self.model.reviewed, self.model.limit)
        self.rehearsal = Rehearsal(parameters, self.clock, roster=self.roster)
        self.rehearsal.start()

    def turn(self) -> None:
        model = self.model
        if self.draw(st.integers(0, 3)) == 0:
            days = self.draw(st.integers(1, 7))
            end = parse_timer("duration", f"{days}wd").first_due(self.clock())
            self.rehearsal.advance((end - self.clock()).total_seconds())
            for _ in range(days):
                model.working_day()
            return
        task = self.draw(st.sampled_from(sorted(model.open_tasks())))
        entitled = [person for person in EVERYBODY if model.may(person, task)]
        who = self.draw(st.sampled_from(EVERYBODY) | st.sampled_from(entitled or EVERYBODY))
        handed_in, complete = self._handed_in(task)
        allowed = model.may(who, task) and complete
        [task_id] = [one.id for one in self.rehearsal.open_tasks() if one.name == task]
        if not allowed:
            before = (self.rehearsal.data, list(self.rehearsal.trace))
            with pytest.raises(ExecutionError):
                self.rehearsal.complete(task_id, handed_in, by=who)
            assert (self.rehearsal.data, self.rehearsal.trace) == before
            return
        self.rehearsal.complete(task_id, handed_in, by=who)
        if task == "填报支出":
            model.report(who, handed_in["金额"])
        elif task == "登记支付":
            model.place = "已支付"
        elif task == "督促答复":
            model.urge()
        else:
            model.answer(who, handed_in["结论"])

    def _handed_in(self, task: str) -> tuple[dict[str, Any], bool]:
        """What somebody fills in, and whether that is complete."""
        if task == "填报支出":
            return self._spending()
        if task == "登记支付":
            number = self.draw(st.sampled_from(["", "3-1"]))
            return {"支付日期": "2026-03-09", "凭证号": number}, bool(number)
        if task == "督促答复":
            return {"方式": "打电话"}, True
        verdict = self.draw(st.sampled_from(["同意", "有疑问", "同意", "不同意"]))
        reason = "" if verdict == "同意" else self.draw(st.sampled_from(["", "为什么"]))
        return {"结论": verdict, "说明": reason}, verdict == "同意" or bool(reason)

    def _spending(self) -> tuple[dict[str, Any], bool]:
        limit = self.model.limit
        amount = self.draw(st.sampled_from([0, 1, limit - 0.01, limit, limit + 1]))
        files = self.draw(st.integers(0, 2))
        receipts = [{"id": f"{n:064x}", "name": "发票.jpg"} for n in range(files)]
        form = {"用途": "修路", "金额": amount, "收款方": "某某", "凭证": receipts}
        return form, bool(files and amount)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_course_goes_as_the_rule_says(data) -> None:
    course = Course(data.draw)
    for _ in range(40):
        model, rehearsal = course.model, course.rehearsal
        assert {task.name for task in rehearsal.open_tasks()} == model.open_tasks()
        if rehearsal.finished:
            break
        course.turn()
    assert rehearsal.finished == (model.place in ("已支付", "不予支出"))
    assert rehearsal.error is None
    event(f"{model.place}, {min(model.rounds, 3)} rounds, double={model.double}")
    if rehearsal.finished:
        assert rehearsal.outcome == model.place
        check_signatures(course)


def check_signatures(course: Course) -> None:
    """Who signed last, each once and never the reporter; what was refused was never paid."""
    model, data = course.model, course.rehearsal.data
    large = model.amount >= model.limit
    signed = list(data["联合审批" if large else "主任审批"]["办理人"])
    if large and model.double and model.reviewed and len(model.signed) == 3:
        signed += data["监督审核"]["办理人"]
    names = [course.roster.name(number) for number in signed]
    assert names == model.signed
    assert len(set(names)) == len(names)
    assert model.reporter not in names
    assert course.rehearsal.trace.count("tianbao") == model.rounds
    assert ("登记" in data) == (model.place == "已支付")
    if large and model.place == "已支付":
        assert data["联合审批"]["一肩挑"] is model.double
        assert len(model.signed) == (3 if model.double and model.reviewed else 2)
