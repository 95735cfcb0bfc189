"""Who is meant by a name on paper."""

from __future__ import annotations

from sqlalchemy import select

from engine.operations.acting import Act
from engine.people.units import within
from engine.refusal import Invalid
from engine.steps.slips import HOUSEHOLD
from engine.store.tables import household_members, households, people, units


def recognised(act: Act, name: str, household: str = "") -> int | None:
    """Who of the village bears the name on a paper; None for a stranger, and without a name.

    Raises Invalid where several do and no household tells them apart: one person must not count as two.
    """
    name, household = name.strip(), household.strip()
    if not name:
        return None
    homes = select(people.c.id).join(units, units.c.id == people.c.unit_id)
    here = (people.c.name == name, within(act.unit_path), people.c.erased_at.is_(None))
    found = list(act.c.scalars(homes.where(*here)))
    if len(found) <= 1 and not household:
        return found[0] if found else None
    if not household:
        message = f"村里有 {len(found)} 位{name}，请写上户号，好分清是哪一位"
        raise Invalid("name-shared", message, {HOUSEHOLD: message})
    of = household_members.join(households, households.c.id == household_members.c.household_id)
    members = select(household_members.c.person_id).select_from(of).where(households.c.number == household)
    there = list(act.c.scalars(homes.where(*here, people.c.id.in_(members))))
    if len(there) != 1:
        message = f"户号“{household}”里没有{name}，请核对户号；不是本村的人，请不要写户号"
        raise Invalid("household-unknown", message, {HOUSEHOLD: message})
    return int(there[0])
