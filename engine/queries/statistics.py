"""统计: the figures of source 001 (procedures.md §2) of a unit and what lies below it, in a period and a year before.

What counts, once and for all:

- 意见建议 (opinions): every opinion or feedback somebody gave, by phone, household link or on paper, each line of a
  batch for itself, on the day it came; not what was taken back, and by the open link only what was admitted.
- 村代会: meetings of that name that were held; not those that lacked their quorum or were cancelled; on their day.
- 议成 (resolved): motions that passed in a vote of such a meeting, each by itself; elections are none.
- 推行村: villages with a matter, their own or of one of their 屋场, that began or was running in the period; their
  share is of the 行政村, the units of level 村. 村级党组织 are villages with a 村党组织书记 on the last day: another
  body, never mixed with the first.

Eight statements, whatever the size; each gives one row a unit at most (a unit and name of meeting, for meetings).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from engine.authorisation import SECRETARY, Actor, figures_tops
from engine.people.units import Unit, subtree, within
from engine.queries.heard import KEPT
from engine.queries.periods import Period
from engine.refusal import Forbidden, NotVisible
from engine.runtime import Runtime
from engine.store.proceedings import meetings, opinions
from engine.store.tables import instances, tenures, units
from engine.store.voting import ballots, motions

ASSEMBLY = ("村民代表会议", "村代会")  # a meeting called so is one, whatever else stands in its name
COMMITTEE = "镇党委书记"  # whose township has a 乡镇党委


@dataclass(frozen=True)
class Figures:
    """The figures of some units; `_before` are those of the year before."""

    opinions: int = 0
    opinions_before: int = 0
    meetings: int = 0
    meetings_before: int = 0
    resolved: int = 0
    resolved_before: int = 0
    villages: int = 0  # 行政村
    using: int = 0  # 推行村, of these
    parties: int = 0  # 村级党组织

    def __add__(self, other: Figures) -> Figures:
        return Figures(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def more(self) -> tuple[int, int, int]:
        """比上年: opinions, meetings, resolved; negative for fewer."""
        return (
            self.opinions - self.opinions_before,
            self.meetings - self.meetings_before,
            self.resolved - self.resolved_before,
        )


@dataclass(frozen=True)
class Line:
    """A unit below the one asked for, with all that lies below it; or that one itself (`is_own`: 本级)."""

    unit_id: int
    name: str
    level: str
    figures: Figures
    is_own: bool = False


@dataclass(frozen=True)
class Gatherings:
    """The meetings of one name: how many were held, and what passed in them, now and the year before."""

    name: str
    is_assembly: bool
    held: int
    held_before: int
    resolved: int
    resolved_before: int


@dataclass(frozen=True)
class Statistics:
    """`lines` stand in the county's own order, never sorted by a figure. `counted` and `compared` are the days the
    figures are of. `units` says how many units of each level there are, `committees` how many 乡镇党委.
    """

    unit: Unit
    above: list[tuple[int, str]]
    places: list[tuple[int, str]]
    period: Period
    counted: Period
    compared: Period
    lines: list[Line]
    total: Figures
    gatherings: list[Gatherings]
    units: Mapping[str, int]
    committees: int


def may_see_any(rt: Runtime, actor: Actor) -> bool:
    return bool(figures_tops(actor, rt.designations))


def statistics(rt: Runtime, actor: Actor, unit_id: int | None, period: Period) -> Statistics:
    """The figures of a unit; without one, of the first this person sees. Raises NotVisible, Forbidden."""
    tops = figures_tops(actor, rt.designations)
    if not tops:
        raise Forbidden("no-statistics", "统计由县、乡镇的干部和村的主要干部查看。您的待办在“待办”里")
    return rt.database.look(lambda c: _statistics(rt, c, tops, unit_id, period))


def _statistics(
    rt: Runtime, c: Connection, tops: Sequence[str], unit_id: int | None, period: Period
) -> Statistics:
    places, line = _known(c, tops, unit_id)
    found = subtree(c, line[-1].path)
    counted = period.so_far(rt.today())
    compared = counted.year_before()
    gathered = _gathered(c, line[-1].path, counted, compared)
    parties = _with_post(c, line[-1].path, counted.last)
    raw = _Raw(
        _opinions(c, line[-1].path, counted, compared),
        gathered,
        _active(c, line[-1].path, counted),
        parties[SECRETARY],
    )
    lines = _lines(found, raw)
    total = sum((one.figures for one in lines), Figures())
    return Statistics(
        unit=line[-1],
        above=[(one.id, one.name) for one in line[:-1]],
        places=places,
        period=period,
        counted=counted,
        compared=compared,
        lines=lines,
        total=total,
        gatherings=_by_name(gathered),
        units=_levels(found),
        committees=len(parties[COMMITTEE]),
    )


def _known(
    c: Connection, tops: Sequence[str], unit_id: int | None
) -> tuple[list[tuple[int, str]], list[Unit]]:
    """The places one may begin at, and the line from one of them down to the unit asked for. Two statements."""
    ids = [int(path.strip("/").rsplit("/", 1)[-1]) for path in tops]
    wanted = ids[0] if unit_id is None else unit_id
    path = c.scalar(select(units.c.path).where(units.c.id == wanted, or_(*(within(top) for top in tops))))
    if path is None:
        raise NotVisible("unit-unknown", "没有这个单位，或者它的统计不在您能查看的范围里")
    top = next(top for top in tops if path.startswith(top))
    line = [int(part) for part in path[len(top) :].split("/") if part]
    query = select(units).where(units.c.id.in_([*ids, *line]))
    rows = {
        row.id: Unit(row.id, row.parent_id, row.level, row.code, row.name, row.path)
        for row in c.execute(query)
    }
    begun = int(top.strip("/").rsplit("/", 1)[-1])
    return [(place, rows[place].name) for place in ids], [rows[each] for each in (begun, *line)]


# ---------------------------------------------------------------- counting in the database


@dataclass(frozen=True)
class _Gathered:
    unit_id: int
    name: str
    held: int = 0
    held_before: int = 0
    resolved: int = 0
    resolved_before: int = 0

    @property
    def is_assembly(self) -> bool:
        return any(word in self.name for word in ASSEMBLY)


@dataclass(frozen=True)
class _Raw:
    """By unit, as the database counted."""

    opinions: Mapping[int, tuple[int, int]]
    gathered: Sequence[_Gathered]
    active: frozenset[int]
    parties: frozenset[int]


def _in(moment: ColumnElement[Any], period: Period) -> ColumnElement[bool]:
    start, end = period.span
    return and_(moment >= start, moment < end)


def _counts(
    moment: ColumnElement[Any], counted: Period, compared: Period
) -> tuple[list[ColumnElement[int]], ColumnElement[bool]]:
    """How many rows lie in either period, and the condition that they lie in one."""
    now, before = _in(moment, counted), _in(moment, compared)
    return [func.sum(case((when, 1), else_=0)) for when in (now, before)], or_(now, before)


def _opinions(c: Connection, path: str, counted: Period, compared: Period) -> dict[int, tuple[int, int]]:
    numbers, when = _counts(opinions.c.at, counted, compared)
    query = (
        select(instances.c.unit_id, *numbers)
        .select_from(opinions)
        .join(instances, instances.c.id == opinions.c.instance_id)
        .join(units, units.c.id == instances.c.unit_id)
        .where(within(path), when, KEPT, or_(opinions.c.source != "open", opinions.c.admitted.is_(True)))
        .group_by(instances.c.unit_id)
    )
    return {unit: (int(now), int(before)) for unit, now, before in c.execute(query)}


def _gathered(c: Connection, path: str, counted: Period, compared: Period) -> list[_Gathered]:
    """Meetings held, and motions passed in them, by unit and name."""
    numbers, when = _counts(_HELD_AT, counted, compared)
    held: Select[Any] = (
        select(meetings.c.unit_id, meetings.c.name, *numbers)
        .select_from(meetings)
        .join(units, units.c.id == meetings.c.unit_id)
        .where(within(path), when, meetings.c.status == "held")
        .group_by(meetings.c.unit_id, meetings.c.name)
    )
    passed = (
        held.join(ballots, ballots.c.meeting_id == meetings.c.id)
        .join(motions, motions.c.task_id == ballots.c.task_id)
        .where(motions.c.passed.is_(True))
    )
    resolved = {(unit, name): numbers for unit, name, *numbers in c.execute(passed)}
    return [
        _Gathered(unit, name, *map(int, [*numbers, *resolved.get((unit, name), (0, 0))]))
        for unit, name, *numbers in c.execute(held)
    ]


# Written down days later it was still held when it was to begin; opened before, it was held then.
_HELD_AT = case(
    (meetings.c.opened_at < meetings.c.starts_at, meetings.c.opened_at), else_=meetings.c.starts_at
)


def _active(c: Connection, path: str, counted: Period) -> frozenset[int]:
    """Units with a matter that began or was running in the period. Each is looked up by itself, so that not one state
    of a matter is read.
    """
    start, end = counted.span
    running = (
        select(instances.c.id)
        .where(
            instances.c.unit_id == units.c.id,
            instances.c.started_at < end,
            or_(instances.c.ended_at.is_(None), instances.c.ended_at >= start),
        )
        .exists()
    )
    return frozenset(c.scalars(select(units.c.id).where(within(path), running)))


def _with_post(c: Connection, path: str, day: date) -> dict[str, frozenset[int]]:
    """The units where somebody held these posts on a day."""
    query = (
        select(tenures.c.post, tenures.c.unit_id)
        .distinct()
        .join(units, units.c.id == tenures.c.unit_id)
        .where(
            within(path),
            tenures.c.post.in_((SECRETARY, COMMITTEE)),
            tenures.c.starts_on <= day,
            or_(tenures.c.ends_on.is_(None), tenures.c.ends_on >= day),
        )
    )
    found: dict[str, set[int]] = defaultdict(set)
    for post, unit in c.execute(query):
        found[post].add(unit)
    return {post: frozenset(found[post]) for post in (SECRETARY, COMMITTEE)}


# ---------------------------------------------------------------- adding up


def _lines(found: Sequence[Unit], raw: _Raw) -> list[Line]:
    """The unit itself, where something is its own or nothing lies below it, then each unit below."""
    top = found[0]
    belongs = {unit.id: _child(top, unit) for unit in found}
    sums: dict[int, Figures] = defaultdict(Figures)
    for unit_id, figures in _by_unit(found, raw):
        sums[belongs[unit_id]] += figures
    own = Line(top.id, top.name, top.level, sums[top.id], is_own=True)
    below = [
        Line(unit.id, unit.name, unit.level, sums[unit.id])
        for unit in found[1:]
        if belongs[unit.id] == unit.id
    ]
    return [own, *below] if own.figures != Figures() or not below else below


def _child(top: Unit, unit: Unit) -> int:
    """The unit directly below `top` that this one is or lies in; `top` itself for itself."""
    rest = unit.path[len(top.path) :]
    return int(rest.split("/", 1)[0]) if rest else top.id


def _by_unit(found: Sequence[Unit], raw: _Raw) -> Iterable[tuple[int, Figures]]:
    """What each unit has of its own; a unit may come several times."""
    villages = {unit.id for unit in found if unit.level == "村"}
    used = {
        place
        for unit in found
        if unit.id in raw.active
        for place in map(int, filter(None, unit.path.split("/")))
        if place in villages
    }
    for village in villages:
        yield village, Figures(villages=1, using=int(village in used), parties=int(village in raw.parties))
    for unit_id, (now, before) in raw.opinions.items():
        yield unit_id, Figures(opinions=now, opinions_before=before)
    for one in raw.gathered:
        if one.is_assembly:
            yield (
                one.unit_id,
                Figures(0, 0, one.held, one.held_before, one.resolved, one.resolved_before),
            )


def _by_name(gathered: Iterable[_Gathered]) -> list[Gatherings]:
    """Meetings of all units by name: 村代会 first, the others in the order of their names."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    kinds: dict[str, bool] = {}
    keys = ("held", "held_before", "resolved", "resolved_before")
    for one in gathered:
        kinds[one.name] = one.is_assembly
        sums[one.name].update({key: getattr(one, key) for key in keys})
    names = sorted(kinds, key=lambda name: (not kinds[name], name))
    return [Gatherings(name, kinds[name], *(sums[name][key] for key in keys)) for name in names]


def _levels(found: Sequence[Unit]) -> dict[str, int]:
    """Units by level, the one asked for included; 区 apart from 县, as the county's own table has them."""
    counted = Counter(unit.level for unit in found)
    districts = sum(unit.level == "县" and unit.name.endswith("区") for unit in found)
    return {**counted, "县": counted["县"] - districts, "区": districts}
