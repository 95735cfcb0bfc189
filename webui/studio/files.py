"""The files of a draft, as the editors load and save them: JSON with the digest that the next save must have seen."""

from typing import Any

from flask import Response, jsonify, request

from engine import operations
from engine.queries import drafts
from engine.refusal import Invalid, NotVisible
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint


@blueprint.get("/drafts/<draft_id>/files/<path:name>")
@signed_in
def file(draft_id: str, name: str) -> Response:
    """The file itself; its digest in the header ETag."""
    stored = drafts.draft(runtime(), actor(), draft_id).stored.get(name)
    if stored is None:
        raise NotVisible("file-unknown", f"草稿里没有 {name} 这个文件，可能已经删除")
    response = Response(stored.data, content_type="application/octet-stream")
    response.set_etag(stored.digest)
    response.headers["Content-Disposition"] = "attachment"
    return response


@blueprint.put("/drafts/<draft_id>/files/<path:name>")
@signed_in
def save(draft_id: str, name: str) -> Any:
    """Body: the content. `?seen=` the digest it was made from; none for a new file. 409 where it has changed."""
    seen = request.args.get("seen") or None
    saved = operations.save_file(runtime(), actor().person_id, draft_id, name, request.get_data(), seen)
    return jsonify(revision=saved.revision, digest=saved.digest, at=saved.at.isoformat())


@blueprint.delete("/drafts/<draft_id>/files/<path:name>")
@signed_in
def remove(draft_id: str, name: str) -> Any:
    seen = request.args.get("seen")
    if not seen:
        raise Invalid("seen", "请先打开这个文件再删除")
    return jsonify(revision=operations.remove_file(runtime(), actor().person_id, draft_id, name, seen))
