"""Who may see and do what. The one place that decides, for reading as for writing; routes only pass on the
answer.

- A **matter** is seen by everyone who holds a post in its unit or in a unit above it, and by everyone who took part
  (handed in, sat in its meeting, gave an opinion), was asked, or has an open task in it. To all others it does not
  exist.
- A **meeting** is seen by everyone who holds a post in its unit or above, by its members, and by everyone who sees a
  matter on its agenda.
- A **task** is done by the holders of its seats: a designation in a unit, or a named person, less those
  `not_who` keeps
  out. Nobody does it a second time.
- A **clerk** (文书) enters for others what happened on paper, in the clerk's own unit only (procedures.md
  11.1).
- An **administrator** looks after a unit and everything below it.
- A matter's **public page** is taken down and put up again by the clerk, the secretary or the head of its village, or
  by who administers the unit; never while a notice of it is running.
- **Figures** of a unit and what lies below it are seen by whoever holds a post above the villages, and by a village's
  own leaders.
- **Parameters** of a unit are chosen by that unit itself: by its administrator, in a village by the secretary of the
  Party organisation. A township leaves open or decides; it does not choose in a village's name (FD-14).
- **Procedures** of a unit are drawn and published by its process designers (流程设计员); nobody else sees drafts.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table, and_, literal, or_, select, union_all

from engine.people.designations import Designations
from engine.people.roster import Standing
from engine.people.units import within
from engine.refusal import Forbidden, NotVisible
from engine.store.proceedings import agenda_items, asked, meeting_members, meetings, opinions, ratings
from engine.store.tables import assignments, instances, submissions, tasks, units

CLERK = "文书"
DESIGNER = "流程设计员"
SECRETARY = "村党组织书记"
# Who writes down uses of the seal and filings; a village's seal often lies with the township (procedures.md 11.5).
KEEPERS = frozenset({CLERK, SECRETARY, "村委会主任", "党政办", "经管站"})
# Who takes a matter's public page down and puts it up again, beside the administrator.
PUBLISHERS = frozenset((CLERK, SECRETARY, "村委会主任"))
LEADERS = frozenset(  # of a village: who sees its figures
    (
        SECRETARY,
        "村党组织副书记",
        "村委会主任",
        "村委会副主任",
        "村务监督委员会主任",
        "村代会主席",
        CLERK,
    )
)
LOCAL = frozenset(("村", "屋场"))  # levels whose posts are no superior's

Actor = Standing


# ---------------------------------------------------------------- matters


def matter_filter(actor: Actor) -> Any:
    """SQL: the matters this person may see. The query must join `instances` with `units`."""
    above = [within(path) for path in sorted({path for _, _, path in actor.posts})]
    took_part = instances.c.id.in_(
        select(submissions.c.instance_id).where(
            or_(submissions.c.person_id == actor.person_id, submissions.c.entered_by == actor.person_id)
        )
    )
    has_task = instances.c.id.in_(
        select(tasks.c.instance_id)
        .join(assignments, assignments.c.task_id == tasks.c.id)
        .where(seat_filter(actor))
    )
    return or_(*above, instances.c.started_by == actor.person_id, took_part, has_task, _was_asked(actor))


def _was_asked(actor: Actor) -> Any:
    """SQL: matters whose meetings had this person on the roll, that took this person's opinion or rating, or asked for
    it.
    """
    meeting = (
        select(agenda_items.c.instance_id)
        .join(meeting_members, meeting_members.c.meeting_id == agenda_items.c.meeting_id)
        .where(meeting_members.c.person_id == actor.person_id)
    )
    said = [
        select(table.c.instance_id).where(table.c.person_id == actor.person_id)
        for table in (opinions, ratings)
    ]
    silent = select(asked.c.instance_id).where(seat_filter(actor, asked))
    return instances.c.id.in_(union_all(meeting, *said, silent))


def seat_filter(actor: Actor, seats: Table = assignments) -> Any:
    """SQL over `assignments` (or `asked`): the seats this person may fill."""
    named = seats.c.person_id == actor.person_id
    by_unit: dict[int, list[str]] = {}
    for designation, unit in sorted(actor.capacities):
        by_unit.setdefault(unit, []).append(designation)
    held = [
        and_(seats.c.unit_id == unit, seats.c.designation.in_(designations))
        for unit, designations in by_unit.items()
    ]
    return or_(named, *held)


def may_see_matter(c: Connection, actor: Actor, instance_id: str, path: str) -> bool:
    """Whether this person may see the matter of the unit with this path. At most one statement."""
    if actor.holds_post_above(path):
        return True
    query = select(literal(1)).select_from(instances.join(units, units.c.id == instances.c.unit_id))
    return c.execute(query.where(instances.c.id == instance_id, matter_filter(actor))).first() is not None


def require_matter(c: Connection, actor: Actor, instance_id: str, path: str) -> None:
    """Raises NotVisible."""
    if not may_see_matter(c, actor, instance_id, path):
        raise NotVisible("matter-unknown", "没有这个办件，或者它不在您能查看的范围里")


def visible_matters(actor: Actor) -> Select[tuple[str]]:
    """SQL: the ids of the matters this person may see, for use in any query."""
    here = instances.join(units, units.c.id == instances.c.unit_id)
    return select(instances.c.id).select_from(here).where(matter_filter(actor)).correlate(None)


def meeting_filter(actor: Actor) -> Any:
    """SQL: the meetings this person may see: those of the units matters are seen of, of which one is a member, or
    with such a matter on the agenda. The query must join `meetings` with `units`.
    """
    above = [within(path) for path in sorted({path for _, _, path in actor.posts})]
    mine = select(meeting_members.c.meeting_id).where(meeting_members.c.person_id == actor.person_id)
    matters = agenda_items.c.instance_id.in_(visible_matters(actor))
    told = select(agenda_items.c.meeting_id).where(agenda_items.c.withdrawn_at.is_(None), matters)
    return or_(*above, meetings.c.id.in_(mine), meetings.c.id.in_(told))


# ---------------------------------------------------------------- tasks


def fills(actor: Actor, seat: Any) -> bool:
    """Whether this person may fill this seat (a row of `assignments`)."""
    if seat.person_id is not None:
        return bool(seat.person_id == actor.person_id)
    return (seat.designation, seat.unit_id) in actor.capacities


def open_seats(
    actor: Actor, seats: Iterable[Any], excluded: Sequence[int], answered: Iterable[Any] = ()
) -> list[Any]:
    """The seats this person may fill now: not excluded, not answered yet, and never a second one."""
    taken = list(answered)
    if actor.person_id in excluded or any(s.person_id == actor.person_id for s in taken):
        return []
    filled = {s.seat for s in taken}
    return [seat for seat in seats if seat.seat not in filled and fills(actor, seat)]


def may_enter_for_others(actor: Actor, task_unit_id: int, seats: Iterable[Any]) -> bool:
    """代录: a clerk, for a task of the clerk's own unit that belongs to people of that unit."""
    return task_unit_id in actor.units_of(CLERK) and all(
        seat.unit_id in (None, task_unit_id) for seat in seats
    )


