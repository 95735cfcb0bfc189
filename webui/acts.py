"""Acts on a collective step, as its page posts them: a vote, an opinion, a count, a notice."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage

from engine import operations
from engine.queries import tasks as queries
from engine.refusal import Invalid, NotVisible
from engine.steps import Action
from webui import plain_forms
from webui.sessions import actor, runtime, signed_in
from webui.tasks import blueprint, onwards, step_page

# A form's own keys never begin with an underscore. THEN names a second act, done in one go where it is its turn.
BEHALF, PAPERS, THEN = "_on_behalf_of", "_papers", "_then"


@blueprint.post("/tasks/<task_id>/act/<name>")
@signed_in
def act(task_id: str, name: str) -> Any:
    """Do one thing on the step. What is not right comes back with everything still typed."""
    view = queries.task(runtime(), actor(), task_id)
    offered = next((a for a in view.all_actions if a.name == name), None)
    if offered is None:
        raise NotVisible("action-unknown", "这一步没有这种办法，请回到待办重新打开")
    data, papers = _posted(offered)
    behalf = request.form.get(BEHALF, "")
    try:
        done = operations.act_on_task(
            runtime(),
            actor().person_id,
            task_id,
            name,
            data,
            on_behalf_of=int(behalf) if behalf.isdigit() else None,
            papers=[paper["id"] for paper in papers],
        )
    except Invalid as refusal:
        typed = data | ({BEHALF: behalf} if behalf else {}) | ({PAPERS: papers} if papers else {})
        again = queries.task(runtime(), actor(), task_id)
        return step_page(again, typed=typed, refusal=refusal, acting=name), refusal.status
    if isinstance(done, operations.Receipt):
        # The answer itself, not a page one is sent on to: a receipt must stand in no address and in no cookie.
        return render_template("receipt.html", task=view, receipt=done)
    if done is not None and not any(task["id"] == task_id for task in done.open_tasks):
        return onwards(task_id, done)
    flash(f"{task_id}-{name}", "draft-done")
    if request.form.get(THEN) and not behalf:
        return _then(task_id, request.form[THEN], f"{offered.title}：已保存。")
    flash(f"{offered.title}：已保存。", "success")
    return redirect(url_for("tasks.show", task_id=task_id))


def _then(task_id: str, name: str, saved: str) -> Any:
    """The second act of a tap: 汇总 after 录入, 公开 after 召集. Not its turn yet: the page shows how far it is."""
    view = queries.task(runtime(), actor(), task_id)
    offered = next((a for a in view.actions if a.name == name), None)
    data = _second(view, offered) if offered else {}
    if not offered or not data:
        flash(saved, "success")
        return redirect(url_for("tasks.show", task_id=task_id))
    try:
        done = operations.act_on_task(runtime(), actor().person_id, task_id, name, data)
    except Invalid as refusal:
        flash(saved, "success")
        return step_page(view, typed=data, refusal=refusal, acting=name), refusal.status
    if isinstance(done, operations.Done) and not any(task["id"] == task_id for task in done.open_tasks):
        return onwards(task_id, done)
    flash(f"{offered.title}：已保存。", "success")
    return redirect(url_for("tasks.show", task_id=task_id))


def _second(view: queries.TaskView, offered: Action) -> dict[str, Any]:
    """What the same form says for the second act; empty while it is not its turn."""
    seen = view.proceeding
    if offered.name == "close":
        return {"归纳": seen.digest} if seen.closable and not seen.reason_needed else {}
    if offered.name == "announce":
        data = plain_forms.read(offered.schema, request.form, request.files, _upload)
        return data if data.get("凭证") else {}
    return {}


def _posted(offered: Action) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The data of the act, from form-js's JSON or from plain fields; and photos of the paper."""
    papers = plain_forms.kept(request.form.get(f"{PAPERS}.kept"))
    papers = [paper for paper in papers if _is_file(paper)]
    papers += [_upload(part) for part in request.files.getlist(PAPERS) if part.filename]
    if "data" not in request.form:
        return plain_forms.read(offered.schema, request.form, request.files, _upload), papers
    try:
        data = orjson.loads(request.form["data"] or b"{}")
    except orjson.JSONDecodeError:
        data = None
    if not isinstance(data, dict):
        raise Invalid("data", "表单没有完整地交上来，请打开浏览器的 JavaScript，再交一次")
    papers += [paper for paper in data.pop(PAPERS, None) or [] if _is_file(paper)]
    plain = plain_forms.read(offered.schema, request.form, request.files, _upload)
    return plain | data, papers  # a page may ask some of it in fields of its own, above form-js


def _upload(part: FileStorage) -> dict[str, Any]:
    stored = operations.upload_file(runtime(), actor().person_id, part.read(), part.filename or "照片")
    return {"id": stored["id"], "name": stored["name"]}


def _is_file(paper: Any) -> bool:
    return isinstance(paper, Mapping) and isinstance(paper.get("id"), str)
