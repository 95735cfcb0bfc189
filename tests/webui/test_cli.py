"""The command `cunyi`, as people run it: exit codes, Chinese answers, and nothing done by halves."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import SAID

ROOT = Path(__file__).parent.parent.parent
ZHICHU = ROOT / "processes" / "zhichu"
BARE = b"""<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t" id="d">
<process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/>
<scriptTask id="x" name="\xe8\x84\x9a\xe6\x9c\xac"/><endEvent id="e"/></process></definitions>"""
COUNTY = """
units = [{ code = "xian", level = "县", name = "某县" }]
people = [{ code = "zhang", name = "张三", unit = "xian" }]
posts = [{ person = "zhang", post = "县管理员", unit = "xian" }]
accounts = [{ person = "zhang", login = "zhang" }]
"""


class Command:
    """Runs `cunyi` on a data directory of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("CUNYI_")}
        self.environment = clean | {"CUNYI_DATA_DIR": str(folder)} | environment

    def __call__(self, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "webui", *map(str, arguments)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture
def demo(tmp_path: Path) -> Command:
    return Command(tmp_path / "demo", CUNYI_DEMO="1")


@pytest.fixture
def loaded(tmp_path: Path, sample_folder: Path) -> Command:
    """On a copy of a county that `cunyi demo` has filled."""
    shutil.copytree(sample_folder, tmp_path / "loaded")
    return Command(tmp_path / "loaded", CUNYI_DEMO="1")


@pytest.fixture
def real(tmp_path: Path) -> Command:
    return Command(tmp_path / "real", CUNYI_SECRET_KEY="k3y-of-this-test-0123456789-abcdefgh")


def test_help_lists_every_command_in_chinese(demo: Command) -> None:
    shown = demo("--help").stdout
    for name in (
        "serve",
        "worker",
        "init",
        "demo",
        "check",
        "rehearse",
        "explore",
        "publish",
        "token",
        "backup",
        "restore",
        "journal",
    ):
        line = next(line for line in shown.splitlines() if line.strip().startswith(name))
        assert any("\u4e00" <= char <= "\u9fff" for char in line), line


def test_check_says_what_it_found_by_its_exit_code(demo: Command, tmp_path: Path) -> None:
    clean = demo("check", ZHICHU)
    assert (clean.returncode, clean.stdout) == (0, "没有发现问题。\n"), clean.stdout
    bad = tmp_path / "bad.bpmn"
    bad.write_bytes(BARE)
    found = demo("check", bad)
    assert found.returncode == 1
    assert "脚本" in found.stdout
    missing = demo("check", tmp_path / "none.bpmn")
    assert missing.returncode == 2
    assert "读不了" in missing.stderr and "没有这个文件" in missing.stderr
    broken = tmp_path / "broken.bpmn"
    broken.write_text("<definitions><process>")
    assert demo("check", broken).returncode == 2


def test_reminders_alone_are_no_errors(demo: Command, tmp_path: Path) -> None:
    folder = tmp_path / "zhichu"
    shutil.copytree(ZHICHU, folder)
    diagram = folder / "zhichu.bpmn"
    text = diagram.read_text("utf-8")
    listener = '<x:executionListener xmlns:x="urn:x"/>'
    text = text.replace("<extensionElements>", f"<extensionElements>{listener}", 1)
    diagram.write_text(text, "utf-8")
    found = demo("check", folder)
    assert found.returncode == 0 and "提醒" in found.stdout, found.stdout


def test_check_answers_tools_in_json(demo: Command, tmp_path: Path) -> None:
    bad = tmp_path / "bad.bpmn"
    bad.write_bytes(BARE)
    rows = json.loads(demo("check", "--json", bad, tmp_path / "none.bpmn").stdout)
    assert {"path", "code", "message", "severity", "gate"} <= rows[0].keys()
    assert rows[-1]["code"] == "unreadable"
    assert json.loads(demo("check", "--json", ZHICHU).stdout) == []


def test_rehearse_runs_all_scenarios_or_one(demo: Command) -> None:
    done = demo("rehearse", ZHICHU)
    assert done.returncode == 0, done.stdout
    reports = json.loads(demo("rehearse", "--json", ZHICHU).stdout)
    assert len(reports) >= 10
    one = demo("rehearse", ZHICHU, reports[0]["title"])
    assert one.returncode == 0
    assert "共 1 个情形，1 个符合。" in one.stdout
    assert demo("rehearse", ZHICHU, "没有这个").returncode == 1


def test_the_demo_can_be_looked_at_verified_and_carried_away(
    loaded: Command, sample_folder: Path, tmp_path: Path
) -> None:
    demo, shown = loaded, (sample_folder / SAID).read_text("utf-8")
    assert "cunyi-demo" in shown
    again = demo("demo")
    assert again.returncode == 0, again.stderr
    login = next(line.split()[0] for line in shown.splitlines() if line.endswith("报账员"))
    assert len(demo("token", login).stdout.strip()) > 20
    assert "没有“nobody”这个登录名" in demo("token", "nobody").stderr
    verified = demo("journal", "verify")
    assert verified.returncode == 0, verified.stdout
    assert "完好" in verified.stdout
    saved = tmp_path / "county.backup"
    assert demo("backup", saved).returncode == 0
    assert demo("backup", saved).returncode == 1  # never over another one
    other = Command(tmp_path / "other", CUNYI_DEMO="1")
    assert other("restore", saved).returncode == 0
    assert other("journal", "verify").returncode == 0
    assert demo("restore", saved).returncode == 1  # not into a county that is in use
    published = demo("publish", ZHICHU, "--unit", "yunling")
    assert published.returncode == 0, published.stderr
    assert demo("publish", ZHICHU, "--unit", "nowhere").returncode == 1


def test_a_real_county_starts_without_samples(real: Command, tmp_path: Path) -> None:
    county = tmp_path / "county.toml"
    county.write_text(COUNTY, "utf-8")
    done = real("init", county)
    assert done.returncode == 0, done.stderr
    assert "zhang" in done.stdout
    assert "cunyi-demo" not in done.stdout
    assert "zhichu" in done.stdout
    again = real("init", county)
    assert again.returncode == 0, again.stderr
    assert "初始密码" not in again.stdout
    sample = Command(Path(real.environment["CUNYI_DATA_DIR"]), CUNYI_DEMO="1")("demo")
    assert sample.returncode == 1
    assert "正式账号" in sample.stderr


def test_samples_and_real_people_do_not_mix(loaded: Command) -> None:
    mixed = Command(
        Path(loaded.environment["CUNYI_DATA_DIR"]), CUNYI_SECRET_KEY="k3y-of-this-test-0123456789-abcdefgh"
    )
    refused = mixed("init")
    assert refused.returncode == 1
    assert "示例账号" in refused.stderr


@pytest.mark.parametrize(
    "command", [["serve"], ["worker"], ["init"], ["token", "a"], ["backup", "x"], ["journal", "verify"]]
)
def test_nothing_starts_without_a_key(tmp_path: Path, command: list[str]) -> None:
    refused = Command(tmp_path)(*command)
    assert refused.returncode == 1
    assert "CUNYI_SECRET_KEY" in refused.stderr
    assert "Traceback" not in refused.stderr
