"""流程图: the page a diagram is drawn on."""

from flask import render_template

from engine.queries import drafts
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint


@blueprint.get("/drafts/<draft_id>")
@signed_in
def drawing(draft_id: str) -> str:
    draft = drafts.draft(runtime(), actor(), draft_id)
    return render_template("studio/drawing.html", draft=draft)
