"""Publishing: what would fail silently later is refused now."""

import pytest

from engine import operations
from engine.refusal import Forbidden, Invalid
from tests.engine.operations.conftest import files
from tests.procedures import Flow, Node, folder, form, step, text

DAILY = '<timerEventDefinition id="t"><timeCycle>R/P1D</timeCycle></timerEventDefinition>'


def test_a_start_by_the_clock_is_refused_because_nothing_would_start_it(office):
    made = folder(
        "daily",
        "每天一次",
        [
            Node("s", "startEvent", "每天早上", "报账员", body=DAILY),
            step("look", "看一看", "报账员", "memo"),
            Node("e", "endEvent", "完", "报账员"),
        ],
        [Flow("s", "look"), Flow("look", "e")],
        {"memo": form(text("内容"))},
        "报账员",
    )
    with pytest.raises(Invalid, match="每天早上"):
        operations.publish_procedure(office.runtime, None, made, "county")


def test_the_same_content_is_the_same_version(office):
    assert operations.publish_procedure(office.runtime, None, files(), "county") == office.version


def test_a_changed_folder_is_the_next_version_and_running_matters_stay_on_theirs(office):
    before = office.start()
    changed = files() | {"说明.txt": "改过".encode()}
    version = operations.publish_procedure(office.runtime, None, changed, "county", "改了说明")
    assert version != office.version
    after = office.start()
    versions = {m: office.do(m, "填报支出", "报账", office.spending(100)).version for m in (before, after)}
    assert versions == {before: 1, after: 2}


def test_only_the_units_own_designer_publishes(office):
    with pytest.raises(Forbidden):
        operations.publish_procedure(office.runtime, office["书记"], files() | {"x.txt": b"x"}, "county")
