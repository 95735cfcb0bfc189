"""Who gets in, how long, and where they land."""

import re

import pytest
from sqlalchemy import update

from engine.people.accounts import PER_LOGIN, disable, end_sessions, set_password
from engine.store.tables import accounts
from tests.webui.pages.conftest import Site, Visitor

PASSWORD = "清溪 1234 水渠"


@pytest.fixture
def login(site: Site) -> str:
    """The login of 报账, with a real password."""
    person = site.world.people["报账"]
    site.runtime.database.run(lambda c: set_password(c, person, PASSWORD))
    site.runtime.database.run(lambda c: c.execute(update(accounts).values(generation=0)))
    return f"p{person}"


def sign_in(visitor: Visitor, login: str, password: str, path: str = "/sign-in"):  # type: ignore[no-untyped-def]
    return visitor.post(path, {"login": login, "password": password})


def test_right_password_leads_to_the_list(site: Site, login: str) -> None:
    visitor = site.stranger()
    answer = sign_in(visitor, login.upper() + " ", PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/")
    assert visitor.get("/tasks").status_code == 200


def test_cookie_is_out_of_reach_for_scripts_and_other_sites(site: Site, login: str) -> None:
    cookie = sign_in(site.stranger(), login, PASSWORD).headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_cookie_travels_by_https_only_outside_the_demo(make_site, sqlite_database) -> None:  # type: ignore[no-untyped-def]
    from dataclasses import replace

    from webui.app import create_app

    site = make_site(sqlite_database)
    site.runtime.configuration = replace(site.runtime.configuration, secure_cookies=True)
    answer = create_app(site.runtime).test_client().get("/sign-in", base_url="https://cunyi.example")
    assert answer.headers["Set-Cookie"].startswith("__Host-cunyi=")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_wrong_and_unknown_look_alike(site: Site, login: str) -> None:
    wrong = sign_in(site.stranger(), login, "不是这个密码")
    unknown = sign_in(site.stranger(), "nobody", "不是这个密码")
    assert wrong.status_code == unknown.status_code == 422
    message = re.compile(r'role="alert">([^<]+)<')
    assert message.search(wrong.text)[1] == message.search(unknown.text)[1]  # type: ignore[index]
    assert f'value="{login}"' in wrong.text  # nothing typed is lost, but the password


def test_attempts_are_limited(site: Site, login: str) -> None:
    for _ in range(PER_LOGIN):
        assert sign_in(site.stranger(), login, "错的密码呀").status_code == 422
    refused = sign_in(site.stranger(), login, PASSWORD)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    site.pass_time(minutes=16)
    assert sign_in(site.stranger(), login, PASSWORD).status_code == 302


@pytest.mark.parametrize(
    ("asked", "landed"),
    [
        ("/matters?scope=all", "/matters?scope=all"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_landing_stays_on_this_site(site: Site, login: str, asked: str, landed: str) -> None:
    visitor = site.stranger()
    token = visitor.token
    answer = visitor.client.post(
        "/sign-in",
        query_string={"next": asked},
        data={"csrf_token": token, "login": login, "password": PASSWORD},
    )
    assert answer.location == landed


def test_coming_back_to_where_one_was(site: Site) -> None:
    answer = site.stranger().get("/matters?scope=all")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/matters?scope%3Dall"


def test_signing_in_starts_a_fresh_session(site: Site, login: str) -> None:
    visitor = site.stranger()
    visitor.get("/sign-in")
    with visitor.client.session_transaction() as before:
        planted = before["csrf"]
    sign_in(visitor, login, PASSWORD)
    visitor.get("/tasks")
    with visitor.client.session_transaction() as after:
        assert after["csrf"] != planted


def test_signing_out(site: Site) -> None:
    visitor = site.visitor("报账")
    assert visitor.post("/sign-out").location == "/sign-in"
    assert visitor.get("/tasks").status_code == 302


def test_session_ends_with_the_account_and_with_its_generation(site: Site) -> None:
    first, second = site.visitor("报账"), site.visitor("主任")
    people, database = site.world.people, site.runtime.database
    assert first.get("/tasks").status_code == second.get("/tasks").status_code == 200
    database.run(lambda c: end_sessions(c, people["报账"]))
    database.run(lambda c: disable(c, people["主任"], site.clock()))
    assert first.get("/tasks").status_code == second.get("/tasks").status_code == 302


def test_first_password_must_be_changed(site: Site, login: str) -> None:
    person = site.world.people["报账"]
    site.runtime.database.run(lambda c: c.execute(update(accounts).values(must_change=True)))
    visitor = site.stranger()
    assert sign_in(visitor, login, PASSWORD).location == "/me/password"
    assert visitor.get("/tasks").location == "/me/password"
    visitor.__dict__.pop("token")  # the session is a new one
    wrong = visitor.post("/me/password", {"old": PASSWORD, "new": "新的密码八位", "again": "新的密码九位"})
    assert wrong.status_code == 422 and "不一样" in wrong.text
    right = visitor.post(
        "/me/password", {"old": PASSWORD, "new": "新的密码有八位了", "again": "新的密码有八位了"}
    )
    assert right.location == "/sign-in", right.text
    assert sign_in(site.stranger(), f"p{person}", "新的密码有八位了").location == "/"


def test_forged_cookie_is_nobody(site: Site) -> None:
    visitor = site.stranger()
    visitor.client.set_cookie(
        "cunyi", "eyJwZXJzb24iOjEsImdlbmVyYXRpb24iOjB9.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"
    )
    assert visitor.get("/tasks").status_code == 302


def test_after_an_idle_day_one_signs_in_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    visitor = site.visitor("报账")
    assert visitor.get("/tasks").status_code == 200
    later = time.time() + 13 * 3600
    monkeypatch.setattr(time, "time", lambda: later)
    visitor.client._cookies = dict(visitor.client._cookies)
    assert (
        site.app.session_interface.open_session(  # the signature is too old, whatever the browser keeps
            site.app, site.app.test_request_context("/", headers={"Cookie": _cookie(visitor)}).request
        )
        == {}
    )


def _cookie(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie("cunyi")
    assert cookie is not None
    return f"cunyi={cookie.value}"
