"""设置: what a draft says of itself, as forms that work without a script."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from engine import operations
from engine.diagram.procedure import LEVELS, TOML
from engine.people.designations import Designations, Sort
from engine.queries import draft_settings as queries
from engine.queries import drafts
from engine.queries.draft_settings import Settings
from engine.queries.drafts import Draft
from engine.refusal import Invalid, Overtaken, Refusal
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint
from webui.studio.values import words


@blueprint.route("/drafts/<draft_id>/settings", methods=["GET", "POST"])
@signed_in
def settings(draft_id: str) -> Any:
    """One form for everything but the parameters. What was typed stays, whatever is wrong with it."""
    draft = drafts.draft(runtime(), actor(), draft_id)
    try:
        view = queries.settings(runtime(), draft)
    except Invalid as refusal:
        return _broken(draft, refusal)
    if request.method == "GET":
        return _page(draft, view, _shown(view), {}, "")
    try:
        operations.set_draft_settings(
            runtime(), actor().person_id, draft_id, _typed(view), request.form.get("seen") or None
        )
    except (Invalid, Overtaken) as refusal:
        return _page(draft, view, _typed_again(), refusal.fields, told(refusal)), refusal.status
    flash("设置已保存。", "success")
    return redirect(url_for("studio.settings", draft_id=draft_id))


@blueprint.post("/drafts/<draft_id>/settings/raw")
@signed_in
def raw_settings(draft_id: str) -> Any:
    """procedure.toml as text, where it cannot be read any more."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    draft = drafts.draft(runtime(), actor(), draft_id)
    try:
        operations.save_file(
            runtime(), actor().person_id, draft_id, TOML, text.encode(), request.form.get("seen") or None
        )
    except Overtaken as refusal:
        return _broken(draft, refusal, text), refusal.status
    return redirect(url_for("studio.settings", draft_id=draft_id))


# ---------------------------------------------------------------- onto the page


def _page(
    draft: Draft, view: Settings, shown: Mapping[str, Any], errors: Mapping[str, str], problem: str
) -> str:
    return render_template(
        "studio/settings.html",
        draft=draft,
        settings=view,
        shown=shown,
        errors=errors,
        problem=problem,
        levels=LEVELS,
        posts=_posts(runtime().designations, shown["starters"]),
        sources=queries.clauses_by_source(),
    )


def _broken(draft: Draft, refusal: Refusal, text: str | None = None) -> str:
    stored = draft.stored[TOML]
    kept = text if text is not None else stored.data.decode("utf-8", "replace")
    return render_template(
        "studio/settings_broken.html", draft=draft, text=kept, seen=stored.digest, problem=refusal.message
    )


def told(refusal: Refusal) -> str:
    """What is wrong; after somebody else's save, that pressing once more settles it."""
    if isinstance(refusal, Overtaken):
        return "设置刚刚被别人改过。您填的还在下面，没有保存；核对以后再按一次保存，就用您填的。"
    return refusal.message


def _shown(view: Settings) -> dict[str, Any]:
    values = view.values
    return {
        "title": _text(values.get("title")),
        "summary": _text(values.get("summary")),
        "level": _text(values.get("level")),
        "public": values.get("public") is True,
        "starters": _list(values.get("starters")),
        "clauses": _list(values.get("clauses")),
        "inputs": "、".join(_list(values.get("inputs"))),
        "key": view.key,
        "first": view.processes[0][0] if view.processes else "",
    }


def _typed_again() -> dict[str, Any]:
    form = request.form
    texts = {name: form.get(name, "") for name in ("title", "summary", "level", "inputs", "key", "first")}
    lists = {"starters": _starters(), "clauses": form.getlist("clauses")}
    return texts | lists | {"public": "public" in form}


def _posts(known: Designations, chosen: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Whom one may choose as starters, by kind; a duty of one meeting starts nothing. Unknown ones stay ticked."""
    kinds = {Sort.POST: "岗位", Sort.REGISTER: "身份", Sort.DERIVED: "合起来的"}
    groups = [
        (title, [one.name for one in known.values() if one.kind == kind]) for kind, title in kinds.items()
    ]
    strange = [name for name in chosen if name not in known or known[name].kind not in kinds]
    return [("没有登记过的", strange), *groups] if strange else groups


# ---------------------------------------------------------------- and back


def _typed(view: Settings) -> dict[str, Any]:
    """What shall change. A list nobody ever wrote and nobody ticked stays unwritten."""
    form = request.form
    summary = form.get("summary", "").strip().replace("\r\n", "\n")
    inputs, chosen = words(form.get("inputs", "")), form.getlist("clauses")
    values: dict[str, Any] = {
        "title": form.get("title", "").strip(),
        "level": form.get("level", ""),
        "starters": _starters(),
        "summary": summary or None,
        "clauses": chosen or None,
        "inputs": inputs or None,
        "public": True if "public" in form else None if "public" not in view.values else False,
    }
    key, first = form.get("key", "").strip(), form.get("first", "")
    if view.processes and first and first != view.processes[0][0]:
        values["first"] = first
    return values | ({"key": key} if key != view.key else {})


def _starters() -> list[str]:
    return list(dict.fromkeys(request.form.getlist("starters")))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[str]:
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []
