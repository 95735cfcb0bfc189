"""What a vote comes to when it is closed, whoever came, left, voted or still might: against fractions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.refusal import Refusal
from engine.steps import closing
from engine.steps.balloting import Ballot, Entered, Motion
from engine.steps.closing import Cast
from engine.steps.counting import Count, Tally
from engine.steps.meeting import MeetingRecord

SHARES = st.sampled_from([(1, 2), (2, 3), (3, 4), (4, 5), (1, 3), (1, 1)])


@st.composite
def attendances(draw):
    """Some of the roll and of the others are there, some were; households as they like."""
    roll, others = draw(st.integers(1, 40)), draw(st.integers(0, 10))
    present = draw(st.integers(0, roll))
    left = draw(st.integers(0, roll - present))
    also = draw(st.integers(0, others))
    also_left = draw(st.integers(0, others - also))
    households = draw(st.integers(1, 60))
    there = draw(st.integers(0, households))
    gone = draw(st.integers(0, households - there))
    return MeetingRecord(
        status="open",
        roll=roll,
        present=present,
        left=left,
        body=roll + others,
        body_present=present + also,
        body_left=left + also_left,
        households=households,
        households_present=there,
        households_left=gone,
    )


@st.composite
def thresholds(draw, bases):
    """(fraction, more than it, base), and the words for it."""
    found = []
    for base in draw(st.lists(st.sampled_from(bases), max_size=2, unique=True)):
        share = draw(SHARES)
        strict = share != (1, 1) and draw(st.booleans())
        found.append((Fraction(*share), strict, base))
    return found


def words(asked):
    return [f"{'超过' if strict else '至少'} {s.numerator}/{s.denominator} {b}" for s, strict, b in asked]


def holds(asked, counts, bases):
    """None of nobody is ever enough."""

    def one(share, strict, base):
        if not bases[base]:
            return False
        found = Fraction(counts[base], bases[base])
        return found > share if strict else found >= share

    return all(one(*each) for each in asked)


def enough_came(asked, there, *, all_who_came):
    back = all_who_came
    counts = {
        "应到": there.present + (there.left if back else 0),
        "组成人员": there.body_present + (there.body_left if back else 0),
        "户": there.households_present + (there.households_left if back else 0),
    }
    return holds(asked, counts, {"应到": there.roll, "组成人员": there.body, "户": there.households})


def bases(there, returned):
    return {
        "应到": there.roll,
        "到会": there.present + there.left,
        "组成人员": there.body,
        "到会组成人员": there.body_present + there.body_left,
        "户": there.households,
        "到会户": there.households_present + there.households_left,
        "收回票": returned,
    }


EVERY_BASE = ["应到", "到会", "组成人员", "到会组成人员", "户", "到会户", "收回票"]


@given(
    there=attendances(),
    quorum=thresholds(["应到", "组成人员", "户"]),
    majority=thresholds(EVERY_BASE),
    votes=st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)),
    waiting=st.integers(0, 3),
)
def test_a_vote_on_phones(there, quorum, majority, votes, waiting):
    yes, no, abstain = votes
    cast = Cast({1: Tally(yes, no, abstain, sum(votes))}, waiting={1: waiting})
    ballot = Ballot("named", (), {1: Motion(1, "修路", "修路", voted=sum(votes))})
    settings = {"quorum": words(quorum), "majority": words(majority)}
    undecided = not sum(votes) or waiting
    now = enough_came(quorum, there, all_who_came=False)
    if not enough_came(quorum, there, all_who_came=True) or (undecided and not now):
        wanted = "未达法定人数"
    elif not sum(votes):
        with pytest.raises(Refusal, match="还没有人投票"):
            closing.end(ballot, settings, there, cast)
        return
    else:
        counts = dict.fromkeys(EVERY_BASE, yes)
        wanted = "通过" if holds(majority, counts, bases(there, sum(votes))) else "未通过"
    result = closing.end(ballot, settings, there, cast).result
    assert result is not None and result["结论"] == wanted
    assert (result["应到"], result["实到"]) == (there.roll, there.present + there.left)
    assert bool(result["议案"]) == (wanted != "未达法定人数")


@given(
    counted=attendances(),
    later=attendances(),
    majority=thresholds(EVERY_BASE),
    votes=st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)),
)
def test_a_count_is_reckoned_on_who_had_come_when_it_was_made(counted, later, majority, votes):
    """Whoever comes or goes between the count and the end changes nothing."""
    yes, no, abstain = votes
    count = Count(sum(votes), sum(votes), sum(votes), 0, yes, no, abstain)
    entered = Entered(count, 2, confirmed=True, there=counted.with_all_who_came())
    ballot = Ballot("paper", (3,), {1: Motion(1, "修路", "修路", entered=entered)})
    settings = {"quorum": [], "majority": words(majority)}
    result = closing.end(ballot, settings, later, Cast()).result
    passed = holds(majority, dict.fromkeys(EVERY_BASE, yes), bases(counted, sum(votes)))
    assert result is not None and result["结论"] == ("通过" if passed else "未通过")
