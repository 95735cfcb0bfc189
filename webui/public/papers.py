"""What everybody may print of a vote that is over: 决议 and 表决票统计, names masked."""

from __future__ import annotations

import hashlib
from typing import cast

from flask import current_app, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine import documents
from engine.documents import Form
from engine.operations import links
from engine.queries import public
from engine.refusal import NotVisible
from webui.public.copies import Copies
from webui.public.frame import blueprint
from webui.public.pages import sent
from webui.public.shelf import FRESH
from webui.sessions import runtime

LASTS = 600  # seconds: minutes are signed without the matter changing, and a document bears its day


@blueprint.get("/<code>/paper/<task_id>/<name>.<form>", endpoint="paper")
def paper(code: str, task_id: str, name: str, form: str) -> AnyResponse:
    """One of them; a link to a PDF leads to the Word file where none can be made."""
    if form not in ("pdf", "docx"):
        raise NotVisible("document-unknown", "没有这份材料。请从这件事的页面上打开")
    if form == "pdf" and not documents.pdf_available():
        return redirect(url_for("public.paper", code=code, task_id=task_id, name=name, form="docx"))
    wanted: Form = "pdf" if form == "pdf" else "docx"
    code = links.normal(code)
    version = f"{public.version(runtime(), code)} {int(runtime().now().timestamp()) // LASTS}"
    made = cast(Copies, current_app.extensions["public-copies"]).one(
        f"{code} {task_id} {name} {form}",
        version,
        lambda: documents.disclose(runtime(), code, task_id, name, wanted),
    )
    response = sent(made.data, made.media_type, made.name)
    response.headers["Cache-Control"] = f"private, max-age={FRESH}"  # the page may be taken down
    response.set_etag(hashlib.sha256(made.data).hexdigest()[:20])
    return response.make_conditional(request)
