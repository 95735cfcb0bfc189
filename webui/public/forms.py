"""Taking part without an account: an opinion, an objection, a rating, a household's answer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.operations import public as operations
from engine.queries import public
from engine.queries.public import HouseholdPage, MatterPage, Participation
from engine.refusal import Refusal
from engine.steps import strangers
from engine.steps.opinion import AUTHOR
from engine.steps.strangers import LONGEST, PHONE
from webui.public.frame import HEADINGS, TITLES, blueprint, draw, message
from webui.security import CsrfFailed
from webui.sessions import runtime

ONCE = "once"  # a mark of the form as it was shown: tapped twice, it is one
TRAP = "homepage"  # a field nobody sees: what fills it in is a machine
AGAIN = "刚才没有交上，写的字都还在，请再点一次交上。一直交不上的，请打开浏览器的 Cookie，或者当面告诉村里。"
PHOTO_AGAIN = "照片要重新选一次。"
KINDS = {"意见": "consult", "反馈": "notice", "评价": "assess"}


# ---------------------------------------------------------------- the open link


@blueprint.route("/<code>/say/<task_id>", methods=["GET", "POST"])
def say(code: str, task_id: str) -> Any:
    """The form of one open step. What is not right comes back with everything still typed."""
    page, asked = _asked(code, task_id)
    if request.method == "GET":
        return _say(page, asked, {_choice(asked): request.args.get("choice", "")})
    typed = _typed(asked)
    if request.form.get(TRAP):
        return _say(page, asked, typed, AGAIN), 422
    try:
        received = operations.say(
            runtime(),
            code,
            task_id,
            typed,
            address=request.remote_addr or "",
            photo=_photo(),
            once=request.form.get(ONCE, "")[:64],
        )
    except Refusal as refusal:
        return _say(page, asked, typed, refusal.message, refusal.fields), refusal.status
    waits, again = (1 if true else None for true in (received.waits, received.again))
    return redirect(url_for("public.said", code=received.page_code, waits=waits, again=again), 303)


@blueprint.get("/<code>/said")
def said(code: str) -> str:
    """What happens next with what was handed in."""
    page = public.matter(runtime(), code)
    text = WAITS if request.args.get("waits") else AGAIN_SENT if request.args.get("again") else COUNTS
    ways = [(url_for("public.matter", code=page.code), "回到这件事")]
    title = "已收到，谢谢您"
    named = {"place": page.unit, "unit_code": page.unit_code}
    return draw("message.html", title=title, text=[text], ways=ways, **named)


WAITS = "村里核对后公开；答复会写在这件事的页面上，过几天扫同一个二维码就能看到。没有采用的，也会写明有几条、为什么。"
AGAIN_SENT = "这一份刚才已经收到，没有重复计算。要替家里别的人评，请回到这件事，重新打开“作评价”。"
COUNTS = "您的评价已经计入。结果出来以后，会写在这件事的页面上，扫同一个二维码就能看到。"


def _asked(code: str, task_id: str) -> tuple[MatterPage, Participation]:
    page = public.matter(runtime(), code)
    asked = next((one for one in page.participations if one.task_id == task_id), None)
    if asked is None:
        abort(_over(page))
    return page, asked


def _over(page: MatterPage) -> AnyResponse:
    """A form whose step ended while it was open: what came of it is one tap away."""
    text = [f"“{page.title}”的这一步已经结束，不能再提了。"]
    if request.method == "POST":
        text.append("刚才写的没有收下，要紧的请当面告诉村文书。")
    ways = [(url_for("public.matter", code=page.code), "看后来怎么样")]
    return message(404, "已经结束", text, ways, place=page.unit, unit_code=page.unit_code)


def _say(
    page: MatterPage,
    asked: Participation,
    typed: Mapping[str, str],
    trouble: str = "",
    errors: Mapping[str, str] | None = None,
) -> str:
    return draw(
        "say.html",
        place=page.unit,
        unit_code=page.unit_code,
        code=page.code,
        title=page.title,
        heading=HEADINGS.get(asked.sort, asked.sort),
        **_filled(asked, typed, trouble, errors),
    )


# ---------------------------------------------------------------- households


@blueprint.route("/h/<code>", methods=["GET", "POST"])
def household(code: str) -> Any:
    """A household's own page: its question, or what it answered."""
    page = public.household(runtime(), code)
    if request.method == "GET":
        return _household(page, {})
    typed = _typed(page.participation)
    if request.form.get(TRAP):
        return _household(page, typed, AGAIN), 422
    try:
        operations.answer_for_household(runtime(), code, typed, photo=_photo())
    except Refusal as refusal:
        again = public.household(runtime(), code)
        return _household(again, typed, refusal.message, refusal.fields), refusal.status
    return redirect(url_for("public.household", code=code), 303)


@blueprint.post("/h/<code>/withdraw")
def household_withdraw(code: str) -> Any:
    """撤回: the household may answer anew while the step is open."""
    try:
        operations.withdraw_for_household(runtime(), code)
    except Refusal as refusal:
        page = public.household(runtime(), code)
        return _household(page, {}, refusal.message), refusal.status
    return redirect(url_for("public.household", code=code), 303)


def _household(
    page: HouseholdPage,
    typed: Mapping[str, str],
    trouble: str = "",
    errors: Mapping[str, str] | None = None,
) -> str:
    filled = _filled(page.participation, typed, trouble, errors)
    return draw("household.html", place=page.unit, page=page, **filled)


# ---------------------------------------------------------------- what came in


def _choice(asked: Participation) -> str:
    return strangers.choice_key(KINDS[asked.sort])


def _text(asked: Participation) -> str:
    return strangers.text_key(KINDS[asked.sort])


def _filled(
    asked: Participation, typed: Mapping[str, str], trouble: str, errors: Mapping[str, str] | None
) -> dict[str, Any]:
    """What the form of a step needs to show itself, with what was typed and what is wrong with it."""
    chosen = request.files.get(operations.PHOTO) if request.method == "POST" else None
    if trouble and chosen is not None and chosen.filename:  # no browser keeps a chosen file through a refusal
        trouble = f"{trouble.rstrip('。')}。{PHOTO_AGAIN}"
    keys = {"choice": _choice(asked), "text": _text(asked), "author": AUTHOR, "phone": PHONE}
    return {
        "asked": asked,
        "key": keys | {"photo": operations.PHOTO},
        "longest": LONGEST,
        "once": request.form.get(ONCE, "") or secrets.token_hex(16),
        "typed": typed,
        "trouble": trouble,
        "errors": errors or {},
    }


def _typed(asked: Participation) -> dict[str, str]:
    keys = (_choice(asked), _text(asked), AUTHOR, PHONE)
    return {key: request.form[key].strip() for key in keys if request.form.get(key, "").strip()}


def _photo() -> tuple[bytes, str] | None:
    part = request.files.get(operations.PHOTO)
    return (part.read(), part.filename) if part is not None and part.filename else None


@blueprint.errorhandler(CsrfFailed)
def stale(_error: CsrfFailed) -> AnyResponse | tuple[str, int]:
    """The page stood open longer than its token, or cookies are off: it comes back as typed, to be sent once more."""
    given = request.view_args or {}
    try:
        if request.endpoint == "public.say":
            page, asked = _asked(given["code"], given["task_id"])
            return _say(page, asked, _typed(asked), AGAIN), 400
        if "code" in given:
            own = public.household(runtime(), given["code"])
            return _household(own, _typed(own.participation), AGAIN), 400
    except Refusal as refusal:
        return message(400, TITLES[400], [refusal.message])
    return message(400, TITLES[400], [AGAIN])
