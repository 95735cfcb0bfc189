"""Forms and settings of a draft: a name that changes changes wherever it stands, or nowhere."""

import json
import tomllib
from typing import Any

import pytest

from engine import operations
from engine.clock import VirtualClock
from engine.diagram import check_folder, load_folder
from engine.diagram.rewriting import form_users, parameter_users
from engine.queries import drafts
from engine.redlines import PROCESSES
from engine.refusal import Forbidden, Invalid, NotVisible, Overtaken
from engine.runtime import Runtime
from engine.setting_up import read_files
from engine.store import Database
from tests import world
from tests.engine.operations.conftest import MONDAY

DAYS = {"title": "公示几天", "type": "duration", "default": "7d", "minimum": "7d", "maximum": "30d"}


class Desk:
    """A designer and a draft of 八步."""

    def __init__(self, database: Database) -> None:
        self.world = world.settle(database, MONDAY)
        self.runtime = Runtime(database, world.configuration(database), VirtualClock(MONDAY))
        self.me = self.world.people["设计"]
        files = read_files(PROCESSES / "babu")
        self.draft = operations.create_draft(self.runtime, self.me, self.world.units["county"], files)

    @property
    def now(self) -> drafts.Draft:
        with self.runtime.database.read() as c:
            actor = self.runtime.actor(c, self.me)
        return drafts.draft(self.runtime, actor, self.draft)

    @property
    def files(self) -> dict[str, bytes]:
        return self.now.files

    @property
    def settings(self) -> dict[str, Any]:
        return tomllib.loads(self.files["procedure.toml"].decode())

    def digest(self, name: str) -> str:
        return self.now.stored[name].digest


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_a_form_is_renamed_together_with_its_steps(desk: Desk) -> None:
    operations.rename_form(desk.runtime, desk.me, desk.draft, "heshi", "核实单")
    assert "forms/heshi.json" not in desk.files
    assert [id_ for id_, _ in form_users(desk.files["babu.bpmn"])["核实单"]]
    assert not [one for one in check_folder(desk.files) if one.severity == "error"]
    with pytest.raises(Invalid, match="已经有一张叫"):
        operations.rename_form(desk.runtime, desk.me, desk.draft, "核实单", "ducha")
    with pytest.raises(NotVisible):
        operations.rename_form(desk.runtime, desk.me, desk.draft, "heshi", "又一个")


def test_a_form_in_use_stays_and_an_unused_one_goes(desk: Desk) -> None:
    with pytest.raises(Invalid, match="督查核实"):
        operations.remove_form(desk.runtime, desk.me, desk.draft, "heshi", desk.digest("forms/heshi.json"))
    operations.copy_form(desk.runtime, desk.me, desk.draft, "heshi", "核实二")
    assert desk.files["forms/核实二.json"] == desk.files["forms/heshi.json"]
    with pytest.raises(Overtaken):
        operations.remove_form(desk.runtime, desk.me, desk.draft, "核实二", "another")
    operations.remove_form(desk.runtime, desk.me, desk.draft, "核实二", desk.digest("forms/核实二.json"))
    assert "forms/核实二.json" not in desk.files


