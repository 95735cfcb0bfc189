"""What the panel beside the drawing chooses from."""

from typing import Any

from flask import jsonify

from engine.queries import catalogue as queries
from engine.queries import drafts
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint


@blueprint.get("/drafts/<draft_id>/catalogue")
@signed_in
def catalogue(draft_id: str) -> Any:
    """Kinds with their settings, designations, parameters, forms, clauses, procedures that can be called."""
    return jsonify(queries.catalogue(runtime(), drafts.draft(runtime(), actor(), draft_id)))
