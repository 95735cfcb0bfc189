"""会议记录: what was derived of a meeting, the recorder's own words, and signing under them on a phone or on paper."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage

from engine import operations
from engine.operations import signing
from engine.queries import minutes as queries
from engine.refusal import Invalid, Refusal
from webui.sessions import actor, runtime, signed_in

blueprint = Blueprint("minutes", __name__)


@blueprint.get("/meetings/<meeting_id>/minutes")
@signed_in
def show(meeting_id: str) -> str:
    return _page(meeting_id)


@blueprint.post("/meetings/<meeting_id>/sign")
@signed_in
def sign(meeting_id: str) -> Any:
    """Drawn with the finger, or a photo of a signature."""

    def once() -> None:
        signing.sign_minutes(runtime(), actor().person_id, meeting_id, _seen(), _uploaded(signing.SIGNATURE))

    return _do(meeting_id, "sign", once, "已签字。")


@blueprint.post("/meetings/<meeting_id>/signed")
@signed_in
def signed(meeting_id: str) -> Any:
    """A photo of the page that several have signed."""

    def once() -> None:
        people = [int(one) for one in request.form.getlist(signing.SIGNED_BY) if one.isdigit()]
        files = _uploaded(signing.SIGNATURE)
        signing.sign_minutes_for(runtime(), actor().person_id, meeting_id, _seen(), people, files)

    return _do(meeting_id, "signed", once, "签字页已存好。")


@blueprint.post("/meetings/<meeting_id>/words")
@signed_in
def words(meeting_id: str) -> Any:
    def once() -> None:
        said, note = request.form.get(signing.WORDS, ""), request.form.get(signing.NOTE, "")
        signing.write_minutes(runtime(), actor().person_id, meeting_id, said, note)

    return _do(meeting_id, "words", once, "记录已保存。")


def _do(meeting_id: str, acting: str, once: Any, done: str) -> Any:
    """What is refused comes back with what was typed."""
    try:
        once()
    except Invalid as refusal:
        return _page(meeting_id, acting, refusal), refusal.status
    flash(done, "success")
    return redirect(url_for("minutes.show", meeting_id=meeting_id))


def _page(meeting_id: str, acting: str = "", refusal: Refusal | None = None) -> str:
    return render_template(
        "minutes.html",
        minutes=queries.minutes(runtime(), actor(), meeting_id),
        acting=acting,
        refusal=refusal,
        errors=refusal.fields if refusal else {},
        typed=request.form if refusal else {},
    )


def _seen() -> str:
    return request.form.get("seen", "")


def _uploaded(name: str) -> list[str]:
    return [_upload(part) for part in request.files.getlist(name) if part.filename]


def _upload(part: FileStorage) -> str:
    stored = operations.upload_file(runtime(), actor().person_id, part.read(), part.filename or "签名")
    return str(stored["id"])
