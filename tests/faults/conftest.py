"""The town of these tests, on both databases."""

from pathlib import Path

import pytest

from engine.store import Database
from tests.faults.town import Town


@pytest.fixture
def town(database: Database, tmp_path: Path) -> Town:
    return Town.build(database, tmp_path)
