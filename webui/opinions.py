"""What people said in a matter, and what was answered to them."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from engine import operations
from engine.queries import gatherings
from engine.steps.moderation import REASONS
from webui import sessions
from webui.sessions import actor, runtime, signed_in

blueprint = Blueprint("opinions", __name__)


@blueprint.record_once
def _words(state: BlueprintSetupState) -> None:
    """The usual reasons for not adopting what came by the code, offered wherever it is moderated."""
    state.app.jinja_env.globals["moderation_reasons"] = REASONS


@blueprint.get("/matters/<instance_id>/opinions")
@signed_in
def show(instance_id: str) -> str:
    view = gatherings.of_matter(runtime(), actor(), instance_id)
    operations.note_view(runtime(), actor(), instance_id)
    return render_template("opinions.html", view=view)


@blueprint.get("/matters/<instance_id>/opinions/<task_id>")
@signed_in
def earlier(instance_id: str, task_id: str) -> str:
    """More of one round, by the page."""
    cursor = request.args.get("cursor")
    page = gatherings.page(runtime(), actor(), instance_id, task_id, cursor)
    operations.note_view(runtime(), actor(), instance_id)
    return render_template("opinions_earlier.html", page=page, instance_id=instance_id, task_id=task_id)


@blueprint.post("/opinions/<opinion_id>/confirm")
@signed_in
def confirm(opinion_id: str) -> Response:
    """The person says that what the clerk entered is so."""
    instance_id = operations.confirm_opinion(runtime(), actor().person_id, opinion_id)
    flash("已确认，记下了是您本人认可的。", "success")
    back = sessions.local(request.form.get("next", ""))
    return redirect(back or url_for("opinions.show", instance_id=instance_id))
