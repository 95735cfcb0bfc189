"""Picking people in a form, in Chromium: names to choose from, ids handed in, names again in the result."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from engine import operations
from tests.conftest import axe_violations
from tests.consulting import Square
from tests.procedures import Flow, Node, folder, form, step
from tests.webui.pages.browsing import enter
from tests.webui.pages.conftest import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PEOPLE = {"properties": {"people": "村民代表"}}
FORM = form(
    {"type": "select", "key": "牵头人", "label": "牵头人", **PEOPLE, "validate": {"required": True}},
    {"type": "checklist", "key": "督查代表", "label": "督查代表", **PEOPLE},
    {
        "type": "dynamiclist",
        "path": "分工",
        "label": "分工",
        "defaultRepetitions": 1,
        "components": [
            {"type": "textfield", "key": "事项", "label": "办什么"},
            {"type": "select", "key": "责任人", "label": "责任人", **PEOPLE},
        ],
    },
)


@pytest.fixture
def square(site: Site) -> Square:
    return Square(site.runtime, site.world, step("x", "占位", "报账员", "tell"), asked=3)


def plan() -> dict[str, bytes]:
    nodes = [
        Node("start", "startEvent", "开始", "报账员"),
        step("make", "方案", "报账员", "plan"),
        step("do", "落实", "村民代表", "do", who="{方案.牵头人}"),
        Node("done", "endEvent", "办结", "报账员"),
    ]
    flows = [Flow(a.id, b.id) for a, b in pairwise(nodes)]
    told = form({"type": "textfield", "key": "情况", "label": "情况"})
    return folder("plan", "方案", nodes, flows, {"plan": FORM, "do": told}, "报账员")


def test_people_are_picked_by_name(site: Site, square: Square, browser: "Browser", address: str) -> None:
    operations.publish_procedure(site.runtime, None, plan(), "county")
    done = operations.start_matter(site.runtime, square.id("报账"), "plan", "village", "修路")
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    enter(context, site, address, "报账")
    page = context.new_page()
    page.goto(f"{address}/tasks/{done.open_tasks[0]['id']}")
    page.locator(".fjs-form-field-select").filter(has_text="牵头人").locator(".fjs-input-group").click()
    page.locator(".fjs-dropdownlist-item").filter(has_text="代表2").click()
    page.get_by_role("checkbox", name="代表1").check()
    page.get_by_role("checkbox", name="代表3").check()
    page.get_by_label("办什么").fill("铺路面")
    page.locator(".fjs-form-field-select").filter(has_text="责任人").locator(".fjs-input-group").click()
    page.locator(".fjs-dropdownlist-item").filter(has_text="代表3").click()
    assert axe_violations(page) == []
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/done/**")
    assert _data(square, done.instance_id) == {
        "牵头人": square.id("代表2"),
        "督查代表": [square.id("代表1"), square.id("代表3")],
        "分工": [{"事项": "铺路面", "责任人": square.id("代表3")}],
        "办理人": [square.id("报账")],
    }
    page.goto(f"{address}/matters/{done.instance_id}")
    shown = page.locator("main").inner_text()
    assert "代表1、代表3" in shown and "责任人：代表3" in shown
    context.close()
    assert site.task("代表2"), "the one who was picked has the next step"
    assert "落实" not in site.visitor("代表1").get("/tasks").text


def _data(square: Square, matter: str) -> Any:
    return square.result(matter, "方案")
