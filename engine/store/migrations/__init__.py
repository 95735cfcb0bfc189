"""The history of the schema. `upgrade(database)` brings any database, also an empty one, up to date."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from engine.store.database import WAIT, Database

LONGEST = 120  # seconds another process may take to upgrade
_LOCK = 0x63756E7969  # any number, the same in every process


def upgrade(database: Database) -> None:
    """Bring the schema up to date: whole or not at all, by one process at a time; nothing when it is."""
    if database.is_sqlite:
        _private(Path(str(database.url.database)))
    # A new file is busy while somebody else makes it: asking has to be tried for as long as that may take.
    if database.look(current, attempts=20) == newest():
        return
    if database.is_sqlite:
        _upgrade_sqlite(database)
        return
    with database.write() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        _apply(connection)


def current(connection: Connection) -> str | None:
    """The revision the database stands at; None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The revision this program needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _private(path: Path) -> None:
    """A new county's file is its owner's alone; SQLite gives its side files the same rights."""
    if path.parent.is_dir():
        path.touch(mode=0o600, exist_ok=True)


def _upgrade_sqlite(database: Database) -> None:
    """SQLite changes a column by rebuilding its table, which foreign keys would turn into deleted children.

    They can only be switched off outside a transaction, so the connection is prepared first, and the keys are
    checked before the commit.
    """
    with database.engine.connect() as outside:
        driver = outside.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute(f"PRAGMA busy_timeout={LONGEST * 1000}")
        try:
            driver.execute("BEGIN IMMEDIATE")
            _apply(outside)
            if driver.execute("PRAGMA foreign_key_check").fetchall():
                raise RuntimeError("数据库升级后有对不上的记录，升级已撤销。请先备份，再联系维护人员。")
            outside.commit()
        finally:
            outside.rollback()
            driver.execute(f"PRAGMA busy_timeout={int(WAIT * 1000)}")
            driver.execute("PRAGMA foreign_keys=ON")


def _apply(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
