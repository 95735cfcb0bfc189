"""Bringing a checked county into the database: whole or not at all, and again as often as one likes.

A second import updates units and people by their codes and adds what is new; it ends no post and deletes
nobody, because
what was changed on the pages since must not be undone by an old file. Passwords of existing accounts stay.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from engine import journal
from engine.people import accounts as credentials
from engine.people import tenures, units
from engine.people.county import County, CountyRefused, place
from engine.people.designations import LEVELS, Designations
from engine.store.database import Database, new_id
from engine.store.tables import (
    accounts,
    household_members,
    households,
    parameter_choices,
    people,
    registrations,
    representations,
)
from engine.store.tables import tenures as tenures_table


@dataclass
class Imported:
    """What an import did. `passwords`: login → first password, shown once and to be changed at the first sign-in."""

    units: int = 0
    people: int = 0
    appointments: int = 0
    accounts: int = 0
    parameters: int = 0
    passwords: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def import_county(
    database: Database,
    county: County,
    known: Designations,
    now: datetime,
    today: date,
    sample_password: str | None = None,
) -> Imported:
    """Import what `check_county` let through. Raises CountyRefused with everything the database does not allow.

    `sample_password`: the accounts are samples and all have this password.
    """
    existing = set(database.look(lambda c: c.scalars(select(accounts.c.login)).all()))
    new = [entry["login"] for entry in county["accounts"] if entry["login"] not in existing]
    passwords = {} if sample_password else {login: secrets.token_urlsafe(9) for login in new}
    hashes = (  # outside the transaction: each takes a tenth of a second, and writers would wait
        dict.fromkeys(new, credentials.hash_password(sample_password))
        if sample_password
        else {login: credentials.hash_password(password) for login, password in passwords.items()}
    )

    def work(connection: Connection) -> Imported:
        importing = _Import(connection, known, now, today)
        importing.bring(county, hashes, is_sample=sample_password is not None)
        if importing.errors:
            raise CountyRefused(importing.errors)
        importing.done.passwords = passwords
        return importing.done

    return database.run(work)


class _Import:
    """One import, inside its transaction: the ids of what it has seen, and the mistakes so far."""

    def __init__(self, connection: Connection, known: Designations, now: datetime, today: date) -> None:
        self.connection = connection
        self.known = known
        self.now = now
        self.today = today
        self.units: dict[str, units.Unit] = {}
        self.people: dict[str, int] = {}
        self.errors: list[str] = []
        self.done = Imported()

    def bring(self, county: County, hashes: Mapping[str, str], is_sample: bool) -> None:
        by_level = sorted(enumerate(county["units"], 1), key=lambda pair: LEVELS.index(pair[1]["level"]))
        for number, entry in by_level:
            self._unit(number, entry)
        if self.errors:
            return  # nothing below would find its unit
        codes = [entry["code"] for entry in county["people"]]
        # Two people may have exchanged their numbers: let go of all of them first.
        self.connection.execute(people.update().where(people.c.code.in_(codes)).values(phone=None))
        for number, entry in enumerate(county["people"], 1):
            self._person(number, entry)
        for entry in county["kinships"]:
            tenures.relate(self.connection, *(self.people[code] for code in entry["people"]))
        for number, entry in enumerate(county["posts"], 1):
            self._appoint("posts", number, entry, entry["person"], entry["post"])
        for number, entry in enumerate(county["registers"], 1):
            for code in entry["people"]:
                self._appoint("registers", number, entry, code, entry["register"])
        for number, entry in enumerate(county["representations"], 1):
            self._represent(number, entry)
        for number, entry in enumerate(county["accounts"], 1):
            self._account(number, entry, hashes, is_sample)
        for entry in county["parameters"]:
            self._parameters(entry)
        self._record(county)

    def _unit(self, number: int, entry: Mapping[str, Any]) -> None:
        found = units.by_code(self.connection, entry["code"])
        parent = self.units.get(entry.get("parent", ""))
        parent_id = parent.id if parent else None
        if found is None:
            found = units.add(self.connection, entry["level"], entry["code"], entry["name"], parent_id)
            self.done.units += 1
        elif (found.level, found.parent_id) != (entry["level"], parent_id):
            self.errors.append(
                f"{place('units', number, entry)}：编码“{entry['code']}”已是{found.level}“{found.name}”，"
                "导入不能改变级别或上级；请换一个编码"
            )
        elif found.name != entry["name"]:
            units.rename(self.connection, found.id, entry["name"])
        self.units[entry["code"]] = found

    def _person(self, number: int, entry: Mapping[str, Any]) -> None:
        values = {name: entry.get(name) for name in ("code", "name", "gender", "born", "phone")}
        unit_id = self.units[entry["unit"]].id
        same_code = people.c.code == entry["code"]
        person_id: int | None = self.connection.scalar(select(people.c.id).where(same_code))
        other = self._same_phone(entry, person_id)
        if other is not None and person_id is None and other.code is None and other.name == entry["name"]:
            person_id = other.id  # entered by hand before
        elif other is not None:
            self.errors.append(
                f"{place('people', number, entry)}：电话 {entry['phone']} 已经登记在{other.name}名下"
            )
            del values["phone"]
        if person_id is None:
            person_id = new_id(self.connection.execute(people.insert().values(**values, unit_id=unit_id)))
            self.done.people += 1
        else:
            where = people.c.id == person_id
            self.connection.execute(people.update().where(where).values(**values, unit_id=unit_id))
        self.people[entry["code"]] = person_id
        if "household" in entry:
            self._household(person_id, unit_id, entry["household"], entry.get("head", False))

    def _same_phone(self, entry: Mapping[str, Any], person_id: int | None) -> Row | None:
        """Somebody else with the same telephone number."""
        row = self.connection.execute(
            select(people).where(people.c.phone == entry.get("phone", ""))
        ).one_or_none()
        return None if row is None or row.id == person_id else row

    def _household(self, person_id: int, unit_id: int, number: str, is_head: bool) -> None:
        where = (households.c.unit_id == unit_id) & (households.c.number == number)
        household_id = self.connection.scalar(select(households.c.id).where(where))
        if household_id is None:
            row = households.insert().values(unit_id=unit_id, number=number)
            household_id = new_id(self.connection.execute(row))
        member = household_members.c.person_id == person_id
        self.connection.execute(household_members.delete().where(member))
        values = {"household_id": household_id, "person_id": person_id, "is_head": is_head}
        self.connection.execute(household_members.insert().values(**values))

    def _appoint(self, part: str, number: int, entry: Mapping[str, Any], code: str, designation: str) -> None:
        person_id, unit = self.people[code], self.units[entry["unit"]]
        since, until = entry.get("from", self.today), entry.get("to")
        if self._has_held(person_id, unit.id, designation, since):
            return
        try:
            warnings = tenures.appoint(
                self.connection, person_id, designation, unit.id, since, until, self.known
            )
        except tenures.Refused as error:
            self.errors.append(f"{place(part, number, entry)}：{error}")
            return
        self.done.appointments += 1
        self.done.warnings += warnings

    def _has_held(self, person_id: int, unit_id: int, designation: str, since: date) -> bool:
        """Whether this appointment was made already: it began that day or before and is still held, or was ended."""
        for table, name in ((tenures_table, "post"), (registrations, "register")):
            theirs = (
                (table.c.person_id == person_id)
                & (table.c.unit_id == unit_id)
                & (table.c[name] == designation)
            )
            same = (table.c.starts_on == since) | table.c.ends_on.is_(None)
            if self.connection.execute(select(table.c.id).where(theirs, same)).first():
                return True
        return False

    def _represent(self, number: int, entry: Mapping[str, Any]) -> None:
        """联系户. A household has one: another takes over from a day that the file names."""
        person, since = self.people[entry["person"]], entry.get("from", self.today)
        unit_id = self.units[entry["unit"]].id
        query = select(households.c.id, households.c.number).where(
            households.c.unit_id == unit_id, households.c.number.in_(entry["households"])
        )
        for home in self.connection.execute(query).all():
            now = (representations.c.household_id == home.id) & representations.c.ends_on.is_(None)
            held = self.connection.execute(select(representations).where(now)).one_or_none()
            if held is not None and held.person_id == person:
                continue
            if held is not None and held.starts_on >= since:
                self.errors.append(
                    f"{place('representations', number, entry)}：户 {home.number} 从 {held.starts_on} 起由别人联系，"
                    "要换人，请写明从哪天起换（from，晚于那天）"
                )
                continue
            self.connection.execute(
                update(representations).where(now).values(ends_on=since - timedelta(days=1))
            )
            row = {"household_id": home.id, "person_id": person, "starts_on": since}
            self.connection.execute(representations.insert().values(row))

    def _account(
        self, number: int, entry: Mapping[str, Any], hashes: Mapping[str, str], is_sample: bool
    ) -> None:
        person_id, login = self.people[entry["person"]], entry["login"]
        where = (accounts.c.login == login) | (accounts.c.person_id == person_id)
        row = self.connection.execute(select(accounts.c.login, accounts.c.person_id).where(where)).first()
        if row is None:
            credentials.add_account(
                self.connection,
                person_id,
                login,
                hashes[login],
                is_sample=is_sample,
                must_change=not is_sample,
            )
            self.done.accounts += 1
        elif (row.login, row.person_id) != (login, person_id):
            self.errors.append(
                f"{place('accounts', number, entry)}：登录名或这个人已经有别的账号（{row.login}）"
            )

    def _parameters(self, entry: Mapping[str, Any]) -> None:
        unit_id, key = self.units[entry["unit"]].id, entry["procedure"]
        where = (parameter_choices.c.unit_id == unit_id) & (parameter_choices.c.procedure_key == key)
        wanted = {"values": entry["values"], "opened": dict.fromkeys(entry.get("open", ()), True)}
        newest = self.connection.execute(
            select(parameter_choices.c["values"], parameter_choices.c.opened)
            .where(where)
            .order_by(parameter_choices.c.id.desc())
            .limit(1)
        ).first()
        if newest is None or newest._mapping != wanted:
            row = {"unit_id": unit_id, "procedure_key": key, "at": self.now, **wanted}
            self.connection.execute(parameter_choices.insert().values(row))
            self.done.parameters += 1

    def _record(self, county: County) -> None:
        root = next(self.units[entry["code"]] for entry in county["units"] if "parent" not in entry)
        counted = {
            name: getattr(self.done, name)
            for name in ("units", "people", "appointments", "accounts", "parameters")
        }
        journal.append_to_unit(self.connection, root.id, [journal.Entry(self.now, "import", detail=counted)])
