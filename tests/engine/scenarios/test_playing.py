"""A story played as a browser plays it: whole each time, with the same end however it came about."""

import json
import re
import tomllib
from typing import Any

import pytest

from engine.execution import DiagramError, ExecutionError
from engine.execution.script import Script
from engine.people.designations import designations
from engine.redlines import PROCESSES
from engine.scenarios import playing
from engine.scenarios.casting import cast_of
from engine.scenarios.playing import MAX_MOVES, Player
from engine.scenarios.scene import scene
from engine.scenarios.written import ScenarioError, load_roster
from tests.engine.scenarios.stages import ROSTER, one_step
from tests.procedures import spending, urging, waiting

BABU = PROCESSES / "babu"


class Desk:
    """One player and one procedure."""

    def __init__(self, files: Any, **stage: Any) -> None:
        self.files, self.player = files, Player()
        self.loaded = 0
        self.stage = {"roster": cast_of(Script.load(files, {}), designations())} | stage

    def load(self, parameters: Any) -> Script:
        self.loaded += 1
        return Script.load(self.files, parameters)

    def play(self, *moves: Any, **more: Any) -> dict[str, Any]:
        return self.player.play("it", self.load, {**self.stage, **more, "step": list(moves)}, scene)


def result(does: str, outcome: str = "", **values: Any) -> dict[str, Any]:
    return {"does": does, "result": ({"结论": outcome} if outcome else {}) | values}


def test_babu_is_played_by_results_alone_and_a_lost_vote_can_be_won() -> None:
    desk = Desk(BABU)
    moves: list[Any] = []
    lost = {"成决议": "未通过"}
    for _ in range(9):
        here = desk.play(*moves)
        task = here["tasks"][0]
        offers = [one["label"] for one in task["offers"]]
        outcome = lost.get(task["label"], offers[0])
        moves.append(
            {
                "does": task["does"],
                "result": next(o for o in task["offers"] if o["label"] == outcome)["result"],
            }
        )
    here = desk.play(*moves)
    assert here["passed"][-1] == "成决议"
    decided = next(one for one in here["data"] if one["label"] == "成决议")
    rows = {row["name"]: row["value"] for row in decided["rows"]}
    assert (rows["结论"], rows["实到"]) == ("未通过", "30")
    assert "成决议的结论：未通过" in [fact["words"] for fact in here["facts"]]
    assert here["taken"], "the token has moved"
    won = desk.play(*moves[:8], {**moves[8], "result": {"结论": "通过"}})
    assert [task["label"] for task in won["tasks"]] == ["广示之"]


def test_a_story_goes_on_from_where_it_was_and_comes_to_the_same() -> None:
    raw = tomllib.loads(sorted(BABU.glob("scenarios/01*.toml"))[0].read_text("utf-8"))
    roster = load_roster((BABU / "scenarios/roster.toml").read_bytes())
    once, stepwise = Desk(BABU, roster=roster), Desk(BABU, roster=roster)
    for many in range(len(raw["step"]) + 1):
        seen = stepwise.play(*raw["step"][:many])
        assert seen["refused"] is None
        assert seen["moves"] == many
    assert seen == once.play(*raw["step"])
    assert seen["finished"]
    assert stepwise.loaded == once.loaded == 1
    back = stepwise.play(*raw["step"][:5])
    assert back == Desk(BABU, roster=roster).play(*raw["step"][:5])
    json.dumps(seen)


def test_who_is_first_on_the_roster_is_first_to_come() -> None:
    files = one_step("ballot", roll="甲组 乙组", majority="超过 1/2 到会")
    posts = {"书记": ["书"], "甲组": ["一"], "乙组": ["二"]}
    desk = Desk(files)
    for order in (("甲组", "乙组"), ("乙组", "甲组")):
        seen = desk.play(roster={"书记": posts["书记"]} | {name: posts[name] for name in order})
        acts = {act["title"]: act for act in seen["tasks"][0]["acts"]}
        assert acts["投票"]["who"] == [posts[name][0] for name in order]


def test_what_cannot_be_done_is_said_and_changes_nothing() -> None:
    desk = Desk(spending())
    before = desk.play()
    moves = [{"by": desk.stage["roster"]["会计"][0], "does": "填报", "data": {"金额": 5}}]
    refused = desk.play(*moves, {"wait": "1d"})
    assert refused["refused"]["move"] == 0
    assert "不能办" in refused["refused"]["message"]
    assert {**refused, "refused": None} == before
    clerk = desk.stage["roster"]["报账员"][0]
    done = desk.play({"by": clerk, "does": "填报", "data": {"金额": 5, "用途": "锁", "票据": "1.jpg、2.jpg"}})
    assert done["refused"] is None
    assert [task["label"] for task in done["tasks"]] == ["联审"]


def test_what_a_person_may_do_comes_with_a_form_and_with_who_may() -> None:
    desk = Desk(spending())
    [task] = desk.play()["tasks"]
    [act] = task["acts"]
    assert act["who"] == desk.stage["roster"]["报账员"]
    assert {part["key"]: part["type"] for part in act["schema"]["components"]}["票据"] == "textfield"
    assert act["sample"] == {"金额": 0, "用途": "示例：用途"}
    done = desk.play({"by": act["who"][0], "does": task["does"], "data": act["sample"]})
    [task] = done["tasks"]
    assert [one["label"] for one in task["offers"]] == ["同意", "不同意"]


