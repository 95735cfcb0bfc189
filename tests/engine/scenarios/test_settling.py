"""What a step comes to unplayed: results its kind could have given, with figures that really give that outcome."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.execution import ExecutionError
from engine.expressions import normal_name
from engine.scenarios.stage import Stage
from engine.steps import DOERS, counting
from tests.engine.scenarios.stages import VOTERS, choice, named_form, one_step, rows_of, stage
from tests.procedures import number, text

FRACTIONS = ("1/3", "1/2", "3/5", "2/3", "1/1")


def outcomes(found: Stage, task: Any) -> list[str]:
    step = found.rehearsal.answering(task.id)
    return step.kind.outcomes(step.settings)


def check_shape(found: Stage, task: Any, result: dict[str, Any]) -> None:
    """Nothing is in it that the kind does not declare."""
    step = found.rehearsal.answering(task.id)
    known = {normal_name(name) for name in step.kind.fields(step.settings, step.forms)}
    assert {normal_name(name) for name in result} <= known
    step.require_possible(result)


fractions = st.builds(
    "{} {} {}".format,
    st.sampled_from(("至少", "超过")),
    st.sampled_from(FRACTIONS),
    st.sampled_from(("应到", "到会")),
).filter(lambda one: not one.startswith("超过 1/1"))


@settings(max_examples=40, deadline=None)
@given(
    majority=fractions,
    quorum=st.sampled_from(("", "至少 1/2 应到", "至少 2/3 应到；至少 2/3 组成人员")),
    voters=st.integers(1, 12),
    method=st.sampled_from(("phone", "paper", "hands")),
)
def test_a_vote_comes_to_what_the_same_votes_come_to_when_they_are_cast(
    majority: str, quorum: str, voters: int, method: str
) -> None:
    files = one_step("ballot", roll=VOTERS, also="委员", majority=majority, quorum=quorum, method=method)
    for outcome in ("通过", "未通过", "未达法定人数"):
        found, task = stage(files, voters)
        if outcome not in outcomes(found, task):
            continue
        try:
            result = found.settled(task, {"结论": outcome})
        except ExecutionError:
            continue  # such a threshold cannot be missed, or not be reached, by so few
        assert result["结论"] == outcome
        check_shape(found, task, dict(result))
        assert played(found, task, result, method) == {k: v for k, v in result.items() if k != DOERS}


def played(found: Stage, task: Any, result: Any, method: str) -> dict[str, Any]:
    """The same meeting, act by act."""
    rehearsal = found.rehearsal

    def do(action: str, by: str, **data: Any) -> None:
        rehearsal.complete(task.id, data, by=by, action=action)

    do("召集", "甲", 时间="2026-03-02T09:00", 地点="村部")
    came = [f"{VOTERS}{n}" for n in range(1, result["实到"] + 1)]
    others = ["丁", "戊"][: result["到会组成人员"] - result["实到"]]
    do("开会", "甲", 到会=[*came, *others])
    [motion] = result["议案"] or [None]
    if motion is not None and method == "phone":
        for place, voter in enumerate(came):
            do("投票", voter, choice="赞成" if place < motion["赞成"] else "反对")
    elif motion is not None:
        papers = {} if method == "hands" else dict.fromkeys(("发出", "收回", "有效"), len(came)) | {"无效": 0}
        photo = {} if method == "hands" else {"计票单": [{"id": "0" * 64, "name": "1.jpg"}]}
        do("录入计票", "乙", **papers, **{name: motion[name] for name in counting.CHOICES}, **photo)
        do("确认计票", "丙")
    do("结束", "甲")
    return {name: value for name, value in rehearsal.data["办"].items() if name != DOERS}


@pytest.mark.parametrize("method", ["phone", "paper"])
def test_an_election_elects_or_falls_short(method: str) -> None:
    files = one_step(
        "ballot",
        roll=VOTERS,
        majority="超过 1/2 到会",
        quorum="至少 1/2 应到",
        seats="2",
        candidates="{人选}",
        method=method,
    )
    found, task = stage(files, data={"人选": ["张", "王", "李"]})
    elected = found.settled(task, {"结论": "选出"})
    assert (elected["当选人"], elected["缺额"]) == (["张", "王"], 0)
    short = found.settled(task, {"结论": "未选足"})
    assert (short["当选人"], short["缺额"]) == ([], 2)
    empty = found.settled(task, {"结论": "未达法定人数"})
    assert empty["实到"] == 4
    for result in (elected, short, empty):
        check_shape(found, task, dict(result))


def test_votes_that_stand_for_households_are_weighed() -> None:
    files = one_step("ballot", roll=VOTERS, majority="至少 2/3 到会户", weights="户", method="paper")
    found, task = stage(files, households={VOTERS: 10, f"{VOTERS}1": 12})
    lost = found.settled(task, {"结论": "未通过"})
    [motion] = lost["议案"]
    assert (lost["到会户数"], motion["赞成"], motion["赞成"] + motion["反对"]) == (92, 61, 92)
    assert found.settled(task, {"结论": "通过"})["议案"][0]["赞成"] == 92


@settings(max_examples=30, deadline=None)
@given(
    number_=st.integers(1, 12),
    passing=st.sampled_from(FRACTIONS),
    least=st.integers(0, 12),
    until=st.booleans(),
)
def test_a_rating_comes_to_what_its_figures_say(number_: int, passing: str, least: int, until: bool) -> None:
    if least and not until:
        return
    how = {
        "from": VOTERS,
        "pass": f"至少 {passing} 收回票",
        "least": str(least or ""),
        "until": "3d" if until else "",
    }
    files = one_step("assess", **how)
    for outcome in ("满意", "不满意", "参评不足"):
        found, task = stage(files, number_)
        try:
            result = found.settled(task, {"结论": outcome})
        except ExecutionError:
            assert outcome == "参评不足" or number_ < least
            continue
        check_shape(found, task, dict(result))
        assert result["结论"] == outcome
        assert sum(result["各档"].values()) == result["参评"] <= number_
        top, bottom = map(int, passing.split("/"))
        assert (result["满意"] * bottom >= result["参评"] * top > 0) == (
            outcome == "满意"
        ) or outcome == "参评不足"


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("cosign", {"seats": "书记 文书", "choices": "同意 不同意 弃权"}),
        ("cosign", {"seats": "书记 文书", "need": "1/2"}),
        ("cosign", {"seats": "书记 文书", "need": "any"}),
        ("deliberate", {"outcomes": "定案 再议", "roll": VOTERS}),
        ("deliberate", {"outcomes": "定案 再议", "roll": VOTERS, "quorum": "至少 2/3 应到", "guests": "yes"}),
        ("notice", {"days": "7d", "least": "2", "objections": "3"}),
        ("notice", {"days": "5wd", "answers": "later"}),
        ("consult", {"ask": "行不行", "from": VOTERS, "stances": "赞成 反对", "outcomes": "采纳 不采纳"}),
        ("consult", {"ask": "行不行", "least": "5", "until": "3d", "outcomes": "采纳 不采纳"}),
    ],
)
def test_every_outcome_a_kind_declares_can_be_had(kind: str, how: dict[str, str]) -> None:
    found, task = stage(one_step(kind, **how))
    names = outcomes(found, task)
    assert names
    for outcome in names:
        if kind == "cosign" and how.get("need") == "1/2" and outcome not in names[:2]:
            continue
        result = found.settled(task, {"结论": outcome})
        assert result["结论"] == outcome
        assert result[DOERS]
        check_shape(found, task, dict(result))


def test_a_form_is_filled_in_around_what_is_said() -> None:
    people = {"type": "select", "key": "责任人", "label": "责任人", "properties": {"people": VOTERS}}
    forms = named_form(
        number("金额", required=True, min=10),
        text("用途", required=True),
        text("备注"),
        choice("结论", ["同意", "不同意"]),
        text("理由", required=True) | {"conditional": {"hide": '=结论 = "同意"'}},
        rows_of("清单", text("事项", required=True), people),
    )
    found, task = stage(one_step("handle", forms, form="f"))
    agreed = found.settled(task, {})
    assert (agreed["金额"], agreed["结论"], agreed["备注"], agreed["理由"]) == (10, "同意", "", "")
    assert agreed["清单"] == [{"事项": "示例：事项", "责任人": found.roster.number(f"{VOTERS}1")}]
    refused = found.settled(task, {"结论": "不同意", "金额": 500, "清单": [{}, {"事项": "修路"}]})
    assert (refused["结论"], refused["金额"], refused["理由"]) == ("不同意", 500, "示例：理由")
    assert [row["事项"] for row in refused["清单"]] == ["示例：事项", "修路"]


def test_people_are_named_or_counted() -> None:
    several = {"type": "taglist", "key": "人选", "label": "人选", "properties": {"people": VOTERS}}
    found, task = stage(one_step("handle", named_form(several), form="f"))
    first, second, third = (found.roster.number(f"{VOTERS}{n}") for n in (1, 2, 3))
    assert found.settled(task, {"人选": [f"{VOTERS}3"]})["人选"] == [third]
    assert found.settled(task, {"人选": 2})["人选"] == [first, second]
    assert found.settled(task, {"人选": ["其他", "其他"]})["人选"] == [first, second]
    with pytest.raises(ExecutionError, match="只有 9 人"):
        found.settled(task, {"人选": 10})


def test_what_a_kind_cannot_give_is_refused() -> None:
    found, task = stage(one_step("ballot", roll=VOTERS, majority="超过 1/2 到会"))
    with pytest.raises(ExecutionError, match="得不出“差不多”"):
        found.settled(task, {"结论": "差不多"})
    with pytest.raises(ExecutionError, match="得不出“部分通过”"):
        found.settled(task, {"结论": "部分通过"})
    with pytest.raises(ExecutionError, match="没有“天气”"):
        found.rehearsal.settle(task.id, {"天气": "晴"})
    assert found.rehearsal.open_tasks()
