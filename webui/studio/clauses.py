"""条款: which clauses the diagram carries and which it does not, beside the diagram."""

from flask import render_template, url_for

from engine.diagram.coverage import Coverage, Line, coverage
from engine.queries import drafts
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint
from webui.studio.picture import picture

STATES = {  # what to say of a clause, and whether something is to be done about it
    "carried": ("图上有", False),
    "enforced": ("由系统强制", False),
    "law": ("整个流程都要守", False),
    "gap": ("列出了，图上没有", True),
    "unlisted": ("图上有，设置里没有列出", True),
    "unknown": ("总表里没有这个编号", True),
    "left": ("没有写到", False),
}


@blueprint.get("/drafts/<draft_id>/clauses")
@signed_in
def clauses(draft_id: str) -> str:
    draft = drafts.draft(runtime(), actor(), draft_id)
    found = coverage(draft.files)
    drawing = url_for("studio.drawing", draft_id=draft_id)
    return render_template(
        "studio/clauses.html",
        draft=draft,
        coverage=found,
        states=STATES,
        summary=_summary(found),
        picture=picture(draft.diagram.data if draft.diagram else None),
        steps_data={each.id: [each.label, each.how, list(each.clauses)] for each in found.carriers},
        texts={line.clause.id: line.clause.text for line in found.lines},
        drawing=drawing,
    )


def _summary(found: Coverage) -> list[tuple[int, str, bool]]:
    """How many of what, and whether that is something to mend."""
    due: list[Line] = [line for line in found.lines if line.state != "left"]
    counted = [
        (len(found.of("carried", "unlisted")), "条在图上有步骤承载", False),
        (len(found.of("enforced", "law")), "条由系统强制，或者整个流程都要守", False),
        (len(found.of("gap")), "条列出了，图上没有步骤承载", True),
        (len(found.of("unlisted")), "条图上有，设置里没有列出", True),
        (len(found.of("unknown")), "个编号不在条款总表里", True),
        (len(found.bare), "个步骤没有写依据", True),
    ]
    return [(len(due), "条与这个流程有关", False), *(each for each in counted if each[0])]
