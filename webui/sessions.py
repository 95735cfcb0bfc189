"""Who is signed in: a signed cookie with the person's id and the account's generation, checked on every request.

The cookie holds nothing a reader could use: no name, no post. What a person may do is read anew each time, so a post
lost a second ago is lost here too.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask import Response as OwnResponse
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response

from engine.authorisation import Actor
from engine.people.accounts import Account, find_session
from engine.refusal import NotVisible
from engine.runtime import Runtime
from engine.store.tables import people, units

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Me:
    """The person behind this request."""

    id: int
    name: str
    place: str
    administrator: bool
    must_change: bool
    actor: Actor


class Sessions(SecureCookieSessionInterface):
    """What a cache on the way may keep and hand to others never carries somebody's session."""

    def save_session(self, app: Flask, session: SessionMixin, response: OwnResponse) -> None:
        if not response.cache_control.public:
            super().save_session(app, session, response)


def runtime() -> Runtime:
    return cast(Runtime, current_app.extensions["cunyi"])


def me() -> Me | None:
    """Who is signed in, read once a request; None when nobody is, or when the session is over."""
    if "me" not in g:
        g.me = _load()
    return cast(Me | None, g.me)


def actor() -> Actor:
    """For views behind `signed_in`."""
    known = me()
    assert known is not None
    return known.actor


def begin(account: Account) -> None:
    """A fresh session, so that nothing of an earlier one carries over."""
    session.clear()
    session.permanent = True
    session["person"] = account.person_id
    session["generation"] = account.generation
    g.pop("me", None)


def end() -> None:
    session.clear()
    g.pop("me", None)


def signed_in(view: View) -> View:
    """Lets nobody else in; they are sent to sign in and come back to where they were."""

    @wraps(view)
    def guarded(*arguments: Any, **named: Any) -> Any:
        known = me()
        if known is None:
            return ask_to_sign_in()
        if known.must_change and request.endpoint != "account.password":
            return redirect(url_for("account.password"))
        return view(*arguments, **named)

    return cast(View, guarded)


def ask_to_sign_in() -> Response:
    came_for = request.full_path.rstrip("?") if request.method == "GET" else local(request.referrer or "")
    address = url_for("account.sign_in", next=came_for if came_for not in ("", "/") else None)
    if request.headers.get("HX-Request"):
        return Response("", 401, {"HX-Redirect": address})
    if request.accept_mimetypes.best == "application/json":
        body = '{"error": {"code": "unauthenticated", "message": "登录已过期，请重新登录", "fields": {}}}'
        return Response(body, 401, content_type="application/json")
    return redirect(address)


def local(address: str) -> str:
    """The path of an address on this site; empty for any other, so that nobody is led away after signing in."""
    parts = urlsplit(address)
    own = not parts.netloc or parts.netloc == request.host
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    safe = own and path.startswith("/") and not path.startswith(("//", "/\\")) and "\\" not in path
    return path if safe and not any(ord(char) < 32 for char in path) else ""


def register(app: Flask, rt: Runtime) -> None:
    configuration = rt.configuration
    secure = configuration.secure_cookies
    app.secret_key = configuration.secret_key
    app.session_interface = Sessions()
    app.config.update(
        SESSION_COOKIE_NAME="__Host-cunyi" if secure else "cunyi",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=configuration.session_hours),
    )
    app.context_processor(lambda: {"me": me()})


def csrf_secret() -> str:
    """The session's own secret, made when a page first needs one."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_hex(16)
    return cast(str, session["csrf"])


def _load() -> Me | None:
    person, generation = session.get("person"), session.get("generation")
    if not isinstance(person, int) or not isinstance(generation, int):
        return None
    return runtime().database.look(lambda c: _read(c, person, generation))


def _read(c: Connection, person: int, generation: int) -> Me | None:
    account = find_session(c, person, generation)
    if account is None:
        return None
    try:
        found = runtime().actor(c, person)
    except NotVisible:
        return None
    return Me(person, found.name, _place(c, found), bool(found.administered), account.must_change, found)


def _place(c: Connection, found: Actor) -> str:
    """The first post and its unit: 柳湾村 报账员; without a post, where the person is at home."""
    if found.posts:
        post, unit_id, _ = found.posts[0]
        return f"{c.execute(select(units.c.name).where(units.c.id == unit_id)).scalar() or ''} {post}"
    home = select(units.c.name).join(people, people.c.unit_id == units.c.id)
    return c.execute(home.where(people.c.id == found.person_id)).scalar() or ""
