"""选举 on the server: on phones by name, in secret, on paper; hands and weights. The file of each is counted again."""

from datetime import date

import pytest
from sqlalchemy import insert, select

from engine import journal, operations
from engine.ballot_keys import BallotKeys
from engine.people.tenures import appoint
from engine.queries import ballots as queries
from engine.queries import tasks as task_queries
from engine.recount import verify
from engine.refusal import Forbidden, Invalid, Overtaken
from engine.store.tables import household_members, households, kinships, representations
from engine.store.voting import election_rounds, secret_marks
from tests.voting import QUORUM, Hall, figures

ELECTION = {"motions": "", "candidates": "{审定.议案}", "seats": "2", "majority": "超过 1/2 到会组成人员"}


@pytest.fixture
def keys(office, tmp_path):
    office.runtime.ballot_keys = BallotKeys(tmp_path / "keys")
    return office.runtime.ballot_keys


def hall_of(office, **settings):
    return Hall(office.runtime, office.world, 10, **(ELECTION | settings))


def opened(hall, *candidates, **data):
    matter, task = hall.matter(*(candidates or "甲乙丙丁"))
    hall.convene(task)
    hall.open(task, hall.voters, **data)
    return matter, task


def vote(hall, task, *papers):
    """One paper a voter: the places it names, none for 弃权."""
    for voter, places in zip(hall.voters, papers, strict=False):
        hall.act(task, "cast", voter, {"chosen": list(places)} if places else {"弃权": True})


def actor(hall, name):
    return hall.runtime.database.look(lambda c: hall.runtime.actor(c, hall.id(name)))


def seen(hall, task, name):
    return task_queries.task(hall.runtime, actor(hall, name), task).proceeding


def refusal(kind, code):
    return pytest.raises(kind, check=lambda refused: refused.code == code)


def recounted(hall, task):
    report = verify(queries.file(hall.runtime, actor(hall, "代表1"), task))
    assert report.same, report.wrong
    return report


@pytest.mark.parametrize("secrecy", ["named", "secret"])
def test_an_election_goes_through_a_run_off(office, keys, secrecy):
    hall = hall_of(office, method="phone", secrecy=secrecy)
    matter, task = opened(hall)
    vote(hall, task, *[(1, 2)] * 4, *[(1, 3)] * 4, (), (4,))
    assert hall.act(task, "close", "主席").open_tasks[0]["id"] == task
    view = seen(hall, task, "代表1")
    assert view.acts[0] == "cast" and view.motions[0].elected == ["甲"]
    [first] = view.motions[0].ended
    assert [(one.name, one.votes) for one in first.candidates] == [("甲", 8), ("乙", 4), ("丙", 4), ("丁", 1)]
    second = view.motions[0].election
    assert (second.number, second.seats, [one.name for one in second.candidates]) == (2, 1, ["乙", "丙"])
    with refusal(Invalid, "choice-many"):
        hall.act(task, "cast", "代表1", {"chosen": [2, 3]})
    with refusal(Overtaken, "round-ended"):
        hall.act(task, "cast", "代表1", {"chosen": [1]})
    assert len(list(keys.held())) == (secrecy == "secret")
    vote(hall, task, *[(3,)] * 6, *[(2,)] * 4)
    hall.act(task, "close", "主席")
    result = hall.result(matter)
    assert (result["结论"], result["当选人"], result["缺额"], result["轮次"]) == ("选出", ["甲", "丙"], 0, 2)
    assert not list(keys.held())
    record = queries.record(office.runtime, actor(hall, "代表1"), task)
    assert record.elected == ["甲", "丙"] and [round_.number for round_ in record.rounds] == [1, 2]
    report = recounted(hall, task)
    if secrecy == "secret":
        assert len(report.receipts) == 20 and record.voters == ()
        with office.database.read() as c:
            assert len(c.execute(select(secret_marks)).all()) == 20
    else:
        assert record.voters[0].choices == {1: "甲、乙", 2: "丙"} and record.voters[8].choices[1] == "弃权"
    with office.database.snapshot() as c:
        assert journal.verify(c).intact


def test_the_first_round_is_reckoned_on_who_had_come_by_its_end(office):
    """Somebody who comes for the run-off takes nobody's election away."""
    hall = hall_of(office, method="phone")
    matter, task = hall.matter(*"甲乙丙丁")
    hall.convene(task)
    hall.open(task, hall.voters[:8])
    vote(hall, task, (1, 2), (1, 2), (1, 3), (1, 3), (1,), (2,), (3,), (4,))
    hall.act(task, "close", "主席")
    hall.act(task, "attend", "文书", {"到会": hall.ids(hall.voters[8:])})
    assert seen(hall, task, "代表9").motions[0].elected == ["甲"]  # 5 of 8, which of 10 were not enough
    vote(hall, task, *[(2,)] * 10)
    hall.act(task, "close", "主席")
    assert hall.result(matter)["当选人"] == ["甲", "乙"]
    recounted(hall, task)


