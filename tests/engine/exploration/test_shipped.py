"""The procedures that are delivered; what comes in scenarios and at random must have been seen."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.execution import ExecutionError
from engine.execution.script import Script
from engine.exploration import explore
from engine.exploration.canonical import key
from engine.exploration.walk import Walker
from engine.scenarios import load, load_roster
from engine.scenarios.stage import Stage
from engine.scenarios.written import ROSTER_FILE
from webui.cli import cli

PROCESSES = Path(__file__).parents[3] / "processes"


@pytest.mark.parametrize("name", sorted(path.parent.name for path in PROCESSES.glob("*/procedure.toml")))
def test_a_shipped_procedure_has_nothing_dead_stuck_or_failing(name: str) -> None:
    report = explore(PROCESSES / name)
    assert (report.problems, report.complete) == ([], True)
    assert report.seconds < 60 and report.endings


def test_the_largest_one_can_be_stopped_at_any_time() -> None:
    report = explore(PROCESSES / "wuhuan", seconds=0.5)
    assert report.states > 5 and report.problems == []
    assert report.complete or "时限" in report.cut[-1]


def test_the_ways_without_a_vote_are_told() -> None:
    report = explore(PROCESSES / "zhichu")
    skipped = {(f.elements[0], f.elements[1:]) for f in report.findings if f.kind == "skips"}
    # Whatever is paid was approved by one or by both, and a large sum by both (LB-8).
    paid = [steps for end, steps in skipped if end == "end_zhifu"]
    assert not any({"zhuren", "lianhe"} <= set(steps) for steps in paid)
    without_both = next(f for f in report.findings if f.elements[0] == "end_zhifu" and "lianhe" in f.elements)
    assert next(p.shown["金额"] for p in without_both.path if p.element == "tianbao") < 5_000


@pytest.mark.parametrize("name", ["zhichu"])
def test_all_that_scenarios_pass_was_seen(name: str) -> None:
    walked = Walker(Script.load(PROCESSES / name, {}), 60).walk()
    seen = {element for edge in walked.edges for _, element in edge.passed}
    files = sorted((PROCESSES / name / "scenarios").glob("*.toml"))
    roster = load_roster((PROCESSES / name / "scenarios" / ROSTER_FILE).read_bytes())
    for file in files:
        if file.name == ROSTER_FILE:
            continue
        scenario = load(file.read_bytes(), file.stem, roster)
        stage = Stage(PROCESSES / name, scenario)
        for step in scenario.steps:
            stage.play(step)
        assert set(stage.rehearsal.trace) <= seen


@pytest.mark.parametrize("name", ["babu", "liubu", "lishihui", "wenti", "wuchang"])
def test_no_random_walk_comes_to_where_nobody_looked(name: str) -> None:
    """The walk merges situations that no condition tells apart. Walks that merge nothing find nothing else."""
    walker = Walker(Script.load(PROCESSES / name, {}), 60)
    walked, chance = walker.walk(), random.Random(name)
    seen = {element for edge in walked.edges for element in edge.passed}
    for _ in range(6):
        saved, running, _ = walker.world.begin(chance.choice(list(walker.world.beginnings())))
        for _ in range(60):
            moves = list(walker.world.moves(running))
            if not moves or walker.world.too_many(saved, running):
                break
            try:
                saved, running, passed = walker.world.apply(saved, chance.choice(moves))
            except ExecutionError:
                break
            assert passed <= seen
            if walker.world.too_many(saved, running) is None:
                assert key(walker.world, saved, running) in walker.known


def test_the_command_line() -> None:
    told = CliRunner().invoke(cli, ["explore", str(PROCESSES / "sibu")])
    assert told.exit_code == 0 and told.output.startswith("四步决策：看了")
    found = json.loads(CliRunner().invoke(cli, ["explore", str(PROCESSES / "sibu"), "--json"]).output)
    assert found["complete"] and {one["kind"] for one in found["findings"]} == {"skips"}
    assert found["endings"][0]["path"][0]["kind"] == "start" and found["bounds"]
    stopped = CliRunner().invoke(cli, ["explore", str(PROCESSES / "wuhuan"), "--seconds", "0.1"])
    assert stopped.exit_code == 3 and "没有走完" in stopped.output
    assert CliRunner().invoke(cli, ["explore", str(PROCESSES / "nowhere")]).exit_code == 2
