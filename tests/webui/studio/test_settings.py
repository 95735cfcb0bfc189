"""设置 of a draft: its title, key and parameters, typed in plain forms."""

import tomllib
from typing import Any

import pytest

from tests.webui.studio.conftest import Studio


@pytest.fixture
def draft(studio: Studio) -> str:
    return studio.draft_of("babu")


def written(studio: Studio, draft: str) -> dict[str, Any]:
    return tomllib.loads(studio.draft(draft).files["procedure.toml"].decode())


def test_what_is_typed_is_written_and_the_comments_stay(studio: Studio, draft: str) -> None:
    visitor, path = studio.visitor("设计"), f"/studio/drafts/{draft}/settings"
    page = visitor.get(path)
    assert page.status_code == 200
    before = written(studio, draft)
    seen = studio.draft(draft).stored["procedure.toml"].digest
    typed = {name: before[name] for name in ("summary", "level", "starters", "clauses")}
    answer = visitor.post(path, typed | {"title": "新八步", "key": "babu", "seen": seen})
    assert answer.status_code == 302, answer.text
    assert written(studio, draft) == before | {"title": "新八步"}
    text = studio.draft(draft).files["procedure.toml"].decode()
    assert text.startswith("# 八步工作法") and "# ---------------------------------------------------------------- 公示" in text