def test_a_round_is_not_ended_before_those_there_have_voted(office):
    """Two votes and a quick chair would say who stands in the run-off; the others would have no say in it."""
    hall = hall_of(office, method="phone", seats="1")
    matter, task = opened(hall)
    vote(hall, task, (1,), (2,))
    with refusal(Invalid, "round-open"):
        hall.act(task, "close", "主席")
    for voter in hall.voters[2:9]:
        hall.act(task, "cast", voter, {"chosen": [3]})
    hall.act(task, "attend", "文书", {"早退": hall.ids(hall.voters[9:])})
    hall.act(task, "close", "主席")
    assert hall.result(matter)["当选人"] == ["丙"]


def test_the_chair_may_leave_it_at_that(office):
    hall = hall_of(office, method="phone")
    matter, task = opened(hall)
    vote(hall, task, *[(1,)] * 10)
    hall.act(task, "close", "主席", {"不再选": True})
    result = hall.result(matter)
    assert (result["结论"], result["当选人"], result["缺额"]) == ("未选足", ["甲"], 1)
    recounted(hall, task)


def sheet(**votes):
    rows = [{"候选人": place, "票数": number} for place, number in votes.pop("得票").items()]
    return {"发出": 10, "收回": 10, "有效": 10, "无效": 0, "得票": rows} | votes


def test_on_paper_a_sheet_has_every_candidate_and_a_void_turn_is_voted_again(office):
    hall = hall_of(office, method="paper")
    matter, task = opened(hall)
    with refusal(Invalid, "count"):
        hall.act(task, "enter_count", "文书", sheet(得票={1: 9, 2: 11, 3: 0, 4: 0}))
    hall.act(task, "enter_count", "文书", sheet(发出=9, 得票={1: 9, 2: 6, 3: 1, 4: 0}))
    shown = seen(hall, task, "监督").motions[0].sheet
    assert shown.void and shown.figures["甲"] == 9
    hall.act(task, "confirm_count", "监督")
    hall.act(task, "enter_count", "文书", sheet(得票={1: 9, 2: 5, 3: 5, 4: 0}))
    assert seen(hall, task, "监督").motions[0].sheet.elects == "当选：甲；还差 1 人，乙、丙再选一轮"
    hall.act(task, "confirm_count", "监督", {"结束": True})
    assert seen(hall, task, "文书").motions[0].election.number == 2
    hall.act(task, "enter_count", "文书", sheet(得票={2: 4, 3: 6}))
    hall.act(task, "confirm_count", "监督", {"结束": True})
    assert (hall.result(matter)["当选人"], hall.result(matter)["轮次"]) == (["甲", "丙"], 2)
    with office.database.read() as c:
        order = select(election_rounds.c.round, election_rounds.c.elected).order_by(election_rounds.c.round)
        assert [tuple(row) for row in c.execute(order)] == [(1, None), (2, [1]), (3, [3])]
    record = queries.record(office.runtime, actor(hall, "代表1"), task)
    assert record.sheets[1]["丙"] == 6 and len(record.rounds) == 2
    recounted(hall, task)


def test_relatives_of_a_candidate_neither_count_nor_see_to_it(office):
    hall = hall_of(office, method="paper", candidates="{审定.人选}", seats="1")
    matter, task = hall.matter("选一人", people=["代表1", "代表3"])
    pair = sorted(hall.ids(["代表1", "代表2"]))
    office.database.run(lambda c: c.execute(insert(kinships).values(person_id=pair[0], relative_id=pair[1])))
    hall.convene(task)
    for wrong, why in (("代表1", "候选人"), ("代表2", "候选人的近亲属")):
        with pytest.raises(Invalid, match=f"监票人里有{why}"):
            hall.open(task, hall.voters, 监票人=hall.ids([wrong]), 已举手通过=True)
        with pytest.raises(Invalid, match=f"计票人里有{why}"):
            hall.open(task, hall.voters, 计票人=hall.ids([wrong]), 已举手通过=True)
    hall.open(task, hall.voters, 监票人=hall.ids(["代表4"]), 计票人=hall.ids(["代表5"]), 已举手通过=True)
    with refusal(Forbidden, "not-teller"):
        hall.act(task, "enter_count", "文书", sheet(得票={1: 6, 2: 4}))
    view = seen(hall, task, "代表5")
    assert view.acts == ("enter_count",) and (view.tellers, view.scrutineers) == (("代表5",), ("代表4",))
    hall.act(task, "enter_count", "代表5", sheet(得票={1: 6, 2: 4}))
    hall.act(task, "confirm_count", "代表4", {"结束": True})
    assert hall.result(matter)["当选人"] == ["代表1"]
    recounted(hall, task)


