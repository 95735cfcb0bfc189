"""Backup and restore, also from one database to the other: everything comes back, or nothing does."""

import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import orjson
import pytest
from sqlalchemy import func, select

from engine import demo, files, journal
from engine.clock import VirtualClock
from engine.people import units
from engine.people.designations import designations
from engine.store import Database
from engine.store.backup import BackupRefused, backup, restore
from engine.store.metadata import metadata
from engine.store.tables import people

CLOCK = VirtualClock(datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC))


def contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.snapshot() as c:
        return {
            table.name: [tuple(row) for row in c.execute(select(table).order_by(*table.primary_key.columns))]
            for table in metadata.sorted_tables
        }


def fill(database: Database) -> None:
    with database.write() as c:
        unit = units.add(c, "县", "x", "云岭县")
        c.execute(people.insert().values(unit_id=unit.id, name="张三", gender="男", born=date(1970, 1, 2)))
        files.keep(c, files.accept(b"%PDF-1.7 \x00\xff", "a.pdf"), CLOCK())
        journal.append_to_unit(c, unit.id, [journal.Entry(CLOCK(), "publish", detail={"流程": "zhichu"})])
        journal.checkpoint(c, CLOCK().date(), CLOCK())


def test_everything_comes_back_on_either_database(
    database: Database, empty_database_url: str, tmp_path: Path
) -> None:
    demo.load(database, CLOCK, designations())
    with database.write() as c:
        files.keep(c, files.accept(b"%PDF-1.7 \x00\xff", "a.pdf"), CLOCK())
        journal.checkpoint(c, CLOCK().date(), CLOCK())
    counts = backup(database, tmp_path / "county.zip", CLOCK)
    assert restore(tmp_path / "county.zip", empty_database_url) == counts
    restored = Database(empty_database_url)
    assert contents(restored) == contents(database)
    with restored.write() as c:  # and numbering goes on
        assert units.add(c, "村", "new", "新村", 2).id == len(contents(database)["units"]) + 1
    restored.close()


def test_a_backup_is_of_one_moment_and_private(sqlite_database: Database, tmp_path: Path) -> None:
    fill(sqlite_database)
    path = tmp_path / "county.zip"
    backup(sqlite_database, path, CLOCK)
    assert path.stat().st_mode & 0o077 == 0
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".part")] == []
    with pytest.raises(BackupRefused, match="不会覆盖"):
        backup(sqlite_database, path, CLOCK)
    with pytest.raises(BackupRefused, match="没有这个目录"):
        backup(sqlite_database, tmp_path / "no" / "county.zip", CLOCK)


def test_a_database_with_anything_in_it_is_not_restored_into(database: Database, tmp_path: Path) -> None:
    database.run(lambda c: units.add(c, "县", "x", "云岭县"))
    backup(database, tmp_path / "county.zip", CLOCK)
    before = contents(database)
    with pytest.raises(BackupRefused, match="已经有数据"):
        restore(tmp_path / "county.zip", database.url.render_as_string(hide_password=False))
    assert contents(database) == before


def _rewritten(path: Path, member: str, change: object) -> Path:
    """The same backup with one member changed."""
    written = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == member else data)  # type: ignore[operator]
    changed = path.with_name("changed.zip")
    changed.write_bytes(written.getvalue())
    return changed


@pytest.mark.parametrize(
    ("member", "change", "message"),
    [
        ("people.jsonl", lambda data: data.replace("男".encode(), "女".encode()), "people 被改过"),
        ("people.jsonl", lambda data: data[: len(data) // 2], "people 已经损坏|people 被改过"),
        ("units.jsonl", lambda data: b"[1]\n" + data, "units 已经损坏"),
        ("manifest.json", lambda data: b"{}", "不是村议的备份"),
        ("manifest.json", lambda data: data.replace(b'"revision": "', b'"revision": "9'), "另一个版本"),
    ],
)
def test_a_damaged_backup_restores_nothing(
    sqlite_database: Database, tmp_path: Path, member: str, change: object, message: str
) -> None:
    fill(sqlite_database)
    backup(sqlite_database, tmp_path / "county.zip", CLOCK)
    changed = _rewritten(tmp_path / "county.zip", member, change)
    with pytest.raises(BackupRefused, match=message):
        restore(changed, f"sqlite:///{tmp_path}/restored.db")
    restored = Database(f"sqlite:///{tmp_path}/restored.db")
    if (tmp_path / "restored.db").exists():
        with restored.read() as c:
            present = c.dialect.get_table_names(c)
            assert (
                "people" not in present
                or c.scalar(select(func.count()).select_from(metadata.tables["people"])) == 0
            )
    restored.close()


def test_a_forged_journal_is_not_restored(sqlite_database: Database, tmp_path: Path) -> None:
    """Also when the digests of the file were made to fit."""
    import hashlib

    fill(sqlite_database)
    backup(sqlite_database, tmp_path / "county.zip", CLOCK)
    forged = _rewritten(
        tmp_path / "county.zip", "journal.jsonl", lambda data: data.replace(b'"publish"', b'"import!"')
    )
    with zipfile.ZipFile(forged) as archive:
        digest = hashlib.sha256(archive.read("journal.jsonl")).hexdigest()

    def fit(data: bytes) -> bytes:
        manifest = orjson.loads(data)
        manifest["tables"]["journal"]["sha256"] = digest
        return orjson.dumps(manifest)

    with pytest.raises(BackupRefused, match="留痕对不上"):
        restore(_rewritten(forged, "manifest.json", fit), f"sqlite:///{tmp_path}/restored.db")


@pytest.mark.parametrize("content", [None, b"", b"not a zip"])
def test_what_is_no_backup_says_so(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "file.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BackupRefused):
        restore(path, f"sqlite:///{tmp_path}/restored.db")
