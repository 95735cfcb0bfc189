"""The sample county: complete, invented, and inside the red lines."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from engine import demo
from engine.calendar import published_years
from engine.clock import VirtualClock
from engine.people import roster, units
from engine.people.accounts import create_account, sign_in
from engine.people.designations import designations
from engine.people.tenures import appoint
from engine.store import Database
from engine.store.database import new_id
from engine.store.tables import accounts, households, parameter_choices, people, tenures

CLOCK = VirtualClock(datetime(2026, 3, 2, 1, tzinfo=UTC))
TODAY = date(2026, 3, 2)
VILLAGES = ("liuwan", "zhuping", "baishi", "fengshu", "shuikou")


def test_the_county_loads_and_loading_it_again_changes_nothing(database: Database) -> None:
    first = demo.load(database, CLOCK)
    again = demo.load(database, CLOCK)
    assert first.people == 174
    assert first.warnings == []
    assert (again.people, again.units, again.appointments, again.accounts, again.parameters) == (
        0,
        0,
        0,
        0,
        0,
    )
    with database.read() as c:
        assert c.scalar(select(func.count()).select_from(people)) == 174
        assert published_years(c) == [2025, 2026]
        assert demo.exists(c)
        assert c.scalar(select(func.count()).select_from(households)) > 50
        assert c.scalars(select(parameter_choices.c["values"])).all() == [{}, {"大额标准": 3000}]


def test_every_post_is_filled_but_one(sqlite_database: Database) -> None:
    demo.load(sqlite_database, CLOCK)
    known = designations()
    with sqlite_database.read() as c:
        needed = (
            "村党组织书记",
            "村委会主任",
            "村务监督委员会主任",
            "报账员",
            "会计",
            "出纳",
            "文书",
            "村代会主席",
        )
        vacant = [
            (code, post)
            for code in VILLAGES
            for post in needed
            if not roster.holders(c, post, units.by_code(c, code).id, TODAY)  # type: ignore[union-attr]
        ]
        assert vacant == [("baishi", "会计")]
        held = set(c.scalars(select(tenures.c.post)))
        wanted = {name for name, d in known.items() if d.kind == "岗位"}
        assert wanted <= held


def test_one_village_has_one_head_with_deputies_and_supervisors(sqlite_database: Database) -> None:
    demo.load(sqlite_database, CLOCK)
    with sqlite_database.read() as c:
        both = []
        for code in VILLAGES:
            unit = units.by_code(c, code)
            assert unit
            if roster.holders(c, "村党组织书记", unit.id, TODAY) == roster.holders(
                c, "村委会主任", unit.id, TODAY
            ):
                both.append(code)
        assert both == ["zhuping"]
        village = units.by_code(c, "zhuping")
        assert village
        for post in ("村党组织副书记", "村委会副主任", "村务监督委员会主任"):
            assert roster.holders(c, post, village.id, TODAY)


def test_the_assembly_meets_the_law(sqlite_database: Database) -> None:
    """FD-1: delegates at least four fifths of the members, women at least a third of the delegates."""
    demo.load(sqlite_database, CLOCK)
    rules = designations().redlines.thresholds
    with sqlite_database.read() as c:
        village = units.by_code(c, "liuwan")
        assert village
        delegates = roster.holders(c, "村民代表", village.id, TODAY)
        members = roster.holders(c, "村代会组成人员", village.id, TODAY)
        women = c.scalars(
            select(people.c.id).where(people.c.id.in_(delegates), people.c.gender == "女")
        ).all()
        assert len(delegates) == 30
        assert rules["代表占组成人员"].met(len(delegates), len(members))
        assert rules["妇女代表"].met(len(women), len(delegates))


def test_everybody_signs_in_with_the_sample_password(sqlite_database: Database) -> None:
    demo.load(sqlite_database, CLOCK)
    shown = demo.highlights(sqlite_database)
    assert len(shown) == len(demo.HIGHLIGHTS)
    assert "报账员" in shown[0].posts
    assert shown[0].unit == "柳湾村"
    account = sign_in(sqlite_database, shown[0].login, demo.PASSWORD, "127.0.0.1", CLOCK())
    assert account.name == shown[0].name
    assert len(demo.accounts(sqlite_database)) > 60


def test_invented_people_never_stand_among_real_ones(sqlite_database: Database) -> None:
    with sqlite_database.write() as c:
        county = units.add(c, "县", "x", "真县")
        person = new_id(c.execute(people.insert().values(unit_id=county.id, name="张三")))
        appoint(c, person, "县管理员", county.id, TODAY)
        create_account(c, person, "zhangsan", "a real password")
    with pytest.raises(demo.DemoRefused, match="正式账号"):
        demo.load(sqlite_database, CLOCK)
    with sqlite_database.read() as c:
        assert c.scalar(select(func.count()).select_from(accounts)) == 1


def test_sample_telephone_numbers_cannot_be_anybodys(sqlite_database: Database) -> None:
    """No Chinese mobile number begins with 100."""
    demo.load(sqlite_database, CLOCK)
    with sqlite_database.read() as c:
        assert all(phone.startswith("100") for phone in c.scalars(select(people.c.phone)))
