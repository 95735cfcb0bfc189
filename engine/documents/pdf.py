"""PDF out of HTML, with WeasyPrint. Where its system parts are missing, that is said, and the Word file is offered.

Nothing is ever fetched: a picture stands in the HTML itself, or is handed over by the caller under a name of its own
(`picture:12`). In a process one document is made at a time, and beside it one with pictures, so that big ones neither
add up nor keep a resolution of one page waiting.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from engine.refusal import Refusal, Unavailable

log = logging.getLogger("cunyi.documents")
PATIENCE = 45.0  # seconds to wait for others' documents
PICTURE = "picture:"
Pictures = Callable[[str], tuple[bytes, str]]

STYLE = """
@page { size: A4 }
html { font-family: "SimSun", "Noto Serif CJK SC", serif; font-size: 12pt; line-height: 1.5; color: #000 }
body { margin: 0 }
p { margin: 0; overflow-wrap: anywhere }
td { padding: 2pt 4pt; overflow-wrap: anywhere }
thead { display: table-header-group }
img { vertical-align: middle }
.sheet { break-before: page }
.sheet:first-child { break-before: auto }
.page::after { content: counter(page) }
.pages::after { content: counter(pages) }
"""
_ONE, _ONE_BIG = threading.Lock(), threading.Lock()


class NoPdf(Refusal):
    """This machine cannot make PDFs; the Word file says the same."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "no-pdf",
            "这台服务器缺少生成 PDF 的系统部件（Pango），暂时不能出 PDF。请下载 Word 版；"
            "需要 PDF 的，请管理员装上 Pango，或用 Word、WPS 另存为 PDF",
        )


@cache
def available() -> bool:
    """Whether PDFs can be made here."""
    try:
        import weasyprint  # noqa: F401
    except OSError as error:
        log.warning("no PDF: %s", error)
        return False
    return True


def write_pdf(
    body: str, css: str, to: IO[bytes], *, title: str = "", pictures: Pictures | None = None
) -> None:
    """Write `body` onto pages. `pictures` gives the bytes and type of what the HTML calls `picture:<name>`.

    Raises NoPdf; Unavailable while others' documents are in the making.
    """
    if not available():
        raise NoPdf
    turn = _ONE if pictures is None else _ONE_BIG
    if not turn.acquire(timeout=PATIENCE):
        raise Unavailable("pdf-busy", "正在给别人生成文件，请过一会儿再点一次")
    try:
        _write(body, css, to, title, pictures)
    finally:
        turn.release()


def _write(body: str, css: str, to: IO[bytes], title: str, pictures: Pictures | None) -> None:
    import html

    import weasyprint

    page = (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<style>{STYLE}{css}</style></head><body>{body}</body></html>"
    )
    with TemporaryDirectory(prefix="cunyi-pdf-") as folder:
        fetcher = _fetcher(pictures)
        document = weasyprint.HTML(string=page, url_fetcher=fetcher, base_url=None)
        document.write_pdf(target=to, cache=Path(folder) / "pictures", optimize_images=False)


def _fetcher(pictures: Pictures | None) -> Any:
    """Gives what the page itself carries, or the caller has, and refuses every address."""
    import base64

    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint is untyped
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:image/"):
                kind, _, data = url.removeprefix("data:").partition(";base64,")
                return URLFetcherResponse(url, body=base64.b64decode(data), headers={"Content-Type": kind})
            if pictures is not None and url.startswith(PICTURE):
                body, kind = pictures(url.removeprefix(PICTURE))
                return URLFetcherResponse(url, body=body, headers={"Content-Type": kind})
            raise ValueError("nothing is fetched for a document")

    return Fetcher()
