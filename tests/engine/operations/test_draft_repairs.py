"""Repairs of a draft: done in one save, kept in the history, never over somebody else's work."""

from collections.abc import Callable

import pytest

from engine import operations
from engine.diagram.repair import opened
from engine.operations import draft_repairs
from engine.queries import draft_repairs as queries
from engine.refusal import Forbidden, Overtaken
from engine.store import Database
from tests.engine.diagram.repair.habits import BIZAGI
from tests.engine.operations.test_drafts import Room


@pytest.fixture
def room(database: Database) -> Room:
    found = Room(database)
    files = opened(BIZAGI, "图.bpmn")
    found.draft = operations.create_draft(found.runtime, found.designer, found.county, files)
    return found


def test_what_was_pressed_and_chosen_is_done_in_one_save(room: Room) -> None:
    before = room.now()
    done = operations.repair_draft(
        room.runtime, room.designer, room.draft, {"time:Id_w": "5wd", "gone": None}, everything=True
    )
    assert done[0].id == "time:Id_w"
    now = room.now()
    assert now.revision == before.revision + 1
    assert b"5wd" in now.files["图.bpmn"]
    assert "forms/Revisar.json" in now.files
    assert "等多久" in room.history()[0].note
    assert operations.repair_draft(room.runtime, room.designer, room.draft, {}, everything=True) == ()
    assert room.now().revision == now.revision


def test_what_somebody_saves_meanwhile_is_not_overwritten(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Callable[..., object] = draft_repairs._repaired
    theirs = room.now().files["图.bpmn"] + b"\n"

    def slowly(*parts: object) -> object:
        operations.save_file(
            room.runtime, room.other, room.draft, "图.bpmn", theirs, room.now().stored["图.bpmn"].digest
        )
        return real(*parts)

    monkeypatch.setattr(draft_repairs, "_repaired", slowly)
    with pytest.raises(Overtaken):
        operations.repair_draft(room.runtime, room.designer, room.draft, {}, everything=True)
    assert room.now().files["图.bpmn"] == theirs


def test_only_designers_repair(room: Room) -> None:
    villager = next(p for name, p in room.world.people.items() if name not in ("设计", "同行"))
    with pytest.raises(Forbidden):
        operations.repair_draft(room.runtime, villager, room.draft, {}, everything=True)


def test_what_will_be_left_is_said_before(room: Room) -> None:
    checked = queries.checked(room.runtime, room.now())
    assert [item.findings[0].code for item in checked.running] == ["bad-timer"]
    assert [f.code for item in checked.later for f in item.findings] == ["no-guidance"]
    assert {repair.id for repair in checked.everything} == {"parallel", "dead-ends", "kinds"}
    assert (checked.faults, checked.own, checked.questions) == (1, 1, 4)
