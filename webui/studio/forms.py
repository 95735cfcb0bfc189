"""表单: a draft's forms, the editor for one, and forms of other procedures to take over."""

import json
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from engine import operations
from engine.diagram.folder import form_file
from engine.people.designations import Designations, Sort
from engine.queries import draft_forms as queries
from engine.queries import drafts
from engine.queries.draft_forms import Form
from engine.queries.drafts import Draft
from engine.refusal import Invalid, Overtaken
from webui import security
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint
from webui.words import moment

# The preview stands in a frame of the editor's page, so that it is laid out as on a phone.
FRAMED = {
    "X-Frame-Options": "SAMEORIGIN",
    "Content-Security-Policy": security.EDITORS["Content-Security-Policy"].replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    ),
}


@blueprint.get("/drafts/<draft_id>/forms")
@signed_in
def forms(draft_id: str) -> str:
    draft = drafts.draft(runtime(), actor(), draft_id)
    return _list(draft)


@blueprint.post("/drafts/<draft_id>/forms")
@signed_in
def add_form(draft_id: str) -> Any:
    """A new form: empty, a copy of one of the draft (`copy`), or one from elsewhere (`source` and `form`)."""
    name, copied = request.form.get("name", "").strip(), request.form.get("copy", "")
    try:
        if copied:
            operations.copy_form(runtime(), actor().person_id, draft_id, copied, name)
        else:
            operations.create_form(runtime(), actor().person_id, draft_id, name, _taken(draft_id))
    except Invalid as refusal:
        draft = drafts.draft(runtime(), actor(), draft_id)
        typed = {"name": name, "copy": copied, "problem": refusal.message}
        return _list(draft, typed), refusal.status
    return redirect(url_for("studio.form", draft_id=draft_id, name=name))


@blueprint.get("/drafts/<draft_id>/forms-elsewhere")
@signed_in
def forms_elsewhere(draft_id: str) -> str:
    """Forms to take over; `?source=&form=` shows one of them."""
    draft = drafts.draft(runtime(), actor(), draft_id)
    source, name = request.args.get("source", ""), request.args.get("form", "")
    shown = None
    if source and name:
        shown = queries.read_schema(queries.offered(runtime(), actor(), draft, source, name))
    offers = queries.offers(runtime(), actor(), draft)
    chosen = next((one for one in offers if (one.source, one.name) == (source, name)), None)
    return render_template(
        "studio/forms_elsewhere.html", draft=draft, offers=offers, chosen=chosen, schema=shown
    )


@blueprint.get("/drafts/<draft_id>/forms/<name>")
@signed_in
def form(draft_id: str, name: str) -> str:
    """The editor. A form that is no form is shown as text, so that nothing in it is lost."""
    draft = drafts.draft(runtime(), actor(), draft_id)
    edited = queries.form_of(runtime(), draft, name)
    text = draft.files[form_file(name)].decode("utf-8-sig", "replace")
    board = {
        "draft": draft.id,
        "name": form_file(name),
        "digest": edited.digest,
        "saved": moment(edited.changed_at, runtime().now()),
        "xml": text,
        "keys": _keys(edited),
        "designations": _posts(runtime().designations),
        "preview": url_for("studio.form_preview"),
    }
    return render_template("studio/form.html", draft=draft, form=edited, board=board, text=text)


@blueprint.post("/drafts/<draft_id>/forms/<name>/rename")
@signed_in
def rename_form(draft_id: str, name: str) -> Any:
    wanted = request.form.get("name", "").strip()
    try:
        operations.rename_form(runtime(), actor().person_id, draft_id, name, wanted)
    except Invalid as refusal:
        flash(refusal.message, "danger")
        return redirect(url_for("studio.form", draft_id=draft_id, name=name))
    if wanted != name:
        flash(f"表单改名为“{wanted}”，用它的步骤也改好了。", "success")
    return redirect(url_for("studio.form", draft_id=draft_id, name=wanted))


@blueprint.post("/drafts/<draft_id>/forms/<name>/remove")
@signed_in
def remove_form(draft_id: str, name: str) -> Any:
    try:
        operations.remove_form(runtime(), actor().person_id, draft_id, name, request.form.get("seen", ""))
        flash(f"表单“{name}”已删除；“历史”里还能找回。", "success")
    except (Invalid, Overtaken) as refusal:
        flash(refusal.message, "danger")
    return redirect(url_for("studio.forms", draft_id=draft_id))


@blueprint.get("/form-preview")
@signed_in
def form_preview() -> Response:
    """An empty page for the editor's frame: the editor sends it the form. It shows nothing by itself."""
    response = Response(render_template("studio/form_preview.html"))
    response.headers.update(FRAMED)
    return response


# ---------------------------------------------------------------- parts


def _list(draft: Draft, typed: dict[str, str] | None = None) -> str:
    found = queries.forms_of(runtime(), draft)
    now = runtime().now()
    changed = {one.name: moment(one.changed_at, now) for one in found}
    return render_template("studio/forms.html", draft=draft, forms=found, changed=changed, typed=typed or {})


def _taken(draft_id: str) -> bytes | None:
    source, name = request.form.get("source", ""), request.form.get("form", "")
    if not source:
        return None
    draft = drafts.draft(runtime(), actor(), draft_id)
    return queries.offered(runtime(), actor(), draft, source, name)


def _keys(edited: Form) -> dict[str, str]:
    """Key -> label as the form is stored: conditions may read the keys, so they change only on purpose."""
    found: dict[str, str] = {}

    def collect(item: dict[str, Any]) -> dict[str, Any]:
        for name in ("key", "path"):
            if isinstance(item.get(name), str):
                found[item[name]] = str(item.get("label") or "")
        return item

    json.loads(json.dumps(edited.schema or {}), object_hook=collect)
    return found


def _posts(known: Designations) -> list[dict[str, str]]:
    """Whom a field may pick people from: posts and registers, where they exist."""
    return [
        {"name": one.name, "about": "、".join(one.levels)}
        for one in known.values()
        if one.kind in (Sort.POST, Sort.REGISTER, Sort.DERIVED)
    ]
