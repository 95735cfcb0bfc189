"""The form viewer in a real browser: Chinese throughout, errors at their fields, nothing typed is lost."""

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.conftest import axe_violations
from tests.webui.pieces import Pieces

VALUES = [{"label": "甲", "value": "a"}, {"label": "乙", "value": "b"}]
EVERY_COMPONENT: list[dict[str, Any]] = [
    {"type": "textfield", "key": "必填", "label": "必填", "validate": {"required": True}},
    {"type": "textfield", "key": "短", "label": "短", "validate": {"minLength": 5}},
    {"type": "textfield", "key": "长", "label": "长", "validate": {"maxLength": 2}},
    {"type": "textfield", "key": "格式", "label": "格式", "validate": {"pattern": "^\\d+$"}},
    {"type": "textfield", "key": "邮箱", "label": "邮箱", "validate": {"validationType": "email"}},
    {"type": "textfield", "key": "电话", "label": "电话", "validate": {"validationType": "phone"}},
    {"type": "number", "key": "小", "label": "小", "validate": {"min": 10}},
    {"type": "number", "key": "大", "label": "大", "validate": {"max": 1}},
    {"type": "number", "key": "整数", "label": "整数", "decimalDigits": 0},
    {"type": "number", "key": "两位", "label": "两位", "decimalDigits": 2},
    {"type": "number", "key": "步长", "label": "步长", "increment": "5"},
    {
        "type": "datetime",
        "subtype": "date",
        "key": "日期",
        "dateLabel": "日期",
        "validate": {"required": True},
    },
    {"type": "datetime", "subtype": "time", "key": "钟点", "timeLabel": "钟点"},
    {"type": "datetime", "subtype": "datetime", "key": "时刻", "dateLabel": "哪天", "timeLabel": "几点"},
    {"type": "select", "key": "单选框", "label": "单选框", "values": VALUES},
    {"type": "select", "key": "可搜索", "label": "可搜索", "values": VALUES, "searchable": True},
    {"type": "radio", "key": "单选", "label": "单选", "values": VALUES, "validate": {"required": True}},
    {"type": "checklist", "key": "多选", "label": "多选", "values": VALUES, "validate": {"required": True}},
    {"type": "taglist", "key": "标签", "label": "标签", "values": VALUES},
    {"type": "checkbox", "key": "勾选", "label": "勾选", "validate": {"required": True}},
    {"type": "textarea", "key": "大段", "label": "大段", "validate": {"required": True}},
    {"type": "filepicker", "key": "附件", "label": "附件", "multiple": True, "validate": {"required": True}},
    {"type": "filepicker", "key": "一个", "label": "一个", "description": "只要一张"},
    {"type": "group", "label": "一组", "components": [{"type": "textfield", "key": "组内", "label": "组内"}]},
    {
        "type": "dynamiclist",
        "path": "明细",
        "label": "明细",
        "isRepeating": True,
        "allowAddRemove": True,
        "defaultRepetitions": 3,
        "nonCollapsedItems": 2,
        "disableCollapse": False,
        "components": [{"type": "textfield", "key": "名称", "label": "名称", "validate": {"required": True}}],
    },
    {
        "type": "table",
        "label": "表格",
        "dataSource": "=表",
        "rowCount": 2,
        "columns": [{"key": "名", "label": "名"}],
    },
    {"type": "table", "label": "空表", "dataSource": "=空", "columns": [{"key": "名", "label": "名"}]},
    {"type": "text", "text": "说明**文字**"},
    {"type": "image", "alt": "图"},
    {"type": "separator"},
    {"type": "spacer"},
]
TYPED = {"短": "一", "长": "一二三四", "格式": "甲", "邮箱": "甲", "电话": "甲"}
DATA = TYPED | {"小": 1, "大": 9, "整数": 1.5, "两位": 1.234, "步长": 7, "表": [{"名": "甲"}] * 5, "空": []}
# Everything people see or a screen reader says, without the notice that bpmn.io's licence forbids to change.
SHOWN = """
() => {
  const out = [];
  const skip = (node) => node.closest('.fjs-powered-by, .fjs-powered-by-lightbox, script, style, noscript');
  const root = document.querySelector('main');
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (node.nodeType === 3) { if (!skip(node.parentElement)) out.push(node.data); continue; }
    if (skip(node)) continue;
    for (const name of ['placeholder', 'title', 'aria-label', 'alt']) out.push(node.getAttribute(name) ?? '');
  }
  return out;
}
"""


def english(page: Page) -> set[str]:
    return {word for text in page.evaluate(SHOWN) for word in re.findall(r"[A-Za-z]{2,}", text)}


