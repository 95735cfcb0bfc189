"""Counties for the stories, and where pictures of a story go: `pytest tests/stories/… --pictures FOLDER`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.stories.county import County, county

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", type=Path, help="a folder for pictures of the stations of a story")


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path | None:
    """Where to put them; in a run of all tests nobody asks for any."""
    found: Path | None = request.config.getoption("--pictures", None)
    return found


@pytest.fixture(scope="session")
def shared_county(
    tmp_path_factory: pytest.TempPathFactory, lived_folder: Path, browser: "Browser"
) -> Iterator[County]:
    with county(tmp_path_factory.mktemp("county"), browser, lived=lived_folder) as opened:
        yield opened


@pytest.fixture
def cast(shared_county: County) -> Iterator[County]:
    """The people of the shared county, each with a fresh phone."""
    yield shared_county
    shared_county.go_home()


@pytest.fixture
def own_county(
    tmp_path_factory: pytest.TempPathFactory, lived_folder: Path, browser: "Browser"
) -> Iterator[County]:
    """A county of the story's own: days pass in it, people come and go."""
    with county(tmp_path_factory.mktemp("county"), browser, lived=lived_folder) as opened:
        yield opened
        opened.go_home()


@pytest.fixture
def new_county(
    tmp_path_factory: pytest.TempPathFactory, new_folder: Path, browser: "Browser"
) -> Iterator[County]:
    """People and procedures, and nothing done yet: who is waited for by one thing only finds it at once."""
    with county(tmp_path_factory.mktemp("county"), browser, lived=new_folder) as opened:
        yield opened
        opened.go_home()
