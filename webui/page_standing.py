"""公开页 of a matter: taken down and put up again, with a reason."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine import operations
from engine.queries import page_standing as queries
from engine.refusal import Invalid
from webui.sessions import actor, runtime, signed_in

blueprint = Blueprint("page_standing", __name__)


@blueprint.get("/matters/<instance_id>/page")
@signed_in
def show(instance_id: str) -> str:
    return _page(instance_id)


@blueprint.post("/matters/<instance_id>/page/down")
@signed_in
def down(instance_id: str) -> Any:
    """撤下."""
    return _do(
        operations.take_down_page, instance_id, "公开页已经撤下。村民再扫码，看到的是什么时候、为什么撤下。"
    )


@blueprint.post("/matters/<instance_id>/page/up")
@signed_in
def up(instance_id: str) -> Any:
    """恢复."""
    return _do(operations.put_up_page, instance_id, "公开页已经恢复，还是原来的编号，村民扫码就能看到。")


def _do(change: Any, instance_id: str, done: str) -> Any:
    """What is refused comes back with what was typed."""
    try:
        change(runtime(), actor().person_id, instance_id, request.form.get("理由", ""))
    except Invalid as refusal:
        return _page(instance_id, refusal), refusal.status
    flash(done, "success")
    return redirect(url_for("matters.show", instance_id=instance_id))


def _page(instance_id: str, refusal: Invalid | None = None) -> str:
    return render_template(
        "page_standing.html",
        instance_id=instance_id,
        page=queries.of_matter(runtime(), actor(), instance_id),
        refusal=refusal,
        typed=request.form.get("理由", ""),
    )
