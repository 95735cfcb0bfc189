"""文书模板: the Word templates in a draft's folder, each with the built-in one to start from."""

import io
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for

from engine import operations
from engine.documents.fields import FOLDER, PAPERS, Paper
from engine.documents.template import built_in, faults
from engine.queries import drafts
from engine.refusal import Invalid, NotVisible, Overtaken
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint
from webui.words import moment

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAX_TEMPLATE = 3 << 20  # bytes: what docs/文书模板.md promises


@blueprint.get("/drafts/<draft_id>/papers")
@signed_in
def papers(draft_id: str) -> Any:
    """Every kind of document, whether the draft has a template of its own, and what is wrong with that."""
    draft = drafts.draft(runtime(), actor(), draft_id)
    now, rows = runtime().now(), []
    for paper in PAPERS.values():
        own = draft.stored.get(paper.file)
        rows.append(
            {
                "paper": paper,
                "own": own,
                "changed": moment(own.changed_at, now) if own is not None else "",
                "faults": faults(own.name, own.data) if own is not None else [],
            }
        )
    known = {paper.file for paper in PAPERS.values()}
    strange = [one for name, one in draft.stored.items() if name.startswith(FOLDER) and name not in known]
    return render_template(
        "studio/papers.html", draft=draft, rows=rows, strange=strange, megabytes=MAX_TEMPLATE >> 20
    )


@blueprint.get("/drafts/<draft_id>/papers/<name>")
@signed_in
def paper(draft_id: str, name: str) -> Any:
    """The template in force as a Word file: the draft's own, or with `?built_in=1` the system's."""
    draft, known = drafts.draft(runtime(), actor(), draft_id), _known(name)
    own = draft.files.get(known.file) if not request.args.get("built_in") else None
    data = own if own is not None else built_in(known.name)
    return send_file(io.BytesIO(data), WORD, as_attachment=True, download_name=f"{known.name}.docx")


@blueprint.post("/drafts/<draft_id>/papers/<name>")
@signed_in
def put_paper(draft_id: str, name: str) -> Any:
    """Upload a template. One with faults is kept and its faults shown: publishing refuses it, nothing is lost."""
    known, given = _known(name), request.files.get("file")
    data = given.read(MAX_TEMPLATE + 1) if given is not None else b""
    if not data:
        flash("请先选一个 Word 文件（.docx）。", "danger")
    elif len(data) > MAX_TEMPLATE:
        flash(f"文件太大：最多 {MAX_TEMPLATE >> 20} MB。请把里面的图片压缩以后再传。", "danger")
    elif not data.startswith(b"PK"):
        flash("这不是 .docx 文件。请用 Word 或 WPS 打开，另存为 .docx 再传。", "danger")
    else:
        _store(draft_id, known, data)
    return redirect(url_for("studio.papers", draft_id=draft_id))


@blueprint.post("/drafts/<draft_id>/papers/remove")
@signed_in
def remove_paper(draft_id: str) -> Any:
    """Take a template away: the system's own is used again."""
    name, seen = request.form.get("file", ""), request.form.get("seen", "")
    if not name.startswith(FOLDER):
        raise Invalid("not-a-template", "这里只能删除文书模板")
    try:
        operations.remove_file(runtime(), actor().person_id, draft_id, name, seen)
        flash("模板已删除；“历史”里还能找回。", "success")
    except Overtaken as refusal:
        flash(refusal.message, "danger")
    return redirect(url_for("studio.papers", draft_id=draft_id))


def _store(draft_id: str, known: Paper, data: bytes) -> None:
    try:
        operations.save_file(
            runtime(), actor().person_id, draft_id, known.file, data, request.form.get("seen") or None
        )
    except Overtaken:
        flash(f"“{known.name}”的模板刚刚被别人换过，您的没有存。请先下载看看，再决定要不要换。", "danger")
        return
    wrong = faults(known.file, data)
    if wrong:
        flash(f"“{known.name}”的模板已收下，可是有 {len(wrong)} 处要改，改好再传一次。", "warning")
    else:
        flash(f"“{known.name}”的模板已换上，检查没有发现问题。", "success")


def _known(name: str) -> Paper:
    if name not in PAPERS:
        raise NotVisible("paper-unknown", f"没有“{name}”这种文书")
    return PAPERS[name]
