"""One county for the stories that do not need the calendar to themselves."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.stories.county import County, county

if TYPE_CHECKING:
    from playwright.sync_api import Browser


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
