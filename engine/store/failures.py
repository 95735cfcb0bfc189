"""What a database error means: try again, gone, or the caller's own mistake."""

import sqlite3
from enum import Enum

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class DatabaseUnavailable(Exception):
    """The database cannot be reached or cannot write; nothing was changed, unless `in_doubt`.

    `in_doubt`: the connection broke while the commit was on its way; the change may or may not stand. Never retried.
    """

    def __init__(self, in_doubt: bool = False) -> None:
        self.in_doubt = in_doubt
        super().__init__(
            "保存时与数据库的连接断了，不能确定是否已经保存。请刷新页面看一看，再决定要不要重办。"
            if in_doubt
            else "数据库暂时连不上，您的操作没有保存。请过一会儿再试；一直不行，请告诉管理员。"
        )


class DatabaseBusy(DatabaseUnavailable):
    """Others were writing for too long; nothing was changed and the work may be tried again."""

    def __init__(self) -> None:
        super().__init__()
        self.args = ("现在办理的人多，这一步还没有保存。请过几秒再试一次。",)


class Failure(Enum):
    BUSY = "another writer was in the way: try again"
    GONE = "no database"


# Primary result codes of SQLite; the extended codes carry them in the low byte.
_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_SQLITE_GONE = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
}
_POSTGRESQL_BUSY = {"40001", "40P01", "55P03"}  # serialization, deadlock, lock_timeout
_POSTGRESQL_GONE_CLASSES = {"08", "53", "57", "58"}  # connection, resources, operator intervention, system


def classify(error: BaseException) -> Failure | None:
    """What went wrong, or None when it is not the database's doing (a violated constraint, wrong SQL)."""
    if isinstance(error, PoolTimeout):
        return Failure.BUSY
    if isinstance(error, DBAPIError):
        driver = error.orig
        if driver is not None and (failure := _classify_driver(driver)):
            return failure
        return Failure.GONE if error.connection_invalidated else None
    return _classify_driver(error)


def _classify_driver(error: BaseException) -> Failure | None:
    if isinstance(error, sqlite3.Error):
        primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if primary in _SQLITE_BUSY:
            return Failure.BUSY
        return Failure.GONE if primary in _SQLITE_GONE else None
    if isinstance(error, psycopg.Error):
        if error.sqlstate in _POSTGRESQL_BUSY:
            return Failure.BUSY
        if error.sqlstate is None:  # the client's own: no connection, or lost
            return Failure.GONE if isinstance(error, psycopg.OperationalError) else None
        return Failure.GONE if error.sqlstate[:2] in _POSTGRESQL_GONE_CLASSES else None
    return None
