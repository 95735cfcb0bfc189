"""屋场议事恳谈 and 屋场问题办理 together: what is not solved in the meeting becomes a matter of its own (HW-4.1)."""

from pathlib import Path

from sqlalchemy import select

from engine import operations
from engine.scenarios.stage import Stage
from engine.scenarios.written import ROSTER_FILE, Scenario, load, load_roster
from engine.setting_up import read_files
from engine.store import Database
from engine.store.tables import instances, tasks
from tests.processes.on_server import PROCESSES, Server


def _scenario(folder: Path, name: str) -> Scenario:
    stories = folder / "scenarios"
    roster = load_roster((stories / ROSTER_FILE).read_bytes())
    # Whom the problems are for, besides those who talk.
    roster |= {"村党组织书记": ["周德厚"]}
    return load((stories / f"{name}.toml").read_bytes(), name, roster)


def test_each_problem_that_is_left_becomes_a_matter_called_by_its_name(sqlite_database: Database) -> None:
    folder = PROCESSES / "wuchang"
    scenario = _scenario(folder, "01-straight")
    stage = Stage(folder, scenario)
    server = Server(sqlite_database, folder, stage)
    operations.publish_procedure(server.runtime, None, read_files(PROCESSES / "wenti"), "county")
    for step in scenario.steps:
        server.play(step)
    others = instances.c.id != server.matter
    with sqlite_database.read() as c:
        query = select(instances.c.title, instances.c.unit_id, tasks.c.name).join(
            tasks, tasks.c.instance_id == instances.c.id
        )
        found = c.execute(query.where(others).order_by(instances.c.number)).all()
    assert [(row.title, row.name) for row in found] == [
        ("水渠垮了 20 米", "屋场办理"),  # a day is agreed on
        ("后山塌方压了路", "村里研究"),  # and the lamp, mended at once, needs nobody
    ]
    assert {row.unit_id for row in found} == {server.units["ward"]}
