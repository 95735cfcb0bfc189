"""审议: a meeting that comes to a conclusion, in one act or in four."""

import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine import forms, steps
from engine.clock import VirtualClock
from engine.diagram.model import Node, Scope
from engine.execution import ExecutionError, Rehearsal, Roster
from engine.refusal import Refusal
from engine.steps import SettingError, Submission, deliberate, meeting, meeting_replay
from engine.steps.kind import CHAIR, MEMBER, Seat
from tests import hall

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
KIND = steps.kind("deliberate")
TOWNSFOLK = tuple(range(1, 31))
CONVENED = {"announce": "yes", "quorum": "至少 2/3 应到", "roll": "村民代表"}


def frozen(parameters=None, **properties):
    return KIND.freeze(node(**properties), parameters or {})


def node(**properties):
    kind = {"kind": "deliberate", **properties}
    return Node("meet", "userTask", "村民代表会议", Scope("p"), lane="村代会主席", properties=kind)


def seats(also=(), voters=TOWNSFOLK):
    found = [Seat(CHAIR, people=(99,)), Seat(MEMBER, people=tuple(voters))]
    return [*found, Seat("组成人员", people=tuple(also))] if also else found


class Meeting:
    """Acts on a step one after the other, as a rehearsal does; a result is the answer to the last."""

    def __init__(self, others=(), voters=TOWNSFOLK, parameters=None, **properties):
        self.settings, self.said, self.now = frozen(parameters, **properties), [], NOW
        self.seats = seats(others, voters)

    def act(self, name, person=99, seat=CHAIR, **data):
        submission = Submission(data, person, seat, name, self.now)
        KIND.accept(self.settings, self.seats, self.said, submission)
        self.said.append(submission)
        return KIND.result(self.settings, self.seats, self.said)

    def opened(self, present):
        self.act("convene", 时间="2026-03-02T19:00", 地点="村委会")
        self.act("announce", 渠道=["微信群"], 凭证=[])
        self.act("open", 到会=list(present))
        return self

    def refused(self, name, code, **data):
        with pytest.raises(Refusal) as refusal:
            self.act(name, **data)
        assert refusal.value.code == code
        return refusal.value.message


# ------------------------------------------------------------ one act


def test_one_act_writes_down_a_meeting_that_was_held():
    meeting = Meeting(voters=(1, 2, 3))
    result = meeting.act(
        "close", 时间="2026-03-01T19:00", 地点="村委会", 到会=[1, 3], 纪要="同意修路", 初步议案="修路"
    )
    assert result == {
        "结论": "形成意见", "说明": "", "纪要": "同意修路", "应到": 3, "实到": 2,
        "初步议案": "修路", "会议": "", "参加人": [1, 3], "办理人": [99],
    }  # fmt: skip


def test_a_meeting_cannot_be_written_down_before_it_was_held():
    said = Meeting().refused("close", "held-in-future", 时间="2026-03-02T19:00", 地点="村委会", 到会=[1])
    assert "还没有到" in said


def test_somebody_who_is_not_on_the_roll_did_not_attend():
    said = Meeting().refused("close", "not-on-roll", 时间="2026-03-01T19:00", 地点="村委会", 到会=[1, 77])
    assert "1 人不在" in said


def test_without_announcement_and_quorum_there_is_one_act():
    assert [(a.name, a.title) for a in KIND.actions(frozen(), {})] == [("close", "记下会议")]
    acts = KIND.actions(frozen(**CONVENED), {})
    assert [a.name for a in acts] == ["close", "convene", "announce", "reply", "open", "attend"]
    acts = KIND.actions(frozen(quorum="至少 2/3 应到"), {})
    assert [a.name for a in acts] == ["close", "convene", "reply", "open", "attend"]


# ------------------------------------------------------------ LB-2.1


def test_what_was_not_announced_is_not_opened():
    meeting = Meeting(**CONVENED)
    meeting.act("convene", 时间="2026-03-02T19:00", 地点="村委会")
    assert "LB-2.1" in meeting.refused("open", "not-announced", 到会=[1])