@pytest.mark.parametrize("name", ["", "a b", "../x", "a/b", "x.y", "汉" * 41, "<b>", "a\n"])
def test_a_form_has_a_name_that_can_be_one(desk: Desk, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        operations.create_form(desk.runtime, desk.me, desk.draft, name)
    assert refused.value.fields["name"]
    operations.create_form(desk.runtime, desk.me, desk.draft, "汉" * 40)
    assert json.loads(desk.files[f"forms/{'汉' * 40}.json"])["components"] == []


def test_a_parameter_is_renamed_in_the_diagram_and_the_scenarios(desk: Desk) -> None:
    table = desk.settings["parameters"]["公示天数"]
    operations.put_parameter(desk.runtime, desk.me, desk.draft, "公示时长", table, before="公示天数")
    assert "公示天数" not in desk.settings["parameters"]
    assert list(desk.settings["parameters"]).index("公示时长") == 12  # in its place
    users = parameter_users(desk.files["babu.bpmn"])
    assert "公示天数" not in users and len(users["公示时长"]) == 2
    scenario = tomllib.loads(desk.files["scenarios/24-township-parameters.toml"].decode())
    assert scenario["parameters"]["公示时长"] == "10d" and "公示天数" not in scenario["parameters"]
    assert load_folder(desk.files).defaults["公示时长"] == "7d"


def test_a_parameter_somebody_reads_is_not_removed(desk: Desk) -> None:
    seen = desk.digest("procedure.toml")
    with pytest.raises(Invalid, match="广示之"):
        operations.remove_parameter(desk.runtime, desk.me, desk.draft, "公示天数", seen)
    operations.put_parameter(desk.runtime, desk.me, desk.draft, "备用", DAYS)
    with pytest.raises(Overtaken):
        operations.remove_parameter(desk.runtime, desk.me, desk.draft, "备用", seen)
    before = desk.files["procedure.toml"]
    operations.remove_parameter(desk.runtime, desk.me, desk.draft, "备用", desk.digest("procedure.toml"))
    assert before.startswith(desk.files["procedure.toml"].rstrip())


@pytest.mark.parametrize(
    ("name", "changes", "field"),
    [
        ("2天", {}, "name"),
        ("a b", {}, "name"),
        ("if", {}, "name"),
        ("汉" * 41, {}, "name"),
        ("好", {"default": "很久"}, "default"),
        ("好", {"default": None}, "default"),
        ("好", {"default": "6d"}, "default"),
        ("好", {"minimum": "31d"}, "minimum"),
        ("好", {"maximum": "x"}, "maximum"),
        ("好", {"type": "什么"}, "type"),
        ("好", {"type": "choice", "default": "甲", "minimum": None, "maximum": None}, "choices"),
        ("好", {"title": " "}, "title"),
    ],
)
def test_what_is_wrong_with_a_parameter_stands_at_its_field(
    desk: Desk, name: str, changes: dict[str, Any], field: str
) -> None:
    table = {key: value for key, value in (DAYS | changes).items() if value is not None}
    before = desk.files
    with pytest.raises(Invalid) as refused:
        operations.put_parameter(desk.runtime, desk.me, desk.draft, name, table)
    assert field in refused.value.fields
    assert desk.files == before


def test_a_new_key_goes_to_all_that_refers_to_the_process(desk: Desk) -> None:
    seen = desk.digest("procedure.toml")
    operations.set_draft_settings(desk.runtime, desk.me, desk.draft, {"key": "xin-babu", "title": "新"}, seen)
    assert desk.now.key == "xin-babu" and desk.now.title == "新"
    assert load_folder(desk.files).key == "xin-babu"
    assert b'processRef="babu"' not in desk.files["babu.bpmn"]
    for wrong in ("新八步", "1x", "a b", "", "x" * 65):
        with pytest.raises(Invalid) as refused:
            operations.set_draft_settings(desk.runtime, desk.me, desk.draft, {"key": wrong}, None)
        assert "key" in refused.value.fields
    with pytest.raises(Invalid, match="已经有一处"):
        operations.set_draft_settings(
            desk.runtime, desk.me, desk.draft, {"key": "guangshi"}, desk.digest("procedure.toml")
        )


def test_settings_are_written_over_what_was_seen_only(desk: Desk) -> None:
    with pytest.raises(Overtaken):
        operations.set_draft_settings(desk.runtime, desk.me, desk.draft, {"title": "新"}, "another")
    with pytest.raises(Invalid) as refused:
        operations.set_draft_settings(
            desk.runtime, desk.me, desk.draft, {"title": " ", "level": "省", "clauses": [""]}, None
        )
    assert set(refused.value.fields) == {"title", "level", "clauses"}
    stranger = desk.world.people["书记"]
    with pytest.raises(Forbidden):
        operations.set_draft_settings(desk.runtime, stranger, desk.draft, {"title": "新"}, None)


def test_a_broken_diagram_hides_who_uses_a_name_so_nothing_is_renamed(desk: Desk) -> None:
    seen = desk.digest("babu.bpmn")
    operations.save_file(desk.runtime, desk.me, desk.draft, "babu.bpmn", b"<broken", seen)
    before = desk.files
    with pytest.raises(Invalid, match="流程图现在读不懂"):
        operations.rename_form(desk.runtime, desk.me, desk.draft, "heshi", "核实单")
    with pytest.raises(Invalid, match="流程图现在读不懂"):
        operations.put_parameter(desk.runtime, desk.me, desk.draft, "x", DAYS, before="公示天数")
    assert desk.files == before
