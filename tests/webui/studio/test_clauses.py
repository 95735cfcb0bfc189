"""条款: which clauses a draft carries, and the layout a drawing asks for."""

from typing import TYPE_CHECKING

import pytest

from engine import operations
from engine.diagram.coverage import coverage
from engine.redlines import PROCESSES
from engine.setting_up import read_files
from tests.conftest import axe_violations
from tests.webui.pages.browsing import LATIN
from tests.webui.studio.conftest import Studio

if TYPE_CHECKING:
    from playwright.sync_api import Page


def edited(**changes: tuple[str, str]) -> dict[str, bytes]:
    """四步决策 with one text replaced by another in a file: `bpmn` or `toml`."""
    files = read_files(PROCESSES / "sibu")
    for name, (old, new) in changes.items():
        file = "sibu.bpmn" if name == "bpmn" else "procedure.toml"
        text = files[file].decode()
        assert old in text
        files[file] = text.replace(old, new).encode()
    return files


def test_a_shipped_procedure_carries_what_it_lists() -> None:
    found = coverage(read_files(PROCESSES / "sibu"))
    assert {line.clause.id for line in found.of("carried")} == {"WH-2", "WH-2.1", "FD-6"}
    assert found.of("gap", "unlisted", "unknown") == [] and found.bare == []
    assert {line.clause.id for line in found.of("left")} >= {"WH-1", "WH-5.3"}
    assert not any(line.clause.id.startswith("FD-") for line in found.of("left"))


def test_gaps_are_told() -> None:
    listed = '"WH-2", "WH-2.1", "FD-6"'
    found = coverage(edited(toml=(listed, '"WH-2", "WH-3.1", "FD-2", "FD-5", "XX-1"')))
    assert [line.clause.id for line in found.of("gap")] == ["WH-3.1"]
    assert [line.clause.id for line in found.of("enforced")] == ["FD-2"]
    assert [line.clause.id for line in found.of("law")] == ["FD-5"]
    assert [line.clause.id for line in found.of("unknown")] == ["XX-1"]
    assert [line.clause.id for line in found.of("unlisted")] == ["WH-2.1", "FD-6"]


def test_a_step_without_clauses_is_bare() -> None:
    found = coverage(edited(bpmn=('name="clauses"', 'name="nothing"')))
    assert {step.kind for step in found.bare} >= {"handle", "notice"}
    assert all(not step.clauses for step in found.carriers)


def test_parameters_and_forms_that_cite_are_named() -> None:
    files = read_files(PROCESSES / "sibu") | {"forms/新.json": '{"text": "依据 WH-4"}'.encode()}
    lines = {line.clause.id: line for line in coverage(files).lines}
    assert {(each.what, each.title) for each in lines["WH-4"].mentions} == {("表单", "新")}
    assert {each.what for line in lines.values() for each in line.mentions} == {"参数", "表单"}


@pytest.mark.parametrize("files", [{}, {"a.bpmn": b"<", "procedure.toml": b"["}, {"a.bpmn": b"\xff"}])
def test_what_cannot_be_read_cites_nothing(files: dict[str, bytes]) -> None:
    found = coverage(files)
    assert found.lines == () and found.carriers == ()


# ------------------------------------------------------------------------------------------------ pages


def test_the_page_of_a_draft(desk: "Page", studio: Studio) -> None:
    """One walk: choose a clause, choose a step in the list and on the drawing, on both widths."""
    files = edited(toml=('"WH-2.1"', '"WH-3.1"'), bpmn=("WH-2 WH-2.1", ""))
    draft = operations.create_draft(
        studio.runtime, studio.world.people[studio.designer], studio.world.units["county"], files
    )
    desk.goto(f"/studio/drafts/{draft}/clauses")
    desk.wait_for_selector(".djs-shape.clause-carries")
    assert "列出了，图上没有" in desk.inner_text("#clause-WH-3\\.1")
    desk.click('[data-clause="WH-2"]')
    marked = desk.locator(".djs-shape.clause-chosen")
    assert marked.count() == len([one for one in coverage(files).carriers if "WH-2" in one.clauses])
    desk.locator("#clause-WH-2 .clause-step").first.click()
    assert marked.count() == 1 and "WH-2" in desk.inner_text("#clauses-step")
    desk.click('[data-clause="WH-2"]')  # the whole drawing again
    other = desk.locator(".djs-shape.clause-carries").last
    other.click()
    assert other.get_attribute("data-element-id") in desk.locator("#clauses-step a").get_attribute("href")
    desk.evaluate("scrollTo(0, 0)")
    for width in (1600, 1280, 390):
        desk.set_viewport_size({"width": width, "height": 900})
        assert axe_violations(desk) == []
        assert desk.evaluate("document.documentElement.scrollWidth") <= width
    desk.emulate_media(media="print")
    assert desk.locator("#clauses-canvas").is_hidden()
    assert desk.locator(".clauses-side").bounding_box()["width"] > 0.8 * 390
    desk.emulate_media(media="screen")
    text = desk.inner_text(".clauses-side")
    assert LATIN.findall(text) == []


def test_a_draft_without_anything(studio: Studio) -> None:
    draft = operations.create_draft(
        studio.runtime, studio.world.people[studio.designer], studio.world.units["county"], {}
    )
    answer = studio.visitor(studio.designer).get(f"/studio/drafts/{draft}/clauses")
    assert "还没有写依据" in answer.text