def open_form(page: Page, pieces: Pieces, *components: dict[str, Any], **shown: Any) -> None:
    page.goto(pieces.show(*components, **shown))
    page.locator(".fjs-form").wait_for()


def submit(page: Page) -> None:
    page.get_by_role("button", name="提交").click()


def kept(page: Page) -> list[str]:
    """The drafts on the device, when the moment it takes to keep one has passed."""
    page.wait_for_timeout(700)
    found: list[str] = page.evaluate("Object.keys(localStorage)")
    return found


def photo(width: int, height: int) -> bytes:
    target = io.BytesIO()
    Image.effect_noise((width, height), 90).convert("RGB").save(target, "JPEG", quality=95)
    return target.getvalue()


def test_no_english_is_left_anywhere(page: Page, pieces: Pieces) -> None:
    open_form(page, pieces, *EVERY_COMPONENT, data=DATA)
    assert english(page) == set()
    submit(page)
    expect(page.locator(".fjs-has-errors").first).to_be_visible()
    assert english(page) == set()
    messages = page.locator(".fjs-form-field-error").all_inner_texts()
    assert len(messages) >= 16, messages


def test_no_english_in_what_opens(page: Page, pieces: Pieces) -> None:
    open_form(page, pieces, *EVERY_COMPONENT, data=DATA)
    page.locator(".fjs-datepicker input").first.click()
    expect(page.locator(".flatpickr-calendar.open")).to_be_visible()
    assert english(page) == set()
    page.keyboard.press("Escape")
    page.locator(".fjs-timepicker input").first.click()
    expect(page.locator(".fjs-dropdownlist")).to_contain_text("13:15")
    assert english(page) == set()
    page.get_by_text("请选择", exact=True).click()
    assert english(page) == set()
    page.keyboard.press("Escape")
    searchable = page.get_by_label("可搜索")
    searchable.focus()
    searchable.fill("没有这个")
    expect(page.get_by_text("没有找到")).to_be_visible()
    assert english(page) == set()
    page.get_by_role("columnheader", name="名").first.click()
    page.get_by_role("button", name="新增一行").click()
    assert english(page) == set()


def test_accessible_at_every_stage(page: Page, pieces: Pieces) -> None:
    open_form(page, pieces, *(c for c in EVERY_COMPONENT if c["type"] not in ("image", "table")))
    assert axe_violations(page) == []
    submit(page)
    expect(page.locator(".fjs-has-errors").first).to_be_visible()
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_is_incomplete_does_not_leave(page: Page, pieces: Pieces) -> None:
    open_form(page, pieces, EVERY_COMPONENT[0])
    submit(page)
    expect(page.get_by_text("这一项必须填写")).to_be_visible()
    expect(page.get_by_label("必填")).to_be_focused()
    assert pieces.received == []
    page.get_by_label("必填").fill("有了")
    submit(page)
    expect(page.get_by_text("已提交。")).to_be_visible()
    assert pieces.received == [{"必填": "有了"}]


def test_the_servers_messages_stand_at_their_fields_and_what_was_typed_stays(
    page: Page, pieces: Pieces
) -> None:
    rows = {
        "type": "dynamiclist", "path": "明细", "label": "明细", "isRepeating": True, "allowAddRemove": True,
        "defaultRepetitions": 2, "components": [{"type": "textfield", "key": "名称", "label": "名称"}],
    }  # fmt: skip
    errors = {"金额": "不能大于 50000", "明细[1].名称": "这个名称用过了", "": "这件事刚刚有变化"}
    open_form(page, pieces, {"type": "number", "key": "金额", "label": "金额"}, rows)
    page.get_by_label("金额").fill("60000")
    page.get_by_label("名称").nth(1).fill("水泥")
    pieces.errors = errors
    submit(page)
    expect(page.get_by_text("不能大于 50000")).to_be_visible()
    expect(page.locator(".form-message")).to_have_text("这件事刚刚有变化")
    expect(page.get_by_label("金额")).to_have_value("60000")
    expect(page.get_by_label("名称").nth(1)).to_have_value("水泥")
    at_row = page.locator(".fjs-form-field-textfield").filter(has_text="这个名称用过了")
    expect(at_row).to_have_count(1)
    expect(at_row.get_by_label("名称")).to_have_value("水泥")


def test_a_draft_survives_and_goes_when_the_step_is_done(page: Page, pieces: Pieces) -> None:
    field = {"type": "textfield", "key": "用途", "label": "用途"}
    open_form(page, pieces, field)
    page.get_by_label("用途").fill("三组路灯")
    assert kept(page) == ["cunyi:draft:7:task-1"]
    open_form(page, pieces, field)
    expect(page.get_by_text("已恢复您上次没有提交的内容")).to_be_visible()
    expect(page.get_by_label("用途")).to_have_value("三组路灯")
    submit(page)
    expect(page.get_by_text("已提交。")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).length") == 0
    open_form(page, pieces, field)
    expect(page.get_by_label("用途")).to_have_value("")


