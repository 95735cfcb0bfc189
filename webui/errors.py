"""What goes wrong, as a page in Chinese with a way on; a reference number where somebody has to look into the log."""

import logging
import secrets

from flask import Flask, Response, flash, g, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from engine.queries import meeting_lists
from engine.queries.step import TaskClosed
from engine.refusal import Refusal
from engine.store.failures import DatabaseUnavailable
from webui.security import CsrfFailed
from webui.sessions import actor, ask_to_sign_in, me, runtime

log = logging.getLogger("cunyi.web")

TITLES = {
    400: ("这个请求看不懂", "请回到上一页再试一次。"),
    403: ("这里不归您办", "您可以回到待办，办自己的事。"),
    404: ("没有这个页面", "它可能已经移走，或者不在您能查看的范围里。"),
    405: ("这个地址不能这样打开", "请从待办里重新进入。"),
    409: ("刚刚有了变化", "请看清现状后再办。"),
    413: ("内容太大了", "一个文件最多 10 MB，请压缩后再传。"),
    422: ("有几处需要改一改", "请回到上一页修改。"),
    429: ("试得太多了", "请稍等几分钟再试。"),
    503: ("系统暂时连不上数据库", "没有保存任何东西。请过一会儿再办，您填写的内容会留在这台手机上。"),
}


def register(app: Flask) -> None:
    @app.errorhandler(TaskClosed)
    def task_closed(error: TaskClosed) -> AnyResponse:
        if wants_json():
            return problem(error.status, error.code, error.message)
        held = meeting_lists.concluded(runtime(), actor(), (request.view_args or {}).get("task_id", ""))
        if held is not None and request.method == "GET":
            shown = render_template("ended.html", ended=held, instance_id=error.instance_id)
            return Response(shown, 409)
        return page(
            409,
            error.message,
            "这件事已经往下走了，您不用再办。",
            url_for("matters.show", instance_id=error.instance_id),
            "看看走到哪了",
        )

    @app.errorhandler(Refusal)
    def refused(error: Refusal) -> AnyResponse:
        if wants_json():
            return problem(error.status, error.code, error.message, error.fields)
        title, _ = TITLES.get(error.status, TITLES[400])
        return page(error.status, title, error.message)

    @app.errorhandler(DatabaseUnavailable)
    def unavailable(error: DatabaseUnavailable) -> AnyResponse:
        log.warning("database unavailable", extra={"event": {"in_doubt": error.in_doubt}})
        g.me = None  # whoever it is, the frame must not ask the database again
        if wants_json():
            return problem(503, "unavailable", str(error))
        response = page(503, TITLES[503][0], str(error), request.full_path.rstrip("?"), "再试一次")
        response.headers["Retry-After"] = "5"
        return response

    @app.errorhandler(CsrfFailed)
    def forged(_error: CsrfFailed) -> AnyResponse:
        if wants_json():
            return problem(400, "csrf", "页面放得太久了，请刷新后再试")
        if request.endpoint in ("account.sign_in", "account.sign_out"):
            return redirect(url_for("account.sign_in", next=request.args.get("next")))
        if not _known():
            flash("登录已过期，请重新登录；填写的内容还在这台设备上。", "warning")
            return ask_to_sign_in()
        text = "为了安全，这一次没有提交。填写的内容还在这台设备上，请重新打开再交一次。"
        back = (
            request.path if request.method == "POST" and request.endpoint == "tasks.show" else url_for("home")
        )
        return page(400, "页面放得太久了", text, back, "重新打开")

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> AnyResponse:
        if error.code is None or error.code < 400:
            return error.get_response()
        title, text = TITLES.get(error.code, TITLES[400])
        return problem(error.code, "refused", text) if wants_json() else page(error.code, title, text)

    @app.errorhandler(Exception)
    def unforeseen(_error: Exception) -> AnyResponse:
        reference = secrets.token_hex(4)
        log.exception("unforeseen failure", extra={"event": {"reference": reference}})
        if wants_json():
            return problem(500, "internal", f"系统出错了，已经记录（编号 {reference}）")
        return page(500, "系统出错了", "已经记录下来，这一次没有保存。", reference=reference)


def wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json" or request.path.startswith("/api/")


def problem(status: int, code: str, message: str, fields: dict[str, str] | None = None) -> Response:
    response = jsonify({"error": {"code": code, "message": message, "fields": fields or {}}})
    response.status_code = status
    return response


def page(
    status: int, title: str, text: str, href: str = "", action: str = "", reference: str = ""
) -> Response:
    if not href:
        href, action = ("/tasks", "回到待办") if _known() else ("/sign-in", "去登录")
    words = {"title": title, "text": text, "reference": reference, "href": href, "action": action}
    counted = {"counts": None} if status >= 500 else {}  # not asking again for what may just have failed
    return Response(render_template("error.html", **words, **counted), status)


def _known() -> bool:
    """Whether somebody is signed in; nobody is while the database cannot tell."""
    try:
        return me() is not None
    except Exception:
        g.me = None
        return False
