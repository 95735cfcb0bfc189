"""What protects every page: the CSRF token, the headers, the size of requests."""

import base64
import hmac
import secrets

from flask import Blueprint, Flask, Request, Response, request, session
from werkzeug.exceptions import BadRequest

from webui.sessions import csrf_secret

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_BODY = 11 << 20  # a file of 10 MB and its envelope
HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=(), usb=()",
}
# Drawing and form editors write their own style sheets; only the studio's pages, for designers, let them.
EDITORS = {
    "Content-Security-Policy": HEADERS["Content-Security-Policy"] + "; style-src 'self' 'unsafe-inline'"
}
HSTS = "max-age=31536000"


class CsrfFailed(BadRequest):
    """The form does not carry this session's token: it stood open too long, or it is not ours."""


def csrf_token() -> str:
    """The session's token, masked anew each time, so that a compressed page gives nothing away."""
    secret, mask = bytes.fromhex(csrf_secret()), secrets.token_bytes(16)
    return base64.urlsafe_b64encode(mask + _xor(mask, secret)).decode().rstrip("=")


def register(app: Flask, exempt: Blueprint | None = None) -> None:
    """Guards every unsafe request of the app but those of `exempt`, which knows its callers by token alone."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = 2 << 20
    app.jinja_env.globals["csrf_token"] = csrf_token

    @app.before_request
    def check() -> None:
        outside = exempt is not None and request.blueprint == exempt.name
        if request.method not in SAFE and not outside and not _carries_token(request):
            raise CsrfFailed

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"  # pages hold personal data; phones change hands
        return response


def _carries_token(incoming: Request) -> bool:
    given = incoming.headers.get("X-CSRF-Token") or incoming.form.get("csrf_token", "")
    secret = session.get("csrf")
    if not secret or not given:
        return False
    try:
        raw = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
    except ValueError:
        return False
    return len(raw) == 32 and hmac.compare_digest(_xor(raw[:16], raw[16:]).hex(), secret)


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
