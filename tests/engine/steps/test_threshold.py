"""How many it takes: quorum and majority, at the numbers where they turn, and against fractions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.steps.counting import Tally, decide
from engine.steps.threshold import Threshold
from tests.assembly import Meeting, refusal


@pytest.mark.parametrize(
    ("voters", "present", "yes", "outcome"),
    [
        (30, 19, 19, "未达法定人数"),
        (30, 20, 13, "未通过"),
        (30, 20, 14, "通过"),
        (30, 30, 19, "未通过"),
        (30, 30, 20, "通过"),
        (31, 20, 20, "未达法定人数"),
        (31, 21, 14, "通过"),
        (31, 31, 20, "未通过"),
        (31, 31, 21, "通过"),
    ],
)
def test_two_thirds_are_counted_exactly(voters, present, yes, outcome):
    """BB-5.1 and BB-5.2, at the numbers where they turn."""
    meeting = Meeting(voters)
    meeting.open(present)
    if outcome != "未达法定人数":
        meeting.vote(yes, present - yes)
    assert meeting.act("close")["结论"] == outcome


def test_both_thresholds_must_hold():
    """The catalogue's own example of BB-5.2: 13 of 19 is two thirds, but 13 of the 26 present is not more than half."""
    meeting = Meeting(19, others=7)
    meeting.open(19, others=7)
    meeting.vote(13, 6)
    result = meeting.act("close")
    assert result["结论"] == "未通过"
    assert (result["实到"], result["到会组成人员"]) == (19, 26)
    assert result["依据"] == [
        "到会 19 × 3 ≥ 应到 19 × 2",
        "到会 26 × 3 ≥ 组成人员 26 × 2",
        "赞成 13 × 3 ≥ 到会 19 × 2",
        "赞成 13 × 2 ≤ 到会组成人员 26 × 1",
    ]


def test_below_the_quorum_nobody_votes_and_a_late_comer_makes_it_up():
    meeting = Meeting()
    meeting.open(19)
    with refusal("inquorate"):
        meeting.vote(1)
    meeting.act("attend", {}, by=meeting.voters[19])
    meeting.vote(20)
    assert meeting.act("close")["结论"] == "通过"


@given(
    voters=st.integers(1, 60),
    data=st.data(),
    quorum=st.tuples(st.integers(1, 5), st.integers(1, 6), st.sampled_from(["应到", "组成人员"])),
    majority=st.tuples(
        st.integers(1, 5),
        st.integers(1, 6),
        st.booleans(),
        st.sampled_from(["应到", "到会", "组成人员", "到会组成人员", "收回票"]),
    ),
)
def test_any_vote_comes_to_what_fractions_say(voters, data, quorum, majority):
    others = data.draw(st.integers(0, 10))
    present, came = data.draw(st.integers(1, voters)), data.draw(st.integers(0, others))
    issued = data.draw(st.integers(1, present))
    returned = data.draw(st.integers(1, issued))
    yes = data.draw(st.integers(0, returned))
    if quorum[0] > quorum[1] or majority[0] > majority[1] or (majority[2] and majority[0] == majority[1]):
        return
    word = "超过" if majority[2] else "至少"
    meeting = Meeting(
        voters,
        others,
        quorum=f"至少 {quorum[0]}/{quorum[1]} {quorum[2]}",
        majority=f"{word} {majority[0]}/{majority[1]} {majority[3]}",
    )
    meeting.open(present, came, "paper")
    there = {"应到": present, "组成人员": present + came}[quorum[2]]
    whole = {"应到": voters, "组成人员": voters + others}
    if Fraction(there, whole[quorum[2]]) < Fraction(*quorum[:2]):
        with refusal("inquorate"):
            meeting.paper()
        assert meeting.act("close")["结论"] == "未达法定人数"
        return
    meeting.paper(发出=issued, 收回=returned, 有效=returned, 无效=0, 赞成=yes, 反对=returned - yes, 弃权=0)
    base = whole | {"到会": present, "到会组成人员": present + came, "收回票": returned}
    share, wanted = Fraction(yes, base[majority[3]]), Fraction(*majority[:2])
    passed = share > wanted if majority[2] else share >= wanted
    assert meeting.act("close")["结论"] == ("通过" if passed else "未通过")


@given(st.integers(1, 3000), st.integers(1, 20), st.integers(1, 20), st.booleans(), st.data())
def test_a_motion_is_decided_as_fractions_say(base, numerator, denominator, strict, data):
    yes = data.draw(st.integers(0, base))
    decision = decide("修路", Tally(yes), [Threshold(numerator, denominator, "到会", strict)], {"到会": base})
    share, wanted = Fraction(yes, base), Fraction(numerator, denominator)
    assert decision.passed == (share > wanted if strict else share >= wanted)


def test_nobody_present_is_never_enough():
    assert not decide("修路", Tally(0), [Threshold(1, 2, "到会")], {"到会": 0}).passed
