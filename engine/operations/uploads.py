"""Files: uploaded before a step is handed in, bound to the matter with it, read by who may see the matter."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine import files
from engine.authorisation import may_see_matter
from engine.refusal import Invalid, NotVisible
from engine.runtime import Runtime
from engine.store.tables import file_uses, instances, units


def upload_file(runtime: Runtime, actor_id: int, data: bytes, name: str) -> dict[str, Any]:
    """Keep a file until the step it belongs to is handed in. Raises Invalid for one that is not accepted."""
    now = runtime.now()
    try:
        accepted = files.accept(data, name)
    except files.FileRefused as error:
        raise Invalid("file", str(error), {"file": str(error)}) from error

    runtime.database.run(lambda c: files.store(c, accepted, actor_id, now))
    return {
        "id": accepted.id,
        "name": accepted.name,
        "size": len(accepted.data),
        "media_type": accepted.media_type,
    }


def read_file(runtime: Runtime, actor_id: int, file_id: str) -> tuple[bytes, str, str]:
    """(data, media type, name) of a file one uploaded oneself, or of a matter one may see. Raises
    NotVisible.
    """
    with runtime.database.read() as c:
        actor = runtime.actor(c, actor_id)
        uses = c.execute(
            select(file_uses.c.name, file_uses.c.uploaded_by, file_uses.c.instance_id, units.c.path)
            .outerjoin(instances, instances.c.id == file_uses.c.instance_id)
            .outerjoin(units, units.c.id == instances.c.unit_id)
            .where(file_uses.c.file_id == file_id)
        ).all()
        for use in uses:
            mine = use.uploaded_by == actor_id
            if mine or (use.instance_id and may_see_matter(c, actor, use.instance_id, use.path)):
                data, media_type = files.read(c, file_id)
                return data, media_type, str(use.name)
    raise NotVisible("file-unknown", "没有这个附件，或者它不在您能查看的范围里")
