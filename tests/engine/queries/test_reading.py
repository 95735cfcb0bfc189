"""What people read of a step: labels and words, never keys and JSON; and what comes after it."""

import pytest

from engine.clauses import clause, clauses
from engine.diagram import load_folder
from engine.queries.outlook import after
from engine.queries.page import read_cursor, write_cursor
from engine.queries.results import lines, number
from engine.queries.step import TaskClosed
from engine.queries.tasks import task
from engine.redlines import PROCESSES
from engine.refusal import Invalid
from engine.steps import schema
from tests.engine.queries.conftest import Village

SCHEMA = {
    "components": [
        {"type": "number", "key": "金额", "label": "金额", "appearance": {"suffixAdorner": "元"}},
        {
            "type": "radio",
            "key": "结论",
            "label": "您的意见",
            "values": [{"label": "同意支出", "value": "yes"}],
        },
        {"type": "checklist", "key": "渠道", "label": "渠道", "values": [{"label": "微信群", "value": "wx"}]},
        {"type": "checkbox", "key": "盖章", "label": "已盖章"},
        {"type": "datetime", "key": "日期", "label": "日期"},
        {"type": "filepicker", "key": "票据", "label": "票据"},
        {"type": "textarea", "key": "备注", "label": "备注"},
        {
            "type": "dynamiclist",
            "path": "明细",
            "label": "明细",
            "components": [{"type": "textfield", "key": "品名", "label": "品名"}],
        },
    ]
}


def test_a_box_of_an_act_that_is_not_ticked_says_nothing():
    form = schema.form(schema.tick("不再选", "选不足也到此为止"))
    assert list(lines(form, {"不再选": False})) == []
    assert [(one.label, one.text) for one in lines(form, {"不再选": True})] == [("选不足也到此为止", "是")]
    assert read({"盖章": False}) == {"已盖章": "否"}  # a form's own box asks, and this is its answer


def read(value: dict[str, object]) -> dict[str, str]:
    return {line.label: line.text for line in lines(SCHEMA, value)}


def test_values_in_the_words_of_the_form() -> None:
    said = read(
        {"金额": 12000, "结论": "yes", "渠道": ["wx"], "盖章": False, "日期": "2026-03-05", "备注": ""}
    )
    assert said == {
        "金额": "12,000 元",
        "意见": "同意支出",
        "渠道": "微信群",
        "已盖章": "否",
        "日期": "2026年3月5日",
    }


def test_lists_files_and_what_a_kind_adds() -> None:
    value = {"明细": [{"品名": "水泥"}, {"品名": "沙"}], "票据": [{"id": "a", "name": "发票.jpg"}]}
    found = {line.label: line for line in lines(SCHEMA, value | {"一肩挑": True, "办理人": [3]})}
    assert found["明细"].text == "品名：水泥\n品名：沙"
    assert found["票据"].files[0].name == "发票.jpg"
    assert found["一肩挑"].text == "是"
    assert "办理人" not in found


@pytest.mark.parametrize(("value", "text"), [(12345.5, "12,345.5"), (3.0, "3"), ("五", "五"), (True, "True")])
def test_numbers(value: object, text: str) -> None:
    assert number(value) == text


def prospects(element: str) -> list[tuple[str | None, str]]:
    diagram = load_folder(PROCESSES / "zhichu").diagram
    return [(prospect.when, prospect.label) for prospect in after(diagram, diagram.node(element))]


def test_the_outlook_enters_what_a_step_calls_and_comes_out_of_it() -> None:
    assert {label for _, label in prospects("tianbao")} == {"联合审批", "主任审批"}
    approved = prospects("zhuren")
    assert ("同意", "登记支付") in approved
    assert ("有疑问", "填报支出") in approved
    assert ("不同意", "不予支出") in approved


def test_the_outlook_does_not_foretell_what_only_the_clock_brings() -> None:
    assert "督促答复" not in {label for element in ("tianbao", "zhuren") for _, label in prospects(element)}


def test_the_last_step_leads_to_the_end() -> None:
    diagram = load_folder(PROCESSES / "zhichu").diagram
    last = after(diagram, diagram.node("dengji"))
    assert [(prospect.label, prospect.is_end) for prospect in last] == [("已支付", True)]


def test_clauses_are_spelt_out_once_each() -> None:
    found = clauses("LB-8 FD-6 LB-8")
    assert [one.id for one in found] == ["LB-8", "FD-6"]
    assert "联合审批" in found[0].text and found[0].source.startswith("六步")
    assert clause("XX-1").text == ""


def test_cursors() -> None:
    assert read_cursor(write_cursor(["a", "b"]), str, str) == ["a", "b"]
    assert read_cursor(None, str) is None
    for broken in ("x", "!!", write_cursor([1]), write_cursor(["a", "b"])):
        with pytest.raises(Invalid):
            read_cursor(broken, str)


def test_a_step_done_by_another_says_by_whom(village: Village) -> None:
    started = village.start()
    first = started.open_tasks[0]["id"]
    village.complete("报账", first, {"金额": 1, "用途": "水渠", "票据": []})
    with pytest.raises(TaskClosed, match="报账") as refusal:
        task(village.runtime, village.actor("主任"), first)
    assert refusal.value.instance_id == started.instance_id


def test_a_step_that_came_back_tells_why_and_is_filled_in(village: Village) -> None:
    joint = village.filled().open_tasks[0]["id"]
    back = village.complete("书记", joint, {"结论": "不同意", "说明": "太贵"})
    view = task(village.runtime, village.actor("报账"), back.open_tasks[0]["id"])
    assert view.cause is not None and view.cause.by == "书记"
    assert {line.label: line.text for line in view.cause.lines} == {"意见": "不同意", "说明": "太贵"}
    assert view.prefill["用途"] == "水渠"
    assert "办理人" not in view.prefill
