"""Taking and leaving a post or a place on a register, and the red lines about who may hold what together (§10)."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, Connection, Table, or_, select

from engine.people.designations import Clash, Designations, Sort, designations
from engine.people.units import Unit, get
from engine.store.tables import kinships, people, registrations, tenures


class Refused(ValueError):
    """A post that cannot be given or taken away: the wrong level, held already, not held. Chinese."""


class Conflict(Refused):
    """Two names that a red line keeps apart. The message names both, the people, and the rule."""


def appoint(
    connection: Connection,
    person_id: int,
    designation: str,
    unit_id: int,
    starts_on: date,
    ends_on: date | None = None,
    known: Designations | None = None,
) -> list[str]:
    """Give a person a post (任职) or enter them in a register (名册) from a day on; answers what to warn about (提示).

    Raises Conflict when a red line forbids it, Refused when the unit is of the wrong level, the name is not
    one that is held (a derived group, a duty), the dates are the wrong way round, or the person holds it then already.
    """
    known = known or designations()
    unit = get(connection, unit_id)
    table, name = _table(known, designation)
    _check_place(known, designation, unit)
    if ends_on is not None and ends_on < starts_on:
        raise Refused(f"{designation}：结束的日子（{ends_on}）早于开始的日子（{starts_on}）")
    held = _held(connection, [person_id], unit_id, starts_on, ends_on).get(person_id, set())
    who = _name(connection, person_id)
    if designation in held:
        raise Refused(f"{who}已经是{unit.name}的{designation}，不用再任一次")
    warnings = _check_conflicts(known, unit, who, held, designation)
    _check_kin(connection, known, unit, person_id, designation, starts_on, ends_on)
    warnings += _other_holders(connection, known, unit, designation, person_id, starts_on, ends_on)
    warnings += [
        f"{rule.reason}（{rule.clause}）：{who}还不是{unit.name}的{rule.companion}"
        for rule in known.redlines.together
        if rule.post == designation and rule.companion not in held
    ]
    connection.execute(
        table.insert().values(
            {
                "person_id": person_id,
                "unit_id": unit_id,
                name: designation,
                "starts_on": starts_on,
                "ends_on": ends_on,
            }
        )
    )
    _changed(connection, person_id)
    return warnings


def dismiss(
    connection: Connection,
    person_id: int,
    designation: str,
    unit_id: int,
    ends_on: date,
    known: Designations | None = None,
) -> None:
    """End what a person holds; `ends_on` is the last day in office. Raises Refused when they do not hold it.

    What would only have begun later is taken back altogether.
    """
    table, name = _table(known or designations(), designation)
    theirs = (
        (table.c.person_id == person_id)
        & (table.c.unit_id == unit_id)
        & (table.c[name] == designation)
        & or_(table.c.ends_on.is_(None), table.c.ends_on > ends_on)
    )
    taken_back = connection.execute(table.delete().where(theirs, table.c.starts_on > ends_on)).rowcount
    ended = connection.execute(table.update().where(theirs).values(ends_on=ends_on)).rowcount
    if not taken_back and not ended:
        raise Refused(f"{_name(connection, person_id)}现在不是{get(connection, unit_id).name}的{designation}")
    _changed(connection, person_id)


def relate(connection: Connection, person_id: int, relative_id: int) -> None:
    """Note that two people are near relatives (近亲属). Does nothing when it is known already."""
    low, high = sorted((person_id, relative_id))
    if low == high:
        raise Refused("一个人不能是自己的近亲属")
    pair = (kinships.c.person_id == low) & (kinships.c.relative_id == high)
    if connection.execute(select(kinships.c.person_id).where(pair)).first() is None:
        connection.execute(kinships.insert().values(person_id=low, relative_id=high))


def _changed(connection: Connection, person_id: int) -> None:
    """Whoever decided by what this person was before must look again."""
    connection.execute(people.update().where(people.c.id == person_id).values(standing=people.c.standing + 1))


def _table(known: Designations, designation: str) -> tuple[Table, str]:
    meant = known.get(designation)
    if meant is None:
        raise Refused(f"没有“{designation}”这个岗位或名册")
    if not meant.can_be_held:
        reason = "每个住在这里的人都是" if meant.everyone else f"它是{meant.kind}"
        raise Refused(f"“{designation}”不能任命或登记：{reason}")
    return (tenures, "post") if meant.kind is Sort.POST else (registrations, "register")


def _check_place(known: Designations, designation: str, unit: Unit) -> None:
    levels = known[designation].levels
    if unit.level not in levels:
        raise Refused(f"{designation}设在{'、'.join(levels)}，{unit.name}是{unit.level}，不能在这里任职")


def _held(
    connection: Connection, person_ids: Iterable[int], unit_id: int, since: date, until: date | None
) -> dict[int, set[str]]:
    """What these people hold in the unit at some time of the period."""
    held: dict[int, set[str]] = {}
    for table, name in ((tenures, tenures.c.post), (registrations, registrations.c.register)):
        query = select(table.c.person_id, name).where(
            table.c.person_id.in_(list(person_ids)),
            table.c.unit_id == unit_id,
            _overlaps(table, since, until),
        )
        for person_id, designation in connection.execute(query):
            held.setdefault(person_id, set()).add(designation)
    return held


def _overlaps(table: Table, since: date, until: date | None) -> ColumnElement[bool]:
    ends = table.c.ends_on
    condition = or_(ends.is_(None), ends >= since)
    return condition if until is None else condition & (table.c.starts_on <= until)


def _check_conflicts(known: Designations, unit: Unit, who: str, held: set[str], wanted: str) -> list[str]:
    clashes = known.conflicts(held, wanted)
    broken = [clash for clash in clashes if clash.rule.forbidden]
    if broken:
        raise Conflict(
            "；".join(
                _explain(clash, f"{who}是{unit.name}的{clash.held}，不能兼任{wanted}") for clash in broken
            )
        )
    return [_explain(clash, f"{who}是{unit.name}的{clash.held}，又任{wanted}") for clash in clashes]


def _check_kin(
    connection: Connection,
    known: Designations,
    unit: Unit,
    person_id: int,
    wanted: str,
    since: date,
    until: date | None,
) -> None:
    pair = or_(kinships.c.person_id == person_id, kinships.c.relative_id == person_id)
    rows = connection.execute(select(kinships.c.person_id, kinships.c.relative_id).where(pair))
    relatives = [one if one != person_id else other for one, other in rows]
    if not relatives:
        return
    for relative_id, held in _held(connection, relatives, unit.id, since, until).items():
        for clash in known.kin_conflicts(held, wanted):
            raise Conflict(
                _explain(
                    clash,
                    f"{_name(connection, person_id)}的近亲属{_name(connection, relative_id)}"
                    f"是{unit.name}的{clash.held}，不能任{wanted}",
                )
            )


def _other_holders(
    connection: Connection,
    known: Designations,
    unit: Unit,
    designation: str,
    person_id: int,
    since: date,
    until: date | None,
) -> list[str]:
    if not known[designation].single:
        return []
    query = (
        select(people.c.name)
        .join(tenures, tenures.c.person_id == people.c.id)
        .where(
            tenures.c.unit_id == unit.id,
            tenures.c.post == designation,
            tenures.c.person_id != person_id,
            _overlaps(tenures, since, until),
        )
    )
    return [
        f"{unit.name}的{designation}现在是{name}；如果换人，请把原来的免去"
        for name in connection.scalars(query)
    ]


def _explain(clash: Clash, what: str) -> str:
    return f"{what}：{clash.rule.reason}（{clash.rule.clause}）"


def _name(connection: Connection, person_id: int) -> str:
    name: str | None = connection.scalar(select(people.c.name).where(people.c.id == person_id))
    if name is None:
        raise Refused("没有这个人")
    return name
