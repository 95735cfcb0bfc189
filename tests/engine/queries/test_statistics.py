"""The very figures of source 001, from data of its size; what is counted, and for whom."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from engine.authorisation import Actor
from engine.clock import VirtualClock
from engine.operations import appoint
from engine.people.tenures import dismiss
from engine.queries.periods import Period, read
from engine.queries.statistics import Figures, Statistics, statistics
from engine.refusal import Forbidden, NotVisible
from engine.runtime import Runtime
from engine.store import Database, count_statements
from engine.store.proceedings import opinions
from engine.store.tables import instances, units
from tests.source001 import BEFORE, COUNTIES, NEW_YEAR, REPORTED, TOWNSHIPS, build, matter
from tests.voting import Hall
from tests.world import configuration, settle

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


class City:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.runtime = Runtime(database, configuration(database), VirtualClock(NOW))
        self.units = database.run(build)
        self.actor = actor(self.runtime, self.units[""])

    def figures(self, written: str = "2025", unit: str | None = None) -> Statistics:
        period = read(written, "", "", self.runtime.today())
        return statistics(self.runtime, self.actor, self.units[unit] if unit else None, period)


def actor(runtime: Runtime, person: int) -> Actor:
    return runtime.database.look(lambda c: runtime.actor(c, person))


@pytest.fixture
def city(database: Database) -> City:
    return City(database)


def test_the_table_of_source_001(city: City) -> None:
    found = city.figures()
    assert found.total == Figures(**REPORTED, **BEFORE)
    assert found.total.more == (19280 - 7031, 4034 - 1502, 2417)
    assert round(100 * found.total.using / found.total.villages) == 87
    assert (found.units["县"], found.units["区"], found.units["乡镇"]) == (6, 4, TOWNSHIPS)
    assert found.committees == TOWNSHIPS
    assert [line.name for line in found.lines] == list(COUNTIES)  # in the county's own order
    by_name = {one.name: (one.held, one.resolved) for one in found.gatherings}
    assert by_name == {"村民代表会议": (4034, 3576), "支委会会议": (167, 1)}
    _one_level_adds_up_to_the_next(city, found)
    _the_number_of_statements_is_constant(city)


def _one_level_adds_up_to_the_next(city: City, found: Statistics) -> None:
    below = city.figures(unit=COUNTIES[0])
    assert below.total == found.lines[0].figures
    assert [name for _, name in below.above] == ["示范市"]
    town = city.figures(unit=below.lines[0].name)
    assert town.total == below.lines[0].figures
    village = city.figures(unit=town.lines[0].name)
    assert village.total == town.lines[0].figures and len(village.lines) == 1


def _the_number_of_statements_is_constant(city: City) -> None:
    for unit in (None, COUNTIES[0]):
        with count_statements(city.database) as sent:
            city.figures(unit=unit)
        assert len(sent) == 8


def test_years_and_their_ends(sqlite_database: Database) -> None:
    """What came at midnight belongs to the day that begins; a year that runs is compared to the day."""
    city = City(sqlite_database)
    last_minutes = city.figures("2025-12").total
    assert last_minutes.opinions == REPORTED["opinions"] and last_minutes.meetings == 0
    earlier = city.figures("2024").total
    assert (earlier.opinions, earlier.meetings, earlier.resolved) == (7031, 1502, 1159)
    assert earlier.more[0] == 7031
    running = city.figures("2026")
    assert running.counted.last == running.compared.last.replace(year=2026) == city.runtime.today()
    assert running.total.resolved_before == REPORTED["resolved"]  # of the first of March, which has passed
    assert running.total.opinions_before == 0  # they came at the end of last year
    month = city.figures("2026-01").total
    with sqlite_database.read() as c:
        just_then = c.scalar(select(func.count()).select_from(opinions).where(opinions.c.at == NEW_YEAR))
    assert month.opinions == just_then
    used_then = city.figures("2024").total.using
    assert used_then < REPORTED["villages"]  # some began later
    _what_a_hamlet_does_counts_for_its_village(city)


def _what_a_hamlet_does_counts_for_its_village(city: City) -> None:
    """A village that did nothing that year, but for a matter of its 屋场 that began in the year's last moment."""
    with city.database.read() as c:
        began = select(units).join(instances, instances.c.unit_id == units.c.id)
        idle = c.execute(began.where(instances.c.started_at == NEW_YEAR)).first()
    assert idle is not None and city.figures(unit=idle.name).total.using == 0
    hamlet = {
        "id": 9999,
        "parent_id": idle.id,
        "level": "屋场",
        "code": "h",
        "name": "樟树下",
        "path": f"{idle.path}9999/",
    }
    last_moment = NEW_YEAR - timedelta(microseconds=1)
    city.database.run(lambda c: c.execute(insert(units), [hamlet]))
    city.database.run(lambda c: c.execute(insert(instances), [matter(1, 9999, started_at=last_moment)]))
    found = city.figures(unit=idle.name)
    assert found.total.using == 1 and found.total.villages == 1
    assert [(line.name, line.is_own) for line in found.lines] == [(idle.name, True), ("樟树下", False)]


