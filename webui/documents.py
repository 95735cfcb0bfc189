"""Documents of a matter: what can be produced now, each as Word file or PDF; and the whole matter as one file."""

from itertools import groupby
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request, send_file

from engine import documents, operations
from engine.archive import archive as make_archive
from engine.archive import may_archive
from engine.queries import matters as queries
from engine.refusal import NotVisible
from webui.sessions import actor, runtime, signed_in

blueprint = Blueprint("documents", __name__)


@blueprint.get("/matters/<instance_id>/documents")
@signed_in
def index(instance_id: str) -> str:
    found = documents.offered(runtime(), actor(), instance_id)
    groups = [(about, list(each)) for about, each in groupby(found, key=lambda offer: offer.of)]
    return render_template(
        "documents.html",
        matter=queries.heading(runtime(), actor(), instance_id),
        groups=groups,
        pdf=documents.pdf_available(),
    )


@blueprint.get("/matters/<instance_id>/documents/<name>.<form>")
@signed_in
def download(instance_id: str, name: str, form: str) -> Response:
    """One document; with `public` the copy for everybody. A PDF is shown, a Word file is saved."""
    if form not in ("docx", "pdf"):
        raise NotVisible("document-unknown", "没有这种材料。请从“打印材料”页里选")
    made = documents.produce(
        runtime(),
        actor(),
        instance_id,
        name,
        task_id=request.args.get("task"),
        meeting_id=request.args.get("meeting"),
        form="pdf" if form == "pdf" else "docx",
        public="public" in request.args,
    )
    operations.note_view(runtime(), actor(), instance_id)
    return handed_out(made.data, made.name, made.media_type)


@blueprint.get("/matters/<instance_id>/archive")
@signed_in
def archive(instance_id: str) -> str:
    """What 一事一档 is, and its two forms."""
    return render_template(
        "archive.html",
        matter=queries.heading(runtime(), actor(), instance_id),
        allowed=may_archive(runtime(), actor(), instance_id),
        pdf=documents.pdf_available(),
    )


@blueprint.get("/matters/<instance_id>/archive.<form>")
@signed_in
def whole(instance_id: str, form: str) -> Response:
    """The whole matter, streamed from a temporary file."""
    if form not in ("pdf", "zip"):
        raise NotVisible("archive-unknown", "一事一档有 PDF 和压缩包两种，请从“一事一档”页里选")
    kept, name = make_archive(runtime(), actor(), instance_id, "pdf" if form == "pdf" else "zip")
    operations.note_view(runtime(), actor(), instance_id)
    response = send_file(kept, mimetype="application/pdf" if form == "pdf" else "application/zip")
    response.call_on_close(kept.close)
    return _described(response, name, inline=form == "pdf")


def handed_out(data: bytes, name: str, media_type: str) -> Response:
    return _described(Response(data, content_type=media_type), name, inline=media_type == "application/pdf")


def _described(response: Response, name: str, *, inline: bool) -> Response:
    how = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(name)}"
    response.headers["Cache-Control"] = "private, no-store"
    return response
