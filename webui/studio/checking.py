"""What `cunyi check` says of a draft as it is being drawn, not as it was last saved."""

from typing import Any

from flask import jsonify

from engine.queries import draft_findings, drafts
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint
from webui.studio.body import json_body, texts


@blueprint.post("/drafts/<draft_id>/check")
@signed_in
def check(draft_id: str) -> Any:
    """Body `{"files": {name: text}}`: contents not saved yet; the other files are the draft's."""
    hint = "要检查的内容没有传全，请刷新页面再试"
    unsaved = texts(json_body(hint).get("files", {}), hint)
    draft = drafts.draft(runtime(), actor(), draft_id)
    found = draft_findings.findings(runtime(), draft, draft.files | unsaved)
    return jsonify(findings=[finding.as_dict() for finding in found])
