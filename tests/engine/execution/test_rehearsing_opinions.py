"""A rehearsal asks, answers and publishes as the server does: the same rules, people by their names, a clock."""

from datetime import UTC, datetime

import pytest

from engine.clock import VirtualClock
from engine.execution import ExecutionError, Rehearsal
from engine.execution.roster import Roster
from tests.consulting import answering, asking, procedure, publishing

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
DAY = 86_400
PAPER = [{"id": "0" * 64, "name": "意见卡.jpg"}]


@pytest.fixture
def rehearsal():
    people = {"主任": "村委会主任", "文书": "文书", "报账": "报账员"}
    people |= {f"代表{n}": "村民代表" for n in range(1, 31)}
    folder = procedure("ask", [asking(), answering(), publishing()])
    started = Rehearsal.load(folder, VirtualClock(MONDAY), roster=Roster(people))
    started.start()
    return started


def do(rehearsal, by, action=None, **data):
    rehearsal.complete(rehearsal.open_tasks()[0].id, data, by=by, action=action)


def test_the_whole_way(rehearsal):
    for number in range(1, 3):
        do(rehearsal, f"代表{number}", "提意见", 立场="赞成", 内容="好")
    with pytest.raises(ExecutionError, match="撤回"):
        do(rehearsal, "代表1", "提意见", 立场="反对")
    with pytest.raises(ExecutionError, match="纸质原件的照片"):
        do(rehearsal, "文书", "录入一批", 意见=[{"应征人": ["代表3"], "立场": "赞成"}])
    do(
        rehearsal,
        "文书",
        "录入一批",
        照片=PAPER,
        意见=[{"应征人": [f"代表{n}" for n in range(3, 20)], "立场": "反对"}],
    )
    with pytest.raises(ExecutionError, match="至少听到 20 人的意见，现在 19 人"):
        do(rehearsal, "主任")
    do(rehearsal, "代表20", "提意见", 立场="其他", 内容="再议")
    do(rehearsal, "主任", 归纳="有不同意见")
    found = rehearsal.data["征求"]
    assert (found["条数"], found["覆盖"], found["归纳"]) == (20, "20/30", "有不同意见")
    assert found["立场"] == {"赞成": 2, "反对": 17, "其他": 1}

    do(rehearsal, "主任", "答复", 答复=[{"编号": "1-19", "采纳": "采纳"}])
    with pytest.raises(ExecutionError, match="还有 1 条"):
        do(rehearsal, "主任")
    do(rehearsal, "主任", "answer", 答复=[{"采纳": "不采纳", "答复": "不能再拖"}])
    do(rehearsal, "主任")
    assert rehearsal.data["回复"]["采纳"] == 19

    do(rehearsal, "主任", "公示", 渠道=[{"渠道": "微信群", "凭证": PAPER}])
    rehearsal.advance(7 * DAY)
    do(rehearsal, "文书", "记反馈", 类别="异议", 内容="不公平", 姓名="张三")
    rehearsal.advance(DAY)
    assert "公示" not in rehearsal.data  # the clock found something unanswered
    do(rehearsal, "主任", "答复", 答复=[{"采纳": "采纳"}])
    do(rehearsal, "主任", "结束")
    assert rehearsal.data["公示"]["结论"] == "无异议"  # two must object
    assert [task.name for task in rehearsal.open_tasks()] == ["公布"]


def test_after_the_period_a_reason_is_enough(rehearsal):
    rehearsal.advance(4 * DAY)
    with pytest.raises(ExecutionError, match="现在还不能汇总"):
        do(rehearsal, "主任", 说明="没有人提")
    rehearsal.advance(2 * DAY)
    with pytest.raises(ExecutionError, match="请写明为什么"):
        do(rehearsal, "主任")
    do(rehearsal, "主任", 说明="都外出了")
    assert rehearsal.data["征求"]["条数"] == 0
    do(rehearsal, "主任")  # nothing to answer
    assert [task.name for task in rehearsal.open_tasks()] == ["公示"]


def test_the_clock_ends_a_notice_without_anybody(rehearsal):
    rehearsal.advance(6 * DAY)
    do(rehearsal, "主任", 说明="没有人提")
    do(rehearsal, "主任")
    do(rehearsal, "主任", 渠道=[{"渠道": "微信群", "凭证": PAPER}])
    assert rehearsal.due[0][0] == datetime(2026, 3, 15, 16, tzinfo=UTC)
    rehearsal.advance(10 * DAY)
    assert (rehearsal.data["公示"]["起"], rehearsal.data["公示"]["止"]) == ("2026-03-08", "2026-03-15")
