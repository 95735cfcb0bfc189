"""Whom a step keeps out: who did an earlier step, and people the data names."""

from engine.diagram import read_diagram
from engine.diagram.model import Node
from engine.steps.participants import excluded
from tests.engine.execution.bpmn import document, end, path, properties, start, user

PLAN = {
    "事项清单": [{"事项": "路", "责任人": 4}, {"事项": "桥", "责任人": 5}, {"事项": "灯", "责任人": 4}],
    "督查代表": [7],
}


def supervision(not_who: str) -> Node:
    steps = user("拟", properties(kind="handle", key="方案")), user("督", properties(not_who=not_who))
    return read_diagram(document(start(), *steps, end(), path("s 拟 督 e"))).node("督")


def test_who_did_an_earlier_step_by_key_or_id() -> None:
    data = {"方案": {"办理人": [3, 4]}}
    assert excluded(supervision("方案"), data) == excluded(supervision("拟"), data) == [3, 4]


def test_everybody_responsible_for_an_item_of_a_list() -> None:
    assert excluded(supervision("{方案.事项清单.责任人}"), {"方案": PLAN}) == [4, 5]
    assert excluded(supervision("方案 {方案.督查代表}"), {"方案": PLAN | {"办理人": [7, 1]}}) == [7, 1]


def test_what_is_not_there_keeps_nobody_out() -> None:
    for data in ({}, {"方案": None}, {"方案": {"事项清单": []}}, {"方案": {"事项清单": [{"责任人": ""}, 3]}}):
        assert excluded(supervision("{方案.事项清单.责任人}"), data) == []
