"""Meetings on the server: convened, announced, opened, attended, ended; in one act where nothing is to be counted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from engine import operations
from engine.queries import meeting_lists
from engine.queries import meetings as queries
from engine.queries import tasks as task_queries
from engine.refusal import Forbidden, Invalid, NotVisible, Overtaken, Refusal
from engine.store.proceedings import agenda_items, meeting_members, meetings
from engine.store.tables import instances, registrations
from tests import world
from tests.engine.operations.conftest import Office, photo
from tests.hall import DELEGATES, FULL, NOTED, enrol


class Hall:
    """The village with its delegates, and meetings held in it."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.delegates = office.database.run(lambda c: enrol(c, office.world))
        for folder in (FULL, NOTED):
            operations.publish_procedure(office.runtime, None, folder, "county")

    def start(self, key: str = "full", title: str = "修路") -> str:
        started = operations.start_matter(self.office.runtime, self.office["主任"], key, "village", title)
        return self.office.task(started.instance_id, "开会审议").id

    def act(self, task: str, name: str, by: str = "主任", **data: Any) -> Any:
        more = {key: data.pop(key) for key in ("on_behalf_of", "papers") if key in data}
        return operations.act_on_task(self.office.runtime, self.office[by], task, name, data, **more)

    def refused(self, code: str, task: str, name: str, by: str = "主任", **data: Any) -> Refusal:
        with pytest.raises(Refusal) as refusal:
            self.act(task, name, by, **data)
        assert refusal.value.code == code, refusal.value.message
        return refusal.value

    def convene(self, task: str, at: str = "2026-03-02T19:00") -> None:
        self.act(task, "convene", 时间=at, 地点="村委会二楼")

    def announce(self, task: str) -> None:
        proof = operations.upload_file(self.office.runtime, self.office["主任"], photo(), "公告.png")
        proofs = [{"id": proof["id"], "name": "公告.png"}]
        self.act(task, "announce", 渠道=["微信群", "村务公开栏"], 凭证=proofs)

    def opened(self, task: str, present: int) -> str:
        self.convene(task)
        self.announce(task)
        self.act(task, "open", 到会=self.delegates[:present])
        return task

    def one(self, table: Any) -> Any:
        with self.office.database.read() as c:
            return c.execute(select(table)).one()

    def view(self, task: str, by: str = "主任") -> Any:
        runtime = self.office.runtime
        with self.office.database.read() as c:
            actor = runtime.actor(c, self.office[by])
        return task_queries.task(runtime, actor, task)


@pytest.fixture
def hall(office: Office) -> Hall:
    return Hall(office)


def test_four_acts_from_convening_to_the_conclusion(hall: Hall) -> None:
    task = hall.opened(hall.start(), 20)
    done = hall.act(task, "close", 结论="通过", 纪要="大家同意修路", 初步议案="硬化村口道路")
    result = done.results["审议"]
    assert {key: result[key] for key in ("结论", "应到", "实到", "初步议案", "纪要")} == {
        "结论": "通过", "应到": 30, "实到": 20, "初步议案": "硬化村口道路", "纪要": "大家同意修路",
    }  # fmt: skip
    held = hall.one(meetings)
    assert (held.status, held.id) == ("held", result["会议"])
    assert result["参加人"] == sorted(hall.delegates[:20])
    assert result["办理人"] == [hall.office["主任"]]
    assert hall.office.steps(done.instance_id) == ["落实"]


def test_one_act_writes_down_a_meeting_with_its_guests(hall: Hall) -> None:
    task = hall.start("noted")
    guests = [{"姓名": "张工", "单位": "县交通局"}]
    before = {"时间": "2026-03-01T19:00", "地点": "村委会", "到会": hall.delegates[:3], "邀请人员": guests}
    hall.refused("held-in-future", task, "close", **before | {"时间": "2026-03-03T19:00"})
    done = hall.act(task, "close", **before)
    result = done.results["审议"]
    assert (result["结论"], result["应到"], result["实到"]) == ("形成意见", 30, 3)
    assert result["邀请人员"] == ["张工（县交通局）"]
    assert hall.one(meetings).status == "held" and hall.one(agenda_items).outcome == "形成意见"


