"""Who chooses a parameter, what applies to a new matter, and where that comes from."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select

from engine import operations
from engine.people.tenures import appoint
from engine.queries import matters, settings
from engine.refusal import Forbidden, Invalid, Overtaken
from engine.setting_up import read_files
from engine.store.tables import journal, parameter_choices, parameter_sets
from tests import world
from tests.engine.operations.conftest import FOLDER, Office, files

SUM, REPLY = "大额标准", "答复时限"


def choose(
    office: Office,
    by: str,
    unit: str,
    opened: list[str] | None = None,
    seen: int | None = None,
    **values: Any,
) -> bool:
    ticks = None if opened is None else dict.fromkeys(opened, True)
    return operations.set_parameters(office.runtime, office[by], unit, "zhichu", values, ticks, seen)


def close(office: Office, by: str, unit: str, *names: str) -> None:
    operations.set_parameters(office.runtime, office[by], unit, "zhichu", {}, dict.fromkeys(names, False))


def seen_in(office: Office, matter: str, by: str = "报账") -> dict[str, tuple[str, str]]:
    """What the matter's page says: {title: (value, origin)}."""
    with office.database.read() as c:
        actor = office.runtime.actor(c, office[by])
    view = matters.matter(office.runtime, actor, matter)
    return {one.title: (one.value, one.origin) for one in view.settings}


def amount(office: Office) -> tuple[str, str]:
    """The sum that applies to a matter that starts now in the village, and whose it is."""
    return seen_in(office, office.start())["较大数额的标准"]


@pytest.fixture
def county_office(office: Office) -> Office:
    """With somebody who administers the county."""
    person, _ = operations.add_person(office.runtime, office["管得宽"], "town", "县里人")
    office.world.people["县里人"] = person
    office.database.run(lambda c: appoint(c, person, "县管理员", office.world.units["county"], world.SINCE))
    return office


def test_nobody_chose(office: Office) -> None:
    assert amount(office) == ("5,000 元", "默认值")


def test_the_nearest_unit_counts_parameter_by_parameter(county_office: Office) -> None:
    office = county_office
    assert choose(office, "县里人", "county", 大额标准=6000, 答复时限="4wd")
    assert choose(office, "管得宽", "town", [SUM], 大额标准=3000)
    assert amount(office) == ("3,000 元", "清溪镇 2026-03-02 设定")
    office.wait(days=1)
    assert choose(office, "书记", "village", 大额标准=1000)
    shown = seen_in(office, office.start())
    assert shown["较大数额的标准"] == ("1,000 元", "本村 2026-03-03 设定")
    assert shown["答复的时限"] == ("4 个工作日", "云岭县 2026-03-02 设定")
    assert shown["登记支付的时限"] == ("5 个工作日", "默认值")


def test_a_village_chooses_only_what_the_township_has_opened(office: Office) -> None:
    with pytest.raises(Forbidden, match="由清溪镇统一定") as refused:
        choose(office, "书记", "village", 大额标准=1000)
    assert SUM in refused.value.fields
    choose(office, "管得宽", "town", [SUM])
    assert choose(office, "书记", "village", 大额标准=1000)
    with pytest.raises(Forbidden):
        choose(office, "书记", "village", 大额标准=1000, 答复时限="1wd")


def test_what_a_township_takes_back_counts_over_a_villages_older_choice(office: Office) -> None:
    choose(office, "管得宽", "town", [SUM])
    choose(office, "书记", "village", 大额标准=1000)
    close(office, "管得宽", "town", SUM)
    assert amount(office) == ("5,000 元", "默认值")
    choose(office, "管得宽", "town", 大额标准=2000)
    assert amount(office) == ("2,000 元", "清溪镇 2026-03-02 设定")
    choose(office, "管得宽", "town", [SUM])
    assert amount(office) == ("1,000 元", "本村 2026-03-02 设定")


def test_a_county_may_keep_a_value_to_itself(county_office: Office) -> None:
    office = county_office
    choose(office, "管得宽", "town", 大额标准=2000)
    close(office, "县里人", "county", SUM)
    assert amount(office) == ("5,000 元", "默认值")
    with pytest.raises(Forbidden, match="由云岭县统一定"):
        choose(office, "管得宽", "town", 大额标准=3000)
    with pytest.raises(Forbidden):
        choose(office, "管得宽", "town", [SUM])


def test_the_value_from_above_is_no_choice(county_office: Office) -> None:
    """Who goes back to it follows the one above again."""
    office = county_office
    choose(office, "管得宽", "town", 大额标准=2000)
    choose(office, "管得宽", "town", 大额标准=5000)
    assert amount(office) == ("5,000 元", "默认值")
    choose(office, "县里人", "county", 大额标准=8000)
    assert amount(office) == ("8,000 元", "云岭县 2026-03-02 设定")


def test_each_choice_keeps_its_own_day(office: Office) -> None:
    choose(office, "管得宽", "town", 大额标准=2000)
    office.wait(days=2)
    choose(office, "管得宽", "town", 大额标准=2000, 答复时限="2wd")
    shown = seen_in(office, office.start())
    assert shown["较大数额的标准"][1] == "清溪镇 2026-03-02 设定"
    assert shown["答复的时限"][1] == "清溪镇 2026-03-04 设定"


def test_a_matter_keeps_what_it_started_with_and_whose_it_was(office: Office) -> None:
    before = office.start()
    choose(office, "管得宽", "town", 大额标准=2000)
    during = office.start()
    choose(office, "管得宽", "town", 大额标准=1500)
    assert seen_in(office, before)["较大数额的标准"] == ("5,000 元", "默认值")
    assert seen_in(office, during)["较大数额的标准"] == ("2,000 元", "清溪镇 2026-03-02 设定")
    office.start()
    with office.database.read() as c:
        assert len(c.execute(select(parameter_sets)).all()) == 3  # shared by what is the same


