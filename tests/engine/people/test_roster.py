"""Who a lane means and what a person is: on both databases, each in one statement."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, update

from engine.people import roster, tenures, units
from engine.people.units import Unit
from engine.store import Database, count_statements
from engine.store.database import new_id
from engine.store.tables import people

BEFORE, START, DAY, LAST, AFTER = (date(2026, month, 1) for month in range(1, 6))


@dataclass
class Village:
    county: Unit
    town: Unit
    village: Unit
    ward: Unit
    other: Unit


@pytest.fixture
def place(database: Database) -> Village:
    with database.write() as c:
        county = units.add(c, "县", "x", "云岭县")
        town = units.add(c, "乡镇", "z", "清溪镇", county.id)
        village = units.add(c, "村", "c", "柳湾村", town.id)
        ward = units.add(c, "屋场", "w", "上湾屋场", village.id)
        other = units.add(c, "村", "o", "桃源村", town.id)
    return Village(county, town, village, ward, other)


def person(c: Connection, unit: Unit, name: str) -> int:
    return new_id(c.execute(people.insert().values(unit_id=unit.id, name=name)))


def test_a_lane_is_resolved_from_the_matter_upwards(database: Database, place: Village) -> None:
    with database.read() as c:
        resolve = roster.resolve_unit
        assert resolve(c, "屋场长", place.ward.id) == place.ward.id
        assert resolve(c, "村党组织书记", place.ward.id) == place.village.id
        assert resolve(c, "村两委", place.ward.id) == place.village.id
        assert resolve(c, "经管站", place.ward.id) == place.town.id
        assert resolve(c, "农业农村局", place.village.id) == place.county.id
        assert resolve(c, "责任单位", place.village.id) == place.town.id  # of two levels, the nearer one
        assert resolve(c, "村党组织书记", place.town.id) is None  # never downwards
        assert resolve(c, "主持人", place.village.id) is None  # a duty belongs to a meeting
        assert resolve(c, "村党组织书记", 999) is None
        with pytest.raises(KeyError):
            resolve(c, "不存在", place.village.id)


def test_holders_are_those_of_the_day_and_of_that_unit(database: Database, place: Village) -> None:
    with database.write() as c:
        one, two, three = (person(c, place.ward, name) for name in ("甲", "乙", "丙"))
        tenures.appoint(c, one, "村党组织书记", place.village.id, START, LAST)
        tenures.appoint(c, two, "村委会主任", place.village.id, START)
        tenures.appoint(c, two, "支委", place.village.id, START)
        tenures.appoint(c, three, "村委会主任", place.other.id, START)
        tenures.appoint(c, three, "村民代表", place.village.id, START)
    with database.read() as c, count_statements(database) as statements:

        def holders(name: str, on: date = DAY) -> list[int]:
            return roster.holders(c, name, place.village.id, on)

        assert (
            holders("村党组织书记")
            == holders("村党组织书记", START)
            == holders("村党组织书记", LAST)
            == [one]
        )
        assert holders("村党组织书记", BEFORE) == holders("村党组织书记", AFTER) == []
        assert holders("村两委") == [one, two]  # nobody twice
        assert holders("村两委", AFTER) == [two]
        assert holders("村代会组成人员") == [two, three]  # a group of posts and a register
        assert holders("主持人") == []
        assert len(statements) == 9 - 1
        assert holders("村民") == [one, two, three]
        assert roster.holders(c, "村民", place.town.id, DAY) == [one, two, three]


def test_a_villager_has_a_say_from_the_eighteenth_birthday(database: Database, place: Village) -> None:
    """FD-2, HW-3.2; whose birthday nobody wrote down is taken for grown up."""
    born = {
        "今天十八": DAY.replace(year=DAY.year - 18),
        "明天十八": DAY.replace(year=DAY.year - 18) + timedelta(days=1),
    }
    with database.write() as c:
        today, tomorrow, unknown = (person(c, place.ward, name) for name in (*born, "不详"))
        for one, day in zip((today, tomorrow), born.values(), strict=True):
            c.execute(update(people).where(people.c.id == one).values(born=day))
    with database.read() as c:
        for unit in (place.ward.id, place.village.id):
            assert roster.holders(c, "村民", unit, DAY) == [today, unknown]
            assert roster.holders(c, "村民", unit, DAY + timedelta(days=1)) == [today, tomorrow, unknown]
        assert "村民" not in {name for name, _ in roster.standing(c, tomorrow, DAY).capacities}
        assert "村民" in {name for name, _ in roster.standing(c, today, DAY).capacities}


def test_who_turns_eighteen_on_a_day_that_does_not_exist() -> None:
    assert roster.born_by(date(2028, 2, 29)) == date(2010, 2, 28)
    assert roster.born_by(date(2026, 3, 1)) == date(2008, 3, 1)


def test_a_persons_standing_takes_one_statement(database: Database, place: Village) -> None:
    with database.write() as c:
        one = person(c, place.ward, "甲")
        tenures.appoint(c, one, "村党组织书记", place.village.id, START, LAST)
        tenures.appoint(c, one, "文书", place.other.id, START)
        tenures.appoint(c, one, "村民代表", place.village.id, START)
        tenures.appoint(c, one, "乡镇管理员", place.town.id, START)
    with database.read() as c:
        with count_statements(database) as statements:
            standing = roster.standing(c, one, DAY)
        assert len(statements) == 1
        ward, village, town, other = place.ward.id, place.village.id, place.town.id, place.other.id
        groups = {("支委会", village), ("村两委", village), ("村主干", village), ("村代会组成人员", village)}
        assert standing.capacities == groups | {
            ("村党组织书记", village),
            ("文书", other),
            ("村民代表", village),
            ("乡镇管理员", town),
            ("村民", ward),  # a meeting of the neighbourhood is theirs
            ("村民", village),
            ("村民", town),  # a township asks the people of its villages too
        }
        assert standing.name == "甲"
        assert standing.clerk_units == {other}
        assert standing.administers(place.ward.path)
        assert not standing.administers(place.county.path)
        assert standing.holds_post_above(place.ward.path)
        assert not standing.holds_post_above(place.county.path)
        assert {name for name, _, _ in standing.posts} == {"村党组织书记", "文书", "乡镇管理员"}
        later = roster.capacities(c, one, AFTER)
        assert ("村党组织书记", village) not in later
        assert ("村两委", village) not in later
        assert ("文书", other) in later


def test_nobody_has_no_standing(database: Database, place: Village) -> None:
    with database.write() as c:
        gone = person(c, place.ward, "甲")
        c.execute(people.update().values(erased_at=datetime(2026, 1, 1, tzinfo=UTC)))
    with database.read() as c:
        for person_id in (gone, 999):
            with pytest.raises(KeyError):
                roster.standing(c, person_id, DAY)


def test_a_change_of_posts_raises_the_revision(database: Database, place: Village) -> None:
    with database.write() as c:
        one = person(c, place.ward, "甲")
        seen = [roster.standing(c, one, DAY).revision]
        tenures.appoint(c, one, "文书", place.village.id, START)
        seen.append(roster.standing(c, one, DAY).revision)
        tenures.dismiss(c, one, "文书", place.village.id, DAY)
        seen.append(roster.standing(c, one, DAY).revision)
    assert seen == sorted(set(seen))


def test_the_tree_of_units(database: Database, place: Village) -> None:
    with database.write() as c:
        assert [u.name for u in units.ancestors(c, place.ward.id)] == [
            "上湾屋场",
            "柳湾村",
            "清溪镇",
            "云岭县",
        ]
        assert [u.name for u in units.subtree(c, place.town.path)] == [
            "清溪镇",
            "柳湾村",
            "上湾屋场",
            "桃源村",
        ]
        for number in range(12):  # /1/2/3/ must not take in /1/2/30/, nor sort it wrongly
            units.add(c, "村", f"n{number}", f"{number}村", place.town.id)
        assert len(units.subtree(c, place.village.path)) == 2
        assert [u.name for u in units.subtree(c, place.town.path)][-1] == "11村"
        assert units.by_code(c, "c") == place.village
        assert units.by_code(c, "none") is None
        for level in ("村", "乡镇", "县", "片"):
            with pytest.raises(ValueError, match="村下面不能设"):
                units.add(c, level, "bad", "错", place.village.id)