def may_keep_papers(actor: Actor, path: str) -> bool:
    """用印, 备案: of the unit at `path`, by its own keepers of papers or by those of a unit above."""
    return any(post in KEEPERS and path.startswith(above) for post, _, above in actor.posts)


def may_take_down(actor: Actor, path: str) -> bool:
    """撤下、恢复公开页: of the unit at `path`, by its clerk, secretary or head, or by who administers it."""
    return actor.administers(path) or any(
        post in PUBLISHERS and path.startswith(above) for post, _, above in actor.posts
    )


def require_administrator(actor: Actor, path: str) -> None:
    """Raises Forbidden."""
    if not actor.administers(path):
        raise Forbidden("not-administrator", "这件事要由本单位的管理员来做，请联系乡镇管理员")


def figures_tops(actor: Actor, known: Designations) -> tuple[str, ...]:
    """Paths of the highest units whose figures this person sees, none inside another."""
    paths = {
        path for post, _, path in actor.posts if post in LEADERS or not LOCAL.intersection(known[post].levels)
    }
    return tuple(p for p in sorted(paths) if not any(p != other and p.startswith(other) for other in paths))


def parameter_units(actor: Actor) -> frozenset[int]:
    """The units whose parameters this person chooses."""
    own = {int(path.strip("/").rsplit("/", 1)[-1]) for path in actor.administered}
    return actor.units_of(SECRETARY) | own


def design_units(actor: Actor) -> frozenset[int]:
    """The units whose procedures this person draws."""
    return actor.units_of(DESIGNER)


def may_open_versions(actor: Actor, path: str) -> bool:
    """Whether this person draws for the unit at `path` or for one below, which may go on from what it publishes."""
    return any(post == DESIGNER and own.startswith(path) for post, _, own in actor.posts)


def require_designer(actor: Actor, unit_id: int) -> None:
    """Raises Forbidden."""
    if unit_id not in design_units(actor):
        raise Forbidden("not-designer", "只有本单位的流程设计员可以起草和发布流程，请联系他们")


def require_parameter_setter(actor: Actor, unit_id: int) -> None:
    """Raises Forbidden."""
    if unit_id not in parameter_units(actor):
        raise Forbidden(
            "not-parameter-setter",
            "这些数由本单位自己定：乡镇和县由管理员改，村由村党组织书记改。请联系他们",
        )
