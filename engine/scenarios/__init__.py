"""Scenarios (情形): rehearsals a designer writes down as a story, in TOML, and runs again at every change.

A scenario names the people, what each of them does in turn, how time passes, and what must come of
it. It runs on `engine.execution.Rehearsal`, so by the rules the server follows: whoever may not do a step
fails it.
The format is described in docs/scenarios.md.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from engine.execution import ExecutionError
from engine.execution.script import Script
from engine.scenarios.report import Line, Report, day_and_time
from engine.scenarios.stage import Source, Stage
from engine.scenarios.written import (
    ROSTER_FILE,
    Expectation,
    Scenario,
    ScenarioError,
    Step,
    load,
    load_roster,
)

__all__ = ["Expectation", "Line", "Report", "Scenario", "ScenarioError", "Step", "load", "run", "run_folder"]

FOLDER = "scenarios"
TOO_LONG = "前面的情形用的时间太长，没有轮到这一个。请删去一些情形，或者写短一些"


def run_folder(
    source: Source | str, seconds: float | None = None, altogether: float | None = None
) -> list[Report]:
    """Run every scenario of a procedure's folder (or of its files, by relative path), in the order of names, each for
    so many seconds at most. Those that are left after `altogether` seconds have not passed.

    Raises DiagramError where the procedure itself cannot be executed. A scenario that cannot be read is a
    failed report.
    """
    if isinstance(source, str):
        source = Path(source)
    files = dict(_scenario_files(source))
    shared_text = files.pop(ROSTER_FILE, b"")
    reports: list[Report] = []
    script: Script | None = None
    until = None if altogether is None else time.monotonic() + altogether
    for file, text in files.items():
        name = file.removesuffix(".toml")
        if until is not None and time.monotonic() >= until:
            reports.append(Report(name, name, lines=[Line("", "还没有走", faults=[TOO_LONG])]))
            continue
        try:
            scenario = load(text, name, load_roster(shared_text))
        except ScenarioError as error:
            reports.append(Report(name, name, lines=[Line("", "读不了这个情形", faults=[str(error)])]))
        else:
            script = script or Script.load(source, {})
            reports.append(run(script, scenario, seconds))
    return reports


def run(source: Source | Script, scenario: Scenario, seconds: float | None = None) -> Report:
    """Play the scenario through; what takes longer than so many seconds is a fault of its own.

    Raises DiagramError where the procedure cannot be executed.
    """
    until = None if seconds is None else time.monotonic() + seconds
    report = Report(scenario.name, scenario.title, scenario.story)
    try:
        stage = Stage(source, scenario, until)
    except ExecutionError as error:
        report.lines.append(Line(day_and_time(scenario.begins), "开始", faults=[str(error)]))
        return report
    for step in scenario.steps:
        line = stage.play(step)
        report.lines.append(line)
        if line.stops:
            return report
    report.outcome = stage.rehearsal.outcome if stage.rehearsal.finished else None
    report.lines.append(Line(day_and_time(stage.clock()), "结果", faults=list(stage.differences())))
    return report


def _scenario_files(source: Source) -> Iterator[tuple[str, bytes]]:
    if isinstance(source, Path):
        yield from ((path.name, path.read_bytes()) for path in sorted((source / FOLDER).glob("*.toml")))
        return
    for path in sorted(source):
        folder, _, file = path.rpartition("/")
        if folder == FOLDER and file.endswith(".toml"):
            yield file, source[path]
