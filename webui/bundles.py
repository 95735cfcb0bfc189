"""The built front-end files: where a page finds them, and how they are sent.

`make setup` builds `webui/static/build` from `webui/assets`. A file's name carries a hash of its content, so a browser
keeps it for a year and never asks again; each also lies there gzipped.
"""

import json
from functools import cached_property
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request, send_from_directory

BUILD = Path(__file__).parent / "static" / "build"
YEAR = 365 * 24 * 3600  # seconds


class BundlesMissing(RuntimeError):
    """The front-end files have not been built. The message says how to build them."""


class Bundles:
    """The built files of one folder, by the plain names templates use (`app.css`)."""

    def __init__(self, folder: Path = BUILD) -> None:
        self.folder = folder

    @cached_property
    def names(self) -> dict[str, str]:
        """Plain name → file name. Raises BundlesMissing."""
        try:
            manifest: dict[str, str] = json.loads((self.folder / "manifest.json").read_text("utf-8"))
        except FileNotFoundError:
            raise BundlesMissing("网页资源还没有生成，请先运行 make setup") from None
        return manifest

    def url(self, name: str) -> str:
        return f"/static/build/{self.names[name]}"


def register(app: Flask, bundles: Bundles | None = None) -> None:
    """Serves the files below /static/build and gives templates `asset(name)`."""
    found = bundles or Bundles()
    blueprint = Blueprint("bundles", __name__)

    @blueprint.get("/static/build/<name>")
    def bundle(name: str) -> Response:
        if name not in found.names.values():
            abort(404)
        return _send(found.folder, name)

    app.register_blueprint(blueprint)
    app.jinja_env.globals["asset"] = found.url


def _send(folder: Path, name: str) -> Response:
    packed = request.accept_encodings.quality("gzip") > 0
    response = send_from_directory(folder, f"{name}.gz" if packed else name, max_age=YEAR)
    response.headers["Content-Type"] = (
        f"text/{'css' if name.endswith('.css') else 'javascript'}; charset=utf-8"
    )
    response.headers["Vary"] = "Accept-Encoding"
    response.cache_control.immutable = True
    response.cache_control.public = True
    response.cache_control.no_cache = None
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response
