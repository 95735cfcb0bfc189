"""A draft becomes a version: right, proven, and never over somebody else's work unawares."""

import re
import threading
from typing import Any

import pytest
from sqlalchemy import insert

from engine import operations
from engine.diagram.beginning import blank
from engine.operations.publishing import newest
from engine.queries import matters, prospects
from engine.queries import procedures as queries
from engine.queries.editions import Edition
from engine.refusal import Forbidden, Invalid, NotVisible, Overtaken
from engine.store import Database
from engine.store.tables import tenures
from tests.engine.operations.test_drafts import ZHICHU, Room
from tests.world import SINCE


@pytest.fixture
def room(database: Database) -> Any:
    return Room(database)


def publish(room: Room, draft: str = "", note: str = "改了", **more: Any) -> int:
    draft = draft or room.draft
    seen = more.pop("seen", room.now(draft).revision)
    return operations.publish_draft(room.runtime, room.designer, draft, note, seen=seen, **more)


def look(room: Room, draft: str = "") -> prospects.Prospect:
    with room.runtime.database.read() as c:
        actor = room.runtime.actor(c, room.designer)
    return prospects.prospect(room.runtime, actor, draft or room.draft)


def caller() -> dict[str, bytes]:
    """A procedure that calls `zhichu`."""
    files = blank("haoqian", "花钱", "村", "报账员")
    name = "haoqian.bpmn"
    diagram = re.sub(r"(?s)<extensionElements>.*?</extensionElements>", "", files[name].decode())
    diagram = diagram.replace("<userTask ", '<callActivity calledElement="zhichu" ')
    return files | {name: diagram.replace("</userTask>", "</callActivity>").encode()}


def test_a_note_is_required_and_stays_within_its_bounds(room: Room) -> None:
    for note in ("", "  \n ", "字" * 501):
        with pytest.raises(Invalid) as refused:
            publish(room, note=note)
        assert set(refused.value.fields) == {"note"}
    publish(room, note="字" * 500)


def test_what_changed_since_it_was_looked_at_is_not_published(room: Room) -> None:
    seen = room.now().revision
    room.save("一", by=room.other)
    with pytest.raises(Overtaken, match="同行"):
        publish(room, seen=seen)


def test_a_scenario_that_comes_out_otherwise_keeps_it_from_being_published(room: Room) -> None:
    name = next(name for name in sorted(ZHICHU) if name.startswith("scenarios/0"))
    wrong = ZHICHU[name].replace("已支付".encode(), "不予支出".encode())
    assert wrong != ZHICHU[name]
    room.save(wrong.decode(), name=name)
    with pytest.raises(Invalid, match="1 个情形") as refused:
        publish(room)
    assert refused.value.code == "scenarios"
    with pytest.raises(Invalid, match="1 个情形"):
        operations.publish_procedure(room.runtime, None, ZHICHU | {name: wrong}, "county")


def test_a_version_of_somebody_else_is_replaced_only_by_name(room: Room) -> None:
    first = publish(room)
    theirs = operations.begin_change(room.runtime, room.other, room.county, first)
    operations.save_file(room.runtime, room.other, theirs, "a.txt", b"a", None)
    second = operations.publish_draft(room.runtime, room.other, theirs, "加了 a", seen=2)
    room.save("我的")
    rival = look(room).rival
    assert rival is not None
    assert (rival.id, rival.by, rival.note) == (second, "同行", "加了 a")
    assert rival.changes is not None
    assert len(rival.changes) == 1
    with pytest.raises(Overtaken, match="第 2 版是同行"):
        publish(room)
    with pytest.raises(Overtaken):
        publish(room, instead_of=first)
    publish(room, instead_of=second)
    assert look(room).rival is None


def test_what_is_published_already_is_not_published_again(room: Room) -> None:
    publish(room)
    assert look(room).same
    with pytest.raises(Invalid, match="一模一样"):
        publish(room)


def test_the_state_that_was_published_stays_in_the_history(room: Room) -> None:
    room.save("一")
    publish(room)
    room.save("二")
    assert [one.note for one in room.history()] == [
        "改了文件“说明.txt”",
        "改了文件“说明.txt”；发布为第 1 版",
        "新建草稿",
    ]


def test_a_withdrawn_procedure_is_offered_no_longer_and_what_runs_goes_on(room: Room) -> None:
    publish(room)
    matter = operations.start_matter(room.runtime, room.world.people["报账"], "zhichu", "village", "修灯")
    operations.withdraw_procedure(room.runtime, room.designer, room.county, "zhichu", "不再用")
    with pytest.raises(NotVisible, match="停用"):
        operations.start_matter(room.runtime, room.world.people["报账"], "zhichu", "village", "再修")
    with room.runtime.database.read() as c:
        actor = room.runtime.actor(c, room.world.people["报账"])
    assert queries.startable(room.runtime, actor) == []
    assert queries.in_force(room.runtime, actor) == []
    operations.claim_task(room.runtime, room.world.people["报账"], matter.open_tasks[0]["id"])
    with pytest.raises(Overtaken):
        operations.withdraw_procedure(room.runtime, room.designer, room.county, "zhichu", "不再用")
    operations.lift_withdrawal(room.runtime, room.other, room.county, "zhichu")
    assert len(queries.startable(room.runtime, actor)) == 1
    with pytest.raises(Overtaken):
        operations.lift_withdrawal(room.runtime, room.other, room.county, "zhichu")
    assert room.written()[-2:] == ["procedure-withdraw", "withdrawal-lift"]