def test_a_typed_candidate_is_the_one_of_that_name_and_who_lives_with_him_is_kin(office):
    """Typing names instead of picking people is no way around 兼任-3; nor is a register of relatives nobody filled."""
    hall = hall_of(office, method="paper", seats="1")
    matter, task = hall.matter("代表1（三组）", "丙")

    def live_together(c):
        home = c.execute(insert(households).values(unit_id=office.world.units["village"], number="9"))
        for name in ("代表1", "代表2"):
            row = {"household_id": home.inserted_primary_key[0], "person_id": hall.id(name), "is_head": False}
            c.execute(insert(household_members).values(**row))

    office.database.run(live_together)
    hall.convene(task)
    for wrong, why in (("代表1", "候选人，"), ("代表2", "候选人的近亲属或同户的人")):
        with pytest.raises(Invalid, match=f"监票人里有{why}"):
            hall.open(task, hall.voters, 监票人=hall.ids([wrong]), 已举手通过=True)
    hall.open(task, hall.voters, 监票人=hall.ids(["代表4"]), 已举手通过=True)
    village = office.world.units["village"]
    office.database.run(lambda c: appoint(c, hall.id("代表2"), "文书", village, date(2020, 1, 1)))
    with refusal(Forbidden, "counter-involved"):
        hall.act(task, "enter_count", "代表2", sheet(得票={1: 6, 2: 4}))
    hall.act(task, "enter_count", "文书", sheet(得票={1: 6, 2: 4}))
    hall.act(task, "confirm_count", "代表4", {"结束": True})
    assert hall.result(matter)["当选人"] == ["代表1（三组）"]


@pytest.mark.parametrize("title", ["柳湾村村委会换届选举", "选村民 委员会主任"])
def test_nobody_calls_a_matter_the_election_of_the_committee(office, title):
    """FD-13: the diagram elects a council; what somebody types over it is no way to elect something else."""
    hall = hall_of(office)
    with refusal(Invalid, "election-of-committee"):
        operations.start_matter(office.runtime, hall.id("报账"), "vote", "village", title)
    assert operations.start_matter(
        office.runtime, hall.id("报账"), "vote", "village", "理事会换届"
    ).instance_id


def test_hands_are_three_figures(office):
    hall = Hall(office.runtime, office.world, 10, method="hands")
    matter, task = opened(hall, "修路")
    with refusal(Invalid, "count"):
        hall.act(task, "enter_count", "文书", {"赞成": 9, "反对": 2, "弃权": 0})
    hall.act(task, "enter_count", "文书", {"赞成": 8, "反对": 1, "弃权": 0})
    hall.act(task, "confirm_count", "监督", {"结束": True})
    assert (hall.result(matter)["结论"], hall.result(matter)["方式"]) == ("通过", "举手表决")
    recounted(hall, task)


# ---------------------------------------------------------------- votes that stand for households


def spoken_for(office, hall, *numbers):
    """代表1, 代表2, … speak for so many households each; the village has no others."""

    def settle(c):
        village, number = office.world.units["village"], 0
        for voter, many in zip(hall.voters, numbers, strict=False):
            for _ in range(many):
                number += 1
                made = c.execute(insert(households).values(unit_id=village, number=f"H{number}"))
                row = {"household_id": made.inserted_primary_key[0], "person_id": hall.id(voter)}
                c.execute(insert(representations).values(**row, starts_on=date(2020, 1, 1)))

    office.database.run(settle)


WEIGHED = {"weights": "户", "majority": "超过 1/2 到会户", "quorum": f"{QUORUM}；至少 2/3 户"}


@pytest.mark.parametrize(("yes", "weight"), [(4, 10), (5, 15)])
def test_a_vote_weighs_the_households_it_speaks_for(office, yes, weight):
    """Four of six are most of the people; their ten households are just half of twenty."""
    hall = Hall(office.runtime, office.world, 6, method="phone", **WEIGHED)
    spoken_for(office, hall, 1, 2, 3, 4, 5, 5)
    matter, task = opened(hall, "筹资修渠")
    view = seen(hall, task, "代表4")
    assert (view.weight, view.weighted) == (4, True)
    hall.cast(task, yes=yes, no=6 - yes)
    hall.act(task, "close", "主席")
    [motion] = hall.result(matter)["议案"]
    assert (motion["赞成"], motion["反对"], motion["通过"]) == (weight, 20 - weight, weight > 10)
    record = queries.record(office.runtime, actor(hall, "代表1"), task)
    assert record.weighted and [voter.weight for voter in record.voters] == [1, 2, 3, 4, 5, 5]
    recounted(hall, task)


def test_on_paper_as_many_are_handed_out_as_households_are_there(office):
    hall = Hall(office.runtime, office.world, 6, method="paper", **WEIGHED)
    spoken_for(office, hall, 1, 2, 3, 4, 5, 5)
    matter, task = opened(hall, "筹资修渠")
    with refusal(Invalid, "count"):
        hall.act(task, "enter_count", "文书", figures(发出=21, 收回=20, 有效=20, 赞成=11, 反对=9, 弃权=0))
    hall.act(task, "enter_count", "文书", figures(发出=20, 收回=20, 有效=20, 赞成=11, 反对=9, 弃权=0))
    hall.act(task, "confirm_count", "监督", {"结束": True})
    assert hall.result(matter)["结论"] == "通过"
    recounted(hall, task)
