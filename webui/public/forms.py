"""Taking part without an account: an opinion, an objection, a rating, a household's answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine import operations
from engine.operations.links import normal
from engine.queries import public
from engine.queries.public import MatterPage, Participation
from engine.refusal import NotVisible, Refusal
from webui.public.frame import HEADINGS, TITLES, blueprint, draw, message
from webui.security import CsrfFailed
from webui.sessions import runtime

TRAP = "homepage"  # a field nobody sees
AGAIN = "页面放得太久了，刚才没有交上。写的字都还在，请再点一次交上。"
PHOTO_AGAIN = "照片要重新选一次。"
FIELDS = ("choice", "content", "author", "phone")


# ---------------------------------------------------------------- the open link


@blueprint.route("/<code>/say/<task_id>", methods=["GET", "POST"])
def say(code: str, task_id: str) -> Any:
    """The form of one open step. What is not right comes back with everything still typed."""
    if request.method == "GET":
        return _say(code, task_id, {"choice": request.args.get("sort", "")})
    if request.form.get(TRAP):
        return _say(code, task_id, _typed(), AGAIN), 422
    try:
        operations.take_part(
            runtime(), normal(code), task_id, _typed(), photo=_photo(), address=request.remote_addr or ""
        )
    except Refusal as refusal:
        return _say(code, task_id, _typed(), refusal.message, refusal.fields), refusal.status
    return redirect(url_for("public.said", code=code, task_id=task_id), 303)


def _say(
    code: str, task_id: str, typed: Mapping[str, str], trouble: str = "", errors: Mapping[str, str] = {}
) -> str:
    page, asked = _asked(code, task_id)
    return draw(
        "say.html",
        place=page.unit,
        unit_code=page.unit_code,
        code=page.code,
        title=page.title,
        heading=HEADINGS.get(asked.sort, asked.sort),
        asked=asked,
        typed=typed,
        trouble=_with_photo(trouble),
        errors=errors,
    )


def _asked(code: str, task_id: str) -> tuple[MatterPage, Participation]:
    page = public.matter(runtime(), normal(code))
    for one in page.participations:
        if one.task_id == task_id:
            return page, one
    raise NotVisible("not-open", f"“{page.title}”现在不收意见了，可能刚刚到期。后来怎么样，可以在这件事的页面上看")


@blueprint.get("/<code>/said/<task_id>")
def said(code: str, task_id: str) -> str:
    """What happens next with what was handed in."""
    page = public.matter(runtime(), normal(code))
    rated = any(one.task_id == task_id and one.sort == "评价" for one in page.participations)
    text = "村里核对后计入结果；结果会写在这件事的页面上。" if rated else TAKEN
    ways = [(url_for("public.matter", code=page.code), "回到这件事")]
    title = "已收到，谢谢您"
    return draw(
        "message.html", place=page.unit, unit_code=page.unit_code, title=title, text=[text], ways=ways
    )


TAKEN = "村里核对后公开；答复会写在这件事的页面上，过几天扫同一个二维码就能看到。没有采用的，也会写明原因。"


# ---------------------------------------------------------------- households


@blueprint.route("/h/<code>", methods=["GET", "POST"])
def household(code: str) -> Any:
    """A household's own page: its question, or what it answered."""
    if request.method == "GET":
        return _household(code)
    if request.form.get(TRAP):
        return _household(code, _typed(), AGAIN), 422
    try:
        operations.answer_household(
            runtime(), normal(code), _typed(), photo=_photo(), address=request.remote_addr or ""
        )
    except Refusal as refusal:
        return _household(code, _typed(), refusal.message, refusal.fields), refusal.status
    return redirect(url_for("public.household", code=code), 303)


@blueprint.post("/h/<code>/withdraw")
def household_withdraw(code: str) -> Any:
    """撤回: the household may answer anew while the step is open."""
    try:
        operations.withdraw_household(runtime(), normal(code), address=request.remote_addr or "")
    except Refusal as refusal:
        return _household(code, trouble=refusal.message), refusal.status
    return redirect(url_for("public.household", code=code), 303)


def _household(
    code: str, typed: Mapping[str, str] = {}, trouble: str = "", errors: Mapping[str, str] = {}
) -> str:
    page = public.household(runtime(), normal(code))
    return draw(
        "household.html",
        place=page.unit,
        page=page,
        typed=typed,
        trouble=_with_photo(trouble),
        errors=errors,
    )


# ---------------------------------------------------------------- what came in


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in FIELDS}


def _photo() -> tuple[bytes, str] | None:
    part = request.files.get("photo")
    return (part.read(), part.filename) if part is not None and part.filename else None


def _with_photo(trouble: str) -> str:
    """No browser keeps a chosen file through a refusal."""
    chosen = request.method == "POST" and _had_photo()
    return trouble + (("" if trouble.endswith("。") else "。") + PHOTO_AGAIN if trouble and chosen else "")


def _had_photo() -> bool:
    part = request.files.get("photo")
    return bool(part is not None and part.filename)


@blueprint.errorhandler(CsrfFailed)
def stale(_error: CsrfFailed) -> Any:
    """The page stood open longer than its token, or cookies are off: it comes back as it was typed, to be sent again."""
    given = dict(request.view_args or {})
    try:
        if request.endpoint == "public.say":
            return _say(given["code"], given["task_id"], _typed(), AGAIN), 400
        if request.endpoint in ("public.household", "public.household_withdraw"):
            return _household(given["code"], _typed(), AGAIN), 400
    except Refusal as refusal:
        return message(400, TITLES[400], [refusal.message])
    return message(400, TITLES[400], [AGAIN])
