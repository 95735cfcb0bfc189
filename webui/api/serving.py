"""From a request to an endpoint and back: who asks, what was sent, and every failure in one shape."""

import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from engine.people.accounts import find_token
from engine.refusal import NotVisible, Refusal
from engine.runtime import Runtime
from engine.store.failures import DatabaseUnavailable
from webui.api import body as json_body
from webui.api.endpoint import Call, Endpoint, Raw
from webui.api.shapes import read

log = logging.getLogger("cunyi.api")

MAX_UPLOAD = 11 << 20  # the engine refuses files over 10 MB and says so; this only bounds what is read at all


@dataclass
class NoQuery:
    """An address without parameters."""


class Unauthenticated(Refusal):
    status = 401


class Oversized(Refusal):
    status = 413


class WrongMediaType(Refusal):
    status = 415


WHO_ARE_YOU = "请在 Authorization: Bearer 里带上令牌（用 cunyi token 用户名 生成）"


def view(runtime: Runtime, endpoint: Endpoint) -> Callable[..., Response]:
    """The Flask view of an endpoint."""

    def serve(**path: Any) -> Response:
        try:
            request.max_content_length = MAX_UPLOAD if endpoint.upload else json_body.MAX_BYTES
            # Who comes first: a stranger learns nothing about what would have been right.
            call = Call(runtime, _authenticate(runtime))
            _require_text(path.values())
            given = _given(endpoint)
            return _success(endpoint, endpoint.function(call, **path, **given))
        except Exception as error:
            return failure(error)

    serve.__name__ = endpoint.name
    return serve


def _authenticate(runtime: Runtime) -> int:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret:
        raise Unauthenticated("unauthenticated", WHO_ARE_YOU)
    now = runtime.now()
    account = runtime.database.look(lambda c: find_token(c, secret, now)) if len(secret) < 200 else None
    if account is None:
        raise Unauthenticated("bad-token", "令牌不对，或者已经过期、停用。请重新生成一个")
    return account.person_id


def _given(endpoint: Endpoint) -> dict[str, Any]:
    given: dict[str, Any] = {}
    query: Any = read(endpoint.query or NoQuery, _query_values())
    if endpoint.query:
        given["query"] = query
    if endpoint.upload:
        given["upload"] = _upload()
    elif endpoint.body:
        given["body"] = read(endpoint.body, json_body.parse(_json_bytes()))
    return given


def _require_text(values: Iterable[Any]) -> None:
    """Raises NotVisible: an address with characters no database stores names nothing."""
    if any(isinstance(value, str) and json_body.UNSTORABLE.search(value) for value in values):
        raise NotVisible("not-found", "没有这个地址")


def _query_values() -> dict[str, str]:
    _require_text(request.args.values())
    for name, values in request.args.lists():
        if len(values) > 1:
            raise json_body.Unreadable("duplicate-key", f"地址里“{name[:40]}”写了不止一次，请只留一个")
    return request.args.to_dict()


def _json_bytes() -> bytes:
    if request.mimetype != "application/json":
        raise WrongMediaType("wrong-media-type", "请用 JSON 提交，请求头写 Content-Type: application/json")
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise Oversized("too-large", "请求太大，最多 1 MB；附件请先用 /files 上传") from None


def _upload() -> tuple[bytes, str]:
    """The bytes and the name of the one file handed in."""
    if request.mimetype != "multipart/form-data":
        raise WrongMediaType("wrong-media-type", "请用 multipart/form-data 上传文件，名字写 file")
    try:
        part = request.files.get("file")
    except RequestEntityTooLarge:
        raise Oversized("too-large", "文件太大，最多 10 MB") from None
    if part is None or not part.filename:
        raise json_body.Unreadable("file-missing", "没有收到文件：请把文件放在名为 file 的一项里")
    return part.read(), part.filename


# ---------------------------------------------------------------- answers


def _success(endpoint: Endpoint, answer: Any) -> Response:
    if isinstance(answer, Raw):
        return _closed(Response(answer.data, 200, answer.headers, content_type=answer.media_type))
    return _json(answer, endpoint.status)


def failure(error: Exception) -> Response:
    """The answer to anything that went wrong. What nobody foresaw gets a number that is also in the log."""
    if isinstance(error, Refusal):
        response = _problem(error.status, error.code, error.message, error.fields)
        if error.status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
    elif isinstance(error, DatabaseUnavailable):
        code = "in-doubt" if error.in_doubt else "unavailable"
        response = _problem(503, code, str(error))
    elif isinstance(error, HTTPException):
        response = _problem(error.code or 400, "bad-request", "请求读不懂，请对照 /api/v1/openapi.json 检查")
    else:
        reference = secrets.token_hex(4)
        log.exception("unforeseen failure", extra={"reference": reference})
        response = _problem(500, "internal", f"系统出错了，已经记录。请把编号 {reference} 告诉管理员")
    if response.status_code == 503:
        response.headers["Retry-After"] = "3"
    return response


def _problem(status: int, code: str, message: str, fields: dict[str, str] | None = None) -> Response:
    return _json({"error": {"code": code, "message": message, "fields": fields or {}}}, status)


def _json(value: Any, status: int) -> Response:
    return _closed(Response(orjson.dumps(value), status, content_type="application/json"))


def _closed(response: Response) -> Response:
    """Nothing here belongs into a cache or is to be guessed at by a browser."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
