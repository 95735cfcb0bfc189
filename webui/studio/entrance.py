"""流程设计's entrance: the units' procedures with their versions, the drafts, and what was put away."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from engine import operations
from engine.queries import desk
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint


@blueprint.get("")
@signed_in
def entrance() -> str:
    return render_template("studio/entrance.html", desks=desk.desks(runtime(), actor()))


@blueprint.post("/drafts/<draft_id>/remove")
@signed_in
def remove_draft(draft_id: str) -> Any:
    operations.remove_draft(runtime(), actor().person_id, draft_id)
    flash("草稿已经删除，在本页最下面可以找回。", "success")
    return redirect(url_for("studio.entrance"))


@blueprint.post("/drafts/<draft_id>/restore")
@signed_in
def restore_draft(draft_id: str) -> Any:
    operations.restore_draft(runtime(), actor().person_id, draft_id)
    flash("草稿已经找回。", "success")
    return redirect(url_for("studio.drawing", draft_id=draft_id))
