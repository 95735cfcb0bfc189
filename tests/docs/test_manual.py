"""The manuals say what the pages say: every quoted word is found on a page, every picture is one that is made.

The pictures themselves are taken anew by `python -m tests.docs.pictures`; pixels are looked at, not compared.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.docs.album import Album, squeezed
from tests.docs.manual import PICTURES, manuals, quoted, shown
from tests.docs.walk import walked

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HEAVIEST = 80 * 1024  # bytes of a picture: the manual is read on a phone
MOST = 56
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory, browser: "Browser") -> Iterator[Album]:
    with walked(tmp_path_factory.mktemp("manual"), browser) as taken:
        yield taken


@pytest.mark.parametrize("manual", manuals(), ids=lambda path: path.stem)
def test_what_it_quotes_stands_on_a_page(album: Album, manual: Path) -> None:
    missing = [words for words in quoted(manual) if squeezed(words) not in album.words]
    assert quoted(manual)
    assert not missing, missing


def test_every_picture_is_taken_and_shown(album: Album) -> None:
    named = {name for manual in manuals() for _, name in shown(manual)}
    assert named == set(album.pictures)
    assert named == {path.stem for path in PICTURES.glob("*.png")}


def test_no_page_fails_on_the_way(album: Album) -> None:
    assert not album.errors


@pytest.mark.parametrize("manual", manuals(), ids=lambda path: path.stem)
def test_pictures_are_described_few_and_light(manual: Path) -> None:
    assert all(words for words, _ in shown(manual)), "whoever cannot see it reads what it shows"
    kept = list(PICTURES.glob("*.png"))
    assert len(kept) <= MOST
    assert not [path.name for path in kept if path.stat().st_size > HEAVIEST]
