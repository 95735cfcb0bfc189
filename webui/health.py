"""For those who run it: is the process alive, can it work, and how is it doing."""

import threading
import time
from collections import defaultdict

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from sqlalchemy import func, select

from engine.store.failures import DatabaseUnavailable
from engine.store.tables import incidents, instances, outbox, tasks, timers
from webui.sessions import runtime

blueprint = Blueprint("health", __name__)


class Meter:
    """Requests of this process, by status and in seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count: dict[tuple[str, int], int] = defaultdict(int)
        self._seconds = 0.0

    def note(self, method: str, status: int, seconds: float) -> None:
        with self._lock:
            self._count[method, status] += 1
            self._seconds += seconds

    def lines(self) -> list[str]:
        with self._lock:
            counted, seconds = sorted(self._count.items()), self._seconds
        lines = ["# TYPE cunyi_requests_total counter"]
        lines += [f'cunyi_requests_total{{method="{m}",status="{s}"}} {n}' for (m, s), n in counted]
        return [
            *lines,
            "# TYPE cunyi_request_seconds_total counter",
            f"cunyi_request_seconds_total {seconds:.3f}",
        ]


def register(app: Flask) -> None:
    meter = app.extensions["cunyi.meter"] = Meter()
    app.register_blueprint(blueprint)

    @app.after_request
    def measure(response: Response) -> Response:
        if "began" in g:
            meter.note(request.method, response.status_code, time.perf_counter() - g.began)
        return response


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers; the database is not asked."""
    return Response("ok\n", content_type="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """The database answers and has our tables."""
    try:
        runtime().database.look(lambda c: c.execute(select(instances.c.id).limit(1)).first())
    except DatabaseUnavailable as error:
        return Response(f"{error}\n", 503, {"Retry-After": "5"}, content_type="text/plain; charset=utf-8")
    return Response("ok\n", content_type="text/plain")


@blueprint.get("/metrics")
def metrics() -> Response:
    """In Prometheus's text format, to callers on this machine only; no personal data."""
    if request.remote_addr not in ("127.0.0.1", "::1"):
        abort(404)
    now = runtime().now()
    gauges = (
        ("cunyi_open_tasks", select(func.count()).select_from(tasks)),
        ("cunyi_overdue_tasks", select(func.count()).select_from(tasks).where(tasks.c.due_at <= now)),
        (
            "cunyi_running_matters",
            select(func.count()).select_from(instances).where(instances.c.status == "running"),
        ),
        (
            "cunyi_open_incidents",
            select(func.count()).select_from(incidents).where(incidents.c.resolved_at.is_(None)),
        ),
        ("cunyi_late_timers", select(func.count()).select_from(timers).where(timers.c.due_at <= now)),
        (
            "cunyi_undelivered_messages",
            select(func.count()).select_from(outbox).where(outbox.c.delivered_at.is_(None)),
        ),
    )
    lines = current_app.extensions["cunyi.meter"].lines()
    with runtime().database.read() as c:
        for name, query in gauges:
            lines += [f"# TYPE {name} gauge", f"{name} {c.execute(query).scalar_one()}"]
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
