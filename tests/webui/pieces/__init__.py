"""A small site of nothing but the frame, the macros and the bundles: it tests them without a database."""

import json
import logging
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask, Response, flash, redirect, render_template, request
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.serving import make_server

from webui import bundles

HERE = Path(__file__).parent
POLICY = "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; frame-ancestors 'none'"


class Pieces:
    """The running site. Tests set what the next page shows and read what was handed in."""

    def __init__(self) -> None:
        self.url = ""
        self.schema: dict[str, Any] = {"type": "default", "components": []}
        self.data: dict[str, Any] = {}
        self.errors: dict[str, str] = {}
        self.diagram: dict[str, Any] = {"xml": "", "present": [], "passed": [], "notes": {}}
        self.received: list[dict[str, Any]] = []
        self.uploads: list[tuple[str, int]] = []
        self.tokens: list[str | None] = []

    def show(
        self, *components: dict[str, Any], data: Any = None, errors: dict[str, str] | None = None
    ) -> str:
        """Set the form; the address of its page."""
        self.schema = {"type": "default", "components": list(components)}
        self.data, self.errors = data or {}, errors or {}
        return f"{self.url}/form"


def application(pieces: Pieces) -> Flask:
    app = Flask("webui", root_path=str(HERE), template_folder=".")
    templates = Path(bundles.__file__).parent / "templates"
    app.jinja_loader = ChoiceLoader([FileSystemLoader(HERE), FileSystemLoader(templates)])
    app.secret_key = secrets.token_hex()
    app.jinja_env.globals["csrf_token"] = lambda: "token"
    bundles.register(app)

    @app.context_processor
    def common() -> dict[str, Any]:
        me = SimpleNamespace(id=7, name="周明亮", place="桃源村 报账员", administrator=True)
        return {"me": me, "counts": SimpleNamespace(tasks=3)}

    @app.after_request
    def policy(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    @app.get("/")
    def index() -> str:
        return render_template("index.html")

    @app.get("/form")
    def form() -> str:
        return render_template("form.html", schema=pieces.schema, data=pieces.data, errors=pieces.errors)

    @app.post("/form")
    def hand_in() -> Any:
        data = json.loads(request.form["data"])
        pieces.received.append(data)
        if pieces.errors:
            page = render_template("form.html", schema=pieces.schema, data=data, errors=pieces.errors)
            return page, 422
        flash("已提交。", "success")
        flash("task-1", "draft-done")
        return redirect("/")

    @app.post("/files")
    def upload() -> Any:
        pieces.tokens.append(request.headers.get("X-CSRF-Token"))
        file = request.files["file"]
        if file.filename == "bad.txt":
            return {"error": {"code": "type", "message": "不支持这种文件"}}, 422
        pieces.uploads.append((str(file.filename), len(file.read())))
        return {"id": f"{len(pieces.uploads):064x}", "name": file.filename}, 201

    @app.get("/diagram")
    def diagram() -> str:
        return render_template("diagram.html", **pieces.diagram)

    return app


@contextmanager
def running() -> Iterator[Pieces]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    pieces = Pieces()
    server = make_server("127.0.0.1", 0, application(pieces), threaded=True)
    pieces.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield pieces
    finally:
        server.shutdown()
        thread.join()