def test_not_announced_not_opened(hall: Hall) -> None:
    task = hall.start()
    hall.refused("not-convened", task, "open", 到会=[])
    hall.convene(task)
    assert "LB-2.1" in hall.refused("not-announced", task, "open", 到会=[]).message
    hall.announce(task)
    hall.convene(task, "2026-03-03T19:00")  # another time: made public again
    hall.refused("not-announced", task, "open", 到会=[])
    hall.announce(task)
    hall.refused("too-early", task, "open", 到会=[])
    hall.office.wait(days=1)
    hall.act(task, "open", 到会=[])


def test_the_database_does_not_open_what_was_not_announced(hall: Hall) -> None:
    hall.convene(hall.start())
    with pytest.raises(Exception, match="announced"):
        hall.office.database.run(lambda c: c.execute(update(meetings).values(opened_at=hall.office.clock())))


def test_the_announcement_wants_a_proof_and_a_channel(hall: Hall) -> None:
    task = hall.start()
    hall.convene(task)
    assert set(hall.refused("form", task, "announce").fields) == {"渠道", "凭证"}


def test_too_few_came(hall: Hall) -> None:
    task = hall.opened(hall.start(), 19)
    assert "还差 1 人" in hall.refused("inquorate", task, "close", 结论="通过", 初步议案="修路").message
    done = hall.act(task, "close", 结论="未达法定人数")
    assert done.results["审议"]["结论"] == "未达法定人数"
    assert hall.one(meetings).status == "inquorate"


def test_late_comers_sign_in_and_mistakes_are_put_right(hall: Hall) -> None:
    task = hall.opened(hall.start(), 19)
    assert hall.act(task, "attend", "代表20") is None
    hall.act(task, "attend", "代表20")  # twice is once
    hall.act(
        task,
        "attend",
        "文书",
        到会=hall.delegates[20:22],
        请假=[hall.delegates[22]],
        未到=[hall.delegates[0]],
    )
    hall.refused("attend-others", task, "attend", "代表5", 到会=[hall.delegates[25]])
    hall.refused("marked-twice", task, "attend", 到会=[hall.delegates[3]], 请假=[hall.delegates[3]])
    done = hall.act(task, "close", 结论="通过", 初步议案="修路")
    assert done.results["审议"]["实到"] == 21


def test_the_roll_is_frozen_at_the_opening(hall: Hall) -> None:
    task = hall.opened(hall.start(), 20)
    hall.office.database.run(lambda c: c.execute(
        insert(registrations).values(
            register="村民代表", unit_id=hall.office.world.units["village"],
            person_id=hall.office["百姓"], starts_on=world.SINCE,
        )
    ))  # fmt: skip
    refusal = hall.refused("not-on-roll", task, "attend", "百姓")
    assert "不在开会时定下的名册上" in refusal.message
    assert hall.view(task).proceeding.meeting.record.roll == DELEGATES


def test_after_the_end_nobody_signs_in(hall: Hall) -> None:
    task = hall.opened(hall.start(), 20)
    hall.act(task, "close", 结论="通过", 初步议案="修路")
    with pytest.raises(Overtaken, match="刚刚已由"):
        hall.act(task, "attend", "书记")


def test_a_meeting_is_conducted_by_its_chair_and_recorder(hall: Hall) -> None:
    task = hall.start()
    with pytest.raises((Forbidden, NotVisible)):
        hall.act(task, "convene", "代表1", 时间="2026-03-02T19:00", 地点="村委会")
    hall.act(task, "convene", "文书", 时间="2026-03-02T19:00", 地点="村委会")
    held = hall.one(meetings)
    assert (held.chair_id, held.recorder_id) == (hall.office["主任"], hall.office["文书"])


