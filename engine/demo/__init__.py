"""The sample county (`county.toml`): invented units and people, for trying out, training and tests."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, select

from engine import calendar
from engine.clock import Clock
from engine.people.county import read_county
from engine.people.designations import Designations, designations
from engine.people.importing import Imported, import_county
from engine.store.database import Database
from engine.store.tables import accounts as accounts_table
from engine.store.tables import people, tenures, units

COUNTY = Path(__file__).parent / "county.toml"
PASSWORD = "cunyi-demo"  # noqa: S105 - printed for everybody; sample accounts exist in the demo only
HIGHLIGHTS = (  # who is worth signing in as first: unit code, post
    ("liuwan", "报账员"),
    ("liuwan", "村党组织书记"),
    ("liuwan", "村委会主任"),
    ("liuwan", "会计"),
    ("liuwan", "文书"),
    ("liuwan", "村代会主席"),
    ("liuwan", "村务监督委员会主任"),
    ("liuwan-1", "屋场长"),
    ("liuwan-1", "记录员"),
    ("baishi", "村党组织书记"),
    ("baishi", "村委会主任"),
    ("zhuping", "报账员"),
    ("zhuping", "村党组织书记"),
    ("zhuping", "村党组织副书记"),
    ("zhuping", "村务监督委员会主任"),
    ("qingxi", "镇党委书记"),
    ("qingxi", "镇长"),
    ("qingxi", "党政办"),
    ("qingxi", "考核办"),
    ("qingxi", "经管站"),
    ("qingxi", "乡镇管理员"),
    ("yunling", "流程设计员"),
    ("yunling", "县管理员"),
)
_SHANGHAI = timezone(timedelta(hours=8))


class DemoRefused(ValueError):
    """The database holds real accounts. Chinese."""


@dataclass(frozen=True)
class SampleAccount:
    """Who can sign in, and as what; the password is `PASSWORD`."""

    login: str
    name: str
    unit: str
    posts: tuple[str, ...]


def load(database: Database, clock: Clock, known: Designations | None = None) -> Imported:
    """Put the sample county into a database, with the published holidays; once more does no harm.

    Raises DemoRefused when there are accounts that are no samples: invented people must not stand among real ones.
    """
    real = select(accounts_table.c.login).where(accounts_table.c.is_sample.is_(False)).limit(1)
    if database.look(lambda c: c.scalar(real)) is not None:
        raise DemoRefused(
            "这个数据库里已经有正式账号，不能载入示例县。请用一个空的数据库（CUNYI_DATABASE_URL）"
        )
    known = known or designations()
    now = clock()
    today = now.astimezone(_SHANGHAI).date()
    done = import_county(database, read_county(COUNTY, known), known, now, today, sample_password=PASSWORD)
    database.run(lambda c: calendar.publish_shipped(c, now))
    return done


def accounts(database: Database, only: Iterable[tuple[str, str]] | None = None) -> list[SampleAccount]:
    """The sample accounts with their posts; `only`: those holding a post of these (unit code, post), in that order."""
    rows = database.look(_rows)
    found: dict[str, SampleAccount] = {}
    held: dict[tuple[str, str], str] = {}
    for row in rows:
        known = found.get(row.login, SampleAccount(row.login, row.name, row.unit, ()))
        posts = (*known.posts, row.post) if row.post and row.unit == known.unit else known.posts
        found[row.login] = SampleAccount(row.login, row.name, known.unit, posts)
        held.setdefault((row.code, row.post), row.login)
    if only is None:
        return list(found.values())
    return [found[login] for login in dict.fromkeys(held[one] for one in only if one in held)]


def highlights(database: Database) -> list[SampleAccount]:
    """The accounts to print when the demo starts."""
    return accounts(database, HIGHLIGHTS)


def exists(connection: Connection) -> bool:
    """Whether there are sample accounts: a real county refuses to start with them."""
    query = select(accounts_table.c.login).where(accounts_table.c.is_sample.is_(True)).limit(1)
    return connection.scalar(query) is not None


def _rows(connection: Connection) -> list[Row[Any]]:
    """One row a post; somebody without one stands under the unit they live in."""
    query = (
        select(
            accounts_table.c.login, people.c.name, tenures.c.post, units.c.code, units.c.name.label("unit")
        )
        .select_from(accounts_table)
        .join(people, people.c.id == accounts_table.c.person_id)
        .outerjoin(tenures, (tenures.c.person_id == people.c.id) & tenures.c.ends_on.is_(None))
        .join(units, units.c.id == func.coalesce(tenures.c.unit_id, people.c.unit_id))
        .where(accounts_table.c.is_sample.is_(True))
        .order_by(accounts_table.c.person_id, tenures.c.id)
    )
    return list(connection.execute(query))
