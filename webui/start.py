"""发起: which procedures I may start, where, under what name; then straight into the first step."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from engine import operations
from engine.queries import procedures as queries
from engine.queries.outline import following
from engine.queries.procedures import Startable
from engine.refusal import Invalid, NotVisible
from webui.sessions import actor, runtime, signed_in

blueprint = Blueprint("start", __name__)


@blueprint.get("/start")
@signed_in
def index() -> Any:
    """The list; a single procedure opens at once."""
    found = queries.startable(runtime(), actor())
    if len(found) == 1:
        return _form(found[0])
    return render_template("start.html", procedures=found)


@blueprint.get("/start/<key>")
@signed_in
def form(key: str) -> str:
    return _form(_procedure(key))


@blueprint.post("/start/<key>")
@signed_in
def start(key: str) -> Any:
    procedure = _procedure(key)
    title, unit = request.form.get("title", ""), request.form.get("unit", "")
    try:
        if not unit.isdigit():
            raise Invalid("unit", "请选单位", {"unit": "请选是哪个单位的事"})
        done = operations.start_matter(runtime(), actor().person_id, key, int(unit), title)
    except Invalid as refusal:
        return _form(procedure, title, unit, refusal.fields or {"title": refusal.message}), refusal.status
    mine = following(runtime(), actor(), done.instance_id)
    if mine:
        return redirect(url_for("tasks.show", task_id=mine))
    return redirect(url_for("matters.show", instance_id=done.instance_id))


def _procedure(key: str) -> Startable:
    for procedure in queries.startable(runtime(), actor()):
        if procedure.key == key:
            return procedure
    raise NotVisible("procedure-unknown", "没有这个流程，或者不由您发起")


def _form(procedure: Startable, title: str = "", unit: str = "", errors: dict[str, str] | None = None) -> str:
    return render_template(
        "start_form.html",
        procedure=procedure,
        title=title,
        unit=unit or (procedure.units[0].id if procedure.units else ""),
        places=[(place.id, place.name) for place in procedure.units],
        errors=errors or {},
    )
