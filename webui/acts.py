"""Acts on a collective step, as its page posts them: a vote, an opinion, a count, a notice."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage

from engine import operations
from engine.queries import tasks as queries
from engine.queries.ballot_motions import rounds_ended
from engine.refusal import Invalid, NotVisible
from engine.steps import Action
from engine.steps.meeting import PROOF
from engine.steps.opinion import DIGEST
from webui import plain_forms
from webui.plain_forms import PAPERS
from webui.sessions import actor, runtime, signed_in
from webui.tasks import blueprint, onwards, step_page

ENDS = ("close", "confirm_count")  # what a meeting may end with: who ended it reads what it came to
BEHALF, THEN = "_on_behalf_of", "_then"  # THEN names a second act, done in one go where it is its turn


@blueprint.post("/tasks/<task_id>/act/<name>")
@signed_in
def act(task_id: str, name: str) -> Any:
    """Do one thing on the step. What is not right comes back with everything still typed."""
    offered = _offered(task_id, name)
    data, papers = _posted(offered)
    behalf = request.form.get(BEHALF, "")
    rounds = rounds_ended(runtime(), task_id) if name in ENDS else 0
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
    if name in ENDS and rounds_ended(runtime(), task_id) > rounds and _is_open(done, task_id):
        flash(f"{task_id}-{name}", "draft-done")
        flash(_round_ended(task_id), "success")
        return redirect(url_for("tasks.show", task_id=task_id))
    return _afterwards(task_id, offered, done, "" if behalf else request.form.get(THEN, ""))


def _round_ended(task_id: str) -> str:
    """What a round of an election came to that did not fill every seat."""
    [motion] = queries.task(runtime(), actor(), task_id).proceeding.motions
    won = sum(one.elected for one in motion.ended[-1].candidates)
    came = f"选出 {won} 人" if won else "没有人选上"
    return f"第 {len(motion.ended)} 轮{came}，还差 {motion.election.seats} 人，再选一轮：到会的人现在就可以投票。"


def _is_open(done: operations.Done | operations.Receipt | None, task_id: str) -> bool:
    """Whether the step goes on after an act."""
    return not isinstance(done, operations.Done) or any(task["id"] == task_id for task in done.open_tasks)


def _offered(task_id: str, name: str) -> Action:
    """The act of that name. Raises NotVisible, or TaskClosed for a step that somebody has done already."""
    offered = queries.action_of(runtime(), task_id, name)
    if offered is None:
        queries.task(runtime(), actor(), task_id)  # says why, where there is no such step any more
        raise NotVisible("action-unknown", "这一步没有这种办法，请回到待办重新打开")
    return offered


def _afterwards(
    task_id: str, offered: Action, done: operations.Done | operations.Receipt | None, then: str = ""
) -> Any:
    """What is seen when it is done: a receipt, the next step, the step as it is now, or the outcome of a second act."""
    if isinstance(done, operations.Receipt):
        # The answer itself, not a page one is sent on to: a receipt must stand in no address and in no cookie.
        view = queries.task(runtime(), actor(), task_id)
        return render_template("receipt.html", task=view, receipt=done)
    if done is not None and not _is_open(done, task_id):
        if offered.name in ENDS:
            flash(task_id, "concluded")
        return onwards(task_id, done)
    flash(f"{task_id}-{offered.name}", "draft-done")
    saved = f"{offered.title}：已保存。"
    if then:
        return _then(task_id, then, saved)
    flash(saved, "success")
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
    return _afterwards(task_id, offered, done)


def _second(view: queries.TaskView, offered: Action) -> dict[str, Any]:
    """What the same form says for the second act; empty while it is not its turn."""
    if offered.name == "close":
        return {DIGEST: view.proceeding.digest} if view.proceeding.ready else {}
    if offered.name == "announce":
        data = plain_forms.read(offered.schema, request.form, request.files, _upload)
        return data if data.get(PROOF) else {}
    return {}


def _posted(offered: Action) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The data of the act, from form-js's JSON or from plain fields; and photos of the paper."""
    papers = plain_forms.kept(request.form.get(f"{PAPERS}.kept"))
    papers += [_upload(part) for part in request.files.getlist(PAPERS) if part.filename]
    data = plain_forms.read(offered.schema, request.form, request.files, _upload)
    if "data" in request.form:  # a page may ask some of it in fields of its own, above form-js
        viewed = plain_forms.from_viewer(request.form)
        shown = viewed.pop(PAPERS, None)
        papers += shown if isinstance(shown, list) else []
        data |= viewed
    return data, [paper for paper in papers if _is_file(paper)]


def _upload(part: FileStorage) -> dict[str, Any]:
    stored = operations.upload_file(runtime(), actor().person_id, part.read(), part.filename or "照片")
    return {"id": stored["id"], "name": stored["name"]}


def _is_file(paper: Any) -> bool:
    return isinstance(paper, Mapping) and isinstance(paper.get("id"), str)
