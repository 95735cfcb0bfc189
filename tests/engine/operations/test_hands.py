"""Two people see every count, whoever comes and goes: dismissed, appointed, in two posts, or through the clerk."""

from datetime import date

import pytest

from engine import operations
from engine.people.tenures import appoint, dismiss
from engine.refusal import Forbidden, Invalid, NotVisible, Overtaken
from tests import world
from tests.engine.operations.conftest import photo
from tests.engine.operations.test_ballots import seen
from tests.voting import Hall, figures

SMALL = figures(发出=6, 收回=6, 有效=6, 赞成=6, 反对=0, 弃权=0)


@pytest.fixture
def hall(office):
    return Hall(office.runtime, office.world, 6)


def refusal(kind, code):
    return pytest.raises(kind, check=lambda refused: refused.code == code)


def paper(hall, *titles, **data):
    matter, task = hall.matter(*titles)
    hall.convene(task)
    hall.open(task, [*hall.voters, "委员"], 方式="paper", **data)
    return matter, task


def away(office, name, post):
    village = office.world.units["village"]
    office.database.run(lambda c: dismiss(c, office[name], post, village, date(2026, 3, 1)))


def also(office, name, post):
    office.database.run(lambda c: appoint(c, office[name], post, office.world.units["village"], world.SINCE))


def test_whoever_follows_the_scrutineer_confirms_the_count(hall, office):
    """Else nobody could: the vote would never end."""
    matter, task = paper(hall)
    hall.act(task, "enter_count", "文书", SMALL)
    away(office, "监督", "村务监督委员会主任")
    office.add("新监督", "村务监督委员会主任")
    with pytest.raises((Forbidden, NotVisible)):
        hall.act(task, "confirm_count", "监督")
    view = seen(hall, task, "新监督")
    assert "confirm_count" in view.acts and view.scrutineers == ("新监督",)
    hall.act(task, "confirm_count", "新监督", {"结束": True})
    assert hall.result(matter)["结论"] == "通过"


def test_without_a_scrutineer_nobody_confirms(hall, office):
    """The post falls vacant after the count: no voter, least of all one with a stake, takes its place."""
    matter, task = paper(hall)
    hall.act(task, "enter_count", "文书", SMALL)
    away(office, "监督", "村务监督委员会主任")
    for name in ("代表1", "委员"):
        with refusal(Forbidden, "no-scrutineer"):
            hall.act(task, "confirm_count", name, {"结束": True})
    office.add("新监督", "村务监督委员会主任")
    hall.act(task, "confirm_count", "新监督", {"结束": True})
    assert hall.result(matter)["结论"] == "通过"


def test_who_was_named_stays_it_and_no_successor_takes_his_place(hall, office):
    _, task = paper(hall, 监票人=hall.ids(["代表2"]), 已举手通过=True)
    hall.act(task, "enter_count", "文书", SMALL)
    away(office, "代表2", "村民代表")
    with refusal(Forbidden, "not-scrutineer"):
        hall.act(task, "confirm_count", "监督")
    hall.act(task, "confirm_count", "代表2", {"结束": True})


def test_the_scrutineer_who_becomes_the_clerk_does_not_count(hall, office):
    """The posts of 监督 and 文书 exclude each other; who is named as a scrutineer may be the clerk a moment later."""
    _, task = paper(hall, 监票人=hall.ids(["代表2"]), 已举手通过=True)
    also(office, "代表2", "文书")
    with refusal(Forbidden, "counter-scrutineer"):
        hall.act(task, "enter_count", "代表2", SMALL)


def test_the_clerk_is_a_hand_of_both_he_types_for(hall, office):
    """Typed for the chair, then for the scrutineer: one and the same person would have seen it."""
    _, task = paper(hall)
    for_chair = operations.upload_file(office.runtime, office["文书"], photo(), "计票单.png")["id"]
    hall.act(task, "enter_count", "文书", SMALL, on_behalf_of=hall.id("主席"), papers=[for_chair])
    other = operations.upload_file(office.runtime, office["文书"], photo("red"), "确认.png")["id"]
    with refusal(Forbidden, "count-own"):
        hall.act(task, "confirm_count", "文书", on_behalf_of=hall.id("监督"), papers=[other])


def test_what_is_confirmed_is_what_was_shown(hall):
    """The counter changes the figures while the scrutineer looks at them: he confirms none he has not seen."""
    _, task = paper(hall)
    hall.act(task, "enter_count", "文书", SMALL)
    shown = seen(hall, task, "监督").figures_to_confirm
    hall.act(task, "enter_count", "文书", SMALL | {"赞成": 0, "反对": 6})
    with refusal(Overtaken, "count-changed"):
        hall.act(task, "confirm_count", "监督", {"所见": shown, "结束": True})
    shown = seen(hall, task, "监督").figures_to_confirm
    hall.act(task, "confirm_count", "监督", {"所见": shown, "结束": True})


def test_a_disputed_count_does_not_hold_up_the_others(hall):
    _, task = paper(hall, "修路", "建桥")
    hall.act(task, "enter_count", "文书", {"计票": [{"motion": place, **SMALL} for place in (1, 2)]})
    hall.act(task, "confirm_count", "监督", {"motion": 1, "不一致": "少一张"})
    hall.act(task, "confirm_count", "监督")
    hall.act(task, "enter_count", "文书", {"motion": 1, **SMALL})
    hall.act(task, "confirm_count", "监督", {"结束": True})


def test_whoever_follows_the_chair_closes(hall, office):
    matter, task = hall.matter()
    hall.convene(task)
    hall.open(task, [*hall.voters, "委员"])
    hall.cast(task, yes=6)
    away(office, "主席", "村代会主席")
    with pytest.raises((Forbidden, NotVisible)):
        hall.act(task, "close", "主席")
    office.add("新主席", "村代会主席")
    hall.act(task, "close", "新主席")
    assert hall.result(matter)["结论"] == "通过"


def test_a_chair_who_is_a_representative_too_votes_once_and_closes(hall, office):
    also(office, "主席", "村民代表")
    matter, task = hall.matter()
    hall.convene(task)
    hall.open(task, [*hall.voters, "主席"])
    hall.cast(task, yes=6)
    hall.act(task, "cast", "主席", {"choice": "反对"})
    hall.act(task, "close", "主席")
    result = hall.result(matter)
    assert (result["应到"], result["组成人员"]) == (7, 9)
    assert result["议案"][0]["反对"] == 1


def test_a_void_count_that_is_confirmed_does_not_end_the_vote(hall):
    """Confirmed and to be ended in one go: the vote is void, so it goes on with the next round."""
    _, task = paper(hall)
    hall.act(task, "enter_count", "文书", SMALL | {"发出": 5})
    hall.act(task, "confirm_count", "监督", {"结束": True})
    with refusal(Invalid, "motion-open"):
        hall.act(task, "close", "主席")
    hall.act(task, "enter_count", "文书", SMALL)
    hall.act(task, "confirm_count", "监督", {"结束": True})
