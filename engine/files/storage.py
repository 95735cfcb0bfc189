"""Where files are kept: one row a content. The only module that knows they are in the database."""

from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.files.acceptance import Accepted
from engine.store.database import new_id
from engine.store.tables import file_uses, files


def keep(connection: Connection, accepted: Accepted, now: datetime) -> None:
    """Write the content. Does nothing when the same content is there already, also when two bring it at once."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    values = {
        "id": accepted.id,
        "media_type": accepted.media_type,
        "size": len(accepted.data),
        "data": accepted.data,
        "created_at": now,
    }
    # Touching `created_at` keeps a content that is brought again from being retired in between.
    connection.execute(
        dialect.insert(files)
        .values(**values)
        .on_conflict_do_update(index_elements=[files.c.id], set_={"created_at": now})
    )


def store(connection: Connection, accepted: Accepted, by: int, now: datetime) -> int:
    """Keep a file and note who brought it; it belongs to no matter yet. Answers the id of that note (`file_uses`)."""
    keep(connection, accepted, now)
    use = {"file_id": accepted.id, "name": accepted.name, "uploaded_by": by, "uploaded_at": now}
    return new_id(connection.execute(file_uses.insert().values(**use)))


def read(connection: Connection, file_id: str) -> tuple[bytes, str]:
    """(content, media type). Raises KeyError when there is no such file. Who may read it is decided elsewhere."""
    row = connection.execute(
        select(files.c.data, files.c.media_type).where(files.c.id == file_id)
    ).one_or_none()
    if row is None:
        raise KeyError(file_id)
    return row.data, row.media_type


def retire_uploads(connection: Connection, before: datetime) -> int:
    """Forget what was uploaded before and never handed in, and contents nobody refers to; answers how many contents."""
    unused = file_uses.c.instance_id.is_(None) & (file_uses.c.uploaded_at < before)
    connection.execute(file_uses.delete().where(unused))
    referred = select(file_uses.c.file_id)
    orphans = files.c.id.not_in(referred) & (files.c.created_at < before)
    return connection.execute(files.delete().where(orphans)).rowcount
