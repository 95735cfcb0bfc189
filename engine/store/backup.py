"""Backup and restore: one portable file for both databases, so that a county can move from SQLite to
PostgreSQL.

A zip of JSON lines, one member a table, read inside one snapshot while everybody goes on working; binary
columns as
base64. The manifest holds the schema's revision and the number of rows and the digest of every member.
"""

import base64
import hashlib
import io
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Date, Integer, LargeBinary, Table, func, insert, inspect, select, text

from engine import journal
from engine.clock import Clock, system_clock
from engine.store.database import Database
from engine.store.metadata import metadata
from engine.store.migrations import current, newest, upgrade
from engine.store.types import Moment

FORMAT = 1
_BATCH = 500
_MANIFEST = "manifest.json"


class BackupRefused(ValueError):
    """A backup that cannot be made or restored; nothing was changed. Chinese; says what to do."""


def backup(database: Database, path: Path, clock: Clock = system_clock) -> dict[str, int]:
    """Write everything to `path`; answers the number of rows of each table.

    Written beside it first and then put in place, readable by its owner only: a half-written backup never
    bears the name of a
    whole one. Raises BackupRefused when the file exists, the folder does not, or the schema is not up to date.
    """
    if path.exists():
        raise BackupRefused(f"{path} 已经存在，备份不会覆盖它。请换一个文件名")
    if not path.parent.is_dir():
        raise BackupRefused(f"没有这个目录：{path.parent}")
    unfinished = path.with_name(f".{path.name}.part")
    try:
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w+b") as file:
            with database.snapshot() as connection:
                counts = _write(connection, file, clock())
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return counts


def restore(path: Path, url: str) -> dict[str, int]:
    """Read a backup into an empty database, in one transaction; answers the number of rows of each table.

    Raises BackupRefused when the database is not empty, the file is damaged or of another revision of the
    schema, or what was
    restored does not match it: rows missing, a broken reference, a broken journal.
    """
    database = Database(url)
    try:
        with _opened(path) as archive:
            manifest = _manifest(archive)
            upgrade(database)
            return database.run(lambda connection: _read(connection, archive, manifest), attempts=1)
    finally:
        database.close()


# ------------------------------------------------------------------ writing


def _write(connection: Connection, file: Any, now: datetime) -> dict[str, int]:
    revision = current(connection)
    if revision != newest():
        raise BackupRefused("数据库的版本和程序不一致，请先启动一次新版本的程序再备份")
    tables: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in metadata.sorted_tables:
            tables[str(table.name)] = _write_table(connection, archive, table)
        manifest = {"format": FORMAT, "revision": revision, "at": now.isoformat(), "tables": tables}
        archive.writestr(_MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    return {name: described["rows"] for name, described in tables.items()}


def _write_table(connection: Connection, archive: zipfile.ZipFile, table: Table) -> dict[str, Any]:
    rows, digest = 0, hashlib.sha256()
    query = select(table).order_by(*table.primary_key.columns)
    with archive.open(_member(table), "w", force_zip64=True) as member:
        for row in connection.execution_options(yield_per=_BATCH).execute(query):
            line = orjson.dumps([_plain(value) for value in row], option=orjson.OPT_APPEND_NEWLINE)
            member.write(line)
            digest.update(line)
            rows += 1
    return {
        "rows": rows,
        "columns": [str(column.name) for column in table.columns],
        "sha256": digest.hexdigest(),
    }


def _plain(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes | memoryview) else value


# ------------------------------------------------------------------ reading


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except OSError as error:
        raise BackupRefused(f"{path}：读不了（{error.strerror}）") from error
    except zipfile.BadZipFile as error:
        raise BackupRefused(f"{path} 不是完整的备份文件") from error


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = orjson.loads(archive.read(_MANIFEST))
        ours = {table.name: [column.name for column in table.columns] for table in metadata.sorted_tables}
        theirs = {name: described["columns"] for name, described in manifest["tables"].items()}
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise BackupRefused("这不是村议的备份文件，或者已经损坏") from error
    if manifest.get("format") != FORMAT or manifest.get("revision") != newest() or ours != theirs:
        raise BackupRefused(
            f"备份是程序的另一个版本做的（数据库版本 {manifest.get('revision')}，现在是 {newest()}）。"
            "请用做备份的那个版本恢复，再升级"
        )
    return manifest


def _read(connection: Connection, archive: zipfile.ZipFile, manifest: dict[str, Any]) -> dict[str, int]:
    occupied = [t.name for t in metadata.sorted_tables if connection.execute(select(t).limit(1)).first()]
    if occupied:
        raise BackupRefused(f"数据库里已经有数据（{'、'.join(occupied[:3])} 等），只能恢复到空的数据库")
    counts = {}
    for table in metadata.sorted_tables:
        described = manifest["tables"][table.name]
        counts[table.name] = _read_table(connection, archive, table, described["sha256"])
        stored = connection.scalar(select(func.count()).select_from(table))
        if not stored == counts[table.name] == described["rows"]:
            raise BackupRefused(f"{table.name} 应有 {described['rows']} 条，恢复了 {stored} 条，已全部撤销")
    _continue_numbering(connection)
    checked = journal.verify(connection)
    if not checked.intact:
        raise BackupRefused(f"备份里的留痕对不上，已全部撤销：{checked.breaks[0]}")
    return counts


def _read_table(connection: Connection, archive: zipfile.ZipFile, table: Table, sha256: str) -> int:
    readers = [_reader(column.type) for column in table.columns]
    names = [column.name for column in table.columns]
    digest, batch, rows = hashlib.sha256(), [], 0
    try:
        for line in _lines(archive, table):
            digest.update(line)
            values = orjson.loads(line)
            pairs = zip(names, readers, values, strict=True)
            batch.append({name: None if value is None else read(value) for name, read, value in pairs})
            rows += 1
            if len(batch) == _BATCH:
                connection.execute(insert(table), batch)
                batch = []
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, EOFError) as error:
        raise BackupRefused(f"备份里的 {table.name} 已经损坏，已全部撤销") from error
    if digest.hexdigest() != sha256:
        raise BackupRefused(f"备份里的 {table.name} 被改过或不完整，已全部撤销")
    if batch:
        connection.execute(insert(table), batch)
    return rows


def _lines(archive: zipfile.ZipFile, table: Table) -> Iterator[bytes]:
    with archive.open(_member(table)) as member:
        yield from io.BufferedReader(member)  # type: ignore[type-var]


def _reader(kind: Any) -> Callable[[Any], Any]:
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    if isinstance(kind, Moment):
        return datetime.fromisoformat
    if isinstance(kind, Date):
        return date.fromisoformat
    return _same


def _same(value: Any) -> Any:
    return value


def _continue_numbering(connection: Connection) -> None:
    """PostgreSQL counts ids apart from the rows: go on after the highest one."""
    if connection.dialect.name != "postgresql":
        return
    inspector = inspect(connection)
    for table in metadata.sorted_tables:
        for column in table.primary_key.columns:
            described = next(c for c in inspector.get_columns(table.name) if c["name"] == column.name)
            if isinstance(column.type, Integer) and "nextval" in (described.get("default") or ""):
                highest = connection.scalar(select(func.max(column)))
                statement = text("SELECT setval(pg_get_serial_sequence(:table, :column), :next, false)")
                values = {"table": table.name, "column": column.name, "next": (highest or 0) + 1}
                connection.execute(statement, values)


def _member(table: Table) -> str:
    return f"{table.name}.jsonl"
