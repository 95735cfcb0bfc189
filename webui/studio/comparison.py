"""比较: two states of a procedure side by side, on the drawing and in words."""

from typing import Any

from flask import render_template, request

from engine.diagram.comparison import PARTS, Comparison, compare
from engine.diagram.folder import diagram_of
from engine.queries import drafts, sides
from engine.queries.sides import Side
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint
from webui.studio.picture import picture


@blueprint.get("/drafts/<draft_id>/comparison")
@signed_in
def comparison(draft_id: str) -> str:
    """`?left=` and `?right=` as engine.queries.sides names them; by default what the draft came from, and the draft."""
    rt, who = runtime(), actor()
    draft = drafts.draft(rt, who, draft_id)
    left = sides.side(rt, who, draft, request.args.get("left") or sides.usual(rt, who, draft))
    right = sides.side(rt, who, draft, request.args.get("right") or sides.NOW)
    found = compare(left.files, right.files)
    return render_template(
        "studio/comparison.html",
        draft=draft,
        left=left,
        right=right,
        groups=sides.choices(rt, who, draft),
        found=found,
        parts=PARTS,
        board=_board(left, right, found),
    )


def _board(left: Side, right: Side, found: Comparison) -> dict[str, Any]:
    """What the two drawings need: themselves, and the elements that are marked on either."""
    changes = found.of("diagram")
    marks: dict[str, dict[str, str]] = {"left": {}, "right": {}}
    for change in changes:
        if change.before is not None:
            marks["left"][change.before] = change.action
        if change.after is not None:
            marks["right"][change.after] = change.action
    return {"left": _drawing(left), "right": _drawing(right), "marks": marks}


def _drawing(side: Side) -> str | None:
    name = diagram_of(side.files)
    return picture(side.files[name]) if name is not None else None
