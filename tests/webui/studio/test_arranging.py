"""整理版面, as the drawing board asks for it: places come back, nothing is stored."""

from werkzeug.test import TestResponse

from engine.redlines import PROCESSES
from tests.webui.studio.conftest import Studio

XML = (PROCESSES / "sibu" / "sibu.bpmn").read_text("utf-8")


def arrange(studio: Studio, body: object, name: str = "设计") -> TestResponse:
    who = studio.visitor(name)
    who.get("/me")
    headers = {"X-CSRF-Token": who.token, "Accept": "application/json"}
    return who.client.post("/studio/layout", json=body, headers=headers)


def test_every_shape_and_line_gets_its_place(studio: Studio) -> None:
    answer = arrange(studio, {"xml": XML}).get_json()
    assert len(answer["shapes"]) == 18
    assert all({"x", "y", "width", "height"} <= shape.keys() for shape in answer["shapes"].values())
    assert len(answer["edges"]) == 16
    assert all(len(edge["waypoints"]) >= 2 for edge in answer["edges"].values())
    assert answer["simple"] is False


def test_what_cannot_be_laid_out_is_refused_in_words(studio: Studio) -> None:
    for body, word in (({"xml": "<a"}, "XML"), ({}, "没有传全"), ([], "没有传全"), ({"xml": 1}, "没有传全")):
        answer = arrange(studio, body)
        assert answer.status_code == 422
        assert word in answer.get_json()["error"]["message"]


def test_only_designers_may(studio: Studio) -> None:
    answer = arrange(studio, {"xml": XML}, "百姓")
    assert answer.status_code == 403
    assert "流程设计" in answer.get_json()["error"]["message"]