# ---------------------------------------------------------------- for whom


@pytest.mark.parametrize(
    ("who", "sees"),
    [("管得宽", "清溪镇"), ("经管", "清溪镇"), ("书记", "柳湾村"), ("主任", "柳湾村"), ("文书", "柳湾村")],
)
def test_one_begins_at_ones_own_unit(sqlite_database: Database, who: str, sees: str) -> None:
    runtime, world = _village(sqlite_database)
    me = actor(runtime, world.people[who])
    period = Period.containing(runtime.today(), "年")
    assert statistics(runtime, me, None, period).unit.name == sees
    for hidden in {"county", "other"} if sees == "柳湾村" else {"county"}:
        with pytest.raises(NotVisible):
            statistics(runtime, me, world.units[hidden], period)


@pytest.mark.parametrize("who", ["报账", "会计", "百姓"])
def test_who_leads_nothing_sees_no_figures(sqlite_database: Database, who: str) -> None:
    runtime, world = _village(sqlite_database)
    with pytest.raises(Forbidden):
        statistics(runtime, actor(runtime, world.people[who]), None, Period.containing(runtime.today(), "年"))


def test_two_units_of_ones_own_and_none_after_leaving(sqlite_database: Database) -> None:
    runtime, world = _village(sqlite_database)
    boss, person = world.people["管得宽"], world.people["主任"]
    appoint(runtime, boss, person, world.units["other"], "村代会主席")
    period = Period.containing(runtime.today(), "年")
    found = statistics(runtime, actor(runtime, person), world.units["other"], period)
    assert found.unit.name == "桃源村" and [name for _, name in found.places] == ["柳湾村", "桃源村"]
    yesterday = runtime.today() - timedelta(days=1)
    sqlite_database.run(
        lambda c: dismiss(c, world.people["书记"], "村党组织书记", world.units["village"], yesterday)
    )
    with pytest.raises(Forbidden):
        statistics(runtime, actor(runtime, world.people["书记"]), None, period)
    assert statistics(runtime, actor(runtime, boss), None, period).total.parties == 0


def _village(database: Database) -> tuple:  # type: ignore[type-arg]
    return Runtime(database, configuration(database), VirtualClock(NOW)), settle(database, NOW)


# ---------------------------------------------------------------- as things happen


def test_a_vote_taken_is_a_figure_at_once(sqlite_database: Database) -> None:
    """Two motions, one lost: one meeting, one resolved; another meeting that lacks its quorum is none."""
    runtime, world = _village(sqlite_database)
    hall = Hall(runtime, world, representatives=6)
    task = hall.opened("修路", "修渠")
    hall.cast(task, yes=6)
    hall.cast(task, yes=1, no=5, motion=2)
    hall.act(task, "close", "主席", {})
    poor = hall.opened("修桥", present=1)
    hall.act(poor, "close", "主席", {})
    found = statistics(
        runtime, actor(runtime, world.people["书记"]), None, Period.containing(runtime.today(), "月")
    )
    total = found.total
    assert (total.meetings, total.resolved, total.opinions) == (1, 1, 0)
    assert (total.villages, total.using, total.parties) == (1, 1, 1)
