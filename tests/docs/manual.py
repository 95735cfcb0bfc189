"""What stands in the manuals: the pictures they show and the words of pages they quote as 「…」."""

import re
from pathlib import Path

from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "使用手册"
PICTURES = FOLDER / "图"
_SHOWN = re.compile(r"!\[([^\]]*)\]\(图/([^)]+)\.png\)")
_QUOTED = re.compile(r"「([^」]+)」")


def manuals() -> list[Path]:
    return sorted(FOLDER.glob("*.md"))


def shown(manual: Path) -> list[tuple[str, str]]:
    """What a picture shows, in words, and its name."""
    return _SHOWN.findall(manual.read_text("utf-8"))


def quoted(manual: Path) -> list[str]:
    return _QUOTED.findall(manual.read_text("utf-8"))
