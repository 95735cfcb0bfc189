"""What has been kept long enough goes; nothing else does."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from engine.people import accounts, units
from engine.redlines import redlines
from engine.retention import retire
from engine.store import Database
from engine.store.database import new_id
from engine.store.tables import people, sign_in_attempts, tokens

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
