"""Steps that end without their own conclusion: nothing said is lost, and nothing waits for them."""

import pytest
from sqlalchemy import func, select

from engine import operations
from engine.operations.acting import Act
from engine.refusal import NotVisible, Overtaken
from engine.store.proceedings import agenda_items, meetings, taken_part
from engine.store.voting import ballots
from tests.consulting import Square, asking
from tests.procedures import Flow, Node, folder, form, step, text
from tests.voting import MAJORITY, QUORUM, Hall


@pytest.fixture
def hall(office):
    return Hall(office.runtime, office.world, 3)


def refusal(kind, code):
    return pytest.raises(kind, check=lambda refused: refused.code == code)


def one(office, *columns):
    return office.database.look(lambda c: c.execute(select(*columns)).one())


# ---------------------------------------------------------------- taken back


@pytest.fixture
def square(office):
    """填 by 报账员, then 征求 (whose opinions the withdrawal of 填 would take away)."""
    fill = step("fill", "填", "报账员", "tell")
    return Square(office.runtime, office.world, fill, asking(), asked=3)


def test_a_step_is_not_taken_back_once_somebody_has_spoken_on_the_next(square, office):
    matter, fill = square.matter()
    operations.complete_task(office.runtime, office["报账"], fill, {})
    ask = square.open(matter)["征求"]
    square.say(ask, yes=1)
    with refusal(Overtaken, "cannot-withdraw"):
        operations.withdraw_step(office.runtime, office["报账"], matter)
    assert square.open(matter)["征求"] == ask and square.count(ask) == 1
    square.act(ask, "withdraw", "代表1")
    operations.withdraw_step(office.runtime, office["报账"], matter)
    assert list(square.open(matter)) == ["填"]


# ---------------------------------------------------------------- cancelled


def test_a_meeting_whose_only_matter_is_cancelled_is_cancelled_too(hall, office):
    matter, task = hall.matter()
    hall.convene(task)
    operations.cancel_matter(office.runtime, hall.id("报账"), matter, "不办了")
    assert one(office, meetings.c.status).status == "cancelled"
    assert one(office, agenda_items.c.outcome).outcome == "议题已撤销"


def test_an_open_vote_of_a_cancelled_matter_is_closed_without_a_result(hall, office):
    matter, task = hall.matter()
    hall.convene(task)
    hall.open(task, [*hall.voters, "委员"])
    hall.cast(task, yes=1)
    operations.cancel_matter(office.runtime, hall.id("报账"), matter, "不办了")
    assert one(office, ballots.c.status, ballots.c.closed_at) == ("closed", None)
    assert one(office, meetings.c.status).status == "cancelled"
    assert office.database.look(lambda c: c.scalar(select(func.count()).select_from(taken_part))) == 0
    with pytest.raises((NotVisible, Overtaken)):
        hall.act(task, "cast", "代表2", {"choice": "赞成"})


def test_a_meeting_ends_with_the_last_matter_also_when_that_is_cancelled(hall, office):
    (_, road), (bridge, later) = hall.matter(), hall.matter()
    hall.convene(road)
    hall.act(later, "convene", "主席", {"会议": one(office, meetings.c.id).id})
    hall.open(road, [*hall.voters, "委员"])
    hall.cast(road, yes=3)
    hall.act(road, "close", "主席")
    assert one(office, meetings.c.status).status == "open"
    operations.cancel_matter(office.runtime, hall.id("报账"), bridge, "不办了")
    row = one(office, meetings.c.status, meetings.c.ended_at)
    assert row.status == "held" and row.ended_at is not None


def test_an_act_that_comes_after_the_cancellation_leaves_nothing(hall, office):
    """It has read the step; the matter is cancelled; then it writes."""
    matter, task = hall.matter()
    with office.database.read() as c:
        late = Act.read(office.runtime, c, hall.id("主席"), task, "convene")
        late.authorise(None, ())
        late.validate({"时间": "2026-03-05T09:00", "地点": "村委会"}, ())
    operations.cancel_matter(office.runtime, hall.id("报账"), matter, "不办了")
    with pytest.raises(NotVisible), office.database.write() as late.c:
        late.carry_out()
    assert office.database.look(lambda c: c.scalar(select(func.count()).select_from(meetings))) == 0


# ---------------------------------------------------------------- left by an event


def test_a_vote_that_an_event_interrupts_leaves_no_meeting_open(office):
    hall = Hall(office.runtime, office.world, 3)
    body = {"kind": "ballot", "roll": "村民代表", "also": "村委会成员"}
    hour = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
    nodes = [
        Node("start", "startEvent", "开始", "报账员"),
        step("poll", "票决", "村代会主席", quorum=QUORUM, majority=MAJORITY, **body),
        Node("late", "boundaryEvent", "过时", "村代会主席", body=hour, attached="poll"),
        step("tell", "公布", "报账员", "plain"),
        Node("done", "endEvent", "办结", "报账员"),
    ]
    flows = [Flow("start", "poll"), Flow("poll", "tell"), Flow("late", "tell"), Flow("tell", "done")]
    files = folder("hasty", "限时表决", nodes, flows, {"plain": form(text("说明"))}, "报账员")
    files["hasty.bpmn"] = files["hasty.bpmn"].replace(b'cancelActivity="false"', b'cancelActivity="true"')
    operations.publish_procedure(office.runtime, None, files, "county")
    started = operations.start_matter(office.runtime, hall.id("报账"), "hasty", "village", "修路")
    task = started.open_tasks[0]["id"]
    hall.convene(task)
    hall.open(task, [*hall.voters, "委员"])
    hall.cast(task, yes=2)
    office.wait(hours=2)
    assert office.steps(started.instance_id) == ["公布"]
    with pytest.raises((NotVisible, Overtaken)):
        hall.act(task, "cast", "代表3", {"choice": "赞成"})
    assert one(office, ballots.c.status).status == "closed"
    assert one(office, meetings.c.status).status == "cancelled"
