"""Setting up again: what the county has made of a shipped procedure stays."""

import shutil
from pathlib import Path

from engine import operations
from engine.clock import VirtualClock
from engine.redlines import PROCESSES
from engine.runtime import Runtime
from engine.setting_up import publish_shipped, read_files
from engine.store import Database
from tests import world
from tests.engine.operations.conftest import MONDAY


def test_what_the_county_changed_or_withdrew_is_not_published_over(
    sqlite_database: Database, tmp_path: Path
) -> None:
    shutil.copytree(PROCESSES / "zhichu", tmp_path / "zhichu")
    for name in ("posts.toml", "redlines.toml"):
        shutil.copy(PROCESSES / name, tmp_path / name)
    settled = world.settle(sqlite_database, MONDAY)
    configured = world.configuration(sqlite_database, processes_dir=tmp_path)
    runtime = Runtime(sqlite_database, configured, VirtualClock(MONDAY))
    designer, county = settled.people["设计"], settled.units["county"]

    def again() -> str:
        return "；".join(publish_shipped(runtime))

    assert again() == again() == "已发布流程：zhichu"
    (tmp_path / "zhichu" / "新版.txt").write_text("程序升级了", "utf-8")
    assert again() == "已发布流程：zhichu"
    operations.withdraw_procedure(runtime, designer, county, "zhichu", "不用了")
    assert again() == "县里已停用，没有再发布：zhichu"
    files = read_files(PROCESSES / "zhichu") | {"县里.txt": b""}
    operations.publish_procedure(runtime, designer, files, county, "县里改了")
    assert again() == "县里改过，保留县里的第 3 版：zhichu"
