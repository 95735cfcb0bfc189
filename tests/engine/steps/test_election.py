"""选举: every round, tie and run-off, at the numbers where they turn and against a reference that tries everything."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.steps import Seat, SettingError, election
from engine.steps.counting import Limits, read_election
from engine.steps.election import Candidate, Elected, Round, RunOff, Short, after_round
from engine.steps.kind import TELLER
from engine.steps.threshold import Threshold
from tests.assembly import BALLOT, Meeting, frozen, refusal

HALF = Threshold(1, 2, "到会", strict=True)


def stand(names: str = "甲乙丙丁", seats: int = 2, number: int = 1) -> Round:
    return Round(number, seats, tuple(Candidate(place, name) for place, name in enumerate(names, 1)))


def outcome(votes: Sequence[int], seats: int = 2, present: int = 20, rounds: int = 2, number: int = 1):
    round_ = stand("甲乙丙丁戊己庚辛"[: len(votes)], seats, number)
    return after_round(round_, dict(enumerate(votes, 1)), [HALF], {"到会": present}, rounds)


def names(round_: Round) -> str:
    return "".join(candidate.name for candidate in round_.candidates)


# ---------------------------------------------------------------- one round


def test_most_votes_first_up_to_the_seats():
    assert outcome([15, 11, 13, 1]) == Elected((1, 3))


@pytest.mark.parametrize(("votes", "elected"), [([11, 11, 0], True), ([11, 10, 0], False)])
def test_more_than_half_is_one_more_than_half(votes, elected):
    assert isinstance(outcome(votes), Elected) is elected


def test_equal_votes_at_the_last_seat_are_voted_again_for_that_seat():
    found = outcome([18, 12, 12, 12])
    assert isinstance(found, RunOff) and found.tie
    assert (found.places, names(found.next), found.next.seats, found.next.number) == ((1,), "乙丙丁", 1, 2)


def test_equal_votes_above_the_last_seat_are_no_tie():
    assert outcome([12, 15, 12, 11], seats=3) == Elected((2, 1, 3))


def test_too_few_reach_it_and_one_more_than_seats_are_left_stand_again():
    found = outcome([18, 9, 8, 7])
    assert isinstance(found, RunOff) and not found.tie
    assert (found.places, names(found.next), found.next.seats) == ((1,), "乙丙", 1)


def test_nobody_reaches_it_and_equals_at_the_end_of_the_list_all_stand_again():
    found = outcome([9, 8, 7, 7, 7, 3])
    assert isinstance(found, RunOff)
    assert (found.places, names(found.next), found.next.seats) == ((), "甲乙丙丁戊", 2)


@pytest.mark.parametrize(("rounds", "number"), [(1, 1), (2, 2), (3, 3)])
def test_after_the_last_round_what_is_open_stays_open(rounds, number):
    assert outcome([18, 9, 8], rounds=rounds, number=number) == Short((1,))
    assert outcome([18, 12, 12], rounds=rounds, number=number) == Short((1,))


def test_a_candidate_keeps_the_place_of_the_first_paper():
    found = outcome([1, 9, 2, 8], seats=1)
    assert isinstance(found, RunOff)
    assert [candidate.place for candidate in found.next.candidates] == [2, 4]


@st.composite
def polls(draw):
    """A round, ballots that name at most as many as seats, how many came, and how much it takes."""
    seats = draw(st.integers(1, 4))
    many = draw(st.integers(seats + 1, 7))
    places = st.sets(st.integers(1, many), max_size=seats)
    ballots = draw(st.lists(st.tuples(places, st.integers(1, 3)), max_size=12))
    present = sum(weight for _, weight in ballots) + draw(st.integers(0, 3))
    numerator, denominator = draw(st.sampled_from([(1, 2), (2, 3), (1, 3), (4, 5), (1, 1)]))
    strict = draw(st.booleans()) and numerator < denominator
    return seats, many, ballots, present, Threshold(numerator, denominator, "到会", strict)


@given(polls(), st.integers(1, 3), st.integers(1, 3))
def test_any_round_comes_to_what_trying_everything_finds(poll, number, rounds):
    seats, many, ballots, present, enough = poll
    round_ = Round(number, seats, tuple(Candidate(p, f"候选人{p}") for p in range(1, many + 1)))
    found = after_round(round_, election.standing(round_, ballots).votes, [enough], {"到会": present}, rounds)
    won, again = reference(seats, many, ballots, present, enough)
    assert set(found.places) == won
    assert list(found.places) == sorted(found.places, key=lambda p: (-_votes(ballots, p), p))
    if len(won) == seats:
        assert isinstance(found, Elected)
    elif number >= rounds:
        assert isinstance(found, Short)
    else:
        assert isinstance(found, RunOff)
        assert found.next.places == again
        assert found.next.seats == seats - len(won) < len(again)
        assert found.next.number == number + 1


def _votes(ballots, place):
    return sum(weight for chosen, weight in ballots if place in chosen)


def reference(seats, many, ballots, present, enough):
    """Who is elected: those who are in every best choice of people who reached it; who stands again: of the others
    those that are in some best choice of one more than is left.
    """
    votes = {place: _votes(ballots, place) for place in range(1, many + 1)}
    wanted = Fraction(enough.numerator, enough.denominator) * present
    reached = {p for p, v in votes.items() if present and (v > wanted if enough.strict else v >= wanted)}
    fills = _best(votes, reached, min(seats, len(reached)))
    won = set.intersection(*fills)
    rest = set(votes) - won
    if len(reached) > seats:
        return won, set.union(*fills) - won
    left = seats - len(won)
    return won, set.union(*_best(votes, rest, min(left + 1, len(rest))))


def _best(votes, among, size):
    """All choices of this many with most votes together."""
    choices = [set(each) for each in combinations(sorted(among), size)]
    most = max(sum(votes[p] for p in choice) for choice in choices)
    return [choice for choice in choices if sum(votes[p] for p in choice) == most]


# ---------------------------------------------------------------- candidates


@pytest.mark.parametrize(
    "found",
    [
        ["甲", "乙"],
        [" 甲 ", "", "乙"],
        [{"姓名": "甲", "性别": "女"}, {"姓名": "乙"}],
        [{"组别": "三组", "候选人": "甲"}, {"组别": "一组", "候选人": "乙"}],
        {"候选人": ["甲", "乙"]},
        [["甲"], ["乙"]],
    ],
)
def test_candidates_come_from_the_data_in_any_shape(found):
    assert [one["name"] for one in election.candidates_in(found)] == ["甲", "乙"]


def test_people_who_were_picked_are_candidates_by_name_and_id():
    settings = prepared([7, 8, {"姓名": 9}], seats="2")
    assert [one["person"] for one in settings["candidates"]] == [7, 8, 9]
    named = BALLOT.named(settings, lambda ids: {person: f"第{person}人" for person in ids})
    assert [one["name"] for one in named["candidates"]] == ["第7人", "第8人", "第9人"]
    with pytest.raises(SettingError, match="查不到姓名"):
        BALLOT.named(settings, lambda ids: {})


def test_people_of_one_name_are_told_apart():
    settings = prepared([7, 8, "李四"], seats="2")
    named = BALLOT.named(settings, lambda ids: dict.fromkeys(ids, "张三"))
    assert [one["name"] for one in named["candidates"]] == ["张三（1 号）", "张三（2 号）", "李四"]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (["甲", "乙"], "必须多于应选名额"),
        ([], "必须多于应选名额"),
        (["甲", "甲", "乙"], "写了两次"),
        ([7, 7, 8], "写了两次"),
        ([f"候选人{number}" for number in range(101)], "最多 100 人"),
    ],
)
def test_candidates_that_cannot_be_voted_on_are_refused(found, said):
    with pytest.raises(SettingError, match=said):
        prepared(found, seats="2")


@pytest.mark.parametrize(
    ("said", "fine"), [("2", True), (2, True), ("0", False), (None, False), ("51", False)]
)
def test_seats_may_come_from_the_data(said, fine):
    context = {"提名": {"候选人": list("甲乙丙"), "名额": said}}
    if fine:
        settings = frozen(context=context, seats="{提名.名额}", candidates="{提名.候选人}")
        assert settings["elect"] == 2
    else:
        with pytest.raises(SettingError, match="应选几人"):
            frozen(context=context, seats="{提名.名额}", candidates="{提名.候选人}")


def prepared(candidates, seats="{名额}", **properties):
    context = {"提名": {"候选人": candidates}}
    return frozen({"名额": 2}, context, seats=seats, candidates="{提名.候选人}", **properties)


# ---------------------------------------------------------------- a meeting that elects


class Electing(Meeting):
    """Elects 2 of 甲乙丙丁."""

    def __init__(self, voters=20, **properties):
        settings = {"majority": "超过 1/2 到会", "quorum": "至少 2/3 应到", "seats": "2"} | properties
        super().__init__(voters, candidates="{提名.候选人}", **settings)

    def prepared(self, motions, **properties):
        return frozen(context={"提名": {"候选人": list("甲乙丙丁")}}, **properties)

    def choose(self, *ballots):
        for voter, chosen in zip(self.voters, ballots, strict=False):
            self.act("cast", {"chosen": list(chosen)} if chosen else {"弃权": True}, by=voter)

    def paper(self, votes, **figures):
        own = {"发出": 20, "收回": 20, "有效": 20, "无效": 0} | figures
        rows = [{"候选人": place, "票数": number} for place, number in votes.items()]
        self.act("enter_count", own | {"得票": rows}, by=2)
        return self.act("confirm_count", by=3)


def test_an_election_by_name():
    meeting = Electing()
    meeting.open(20)
    meeting.choose(*[(1, 2)] * 12, *[(3,)] * 5, *[()] * 3)
    result = meeting.act("close")
    assert (result["结论"], result["当选人"], result["缺额"], result["轮次"]) == ("选出", ["甲", "乙"], 0, 1)
    assert result["得票"][2] == {"姓名": "丙", "票数": 5, "当选": False}
    assert result["依据"][:2] == ["到会 20 × 3 ≥ 应到 20 × 2", "甲 12 × 2 > 到会 20 × 1"]
    assert set(result) == set(BALLOT.fields(meeting.settings, {}))


def test_a_run_off_is_voted_by_everybody_again():
    meeting = Electing()
    meeting.open(20)
    meeting.choose(*[(1, 2)] * 10, *[(1, 3)] * 8, *[(4,)] * 2)
    assert meeting.act("close") is None
    with refusal("round-ended"):  # a page of the first round
        meeting.act("cast", {"chosen": [4]}, by=meeting.voters[0])
    with refusal("choice-many"):
        meeting.act("cast", {"chosen": [2, 3]}, by=meeting.voters[0])
    meeting.choose(*[(2,)] * 11, *[(3,)] * 9)
    result = meeting.act("close")
    assert (result["结论"], result["当选人"], result["轮次"]) == ("选出", ["甲", "乙"], 2)
    assert result["得票"][4] == {"轮次": 2, "姓名": "乙", "票数": 11, "当选": True}
    assert result["依据"][-1] == "第 2 轮：丙 9 × 2 ≤ 到会 20 × 1"


def test_the_chair_may_leave_it_at_that():
    meeting = Electing()
    meeting.open(20)
    meeting.choose(*[(1, 2)] * 10, *[(1, 3)] * 8, *[(4,)] * 2)
    result = meeting.act("close", {"不再选": True})
    assert (result["结论"], result["当选人"], result["缺额"]) == ("未选足", ["甲"], 1)


def test_after_the_last_round_it_is_short():
    meeting = Electing(rounds="1")
    meeting.open(20)
    meeting.choose(*[(1,)] * 12, *[(3,)] * 8)
    assert meeting.act("close")["结论"] == "未选足"


def test_nobody_chosen_must_be_said():
    meeting = Electing()
    meeting.open(20)
    with refusal("choice-missing"):
        meeting.act("cast", {}, by=meeting.voters[0])
    with refusal("choice-both"):
        meeting.act("cast", {"chosen": [1], "弃权": True}, by=meeting.voters[0])
    with refusal("choice-many"):
        meeting.act("cast", {"chosen": [1, 2, 3]}, by=meeting.voters[0])
    meeting.act("cast", {"弃权": True}, by=meeting.voters[0])
    with refusal("voted"):
        meeting.act("cast", {"chosen": [1]}, by=meeting.voters[0])


def test_an_election_without_a_quorum_elects_nobody():
    meeting = Electing()
    meeting.open(13)
    result = meeting.act("close")
    assert (result["结论"], result["当选人"], result["缺额"]) == ("未达法定人数", [], 2)
    assert set(result) == set(BALLOT.fields(meeting.settings, {}))


@pytest.mark.parametrize(("first", "concluded"), [(12, "未选足"), (10, "未达法定人数")])
def test_who_was_elected_while_enough_were_there_is_elected(first, concluded):
    """The run-off did not come about: people went home."""
    meeting = Electing()
    meeting.open(20)
    meeting.choose(*[(1,)] * first, *[(2,)] * (20 - first))
    assert meeting.act("close") is None
    meeting.act("attend", {"早退": meeting.voters[13:]})
    with refusal("inquorate"):
        meeting.choose((2,))
    result = meeting.act("close")
    assert result["结论"] == concluded
    assert result["当选人"] == (["甲"] if first == 12 else [])


def test_there_are_no_motions_to_change_in_an_election():
    assert not {"revise", "read_out"} & {act.name for act in BALLOT.actions(Electing().settings, {})}


# ---------------------------------------------------------------- on paper


def test_an_election_on_paper_with_a_void_round_and_a_run_off():
    meeting = Electing()
    meeting.open(20, method="paper")
    meeting.paper({1: 15, 2: 9, 3: 9, 4: 2}, 发出=19)  # one paper too many came back
    with refusal("motion-open"):
        meeting.act("close")
    meeting.paper({1: 15, 2: 9, 3: 9, 4: 2})
    assert meeting.act("close") is None
    with refusal("count"):  # the run-off is among 乙 and 丙
        meeting.paper({2: 12, 3: 8, 4: 0})
    meeting.paper({2: 12, 3: 8})
    result = meeting.act("close")
    assert (result["当选人"], result["轮次"]) == (["甲", "乙"], 2)


@pytest.mark.parametrize(
    ("votes", "papers", "field"),
    [
        ({1: 20, 2: 20, 3: 0, 4: 0}, {}, None),
        ({1: 21, 2: 0, 3: 0, 4: 0}, {}, "得票"),
        ({1: 20, 2: 20, 3: 1, 4: 0}, {}, "得票"),
        ({1: 20, 2: 20, 3: 0}, {}, "得票"),
        ({1: 20, 2: 0, 3: 0, 5: 0}, {}, "得票[3].候选人"),
        ({1: 1, 2: 1, 3: 1, 4: 1}, {"发出": 21}, "发出"),
        ({1: 1, 2: 1, 3: 1, 4: 1}, {"有效": 19}, "收回"),
        ({1: 1, 2: 1, 3: 1, 4: 1}, {"无效": None}, "无效"),
    ],
)
def test_figures_of_an_election(votes, papers, field):
    row = {"发出": 20, "收回": 20, "有效": 20, "无效": 0} | papers
    row["得票"] = [{"候选人": place, "票数": number} for place, number in votes.items()]
    _, errors = read_election(row, stand(), Limits(20, 20, 20))
    assert (field in errors) if field else not errors


def test_candidates_neither_count_nor_see_to_it():
    meeting = Electing()
    first = meeting.settings["candidates"][0]
    first["person"] = meeting.voters[0]
    for field in ("监票人", "计票人"):
        with refusal("officers"):
            meeting.open(20, method="paper", 已举手通过=True, **{field: [meeting.voters[0]]})
        meeting.done.clear()
    meeting.seats.append(Seat(TELLER, people=(meeting.voters[0],)))
    meeting.open(20, method="paper")
    with refusal("counter-involved"):
        meeting.act("enter_count", {}, by=meeting.voters[0])
