"""Nothing public is undocumented."""

from pathlib import Path

from engine.configuration import OPTIONS
from webui.api.endpoint import ENDPOINTS

DOCS = Path(__file__).parents[3] / "docs"


def test_every_call_is_in_the_api_document() -> None:
    text = (DOCS / "api.md").read_text("utf-8")
    assert [e for e in ENDPOINTS if f"`{e.method} {e.path}`" not in text] == []


def test_every_option_is_in_the_configuration_document() -> None:
    text = (DOCS / "configuration.md").read_text("utf-8")
    lines = {
        line.split("|")[1].strip(" `"): line for line in text.splitlines() if line.startswith("| `CUNYI")
    }
    assert list(lines) == [option.name for option in OPTIONS]
    for option in OPTIONS:
        assert option.meaning in lines[option.name].replace("`", "")
