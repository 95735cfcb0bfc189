"""Who was there is what a majority is reckoned on: it is not changed under a vote, nor without a trace."""

import pytest
from sqlalchemy import select

from engine.queries import matters
from engine.refusal import Invalid
from engine.store.tables import journal
from tests.voting import Hall, figures


@pytest.fixture
def hall(office):
    return Hall(office.runtime, office.world)


def refusal(kind, code):
    return pytest.raises(kind, check=lambda refused: refused.code == code)


def paper(hall, present, *titles, also=("委员", "主任")):
    matter, task = hall.matter(*titles)
    hall.convene(task)
    hall.open(task, [*hall.voters[:present], *also], 方式="paper")
    return matter, task


def entries(office, matter, action):
    own = select(journal).where(journal.c.chain == f"instance:{matter}", journal.c.action == action)
    return office.database.look(lambda c: list(c.execute(own)))


ELEVEN = figures(发出=20, 收回=20, 有效=20, 赞成=14, 反对=6, 弃权=0)


def test_who_comes_after_the_count_does_not_change_what_came_of_it(hall):
    """14 of 20 are two thirds; ten late comers do not turn that into 14 of 30."""
    matter, task = paper(hall, 20)
    hall.act(task, "enter_count", "文书", ELEVEN)
    hall.act(task, "attend", "文书", {"到会": hall.ids(hall.voters[20:])})
    hall.act(task, "confirm_count", "监督", {"结束": True})
    result = hall.result(matter)
    assert result["结论"] == "通过" and result["实到"] == 30
    assert "赞成 14 × 3 ≥ 到会 20 × 2" in result["依据"]
    assert "赞成 14 × 2 > 到会组成人员 22 × 1" in result["依据"]


def test_each_motion_is_reckoned_on_who_was_there_when_it_was_counted(hall):
    matter, task = paper(hall, 20, "修路", "建桥")
    hall.act(task, "enter_count", "文书", {"motion": 1, **ELEVEN})
    hall.act(task, "attend", "文书", {"到会": hall.ids(hall.voters[20:])})
    second = figures(发出=30, 收回=14, 有效=14, 赞成=14, 反对=0, 弃权=0)
    hall.act(task, "enter_count", "文书", {"motion": 2, **second})
    hall.act(task, "confirm_count", "监督", {"结束": True})
    assert [motion["通过"] for motion in hall.result(matter)["议案"]] == [True, False]


@pytest.mark.parametrize("word", ["未到", "请假"])
def test_nobody_is_taken_off_while_a_count_stands(hall, word):
    """A lost motion (19 of 30) must not be carried by making those fewer who were there."""
    matter, task = paper(hall, 30)
    lost = figures(赞成=19, 反对=7, 弃权=4)
    hall.act(task, "enter_count", "文书", lost)
    with refusal(Invalid, "count-stands"):
        hall.act(task, "attend", "文书", {word: hall.ids(hall.voters[28:])})
    hall.act(task, "confirm_count", "监督", {"不一致": "有两个人没有来"})
    hall.act(task, "attend", "文书", {word: hall.ids(hall.voters[28:])})
    with refusal(Invalid, "count"):  # counted again: the sheet says who was there
        hall.act(task, "enter_count", "文书", lost)
    hall.act(task, "enter_count", "文书", figures(发出=28, 收回=28, 有效=28, 赞成=18, 反对=6, 弃权=4))
    hall.act(task, "confirm_count", "监督")
    with refusal(Invalid, "count-stands"):
        hall.act(task, "attend", "文书", {word: hall.ids(hall.voters[27:28])})
    hall.act(task, "close", "主席")
    assert hall.result(matter)["结论"] == "未通过"


def test_who_is_not_there_yet_may_be_marked_so_after_the_count(hall):
    _, task = paper(hall, 20)
    hall.act(task, "enter_count", "文书", ELEVEN)
    hall.act(task, "attend", "文书", {"请假": hall.ids(hall.voters[25:])})


def test_a_count_of_another_matter_that_is_decided_holds_nobody(hall, office):
    """People leave after the first item of a meeting; the second one is voted without them."""
    (_, road), (_, bridge) = hall.matter(), hall.matter()
    hall.convene(road)
    with office.database.read() as c:
        from engine.store.proceedings import meetings

        held = c.scalar(select(meetings.c.id))
    hall.act(bridge, "convene", "主席", {"会议": held})
    hall.open(road, hall.voters, 方式="paper")
    hall.act(road, "enter_count", "文书", figures())
    hall.act(road, "confirm_count", "监督", {"结束": True})
    hall.act(bridge, "attend", "文书", {"请假": hall.ids(hall.voters[28:])})
    hall.open(bridge, [], 方式="named")
    hall.cast(bridge, yes=28)


def test_taking_somebody_off_stands_in_the_journal(hall, office):
    """By name a correction is possible while the person has not voted; whoever makes it, it is seen."""
    matter, task = hall.matter()
    hall.convene(task)
    hall.open(task, hall.voters)
    hall.cast(task, yes=18)
    hall.act(task, "attend", "代表30")
    hall.act(task, "attend", "文书", {"请假": hall.ids(hall.voters[29:])})
    [entry] = entries(office, matter, "attend")
    assert (entry.actor_id, entry.detail["corrected"]) == (hall.id("文书"), 1)
    actor = office.database.look(lambda c: office.runtime.actor(c, hall.id("主席")))
    latest = matters.matter(office.runtime, actor, matter).timeline[0]
    assert latest.title == "签到" and "代表30" in latest.lines[0].text
