"""Signing in: nothing is learned by guessing, attempts are counted for all processes together."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from engine.people import accounts, units
from engine.people.accounts import PER_ADDRESS, PER_LOGIN, WINDOW, PasswordRefused, TooMany, Wrong, sign_in
from engine.store import Database, count_statements
from engine.store.database import new_id
from engine.store.tables import accounts as accounts_table
from engine.store.tables import people, sign_in_attempts

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
PASSWORD = "山高水长 2026"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The real amount of work is argon2's business, not ours."""
    monkeypatch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    accounts._nobodys_hash.cache_clear()
    yield
    accounts._nobodys_hash.cache_clear()


@pytest.fixture
def zhang(database: Database) -> int:
    with database.write() as c:
        unit = units.add(c, "县", "x", "云岭县")
        person = new_id(c.execute(people.insert().values(unit_id=unit.id, name="张三")))
        accounts.create_account(c, person, "ZhangS ", PASSWORD)
    return person


def attempts(database: Database) -> int:
    return database.look(lambda c: c.scalar(select(func.count()).select_from(sign_in_attempts)) or 0)


def test_the_right_password(database: Database, zhang: int) -> None:
    account = sign_in(database, " zhangs", PASSWORD, "10.0.0.1", NOW)
    assert (account.person_id, account.name, account.must_change) == (zhang, "张三", False)
    assert attempts(database) == 0


@pytest.mark.parametrize(
    ("login", "password"), [("zhangs", "wrong password"), ("nobody", PASSWORD), ("", "")]
)
def test_a_wrong_login_and_a_wrong_password_look_the_same(
    database: Database, zhang: int, login: str, password: str
) -> None:
    with pytest.raises(Wrong, match="账号或密码不对"):
        sign_in(database, login, password, "10.0.0.1", NOW)


