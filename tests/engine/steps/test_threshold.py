"""How many it takes: quorum and majority, at the numbers where they turn, and against fractions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.refusal import Refusal
from engine.steps.counting import Tally, decide
from engine.steps.threshold import Threshold, in_words
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


# ---------------------------------------------------------------- who leaves early


def test_what_was_voted_stands_though_people_leave():
    meeting = Meeting()
    meeting.open(20)
    meeting.vote(14, 6)
    meeting.act("attend", {"早退": meeting.voters[10:20]})
    result = meeting.act("close")
    assert (result["结论"], result["实到"]) == ("通过", 20)
    assert result["依据"][0] == "到会 20 × 3 ≥ 应到 30 × 2"


def test_nobody_makes_a_majority_by_leaving():
    """13 of 20 is not two thirds, 13 of the 19 who stayed would be."""
    meeting = Meeting(voters=20)
    meeting.open(20)
    meeting.vote(13, 6)
    meeting.act("attend", {"早退": meeting.voters[19:]})
    result = meeting.act("close")
    assert (result["结论"], result["实到"]) == ("未通过", 20)


def test_who_has_left_makes_no_quorum_and_has_no_vote():
    meeting = Meeting()
    meeting.open(20)
    meeting.vote(3)
    meeting.act("attend", {"早退": meeting.voters[19:20]})
    with refusal("inquorate"):
        meeting.act("cast", {"choice": "赞成"}, by=meeting.voters[4])
    meeting.act("attend", {"到会": meeting.voters[20:21]})
    with refusal("not-present"):
        meeting.act("cast", {"choice": "赞成"}, by=meeting.voters[19])
    meeting.act("attend", {}, by=meeting.voters[19])  # came back
    meeting.act("cast", {"choice": "赞成"}, by=meeting.voters[19])


def test_a_vote_the_quorum_was_lost_in_decides_nothing():
    meeting = Meeting(motions=("修路", "建桥"))
    meeting.open(20)
    meeting.vote(20, motion=1)
    meeting.vote(5, motion=2)
    meeting.act("attend", {"早退": meeting.voters[19:20]})
    result = meeting.act("close")
    assert (result["结论"], result["通过的议案"], result["实到"]) == ("未达法定人数", [], 20)
    assert result["依据"][0] == "到会 19 × 3 < 应到 30 × 2"


def test_who_leaves_without_voting_does_not_undo_what_the_others_voted():
    """Otherwise one could leave to defeat a motion when all the others have voted."""
    meeting = Meeting()
    meeting.open(20)
    meeting.vote(19)
    meeting.act("attend", {"早退": meeting.voters[19:20]})
    assert meeting.act("close")["结论"] == "通过"


@pytest.mark.parametrize(("issued", "fine"), [(20, True), (19, False)])
def test_papers_handed_out_show_how_many_were_there(issued, fine):
    """People go home when they have thrown in their papers; counting comes afterwards."""
    meeting = Meeting()
    meeting.open(25, method="paper")
    meeting.act("attend", {"早退": meeting.voters[10:25]})
    papers = {"发出": issued, "收回": issued, "有效": issued, "反对": 0, "弃权": 0, "赞成": issued}
    if fine:
        meeting.paper(**papers)
        result = meeting.act("close")
        assert (result["结论"], result["实到"]) == ("通过", 25)
    else:
        with pytest.raises(Refusal, match="先把他们记回到会"):
            meeting.paper(**papers)
        assert meeting.act("close")["结论"] == "未达法定人数"


def test_a_count_in_dispute_may_be_mended_when_people_have_gone():
    meeting = Meeting()
    meeting.open(20, method="paper")
    twenty = {"发出": 20, "收回": 20, "有效": 20, "赞成": 14, "反对": 6, "弃权": 0}
    meeting.act("enter_count", twenty | {"无效": 0}, by=2)
    meeting.act("confirm_count", {"不一致": "反对多数了一张"}, by=3)
    meeting.act("attend", {"早退": meeting.voters[:20]})
    with refusal("count-open"):
        meeting.act("close")
    meeting.paper(**twenty)
    assert meeting.act("close")["结论"] == "通过"


# ---------------------------------------------------------------- households


WEIGHED = {"weights": "户", "quorum": "至少 2/3 户", "majority": "超过 1/2 到会户"}


def weighed(weights, of_homes=0, **properties):
    """A meeting of representatives who stand for so many households each."""
    last, homes = 0, {}
    for place, weight in enumerate(weights):
        homes[101 + place] = frozenset(range(last, last + weight))
        last += weight
    return Meeting(len(weights), homes=homes, of_homes=of_homes or last, **(WEIGHED | properties))


def test_one_household_one_vote():
    """FD-4: three representatives of forty households each outvote twenty of two."""
    meeting = weighed([40] * 3 + [2] * 20)
    meeting.open(23)
    meeting.vote(3, 20)
    result = meeting.act("close")
    assert (result["结论"], result["户数"], result["到会户数"]) == ("通过", 160, 160)
    assert result["议案"][0]["赞成"] == 120
    assert result["依据"] == ["到会户 160 × 3 ≥ 户 160 × 2", "赞成 120 × 2 > 到会户 160 × 1"]


@pytest.mark.parametrize(("households", "fine"), [(66, False), (67, True)])
def test_the_households_represented_make_the_quorum(households, fine):
    meeting = weighed([households, 100 - households])
    meeting.open(1)
    if fine:
        meeting.vote(1)
    else:
        with refusal("inquorate"):
            meeting.vote(1)


def test_papers_that_weigh_households_are_counted_in_households():
    meeting = weighed([10, 8, 5])
    meeting.open(2, method="paper")
    fields = {"收回": 18, "有效": 18, "赞成": 10, "反对": 8, "弃权": 0}
    with refusal("count"):
        meeting.paper(发出=19, **fields)
    meeting.paper(发出=18, **fields)
    assert meeting.act("close")["结论"] == "通过"


def test_two_of_a_household_have_one_voice():
    homes = {101: frozenset({1}), 102: frozenset({1}), 103: frozenset({2})}
    meeting = Meeting(3, homes=homes, of_homes=2, **WEIGHED)
    meeting.open(3)
    with refusal("no-household"):
        meeting.act("cast", {"choice": "赞成"}, by=102)
    meeting.act("cast", {"choice": "赞成"}, by=101)
    meeting.act("cast", {"choice": "反对"}, by=103)
    assert meeting.act("close")["依据"][-1] == "赞成 1 × 2 ≤ 到会户 2 × 1"


@given(
    weights=st.lists(st.integers(1, 30), min_size=1, max_size=6),
    elsewhere=st.integers(0, 40),
    data=st.data(),
    quorum=st.fractions(Fraction(1, 6), 1, max_denominator=6),
    majority=st.fractions(Fraction(1, 6), Fraction(5, 6), max_denominator=6),
    strict=st.booleans(),
    base=st.sampled_from(["户", "到会户"]),
)
def test_any_weighed_vote_comes_to_what_fractions_say(
    weights, elsewhere, data, quorum, majority, strict, base
):
    """Whoever comes, votes and leaves, against fractions of households."""
    present = data.draw(st.integers(1, len(weights)))
    choices = data.draw(
        st.lists(st.sampled_from(["赞成", "反对", "弃权"]), min_size=present, max_size=present)
    )
    gone = data.draw(st.integers(0, present))
    total, came = sum(weights) + elsewhere, sum(weights[:present])
    word, share = "超过" if strict else "至少", f"{majority.numerator}/{majority.denominator}"
    asked = {
        "quorum": f"至少 {quorum.numerator}/{quorum.denominator} 户",
        "majority": f"{word} {share} {base}",
    }
    meeting = weighed(weights, total, **asked)
    meeting.open(present)
    if Fraction(came, total) >= quorum:
        for voter, choice in zip(meeting.voters, choices, strict=False):
            meeting.act("cast", {"choice": choice}, by=voter)
    if gone:
        meeting.act("attend", {"早退": meeting.voters[:gone]})
    yes = sum(weight for weight, choice in zip(weights, choices, strict=False) if choice == "赞成")
    found = Fraction(yes, {"户": total, "到会户": came}[base])
    passed = "通过" if (found > majority if strict else found >= majority) else "未通过"
    wanted = passed if Fraction(came, total) >= quorum else "未达法定人数"
    assert meeting.act("close")["结论"] == wanted


@pytest.mark.parametrize(
    ("strict", "count", "told"),
    [
        (False, 20, "赞成 20：要够到会 30 的 2/3，至少 20，够了"),
        (False, 19, "赞成 19：要够到会 30 的 2/3，至少 20，不够"),
        (True, 21, "赞成 21：要超过到会 30 的 2/3，至少 21，够了"),
        (True, 20, "赞成 20：要超过到会 30 的 2/3，至少 21，不够"),
    ],
)
def test_a_comparison_is_told_without_a_formula(strict, count, told):
    assert in_words(Threshold(2, 3, "到会", strict).reckoned("赞成", count, 30)) == told
    assert in_words("得票相同，再选一轮") == "得票相同，再选一轮"