def test_a_meeting_says_what_cannot_be_done_yet() -> None:
    desk = Desk(
        one_step("ballot", roll="委员", majority="超过 1/2 到会", quorum="至少 1/2 应到"), roster=ROSTER
    )
    acts = {act["title"]: act for act in desk.play()["tasks"][0]["acts"]}
    assert acts["召集"]["not_yet"] == ""
    assert "召集" in acts["开会"]["not_yet"]
    assert list(acts)[-1] == "结束"
    assert acts["开会"]["sample"]["到会"] == ["丁", "戊"]


def test_time_passes_to_what_falls_due() -> None:
    desk = Desk(waiting("PT90M"))
    ready = desk.play(result("准备"))
    assert ready["due"][0]["name"] == "等候"
    assert ready["due"][0]["words"].endswith("10:30")
    assert not ready["tasks"]
    later = desk.play(result("准备"), {"wait": "到期"})
    assert later["clock_words"].endswith("10:30")
    assert [task["label"] for task in later["tasks"]] == ["复核"]
    done = desk.play(result("准备"), {"wait": "到期"}, result("复核"))
    assert (done["finished"], done["outcome"], done["due"]) == (True, "办结", [])
    assert (
        "没有在等的时间"
        in desk.play(result("准备"), {"wait": "到期"}, result("复核"), {"wait": "到期"})["refused"]["message"]
    )


def test_stories_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(waiting())
    with pytest.raises(ScenarioError, match=f"最多 {MAX_MOVES} 步"):
        desk.play(*[{"wait": "1d"}] * (MAX_MOVES + 1))
    assert desk.play(*[{"wait": "1d"}] * 5)["moves"] == 5
    with pytest.raises(ScenarioError, match="最多 5000 人"):
        desk.play(roster={"甲": 3000, "乙": 3000})
    with pytest.raises(ScenarioError, match="不认识的项"):
        desk.play({"wait": "1d", "运气": 5})
    impatient = Desk(waiting())
    refused = impatient.player.play(
        "it", impatient.load, {**impatient.stage, "step": [{"wait": "1d"}]}, scene, seconds=-1
    )
    assert "时间太长" in refused["refused"]["message"]
    assert impatient.play({"wait": "1d"})["moves"] == 1


ODD = [None, 5, "x", [], {}, [1], {"a": None}, True, 1e308, "\0", "\ud800", [[[]]], -1, 10**30]


@pytest.mark.parametrize(
    "part", ["roster", "households", "parameters", "calendar", "data", "begins", "step", "expect"]
)
def test_a_story_of_odd_values_is_played_or_refused_in_words(part: str) -> None:
    desk = Desk(spending())
    for odd in ODD:
        for value in (odd, {"会计": odd}, [odd]):
            _played_or_refused(desk, **{part: value})


@pytest.mark.parametrize(
    "part", ["by", "does", "action", "data", "result", "error", "wait", "message", "then", "refused"]
)
def test_a_move_of_odd_values_is_played_or_refused_in_words(part: str) -> None:
    desk = Desk(spending())
    for odd in ODD:
        for value in (odd, {"金额": odd}, {"票据": odd}):
            for move in ({"does": "填报", "by": "林"}, {"does": "填报", "result": {}}, {}):
                _played_or_refused(desk, step=[{**move, part: value}])


def _played_or_refused(desk: Desk, **raw: Any) -> None:
    try:
        json.dumps(desk.player.play("it", desk.load, {**desk.stage, **raw}, scene))
    except (ScenarioError, ExecutionError) as refusal:
        assert re.search("[一-鿿]", str(refusal))


@pytest.mark.parametrize("begins", ["0001-01-01", "9999-12-31", "昨天"])
def test_a_story_begins_in_a_year_that_can_be_reckoned_with(begins: str) -> None:
    with pytest.raises(ScenarioError, match="begins"):
        Desk(waiting()).play(begins=begins)


def test_a_clock_that_never_rests_is_stopped_in_time() -> None:
    """A draft is not to be trusted: every second, for a month."""
    files = {name: data.replace(b"R100/PT1S", b"R/PT1S") for name, data in urging().items()}
    desk = Desk(files)
    moves = {**desk.stage, "step": [{"wait": "1h"}, {"wait": "30d"}]}
    seen = desk.player.play("it", desk.load, moves, scene, seconds=2.5)
    assert seen["refused"]["move"] < 2
    assert "时间太长" in seen["refused"]["message"]
    assert len(seen["taken"]) <= 200


def test_only_so_many_stories_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playing, "STAGES", 3)
    desk = Desk(waiting())
    for hours in range(1, 8):
        desk.play({"wait": f"{hours}h"})
    assert len(desk.player._stages) == 3


def test_a_diagram_that_cannot_run_is_refused_with_its_findings() -> None:
    desk = Desk(waiting())
    desk.files = {"a.bpmn": b"<nothing/>", "procedure.toml": b""}
    with pytest.raises(DiagramError):
        desk.play()


@pytest.mark.parametrize("name", ["babu", "lishihui", "wenti"])
def test_a_cast_is_made_for_a_procedure_that_has_none(name: str) -> None:
    script = Script.load(PROCESSES / name, {})
    cast = cast_of(script, designations())
    assert all(cast.values())
    people = [person for held in cast.values() for person in held]
    assert len(set(people)) == len(people), "nobody holds two posts unasked"
    assert not {name for name in cast if designations()[name].members}
