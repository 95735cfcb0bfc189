"""What is committed: locked exactly, free of one machine's paths and hosts, its licences known."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = {
    ".bpmn",
    ".cfg",
    ".css",
    ".html",
    ".ini",
    ".js",
    ".json",
    ".jsx",
    ".lock",
    ".md",
    ".mjs",
    ".py",
    ".toml",
    ".txt",
    "",
}
# Written in pieces, so that this file does not name what it forbids.
HOSTS = [
    "registry." + "npmjs",
    "files." + "pythonhosted",
    "pypi" + ".org",
    "npm" + "mirror",
    "deb." + "debian",
]
PATHS = ["/ro" + "ot/", "/ho" + "me/", "/wo" + "rk/", "/Us" + "ers/", "/op" + "t/wheels"]


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [path for name in listed.decode().split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize(("kind", "forbidden"), [("machine path", PATHS), ("registry host", HOSTS)])
def test_no_file_names_a_machine_or_a_registry(kind: str, forbidden: list[str]) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {needle}"
        for path in committed()
        if path.suffix in TEXT
        for needle in forbidden
        if needle in path.read_text("utf-8")
    ]
    assert not wrong, kind


def test_python_packages_are_locked_with_hashes() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-node.lock"):
        entries = re.split(r"\n(?=\S)", (ROOT / name).read_text("utf-8").strip())
        assert entries
        for entry in entries:
            assert re.match(r"[A-Za-z0-9._-]+==\S+", entry), f"{name}: {entry[:60]}"
            assert "--hash=sha256:" in entry, f"{name}: {entry[:60]}"


def test_what_runs_is_part_of_what_is_developed_with() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^([A-Za-z0-9._-]+==[^ \\]+)", (ROOT / name).read_text("utf-8"), re.M))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_npm_packages_are_pinned_exactly_and_without_addresses() -> None:
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    wanted = package["dependencies"] | package["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values()), wanted
    for name, entry in lock["packages"].items():
        assert not name or "integrity" in entry, name
        assert "resolved" not in entry, name
    assert {name: lock["packages"][f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_licences_are_known_and_notice_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "tools/notice.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("licence", "acceptable"),
    [
        ("MIT", True),
        ("LGPL-3.0-only", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("GPL-3.0-only OR MIT", True),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("MIT AND GPL-2.0-only", False),
        ("Proprietary", False),
        ("unknown", False),
    ],
)
def test_a_licence_that_binds_our_code_is_refused(licence: str, acceptable: bool) -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from notice import Package
    finally:
        sys.path.pop(0)
    assert Package("some", "1", licence).acceptable is acceptable


def test_built_files_and_data_are_not_committed() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in committed()}
    assert not [
        name for name in names if name.startswith(("node_modules/", "webui/static/build/", ".venv/", "var/"))
    ]
    assert not [name for name in names if name.endswith((".db", ".key", ".pyc"))]


def test_ci_runs_what_make_test_runs() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "make test" in script
    assert "set -euo pipefail" in script
