"""A site of a test in a real browser: served, entered as somebody, and judged page by page."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.serving import make_server

from tests.conftest import axe_violations

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.webui.pages.conftest import Site

WIDTHS = (390, 1280)
LATIN = re.compile(r"[A-Za-z]{3,}")
KNOWN = re.compile(
    r"\bPDF\b|\bWord\b|\bExcel\b|\b[0-9a-f]{8}\b|\b[2-9A-Z]{5}-[2-9A-Z]{5}\b|LB|FD|BPMN|JavaScript|[\w.-]+\.(?:jpg|png|pdf)|p\d+|MB"
)  # kinds of files, references, codes, file names, logins


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def enter(context: "BrowserContext", site: "Site", address: str, name: str) -> None:
    """Sign in without the password's work: the same cookie the server would give."""
    site.visitor(name).get("/me")
    cookie = site.visitor(name).client.get_cookie("cunyi")
    assert cookie is not None
    context.add_cookies([{"name": "cunyi", "value": cookie.value, "url": address}])


def judge(page: "Page", path: str) -> list[str]:
    """What is wrong with the page that is open: to axe, by its width, and words that are not Chinese."""
    problems = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_load_state("networkidle")
        page.wait_for_function("() => !document.querySelector('.form-waiting')")
        problems += [f"{path} at {width}: {found}" for found in axe_violations(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append(f"{path} is wider than {width}")
    text = KNOWN.sub("", page.inner_text("body"))
    problems += [f"{path} says {word}" for word in LATIN.findall(text)]
    return problems
