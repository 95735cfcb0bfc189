"""表单 of a draft: listed, begun, taken over, and made in form-js's editor in Chinese."""

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from engine import operations
from engine.form_shape import MAX_COMPONENTS, MAX_DEPTH, shape_problem
from tests.conftest import axe_violations
from tests.webui.pages.browsing import judge
from tests.webui.studio.conftest import Studio
from tests.webui.test_form_viewer import SHOWN

if TYPE_CHECKING:
    from playwright.sync_api import Page

JSON = {"Accept": "application/json"}
FIELD = {"type": "textfield", "key": "名", "label": "名"}
OPEN_ALL = "document.querySelectorAll('.panel-section').forEach((section) => { section.open = true; })"


@pytest.fixture
def draft(studio: Studio) -> str:
    return studio.draft_of("babu")


def stored(studio: Studio, draft: str, name: str) -> Any:
    return json.loads(studio.draft(draft).files[f"forms/{name}.json"])


def put(studio: Studio, draft: str, name: str, data: bytes) -> int:
    visitor, file = studio.visitor("设计"), f"forms/{name}.json"
    seen = studio.draft(draft).stored.get(file)
    path = f"/studio/drafts/{draft}/files/{file}" + (f"?seen={seen.digest}" if seen else "")
    return visitor.client.put(path, data=data, headers={"X-CSRF-Token": visitor.token, **JSON}).status_code


def nested(depth: int) -> Any:
    inner: dict[str, Any] = dict(FIELD)
    for _ in range(depth):
        inner = {"type": "group", "components": [inner]}
    return {"components": [inner]}


def test_forms_are_listed_begun_copied_renamed_and_removed(studio: Studio, draft: str) -> None:
    visitor, path = studio.visitor("设计"), f"/studio/drafts/{draft}/forms"
    page = visitor.get(path).text
    assert "督查核实" in page and "现场照片" in page
    assert visitor.post(path, {"name": "审核表"}).headers["Location"].endswith("%E5%AE%A1%E6%A0%B8%E8%A1%A8")
    again = visitor.post(path, {"name": "审核表"})
    assert again.status_code == 422 and "已经有一张" in again.text and 'value="审核表"' in again.text
    assert visitor.post(path, {"name": "核实二", "copy": "heshi"}).status_code == 302
    assert stored(studio, draft, "核实二") == stored(studio, draft, "heshi")
    answer = visitor.post(f"{path}/heshi/rename", {"name": "核实单"})
    assert "核实单" in visitor.get(answer.headers["Location"]).text
    assert b'value="heshi"' not in studio.draft(draft).files["babu.bpmn"]
    visitor.post(f"{path}/核实单/remove", {"seen": "x"})
    assert "forms/核实单.json" in studio.draft(draft).files
    seen = studio.draft(draft).stored["forms/核实二.json"].digest
    visitor.post(f"{path}/核实二/remove", {"seen": seen})
    assert "forms/核实二.json" not in studio.draft(draft).files
    assert studio.visitor("书记").get(path).status_code == 404
    assert visitor.get(f"{path}/没有").status_code == 404


def test_a_form_is_taken_from_elsewhere(studio: Studio, draft: str) -> None:
    visitor, path = studio.visitor("设计"), f"/studio/drafts/{draft}/forms"
    assert "别处还没有表单" in visitor.get(f"{path}-elsewhere").text
    files = studio.draft(studio.draft_of("zhichu")).files
    name = (
        next(file for file in files if file.startswith("forms/")).removeprefix("forms/").removesuffix(".json")
    )
    published = operations.publish_procedure(studio.runtime, None, files, "county")
    source = f"version-{published}"
    page = visitor.get(f"{path}-elsewhere", query_string={"source": source, "form": name}).text
    assert "（第 1 版）" in page and "（草稿）" in page and "拿过来" in page
    assert visitor.post(path, {"name": "拿来的", "source": source, "form": name}).status_code == 302
    assert studio.draft(draft).files["forms/拿来的.json"] == files[f"forms/{name}.json"]
    for wrong in ({"source": "version-99", "form": name}, {"source": source, "form": "../procedure"}):
        assert visitor.post(path, {"name": "又", **wrong}).status_code == 404