def test_what_was_not_convened_is_neither_announced_nor_opened():
    meeting = Meeting(**CONVENED)
    meeting.refused("announce", "not-convened", 渠道=["微信群"])
    meeting.refused("open", "not-convened", 到会=[1])
    meeting.refused("close", "not-convened", 结论="形成意见")
    meeting.refused("attend", "not-convened")


def test_another_time_is_announced_again():
    meeting = Meeting(**CONVENED)
    meeting.act("convene", 时间="2026-03-02T19:00", 地点="村委会")
    meeting.act("announce", 渠道=["微信群"])
    meeting.act("convene", 时间="2026-03-02T20:00", 地点="村委会")
    meeting.refused("open", "not-announced", 到会=[1])


@pytest.mark.parametrize(
    "days, hour, opens", [(2, 23, False), (3, 0, True), (3, 9, True)]
)  # announced on the 2nd, three days before: from the 5th on, whatever the hour
def test_announced_long_enough_before(days, hour, opens):
    meeting = Meeting(**CONVENED | {"announce": "{会前公开}"}, parameters={"会前公开": "3d"})
    meeting.act("convene", 时间="2026-03-05T00:00", 地点="村委会")
    meeting.act("announce", 渠道=["微信群"])
    meeting.now = datetime(2026, 3, 2, hour, tzinfo=UTC) - timedelta(hours=8) + timedelta(days=days)
    if opens:
        meeting.act("open", 到会=[1])
    else:
        assert "3 月 5 日起" in meeting.refused("open", "announced-late", 到会=[1])


def test_an_announcement_too_late_for_the_time_says_when_it_could_be():
    meeting = Meeting(**CONVENED | {"announce": "3d"})
    meeting.act("convene", 时间="2026-03-04T09:00", 地点="村委会")
    assert "最早 3 月 5 日" in meeting.refused("announce", "announced-late", 渠道=["微信群"])


def test_it_opens_on_the_announced_day_and_not_before():
    meeting = Meeting(**CONVENED)
    meeting.act("convene", 时间="2026-03-05T19:00", 地点="村委会")
    meeting.act("announce", 渠道=["微信群"])
    assert "3 月 5 日" in meeting.refused("open", "too-early", 到会=[1])
    meeting.now += timedelta(days=3)
    meeting.act("open", 到会=[1])


def test_a_meeting_to_be_announced_is_not_convened_for_the_past():
    Meeting(**CONVENED).refused("convene", "starts-in-past", 时间="2026-03-01T19:00", 地点="村委会")
    Meeting(quorum="至少 2/3 应到").act("convene", 时间="2026-03-01T19:00", 地点="村委会")


# ------------------------------------------------------------ attendance and quorum


@pytest.mark.parametrize("voters, came, enough", [(30, 19, 0), (30, 20, 1), (31, 20, 0), (31, 21, 1)])
def test_two_thirds_of_the_roll(voters, came, enough):
    people = range(1, voters + 1)
    meeting = Meeting(voters=people, **CONVENED).opened(people[:came])
    if enough:
        meeting.refused("close", "quorate", 结论="未达法定人数")
        assert meeting.act("close", 结论="形成意见")["实到"] == came
    else:
        assert "还差 1 人" in meeting.refused("close", "inquorate", 结论="形成意见")
        assert meeting.act("close", 结论="未达法定人数")["结论"] == "未达法定人数"


def test_late_comers_count_and_so_do_those_who_were_ticked_by_mistake():
    meeting = Meeting(**CONVENED).opened(range(1, 19))
    meeting.act("attend", person=19, seat=MEMBER)
    meeting.act("attend", 到会=[20, 21], 请假=[22], 未到=[1])
    result = meeting.act("close", 结论="形成意见")
    assert result["实到"] == 20 and 1 not in result["参加人"]


