"""Signing in and out, and 我的."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine import operations
from engine.people import accounts
from engine.queries import mine
from engine.refusal import Invalid
from webui import sessions
from webui.sessions import actor, me, runtime, signed_in

blueprint = Blueprint("account", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Any:
    onwards = sessions.local(request.args.get("next", "")) or url_for("home")
    if request.method == "GET":
        return redirect(onwards) if me() else render_template("sign_in.html", login="", error="")
    login, password = request.form.get("login", "").strip(), request.form.get("password", "")
    try:
        address = request.remote_addr or ""
        account = accounts.sign_in(runtime().database, login, password, address, runtime().now())
    except accounts.TooMany as refusal:
        page = render_template("sign_in.html", login=login, error=str(refusal))
        return Response(page, 429, {"Retry-After": str(refusal.retry_after)})
    except accounts.Wrong as refusal:
        return render_template("sign_in.html", login=login, error=str(refusal)), 422
    sessions.begin(account)
    return redirect(url_for("account.password") if account.must_change else onwards)


@blueprint.post("/sign-out")
def sign_out() -> AnyResponse:
    sessions.end()
    flash("已退出登录。", "success")
    return redirect(url_for("account.sign_in"))


@blueprint.get("/me")
@signed_in
def profile() -> str:
    return render_template("me.html", profile=mine.profile(runtime(), actor()))


@blueprint.post("/submissions/<submission_id>/confirm")
@signed_in
def confirm(submission_id: str) -> AnyResponse:
    operations.confirm_submission(runtime(), actor().person_id, submission_id)
    flash("已确认，留痕里写明是您本人认可的。", "success")
    return redirect(sessions.local(request.form.get("next", "")) or url_for("account.profile"))


@blueprint.route("/me/password", methods=["GET", "POST"])
@signed_in
def password() -> Any:
    errors: dict[str, str] = {}
    if request.method == "POST":
        old, new = request.form.get("old", ""), request.form.get("new", "")
        try:
            if new != request.form.get("again", ""):
                raise Invalid("password", "两次输入的新密码不一样", {"again": "和上面的新密码不一样"})
            operations.change_password(runtime(), actor().person_id, old, new)
        except Invalid as refusal:
            errors = dict(refusal.fields) or {"new": refusal.message}
        else:
            sessions.end()
            flash("密码已改好，请用新密码登录。", "success")
            return redirect(url_for("account.sign_in"))
    page = render_template("password.html", errors=errors)
    return (page, 422) if errors else page
