"""用印登记 and 备案 of a matter: what there is, and a form for each."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage

from engine import operations
from engine.operations import papers as operations_on_papers
from engine.queries import filed as queries
from engine.refusal import Invalid
from webui.sessions import actor, runtime, signed_in

blueprint = Blueprint("papers", __name__)

Write = Callable[[int, list[str]], Any]


@blueprint.get("/matters/<instance_id>/papers")
@signed_in
def show(instance_id: str) -> str:
    return _page(instance_id)


@blueprint.post("/matters/<instance_id>/papers/seal")
@signed_in
def seal(instance_id: str) -> Any:
    """用印登记."""

    def write(person: int, files: list[str]) -> None:
        use = operations_on_papers.SealUse(
            _text("文件"), _text("印章"), _copies(), _day("用印日期"), _text("批准人"), _text("监印人")
        )
        operations_on_papers.register_seal_use(runtime(), person, instance_id, use, files)

    return _do(instance_id, "seal", write, "用印已登记。")


@blueprint.post("/matters/<instance_id>/papers/filing")
@signed_in
def filing(instance_id: str) -> Any:
    """备案登记."""

    def write(person: int, files: list[str]) -> None:
        sent = operations_on_papers.Filing(_text("文件"), _text("报送机关"), _day("报送日期"))
        operations_on_papers.register_filing(runtime(), person, instance_id, sent, files)

    return _do(instance_id, "filing", write, "备案已登记。收到回执，再来补上。")


@blueprint.post("/matters/<instance_id>/papers/<filing_id>/receipt")
@signed_in
def receipt(instance_id: str, filing_id: str) -> Any:
    """备案回执."""

    def write(person: int, files: list[str]) -> None:
        found = operations_on_papers.Receipt(_day("收到日期"), _text("回执编号"))
        operations_on_papers.receive_filing_receipt(runtime(), person, filing_id, found, files)

    return _do(instance_id, f"receipt-{filing_id}", write, "回执已登记。")


def _do(instance_id: str, acting: str, write: Write, done: str) -> Any:
    """What is refused comes back with what was typed."""
    try:
        write(actor().person_id, [_upload(part) for part in request.files.getlist("照片") if part.filename])
    except Invalid as refusal:
        return _page(instance_id, acting, refusal), refusal.status
    flash(done, "success")
    return redirect(url_for("papers.show", instance_id=instance_id))


def _page(instance_id: str, acting: str = "", refusal: Invalid | None = None) -> str:
    return render_template(
        "papers.html",
        instance_id=instance_id,
        filed=queries.of_matter(runtime(), actor(), instance_id),
        today=runtime().today().isoformat(),
        acting=acting,
        refusal=refusal,
        errors=refusal.fields if refusal else {},
        typed=request.form if refusal else {},
    )


def _text(name: str) -> str:
    return request.form.get(name, "").strip()


def _copies() -> int:
    text = _text("份数")
    return int(text) if text.isdigit() and len(text) < 8 else 0


def _day(name: str) -> date:
    """Raises Invalid at the field."""
    try:
        return date.fromisoformat(_text(name))
    except ValueError:
        raise Invalid("form", f"请填写“{name}”", {name: "请选日期"}) from None


def _upload(part: FileStorage) -> str:
    stored = operations.upload_file(runtime(), actor().person_id, part.read(), part.filename or "照片")
    return str(stored["id"])
