"""公示 on the server: it hangs for its days, every objection is answered, and the clock ends it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine.calendar import Year
from engine.operations.acting import act_by_clock
from engine.operations.calendars import publish_calendar
from engine.queries import tasks as queries
from engine.refusal import Forbidden, Invalid, Overtaken
from engine.store.proceedings import notices, publications
from engine.store.tables import tasks
from tests.consulting import Square, answering, asking, publishing


@pytest.fixture
def square(office):
    return Square(office.runtime, office.world, publishing(), asked=3)


def refusal(kind, code):
    return pytest.raises(kind, check=lambda refused: refused.code == code)


def view(square, name, task):
    with square.runtime.database.read() as c:
        actor = square.runtime.actor(c, square.id(name))
    return queries.task(square.runtime, actor, task)


def todo(square, name):
    with square.runtime.database.read() as c:
        actor = square.runtime.actor(c, square.id(name))
    return [card.step for card in queries.todo(square.runtime, actor, "mine").items]


def objection(author="张三", sort="异议"):
    return {"类别": sort, "内容": "路线不公平", "姓名": author}


def test_it_ends_by_the_clock_at_the_end_of_its_last_day(square, office):
    matter, task = square.matter()
    assert "公示" in todo(square, "主任")
    square.publish(task, "微信群", "村务公开栏", 内容="修路的决议")
    assert "公示" not in todo(square, "主任")
    office.wait(days=7)  # nine in the morning of the last day
    assert "公示" in square.open(matter)
    office.wait(hours=14, minutes=59)
    assert "公示" in square.open(matter)
    office.wait(minutes=1)
    assert list(square.open(matter)) == ["公布"]
    result = square.result(matter, "公示")
    assert (result["结论"], result["渠道"]) == ("无异议", ["村务公开栏", "微信群"])
    assert (result["起"], result["止"]) == ("2026-03-02", "2026-03-09")
    assert (result["反馈"], result["异议"], result["办理人"]) == (0, 0, [square.id("主任")])


def test_feedback_comes_back_to_who_published_and_is_answered(square, office):
    matter, task = square.matter()
    square.publish(task)
    square.act(task, "add_feedback", "文书", objection())
    square.act(task, "add_feedback", "文书", objection("李四"))
    assert "公示" in todo(square, "主任")
    square.act(task, "answer", "主任", {"答复": [{"编号": "1", "采纳": "部分采纳", "答复": "改线五米"}]})
    assert "公示" in todo(square, "主任")
    square.act(task, "answer", "主任", {"答复": [{"采纳": "不采纳", "答复": "已经多数通过"}]})
    assert "公示" not in todo(square, "主任")
    office.wait(days=8)
    result = square.result(matter, "公示")
    assert (result["结论"], result["反馈"], result["异议"]) == ("有异议", 2, 2)
    assert (result["采纳"], result["部分采纳"], result["不采纳"]) == (0, 1, 1)


@pytest.mark.parametrize(
    ("authors", "objectors", "outcome"),
    [
        (["张三"], 1, "无异议"),
        (["张三", "张三"], 1, "无异议"),
        (["张三", "李四"], 2, "有异议"),
        (["", ""], 2, "有异议"),
    ],
)
def test_objections_count_people_not_papers(square, office, authors, objectors, outcome):
    matter, task = square.matter()
    square.publish(task)
    for author in authors:
        square.act(task, "add_feedback", "文书", objection(author))
    square.act(task, "add_feedback", "文书", objection("赵六", sort="意见"))
    square.act(task, "answer", "主任", {"答复": [{"编号": f"1-{len(authors) + 1}", "采纳": "采纳"}]})
    office.wait(days=8)
    result = square.result(matter, "公示")
    assert (result["异议"], result["结论"]) == (objectors, outcome)


def test_what_is_unanswered_keeps_it_open_after_its_days(square, office):
    matter, task = square.matter()
    square.publish(task)
    square.act(task, "add_feedback", "文书", objection())
    with refusal(Invalid, "too-early"):
        square.act(task, "close", "主任")
    office.wait(days=8)
    assert "公示" in square.open(matter) and "公示" in todo(square, "主任")
    with refusal(Invalid, "unanswered"):
        square.act(task, "close", "主任")
    square.act(task, "answer", "主任", {"答复": [{"采纳": "采纳"}]})
    assert "公示" in todo(square, "主任") and view(square, "主任", task).proceeding.acts[-1] == "close"
    square.act(task, "close", "主任")
    assert square.result(matter, "公示")["结论"] == "无异议"


def test_it_goes_out_once_with_enough_channels_and_a_proof_of_each(office):
    """LB-7.1: the channels are ticked, and each has its evidence."""
    square = Square(office.runtime, office.world, publishing(least="2"), asked=1)
    _, task = square.matter()
    with refusal(Invalid, "channels-few"):
        square.publish(task, "微信群")
    with refusal(Invalid, "channel-twice"):
        square.publish(task, "微信群", "微信群")
    with refusal(Invalid, "form") as refused:
        square.act(task, "publish", "主任", {"渠道": [{"渠道": "微信群", "凭证": []}]})
    assert list(refused.value.fields) == ["渠道[0].凭证"]
    with refusal(Invalid, "not-published"):
        square.act(task, "add_feedback", "文书", objection())
    square.publish(task, "微信群", "大喇叭")
    with refusal(Overtaken, "published"):
        square.publish(task, "微信群", "村务公开栏")
    with office.database.read() as c:
        assert len(c.execute(select(publications)).all()) == 2
        row = c.execute(select(notices)).one()
        assert row.ends_at - row.starts_at == timedelta(days=7, hours=15)
        clock = c.execute(select(tasks.c.due_at, tasks.c.closes_at).where(tasks.c.id == task)).one()
        assert tuple(clock) == (row.ends_at, row.ends_at - timedelta(days=1))  # first it asks for a photo


def test_only_who_is_in_charge_publishes_and_answers(square):
    _, task = square.matter()
    with refusal(Forbidden, "not-yours"):
        square.act(task, "publish", "文书", {"渠道": [{"渠道": "微信群", "凭证": [square.paper("文书")]}]})
    square.publish(task)
    square.act(task, "add_feedback", "文书", objection())
    with refusal(Forbidden, "not-yours"):
        square.act(task, "answer", "文书", {"答复": [{"采纳": "采纳"}]})


def test_the_text_is_put_together_from_the_results_shown(office):
    square = Square(office.runtime, office.world, asking(), publishing(shows="征求"), asked=3)
    matter, task = square.matter()
    square.say(task, yes=2, no=1)
    square.act(task, "close", "主任", {"归纳": "多数赞成"})
    notice = square.open(matter)["公示"]
    proposed = view(square, "主任", notice).proceeding.content
    assert proposed.startswith("村口道路硬化\n\n【征求】\n") and "意见归纳：多数赞成" in proposed
    assert (
        "收到意见（条）：3\n提了意见的人/应征的人：3/3\n立场：赞成 2，反对 1" in proposed
        and "代表1" not in proposed
    )
    square.publish(notice)
    with office.database.read() as c:
        assert c.scalar(select(notices.c.content)) == proposed


def test_members_hand_in_feedback_of_their_own(office):
    square = Square(
        office.runtime, office.world, publishing(**{"from": "村民代表", "objections": "1"}), asked=2
    )
    _, task = square.matter()
    square.publish(task)
    assert "公示" not in todo(square, "代表1")
    square.act(task, "add_feedback", "代表1", objection(""))
    square.act(task, "add_feedback", "代表1", objection(""))
    assert view(square, "主任", task).proceeding.objectors == 1
    assert [one.author for one in view(square, "代表1", task).proceeding.feedback] == ["代表1", "代表1"]
    assert not view(square, "代表2", task).proceeding.feedback


def test_feedback_may_be_answered_by_a_later_step(office):
    square = Square(office.runtime, office.world, publishing(answers="later"), answering("公示"), asked=1)
    matter, task = square.matter()
    square.publish(task)
    square.act(task, "add_feedback", "文书", objection())
    assert "公示" not in todo(square, "主任")
    office.wait(days=8)
    reply = square.open(matter)["回复"]
    assert view(square, "主任", reply).proceeding.items[0].content == "路线不公平"
    square.act(reply, "answer", "主任", {"答复": [{"采纳": "采纳"}]})
    square.act(reply, "close", "主任")
    assert square.result(matter, "回复")["采纳"] == 1


def test_working_days_follow_the_calendar(office):
    square = Square(office.runtime, office.world, publishing(days="5wd"), asked=1)
    matter, task = square.matter()
    square.publish(task)
    office.wait(days=7)  # the fifth working day has begun, and is not over
    assert "公示" in square.open(matter)
    office.wait(days=1)
    assert "公示" not in square.open(matter)
    assert square.result(matter, "公示")["止"] == "2026-03-09"


def test_feedback_after_the_last_day_is_refused(square, office):
    """Waiting for an answer keeps it open, not open to more: who is late does not make an outcome of it."""
    matter, task = square.matter()
    square.publish(task)
    square.act(task, "add_feedback", "文书", objection())
    assert "add_feedback" in view(square, "文书", task).proceeding.acts
    office.wait(days=8)
    assert "add_feedback" not in view(square, "文书", task).proceeding.acts
    with refusal(Overtaken, "notice-over"):
        square.act(task, "add_feedback", "文书", objection("李四"))
    square.act(task, "answer", "主任", {"答复": [{"采纳": "采纳"}]})
    square.act(task, "close", "主任")
    assert square.result(matter, "公示")["异议"] == 1


def test_the_end_is_the_same_whether_the_clock_was_in_time(square, office):
    """No worker for a day: nothing more is taken, and the notice ends as it would have."""
    matter, task = square.matter()
    square.publish(task)
    office.clock.move_to(office.clock.now + timedelta(days=9))
    with refusal(Overtaken, "notice-over"):
        square.act(task, "add_feedback", "文书", objection())
    office.wait(minutes=1)
    assert square.result(matter, "公示")["止"] == "2026-03-09"


def test_a_holiday_published_later_leaves_the_end_that_was_announced(office):
    square = Square(office.runtime, office.world, publishing(days="5wd"), asked=1)
    _, task = square.matter()
    square.publish(task)
    with office.database.read() as c:
        before = c.scalar(select(notices.c.ends_at))
    publish_calendar(office.runtime, None, Year(2026, {date(2026, 3, 5): (False, "停电")}))
    with office.database.read() as c:
        assert c.scalar(select(notices.c.ends_at)) == before
        assert c.scalar(select(tasks.c.due_at).where(tasks.c.id == task)) == before


def test_the_clock_that_comes_after_the_end_says_nothing(square, office):
    """Somebody ended it in the same moment: no incident, nothing twice."""
    _, task = square.matter()
    square.publish(task)
    office.wait(days=8)
    assert not act_by_clock(office.runtime, task)
