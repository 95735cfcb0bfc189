"""How long each kind of record is kept (`[retention]` in redlines.toml, in days), carried out by the worker."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine.files.storage import retire_uploads
from engine.people.accounts import forget_attempts
from engine.redlines import Redlines, redlines
from engine.store.tables import tokens, views


def retire(connection: Connection, now: datetime, rules: Redlines | None = None) -> dict[str, int]:
    """Delete what has been kept long enough; answers how many rows of each kind. Harmless when two do it at once."""
    kept = (rules or redlines()).retention
    before = {kind: now - timedelta(days=days) for kind, days in kept.items()}
    over = (tokens.c.expires_at < before["tokens"]) | (tokens.c.revoked_at < before["tokens"])
    return {
        "views": connection.execute(views.delete().where(views.c.at < before["views"])).rowcount,
        "attempts": forget_attempts(connection, before["attempts"]),
        "uploads": retire_uploads(connection, before["uploads"]),
        "tokens": connection.execute(tokens.delete().where(over)).rowcount,
    }
