"""Structured logs: one JSON object a line, with the request's id and never personal data."""

import logging
import re
import secrets
import sys
import time
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Flask, Response, g, request

log = logging.getLogger("cunyi.request")
GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")


class Lines(logging.Formatter):
    """A record as one line of JSON; `extra={"event": {…}}` adds fields."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= getattr(record, "event", None) or {}
        if reference := getattr(record, "reference", None):
            line["reference"] = reference
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def configure(level: str) -> None:
    """Everything of ours to standard error, as JSON lines. Called once by the command line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logger = logging.getLogger("cunyi")
    logger.handlers[:] = [handler]
    logger.setLevel(level)
    logger.propagate = False


def register(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if GIVEN.fullmatch(given) else secrets.token_hex(8)
        g.began = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        if "began" not in g:
            return response
        response.headers["X-Request-ID"] = g.request_id
        if log.isEnabledFor(logging.INFO) and request.endpoint != "bundles.bundle":
            event = {
                "request": g.request_id,
                "method": request.method,
                "route": request.url_rule.rule
                if request.url_rule
                else None,  # the pattern: an address may name a matter
                "status": response.status_code,
                "ms": round((time.perf_counter() - g.began) * 1000, 1),
            }
            log.info("request", extra={"event": event})
        return response
