"""Ways of an exploration as moves of a rehearsal: played, they come to the end they lead to."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.exploration import explore
from engine.exploration.moves import moves
from engine.exploration.world import Passage
from engine.scenarios import load_roster
from engine.scenarios.stage import Stage
from engine.scenarios.written import ROSTER_FILE, read
from tests.engine.diagram.drawn import bpmn, node, path, user

PROCESSES = Path(__file__).parents[3] / "processes"


@pytest.mark.parametrize("name", ["zhichu", "babu", "liubu", "wenti"])
def test_the_way_to_every_ending_can_be_played(name: str) -> None:
    roster = load_roster((PROCESSES / name / "scenarios" / ROSTER_FILE).read_bytes())
    for ending in explore(PROCESSES / name).endings:
        scenario = read({"step": moves(ending.path)}, ending.name, roster)
        stage = Stage(PROCESSES / name, scenario)
        faults = [line.faults for line in map(stage.play, scenario.steps) if line.faults]
        assert (faults, stage.rehearsal.outcome) == ([], ending.name)


def test_a_time_is_waited_for_and_an_error_thrown() -> None:
    body = (
        node("startEvent", "s", name="开始")
        + user("A", name="办")
        + node("boundaryEvent", "b", timer("P3D"), attachedToRef="A", name="等久了")
        + node("endEvent", "e", name="办完")
        + node("endEvent", "late", name="逾期")
        + path("s A e", "b late")
    )
    found = {ending.name: moves(ending.path) for ending in explore(bpmn(body)).endings}
    assert found == {"办完": [{"does": "办", "result": {}}], "逾期": [{"wait": "P3D"}]}


def test_what_comes_from_outside_brings_its_data() -> None:
    way = [
        Passage("start", "s", "开始", {}, {"event": "message", "name": "来信", "data": {"金额": 3}}),
        Passage("message", None, "回信", {}, {}),
        Passage("signal", None, "散会", {}, {}),
        Passage("error", "A", "办", {}, {"code": "错"}),
    ]
    assert moves(way) == [
        {"message": "来信", "data": {"金额": 3}},
        {"message": "回信"},
        {"signal": "散会"},
        {"does": "办", "error": "错"},
    ]


def timer(duration: str) -> str:
    return f"<timerEventDefinition><timeDuration>{duration}</timeDuration></timerEventDefinition>"
