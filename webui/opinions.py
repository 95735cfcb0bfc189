"""What people said in a matter, and what was answered to them."""

from flask import Blueprint, render_template

from engine import operations
from engine.queries import gatherings
from webui.sessions import actor, runtime, signed_in

blueprint = Blueprint("opinions", __name__)


@blueprint.get("/matters/<instance_id>/opinions")
@signed_in
def show(instance_id: str) -> str:
    view = gatherings.of_matter(runtime(), actor(), instance_id)
    operations.note_view(runtime(), actor(), instance_id)
    return render_template("opinions.html", view=view)
