"""待办, one task, and what comes after it was done."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import operations, steps
from engine.queries import matters as matter_queries
from engine.queries import procedures
from engine.queries import tasks as queries
from engine.queries.tasks import TaskView
from engine.refusal import Forbidden, Invalid, NotVisible, Refusal
from webui.plain_forms import PAPERS, from_viewer
from webui.sessions import actor, me, runtime, signed_in

blueprint = Blueprint("tasks", __name__)

FEW = 3  # steps of one matter that may wait for somebody at the same time
CONCLUDING = ("close", "confirm_count")  # acts after which people want to see what it came to
TABS = (("mine", "我的"), ("claimable", "可签收"), ("overdue", "到期"), ("done", "已办"))
EMPTY = {
    "mine": "手头没有要办的事。",
    "claimable": "现在没有可以签收的事。",
    "overdue": "没有快到期或超期的事。",
    "done": "还没有办过的事，办完的会留在这里备查。",
    "behalf": "本村现在没有等着办的事，不用代录。",
}


class Badge:
    """The number at the tab 待办, counted only where a page shows it."""

    @cached_property
    def all(self) -> queries.Counts | None:
        return queries.counts(runtime(), actor()) if me() else None

    @property
    def tasks(self) -> int:
        return self.all.mine + self.all.claimable if self.all else 0


@blueprint.get("/tasks")
@signed_in
def index() -> str:
    """The tab asked for; without one, the first that has something on it."""
    badge = Badge()
    assert badge.all is not None
    scope = request.args.get("scope") or (
        "claimable" if not badge.all.mine and badge.all.claimable else "mine"
    )
    cursor = request.args.get("cursor")
    page = queries.todo(runtime(), actor(), scope, cursor)
    return render_template(
        "tasks.html",
        page=page,
        scope=scope,
        groups=_tabs(scope, badge.all),
        counts=badge,
        later=bool(cursor),
        empty_text=EMPTY[scope],
        startable=procedures.startable(runtime(), actor()) if scope == "mine" and not page.items else [],
        pending=badge.all,
    )


def entrance() -> str:
    """Where somebody begins who opens the site: at the step that waits for him, where only one matter does; else at the
    list.
    """
    few = [queries.todo(runtime(), actor(), scope, limit=FEW) for scope in ("mine", "claimable")]
    cards = [card for page in few for card in page.items]
    if any(page.next for page in few) or len({card.instance_id for card in cards}) != 1:
        return url_for("tasks.index")
    return url_for("tasks.show", task_id=cards[0].id)


def _tabs(scope: str, counts: queries.Counts) -> list[dict[str, Any]]:
    shown = [*TABS, ("behalf", "代录")] if actor().clerk_units else TABS
    numbers = {"mine": counts.mine, "claimable": counts.claimable, "overdue": counts.overdue}
    return [
        {
            "title": title,
            "href": url_for("tasks.index", scope=key),
            "current": key == scope,
            "count": numbers.get(key, 0),
        }
        for key, title in shown
    ]


# ---------------------------------------------------------------- one task


@blueprint.get("/tasks/<task_id>")
@signed_in
def show(task_id: str) -> str:
    view = queries.task(runtime(), actor(), task_id)
    operations.note_view(runtime(), actor(), view.instance_id)
    return _page(view)


@blueprint.post("/tasks/<task_id>")
@signed_in
def complete(task_id: str) -> Any:
    """Hand in. What is not right comes back with everything still typed."""
    data = from_viewer(request.form)
    action = request.form.get("action", "complete")
    try:
        done = operations.complete_task(runtime(), actor().person_id, task_id, data, action=action)
    except Invalid as refusal:
        return _page(queries.task(runtime(), actor(), task_id), data, refusal), refusal.status
    return onwards(task_id, done)


@blueprint.post("/tasks/<task_id>/claim")
@signed_in
def claim(task_id: str) -> Response:
    operations.claim_task(runtime(), actor().person_id, task_id)
    flash("已签收，这件事归您办了。", "success")
    return redirect(url_for("tasks.show", task_id=task_id))


@blueprint.post("/tasks/<task_id>/release")
@signed_in
def release(task_id: str) -> Response:
    operations.release_task(runtime(), actor().person_id, task_id)
    flash("已退回，同岗位的人可以签收。", "success")
    return redirect(url_for("tasks.index"))


def _page(view: TaskView, typed: Mapping[str, Any] | None = None, refusal: Refusal | None = None) -> str:
    if steps.kind(view.kind).collective:
        return step_page(view, typed, refusal)
    action = view.actions[0] if view.actions else None
    return render_template(
        "task.html",
        task=view,
        action=action,
        data=view.prefill if typed is None else typed,
        errors=_errors(refusal),
        problem=refusal.message if refusal else "",
        draft=f"task-{view.id}",
    )


def step_page(
    view: TaskView,
    typed: Mapping[str, Any] | None = None,
    refusal: Refusal | None = None,
    acting: str | None = None,
) -> str:
    """The page of a collective step's kind. `acting` is the act that was refused, with what was typed for it."""
    return render_template(
        [f"steps/{view.kind}.html", "steps/_step.html"],
        task=view,
        now=runtime().now(),
        acting=acting,
        typed=typed or {},
        errors=_errors(refusal),
        problem=refusal.message if refusal else "",
    )


def _errors(refusal: Refusal | None) -> dict[str, str]:
    if refusal is None:
        return {}
    return dict(refusal.fields) or {"": refusal.message}


# ---------------------------------------------------------------- 代录


