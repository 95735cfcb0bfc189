"""计票: two people stand for the figures of a vote on paper or by show of hands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.refusal import Invalid
from engine.steps import Seat
from engine.steps.counting import Limits, read_count
from engine.steps.kind import SCRUTINEER, TELLER
from engine.steps.officers import Officers, People, able, appoint, involved, typed, with_kin
from tests.assembly import Meeting, count, refusal


def test_a_count_is_entered_by_one_and_confirmed_by_another():
    meeting = Meeting()
    meeting.open(30, method="paper")
    meeting.act("enter_count", count(), by=2)
    with refusal("count-open"):
        meeting.act("close")
    with refusal("count-own"):
        meeting.act("confirm_count", by=2)
    with refusal("count-own"):
        meeting.act("confirm_count", by=3, clerk=2)
    with refusal("not-scrutineer"):
        meeting.act("confirm_count", by=meeting.voters[0])
    meeting.act("confirm_count", by=3)
    with refusal("count-confirmed"):
        meeting.act("enter_count", count(), by=2)
    assert meeting.act("close")["结论"] == "通过"


def test_the_same_clerk_cannot_type_both():
    meeting = Meeting()
    meeting.open(30, method="paper")
    meeting.act("enter_count", count(), by=1, clerk=2)
    with refusal("count-own"):
        meeting.act("confirm_count", by=3, clerk=2)


def test_a_scrutineer_does_not_count():
    meeting = Meeting()
    meeting.seats[-1] = Seat(SCRUTINEER, people=(2,))
    meeting.open(30, method="paper")
    with refusal("counter-scrutineer"):
        meeting.act("enter_count", count(), by=2)


def test_who_carries_it_out_neither_counts_nor_sees_to_the_count():
    meeting = Meeting()
    meeting.settings["handlers"] = [3, 1]
    with refusal("officers"):
        meeting.open(30, method="paper")
    named = {"监票人": [meeting.voters[0]], "已举手通过": True}
    meeting.act("open", {"到会": meeting.voters, "方式": "paper", **named})
    with refusal("counter-involved"):
        meeting.act("enter_count", count(), by=1)


def test_a_scrutineer_is_there():
    meeting = Meeting()
    with refusal("officers"):
        meeting.open(29, method="paper", 监票人=[meeting.voters[29]])


def test_paper_wants_a_scrutineer():
    meeting = Meeting()
    meeting.seats = [seat for seat in meeting.seats if seat.name != SCRUTINEER]
    with refusal("officers"):
        meeting.open(30, method="paper")


def test_more_papers_back_than_were_handed_out_make_the_vote_void():
    meeting = Meeting()
    meeting.open(30, method="paper")
    meeting.paper(发出=29, 收回=30)
    with refusal("motion-open"):
        meeting.act("close")
    meeting.paper(赞成=10, 反对=20, 弃权=0)
    assert meeting.act("close")["结论"] == "未通过"


def test_what_does_not_agree_is_entered_again():
    meeting = Meeting()
    meeting.open(30, method="paper")
    meeting.act("enter_count", count(), by=2)
    meeting.act("confirm_count", {"不一致": "反对多数了一张"}, by=3)
    with refusal("count-disputed"):
        meeting.act("confirm_count", by=3)
    meeting.paper(反对=5, 弃权=5)
    assert meeting.act("close")["议案"][0]["反对"] == 5


def test_the_last_confirmation_may_close_the_vote():
    meeting = Meeting(motions=("修路", "建桥"))
    meeting.open(30, method="paper")
    rows = [{"motion": 1, **count()}, {"motion": 2, **count(赞成=19, 反对=7)}]
    meeting.act("enter_count", {"计票": rows}, by=2)
    result = meeting.act("confirm_count", {"结束": True}, by=3)
    assert result["结论"] == "部分通过" and result["办理人"] == [3]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"发出": 31}, "发出"),
        ({"有效": 29}, "收回"),
        ({"赞成": 21}, "有效"),
        ({"应到": 29}, "应到"),
        ({"实到": 29}, "实到"),
        ({"弃权": None}, "弃权"),
    ],
)
def test_figures_that_cannot_be_are_refused_at_the_field(changes, field):
    _, errors = read_count(count(**changes), Limits(30, 30, 30))
    assert field in errors


@given(st.lists(st.integers(0, 40), min_size=7, max_size=7), st.integers(0, 40))
def test_a_count_is_right_exactly_when_it_adds_up(figures, present):
    issued, returned, valid, invalid, yes, no, abstain = figures
    row = dict(zip(("发出", "收回", "有效", "无效", "赞成", "反对", "弃权"), figures, strict=True))
    found, errors = read_count(row, Limits(40, present, present))
    adds_up = issued <= present and valid + invalid == returned and yes + no + abstain == valid
    assert (not errors) == adds_up
    assert found is not None and found.void == (returned > issued)


# ---------------------------------------------------------------- hands


def hands(yes, no, abstain):
    return {"赞成": yes, "反对": no, "弃权": abstain}


def test_hands_are_counted_by_one_and_confirmed_by_another():
    """Who raises no hand is not counted, and is of those who came all the same."""
    meeting = Meeting()
    meeting.open(30, method="hands")
    with refusal("ballot-paper"):
        meeting.vote(1)
    meeting.act("enter_count", hands(19, 2, 1), by=2)
    with refusal("count-own"):
        meeting.act("confirm_count", by=2)
    meeting.act("confirm_count", by=3)
    result = meeting.act("close")
    assert (result["结论"], result["方式"]) == ("未通过", "举手表决")
    assert "赞成 19 × 3 < 到会 30 × 2" in result["依据"]


@pytest.mark.parametrize(("figures", "fine"), [((20, 6, 4), True), ((20, 6, 5), False), ((31, 0, 0), False)])
def test_no_more_hands_than_people(figures, fine):
    meeting = Meeting()
    meeting.open(30, method="hands")
    if fine:
        meeting.act("enter_count", hands(*figures), by=2)
    else:
        with refusal("count"):
            meeting.act("enter_count", hands(*figures), by=2)


def test_every_figure_of_hands_is_said():
    meeting = Meeting()
    meeting.open(30, method="hands")
    with refusal("count"):
        meeting.act("enter_count", {"赞成": 30}, by=2)


# ---------------------------------------------------------------- who counts


def test_who_was_named_to_count_counts_and_nobody_else():
    meeting = Meeting()
    teller = meeting.voters[4]
    meeting.open(30, method="paper", 计票人=[teller], 已举手通过=True)
    with refusal("not-teller"):
        meeting.act("enter_count", count(), by=2)
    with refusal("not-teller"):
        meeting.act("enter_count", count(), by=meeting.voters[5])
    meeting.act("enter_count", count(), by=teller, clerk=2)
    with refusal("count-own"):
        meeting.act("confirm_count", by=3, clerk=2)
    meeting.act("confirm_count", by=3)
    assert meeting.act("close")["结论"] == "通过"


PRESENT = People(
    present=frozenset({11, 12, 13}), leaders=frozenset({1, 2}), scrutineers=(21, 22), tellers=(31,)
)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, None),
        ({"监票人": [11], "已举手通过": True}, None),
        ({"计票人": [2], "已举手通过": True}, None),  # chair and recorder are there
        ({"监票人": [22], "计票人": [12], "已举手通过": True}, None),
        ({"监票人": [11]}, "已举手通过"),
        ({"计票人": [11], "已举手通过": False}, "已举手通过"),
        ({"监票人": [2], "已举手通过": True}, "监票人"),
        ({"监票人": [14], "已举手通过": True}, "监票人"),
        ({"计票人": [14], "已举手通过": True}, "计票人"),
        ({"监票人": [13], "已举手通过": True}, "监票人"),  # 13 is a candidate's brother
        ({"计票人": [13], "已举手通过": True}, "计票人"),
        ({"监票人": [11], "计票人": [11, 12], "已举手通过": True}, "计票人"),
        ({"计票人": [21], "已举手通过": True}, "计票人"),  # sees to the count by his post
    ],
)
def test_tellers_and_scrutineers_are_there_free_and_approved(data, field):
    busy = {13: "候选人的近亲属"}
    if field is None:
        found = appoint("paper", data, PRESENT, busy)
        assert found.scrutineers == tuple(data.get("监票人", (21, 22)))
        assert found.tellers == tuple(data.get("计票人", (31,)))
    else:
        with pytest.raises(Invalid) as refused:
            appoint("hands", data, PRESENT, busy)
        assert list(refused.value.fields) == [field]


def test_on_phones_nobody_counts():
    assert appoint("secret", {"监票人": [99]}, PRESENT, {}) == Officers()


def test_posts_leave_it_to_others_where_they_have_to_do_with_it():
    assert appoint("paper", {}, PRESENT, {21: "候选人", 31: "候选人"}) == Officers((), (22,))
    with pytest.raises(Invalid, match="候选人的近亲属"):
        appoint("paper", {}, PRESENT, {21: "候选人的近亲属", 22: "候选人"})
    assert able((22,), set(), (21, 22), {}) == (22,)
    assert able((11,), {11}, (21,), {}) == (11,)
    assert able((11,), set(), (21, 22), {21: "候选人"}) == (22,)


def test_relatives_of_candidates_and_handlers_have_to_do_with_it():
    settings = {"handlers": [1], "candidates": [{"name": "甲", "person": 5}, {"name": "乙", "person": None}]}
    kin = {1: [2, 5], 5: [6]}
    assert with_kin(involved(settings, called=[7]), kin) == {
        1: "这件事的承办人",
        5: "候选人",
        7: "候选人",
        2: "这件事的承办人的近亲属或同户的人",
        6: "候选人的近亲属或同户的人",
    }
    named = [{"name": name, "person": None} for name in ("王 五（三组）", "赵六(大)")]
    assert typed(settings) == ["乙"] and typed(settings | {"candidates": named}) == ["王五", "赵六"]


def test_posts_may_count():
    meeting = Meeting(tellers="会计")
    meeting.seats.append(Seat(TELLER, people=(meeting.voters[0],)))
    meeting.open(30, method="paper")
    with refusal("not-teller"):
        meeting.act("enter_count", count(), by=2)
    meeting.act("enter_count", count(), by=meeting.voters[0])
