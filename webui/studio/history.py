"""历史: what a draft was like, back to it, and the whole folder out of the studio and in again."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from engine import operations
from engine.diagram.comparison import compare
from engine.diagram.folder import diagram_of
from engine.operations.beginning import MAX_FILE, folder_from
from engine.queries import draft_states, drafts
from engine.refusal import Invalid, Overtaken
from engine.store.packing import pack
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint
from webui.studio.beginning import uploaded
from webui.studio.versions import as_xml, as_zip


@blueprint.get("/drafts/<draft_id>/history")
@signed_in
def history(draft_id: str) -> str:
    return _page(draft_id)


@blueprint.get("/drafts/<draft_id>/history/<int:revision>")
@signed_in
def state(draft_id: str, revision: int) -> str:
    """As it was then, and what had changed since the state before."""
    draft = drafts.draft(runtime(), actor(), draft_id)
    states = draft_states.states(runtime(), actor(), draft_id)
    files = draft_states.files_at(runtime(), actor(), draft_id, revision)
    shown = next(one for one in states if one.revision == revision)
    before = next((one for one in states if one.revision < revision), None)
    changed = None
    if before is not None:
        changed = compare(draft_states.files_at(runtime(), actor(), draft_id, before.revision), files)
    return render_template(
        "studio/state.html",
        draft=draft,
        state=shown,
        before=before,
        comparison=changed,
        files=files,
        diagram_file=diagram_of(files),
        tab="studio.history",
    )


@blueprint.get("/drafts/<draft_id>/history/<int:revision>/diagram")
@signed_in
def state_diagram(draft_id: str, revision: int) -> Response:
    return as_xml(draft_states.files_at(runtime(), actor(), draft_id, revision))


@blueprint.get("/drafts/<draft_id>/history/<int:revision>/download")
@signed_in
def state_download(draft_id: str, revision: int) -> Response:
    draft = drafts.draft(runtime(), actor(), draft_id)
    files = draft_states.files_at(runtime(), actor(), draft_id, revision)
    return as_zip(pack(files), f"{draft.title} 草稿 {revision}")


@blueprint.post("/drafts/<draft_id>/history/<int:revision>/back")
@signed_in
def back(draft_id: str, revision: int) -> Any:
    note = f"回到{request.form.get('when', '')[:40]}的样子"
    try:
        operations.go_back(runtime(), actor().person_id, draft_id, revision, _seen(), note)
    except Overtaken as refusal:
        return _page(draft_id, refusal.message), refusal.status
    flash("已经回到那时的样子。刚才的样子还在历史里，随时可以再回来。", "success")
    return redirect(url_for("studio.history", draft_id=draft_id))


@blueprint.get("/drafts/<draft_id>/download")
@signed_in
def download(draft_id: str) -> Response:
    draft = drafts.draft(runtime(), actor(), draft_id)
    return as_zip(pack(draft.files), f"{draft.title} 草稿")


@blueprint.post("/drafts/<draft_id>/upload")
@signed_in
def upload(draft_id: str) -> Any:
    """A zip of the whole folder, or a diagram that takes the place of the draft's."""
    try:
        data, name = uploaded()
        files = folder_from(data, name)
        before = drafts.draft(runtime(), actor(), draft_id)
        if not name.lower().endswith(".zip"):
            files = _with_diagram(before.files, before.diagram.name if before.diagram else None, files)
        told = compare(before.files, files)
        note = f"上传了 {name[:80]}"
        revision = operations.replace_folder(runtime(), actor().person_id, draft_id, files, _seen(), note)
    except (Invalid, Overtaken) as refusal:
        return _page(draft_id, refusal.message), refusal.status
    if revision == before.revision:
        flash("上传的和草稿一模一样，没有改动。", "info")
        return redirect(url_for("studio.history", draft_id=draft_id))
    flash(f"已经换成上传的内容：{told.summary}。原来的样子还在历史里。", "success")
    return redirect(url_for("studio.state", draft_id=draft_id, revision=revision))


def _with_diagram(files: dict[str, bytes], name: str | None, fresh: dict[str, bytes]) -> dict[str, bytes]:
    """The draft with another drawing: its forms and settings stay."""
    drawn = diagram_of(fresh)
    return files | {name or drawn or "": fresh[drawn]} if drawn else files


def _seen() -> int:
    """The revision the page showed."""
    seen = request.form.get("seen", "")
    return int(seen) if seen.isdigit() else -1


def _page(draft_id: str, error: str = "") -> str:
    return render_template(
        "studio/history.html",
        draft=drafts.draft(runtime(), actor(), draft_id),
        states=draft_states.states(runtime(), actor(), draft_id),
        error=error,
        limit=MAX_FILE,
        tab="studio.history",
    )
