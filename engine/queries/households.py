"""A household's own page behind the link on its slip of paper, and the slips for who hands them out."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, case, select

from engine.authorisation import Actor, fills
from engine.operations import links
from engine.queries.closure import Closure
from engine.queries.disclosed import HouseholdAnswer, HouseholdPage, Participation, Slip
from engine.queries.participation import on_step
from engine.refusal import Forbidden, NotVisible
from engine.runtime import Runtime
from engine.steps import period
from engine.steps.kind import ORGANISER, RECORDER
from engine.store.proceedings import opinions, ratings
from engine.store.publicity import public_links
from engine.store.tables import assignments, households, instances, journal, people, tasks, units


def page(rt: Runtime, code: str) -> HouseholdPage:
    """What the household may answer, or answered. At most six statements. Raises NotVisible."""
    return rt.database.look(lambda c: _page(rt, c, code))


def _page(rt: Runtime, c: Connection, code: str) -> HouseholdPage:
    link = links.found(c, code, household=True)
    query = (
        select(
            instances,
            units.c.name.label("unit"),
            households.c.number.label("household"),
            _group(instances.c.unit_id),
        )
        .join(units, units.c.id == instances.c.unit_id)
        .join(households, households.c.id == link.household_id)
        .join(_GROUP, _GROUP.c.id == households.c.unit_id)
        .where(instances.c.id == link.instance_id)
    )
    row: Any = c.execute(query).one()
    task = c.execute(select(tasks).where(tasks.c.id == link.task_id)).one_or_none()
    until = period.ends(task.settings) if task is not None else None
    closed = ""
    if task is None:
        closed = "这一步已经结束，不能再答了。"
    elif until is not None and rt.now() >= until:
        closed = f"到 {period.last_day(until)}为止，已经结束，不能再答了。"
    asked = _asked(rt, c, row, link.task_id, task, until)
    answer = _answer(c, link, may_withdraw=not closed)
    if not closed and answer is None and _spoke(c, link, task):
        closed = "这一户的代表已经用自己的账号答过了，不用再答。要改，请他在手机上撤回原来的。"
    return HouseholdPage(
        code=link.code,
        page_code=links.page_code(c, link.instance_id) or "",
        title=row.title,
        unit=row.unit,
        household=row.household,
        group=row.group,
        participation=asked,
        closed=closed,
        answer=answer,
    )


_GROUP = units.alias("group_unit")


def _group(unit_id: ColumnElement[int]) -> ColumnElement[str]:
    """The unit of a household where that is another than the matter's."""
    return case((_GROUP.c.id == unit_id, ""), else_=_GROUP.c.name).label("group")


def _asked(rt: Runtime, c: Connection, row: Any, task_id: str, task: Any, until: Any) -> Participation:
    """The question; of a step that is over what the diagram still tells of it."""
    if task is not None:
        return on_step(task.id, task.kind, task.name, task.settings, until)
    element = c.scalar(select(journal.c.element_id).where(journal.c.task_id == task_id).limit(1))
    found = Closure.of(rt, c, row.version_id, row.closure).find(element)
    name = found[1].label if found else "征求意见"
    sort = "评价" if found and found[1].kind == "assess" else "意见"
    ask = found[1].properties.get("ask", "") if found else ""
    return Participation(task_id, sort, name, ask, (), False, None)


def _answer(c: Connection, link: Any, *, may_withdraw: bool) -> HouseholdAnswer | None:
    for table in (opinions, ratings):
        own = (table.c.task_id == link.task_id, table.c.household_id == link.household_id)
        said = c.execute(select(table).where(*own, table.c.withdrawn_at.is_(None))).first()
        if said is not None:
            choice, content = (said.stance, said.content) if table is opinions else (said.score, said.comment)
            return HouseholdAnswer(choice, content, said.at, may_withdraw)
    return None


def _spoke(c: Connection, link: Any, task: Any) -> bool:
    """Whether its person has spoken with an account where one may speak only once."""
    if task.kind == "consult" and not task.settings["stances"]:
        return False
    table = ratings if task.kind == "assess" else opinions
    mine = (table.c.task_id == task.id, table.c.person_id == link.person_id, table.c.withdrawn_at.is_(None))
    himself = table.c.source != "open"  # what came by the open link under his name gives way to what he says
    return c.scalar(select(table.c.id).where(*mine, himself)) is not None


# ---------------------------------------------------------------- slips


def slips(rt: Runtime, actor: Actor, task_id: str) -> list[Slip]:
    """The slips of an open step, by group and household number.

    Raises NotVisible, Forbidden for who does not organise it.
    """
    return rt.database.look(lambda c: _slips(c, actor, task_id))


def _slips(c: Connection, actor: Actor, task_id: str) -> list[Slip]:
    seats = c.execute(select(assignments).where(assignments.c.task_id == task_id)).all()
    held = {seat.seat for seat in seats if fills(actor, seat)}
    if not held:
        raise NotVisible("task-unknown", "没有这项待办，可能已经办完，或者不归您办理")
    if not held & {ORGANISER, RECORDER}:
        raise Forbidden("not-yours", "户码由承办人和文书印发：谁拿到户码，谁就能替那一户答")
    query = (
        select(
            public_links.c.code,
            households.c.id,
            households.c.number,
            people.c.name,
            _group(instances.c.unit_id),
        )
        .join(instances, instances.c.id == public_links.c.instance_id)
        .join(households, households.c.id == public_links.c.household_id)
        .join(_GROUP, _GROUP.c.id == households.c.unit_id)
        .join(people, people.c.id == public_links.c.person_id)
        .where(public_links.c.task_id == task_id, public_links.c.revoked_at.is_(None))
    )
    done = _answered(c, task_id)
    found = [
        Slip(row.group, row.number, row.name, row.code, row.id in done)
        for row in c.execute(query.order_by(_GROUP.c.path))
    ]
    order = {group: place for place, group in enumerate(dict.fromkeys(slip.group for slip in found))}
    return sorted(found, key=lambda slip: (order[slip.group], len(slip.household), slip.household))


def slip_figures(c: Connection, task_id: str) -> tuple[int, int]:
    """How many households have a slip, and how many of them have answered. Three statements, one without slips."""
    live = (public_links.c.task_id == task_id, public_links.c.revoked_at.is_(None))
    made = set(c.scalars(select(public_links.c.household_id).where(*live)))
    return len(made), len(made & _answered(c, task_id)) if made else 0


def _answered(c: Connection, task_id: str) -> set[int]:
    done: set[int] = set()
    for table in (opinions, ratings):
        live = (table.c.task_id == task_id, table.c.household_id.is_not(None), table.c.withdrawn_at.is_(None))
        done |= set(c.scalars(select(table.c.household_id).where(*live)))
    return done