def test_two_matters_in_one_meeting(hall: Hall) -> None:
    first, second = hall.start(title="修路"), hall.start(title="修水渠")
    hall.convene(first)
    hall.announce(first)
    joinable = hall.view(second).proceeding.joinable
    hall.act(second, "convene", 会议=joinable[0].id)
    hall.refused("not-announced", first, "open", 到会=[])  # with one more item it is announced again
    hall.announce(second)
    hall.act(first, "open", 到会=hall.delegates[:20])
    assert [item.title for item in hall.view(second).proceeding.meeting.agenda] == ["修路", "修水渠"]
    one = hall.act(first, "close", 结论="通过", 初步议案="修路", 纪要="先修路")
    assert hall.one(meetings).status == "open"
    hall.act(second, "attend", 到会=[hall.delegates[20]])
    two = hall.act(second, "close", 结论="不通过", 初步议案="修渠", 说明="没有钱", 纪要="渠以后修")
    held = hall.one(meetings)
    assert (held.status, held.minutes) == ("held", "先修路\n\n渠以后修")
    assert [r.results["审议"]["实到"] for r in (one, two)] == [20, 21]
    assert one.instance_id != two.instance_id


def test_a_step_moves_to_another_meeting_and_leaves_an_empty_one_cancelled(hall: Hall) -> None:
    first, second = hall.start(title="修路"), hall.start(title="修水渠")
    hall.convene(first)
    hall.convene(second)
    before = hall.view(second).proceeding.meeting.id
    hall.act(second, "convene", 会议=hall.view(first).proceeding.meeting.id)
    with hall.office.database.read() as c:
        assert c.scalar(select(meetings.c.status).where(meetings.c.id == before)) == "cancelled"
    hall.refused("meeting-unknown", second, "convene", 会议="f" * 32)


def test_the_end_of_a_matter_does_not_hold_up_the_meeting(hall: Hall) -> None:
    first, second = hall.start(title="修路"), hall.start(title="修水渠")
    hall.convene(first)
    hall.act(second, "convene", 会议=hall.view(first).proceeding.meeting.id)
    hall.announce(first)
    hall.act(first, "open", 到会=hall.delegates[:20])
    runtime, matter = hall.office.runtime, hall.view(second).instance_id
    operations.cancel_matter(runtime, hall.office["主任"], matter, "不办了")
    hall.act(first, "close", 结论="通过", 初步议案="修路")
    assert hall.one(meetings).status == "held"


def test_what_can_be_done_next_and_what_hinders(hall: Hall) -> None:
    task = hall.start()
    assert hall.view(task).proceeding.acts == ("convene",)
    hall.convene(task)
    shown = hall.view(task).proceeding
    assert shown.acts == ("announce", "convene", "reply") and "LB-2.1" in shown.hindrance
    hall.announce(task)
    shown = hall.view(task).proceeding
    assert shown.acts == ("open", "convene", "reply") and not shown.hindrance
    assert [paper.name for paper in shown.meeting.evidence] == ["公告.png"]
    hall.act(task, "open", 到会=hall.delegates[:19])
    shown = hall.view(task).proceeding
    assert shown.acts == ("attend", "close")
    assert (shown.quorum.missing, shown.outcomes) == (1, ("未达法定人数",))
    assert hall.view(task, "代表20").proceeding.acts == ("attend",)
    assert hall.view(task, "代表1").proceeding.acts == ()
    assert hall.view(task, "代表1").proceeding.meeting.members == []


