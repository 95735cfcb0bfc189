"""The JSON API under /api/v1: the operations and queries of the engine, and nothing of its own."""

from functools import cache
from importlib.metadata import version
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, request

from engine.refusal import NotVisible, Refusal
from engine.runtime import Runtime
from webui.api import files, instances, meetings, papers, procedures, tasks  # noqa: F401  (they declare the endpoints)
from webui.api.endpoint import ENDPOINTS
from webui.api.openapi import document
from webui.api.serving import failure, view

PREFIX = "/api/v1"


class WrongMethod(Refusal):
    status = 405


def register(app: Flask, runtime: Runtime) -> Blueprint:
    """Mount the API on the app. Returns the blueprint, for a CSRF guard to exempt: only tokens count."""
    blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
    for endpoint in ENDPOINTS:
        served = view(runtime, endpoint)
        blueprint.add_url_rule(endpoint.rule, endpoint.name, served, methods=[endpoint.method])
    blueprint.add_url_rule("/openapi.json", "openapi", _openapi)
    for rule in ("/", "/<path:_path>"):
        blueprint.add_url_rule(rule, "nowhere", _nowhere, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    app.register_blueprint(blueprint)
    return blueprint


@cache
def _document() -> bytes:
    return orjson.dumps(document(version("cunyi")))


def _openapi() -> Response:
    return Response(_document(), content_type="application/json")


def _nowhere(**_path: Any) -> Response:
    """Every other address: a JSON answer, not the site's page."""
    path = request.path.removeprefix(PREFIX)
    allowed = {endpoint.method for endpoint in ENDPOINTS if endpoint.matches(path)}
    if not allowed:
        return failure(NotVisible("not-found", "没有这个接口，请对照 /api/v1/openapi.json 检查地址"))
    methods = "、".join(sorted(allowed))
    response = failure(WrongMethod("wrong-method", f"这个接口只接受 {methods}"))
    response.headers["Allow"] = ", ".join(sorted(allowed))
    return response
