"""户码: every household of those asked gets a slip with a link of its own: one household, one answer.

The code is a secret like a key. Who organises the step has the slips made, prints them and hands them out.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, insert, or_, select, update

from engine.operations.acting import Act, Handler
from engine.operations.links import new_code
from engine.operations.opinions import lock
from engine.people.units import within
from engine.refusal import Invalid
from engine.steps.slips import HOUSEHOLD
from engine.store.publicity import public_links
from engine.store.tables import household_members, households, people, units


def make(act: Act) -> None:
    """发户码: a link for every household of those asked that has none yet."""
    lock(act.c, act.task.id, shared=False)
    wanted = _households(act)
    if not wanted:
        raise Invalid("no-households", "名册上没有登记户，发不了户码。请管理员先把户和户主登记上")
    have = set(act.c.scalars(select(public_links.c.household_id).where(_live(act.task.id))))
    rows = [
        _row(act, household_id=household, person_id=person)
        for household, person in wanted.items()
        if household not in have
    ]
    if not rows:
        raise Invalid("links-made", f"{len(have)} 户的户码都已经发过了，直接印就行")
    act.c.execute(insert(public_links), rows)
    act.note(households=len(rows))


def renew(act: Act) -> None:
    """换户码: a slip was lost; its code ends and the household gets a new one. What it has answered stays."""
    lock(act.c, act.task.id, shared=False)
    old = _meant(act, str(act.data[HOUSEHOLD]).strip())
    act.c.execute(update(public_links).where(public_links.c.code == old.code).values(revoked_at=act.now))
    fresh = _row(act, household_id=old.household_id, person_id=old.person_id)
    act.c.execute(insert(public_links).values(fresh))
    act.note(household=old.household_id)


def _meant(act: Act, written: str) -> Row[Any]:
    """The link of the household with this number, or whose 户代表 has this name: every group of a village begins to
    number its households anew. Raises Invalid where none or several are meant.
    """
    query = (
        select(public_links, people.c.name)
        .join(households, households.c.id == public_links.c.household_id)
        .join(people, people.c.id == public_links.c.person_id)
        .where(_live(act.task.id), or_(households.c.number == written, people.c.name == written))
        .order_by(people.c.name)
    )
    found = act.c.execute(query).all()
    if len(found) == 1:
        return found[0]
    if found:
        names = "、".join(row.name for row in found[:5])
        message = f"“{written}”有 {len(found)} 户（{names}），请改写户代表的姓名"
        raise Invalid("household-shared", message, {HOUSEHOLD: message})
    message = f"“{written}”在这一步没有户码，请照户码单上的户号或户代表姓名写"
    raise Invalid("household-unknown", message, {HOUSEHOLD: message})


def _row(act: Act, *, household_id: int, person_id: int) -> dict[str, Any]:
    return {
        "code": new_code(),
        "instance_id": act.instance_id,
        "task_id": act.task.id,
        "household_id": household_id,
        "person_id": person_id,
        "created_at": act.now,
        "created_by": act.person_id,
    }


def _live(task_id: str) -> ColumnElement[bool]:
    links = public_links.c
    return (links.task_id == task_id) & links.household_id.is_not(None) & links.revoked_at.is_(None)


def _households(act: Act) -> dict[int, int]:
    """The households of those asked, each with who answers for it: the 户代表, else the head, else the first one."""
    asked, delegates = set(_asked(act)), set(act.holders("户代表"))
    members = household_members.c
    query = (
        select(members.household_id, members.person_id, members.is_head)
        .join(households, households.c.id == members.household_id)
        .join(units, units.c.id == households.c.unit_id)
        .join(people, people.c.id == members.person_id)
        .where(within(act.unit_path), people.c.erased_at.is_(None))
        .order_by(members.household_id, members.person_id)
    )
    found: dict[int, Any] = {}
    for row in act.c.execute(query):
        best = found.get(row.household_id)
        if row.person_id in asked and (best is None or _rank(row, delegates) > _rank(best, delegates)):
            found[row.household_id] = row
    return {household: row.person_id for household, row in found.items()}


def _asked(act: Act) -> list[int]:
    """Everybody this step asks, as the registers stand now. `public` means everybody who lives there."""
    names = ["村民"] if act.settings["from"] == ["public"] else act.settings["from"]
    return [person for name in names for person in act.holders(name)]


def _rank(row: Any, delegates: set[int]) -> tuple[bool, bool]:
    return row.person_id in delegates, bool(row.is_head)


ACTS: dict[str, Handler] = {"make_links": make, "renew_link": renew}
