"""Fixtures for tests of the front end."""

from collections.abc import Iterator

import pytest

from tests.webui.pieces import Pieces, running


@pytest.fixture(scope="session")
def pieces_site() -> Iterator[Pieces]:
    with running() as site:
        yield site


@pytest.fixture
def pieces(pieces_site: Pieces) -> Pieces:
    """A running site of nothing but the frame, the macros and the bundles."""
    pieces_site.received.clear()
    pieces_site.uploads.clear()
    pieces_site.tokens.clear()
    return pieces_site