def test_who_sees_a_meeting(hall: Hall) -> None:
    task = hall.opened(hall.start(), 20)
    meeting_id = hall.view(task).proceeding.meeting.id

    def seen(name: str) -> list[str]:
        runtime = hall.office.runtime
        with hall.office.database.read() as c:
            actor = runtime.actor(c, hall.office[name])
        return [each.id for each in meeting_lists.listing(runtime, actor).items]

    assert seen("主任") == seen("代表30") == seen("经管") == [meeting_id]
    assert seen("外村") == seen("百姓") == []
    runtime = hall.office.runtime
    with hall.office.database.read() as c:
        outsider = runtime.actor(c, hall.office["外村"])
    with pytest.raises(NotVisible):
        queries.one(runtime, outsider, meeting_id)


def test_on_behalf_of_the_chair_with_a_photo(hall: Hall) -> None:
    task = hall.start()
    paper = operations.upload_file(hall.office.runtime, hall.office["文书"], photo(), "通知.png")
    hall.act(
        task, "convene", "文书", 时间="2026-03-02T19:00", 地点="村委会",
        on_behalf_of=hall.office["主任"], papers=[paper["id"]],
    )  # fmt: skip
    assert hall.one(meetings).chair_id == hall.office["主任"]


def test_the_state_does_not_grow_with_the_roll(hall: Hall) -> None:
    def size(present: int) -> int:
        task = hall.opened(hall.start(), present)
        with hall.office.database.read() as c:
            return len(
                c.scalar(select(instances.c.state).where(instances.c.id == hall.view(task).instance_id))
            )

    assert size(2) == size(30)
    with hall.office.database.read() as c:
        assert c.scalar(select(func.count()).select_from(meeting_members)) == 2 * DELEGATES


def test_bad_input_is_refused_with_the_field(hall: Hall) -> None:
    task = hall.start()
    with pytest.raises(Invalid) as refusal:
        hall.act(task, "convene", 时间="明天", 地点="")
    assert set(refusal.value.fields) == {"时间", "地点"}
    assert (
        "时间"
        in hall.refused("starts-in-past", task, "convene", 时间="2026-03-01T19:00", 地点="村委会").fields
    )


def test_many_sign_in_at_once_and_each_is_counted_once(hall: Hall) -> None:
    task = hall.opened(hall.start(), 0)

    def sign_in(number: int) -> None:
        for _ in range(2):  # some tap twice
            hall.act(task, "attend", f"代表{number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sign_in, range(1, DELEGATES + 1)))
    done = hall.act(task, "close", 结论="通过", 初步议案="修路")
    assert done.results["审议"]["实到"] == DELEGATES


def test_signing_in_while_the_meeting_ends_is_in_time_or_told(hall: Hall) -> None:
    task = hall.opened(hall.start(), 20)

    def late(number: int) -> str:
        try:
            hall.act(task, "attend", f"代表{number}")
        except Refusal as refusal:
            return refusal.code
        return "present"

    with ThreadPoolExecutor(4) as pool:
        said = [pool.submit(late, number) for number in range(21, 27)]
        ended = pool.submit(hall.act, task, "close", 结论="通过", 初步议案="修路")
        said += [pool.submit(late, number) for number in range(27, 31)]
    codes = [one.result() for one in said]
    assert set(codes) <= {"present", "task-done", "meeting-ended"}
    assert ended.result().results["审议"]["实到"] == 20 + codes.count("present")


def test_the_matter_shows_the_meeting_in_words(hall: Hall) -> None:
    task = hall.start("noted")
    guests = [{"姓名": "张工", "单位": "县交通局"}]
    before = {"时间": "2026-03-01T19:00", "地点": "村委会", "到会": hall.delegates[:3], "邀请人员": guests}
    done = hall.act(task, "close", **before, 纪要="可行")
    after = hall.view(hall.office.task(done.instance_id, "落实").id)
    shown = {line.label: line.text for line in after.results[0].lines}
    assert shown["论证专家"] == "张工（县交通局）"
    assert (shown["到会"], shown["会议纪要"]) == ("应到 30 人，实到 3 人", "可行")
    assert not {"会议", "参加人", "邀请人员"} & set(shown)
