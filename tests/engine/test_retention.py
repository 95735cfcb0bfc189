"""What has been kept long enough goes; nothing else does."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select

from engine.people import accounts, units
from engine.redlines import redlines
from engine.retention import retire
from engine.store import Database
from engine.store.database import new_id
from engine.store.proceedings import opinions
from engine.store.tables import (
    instances,
    parameter_sets,
    people,
    procedure_versions,
    sign_in_attempts,
    tokens,
)

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_each_kind_goes_after_its_own_time(database: Database) -> None:
    kept = redlines().retention
    with database.write() as c:
        unit = units.add(c, "县", "x", "云岭县")
        person = new_id(c.execute(people.insert().values(unit_id=unit.id, name="张三")))
        accounts.create_account(c, person, "zhangs", "山高水长 2026")
        for days in (kept["attempts"] + 1, kept["attempts"] - 1):
            c.execute(sign_in_attempts.insert().values(subject="login:a", at=NOW - timedelta(days=days)))
        accounts.create_token(c, person, NOW - timedelta(days=kept["tokens"] + 2), days=1)
        accounts.create_token(c, person, NOW - timedelta(days=kept["tokens"]), days=1)
        accounts.create_token(c, person, NOW - timedelta(days=9999), days=None)
        done = retire(c, NOW)
        assert (done["attempts"], done["tokens"], done["views"], done["uploads"]) == (1, 1, 0, 0)
        assert c.scalar(select(func.count()).select_from(tokens)) == 2
        assert set(retire(c, NOW).values()) == {0}


def test_a_strangers_telephone_is_forgotten_and_what_was_said_stays(database: Database) -> None:
    kept = redlines().retention["contacts"]
    with database.write() as c:
        matter = _matter(c)
        for number, days in enumerate((kept + 1, kept - 1)):
            said = {
                "id": f"{number}",
                "task_id": "t",
                "instance_id": matter,
                "element_id": "e",
                "source": "open",
            }
            at = NOW - timedelta(days=days)
            said |= {
                "content": "路窄",
                "single": False,
                "evidence": [],
                "salt": "s",
                "at": at,
                "contact": "139",
            }
            c.execute(opinions.insert().values(said))
        assert retire(c, NOW)["contacts"] == 1
        rows = c.execute(select(opinions.c.content, opinions.c.contact).order_by(opinions.c.id)).all()
        assert [tuple(row) for row in rows] == [("路窄", ""), ("路窄", "139")]


def _matter(c: Connection) -> str:
    unit = units.add(c, "县", "x", "云岭县")
    version = procedure_versions.insert().values(
        unit_id=unit.id, key="k", version=1, title="t", level="县", digest="d", content=b"", published_at=NOW
    )
    parameters = parameter_sets.insert().values(digest="d", values={})
    row = {
        "id": "m",
        "number": "1",
        "version_id": new_id(c.execute(version)),
        "closure": {},
        "process_id": "p",
        "parameter_set_id": new_id(c.execute(parameters)),
        "unit_id": unit.id,
        "title": "修路",
        "status": "running",
        "started_at": NOW,
        "revision": 1,
        "journal_seq": 0,
        "journal_hash": "",
        "trail": [],
        "state": b"",
    }
    c.execute(instances.insert().values(row))
    return "m"
