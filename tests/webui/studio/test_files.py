"""The files of a draft: saved against what was seen, so that nobody's work is overwritten."""

import hashlib

from werkzeug.test import TestResponse

from tests.webui.pages.conftest import Visitor
from tests.webui.studio.conftest import Studio


def test_a_file_is_saved_only_over_what_was_seen(studio: Studio) -> None:
    draft = studio.draft_of("zhichu")
    mine, theirs = studio.visitor("设计"), studio.visitor("同行")
    path = f"/studio/drafts/{draft}/files/procedure.toml"
    loaded = mine.get(path)
    seen = loaded.headers["ETag"].strip('"')
    assert seen == hashlib.sha256(loaded.data).hexdigest()

    def save(who: Visitor, data: bytes, seen: str) -> TestResponse:
        return who.client.put(
            f"{path}?seen={seen}",
            data=data,
            headers={"X-CSRF-Token": who.token, "Accept": "application/json"},
        )

    first = save(theirs, loaded.data + b"# 1\n", seen)
    assert first.status_code == 200
    refused = save(mine, loaded.data + b"# 2\n", seen)
    assert refused.status_code == 409
    assert "同行" in refused.get_json()["error"]["message"]
    assert studio.draft(draft).files["procedure.toml"].endswith(b"# 1\n")
