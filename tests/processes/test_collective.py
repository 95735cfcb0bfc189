"""理事会选举, 一事一议, 村规民约, 屋场议事恳谈 and 屋场问题办理: fit to be published, and what their scenarios say."""

import pytest

from engine.diagram import check_folder, load_folder
from engine.people.designations import designations
from engine.redlines import PROCESSES
from engine.scenarios import Report, run_folder
from engine.steps.due import from_data

KEYS = ("lishihui", "yishi", "cungui", "wuchang", "wenti")
SCENARIOS = [(key, report) for key in KEYS for report in run_folder(PROCESSES / key)]


@pytest.mark.parametrize("key", KEYS)
def test_nothing_keeps_it_from_being_published(key: str) -> None:
    assert [str(finding) for finding in check_folder(PROCESSES / key)] == []


@pytest.mark.parametrize("key", KEYS)
def test_every_designation_it_names_is_known(key: str) -> None:
    procedure, known = load_folder(PROCESSES / key), designations()
    named = set(procedure.starters)
    for node in procedure.diagram.walk():
        named |= {node.lane} if node.lane else set()
        for setting in ("from", "roll", "also", "recorder"):
            named |= set(node.properties.get(setting, "").split())
    assert {name for name in named if name not in known} == set()


@pytest.mark.parametrize("key", KEYS)
def test_every_persons_step_has_guidance_and_a_deadline_somebody_chose(key: str) -> None:
    procedure = load_folder(PROCESSES / key)
    for node in procedure.diagram.walk():
        if node.is_person_task:
            due = node.properties["due"].strip("{}")
            assert node.documentation, node.id
            assert due in procedure.parameters or from_data(node, procedure.parameters), node.id


@pytest.mark.parametrize("key", KEYS)
def test_every_parameter_is_used(key: str) -> None:
    text = (PROCESSES / key / f"{key}.bpmn").read_text("utf-8")
    assert [name for name in load_folder(PROCESSES / key).parameters if name not in text] == []


def test_research_and_report_together_take_five_working_days_at_most() -> None:
    """HW-4.2, whatever a township chooses."""
    parameters = load_folder(PROCESSES / "wenti").parameters
    longest = [str(parameters[name].maximum) for name in ("村级研究时限", "上报时限")]
    assert sum(int(one.removesuffix("wd")) for one in longest) == 5


@pytest.mark.parametrize(
    "report", [pytest.param(report, id=f"{key}-{report.name}") for key, report in SCENARIOS]
)
def test_scenario(report: Report) -> None:
    assert report.passed, report.text()