def test_what_was_typed_last_is_kept_when_the_session_is_lost(page: Page, pieces: Pieces) -> None:
    field = {"type": "textfield", "key": "用途", "label": "用途"}
    open_form(page, pieces, field)
    page.route("**/form", lambda route: route.fulfill(status=200, body="<title>sign in</title>"))
    page.get_by_label("用途").fill("刚刚填的")
    submit(page)
    expect(page).to_have_title("sign in")
    page.unroute("**/form")
    open_form(page, pieces, field)
    expect(page.get_by_label("用途")).to_have_value("刚刚填的")


def test_signing_out_leaves_nothing_on_the_device(page: Page, pieces: Pieces) -> None:
    open_form(page, pieces, {"type": "textfield", "key": "用途", "label": "用途"})
    page.get_by_label("用途").fill("不给下一个人看")
    assert kept(page)
    page.goto(pieces.url)
    page.evaluate("document.querySelector('main form').dataset.endsSession = ''")
    page.on("dialog", lambda asked: asked.accept())
    page.route("**/withdraw", lambda route: route.fulfill(status=200, body="bye"))
    page.get_by_role("button", name="撤回").click()
    expect(page.get_by_text("bye")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage)") == []


def test_a_draft_can_be_thrown_away(page: Page, pieces: Pieces) -> None:
    field = {"type": "textfield", "key": "用途", "label": "用途"}
    open_form(page, pieces, field, data={"用途": "原来的"})
    page.get_by_label("用途").fill("改过的")
    assert kept(page)
    page.reload()
    page.get_by_role("button", name="清空重填").click()
    expect(page.get_by_label("用途")).to_have_value("原来的")
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_files_go_up_at_once_and_stay(page: Page, pieces: Pieces) -> None:
    open_form(page, pieces, {"type": "filepicker", "key": "附件", "label": "附件", "multiple": True})
    chooser = page.locator("input[type=file]")
    chooser.set_input_files([{"name": "发票.jpg", "mimeType": "image/jpeg", "buffer": photo(80, 60)}])
    expect(page.get_by_role("link", name="发票.jpg")).to_be_visible()
    chooser.set_input_files([{"name": "bad.txt", "mimeType": "text/plain", "buffer": b"x"}])
    expect(page.get_by_text("没有传上去：不支持这种文件")).to_be_visible()
    assert pieces.tokens[0] == "token"
    submit(page)
    expect(page.get_by_text("已提交。")).to_be_visible()
    assert pieces.received == [{"附件": [{"id": f"{1:064x}", "name": "发票.jpg"}]}]


def test_a_large_photo_is_made_smaller_before_it_travels(page: Page, pieces: Pieces) -> None:
    large = photo(3000, 2000)
    assert len(large) > 1_000_000
    open_form(page, pieces, {"type": "filepicker", "key": "附件", "label": "附件"})
    files = [{"name": "合同.jpeg", "mimeType": "image/jpeg", "buffer": large}]
    page.locator("input[type=file]").set_input_files(files)
    expect(page.get_by_role("link", name="合同.jpg")).to_be_visible()
    assert pieces.uploads[0][1] < len(large) * 0.8


def test_a_condition_sees_what_the_page_knows(page: Page, pieces: Pieces) -> None:
    asked = {
        "type": "text",
        "text": "有疑问：{{审批.说明}}",
        "conditional": {"hide": '=审批.结论 != "有疑问"'},
    }
    open_form(page, pieces, asked, data={"审批": {"结论": "有疑问", "说明": "缺发票"}})
    expect(page.get_by_text("有疑问：缺发票")).to_be_visible()
    open_form(page, pieces, asked, data={})
    expect(page.get_by_text("缺发票")).to_have_count(0)
    submit(page)
    expect(page.get_by_text("已提交。")).to_be_visible()
    assert pieces.received == [{}]


@pytest.mark.parametrize("number", ["13800000000", "0731-88880000"])
def test_phone_numbers_as_they_are_dialled_here(page: Page, pieces: Pieces, number: str) -> None:
    field = {"type": "textfield", "key": "电话", "label": "电话", "validate": {"validationType": "phone"}}
    open_form(page, pieces, field)
    page.get_by_label("电话").fill(number)
    submit(page)
    expect(page.get_by_text("已提交。")).to_be_visible()
    assert pieces.received == [{"电话": number}]
