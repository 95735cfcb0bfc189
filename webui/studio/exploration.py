"""走查: every way through a draft is walked by a process of its own; this page starts it and shows what it found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from engine import operations
from engine.diagram.parameter import Parameter
from engine.diagram.procedure import open_folder
from engine.exploration.job import launch
from engine.exploration.report import TITLES, in_words
from engine.queries import drafts
from engine.queries import explorations as queries
from engine.queries.drafts import Draft
from engine.queries.explorations import Exploration
from engine.refusal import Invalid
from webui import entries
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint
from webui.studio.picture import picture

WRONG = "参数有几处要改一改，改好再走"
Numbered = list[tuple[int, Mapping[str, Any]]]


@dataclass(frozen=True)
class Group:
    """The findings of one kind, each with its place in the report."""

    kind: str
    title: str
    causes: Numbered
    following: Numbered


@blueprint.get("/drafts/<draft_id>/exploration")
@signed_in
def exploration(draft_id: str) -> Any:
    return _page(drafts.draft(runtime(), actor(), draft_id), {}, "")


@blueprint.post("/drafts/<draft_id>/exploration")
@signed_in
def begin_exploration(draft_id: str) -> Any:
    """Start it with the parameters of the form; what was typed stays, whatever is wrong with it."""
    draft = drafts.draft(runtime(), actor(), draft_id)
    values, errors = _typed(_parameters(draft))
    if errors:
        return _page(draft, errors, WRONG), 422
    try:
        asked = operations.explore_draft(runtime(), actor().person_id, draft_id, values)
    except Invalid as refusal:
        return _page(draft, refusal.fields, refusal.message), 422
    if asked.fresh:
        launch(runtime().configuration, asked.id)
    else:
        flash("草稿和参数都没有变，下面就是这一次走查的结果。", "info")
    return redirect(url_for("studio.exploration", draft_id=draft_id))


@blueprint.post("/drafts/<draft_id>/exploration/stop")
@signed_in
def stop_exploration(draft_id: str) -> Any:
    operations.stop_exploration(runtime(), actor().person_id, draft_id)
    return redirect(url_for("studio.exploration", draft_id=draft_id))


@blueprint.get("/drafts/<draft_id>/exploration/state")
@signed_in
def exploration_state(draft_id: str) -> str:
    """The part of the page that changes while it is under way."""
    found = queries.exploration(runtime(), actor(), draft_id)
    return render_template("studio/_exploration.html", found=found, draft_id=draft_id)


def _page(draft: Draft, errors: dict[str, str], problem: str) -> str:
    typed = request.form if request.method == "POST" else None
    known = _parameters(draft)
    found = queries.exploration(runtime(), actor(), draft.id)
    chosen = found.parameters if found is not None else {}
    return render_template(
        "studio/exploration.html",
        draft=draft,
        draft_id=draft.id,
        found=found,
        picture=picture(draft.diagram.data if draft.diagram else None),
        parameters=known,
        shown={one.name: entries.shown(one, chosen.get(one.name, one.default), typed) for one in known},
        percent=entries.percent,
        errors=errors,
        problem=problem,
    )


def _parameters(draft: Draft) -> list[Parameter]:
    """Those of the procedure, as far as it can be read."""
    procedure = open_folder(draft.files).procedure
    return list(procedure.parameters.values()) if procedure is not None else []


def _typed(known: list[Parameter]) -> tuple[dict[str, Any], dict[str, str]]:
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for one in known:
        if entries.name_of(one) not in request.form and not (one.type == "list" and "seen" in request.form):
            continue  # asked for without the form: its default; of ticks none may be left
        try:
            values[one.name] = entries.read(one, request.form, (one.default,))
        except entries.Unreadable as problem:
            errors[one.name] = str(problem)
    return values, errors


# ---------------------------------------------------------------- for the templates


@blueprint.app_template_filter("walked")
def _walked(value: Any) -> str:
    return in_words(value)


@blueprint.app_template_filter("walk_groups")
def _groups(report: Mapping[str, Any]) -> list[Group]:
    """The findings by kind, each with its number; what only follows from others apart, where there are others."""
    found = []
    for kind, title in TITLES.items():
        numbered = [(number, one) for number, one in enumerate(report["findings"]) if one["kind"] == kind]
        causes = [(number, one) for number, one in numbered if not one["follows"]] or numbered
        following = [one for one in numbered if one not in causes]
        if numbered:
            found.append(Group(kind, title, causes, following))
    return found


@blueprint.app_template_filter("walk_ways")
def _ways(found: Exploration) -> dict[str, Any]:
    """What the picture marks, by what is chosen: the elements at fault, and the way there, step by step."""
    report = found.report or {}
    ways = {f"finding-{number}": _way(one) for number, one in enumerate(report.get("findings", []))}
    return ways | {f"ending-{number}": _way(one) for number, one in enumerate(report.get("endings", []))}


def _way(one: dict[str, Any]) -> dict[str, Any]:
    elements = [one["element"]] if "element" in one else one["elements"]
    return {
        "kind": one.get("kind", "ending"),
        "elements": [] if one.get("procedure") else [id for id in elements if id],
        "path": one["path"],
        "moves": one["moves"],
    }
