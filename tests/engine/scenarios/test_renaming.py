"""Scenarios follow the names of the drawing, and nothing else of them changes."""

import pytest

from engine.redlines import PROCESSES
from engine.scenarios import run_folder
from engine.scenarios.renaming import _mentioned, _names, renamed, renames
from engine.setting_up import read_files


def drawn(**names: str) -> bytes:
    steps = "".join(f'<userTask id="{id}" name="{name}"/>' for id, name in names.items())
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
[expect.done_by]
"甲" = ["张三"]
"""


def test_only_names_of_steps_change_and_comments_stay() -> None:
    before = {"p.bpmn": drawn(a="甲", b="乙", c="丙")}
    after = {"p.bpmn": drawn(a="丁", b="乙", c="丙"), "scenarios/1.toml": STORY.encode()}
    assert renames(before, after) == {"甲": "丁"}
    told = renamed(after, {"甲": "丁"})["scenarios/1.toml"].decode()
    assert told == STORY.replace('"甲"', '"丁"')
    assert renames(before, renamed(after, {"甲": "丁"})) == {}


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
    assert renames({"p.bpmn": before}, files) == {}
    assert renamed(files, {"没有": "有"}) == files


def test_a_shipped_procedure_runs_on_under_other_names() -> None:
    files = read_files(PROCESSES / "sibu")
    was = files["sibu.bpmn"]
    assert renames({"sibu.bpmn": was}, files) == {}
    spoken = {each for file in files if file.startswith("scenarios/") for each in _mentioned(files[file])}
    told = [each for each in _names(files).values() if each in spoken]
    changed = was.decode()
    for each in told:
        changed = changed.replace(f'name="{each}"', f'name="新{each}"')
    after = files | {"sibu.bpmn": changed.encode()}
    assert all(report.passed for report in run_folder(renamed(after, renames(files, after))))
