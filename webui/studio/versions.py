"""A procedure with its versions: to read, to download, to go on from, to withdraw."""

from typing import Any
from urllib.parse import quote

from flask import Response, flash, redirect, render_template, request, url_for

from engine import operations
from engine.diagram.comparison import compare
from engine.diagram.folder import diagram_of
from engine.queries import desk, versions
from engine.refusal import Invalid
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint


@blueprint.get("/procedures/<int:unit_id>/<key>")
@signed_in
def procedure(unit_id: int, key: str) -> str:
    return _procedure(unit_id, key)


@blueprint.post("/procedures/<int:unit_id>/<key>/withdraw")
@signed_in
def withdraw(unit_id: int, key: str) -> Any:
    note = request.form.get("note", "")
    try:
        operations.withdraw_procedure(runtime(), actor().person_id, unit_id, key, note)
    except Invalid as refusal:
        return _procedure(unit_id, key, refusal.message, note), refusal.status
    flash("已经停用：不能再新办，在办的接着办完。", "success")
    return redirect(url_for("studio.procedure", unit_id=unit_id, key=key))


@blueprint.post("/procedures/<int:unit_id>/<key>/lift")
@signed_in
def lift(unit_id: int, key: str) -> Any:
    operations.lift_withdrawal(runtime(), actor().person_id, unit_id, key)
    flash("已经恢复使用，可以新办了。", "success")
    return redirect(url_for("studio.procedure", unit_id=unit_id, key=key))


@blueprint.get("/versions/<int:version_id>")
@signed_in
def version(version_id: int) -> str:
    """Read only, with what it changed."""
    found = versions.version(runtime(), actor(), version_id)
    before = versions.before(runtime(), actor(), found)
    return render_template(
        "studio/version.html",
        version=found,
        diagram_file=diagram_of(found.files),
        before=before,
        comparison=compare(before.files, found.files) if before else None,
    )


@blueprint.get("/versions/<int:version_id>/diagram")
@signed_in
def version_diagram(version_id: int) -> Response:
    found = versions.version(runtime(), actor(), version_id)
    return as_xml(found.files)


@blueprint.get("/versions/<int:version_id>/download")
@signed_in
def version_download(version_id: int) -> Response:
    found = versions.version(runtime(), actor(), version_id)
    return as_zip(found.content, f"{found.title} 第{found.number}版")


def as_xml(files: Any) -> Response:
    """The diagram of a folder, for a viewer."""
    name = diagram_of(files)
    return Response(files[name] if name else b"", content_type="application/xml")


def as_zip(content: bytes, name: str) -> Response:
    response = Response(content, content_type="application/zip")
    plain = "".join("_" if letter in '\\/:*?"<>|' or ord(letter) < 32 else letter for letter in name)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(plain)}.zip"
    return response


def _procedure(unit_id: int, key: str, error: str = "", note: str = "") -> str:
    found = desk.published(runtime(), actor(), unit_id, key)
    return render_template("studio/procedure.html", one=found, error=error, note=note)
