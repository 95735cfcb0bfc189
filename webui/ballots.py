"""A vote that is over: its figures, who voted how, the receipts, and the file anybody can count it again from."""

from flask import Blueprint, Response, render_template, request

from engine.queries import ballots as queries
from webui.sessions import actor, runtime, signed_in

blueprint = Blueprint("ballots", __name__)


@blueprint.get("/ballots/<task_id>")
@signed_in
def show(task_id: str) -> str:
    """For whoever may see the matter, and only after the end. `receipt`: one to look for among those counted."""
    record = queries.record(runtime(), actor(), task_id)
    sought = request.args.get("receipt", "").strip()[:40]
    return render_template("ballot.html", ballot=record, sought=sought, found=record.has(sought))


@blueprint.get("/ballots/<task_id>/file")
@signed_in
def file(task_id: str) -> Response:
    """The published file, byte for byte: its digest stands in the journal."""
    response = Response(queries.file(runtime(), actor(), task_id), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="ballot-{task_id}.json"'
    return response
