"""What a designer begins with is right from the start."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagram import check_folder, load_folder
from engine.diagram.beginning import blank, copied
from engine.diagram.procedure import LEVELS
from engine.people.designations import designations
from engine.redlines import PROCESSES
from engine.refusal import Invalid
from engine.scenarios import run_folder
from engine.setting_up import read_files

title = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=60).filter(
    str.strip
)


@pytest.mark.parametrize("level", LEVELS)
def test_a_blank_procedure_passes_every_check(level: str) -> None:
    for post in (one.name for one in designations().values() if one.can_be_held and level in one.levels):
        files = blank("liucheng_1", "占道经营", level, post)
        assert check_folder(files, designations()) == []


@settings(max_examples=50, deadline=None)
@given(title)
def test_any_title_stays_as_it_was_typed(text: str) -> None:
    procedure = load_folder(blank("liucheng_1", text, "村", "文书"))
    assert procedure.title == text.strip()


@pytest.mark.parametrize("name", ["zhichu", "babu"])
def test_a_copy_goes_its_own_way_and_its_scenarios_with_it(name: str) -> None:
    files = read_files(PROCESSES / name)
    copy = copied(files, "liucheng_1", "另一个")
    assert (load_folder(copy).key, load_folder(copy).title) == ("liucheng_1", "另一个")
    assert [one for one in check_folder(copy, designations()) if one.severity == "error"] == []
    few = {one: data for one, data in copy.items() if "scenarios/0" not in one or "/01" in one}
    assert all(report.passed for report in run_folder(few))


def test_a_drawing_that_cannot_be_read_is_not_copied_in_silence() -> None:
    with pytest.raises(Invalid, match="检查"):
        copied({"a.bpmn": b"<definitions"}, "liucheng_1", "另一个")
