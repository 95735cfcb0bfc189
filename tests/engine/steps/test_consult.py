"""征求意见: whose opinion counts for what, when it may be summed up, and how opinions are answered."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import steps
from engine.diagram.model import Node, Scope
from engine.refusal import Invalid, Overtaken
from engine.steps import SettingError, Submission, period
from engine.steps.answers import Answered
from engine.steps.consult import SETTINGS
from engine.steps.kind import MEMBER, ORGANISER, RECORDER, Seat
from engine.steps.opinion import Opinion, read_batch
from engine.steps.summing_up import Heard, close, conclude, enough, missing
from engine.working_days import WEEKDAYS_ONLY

KIND = steps.kind("consult")
PAPER = {"id": "0" * 64, "name": "意见卡.jpg"}
OPENED = datetime(2026, 3, 2, 1, tzinfo=UTC)  # Monday, 9 o'clock in Shanghai
ASK = {"ask": "路怎么修", "from": "村民代表"}
COVERAGE = {**ASK, "coverage": "至少 2/3 应征", "until": "5d", "stances": "赞成 反对 其他"}


def node(**properties: str) -> Node:
    return Node(
        "ask",
        "userTask",
        "征求意见",
        Scope("p"),
        lane="村委会主任",
        properties={"kind": "consult", **properties},
    )


def frozen(parameters=None, **properties):
    return period.opened(KIND.freeze(node(**properties), parameters or {}), OPENED, WEEKDAYS_ONLY)


def seats(asked: int = 30) -> list[Seat]:
    return [Seat(ORGANISER, people=(100,)), Seat(MEMBER, people=tuple(range(1, asked + 1)))]


def said(person, stance="", content="同意", at=OPENED):
    data = {"内容": content, "立场": stance} if stance else {"内容": content}
    return Submission(data, person, MEMBER, "add_opinion", at)


def closing(at=OPENED, **data):
    return Submission(data, 100, ORGANISER, "close", at)


def done(settings, submissions, asked=30):
    """Accept every act after the other; the result of the last."""
    for place, submission in enumerate(submissions):
        KIND.accept(settings, seats(asked), submissions[:place], submission)
    return KIND.result(settings, seats(asked), submissions)


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"coverage": "至少 2/3 应征", "until": "5d", "from": ""}, "from"),
        ({"coverage": "至少 2/3 应到", "until": "5d"}, "应征"),
        ({"coverage": "三分之二", "until": "5d"}, "看不懂"),
        ({"coverage": "至少 2/3 应征"}, "until"),
        ({"least": "10"}, "until"),
        ({"least": "十", "until": "5d"}, "整数"),
        ({"least": "-1", "until": "5d"}, "小于|之间"),
        ({"until": "五天"}, "until"),
        ({"until": "0d"}, "不能是 0"),
        ({"stances": "赞成 赞成"}, "两次"),
        ({"outcomes": "可行"}, "只有一个"),
        ({"outcomes": "可行 不可行", "explain": "再议"}, "explain"),
        ({"of": "征求"}, "请去掉“征求谁的意见”（from）"),
        ({"least": "{没有}", "until": "5d"}, "没有"),
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong, says):
    with pytest.raises(SettingError, match=says):
        frozen(**{**ASK, **wrong})


def test_settings_are_all_documented_and_read():
    assert set(KIND.freeze(node(**ASK), {})) == set(SETTINGS)


def test_the_form_must_exist_and_leave_the_systems_fields_alone():
    forms = {"f": {"components": [{"type": "textfield", "key": "归纳", "label": "归纳"}]}}
    assert [p.code for p in KIND.check(node(**ASK, form="没有"), forms, {})] == ["form-unknown"]
    assert [p.code for p in KIND.check(node(**ASK, form="f"), forms, {})] == ["consult-form"]
    assert [p.code for p in KIND.check(node(), {}, {})] == ["consult-ask"]
    assert not list(KIND.check(node(**COVERAGE), {}, {}))


def test_thresholds_are_frozen_with_the_parameters_filled_in():
    settings = frozen({"覆盖": "2/3"}, **{**COVERAGE, "coverage": "至少 {覆盖} 应征"})
    assert settings["coverage"] == ["至少 2/3 应征"]


def test_who_does_what():
    found = KIND.seats(frozen(**ASK), "村委会主任", lambda post: [])
    assert [(seat.name, seat.designations, seat.active) for seat in found] == [
        (ORGANISER, ("村委会主任",), True),
        (RECORDER, ("文书",), False),
        (MEMBER, ("村民代表",), True),
    ]
    offered = {action.name: action for action in KIND.actions(frozen(**ASK), {})}
    assert list(offered) == ["close", "add_opinion", "add_batch", "withdraw", "make_links", "renew_link"]
    assert "moderate" in [action.name for action in KIND.actions(frozen(**ASK, open="yes"), {})]
    assert offered["add_opinion"].mass and not offered["close"].mass
    answering = [action.name for action in KIND.actions(frozen(of="征求"), {})]
    assert answering == ["close", "answer"]


# ---------------------------------------------------------------- coverage


@pytest.mark.parametrize(
    ("asked", "heard", "closes"), [(30, 19, False), (30, 20, True), (31, 20, False), (31, 21, True)]
)
def test_two_thirds_of_those_asked_exactly(asked, heard, closes):
    settings = frozen(**COVERAGE)
    acts = [said(person, "赞成") for person in range(1, heard + 1)]
    if not closes:
        with pytest.raises(Invalid, match=r"现在还不能汇总.*3 月 7 日 24:00") as refused:
            done(settings, [*acts, closing()], asked)
        assert str(heard) in refused.value.message
        return
    result = done(settings, [*acts, closing()], asked)
    assert result["覆盖"] == f"{heard}/{asked}"
    assert (result["条数"], result["人数"], result["应征"]) == (heard, heard, asked)
    assert result["立场"] == {"赞成": heard, "反对": 0, "其他": 0}
    assert result["办理人"] == [100]


def test_after_the_period_it_may_be_summed_up_with_a_reason():
    settings = frozen(**COVERAGE)
    late = datetime(2026, 3, 7, 16, tzinfo=UTC)  # 24:00 of the fifth day in Shanghai
    with pytest.raises(Invalid, match="现在还不能汇总"):
        done(settings, [said(1, "赞成"), closing(late - timedelta(seconds=1), 说明="都外出了")])
    with pytest.raises(Invalid, match="请写明") as refused:
        done(settings, [said(1, "赞成"), closing(late)])
    assert list(refused.value.fields) == ["说明"]
    result = done(settings, [said(1, "赞成"), closing(late, 说明="都外出了")])
    assert (result["说明"], result["覆盖"]) == ("都外出了", "1/30")


@given(
    asked=st.integers(0, 40),
    heard=st.integers(0, 40),
    n=st.integers(1, 9),
    d=st.integers(1, 9),
    strict=st.booleans(),
)
def test_coverage_equals_a_reference_with_fractions(asked, heard, n, d, strict):
    if n > d or heard > asked or (strict and n == d):
        return
    settings = frozen(**{**COVERAGE, "coverage": f"{'超过' if strict else '至少'} {n}/{d} 应征"})
    share = Fraction(heard, asked) if asked else Fraction(-1)
    expected = share > Fraction(n, d) if strict else share >= Fraction(n, d)
    assert enough(settings, Heard(heard, heard, asked, heard)) == expected
    assert bool(missing(settings, Heard(heard, heard, asked, heard))) != expected


def test_least_counts_opinions_and_both_must_hold():
    settings = frozen(**{**COVERAGE, "least": "25"})
    assert not enough(settings, Heard(24, 20, 30, 20))
    assert enough(settings, Heard(25, 20, 30, 20))
    assert not enough(settings, Heard(25, 19, 30, 19))


def test_a_period_alone_lasts_unless_everybody_has_spoken():
    settings = frozen(**ASK, until="5d")
    assert not enough(settings, Heard(29, 29, 30, 29))
    assert enough(settings, Heard(30, 30, 30, 30))
    assert enough(frozen(**ASK), Heard())  # without a period the organiser decides


def test_opinions_of_others_do_not_cover_those_asked():
    settings = frozen(**COVERAGE)
    batch = {"意见": [{"姓名": "过路人、邻村老李", "立场": "赞成", "内容": ""}]}
    acts = [Submission(batch, 100, ORGANISER, "add_batch", OPENED)]
    with pytest.raises(Invalid, match="现在 0 人"):
        done(settings, [*acts, closing()])


# ---------------------------------------------------------------- one person, one stance


def test_with_stances_a_person_has_one_opinion_and_may_take_it_back():
    settings = frozen(**COVERAGE)
    with pytest.raises(Overtaken, match="撤回"):
        done(settings, [said(1, "赞成"), said(1, "反对")])
    back = Submission({}, 1, MEMBER, "withdraw", OPENED)
    acts = [said(person, "赞成") for person in range(1, 21)]
    result = done(settings, [*acts, back, said(1, "反对"), closing()])
    assert result["立场"] == {"赞成": 19, "反对": 1, "其他": 0}
    with pytest.raises(Invalid, match="没有可以撤回"):
        done(settings, [back])


def test_without_stances_a_person_may_have_several():
    result = done(frozen(**ASK), [said(1), said(1, content="路灯也修一修"), closing()])
    assert (result["条数"], result["人数"]) == (2, 1)


def test_nobody_is_in_a_batch_twice():
    settings = frozen(**COVERAGE)
    batch = {"照片": [PAPER], "意见": [{"应征人": [1, 2], "立场": "赞成"}, {"应征人": [2], "立场": "反对"}]}
    with pytest.raises(Invalid) as refused:
        done(settings, [Submission(batch, 100, ORGANISER, "add_batch", OPENED)])
    assert list(refused.value.fields) == ["意见[1].姓名"]
    with pytest.raises(Invalid, match="已经有了"):
        done(settings, [said(1, "赞成"), Submission(batch, 100, ORGANISER, "add_batch", OPENED)])


def test_what_is_entered_for_people_of_the_register_wants_a_photo():
    batch = {"意见": [{"应征人": [1], "立场": "赞成"}]}
    with pytest.raises(Invalid) as refused:
        done(frozen(**COVERAGE), [Submission(batch, 100, ORGANISER, "add_batch", OPENED)])
    assert list(refused.value.fields) == ["照片"]


def test_a_row_of_a_batch_may_name_several_people():
    rows = read_batch(
        {"渠道": "座谈", "意见": [{"姓名": "张三、李四；王五", "内容": "修"}, {"内容": "不记名的意见"}]}
    )
    assert [(place, one.author, one.channel) for place, one in rows] == [
        (0, "张三", "座谈"),
        (0, "李四", "座谈"),
        (0, "王五", "座谈"),
        (1, "", "座谈"),
    ]
    assert rows[3][1] == Opinion("不记名的意见", "", "座谈")


def test_an_empty_row_is_told_and_too_many_are_refused():
    with pytest.raises(Invalid) as refused:
        read_batch({"意见": [{"姓名": "张三", "内容": "修"}, {"姓名": "李四"}]})
    assert list(refused.value.fields) == ["意见[1].内容"]
    with pytest.raises(Invalid, match="500"):
        read_batch({"意见": [{"姓名": "、".join(f"人{n}" for n in range(501)), "内容": "修"}]})


# ---------------------------------------------------------------- conclusions


def test_a_conclusion_other_than_the_first_wants_a_reason():
    settings = frozen(**ASK, outcomes="可行 不可行")
    with pytest.raises(Invalid, match="理由"):
        close(settings, Heard(), {"结论": "不可行"}, OPENED)
    result = conclude(settings, Heard(3, 3), {"结论": "不可行", "说明": "没有钱", "预算": 10})
    assert (result["结论"], result["说明"], result["预算"], result["条数"]) == ("不可行", "没有钱", 10, 3)


def test_the_digest_is_written_from_the_figures_where_nobody_writes_one():
    settings = frozen(**COVERAGE)
    heard = Heard(21, 21, 30, 21, {"赞成": 18, "反对": 3})
    assert conclude(settings, heard, {"归纳": ""})["归纳"] == (
        "收到意见 21 条，应征 30 人中有 21 人提了意见：赞成 18 条，反对 3 条，其他 0 条。"
    )
    assert conclude(settings, heard, {"归纳": "大家都说好"})["归纳"] == "大家都说好"


def test_the_result_does_not_grow_with_the_opinions():
    settings = frozen(**COVERAGE)
    few, many = (str(conclude(settings, Heard(n, n, n, n, {"赞成": n}), {})) for n in (2, 2000))
    assert len(many) - len(few) <= 30


# ---------------------------------------------------------------- answering


def answering(items: int):
    return KIND.prepare(frozen(of="征求"), {"征求": {"条数": items}})


def answer(*rows, at=OPENED):
    given_rows = [{"编号": n, "采纳": verdict, "答复": reply} for n, verdict, reply in rows]
    return Submission({"答复": given_rows}, 100, ORGANISER, "answer", at)


def test_every_opinion_is_answered_before_it_is_summed_up():
    """WH-1.2: told one by one whether they are adopted."""
    settings = answering(5)
    acts = [answer(("1", "采纳", ""), ("2-4", "部分采纳", "先修主路"))]
    with pytest.raises(Invalid, match="还有 1 条意见没有答复"):
        done(settings, [*acts, closing()])
    result = done(settings, [*acts, answer(("", "不采纳", "不归村里管")), closing()])
    assert (result["条数"], result["采纳"], result["部分采纳"], result["不采纳"]) == (5, 1, 3, 1)
    assert "逐条答复" in result["归纳"]


def test_rows_without_a_number_take_what_no_other_row_names():
    result = done(
        answering(3), [answer(("", "采纳", ""), ("1", "不采纳", "办不到"), ("", "采纳", "")), closing()]
    )
    assert (result["采纳"], result["不采纳"]) == (2, 1)
    with pytest.raises(Invalid, match="都已经答复了"):
        done(answering(1), [answer(("1", "采纳", ""), ("", "采纳", ""))])


def test_an_answer_may_be_changed():
    settings = answering(1)
    result = done(settings, [answer(("1", "采纳", "")), answer(("1", "不采纳", "办不到")), closing()])
    assert (result["采纳"], result["不采纳"]) == (0, 1)


@pytest.mark.parametrize("number", ["0", "6", "4-6", "3-2", "一"])
def test_there_must_be_such_an_opinion(number):
    with pytest.raises(Invalid, match="1 到 5"):
        done(answering(5), [answer((number, "采纳", ""))])


def test_what_is_not_adopted_wants_a_reason():
    with pytest.raises(Invalid) as refused:
        done(answering(5), [answer(("1", "采纳", ""), ("2", "不采纳", ""))])
    assert list(refused.value.fields) == ["答复[1].答复"]


def test_without_opinions_there_is_nothing_to_answer():
    result = done(answering(0), [closing()])
    assert result["条数"] == 0
    with pytest.raises(Invalid, match="没有收到意见"):
        done(answering(0), [answer(("", "采纳", ""))])


def test_the_feedback_of_a_notice_can_be_answered():
    assert KIND.prepare(frozen(of="公示"), {"公示": {"反馈": 3}})["items"] == 3
    with pytest.raises(SettingError, match="还没有办"):
        KIND.prepare(frozen(of="公示"), {})


@given(st.lists(st.sampled_from(["采纳", "部分采纳", "不采纳"]), max_size=30))
def test_what_is_left_is_never_negative(verdicts):
    done_so_far = Answered(30, *(verdicts.count(v) for v in ("采纳", "部分采纳", "不采纳")))
    assert done_so_far.left == 30 - len(verdicts)
