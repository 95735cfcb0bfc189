"""检查: all that the check says of a draft, in the order it matters, each with what mends it. Needs no script."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for

from engine import operations
from engine.diagram import Finding
from engine.diagram.procedure import TOML
from engine.diagram.repair import Repair
from engine.queries import draft_repairs, drafts
from engine.refusal import Overtaken
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint

_CHOICE = "choice:"


@blueprint.get("/drafts/<draft_id>/repairs")
@signed_in
def repairs(draft_id: str) -> str:
    draft = drafts.draft(runtime(), actor(), draft_id)
    checked = draft_repairs.checked(runtime(), draft)
    return render_template(
        "studio/repairs.html",
        draft=draft,
        checked=checked,
        link=lambda finding: _link(draft_id, finding),
        said=_said,
    )


@blueprint.post("/drafts/<draft_id>/repairs")
@signed_in
def repair(draft_id: str) -> Any:
    """One form for the whole page: whatever is pressed, what was chosen beside it is done as well, and not lost."""
    chosen: dict[str, str | None] = {
        name.removeprefix(_CHOICE): value.removeprefix("=")
        for name, value in request.form.items()
        if name.startswith(_CHOICE) and value
    }
    if pressed := request.form.get("repair"):
        chosen.setdefault(pressed, None)
    everything = "everything" in request.form
    try:
        done = operations.repair_draft(runtime(), actor().person_id, draft_id, chosen, everything=everything)
    except Overtaken:
        flash("刚刚有别人改了这份草稿，这次没有修。请看看现在的检查结果，再按一次。", "warning")
    else:
        flash(*_told(done, bool(chosen) or everything))
    return redirect(url_for("studio.repairs", draft_id=draft_id))


def _told(done: tuple[Repair, ...], asked: bool) -> tuple[str, str]:
    if done:
        titles = "、".join(dict.fromkeys(repair.title for repair in done))
        return f"修好了：{titles}。要退回修之前，请到“历史”里选。", "success"
    if asked:
        return "这些已经修过了，没有再改动什么。", "info"
    return "还没有选：请先在下面选好，再按“按所选的改”。", "warning"


def _link(draft_id: str, finding: Finding) -> str | None:
    """Where a finding can be mended by hand: on the drawing, in the settings, in its form."""
    file = finding.file or ""
    if finding.element_id and (file.endswith(".bpmn") or not file):
        return url_for("studio.drawing", draft_id=draft_id, _anchor=finding.element_id)
    if file == TOML:
        return url_for("studio.settings", draft_id=draft_id)
    name = file.removeprefix("forms/").removesuffix(".json")
    if file == f"forms/{name}.json" and "studio.form" in current_app.view_functions:
        return url_for("studio.form", draft_id=draft_id, name=name)
    return None


def _said(finding: Finding) -> str:
    """What it stands at, as people call it: an id some tool made up tells nobody anything."""
    if finding.label and finding.label != finding.element_id:
        return finding.label
    if finding.element_id:
        return "没有名称的一处"
    names = {TOML: "流程设置"}
    return names.get(
        finding.file or "", "整个流程" if not finding.file or finding.file.endswith(".bpmn") else finding.file
    )
