"""公示: how long it hangs, what it must prove, and who objects."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import steps
from engine.diagram.model import Node, Scope
from engine.refusal import Invalid, Overtaken
from engine.steps import SettingError, Submission
from engine.steps.kind import MEMBER, ORGANISER, RECORDER
from engine.steps.notice import SETTINGS, Published, conclude, ends
from engine.working_days import WEEKDAYS_ONLY

KIND = steps.kind("notice")
MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)  # nine in Shanghai
OVER = datetime(2026, 3, 9, 16, tzinfo=UTC)  # 24:00 of 9 March


def node(**properties: str) -> Node:
    return Node(
        "show", "userTask", "公示", Scope("p"), lane="村委会主任", properties={"kind": "notice", **properties}
    )


def frozen(**properties):
    return KIND.freeze(node(**{"days": "7d", **properties}), {})


def publish(*channels, at=MONDAY):
    rows = [
        {"渠道": name, "凭证": [{"id": "0" * 64, "name": "照片.jpg"}]} for name in channels or ("村务公开栏",)
    ]
    return Submission({"内容": "", "渠道": rows}, 1, ORGANISER, "publish", at)


def feedback(sort="异议", author="", person=2, seat=RECORDER):
    return Submission({"类别": sort, "内容": "不公平", "姓名": author}, person, seat, "add_feedback", MONDAY)


def answer(number=""):
    return Submission(
        {"答复": [{"编号": number, "采纳": "采纳", "答复": ""}]}, 1, ORGANISER, "answer", MONDAY
    )


def clock(at=OVER):
    return Submission({}, None, None, "clock", at)


def close(at=OVER):
    return Submission({}, 1, ORGANISER, "close", at)


def done(settings, *acts):
    for place, act in enumerate(acts):
        if act.action != "clock":
            KIND.accept(settings, [], acts[:place], act)
    return KIND.result(settings, [], acts)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"days": ""}, "days"),
        ({"days": "七天"}, "days"),
        ({"days": "0d"}, "不能是 0"),
        ({"channels": "公开栏 公开栏"}, "两次"),
        ({"channels": "公开栏", "least": "2"}, "1 到 1"),
        ({"least": "0"}, "least"),
        ({"objections": "0"}, "至少是 1"),
        ({"objections": "几个"}, "整数"),
        ({"answers": "no"}, "answers"),
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong, says):
    with pytest.raises(SettingError, match=says):
        frozen(**wrong)
    assert [problem.code for problem in KIND.check(node(**{"days": "7d", **wrong}), {}, {})] == [
        "notice-setting"
    ]


def test_a_form_of_its_own_is_refused():
    assert [problem.code for problem in KIND.check(node(days="7d", form="f"), {}, {})] == ["notice-form"]


def test_settings_are_all_documented_and_read():
    assert set(frozen()) == set(SETTINGS)


def test_who_does_what():
    found = KIND.seats(frozen(**{"from": "村民代表"}), "村委会主任", lambda post: [])
    assert [(seat.name, seat.active) for seat in found] == [
        (ORGANISER, True),
        (RECORDER, False),
        (MEMBER, False),
    ]
    assert KIND.seats(frozen(), "村委会主任", lambda post: [], [7])[0].people == (7,)
    assert [action.name for action in KIND.actions(frozen(), {})] == [
        "publish",
        "add_feedback",
        "answer",
        "close",
        "moderate",
        "add_photo",
    ]


# ---------------------------------------------------------------- the clock


def test_the_clock_ends_it_at_the_end_of_the_last_day():
    settings = frozen()
    assert KIND.ends_at(settings, [], WEEKDAYS_ONLY) is None
    assert KIND.ends_at(settings, [publish()], WEEKDAYS_ONLY) == OVER
    result = done(settings, publish("微信群", "村务公开栏"), clock())
    assert result == {
        "结论": "无异议",
        "渠道": ["村务公开栏", "微信群"],
        "起": "2026-03-02",
        "止": "2026-03-09",
        "反馈": 0,
        "异议": 0,
        "采纳": 0,
        "部分采纳": 0,
        "不采纳": 0,
        "办理人": [1],
    }
    assert KIND.ends_at(settings, [publish(), clock()], WEEKDAYS_ONLY) is None


def test_what_is_unanswered_waits_for_its_answer():
    settings = frozen()
    assert done(settings, publish(), feedback(), clock()) is None
    with pytest.raises(Invalid, match="还有 1 条"):
        done(settings, publish(), feedback(), clock(), close())
    result = done(settings, publish(), feedback(), clock(), answer(), close(OVER + timedelta(days=2)))
    assert (result["结论"], result["采纳"], result["止"]) == ("有异议", 1, "2026-03-09")


def test_it_is_not_ended_before_its_days_are_over():
    with pytest.raises(Invalid, match="要公示满 7 天"):
        done(frozen(), publish(), close(MONDAY + timedelta(days=1)))


def test_feedback_that_is_answered_later_does_not_wait():
    result = done(frozen(answers="later"), publish(), feedback(), clock())
    assert (result["反馈"], result["采纳"]) == (1, 0)


@given(days=st.integers(1, 60), hour=st.integers(0, 23))
def test_the_day_of_publishing_never_counts(days, hour):
    start = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hour)
    end = ends(frozen(days=f"{days}d"), start, WEEKDAYS_ONLY)
    assert timedelta(days=days) <= end - start <= timedelta(days=days + 1)
    assert (end + timedelta(hours=8)).hour == 0


# ---------------------------------------------------------------- channels and objections


def test_it_goes_out_once_through_enough_channels():
    with pytest.raises(Invalid, match="至少要用 2 种") as refused:
        done(frozen(least="2"), publish("微信群"))
    assert list(refused.value.fields) == ["渠道"]
    with pytest.raises(Invalid, match="写了两次"):
        done(frozen(), publish("微信群", "微信群"))
    with pytest.raises(Overtaken):
        done(frozen(), publish(), publish())
    with pytest.raises(Invalid, match="还没有公示"):
        done(frozen(), feedback())


@pytest.mark.parametrize(
    ("acts", "objectors"),
    [
        ([feedback(author="张三"), feedback(author="张三")], 1),
        ([feedback(author="张三"), feedback(author="李四")], 2),
        ([feedback(), feedback()], 2),
        ([feedback(person=5, seat=MEMBER), feedback(person=5, seat=MEMBER)], 1),
        ([feedback("意见", "张三")], 0),
    ],
)
def test_people_object_not_papers(acts, objectors):
    settings = frozen(objections="2", answers="later")
    result = done(settings, publish(), *acts, clock())
    assert (result["反馈"], result["异议"]) == (len(acts), objectors)
    assert result["结论"] == ("有异议" if objectors >= 2 else "无异议")


@given(objectors=st.integers(0, 20), needed=st.integers(1, 20))
def test_the_number_itself_is_enough(objectors, needed):
    published = Published(MONDAY, OVER, ("微信群",), objectors)
    result = conclude(frozen(objections=str(needed)), published)
    assert (result["结论"] == "有异议") == (objectors >= needed)


def test_conditions_may_read_what_the_result_has():
    settings = frozen()
    result = done(settings, publish(), clock())
    assert set(KIND.fields(settings, {})) == set(result)
    assert KIND.outcomes(settings) == ["无异议", "有异议"]


@pytest.mark.parametrize("name", ["consult", "notice"])
def test_the_page_for_designers_names_every_setting_act_and_field(name):
    kind = steps.kind(name)
    page = Path(f"docs/办理方式/{name}.md").read_text("utf-8")
    plain = {"consult": {"ask": "问"}, "notice": {"days": "7d"}}[name]
    settings = kind.freeze(node(**plain), {})
    told = set(re.findall(r"^\| `(\w+)` \| .* \| .* \|$", page.split("## 能做的事")[0], re.MULTILINE))
    assert told == set(settings)
    asking = settings | {"from": ["村民"], "open": True}
    both = [settings, asking, settings | {"of": "征求", "items": 1}] if name == "consult" else [settings]
    acts = {(action.title, action.name) for each in both for action in kind.actions(each, {})}
    assert set(re.findall(r"^\| (\S+) \| `(\w+)` \|", page, re.MULTILINE)) == acts
    asked = [each | {"outcomes": ["行", "不行"]} for each in both] if name == "consult" else both
    fields = {field for each in asked for field in kind.fields(each, {})}
    assert set(re.findall(r"^\| `(\w+)` \|", page.split("## 结论和结果")[1], re.MULTILINE)) == fields