HOSTILE = [
    b"",
    b"[]",
    b"null",
    b"\xff\xfe",
    b'{"components": {}}',
    b'{"components": [1, null, "x", []]}',
    b"[" * 100_000,
    b'{"components":' * 5_000,
    json.dumps(nested(400)).encode(),
    json.dumps({"components": [FIELD] * 30_000}).encode(),
    json.dumps({"components": [{"type": ["x"], "key": {}, "label": 3}]}).encode(),
    json.dumps({"components": [FIELD | {"conditional": "x"}]}).encode(),
    json.dumps({"components": [FIELD | {"conditional": {"hide": 5}}]}).encode(),
    json.dumps({"components": [FIELD | {"validate": [1], "properties": "no"}]}).encode(),
    json.dumps({"components": [FIELD | {"validate": {"pattern": 3, "min": {}}}]}).encode(),
    json.dumps({"components": [{"type": "select", "key": "a", "label": "a", "values": {"x": 1}}]}).encode(),
    json.dumps({"components": [{"type": "number", "key": "a", "label": "a", "decimalDigits": "x"}]}).encode(),
    json.dumps({"components": [{"type": "group", "components": [None]}]}).encode(),
    json.dumps({"components": [FIELD | {"label": "</script><script>alert(1)</script>"}]}).encode(),
]


@pytest.mark.parametrize("data", HOSTILE, ids=lambda data: data[:40].decode("latin-1"))
def test_whatever_lies_in_a_form_no_page_breaks(studio: Studio, draft: str, data: bytes) -> None:
    assert put(studio, draft, "heshi", data) == 200
    visitor, path = studio.visitor("设计"), f"/studio/drafts/{draft}"
    for page in (f"{path}/forms", f"{path}/forms/heshi", f"{path}/settings", f"{path}/forms-elsewhere"):
        answer = visitor.get(page)
        assert answer.status_code == 200, page
        assert b"<script>alert" not in answer.data
    headers = {"X-CSRF-Token": visitor.token, **JSON}
    checked = visitor.client.post(f"{path}/check", json={"files": {}}, headers=headers)
    found = [one for one in checked.get_json()["findings"] if one["file"] == "forms/heshi.json"]
    assert found or b"alert(1)" in data


def test_the_bounds_of_a_form() -> None:
    assert shape_problem({"components": [FIELD] * MAX_COMPONENTS}) is None
    assert "太大" in (shape_problem({"components": [FIELD] * (MAX_COMPONENTS + 1)}) or "")
    assert shape_problem(nested(MAX_DEPTH - 2)) is None
    assert "太深" in (shape_problem(nested(MAX_DEPTH - 1)) or "")


def english(page: "Page") -> set[str]:
    found = {word for text in page.evaluate(SHOWN) for word in re.findall(r"[A-Za-z]{2,}", text)}
    return found - {"Ctrl", "PDF"}


def test_the_editor_speaks_chinese_and_offers_what_the_product_reads(studio: Studio, desk: "Page") -> None:
    draft = studio.draft_of("babu")
    operations.create_form(studio.runtime, studio.world.people["设计"], draft, "新表")
    desk.goto(f"/studio/drafts/{draft}/forms/新表")
    desk.locator(".fjs-palette-field").first.wait_for()
    assert english(desk) == set()
    assert desk.locator(".fjs-palette-field").count() == 15
    for entry in desk.locator(".fjs-palette-field").all():
        entry.focus()
        desk.keyboard.press("Enter")
        name = entry.inner_text()
        desk.locator(".panel-head strong", has_text=name).wait_for()
        desk.evaluate(OPEN_ALL)
        assert english(desk) == set(), name
    assert axe_violations(desk) == []
    desk.get_by_text("已保存").wait_for()
    made = stored(studio, draft, "新表")["components"]
    assert [one["key"] for one in made[:3]] == ["一行文字", "大段文字", "数字"]
    desk.get_by_placeholder("查找").fill("没有这种")
    desk.get_by_text("没有找到").wait_for()
    assert desk.locator(".fjs-powered-by").first.is_visible(), "the logo stays"
    assert not [one for one in judge(desk, "editor") if "says" not in one]


