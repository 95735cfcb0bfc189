"""README.md keeps its promises: commands that exist, links that lead somewhere, people who can sign in."""

import re
import tomllib
from pathlib import Path

import pytest

from engine.demo import COUNTY, PASSWORD
from tests.conftest import ROOT
from webui.cli import cli

README = (ROOT / "README.md").read_text("utf-8")
PICTURE = 200_000  # bytes at most: a readme is also read on a phone


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md"])
def test_links_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    targets = {t for t in re.findall(r"\]\(([^)#\s]+)\)", text) if not t.startswith("http")}
    assert not [target for target in targets if not (ROOT / target).exists()]


def test_its_commands_exist() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(re.findall(r"^make ([a-z]+)", README, re.MULTILINE)) == {"run", "test"}
    assert {"run", "test"} <= set(targets)
    named = set(re.findall(r"(?:`|\.venv/bin/)cunyi ([a-z]+)", README))
    assert named and named <= set(cli.commands)
    paths = re.findall(r"(?:check|rehearse|-s) (\S+/\S+)", README)
    assert paths and all((ROOT / path).exists() for path in paths)


def test_whom_it_names_can_sign_in() -> None:
    county = tomllib.loads(COUNTY.read_text("utf-8"))
    accounts = {account["login"]: account["person"] for account in county["accounts"]}
    names = {person["code"]: person["name"] for person in county["people"]}
    rows = re.findall(r"^\| `(\w+)` \| (\w+),", README, re.MULTILINE)
    assert len(rows) >= 8
    for login, name in rows:
        assert names[accounts[login]] == name
    assert f"`{PASSWORD}`" in README


def test_its_pictures_are_small() -> None:
    pictures: list[Path] = sorted((ROOT / "docs" / "images").glob("*.png"))
    assert pictures
    assert not [picture.name for picture in pictures if picture.stat().st_size > PICTURE]
