"""What all public pages share: how a page is drawn and sent, and what it says when something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from engine import documents
from engine.queries.public import Participation
from engine.refusal import Refusal
from engine.store.failures import DatabaseUnavailable
from webui import sessions, words
from webui.public import codes
from webui.public.copies import Copies
from webui.public.shelf import FRESH, Shelf

blueprint = Blueprint("public", __name__, url_prefix="/p")
YEAR = 365 * 24 * 3600  # seconds
HEADINGS = {"意见": "提意见", "反馈": "提意见、提异议", "评价": "作评价"}
TITLES = {
    400: "没有交上",
    404: "没有找到",
    405: "没有找到",
    409: "刚刚有了变化",
    410: "这一页已经撤下",
    413: "照片太大了",
    422: "没有交上",
    429: "交得太多了",
    503: "暂时打不开",
}
TEXTS = {
    404: "编号可能打错了一个字，或者这一页已经收回。请对照纸上的编号再输一遍。",
    405: "编号可能打错了一个字，或者这一页已经收回。请对照纸上的编号再输一遍。",
    413: "一张照片最多 10 MB。请按手机的返回键，写的字还在，换一张小的照片再交。",
}


# ---------------------------------------------------------------- drawing and sending


def draw(template: str, **named: Any) -> str:
    """A page in the frame. `large` is the reader's choice of letters, the one thing a cookie says about him."""
    return render_template(f"public/{template}", **{"large": large(), "here": request.path} | named)


def large() -> bool:
    return request.cookies.get("large") == "1"


def shelved(key: str, version: str, render: Callable[[], tuple[str, datetime | None]]) -> AnyResponse:
    """A page that is the same for everybody: drawn once a version, and not sent again to who has it already."""
    shelf = cast(Shelf, current_app.extensions["public-shelf"])
    kept = shelf.page(f"{key} {large():d}", version, sessions.runtime().now(), render)
    packed = request.accept_encodings.quality("gzip") > 0
    response = Response(kept.packed if packed else kept.body, content_type="text/html; charset=utf-8")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = f"public, max-age={FRESH}"
    response.vary.update(("Accept-Encoding", "Cookie"))
    response.set_etag(kept.etag, weak=True)
    return response.make_conditional(request)


def message(
    status: int, title: str, text: Sequence[str], ways: Sequence[tuple[str, str]] = (), **named: Any
) -> AnyResponse:
    on = ways or [(url_for("public.entry"), "重新输入编号")]
    return Response(draw("message.html", title=title, text=text, ways=on, **named), status)


# ---------------------------------------------------------------- what is wrong


@blueprint.errorhandler(Refusal)
def refused(error: Refusal) -> AnyResponse:
    return message(error.status, TITLES.get(error.status, TITLES[400]), [error.message])


@blueprint.errorhandler(HTTPException)
def http(error: HTTPException) -> AnyResponse:
    if error.code is None or error.code < 400:
        return error.get_response()
    text = TEXTS.get(error.code, "这个请求看不懂，请回到上一页再试一次。")
    return message(error.code, TITLES.get(error.code, TITLES[400]), [text])


@blueprint.errorhandler(DatabaseUnavailable)
def unavailable(error: DatabaseUnavailable) -> AnyResponse:
    g.me = None  # the frame must not ask the database again
    response = message(503, TITLES[503], [str(error)], [(request.full_path.rstrip("?"), "再试一次")])
    response.headers["Retry-After"] = "5"
    return response


@blueprint.after_request
def unlisted(response: Response) -> Response:
    """No search engine keeps what a village has on its board; a household's code goes nowhere with a link."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer" if "/h/" in request.path else "same-origin"
    return response


# ---------------------------------------------------------------- large letters


@blueprint.get("/size")
def size() -> AnyResponse:
    """大字版 without a script: kept in the same cookie as inside."""
    response = redirect(sessions.local(request.args.get("next", "")) or url_for("public.entry"))
    on = "1" if request.args.get("on") == "1" else "0"
    secure = sessions.runtime().configuration.secure_cookies
    response.set_cookie("large", on, max_age=YEAR, samesite="Lax", secure=secure)
    return response


# ---------------------------------------------------------------- words of templates


def ways(one: Participation, code: str) -> list[tuple[str, str]]:
    """What may be done on an open step, each with its address: opinion and objection apart."""
    if one.sort != "反馈":
        address = url_for("public.say", code=code, task_id=one.task_id)
        return [(address, HEADINGS.get(one.sort, one.sort))]
    return [
        (url_for("public.say", code=code, task_id=one.task_id, choice=sort), text)
        for sort, text in (("意见", "提意见"), ("异议", "有异议"))
    ]


def is_bad(outcome: str) -> bool:
    """Whether an outcome says that it did not go through; shown in red, and never by colour alone."""
    return outcome.startswith(("不", "未", "没有", "有异议", "无效"))


def without_title(text: str, title: str) -> str:
    """A notice's text begins with the matter's title, which stands above it already."""
    first, _, rest = text.partition("\n")  # browsers send their lines ended by \r\n
    return rest.lstrip("\r\n") if first.strip() == title.strip() else text


def paper_form() -> documents.Form:
    """PDF, or Word where the system parts for PDFs are missing."""
    return "pdf" if documents.pdf_available() else "docx"


@blueprint.record_once
def _register(state: BlueprintSetupState) -> None:
    app = state.app
    app.extensions["public-shelf"], app.extensions["public-copies"] = Shelf(), Copies()
    app.jinja_env.globals.update(paper_form=paper_form)
    app.jinja_env.filters.update(
        ways=ways,
        is_bad=is_bad,
        without_title=without_title,
        qr=codes.qr,
        grouped=codes.grouped,
        day=words.day,
        last_day=words.last_day,
        hour=words.hour,
        pairs=lambda values: [(value, value) for value in values],
    )