def test_a_matter_has_those_of_what_it_calls(office: Office) -> None:
    """六步 calls the spending: what was chosen for the spending counts, and it is among those that keep theirs."""
    operations.publish_procedure(office.runtime, None, read_files(FOLDER.parent / "liubu"), "county")
    choose(office, "管得宽", "town", 大额标准=2000)
    done = operations.start_matter(office.runtime, office["书记"], "liubu", "village", "修桥")
    shown = seen_in(office, done.instance_id, "书记")
    assert shown["较大数额的标准"] == ("2,000 元", "清溪镇 2026-03-02 设定")
    assert shown["决议公示的天数"] == ("7 天", "默认值")
    with office.database.read() as c:
        actor = office.runtime.actor(c, office["管得宽"])
    town = office.world.units["town"]
    assert settings.sheet(office.runtime, actor, town, "zhichu").running == 1
    office.start()
    assert settings.sheet(office.runtime, actor, town, "zhichu").running == 2
    assert settings.sheet(office.runtime, actor, town, "liubu").running == 1


def test_who_chooses(office: Office) -> None:
    for person in (
        "主任",
        "文书",
        "报账",
        "管得宽",
    ):  # a township does not choose in a village's name (FD-14)
        with pytest.raises(Forbidden, match="村由村党组织书记改"):
            choose(office, person, "village", 大额标准=1000)
    for person in ("书记", "经管"):
        with pytest.raises(Forbidden):
            choose(office, person, "town", 大额标准=1000)


def test_bad_values_change_nothing(office: Office) -> None:
    with pytest.raises(Invalid) as refused:
        choose(office, "管得宽", "town", 大额标准=1, 答复时限="很久", 别的=1, 登记时限="2wd")
    assert set(refused.value.fields) == {SUM, REPLY, "别的"}
    assert refused.value.fields[SUM] == "不能小于 500 元"
    with pytest.raises(Invalid):
        choose(office, "管得宽", "town", ["没有这个"])
    with office.database.read() as c:
        assert c.execute(select(parameter_choices)).all() == []


def test_a_narrower_version_no_longer_counts_what_was_chosen_outside_it(office: Office) -> None:
    choose(office, "管得宽", "town", 大额标准=40000)
    toml = (FOLDER / "procedure.toml").read_text("utf-8").replace("maximum = 50000", "maximum = 10000")
    folder = files() | {"procedure.toml": toml.encode()}
    operations.publish_procedure(office.runtime, None, folder, "county")
    assert amount(office) == ("5,000 元", "默认值")


def test_nothing_changed_is_not_written_down(office: Office) -> None:
    assert choose(office, "管得宽", "town", [REPLY], 大额标准=2000)
    assert not choose(office, "管得宽", "town", [REPLY], 大额标准=2000, 登记时限="5wd")
    with office.database.read() as c:
        assert len(c.execute(select(parameter_choices)).all()) == 1
        entries = c.execute(select(journal).where(journal.c.action == "parameters")).all()
    assert [entry.detail for entry in entries] == [
        {"procedure": "zhichu", "values": {SUM: 2000}, "opened": {REPLY: True}}
    ]


def test_a_form_read_before_somebody_else_chose_is_overtaken(office: Office) -> None:
    with office.database.read() as c:
        actor = office.runtime.actor(c, office["管得宽"])
    sheet = settings.sheet(office.runtime, actor, office.world.units["town"], "zhichu")
    choose(office, "管得宽", "town", 大额标准=2000)
    with pytest.raises(Overtaken):
        choose(office, "管得宽", "town", seen=sheet.seen, 答复时限="2wd")
    sheet = settings.sheet(office.runtime, actor, office.world.units["town"], "zhichu")
    assert choose(office, "管得宽", "town", seen=sheet.seen, 答复时限="2wd")


def test_two_at_once_lose_nothing(office: Office) -> None:
    """Two who change different values at the same moment: both count."""
    together, failed = threading.Barrier(2), []

    def one(values: dict[str, Any]) -> None:
        together.wait()
        try:
            choose(office, "管得宽", "town", **values)
        except Exception as error:
            failed.append(error)

    for turn in range(1, 6):
        pair = [{SUM: 1000 + turn}, {REPLY: f"{turn + 3}wd"}]
        threads = [threading.Thread(target=one, args=(values,)) for values in pair]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with office.database.read() as c:
            row = c.execute(select(parameter_choices).order_by(parameter_choices.c.id.desc())).first()
        assert row is not None
        assert row.values == {SUM: 1000 + turn, REPLY: f"{turn + 3}wd"}
    assert failed == []


def test_what_a_person_is_offered(office: Office) -> None:
    def offered(name: str) -> list[tuple[str, list[tuple[str, int, int, int]]]]:
        with office.database.read() as c:
            actor = office.runtime.actor(c, office[name])
        return [
            (unit.name, [(one.title, one.total, one.mine, one.chosen) for one in procedures])
            for unit, procedures in settings.offers(office.runtime, actor)
        ]

    assert offered("管得宽") == [("清溪镇", [("村财支出联合审批", 6, 6, 0)])]
    choose(office, "管得宽", "town", [SUM, REPLY], 大额标准=2000)
    assert offered("管得宽") == [("清溪镇", [("村财支出联合审批", 6, 6, 1)])]
    assert offered("书记") == [("柳湾村", [("村财支出联合审批", 6, 2, 0)])]
    assert offered("报账") == []
