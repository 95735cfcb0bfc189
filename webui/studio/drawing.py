"""流程图: the page a diagram is drawn on."""

from typing import Any

from flask import jsonify, render_template

from engine import operations
from engine.diagram.finding import DiagramError
from engine.diagram.layout import drawn
from engine.diagram.model import FLOW_NODES
from engine.diagram.source import BPMNDI, bpmn, is_bpmn, parse
from engine.people.designations import Designations
from engine.queries import drafts
from engine.queries.drafts import Draft, Stored
from engine.refusal import Invalid
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint
from webui.studio.body import json_body, texts
from webui.studio.picture import as_text
from webui.words import moment

SLOW = 1_200  # elements: more take the browser longer than a person waits without being told


@blueprint.get("/drafts/<draft_id>")
@signed_in
def drawing(draft_id: str) -> str:
    draft = drafts.draft(runtime(), actor(), draft_id)
    board, problem = _board(draft)
    return render_template("studio/drawing.html", draft=draft, board=board, problem=problem)


@blueprint.post("/drafts/<draft_id>/aside")
@signed_in
def aside(draft_id: str) -> Any:
    """Body `{"files": {name: text}}`: a new draft that is this one but for these; what somebody could not save here."""
    hint = "要另存的内容没有传全，请刷新页面再试"
    own = texts(json_body(hint).get("files"), hint)
    if not own:
        raise Invalid("body", hint)
    return jsonify(draft=operations.put_aside(runtime(), actor().person_id, draft_id, own)), 201


def _board(draft: Draft) -> tuple[dict[str, Any] | None, str]:
    """What the drawing board needs; or why there is nothing to draw on, in words."""
    stored = draft.diagram
    if stored is None:
        return None, "这份草稿里没有流程图。"
    try:
        text, elements, bare = _text(stored)
    except DiagramError as error:
        return None, "；".join(finding.message for finding in error.findings)
    return {
        "draft": draft.id,
        "name": stored.name,
        "called": "流程图",  # what people know the file as
        "xml": text,
        "digest": stored.digest,
        "saved": moment(stored.changed_at, runtime().now()),
        "elements": elements,
        "slow": elements > SLOW,
        "bare": bare,
        "designations": _posts(runtime().designations),
    }, ""


def _text(stored: Stored) -> tuple[str, int, bool]:
    """The diagram as text, whatever encoding it is stored in; how many elements it has; whether its steps came without
    a drawing and have got one here. Raises DiagramError.
    """
    root = parse(stored.data)
    elements = sum(1 for each in root.iter() if is_bpmn(each))
    if root.find(f".//{{{BPMNDI}}}BPMNShape") is None:
        return drawn(stored.data).decode(), elements, any(True for _ in root.iter(*map(bpmn, FLOW_NODES)))
    return as_text(root, stored.data), elements, False


def _posts(known: Designations) -> list[dict[str, str]]:
    """What a lane may be called, with what kind of name it is and where it exists."""
    return [
        {"name": each.name, "about": "、".join([str(each.kind), *each.levels])} for each in known.values()
    ]
