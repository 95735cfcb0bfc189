"""The web application: `create_app(runtime)` for a server's worker process, a test, or a rehearsal."""

from flask import Flask, redirect, url_for
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from engine.runtime import Runtime
from engine.steps.threshold import in_words
from webui import (
    account,
    acts,
    admin,
    api,
    ballots,
    bundles,
    compression,
    documents,
    errors,
    files,
    health,
    help,
    logs,
    matters,
    meetings,
    minutes,
    opinions,
    page_standing,
    papers,
    parameters,
    public,
    security,
    sessions,
    start,
    statistics,
    studio,
    tasks,
    words,
)
from webui.public import sheets


def create_app(runtime: Runtime) -> Flask:
    """Pages and the API over one runtime. Raises BundlesMissing, on the first page, when the assets were not built."""
    app = Flask(__name__, static_folder=None)
    app.extensions["cunyi"] = runtime
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    proxies = runtime.configuration.trusted_proxies
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    logs.register(app)
    health.register(app)
    compression.register(app)
    sessions.register(app, runtime)
    security.register(app, exempt=api.register(app, runtime))
    errors.register(app)
    bundles.register(app)
    # acts' route stands on the blueprint of the tasks
    for pages in (
        account,
        acts,
        ballots,
        documents,
        matters,
        meetings,
        minutes,
        papers,
        page_standing,
        opinions,
        start,
        files,
        parameters,
        statistics,
        studio,
        admin,
        help,
        public,
        sheets,
    ):
        app.register_blueprint(pages.blueprint)
    _words(app, runtime)

    @app.get("/")
    def home() -> Response:
        return redirect(tasks.entrance() if sessions.me() else url_for("tasks.index"))

    return app


def _words(app: Flask, runtime: Runtime) -> None:
    """How templates write moments and deadlines, and the number at the tab 待办."""
    app.jinja_env.filters.update(
        due_text=lambda due: words.due_text(due, runtime.now()),
        due_tone=lambda due: words.due_tone(due, runtime.now()),
        moment=lambda value: words.moment(value, runtime.now()),
        deadline=words.deadline,
        threshold=words.threshold,
        in_words=in_words,
        iso=words.iso,
    )
    app.context_processor(lambda: {"counts": tasks.Badge(), "site_name": runtime.configuration.site_name})
