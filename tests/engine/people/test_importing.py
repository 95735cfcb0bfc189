"""A county from TOML: all mistakes at once with their place, nothing half imported, and again without harm."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from engine import journal
from engine.people import accounts, roster, tenures, units
from engine.people.county import CountyRefused, check_county, read_county
from engine.people.designations import designations
from engine.people.importing import Imported, import_county
from engine.store import Database
from engine.store.metadata import metadata
from engine.store.tables import household_members, people, representations

NOW, TODAY = datetime(2026, 3, 2, 1, tzinfo=UTC), date(2026, 3, 2)
COUNTY = """
units = [
  { code = "c", level = "村", name = "柳湾村", parent = "z" },
  { code = "z", level = "乡镇", name = "清溪镇", parent = "x" },
  { code = "x", level = "县", name = "云岭县" },
]
people = [
  { code = "a", name = "张三", gender = "男", born = 1970-01-02, unit = "c", phone = "10000000001", household = "1" },
  { code = "b", name = "李四", unit = "c", household = "1", head = true },
  { code = "d", name = "王五", unit = "c" },
]
posts = [
  { person = "a", post = "村委会主任", unit = "c", from = 2021-01-01 },
  { person = "b", post = "会计", unit = "c", from = 2021-01-01, to = 2025-12-31 },
]
registers = [ { register = "村民代表", unit = "c", from = 2021-01-01, people = ["b", "d"] } ]
kinships = [ { people = ["a", "d"] } ]
representations = [ { person = "d", unit = "c", households = ["1"], from = 2021-01-01 } ]
accounts = [ { person = "a", login = "zhangs" } ]
parameters = [ { unit = "c", procedure = "zhichu", values = { "大额标准" = 3000 } } ]
"""


def county(text: str = COUNTY) -> dict[str, Any]:
    return check_county(tomllib.loads(text), designations())


def bring(database: Database, text: str = COUNTY) -> Imported:
    return import_county(database, county(text), designations(), NOW, TODAY)


def counts(database: Database) -> dict[str, int]:
    with database.read() as c:
        return {t.name: c.scalar(select(func.count()).select_from(t)) or 0 for t in metadata.sorted_tables}


def test_what_comes_in(database: Database) -> None:
    done = bring(database)
    assert (done.units, done.people, done.appointments, done.accounts, done.parameters) == (3, 3, 4, 1, 1)
    assert accounts.sign_in(database, "zhangs", done.passwords["zhangs"], "-", NOW).must_change
    with database.read() as c:
        village = units.by_code(c, "c")
        assert village
        assert roster.holders(c, "村代会组成人员", village.id, TODAY) == [1, 2, 3]
        assert roster.holders(c, "会计", village.id, date(2025, 6, 1)) == [2]
        assert c.execute(select(household_members.c.is_head)).scalars().all() == [False, True]
        assert journal.verify(c).entries == 1


def test_again_updates_by_code_and_undoes_nothing(database: Database) -> None:
    bring(database)
    before = counts(database)
    with database.write() as c:
        village = units.by_code(c, "c")
        assert village
        tenures.dismiss(c, 1, "村委会主任", village.id, date(2026, 1, 31))
    again = bring(database, COUNTY.replace("张三", "张三丰").replace("柳湾村", "柳湾新村"))
    assert again.passwords == {}
    assert counts(database) == before | {"journal": 2}
    with database.read() as c:
        assert c.scalars(select(people.c.name).order_by(people.c.id)).all() == ["张三丰", "李四", "王五"]
        assert units.get(c, village.id).name == "柳湾新村"
        assert roster.holders(c, "村委会主任", village.id, TODAY) == []  # dismissed since: stays so


def test_somebody_entered_by_hand_is_recognised_by_the_telephone(database: Database) -> None:
    with database.write() as c:
        unit = units.add(c, "县", "x", "云岭县")
        c.execute(people.insert().values(unit_id=unit.id, name="张三", phone="10000000001"))
    assert bring(database).people == 2


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'unit = "c", phone',
            'unit = "q", phone',
            "people 第 1 项（张三）：文件里没有编码为“q”的单位",
        ),
        ('code = "b"', 'code = "a"', "people 第 2 项（李四）：code “a”和第 1 项重复"),
        ('gender = "男"', 'gender = "m"', "people 第 1 项（张三）：gender 写得不对：男 或 女"),
        ("born = 1970-01-02", 'born = "1970"', "born 写得不对：日期"),
        ("head = true", "head = 1", "head 写得不对"),
        ('phone = "10000000001"', 'telephone = "1"', "不认识 telephone"),
        ('name = "李四", ', "", "people 第 2 项（b）：缺 name"),
        ('post = "会计"', 'post = "财务"', "posts 第 2 项（b）：posts.toml 里没有“财务”这个岗位"),
        ('post = "会计"', 'post = "村民代表"', "没有“村民代表”这个岗位"),
        ('post = "会计", unit = "c"', 'post = "会计", unit = "z"', "会计设在村，不能设在z"),
        ('register = "村民代表"', 'register = "村两委"', "没有“村两委”这个名册"),
        ('people = ["a", "d"]', 'people = ["a", "a"]', "kinships 第 1 项：people 要写两个不同的人"),
        ('level = "村"', 'level = "县"', "units 第 1 项（柳湾村）：乡镇下面不能设县"),
        ('level = "村"', 'level = "组"', "level 只能写"),
        (', parent = "x"', "", "最上面的单位（不写 parent 的）要有且只有一个，现在有 2 个"),
        ('login = "zhangs"', 'login = "张三"', "login 写得不对"),
        ('households = ["1"]', 'households = ["9"]', "c里没有编号为“9”的户"),
        ("kinships =", "kin =", "不认识 [[kin]]"),
        ("kinships = [", "kinships = 1 #", "kinships 要写成 [[kinships]]"),
    ],
)
def test_mistakes_are_named_with_their_place(old: str, new: str, message: str) -> None:
    assert old in COUNTY
    with pytest.raises(CountyRefused) as caught:
        county(COUNTY.replace(old, new, 1))
    assert message in str(caught.value)


def test_all_mistakes_come_at_once(database: Database) -> None:
    before = counts(database)
    text = (
        COUNTY.replace('"会计"', '"财务"')
        .replace('["b", "d"]', '["b", "e"]')
        .replace('login = "zhangs"', 'login = "A"')
    )
    with pytest.raises(CountyRefused) as caught:
        bring(database, text.replace('login = "A"', 'login = "zs"'))
    assert len(caught.value.errors) == 2
    assert counts(database) == before


def test_what_the_red_lines_refuse_undoes_everything(database: Database) -> None:
    before = counts(database)
    posts = """
  { person = "d", post = "村务监督委员会主任", unit = "c", from = 2021-01-01 },
  { person = "b", post = "出纳", unit = "c", from = 2021-01-01 },
]
registers ="""
    with pytest.raises(CountyRefused) as caught:
        bring(database, COUNTY.replace("]\nregisters =", posts.lstrip("\n")))
    first, second = caught.value.errors
    assert first.startswith("posts 第 3 项（d）：王五的近亲属张三")
    assert second.startswith("posts 第 4 项（b）：李四是柳湾村的会计，不能兼任出纳")
    assert counts(database) == before


def test_what_stands_in_the_database_already_is_not_turned_round(database: Database) -> None:
    bring(database)
    before = counts(database)
    text = COUNTY.replace(
        'level = "村", name = "柳湾村", parent = "z"', 'level = "村", name = "柳湾村", parent = "x"'
    )
    with pytest.raises(CountyRefused, match="不能改变级别或上级"):
        bring(database, text)
    with database.write() as c:
        c.execute(people.insert().values(unit_id=1, name="赵六", phone="10000000006"))
    with pytest.raises(CountyRefused, match="已经登记在赵六名下"):
        bring(database, COUNTY.replace("10000000001", "10000000006"))
    with pytest.raises(CountyRefused, match="已经有别的账号（zhangs）"):
        bring(database, COUNTY.replace('person = "a", login', 'person = "b", login'))
    assert counts(database) == before | {"people": 4}


def test_two_people_may_exchange_their_numbers(database: Database) -> None:
    both = COUNTY.replace('code = "b",', 'code = "b", phone = "10000000002",')
    bring(database, both)
    bring(database, both.replace("0001", "0003").replace("0002", "0001").replace("0003", "0002"))
    with database.read() as c:
        phones = c.scalars(select(people.c.phone).order_by(people.c.id)).all()
    assert phones == ["10000000002", "10000000001", None]


@pytest.mark.parametrize(
    ("content", "message"), [(None, "读不了"), (b"\xd5\xc5", "不是 UTF-8"), (b"units = [", "不是正确的 TOML")]
)
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "county.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CountyRefused, match=message):
        read_county(path, designations())


def test_a_household_has_one_delegate_and_changes_from_a_day(database: Database) -> None:
    def speaks() -> list[tuple[str, date, date | None]]:
        columns = (people.c.code, representations.c.starts_on, representations.c.ends_on)
        query = select(*columns).join(people, people.c.id == representations.c.person_id)
        with database.read() as c:
            return [tuple(row) for row in c.execute(query.order_by(representations.c.starts_on))]

    bring(database)
    bring(database)  # again is nothing new
    assert speaks() == [("d", date(2021, 1, 1), None)]
    other = COUNTY.replace('person = "d", unit = "c", households', 'person = "b", unit = "c", households')
    with pytest.raises(CountyRefused, match="由别人联系"):
        bring(database, other)
    bring(database, other.replace('["1"], from = 2021-01-01', '["1"], from = 2026-01-01'))
    assert speaks() == [("d", date(2021, 1, 1), date(2025, 12, 31)), ("b", date(2026, 1, 1), None)]
