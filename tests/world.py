"""A village with its people, posts and tokens, for tests that need somebody to act."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, insert, update

from engine.configuration import Configuration
from engine.people.accounts import create_token
from engine.people.tenures import appoint
from engine.store import Database
from engine.store.tables import accounts, people, units

_folders = TemporaryDirectory(prefix="cunyi-tests-")  # gone at the end
SINCE = date(2020, 1, 1)
POSTS = {  # person -> post, unit
    "管得宽": ("乡镇管理员", "town"),
    "经管": ("经管站", "town"),
    "书记": ("村党组织书记", "village"),
    "主任": ("村委会主任", "village"),
    "报账": ("报账员", "village"),
    "老报": ("报账员", "village"),
    "会计": ("会计", "village"),
    "文书": ("文书", "village"),
    "外村": ("报账员", "other"),
    "百姓": ("", "village"),
    "设计": ("流程设计员", "county"),
    "同行": ("流程设计员", "county"),
}


@dataclass
class World:
    """Ids and tokens by name; everything else is in the database."""

    units: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def headers(self, name: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[name]}"}


def settle(database: Database, now: datetime | None = None) -> World:
    """Put the village into an empty database."""
    return database.run(lambda c: _settle(c, now or datetime.now(UTC)))


def configuration(database: Database, **changes: object) -> Configuration:
    url = database.url.render_as_string(hide_password=False)
    values: dict[str, object] = {
        "database_url": url,
        "secret_key": "k" * 40,
        "data_dir": Path(_folders.name, re.sub(r"\W", "_", url)[-100:]),  # the keys of its secret votes
    }
    return Configuration(**(values | changes))  # type: ignore[arg-type]


def _settle(c: Connection, now: datetime) -> World:
    world = World()
    _unit(c, world, "county", "县", None, "云岭县")
    _unit(c, world, "town", "乡镇", "county", "清溪镇")
    _unit(c, world, "village", "村", "town", "柳湾村")
    _unit(c, world, "other", "村", "town", "桃源村")
    for name, (post, unit) in POSTS.items():
        _person(c, world, name, unit, post, now)
    return world


def _unit(c: Connection, world: World, code: str, level: str, above: str | None, name: str) -> None:
    parent = world.units[above] if above else None
    values: Mapping[str, object] = {
        "parent_id": parent,
        "level": level,
        "code": code,
        "name": name,
        "path": code,
    }
    row = c.execute(insert(units).values(**values))
    world.units[code] = identity = int(row.inserted_primary_key[0])
    line = [code]
    while above:
        line, above = [above, *line], _PARENT[above]
    path = "/" + "".join(f"{world.units[part]}/" for part in line)
    c.execute(update(units).where(units.c.id == identity).values(path=path))


_PARENT = {"county": None, "town": "county", "village": "town", "other": "town"}


def _person(c: Connection, world: World, name: str, unit: str, post: str, now: datetime) -> None:
    row = c.execute(insert(people).values(unit_id=world.units[unit], name=name))
    world.people[name] = identity = int(row.inserted_primary_key[0])
    if post:
        appoint(c, identity, post, world.units[unit], SINCE)
    # Nobody signs in with a password here, and hashing one costs a good part of a second.
    c.execute(
        insert(accounts).values(person_id=identity, login=f"p{identity}", password_hash="-", generation=0)
    )
    world.tokens[name] = create_token(c, identity, now)