def test_a_form_is_made_and_saved_by_itself(studio: Studio, desk: "Page") -> None:
    draft = studio.draft_of("babu")
    desk.goto(f"/studio/drafts/{draft}/forms/heshi")
    phone = desk.frame_locator("#preview")
    desk.locator(".fjs-palette-field[data-field-type=number]").focus()
    desk.keyboard.press("Enter")
    desk.get_by_label("名称", exact=True).fill("还差几天")
    desk.get_by_text("必须填", exact=True).click()
    phone.get_by_text("还差几天").wait_for()
    focused = "document.activeElement.closest('#editor-panel') !== null"
    assert desk.evaluate(focused), "whoever types in the panel stays there"
    desk.evaluate(OPEN_ALL)
    desk.get_by_role("button", name="只在某种情况下出现").click()
    desk.get_by_label("条件 1：什么").select_option(label="需要整改")
    phone.get_by_text("还差几天").wait_for(state="detached")
    phone.get_by_text("需要整改").click()
    phone.get_by_text("还差几天").wait_for()
    phone.get_by_role("button", name="试着提交").click()
    phone.get_by_text("还有没填好的地方").wait_for()
    desk.locator("[data-id]", has_text="哪里没有落实好").last.click()
    desk.get_by_label("名称", exact=True).fill("什么没有落实好")
    desk.get_by_role("button", name="也改成“什么没有落实好”").wait_for()
    desk.locator("[data-id]", has_text="核实下来").last.click()
    desk.evaluate(OPEN_ALL)
    desk.get_by_label("字段名").fill("结果")
    desk.locator("#editor-findings", has_text="流程图").wait_for()
    desk.get_by_label("字段名").fill("结论")
    desk.locator("#editor-findings", has_text="检查没有发现问题").wait_for()
    desk.keyboard.press("Control+s")
    desk.get_by_text("已保存").wait_for()
    made = {one["key"]: one for one in stored(studio, draft, "heshi")["components"]}
    assert made["还差几天"]["validate"] == {"required": True}
    assert made["还差几天"]["conditional"] == {"hide": '=结论 != "需要整改"'}
    assert made["说明"]["label"] == "什么没有落实好", "the key of a stored field stays"
    while desk.get_by_role("button", name="撤销").is_enabled():
        desk.get_by_role("button", name="撤销").click()
    desk.keyboard.press("Control+s")
    desk.wait_for_function("() => document.querySelector('#drawing').dataset.saving === 'saved'")
    assert "还差几天" not in json.dumps(stored(studio, draft, "heshi"), ensure_ascii=False)


def test_two_designers_and_a_form_of_another_tool(studio: Studio, desk: "Page") -> None:
    draft = studio.draft_of("babu")
    desk.goto(f"/studio/drafts/{draft}/forms/heshi")
    desk.locator("[data-id]", has_text="哪里没有落实好").last.click()
    theirs = stored(studio, draft, "heshi")
    theirs["components"][0]["label"] = "对方改的"
    operations.save_file(
        studio.runtime,
        studio.world.people["同行"],
        draft,
        "forms/heshi.json",
        json.dumps(theirs, ensure_ascii=False).encode(),
        studio.draft(draft).stored["forms/heshi.json"].digest,
    )
    desk.get_by_label("名称", exact=True).fill("我改的")
    desk.get_by_role("button", name="看看两份").click()
    desk.frame_locator("dialog iframe").first.get_by_text("对方改的").wait_for(state="attached")
    desk.get_by_role("button", name="看好了").click()
    desk.get_by_role("button", name="用我的").click()
    desk.get_by_text("已保存").wait_for()
    assert stored(studio, draft, "heshi")["components"][1]["label"] == "我改的"
    assert stored(studio, draft, "heshi")["components"][0]["label"] == "核实下来"
    odd = {"type": "default", "components": [{"type": "signature", "key": "s", "label": "签"}, FIELD]}
    assert put(studio, draft, "heshi", json.dumps(odd).encode()) == 200
    desk.goto(f"/studio/drafts/{draft}/forms/heshi")
    desk.get_by_text("系统不认识的填写项（signature）").wait_for()
    assert stored(studio, draft, "heshi") == odd, "nothing is taken away before somebody says so"
    desk.get_by_role("button", name="去掉它们再打开").click()
    desk.locator("[data-id]", has_text="名").last.wait_for()
