"""管理: people and posts of the units one looks after, and the matters that are in trouble."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import operations
from engine.queries import administration as queries
from engine.queries import trouble as troubles
from engine.refusal import Invalid
from webui.sessions import actor, runtime, signed_in

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

TROUBLES = (("overdue", "超期"), ("vacant", "无人在岗"), ("incidents", "故障"), ("failed", "中止"))


@blueprint.get("")
@signed_in
def index() -> str:
    tree = queries.tree(runtime(), actor())
    return render_template("admin/index.html", overview=troubles.overview(runtime(), actor()), tree=tree)


@blueprint.get("/trouble")
@signed_in
def trouble() -> str:
    """Steps and matters that need somebody to step in."""
    scope = request.args.get("scope", "overdue")
    found = troubles.overview(runtime(), actor())
    numbers = {
        "overdue": found.overdue,
        "vacant": found.vacant,
        "incidents": found.incidents,
        "failed": found.failed,
    }
    tabs = [
        {
            "title": title,
            "href": url_for("admin.trouble", scope=key),
            "current": key == scope,
            "count": numbers[key],
        }
        for key, title in TROUBLES
    ]
    page: Any
    if scope == "vacant":
        page = {"items": troubles.vacancies(runtime(), actor())}
    elif scope == "incidents":
        page = {"items": troubles.open_incidents(runtime(), actor())}
    elif scope == "failed":
        page = {"items": troubles.failed(runtime(), actor())}
    else:
        scope, page = "overdue", troubles.overdue(runtime(), actor(), request.args.get("cursor"))
    return render_template("admin/trouble.html", scope=scope, page=page, groups=tabs)


@blueprint.post("/incidents/<int:incident_id>/retry")
@signed_in
def retry(incident_id: int) -> Response:
    operations.retry_incident(runtime(), actor().person_id, incident_id)
    flash("已安排重新执行，过一会儿刷新看结果。", "success")
    return redirect(url_for("admin.trouble", scope="incidents"))


# ---------------------------------------------------------------- people and posts


@blueprint.get("/units/<int:unit_id>")
@signed_in
def unit(unit_id: int) -> str:
    return render_template("admin/unit.html", unit=queries.unit(runtime(), actor(), unit_id))


@blueprint.route("/units/<int:unit_id>/appoint", methods=["GET", "POST"])
@signed_in
def appoint(unit_id: int) -> Any:
    """任命: a post or a register, to somebody of the unit or its neighbourhood in the tree."""

    def work(form: dict[str, str]) -> None:
        if not form.get("person", "").isdigit():
            raise Invalid("person", "请选人", {"person": "请选任命谁"})
        warnings = operations.appoint(
            runtime(), actor().person_id, int(form["person"]), unit_id, form.get("post", "")
        )
        flash("已任命，马上生效。", "success")
        for warning in warnings:
            flash(warning, "warning")

    view = queries.unit(runtime(), actor(), unit_id)
    people = queries.candidates(runtime(), actor(), unit_id)
    post = request.values.get("post", "")
    return _form("admin/appoint.html", work, unit_id, unit=view, people=people, post=post)


@blueprint.route("/units/<int:unit_id>/dismiss", methods=["GET", "POST"])
@signed_in
def dismiss(unit_id: int) -> Any:
    """免去: what the person had signed for goes back to the post."""

    def work(form: dict[str, str]) -> None:
        if not form.get("person", "").isdigit():
            raise Invalid("person", "请从名单里选", {"post": "请从名单里选"})
        operations.dismiss(runtime(), actor().person_id, int(form["person"]), unit_id, form.get("post", ""))
        flash("已免去。签收了没办完的事，已退回给岗位。", "success")

    view = queries.unit(runtime(), actor(), unit_id)
    wanted = request.values.get("person", ""), request.values.get("post", "")
    held = next(
        (
            h
            for p in [*view.posts, *view.registers]
            if p.name == wanted[1]
            for h in p.holders
            if str(h.person_id) == wanted[0]
        ),
        None,
    )
    return _form("admin/dismiss.html", work, unit_id, unit=view, held=held, post=wanted[1])


@blueprint.route("/units/<int:unit_id>/people", methods=["GET", "POST"])
@signed_in
def add_person(unit_id: int) -> Any:
    def work(form: dict[str, str]) -> None:
        _, password = operations.add_person(
            runtime(),
            actor().person_id,
            unit_id,
            form.get("name", ""),
            gender=form.get("gender"),
            phone=form.get("phone", "").strip() or None,
            login=form.get("login", "").strip() or None,
        )
        flash("已登记。", "success")
        if password:
            flash(f"首次登录密码：{password}。只显示这一次，请当面告诉本人，登录后要改。", "warning")

    view = queries.unit(runtime(), actor(), unit_id)
    return _form("admin/person.html", work, unit_id, unit=view)


@blueprint.post("/units/<int:unit_id>/people/<int:person_id>/password")
@signed_in
def reset_password(unit_id: int, person_id: int) -> Response:
    password = operations.reset_password(runtime(), actor().person_id, person_id)
    flash(f"新密码：{password}。只显示这一次，请当面告诉本人，登录后要改。", "warning")
    return redirect(url_for("admin.unit", unit_id=unit_id))


def _form(template: str, work: Callable[[dict[str, str]], None], unit_id: int, **context: Any) -> Any:
    """Show a form; when it is posted do the work, or show it again with what was typed and what is wrong."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            work(request.form.to_dict())
        except Invalid as refusal:
            errors = dict(refusal.fields) or {"": refusal.message}
        else:
            return redirect(url_for("admin.unit", unit_id=unit_id))
    page = render_template(template, form=request.values, errors=errors, **context)
    return (page, 422) if errors else page
