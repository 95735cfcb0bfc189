"""核对 on the server: what came through the open link is adopted, and counts from then on, or is refused with a reason
that stays on the record.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select, update

from engine.operations.acting import Act, Handler
from engine.operations.opinions import lock
from engine.people.units import within
from engine.queries.heard import KEPT
from engine.refusal import Invalid, Overtaken
from engine.steps import moderation
from engine.steps.moderation import NUMBER, ROWS, Ruling
from engine.store.proceedings import opinions
from engine.store.tables import people, units


def moderate(act: Act) -> None:
    """核对: several at once. While it has no answer, what was decided may be decided otherwise."""
    lock(act.c, act.task.id, shared=False)
    rulings = moderation.read(act.data[ROWS])
    ids = [ruling.opinion for ruling in rulings]
    query = select(opinions).where(
        opinions.c.task_id == act.task.id,
        opinions.c.source == "open",
        opinions.c.withdrawn_at.is_(None),
        opinions.c.id.in_(ids),
    )
    known = {row.id: row for row in act.c.execute(query)}
    errors = {
        f"{ROWS}[{place}].{NUMBER}": "没有这条扫码提的意见，请刷新页面再核对"
        for place, opinion in enumerate(ids)
        if opinion not in known
    }
    if errors:
        raise Invalid("opinion-unknown", "有的意见找不到了，请刷新页面再核对", errors)
    for place, ruling in enumerate(rulings):
        _rule(act, known[ruling.opinion], ruling, place)
    admitted = sum(ruling.admitted for ruling in rulings)
    act.note(admitted=admitted, refused=len(rulings) - admitted)


def _rule(act: Act, row: Any, ruling: Ruling, place: int) -> None:
    if row.answered_at is not None:
        message = "这一条已经答复了，不能再改采用不采用"
        raise Overtaken("answered", message, {f"{ROWS}[{place}].{NUMBER}": message})
    person = _known(act, row) if ruling.admitted else None
    stances = bool(act.settings.get("stances"))
    if person is not None and stances and _spoke(act.c, row, person):
        message = f"{row.author}已经提过意见了，一人只算一条。请选“不采用”，理由写“已经提过”"
        raise Invalid("answered", message, {f"{ROWS}[{place}].{NUMBER}": message})
    values = {
        "admitted": ruling.admitted,
        "moderated_by": act.person_id,
        "moderated_at": act.now,
        "moderation": "" if ruling.admitted else ruling.reason,
        "person_id": person,
        "single": stances and person is not None,
    }
    act.c.execute(update(opinions).where(opinions.c.id == row.id).values(values))


def _known(act: Act, row: Any) -> int | None:
    """The villager who gave this name, where the name, or name and telephone, mean one person: he counts once, and
    finds among his own what was said in his name.
    """
    if not row.author:
        return None
    homes = select(people.c.id, people.c.phone).join(units, units.c.id == people.c.unit_id)
    here = (people.c.name == row.author, within(act.unit_path), people.c.erased_at.is_(None))
    bearers = act.c.execute(homes.where(*here)).all()
    by_phone = [one.id for one in bearers if row.contact and one.phone == row.contact]
    if by_phone:
        return int(by_phone[0])
    return int(bearers[0].id) if len(bearers) == 1 else None


def _spoke(c: Connection, row: Any, person: int) -> bool:
    own = (opinions.c.task_id == row.task_id, opinions.c.person_id == person, opinions.c.id != row.id)
    return bool(c.scalar(select(func.count()).where(*own, KEPT)))


ACTS: dict[str, Handler] = {"moderate": moderate}
