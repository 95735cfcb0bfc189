"""Drafts: begun from anything, kept with their history, thrown away and taken out again."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import journal, operations
from engine.clock import VirtualClock
from engine.diagram import load_folder
from engine.operations.beginning import folder_from
from engine.queries import draft_states, drafts
from engine.redlines import PROCESSES
from engine.refusal import Forbidden, Invalid, NotVisible, Overtaken
from engine.runtime import Runtime
from engine.setting_up import read_files
from engine.store import Database
from engine.store.packing import pack
from engine.store.tables import journal as entries
from tests import world
from tests.engine.operations.conftest import MONDAY

ZHICHU = read_files(PROCESSES / "zhichu")


class Room:
    """Two designers of a county, and a draft of one of its procedures."""

    def __init__(self, database: Database) -> None:
        self.clock = VirtualClock(MONDAY)
        self.world = world.settle(database, MONDAY)
        self.runtime = Runtime(database, world.configuration(database), self.clock)
        self.county = self.world.units["county"]
        self.designer, self.other = self.world.people["设计"], self.world.people["同行"]
        self.draft = operations.create_draft(self.runtime, self.designer, self.county, ZHICHU)

    def now(self, draft: str = "") -> drafts.Draft:
        with self.runtime.database.read() as c:
            actor = self.runtime.actor(c, self.designer)
        return drafts.draft(self.runtime, actor, draft or self.draft)

    def history(self) -> list[draft_states.State]:
        with self.runtime.database.read() as c:
            actor = self.runtime.actor(c, self.designer)
        return draft_states.states(self.runtime, actor, self.draft)

    def save(self, text: str, by: int = 0, name: str = "说明.txt") -> int:
        seen = self.now().stored.get(name)
        who, digest = by or self.designer, seen.digest if seen else None
        return operations.save_file(self.runtime, who, self.draft, name, text.encode(), digest).revision

    def wait(self, **time: float) -> None:
        self.clock.move_to(self.clock.now + timedelta(**time))

    def written(self) -> list[str]:
        with self.runtime.database.read() as c:
            return list(c.scalars(select(entries.c.action).order_by(entries.c.sequence)))


@pytest.fixture
def room(database: Database) -> Any:
    opened = Room(database)
    yield opened
    with database.snapshot() as c:
        checked = journal.verify(c)
    assert checked.intact, checked.breaks


def test_a_sitting_is_one_state_and_ends_after_a_quarter_of_an_hour(room: Room) -> None:
    room.save("一")
    room.wait(minutes=14, seconds=59)
    room.save("二")
    assert [one.note for one in room.history()] == ["改了文件“说明.txt”", "新建草稿"]
    room.wait(seconds=1)
    room.save("三")
    assert len(room.history()) == 3
    room.save("四", by=room.other)
    assert [one.by for one in room.history()] == ["同行", "设计", "设计", "设计"]


def test_going_back_loses_nothing(room: Room) -> None:
    first = room.save("一")
    room.wait(hours=1)
    second = room.save("二")
    operations.go_back(room.runtime, room.designer, room.draft, first, second, "回到刚才的样子")
    assert room.now().files["说明.txt"] == "一".encode()
    states = room.history()
    assert states[0].current
    assert states[0].note == "回到刚才的样子"
    again = operations.go_back(room.runtime, room.designer, room.draft, second, states[0].revision, "又回来")
    assert room.now().files["说明.txt"] == "二".encode()
    assert {one.revision for one in room.history()} >= {1, first, second, again}


def test_a_whole_folder_is_replaced_only_as_it_was_seen(room: Room) -> None:
    seen = room.save("一")
    room.save("二", by=room.other)
    with pytest.raises(Overtaken, match="同行"):
        operations.replace_folder(room.runtime, room.designer, room.draft, {"x.txt": b""}, seen, "上传")
    revision = room.now().revision
    operations.replace_folder(room.runtime, room.designer, room.draft, {"x.txt": b"x"}, revision, "上传")
    assert set(room.now().files) == {"x.txt"}
    back = next(one for one in room.history() if one.revision == revision)
    operations.go_back(room.runtime, room.designer, room.draft, back.revision, room.now().revision, "回去")
    assert room.now().files == ZHICHU | {"说明.txt": "二".encode()}


def test_uploading_what_is_there_already_changes_nothing(room: Room) -> None:
    before = room.now().revision
    data = pack(room.now().files)
    files = folder_from(data, "下载.zip")
    assert pack(files) == data
    assert operations.replace_folder(room.runtime, room.designer, room.draft, files, before, "上传") == before


def test_a_removed_draft_is_gone_until_it_is_taken_out_again(room: Room) -> None:
    room.save("一")
    files = room.now().files
    operations.remove_draft(room.runtime, room.other, room.draft)
    acts: list[Callable[[], object]] = [
        room.now,
        lambda: operations.save_file(room.runtime, room.designer, room.draft, "a", b"", None),
        lambda: operations.remove_draft(room.runtime, room.designer, room.draft),
        lambda: operations.go_back(room.runtime, room.designer, room.draft, 1, 2, ""),
        lambda: operations.publish_draft(room.runtime, room.designer, room.draft, "改", seen=2),
    ]
    for act in acts:
        with pytest.raises(NotVisible):
            act()
    operations.restore_draft(room.runtime, room.designer, room.draft)
    operations.restore_draft(room.runtime, room.designer, room.draft)
    assert room.now().files == files
    assert room.written() == ["draft-create", "draft-remove", "draft-restore"]


def test_nobody_else_touches_a_draft(room: Room) -> None:
    stranger, draft, runtime = room.world.people["书记"], room.draft, room.runtime
    acts: list[Callable[[], object]] = [
        lambda: operations.remove_draft(runtime, stranger, draft),
        lambda: operations.restore_draft(runtime, stranger, draft),
        lambda: operations.replace_folder(runtime, stranger, draft, {}, 1, ""),
        lambda: operations.go_back(runtime, stranger, draft, 1, 1, ""),
        lambda: operations.publish_draft(runtime, stranger, draft, "改", seen=1),
        lambda: operations.begin_blank(runtime, stranger, room.county, "事", "村", "文书"),
        lambda: operations.begin_copy(runtime, stranger, room.county, "事", draft_id=draft),
        lambda: operations.begin_from_file(runtime, stranger, room.county, pack(ZHICHU), "a.zip"),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()
    version = operations.publish_procedure(runtime, None, ZHICHU, "county")
    with pytest.raises(NotVisible):
        operations.begin_change(runtime, stranger, room.county, version)


def test_a_blank_draft_can_be_published_as_it_is(room: Room) -> None:
    draft = operations.begin_blank(room.runtime, room.designer, room.county, "占道经营", "村", "文书")
    version = operations.publish_draft(room.runtime, room.designer, draft, "第一版", seen=1)
    started = operations.start_matter(
        room.runtime, room.world.people["文书"], room.now(draft).key or "", "village", "清一清"
    )
    assert started.version == 1
    assert room.now(draft).based_on == version
    with pytest.raises(Invalid) as refused:
        operations.begin_blank(room.runtime, room.designer, room.county, " ", "村", "镇党委书记的车")
    assert set(refused.value.fields) == {"title", "starter"}


def test_a_copy_is_another_procedure_and_a_change_the_same(room: Room) -> None:
    version = operations.publish_procedure(room.runtime, None, ZHICHU, "county")
    copy = operations.begin_copy(room.runtime, room.designer, room.county, "小额采购", version_id=version)
    change = operations.begin_change(room.runtime, room.designer, room.county, version)
    twin = operations.begin_copy(room.runtime, room.designer, room.county, "再来一个", draft_id=change)
    assert room.now(change).key == "zhichu"
    assert room.now(change).based_on == version
    assert room.now(change).files == ZHICHU
    assert len({room.now(one).key for one in (change, copy, twin)}) == 3
    assert load_folder(room.now(copy).files).title == "小额采购"
    assert room.now(copy).based_on is None


def test_a_folder_that_was_published_just_so_goes_on_from_that_version(room: Room) -> None:
    version = operations.publish_procedure(room.runtime, None, ZHICHU, "county")
    data = pack(ZHICHU)
    same = operations.begin_from_file(room.runtime, room.designer, room.county, data, "下载.zip")
    assert room.now(same).based_on == version
    assert pack(room.now(same).files) == data
    other = operations.begin_from_file(
        room.runtime, room.designer, room.county, pack(ZHICHU | {"a.txt": b"a"}), "下载.zip"
    )
    assert room.now(other).based_on is None


def test_who_else_is_at_it_is_said_for_a_quarter_of_an_hour(room: Room) -> None:
    assert room.now().company == ""
    room.save("一", by=room.other)
    room.save("二")
    assert room.now().company == "同行"
    room.wait(minutes=15)
    assert room.now().company == ""


def test_the_first_two_entries_of_a_unit_may_be_written_at_once(database: Database) -> None:
    settled = world.settle(database, MONDAY)
    runtime = Runtime(database, world.configuration(database), VirtualClock(MONDAY))
    ready, made = threading.Barrier(2), []

    def go(name: str) -> None:
        ready.wait()
        who, county = settled.people[name], settled.units["county"]
        made.append(operations.create_draft(runtime, who, county, {"a.txt": b"a"}))

    threads = [threading.Thread(target=go, args=(name,)) for name in ("设计", "同行")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 2
    with database.snapshot() as c:
        assert journal.verify(c).intact
