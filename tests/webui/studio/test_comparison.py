"""比较 in the browser: two drawings that move together, and the changes in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine import operations
from engine.redlines import PROCESSES
from engine.setting_up import read_files
from tests.conftest import axe_violations
from tests.webui.studio.conftest import Studio

if TYPE_CHECKING:
    from playwright.sync_api import Page


def changed_draft(studio: Studio) -> tuple[str, int]:
    """A draft of a published procedure with a few changes; its id and the version's."""
    designer, county = studio.world.people["设计"], studio.world.units["county"]
    files = read_files(PROCESSES / "zhichu")
    version = operations.publish_procedure(studio.runtime, designer, files, "county", "第一版")
    text = files["zhichu.bpmn"].decode().replace('name="主任审批"', 'name="主任先批"')
    files["zhichu.bpmn"] = text.encode()
    files["forms/shenpi.json"] = files["forms/shenpi.json"].replace(
        b'"required": true', b'"required": false', 1
    )
    files["procedure.toml"] = files["procedure.toml"].replace(b"default = 5000", b"default = 8000")
    draft = operations.create_draft(studio.runtime, designer, county, files, based_on=version)
    return draft, version


def test_a_draft_beside_the_version_it_came_from(desk: Page, studio: Studio) -> None:
    draft, version = changed_draft(studio)
    desk.goto(f"/studio/drafts/{draft}/comparison")
    desk.wait_for_selector("#compare-right .diff-changed")
    assert desk.locator('#compare-left [data-element-id="zhuren"].diff-changed').count() == 1
    assert desk.locator("#compare-right .diff-sign-changed").first.inner_text() == "△"

    desk.get_by_role("button", name="改了步骤“主任先批”").click()
    boxes = [
        desk.locator(f'#compare-{side} [data-element-id="zhuren"]').bounding_box()
        for side in ("left", "right")
    ]
    frames = [desk.locator(f"#compare-{side}").bounding_box() for side in ("left", "right")]
    places = [
        (round(box["x"] - frame["x"]), round(box["y"] - frame["y"]))
        for box, frame in zip(boxes, frames, strict=True)
        if box and frame
    ]
    assert places[0] == places[1]  # both show the same part

    desk.get_by_role("tab", name="表单（1）").click()
    assert "的必填" in desk.locator("#part-forms").inner_text()
    desk.keyboard.press("ArrowRight")
    assert "5,000 元 → 8,000 元" in desk.locator("#part-parameters").inner_text()
    assert axe_violations(desk) == []
    for width in (390, 1600):
        desk.set_viewport_size({"width": width, "height": 844})
        assert desk.evaluate("document.documentElement.scrollWidth") <= width
    desk.get_by_role("button", name="左右对调").click()
    desk.wait_for_url(re.compile(f"left=now&right=v{version}"))


def test_whatever_there_is_may_be_a_side(studio: Studio) -> None:
    draft, version = changed_draft(studio)
    other, visitor = studio.draft_of("babu"), studio.visitor("设计")
    path = f"/studio/drafts/{draft}/comparison"
    page = visitor.get(path).text
    assert f'<option value="v{version}" selected>' in page and f'value="d{other}"' in page
    stored = studio.draft(draft).stored["procedure.toml"]
    operations.save_file(
        studio.runtime, studio.world.people["设计"], draft, stored.name, stored.data + b"#\n", stored.digest
    )
    assert "只是写法" in visitor.get(f"{path}?left=s1&right=now").text
    assert "没有不同" in visitor.get(f"{path}?left=now&right=now").text
    assert "集民意" in visitor.get(f"{path}?left=now&right=d{other}").text
    for key in ("v999999", "s99", "dnone", "x", "v" + "9" * 40):
        assert visitor.get(f"{path}?left={key}").status_code == 404


def test_a_new_draft_is_compared_with_what_it_began_as(studio: Studio) -> None:
    draft, visitor = studio.draft_of("wenti"), studio.visitor("设计")
    assert "没有不同" in visitor.get(f"/studio/drafts/{draft}/comparison").text


def test_a_broken_drawing_is_still_compared(studio: Studio) -> None:
    draft, visitor = studio.draft_of("wenti"), studio.visitor("设计")
    stored = studio.draft(draft).stored["wenti.bpmn"]
    operations.save_file(
        studio.runtime, studio.world.people["设计"], draft, stored.name, stored.data[:-9], stored.digest
    )
    page = visitor.get(f"/studio/drafts/{draft}/comparison?left=s1").text
    assert "读不懂" in page and "没有画得出来的流程图" in page