def test_nobody_is_counted_twice_in_the_body():
    both = "至少 2/3 应到；至少 2/3 组成人员"
    meeting = Meeting(others=(30, 31, 32), **CONVENED | {"quorum": both, "also": "村委会成员"})
    meeting.opened(range(1, 21))  # 20 of 30, but 20 of 32
    assert "组成人员 32 × 2" in meeting.refused("close", "inquorate", 结论="形成意见")
    meeting.act("attend", 到会=[31, 32])
    assert meeting.act("close", 结论="形成意见")["实到"] == 20


def test_a_stranger_signs_in_nowhere_and_a_member_only_himself():
    meeting = Meeting(**CONVENED).opened([1])
    meeting.refused("attend", "not-on-roll", person=77, seat=MEMBER)
    meeting.refused("attend", "attend-others", person=2, seat=MEMBER, 到会=[3])


def test_an_open_meeting_is_not_convened_announced_or_opened_again():
    meeting = Meeting(**CONVENED).opened([1])
    meeting.refused("convene", "meeting-opened", 时间="2026-03-03T19:00", 地点="村委会")
    meeting.refused("announce", "meeting-opened", 渠道=["微信群"])
    meeting.refused("open", "meeting-opened", 到会=[1])


def test_guests_are_named_and_stand_in_the_result():
    meeting = Meeting(guests="论证专家", voters=(1,))
    names = [{"姓名": "张工", "单位": "县农业农村局"}, {"姓名": "李工", "单位": ""}]
    result = meeting.act("close", 时间="2026-03-01T19:00", 地点="村委会", 到会=[1], 邀请人员=names)
    assert result["邀请人员"] == ["张工（县农业农村局）", "李工"]


def test_a_large_body_is_not_named_in_the_result():
    people = range(1, 2_001)
    meeting = Meeting(voters=people, **CONVENED).opened(people)
    result = meeting.act("close", 结论="形成意见")
    assert (result["应到"], result["参加人"]) == (2_000, [])


# ------------------------------------------------------------ settings


def test_a_reason_is_wanted_for_all_but_the_first_conclusion():
    settings = frozen(outcomes="可行 不可行")
    assert KIND.faults(settings, {"结论": "不可行"}) and not KIND.faults(settings, {"结论": "可行"})
    assert KIND.outcomes(settings) == ["可行", "不可行"]
    assert KIND.outcomes(frozen(**CONVENED)) == ["形成意见", "未达法定人数"]


@pytest.mark.parametrize(
    "properties, says",
    [
        ({"quorum": "至少 2/3 到会"}, "只能是应到、组成人员或户"),
        ({"quorum": "三分之二"}, "看不懂"),
        ({"announce": "早点"}, "会前公开"),
        ({"roll": "村民代表", "also": "村民代表"}, "写了两次"),
        ({"outcomes": "可行 可行"}, "不能重复"),
        ({"outcomes": "可行 未达法定人数"}, "由系统按到会人数判定"),
        ({"explain": "另议"}, "不在结论"),
    ],
)
def test_what_a_designer_can_set_wrong(properties, says):
    with pytest.raises(SettingError, match=says):
        frozen(**properties)
    assert says in next(iter(KIND.check(node(**properties), {}, {}))).message


def test_a_form_must_exist_and_must_not_ask_what_the_meeting_asks():
    form = {"components": [{"type": "textfield", "key": "纪要", "label": "纪要"}]}
    problems = {p.code for p in KIND.check(node(form="f"), {"f": form}, {})}
    assert problems == {"deliberate-form"}
    assert {p.code for p in KIND.check(node(form="f"), {}, {})} == {"form-unknown"}
    assert {p.code for p in KIND.check(node(who="{事项.责任人}"), {}, {})} == {"deliberate-roll"}


