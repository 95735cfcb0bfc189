"""检查: all that the check says of a draft, in the order it matters, each with what mends it. Needs no script."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from engine import operations
from engine.diagram.repair import Repair
from engine.queries import draft_repairs, drafts
from engine.refusal import Overtaken
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint
from webui.studio.places import places

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
        **places(draft),
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
