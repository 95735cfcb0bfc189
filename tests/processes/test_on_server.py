"""Every shipped scenario, in lockstep on the rehearsal and on the server's operations."""

from pathlib import Path

import pytest

from engine import journal
from engine.scenarios.stage import Stage
from engine.scenarios.written import ROSTER_FILE, Scenario, load, load_roster
from engine.store import Database
from tests.processes.on_server import PROCESSES, Server, comparable


def _scenarios() -> list[tuple[Path, Scenario]]:
    folders = sorted(path.parent for path in PROCESSES.glob("*/procedure.toml"))
    return [(folder, scenario) for folder in folders for scenario in _of(folder / "scenarios")]


def _of(folder: Path) -> list[Scenario]:
    shared = load_roster((folder / ROSTER_FILE).read_bytes())
    files = sorted(file for file in folder.glob("*.toml") if file.name != ROSTER_FILE)
    return [load(file.read_bytes(), file.stem, shared) for file in files]


@pytest.mark.parametrize(
    ("folder", "scenario"), [pytest.param(f, s, id=f"{f.name}-{s.name}") for f, s in _scenarios()]
)
def test_the_server_does_what_was_rehearsed(
    folder: Path, scenario: Scenario, sqlite_database: Database
) -> None:
    stage = Stage(folder, scenario)
    server = Server(sqlite_database, folder, stage)
    for number, step in enumerate(scenario.steps, 1):
        line = stage.play(step)
        assert not line.faults, f"{number} {line.what}: {line.faults}"
        server.play(step)
        where = f"第 {number} 步（{line.what}）以后"
        assert server.open_names() == sorted(stage._open_names()), where
        if step.wait:
            assert server.late_names() == sorted(stage._overdue_names()), where
    row = server.row()
    assert (row.status != "running") is stage.rehearsal.finished
    assert row.outcome == (stage.rehearsal.outcome if stage.rehearsal.finished else None)
    assert server.passed() == stage.rehearsal.trace
    assert comparable(server.data()) == comparable(stage.rehearsal.data)
    with sqlite_database.snapshot() as c:
        assert journal.verify(c).intact
