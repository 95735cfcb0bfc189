"""Files: handed in as soon as they are chosen, read by those who may see their matter."""

from urllib.parse import quote

from flask import Blueprint, Response, jsonify, request

from engine import operations
from engine.refusal import Invalid
from webui.sessions import actor, runtime, signed_in

blueprint = Blueprint("files", __name__)

SHOWN = ("image/jpeg", "image/png", "image/webp", "application/pdf")


@blueprint.post("/files")
@signed_in
def upload() -> tuple[Response, int]:
    """One file; answers what the form keeps of it."""
    part = request.files.get("file")
    if part is None or not part.filename:
        raise Invalid("file-missing", "没有收到文件，请重新选择")
    stored = operations.upload_file(runtime(), actor().person_id, part.read(), part.filename)
    return jsonify(stored), 201


@blueprint.get("/files/<file_id>")
@signed_in
def read(file_id: str) -> Response:
    """Pictures and PDFs are shown, anything else is downloaded; nothing in a file may run."""
    data, media_type, name = operations.read_file(runtime(), actor().person_id, file_id)
    how = "inline" if media_type in SHOWN else "attachment"
    response = Response(data, content_type=media_type)
    response.headers["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(name)}"
    response.headers["Cache-Control"] = "private, max-age=3600"
    if media_type != "application/pdf":  # a sandboxed browser cannot open its own PDF viewer
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
