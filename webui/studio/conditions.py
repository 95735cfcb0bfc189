"""What conditions and settings of a drawing may read, and whether one that was written by hand can be used."""

from dataclasses import asdict
from typing import Any

from flask import jsonify

from engine.diagram.readable import problem, readable
from engine.queries import catalogue, drafts
from engine.refusal import Invalid
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint
from webui.studio.body import json_body


@blueprint.post("/drafts/<draft_id>/names")
@signed_in
def names(draft_id: str) -> Any:
    """Body `{"xml": the drawing as it is now, "element": id of a step or flow, "text"?: an expression}`.

    Answers what can be read there, and what is wrong with the expression (null where nothing is).
    """
    asked = json_body(hint := "流程图没有传全，请刷新页面再试")
    xml, element, text = asked.get("xml"), asked.get("element"), asked.get("text")
    if not isinstance(xml, str) or not isinstance(element, str) or not isinstance(text, str | None):
        raise Invalid("body", hint)
    place = catalogue.spot(drafts.draft(runtime(), actor(), draft_id), xml, element)
    wrong = problem(place, text) if text is not None else None
    return jsonify(results=[asdict(one) for one in readable(place)], problem=wrong)
