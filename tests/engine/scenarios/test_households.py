"""`[households]` of a scenario: who stands for which household."""

import pytest

from engine.scenarios.households import HouseholdsError, at_home, read
from engine.scenarios.stage import cast

ROSTER = {"村民代表": ["张三", "李四", "王五"], "村民": ["甲", "乙", "丙"]}


def test_who_is_not_written_down_stands_for_his_own() -> None:
    roster = cast(ROSTER)
    people = [roster.number(name) for name in ("张三", "李四", "甲")]
    assert [len(roster.homes(person)) for person in people] == [1, 1, 1]
    assert roster.households(people) == 3


def test_a_delegate_stands_for_many_and_one_by_name_for_more() -> None:
    roster = cast(ROSTER, read({"村民代表": 10, "李四": 12}))
    people = roster.holders("村民代表")
    assert sorted(len(roster.homes(person)) for person in people) == [10, 10, 12]
    assert roster.households(people) == 32


def test_two_live_in_one_household() -> None:
    roster = cast(ROSTER, read({"村民": "2 人一户", "总户数": 5}))
    first, second, third = (roster.homes(person) for person in roster.holders("村民"))
    assert first == second != third
    assert roster.households(roster.holders("村民")) == 5


@pytest.mark.parametrize("value", [0, -1, True, "三户", "0 人一户", 1.5])
def test_what_is_no_number_of_households_is_refused(value: object) -> None:
    with pytest.raises(HouseholdsError, match="要写户数"):
        read({"村民代表": value})


def test_the_total_is_a_number() -> None:
    with pytest.raises(HouseholdsError, match="要写户数"):
        read({"总户数": "2 人一户"})
    assert at_home({}, {"总户数": 7}) == ({}, 7)
