"""办件: the list, and one with its diagram, timeline and results."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine import operations
from engine.queries import filed, meeting_lists, page_standing
from engine.queries import matters as queries
from engine.queries.matters import MatterView
from engine.refusal import Invalid
from webui.sessions import actor, runtime, signed_in

blueprint = Blueprint("matters", __name__)

SCOPES = (("running", "在办"), ("finished", "已结束"), ("all", "全部"))
STATUS = {"running": "在办", "completed": "已办结", "cancelled": "已撤销", "failed": "出错中止"}


@blueprint.app_template_filter("status_name")
def status_name(status: str) -> str:
    return STATUS.get(status, status)


@blueprint.get("/matters")
@signed_in
def index() -> str:
    scope, q = request.args.get("scope", "running"), request.args.get("q", "").strip()
    page = queries.listing(runtime(), actor(), scope, q=q, cursor=request.args.get("cursor"))
    tabs = [
        {"title": title, "href": url_for("matters.index", scope=key, q=q or None), "current": key == scope}
        for key, title in SCOPES
    ]
    return render_template("matters.html", page=page, scope=scope, q=q, groups=tabs)


@blueprint.get("/matters/<instance_id>")
@signed_in
def show(instance_id: str) -> str:
    view = queries.matter(runtime(), actor(), instance_id)
    operations.note_view(runtime(), actor(), instance_id)
    return _page(view)


@blueprint.get("/matters/<instance_id>/pulse")
@signed_in
def pulse(instance_id: str) -> Response:
    """Whether the matter moved on since the page was written: then the page shows itself anew."""
    moved = str(queries.revision(runtime(), actor(), instance_id)) != request.args.get("revision")
    return Response("", 204, {"HX-Refresh": "true"} if moved else {})


@blueprint.get("/matters/<instance_id>/diagram")
@signed_in
def diagram(instance_id: str) -> Response:
    return Response(queries.diagram(runtime(), actor(), instance_id), content_type="application/xml")


@blueprint.post("/matters/<instance_id>/withdraw")
@signed_in
def withdraw(instance_id: str) -> AnyResponse:
    done = operations.withdraw_step(runtime(), actor().person_id, instance_id)
    flash("已撤回，您可以改好再交。", "success")
    mine = next((t for t in done.open_tasks if t.get("claimed_by") == actor().person_id), None)
    if mine:
        return redirect(url_for("tasks.show", task_id=mine["id"]))
    return redirect(url_for("matters.show", instance_id=instance_id))


@blueprint.route("/matters/<instance_id>/cancel", methods=["GET", "POST"])
@signed_in
def cancel(instance_id: str) -> Any:
    view = queries.matter(runtime(), actor(), instance_id)
    error = ""
    if request.method == "POST":
        try:
            operations.cancel_matter(
                runtime(), actor().person_id, instance_id, request.form.get("reason", "")
            )
        except Invalid as refusal:
            error = refusal.fields.get("reason", refusal.message)
        else:
            flash("办件已撤销，理由记在留痕里。", "success")
            return redirect(url_for("matters.show", instance_id=instance_id))
    page = render_template("cancel.html", matter=view, error=error, reason=request.form.get("reason", ""))
    return (page, 422) if error else page


def _page(view: MatterView) -> str:
    held = meeting_lists.of_matter(runtime(), actor(), view.id)
    kept = filed.of_matter(runtime(), actor(), view.id)
    page = page_standing.of_matter(runtime(), actor(), view.id)
    return render_template(
        "matter.html", matter=view, notes=_notes(view), meetings=held, kept=kept, page=page
    )


def _notes(view: MatterView) -> dict[str, dict[str, Any]]:
    """What the diagram says at a tap on a step."""
    notes: dict[str, dict[str, Any]] = {}
    for result in view.results:
        outcome = "；".join(f"{line.label} {line.text}" for line in result.lines if line.text)
        notes[result.element_id] = {"title": result.title, "state": "已办", "outcome": outcome}
    for step in view.open_steps:
        held = f"，{step.claimed_by}已签收" if step.claimed_by else ""
        notes.setdefault(step.element_id, {"title": step.step})["state"] = (
            f"现在在这里，由{step.post}办理{held}"
        )
    return notes
