"""Shapes: one declaration reads strictly and describes itself."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import pytest

from engine.refusal import Invalid
from webui.api.endpoint import Page
from webui.api.shapes import Doc, describe, read


@dataclass
class Shape:
    """样子"""

    title: Annotated[str, Doc("标题", at_most=5, at_least=1)]
    data: dict[str, Any] = field(default_factory=dict)
    papers: Annotated[list[str], Doc("照片", at_most=2)] = field(default_factory=list)
    behalf: int | None = None
    scope: Literal["a", "b"] = "a"
    sure: bool = False


def test_reads_what_it_declares() -> None:
    given = {"title": "修路", "data": {"x": 1}, "papers": ["f"], "behalf": 3, "scope": "b", "sure": True}
    assert read(Shape, given) == Shape("修路", {"x": 1}, ["f"], 3, "b", True)


def test_a_number_in_an_address_is_text() -> None:
    assert read(Shape, {"title": "t", "behalf": "12"}).behalf == 12


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": "六个字的标题"}, "title"),
        ({"title": 3}, "title"),
        ({"title": "t", "typename": "x"}, "typename"),
        ({"title": "t", "__class__": "x"}, "__class__"),
        ({"title": "t", "data": []}, "data"),
        ({"title": "t", "papers": ["a", "b", "c"]}, "papers"),
        ({"title": "t", "papers": [1]}, "papers"),
        ({"title": "t", "behalf": True}, "behalf"),
        ({"title": "t", "behalf": 1.5}, "behalf"),
        ({"title": "t", "behalf": "１"}, "behalf"),
        ({"title": "t", "scope": "c"}, "scope"),
        ({"title": "t", "scope": []}, "scope"),
        ({"title": "t", "sure": 1}, "sure"),
    ],
)
def test_everything_else_is_refused_at_its_field(given: dict[str, Any], at: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(Shape, given)
    assert list(refused.value.fields) == [at]


def test_only_an_object_is_a_body() -> None:
    with pytest.raises(Invalid):
        read(Shape, [1])


def test_describes_itself() -> None:
    schemas: dict[str, Any] = {}
    assert describe(Page[Shape], schemas) == {"$ref": "#/components/schemas/PageShape"}
    assert schemas["PageShape"]["properties"]["items"] == {
        "type": "array",
        "items": {"$ref": "#/components/schemas/Shape"},
    }
    shape = schemas["Shape"]
    assert shape["required"] == ["title"]
    assert shape["additionalProperties"] is False
    assert shape["properties"]["title"] == {
        "type": "string",
        "maxLength": 5,
        "minLength": 1,
        "description": "标题",
    }
    assert shape["properties"]["behalf"] == {"type": ["integer", "null"]}
