"""A vote that is over: its figures, and who voted how."""

from flask import Blueprint, render_template

from engine.queries import ballots as queries
from webui.sessions import actor, runtime, signed_in

blueprint = Blueprint("ballots", __name__)


@blueprint.get("/ballots/<task_id>")
@signed_in
def show(task_id: str) -> str:
    """For whoever may see the matter, and only after the end."""
    return render_template("ballot.html", ballot=queries.record(runtime(), actor(), task_id))
