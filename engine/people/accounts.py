"""Signing in: passwords by argon2, attempts counted in the database so that several processes agree, and API tokens."""

import hashlib
import secrets
import threading
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, or_, select

from engine.store.database import Database, one_at_a_time
from engine.store.tables import accounts, people, sign_in_attempts, tokens

WINDOW = timedelta(minutes=15)
PER_LOGIN, PER_ADDRESS = 5, 20  # failed attempts within the window, after which the next is not even tried
MINIMUM_PASSWORD, MAXIMUM_PASSWORD = 8, 128

_USABLE = (accounts.c.disabled_at.is_(None), people.c.erased_at.is_(None))

_hasher = PasswordHasher()  # the library's defaults follow RFC 9106; 64 MB each
_hashing = threading.BoundedSemaphore(4)  # so that a burst of sign-ins cannot take all the memory


class SignInError(Exception):
    """Chinese message."""


class Wrong(SignInError):
    """Login or password; the message does not say which."""

    def __init__(self) -> None:
        super().__init__("账号或密码不对。忘了密码，请找乡镇管理员重置。")


class TooMany(SignInError):
    """Too many failed attempts; `retry_after` seconds from now the next one counts again."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(
            f"试错的次数太多，请等 {-(-retry_after // 60)} 分钟再登录；忘了密码，请找乡镇管理员重置。"
        )


class Account(NamedTuple):
    """Who signed in. `generation` goes into the session: when the stored one is higher, the session is over."""

    person_id: int
    login: str
    name: str
    generation: int
    must_change: bool


class PasswordRefused(ValueError):
    """A password that is too short, too long or too simple. Chinese message."""


# ------------------------------------------------------------------ passwords


def create_account(
    connection: Connection, person_id: int, login: str, password: str, must_change: bool = False
) -> None:
    """Raises PasswordRefused; IntegrityError when the login or the person has an account already."""
    add_account(connection, person_id, login, hash_password(password), must_change=must_change)


def add_account(
    connection: Connection,
    person_id: int,
    login: str,
    password_hash: str,
    is_sample: bool = False,
    must_change: bool = False,
) -> None:
    """The same with the hash already made, which takes too long to be done inside a transaction many times."""
    values = {"person_id": person_id, "login": normal_login(login), "password_hash": password_hash}
    connection.execute(
        accounts.insert().values(**values, is_sample=is_sample, must_change=must_change, generation=0)
    )


def set_password(connection: Connection, person_id: int, password: str, must_change: bool = False) -> None:
    """Every open session and failed attempt of the account ends. Raises PasswordRefused; KeyError without account."""
    values = {"password_hash": hash_password(password), "must_change": must_change}
    where = accounts.c.person_id == person_id
    login = connection.scalar(select(accounts.c.login).where(where))
    if login is None:
        raise KeyError(person_id)
    connection.execute(accounts.update().where(where).values(**values, generation=accounts.c.generation + 1))
    connection.execute(sign_in_attempts.delete().where(sign_in_attempts.c.subject == _login_subject(login)))


def hash_password(password: str) -> str:
    """Raises PasswordRefused."""
    if not MINIMUM_PASSWORD <= len(password) <= MAXIMUM_PASSWORD:
        raise PasswordRefused(f"密码要有 {MINIMUM_PASSWORD} 到 {MAXIMUM_PASSWORD} 个字符")
    if len(set(password)) < 4:
        raise PasswordRefused("密码太简单，请换一个不容易猜到的")
    with _hashing:
        return _hasher.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """As much work for an account that does not exist (None) as for one that does."""
    with _hashing:
        try:
            right = _hasher.verify(password_hash or _nobodys_hash(), password[: MAXIMUM_PASSWORD + 1])
        except (VerificationError, InvalidHashError):
            return False
    return right and password_hash is not None


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


def normal_login(login: str) -> str:
    return login.strip().lower()[:64]


# ------------------------------------------------------------------ signing in


def sign_in(database: Database, login: str, password: str, address: str, now: datetime) -> Account:
    """Raises Wrong, or TooMany before the password is even looked at.

    The attempt is counted before it is checked, in a transaction of its own, so that a hundred at a time
    cannot all slip through; a right one is taken off again.
    """
    login = normal_login(login)
    subjects = (_login_subject(login), f"address:{address}"[:128])
    limits = dict(zip(subjects, (PER_LOGIN, PER_ADDRESS), strict=True))
    database.run(lambda c: _count(c, limits, now))
    row = database.look(lambda c: _find(c, login))
    if not verify_password(row.password_hash if row else None, password) or row is None:
        raise Wrong
    database.run(
        lambda c: _succeeded(c, row.person_id, subjects, now, _rehashed(row.password_hash, password))
    )
    return Account(row.person_id, row.login, row.name, row.generation, row.must_change)


def _count(connection: Connection, limits: dict[str, int], now: datetime) -> None:
    attempts = sign_in_attempts.c
    for subject in sorted(limits):  # or a burst would count itself before any of it is written down
        one_at_a_time(connection, subject)
    rows = connection.execute(
        select(attempts.subject, func.count(), func.min(attempts.at))
        .where(attempts.subject.in_(list(limits)), attempts.at > now - WINDOW)
        .group_by(attempts.subject)
    )
    waits = [oldest for subject, count, oldest in rows if count >= limits[subject]]
    if waits:
        raise TooMany(max(1, int((max(waits) + WINDOW - now).total_seconds())))
    connection.execute(sign_in_attempts.insert(), [{"subject": subject, "at": now} for subject in limits])


def _find(connection: Connection, login: str) -> Row | None:
    query = select(accounts, people.c.name).join(people, people.c.id == accounts.c.person_id)
    return connection.execute(query.where(accounts.c.login == login, *_USABLE)).one_or_none()


def _succeeded(
    connection: Connection, person_id: int, subjects: tuple[str, str], now: datetime, rehashed: str | None
) -> None:
    own_login, address = subjects
    attempts = sign_in_attempts.c
    # The account starts afresh; of the address only this attempt goes, or one right password would hide a
    # hundred wrong.
    mine = or_(attempts.subject == own_login, and_(attempts.subject == address, attempts.at == now))
    connection.execute(sign_in_attempts.delete().where(mine))
    if rehashed:
        connection.execute(
            accounts.update().where(accounts.c.person_id == person_id).values(password_hash=rehashed)
        )


def _rehashed(password_hash: str, password: str) -> str | None:
    """A new hash when the library's idea of enough work has grown since."""
    if not _hasher.check_needs_rehash(password_hash):
        return None
    with _hashing:
        return _hasher.hash(password)