def test_publishing_lifts_a_withdrawal_even_of_the_same_content(room: Room) -> None:
    version = publish(room)
    operations.withdraw_procedure(room.runtime, room.designer, room.county, "zhichu", "不再用")
    assert not look(room).same
    assert publish(room) == version
    assert room.written()[-1] == "withdrawal-lift"
    operations.withdraw_procedure(room.runtime, room.designer, room.county, "zhichu", "不再用")
    assert operations.publish_procedure(room.runtime, None, ZHICHU, "county") == version
    operations.start_matter(room.runtime, room.world.people["报账"], "zhichu", "village", "修灯")


def test_what_another_procedure_calls_is_not_withdrawn(room: Room) -> None:
    publish(room)
    operations.publish_procedure(room.runtime, None, caller(), "county")
    with pytest.raises(Invalid, match="“花钱”"):
        operations.withdraw_procedure(room.runtime, room.designer, room.county, "zhichu", "不再用")
    operations.withdraw_procedure(room.runtime, room.designer, room.county, "haoqian", "先停它")
    operations.withdraw_procedure(room.runtime, room.designer, room.county, "zhichu", "再停它")
    with pytest.raises(Invalid, match="还没有发布"):
        operations.publish_procedure(room.runtime, None, caller() | {"a.txt": b"a"}, "county")


def test_a_withdrawal_needs_a_reason_and_a_designer(room: Room) -> None:
    publish(room)
    with pytest.raises(Invalid, match="为什么停用"):
        operations.withdraw_procedure(room.runtime, room.designer, room.county, "zhichu", " ")
    with pytest.raises(Forbidden):
        operations.withdraw_procedure(
            room.runtime, room.world.people["书记"], room.county, "zhichu", "不再用"
        )
    with pytest.raises(NotVisible):
        operations.withdraw_procedure(room.runtime, room.designer, room.county, "nichts", "不再用")


def test_where_the_nearer_unit_has_withdrawn_its_own_the_one_above_counts(room: Room) -> None:
    publish(room)
    town = room.world.units["town"]
    operations.publish_procedure(room.runtime, None, ZHICHU | {"a.txt": b"a"}, "town")
    operations.publish_procedure(room.runtime, None, ZHICHU | {"a.txt": b"b"}, "town")
    start = lambda: operations.start_matter(  # noqa: E731
        room.runtime, room.world.people["报账"], "zhichu", "village", "修灯"
    )
    started = start()
    assert started.version == 2
    assert edition(room, started.instance_id) == Edition(2, 2)
    _designs(room, "设计", "town")
    operations.withdraw_procedure(room.runtime, room.designer, town, "zhichu", "用县里的")
    assert edition(room, started.instance_id) == Edition(2, 1, "云岭县")
    again = start()
    assert again.version == 1
    assert edition(room, again.instance_id).is_current
    operations.withdraw_procedure(room.runtime, room.designer, room.county, "zhichu", "都不用了")
    assert edition(room, again.instance_id) == Edition(1, None)
    operations.publish_procedure(room.runtime, None, ZHICHU | {"a.txt": b"c"}, "town")
    assert edition(room, again.instance_id) == Edition(1, 3, "清溪镇")


def edition(room: Room, matter: str) -> Edition:
    with room.runtime.database.read() as c:
        actor = room.runtime.actor(c, room.world.people["报账"])
    return matters.matter(room.runtime, actor, matter).edition


def _designs(room: Room, name: str, unit: str) -> None:
    """A county may let its townships draw; the sample one does not."""
    post = {"person_id": room.world.people[name], "unit_id": room.world.units[unit]}
    room.runtime.database.run(
        lambda c: c.execute(insert(tenures).values(**post, post="流程设计员", starts_on=SINCE))
    )


def test_of_two_who_publish_at_once_one_is_told_of_the_other(room: Room) -> None:
    first = publish(room)
    drafts = {}
    for name in ("设计", "同行"):
        who = room.world.people[name]
        drafts[who] = operations.begin_change(room.runtime, who, room.county, first)
        operations.save_file(room.runtime, who, drafts[who], f"{name}.txt", b"1", None)
    ready, told = threading.Barrier(2), []

    def go(who: int, draft: str) -> None:
        ready.wait()
        try:
            operations.publish_draft(room.runtime, who, draft, "改了", seen=2)
        except Overtaken as refused:
            told.append(refused.code)

    threads = [threading.Thread(target=go, args=each) for each in drafts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == ["version-overtaken"]
    with room.runtime.database.read() as c:
        assert newest(c, room.county, "zhichu").version == 2  # type: ignore[union-attr]
