"""Every route, for those it is not meant for: strangers sign in, outsiders see nothing, colleagues may not act."""

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.webui.pages.conftest import Site

OPEN = {
    "account.sign_in",
    "account.sign_out",
    "health.healthz",
    "health.readyz",
    "health.metrics",
    "bundles.bundle",
    "help.index",
    "help.manual",
    "help.picture",
}


def _rules(app: Flask) -> list[Rule]:
    """All pages but those of the API, which knows its callers by token, and of the public side."""
    guarded = [r for r in app.url_map.iter_rules() if not r.endpoint.startswith(("api.", "public."))]
    return [rule for rule in guarded if rule.endpoint not in OPEN]


def _path(rule: Rule) -> str:
    return re.sub(r"<[^>]+>", "x1", re.sub(r"<int:[^>]+>", "1", rule.rule))


def test_strangers_are_asked_to_sign_in_everywhere(site: Site) -> None:
    stranger = site.stranger()
    token = {"X-CSRF-Token": stranger.token}
    for rule in _rules(site.app):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = stranger.client.open(_path(rule), method=method, headers=token)
            assert answer.status_code == 302, (method, rule.rule, answer.status_code)
            assert rule.endpoint == "home" or answer.location.startswith("/sign-in"), rule.rule


def test_htmx_and_uploads_learn_that_the_session_is_over(site: Site) -> None:
    stranger = site.stranger()
    polled = stranger.get("/tasks", headers={"HX-Request": "true"})
    assert (polled.status_code, polled.headers["HX-Redirect"]) == (401, "/sign-in?next=/tasks")
    uploaded = stranger.post("/files", headers={"Accept": "application/json"})
    assert uploaded.status_code == 401
    assert uploaded.get_json()["error"]["code"] == "unauthenticated"


@pytest.fixture
def matter(site: Site) -> str:
    return site.filled()


@pytest.mark.parametrize("who", ["外村", "百姓"])
def test_outsiders_see_nothing_of_a_matter(site: Site, matter: str, who: str) -> None:
    task = site.task("主任")
    visitor = site.visitor(who)
    for path in ("", "/pulse", "/diagram", "/cancel"):
        assert visitor.get(f"/matters/{matter}{path}").status_code == 404, path
    assert visitor.get(f"/done/{matter}").status_code == 404
    for path in ("", "/behalf", "/reassign"):
        assert visitor.get(f"/tasks/{task}{path}").status_code == 404, path
    for path in ("withdraw", "cancel"):
        assert visitor.post(f"/matters/{matter}/{path}", {"reason": "随便"}).status_code == 404, path
    for path in ("", "/claim", "/release", "/behalf", "/reassign"):
        answer = visitor.post(f"/tasks/{task}{path}", {"data": "{}", "person": "1", "reason": "随便"})
        assert answer.status_code == 404, path
    assert "修水渠" not in visitor.get("/matters?scope=all").text
    assert "修水渠" not in visitor.get("/tasks").text


def test_a_missing_matter_looks_like_a_hidden_one(site: Site, matter: str) -> None:
    hidden = site.visitor("外村").get(f"/matters/{matter}")
    missing = site.visitor("外村").get("/matters/0123456789abcdef0123456789abcdef")
    masked = re.compile(r'(csrf-token" content=")[^"]+')
    assert masked.sub(r"\1", hidden.text) == masked.sub(r"\1", missing.text)


def test_colleagues_see_the_matter_and_may_not_act(site: Site, matter: str) -> None:
    task = site.task("主任")
    visitor = site.visitor("会计")
    assert visitor.get(f"/matters/{matter}").status_code == 200
    page = visitor.get(f"/tasks/{task}")
    assert page.status_code == 200 and "不用办" in page.text
    assert 'id="complete"' not in page.text
    assert visitor.hand_in(task, {"结论": "同意"}).status_code == 403
    assert visitor.post(f"/tasks/{task}/claim").status_code == 403
    assert visitor.get(f"/tasks/{task}/behalf").status_code == 403
    assert (
        visitor.hand_in(task, {"结论": "同意"}, path=f"/tasks/{task}/behalf", person="4").status_code == 403
    )
    assert visitor.post(f"/matters/{matter}/cancel", {"reason": "不想办"}).status_code == 403
    assert visitor.get(f"/tasks/{task}/reassign").status_code == 404


def test_who_filled_it_in_may_not_approve_it(site: Site, matter: str) -> None:
    task = site.task("主任")
    answer = site.visitor("报账").hand_in(task, {"结论": "同意"})
    assert answer.status_code == 403


def test_only_those_concerned_read_an_attachment(site: Site) -> None:
    task = site.start()
    spending = site.spending()
    file = spending["凭证"][0]["id"]
    assert site.visitor("主任").get(f"/files/{file}").status_code == 404  # not handed in yet
    site.visitor("报账").hand_in(task, spending)
    assert site.visitor("主任").get(f"/files/{file}").status_code == 200
    assert site.visitor("外村").get(f"/files/{file}").status_code == 404
    assert site.visitor("报账").get("/files/" + "0" * 64).status_code == 404


def test_nobody_hands_in_anothers_file(site: Site) -> None:
    task = site.start()
    stolen = site.visitor("外村").upload("别人的.jpg")
    # The same bytes are the same file: what counts is who brought it to this matter.
    answer = site.visitor("报账").hand_in(task, site.spending() | {"凭证": [stolen | {"id": "0" * 64}]})
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/admin", "/admin/trouble", "/admin/units/3", "/admin/units/3/appoint"])
@pytest.mark.parametrize("who", ["书记", "外村", "经管"])
def test_administration_is_for_administrators(site: Site, who: str, path: str) -> None:
    answer = site.visitor(who).get(path)
    assert answer.status_code == 403
    assert 'href="/tasks"' in answer.text


def test_an_administrator_stays_below_their_unit(site: Site) -> None:
    county = site.world.units["county"]
    assert site.visitor("管得宽").get(f"/admin/units/{county}").status_code == 403
    assert site.visitor("管得宽").get("/admin/units/999").status_code == 404
    posted = site.visitor("管得宽").post(
        f"/admin/units/{county}/appoint", {"person": "1", "post": "县管理员"}
    )
    assert posted.status_code == 403


def test_a_villager_may_start_nothing(site: Site) -> None:
    assert "没有可以发起的流程" in site.visitor("百姓").get("/start").text
    assert site.visitor("百姓").get("/start/zhichu").status_code == 404
    assert site.visitor("百姓").post("/start/zhichu", {"title": "一件事", "unit": "3"}).status_code == 404


def test_starting_in_anothers_village_is_refused(site: Site) -> None:
    answer = site.visitor("报账").post(
        "/start/zhichu", {"title": "一件事", "unit": site.world.units["other"]}
    )
    assert answer.status_code == 403


def test_confirming_what_was_not_entered_for_me(site: Site) -> None:
    assert site.visitor("报账").post("/submissions/nothing/confirm").status_code == 404