def _login_subject(login: str) -> str:
    return f"login:{login}"


def forget_attempts(connection: Connection, before: datetime) -> int:
    """For the worker; answers how many."""
    return connection.execute(sign_in_attempts.delete().where(sign_in_attempts.c.at < before)).rowcount


# ------------------------------------------------------------------ sessions and tokens


def find_session(connection: Connection, person_id: int, generation: int) -> Account | None:
    """The account of a session, if it still holds: not disabled, and no password change since."""
    return _account(connection, accounts.c.person_id == person_id, accounts.c.generation == generation)


def end_sessions(connection: Connection, person_id: int) -> None:
    """Sign a person out everywhere."""
    where = accounts.c.person_id == person_id
    connection.execute(accounts.update().where(where).values(generation=accounts.c.generation + 1))


def disable(connection: Connection, person_id: int, now: datetime) -> None:
    """No more signing in, no session, no token."""
    end_sessions(connection, person_id)
    connection.execute(accounts.update().where(accounts.c.person_id == person_id).values(disabled_at=now))
    connection.execute(
        tokens.update()
        .where(tokens.c.person_id == person_id, tokens.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def create_token(connection: Connection, person_id: int, now: datetime, days: int | None = 90) -> str:
    """A secret for the API, shown once: only its digest is kept. `days` None: until it is revoked.

    Raises KeyError when the person has no account that may sign in.
    """
    if _account(connection, accounts.c.person_id == person_id) is None:
        raise KeyError(person_id)
    secret = f"cunyi_{secrets.token_urlsafe(32)}"
    connection.execute(
        tokens.insert().values(
            person_id=person_id,
            digest=_token_digest(secret),
            created_at=now,
            expires_at=None if days is None else now + timedelta(days=days),
        )
    )
    return secret


def find_token(connection: Connection, secret: str, now: datetime) -> Account | None:
    """Whose token it is, in one statement; None when unknown, expired, revoked, or the account is disabled."""
    row = connection.execute(_BY_TOKEN, {"digest": _token_digest(secret), "now": now}).one_or_none()
    return Account(*row) if row else None


def revoke_token(connection: Connection, secret: str, now: datetime) -> bool:
    """Answers whether there was one to revoke."""
    where = and_(tokens.c.digest == _token_digest(secret), tokens.c.revoked_at.is_(None))
    return bool(connection.execute(tokens.update().where(where).values(revoked_at=now)).rowcount)


def person_by_login(connection: Connection, login: str) -> int | None:
    person_id: int | None = connection.scalar(
        select(accounts.c.person_id).where(accounts.c.login == normal_login(login))
    )
    return person_id


def _account(connection: Connection, *conditions: ColumnElement[bool]) -> Account | None:
    row = connection.execute(_ACCOUNT.where(*conditions)).one_or_none()
    return Account(*row) if row else None


_ACCOUNT = (
    select(
        accounts.c.person_id, accounts.c.login, people.c.name, accounts.c.generation, accounts.c.must_change
    )
    .join(people, people.c.id == accounts.c.person_id)
    .where(*_USABLE)
)
_BY_TOKEN = _ACCOUNT.join(
    tokens, tokens.c.person_id == accounts.c.person_id
).where(  # built once: every call asks
    tokens.c.digest == bindparam("digest"),
    tokens.c.revoked_at.is_(None),
    or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > bindparam("now")),
)


def _token_digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
