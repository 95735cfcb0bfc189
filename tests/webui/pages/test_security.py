"""What holds on every page: the token, the headers, no script of anybody's own, errors without entrails."""

import re

import pytest

from tests.webui.pages.conftest import Site

INLINE = re.compile(
    r"<script(?![^>]*\b(?:src=|type=\"application/json\"))|<style|\son[a-z]+=|\sstyle=|javascript:", re.I
)
PAGES = ("/tasks", "/tasks?scope=done", "/matters", "/start", "/me", "/me/password")


def test_every_change_needs_the_token(site: Site) -> None:
    site.filled()
    rules = [rule for rule in site.app.url_map.iter_rules() if rule.methods and "POST" in rule.methods]
    checked = 0
    for rule in rules:
        if rule.endpoint.startswith("api."):
            continue  # tokens of its own, no cookies
        path = re.sub(r"<int:[^>]+>", "1", rule.rule)
        path = re.sub(r"<[^>]+>", "x", path)
        answer = site.visitor("报账").client.post(path, data={"csrf_token": "made-up"})
        assert answer.status_code in (400, 302), (rule.rule, answer.status_code)
        if answer.status_code == 302:
            assert rule.endpoint in ("account.sign_in", "account.sign_out")
        checked += 1
    assert checked >= 15


def test_another_sessions_token_is_refused(site: Site) -> None:
    task = site.start()
    token = site.visitor("主任").token
    answer = site.visitor("报账").client.post(f"/tasks/{task}/release", data={"csrf_token": token})
    assert answer.status_code == 400
    assert "重新打开" in answer.text


def test_token_is_masked_anew_on_every_page(site: Site) -> None:
    tokens = {
        re.search(r'csrf-token" content="([^"]+)', site.visitor("报账").get("/me").text)[1] for _ in range(3)
    }  # type: ignore[index]
    assert len(tokens) == 3


def test_lost_session_asks_to_sign_in_and_keeps_the_way(site: Site) -> None:
    answer = site.stranger().client.post(
        "/tasks/abc", data={}, headers={"Referer": "http://localhost/tasks/abc"}
    )
    assert answer.location == "/sign-in?next=/tasks/abc"


@pytest.mark.parametrize("path", PAGES)
def test_headers_and_no_inline_script_or_style(site: Site, path: str) -> None:
    site.filled()
    answer = site.visitor("报账").get(path)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in answer.headers  # plain http
    assert not INLINE.search(answer.text), INLINE.search(answer.text)


def test_markup_in_what_people_type_stays_text(site: Site) -> None:
    matter = site.filled(title="<script>alert(1)</script>")
    for path in (f"/matters/{matter}", "/matters", f"/done/{matter}"):
        page = site.visitor("报账").get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_unforeseen_failure_shows_a_number_and_no_entrails(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.queries.tasks.counts", lambda *_: 1 / 0)
    answer = site.visitor("报账").get("/tasks")
    assert answer.status_code == 500
    assert re.search(r"编号 <strong>[0-9a-f]{8}</strong>", answer.text)
    assert "ZeroDivision" not in answer.text and "Traceback" not in answer.text


def test_database_gone_is_said_and_nothing_else_breaks(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.store import DatabaseUnavailable

    def gone(*_: object) -> None:
        raise DatabaseUnavailable(False)

    monkeypatch.setattr(site.runtime.database, "look", gone)
    answer = site.visitor("报账").get("/matters")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "再试一次" in answer.text
    assert site.stranger().get("/healthz").status_code == 200


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/tasks/x/claim", 405)])
def test_wrong_addresses_lead_on(site: Site, path: str, status: int) -> None:
    answer = site.visitor("报账").get(path)
    assert answer.status_code == status
    assert 'href="/tasks"' in answer.text


def test_too_large_a_request_is_refused_in_words(site: Site) -> None:
    visitor = site.visitor("报账")
    answer = visitor.client.post("/files", data=b"x" * (12 << 20), headers={"X-CSRF-Token": visitor.token})
    assert answer.status_code == 413
    assert "10 MB" in answer.text


def test_api_knows_no_cookie(site: Site) -> None:
    answer = site.visitor("报账").client.get("/api/v1/tasks")
    assert answer.status_code == 401
    assert answer.get_json()["error"]["code"] == "unauthenticated"


def test_nobody_frames_uploads_or_runs_them(site: Site) -> None:
    stored = site.visitor("报账").upload()
    answer = site.visitor("报账").get(f"/files/{stored['id']}")
    assert answer.status_code == 200
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"].startswith("inline; filename*=UTF-8''")
