"""整理版面: where a drawing's shapes and lines would lie. Nothing is stored; the editor takes it over when asked to."""

from typing import Any

from flask import jsonify

from engine.authorisation import design_units
from engine.diagram import DiagramError
from engine.diagram.layout import arrange
from engine.refusal import Forbidden, Invalid
from webui.sessions import actor, signed_in
from webui.studio import blueprint
from webui.studio.body import json_body


@blueprint.post("/layout")
@signed_in
def layout() -> Any:
    """Body `{"xml": text}`; the answer is `Drawing.as_dict`."""
    if not design_units(actor()):
        raise Forbidden("not-designer", "整理版面要有流程设计的权限，请找系统管理员")
    xml = json_body(hint := "流程图没有传全，请再点一次“整理版面”").get("xml")
    if not isinstance(xml, str):
        raise Invalid("body", hint)
    try:
        drawing = arrange(xml.encode())
    except DiagramError as error:
        raise Invalid("unreadable", "；".join(map(str, error.findings))) from error
    return jsonify(drawing.as_dict())
