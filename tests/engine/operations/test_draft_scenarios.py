"""Scenarios of a draft: written down once, under a name of their own, and never over somebody else's."""

import tomllib
from typing import Any

import pytest

from engine.operations import create_draft, publish_procedure
from engine.operations.scenarios import LONGEST_TITLE, retitle_scenario, save_scenario
from engine.queries.rehearsing import holidays, playable
from engine.refusal import Forbidden, Invalid, NotVisible, Overtaken
from engine.store import Database
from tests.engine.operations.test_drafts import ZHICHU, Room
from tests.engine.operations.test_publishing_drafts import caller

STEPS = [{"does": "填报支出", "result": {"金额": 100}}, {"wait": "到期"}]


@pytest.fixture
def room(database: Database) -> Any:
    return Room(database)


def keep(room: Room, by: int = 0, file: str | None = None, seen: str | None = None, **more: Any) -> Any:
    roster = {post: list(people) for post, people in playable(room.runtime, room.now()).roster.items()}
    raw = {"title": "小额", "roster": roster, "step": STEPS} | more
    return save_scenario(room.runtime, by or room.designer, room.draft, raw, file, seen)


def stored(room: Room, file: str) -> dict[str, Any]:
    return tomllib.loads(room.now().files[f"scenarios/{file}"].decode())


def test_a_scenario_gets_the_next_number_and_names_nobody_the_folder_names(room: Room) -> None:
    known = [one.file for one in playable(room.runtime, room.now()).scenarios()]
    file, _ = keep(room, title="一笔/小额：..\\ 到期")
    assert file == f"{int(max(known)[:2]) + 1:02d}-一笔-小额-到期.toml"
    assert stored(room, file) == {"title": "一笔/小额：..\\ 到期", "step": STEPS}
    second, _ = keep(room, title="！！！", roster={"会计": ["别人"]})
    assert second == f"{int(file[:2]) + 1:02d}-情形.toml"
    assert stored(room, second)["roster"]["会计"] == "别人"
    assert stored(room, second)["roster"]["报账员"] == []


def test_nobodys_scenario_is_overwritten_unawares(room: Room) -> None:
    file, first = keep(room)
    _, second = keep(room, room.other, file, first.digest, title="改过")
    with pytest.raises(Overtaken, match="同行"):
        keep(room, file=file, seen=first.digest, title="又改")
    with pytest.raises(Overtaken):
        retitle_scenario(room.runtime, room.designer, room.draft, file, "另叫", first.digest)
    retitle_scenario(room.runtime, room.designer, room.draft, file, "另叫", second.digest)
    assert stored(room, file) == {"title": "另叫", "step": STEPS}


def test_only_designers_and_only_what_can_be_read_again(room: Room) -> None:
    with pytest.raises((NotVisible, Forbidden)):
        keep(room, room.world.people["书记"])
    wrong: list[dict[str, Any]] = [
        {"title": "  "},
        {"title": "长" * (LONGEST_TITLE + 1)},
        {"step": []},
        {"step": [{"wait": "1d", "does": "两样"}]},
        {"roster": []},
        {"roster": {"会计": 3}},
        {"expect": {"不认识": 1}},
        {"step": [{"does": "填报支出", "result": {"金额": object()}}]},
    ]
    for change in wrong:
        with pytest.raises(Invalid):
            keep(room, **change)
    for file in ("../procedure.toml", "roster.toml", "a.txt", "深/处.toml"):
        with pytest.raises(Invalid, match="不是情形"):
            keep(room, file=file)
    with pytest.raises(NotVisible):
        retitle_scenario(room.runtime, room.designer, room.draft, "99-没有.toml", "另叫", "x")
    assert room.now().revision == 1


def test_a_draft_is_played_with_the_procedures_it_calls(room: Room) -> None:
    publish_procedure(room.runtime, None, ZHICHU, "county")
    room.draft = create_draft(room.runtime, room.designer, room.county, caller())
    found = playable(room.runtime, room.now())
    assert list(found.files.called) == ["zhichu"]
    assert found.script({}).procedures.keys() == {None, "zhichu"}
    before = found.content
    publish_procedure(room.runtime, None, ZHICHU | {"说明.txt": b"2"}, "county")
    assert playable(room.runtime, room.now()).content != before, "what it calls is part of what is played"


def test_the_published_days_are_those_a_scenario_writes(room: Room) -> None:
    days = holidays(room.runtime)
    assert days["2026-10-01"] == "休"
    assert set(days.values()) == {"休", "班"}
