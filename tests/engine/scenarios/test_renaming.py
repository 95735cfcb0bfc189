"""Scenarios follow the names of the drawing, and nothing else of them changes."""

import pytest

from engine.diagram.source import SPIFF
from engine.redlines import PROCESSES
from engine.scenarios import run_folder
from engine.scenarios.renaming import Renames, _heard, _names, renamed, renames, with_parameter_renamed
from engine.scenarios.written import toml
from engine.setting_up import read_files


def drawn(**names: str) -> bytes:
    steps = "".join(f'<userTask id="{id}" name="{name}"/>' for id, name in names.items())
    return around(steps)


def keyed(id: str, name: str, key: str) -> bytes:
    setting = f'<properties xmlns="{SPIFF}"><property name="key" value="{key}"/></properties>'
    return around(
        f'<userTask id="{id}" name="{name}"><extensionElements>{setting}</extensionElements></userTask>'
    )


def around(steps: str) -> bytes:
    space = "http://www.omg.org/spec/BPMN/20100524/MODEL"
    return f'<definitions xmlns="{space}"><process id="p" name="甲">{steps}</process></definitions>'.encode()


STORY = """# 一个故事
title = "办甲"  # 不是步骤
[[step]]
does = "甲"
by = "张三"
then = ["乙", "丙"]

[expect]
outcome = "乙"
path = ["甲",
        "乙"]
not_passed = "丙"
"""
RESULTS = """[[step]]
does = "支出"
then = []

[expect.data]
"支出.金额" = 680  # 元
"支出笔数" = 1

[expect.done_by]
"支出" = ["张三"]
"""


def test_only_names_of_steps_change_and_comments_stay() -> None:
    before = {"p.bpmn": drawn(a="甲", b="乙", c="丙")}
    after = {"p.bpmn": drawn(a="丁", b="乙", c="丙"), "scenarios/1.toml": STORY.encode()}
    assert renames(before, after) == Renames({"甲": "丁"})
    told = renamed(after, Renames({"甲": "丁"}))["scenarios/1.toml"].decode()
    assert told == STORY.replace('"甲"', '"丁"')
    assert not renames(before, renamed(after, Renames({"甲": "丁"})))


@pytest.mark.parametrize(
    ("label", "does"),
    [
        ("填报", '"花费"'),  # the step is called by its result, too
        ("支出", '"支出"'),  # it is called by its label, which has stayed
    ],
)
def test_a_result_is_looked_at_under_its_new_name(label: str, does: str) -> None:
    before = {"p.bpmn": keyed("a", label, "支出")}
    after = {"p.bpmn": keyed("a", label, "花费"), "scenarios/1.toml": RESULTS.encode()}
    found = renames(before, after)
    assert found.keys == {"支出": "花费"} == found.told
    told = toml(renamed(after, found)["scenarios/1.toml"])
    assert told["expect"] == {"data": {"花费.金额": 680, "支出笔数": 1}, "done_by": {"花费": ["张三"]}}
    assert told["step"][0]["does"] == does.strip('"')
    assert not renames(before, renamed(after, found))


def test_a_label_that_changes_leaves_the_results_alone() -> None:
    before = {"p.bpmn": keyed("a", "支出", "支出")}
    after = {"p.bpmn": keyed("a", "报账", "支出"), "scenarios/1.toml": RESULTS.encode()}
    told = renamed(after, renames(before, after))["scenarios/1.toml"].decode()
    assert told == RESULTS.replace('does = "支出"', 'does = "报账"')


def test_a_parameter_is_chosen_under_its_new_name() -> None:
    files = {"scenarios/1.toml": '# 一\n[parameters]\n"甲" = 1\n'.encode(), "scenarios/2.toml": b"= ="}
    told = with_parameter_renamed(files, "甲", "乙")
    assert told == {"scenarios/1.toml": '# 一\n[parameters]\n"乙" = 1\n'.encode(), "scenarios/2.toml": b"= ="}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (drawn(a="甲", b="甲"), drawn(a="丁", b="甲")),  # something is called so still
        (drawn(a="甲", b="甲"), drawn(a="丁", b="戊")),  # which of the two is meant?
        (drawn(a="甲"), drawn(b="丁")),  # another step
        (drawn(a="丁"), drawn(a="戊")),  # no scenario speaks of it
        (b"<definitions", drawn(a="丁")),
        (drawn(a="甲"), b"\xff"),
    ],
)
def test_what_is_not_certain_is_left_to_a_person(before: bytes, after: bytes) -> None:
    files = {"p.bpmn": after, "scenarios/1.toml": STORY.encode(), "scenarios/2.toml": b"= ="}
    assert not renames({"p.bpmn": before}, files)
    assert renamed(files, Renames({"没有": "有"})) == files


def test_a_shipped_procedure_runs_on_under_other_names() -> None:
    files = read_files(PROCESSES / "sibu")
    was = files["sibu.bpmn"]
    assert not renames({"sibu.bpmn": was}, files)
    spoken = {each for file in files if file.startswith("scenarios/") for each in _heard(files[file])[0]}
    told = [each for each in _names(files)[0].values() if each in spoken]
    changed = was.decode()
    for each in told:
        changed = changed.replace(f'name="{each}"', f'name="新{each}"')
    after = files | {"sibu.bpmn": changed.encode()}
    assert all(report.passed for report in run_folder(renamed(after, renames(files, after))))
