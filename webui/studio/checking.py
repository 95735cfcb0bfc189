"""What `cunyi check` says of a draft as it is being drawn, not as it was last saved."""

from typing import Any

from flask import jsonify, request

from engine.diagram import check_folder
from engine.queries import drafts
from engine.refusal import Invalid
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint


@blueprint.post("/drafts/<draft_id>/check")
@signed_in
def check(draft_id: str) -> Any:
    """Body `{"files": {name: text}}`: contents not saved yet; the other files are the draft's."""
    body = request.get_json(silent=True)
    unsaved = body.get("files", {}) if isinstance(body, dict) else None
    if not isinstance(unsaved, dict) or not all(isinstance(text, str) for text in unsaved.values()):
        raise Invalid("body", "要检查的内容没有传全，请刷新页面再试")
    draft = drafts.draft(runtime(), actor(), draft_id)
    files = draft.files | {str(name): text.encode() for name, text in unsaved.items()}
    found = check_folder(files, designations=runtime().designations)
    return jsonify(findings=[finding.as_dict() for finding in found])
