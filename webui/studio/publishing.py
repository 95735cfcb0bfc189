"""发布: what it would come to, all scenarios played, and the button."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from engine import operations
from engine.diagram import DiagramError
from engine.queries import prospects
from engine.refusal import Invalid, Overtaken
from engine.scenarios.renaming import renamed
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint
from webui.studio.places import places


@blueprint.get("/drafts/<draft_id>/publish")
@signed_in
def publishing(draft_id: str) -> str:
    return _page(draft_id)


@blueprint.get("/drafts/<draft_id>/publish/scenarios")
@signed_in
def proof(draft_id: str) -> str:
    """A piece of the page that comes when it is there: playing them takes a second or more."""
    try:
        reports = prospects.proof(runtime(), actor(), draft_id)
    except DiagramError as error:
        return render_template("studio/_proof.html", reports=[], broken=str(error), draft_id=draft_id)
    return render_template("studio/_proof.html", reports=reports, broken="", draft_id=draft_id)


@blueprint.post("/drafts/<draft_id>/publish")
@signed_in
def publish(draft_id: str) -> Any:
    form = request.form
    seen, rival = form.get("seen", ""), form.get("instead_of", "")
    try:
        version_id = operations.publish_draft(
            runtime(),
            actor().person_id,
            draft_id,
            form.get("note", ""),
            seen=int(seen) if seen.isdigit() else -1,
            instead_of=int(rival) if rival.isdigit() else None,
        )
    except (Invalid, Overtaken) as refusal:
        return _page(draft_id, refusal, form.get("note", "")), refusal.status
    flash("已经发布。以后新办的用这一版，正在办的仍按原来的版本办完。", "success")
    return redirect(url_for("studio.version", version_id=version_id))


@blueprint.post("/drafts/<draft_id>/publish/rename")
@signed_in
def rename(draft_id: str) -> Any:
    """The scenarios call steps and results by their new names."""
    names = prospects.prospect(runtime(), actor(), draft_id).renames
    note = "情形里的名称跟着改了"
    operations.change_files(
        runtime(), actor().person_id, draft_id, lambda files: renamed(files, names), {}, note
    )
    flash("情形里的名称已经跟着改了。", "success")
    return redirect(url_for("studio.publishing", draft_id=draft_id))


def _page(draft_id: str, refusal: Invalid | Overtaken | None = None, note: str = "") -> str:
    found = prospects.prospect(runtime(), actor(), draft_id)
    return render_template(
        "studio/publish.html",
        draft=found.draft,
        found=found,
        **places(found.draft),
        error="" if refusal is None or refusal.fields else refusal.message,
        fields=refusal.fields if refusal else {},
        note=note,
        tab="studio.publishing",
    )
