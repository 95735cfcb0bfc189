"""The migrations build exactly the tables the program is written against."""

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from engine.store import Database
from engine.store.metadata import metadata
from engine.store.migrations import current, newest, upgrade


def test_migrating_from_zero_gives_the_schema_of_the_tables(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    upgrade(database)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert _checks(connection) == _checks_wanted()
        assert current(connection) == newest()
    upgrade(database)  # again: nothing to do
    database.close()


def _checks(connection: object) -> set[str | None]:
    """Alembic does not compare check constraints."""
    inspector = inspect(connection)
    assert inspector is not None
    return {check["name"] for name in metadata.tables for check in inspector.get_check_constraints(name)}


def _checks_wanted() -> set[str | None]:
    from sqlalchemy import CheckConstraint

    return {
        str(constraint.name)
        for table in metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }


def test_two_processes_starting_at_once_migrate_once(empty_database_url: str) -> None:
    databases = [Database(empty_database_url) for _ in range(3)]
    failures: list[BaseException] = []

    def start(database: Database) -> None:
        try:
            upgrade(database)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=start, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_failed_upgrade_changes_nothing(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import op

    database = Database(empty_database_url)
    made: list[str] = []
    create = op.create_table

    def fail_later(name: str, *columns: object, **options: object) -> object:
        made.append(name)
        if len(made) == 9:
            raise ZeroDivisionError
        return create(name, *columns, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(op, "create_table", fail_later)
    with pytest.raises(ZeroDivisionError):
        upgrade(database)
    with database.read() as connection:
        inspector = inspect(connection)
        assert inspector is not None
        assert set(inspector.get_table_names()) <= {"alembic_version"}
    monkeypatch.undo()
    upgrade(database)
    database.close()


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    """It holds personal data."""
    database = Database(f"sqlite:///{tmp_path}/county.db")
    upgrade(database)
    assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}
    database.close()
