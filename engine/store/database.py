"""Connections: reading is cheap and never blocks, writing is one short transaction.

db = Database("sqlite:////var/lib/cunyi/county.db")
with db.read() as c: ...        # Core connection, nothing may be changed
with db.write() as c: ...       # one transaction: committed whole or not at all
db.run(lambda c: ...)           # the same, tried again when another writer was in the way
"""

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Engine, Table, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.exc import ArgumentError, DisconnectionError

from engine.store.failures import DatabaseBusy, DatabaseUnavailable, Failure, classify

__all__ = [
    "Database",
    "DatabaseBusy",
    "DatabaseUnavailable",
    "count_statements",
    "insert_once",
    "new_id",
    "one_at_a_time",
]

T = TypeVar("T")

WAIT = 5.0  # seconds a writer waits for another, and a connection attempt for an answer
ISOLATION: IsolationLevel = "READ COMMITTED"  # PostgreSQL's
IDLE = 5.0  # seconds after which a pooled PostgreSQL connection is asked whether it still lives


class Database:
    """One county: a SQLite file or a PostgreSQL database (or schema, by `?options=-csearch_path=…`).

    Thread-safe. Raises ValueError (Chinese) for an address that is neither.
    """

    def __init__(self, url: str, pool_size: int = 16) -> None:
        self.url = _checked(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        options = _sqlite_options() if self.is_sqlite else _postgresql_options(self.url)
        self.engine: Engine = create_engine(
            self.url, pool_size=pool_size, max_overflow=pool_size, pool_timeout=WAIT, **options
        )
        self._writer = _WriteLock() if self.is_sqlite else None
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            self._reader: Engine = self.engine.execution_options(begin="BEGIN")
            self._writing: Engine = self.engine.execution_options(begin="BEGIN IMMEDIATE")
            for engine in (self._reader, self._writing):
                event.listen(engine, "begin", _begin_sqlite)
        else:
            # SQLAlchemy learns this with its first connection. Until then a second thread, giving back a connection
            # of its own, found it missing: an error in the first moments of a busy server.
            self.engine.dialect.default_isolation_level = ISOLATION
            event.listen(self.engine, "checkin", _stamp)
            event.listen(self.engine, "checkout", _ping_if_idle)
            # Under READ COMMITTED every statement sees its own snapshot anyway: reading needs no BEGIN.
            self._reader = self.engine.execution_options(isolation_level="AUTOCOMMIT")
            self._snapshot = self.engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            self._writing = self.engine
        event.listen(self._reader, "before_cursor_execute", _refuse_writing)

    def __repr__(self) -> str:
        return f"Database({self.url.render_as_string(hide_password=True)!r})"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading. Raises DatabaseUnavailable; RuntimeError when it changes something."""
        try:
            with self._reader.connect() as connection:
                yield connection
        except Exception as error:
            raise _meaning(error) from error

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Like `read`, and everything read through it is of one and the same moment.

        For operations, which must not refuse on what two statements saw at two moments; for verifying and backing up.
        """
        if self.is_sqlite:  # a transaction of SQLite's is that already
            with self.read() as connection:
                yield connection
            return
        try:
            with self._snapshot.connect() as connection:
                yield connection
        except Exception as error:
            raise _meaning(error) from error

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed at the end, rolled back on any exception.

        Raises DatabaseBusy (may be tried again) or DatabaseUnavailable; a violated constraint stays
        SQLAlchemy's IntegrityError. RuntimeError inside another one of the same thread: it would wait for itself.
        """
        committing = False
        try:
            with self._exclusively(), self._writing.connect() as connection:
                connection.begin()
                yield connection
                committing = True
                connection.commit()
        except Exception as error:
            raise _meaning(error, committing and not self.is_sqlite) from error

    def run(self, work: Callable[[Connection], T], attempts: int = 8) -> T:
        """Do `work(connection)` in a write transaction; again when another writer was in the way.

        `work` starts over, so it must read what it decides on through its connection. Raises like `write`.
        """
        return retried(lambda: self._once(work), attempts)

    def look(self, work: Callable[[Connection], T], attempts: int = 3) -> T:
        """Do `work(connection)` for reading; again when the connection turns out to be dead."""

        def once() -> T:
            with self.read() as connection:
                return work(connection)

        return retried(once, attempts)

    @staticmethod
    def check(url: str) -> None:
        """Raises ValueError (Chinese) when the address is none we can use; does not connect."""
        _checked(url)

    def close(self) -> None:
        self.engine.dispose()

    def _once(self, work: Callable[[Connection], T]) -> T:
        with self.write() as connection:
            return work(connection)

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        if self._writer is None:
            yield
            return
        self._writer.acquire()
        try:
            yield
        finally:
            self._writer.release()


class _WriteLock:
    """SQLite has one writer. Waiting here beats its own polling: the tail of the waiting times shrinks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner: int | None = None

    def acquire(self) -> None:
        if self._owner == threading.get_ident():
            raise RuntimeError("write() inside write()")
        if not self._lock.acquire(timeout=WAIT):
            raise DatabaseBusy
        self._owner = threading.get_ident()

    def release(self) -> None:
        self._owner = None
        self._lock.release()


@contextmanager
def count_statements(database: Database) -> Iterator[list[str]]:
    """The SQL sent by all threads while it is open; BEGIN and COMMIT do not count."""
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def insert_once(c: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless its like is there already; whether it was new."""
    dialect = postgresql if c.dialect.name == "postgresql" else sqlite
    return c.execute(dialect.insert(table).values(**row).on_conflict_do_nothing()).rowcount == 1


def new_id(result: CursorResult[Any]) -> int:
    """The id the database gave to the row just inserted."""
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def one_at_a_time(connection: Connection, what: str) -> None:
    """From here to the end of the transaction nobody else is past the same point with the same `what`.

    SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": what})


def retried(once: Callable[[], T], attempts: int) -> T:
    """Do `once`, again when the database was busy, once more when it was gone. Raises DatabaseUnavailable."""
    for attempt in range(attempts):
        try:
            return once()
        except DatabaseUnavailable as error:
            # Gone is tried once more only: a restarted server has killed the pool, a dead one stays dead.
            last = attempts - 1 if isinstance(error, DatabaseBusy) else 1
            if error.in_doubt or attempt >= last:
                raise
        jitter = random.uniform(0.2, 1.0)  # noqa: S311 - so that two do not meet again; nothing secret
        time.sleep(jitter * min(0.01 * 2**attempt, 0.5))
    raise AssertionError("attempts must be positive")


def _meaning(error: Exception, in_doubt: bool = False) -> Exception:
    failure = classify(error)
    if failure is None:
        return error
    if failure is Failure.BUSY:
        return DatabaseBusy()
    return DatabaseUnavailable(in_doubt)


# ------------------------------------------------------------------ both dialects


def _checked(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError("数据库地址（CUNYI_DATABASE_URL）看不懂，例如 sqlite:////srv/county.db") from None
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise ValueError(f"不支持 {parsed.drivername} 数据库：请用 sqlite:///文件 或 postgresql://…")
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise ValueError("SQLite 数据库要写明文件，例如 sqlite:////var/lib/cunyi/county.db")
    return parsed


def _refuse_writing(_c: Any, _cursor: Any, statement: str, _p: Any, context: Any, _many: bool) -> None:
    if context is not None and (context.isinsert or context.isupdate or context.isdelete):
        raise RuntimeError(f"a change inside read(): {statement[:60]}")


# ------------------------------------------------------------------ SQLite


def _sqlite_options() -> dict[str, Any]:
    # isolation_level None: the driver must not open transactions of its own; we say when, and which kind.
    return {"connect_args": {"timeout": WAIT, "check_same_thread": False, "isolation_level": None}}


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(connection.get_execution_options()["begin"]).close()


# ------------------------------------------------------------------ PostgreSQL


def _postgresql_options(url: URL) -> dict[str, Any]:
    given = url.query.get("options", "")
    settings = f"{given if isinstance(given, str) else ' '.join(given)} -c lock_timeout={int(WAIT * 1000)}"
    return {
        "isolation_level": ISOLATION,
        "connect_args": {"connect_timeout": int(WAIT), "options": settings.strip()},
    }


def _stamp(_connection: Any, record: Any) -> None:
    record.info["idle_since"] = time.monotonic()


def _ping_if_idle(connection: Any, record: Any, _proxy: Any) -> None:
    """Asking every time would cost a round trip; asking after a pause finds a server that was restarted."""
    if time.monotonic() - record.info.get("idle_since", time.monotonic()) < IDLE:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except Exception as error:
        raise DisconnectionError from error