@blueprint.get("/tasks/<task_id>/behalf")
@signed_in
def behalf(task_id: str) -> Any:
    """The form for somebody else; a step that many act on has its page, with what a clerk may enter there."""
    view = _for_others(task_id)
    if steps.kind(view.kind).collective:
        return redirect(url_for("tasks.show", task_id=task_id))
    return _behalf_page(view)


@blueprint.post("/tasks/<task_id>/behalf")
@signed_in
def complete_behalf(task_id: str) -> Any:
    """The clerk hands in what somebody did on paper, with a photo of it."""
    data = from_viewer(request.form)
    papers = data.pop(PAPERS, None)
    person = request.form.get("person", "")
    try:
        if not person.isdigit():
            raise Invalid("behalf-person", "请选是替谁录的", {"on_behalf_of": "请选是替谁录的"})
        done = operations.complete_task(
            runtime(), actor().person_id, task_id, data, on_behalf_of=int(person), papers=_file_ids(papers)
        )
    except Invalid as refusal:
        page = _behalf_page(_for_others(task_id), data | {PAPERS: papers or []}, person, refusal)
        return page, refusal.status
    return onwards(task_id, done, behalf=True)


def _for_others(task_id: str) -> TaskView:
    view = queries.task(runtime(), actor(), task_id)
    if "behalf" not in view.may:
        raise Forbidden("not-clerk", "代录由本村文书来做，只能录本村的事")
    return view


def _file_ids(papers: Any) -> list[str]:
    if not isinstance(papers, list):
        return []
    return [str(paper["id"]) for paper in papers if isinstance(paper, dict) and paper.get("id")]


def _behalf_page(
    view: TaskView, typed: Mapping[str, Any] | None = None, person: str = "", refusal: Refusal | None = None
) -> str:
    errors = _errors(refusal)
    wrong_person = errors.pop("on_behalf_of", "")
    if "papers" in errors:
        errors[PAPERS] = errors.pop("papers")
    asked: Mapping[str, Any] = (
        view.actions[0].schema if view.actions else {"type": "default", "components": []}
    )
    schema = {**asked, "components": [*asked["components"], _photos()]}
    return render_template(
        "behalf.html",
        task=view,
        schema=schema,
        data=view.prefill if typed is None else typed,
        errors=errors,
        person=person or (str(view.behalf[0][0]) if len(view.behalf) == 1 else ""),
        wrong_person=wrong_person,
        draft=f"behalf-{view.id}",
    )


def _photos() -> dict[str, Any]:
    return {
        "type": "filepicker",
        "key": PAPERS,
        "id": "papers_field",
        "label": "纸质原件的照片",
        "multiple": True,
        "accept": "image/*,.pdf",
        "validate": {"required": True},
    }


# ---------------------------------------------------------------- afterwards


def onwards(task_id: str, done: operations.Done, *, behalf: bool = False) -> Response:
    """To what the same person does next on this matter, without a page between; else to what happens now."""
    flash(f"{'behalf' if behalf else 'task'}-{task_id}", "draft-done")
    waits = any(task["id"] == task_id for task in done.open_tasks)
    ahead = None if behalf or waits else queries.following(runtime(), actor(), done.instance_id, task_id)
    if ahead:
        flash(f"已提交{done.step and '：'}{done.step}。接着办这一步。", "success")
        return redirect(url_for("tasks.show", task_id=ahead))
    return redirect(
        url_for("tasks.done", instance_id=done.instance_id, task=task_id, behalf=1 if behalf else None)
    )


@blueprint.get("/done/<instance_id>")
@signed_in
def done(instance_id: str) -> str:
    """What happened, what comes next, and the next thing to do."""
    view = matter_queries.matter(runtime(), actor(), instance_id)
    task_id = request.args.get("task", "")
    # As a list of 待办 has it, and as `onwards` finds it; here the page is read anyway.
    ahead = next((step for step in view.open_steps if step.is_mine and step.id != task_id), None)
    last = next((e for e in view.timeline if e.submission_id and not e.withdrawn), None)
    waiting = next((step for step in view.open_steps if step.id == task_id), None)
    concluded = last.element_id if last and last.action in CONCLUDING and not waiting else ""
    return render_template(
        "done.html",
        matter=view,
        step=last,
        result=next((one for one in view.results if one.element_id == concluded), None),
        behalf=bool(request.args.get("behalf")),
        waiting=waiting,
        following=ahead,
        next_card=None if ahead else _next_card(),
    )


def _next_card() -> queries.Card | None:
    for scope in ("overdue", "mine", "claimable"):
        page = queries.todo(runtime(), actor(), scope, limit=3)
        if page.items:
            return page.items[0]
    return None


# ---------------------------------------------------------------- the administrator


@blueprint.route("/tasks/<task_id>/reassign", methods=["GET", "POST"])
@signed_in
def reassign(task_id: str) -> Any:
    """改派: to another holder of the post, or back to all of them."""
    view = queries.task(runtime(), actor(), task_id)
    if "reassign" not in view.may:
        raise NotVisible("task-unknown", "没有这项待办，或者不由您改派")
    errors: dict[str, str] = {}
    if request.method == "POST":
        person, reason = request.form.get("person", ""), request.form.get("reason", "")
        try:
            if person.isdigit():
                operations.reassign_task(runtime(), actor().person_id, task_id, int(person), reason)
            else:
                operations.release_for(runtime(), actor().person_id, task_id, reason)
        except Invalid as refusal:
            errors = _errors(refusal)
        else:
            flash("已改派，留痕里记下了您写的理由。", "success")
            return redirect(url_for("matters.show", instance_id=view.instance_id))
    people = {person: name for seat in view.seats for person, name in seat.who}
    page = render_template("reassign.html", task=view, people=people, form=request.form, errors=errors)
    return (page, 422) if errors else page
