"""Taking and leaving a post: the red lines of §10 hold, and say in Chinese which one and why."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from engine.people import roster, tenures, units
from engine.people.tenures import Conflict, Refused, appoint, dismiss, relate
from engine.store import Database
from engine.store.database import new_id
from engine.store.tables import people
from engine.store.tables import tenures as tenures_table

DAY = date(2026, 3, 1)


@pytest.fixture
def c(sqlite_database: Database) -> Iterator[Connection]:
    with sqlite_database.write() as connection:
        town = units.add(connection, "乡镇", "z", "清溪镇")
        village = units.add(connection, "村", "c", "柳湾村", town.id)
        units.add(connection, "村", "o", "桃源村", town.id)
        units.add(connection, "屋场", "w", "上湾屋场", village.id)
        yield connection


@pytest.fixture
def person(c: Connection) -> Callable[[str], int]:
    return lambda name: new_id(c.execute(people.insert().values(unit_id=4, name=name)))


TOWN, VILLAGE, OTHER, WARD = 1, 2, 3, 4


def test_a_conflict_names_both_posts_and_the_rule(c: Connection, person: Callable[[str], int]) -> None:
    one = person("张三")
    appoint(c, one, "会计", VILLAGE, DAY)
    with pytest.raises(Conflict) as caught:
        appoint(c, one, "出纳", VILLAGE, DAY)
    for part in ("张三", "柳湾村", "会计", "出纳", "管账的不管钱", "兼任-4"):
        assert part in str(caught.value)
    assert c.scalar(select(func.count()).select_from(tenures_table)) == 1


def test_a_conflict_is_one_of_the_same_unit_and_the_same_time(
    c: Connection, person: Callable[[str], int]
) -> None:
    one = person("张三")
    appoint(c, one, "会计", VILLAGE, date(2020, 1, 1), date(2025, 12, 31))
    assert appoint(c, one, "出纳", OTHER, DAY) == []
    assert appoint(c, one, "出纳", VILLAGE, DAY) == []
    with pytest.raises(Conflict):
        appoint(c, one, "会计", VILLAGE, DAY)


def test_near_relatives_of_the_council_do_not_supervise_it(
    c: Connection, person: Callable[[str], int]
) -> None:
    one, two, three = person("张三"), person("李四"), person("王五")
    relate(c, two, one)
    relate(c, one, two)  # known already
    appoint(c, one, "村委会委员", VILLAGE, DAY)
    with pytest.raises(Conflict, match=r"近亲属张三.*村委会委员.*不能任村务监督委员会主任"):
        appoint(c, two, "村务监督委员会主任", VILLAGE, DAY)
    assert appoint(c, two, "村务监督委员会主任", OTHER, DAY) == []
    appoint(c, three, "村务监督委员会主任", VILLAGE, DAY)
    relate(c, three, two)
    with pytest.raises(Conflict, match="近亲属王五"):  # and the other way round
        appoint(c, two, "村委会副主任", VILLAGE, DAY)
    assert appoint(c, two, "支委", VILLAGE, DAY) == []
    with pytest.raises(Refused):
        relate(c, one, one)


def test_one_person_may_head_both(c: Connection, person: Callable[[str], int]) -> None:
    one = person("张三")
    assert appoint(c, one, "村党组织书记", VILLAGE, DAY) == []
    assert appoint(c, one, "村委会主任", VILLAGE, DAY) == []
    (warning,) = appoint(c, one, "村代会主席", VILLAGE, DAY)
    assert "村代会主席最好不由村委会主任兼任" in warning


def test_a_second_holder_and_a_missing_companion_are_warned_about(
    c: Connection, person: Callable[[str], int]
) -> None:
    one, two = person("张三"), person("李四")
    appoint(c, one, "村党组织书记", VILLAGE, DAY)
    (warning,) = appoint(c, two, "村党组织书记", VILLAGE, DAY)
    assert "现在是张三" in warning
    (warning,) = appoint(c, two, "党小组长", WARD, DAY)
    assert "HW-5" in warning
    assert appoint(c, one, "支委", VILLAGE, DAY) == appoint(c, two, "支委", VILLAGE, DAY) == []


@pytest.mark.parametrize(
    ("designation", "unit", "message"),
    [
        ("村党组织书记", TOWN, "设在村，清溪镇是乡镇"),
        ("屋场长", VILLAGE, "设在屋场"),
        ("经管站", VILLAGE, "设在乡镇"),
        ("村民代表", WARD, "设在村"),
        ("村两委", VILLAGE, "它是派生"),
        ("监票人", VILLAGE, "它是会次职务"),
        ("村民", VILLAGE, "每个住在这里的人"),
        ("董事长", VILLAGE, "没有“董事长”"),
    ],
)
def test_what_cannot_be_given(
    c: Connection, person: Callable[[str], int], designation: str, unit: int, message: str
) -> None:
    with pytest.raises(Refused, match=message):
        appoint(c, person("张三"), designation, unit, DAY)


def test_nobody_holds_a_post_twice_at_a_time(c: Connection, person: Callable[[str], int]) -> None:
    one = person("张三")
    appoint(c, one, "文书", VILLAGE, DAY)
    with pytest.raises(Refused, match="已经是柳湾村的文书"):
        appoint(c, one, "文书", VILLAGE, DAY)
    with pytest.raises(Refused, match="早于"):
        appoint(c, one, "代办员", VILLAGE, DAY, date(2026, 2, 1))
    with pytest.raises(IntegrityError):  # the database's own guard, for what runs at the same time
        c.execute(tenures_table.insert().values(person_id=one, unit_id=VILLAGE, post="文书", starts_on=DAY))


def test_leaving_a_post(c: Connection, person: Callable[[str], int]) -> None:
    one = person("张三")
    appoint(c, one, "文书", VILLAGE, DAY)
    appoint(c, one, "村民代表", VILLAGE, DAY)
    dismiss(c, one, "文书", VILLAGE, date(2026, 3, 31))
    dismiss(c, one, "村民代表", VILLAGE, date(2026, 3, 31))
    assert roster.holders(c, "文书", VILLAGE, date(2026, 3, 31)) == [one]
    assert roster.holders(c, "文书", VILLAGE, date(2026, 4, 1)) == []
    assert roster.holders(c, "村民代表", VILLAGE, date(2026, 4, 1)) == []
    with pytest.raises(Refused, match="现在不是柳湾村的文书"):
        dismiss(c, one, "文书", VILLAGE, date(2026, 3, 31))
    appoint(c, one, "文书", VILLAGE, date(2026, 5, 1))  # again, later
    dismiss(c, one, "文书", VILLAGE, date(2026, 4, 1))  # and taken back before it began
    assert roster.holders(c, "文书", VILLAGE, date(2026, 6, 1)) == []
    assert c.scalar(select(func.count()).select_from(tenures_table)) == 1
    with pytest.raises(Refused, match="没有这个人"):
        tenures.dismiss(c, 999, "文书", VILLAGE, DAY)
