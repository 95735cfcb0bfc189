"""Connections and transactions: whole or not at all, on both databases, whatever goes wrong."""

import sqlite3
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError

from engine.store import Database, DatabaseBusy, DatabaseUnavailable, count_statements
from engine.store.tables import chain_heads


def insert(connection: Connection, chain: str, sequence: int = 0) -> None:
    connection.execute(chain_heads.insert().values(chain=chain, sequence=sequence, hash=""))


def count(database: Database) -> int:
    return database.look(lambda c: len(c.execute(select(chain_heads)).all()))


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        insert(connection, "a")
        raise ZeroDivisionError
    assert count(database) == 0


def test_a_violated_constraint_reaches_the_caller(database: Database) -> None:
    database.run(lambda c: insert(c, "a"))
    with pytest.raises(IntegrityError):
        database.run(lambda c: insert(c, "a"))


def test_reading_may_not_change_anything(database: Database) -> None:
    with pytest.raises(RuntimeError, match="inside read"), database.read() as connection:
        insert(connection, "a")
    assert count(database) == 0


def test_a_snapshot_does_not_see_what_is_written_later(database: Database) -> None:
    with database.snapshot() as connection:
        assert connection.execute(select(chain_heads)).all() == []
        database.run(lambda c: insert(c, "a"))
        assert connection.execute(select(chain_heads)).all() == []
    assert count(database) == 1


def test_statements_are_counted_without_begin_and_commit(database: Database) -> None:
    with count_statements(database) as statements:
        database.run(lambda c: insert(c, "a"))
        count(database)
    assert len(statements) == 2


