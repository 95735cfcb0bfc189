"""How long each kind of record is kept (`[retention]` in redlines.toml, in days), carried out by the worker."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, update

from engine.files.storage import retire_uploads
from engine.operations import attempts
from engine.people.accounts import forget_attempts
from engine.redlines import Redlines, redlines
from engine.store.proceedings import opinions
from engine.store.tables import tokens, views

CONTACTS = timedelta(days=183)  # where a county's own file says nothing of it


def retire(connection: Connection, now: datetime, rules: Redlines | None = None) -> dict[str, int]:
    """Delete what has been kept long enough; answers how many rows of each kind. Harmless when two do it at once."""
    kept = (rules or redlines()).retention
    before = {kind: now - timedelta(days=days) for kind, days in kept.items()}
    over = (tokens.c.expires_at < before["tokens"]) | (tokens.c.revoked_at < before["tokens"])
    return {
        "public attempts": attempts.forget(connection, now),
        "contacts": _forget_contacts(connection, before.get("contacts", now - CONTACTS)),
        "views": connection.execute(views.delete().where(views.c.at < before["views"])).rowcount,
        "attempts": forget_attempts(connection, before["attempts"]),
        "uploads": retire_uploads(connection, before["uploads"]),
        "tokens": connection.execute(tokens.delete().where(over)).rowcount,
    }


def _forget_contacts(connection: Connection, before: datetime) -> int:
    """Telephone numbers strangers left to be reached under."""
    old = (opinions.c.contact != "", opinions.c.at < before)
    return connection.execute(update(opinions).where(*old).values(contact="")).rowcount
