"""参数: the numbers and words a unit may change, as a list and one page for each; and for the panel beside a step."""

from collections.abc import Mapping
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for

from engine import operations
from engine.clauses import clauses, every_clause
from engine.queries import draft_settings as queries
from engine.queries import drafts
from engine.queries.draft_settings import Entry, Settings
from engine.queries.drafts import Draft
from engine.refusal import Invalid, NotVisible, Overtaken
from webui import entries
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint, values
from webui.studio.body import json_body
from webui.studio.settings import told

_VALUES = ("default", "minimum", "maximum")
_TEXTS = ("title", "unit", "clause", "law", "note")
_FORM = (*_TEXTS, *_VALUES, "type", "choices", "name")


@blueprint.get("/drafts/<draft_id>/parameters")
@signed_in
def parameters(draft_id: str) -> Any:
    draft, view = _view(draft_id)
    return render_template("studio/parameters.html", draft=draft, settings=view, types=values.TYPES)


@blueprint.get("/drafts/<draft_id>/parameters-preview")
@signed_in
def parameters_preview(draft_id: str) -> Any:
    """办事标准 as a unit will see it once the draft is published."""
    draft, view = _view(draft_id)
    known = [
        entry.parameter for entry in view.parameters if entry.parameter is not None and not entry.problems
    ]
    return render_template(
        "studio/parameters_preview.html",
        draft=draft,
        parameters=known,
        shown={one.name: entries.shown(one, one.default) for one in known},
        clauses=clauses,
        percent=entries.percent,
    )


@blueprint.post("/drafts/<draft_id>/parameters")
@signed_in
def add_parameter(draft_id: str) -> Any:
    """JSON `{"name", "title", "type", "default", …}`, values as procedure.toml has them: 201 with the name."""
    body = json_body(hint := "新参数没有传全，请重新填写")
    if not isinstance(body.get("name"), str):
        raise Invalid("body", hint)
    name = body["name"].strip()
    table = {key: value for key, value in body.items() if key != "name" and value not in (None, "", [])}
    revision = operations.put_parameter(runtime(), actor().person_id, draft_id, name, table)
    return jsonify(name=name, revision=revision), 201


@blueprint.route("/drafts/<draft_id>/parameter-new", methods=["GET", "POST"])
@signed_in
def new_parameter(draft_id: str) -> Any:
    draft, view = _view(draft_id)
    if request.method == "GET":
        return _page(draft, view, None, {"type": "duration", "name": request.args.get("name", "")}, {}, "")
    return _save(draft, view, None)


@blueprint.route("/drafts/<draft_id>/parameters/<name>", methods=["GET", "POST"])
@signed_in
def parameter(draft_id: str, name: str) -> Any:
    draft, view = _view(draft_id)
    entry = view.parameter(name)
    if entry is None:
        raise NotVisible("parameter-unknown", f"没有“{name}”这个参数，可能刚刚被改名或删除")
    if request.method == "GET":
        return _page(draft, view, entry, _shown(entry), {}, "")
    return _save(draft, view, entry)


@blueprint.post("/drafts/<draft_id>/parameters/<name>/remove")
@signed_in
def remove_parameter(draft_id: str, name: str) -> Any:
    try:
        operations.remove_parameter(
            runtime(), actor().person_id, draft_id, name, request.form.get("seen", "")
        )
    except (Invalid, Overtaken) as refusal:
        flash(refusal.message, "danger")
        return redirect(url_for("studio.parameter", draft_id=draft_id, name=name))
    flash(f"参数“{name}”已删除；“历史”里还能找回。", "success")
    return redirect(url_for("studio.parameters", draft_id=draft_id))


# ---------------------------------------------------------------- parts


def _view(draft_id: str) -> tuple[Draft, Settings]:
    draft = drafts.draft(runtime(), actor(), draft_id)
    return draft, queries.settings(runtime(), draft)


def _save(draft: Draft, view: Settings, entry: Entry | None) -> Any:
    name, table = _typed(entry)
    before = entry.name if entry is not None else None
    try:
        operations.put_parameter(
            runtime(), actor().person_id, draft.id, name, table, before=before, seen=request.form.get("seen") or None
        )  # fmt: skip
    except (Invalid, Overtaken) as refusal:
        typed = {key: request.form.get(key, "") for key in _FORM}
        return _page(draft, view, entry, typed, refusal.fields, told(refusal)), refusal.status
    renamed = f"；流程图和推演脚本里用到“{before}”的地方也改好了" if before not in (None, name) else ""
    flash(f"参数“{name}”已保存{renamed}。", "success")
    return redirect(url_for("studio.parameters", draft_id=draft.id))


def _page(
    draft: Draft,
    view: Settings,
    entry: Entry | None,
    shown: Mapping[str, str],
    errors: Mapping[str, str],
    problem: str,
) -> str:
    return render_template(
        "studio/parameter.html",
        draft=draft,
        settings=view,
        entry=entry,
        shown=shown,
        errors=errors,
        problem=problem,
        types=list(values.TYPES.items()),
        hints=values.HINTS,
        clauses=every_clause(),
    )


def _shown(entry: Entry) -> dict[str, str]:
    table, kind = entry.table, str(entry.table.get("type", ""))
    texts = {key: str(table.get(key, "")) for key in (*_TEXTS, "type")}
    numbers = {key: values.written(_kind(kind, key), table.get(key)) for key in _VALUES}
    return texts | numbers | {"name": entry.name, "choices": values.written("list", table.get("choices", []))}


def _typed(entry: Entry | None) -> tuple[str, dict[str, Any]]:
    """What was typed as a table: parts a designer left empty are not written; parts we do not know stay."""
    form = request.form
    kind = form.get("type", "")
    known = {*_TEXTS, *_VALUES, "type", "choices"}
    table: dict[str, Any] = {
        key: value for key, value in (entry.table if entry is not None else {}).items() if key not in known
    }
    table |= {key: form.get(key, "").strip() for key in (*_TEXTS, "type")}
    table |= {key: values.typed(_kind(kind, key), form.get(key, "")) for key in _VALUES}
    table["choices"] = values.words(form.get("choices", "")) if kind in ("choice", "list") else []
    return form.get("name", "").strip(), {
        key: value for key, value in table.items() if value not in (None, "", [])
    }


def _kind(kind: str, key: str) -> str:
    """A list is bounded by how many words it has."""
    return "integer" if kind == "list" and key != "default" else kind