def test_writers_of_many_threads_lose_nothing(database: Database) -> None:
    database.run(lambda c: insert(c, "a"))

    def raise_it() -> None:
        for _ in range(10):
            database.run(_increment)

    threads = [threading.Thread(target=raise_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert database.look(lambda c: c.scalar(select(chain_heads.c.sequence))) == 60


def _increment(connection: Connection) -> None:
    row = connection.execute(select(chain_heads.c.sequence).with_for_update()).scalar_one()
    connection.execute(chain_heads.update().values(sequence=row + 1))


def test_a_deadlock_is_tried_again(database: Database) -> None:
    database.run(lambda c: [insert(c, "a"), insert(c, "b")])
    met = threading.Barrier(2, timeout=60)
    tries: list[str] = []

    def lock(first: str, second: str) -> None:
        def work(connection: Connection) -> None:
            tries.append(first)
            connection.execute(chain_heads.update().where(chain_heads.c.chain == first).values(sequence=1))
            if len(tries) <= 2 and not database.is_sqlite:
                met.wait()
            connection.execute(chain_heads.update().where(chain_heads.c.chain == second).values(sequence=1))

        database.run(work)

    threads = [threading.Thread(target=lock, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(tries[:2]) == {"a", "b"}
    # Who lost may begin anew before the winner has committed, and is then told once more that it came too late.
    assert len(tries) == 2 if database.is_sqlite else len(tries) >= 3
    rows = database.look(lambda c: c.execute(select(chain_heads.c.chain, chain_heads.c.sequence)).all())
    assert dict(map(tuple, rows)) == {"a": 1, "b": 1}


def test_a_locked_database_is_an_answer_in_chinese(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(sqlite_database.url.database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with sqlite_database.read() as connection:  # reading goes on
        connection.execute(select(chain_heads))
    began = time.monotonic()
    with (
        sqlite_database.engine.connect() as connection,
        pytest.raises(sqlite3.OperationalError),
    ):
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA busy_timeout=50")
        driver.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusy, match="还没有保存"):
        sqlite_database.run(lambda c: insert(c, "a"), attempts=1)
    assert time.monotonic() - began < 8
    other.execute("ROLLBACK")
    sqlite_database.run(lambda c: insert(c, "a"))
    other.close()


def test_writing_inside_writing_is_refused_before_it_waits_for_itself(sqlite_database: Database) -> None:
    with (
        pytest.raises(RuntimeError, match="inside write"),
        sqlite_database.write(),
        sqlite_database.write(),
    ):
        pass
    sqlite_database.run(lambda c: insert(c, "a"))


def test_connections_killed_by_a_restart_are_replaced(postgresql_database: Database) -> None:
    database = postgresql_database
    assert count(database) == 0
    _kill_connections(database)
    database.run(lambda c: insert(c, "a"))
    _kill_connections(database)
    assert count(database) == 1


def test_a_connection_lost_in_the_middle_changes_nothing(postgresql_database: Database) -> None:
    database = postgresql_database
    with pytest.raises(DatabaseUnavailable) as caught, database.write() as connection:
        insert(connection, "a")
        _kill_connections(database, spare_own=False)
        insert(connection, "b")
    assert not caught.value.in_doubt
    assert count(database) == 0


def test_a_commit_without_an_answer_is_in_doubt_and_not_repeated(postgresql_database: Database) -> None:
    database = postgresql_database
    tries = []

    def work(connection: Connection) -> None:
        tries.append(1)
        insert(connection, f"a{len(tries)}")
        _kill_connections(database, spare_own=False)

    with pytest.raises(DatabaseUnavailable, match="不能确定") as caught:
        database.run(work)
    assert caught.value.in_doubt
    assert len(tries) == 1


def _kill_connections(database: Database, spare_own: bool = True) -> None:
    """As a restart of the server would."""
    killer = Database(database.url.render_as_string(hide_password=False))
    with killer.write() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    killer.close()
    time.sleep(0.1)


def test_no_server_is_an_answer_at_once() -> None:
    database = Database("postgresql://nobody:secret@127.0.0.1:1/none")
    began = time.monotonic()
    with pytest.raises(DatabaseUnavailable, match="连不上"):
        count(database)
    with pytest.raises(DatabaseUnavailable, match="没有保存"):
        database.run(lambda c: insert(c, "a"))
    assert time.monotonic() - began < 5
    assert "secret" not in repr(database)


def test_a_missing_folder_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable):
        count(Database(f"sqlite:///{tmp_path}/no/such/folder/a.db"))


@pytest.mark.parametrize("url", ["mysql://a/b", "sqlite://", "sqlite:///:memory:", "nonsense"])
def test_an_address_we_cannot_use_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="数据库"):
        Database(url)


def test_postgres_addresses_of_every_spelling() -> None:
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        assert Database(f"{scheme}://a@h/b").url.drivername == "postgresql+psycopg"


def test_one_county_is_one_schema(postgresql_database: Database) -> None:
    """SQL is unqualified: the same database holds two counties in two schemas."""
    from engine.store.migrations import upgrade

    postgresql_database.run(lambda c: c.execute(text("CREATE SCHEMA other")))
    address = postgresql_database.url.update_query_dict({"options": "-csearch_path=other"})
    other = Database(address.render_as_string(hide_password=False))
    upgrade(other)
    other.run(lambda c: insert(c, "a"))
    assert (count(other), count(postgresql_database)) == (1, 0)
    other.close()


def test_a_database_gone_for_a_while_is_found_again(
    postgresql_database: Database, postgresql_server: str
) -> None:
    database = postgresql_database
    database.run(lambda c: insert(c, "a"))
    name = database.url.database
    _elsewhere(postgresql_server, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    _elsewhere(
        postgresql_server, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    )
    for _ in range(3):
        with pytest.raises(DatabaseUnavailable, match="连不上") as caught:
            database.run(lambda c: insert(c, "b"))
        assert not caught.value.in_doubt
        with pytest.raises(DatabaseUnavailable):
            count(database)
    _elsewhere(postgresql_server, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    database.run(lambda c: insert(c, "c"))
    assert count(database) == 2


def _elsewhere(server: str, statement: str) -> None:
    """On the server, but not in the database under test."""
    other = Database(server)
    with other.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    other.close()


def test_a_full_disk_changes_nothing(sqlite_database: Database) -> None:
    with pytest.raises(DatabaseUnavailable) as caught, sqlite_database.write() as connection:
        insert(connection, "a")
        connection.exec_driver_sql("PRAGMA max_page_count=1")
        for number in range(1000):
            insert(connection, f"a{number}")
    assert caught.value.args[0].startswith("数据库暂时连不上")
    sqlite_database.engine.dispose()
    assert count(sqlite_database) == 0


def test_a_process_killed_in_the_middle_of_writing_leaves_nothing_half_done(
    sqlite_database: Database,
) -> None:
    import subprocess
    import sys

    program = """
import sys
from engine.store import Database
from engine.store.tables import chain_heads
database, number = Database(sys.argv[1]), 0
while True:
    with database.write() as c:
        for part in "ab":
            c.execute(chain_heads.insert().values(chain=f"{part}{number}", sequence=0, hash=""))
    number += 1
    print(number, flush=True)
"""
    url = sqlite_database.url.render_as_string(hide_password=False)
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", program, url], stdout=subprocess.PIPE)
        assert process.stdout
        confirmed = [int(process.stdout.readline()) for _ in range(5)][-1]
        process.kill()
        confirmed = max([confirmed, *map(int, process.stdout.read().split())])
        process.wait()
        process.stdout.close()
        with sqlite_database.write() as c:
            written = c.execute(select(chain_heads)).all()
            assert len(written) % 2 == 0
            assert len(written) >= 2 * confirmed
            c.execute(chain_heads.delete())


def test_after_a_pause_a_dead_connection_is_replaced_unnoticed(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`read()` cannot try again by itself: the connection is asked before it is handed out."""
    monkeypatch.setattr("engine.store.database.IDLE", 0.0)
    count(postgresql_database)
    _kill_connections(postgresql_database)
    with postgresql_database.read() as connection:
        assert connection.execute(select(chain_heads)).all() == []
