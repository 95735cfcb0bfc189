"""会签: who sits where, and when it is done."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import steps
from engine.diagram.model import Node, Scope
from engine.steps import SettingError, Submission

POSTS = "村党组织书记 村委会主任"


def cosign(**properties: str) -> Node:
    return Node(
        "sign", "userTask", "联合审批", Scope("p"), lane="村主干", properties={"kind": "cosign", **properties}
    )


def frozen(parameters=None, **properties):
    return steps.kind("cosign").freeze(cosign(**properties), parameters or {})


def answer(choice, person, seat=None, reason=""):
    return Submission({"结论": choice, "说明": reason}, person, seat)


def seats(settings, **holders):
    return steps.kind("cosign").seats(settings, "村主干", lambda post: holders.get(post, []))


def test_each_post_is_a_seat():
    found = seats(frozen(seats=POSTS), 村党组织书记=[1], 村委会主任=[2])
    assert [(s.name, s.designations, s.substituted) for s in found] == [
        ("村党组织书记", ("村党组织书记",), False),
        ("村委会主任", ("村委会主任",), False),
    ]


def test_one_person_on_both_posts_leaves_the_second_seat_to_the_substitutes():
    settings = frozen(seats=POSTS, substitutes="村党组织副书记 村委会副主任")
    found = seats(settings, 村党组织书记=[1], 村委会主任=[1], 村党组织副书记=[3])
    assert [s.substituted for s in found] == [False, True]
    assert found[1].designations == ("村党组织副书记", "村委会副主任")


def test_two_holders_of_one_post_need_no_substitute():
    settings = frozen(seats=POSTS, substitutes="村党组织副书记")
    assert not any(s.substituted for s in seats(settings, 村党组织书记=[1, 2], 村委会主任=[1]))


def test_without_seats_everyone_of_the_lane_answers():
    found = seats(frozen(), 村主干=[4, 5, 5])
    assert [s.people for s in found] == [(4,), (5,)]


@pytest.mark.parametrize("refuser", [0, 1])
def test_one_refusal_ends_it(refuser):
    settings = frozen(seats=POSTS)
    chairs = seats(settings, 村党组织书记=[1], 村委会主任=[2])
    given_answers = [answer("同意", 1, "村党组织书记"), answer("同意", 2, "村委会主任")]
    given_answers[refuser] = answer("不同意", refuser + 1, chairs[refuser].name, "票据不全")
    result = steps.kind("cosign").result(settings, chairs, given_answers[: refuser + 1])
    assert result is not None
    assert (result["结论"], result["说明"]) == ("不同意", "票据不全")


def test_nothing_is_decided_before_all_have_agreed():
    settings = frozen(seats=POSTS)
    chairs = seats(settings, 村党组织书记=[1], 村委会主任=[2])
    kind = steps.kind("cosign")
    assert kind.result(settings, chairs, [answer("同意", 1)]) is None
    result = kind.result(settings, chairs, [answer("同意", 1), answer("同意", 2)])
    assert result is not None and result["结论"] == "同意" and result["办理人"] == [1, 2]


def test_a_refusal_wants_a_reason():
    settings = frozen(seats=POSTS)
    kind = steps.kind("cosign")
    assert "说明" in kind.faults(settings, {"结论": "不同意", "说明": "  "})
    assert not kind.faults(settings, {"结论": "同意", "说明": ""})


@pytest.mark.parametrize(
    "wrong",
    [
        {"need": "most"},
        {"need": "3/2"},
        {"choices": "同意"},
        {"stops": "弃权"},
        {"seats": "甲 甲"},
        {"need": "{没有}"},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(SettingError):
        frozen(**wrong)


@given(
    seats_count=st.integers(1, 40),
    numerator=st.integers(1, 6),
    denominator=st.integers(1, 6),
    answers=st.lists(st.booleans(), max_size=40),
)
def test_a_fraction_decides_as_soon_as_it_is_certain(seats_count, numerator, denominator, answers):
    """Against fractions: carried once enough have agreed, lost once enough cannot agree any more, else open."""
    if numerator > denominator or len(answers) > seats_count:
        return
    settings = frozen(need=f"{numerator}/{denominator}", stops="")
    chairs = [steps.Seat(f"席{i}") for i in range(seats_count)]
    given_answers = [answer("同意" if yes else "不同意", i, f"席{i}") for i, yes in enumerate(answers)]
    result = steps.kind("cosign").result(settings, chairs, given_answers)
    yes, wanted = answers.count(True), Fraction(numerator, denominator) * seats_count
    possible = yes + seats_count - len(answers)
    expected = "同意" if yes >= wanted else "不同意" if possible < wanted else None
    assert (result["结论"] if result else None) == expected
