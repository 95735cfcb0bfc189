"""What a running server or worker holds: the database, the clock, the configuration, and caches keyed by
version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from engine import pickers
from engine.authorisation import Actor
from engine.ballot_keys import BallotKeys
from engine.calendar import StoredCalendar, working_days
from engine.clock import Clock, system_clock
from engine.configuration import Configuration
from engine.diagram import Procedure, load_folder
from engine.execution import Definition
from engine.people.designations import Designations
from engine.people.roster import offered, standing
from engine.people.units import Unit, ancestors
from engine.refusal import NotVisible
from engine.store.database import Database
from engine.store.packing import unpack
from engine.store.tables import procedure_versions
from engine.working_days import WorkingDays

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Runtime:
    """Thread-safe; one a process. It keeps nothing but caches of what never changes."""

    def __init__(self, database: Database, configuration: Configuration, clock: Clock = system_clock) -> None:
        self.database = database
        self.configuration = configuration
        self.clock = clock
        self._procedures: dict[int, Procedure] = {}
        self._definitions: dict[tuple[int, ...], Definition] = {}
        self._lines: dict[str, list[Unit]] = {}
        self._calendars: dict[datetime, WorkingDays] = {}
        self._compiling = Lock()

    @classmethod
    def open(cls, configuration: Configuration, clock: Clock = system_clock) -> Runtime:
        database = Database(configuration.database_url, pool_size=configuration.pool_size)
        return cls(database, configuration, clock)

    @cached_property
    def designations(self) -> Designations:
        """Posts, registers, duties and derived groups, as `processes/posts.toml` names them."""
        return Designations.load(Path(self.configuration.processes_dir))

    @cached_property
    def ballot_keys(self) -> BallotKeys:
        """The keys of secret ballots that are open."""
        return BallotKeys(self.configuration.keys_dir)

    def now(self) -> datetime:
        return self.clock().astimezone(UTC)

    def today(self) -> date:
        """The date in the county."""
        return self.clock().astimezone(SHANGHAI).date()

    def actor(self, c: Connection, person_id: int) -> Actor:
        """Who is asking. Raises NotVisible when there is no such person."""
        try:
            return standing(c, person_id, self.today(), self.designations)
        except KeyError:
            raise NotVisible("person-unknown", "查无此人，可能已经不在名册上") from None

    def calendar(self, c: Connection, version: datetime | None = None) -> WorkingDays:
        """Working days. A published calendar is kept by its version; without one, the database is read when, and only
        when, somebody asks.
        """
        if version is None:
            return StoredCalendar(c)
        found = self._calendars.get(version)
        if found is None:
            found = self._calendars[version] = working_days(c)
        return found

    def line(self, c: Connection, unit_id: int, path: str) -> list[Unit]:
        """The unit at `path` and those above it. A path names its units for good, so the line is kept by it; the names
        in it may be old, ids and levels never change.
        """
        found = self._lines.get(path)
        if found is None:
            found = self._lines[path] = ancestors(c, unit_id)
        return found

    def offering(
        self, c: Connection, schema: Mapping[str, Any], unit_id: int, path: str
    ) -> Mapping[str, Any]:
        """A form with the people that a matter of this unit may pick; two statements where it picks any."""
        return self.offerings(c, [schema], unit_id, path)[0]

    def offerings(
        self, c: Connection, schemas: Sequence[Mapping[str, Any]], unit_id: int, path: str
    ) -> list[Mapping[str, Any]]:
        """Several forms with their people, who are read once for all of them."""
        wanted = list(dict.fromkeys(name for schema in schemas for name in pickers.asked(schema)))
        if not wanted:
            return list(schemas)
        line = self.line(c, unit_id, path)
        found = offered(c, wanted, line, self.today(), self.designations)
        return [
            pickers.offering(schema, lambda names: [each for name in names for each in found[name]])
            for schema in schemas
        ]

    def procedure(self, c: Connection, version_id: int) -> Procedure:
        """A published version. Raises NotVisible when there is none."""
        found = self._procedures.get(version_id)
        if found is None:
            content = c.execute(
                select(procedure_versions.c.content).where(procedure_versions.c.id == version_id)
            ).scalar()
            if content is None:
                raise NotVisible("procedure-unknown", "没有这个流程版本")
            found = self._procedures[version_id] = load_folder(unpack(content))
        return found

    def loaded(self, version_id: int) -> Procedure:
        """A version whose definition is in use, so that it is here already."""
        return self._procedures[version_id]

    def definition(self, c: Connection, version_id: int, closure: Mapping[str, int]) -> Definition:
        """The executable form of a version with everything it calls, compiled once a process."""
        key = (version_id, *(closure[name] for name in sorted(closure)))
        found = self._definitions.get(key)
        if found is None:
            with self._compiling:
                main = self.procedure(c, version_id)
                called = {name: self.procedure(c, version).diagram for name, version in closure.items()}
                found = self._definitions[key] = Definition.compile(main.diagram, called)
        return found


def jsonable(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of a row as plain JSON values; moments as ISO text."""
    return {str(k): v.isoformat() if isinstance(v, datetime) else v for k, v in columns.items()}
