"""What anybody may read: a matter's page, a unit's notice board, the papers and photos that belong to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import quote

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.operations import links
from engine.queries import public
from engine.queries.public import MatterPage
from engine.refusal import NotVisible
from webui.public import codes, thumbnails
from webui.public.frame import blueprint, draw, shelved
from webui.public.shelf import FRESH
from webui.sessions import runtime

STALE = timedelta(minutes=10)


@blueprint.get("", strict_slashes=False)
def entry() -> AnyResponse:
    """The code from the paper, for a phone that cannot scan."""
    typed = request.args.get("code", "")
    code = codes.typed(typed)
    found = public.leads_to(runtime(), code) if code else None
    if found:
        return redirect(url_for(f"public.{found}", code=code))
    problem = f"没有编号是“{typed.strip()[:40]}”的。请对照纸上的编号，一个一个再看一遍。" if typed else ""
    return Response(draw("entry.html", typed=typed, problem=problem), 404 if problem else 200)


@blueprint.get("/<code>")
def matter(code: str) -> AnyResponse:
    """A matter as it came, the same for everybody."""
    return _of_matter("matter.html", code)


@blueprint.get("/<code>/photos")
def photos(code: str) -> AnyResponse:
    """The photos of its publications, small: for who wants to see them."""
    return _of_matter("photos.html", code)


def _of_matter(template: str, code: str) -> AnyResponse:
    """Kept under the code itself: however many ways there are to write it, they are one page."""
    code = links.normal(code)
    version = public.version(runtime(), code)

    def render() -> tuple[str, datetime | None]:
        page = public.matter(runtime(), code)
        here = url_for(request.endpoint or "public.matter", code=code)
        drawn = draw(template, page=page, place=page.unit, unit_code=page.unit_code, here=here)
        return drawn, _changes_at(page)

    return shelved(f"{template} {code}", version, render)


def _changes_at(page: MatterPage) -> datetime:
    """When the page may say something else without the matter's doing: something on it comes to its end, or somebody
    it names was taken off the registers.
    """
    now = runtime().now()
    ends = [one.until for one in page.participations] + [n.ends_at for n in page.notices if n.is_running]
    return min([end for end in ends if end is not None and end > now] + [now + STALE])


@blueprint.get("/unit/<code>")
def unit(code: str) -> AnyResponse:
    """A village's board. What stands on it changes by many hands: it is drawn anew every half minute, not oftener."""
    slot = str(int(runtime().now().timestamp()) // FRESH)

    def render() -> tuple[str, None]:
        page = public.unit(runtime(), code)
        return draw("unit.html", page=page, place=page.name), None

    return shelved(f"unit {code}", slot, render)


# ---------------------------------------------------------------- papers


@blueprint.get("/<code>/file/<file_id>")
def file(code: str, file_id: str) -> Response:
    """A paper that belongs to a publication; pictures and PDFs are shown, nothing in a file may run."""
    data, media_type, name = public.file(runtime(), code, file_id)
    return sent(data, media_type, name)


@blueprint.get("/<code>/photo/<file_id>")
def thumbnail(code: str, file_id: str) -> Response:
    """The same picture small: a board on a phone of 390 pixels needs no 3,000."""
    data, media_type, name = public.file(runtime(), code, file_id)
    if not media_type.startswith("image/"):
        raise NotVisible("file-unknown", "这不是照片，请从页面上打开")
    return sent(thumbnails.small(file_id, data), "image/jpeg", name)


@blueprint.get("/<code>/ballot/<task_id>")
def ballot(code: str, task_id: str) -> Response:
    """The published file of a vote: roll size, receipts and ballots, with which anybody counts again."""
    data, name = public.ballot_file(runtime(), code, task_id)
    return sent(data, "application/json", name)


def sent(data: bytes, media_type: str, name: str) -> Response:
    shown = media_type == "application/pdf" or media_type.startswith("image/")
    response = Response(data, content_type=media_type)
    response.headers["Content-Disposition"] = (
        f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name)}"
    )
    response.headers["Cache-Control"] = "private, max-age=3600"  # it may be taken down; nobody else keeps it
    if media_type != "application/pdf":  # a sandboxed browser cannot open its own PDF viewer
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
