"""新建: a draft from nothing, from what there is, or from a file."""

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, request, url_for

from engine import operations
from engine.authorisation import design_units
from engine.diagram import check_folder
from engine.diagram.procedure import LEVELS
from engine.operations.beginning import MAX_FILE
from engine.queries import desk, drafts
from engine.refusal import Invalid
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint


@blueprint.get("/new")
@signed_in
def new() -> str:
    return _page({"source": request.args.get("source", "")})


@blueprint.post("/new/blank")
@signed_in
def new_blank() -> Any:
    form = request.form
    words = [form.get(name, "") for name in ("title", "level", "starter")]
    return _begun(lambda who, unit: operations.begin_blank(runtime(), who, unit, *words), "blank")


@blueprint.post("/new/copy")
@signed_in
def new_copy() -> Any:
    """`source`: `version:7` or `draft:…`."""
    kind, _, source = request.form.get("source", "").partition(":")
    title = request.form.get("title", "")

    def begin(who: int, unit: int) -> str:
        if kind == "version" and source.isdigit():
            return operations.begin_copy(runtime(), who, unit, title, version_id=int(source))
        if kind == "draft":
            return operations.begin_copy(runtime(), who, unit, title, draft_id=source)
        raise Invalid("source", "请选照哪一个新建", {"source": "请选照哪一个新建"})

    return _begun(begin, "copy")


@blueprint.post("/new/change/<int:version_id>")
@signed_in
def new_change(version_id: int) -> Any:
    draft = operations.begin_change(runtime(), actor().person_id, _unit(), version_id)
    return redirect(url_for("studio.drawing", draft_id=draft))


@blueprint.post("/new/file")
@signed_in
def new_file() -> Any:
    return _begun(lambda who, unit: operations.begin_from_file(runtime(), who, unit, *uploaded()), "file")


def uploaded() -> tuple[bytes, str]:
    """The file that was chosen, and its name. Raises Invalid."""
    part = request.files.get("file")
    if part is None or not part.filename:
        raise Invalid("file", "请先选择文件", {"file": "请先选择文件"})
    return part.read(), part.filename


def _begun(begin: Callable[[int, int], str], which: str) -> Any:
    """To the draft; or back to the page with what was typed and what is wrong with it."""
    try:
        draft = begin(actor().person_id, _unit())
    except Invalid as refusal:
        errors = refusal.fields or {"file" if which == "file" else "": refusal.message}
        return _page(request.form, which, errors), refusal.status
    return redirect(url_for("studio.repairs" if _broken(draft) else "studio.drawing", draft_id=draft))


def _broken(draft_id: str) -> bool:
    """Whether something keeps it from being published: then that is what a designer sees first."""
    files = drafts.draft(runtime(), actor(), draft_id).files
    found = check_folder(files, designations=runtime().designations)
    return any(finding.severity == "error" for finding in found)


def _unit() -> int:
    """The unit it is for: the only one, or the one chosen."""
    mine = design_units(actor())
    chosen = request.form.get("unit", "")
    if len(mine) == 1 and not chosen:
        return next(iter(mine))
    if not chosen.isdigit():
        raise Invalid("unit", "请选为哪个单位起草")
    return int(chosen)  # the operation asks whether it is theirs


def _page(form: Any, which: str = "", errors: dict[str, str] | None = None) -> str:
    desks = desk.desks(runtime(), actor())
    return render_template(
        "studio/new.html",
        desks=desks,
        levels=LEVELS,
        posts={level: _posts_of(level) for level in LEVELS},
        form=form,
        which=which,
        errors=errors or {},
        limit=MAX_FILE,
    )


def _posts_of(level: str) -> list[str]:
    return [one.name for one in runtime().designations.values() if one.can_be_held and level in one.levels]
