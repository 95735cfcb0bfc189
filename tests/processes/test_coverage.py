"""Every clause of the catalogue that is due is carried by a step or by a rule of the program; every step rests
on a clause. `pytest -s` prints it both ways.
"""

import pytest

from engine.redlines import PROCESSES
from tests.conftest import ROOT
from tests.processes.coverage import KEYS, PAGE, SECTIONS, Coverage, unknown, walked

ENFORCED = {  # 类 R of the catalogue: 程序必须强制
    *("LB-2.1", "LB-7", "LB-7.1", "LB-8"),
    *("BB-5.1", "BB-5.2", "BB-5.3", "BB-5.4", "BB-8.1"),
    *("WH-2.1", "WH-2.2", "WH-5.1"),
    *("HW-3", "HW-3.2", "HW-3.4", "HW-4.2", "HW-4.4"),
    *("YZ-2", "YZ-2.2"),
    *("FD-2", "FD-4", "FD-10"),
}


@pytest.fixture(scope="module")
def coverage() -> Coverage:
    found = Coverage.read()
    print("\n" + found.page())
    return found


def test_every_clause_is_carried(coverage: Coverage) -> None:
    gaps = [
        f"{one.id} {one.text}"
        for one in coverage.wanted
        if not coverage.carriers(one.id) and one.id not in coverage.rules
    ]
    assert not gaps, "这些条款没有着落：\n" + "\n".join(gaps)


def test_the_catalogue_is_whole(coverage: Coverage) -> None:
    """As many as the sections have, less what comes later: no line gets lost unnoticed."""
    numbers = [one.id for one in coverage.wanted]
    assert len(numbers) == len(set(numbers))
    assert {section: sum(n.startswith(section) for n in numbers) for section in SECTIONS} == {
        "LB": 17,
        "BB": 17,
        "WH": 14,
        "HW": 12,
        "YZ": 5,
        "FD": 3,
    }


@pytest.mark.parametrize("key", KEYS)
def test_every_step_rests_on_a_clause(coverage: Coverage, key: str) -> None:
    steps = [node for node in coverage.steps(key) if node.settles]
    assert steps
    assert not [node.label for node in steps if not node.clauses], "这些步骤没有写条款"


@pytest.mark.parametrize("key", KEYS)
def test_a_procedure_lists_what_its_steps_cite(coverage: Coverage, key: str) -> None:
    """Clauses of FD may be listed for the whole, as those about reckoning and self-government are."""
    procedure = coverage.procedures[key]
    on_steps = {number for node in coverage.steps(key) for number in node.clauses}
    assert on_steps <= set(procedure.clauses)
    assert {n for n in set(procedure.clauses) - on_steps if not n.startswith("FD-")} == set()


def test_every_cited_clause_exists(coverage: Coverage) -> None:
    assert unknown(coverage) == []


def test_what_the_program_must_enforce_says_where_and_who_shows_it(coverage: Coverage) -> None:
    assert set(coverage.rules) >= ENFORCED
    wrong = []
    for rule in coverage.rules.values():
        assert (ROOT / rule.module).is_file(), rule
        shown = ROOT / rule.shown
        assert shown.is_file(), rule
        text = shown.read_text("utf-8")
        # A scenario tells a story, without numbers: it has to walk through a step that carries the clause.
        names = [node.label for _, node in coverage.carriers(rule.clause)] if shown.suffix == ".toml" else []
        if not any(word in text for word in names or [rule.clause]):
            wrong.append(f"{rule.shown} 没有演示 {rule.clause}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("key", KEYS)
def test_every_carrier_is_walked_by_a_scenario(coverage: Coverage, key: str) -> None:
    """What no story passes carries nothing yet."""
    passed = walked(key)
    nodes = [node for node in coverage.steps(key) if node.clauses]
    assert not [node.label for node in nodes if node.id not in passed], "没有情形走过这些步骤"


def test_resolutions_are_published_four_times(coverage: Coverage) -> None:
    """LB-7: 决议事项、实施方案、落实情况、实施结果."""
    notices = [node.label for key, node in coverage.carriers("LB-7") if node.kind == "notice"]
    assert len(notices) >= 4


def test_the_page_is_of_today(coverage: Coverage) -> None:
    assert PAGE.read_text("utf-8") == coverage.page(), "请运行 python -m tests.processes.coverage"


def test_the_folders_are_all_looked_at() -> None:
    folders = {path.parent.name for path in PROCESSES.glob("*/procedure.toml")}
    assert folders == set(KEYS)