def test_the_fruits_of_a_meeting_are_not_asked_for_where_it_did_not_come_about():
    form = {
        "components": [{"type": "textfield", "key": "议案", "label": "议案", "validate": {"required": True}}]
    }
    settings = frozen(**CONVENED, form="f")
    schema = KIND.actions(settings, {"f": form})[0].schema
    assert forms.validate(schema, {"结论": "未达法定人数"})[1] == {}
    assert "议案" in forms.validate(schema, {"结论": "形成意见"})[1]


# ------------------------------------------------------------ what designers read


def test_the_page_for_designers_tells_every_setting_act_and_result():
    page = Path("docs/办理方式/deliberate.md").read_text("utf-8")
    told = set(re.findall(r"^\| `([^`]+)` \|", page, re.M))
    assert told == {*deliberate.SETTINGS, *deliberate.FIELDS}
    acts = dict(re.findall(r"^\| ([^|`]+?) \| `([a-z_]+)` \|", page, re.M))
    offered = {a.name: a.title for a in KIND.actions(frozen(**CONVENED, guests="yes"), {})}
    assert acts == {
        title + ("（或记下会议）" if name == "close" else ""): name for name, title in offered.items()
    }
    assert set(frozen()) == set(deliberate.SETTINGS)


# ------------------------------------------------------------ the rule, against fractions


@given(
    voters=st.integers(1, 80),
    others=st.integers(0, 20),
    shared=st.integers(0, 20),
    present=st.integers(0, 100),
    numerator=st.integers(1, 12),
    denominator=st.integers(1, 12),
    strict=st.booleans(),
)
def test_the_quorum_is_what_fractions_say(voters, others, shared, present, numerator, denominator, strict):
    assume(numerator <= denominator and not (strict and numerator == denominator))
    people, also = range(1, voters + 1), range(max(1, voters + 1 - shared), voters + 1 + others)
    body = sorted({*people, *also})
    came = body[:present]
    share, word = Fraction(numerator, denominator), "超过" if strict else "至少"
    text = f"{word} {numerator}/{denominator} 应到；{word} {numerator}/{denominator} 组成人员"
    found = meeting_replay.replay(
        seats(also, people), [Submission({"到会": came}, 99, CHAIR, "open", NOW)]
    ).record
    enough = [
        Fraction(len(set(came) & set(one)), len(one)) > share
        if strict
        else Fraction(len(set(came) & set(one)), len(one)) >= share
        for one in (people, body)
    ]
    quorum = meeting.quorum(frozen(quorum=text, roll="村民代表", also="村委会成员"), found)
    assert quorum.holds == all(enough)
    assert (quorum.missing == 0) == quorum.holds


# ------------------------------------------------------------ in a rehearsal


def rehearsal(clock=None):
    folder = hall.procedure(
        "full", announce="yes", quorum="至少 2/3 应到", roll="村民代表", outcomes="通过 不通过"
    )
    people = {"主任": "村委会主任", "文书": "文书"} | {f"代表{n}": "村民代表" for n in range(1, 31)}
    found = Rehearsal.load(folder, clock or VirtualClock(NOW), roster=Roster(people))
    found.start()
    return found


def test_a_rehearsal_plays_the_whole_meeting():
    play = rehearsal()
    task = play.open_tasks()[0].id
    with pytest.raises(ExecutionError, match="还没有召集"):
        play.complete(task, {"到会": 20}, by="主任", action="开会")
    play.complete(task, {"时间": "2026-03-02T19:00", "地点": "村委会"}, by="主任", action="召集")
    proof = [{"id": "0" * 64, "name": "截图.jpg"}]
    play.complete(task, {"渠道": ["微信群"], "凭证": proof}, by="文书", action="公开")
    play.complete(task, {"到会": 19}, by="主任", action="开会")
    with pytest.raises(ExecutionError, match="还差 1 人"):
        play.complete(task, {"结论": "通过"}, by="主任")
    play.complete(task, {}, by="代表20", action="签到")
    play.complete(task, {"结论": "通过"}, by="主任")
    assert (play.data["审议"]["结论"], play.data["审议"]["实到"]) == ("通过", 20)
