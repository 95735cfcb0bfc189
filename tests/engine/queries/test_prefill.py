"""What a form is filled in with: the matter's title where it asks for it, and what was said in the round before."""

from types import SimpleNamespace
from typing import Any

from engine.diagram import read_diagram
from engine.queries.prefill import prefill
from engine.steps import Action
from tests.engine.execution.bpmn import document, end, path, properties, start, user

TITLE = {"properties": {"prefill": "办件名称"}}
ROW = [
    {"type": "textfield", "key": "议案", "label": "议案"} | TITLE,
    {"type": "textarea", "key": "内容", "label": "内容"},
]
MOTIONS = {"type": "dynamiclist", "path": "议案", "label": "议案", "components": ROW}
CONCLUSION = {"type": "radio", "key": "结论", "label": "结论", "values": []}
NODE = read_diagram(
    document(start(), user("审定", properties(kind="deliberate", key="审定")), end(), path("s 审定 e"))
).node("审定")
SETTINGS = {"guests": "", "form": "shending", "outcomes": ["定案", "终止"], "quorum": []}


def filled(context: dict[str, Any], taken_back: dict[str, Any] | None = None) -> Any:
    row: Any = SimpleNamespace(title="修路", kind="deliberate", settings=SETTINGS)
    actions = [Action("close", "记下会议", {"components": [CONCLUSION, MOTIONS]})]
    return prefill(row, NODE, context, actions, taken_back or {})


def test_a_list_begins_with_the_matters_title() -> None:
    assert filled({}) == {"议案": [{"议案": "修路"}]}


def test_what_was_filled_in_last_time_is_there_again_but_for_the_conclusion() -> None:
    before = {"审定": {"结论": "终止", "应到": 7, "议案": [{"议案": "先修一半", "内容": "280 米"}]}}
    assert filled(before) == {"议案": [{"议案": "先修一半", "内容": "280 米"}]}


def test_what_one_took_back_oneself_is_there_whole() -> None:
    assert filled({}, {"结论": "定案", "别的": 1}) == {"结论": "定案", "议案": [{"议案": "修路"}]}