def test_as_much_work_for_an_unknown_login(
    database: Database, zhang: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            verified.append(hash)
            return super().verify(hash, password)

    monkeypatch.setattr(accounts, "_hasher", Counting(time_cost=1, memory_cost=8, parallelism=1))
    for login in ("zhangs", "nobody"):
        with pytest.raises(Wrong):
            sign_in(database, login, "wrong password", "10.0.0.1", NOW)
    assert len(verified) == 2


def test_after_too_many_attempts_even_the_right_password_waits(database: Database, zhang: int) -> None:
    for _ in range(PER_LOGIN):
        with pytest.raises(Wrong):
            sign_in(database, "zhangs", "wrong password", "10.0.0.1", NOW)
    with pytest.raises(TooMany, match="请等 15 分钟") as caught:
        sign_in(database, "zhangs", PASSWORD, "10.0.0.2", NOW)
    assert caught.value.retry_after == WINDOW.total_seconds()
    assert sign_in(database, "zhangs", PASSWORD, "10.0.0.2", NOW + WINDOW)


def test_one_address_trying_many_logins_is_stopped(database: Database, zhang: int) -> None:
    for number in range(PER_ADDRESS):
        with pytest.raises(Wrong):
            sign_in(database, f"nobody{number}", "wrong password", "10.0.0.1", NOW)
    with pytest.raises(TooMany):
        sign_in(database, "zhangs", PASSWORD, "10.0.0.1", NOW)
    assert sign_in(database, "zhangs", PASSWORD, "10.0.0.2", NOW)


def test_a_right_password_does_not_clear_the_address(database: Database, zhang: int) -> None:
    """Or whoever has one account could guess at all the others for ever."""
    for number in range(PER_ADDRESS - 1):
        with pytest.raises(Wrong):
            sign_in(database, f"nobody{number}", "wrong password", "10.0.0.1", NOW)
    sign_in(database, "zhangs", PASSWORD, "10.0.0.1", NOW + timedelta(seconds=1))
    with pytest.raises(Wrong):
        sign_in(database, "nobody", "wrong password", "10.0.0.1", NOW + timedelta(seconds=2))
    with pytest.raises(TooMany):
        sign_in(database, "nobody", "wrong password", "10.0.0.1", NOW + timedelta(seconds=3))


def test_a_burst_does_not_slip_through(database: Database, zhang: int) -> None:
    outcomes: list[str] = []

    def guess(number: int) -> None:
        try:
            sign_in(database, "zhangs", f"guess {number}!", f"10.0.0.{number}", NOW)
        except (Wrong, TooMany) as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("Wrong") == PER_LOGIN
    assert outcomes.count("TooMany") == 12 - PER_LOGIN


def test_a_new_password_ends_sessions_and_attempts(database: Database, zhang: int) -> None:
    before = sign_in(database, "zhangs", PASSWORD, "10.0.0.1", NOW)
    with pytest.raises(Wrong):
        sign_in(database, "zhangs", "wrong password", "10.0.0.1", NOW)
    with database.write() as c:
        assert accounts.find_session(c, zhang, before.generation) == before
        accounts.set_password(c, zhang, "另一个 密码 7", must_change=True)
        assert accounts.find_session(c, zhang, before.generation) is None
    with pytest.raises(Wrong):
        sign_in(database, "zhangs", PASSWORD, "10.0.0.1", NOW)
    assert sign_in(database, "zhangs", "另一个 密码 7", "10.0.0.1", NOW).must_change
    with database.write() as c, pytest.raises(KeyError):
        accounts.set_password(c, 999, "另一个 密码 7")


@pytest.mark.parametrize(
    ("password", "message"), [("short", "8 到 128"), ("x" * 129, "8 到 128"), ("aaaaaaaa", "太简单")]
)
def test_passwords_that_are_refused(password: str, message: str) -> None:
    with pytest.raises(PasswordRefused, match=message):
        accounts.hash_password(password)


def test_a_disabled_account_is_closed_everywhere(database: Database, zhang: int) -> None:
    account = sign_in(database, "zhangs", PASSWORD, "10.0.0.1", NOW)
    with database.write() as c:
        secret = accounts.create_token(c, zhang, NOW)
        accounts.disable(c, zhang, NOW)
        assert accounts.find_session(c, zhang, account.generation) is None
        assert accounts.find_token(c, secret, NOW) is None
        with pytest.raises(KeyError):
            accounts.create_token(c, zhang, NOW)
    with pytest.raises(Wrong):
        sign_in(database, "zhangs", PASSWORD, "10.0.0.1", NOW)


def test_tokens(database: Database, zhang: int) -> None:
    with database.write() as c:
        secret = accounts.create_token(c, zhang, NOW, days=1)
        for_ever = accounts.create_token(c, zhang, NOW, days=None)
        with pytest.raises(KeyError):
            accounts.create_token(c, 999, NOW)
    with database.read() as c:
        with count_statements(database) as statements:
            found = accounts.find_token(c, secret, NOW)
        assert len(statements) == 1
        assert found is not None
        assert found.person_id == zhang
        assert accounts.find_token(c, secret, NOW + timedelta(days=1)) is None
        assert accounts.find_token(c, for_ever, NOW + timedelta(days=9999)) is not None
        assert accounts.find_token(c, secret + "x", NOW) is None
        assert accounts.person_by_login(c, "ZHANGS") == zhang
        assert accounts.person_by_login(c, "nobody") is None
    with database.write() as c:
        assert accounts.revoke_token(c, for_ever, NOW)
        assert not accounts.revoke_token(c, for_ever, NOW)
        assert accounts.find_token(c, for_ever, NOW) is None


def test_a_password_hashed_with_less_work_is_hashed_anew(
    database: Database, zhang: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stored() -> str:
        return database.look(lambda c: c.scalar(select(accounts_table.c.password_hash)) or "")

    before = stored()
    monkeypatch.setattr(accounts, "_hasher", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    sign_in(database, "zhangs", PASSWORD, "10.0.0.1", NOW)
    assert "m=16,t=2" in stored() != before
    assert sign_in(database, "zhangs", PASSWORD, "10.0.0.1", NOW)
